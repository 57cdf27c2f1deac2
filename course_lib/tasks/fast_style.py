"""Fast style transfer: Johnson et al. 2016, "Perceptual Losses for Real-Time Style Transfer and Super-Resolution".

A network f_W learns one painting's style, so that one pass does what moving pixels does in hundreds of steps:

W* = arg min  E_x [ λ_c ℓ_feat(f_W(x), x) + λ_s ℓ_style(f_W(x), y_s) + λ_TV ℓ_TV(f_W(x)) ]        (eq. 1 and 5)
"""

from dataclasses import dataclass, fields
from typing import Any, Literal

import torch
from accelerate import Accelerator
from torch import Tensor
from torch.nn import functional

from course_lib.data.photos import Photos, open_photos
from course_lib.data.squares import PhotoSquares
from course_lib.errors import CourseError
from course_lib.networks import StylizationNet
from course_lib.networks.stylizer import STEP
from course_lib.tasks.style_objective import SAMPLE_STYLE, StyleObjective, StyleSettings, check_style, open_style
from course_lib.tasks.task import Task
from course_lib.training.optimizer import OptimizerConfig, check_optimizer
from course_lib.training.training_task import TrainingTask

SHOWN = 256  # pixels, side of the held-out photos on the sample sheets, unless training's are larger


@dataclass(frozen=True, kw_only=True)
class FastStyleConfig(StyleSettings, OptimizerConfig):
    """The publication's recipe; presets change numbers, never the path. An epoch is ``crops`` squares of every photo."""

    style: str = SAMPLE_STYLE  # a picture file: the painting; sample_style: stained tissue, which scikit-image ships
    style_size: int = 256  # pixels, shorter side of the painting as it is learned; larger: larger strokes
    size: int = 256  # pixels, side of the squares of photos; larger: more context, and the cost grows with its square
    crops: int = 1  # squares of each photo in an epoch
    sample_photos: bool = False  # learn from the photos inside scikit-image and scikit-learn as well
    batch: int = 4  # squares a step on each process; more of them: smoother gradients, fewer steps in an epoch
    lr: float = 1e-3  # Adam's learning rate; larger: faster, less stable
    beta1: float = 0.9  # Adam's momentum, 0 to 1
    clip: float = 0.0  # largest norm of a step's gradient, 0: none; lower: no photo of harsh contrast counts for ten
    epochs_flat: int = 2  # epochs at the full learning rate; with COCO's 83 thousand photos the paper's 40,000 steps
    epochs_decay: int = 0  # epochs in which the rate falls linearly to zero, after those; the paper has none
    # objective, as in PyTorch's own example of this paper, which uses ImageNet's weights in torchvision's scaling (the
    # paper's own weights belong to the scaling of Caffe): 10⁵ for content, and 10¹⁰ for each layer's *mean* over its C²
    # entries, where style_loss has ¼ of their sum.
    content_weight: float = 1e5  # λ_c, of the feature reconstruction loss; more: nearer to the photo
    style_weight: float = 4e10  # λ_s, of the style reconstruction loss; more: nearer to the painting
    tv_weight: float = 1.0  # λ_TV, of the total variation of pictures in [−1, 1]; more: smoother
    content_layer: str = "relu2_2"  # whose features are reconstructed; deeper: only what is where, not how it looks
    # w_l, one a style layer; they add, they are no average.
    layer_weights: tuple[float, ...] = (1 / 64**2, 1 / 128**2, 1 / 256**2, 1 / 512**2)
    # none: content and style as the losses give them, whose sizes are the layers'. target: each over what its target
    # itself is, Σ φ² and ‖A‖², so that a layer's size does not decide and weights mean the same in every network.
    balance: Literal["none", "target"] = "none"
    # network
    width: int = 32  # channels of the first layer; twice as many: four times the work
    blocks: int = 5  # residual blocks; more: a wider view, slower
    ends: int = 9  # pixels, side of the first and the last kernel
    skip: Literal["none", "photo"] = "none"  # photo: what the network makes is added to it; a much faster start


PRESETS = {
    "paper": FastStyleConfig(vgg_weights="imagenet"),
    # For one core: half of the channels, small squares, each layer over its own size, a falling rate.
    "laptop": FastStyleConfig(
        balance="target",
        content_layer="relu3_3",
        content_weight=1.0,
        style_weight=10.0,
        style_layers=("relu1_2", "relu2_2", "relu3_3", "relu4_1"),
        layer_weights=(0.25, 0.25, 0.25, 0.25),
        tv_weight=4.0,
        edges="replicate",
        sample_photos=True,
        size=96,
        crops=2,
        lr=2e-3,
        clip=1.0,
        # Longer, it gives up light and dark for more of the style (lesson 09 shows sixteen epochs).
        epochs_flat=4,
        epochs_decay=1,
        ema_decay=0.99,
        width=16,
        ends=3,
        skip="photo",
        channels_last=True,
    ),
    "smoke": FastStyleConfig(
        balance="target",
        content_layer="relu1_2",
        content_weight=1.0,
        style_weight=1.0,
        style_layers=("relu1_2", "relu2_1"),
        layer_weights=(0.5, 0.5),
        tv_weight=0.1,
        style_size=32,
        size=32,
        crops=4,
        batch=4,
        epochs_flat=1,
        epochs_decay=1,
        ema_decay=0.9,
        width=4,
        blocks=1,
        ends=3,
    ),
}


