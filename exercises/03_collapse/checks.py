"""What exercise 03 grades, and how it looks at each function. No expected value is in here: they come from the solution."""

import torch
from torch import Tensor, nn

from course_lib.grading.checks import Case, Check, Exercise, Plot
from course_lib.grading.tools import Complaint, leaf, picture, picture_like, random_tensor, scalar, several, slopes

# --------------------------------------------------------------------------------------------------------------- modes


def three_deviations(seed: int) -> dict[str, Tensor]:
    return {"k": torch.tensor(3.0 - 0.07 * (seed % 9), dtype=torch.float64)}


def radii(seed: int) -> dict[str, Tensor]:
    return {"k": torch.linspace(0.2, 4, 20, dtype=torch.float64) + 0.013 * (seed % 9)}


def run_share(answer, given):
    return {"value": scalar(answer(given["k"]), "the share")}


def run_shares(answer, given):
    shares = [scalar(answer(k), "the share").detach() for k in given["k"]]
    return {"share": torch.stack(shares)}


SHARES = Plot("k", "share", "radius in deviations", "share of the samples within it")


def three_centres(seed: int) -> dict[str, Tensor]:
    """The example of task.md (seed 0)."""
    shift = 0.01 * (seed % 9)
    return {
        "samples": torch.tensor([[2.0, 0.5 + shift], [0.3, 3.6]], dtype=torch.float64),
        "centres": torch.tensor([[0.0, 0.0], [3.0, 0.0], [0.0, 4.0 - shift]], dtype=torch.float64),
    }


def scattered(seed: int) -> dict[str, Tensor]:
    return {
        "samples": random_tensor(seed + 1, 7, 2, scale=2, shift=0.3),
        "centres": random_tensor(seed + 2, 4, 2, scale=2),
    }


def run_nearest(answer, given):
    index, distance = several(answer(given["samples"], given["centres"]), 2, "(index, distance)")
    return {
        "index of the nearest centre": picture_like(index, "the index"),
        "distance to it": picture_like(distance, "the distance"),
    }


def five_samples(seed: int) -> dict[str, Tensor]:
    """The example of task.md (seed 0): four good samples, three of them at one centre."""
    samples = [[0.1, 0.2], [-0.3, 0.1], [2.8, 0.3], [1.5, 0.2], [0.2, -0.1]]
    return {
        "samples": torch.tensor(samples, dtype=torch.float64) + 0.001 * (seed % 9),
        "centres": torch.tensor([[0.0, 0.0], [3.0, 0.0], [0.0, 4.0]], dtype=torch.float64),
        "radius": torch.tensor(0.5, dtype=torch.float64),
        "min_count": torch.tensor(2),
    }


def ring_with_noise(seed: int) -> dict[str, Tensor]:
    """A ring of seven modes with noise just outside the discs, which a wrong distance lets in.

    The first two are so close that their discs overlap: three samples of the first lie in both, and the second has enough
    only if they are counted for it as well. One mode has exactly ``min_count`` good samples, one has none.
    """
    angles = torch.tensor([0.0, 0.16, 1.1, 2.2, 3.0, 4.1, 5.2], dtype=torch.float64)
    centres = torch.stack([angles.cos(), angles.sin()], dim=1) + random_tensor(seed + 3, 7, 2, scale=0.004)
    radius, across = 0.15, centres[1] - centres[0]
    groups = [centres[0] + across * torch.tensor([[0.25], [0.33], [0.41]], dtype=torch.float64)]
    for k, count in enumerate((9, 3, 5, 4, 1, 0, 8)):
        where = random_tensor(seed + 10 + k, count, 2)
        if k < 2:  # on the side away from the other
            side = across if k == 1 else -across
            where = where * torch.where(where @ side > 0, 1.0, -1.0)[:, None]
        length = 0.55 + 0.35 * torch.rand(count, 1, generator=torch.Generator().manual_seed(seed + k)).double()
        groups.append(centres[k] + radius * length * where / where.norm(dim=1, keepdim=True))
    noise = torch.rand(160, 2, generator=torch.Generator().manual_seed(seed + 30)).double() * 3 - 1.5
    distance = (noise[:, None] - centres).norm(dim=2).amin(dim=1)
    order = distance.argsort()
    noise = noise[order][distance[order] > 1.05 * radius][:29]
    samples = torch.cat([*groups, noise])
    shuffled = torch.randperm(len(samples), generator=torch.Generator().manual_seed(seed + 40))
    return {
        "samples": samples[shuffled],
        "centres": centres,
        "radius": torch.tensor(radius, dtype=torch.float64),
        "min_count": torch.tensor(4),
    }


