"""SRGAN: Ledig et al. 2017, "Photo-Realistic Single Image Super-Resolution Using a Generative Adversarial Network".

The same generator, taught by features and by an adversary, from a trained SRResNet on (--start-from):

min_G max_D  E log D(I_HR) + E log(1 − D(G(I_LR)))                                            (eq. 2)
l_SR = l_X + 10⁻³ · l_Gen                                                                     (eq. 3)
"""

from dataclasses import dataclass
from typing import Literal

import torch
from accelerate import Accelerator
from torch import Tensor

from course_lib.errors import CourseError
from course_lib.losses import (
    ADVERSARIAL,
    feature_direction_loss,
    feature_reconstruction_loss,
    l1_loss,
    mse_loss,
    phase_loss,
)
from course_lib.networks import SRDiscriminator, VGGFeatures
from course_lib.networks.srresnet import take_weights
from course_lib.tasks.srresnet import (
    SMALL,
    TINY,
    SRConfig,
    build_generator,
    describe,
    embedded_data,
    open_data,
    sheet,
)
from course_lib.tasks.task import Task
from course_lib.training.optimizer import check_optimizer
from course_lib.training.training_task import TrainingTask

PHASE_WINDOW = 4  # small pixels, side of the squares over which a lattice is looked for
PIXELS = {"mse": mse_loss, "l1": l1_loss}
FEATURES = {"vgg": feature_reconstruction_loss, "vgg_directions": feature_direction_loss}


@dataclass(frozen=True, kw_only=True)
class SRGANConfig(SRConfig):
    """The publication's recipe; presets change numbers, never the path."""

    epochs_flat: int = 344  # 10⁵ steps over 291 photos
    epochs_decay: int = 344  # as many again, while the rate falls (the paper: at a tenth)
    # losses
    # What keeps the answer near the truth: features, their directions (Zhang et al. 2018), or pixels.
    content: Literal["vgg", "vgg_directions", "mse", "l1"] = "vgg"
    content_weight: float = 0.006  # of it; the paper divides VGG-19's features by 12.75, which is this factor
    pixel_weight: float = 0.0  # of an L1 in pixels beside it (ESRGAN, Wang et al. 2018); it holds the colours
    phase_weight: float = 0.0  # of the lattice that a pixel shuffle leaves (see phase_loss); 0: as in the paper
    adversarial: Literal["bce", "lsgan", "hinge"] = "bce"  # what D and G minimise
    adversarial_weight: float = 1e-3  # of G's adversarial loss; more: sharper, and further from the truth
    vgg_depth: Literal[16, 19] = 19  # of the loss network
    vgg_weights: Literal["imagenet", "bsds"] = "imagenet"  # downloaded, or shipped with the course (VGG-16 to relu4_3)
    vgg_layers: tuple[str, ...] = ("relu5_4",)  # whose features are compared: φ5,4; shallower: faster, nearer to pixels
    # discriminator
    d_width: int = 64  # channels of D's first layer
    d_norm: Literal["batch", "instance", "none"] = "batch"  # of D's convolutions; batch: it learns fastest
    d_dense: int = 1024  # units of its first dense layer
    d_lr: float | None = None  # D's learning rate; None: G's


PRESETS = {
    "paper": SRGANConfig(),
    # What made the shipped weights, from zoo/srresnet-x4 on.
    "laptop": SRGANConfig(
        **{**SMALL, "patch": 16, "crops": 4},
        batch=8,
        lr=2e-4,
        d_lr=4e-4,
        epochs_flat=8,
        epochs_decay=12,
        ema_decay=0.99,
        content="vgg_directions",
        content_weight=0.5,
        pixel_weight=0.1,
        phase_weight=1.0,
        adversarial_weight=5e-3,
        vgg_depth=16,
        vgg_weights="bsds",
        vgg_layers=("relu2_2", "relu3_3"),
        d_width=32,
        d_dense=64,
        channels_last=True,
    ),
    "smoke": SRGANConfig(
        **TINY,
        lr=1e-3,
        epochs_flat=1,
        epochs_decay=1,
        ema_decay=0.9,
        content_weight=2e-6,
        pixel_weight=1.0,
        vgg_depth=16,
        vgg_weights="bsds",
        vgg_layers=("relu2_2",),
        d_width=4,
        d_norm="none",
        d_dense=8,
    ),
}