class FastStyle(TrainingTask[FastStyleConfig]):
    """f_W (named G, as every network here that makes pictures), its optimiser, the painting's objective, one step."""

    def __init__(self, config: FastStyleConfig, accelerator: Accelerator) -> None:
        super().__init__(config, accelerator)
        self.style = open_style(config.style, config, config.style_size).to(accelerator.device)
        self.objective = StyleObjective(config, self.style)
        self.G = self.add_network("G", build_generator(config), averaged=True)
        self.opt_G = self.add_adam("G", "G")

    def step(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """One update of f_W. "photo": (B, 3, H, W) in [−1, 1], which is both the input and the content target."""
        x = batch["photo"]
        losses = self.objective(self.G(x), self.objective.content_of(x))  # eq. 5 on ŷ = f_W(x), y_c = x
        self.opt_G.zero_grad()
        self.accelerator.backward(losses["total"], inputs=list(self.G.parameters()))
        if self.config.clip:
            self.accelerator.clip_grad_norm_(self.G.parameters(), self.config.clip)
        self.opt_G.step()

        self.update_averages()
        return losses

    def sample(self, batch: dict[str, Tensor]) -> Tensor:
        """(B, 3, 3, H, W): photo, answer and, for comparison, a piece of the painting as large as it was learned."""
        x = batch["photo"]
        height, width = x.shape[-2:]
        missing = [
            max(0, length - there) for length, there in zip((width, height), self.style.shape[:1:-1], strict=True)
        ]
        piece = functional.pad(self.style, (0, missing[0], 0, missing[1]), mode="constant", value=1.0)
        return torch.stack([x, self.exported("G")(x), piece[..., :height, :width].expand_as(x)], dim=1)


def check(config: FastStyleConfig) -> None:
    """Refuses what would only fail deep inside.

    Raises:
        CourseError: a setting out of its range, by name.
    """
    check_optimizer(config)
    check_style(config)
    for name in ("size", "style_size"):
        if not 16 <= getattr(config, name) <= 2048:
            raise CourseError(f"{name} is {getattr(config, name)}; it must be from 16 to 2048 pixels.")
    if config.size % STEP:
        raise CourseError(f"size is {config.size}; it must be a multiple of {STEP}, as the network halves it twice.")


def generator_arguments(config: FastStyleConfig) -> dict[str, Any]:
    """What ``StylizationNet`` is called with: in a run, and again when the trained model is loaded."""
    return {name: getattr(config, name) for name in ("width", "blocks", "ends", "skip")}


def build_generator(config: FastStyleConfig) -> StylizationNet:
    """A network with fresh weights."""
    return StylizationNet(**generator_arguments(config))


def open_data(data: str, config: FastStyleConfig, split: str) -> PhotoSquares:
    """Squares of the photos of a named set or folder; of a set that holds none out, held-out photos are the sample's."""
    if split != "train":
        try:
            held_out = open_photos(data, split=split)
        except CourseError:
            held_out = open_photos("sample_photos", split=split)
        return PhotoSquares(held_out, size=max(SHOWN, config.size) if config.size > 64 else config.size)
    photos = open_photos(data, split=split)
    if config.sample_photos and data != "sample_photos":
        photos = Photos((*photos.files, *open_photos("sample_photos").files))
    return PhotoSquares(photos, size=config.size, per_photo=config.crops)


def embedded_data(config: FastStyleConfig) -> PhotoSquares:
    """Photos that are always there."""
    return open_data("sample_photos", config, "train")


def describe(config: FastStyleConfig, data: str) -> dict[str, Any]:
    """What the trained model's config says: its network, and the objective that it was trained for."""
    return {
        "network": "StylizationNet",
        "arguments": generator_arguments(config),
        "style": {"file": config.style, "size": config.style_size},
        "objective": {field.name: getattr(config, field.name) for field in fields(StyleSettings)},
    }


TASK = Task(
    name="fast_style",
    description="Fast style transfer: one painting's style in one pass (Johnson et al. 2016).",
    config=FastStyleConfig,
    presets=PRESETS,
    duration={
        "paper": "40 thousand steps of 256², 32 channels, over 83 thousand photos, for a GPU",
        "laptop": "16 channels, 735 steps for 295 photos: a quarter of an hour on one core",
        "smoke": "seconds, to see that it runs",
    },
    build=FastStyle,
    check=check,
    open=open_data,
    embedded=embedded_data,
    objective=("style", "style_size", "sample_photos", *(field.name for field in fields(StyleSettings))),
    kind="stylizer",
    network=build_generator,
    describe=describe,
)
