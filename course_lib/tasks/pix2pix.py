"""pix2pix: Isola, Zhu, Zhou, Efros 2017, "Image-to-Image Translation with Conditional Adversarial Networks".

G* = arg min_G max_D  L_cGAN(G, D) + λ · L_L1(G)                                              (eq. 4)
"""

from dataclasses import dataclass
from typing import Any, Literal

import torch
from accelerate import Accelerator
from torch import Tensor

from course_lib.data.catalogue import known_set, own_palette
from course_lib.data.fit import Fit
from course_lib.data.pairs import PairSet, open_pairs
from course_lib.data.pictures import as_seen, check_channels
from course_lib.data.synthetic.facade_blocks import FacadeBlocks
from course_lib.errors import CourseError
from course_lib.losses import ADVERSARIAL, feature_matching_loss, l1_loss, mse_loss
from course_lib.networks import PatchDiscriminator, UnetGenerator
from course_lib.networks.layers import use_own_statistics
from course_lib.tasks.patches import check_patches
from course_lib.tasks.task import Task
from course_lib.training.optimizer import OptimizerConfig, check_optimizer
from course_lib.training.training_task import TrainingTask


@dataclass(frozen=True, kw_only=True)
class Pix2PixConfig(OptimizerConfig):
    """The publication's recipe; presets change numbers, never the path."""

    # pictures
    size: int = 256  # pixels, side of what the networks see; a multiple of 2**levels; the cost grows with its square
    load_size: int = 286  # pixels, side before the random crop; equal to size: whole pictures, no shifts
    # Pictures that are not square: squash loses their proportions, crop what hangs over, pad adds their reflection.
    fit: Fit = "squash"
    input_channels: int = 3  # of the pictures G is shown: 1 (grey), 3 or 4 (with alpha)
    output_channels: int = 3  # of those it makes
    direction: Literal["AtoB", "BtoA"] | None = None  # which half is the input; None: the named set's own, else AtoB
    maker: Literal["colorize", "edges"] | None = None  # pairs of single photos: grey to colour, or edges to photo
    palette: Literal["facades", "none"] | None = None  # snap inputs to flat colours; None: as the named set asks
    hue: float = 0.0  # half of the pairs have both hues turned alike, by at most this part of a full turn (0 to 0.5)
    zoom: float = 1.0  # every pair is shrunk or enlarged by a random factor, from 1/zoom to zoom (1 to 2; 1: never)
    # networks
    levels: int = 8  # how often G halves the picture; more: it sees further and grows
    width: int = 64  # channels of G's first level; twice as many: about four times the work
    norm: Literal["batch", "instance"] = "batch"  # of G and D; instance: a picture's answer depends on it alone
    dropout: float = 0.5  # probability, 0 to 1, in G's inner decoder blocks: its only noise; 0: always the same answer
    upsample: Literal["transposed", "resize"] = "transposed"  # resize: no checkerboard, slower
    global_skip: bool = False  # G adds to its input what it makes; asks for upsample = "resize"
    d_layers: int = 3  # stride-2 layers of D, 0 to 5: it sees patches of 1, 16, 34, 70, 142 or 286 pixels
    d_width: int = 64  # channels of D's first layer
    conditional: bool = True  # D sees the input beside the output; no: it only asks whether the output looks real
    # losses
    adversarial: Literal["bce", "lsgan", "hinge"] = "bce"  # what D and G minimise
    adversarial_weight: float = 1.0  # of G's adversarial loss; 0 trains the L1 twin, without any D
    # Of the distance between what D's layers see in G's answer and in the truth (Wang et al. 2018); 0: left out.
    feature_matching_weight: float = 0.0
    l1_weight: float = 100.0  # λ of the L1 distance to the truth; larger: nearer to it, and blurrier
    # Of the squared distance, beside L1 or (with l1-weight 0) in its place: averages colours, too.
    l2_weight: float = 0.0


