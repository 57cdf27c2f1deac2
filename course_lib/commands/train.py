"""``train TASK --data … --preset … --out …``: joins a paper, a set of pictures and the loop."""

import dataclasses
import json
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import torch
import tyro
from accelerate import Accelerator, DistributedDataParallelKwargs
from accelerate.utils import set_seed
from tyro.conf import OmitArgPrefixes, Positional

from course_lib.data.catalogue import terms_of
from course_lib.errors import CourseError
from course_lib.files import write_text
from course_lib.models import zoo
from course_lib.models.export import export
from course_lib.tasks import TASKS, TaskKind
from course_lib.training.loop import Run
from course_lib.training.loop import train as run_loop
from course_lib.training.order import Examples

SAMPLES = 6
MAY_CHANGE = ("epochs_flat", "epochs_decay", "compile", "channels_last")  # on resume, without making it another run


@dataclass(frozen=True)
class Choice:
    """What must be known before the paper's own settings can be listed."""

    task: Positional[str]
    data: str = ""
    preset: str | None = None


@dataclass(frozen=True)
class Settings:
    """Where from, where to, how. The paper's settings follow; a preset gives their defaults."""

    task: Positional[str]
    data: str  # a folder or a named set (facade_blocks, facades; stripes, horse2zebra; ring, grid, digits)
    out: Path  # folder of the run: checkpoint, log, samples, model
    preset: str | None = (
        None  # paper (GPU), laptop (an hour or two on two cores), smoke (seconds); None: as suits the data
    )
    resume: bool = False  # go on from out/checkpoint.pt
    start_from: str | None = (
        None  # a zoo model or a folder runs/…/model: begin with its generators, everything else anew
    )
    seed: int = 0
    precision: Literal["fp32", "bf16", "fp16"] = "fp32"
    workers: int = 0  # processes that load pictures
    save_every: float = 180.0  # seconds between checkpoints
    sample_epochs: int = 5  # epochs between sample sheets
    cpu: bool = False  # stay on the CPU even where there is a GPU


def train(arguments: list[str]) -> None:
    """Parses, trains, and writes the trained model to ``out/model`` in the zoo's form."""
    if not arguments:
        raise CourseError(f"Name a task: train TASK --data … --out …. There is {', '.join(TASKS)}.")
    if arguments[0] in ("-h", "--help"):
        print(f"Usage: python -m course_lib train TASK --data … --out … [--preset …]. Tasks: {', '.join(TASKS)}.")
        print("python -m course_lib train TASK --help lists every setting of the paper.")
        return
    choice, _ = tyro.cli(
        Choice, args=[word for word in arguments if word not in ("-h", "--help")], return_unknown_args=True
    )
    task = _named(TASKS, choice.task, "Task")
    name = choice.preset or task.preset(choice.data)
    preset = _named(task.presets, name, "Preset")

    @dataclass(frozen=True)
    class Full:
        run: Annotated[Settings, OmitArgPrefixes]
        paper: Annotated[task.config, OmitArgPrefixes] = preset  # type: ignore[name-defined, valid-type]

    full = tyro.cli(
        Full, args=arguments, prog="python -m course_lib train", description=task.description, config=(OmitArgPrefixes,)
    )
    run_training(
        dataclasses.replace(full.run, preset=name), full.paper, "python -m course_lib train " + shlex.join(arguments)
    )


def run_training(settings: Settings, config: Any, command: str) -> Path:
    """The run itself; returns the folder of the exported model."""
    kind = TASKS[settings.task]
    _check(settings, config)
    kind.check(config)
    if not settings.resume and (settings.out / "checkpoint.pt").exists():
        raise CourseError(f"{settings.out} already holds a run. Continue it with --resume, or choose another --out.")
    data = kind.open(settings.data, config, "train")
    config = kind.fit(config, data)
    record = _record(settings, config, command)
    if settings.resume:
        record = _resumed(settings, record)
    accelerator = _accelerator(settings)
    set_seed(settings.seed, device_specific=False)
    try:
        task = kind.build(config, accelerator)
    except ValueError as error:  # a network that cannot be built says which setting is wrong
        raise CourseError(f"{error} Change that setting.") from error
    if settings.start_from and not settings.resume:
        start_from(settings.start_from, kind, task, accelerator)
    set_seed(settings.seed, device_specific=True)  # from here on every process draws its own noise
    if accelerator.is_main_process:
        write_text(settings.out / "run.json", json.dumps(record, indent=2) + "\n")
    run = Run(
        out=settings.out, epochs=config.epochs, batch=config.batch, seed=settings.seed, workers=settings.workers,
        save_every=settings.save_every, sample_epochs=settings.sample_epochs, resume=settings.resume,
    )  # fmt: skip
    run_loop(task, data, run, accelerator, samples=_samples(kind, settings.data, config, data))
    if accelerator.is_main_process:
        export(settings.out, settings.out / "model")
    return settings.out