def noise_only(seed: int) -> dict[str, Tensor]:
    """Uniform noise on a grid of nine small modes: nearly all of it is far from every mode."""
    places = torch.tensor([-1.0, 0.0, 1.0], dtype=torch.float64)
    centres = torch.cartesian_prod(places, places)
    noise = torch.rand(270, 2, generator=torch.Generator().manual_seed(seed + 50)).double() * 3 - 1.5
    radius, minimum = torch.tensor(0.12, dtype=torch.float64), torch.tensor(20)
    return {"samples": noise, "centres": centres, "radius": radius, "min_count": minimum}


def as_share(share: Tensor) -> Tensor:
    """A share of whole numbers, rounded so that it does not matter which float it was counted in."""
    return share.double().round(decimals=6)


def run_coverage(answer, given):
    found = answer(given["samples"], given["centres"], given["radius"].item(), int(given["min_count"]))
    if found is None or not isinstance(found, tuple | list):
        what = "nothing" if found is None else "one thing"
        raise Complaint(f"returns {what} where two numbers should be: covered modes, and the share of good samples.")
    covered, share = several(found, 2, "the two numbers (covered modes, share of good samples)")
    return {
        "number of covered modes": scalar(covered, "the number of covered modes"),
        "share of good samples": as_share(scalar(share, "the share of good samples")),
    }


# --------------------------------------------------------------------------------------------------------------- cures


def eight_points(seed: int) -> dict[str, Tensor]:
    """The example of task.md (seed 0), twice as long."""
    return {"samples": torch.arange(1.0, 17.0, dtype=torch.float64).reshape(8, 2) + seed, "m": torch.tensor(2)}


def six_pictures(seed: int) -> dict[str, Tensor]:
    return {"samples": picture(seed + 60, 6, 4, 2, 5), "m": torch.tensor(3)}


def run_packed(answer, given):
    return {"value": picture_like(answer(given["samples"], int(given["m"])), "the groups")}


class Judge(nn.Module):
    """A small discriminator of points or pictures: scores (B, 1), each sample by itself, curved, no two inputs alike."""

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        self.weight = nn.Parameter(weight.detach().clone())

    def forward(self, samples: Tensor) -> Tensor:
        flat = samples.flatten(1)
        if flat.shape[1] > self.weight.shape[0]:
            raise Complaint(f"shows the discriminator {flat.shape[1]} numbers a sample.")
        mixed = flat @ self.weight[: flat.shape[1]]
        return (torch.sin(mixed) + 0.3 * mixed.square()).sum(dim=1, keepdim=True)


def points_for_judge(seed: int) -> dict[str, Tensor]:
    return {
        "real": random_tensor(seed + 70, 5, 2, shift=0.4),
        "fake": random_tensor(seed + 71, 5, 2, shift=-0.5),
        "mix": torch.sigmoid(random_tensor(seed + 72, 5, 1)),
        "weight": random_tensor(seed + 73, 60, 4, scale=0.7),
    }


def pictures_for_judge(seed: int) -> dict[str, Tensor]:
    return {
        "real": picture(seed + 74, 4, 3, 2, 5),
        "fake": picture(seed + 75, 4, 3, 2, 5),
        "mix": torch.sigmoid(random_tensor(seed + 76, 4, 1, 1, 1)),
        "weight": random_tensor(seed + 77, 60, 4, scale=0.4),
    }


def run_r1(answer, given):
    judge = Judge(given["weight"])
    loss = scalar(answer(judge, given["real"]), "the penalty")
    return {"value": loss, "slope for the discriminator": slopes(loss, w=judge.weight)["slope for w"]}


def run_penalty(answer, given):
    judge, fake = Judge(given["weight"]), leaf(given["fake"])
    loss = scalar(answer(judge, given["real"], fake, given["mix"]), "the penalty")
    return {"value": loss, "slope for the discriminator": slopes(loss, w=judge.weight)["slope for w"]}


def run_penalty_of_d_alone(answer, given):
    judge, fake = Judge(given["weight"]), leaf(given["fake"])
    loss = scalar(answer(judge, given["real"], fake, given["mix"]), "the penalty")
    return {"value": loss, "slope for the generator's samples": slopes(loss, w=fake)["slope for w"]}


# ------------------------------------------------------------------------------------------------------------- pairing


