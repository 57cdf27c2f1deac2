"""What exercise 02 grades, and how it looks at each function. No expected value is in here: they come from the
solution."""

import torch
from torch import Tensor, nn

from course_lib.grading.checks import Case, Check, Exercise, Plot
from course_lib.grading.tools import (
    Complaint,
    leaf,
    picture,
    picture_like,
    random_tensor,
    scalar,
    several,
    slopes,
    variation,
    watch_scores,
)

# ------------------------------------------------------------------------------------------------------------- losses


def worked_scores(seed: int) -> dict[str, Tensor]:
    """Three scores of reals, five of fakes: other counts, other means, so that nothing can be exchanged unseen."""
    if seed == 0:
        real = torch.tensor([-4.11, 0.85, -5.54], dtype=torch.float64)
        fake = torch.tensor([0.5, 2.14, -1.21, -0.69, 0.02], dtype=torch.float64)
    else:
        real, fake = random_tensor(seed, 3, shift=-1.5, scale=2), random_tensor(seed + 1, 5, shift=0.4)
    return {"real": real.reshape(3, 1, 1, 1), "fake": fake.reshape(5, 1, 1, 1)}


def verdict_maps(seed: int) -> dict[str, Tensor]:
    """Maps of patch verdicts, (2, 1, 3, 4) of reals and (3, 1, 3, 4) of fakes."""
    return {
        "real": random_tensor(seed + 10, 2, 1, 3, 4, shift=0.9, scale=2),
        "fake": random_tensor(seed + 11, 3, 1, 3, 4, shift=-0.6, scale=1.5),
    }


def run_two_scores(answer, given):
    real, fake = leaf(given["real"]), leaf(given["fake"])
    loss = scalar(answer(real, fake))
    return {"value": loss, **slopes(loss, real_scores=real, fake_scores=fake)}


def run_fake_scores(answer, given):
    fake = leaf(given["fake"])
    loss = scalar(answer(fake))
    return {"value": loss, **slopes(loss, fake_scores=fake)}


def run_pair(answer, given):
    real, fake = leaf(given["real"]), leaf(given["fake"])
    for_d, for_g = several(answer(real, fake), 2, "the losses (of the critic, of G)")
    for_d, for_g = scalar(for_d, "the critic's loss"), scalar(for_g, "G's loss")
    of_critic = slopes(for_d, real_scores=real, fake_scores=fake)
    return {
        "loss of the critic": for_d,
        "loss of G": for_g,
        **{f"{name} in the critic's loss": slope for name, slope in of_critic.items()},
        "slope for fake_scores in G's loss": slopes(for_g, fake_scores=fake)["slope for fake_scores"],
    }


def score_line(seed: int) -> dict[str, Tensor]:
    """Not through 0 or 1, where a right formula with abs or relu may have a corner."""
    return {"score": torch.linspace(-8, 8, 32, dtype=torch.float64) + 0.01 * variation(seed)}


def run_slope_line(answer, given):
    fake = leaf(given["score"])
    slope = slopes(scalar(answer(fake)), fake_scores=fake)["slope for fake_scores"]
    return {"slope for fake_scores": slope * len(fake)}


def off_the_kinks(seed: int) -> dict[str, Tensor]:
    """Scores that miss ±1, where relu has a corner and every slope between its two sides is as right as any other."""
    return {"score": torch.linspace(-4.05, 4.05, 28, dtype=torch.float64) + 0.0137 * variation(seed)}


def run_hinge_line(answer, given):
    """D's own slopes over a line: of reals and of fakes, from one call."""
    real, fake = leaf(given["score"]), leaf(given["score"])
    found = slopes(scalar(answer(real, fake)), real_scores=real, fake_scores=fake)
    return {name: slope * len(fake) for name, slope in found.items()}


SLOPES = Plot("score", "slope for fake_scores", "the discriminator's score of a fake", "slope of the loss")

# ------------------------------------------------------------------------------------------------------------- slopes


def curved(scores: Tensor) -> Tensor:
    """A loss that nobody uses: a mean over scores whose slope is different everywhere."""
    return (0.5 * scores.square() + torch.sin(2 * scores)).mean()


def outlier_proof(scores: Tensor) -> Tensor:
    """Another one, steep in the middle: a mean as well."""
    return torch.log1p((scores - 0.7).square()).mean()


def five_scores(seed: int) -> dict[str, Tensor]:
    return {"score": random_tensor(seed + 20, 5, shift=0.6, scale=2)}


def _for_two_losses(call, tensor: Tensor, what: str) -> dict[str, Tensor]:
    """The second loss gets a copy: an answer may have collected a gradient on the tensor itself, which is its right."""
    copy = tensor.clone()
    return {
        f"{what} under a first loss": picture_like(call(curved, tensor), f"the {what}"),
        f"{what} under a second loss": picture_like(call(outlier_proof, copy), f"the {what}"),
    }


