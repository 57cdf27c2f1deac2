"""What exercise 06 grades, and how it looks at each function. No expected value is in here: they come from the solution."""

import torch
from torch import Tensor, nn

from course_lib.grading.checks import Case, Check, Exercise, Plot
from course_lib.grading.tools import (
    Block,
    Complaint,
    Critic,
    Descent,
    leaf,
    picture,
    picture_like,
    random_tensor,
    scalar,
    several,
    slopes,
    weights_of,
)

# ------------------------------------------------------------------------------------------------------------ scores


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


def extreme_scores(seed: int) -> dict[str, Tensor]:
    """Scores of a discriminator that is very sure, rightly and wrongly."""
    real = torch.tensor([-800.0, 150.0, -90.0 - seed], dtype=torch.float64)
    fake = torch.tensor([-900.0 - seed, 180.0, -120.0, 95.0], dtype=torch.float64)
    return {"real": real.reshape(3, 1, 1, 1), "fake": fake.reshape(4, 1, 1, 1)}


def run_targets(answer, given):
    real_target, fake_target = several(
        answer(given["real"], given["fake"]), 2, "the targets (of the reals, of the fakes)"
    )
    return {
        "target of the reals": picture_like(real_target, "the target of the reals"),
        "target of the fakes": picture_like(fake_target, "the target of the fakes"),
    }


def run_two_scores(answer, given):
    real, fake = leaf(given["real"]), leaf(given["fake"])
    loss = scalar(answer(real, fake))
    return {"value": loss, **slopes(loss, real_scores=real, fake_scores=fake)}


def run_fake_scores(answer, given):
    fake = leaf(given["fake"])
    loss = scalar(answer(fake))
    return {"value": loss, **slopes(loss, fake_scores=fake)}


def run_least_squares(answer, given):
    real, fake = leaf(given["real"]), leaf(given["fake"])
    for_d, for_g = several(answer(real, fake), 2, "the losses (of D, of G)")
    for_d, for_g = scalar(for_d, "D's loss"), scalar(for_g, "G's loss")
    d_slopes = slopes(for_d, real_scores=real, fake_scores=fake)
    g_slope = slopes(for_g, fake_scores=fake)["slope for fake_scores"]
    return {
        "loss of D": for_d,
        "loss of G": for_g,
        **{f"{name} in D's loss": slope for name, slope in d_slopes.items()},
        "slope for fake_scores in G's loss": g_slope,
    }


def score_line(seed: int) -> dict[str, Tensor]:
    return {"score": torch.linspace(-8, 8, 33, dtype=torch.float64) + 0.01 * seed}


def run_generator_slopes(answer, given):
    fake = leaf(given["score"])
    return {
        "slope for fake_scores": slopes(scalar(answer(fake)), fake_scores=fake)["slope for fake_scores"] * len(fake)
    }


def run_least_squares_slopes(answer, given):
    fake = leaf(given["score"])
    loss = scalar(several(answer(given["score"], fake), 2, "the losses (of D, of G)")[1], "G's loss")
    return {"slope for fake_scores": slopes(loss, fake_scores=fake)["slope for fake_scores"] * len(fake)}


SLOPES = Plot("score", "slope for fake_scores", "the discriminator's score of a fake", "slope of the generator's loss")

# ------------------------------------------------------------------------------------------- patches and their field


def run_patch_layers(answer, given):
    found = {}
    for depth in given["depths"].tolist():
        layers = answer(int(depth))
        try:
            found[f"layers for n = {depth}"] = torch.tensor([[int(n) for n in layer] for layer in layers])
        except (TypeError, ValueError) as error:
            raise Complaint(
                "should return a list of (kernel, stride, padding), three whole numbers a layer."
            ) from error
    return found


def official_stacks(seed: int) -> dict[str, Tensor]:
    """Stacks of 4×4 convolutions for n = 1…5, padded with rows of zeros to one tensor (5, 7, 3)."""
    stacks = torch.zeros(5, 7, 3, dtype=torch.int64)
    for n in range(1, 6):
        stacks[n - 1, : n + 2] = torch.tensor([[4, 2, 1]] * n + [[4, 1, 1]] * 2)
    return {"n": torch.arange(1, 6), "stacks": stacks}


def mixed_stacks(seed: int) -> dict[str, Tensor]:
    """Kernels and strides that all differ, so that the order counts."""
    first = [[7, 1, 3], [3, 2, 1], [5, 3, 0], [2, 2, 0]]
    second = [[3 + seed % 5, 2, 1], [2, 3, 1], [6, 1, 2], [4, 2, 0]]
    return {"stacks": torch.tensor([first, second])}


FIELD = Plot("n", "receptive field", "n, layers of stride 2", "pixels that one score sees")


