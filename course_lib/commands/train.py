"""``train TASK --data … --preset … --out …``: joins a paper, a set of examples and the loop."""

import argparse
import dataclasses
import json
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, cast

import torch
import tyro
from accelerate import Accelerator
from accelerate.utils import set_seed
from tyro.conf import OmitArgPrefixes, Positional

from course_lib.commands.gatys import gatys
from course_lib.data.catalogue import read_spec
from course_lib.data.streamed import Streamed
from course_lib.errors import CourseError, nearest
from course_lib.files import write_text
from course_lib.models import validation, zoo
from course_lib.models.export import export
from course_lib.models.run_record import new_record, resumed_record, stored_record
from course_lib.renamed import modern_flags
from course_lib.seeds import check_seed
from course_lib.tasks import TASKS
from course_lib.tasks.task import C, Task
from course_lib.training.accelerator import another_precision, another_process_ended, make_accelerator
from course_lib.training.fast import Way, chosen_way, fastest
from course_lib.training.loop import Run
from course_lib.training.loop import train as run_loop
from course_lib.training.optimizer import OptimizerConfig
from course_lib.training.order import Examples, loader
from course_lib.training.training_task import TrainingTask

SAMPLES = 6
T = TypeVar("T")


@dataclass(frozen=True)
class Settings:
    """Where from, where to, how. The paper's settings follow; a preset gives their defaults.

    Attributes:
        data: a folder; a named set (facade_blocks, stripes, ring, grid, digits are always there; facades, … are
            fetched); NAME=FOLDER for a named set that lies in FOLDER; or stream:SOURCE#EXAMPLES for pairs or domains read
            as they arrive (tar shards, a set of the Hub), as in stream:shards/train-*.tar#100000.
        out: folder of the run: checkpoint, log, samples, model, and run.html, a page of it all.
        preset: the numbers to begin with.
        resume: go on from out/checkpoint.pt, with the same weights as a run that never stopped.
        start_from: a zoo model or a folder runs/…/model: begin with its generators, everything else anew; an upscaler of
            another scale gives all but its last layers.
        seed: of weights, order, augmentation and noise, 0 to 2**32 − 1; another one is another run.
        precision: of forward passes. bf16 and fp16 are coarser, take half the memory, and are faster where the machine
            has arithmetic for them; fp16 needs a GPU.
        fast: auto tries bf16 (if precision is fp32), channels_last and compile for a few steps each, and keeps what is
            quickest here; a resumed run keeps it, too.
        workers: processes that load examples, beside each training process; more: less waiting, more memory.
        save_every: seconds between checkpoints: what a crash can cost.
        sample_epochs: epochs between sheets of samples; 0: one at the end alone.
        validate_every: epochs between figures of held-out examples, which log.jsonl and run.html show; the best model by the
            first of them is kept in out/model-best. 0: none.
        tensorboard: write OUT/tensorboard beside the log; needs the package tensorboard.
        cpu: stay on the CPU even where there is a GPU.
    """

    task: Positional[str]
    data: str
    out: Path
    preset: str | None = None
    resume: bool = False
    start_from: str | None = None
    seed: int = 0
    precision: Literal["fp32", "bf16", "fp16"] = "fp32"
    fast: Literal["off", "auto"] = "off"
    workers: int = 0
    save_every: float = 180.0
    sample_epochs: int = 5
    validate_every: int = 0
    tensorboard: bool = False
    cpu: bool = False


def train(arguments: list[str]) -> None:
    """Parses, trains, and writes the trained model to ``out/model`` in the zoo's form."""
    if not arguments:
        raise CourseError(f"Name a task: train TASK --data … --out …. There is {', '.join(TASKS)}, gatys.")
    if arguments[0] in ("-h", "--help"):
        print(f"Usage: python -m course_lib train TASK --data … --out … [--preset …]. Tasks: {', '.join(TASKS)}.")
        print("gatys trains no network: train gatys --content PHOTO --style PAINTING --out … [--preset …].")
        print("python -m course_lib train TASK --help lists every setting of the paper.")
    elif arguments[0] == "gatys":
        gatys(arguments)
    else:
        settings, config = parse(arguments)
        run_training(settings, config, "python -m course_lib train " + shlex.join(arguments))


def parse(arguments: list[str]) -> tuple[Settings, OptimizerConfig]:
    """A command line as the run's settings and the paper's config.

    Raises:
        CourseError: an unknown task or preset.
    """
    arguments, old = modern_flags(arguments)
    if old:
        new, _ = modern_flags(old)
        print(f"Note: {', '.join(old)} is now called {', '.join(new)}.", file=sys.stderr)
    # Task and preset decide which settings there are and what their defaults are, so they are looked up first.
    first = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    first.add_argument("task", nargs="?", default="")
    first.add_argument("--data", default="")
    first.add_argument("--preset")
    asked, _ = first.parse_known_args([word for word in arguments if word not in ("-h", "--help")])
    task = _named(TASKS, asked.task, "Task")
    preset = asked.preset or task.preset(asked.data)
    config = _named(task.presets, preset, "Preset")
    settings, config = tyro.cli(
        _form(task, preset, config),
        args=arguments,
        prog=f"python -m course_lib train {task.name}",
        description=task.description,
        config=(OmitArgPrefixes,),
    ).values()
    return dataclasses.replace(settings, preset=preset), config


