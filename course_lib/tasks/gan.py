"""GAN: Goodfellow et al. 2014, "Generative Adversarial Networks", algorithm 1, with the later losses and cures.

min_G max_D V(D, G) = E_x log D(x) + E_z log(1 − D(G(z)))                                             (eq. 1)

In the plane (``network="mlp"``) S seeds train side by side, each as if alone; with pictures ("dcgan") it is one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import torch
from accelerate import Accelerator
from torch import Tensor, nn

from course_lib.errors import CourseError
from course_lib.losses import ADVERSARIAL, gradient_penalty, mix, r1_penalty
from course_lib.networks.dcgan import DCGANDiscriminator, DCGANGenerator
from course_lib.networks.mlp import SeededMLP
from course_lib.tasks import gan_sets
from course_lib.tasks.task import Task
from course_lib.training.counter import Counter
from course_lib.training.noise import SeededNoise, role_seed
from course_lib.training.optimizer import OptimizerConfig, check_optimizer
from course_lib.training.points_sheet import points_sheet
from course_lib.training.training_task import TrainingTask


@dataclass(frozen=True, kw_only=True)
class GANConfig(OptimizerConfig):
    """Defaults: a GAN in the plane. Presets for pictures change numbers, never the path."""

    adversarial: Literal["saturating", "bce", "lsgan", "hinge", "wasserstein"] = "bce"  # what D and G minimise
    # cures for what goes wrong; 0 or 1 or False: without
    gradient_penalty: float | None = None  # λ of WGAN-GP; None: 10 with the Wasserstein loss, which needs it, else 0
    r1: float = 0.0  # γ of the zero-centred penalty on real examples; larger: a flatter, slower D
    spectral_norm: bool = False  # D's layers have a largest singular value of 1
    packing: int = 1  # D is shown this many examples at once (PacGAN): alike ones give a collapsed G away
    instance_noise: float = 0.0  # deviation of the noise laid over everything D sees, on the examples' scale
    d_steps: int = 1  # k of algorithm 1: updates of D for one of G
    # networks
    network: Literal["mlp", "dcgan"] = "mlp"  # for points in the plane, for pictures
    z_dim: int = 16  # numbers in z
    width: int = 128  # features of a hidden layer; of pictures: channels of G's last one
    # pictures alone
    size: int = 64  # pixels a side
    channels: int = 0  # 1 or 3; 0: as the data have
    d_width: int = 64  # channels of D's first layer
    norm: Literal["batch", "instance", "none"] = "batch"  # of G; batch: a picture depends on the others of its batch
    d_norm: Literal["batch", "instance", "none"] = "none"  # of D; batch: its scores depend on the others of the batch
    upsample: Literal["transposed", "resize"] = "transposed"  # resize: no checkerboard, slower
    # optimisation
    batch: int = 256  # examples a step on each process; more of them: smoother gradients, fewer steps in an epoch
    lr: float = 1e-3  # Adam's learning rate of G and D; larger: faster, less stable
    epochs_decay: int = 0  # epochs in which it falls linearly to zero, after those at the full rate

    @property
    def penalty(self) -> float:
        """λ in force: the Wasserstein loss means nothing without a constraint on D, so it has one unless told not to."""
        if self.gradient_penalty is None:
            return 10.0 if self.adversarial == "wasserstein" and not self.spectral_norm else 0.0
        return self.gradient_penalty


PRESETS = {
    "plane": GANConfig(),
    # DCGAN's sizes and settings (Radford et al. 2016, sections 3 and 4).
    "paper": GANConfig(
        network="dcgan",
        z_dim=100,
        d_norm="batch",
        batch=128,
        lr=2e-4,
        epochs_flat=50,
        epochs_decay=0,
    ),
    "laptop": GANConfig(
        network="dcgan",
        size=32,
        r1=0.5,
        z_dim=64,
        width=32,
        d_width=32,
        batch=64,
        beta1=0.0,
        epochs_flat=8,
        epochs_decay=4,
        ema_decay=0.998,
        channels_last=True,
    ),
    "smoke": GANConfig(
        network="dcgan",
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


def check(config: GANConfig) -> None:
    """Refuses what would only fail deep inside.

    Raises:
        CourseError: a setting out of its range, by name.
    """
    check_optimizer(config)
    if config.adversarial not in ADVERSARIAL:
        raise CourseError(f"adversarial is {config.adversarial!r}; there is {', '.join(ADVERSARIAL)}.")
    if config.batch % config.packing:
        raise CourseError(f"batch {config.batch} is no multiple of packing {config.packing}. Change one of them.")


class GAN(TrainingTask[GANConfig]):
    """G, D, their optimisers, and one step of the paper's algorithm.

    Args:
        seeds: of the networks' first weights and of the noise, one number a run; how many runs to train side by side
            (then 0, 1, 2, …); or None for one run of torch's own seed.

    Raises:
        CourseError: a setting out of its range.
    """

    def __init__(self, config: GANConfig, accelerator: Accelerator, seeds: int | Sequence[int] | None = None) -> None:
        check(config)
        super().__init__(config, accelerator)
        if seeds is None:
            seeds = [torch.initial_seed()]
        self.seeds = tuple(range(seeds)) if isinstance(seeds, int) else tuple(seeds)
        if config.network == "dcgan" and len(self.seeds) > 1:
            raise CourseError(f"{len(self.seeds)} seeds side by side are for the plane; pictures train one seed a run.")
        self.discriminator_loss, self.generator_loss = ADVERSARIAL[config.adversarial]
        # Mao et al. 2017, eq. 2, has a ½ that the library's function leaves to the task.
        self.d_weight = 0.5 if config.adversarial == "lsgan" else 1.0
        self.G = self.add_network("G", build_generator(config, self.seeds), averaged=True)
        self.D = self.add_network("D", build_discriminator(config, self.seeds))
        self.opt_G = self.add_adam("G", "G")
        self.opt_D = self.add_adam("D", "D")
        self.noise = SeededNoise(self.seeds, accelerator.process_index)
        self.counter = Counter()  # updates of D so far: a resumed run knows when G's turn is
        self.extra |= {"noise": self.noise, "counter": self.counter}

    def step(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """Algorithm 1: one update of D; after every k-th, one of G. {"real"}: (S, B, 2) or (B, C, H, W).

        Returns:
            the losses "D" and "G" and the penalties in force, each the mean over seeds.
        """
        report = self.step_D(batch)
        self.counter.value += 1
        if self.counter.value % self.config.d_steps == 0:
            report |= self.step_G(batch)
        return report

    def step_D(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """D ascends E_x log D(x) + E_z log(1 − D(G(z))), or what its loss makes of it."""
        real = self._real(batch)
        with torch.no_grad():  # G stands still: as .detach(), and no graph is built that nobody would use
            fake = self.G(self.latents(real.shape[-2] if self.in_plane else len(real)))
        shown, generated = self._shown(real), self._shown(fake)

        loss = self.d_weight * self.discriminator_loss(self.scores(shown), self.scores(generated))
        report = {"D": loss}
        if self.config.penalty:
            between = mix(shown, generated, self._shares(shown)).requires_grad_()  # WGAN-GP, algorithm 1, line 5
            report["penalty"] = gradient_penalty(self._scores_for_penalty(between), between)
            loss = loss + self.config.penalty * report["penalty"]
        if self.config.r1:
            shown = shown.detach().requires_grad_()
            report["r1"] = r1_penalty(self._scores_for_penalty(shown), shown)  # Mescheder et al. 2018, eq. 9
            loss = loss + self.config.r1 * report["r1"]

        self.opt_D.zero_grad()
        self.accelerator.backward(len(self.seeds) * loss, inputs=list(self.D.parameters()))  # see below
        self.opt_D.step()
        return report

    def step_G(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """G descends its own loss under the D that has just moved, with new noise."""
        count = self._real(batch).shape[-2] if self.in_plane else len(batch["real"])
        fake = self.G(self.latents(count))
        loss = self.generator_loss(self.scores(self._shown(fake)))

        self.opt_G.zero_grad()
        # A loss is the mean over all seeds' scores; times S it is the sum of each seed's own, and each moves as if
        # alone.
        self.accelerator.backward(len(self.seeds) * loss, inputs=list(self.G.parameters()))
        self.opt_G.step()
        self.update_averages()
        return {"G": loss}

    @property
    def in_plane(self) -> bool:
        return self.config.network == "mlp"

    def latents(self, count: int) -> Tensor:
        """z: (S, count, latent) or (count, latent), standard normal."""
        return self._own(self.noise.normal(count, self.config.z_dim))

    def scores(self, shown: Tensor) -> Tensor:
        """D's raw scores, one for each of what it is shown: (S, B/m), or (B/m,) for pictures."""
        return self.D(shown).squeeze(-1)

    def generate(self, count: int, generator: torch.Generator) -> Tensor:
        """Samples (S, count, 2), or (count, C, H, W) in [−1, 1]; every seed gets the same z."""
        z = torch.randn(count, self.config.z_dim, generator=generator).to(self.accelerator.device)
        network = self.exported("G")
        training = network.training
        network.eval()
        with torch.no_grad():
            made = network(z.expand(len(self.seeds), -1, -1) if self.in_plane else z).float()
        network.train(training)
        return made

    def _real(self, batch: dict[str, Tensor]) -> Tensor:
        real = batch["real"]
        return real[None] if self.in_plane and real.dim() == 2 else real

    def _shown(self, examples: Tensor) -> Tensor:
        """What D sees of examples: with noise over them (Sønderby et al. 2017), and m at once (Lin et al. 2018)."""
        if self.config.instance_noise:
            shape = examples.shape[1:] if self.in_plane else examples.shape
            examples = examples + self.config.instance_noise * self._own(self.noise.normal(*shape))
        return pack(examples, self.config.packing, 1 if self.in_plane else 0)

    def _shares(self, shown: Tensor) -> Tensor:
        """One number in [0, 1) for each of what D is shown, to be broadcast over it."""
        if self.in_plane:
            return self._own(self.noise.uniform(shown.shape[1], 1))
        return self._own(self.noise.uniform(len(shown), 1, 1, 1))

    def _own(self, numbers: Tensor) -> Tensor:
        return (numbers if self.in_plane else numbers[0]).to(self.accelerator.device)

    def _scores_for_penalty(self, shown: Tensor) -> Tensor:
        return self.differentiable_twice("D")(shown).squeeze(-1)

    def sample(self, batch: dict[str, Tensor]) -> Tensor:
        """(rows, columns, 3, H, W) for a sheet:

        generated pictures, or for every seed a map of 1000 generated points.
        """
        fake = self.generate(1000 if self.in_plane else 60, torch.Generator().manual_seed(0)).cpu()
        if self.in_plane:
            return points_sheet(self._real(batch).cpu().expand(len(self.seeds), -1, -1), fake)
        return fake.unflatten(0, (6, 10)).expand(-1, -1, 3, -1, -1)


