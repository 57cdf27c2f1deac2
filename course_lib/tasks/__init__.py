"""Tasks: one file a paper. ``TASKS`` is the list the command line offers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from course_lib.tasks import cgan, cyclegan, gan, gan_sets, pix2pix
from course_lib.training.order import Examples


def _as_it_is(config: Any, data: Any) -> Any:
    return config


def _nothing(config: Any, data: str) -> dict[str, Any]:
    return {}


def _laptop(data: str) -> str:
    return "laptop"


@dataclass(frozen=True)
class TaskKind:
    """A paper as the command line sees it.

    Every function is named at the top of a module: loading processes and tests find it there.
    """

    description: str
    config: type
    presets: dict[str, Any]
    build: Callable[..., Any]  # (config, accelerator) → the task
    export: Callable[..., Any]  # (config, checkpoint) → networks by part, and the config to load them by
    open: Callable[[str, Any, str], Examples]  # (data, config, split) → the examples of "train" or "val"
    embedded: Callable[[Any], Examples]  # (config) → examples that need neither file nor network, for gpu-check
    check: Callable[[Any], None]  # (config): CourseError for what would only fail deep inside
    # (config, opened data) → config with what the data decide (classes, say)
    fit: Callable[[Any, Any], Any] = _as_it_is
    # (config, data) → what the model's config says of its data
    describe: Callable[[Any, str], dict[str, Any]] = _nothing
    preset: Callable[[str], str] = _laptop  # (data) → the preset that suits it
    # parts of an exported model, and which of the task's networks each is
    generators: tuple[tuple[str, str], ...] = (("model", "G"),)
    also: tuple[str, ...] = ()  # presets of other networks than the usual ones, which gpu-check runs as well


TASKS = {
    "pix2pix": TaskKind(
        "pix2pix: paired translation (Isola et al. 2017).",
        pix2pix.Pix2PixConfig,
        pix2pix.PRESETS,
        pix2pix.Pix2Pix,
        pix2pix.export,
        open=pix2pix.open_data,
        embedded=pix2pix.embedded_data,
        check=pix2pix.check,
        describe=pix2pix.describe,
    ),
    "cyclegan": TaskKind(
        "CycleGAN: translation without pairs (Zhu et al. 2017).",
        cyclegan.CycleGANConfig,
        cyclegan.PRESETS,
        cyclegan.CycleGAN,
        cyclegan.export,
        open=cyclegan.open_data,
        embedded=cyclegan.embedded_data,
        check=cyclegan.check,
        generators=(("AtoB", "G"), ("BtoA", "F")),
    ),
    "gan": TaskKind(
        "gan: points or pictures from noise (Goodfellow et al. 2014; Radford et al. 2016).",
        gan.GANConfig,
        gan.PRESETS,
        gan.GAN,
        gan.export,
        open=gan_sets.open_data,
        embedded=gan_sets.embedded_data,
        check=gan.check,
        fit=gan_sets.fit,
        preset=gan_sets.suits,
        also=("plane",),
    ),
    "cgan": TaskKind(
        "cgan: pictures of a class that is asked for, from noise (Mirza & Osindero 2014).",
        cgan.CGANConfig,
        cgan.PRESETS,
        cgan.CGAN,
        cgan.export,
        open=cgan.open_data,
        embedded=cgan.embedded_data,
        check=cgan.check,
        fit=cgan.fit,
    ),
}