def one_pixel(seed: int) -> dict[str, Tensor]:
    """The example of task.md (seed 0)."""
    return {"outputs": torch.tensor([0.2, 0.8 + 0.02 * (seed % 9)], dtype=torch.float64).reshape(2, 1, 1, 1)}


def same_answer(seed: int) -> dict[str, Tensor]:
    """A translator that ignores its input: one colourful answer, five times."""
    return {"outputs": picture(seed + 80, 1, 3, 4, 6).expand(5, -1, -1, -1).clone()}


def answers(seed: int) -> dict[str, Tensor]:
    """Five answers that differ, on a ground that is far from flat."""
    ground = random_tensor(seed + 81, 1, 3, 4, 6, shift=0.5)
    return {"outputs": ground + random_tensor(seed + 82, 5, 3, 4, 6, scale=0.3)}


def run_variation(answer, given):
    return {"value": scalar(answer(given["outputs"]), "the variation")}


def there_and_back(seed: int) -> dict[str, Tensor]:
    """The example of task.md: a permutation that closes."""
    return {"forward": torch.tensor([1, 2, 0]), "backward": torch.tensor([2, 0, 1])}


def one_for_all(seed: int) -> dict[str, Tensor]:
    return {"forward": torch.zeros(4 + seed % 3, dtype=torch.long), "backward": torch.tensor([2, 0, 1])}


def two_lengths(seed: int) -> dict[str, Tensor]:
    """Six inputs, five answers."""
    if seed == 0:
        return {"forward": torch.tensor([2, 4, 0, 2, 1, 3]), "backward": torch.tensor([2, 4, 0, 5, 3])}
    draw = torch.Generator().manual_seed(seed)
    forward = torch.randint(0, 5, (6,), generator=draw)
    backward = torch.randint(0, 6, (5,), generator=draw)
    backward[forward[1]], backward[forward[4]] = 1, 4  # so that some come home
    return {"forward": forward, "backward": backward}


def run_home(answer, given):
    share = scalar(answer(given["forward"], given["backward"]), "the share")
    return {"value": as_share(share)}


def four_drawings(seed: int) -> dict[str, Tensor]:
    return {"order": torch.tensor([2, 0, 3, 1])}


def seven_drawings(seed: int) -> dict[str, Tensor]:
    """A permutation with circles of four and three: none is its own way back."""
    if seed == 0:
        return {"order": torch.tensor([3, 6, 0, 5, 1, 2, 4])}
    return {"order": torch.randperm(7, generator=torch.Generator().manual_seed(seed + 90))}


def run_undo(answer, given):
    found = answer(given["order"])
    if isinstance(found, tuple | list):
        found = torch.as_tensor(found)
    return {"table": picture_like(found, "the table of the way back")}


# ----------------------------------------------------------------------------------------------------- the declaration

