"""SRResNet: Ledig et al. 2017, "Photo-Realistic Single Image Super-Resolution Using a Generative Adversarial Network".

The generator alone, which minimises an error in pixels:

θ_G = arg min  1/N Σ l_SR(G(I_LR), I_HR)                                                      (eq. 1)
"""

from dataclasses import dataclass
from typing import Any, Literal

import torch
from accelerate import Accelerator
from torch import Tensor

from course_lib.data.crops import PhotoCrops
from course_lib.data.photos import open_photos
from course_lib.losses import l1_loss, mse_loss
from course_lib.networks import SRResNet
from course_lib.networks.srresnet import enlarged, take_weights
from course_lib.tasks.task import Task
from course_lib.training.optimizer import OptimizerConfig, check_optimizer
from course_lib.training.training_task import TrainingTask


@dataclass(frozen=True, kw_only=True)
class SRConfig(OptimizerConfig):
    """What SRResNet and SRGAN share; an epoch is ``crops`` crops of every photo."""

    batch: int = 16  # crops a step on each process; more of them: smoother gradients, fewer steps in an epoch
    lr: float = 1e-4  # Adam's learning rate, of G; larger: faster, less stable
    beta1: float = 0.9  # Adam's momentum, 0 to 1
    # pictures
    scale: Literal[2, 4] = 4  # how many times larger the answer is, each way
    patch: int = 24  # pixels, side of the small crops; larger: more context, and the cost grows with its square
    crops: int = 16  # of each photo in an epoch
    # generator
    blocks: int = 16  # residual blocks; more: a wider view, slower
    width: int = 64  # channels; twice as many: four times the work
    norm: Literal["batch", "none"] = "batch"  # of the blocks; none (EDSR, Lim et al. 2017): faster, no shift of colour
    activation: Literal["prelu", "relu"] = "prelu"  # of the blocks; relu is faster
    ends: int = 9  # pixels, side of the first and the last kernel; 3: a fraction of the work
    tail: Literal["steps", "once"] = "steps"  # enlarge ×2 by ×2, or all at once (ESPCN, Shi et al. 2016): much faster
    skip: Literal["none", "bicubic"] = "none"  # bicubic (VDSR, Kim et al. 2016): G adds detail to the enlargement


@dataclass(frozen=True, kw_only=True)
class SRResNetConfig(SRConfig):
    """The publication's recipe; presets change numbers, never the path."""

    epochs_flat: int = 3435  # 10⁶ steps over 291 photos, as many as the paper took over 350 thousand
    epochs_decay: int = 0  # epochs in which the rate falls linearly to zero, after those; the paper has none
    content: Literal["mse", "l1"] = "mse"  # mse asks for the mean of all plausible pictures, l1 for their median


# What a network without batch norm and with a bicubic skip needs is learned in an hour; the paper's in days.
SMALL: dict[str, Any] = {
    "blocks": 8,
    "width": 32,
    "norm": "none",
    "activation": "relu",
    "ends": 3,
    "tail": "once",
    "skip": "bicubic",
}
TINY: dict[str, Any] = {**SMALL, "blocks": 2, "width": 8, "patch": 8, "crops": 4, "batch": 4}

PRESETS = {
    "paper": SRResNetConfig(),
    # What made the shipped weights, whose card says where it was shortened: L1 with a high rate that falls to zero, and
    # the average of the weights.
    "laptop": SRResNetConfig(
        **SMALL,
        batch=8,
        lr=8e-4,
        epochs_flat=14,
        epochs_decay=31,
        content="l1",
        ema_decay=0.999,
        channels_last=True,
    ),
    "smoke": SRResNetConfig(**TINY, lr=1e-3, epochs_flat=1, epochs_decay=1, content="l1", ema_decay=0.9),
}


class SuperResolution(TrainingTask[SRResNetConfig]):
    """G, its optimiser, and one step."""

    def __init__(self, config: SRResNetConfig, accelerator: Accelerator) -> None:
        super().__init__(config, accelerator)
        self.content_loss = {"mse": mse_loss, "l1": l1_loss}[config.content]
        self.G = self.add_network("G", build_generator(config), averaged=True)
        self.opt_G = self.add_adam("G", "G")

    def step(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """One update of G. "input": (B, 3, h, w), "target": (B, 3, scale·h, scale·w), both in [−1, 1]."""
        loss = self.content_loss(self.G(batch["input"]), batch["target"])  # l_SR of eq. 1: l_MSE, eq. 4
        self.opt_G.zero_grad()
        self.accelerator.backward(loss, inputs=list(self.G.parameters()))
        self.opt_G.step()

        self.update_averages()
        return {"content": loss}

    def sample(self, batch: dict[str, Tensor]) -> Tensor:
        """(B, 3, 3, H, W): bicubic, output and truth of each crop."""
        return sheet(self, batch)


def sheet(task: TrainingTask[Any], batch: dict[str, Tensor]) -> Tensor:
    """(B, 3, 3, H, W): bicubic, the output of the task's G as it will be exported, and truth of each crop."""
    generator = task.exported("G")
    training = generator.training
    generator.eval()
    output = generator(batch["input"])
    generator.train(training)
    scale = output.shape[-1] // batch["input"].shape[-1]
    return torch.stack([enlarged(batch["input"], scale), output, batch["target"]], dim=1)


def generator_arguments(config: SRConfig) -> dict[str, Any]:
    """What ``SRResNet`` is called with: in a run, and again when the trained model is loaded."""
    names = ("blocks", "width", "scale", "norm", "activation", "ends", "tail", "skip")
    return {name: getattr(config, name) for name in names}


def build_generator(config: SRConfig) -> SRResNet:
    """A generator with fresh weights."""
    return SRResNet(**generator_arguments(config))


def open_data(data: str, config: SRConfig, split: str) -> PhotoCrops:
    """Crops of the photos of a named set or folder; of the validation part one of each."""
    crops = config.crops if split == "train" else 1
    return PhotoCrops(open_photos(data, split=split), scale=config.scale, patch=config.patch, per_photo=crops)


def embedded_data(config: SRConfig) -> PhotoCrops:
    """Photos that are always there."""
    return open_data("sample_photos", config, "train")


def describe(config: SRConfig, data: str) -> dict[str, Any]:
    """What the trained model's config says."""
    return {"network": "SRResNet", "arguments": generator_arguments(config)}


TASK = Task(
    name="srresnet",
    description="SRResNet: super-resolution by regression (Ledig et al. 2017).",
    config=SRResNetConfig,
    presets=PRESETS,
    duration={
        "paper": "10⁶ steps of 16 × 64 channels, for a GPU",
        "laptop": "8 × 32 channels, about an hour and a half on one core for 291 photos",
        "smoke": "seconds, to see that it runs",
    },
    build=SuperResolution,
    check=check_optimizer,
    open=open_data,
    embedded=embedded_data,
    objective=("content",),
    kind="upscaler",
    network=build_generator,
    take_weights=take_weights,
    describe=describe,
)
