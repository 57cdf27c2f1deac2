"""VGG as an eye: what a picture looks like to a network that was trained to recognise things.

Perceptual and style losses (Gatys et al. 2015, Johnson et al. 2016, Ledig et al. 2017) and the KID-VGG metric compare
pictures here, in features, where a shift of one pixel is a small difference and a missing window is a large one.
"""

from collections.abc import Callable, Iterable
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F

from course_lib.errors import CourseError
from course_lib.networks.twelve_bits import unpack
from course_lib.paths import zoo_dir

# Convolutions per block; a 2×2 max pooling stands between two blocks. Simonyan & Zisserman 2014, table 1, D and E.
BLOCKS = {16: (2, 2, 3, 3, 3), 19: (2, 2, 4, 4, 4)}
CHANNELS = (64, 128, 256, 512, 512)
BSDS_NAME = "vgg16-bsds"
BSDS_LAST = "relu4_3"  # deeper ones were left out of the shipped file: no lesson needs them

POOLINGS: dict[str, Callable[..., Tensor]] = {"max": F.max_pool2d, "average": F.avg_pool2d}
EDGES = ("zeros", "replicate")

CAFFE_BGR_MEAN = (104.00699, 116.66877, 122.67892)  # of 0…255
IMAGENET_RGB_MEAN, IMAGENET_RGB_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of 0…1


def layer_names(depth: int, last: str | None = None) -> list[str]:
    """``relu1_1`` … in order of depth, up to and including ``last``."""
    names = [f"relu{b}_{i}" for b, count in enumerate(BLOCKS[depth], 1) for i in range(1, count + 1)]
    return names if last is None else names[: names.index(last) + 1]


def field_of(layer: str, depth: int = 16) -> int:
    """Side, in pixels, of the square that one feature of a layer depends on: relu1_1 3, relu2_2 14, relu3_3 40."""
    field, step, block = 1, 1, "1"
    for name in layer_names(depth, layer):
        if name[4] != block:
            field, step, block = field + step, 2 * step, name[4]
        field += 2 * step
    return field


class VGGFeatures(nn.Module):
    """Features of pictures after chosen ReLUs, by name.

    ``VGGFeatures(["relu2_2", "relu3_3"])(images)`` takes RGB pictures (B, 3, H, W) in [0, 1] and gives
    ``{"relu2_2": (B, 128, H/2, W/2), "relu3_3": (B, 256, H/4, W/4)}`` (rounded down). The scaling the weights were
    trained with happens inside, on a copy. The network is frozen and stays in eval mode, whatever is called on the
    module around it, but gradient flows through it to the picture. Nothing past the deepest asked layer is computed.

    The range is not checked: an optimiser that paints pixels may overshoot it. Networks of this course give [−1, 1];
    bring that to [0, 1] first, or the features are those of a picture of twice the contrast, and too dark.

    Args:
        layers: names of ReLUs, such as ``relu3_3``; one name alone will do.
        depth: 16 (Johnson) or 19 (Gatys, SRGAN; ``imagenet`` only).
        weights: ``"bsds"``, shipped in ``zoo/vgg16-bsds``, up to ``relu4_3``; or ``"imagenet"``, the originals through
            torchvision, a download of 528 MB (VGG-19: 548 MB) on first use.
        file: take the ``"bsds"`` weights from this safetensors file instead of the zoo's.
        pooling: between the blocks, ``"max"``, which the weights were trained with, or ``"average"`` (Gatys et al. 2016,
            section 2: smoother pictures).
        edges: what lies around the picture at the first layer: ``"zeros"``, as trained, or ``"replicate"``, its own
            edge, so that no frame is seen there.

    Raises:
        CourseError: unknown layers, depth or weights, or the weights cannot be had.
    """

    mean: Tensor
    std: Tensor

    def __init__(
        self,
        layers: Iterable[str],
        depth: int = 16,
        weights: str = "bsds",
        *,
        file: Path | None = None,
        pooling: str = "max",
        edges: str = "zeros",
    ):
        super().__init__()
        if pooling not in POOLINGS or edges not in EDGES:
            raise CourseError(
                f"pooling is {pooling!r} and edges are {edges!r}; they must be one of {', '.join(POOLINGS)} and one of "
                f"{', '.join(EDGES)}."
            )
        self.pool = POOLINGS[pooling]
        self.layers = checked_layers([layers] if isinstance(layers, str) else list(layers), depth, weights)
        self.depth, self.weights = depth, weights
        known = layer_names(depth)
        needed = known[: 1 + max(known.index(name) for name in self.layers)]

        self.convolutions = nn.ModuleDict()
        channels = 3
        for name in needed:
            out = CHANNELS[int(name[4]) - 1]
            # skip_init: drawing weights only to overwrite them would move the caller's random numbers.
            self.convolutions[_conv(name)] = nn.utils.skip_init(
                nn.Conv2d, channels, out, kernel_size=3, padding=1, padding_mode=edges if channels == 3 else "zeros"
            )
            channels = out
        state = (
            _bsds_state(file or zoo_dir() / BSDS_NAME / "model.safetensors")
            if weights == "bsds"
            else _imagenet_state(depth)
        )
        self.convolutions.load_state_dict(
            {k: v.float() for k, v in state.items() if k.split(".")[0] in self.convolutions}
        )

        # Not persistent: a task's checkpoint has no business storing constants of the backbone.
        mean, std = (CAFFE_BGR_MEAN, (1.0, 1.0, 1.0)) if weights == "bsds" else (IMAGENET_RGB_MEAN, IMAGENET_RGB_STD)
        self.register_buffer("mean", torch.tensor(mean).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(std).view(1, 3, 1, 1), persistent=False)
        self.requires_grad_(False)
        self.train(False)

    def train(self, mode: bool = True) -> "VGGFeatures":
        """Stays in eval mode: a loss network is a measuring instrument, not a pupil."""
        return super().train(False)

    def scaled(self, images: Tensor) -> Tensor:
        """Pictures as the weights expect them: BGR, 0…255, minus the mean (bsds) or (RGB − mean) / std (imagenet)."""
        if self.weights == "bsds":
            images = images.flip(1) * 255
        return (images - self.mean) / self.std

    def forward(self, images: Tensor) -> dict[str, Tensor]:
        """(B, 3, H, W) RGB in [0, 1] → the asked features by name, in the order they were asked for."""
        self._check(images)
        found: dict[str, Tensor] = {}
        x, block = self.scaled(images), "1"
        for name, convolution in self.convolutions.items():  # conv1_1, conv1_2, conv2_1, …
            if name[4] != block:
                x, block = self.pool(x, kernel_size=2), name[4]
            x = F.relu(convolution(x))
            found["relu" + name[4:]] = x
        return {name: found[name] for name in self.layers}

    def _check(self, images: Tensor) -> None:
        if images.ndim != 4 or images.shape[1] != 3 or not images.is_floating_point():
            raise CourseError(
                f"VGGFeatures takes float RGB pictures (B, 3, H, W) in [0, 1]; this is {images.dtype} {tuple(images.shape)}."
            )
        smallest = 2 ** (int(list(self.convolutions)[-1][4]) - 1)
        if min(images.shape[2:]) < smallest:
            size = f"{images.shape[2]}×{images.shape[3]}"
            raise CourseError(
                f"A picture of {size} pixels is too small for {self.layers}: at least {smallest}×{smallest}."
            )


