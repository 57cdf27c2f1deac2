"""What the task ``gan`` learns from: points of a target in the plane, or pictures."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from course_lib.data.labelled import Labelled, open_labelled
from course_lib.data.points import TARGETS, PointSet, mixture
from course_lib.errors import CourseError

if TYPE_CHECKING:
    from course_lib.tasks.gan import GANConfig


def suits(data: str) -> str:
    """The preset for a set: points are no pictures."""
    return "plane" if data in TARGETS else "laptop"


def open_data(data: str, config: GANConfig, split: str) -> PointSet | Labelled:
    """Points of a target in the plane, or pictures.

    Raises:
        CourseError: points for a network of pictures or the other way round; and as ``open_labelled``.
    """
    if config.network == "mlp":
        if data not in TARGETS:
            raise CourseError(
                f"{data!r} is no target in the plane ({', '.join(TARGETS)}). Take --preset laptop for pictures."
            )
        return PointSet(mixture(data))
    if data in TARGETS:
        raise CourseError(f"{data} is made of points, and this preset is for pictures. Take --preset plane.")
    return open_labelled(data, size=config.size, split=split)


def embedded_data(config: GANConfig) -> PointSet | Labelled:
    """A ring, or digits: always there."""
    return open_data("ring" if config.network == "mlp" else "digits", config, "train")


def fit(config: GANConfig, data: PointSet | Labelled) -> GANConfig:
    """The config with the data's channels."""
    if isinstance(data, PointSet):
        return config
    if config.channels not in (0, data.channels):
        raise CourseError(f"channels is {config.channels}, the data have {data.channels}. Leave the setting out.")
    return replace(config, channels=data.channels)
