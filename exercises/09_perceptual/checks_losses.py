"""Exercise 09: how the input of the loss network and the losses are looked at."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from course_lib.grading.tools import count, leaf, picture_like, random_tensor, scalar, slopes, variation


def features(seed: int, *shape: int) -> Tensor:
    """What a network gives after a ReLU: a third of it 0, the channels of very different means."""
    scale = torch.arange(1, shape[1] + 1, dtype=torch.float64).reshape(-1, 1, 1) / 2
    return (random_tensor(seed, *shape, shift=0.4) * scale).relu()


def gram(f: Tensor) -> Tensor:
    f = f.flatten(2)
    return f @ f.transpose(1, 2) / f[0].numel()


# --------------------------------------------------------------------------------------------------------------- input


def black_and_colours(seed: int) -> dict[str, Tensor]:
    """Pictures in [−1, 1] and a little beyond; the first pixel is black."""
    pictures = 1.2 * torch.tanh(random_tensor(seed + 10, 2, 3, 4, 5))
    pictures[0, :, 0, 0] = -1
    return {"pictures": pictures}


def run_input(answer, given):
    found = picture_like(answer(given["pictures"]), "the input")
    shown = leaf(given["pictures"])
    again = picture_like(answer(shown * 1), "the input")
    return {"value": found, **slopes((again / 100).square().sum(), pictures=shown)}


# -------------------------------------------------------------------------------------------------------------- losses


def three_maps(seed: int) -> dict[str, Tensor]:
    return {"features": features(seed + 20, 3, 4, 2, 5), "target": features(seed + 21, 3, 4, 2, 5)}


def worked(seed: int) -> dict[str, Tensor]:
    """The numbers of the course's conventions; other seeds stretch them."""
    x = torch.arange(120, dtype=torch.float64).reshape(2, 3, 4, 5) / (100 + variation(seed))
    return {"features": x, "target": 0.9 * x.flip(0)}


def run_content(answer, given):
    shown, target = leaf(given["features"]), leaf(given["target"])
    loss = scalar(answer(shown, target))
    return {"value": loss, **slopes(loss, features=shown, target=target)}


def two_layers(seed: int) -> dict[str, Tensor]:
    """Features of three pictures in two layers, and the Gram matrices of one painting of another size."""
    given: dict[str, Tensor] = {}
    for layer, (channels, height) in enumerate(((3, 4), (5, 2)), start=1):
        given[f"features {layer}"] = features(seed + 30 + layer, 3, channels, height, 7)
        given[f"target {layer}"] = gram(features(seed + 35 + layer, 1, channels, 5, 3))
    return given


def run_style(answer, given):
    maps, targets = ([leaf(given[f"{which} {layer}"]) for layer in (1, 2)] for which in ("features", "target"))
    loss = scalar(answer(maps, targets))
    return {
        "value": loss,
        **slopes(loss, features=maps[0], target=targets[0]),
        "value of one layer alone": scalar(answer(maps[1:], targets[1:])),
    }


# ----------------------------------------------------------------------------------------------------------- objective


class Maps(nn.Module):
    """A mock loss network of three layers, which counts how often it is asked and under what."""

    def __init__(self, given: dict[str, Tensor]) -> None:
        super().__init__()
        self.weights = nn.ParameterList(given[f"layer {n}"].clone() for n in range(3))
        self.requires_grad_(False)

    def forward(self, x: Tensor) -> list[Tensor]:
        count("pictures shown to the loss network")
        found = []
        for weight in self.weights:
            x = F.relu(F.conv2d(x, weight, padding=1) + 0.2)
            found.append(x)
            x = F.avg_pool2d(x, 2, ceil_mode=True)
        return found


def a_step(seed: int) -> dict[str, Tensor]:
    given = {
        "output": torch.tanh(random_tensor(seed + 50, 2, 3, 6, 8)),
        "photo": torch.tanh(random_tensor(seed + 51, 2, 3, 6, 8)),
    }
    for n, (out, into) in enumerate(((4, 3), (5, 4), (3, 5))):
        given[f"layer {n}"] = random_tensor(seed + 52 + n, out, into, 3, 3, scale=0.4)
        given[f"style {n}"] = gram(features(seed + 56 + n, 1, out, 3, 4))
    return given


WEIGHTS = {
    "content alone": (2.0, 0.0, 0.0),
    "style alone": (0.0, 3.0, 0.0),
    "total variation alone": (0.0, 0.0, 5.0),
    "all three": (0.7, 1.3, 0.4),
}


def run_objective(answer, given):
    network, grams = Maps(given), [leaf(given[f"style {n}"]) for n in range(3)]
    output, photo = leaf(given["output"]), leaf(given["photo"])
    count("pictures shown to the loss network", 0)
    losses = {
        name: scalar(answer(network, output, photo, 1, list(grams), weights)) for name, weights in WEIGHTS.items()
    }
    found = {f"value with {name}": loss for name, loss in losses.items()}
    deeper = answer(network, output, photo, 2, list(grams), WEIGHTS["content alone"])
    found["value with content alone, of layer 2"] = scalar(deeper)
    for name in ("content alone", "style alone", "all three"):
        found[f"slope for the output with {name}"] = slopes(losses[name], o=output)["slope for o"]
    return {
        **found,
        "slope for the photo": slopes(losses["all three"], p=photo)["slope for p"],
        "slope for the style's Gram matrices": slopes(losses["all three"], g=grams[0])["slope for g"],
    }
