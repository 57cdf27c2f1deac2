"""pix2pix: Isola, Zhu, Zhou, Efros 2017, "Image-to-Image Translation with Conditional Adversarial Networks".

G* = arg min_G max_D  L_cGAN(G, D) + λ · L_L1(G)                                              (eq. 4)
"""

import functools
from dataclasses import dataclass
from typing import Any, Literal

import torch
from accelerate import Accelerator
from torch import Tensor, nn

from course_lib import losses
from course_lib.data.catalogue import known_set, own_palette
from course_lib.data.pairs import PairSet, open_pairs
from course_lib.data.synthetic.facade_blocks import FacadeBlocks
from course_lib.errors import CourseError
from course_lib.losses import l1_loss
from course_lib.networks import PatchDiscriminator, UnetGenerator
from course_lib.networks.layers import use_own_statistics
from course_lib.training.averages import averaged_weights, moving_average
from course_lib.training.schedules import linear_decay, set_learning_rate

ADVERSARIAL = {
    "bce": (losses.bce_discriminator_loss, losses.bce_generator_loss),
    "lsgan": (losses.lsgan_discriminator_loss, losses.lsgan_generator_loss),
    "hinge": (losses.hinge_discriminator_loss, losses.hinge_generator_loss),
}


@dataclass(frozen=True)
class Pix2PixConfig:
    """The publication's recipe; presets change numbers, never the path."""

    # pictures
    size: int = 256  # side of what the networks see; a multiple of 2**levels
    load_size: int = 286  # side before the random crop
    direction: Literal["AtoB", "BtoA"] | None = None  # which half is the input; None: the set's own, else AtoB
    maker: Literal["colorize", "edges"] | None = None  # make pairs of single photos
    palette: Literal["facades", "none"] | None = None  # snap inputs to flat colours; None: as the set asks
    hue: float = 0.0  # half of the pairs have both hues turned alike, by at most this part of a full turn (0 to 0.5)
    # networks
    levels: int = 8
    width: int = 64
    norm: Literal["batch", "instance"] = "batch"
    dropout: float = 0.5
    upsample: Literal["transposed", "resize"] = "transposed"
    global_skip: bool = False  # G adds to its input what it makes; asks for upsample = "resize"
    d_layers: int = 3  # 3 → 70×70 patches
    d_width: int = 64
    conditional: bool = True  # D sees the input beside the output
    # losses
    adversarial: Literal["bce", "lsgan", "hinge"] = "bce"
    adversarial_weight: float = 1.0  # 0 trains the L1 twin, without any D
    l1_weight: float = 100.0  # λ
    # optimisation
    batch: int = 1
    lr: float = 2e-4
    beta1: float = 0.5
    epochs_flat: int = 100
    epochs_decay: int = 100
    ema_decay: float = 0.0  # decay of a moving average of G's weights; 0: none. What is exported is the average.
    channels_last: bool = False
    compile: bool = False

    @property
    def epochs(self) -> int:
        return self.epochs_flat + self.epochs_decay


PRESETS = {
    "paper": Pix2PixConfig(),
    # What made the shipped weights. Instance norm gives one picture's answer whatever else is in its batch; resize
    # convolutions and the average take away the grid that short training leaves (Odena et al. 2016).
    "laptop": Pix2PixConfig(
        size=128, load_size=143, levels=7, width=24, norm="instance", upsample="resize", d_width=32,
        batch=2, epochs_flat=28, epochs_decay=28, ema_decay=0.998, channels_last=True,
    ),
    "smoke": Pix2PixConfig(
        size=32, load_size=36, levels=5, width=8, norm="instance", d_layers=1, d_width=8, batch=4,
        epochs_flat=1, epochs_decay=1, ema_decay=0.9,
    ),
}  # fmt: skip


def check(config: Pix2PixConfig) -> None:
    """What would only fail deep inside, said at the door.

    Raises:
        CourseError: sizes that do not fit each other.
    """
    if config.size % 2**config.levels:
        raise CourseError(f"size {config.size} is no multiple of 2**levels = {2**config.levels}. Change one of them.")
    if not 0 <= config.hue <= 0.5:
        raise CourseError(f"hue is {config.hue}; it is a part of a full turn, from 0 (colours stay) to 0.5 (any hue).")
    if config.load_size < config.size:
        raise CourseError(
            f"load-size {config.load_size} is smaller than size {config.size}; pictures are cropped, not padded."
        )


def open_data(data: str, config: Pix2PixConfig, split: str) -> PairSet:
    """The pairs of a named set or folder, as the config asks for them."""
    return open_pairs(
        data, size=config.size, load_size=config.load_size, split=split,
        direction=config.direction, maker=config.maker, palette=config.palette, hue=config.hue,
    )  # fmt: skip


def embedded_data(config: Pix2PixConfig) -> PairSet:
    """Pairs that are always there."""
    return FacadeBlocks(size=config.size)


def describe(config: Pix2PixConfig, data: str) -> dict[str, Any]:
    """The palette that the data's inputs have, where the config left it to them."""
    return {"palette": own_palette(known_set(data), config.direction)} if config.palette is None else {}


