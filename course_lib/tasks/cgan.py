"""Conditional GAN: Mirza & Osindero 2014, "Conditional Generative Adversarial Nets", with the condition by one-hot,
embedding or projection (Miyato & Koyama 2018).

min_G max_D V(D, G) = E_x log D(x|y) + E_z log(1 − D(G(z|y)|y))                                        (eq. 2)
"""

from dataclasses import dataclass, replace
from typing import Any, Literal

import torch
from accelerate import Accelerator
from torch import Tensor

from course_lib.data.labelled import Labelled, open_labelled
from course_lib.errors import CourseError
from course_lib.losses import ADVERSARIAL, gradient_penalty, mix, r1_penalty
from course_lib.networks.dcgan import DCGANDiscriminator, DCGANGenerator
from course_lib.tasks.task import Task
from course_lib.training.counter import Counter
from course_lib.training.optimizer import OptimizerConfig, check_optimizer
from course_lib.training.training_task import TrainingTask


@dataclass(frozen=True, kw_only=True)
class CGANConfig(OptimizerConfig):
    """DCGAN's sizes with classes; presets change numbers, never the path."""

    # pictures
    size: int = 64  # pixels a side
    channels: int = 0  # 1 or 3; 0: as the data have
    classes: tuple[str, ...] = ()  # which to learn; none named: all of the data
    # the condition
    condition: Literal["onehot", "embedding", "projection"] = "projection"  # how D and G are told the class
    blind: bool = False  # D does not see the class: an experiment, to see what the class is for
    # losses
    adversarial: Literal["saturating", "bce", "lsgan", "hinge", "wasserstein"] = "hinge"  # what D and G minimise
    gradient_penalty: float | None = None  # λ of WGAN-GP; None: 10 with the Wasserstein loss, which needs it, else 0
    r1: float = 0.0  # γ of the zero-centred penalty on real pictures; larger: a flatter, slower D
    r1_every: int = 1  # every so many steps, and then as many times as strong (Karras et al. 2020, appendix B)
    spectral_norm: bool = True  # D's layers have a largest singular value of 1
    # networks
    z_dim: int = 100  # numbers in z
    width: int = 128  # channels of G's last hidden layer; twice as many: about four times the work
    d_width: int = 64  # channels of D's first layer
    norm: Literal["batch", "instance", "none"] = "batch"  # of G; batch: a picture depends on the others of its batch
    d_norm: Literal["batch", "instance", "none"] = "none"  # of D; batch: its scores depend on the others of the batch
    upsample: Literal["transposed", "resize"] = "transposed"  # resize: no checkerboard, slower
    # optimisation
    batch: int = 128  # pictures a step on each process; more of them: smoother gradients, fewer steps in an epoch
    d_lr: float = 2e-4  # Adam's learning rate of D; G's is lr
    ema_decay: float = 0.999  # 0 to 1, a step: moving average of G's weights, which is exported; nearer to 1: smoother

    @property
    def penalty(self) -> float:
        """λ in force: the Wasserstein loss means nothing without a constraint on D, so it has one unless told not to."""
        if self.gradient_penalty is None:
            return 10.0 if self.adversarial == "wasserstein" and not self.spectral_norm else 0.0
        return self.gradient_penalty


PRESETS = {
    "paper": CGANConfig(),
    "laptop": CGANConfig(
        size=32,
        adversarial="bce",
        r1=0.5,
        r1_every=4,
        spectral_norm=False,
        z_dim=64,
        width=32,
        d_width=32,
        batch=64,
        lr=1e-3,
        d_lr=1e-3,
        beta1=0.0,
        epochs_flat=14,
        epochs_decay=6,
        ema_decay=0.998,
        channels_last=True,
    ),
    "smoke": CGANConfig(
        size=8,
        z_dim=8,
        width=8,
        d_width=8,
        batch=32,
        epochs_flat=1,
        epochs_decay=1,
        ema_decay=0.9,
    ),
}


