"""CycleGAN: Zhu, Park, Isola, Efros 2017, "Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial Networks".

G: A → B and F: B → A against D_B and D_A, on pictures that are no pairs:

L(G, F, D_A, D_B) = L_GAN(G, D_B) + L_GAN(F, D_A) + λ · L_cyc(G, F)                           (eq. 3)

and, for those who ask for it, λ_idt · L_identity(G, F) (section 5.2). The official code calls G and F "G_A" and "G_B",
and the judge of B's pictures "D_A" (after the generator it judges); here a discriminator is named after its domain.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import torch
from accelerate import Accelerator
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

from course_lib import losses
from course_lib.data.domains import DomainSet, open_domains
from course_lib.data.synthetic.stripes import Stripes
from course_lib.errors import CourseError
from course_lib.losses import cycle_loss, identity_loss
from course_lib.networks import PatchDiscriminator, ResnetGenerator
from course_lib.training.averages import averaged_weights, moving_average
from course_lib.training.history import ImageHistory
from course_lib.training.schedules import linear_decay, set_learning_rate

ADVERSARIAL: dict[str, tuple[Callable[..., Tensor], Callable[..., Tensor]]] = {
    "lsgan": (losses.lsgan_discriminator_loss, losses.lsgan_generator_loss),
    "bce": (losses.bce_discriminator_loss, losses.bce_generator_loss),
}


@dataclass(frozen=True)
class CycleGANConfig:
    """The publication's recipe; presets change numbers, never the path."""

    # pictures
    size: int = 256  # side of what the networks see; a multiple of 2**n_down
    load_size: int = 286  # side before the random crop
    hold_out: int = 100  # of folders without a test part: how many of each domain, the last by name, are not trained on
    # networks
    blocks: int = 9  # residual blocks; the paper: 6 at 128², 9 at 256²
    width: int = 64
    n_down: int = 2  # how often a picture is halved before the blocks
    norm: Literal["instance", "batch", "none"] = "instance"
    upsample: Literal["transposed", "resize"] = "transposed"
    d_layers: int = 3  # 3 → 70×70 patches
    d_width: int = 64
    # the six terms
    adversarial: Literal["lsgan", "bce"] = "lsgan"
    forward_gan_weight: float = 1.0  # G's answers look like B
    backward_gan_weight: float = 1.0  # F's answers look like A
    forward_cycle_weight: float = 10.0  # λ of A → B → A
    backward_cycle_weight: float = 10.0  # λ of B → A → B
    # Both terms are this × λ. The official code's default; the paper used it for paintings ↔ photos alone (section 5.2).
    identity_weight: float = 0.5
    history: int = 50  # past fakes that the discriminators are shown; 0: none
    # optimisation
    batch: int = 1
    lr: float = 2e-4
    beta1: float = 0.5
    epochs_flat: int = 100
    epochs_decay: int = 100
    ema_decay: float = (
        0.0  # decay of a moving average of G's and F's weights; 0: none. What is exported is the average.
    )
    batched: bool = True  # two pictures for one network in one pass: the same numbers without batch norm, in less time
    channels_last: bool = False
    compile: bool = False

    @property
    def epochs(self) -> int:
        return self.epochs_flat + self.epochs_decay


PRESETS = {
    "paper": CycleGANConfig(),
    # For two cores and an hour or two: resize convolutions and the average against the grid that short training leaves;
    # patches of 34 pixels, which are to 64² what 70 are to the paper's pictures (and more); one halving, because two
    # leave of 64² only 16², where the paper has 64², and what is lost there does not come back. The zoo's models began with it;
    # their second training took load_size 64, as a crop from 70 blurs pictures that are no larger than 64 themselves.
    "laptop": CycleGANConfig(
        size=64, load_size=70, blocks=6, width=32, n_down=1, upsample="resize", d_layers=2, d_width=32,
        epochs_flat=10, epochs_decay=10, ema_decay=0.999, channels_last=True,
    ),
    "smoke": CycleGANConfig(
        size=32, load_size=36, blocks=1, width=8, d_layers=1, d_width=8, batch=4, hold_out=8, history=8,
        epochs_flat=1, epochs_decay=1, ema_decay=0.9,
    ),
}  # fmt: skip


