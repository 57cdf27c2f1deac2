"""Tasks: one file a paper. ``TASKS`` is the list the command line offers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from course_lib.tasks import pix2pix


@dataclass(frozen=True)
class TaskKind:
    """A paper as the command line sees it."""

    description: str
    config: type
    presets: dict[str, Any]
    build: Callable[..., Any]  # (config, accelerator) → the task
    export: Callable[..., Any]  # (config, checkpoint) → networks by part, and the config to load them by


TASKS = {
    "pix2pix": TaskKind(
        "pix2pix: paired translation (Isola et al. 2017).",
        pix2pix.Pix2PixConfig,
        pix2pix.PRESETS,
        pix2pix.Pix2Pix,
        pix2pix.export,
    ),
}