def run_slope_of(answer, given):
    return _for_two_losses(answer, given["score"], "slope at each score")


NAMES = ("saturating", "non-saturating", "least squares", "least squares behind a sigmoid", "hinge")


def _run_named_slope(name):
    def run(answer, given):
        found = answer(given["score"])
        if not isinstance(found, dict):
            raise Complaint(
                f"returns a {type(found).__name__} where a dict should be, with the names of task.md as keys."
            )
        if name not in found:
            raise Complaint(f"has no entry {name!r}; it has {', '.join(repr(key) for key in found) or 'none'}.")
        return {f"slope, {name}": picture_like(found[name], f"the slope of {name!r}")}

    return run


def _named_slope(name):
    plot = Plot("score", f"slope, {name}", "the discriminator's score of a fake", "slope")
    return Case(name, score_line, _run_named_slope(name), "over scores from −8 to 8", plot=plot)


# ------------------------------------------------------------------------------------- what reaches a picture through D


class Discriminator(nn.Module):
    """Pictures (B, C, H, W) to scores (B, 1): curved, and different in every pixel."""

    def __init__(self, inner: Tensor, outer: Tensor) -> None:
        super().__init__()
        self.inner, self.outer = nn.Parameter(inner.detach().clone()), nn.Parameter(outer.detach().clone())

    def forward(self, pictures: Tensor) -> Tensor:
        hidden = pictures.flatten(1) @ self.inner
        return watch_scores((torch.tanh(hidden) + 0.2 * hidden.square()) @ self.outer)


def three_pictures(seed: int) -> dict[str, Tensor]:
    """Three pictures of 2×4×5 pixels of different contrast, and a mock discriminator's weights."""
    contrast = torch.tensor([0.3, 1.0, 0.7], dtype=torch.float64).reshape(3, 1, 1, 1)
    return {
        "pictures": picture(seed + 30, 3, 2, 4, 5) * contrast,
        "inner": random_tensor(seed + 31, 40, 6, scale=0.3),
        "outer": random_tensor(seed + 32, 6, 1),
    }


def run_jacobian(answer, given):
    network = Discriminator(given["inner"], given["outer"])
    return {"length for each picture": picture_like(answer(network, given["pictures"]), "the length for each picture")}


def run_reaches(answer, given):
    network = Discriminator(given["inner"], given["outer"])
    return _for_two_losses(lambda loss, fakes: answer(loss, network, fakes), given["pictures"], "length for each fake")


def two_bells(seed: int) -> dict[str, Tensor]:
    """Densities along a line: reals about +1, fakes about −0.8 and wider."""
    x = torch.linspace(-4, 4, 33, dtype=torch.float64) + 0.02 * variation(seed)

    def bell(middle, deviation):
        return torch.exp(-((x - middle) / deviation).square() / 2) / (deviation * (2 * torch.pi) ** 0.5)

    return {"x": x, "p": bell(1.0, 0.9), "q": bell(-0.8, 1.1)}


def _run_best(place, name):
    def run(answer, given):
        both = several(answer(given["p"], given["q"]), 2, "the scores (under cross-entropy, under least squares)")
        return {name: picture_like(both[place], f"the {name}")}

    return run


def _best(place, name):
    plot = Plot("x", name, "x: fakes lie on the left, reals on the right", "best score")
    return Case(name.removeprefix("best score under "), two_bells, _run_best(place, name), "for two bells", plot=plot)


# ---------------------------------------------------------------------------------------------------- the declaration