class Pix2Pix:
    """G, D, their optimisers, and one step of the paper's algorithm."""

    def __init__(self, config: Pix2PixConfig, accelerator: Accelerator) -> None:
        self.config, self.accelerator = config, accelerator
        self.discriminator_loss, self.generator_loss = ADVERSARIAL[config.adversarial]
        adam = functools.partial(torch.optim.Adam, lr=config.lr, betas=(config.beta1, 0.999), fused=True)
        layout = torch.channels_last if config.channels_last else torch.contiguous_format

        generator = build_generator(config).to(memory_format=layout)
        self.average = None
        if config.ema_decay:
            self.average = moving_average(generator, config.ema_decay, accelerator.device)
        self.G, self.opt_G = self._prepare(generator, adam(generator.parameters()))
        self.networks: dict[str, nn.Module] = {"G": self.G}
        self.optimizers: dict[str, Any] = {"G": self.opt_G}
        self.extra: dict[str, Any] = {"average": self.average} if self.average else {}
        if config.adversarial_weight:
            judge = PatchDiscriminator(6 if config.conditional else 3, config.d_width, config.d_layers, config.norm)
            judge = judge.to(memory_format=layout)
            self.D, self.opt_D = self._prepare(judge, adam(judge.parameters()))
            self.networks["D"], self.optimizers["D"] = self.D, self.opt_D

    def _prepare(self, network: nn.Module, optimizer: torch.optim.Optimizer) -> tuple[nn.Module, Any]:
        network, optimizer = self.accelerator.prepare(network, optimizer)
        if self.config.compile:
            network.compile()  # in place: names in checkpoints stay as they are
        return network, optimizer

    def start_epoch(self, epoch: int) -> None:
        factor = linear_decay(epoch, self.config.epochs_flat, self.config.epochs_decay)
        for optimizer in self.optimizers.values():
            set_learning_rate(optimizer, self.config.lr * factor)

    def step(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """One update of D, then one of G (section 3.3). {"input", "target"}: (B, 3, H, W) in [−1, 1]."""
        x, y = batch["input"], batch["target"]
        report = {}

        fake = self.G(x)  # G(x, z); the noise z is G's dropout

        if self.config.adversarial_weight:
            # D: max log D(x, y) + log(1 − D(x, G(x)))   (eq. 1), halved "to slow down D relative to G" (section 3.3)
            loss_D = 0.5 * self.discriminator_loss(self.judge(x, y), self.judge(x, fake.detach()))
            self.opt_D.zero_grad()
            self.accelerator.backward(loss_D, inputs=list(self.D.parameters()))
            self.opt_D.step()
            report["D"] = loss_D

        # G: fool the D that has just moved (non-saturating: max log D(x, G(x)), section 3.3) …
        l1 = l1_loss(fake, y)  # … and stay near the truth   (eq. 3)
        loss_G = self.config.l1_weight * l1
        if self.config.adversarial_weight:
            fooled = self.generator_loss(self.judge(x, fake))
            loss_G = loss_G + self.config.adversarial_weight * fooled
            report["G_gan"] = fooled
        self.opt_G.zero_grad()
        self.accelerator.backward(loss_G, inputs=list(self.G.parameters()))
        self.opt_G.step()
        report["L1"] = l1

        if self.average:
            self.average.update_parameters(self.accelerator.unwrap_model(self.G))
        return report

    def judge(self, x: Tensor, y: Tensor) -> Tensor:
        """D's verdicts (B, 1, h, w) on an output y for the input x."""
        return self.D(torch.cat([x, y], dim=1) if self.config.conditional else y)

    def generator(self) -> nn.Module:
        """What is exported: the average of G if there is one, else G."""
        return self.average.module if self.average else self.accelerator.unwrap_model(self.G)

    def sample(self, batch: dict[str, Tensor]) -> Tensor:
        """(B, 3, 3, H, W): input, output, target of each pair, translated as the trained model will: one by one."""
        generator = self.generator()
        use_own_statistics(generator)
        outputs = torch.cat([generator(picture) for picture in batch["input"].split(1)])
        use_own_statistics(generator, learn=True)
        return torch.stack([batch["input"], outputs, batch["target"]], dim=1)


def generator_arguments(config: Pix2PixConfig) -> dict[str, Any]:
    """What ``UnetGenerator`` is called with: in a run, and again when the trained model is loaded."""
    return {name: getattr(config, name) for name in ("levels", "width", "norm", "dropout", "upsample", "global_skip")}


def build_generator(config: Pix2PixConfig) -> UnetGenerator:
    """A generator with fresh weights."""
    return UnetGenerator(**generator_arguments(config))


def export(config: Pix2PixConfig, checkpoint: dict[str, Any]) -> tuple[dict[str, nn.Module], dict[str, Any]]:
    """The generator of a checkpoint (its average, if it kept one) and the config it is loaded by."""
    generator = build_generator(config)
    state = averaged_weights(checkpoint) if config.ema_decay else checkpoint["networks"]["G"]
    generator.load_state_dict(state)
    palette = None if config.palette == "none" else config.palette
    described = {
        "task": "pix2pix", "network": "UnetGenerator", "arguments": generator_arguments(config),
        "size": config.size, "palette": palette, "maker": config.maker, "direction": config.direction,
        "statistics": "own" if config.norm == "batch" else None,  # see use_own_statistics
    }  # fmt: skip
    return {"model": generator}, described