def run_field(answer, given):
    fields = []
    for stack in given["stacks"].tolist():
        size = answer([tuple(layer) for layer in stack if layer[0] > 0])
        fields.append(scalar(size, "the receptive field"))
    return {"receptive field": torch.stack([f.detach().double() for f in fields])}


# ----------------------------------------------------------------------------------------------- losses with networks


def pairs(seed: int) -> dict[str, Tensor]:
    """Two inputs, two targets, two translations of 3×5×6 pixels, and a mock discriminator's weights."""
    return {
        "x": picture(seed + 20, 2, 3, 5, 6),
        "y": picture(seed + 21, 2, 3, 5, 6),
        "fake": picture(seed + 22, 2, 3, 5, 6),
        "critic": random_tensor(seed + 23, 1, 16, 2, 3, scale=0.3),
    }


def run_conditional(answer, given):
    critic, fake = Critic(given["critic"]), leaf(given["fake"])
    loss = scalar(answer(critic, given["x"], given["y"], fake))
    return {
        "value": loss,
        "slope for the discriminator": slopes(loss, w=critic.weight)["slope for w"],
        "seen: channels that the discriminator was shown": critic.seen(),
    }


def run_detached(answer, given):
    critic, fake = Critic(given["critic"]), leaf(given["fake"])
    loss = scalar(answer(critic, given["x"], given["y"], fake))
    return {"value": loss, "slope for the generator's picture": slopes(loss, w=fake)["slope for w"]}


def run_generator_loss(answer, given):
    critic, losses, fake = Critic(given["critic"]), [], leaf(given["fake"])
    for weight in (0.0, 1.0, 100.0):
        losses.append(scalar(answer(critic, given["x"], given["y"], fake, weight)))
    return {
        "value for λ = 0": losses[0],
        "value for λ = 1": losses[1],
        "value for λ = 100": losses[2],
        "slope for the generator's picture at λ = 0": slopes(losses[0], w=fake)["slope for w"],
        "slope for the generator's picture at λ = 100": slopes(losses[2], w=fake)["slope for w"],
        "seen: channels that the discriminator was shown": critic.seen(),
    }


# --------------------------------------------------------------------------------------------------------------- U-Net


def unet_weights(seed: int) -> dict[str, Tensor]:
    """Three levels down to 4, 5 and 6 channels, and back up; batch 2, 3 channels, 5×6 pixels."""
    names = ("down 1", "down 2", "down 3", "up 1", "up 2", "up 3")
    given = {
        name: random_tensor(seed + 30 + i, out, 24, 3, 3, scale=0.25)
        for i, (name, out) in enumerate(zip(names, (4, 5, 6, 7, 8, 3), strict=True))
    }
    return {"x": picture(seed + 40, 2, 3, 5, 6), **given}


def _run_unet(answer, given, in_place: bool):
    downs = [Block(given[f"down {i}"], in_place=in_place and i > 1) for i in (1, 2, 3)]
    ups = [Block(given[f"up {i}"]) for i in (1, 2, 3)]
    x = given["x"] if in_place else leaf(given["x"])
    out = picture_like(answer(x, downs, ups), "the picture")
    channels = torch.tensor(
        [block.channels[0] if len(block.channels) == 1 else -len(block.channels) for block in downs + ups]
    )
    first = torch.zeros(()) if in_place else slopes(out.square().mean() + out.mean(), w=downs[0].weight)["slope for w"]
    return {
        "seen: channels that reach the blocks (downs, then ups)": channels,
        "value": out,
        "slope for the first block": first,
    }


def run_unet(answer, given):
    return _run_unet(answer, given, in_place=False)


def run_unet_in_place(answer, given):
    return _run_unet(answer, given, in_place=True)


# ---------------------------------------------------------------------------------------------------- a step, and use


class TinyGenerator(nn.Module):
    """Two layers, enough for a step to be seen. Counts how often a gradient has come back through it."""

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        self.weight = nn.Parameter(weight.detach().clone())
        self.backward_passes = 0

    def forward(self, x: Tensor) -> Tensor:
        out = torch.tanh(nn.functional.conv2d(x, self.weight, padding=1))
        if out.requires_grad:
            out.register_hook(self._count)
        return out

    def _count(self, gradient: Tensor) -> None:
        self.backward_passes += 1


def step_given(seed: int) -> dict[str, Tensor]:
    given = pairs(seed)
    return {
        "x": given["x"],
        "y": given["y"],
        "critic": given["critic"],
        "generator": random_tensor(seed + 50, 3, 3, 3, 3, scale=0.4),
    }


