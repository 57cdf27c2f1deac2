"""CycleGAN: Zhu, Park, Isola, Efros 2017, "Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial
Networks".

G: A → B and F: B → A against D_B and D_A, on pictures that are no pairs:

L(G, F, D_A, D_B) = L_GAN(G, D_B) + L_GAN(F, D_A) + λ · L_cyc(G, F)                           (eq. 3)

and, for those who ask for it, λ_idt · L_identity(G, F) (section 5.2). The official code calls G and F "G_A" and "G_B",
and the discriminator of B's pictures "D_A" (after the generator it answers); here a discriminator is named after its
domain.
"""

from dataclasses import dataclass
from typing import Any, Literal

import torch
from accelerate import Accelerator
from torch import Tensor, nn

from course_lib.data.domains import DomainSet, open_domains
from course_lib.data.fit import Fit
from course_lib.data.pictures import as_seen, check_channels
from course_lib.data.synthetic.stripes import Stripes
from course_lib.errors import CourseError
from course_lib.losses import ADVERSARIAL, cycle_loss, identity_loss
from course_lib.networks import PatchDiscriminator, ResnetGenerator
from course_lib.tasks.patches import check_patches
from course_lib.tasks.task import Task
from course_lib.training.history import ImageHistory
from course_lib.training.noise import role_seed
from course_lib.training.optimizer import OptimizerConfig, check_optimizer
from course_lib.training.training_task import TrainingTask


@dataclass(frozen=True, kw_only=True)
class CycleGANConfig(OptimizerConfig):
    """The publication's recipe; presets change numbers, never the path."""

    # pictures
    size: int = 256  # pixels, side of what the networks see; a multiple of 2**n_down; the cost grows with its square
    load_size: int = 286  # pixels, side before the random crop; equal to size: whole pictures, no shifts
    # Pictures that are not square: squash loses their proportions, crop what hangs over, pad adds their reflection.
    fit: Fit = "squash"
    input_channels: int = 3  # of A's pictures: 1 (grey), 3 or 4 (with alpha)
    output_channels: int = 3  # of B's pictures
    # Of folders without a test part: so many pictures of each domain, the last by name, are not trained on.
    hold_out: int = 100
    # networks
    blocks: int = 9  # residual blocks; the paper: 6 at 128², 9 at 256²; more: it sees further, and costs in proportion
    width: int = 64  # channels of the generators' first layer; twice as many: about four times the work
    n_down: int = 2  # how often a picture is halved before the blocks; 1 keeps more detail of small pictures
    norm: Literal["instance", "batch", "none"] = "instance"  # of all four networks
    upsample: Literal["transposed", "resize"] = "transposed"  # resize: no checkerboard, slower
    global_skip: bool = False  # G and F add to their inputs what they make: fine lines stay, outlines move less
    d_layers: int = 3  # stride-2 layers of D, 0 to 5: it sees patches of 1, 16, 34, 70, 142 or 286 pixels
    d_width: int = 64  # channels of D's first layer
    # the six terms
    adversarial: Literal["lsgan", "bce"] = "lsgan"  # what the discriminators and the generators minimise
    forward_gan_weight: float = 1.0  # of "G's answers look like B"; 0: D_B is not trained
    backward_gan_weight: float = 1.0  # of "F's answers look like A"; 0: D_A is not trained
    forward_cycle_weight: float = 10.0  # λ of A → B → A; larger: the way back is closer, the change smaller
    backward_cycle_weight: float = 10.0  # λ of B → A → B
    # Times λ, of both identity terms; larger: colours stay. 0.5 is the official code's default; the paper used it for
    # paintings ↔ photos alone (section 5.2).
    identity_weight: float = 0.5
    history: int = 50  # past fakes that each discriminator is shown; 0: none
    batched: bool = True  # two pictures for one network in one pass: the same numbers without batch norm, in less time


PRESETS = {
    "paper": CycleGANConfig(),
    # For two cores and an hour or two: resize convolutions and the average against the grid that short training leaves;
    # patches of 34 pixels, which are to 64² what 70 are to the paper's pictures (and more); one halving, because two
    # leave of 64² only 16², where the paper has 64², and what is lost there does not come back. The zoo's models began
    # with it; their second training took load_size 64, as a crop from 70 blurs pictures that are no larger than 64
    # themselves.
    "laptop": CycleGANConfig(
        size=64,
        load_size=70,
        blocks=6,
        width=32,
        n_down=1,
        upsample="resize",
        d_layers=2,
        d_width=32,
        epochs_flat=10,
        epochs_decay=10,
        ema_decay=0.999,
        channels_last=True,
    ),
    "smoke": CycleGANConfig(
        size=32,
        load_size=36,
        blocks=1,
        width=8,
        d_layers=1,
        d_width=8,
        batch=4,
        hold_out=8,
        history=8,
        epochs_flat=1,
        epochs_decay=1,
        ema_decay=0.9,
    ),
}