class SRGAN(TrainingTask[SRGANConfig]):
    """G, D, their optimisers, the loss network, and one step."""

    def __init__(self, config: SRGANConfig, accelerator: Accelerator) -> None:
        super().__init__(config, accelerator)
        self.discriminator_loss, self.generator_loss = ADVERSARIAL[config.adversarial]
        self.G = self.add_network("G", build_generator(config), averaged=True)
        self.opt_G = self.add_adam("G", "G")
        self.D = self.add_network("D", build_discriminator(config))
        self.opt_D = self.add_adam("D", "D", lr=config.d_lr)
        if config.content in FEATURES:
            self.eye = VGGFeatures(config.vgg_layers, config.vgg_depth, config.vgg_weights).to(accelerator.device)

    def step(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """One update of D, then one of G. "input": (B, 3, h, w), "target": (B, 3, scale·h, scale·w), in [−1, 1]."""
        x, y = batch["input"], batch["target"]
        fake = self.G(x)

        # D: max log D(I_HR) + log(1 − D(G(I_LR)))   (eq. 2)
        loss_D = self.discriminator_loss(self.D(y), self.D(fake.detach()))
        self.opt_D.zero_grad()
        self.accelerator.backward(loss_D, inputs=list(self.D.parameters()))
        self.opt_D.step()

        # G: fool the D that has just moved, −log D(G(I_LR))   (eq. 6) …
        fooled = self.generator_loss(self.D(fake))
        content = self.content_loss(fake, y)  # … and stay near the truth, l_X   (eq. 4 or 5)
        pixels = l1_loss(fake, y)
        loss_G = (
            self.config.content_weight * content
            + self.config.adversarial_weight * fooled  # eq. 3
            + self.config.pixel_weight * pixels
        )
        if self.config.phase_weight:
            loss_G = loss_G + self.config.phase_weight * phase_loss(fake, y, self.config.scale, PHASE_WINDOW)
        self.opt_G.zero_grad()
        self.accelerator.backward(loss_G, inputs=list(self.G.parameters()))
        self.opt_G.step()

        self.update_averages()
        return {"D": loss_D, "G_gan": fooled, "content": content, "L1": pixels}

    def content_loss(self, fake: Tensor, y: Tensor) -> Tensor:
        """l_VGG (eq. 5), the mean squared difference of features of the pictures in [0, 1]; or one of pixels."""
        if self.config.content in PIXELS:
            return PIXELS[self.config.content](fake, y)
        distance = FEATURES[self.config.content]
        of_fake, of_real = (self.eye((picture.float() + 1) / 2) for picture in (fake, y))
        return torch.stack([distance(of_fake[name], of_real[name]) for name in self.config.vgg_layers]).mean()

    def sample(self, batch: dict[str, Tensor]) -> Tensor:
        """(B, 3, 3, H, W): bicubic, output and truth of each crop."""
        return sheet(self, batch)


def check(config: SRGANConfig) -> None:
    """Refuses what would only fail deep inside.

    Raises:
        CourseError: a setting out of its range, by name.
    """
    check_optimizer(config)
    if config.phase_weight and config.patch < PHASE_WINDOW:
        raise CourseError(f"patch is {config.patch}; with a phase_weight it must be {PHASE_WINDOW} or more.")


def build_discriminator(config: SRGANConfig) -> SRDiscriminator:
    """A discriminator of crops at full size, with fresh weights."""
    return SRDiscriminator(config.scale * config.patch, config.d_width, config.d_norm, config.d_dense)


TASK = Task(
    name="srgan",
    description="SRGAN: super-resolution with an adversary (Ledig et al. 2017). Start it from an SRResNet.",
    config=SRGANConfig,
    presets=PRESETS,
    duration={
        "paper": "2 · 10⁵ steps of 16 × 64 channels after an SRResNet, for a GPU",
        "laptop": "8 × 32 channels, about half an hour on one core, from srresnet-x4 on (--start-from srresnet-x4)",
        "smoke": "seconds, to see that it runs",
    },
    build=SRGAN,
    check=check,
    open=open_data,
    embedded=embedded_data,
    objective=(
        "content",
        "content_weight",
        "pixel_weight",
        "phase_weight",
        "adversarial",
        "adversarial_weight",
        "vgg_depth",
        "vgg_weights",
        "vgg_layers",
    ),
    kind="upscaler",
    network=build_generator,
    take_weights=take_weights,
    describe=describe,
)