def check(config: CycleGANConfig) -> None:
    """What would only fail deep inside, said at the door.

    Raises:
        CourseError: sizes that do not fit each other, a history or a weight below 0.
    """
    if config.size % 2**config.n_down or config.size < 8:
        raise CourseError(
            f"size is {config.size}; the generators take multiples of 2**n_down = {2**config.n_down}, from 8 up."
        )
    if config.load_size < config.size:
        raise CourseError(
            f"load-size {config.load_size} is smaller than size {config.size}; pictures are cropped, not padded."
        )
    if config.history < 0:
        raise CourseError(f"history is {config.history}; it must be 0 (none) or more.")
    negative = [name for name, value in vars(config).items() if name.endswith("_weight") and value < 0]
    if negative:
        raise CourseError(f"{negative[0]} is {getattr(config, negative[0])}; a weight is 0 (term off) or more.")
    if not any(getattr(config, f"{way}_{term}_weight") for way in ("forward", "backward") for term in ("gan", "cycle")):
        raise CourseError("Every term has weight 0; there is nothing to train. Give one of them a weight.")


def open_data(data: str, config: CycleGANConfig, split: str) -> DomainSet:
    """The two domains of a named set or folder, as the config asks for them."""
    return open_domains(data, size=config.size, load_size=config.load_size, split=split, hold_out=config.hold_out)


def embedded_data(config: CycleGANConfig) -> DomainSet:
    """Two domains that are always there."""
    return Stripes(size=config.size)