def check(config: CycleGANConfig) -> None:
    """Refuses what would only fail deep inside.

    Raises:
        CourseError: sizes that do not fit each other, or a setting out of its range.
    """
    check_optimizer(config)
    check_channels(config.input_channels, config.output_channels)
    if config.identity_weight and config.input_channels != config.output_channels:
        raise CourseError(
            f"identity-weight is {config.identity_weight}, but A has {config.input_channels} channel(s) and B "
            f"{config.output_channels}: G cannot be asked to leave B's pictures alone. Set --identity-weight 0."
        )
    if config.global_skip and config.input_channels != config.output_channels:
        raise CourseError(
            f"global-skip adds the output to the input, but A has {config.input_channels} channel(s) and B "
            f"{config.output_channels}. Leave it out."
        )
    if config.size % 2**config.n_down or config.size < 8:
        raise CourseError(
            f"size is {config.size}; the generators take multiples of 2**n_down = {2**config.n_down}, from 8 up."
        )
    check_patches(config.d_layers, config.size)
    if config.load_size < config.size:
        raise CourseError(
            f"load-size {config.load_size} is smaller than size {config.size}; pictures are cropped, not padded. "
            f"Set --load-size {config.size} or more."
        )
    if not any(getattr(config, f"{way}_{term}_weight") for way in ("forward", "backward") for term in ("gan", "cycle")):
        raise CourseError("Every term has weight 0; there is nothing to train. Give one of them a weight.")