def start_from(model: str, kind: TaskKind, task: Any, accelerator: Accelerator) -> None:
    """Puts a trained model's weights into the generators of a new task, and into their averages.

    Raises:
        CourseError: no such model, one of another network, or of other sizes.
    """
    for part, name in kind.generators:
        trained = zoo.load(model, part if part in zoo.DIRECTIONS else None).network
        average = task.extra.get(f"average_{name}", task.extra.get("average"))
        for network in (accelerator.unwrap_model(task.networks[name]), *([average.module] if average else [])):
            try:
                network.load_state_dict(trained.state_dict())
            except RuntimeError as error:
                raise CourseError(
                    f"{model} is another network than this run's {name}. Give the run the settings the model was trained "
                    f"with (its card has the command), or leave --start-from out."
                ) from error


def _check(settings: Settings, config: Any) -> None:
    """What would only fail deep inside, said at the door; the task has more to say."""
    if config.batch < 1 or config.epochs < 1:
        raise CourseError(f"batch is {config.batch} and epochs are {config.epochs}; both must be 1 or more.")
    if not 0 <= settings.seed < 2**32:
        raise CourseError(f"seed is {settings.seed}; it must be from 0 to 2**32 − 1.")


def _accelerator(settings: Settings) -> Accelerator:
    try:
        return Accelerator(
            cpu=settings.cpu,
            mixed_precision={"fp32": "no"}.get(settings.precision, settings.precision),
            # Two forwards of D before one backward, and no batch statistics to agree on: buffers stay each process's own.
            kwargs_handlers=[DistributedDataParallelKwargs(broadcast_buffers=False)],
        )
    except ValueError as error:
        raise CourseError(
            f"Precision {settings.precision} cannot be used here ({error}). Take --precision fp32."
        ) from error


def _samples(kind: TaskKind, data: str, config: Any, training: Examples) -> dict[str, torch.Tensor]:
    """A few examples of the validation split if there is one, else of the training set."""
    try:
        shown = kind.open(data, config, "val")
    except CourseError:
        shown = training
    picked = [shown.example(index) for index in range(0, len(shown), max(1, len(shown) // SAMPLES))][:SAMPLES]
    return {name: torch.stack([example[name] for example in picked]) for name in picked[0]}


def _record(settings: Settings, config: Any, command: str) -> dict[str, Any]:
    return {
        "task": settings.task,
        "command": command,
        "settings": {name: str(value) if isinstance(value, Path) else value for name, value in vars(settings).items()},
        "config": dataclasses.asdict(config),
        "terms": terms_of(settings.data),
        **({"began_with": _training_before(settings.start_from)} if settings.start_from else {}),
    }


def _training_before(model: str) -> dict[str, Any]:
    """How the model that a run starts from was made."""
    card = zoo.card_of(model)
    return {name: card[name] for name in ("command", "epochs", "steps", "seconds", "hardware") if name in card}


def _resumed(settings: Settings, now: dict[str, Any]) -> dict[str, Any]:
    """The record of a run that goes on: the command it was started with, and no silent change of recipe.

    Raises:
        CourseError: a setting differs that would make it another run (how long it lasts may change).
    """
    try:
        then = json.loads((settings.out / "run.json").read_text(encoding="utf-8"))
        before, after = (
            {"seed": record["settings"]["seed"], **record["config"]} for record in (then, json.loads(json.dumps(now)))
        )
    except FileNotFoundError:
        return now
    except (ValueError, KeyError, TypeError) as error:
        raise CourseError(f"{settings.out / 'run.json'} cannot be read. Start anew in another --out.") from error
    changed = [
        f"{name} was {before[name]}, is {after[name]}" for name in before.keys() & after if before[name] != after[name]
    ]
    length = [words for words in changed if words.startswith("epochs_")]
    changed = [words for words in changed if words.split()[0] not in MAY_CHANGE]
    if changed:
        raise CourseError(
            f"The run in {settings.out} had other settings: {'; '.join(changed[:3])}. Resume with its own or choose another --out."
        )
    # A run that was made longer or shorter on its way is not what its first command says.
    later = then.get("resumed_with", []) + ([now["command"]] if length else [])
    kept = {name: then[name] for name in ("began_with",) if name in then}  # --start-from need not be said again
    return {**now, **kept, "command": then.get("command", now["command"]), **({"resumed_with": later} if later else {})}


def _named(table: dict[str, Any], name: str, what: str) -> Any:
    if name not in table:
        raise CourseError(f"{what} {name!r} is unknown; there is {', '.join(table)}.")
    return table[name]
