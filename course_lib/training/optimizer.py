"""How every paper's networks are optimised: the settings that all of them share, flat in each paper's config."""

from dataclasses import dataclass, fields
from math import isfinite

from course_lib.errors import CourseError

# Settings of which there is one at least, whatever the paper; the other numbers may be 0.
COUNTS = {
    "batch", "size", "load_size", "style_size", "patch", "crops", "width", "d_width", "d_dense", "levels", "z_dim", "packing",
    "d_steps", "r1_every", "ends",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class OptimizerConfig:
    """Adam with a rate that is constant, then falls to zero; a paper's config extends it."""

    batch: int = 1  # examples a step on each process; more of them: smoother gradients, fewer steps in an epoch
    lr: float = 2e-4  # Adam's learning rate, of G (and of D, unless it has its own); larger: faster, less stable
    beta1: float = 0.5  # Adam's momentum, 0 to 1; lower: D and G answer each other faster
    epochs_flat: int = 100  # epochs at the full learning rate
    epochs_decay: int = 100  # epochs in which it falls linearly to zero, after those
    ema_decay: float = 0.0  # 0 to 1, a step: moving average of G's weights, which is exported; nearer to 1: smoother
    channels_last: bool = False  # memory layout of pictures: often faster convolutions, the same but for rounding
    compile: bool = False  # torch.compile: minutes of waiting at the first step, faster steps after it

    @property
    def epochs(self) -> int:
        """All of them."""
        return self.epochs_flat + self.epochs_decay


def check_optimizer(config: OptimizerConfig) -> None:
    """Refuses what would only fail deep inside, or never learn.

    Raises:
        CourseError: a setting out of its range, by name.
    """
    for field in fields(config):
        value, least = getattr(config, field.name), int(field.name in COUNTS)
        if type(value) in (int, float) and not (least <= value and isfinite(value)):
            raise CourseError(f"{field.name} is {value}; it must be {least} or more, and finite.")
    if config.epochs < 1:
        raise CourseError("epochs_flat and epochs_decay are both 0; a run has 1 epoch or more.")
    for name in ("beta1", "ema_decay"):
        if not 0 <= getattr(config, name) < 1:
            raise CourseError(f"{name} is {getattr(config, name)}; it must be from 0 to below 1.")