PRESETS = {
    "paper": Pix2PixConfig(),
    # What made the shipped weights. Instance norm gives one picture's answer whatever else is in its batch; resize
    # convolutions and the average take away the grid that short training leaves (Odena et al. 2016).
    "laptop": Pix2PixConfig(
        size=128,
        load_size=143,
        levels=7,
        width=24,
        norm="instance",
        upsample="resize",
        d_width=32,
        batch=2,
        epochs_flat=28,
        epochs_decay=28,
        ema_decay=0.998,
        channels_last=True,
    ),
    "smoke": Pix2PixConfig(
        size=32,
        load_size=36,
        levels=5,
        width=8,
        norm="instance",
        d_layers=1,
        d_width=8,
        batch=4,
        epochs_flat=1,
        epochs_decay=1,
        ema_decay=0.9,
    ),
}


def check(config: Pix2PixConfig) -> None:
    """Refuses what would only fail deep inside.

    Raises:
        CourseError: sizes that do not fit each other, or a setting out of its range.
    """
    check_optimizer(config)
    check_channels(config.input_channels, config.output_channels)
    if config.size % 2**config.levels:
        raise CourseError(f"size {config.size} is no multiple of 2**levels = {2**config.levels}. Change one of them.")
    if not 0 <= config.hue <= 0.5:
        raise CourseError(f"hue is {config.hue}; it is a part of a full turn, from 0 (colours stay) to 0.5 (any hue).")
    if config.hue and (config.input_channels, config.output_channels) != (3, 3):
        raise CourseError(f"hue is {config.hue}, which turns colours: it needs 3 input and 3 output channels.")
    if not 0 <= config.dropout < 1:
        raise CourseError(f"dropout is {config.dropout}; it is a probability, from 0 (off) to below 1.")
    if config.adversarial_weight:
        check_patches(config.d_layers, config.size)
    if not 1 <= config.zoom <= 2:
        raise CourseError(f"zoom is {config.zoom}; it is a factor, from 1 (sizes stay) to 2 (half to twice the size).")
    if config.feature_matching_weight and not config.adversarial_weight:
        raise CourseError(
            f"feature-matching-weight is {config.feature_matching_weight}, but without a discriminator (adversarial-weight "
            "0) there are no features of it. Set one of them otherwise."
        )
    if config.load_size < config.size:
        raise CourseError(
            f"load-size {config.load_size} is smaller than size {config.size}; pictures are cropped, not padded. "
            f"Set --load-size {config.size} or more."
        )