EXERCISE = Exercise(
    name="02_gradients",
    title="what reaches the generator",
    checks=(
        Check(
            function="least_squares_discriminator_loss",
            title="least-squares loss of D",
            points=3,
            start="mean (r − 1)² + mean f², on raw scores, without ½.",
            hints=(
                "Square first, then average: a map of scores with mean 1 that swings wildly is not a good map.",
                "`(real_scores - 1).square().mean() + fake_scores.square().mean()`. No sigmoid, no ½.",
            ),
            cases=(
                Case("these scores", worked_scores, run_two_scores, "on these scores"),
                Case("maps of verdicts", verdict_maps, run_two_scores, "on maps of verdicts"),
            ),
        ),
        Check(
            function="least_squares_generator_loss",
            title="least-squares loss of G",
            points=2,
            start="mean (f − 1)²: G wants its fakes scored 1.",
            hints=(
                "Which score does G wish for? And what comes first, the square or the mean?",
                "`(fake_scores - 1).square().mean()`.",
            ),
            cases=(
                Case("these scores", worked_scores, run_fake_scores, "on these scores"),
                Case("maps of verdicts", verdict_maps, run_fake_scores, "on maps of verdicts"),
                Case("slopes from −8 to 8", score_line, run_slope_line, "over scores from −8 to 8", plot=SLOPES),
            ),
        ),
        Check(
            function="hinge_discriminator_loss",
            title="hinge loss of D",
            points=3,
            start="mean relu(1 − r) + mean relu(1 + f).",
            hints=(
                "A real scored 3 costs nothing, one scored 0 costs 1. A fake scored −3 costs nothing, one scored 0 "
                "costs 1.",
                "`F.relu(1 - real_scores).mean() + F.relu(1 + fake_scores).mean()`: relu on each score, then the mean.",
            ),
            cases=(
                Case("these scores", worked_scores, run_two_scores, "on these scores"),
                Case("maps of verdicts", verdict_maps, run_two_scores, "on maps of verdicts"),
                Case("slopes from −4 to 4", off_the_kinks, run_hinge_line, "over scores from −4 to 4", plot=SLOPES),
            ),
        ),
        Check(
            function="wasserstein_losses",
            title="pair of Wasserstein losses",
            points=2,
            start="Return (the critic's loss, G's loss): mean f − mean r, and −mean f.",
            hints=(
                "The critic wants reals high and fakes low, G wants fakes high. Minimising each loss must do just "
                "that.",
                "`fake_scores.mean() - real_scores.mean(), -fake_scores.mean()`: two means, no target, no sigmoid, "
                "no absolute value.",
            ),
            cases=(
                Case("these scores", worked_scores, run_pair, "on these scores"),
                Case("maps of verdicts", verdict_maps, run_pair, "on maps of verdicts"),
            ),
        ),
        Check(
            function="slope_of",
            title="list of slopes",
            points=3,
            start="For every score s: the derivative of loss([s]) at s. Let autograd do it.",
            hints=(
                "A loss is a mean. If five scores go into it together, by how much is each slope too small?",
                "`s = scores.detach().clone().requires_grad_()`, then `torch.autograd.grad(loss(s), s)[0] * len(s)`: "
                "times N undoes the mean. Or one score after the other.",
            ),
            cases=(Case("five scores", five_scores, run_slope_of, "on these scores"),),
        ),
        Check(
            function="generator_slopes",
            title="table of slopes",
            points=3,
            start="A dict of five tensors, one for each row of the table in task.md; begin with 2 (f − 1) for least "
            "squares.",
            hints=(
                "Write p = σ(f). Then dp/df = p (1 − p); the derivative of log p is 1/p times that. What is left of "
                "it?",
                "saturating −p; non-saturating p − 1; least squares 2 (f − 1); behind a sigmoid 2 (p − 1) · p (1 − "
                "p); hinge −1 everywhere.",
            ),
            cases=tuple(_named_slope(name) for name in NAMES),
        ),
        Check(
            function="jacobian_norms",
            title="list of Jacobian lengths",
            points=3,
            start="The gradient of each picture's score with respect to that picture, and its length.",
            hints=(
                "Each score depends on its own picture alone. So what is in the gradient of the sum of all scores?",
                "`x = pictures.detach().clone().requires_grad_()`; `g = torch.autograd.grad(discriminator(x).sum(), "
                "x)[0]`; "
                "`g.flatten(1).norm(dim=1)`.",
            ),
            cases=(Case("three pictures", three_pictures, run_jacobian, "on these pictures"),),
        ),
        Check(
            function="reaches_generator",
            title="list of what arrives at each fake",
            points=3,
            start="The gradient of loss(D(fakes)) with respect to the fakes, and its length for each fake.",
            hints=(
                "As in jacobian_norms, but of the loss instead of the sum of the scores. Nothing is added to it and "
                "nothing taken away.",
                "`x = fakes.detach().clone().requires_grad_()`; `g = torch.autograd.grad(loss(discriminator(x)), "
                "x)[0]`; "
                "`g.flatten(1).norm(dim=1)`.",
            ),
            cases=(Case("three fakes", three_pictures, run_reaches, "on these fakes"),),
        ),
        Check(
            function="best_scores",
            title="pair of best scores",
            points=2,
            start="Return (log(p/q), p/(p + q)).",
            hints=(
                "The best probability is p/(p + q) in both. Under cross-entropy a score becomes one through σ; under "
                "least squares "
                "the score is compared with 1 and 0 as it is.",
                "`(real_density / fake_density).log(), real_density / (real_density + fake_density)`.",
            ),
            cases=(_best(0, "best score under cross-entropy"), _best(1, "best score under least squares")),
        ),
    ),
)