def _run_steps(answer, given, rate: float):
    generator, critic = TinyGenerator(given["generator"]), Critic(given["critic"])
    before = weights_of(generator), weights_of(critic)
    optimizer_g, optimizer_d = Descent(generator.parameters(), rate), Descent(critic.parameters(), 3 * rate)
    after = []
    for _ in range(2):
        answer(generator, critic, optimizer_g, optimizer_d, given["x"], given["y"], 10.0)
        after.append((weights_of(generator) - before[0], weights_of(critic) - before[1]))
    return generator, after


def run_step(answer, given):
    _, ((g1, d1), (g2, d2)) = _run_steps(answer, given, rate=0.01)
    return {
        "change of D's parameters": d1,
        "change of G's parameters": g1,
        "change of D's parameters in two steps": d2,
        "change of G's parameters in two steps": g2,
    }


def run_wasted_gradient(answer, given):
    generator, _ = _run_steps(answer, given, rate=0.001)
    return {"number of gradients sent back through the generator": generator.backward_passes}


class NoisyGenerator(nn.Module):
    """Dropout after a layer: the only noise there is, as in the paper."""

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        self.weight, self.dropout = nn.Parameter(weight.detach().clone()), nn.Dropout(0.5)

    def forward(self, x: Tensor) -> Tensor:
        return torch.tanh(self.dropout(nn.functional.conv2d(x, self.weight, padding=1)))


def run_translate(answer, given):
    found = {}
    for mode in (False, True):
        generator = NoisyGenerator(given["generator"]).train(mode)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(7)
            outputs = [picture_like(answer(generator, given["x"]), "the picture") for _ in range(2)]
        label = f"from a network found in {'training' if mode else 'evaluation'} mode"
        found[f"share of pixels that differ between two translations, {label}"] = (
            (outputs[0] != outputs[1]).double().mean()
        )
        found[f"picture, {label}"] = outputs[0]
        found[f"number of outputs that carry a gradient, {label}"] = sum(o.requires_grad for o in outputs)
    return found


# ---------------------------------------------------------------------------------------------------- the declaration

