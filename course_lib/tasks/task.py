"""A paper as the command line, the loop's callers and the zoo see it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from accelerate import Accelerator
from torch import nn

from course_lib.training.optimizer import OptimizerConfig
from course_lib.training.order import Examples
from course_lib.training.training_task import TrainingTask

C = TypeVar("C", bound=OptimizerConfig)


def _as_it_is(config: Any, data: Any) -> Any:
    return config


def _all_weights(network: nn.Module, trained: nn.Module) -> None:
    network.load_state_dict(trained.state_dict())


def _laptop(data: str) -> str:
    return "laptop"


@dataclass(frozen=True, kw_only=True)
class Task(Generic[C]):
    """Everything outside the paper's own step. Each paper's file ends in ``TASK = Task(…)``.

    Every function is named at the top of a module: loading processes and tests find it there.
    """

    name: str  # on the command line
    description: str
    config: type[C]
    presets: Mapping[str, C]
    duration: Mapping[str, str]  # preset → how long it takes, and on what; --preset's help shows it
    build: Callable[[C, Accelerator], TrainingTask[C]]
    check: Callable[[C], None]  # CourseError for what would only fail deep inside
    open: Callable[[str, C, str], Examples]  # (data, config, split) → the examples of "train" or "val"
    embedded: Callable[[C], Examples]  # examples that need neither file nor network
    # The config with what the opened data decide (classes, say).
    fit: Callable[[C, Any], C] = _as_it_is
    preset: Callable[[str], str] = _laptop  # data → the preset that suits it
    objective: tuple[str, ...]  # the config's losses, weights and penalties: they go onto the card
    # The trained model: its kind (see course_lib.models.kinds), which network each of its parts is, how such a network
    # is made, and what the model's config says beside that.
    kind: str
    exported: Mapping[str, str] = field(default_factory=lambda: {"model": "G"})
    network: Callable[[C], nn.Module]
    other_networks: Mapping[str, Callable[[C], nn.Module]] = field(default_factory=dict)  # parts made in another way
    take_weights: Callable[[nn.Module, nn.Module], None] = _all_weights  # (new, trained), for --start-from
    describe: Callable[[C, str], dict[str, Any]]  # (config, data)
    more_presets: tuple[str, ...] = ()  # presets of other networks than the usual ones, which gpu-check runs as well
