"""How different two pictures look to a network: distance in features, where blur costs more than a small shift.

Never read it alone, least of all for a model that was trained on such features: it does not see what they do not see.
"""

import torch
from torch import Tensor

from course_lib.losses import feature_direction_loss
from course_lib.metrics.checks import check_pair
from course_lib.networks import VGGFeatures

LAYERS = ("relu1_2", "relu2_2", "relu3_3", "relu4_3")
SMALLEST = 8  # below that relu4_3 has no place left


@torch.no_grad()
def vgg_distance(a: Tensor, b: Tensor, border: int) -> Tensor:
    """Perceptual distance in features of the shipped VGG-16 (``vgg16-bsds``) → (B,), float64; 0 for equal pictures.

    d = mean over layers of: mean over places of ‖φ̂_a − φ̂_b‖², where φ̂ is a place's feature vector over its own length
    (so d ≤ 2, since features after a ReLU are never opposed). The layers are relu1_2, relu2_2, relu3_3 and relu4_3.
    This is LPIPS (Zhang et al. 2018, eq. 1) without its weights, which were learned from people's answers, on another
    backbone, and with a mean in place of the sum over layers: its numbers are no LPIPS and compare with none.

    Args:
        a, b: RGB (B, 3, H, W) in [0, 1].
        border: pixels to cut from every side first, ≥ 0.

    Raises:
        CourseError: not such pictures, shapes differ, or fewer than 8×8 pixels are left.
    """
    check_pair(a, b, border, smallest=SMALLEST)
    network = VGGFeatures(LAYERS).to(a.device)
    inside = [images[..., border : images.shape[-2] - border, border : images.shape[-1] - border] for images in (a, b)]
    return torch.stack([_one(network, *pair) for pair in zip(*(part.float().split(1) for part in inside), strict=True)])


def _one(network: VGGFeatures, a: Tensor, b: Tensor) -> Tensor:
    pairs = zip(network(a).values(), network(b).values(), strict=True)
    return torch.stack([feature_direction_loss(*pair) for pair in pairs]).double().mean().cpu()
