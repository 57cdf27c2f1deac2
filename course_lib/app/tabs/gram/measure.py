"""One layer's features of one picture, two channels of it, their entry of the Gram matrix, and two ways to shuffle."""

from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from course_lib.losses import gram_matrix
from course_lib.networks import VGGFeatures

LAYERS = ("relu1_2", "relu2_2", "relu3_3")
SHUFFLES = ("none", "map", "pixels")
CHANNELS = 12  # those that answer most, of 64, 128 or 256


@dataclass(frozen=True)
class Seen:
    """What is shown of one picture and layer.

    Attributes:
        channels: their numbers, the strongest first: of the picture as it is, whatever was shuffled.
        picture: (1, 3, H, W) in [0, 1], as the network saw it.
        maps: (12, h, w), of those channels.
        gram: (12, 12), their part of the Gram matrix.
        of: how many channels the layer has.
        moved: ‖G − G before‖ / ‖G before‖ of the whole Gram matrix, all channels.
    """

    channels: tuple[int, ...]
    picture: Tensor
    maps: Tensor
    gram: Tensor
    of: int
    moved: float


@lru_cache(maxsize=1)
def network() -> VGGFeatures:
    """The frozen network, read once."""
    return VGGFeatures(LAYERS)


def see(picture: Tensor, layer: str, shuffle: str, seed: int) -> Seen:
    """The features after the shuffle.

    Args:
        picture: (1, 3, H, W) in [0, 1].
        shuffle: "none"; "map": the positions of the feature map, the same for all channels; "pixels": the positions of
            the picture's pixels, before the network sees them.
        seed: of the order.
    """
    with torch.inference_mode():
        features = network()(picture)[layer]
        before = gram_matrix(features)[0]
        if shuffle == "pixels":
            picture = shuffled(picture, seed)
            features = network()(picture)[layer]
        elif shuffle == "map":
            features = shuffled(features, seed)
        after = gram_matrix(features)[0]
    chosen = before.diagonal().topk(CHANNELS).indices
    shown = after[chosen][:, chosen]
    return Seen(tuple(chosen.tolist()), picture, features[0, chosen], shown, len(after), _apart(after, before))


def moves(picture: Tensor, seed: int) -> dict[str, list[float]]:
    """How far each layer's Gram matrix moves, as ``Seen.moved``, by what is shuffled."""
    with torch.inference_mode():
        plain, mixed = network()(picture), network()(shuffled(picture, seed))
        grams = {layer: gram_matrix(plain[layer])[0] for layer in LAYERS}
        return {
            "map": [_apart(gram_matrix(shuffled(plain[layer], seed))[0], grams[layer]) for layer in LAYERS],
            "pixels": [_apart(gram_matrix(mixed[layer])[0], grams[layer]) for layer in LAYERS],
        }


def _apart(after: Tensor, before: Tensor) -> float:
    return ((after - before).norm() / before.norm()).item()


def shuffled(maps: Tensor, seed: int) -> Tensor:
    """(1, C, H, W) with its positions in another order, the same for every channel."""
    order = torch.randperm(maps.shape[-2] * maps.shape[-1], generator=torch.Generator().manual_seed(seed))
    return maps.flatten(2)[..., order].reshape(maps.shape)