EXERCISE = Exercise(
    name="06_pix2pix",
    title="pix2pix, piece by piece",
    checks=(
        Check(
            function="discriminator_targets",
            title="pair of targets",
            points=2,
            start="Return two tensors: what D should say of the reals (ones), and of the fakes (zeros).",
            hints=(
                "A target is compared with a prediction number by number: which shape must it have?",
                "`torch.ones_like(t)` takes shape, dtype and device over from t. Each target from its own prediction.",
            ),
            cases=(
                Case("unequal counts", worked_scores, run_targets, "for these scores"),
                Case("maps of verdicts", verdict_maps, run_targets, "for maps of verdicts"),
            ),
        ),
        Check(
            function="discriminator_loss",
            title="discriminator loss",
            points=3,
            needs=("discriminator_targets",),
            start="Binary cross-entropy of the real scores with target 1, plus that of the fake scores with target 0.",
            hints=(
                "Two means, one over the reals and one over the fakes, and their sum. Scores are logits: no sigmoid has been taken yet.",
                "`F.binary_cross_entropy_with_logits(scores, target)` takes the sigmoid itself and averages. Call it twice and add.",
            ),
            cases=(
                Case("these logits", worked_scores, run_two_scores, "on these logits"),
                Case("maps of verdicts", verdict_maps, run_two_scores, "on maps of verdicts"),
                Case("very sure scores", extreme_scores, run_two_scores, "on logits of −800 and beyond", points=1),
            ),
        ),
        Check(
            function="adversarial_loss",
            title="adversarial loss of the generator",
            points=2,
            start="The generator wants its fakes taken for real: cross-entropy of the fake scores with target 1.",
            hints=(
                "Which target would make D's verdict on a fake a success for G? Where D is sure of a fake, the slope must stay near −1.",
                "mean softplus(−f), which is `F.binary_cross_entropy_with_logits(f, torch.ones_like(f))`.",
            ),
            cases=(
                Case("these logits", worked_scores, run_fake_scores, "on these logits"),
                Case("maps of verdicts", verdict_maps, run_fake_scores, "on maps of verdicts"),
                Case("slopes from −8 to 8", score_line, run_generator_slopes, "over logits from −8 to 8", plot=SLOPES),
                Case("very sure scores", extreme_scores, run_fake_scores, "on logits of −800 and beyond", points=1),
            ),
        ),
        Check(
            function="least_squares_losses",
            title="pair of least-squares losses",
            points=3,
            start="Return (D's loss, G's loss): mean (r − 1)² + mean f², and mean (f − 1)², on raw scores.",
            hints=(
                "Square first, then average: a map of scores with mean 1 that swings wildly is not a good map.",
                "`(real - 1).square().mean() + fake.square().mean()` for D; for G the fakes should reach the target 1. No sigmoid, no ½.",
            ),
            cases=(
                Case("these scores", worked_scores, run_least_squares, "on these scores"),
                Case("maps of verdicts", verdict_maps, run_least_squares, "on maps of verdicts"),
                Case(
                    "slopes from −8 to 8", score_line, run_least_squares_slopes, "over scores from −8 to 8", plot=SLOPES
                ),
            ),
        ),
        Check(
            function="patch_layers",
            title="list of layers",
            points=1,
            start="List (kernel, stride, padding) of the patch discriminator: n convolutions of stride 2, then two of stride 1.",
            hints=(
                "Every kernel is 4×4 with padding 1. Count the layers for n = 3: there are five.",
                "`[(4, 2, 1)] * n + [(4, 1, 1)] * 2`: one stride-1 layer more features, one that gives the score.",
            ),
            cases=(
                Case("n from 1 to 5", lambda seed: {"depths": torch.arange(1, 6)}, run_patch_layers, "for n = 1…5"),
            ),
        ),
        Check(
            function="receptive_field",
            title="receptive field",
            points=3,
            start="Walk from the score back to the picture: one score sees 1 place; each layer widens that.",
            hints=(
                "Ask backwards: if r neighbouring places of a layer's output matter, how many places of its input do they see together?",
                "From the last layer to the first: r = (r − 1) · stride + kernel. Padding adds pixels that are not in the picture.",
            ),
            cases=(
                Case("patch discriminators", official_stacks, run_field, "for n = 1…5", plot=FIELD),
                Case("mixed layers", mixed_stacks, run_field, "for layers of different kernels and strides"),
            ),
        ),
        Check(
            function="conditional_discriminator_loss",
            title="conditional discriminator loss",
            points=4,
            needs=("discriminator_loss",),
            start="Show D the pairs (x, y) and (x, fake), each as one picture of 6 channels, and use your discriminator loss.",
            hints=(
                "D must see the input with the output, in the same order for real and fake. Who should learn from this loss, and who should not?",
                "`torch.cat([x, y], dim=1)` and `torch.cat([x, fake.detach()], dim=1)`; detach the picture, not D's answer.",
            ),
            cases=(
                Case("pairs", pairs, run_conditional, "on these pairs"),
                Case("no gradient for the generator", pairs, run_detached, "on these pairs", points=1),
            ),
        ),
        Check(
            function="generator_loss",
            title="generator loss",
            points=4,
            needs=("adversarial_loss",),
            start="The adversarial loss of D's scores for (x, fake), plus λ times the mean absolute difference between fake and y.",
            hints=(
                "Two terms. λ belongs to one of them; for λ = 0 only the other is left.",
                "`adversarial_loss(discriminator(torch.cat([x, fake], dim=1))) + weight * (fake - y).abs().mean()`.",
            ),
            cases=(Case("λ = 0, 1, 100", pairs, run_generator_loss, "on these pictures"),),
        ),
        Check(
            function="unet_forward",
            title="U-Net",
            points=4,
            start="Run the downs and keep each result; run the ups, and give each but the first the kept result of its level beside.",
            hints=(
                "The last thing stored by the way down is the bottleneck: it goes into the first up alone. Which of the others fits the second up?",
                "For the ups after the first: `u = up(torch.cat([skip, u], dim=1))`, skips from deep to shallow. "
                "A block may overwrite its input: hand it a clone.",
            ),
            cases=(
                Case("three levels", unet_weights, run_unet, "on three levels"),
                Case(
                    "blocks that work in place",
                    unet_weights,
                    run_unet_in_place,
                    "with blocks that overwrite their input",
                    points=1,
                ),
            ),
        ),
        Check(
            function="training_step",
            title="training step",
            points=4,
            needs=("conditional_discriminator_loss", "generator_loss"),
            start="One step of the paper: D learns from half its loss, then G learns from what the new D says.",
            hints=(
                "For each network: clear its gradients, compute its loss, backward, its own optimiser's step. D first, with ½ on its loss.",
                "D's backward must not reach G (detach), and G's loss needs a new pass through the D that has just moved.",
            ),
            cases=(
                Case("two steps", step_given, run_step, "after such a step"),
                Case("no wasted gradient", step_given, run_wasted_gradient, "in two steps", points=1),
            ),
        ),
        Check(
            function="translate",
            title="translation",
            points=1,
            start="Run the generator as the paper does at test time: dropout on, no gradient kept.",
            hints=(
                "Where does the noise of pix2pix come from, and what does eval() do to it?",
                "`generator.train()`, then call it under `torch.no_grad()`.",
            ),
            cases=(Case("two translations", step_given, run_translate, "with dropout"),),
        ),
    ),
)