def _form(task: Task[C], preset: str, config: C) -> Any:
    """What tyro is to fill: the run's settings, whose help lists this task's presets, and the paper's config."""
    listed = "; ".join(f"{name}: {duration}" for name, duration in task.duration.items())
    explained = Annotated[str | None, tyro.conf.arg(help=f"{listed}. Default: as suits the data, here {preset}.")]
    settings = dataclasses.make_dataclass(
        "Settings", [("preset", explained, None)], bases=(Settings,), frozen=True, kw_only=True
    )

    def form(run: Annotated[settings, OmitArgPrefixes], paper: Annotated[task.config, OmitArgPrefixes] = config):  # type: ignore[no-untyped-def, valid-type, name-defined]
        return {"run": run, "paper": paper}

    return form


def run_training(settings: Settings, config: C, command: str) -> Path:
    """The run itself; returns the folder of the exported model."""
    task: Task[C] = TASKS[settings.task]
    check_settings(settings)
    task.check(config)
    _check_out(settings)
    accelerator = make_accelerator(settings.precision, settings.cpu)
    data = task.open(settings.data, config, "train")
    if accelerator.is_main_process:
        print(_read(settings.data, data))
        if isinstance(data, Streamed):
            print(data.promise)
    config = task.fit(config, data)
    if settings.validate_every:
        _check_validation(settings, task, config, data)
    fast = _fast(settings, task, config, data, accelerator)
    if fast:
        way = chosen_way(fast)
        accelerator = another_precision(way.precision, settings.cpu)
        settings, config = dataclasses.replace(settings, precision=cast(Any, way.precision)), _by(way, config)
    record = new_record(settings, config, command) | ({"fast": fast} if fast else {})
    if settings.resume:
        record = resumed_record(settings, record)
    set_seed(settings.seed, device_specific=False)
    training = _built(task, config, accelerator)
    if settings.start_from and not settings.resume:
        start_from(settings.start_from, task, training)
    set_seed(settings.seed, device_specific=True)  # from here on every process draws its own noise
    run = Run(
        out=settings.out,
        epochs=config.epochs,
        batch=config.batch,
        seed=settings.seed,
        workers=settings.workers,
        save_every=settings.save_every,
        sample_epochs=settings.sample_epochs,
        resume=settings.resume,
        tensorboard=settings.tensorboard,
        validate_every=settings.validate_every,
    )
    try:
        run_loop(
            training,
            data,
            run,
            accelerator,
            samples=_samples(task, settings.data, config, data),
            validate=lambda epoch: validation.validate(settings.out, settings.data, epoch, settings.out / "log.jsonl"),
            started=lambda: write_text(settings.out / "run.json", json.dumps(record, indent=2) + "\n"),
        )
    except RuntimeError as error:
        if accelerator.num_processes == 1 or not another_process_ended(error):
            raise
        raise CourseError(
            f"Another process of this run has ended, so process {accelerator.process_index} stops, too. The reason stands in "
            "what that process wrote, or it was killed. Start all of them again with --resume: the last checkpoint is whole."
        ) from error
    if accelerator.is_main_process:
        export(settings.out, settings.out / "model")
    return settings.out


def check_settings(settings: Settings) -> None:
    """Refuses what would only fail deep inside, or when the run is resumed.

    Raises:
        CourseError: a setting out of its range, or a run in the folder that it reads.
    """
    check_seed(settings.seed)
    for name in ("workers", "save_every", "sample_epochs", "validate_every"):
        value = getattr(settings, name)
        if not 0 <= value < float("inf"):
            raise CourseError(f"{name} is {value}; it must be 0 or more, and finite.")
    folder = read_spec(settings.data).folder
    if folder and not settings.resume and settings.out.resolve().is_relative_to(folder.resolve()):
        raise CourseError(
            f"{settings.out} lies in the data's folder, and its sample sheets would be read as pictures when the run is "
            "resumed. Name an --out elsewhere."
        )


