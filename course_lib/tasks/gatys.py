"""Style transfer by optimisation: Gatys, Ecker & Bethge 2016, "Image Style Transfer Using Convolutional Neural Networks".

No network is trained; the pixels are what is optimised:

x* = arg min  α ℓ_content(p, x) + β ℓ_style(a, x)                                              (eq. 7)
"""

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional

from course_lib.data.pictures import over_white, to_tensor
from course_lib.errors import CourseError
from course_lib.seeds import check_seed
from course_lib.tasks.descent import Descent, Step
from course_lib.tasks.style_memory import check_memory
from course_lib.tasks.style_objective import StyleObjective, StyleSettings, check_painting, check_style

MOST = 8192  # pixels, of the longer side


@dataclass(frozen=True, kw_only=True)
class GatysConfig(StyleSettings):
    """What practice has found since (Johnson's and Crowson's codes); ``PRESETS`` holds the publication's recipe too."""

    size: int = 512  # pixels, longer side of the result; memory grows with its square
    smallest: int = 128  # pixels, longer side of the first of several scales, √2 apart; as large as size: one scale
    steps: int = 150  # on the first scale
    later_steps: int = 75  # on each scale after it, which goes on from the enlarged picture
    start: Literal["content", "noise", "style"] = "content"  # the first picture; noise: by the seed
    optimizer: Literal["adam", "lbfgs"] = (
        "adam"  # lbfgs learns the curvature: fewer steps, each as expensive, more memory
    )
    lr: float = 0.02  # Adam's, in units of half the range from black to white; L-BFGS: the share of its own step (1)
    average: float = 0.9  # 0 to 1, a step: moving average of the picture, which is the result; 0: the best picture is
    style_scale: float = 1.0  # size of the painting, its longer side against the picture's; larger: larger strokes
    style_fit: Literal["whole", "same"] = (
        "whole"  # same: cut to the photo's size, as in the paper, where M_l is one number
    )
    keep_colours: bool = False  # the painting gets the photo's colours first (Gatys et al. 2016, "Preserving Color")
    seconds: float = math.inf  # after which the best picture so far is the result
    seed: int = 0  # of noise
    content_weight: float = 1.0  # α, of the content term; more: nearer to the photo
    style_weight: float = 20.0  # β, of the style term; more: nearer to the painting
    tv_weight: float = 1.0  # γ, of the total variation of pictures in [−1, 1]; more: smoother
    edges: Literal["zeros", "replicate"] = "replicate"  # around the picture at the first layer; zeros: a frame


PRESETS = {
    "good": GatysConfig(),
    # Section 2 and 3.1 but for the loss network, which is VGG-19 there (--vgg-depth 19 --vgg-weights imagenet and the
    # layers named in the paper, relu5_1 among them): average pooling, L-BFGS, white noise, one scale, α/β = 10⁻³, E_l
    # with w_l = 1/5, content at conv4_2. The authors' E_l divides by 4 N² M²; here gram_matrix has divided by C·H·W = N·M
    # before it is squared, and style_loss has the ¼, so that the two are one number where M is (style_fit same).
    "paper": GatysConfig(
        smallest=512,
        steps=500,
        start="noise",
        optimizer="lbfgs",
        lr=1.0,
        average=0.0,
        style_fit="same",
        balance="none",
        content_form="sum",
        content_layer="relu4_2",
        style_layers=("relu1_1", "relu2_1", "relu3_1", "relu4_1"),
        layer_weights=(0.2, 0.2, 0.2, 0.2),
        content_weight=1.0,
        style_weight=1e3,
        tv_weight=0.0,
        pooling="average",
        edges="zeros",
    ),
    "smoke": GatysConfig(
        size=48,
        smallest=32,
        steps=3,
        later_steps=2,
        content_layer="relu1_2",
        style_layers=("relu1_1", "relu2_1"),
        layer_weights=(0.5, 0.5),
    ),
}


def check(config: GatysConfig) -> None:
    """Refuses what would only fail deep inside, or never end.

    Raises:
        CourseError: a setting out of its range, by name.
    """
    check_style(config)
    for name in ("size", "smallest"):
        if not 16 <= getattr(config, name) <= MOST:
            raise CourseError(f"{name} is {getattr(config, name)}; it must be from 16 to {MOST} pixels.")
    for name in ("steps", "later_steps"):
        if getattr(config, name) < 1:
            raise CourseError(f"{name} is {getattr(config, name)}; it must be 1 or more.")
    if not 0 < config.lr < math.inf:
        raise CourseError(f"lr is {config.lr}; it must be more than 0, and finite.")
    if not 0 <= config.average < 1:
        raise CourseError(f"average is {config.average}; it must be from 0 to below 1.")
    if not 0.1 <= config.style_scale <= 10:
        raise CourseError(f"style_scale is {config.style_scale}; it must be from 0.1 to 10.")
    if not config.seconds > 0:
        raise CourseError(f"seconds is {config.seconds}; it must be more than 0.")
    check_seed(config.seed)