class CycleGAN(TrainingTask[CycleGANConfig]):
    """G, F, D_A, D_B, two optimisers, two histories, and one step of the paper's algorithm."""

    def __init__(self, config: CycleGANConfig, accelerator: Accelerator) -> None:
        super().__init__(config, accelerator)
        self.discriminator_loss, self.generator_loss = ADVERSARIAL[config.adversarial]
        self.G = self.add_network("G", build_generator(config), averaged=True)
        self.F = self.add_network("F", build_way_back(config), averaged=True)
        self.D_A = self.add_network("D_A", build_discriminator(config, config.input_channels))
        self.D_B = self.add_network("D_B", build_discriminator(config, config.output_channels))
        # As in the official code: one Adam for both generators, one for both discriminators.
        self.opt_G = self.add_adam("G", "G", "F")
        self.opt_D = self.add_adam("D", "D_A", "D_B")
        seed, rank = torch.initial_seed(), accelerator.process_index
        self.history_A = ImageHistory(config.history, role_seed(seed, "history_A", rank))
        self.history_B = ImageHistory(config.history, role_seed(seed, "history_B", rank))
        self.extra |= {"history_A": self.history_A, "history_B": self.history_B}

    def step(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """One update of G and F, then one of D_A and D_B, in the official code's order.

        {"A", "B"}: (B, C, H, W) in [−1, 1].
        """
        a, b = batch["A"], batch["B"]
        fakes, report = self.step_generators(a, b)
        return report | self.step_discriminators(a, b, *fakes)

    def step_generators(self, a: Tensor, b: Tensor) -> tuple[tuple[Tensor, Tensor], dict[str, Tensor]]:
        """G and F: look real, come back, leave the target domain alone.

        Returns (F(b), G(a)), detached, and the terms.
        """
        weight = self.config
        with_identity = weight.identity_weight * (weight.forward_cycle_weight + weight.backward_cycle_weight) > 0

        # G(a) and, for the identity term, G(b) in one pass; F(b) and F(a) likewise.
        fake_b, same_b = self._passes(self.G, a, b if with_identity else None)
        fake_a, same_a = self._passes(self.F, b, a if with_identity else None)
        back_a, back_b = self.F(fake_b), self.G(fake_a)  # a → G(a) → F(G(a)) ≈ a and b → F(b) → G(F(b)) ≈ b

        terms = {
            "G_gan": self.generator_loss(
                self.D_B(fake_b)
            ),  # L_GAN(G, D_B, A, B)            (eq. 1, with squares: section 4)
            "F_gan": self.generator_loss(self.D_A(fake_a)),  # L_GAN(F, D_A, B, A)
            "cycle_A": cycle_loss(back_a, a),  # forward half of L_cyc                           (eq. 2)
            "cycle_B": cycle_loss(back_b, b),  # backward half
        }
        loss = (
            weight.forward_gan_weight * terms["G_gan"]
            + weight.backward_gan_weight * terms["F_gan"]
            + weight.forward_cycle_weight * terms["cycle_A"]
            + weight.backward_cycle_weight * terms["cycle_B"]
        )  # eq. 3
        if same_b is not None and same_a is not None:
            # L_identity = ‖G(b) − b‖₁ + ‖F(a) − a‖₁                                                (section 5.2)
            terms |= {"identity_B": identity_loss(same_b, b), "identity_A": identity_loss(same_a, a)}
            loss = loss + weight.identity_weight * (
                weight.backward_cycle_weight * terms["identity_B"] + weight.forward_cycle_weight * terms["identity_A"]
            )
        self.opt_G.zero_grad()
        self.accelerator.backward(loss, inputs=self.parameters("G", "F"))
        self.opt_G.step()
        self.update_averages()
        return (fake_a.detach(), fake_b.detach()), terms

    def step_discriminators(self, a: Tensor, b: Tensor, fake_a: Tensor, fake_b: Tensor) -> dict[str, Tensor]:
        """D_A and D_B: real → 1, a fake of now or of the past → 0; halved, "to slow down D relative to G" (section 4)."""
        report = {}
        # A discriminator whose scores move no generator need not learn: its domain's adversarial term is switched off.
        discriminators = [
            ("D_A", self.D_A, a, self.history_A.query(fake_a), self.config.backward_gan_weight),
            ("D_B", self.D_B, b, self.history_B.query(fake_b), self.config.forward_gan_weight),
        ]
        for name, discriminator, real, fake, weight in discriminators:
            if weight:
                real_scores, fake_scores = self._passes(discriminator, real, fake)
                report[name] = 0.5 * self.discriminator_loss(real_scores, fake_scores)
        if report:
            self.opt_D.zero_grad()
            self.accelerator.backward(torch.stack(list(report.values())).sum(), inputs=self.parameters(*report))
            self.opt_D.step()
        return report

    def _passes(self, network: nn.Module, first: Tensor, second: Tensor | None) -> tuple[Tensor, Any]:
        """network(first), network(second): in one pass where no layer mixes the pictures of a batch."""
        if second is None:
            return network(first), None
        if self.config.batched and self.config.norm != "batch":
            one, two = network(torch.cat([first, second])).split([len(first), len(second)])
            return one, two
        return network(first), network(second)

    def sample(self, batch: dict[str, Tensor]) -> Tensor:
        """(B, 6, 3, H, W): a, G(a), F(G(a)), b, F(b), G(F(b))."""
        forth, back = self.exported("G"), self.exported("F")
        a, b = batch["A"], batch["B"]
        fake_b, fake_a = forth(a), back(b)
        pictures = (a, fake_b, back(fake_b), b, fake_a, forth(fake_a))
        return torch.stack([as_seen(batch) for batch in pictures], dim=1)


def generator_arguments(config: CycleGANConfig) -> dict[str, Any]:
    """What ``ResnetGenerator`` is called with: in a run, and again when the trained model is loaded."""
    channels = {"in_channels": config.input_channels, "out_channels": config.output_channels}
    return channels | {
        name: getattr(config, name) for name in ("blocks", "width", "norm", "upsample", "n_down", "global_skip")
    }


def build_generator(config: CycleGANConfig) -> ResnetGenerator:
    """G, from A to B, with fresh weights."""
    return ResnetGenerator(**generator_arguments(config))


def build_way_back(config: CycleGANConfig) -> ResnetGenerator:
    """F, from B to A, with fresh weights."""
    channels = {"in_channels": config.output_channels, "out_channels": config.input_channels}
    return ResnetGenerator(**generator_arguments(config) | channels)


def build_discriminator(config: CycleGANConfig, channels: int) -> PatchDiscriminator:
    """A discriminator of single pictures: it never sees what they were made from."""
    return PatchDiscriminator(channels, config.d_width, config.d_layers, config.norm)


def open_data(data: str, config: CycleGANConfig, split: str) -> DomainSet:
    """The two domains of a named set or folder, as the config asks for them."""
    return open_domains(
        data,
        size=config.size,
        load_size=config.load_size,
        split=split,
        hold_out=config.hold_out,
        fit=config.fit,
        channels=(config.input_channels, config.output_channels),
    )


def embedded_data(config: CycleGANConfig) -> DomainSet:
    """Two domains that are always there."""
    return Stripes(size=config.size)


def describe(config: CycleGANConfig, data: str) -> dict[str, Any]:
    """What the trained model's config says: its networks, the size they work at, what was held out of the training."""
    return {
        "network": "ResnetGenerator",
        "arguments": generator_arguments(config),
        "size": config.size,
        "fit": config.fit,
        "hold_out": config.hold_out,
    }


TASK = Task(
    name="cyclegan",
    description="CycleGAN: translation without pairs (Zhu et al. 2017).",
    config=CycleGANConfig,
    presets=PRESETS,
    duration={
        "paper": "200 epochs at 256², for a GPU",
        "laptop": "at 64², one to two hours on one core for 1,000 pictures a domain",
        "smoke": "seconds, to see that it runs",
    },
    build=CycleGAN,
    check=check,
    open=open_data,
    embedded=embedded_data,
    objective=(
        "adversarial",
        "forward_gan_weight",
        "backward_gan_weight",
        "forward_cycle_weight",
        "backward_cycle_weight",
        "identity_weight",
        "history",
    ),
    kind="two_way",
    exported={"AtoB": "G", "BtoA": "F"},
    network=build_generator,
    other_networks={"BtoA": build_way_back},
    describe=describe,
)
