"""Exercise 08: how the loss network and what is done with it are looked at."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from course_lib.grading.tools import (
    Complaint,
    a_kind,
    count,
    leaf,
    note,
    picture_like,
    random_tensor,
    slopes,
    weights_of,
)

# ------------------------------------------------------------------------------------------------------- what VGG wants


def black_and_colours(seed: int) -> dict[str, Tensor]:
    """Pictures in [−1, 1] and a little beyond, as an optimiser leaves them; the first pixel is black."""
    pictures = 1.2 * torch.tanh(random_tensor(seed + 60, 2, 3, 4, 5))
    pictures[0, :, 0, 0] = -1
    return {"pictures": pictures}


def run_input(answer, given):
    found = picture_like(answer(given["pictures"]), "the input")
    shown = leaf(given["pictures"])
    again = picture_like(answer(shown * 1), "the input")
    return {"value": found, **slopes(again.square().sum(), pictures=shown)}


# ----------------------------------------------------------------------------------------------- features after a layer


class Counted(nn.Module):
    """A convolution of a mock loss network; any number of channels will do, and it counts how often it is asked."""

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        self.weight = nn.Parameter(weight.detach().clone(), requires_grad=False)
        self.asked = 0

    def forward(self, x: Tensor) -> Tensor:
        if x.shape[1] > self.weight.shape[1]:
            raise Complaint(f"hands a convolution {x.shape[1]} channels.")
        self.asked += 1
        return F.conv2d(x, self.weight[:, : x.shape[1]], padding=1) + 0.1


def four_convolutions(seed: int) -> dict[str, Tensor]:
    given = {"pictures": random_tensor(seed + 70, 2, 3, 4, 6)}
    for number, channels in enumerate((5, 4, 6, 2)):
        given[f"convolution {number}"] = random_tensor(seed + 71 + number, channels, 8, 3, 3, scale=0.4)
    return given


def run_features(answer, given):
    return _features(answer, given)[0]


def run_needed(answer, given):
    found, convolutions = _features(answer, given)
    return {**found, "number of times each convolution was asked": torch.tensor([c.asked for c in convolutions])}


def _features(answer, given):
    convolutions = [Counted(given[f"convolution {n}"]) for n in range(4)]
    shown = leaf(given["pictures"])
    taken = [2, 0]
    maps = answer(shown, convolutions, list(taken))
    if not isinstance(maps, tuple | list):
        raise Complaint(f"returns {a_kind(maps)} where a list of features should be, one for each number in `taken`.")
    maps = [picture_like(m, "the features") for m in maps]
    found = {"number of feature maps": len(maps)}
    for number, one in zip(taken, maps, strict=False):
        found[f"features after convolution {number}"] = one
    total = sum((one.square().sum() for one in maps), torch.zeros((), dtype=torch.float64))
    deepest = answer(given["pictures"], [Counted(given[f"convolution {n}"]) for n in range(4)], [3])
    if isinstance(deepest, tuple | list) and len(deepest) == 1:
        found["features after convolution 3, the only one taken"] = picture_like(deepest[0], "the features")
    return {**found, **slopes(total, pictures=shown)}, convolutions


# ------------------------------------------------------------------------------------------------------------ freezing


class Unfrozen(nn.Module):
    """As it comes: in training mode, its parameters asking for gradients, some of them deep inside."""

    def __init__(self, given: dict[str, Tensor]) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 4, 3, dtype=torch.float64)
        self.inside = nn.Sequential(
            nn.BatchNorm2d(4, dtype=torch.float64),
            nn.Sequential(nn.Conv2d(4, 2, 2, dtype=torch.float64), nn.Dropout(0.5)),
        )
        for p in self.parameters():
            p.data = given["numbers"][: p.numel()].reshape(p.shape).clone()
        self.train()

    def forward(self, x: Tensor) -> Tensor:
        return self.inside(self.first(x).relu())


def a_network(seed: int) -> dict[str, Tensor]:
    return {
        "numbers": random_tensor(seed + 80, 120, scale=0.5, shift=0.1),
        "pictures": random_tensor(seed + 81, 2, 3, 5, 6),
    }


def run_freeze(answer, given):
    network = Unfrozen(given)
    found = answer(network)
    if found is None:
        raise Complaint("returns None where the network should be. Is a `return` missing?")
    if not callable(found):
        raise Complaint(f"returns {a_kind(found)} where the network should be.")
    looked_at = found if isinstance(found, nn.Module) else network
    names = [name for name, p in looked_at.named_parameters() if p.requires_grad]
    shown = leaf(given["pictures"])
    modes = [m.training for m in looked_at.modules()]
    with torch.random.fork_rng(devices=[]):  # dropout is at work in a network that is left in training mode
        torch.manual_seed(3)
        features = found(shown)
    return {
        "number of parameters that ask for a gradient": len(names),
        "number of modules in training mode": sum(modes),
        "answer to “is it the network that was given?” (1: yes)": looked_at is network,
        "answer to “does a gradient come back to the picture?” (1: yes)": features.requires_grad
        and bool(slopes(features.square().sum(), p=shown)["slope for p"].any()),
        "features of a picture": features,
    }


# ------------------------------------------------------------------------------------------------------------ painting


class Network(nn.Module):
    """A mock loss network whose parameters ask for a gradient, so that it can be seen whether they are moved."""

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        self.weight = nn.Parameter(weight.detach().clone())

    def forward(self, x: Tensor) -> Tensor:
        count("pictures shown to the network")
        note("shown a picture that asks for a gradient", x.requires_grad)
        return F.softplus(F.conv2d(x, self.weight[:, : x.shape[1]], padding=1))


def a_photo(seed: int) -> dict[str, Tensor]:
    return {
        "photo": torch.tanh(random_tensor(seed + 90, 1, 3, 5, 6)),
        "network": random_tensor(seed + 91, 4, 3, 3, 3, scale=0.4),
    }


def _objective(features: Tensor) -> Tensor:
    """Neither linear nor quadratic, and not the same in every channel."""
    weights = torch.arange(1, features.shape[1] + 1, dtype=torch.float64).reshape(-1, 1, 1)
    return (weights * (features - 0.3).square() + torch.sin(2 * features)).sum() / 20


def run_paint(answer, given):
    network = Network(given["network"])
    before = weights_of(network)
    count("pictures shown to the network", 0)
    found = {}
    for steps, rate in ((1, 0.3), (4, 0.1)):
        picture = picture_like(answer(given["photo"], network, _objective, steps, rate), "the picture")
        note(
            "picture is what it was", picture.shape == given["photo"].shape and bool((picture == given["photo"]).all())
        )
        found[f"picture after {steps} step{'s' * (steps > 1)}"] = picture
        found[f"change of the network's parameters after {steps} step{'s' * (steps > 1)}"] = (
            weights_of(network) - before
        )
    return found
