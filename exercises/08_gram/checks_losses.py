"""Exercise 08: how Gram matrices and the losses on features and pictures are looked at."""

import torch
from torch import Tensor

from course_lib.grading.tools import leaf, picture_like, random_tensor, scalar, slopes, variation


def features(seed: int, *shape: int) -> Tensor:
    """What a network gives after a ReLU: a third of it 0, the channels of very different means."""
    scale = torch.arange(1, shape[1] + 1, dtype=torch.float64).reshape(-1, 1, 1)
    return (random_tensor(seed, *shape, shift=0.4) * scale).relu()


# ------------------------------------------------------------------------------------------------------- Gram matrices


def two_pictures(seed: int) -> dict[str, Tensor]:
    return {"features": features(seed + 10, 2, 3, 4, 5)}


def one_picture(seed: int) -> dict[str, Tensor]:
    return {"features": features(seed + 11, 1, 4, 3, 6)}


def worked(seed: int) -> dict[str, Tensor]:
    """The numbers of the course's conventions; other seeds stretch them."""
    return {"features": torch.arange(120, dtype=torch.float64).reshape(2, 3, 4, 5) / (100 + variation(seed))}


def run_gram(answer, given):
    answer(given["features"])  # without a graph, so that a change in place is seen
    shown = leaf(given["features"])
    gram = picture_like(answer(shown * 1), "the Gram matrix")
    return {"value": gram, **slopes(gram.square().sum(), features=shown)}


# -------------------------------------------------------------------------------------------------------------- losses


def two_layers(seed: int) -> dict[str, Tensor]:
    """Gram matrices of 3 and of 5 channels of three pictures, with a target each; the second layer's are far larger."""
    return _layers(seed + 20, batch=3)


def one_style(seed: int) -> dict[str, Tensor]:
    return _layers(seed + 30, batch=1)


def _layers(seed: int, batch: int) -> dict[str, Tensor]:
    given: dict[str, Tensor] = {}
    for layer, channels in enumerate((3, 5), start=1):
        for which, number, size in (("G", seed, 3), ("A", seed + 5, batch)):
            f = features(number + layer, size, channels, 2, 4).flatten(2)
            given[f"{which} {layer}"] = f @ f.transpose(1, 2) / (8 * channels) * 2.0**layer
    return given


WEIGHTS = (0.5, 0.2)


def run_style(answer, given):
    grams, targets = ([leaf(given[f"{which} {layer}"]) for layer in (1, 2)] for which in "GA")
    loss = scalar(answer(grams, targets, list(WEIGHTS)))
    return {
        "value": loss,
        **slopes(loss, grams=grams[0], targets=targets[0]),
        "value of one layer alone": scalar(answer(grams[1:], targets[1:], [2.0])),
    }


def three_maps(seed: int) -> dict[str, Tensor]:
    return {"features": features(seed + 40, 3, 4, 2, 5), "target": features(seed + 41, 3, 4, 2, 5)}


def run_content(answer, given):
    shown, target = leaf(given["features"]), leaf(given["target"])
    loss = scalar(answer(shown, target))
    return {"value": loss, **slopes(loss, features=shown, target=target)}


# ----------------------------------------------------------------------------------------------------- total variation


def rough(seed: int) -> dict[str, Tensor]:
    """Not square, and rougher from left to right than from top to bottom."""
    noise = random_tensor(seed + 50, 2, 3, 5, 7, scale=0.3)
    return {"pictures": torch.tanh(noise + random_tensor(seed + 51, 2, 3, 1, 7, scale=0.5))}


def ramp(seed: int) -> dict[str, Tensor]:
    """Each row 0.1 brighter than the one above, each column 0.02 darker than the one before."""
    rows = torch.arange(6, dtype=torch.float64).reshape(6, 1) * (0.1 + 0.001 * variation(seed))
    columns = torch.arange(4, dtype=torch.float64) * 0.02
    return {"pictures": (rows - columns).expand(2, 3, 6, 4).clone()}


def flat(seed: int) -> dict[str, Tensor]:
    """One colour: nothing varies, though the channels differ."""
    colour = torch.tensor([0.7, -0.2, 0.1], dtype=torch.float64) + 0.01 * variation(seed)
    return {"pictures": colour.reshape(1, 3, 1, 1).expand(2, 3, 3, 5).clone()}


def run_variation(answer, given):
    answer(given["pictures"])
    pictures = leaf(given["pictures"])
    loss = scalar(answer(pictures * 1))
    return {"value": loss, **slopes(loss, pictures=pictures)}


def run_flat(answer, given):
    return {"value": scalar(answer(given["pictures"]))}