EXERCISE = Exercise(
    name="03_collapse",
    title="collapse, measured and resisted",
    checks=(
        Check(
            function="share_within",
            title="share within k deviations",
            points=2,
            start="Integrate r · e^(−r²/2) from 0 to k: that is the share of a two-dimensional Gaussian.",
            hints=(
                "In two dimensions there is little room near the centre and more further out: which function has the derivative r · e^(−r²/2)?",
                "−e^(−r²/2) has it. Put in k, put in 0, subtract: 1 − e^(−k²/2).",
            ),
            cases=(
                Case("three deviations", three_deviations, run_share, "for k = 3"),
                Case("radii from 0.2 to 4", radii, run_shares, "over radii from 0.2 to 4", plot=SHARES),
            ),
        ),
        Check(
            function="nearest_mode",
            title="nearest mode",
            points=2,
            start="All differences, (N, 1, 2) − (1, K, 2); their lengths, (N, K); the smallest of each row and where it is.",
            hints=(
                "Make the table of distances first, one row a sample, one column a centre. Along which dimension is the smallest wanted?",
                "`distance, index = (samples[:, None] - centres).norm(dim=2).min(dim=1)`, and return them the other way round.",
            ),
            cases=(
                Case("three centres", three_centres, run_nearest, "for the example's samples"),
                Case("scattered", scattered, run_nearest, "for seven samples and four centres"),
            ),
        ),
        Check(
            function="mode_coverage",
            title="coverage of the modes",
            points=4,
            needs=("nearest_mode",),
            start="Which samples are good? How many good ones has each mode? Then: how many modes have enough, and what share is good?",
            hints=(
                "Two conditions: near enough to count at all, and enough of them. And two numbers come back, because each alone can be cheated.",
                "`good = distance <= radius`; `counts = torch.bincount(index[good], minlength=len(centres))`; `(counts >= min_count).sum()`; `good`'s mean.",
            ),
            cases=(
                Case("the example", five_samples, run_coverage, "for the example's five samples"),
                Case("noise over everything", noise_only, run_coverage, "for noise over the whole plane"),
                Case("a ring with noise", ring_with_noise, run_coverage, "for a ring of seven modes with noise"),
            ),
        ),
        Check(
            function="packed",
            title="packing",
            points=2,
            start="Neighbours become one sample: m of them are joined along dimension 1, so the batch shrinks by m.",
            hints=(
                "A batch lies in memory sample after sample. Which shape has the same numbers in the same order, with m samples in one?",
                "`samples.reshape(len(samples) // m, m * samples.shape[1], *samples.shape[2:])`; or join `samples[i::m]` for i = 0 … m − 1.",
            ),
            cases=(
                Case("points", eight_points, run_packed, "for eight points and m = 2"),
                Case("pictures", six_pictures, run_packed, "for six pictures and m = 3"),
            ),
        ),
        Check(
            function="r1_penalty",
            title="R1 penalty",
            points=3,
            start="The gradient of D's scores with respect to the real samples, squared, summed over each sample, averaged over the batch.",
            hints=(
                "How steep is D at the data? All entries of a sample's gradient count, squared. The penalty must have a gradient itself.",
                "`x = real.detach().requires_grad_()`, `(g,) = torch.autograd.grad(discriminator(x).sum(), x, create_graph=True)`, "
                "`g.flatten(1).square().sum(dim=1).mean()`.",
            ),
            cases=(
                Case("points", points_for_judge, run_r1, "for points"),
                Case("pictures", pictures_for_judge, run_r1, "for pictures"),
            ),
        ),
        Check(
            function="gradient_penalty",
            title="gradient penalty",
            points=3,
            needs=("r1_penalty",),
            start="Mix real and fake, take D's gradient there as in r1_penalty, and ask how far each sample's gradient is from length 1.",
            hints=(
                "One length a sample, not one for the batch and not one for each pixel. Each length should be 1: subtract, square, and only then average.",
                "`x = (mix * real + (1 - mix) * fake.detach()).requires_grad_()`; the gradient as before; `(g.flatten(1).norm(dim=1) - 1).square().mean()`.",
            ),
            cases=(
                Case("points", points_for_judge, run_penalty, "for points"),
                Case("pictures", pictures_for_judge, run_penalty, "for pictures"),
                Case("no gradient for the generator", points_for_judge, run_penalty_of_d_alone, "for points", points=1),
            ),
        ),
        Check(
            function="variation_over_inputs",
            title="variation over the inputs",
            points=2,
            start="For every pixel of every channel: the variance of its N values, one for each input. Then the mean of all of these.",
            hints=(
                "One answer for all inputs must give 0, however many colours it has. So what has to be compared with what?",
                "`outputs.var(dim=0, correction=0).mean()`: dimension 0 runs over the inputs.",
            ),
            cases=(
                Case("one pixel", one_pixel, run_variation, "for the answers 0.2 and 0.8"),
                Case("one answer for all", same_answer, run_variation, "for a translator that ignores its input"),
                Case("five answers", answers, run_variation, "for five different answers"),
            ),
        ),
        Check(
            function="returns_home",
            title="share that returns home",
            points=2,
            start="Follow each input forward and then back: indexing one table with the other does it for all at once.",
            hints=(
                "Where does input i arrive, and where does the way back lead from there? Compare with i.",
                "`(backward[forward] == torch.arange(len(forward))).double().mean()`.",
            ),
            cases=(
                Case("a permutation", there_and_back, run_home, "for the example's tables"),
                Case("one answer for all", one_for_all, run_home, "for a translator with one answer for all"),
                Case("six inputs, five answers", two_lengths, run_home, "for six inputs and five answers"),
            ),
        ),
        Check(
            function="undo",
            title="way back",
            points=1,
            needs=("returns_home",),
            start="For every i the way back must lead from order[i] to i.",
            hints=(
                "Write one entry by hand: input 0 goes to order[0]. Which entry of the way back must then be 0?",
                "`back = torch.empty_like(order)`, `back[order] = torch.arange(len(order))`; or `torch.argsort(order)`.",
            ),
            cases=(
                Case("four drawings", four_drawings, run_undo, "for the order 2, 0, 3, 1"),
                Case("seven drawings", seven_drawings, run_undo, "for seven drawings"),
            ),
        ),
    ),
)