def _conv(relu: str) -> str:
    return "conv" + relu.removeprefix("relu")


def checked_layers(layers: list[str], depth: int, weights: str) -> list[str]:
    """The names as they are.

    Raises:
        CourseError: unknown layers, depth or weights.
    """
    if depth not in BLOCKS:
        raise CourseError(f"There is no VGG of depth {depth!r} here; take 16 or 19.")
    if weights not in ("bsds", "imagenet"):
        raise CourseError(
            f'There are no VGG weights called {weights!r}; take "bsds" (shipped) or "imagenet" (downloaded).'
        )
    if weights == "bsds" and depth != 16:
        raise CourseError(
            f'The shipped weights are a VGG-16. For a VGG-{depth} ask for weights="imagenet" (a 548 MB download).'
        )
    known = layer_names(depth, BSDS_LAST if weights == "bsds" else None)
    unknown = [name for name in layers if name not in known]
    if unknown or not layers:
        asked = f"has no layer {', '.join(map(repr, unknown))}" if unknown else "was asked for no layer"
        deeper = (
            f' Deeper ones come with weights="imagenet" (a {528 if depth == 16 else 548} MB download).'
            if weights == "bsds"
            else ""
        )
        raise CourseError(f"VGG-{depth} with {weights} weights {asked}. It has {', '.join(known)}.{deeper}")
    return layers


def _bsds_state(path: Path) -> dict[str, Tensor]:
    if not path.is_file():
        raise CourseError(
            f"{_short(path)} is missing. Restore it from the repository (git checkout -- zoo/{BSDS_NAME})."
        )
    try:
        state = load_file(path)
    except Exception as error:  # safetensors has its own exception class, not exported by every version
        raise CourseError(
            f"{_short(path)} cannot be read ({error}). Restore it from the repository (git checkout -- zoo/{BSDS_NAME})."
        ) from error
    for packed in [name for name in state if name.endswith(".packed")]:
        weight = packed.removesuffix(".packed")
        if (scale := state.pop(f"{weight}.scale", None)) is not None:
            state[weight] = unpack(state.pop(packed), scale).unflatten(1, (-1, 3, 3))
    expected = {f"{_conv(name)}.{part}" for name in layer_names(16, BSDS_LAST) for part in ("weight", "bias")}
    if set(state) != expected:
        odd = sorted(expected ^ set(state))[0]
        raise CourseError(
            f"{_short(path)} does not hold VGG-16 up to {BSDS_LAST} ({odd!r} differs). Restore it from the repository."
        )
    return state


def _imagenet_state(depth: int) -> dict[str, Tensor]:
    from torchvision import models  # only here: importing torchvision's models takes a second

    builder, weights = {
        16: (models.vgg16, models.VGG16_Weights.IMAGENET1K_V1),
        19: (models.vgg19, models.VGG19_Weights.IMAGENET1K_V1),
    }[depth]
    try:
        with torch.random.fork_rng(devices=[]):
            features = builder(weights=weights).features
    except (OSError, RuntimeError) as error:  # URLError and timeouts are OSErrors; a wrong hash is a RuntimeError
        raise CourseError(
            f"ImageNet's VGG-{depth} could not be downloaded ({error}). "
            'Try again with a network, or take weights="bsds", which is shipped.'
        ) from error
    convolutions = [layer for layer in features if isinstance(layer, nn.Conv2d)]
    state: dict[str, Tensor] = {}
    for name, layer in zip(layer_names(depth), convolutions, strict=True):
        state[f"{_conv(name)}.weight"], state[f"{_conv(name)}.bias"] = layer.weight.detach(), layer.bias.detach()  # type: ignore[union-attr]
    return state


def _short(path: Path) -> str:
    return "/".join(path.parts[-3:])