def pack(examples: Tensor, count: int, axis: int) -> Tensor:
    """``count`` neighbours along ``axis`` become one, side by side in the axis of features after it.

    (S, B, F) → (S, B/m, m·F) with axis 1, (B, C, H, W) → (B/m, m·C, H, W) with axis 0. Lin et al. 2018, section 3.
    """
    if count == 1:
        return examples
    if examples.shape[axis] % count:
        raise CourseError(f"{examples.shape[axis]} examples cannot be shown {count} at once. Change batch or packing.")
    shape = list(examples.shape)
    shape[axis : axis + 2] = [shape[axis] // count, count * shape[axis + 1]]
    return examples.reshape(shape)


def generator_arguments(config: GANConfig, runs: int = 1) -> dict[str, Any]:
    """What G's class is called with when the trained model is loaded."""
    if config.network == "mlp":
        return {"seeds": runs, "sizes": [config.z_dim, config.width, config.width, 2]}
    return {name: getattr(config, name) for name in ("size", "channels", "z_dim", "width", "norm", "upsample")}


def build_generator(config: GANConfig, seeds: Sequence[int] = (0,)) -> nn.Module:
    """A generator with the first weights of its seeds."""
    own = [role_seed(seed, "G") for seed in seeds]
    if config.network == "mlp":
        return SeededMLP(**(generator_arguments(config) | {"seeds": own}))
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(own[0])  # the CPU's alone, where networks are made
        return DCGANGenerator(**generator_arguments(config))


def build_discriminator(config: GANConfig, seeds: Sequence[int] = (0,)) -> nn.Module:
    """A discriminator with the first weights of its seeds; it takes ``packing`` examples at once."""
    own = [role_seed(seed, "D") for seed in seeds]
    if config.network == "mlp":
        sizes = (2 * config.packing, config.width, config.width, 1)
        return SeededMLP(own, sizes, "leaky_relu", config.spectral_norm)
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(own[0])
        return DCGANDiscriminator(
            config.size,
            config.channels * config.packing,
            config.d_width,
            norm=config.d_norm,
            spectral_norm=config.spectral_norm,
        )


def describe(config: GANConfig, data: str) -> dict[str, Any]:
    """What the trained model's config says: its network, and what it is asked with."""
    in_plane = config.network == "mlp"
    return {
        "network": "SeededMLP" if in_plane else "DCGANGenerator",
        "arguments": generator_arguments(config),
        "size": None if in_plane else config.size,
        "z_dim": config.z_dim,
        "classes": [],
    }


TASK = Task(
    name="gan",
    description="gan: points or pictures from noise (Goodfellow et al. 2014; Radford et al. 2016).",
    config=GANConfig,
    presets=PRESETS,
    duration={
        "plane": "points in the plane, a minute",
        "paper": "DCGAN at 64², for a GPU",
        "laptop": "at 32², minutes to an hour on one core",
        "smoke": "seconds, to see that it runs",
    },
    build=GAN,
    check=check,
    open=gan_sets.open_data,
    embedded=gan_sets.embedded_data,
    fit=gan_sets.fit,
    preset=gan_sets.suits,
    objective=("adversarial", "penalty", "r1", "spectral_norm", "packing", "instance_noise", "d_steps"),
    kind="sampler",
    network=build_generator,
    describe=describe,
    more_presets=("plane",),
)
