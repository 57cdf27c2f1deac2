"""Exercise 03: how shares, nearest modes and coverage are looked at."""

import torch
from torch import Tensor

from course_lib.grading.checks import Plot
from course_lib.grading.tools import Complaint, as_share, picture_like, random_tensor, scalar, several, variation


def three_deviations(seed: int) -> dict[str, Tensor]:
    return {"k": torch.tensor(3.0 - 0.07 * variation(seed), dtype=torch.float64)}


def radii(seed: int) -> dict[str, Tensor]:
    return {"k": torch.linspace(0.2, 4, 20, dtype=torch.float64) + 0.013 * variation(seed)}


def run_share(answer, given):
    return {"value": scalar(answer(given["k"]), "the share")}


def run_shares(answer, given):
    shares = [scalar(answer(k), "the share").detach() for k in given["k"]]
    return {"share": torch.stack(shares)}


SHARES = Plot("k", "share", "radius in deviations", "share of the samples within it")


def three_centres(seed: int) -> dict[str, Tensor]:
    """The example of task.md (seed 0)."""
    shift = 0.01 * variation(seed)
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
        "samples": torch.tensor(samples, dtype=torch.float64) + 0.001 * variation(seed),
        "centres": torch.tensor([[0.0, 0.0], [3.0, 0.0], [0.0, 4.0]], dtype=torch.float64),
        "radius": torch.tensor(0.5, dtype=torch.float64),
        "min_count": torch.tensor(2),
    }


def ring_with_noise(seed: int) -> dict[str, Tensor]:
    """A ring of seven modes with noise just outside the discs, which a wrong distance lets in.

    The first two are so close that their discs overlap: three samples of the first lie in both, and the second has
    enough only if they are counted for it as well. One mode has exactly ``min_count`` good samples, one has none.
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
        length = (
            0.55
            + 0.35
            * torch.rand(count, 1, generator=torch.Generator().manual_seed(seed + k), dtype=torch.float32).double()
        )
        groups.append(centres[k] + radius * length * where / where.norm(dim=1, keepdim=True))
    noise = (
        torch.rand(160, 2, generator=torch.Generator().manual_seed(seed + 30), dtype=torch.float32).double() * 3 - 1.5
    )
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


def on_the_rim(seed: int) -> dict[str, Tensor]:
    """Samples exactly at the radius, by 3² + 4² = 5² in eighths, so that no way of computing the distance rounds it.

    One mode has just enough samples if those at the radius count, one has none.
    """
    turn = torch.tensor([[1.0, 0.0], [0.0, 1.0]] if seed % 2 == 0 else [[0.0, 1.0], [-1.0, 0.0]], dtype=torch.float64)
    centres = torch.tensor([[0.0, 0.0], [4.0, 0.0], [0.0, -3.0]], dtype=torch.float64)
    steps = torch.tensor([[3, 4], [-4, 3], [2, 1], [4, 3], [5, 0], [7, 1], [-1, 2]], dtype=torch.float64) / 8
    samples = centres[torch.tensor([0, 0, 0, 1, 1, 1, 1])] + steps @ turn
    return {
        "samples": samples,
        "centres": centres,
        "radius": torch.tensor(0.625, dtype=torch.float64),
        "min_count": torch.tensor(3),
    }


def noise_only(seed: int) -> dict[str, Tensor]:
    """Uniform noise on a grid of nine small modes: nearly all of it is far from every mode."""
    places = torch.tensor([-1.0, 0.0, 1.0], dtype=torch.float64)
    centres = torch.cartesian_prod(places, places)
    noise = (
        torch.rand(270, 2, generator=torch.Generator().manual_seed(seed + 50), dtype=torch.float32).double() * 3 - 1.5
    )
    radius, minimum = torch.tensor(0.12, dtype=torch.float64), torch.tensor(20)
    return {"samples": noise, "centres": centres, "radius": radius, "min_count": minimum}


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