class Pix2Pix(TrainingTask[Pix2PixConfig]):
    """G, D, their optimisers, and one step of the paper's algorithm."""

    def __init__(self, config: Pix2PixConfig, accelerator: Accelerator) -> None:
        super().__init__(config, accelerator)
        self.discriminator_loss, self.generator_loss = ADVERSARIAL[config.adversarial]
        self.G = self.add_network("G", build_generator(config), averaged=True)
        self.opt_G = self.add_adam("G", "G")
        if config.adversarial_weight:
            self.D = self.add_network("D", build_discriminator(config))
            self.opt_D = self.add_adam("D", "D")

    def step(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """One update of D, then one of G (section 3.3). {"input", "target"}: (B, C, H, W) in [−1, 1]."""
        x, y = batch["input"], batch["target"]
        report = {}

        fake = self.G(x)  # G(x, z); the noise z is G's dropout

        if self.config.adversarial_weight:
            # D: max log D(x, y) + log(1 − D(x, G(x)))   (eq. 1), halved "to slow down D relative to G" (section 3.3)
            loss_D = 0.5 * self.discriminator_loss(self.scores(x, y), self.scores(x, fake.detach()))
            self.opt_D.zero_grad()
            self.accelerator.backward(loss_D, inputs=list(self.D.parameters()))
            self.opt_D.step()
            report["D"] = loss_D

        # G: fool the D that has just moved (non-saturating: max log D(x, G(x)), section 3.3) …
        l1 = l1_loss(fake, y)  # … and stay near the truth   (eq. 3)
        loss_G = self.config.l1_weight * l1
        if self.config.l2_weight:
            report["L2"] = mse_loss(fake, y)
            loss_G = loss_G + self.config.l2_weight * report["L2"]
        if self.config.adversarial_weight:
            if self.config.feature_matching_weight:
                scores, inner = self.scores(x, fake, inner=True)
                with torch.no_grad():
                    _, truth = self.scores(x, y, inner=True)
                report["matching"] = feature_matching_loss(inner, truth)
                loss_G = loss_G + self.config.feature_matching_weight * report["matching"]
            else:
                scores = self.scores(x, fake)
            fooled = self.generator_loss(scores)
            loss_G = loss_G + self.config.adversarial_weight * fooled
            report["G_gan"] = fooled
        self.opt_G.zero_grad()
        self.accelerator.backward(loss_G, inputs=list(self.G.parameters()))
        self.opt_G.step()
        report["L1"] = l1

        self.update_averages()
        return report

    def scores(self, x: Tensor, y: Tensor, inner: bool = False) -> Any:
        """D's scores (B, 1, h, w) of an output y for the input x, one for each patch; with ``inner``, its layers', too."""
        shown = torch.cat([x, y], dim=1) if self.config.conditional else y
        return self.D(shown, inner=True) if inner else self.D(shown)

    def sample(self, batch: dict[str, Tensor]) -> Tensor:
        """(B, 3, 3, H, W): input, output, target of each pair, translated as the trained model will: one by one."""
        generator = self.exported("G")
        use_own_statistics(generator)
        outputs = torch.cat([generator(picture) for picture in batch["input"].split(1)])
        use_own_statistics(generator, learn=True)
        return torch.stack([as_seen(part) for part in (batch["input"], outputs, batch["target"])], dim=1)


def generator_arguments(config: Pix2PixConfig) -> dict[str, Any]:
    """What ``UnetGenerator`` is called with: in a run, and again when the trained model is loaded."""
    names = ("levels", "width", "norm", "dropout", "upsample", "global_skip")
    channels = {"in_channels": config.input_channels, "out_channels": config.output_channels}
    return channels | {name: getattr(config, name) for name in names}


def build_generator(config: Pix2PixConfig) -> UnetGenerator:
    """A generator with fresh weights."""
    return UnetGenerator(**generator_arguments(config))


def build_discriminator(config: Pix2PixConfig) -> PatchDiscriminator:
    """A patch discriminator with fresh weights, of input and output together or of the output alone."""
    channels = config.output_channels + (config.input_channels if config.conditional else 0)
    return PatchDiscriminator(channels, config.d_width, config.d_layers, config.norm)


def open_data(data: str, config: Pix2PixConfig, split: str) -> PairSet:
    """The pairs of a named set or folder, as the config asks for them."""
    return open_pairs(
        data,
        size=config.size,
        load_size=config.load_size,
        split=split,
        direction=config.direction,
        maker=config.maker,
        palette=config.palette,
        hue=config.hue,
        zoom=config.zoom,
        fit=config.fit,
        channels=(config.input_channels, config.output_channels),
    )


def embedded_data(config: Pix2PixConfig) -> PairSet:
    """Pairs that are always there."""
    return FacadeBlocks(size=config.size)


def describe(config: Pix2PixConfig, data: str) -> dict[str, Any]:
    """What the trained model's config says: its network, and how pictures are prepared for it, as the run had it."""
    known = known_set(data)
    palette = config.palette or own_palette(known, config.direction)
    return {
        "network": "UnetGenerator",
        "arguments": generator_arguments(config),
        "size": config.size,
        "fit": config.fit,
        "direction": config.direction or (known.direction if known else "AtoB"),
        "maker": config.maker,
        "palette": None if palette == "none" else palette,
        "statistics": "own" if config.norm == "batch" else None,  # see use_own_statistics
    }


TASK = Task(
    name="pix2pix",
    description="pix2pix: paired translation (Isola et al. 2017).",
    config=Pix2PixConfig,
    presets=PRESETS,
    duration={
        "paper": "200 epochs at 256², for a GPU",
        "laptop": "at 128², about an hour on one core for 400 pairs",
        "smoke": "seconds, to see that it runs",
    },
    build=Pix2Pix,
    check=check,
    open=open_data,
    embedded=embedded_data,
    objective=("adversarial", "adversarial_weight", "feature_matching_weight", "l1_weight", "l2_weight"),
    kind="translator",
    network=build_generator,
    describe=describe,
)