def paint(
    content: Image.Image,
    style: Image.Image,
    config: GatysConfig,
    *,
    device: str = "cpu",
    stop: Callable[[], bool] = lambda: False,
) -> Iterator[Step]:
    """The picture as it forms: one ``Step`` after each step of the optimiser; the last one holds the result.

    Args:
        content: the photo.
        style: the painting.
        stop: asked after every step; at True the best picture so far is the result.

    Raises:
        CourseError: settings out of range, a painting too small, or a size that the memory does not hold.
    """
    check(config)
    content, style = over_white(content), over_white(style)
    check_painting(style.size, config)
    check_memory(fitted(content.size, config.size), config, config.optimizer, device)
    until = time.monotonic() + config.seconds
    asked = lambda: stop() or time.monotonic() > until  # noqa: E731
    sizes = scales(config)
    picture: Tensor | None = None
    done, total = 0, config.steps + config.later_steps * (len(sizes) - 1)
    result = fitted(content.size, config.size)
    for size in sizes:
        photo = to_tensor(_resized(content, fitted(content.size, size))).to(device)
        painting = painting_at(style, photo, config)
        objective = StyleObjective(config, painting)
        picture = _first(photo, painting, config) if picture is None else _enlarged(picture, photo.shape[-2:])
        steps = config.steps if size == sizes[0] else config.later_steps
        descent = Descent(objective, photo, picture, optimizer=config.optimizer, lr=config.lr, average=config.average)
        for losses in descent.steps(steps):
            done += 1
            stopped = asked()
            if stopped or descent.diverged or (size == sizes[-1] and done == total):
                yield Step(done, total, size, losses, _enlarged(descent.best(), result[::-1]))
                return
            yield Step(done, total, size, losses, descent.now())
        picture = descent.best()


def scales(config: GatysConfig) -> list[int]:
    """Longer sides, from about ``smallest`` to exactly ``size``, √2 apart."""
    count = max(0, math.floor(2 * math.log2(config.size / min(config.smallest, config.size)) + 1e-9))
    return [round(config.size / 2 ** (back / 2)) for back in range(count, -1, -1)]


def fitted(size: tuple[int, int], longer: int) -> tuple[int, int]:
    """(width, height) with the longer side given and the proportions kept, from 16 pixels up."""
    scale = longer / max(size)
    return max(16, round(size[0] * scale)), max(16, round(size[1] * scale))


def painting_at(style: Image.Image, photo: Tensor, config: GatysConfig) -> Tensor:
    """The painting as it is compared with a picture of the photo's size, (1, 3, H, W) in [−1, 1]."""
    height, width = photo.shape[-2:]
    if config.style_fit == "same":
        scale = min(style.width / width, style.height / height)
        w, h = width * scale, height * scale
        left, top = (style.width - w) / 2, (style.height - h) / 2
        painting = style.resize((width, height), Image.Resampling.LANCZOS, box=(left, top, left + w, top + h))
    else:
        painting = _resized(style, fitted(style.size, max(16, round(max(height, width) * config.style_scale))))
    tensor = to_tensor(painting).to(photo.device)
    return recoloured(tensor, photo) if config.keep_colours else tensor


def recoloured(painting: Tensor, photo: Tensor) -> Tensor:
    """The painting with the mean and the covariance of the photo's colours (Gatys et al. 2016, "Preserving Color in
    Neural Artistic Style Transfer", section 4): x ↦ Σ_photo^½ Σ_painting^−½ (x − μ_painting) + μ_photo, clipped."""

    def statistics(picture: Tensor) -> tuple[Tensor, Tensor]:
        colours = picture.double()[0].flatten(1)
        mean = colours.mean(dim=1, keepdim=True)
        return mean, (colours - mean) @ (colours - mean).T / colours.shape[1]

    def power(covariance: Tensor, exponent: float) -> Tensor:
        values, vectors = torch.linalg.eigh(covariance)
        # A grey painting has no spread in two directions; one grey level is the least that is told apart.
        return vectors @ torch.diag(values.clamp(min=(1 / 127.5) ** 2) ** exponent) @ vectors.T

    (mean, spread), (aim, wanted) = statistics(painting), statistics(photo)
    colours = power(wanted, 0.5) @ power(spread, -0.5) @ (painting.double()[0].flatten(1) - mean) + aim
    return colours.reshape(painting.shape).clamp(-1, 1).to(painting.dtype)


def _first(photo: Tensor, painting: Tensor, config: GatysConfig) -> Tensor:
    if config.start == "content":
        return photo.clone()
    if config.start == "style":
        return _enlarged(painting, photo.shape[-2:])
    numbers = torch.Generator().manual_seed(config.seed)
    return (torch.randn(photo.shape, generator=numbers) * 0.3).clamp(-1, 1).to(photo.device)


def _resized(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    return picture if picture.size == size else picture.resize(size, Image.Resampling.LANCZOS)


def _enlarged(picture: Tensor, size: tuple[int, ...] | torch.Size) -> Tensor:
    if tuple(picture.shape[-2:]) == tuple(size):
        return picture
    return functional.interpolate(picture, size=tuple(size), mode="bicubic", antialias=True).clamp(-1, 1)
