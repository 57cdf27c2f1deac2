"""What style transfer minimises, whether the pixels of one picture are moved (Gatys et al. 2016) or the weights of a
network that makes such pictures (Johnson et al. 2016):

L = α · content + β · style + γ · total variation
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import torch
from PIL import Image
from torch import Tensor

from course_lib.data.pictures import open_picture, to_tensor
from course_lib.errors import CourseError
from course_lib.losses import content_loss, feature_reconstruction_loss, gram_matrix, style_loss, total_variation
from course_lib.networks import VGGFeatures
from course_lib.networks.vgg import checked_layers, field_of

SAMPLE_STYLE = "sample_style"  # stained tissue, which scikit-image ships: a texture that is always there


@dataclass(frozen=True, kw_only=True)
class StyleSettings:
    """Layers and weights; a task's config extends it."""

    content_weight: float = 1.0  # α, of the content term; more: nearer to the photo
    style_weight: float = 1.0  # β, of the style term; more: nearer to the painting
    tv_weight: float = 0.0  # γ, of the total variation of pictures in [−1, 1]; more: smoother
    content_layer: str = "relu3_3"  # whose features the content is; deeper: only what is where, not how it looks
    style_layers: tuple[str, ...] = ("relu1_2", "relu2_2", "relu3_3", "relu4_3")  # whose Gram matrices the style is
    layer_weights: tuple[float, ...] = (0.25, 0.25, 0.25, 0.25)  # w_l, one a style layer; they add, they are no average
    # none: content and style as the losses give them, whose sizes are the layers'. target: each over what its target
    # itself is, Σ φ² and ‖A‖², so that a layer's size does not decide and weights mean the same in every network.
    balance: Literal["none", "target"] = "target"
    content_form: Literal["mean", "sum"] = "mean"  # Johnson's mean over the features, or Gatys' ½ Σ
    vgg_depth: Literal[16, 19] = 16  # of the loss network
    vgg_weights: Literal["bsds", "imagenet"] = "bsds"  # shipped with the course (VGG-16 to relu4_3), or downloaded
    pooling: Literal["max", "average"] = "max"  # of the loss network; average: smoother (Gatys et al., section 2)
    edges: Literal["zeros", "replicate"] = "zeros"  # around the picture at the first layer; replicate: no frame


def check_style(settings: StyleSettings) -> None:
    """Refuses what would only fail deep inside.

    Raises:
        CourseError: a setting out of its range, by name.
    """
    for name in ("content_weight", "style_weight", "tv_weight"):
        _check_weight(name, getattr(settings, name))
    for weight in settings.layer_weights:
        _check_weight("a number of layer_weights", weight)
    if settings.content_weight == settings.style_weight == 0:
        raise CourseError("content_weight and style_weight are both 0, so there is nothing to come near. Raise one.")
    if len(settings.layer_weights) != len(settings.style_layers) or not settings.style_layers:
        raise CourseError(
            f"layer_weights are {len(settings.layer_weights)} numbers for {len(settings.style_layers)} style_layers; "
            "give one a layer, and at least one."
        )
    checked_layers([*settings.style_layers, settings.content_layer], settings.vgg_depth, settings.vgg_weights)


def _check_weight(name: str, weight: float) -> None:
    if not 0 <= weight < math.inf:
        raise CourseError(f"{name} is {weight}; it must be 0 or more, and finite.")