class CycleGAN:
    """G, F, D_A, D_B, two optimisers, two histories, and one step of the paper's algorithm."""

    def __init__(self, config: CycleGANConfig, accelerator: Accelerator) -> None:
        self.config, self.accelerator = config, accelerator
        self.discriminator_loss, self.generator_loss = ADVERSARIAL[config.adversarial]
        layout = torch.channels_last if config.channels_last else torch.contiguous_format
        adam = functools.partial(torch.optim.Adam, lr=config.lr, betas=(config.beta1, 0.999), fused=True)

        generators = {name: build_generator(config).to(memory_format=layout) for name in ("G", "F")}
        judges = {name: build_discriminator(config).to(memory_format=layout) for name in ("D_A", "D_B")}
        self.averages: dict[str, AveragedModel] = {}
        if config.ema_decay:
            self.averages = {
                name: moving_average(network, config.ema_decay, accelerator.device)
                for name, network in generators.items()
            }
        self.networks: dict[str, nn.Module] = {}
        for name, network in (generators | judges).items():
            self.networks[name] = accelerator.prepare(network)
            if config.compile:
                self.networks[name].compile(dynamic=False)  # in place: names in checkpoints stay as they are
        self.G, self.F, self.D_A, self.D_B = self.networks.values()
        # As in the official code: one Adam for both generators, one for both discriminators.
        self.opt_G = accelerator.prepare(adam(self._parameters("G", "F")))
        self.opt_D = accelerator.prepare(adam(self._parameters("D_A", "D_B")))
        self.optimizers: dict[str, Any] = {"G": self.opt_G, "D": self.opt_D}
        self.history_A, self.history_B = (
            ImageHistory(config.history, seed=2 * accelerator.process_index + domain) for domain in (0, 1)
        )
        self.extra: dict[str, Any] = {"history_A": self.history_A, "history_B": self.history_B}
        self.extra |= {f"average_{name}": average for name, average in self.averages.items()}

    def _parameters(self, *names: str) -> list[nn.Parameter]:
        return [parameter for name in names for parameter in self.networks[name].parameters()]

    def start_epoch(self, epoch: int) -> None:
        factor = linear_decay(epoch, self.config.epochs_flat, self.config.epochs_decay)
        for optimizer in self.optimizers.values():
            set_learning_rate(optimizer, self.config.lr * factor)

    def step(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """One update of G and F, then one of D_A and D_B, in the official code's order. {"A", "B"}: (B, 3, H, W) in [−1, 1]."""
        a, b = batch["A"], batch["B"]
        fakes, report = self.step_generators(a, b)
        return report | self.step_discriminators(a, b, *fakes)

    def step_generators(self, a: Tensor, b: Tensor) -> tuple[tuple[Tensor, Tensor], dict[str, Tensor]]:
        """G and F: look real, come back, leave the target domain alone. Returns (F(b), G(a)), detached, and the terms."""
        weight = self.config
        with_identity = weight.identity_weight * (weight.forward_cycle_weight + weight.backward_cycle_weight) > 0

        # G(a) and, for the identity term, G(b) in one pass; F(b) and F(a) likewise.
        fake_b, same_b = self._passes(self.G, a, b if with_identity else None)
        fake_a, same_a = self._passes(self.F, b, a if with_identity else None)
        back_a, back_b = self.F(fake_b), self.G(fake_a)  # a → G(a) → F(G(a)) ≈ a and b → F(b) → G(F(b)) ≈ b

        terms = {
            "G_gan": self.generator_loss(self.D_B(fake_b)),  # L_GAN(G, D_B, A, B)            (eq. 1, with squares: section 4)
            "F_gan": self.generator_loss(self.D_A(fake_a)),  # L_GAN(F, D_A, B, A)
            "cycle_A": cycle_loss(back_a, a),  # forward half of L_cyc                           (eq. 2)
            "cycle_B": cycle_loss(back_b, b),  # backward half
        }  # fmt: skip
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
        self.accelerator.backward(loss, inputs=self._parameters("G", "F"))
        self.opt_G.step()
        for name, average in self.averages.items():
            average.update_parameters(self.accelerator.unwrap_model(self.networks[name]))
        return (fake_a.detach(), fake_b.detach()), terms

    def step_discriminators(self, a: Tensor, b: Tensor, fake_a: Tensor, fake_b: Tensor) -> dict[str, Tensor]:
        """D_A and D_B: real → 1, a fake of now or of the past → 0; halved, "to slow down D relative to G" (section 4)."""
        report = {}
        # A judge whose verdict moves no generator need not learn: its domain's adversarial term is switched off.
        judges = [
            ("D_A", self.D_A, a, self.history_A.query(fake_a), self.config.backward_gan_weight),
            ("D_B", self.D_B, b, self.history_B.query(fake_b), self.config.forward_gan_weight),
        ]
        for name, judge, real, fake, weight in judges:
            if weight:
                real_scores, fake_scores = self._passes(judge, real, fake)
                report[name] = 0.5 * self.discriminator_loss(real_scores, fake_scores)
        if report:
            self.opt_D.zero_grad()
            self.accelerator.backward(torch.stack(list(report.values())).sum(), inputs=self._parameters(*report))
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

    def generator(self, name: str) -> nn.Module:
        """What is exported as "G" or "F": its average if there is one."""
        return self.averages[name].module if self.averages else self.accelerator.unwrap_model(self.networks[name])

    def sample(self, batch: dict[str, Tensor]) -> Tensor:
        """(B, 6, 3, H, W): a, G(a), F(G(a)), b, F(b), G(F(b))."""
        forth, back = self.generator("G"), self.generator("F")
        a, b = batch["A"], batch["B"]
        fake_b, fake_a = forth(a), back(b)
        return torch.stack([a, fake_b, back(fake_b), b, fake_a, forth(fake_a)], dim=1)


def generator_arguments(config: CycleGANConfig) -> dict[str, Any]:
    """What ``ResnetGenerator`` is called with: in a run, and again when the trained model is loaded."""
    return {name: getattr(config, name) for name in ("blocks", "width", "norm", "upsample", "n_down")}


def build_generator(config: CycleGANConfig) -> ResnetGenerator:
    """A generator with fresh weights."""
    return ResnetGenerator(**generator_arguments(config))


def build_discriminator(config: CycleGANConfig) -> PatchDiscriminator:
    """A judge of single pictures: it never sees what they were made from."""
    return PatchDiscriminator(3, config.d_width, config.d_layers, config.norm)


def export(config: CycleGANConfig, checkpoint: dict[str, Any]) -> tuple[dict[str, nn.Module], dict[str, Any]]:
    """Both generators of a checkpoint (their averages, if it kept them) and the config they are loaded by."""
    networks: dict[str, nn.Module] = {}
    for direction, name in (("AtoB", "G"), ("BtoA", "F")):
        networks[direction] = build_generator(config)
        kept = averaged_weights(checkpoint, f"average_{name}") if config.ema_decay else checkpoint["networks"][name]
        networks[direction].load_state_dict(kept)
    described = {
        "task": "cyclegan", "network": "ResnetGenerator", "arguments": generator_arguments(config),
        "size": config.size, "two_way": True, "hold_out": config.hold_out,
    }  # fmt: skip
    return networks, described