def _check_out(settings: Settings) -> None:
    """Refuses a folder where the new run, or at its end its model, would take the place of something else."""
    out, model = settings.out, settings.out / "model"
    if not settings.resume and (out / "checkpoint.pt").exists():
        raise CourseError(f"{out} already holds a run. Continue it with --resume, or choose another --out.")
    if not settings.resume and (model / "config.json").exists():
        raise CourseError(f"{out} holds a trained model, which this run would replace. Choose another --out.")
    if model.exists() and not (model / "config.json").is_file() and not (model.is_dir() and not any(model.iterdir())):
        raise CourseError(
            f"{model} is there, and is no model; that of this run would have no place. Empty it, or choose another --out."
        )


def _built(task: Task[C], config: C, accelerator: Accelerator) -> TrainingTask[C]:
    try:
        return task.build(config, accelerator)
    except ValueError as error:  # a network that cannot be built says which setting is wrong
        raise CourseError(f"{error} Change that setting.") from error


def _check_validation(settings: Settings, task: Task[C], config: C, data: Examples) -> None:
    """Refuses what would only fail when the first epochs are done."""
    validation.check(task.kind, task.describe(config, settings.data))
    try:
        held_out = task.open(settings.data, config, "val")
    except CourseError as error:
        raise CourseError(f"--validate-every needs a held-out part of the data. {error}") from error
    if held_out.digest() == data.digest():  # a folder without parts is taken whole, whichever is asked for
        raise CourseError(
            f"--validate-every needs examples that are not trained on, and {settings.data} has no such part. Put some into "
            "its sub-folder val, the others into train."
        )


def _by(way: Way, config: C) -> C:
    return dataclasses.replace(config, channels_last=way.channels_last, compile=way.compile)


def _fast(
    settings: Settings, task: Task[C], config: C, data: Examples, accelerator: Accelerator
) -> dict[str, Any] | None:
    """What --fast auto found: now, or when the run began; None where it is not asked for."""
    record = stored_record(settings.out).get("fast") if settings.resume else None
    if settings.fast == "off" and not record:
        return None
    if settings.resume and not record:
        raise CourseError(f"The run in {settings.out} was begun without --fast auto. Resume it without, too.")
    if not record:
        steps = len(data) // (config.batch * accelerator.num_processes)
        if not steps:
            return None  # too few examples for a batch: the loop says so
        own = {"rank": accelerator.process_index, "ranks": accelerator.num_processes}
        batches = loader(data, batch=config.batch, seed=settings.seed, epoch=0, **own)
        record = fastest(
            lambda way, other: _built(task, _by(way, config), other),
            [batch for batch, _ in zip(batches, range(2), strict=False)],
            precision=settings.precision,
            cpu=settings.cpu,
            seed=settings.seed,
            steps=config.epochs * steps,
        ).record()
    if accelerator.is_main_process:
        print(f"Fast: {record['summary']}.")
    return record


def _read(data: str, examples: Examples) -> str:
    """What was found, and how it was read."""
    layout = getattr(examples, "layout", "")
    sides = [len(getattr(examples, side)) for side in ("a", "b") if hasattr(examples, side)]
    count = f"{sides[0]:,} pictures of A and {sides[1]:,} of B" if len(sides) == 2 else f"{len(examples):,} examples"
    return f"Data: {count} of {read_spec(data).title}" + (f", read as {layout}." if layout else ".")


def start_from(model: str, task: Task[C], training: TrainingTask[C]) -> None:
    """Puts a trained model's weights into the networks that a new run exports, and into their averages.

    Raises:
        CourseError: no such model, one of another kind or network, or of other sizes.
    """
    trained = zoo.load_parts(model)
    if trained.keys() != task.exported.keys():
        raise CourseError(f"{model} has the parts {', '.join(trained)}; {task.name} trains {', '.join(task.exported)}.")
    for part, name in task.exported.items():
        average = training.averages.get(name)
        for network in (
            training.accelerator.unwrap_model(training.networks[name]),
            *([average.module] if average else []),
        ):
            try:
                task.take_weights(network, trained[part].network)
            except RuntimeError as error:
                raise CourseError(
                    f"{model} is another network than this run's {name}. Give the run the settings the model was "
                    "trained with (its card has the command), or leave --start-from out."
                ) from error


def _samples(task: Task[C], data: str, config: C, training: Examples) -> dict[str, torch.Tensor]:
    """A few examples of the validation split if there is one, else of the training set."""
    try:
        shown = task.open(data, config, "val")
    except CourseError:
        shown = training
    if not len(shown):  # of so few pictures none is held out
        shown = training
    # Of a stream those that come first; what is between others would have to be read.
    step = 1 if isinstance(shown, Streamed) else max(1, len(shown) // SAMPLES)
    picked = [shown.example(index) for index in range(0, len(shown), step)[:SAMPLES]]
    return {name: torch.stack([example[name] for example in picked]) for name in picked[0]}


def _named(table: Mapping[str, T], name: str, what: str) -> T:
    if name not in table:
        raise CourseError(f"{what} {name!r} is unknown; there is {', '.join(table)}." + nearest(name, table))
    return table[name]