class StyleObjective:
    """The objective of one painting: its Gram matrices are computed once.

    Args:
        settings: layers and weights.
        style: the painting, (1, 3, H, W) in [−1, 1]; strokes are as large as they are in it.
    """

    def __init__(self, settings: StyleSettings, style: Tensor) -> None:
        self.settings = settings
        self.eye = self._eye(list(dict.fromkeys((*settings.style_layers, settings.content_layer))), style)
        self.content_eye = self._eye([settings.content_layer], style)  # no deeper than the content needs
        with torch.no_grad():
            features = self.eye((style + 1) / 2)
            self.grams = [gram_matrix(features[layer]) for layer in settings.style_layers]
        self.weights = list(settings.layer_weights)
        if settings.balance == "target":
            # ¼ ‖A‖² is what a picture in which nothing fires would cost.
            self.weights = [
                weight / max(gram.square().sum().item() / 4, 1e-30)
                for weight, gram in zip(self.weights, self.grams, strict=True)
            ]

    def _eye(self, layers: Sequence[str], style: Tensor) -> VGGFeatures:
        s = self.settings
        eye = VGGFeatures(layers, s.vgg_depth, s.vgg_weights, pooling=s.pooling, edges=s.edges)
        return eye.to(style.device, memory_format=torch.channels_last)  # type: ignore[call-overload]

    @torch.no_grad()
    def content_of(self, photo: Tensor) -> Tensor:
        """φ of photos (B, 3, H, W) in [−1, 1]: what an answer to them is compared with."""
        return self.content_eye((photo.float() + 1) / 2)[self.settings.content_layer]

    def __call__(self, picture: Tensor, content: Tensor) -> dict[str, Tensor]:
        """The terms, unweighted, and their sum "total", of pictures (B, 3, H, W) in [−1, 1]; φ comes from
        ``content_of``."""
        s = self.settings
        features = self.eye((picture.float() + 1) / 2)
        near = feature_reconstruction_loss if s.content_form == "mean" else content_loss
        size = self._size(content)
        kept = near(features[s.content_layer] / size, content / size)
        style = style_loss([gram_matrix(features[layer]) for layer in s.style_layers], self.grams, self.weights)
        rough = total_variation(picture.float())
        total = s.content_weight * kept + s.style_weight * style + s.tv_weight * rough
        return {"total": total, "content": kept, "style": style, "tv": rough}

    def _size(self, content: Tensor) -> Tensor:
        """(B, 1, 1, 1): what each picture's features are divided by, so that features of zeros would cost 1."""
        squares = content.square().mean(dim=(1, 2, 3), keepdim=True)
        if self.settings.balance == "none":
            return torch.ones_like(squares)
        if self.settings.content_form == "sum":
            squares = squares * content[0].numel() / 2
        return squares.clamp(min=1e-30).sqrt()


def open_style(file: str, settings: StyleSettings, size: int) -> Tensor:
    """The painting in a file as (1, 3, H, W) in [−1, 1], its shorter side ``size`` pixels.

    Raises:
        CourseError: no such picture, or one smaller than what a feature of the deepest style layer sees.
    """
    path = _sample_style() if file == SAMPLE_STYLE else Path(file).expanduser()
    painting = open_picture(path)
    check_painting(painting.size, settings, file)
    return to_tensor(with_shorter_side(painting, size))


def check_painting(size: tuple[int, int], settings: StyleSettings, name: str = "The painting") -> None:
    """Whether a painting shows more than one feature of the deepest style layer sees.

    Raises:
        CourseError: it is smaller.
    """
    deepest = max(settings.style_layers, key=lambda layer: field_of(layer, settings.vgg_depth))
    reach = field_of(deepest, settings.vgg_depth)
    if min(size) < reach:
        raise CourseError(
            f"{name} has {size[0]} × {size[1]} pixels, and one feature of {deepest} sees {reach} × {reach}: all of them "
            "would see its edges. Take a larger picture of it, or leave out the deepest of style_layers."
        )


def with_shorter_side(picture: Image.Image, size: int) -> Image.Image:
    """The picture with its shorter side ``size`` pixels long, its proportions kept."""
    scale = size / min(picture.size)
    width, height = (max(1, round(side * scale)) for side in picture.size)
    return picture.resize((width, height), Image.Resampling.LANCZOS)


def _sample_style() -> Path:
    import skimage.data

    return Path(skimage.data.__file__).parent / "ihc.png"