def check(config: CGANConfig) -> None:
    """Refuses what would only fail deep inside.

    Raises:
        CourseError: a setting out of its range, by name.
    """
    check_optimizer(config)
    if config.adversarial not in ADVERSARIAL:
        raise CourseError(f"adversarial is {config.adversarial!r}; there is {', '.join(ADVERSARIAL)}.")
    if len(set(config.classes)) < len(config.classes):
        raise CourseError(f"A class is named twice in {', '.join(config.classes)}. Name each once.")
    if len(config.classes) == 1:
        raise CourseError(
            f"{config.classes[0]} is the only class. Name two or more, or train the task gan without any."
        )


class CGAN(TrainingTask[CGANConfig]):
    """G, D, their optimisers, and one step of algorithm 1 with a condition."""

    def __init__(self, config: CGANConfig, accelerator: Accelerator) -> None:
        check(config)
        if len(config.classes) < 2:
            raise CourseError("A conditional GAN needs two classes or more. Take other data, or the task gan.")
        super().__init__(config, accelerator)
        self.discriminator_loss, self.generator_loss = ADVERSARIAL[config.adversarial]
        # Mao et al. 2017, eq. 2, has a ½ that the library's function leaves to the task.
        self.d_weight = 0.5 if config.adversarial == "lsgan" else 1.0
        self.G = self.add_network("G", build_generator(config), averaged=True)
        self.D = self.add_network("D", build_discriminator(config))
        self.opt_G = self.add_adam("G", "G")
        self.opt_D = self.add_adam("D", "D", lr=config.d_lr)
        self.counter = Counter()  # updates of D so far: R1 is due at every r1_every-th
        self.extra["counter"] = self.counter

    def step(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """One update of D, one of G. {"real"}: (B, C, H, W) in [−1, 1], {"label"}: (B,)."""
        return self.step_D(batch) | self.step_G(batch)

    def step_D(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """D ascends E log D(x|y) + E log(1 − D(G(z|y)|y)), or what its loss makes of it (eq. 2)."""
        real, y = batch["real"], batch["label"]
        with torch.no_grad():  # G stands still: as .detach(), and no graph is built that nobody would use
            fake = self.G(self.latents(len(y)), y)

        loss = self.d_weight * self.discriminator_loss(self.scores(real, y), self.scores(fake, y))
        report = {"D": loss}
        if self.config.penalty:
            share = torch.rand(len(y), 1, 1, 1).to(real)
            between = mix(real, fake, share).requires_grad_()  # WGAN-GP, algorithm 1, line 5
            report["penalty"] = gradient_penalty(self._scores_for_penalty(between, y), between)
            loss = loss + self.config.penalty * report["penalty"]
        if self.config.r1 and self.counter.value % self.config.r1_every == 0:
            shown = real.detach().requires_grad_()
            report["r1"] = r1_penalty(self._scores_for_penalty(shown, y), shown)  # Mescheder et al. 2018, eq. 9
            loss = loss + self.config.r1 * self.config.r1_every * report["r1"]
        self.counter.value += 1

        self.opt_D.zero_grad()
        self.accelerator.backward(loss, inputs=list(self.D.parameters()))
        self.opt_D.step()
        return report

    def step_G(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """G descends its own loss under the D that has just moved, with new noise and the batch's classes."""
        y = batch["label"]
        fake = self.G(self.latents(len(y)), y)
        loss = self.generator_loss(self.scores(fake, y))

        self.opt_G.zero_grad()
        self.accelerator.backward(loss, inputs=list(self.G.parameters()))
        self.opt_G.step()
        self.update_averages()
        return {"G": loss}

    def latents(self, count: int) -> Tensor:
        """z: (count, latent), standard normal; drawn on the CPU, so that every device gets the same."""
        return torch.randn(count, self.config.z_dim).to(self.accelerator.device)

    def scores(self, pictures: Tensor, labels: Tensor) -> Tensor:
        """D's raw scores (B,) of pictures that claim to be of these classes."""
        return self.D(pictures, None if self.config.blind else labels).squeeze(1)

    def _scores_for_penalty(self, pictures: Tensor, labels: Tensor) -> Tensor:
        return self.differentiable_twice("D")(pictures, None if self.config.blind else labels).squeeze(1)

    def generate(self, labels: Tensor, generator: torch.Generator) -> Tensor:
        """Samples (B, C, H, W) in [−1, 1] of the classes asked for."""
        z = torch.randn(len(labels), self.config.z_dim, generator=generator).to(self.accelerator.device)
        network = self.exported("G")
        training = network.training
        network.eval()
        with torch.no_grad():
            made = network(z, labels.to(self.accelerator.device)).float()
        network.train(training)
        return made

    def sample(self, batch: dict[str, Tensor]) -> Tensor:
        """(classes, 10, 3, H, W): a row a class, the same ten z in every row."""
        rows = [
            self.generate(torch.full((10,), number), torch.Generator().manual_seed(0))
            for number in range(len(self.config.classes))
        ]
        return torch.stack(rows).expand(-1, -1, 3, -1, -1)


def generator_arguments(config: CGANConfig) -> dict[str, Any]:
    """What ``DCGANGenerator`` is called with: in a run, and again when the trained model is loaded."""
    names = ("size", "channels", "z_dim", "width", "condition", "norm", "upsample")
    return {name: getattr(config, name) for name in names} | {"classes": len(config.classes)}


def build_generator(config: CGANConfig) -> DCGANGenerator:
    """A generator with fresh weights."""
    return DCGANGenerator(**generator_arguments(config))


def build_discriminator(config: CGANConfig) -> DCGANDiscriminator:
    """A discriminator with fresh weights; a blind one has no place for a class."""
    return DCGANDiscriminator(
        config.size,
        config.channels,
        config.d_width,
        0 if config.blind else len(config.classes),
        config.condition,
        config.d_norm,
        config.spectral_norm,
    )


def open_data(data: str, config: CGANConfig, split: str) -> Labelled:
    """Pictures with classes, as the config asks for them."""
    return open_labelled(data, size=config.size, split=split, classes=config.classes)


def embedded_data(config: CGANConfig) -> Labelled:
    """Digits, which are always there."""
    return open_labelled("digits", size=config.size)


def fit(config: CGANConfig, data: Labelled) -> CGANConfig:
    """The config with the data's classes and channels."""
    if config.channels not in (0, data.channels):
        raise CourseError(f"channels is {config.channels}, the data have {data.channels}. Leave the setting out.")
    if len(data.classes) < 2:
        raise CourseError("A conditional GAN needs two classes or more. Take other data, or the task gan.")
    return replace(config, classes=data.classes, channels=data.channels)


def describe(config: CGANConfig, data: str) -> dict[str, Any]:
    """What the trained model's config says: its network, and what it is asked with."""
    return {
        "network": "DCGANGenerator",
        "arguments": generator_arguments(config),
        "size": config.size,
        "z_dim": config.z_dim,
        "classes": list(config.classes),
    }


TASK = Task(
    name="cgan",
    description="cgan: pictures of a class that is asked for, from noise (Mirza & Osindero 2014).",
    config=CGANConfig,
    presets=PRESETS,
    duration={
        "paper": "200 epochs at 64², for a GPU",
        "laptop": "at 32², half an hour on one core for 30,000 drawings",
        "smoke": "seconds, to see that it runs",
    },
    build=CGAN,
    check=check,
    open=open_data,
    embedded=embedded_data,
    fit=fit,
    objective=("adversarial", "penalty", "r1", "r1_every", "spectral_norm"),
    kind="sampler",
    network=build_generator,
    describe=describe,
)
