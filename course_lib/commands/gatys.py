"""``train gatys --content … --style … --out …``: one picture, made by moving its pixels."""

import argparse
import dataclasses
import json
import shlex
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import tyro
from tyro.conf import OmitArgPrefixes, Positional

from course_lib.errors import CourseError

DURATION = (
    "good: what practice has found since, scales up to 512 pixels; paper: the publication's, 500 steps of L-BFGS at 512; "
    "smoke: seconds, to see that it runs."
)


@dataclass(frozen=True)
class Settings:
    """Which pictures, where to. The paper's settings follow; a preset gives their defaults.

    Attributes:
        content: picture file: the photo.
        style: picture file: the painting.
        out: folder for result.png, log.jsonl, run.json and samples.
        sample_steps: steps between pictures in out/samples; 0: none.
        device: cpu, cuda or mps.
    """

    task: Positional[str]
    content: Path
    style: Path
    out: Path
    preset: Annotated[str, tyro.conf.arg(help=DURATION)] = "good"
    sample_steps: int = 50
    device: str = "cpu"


def gatys(arguments: list[str]) -> None:
    """Parses, paints, and writes ``out/result.png``; Ctrl-C keeps the best picture so far."""
    from course_lib.tasks.gatys import PRESETS, GatysConfig

    first = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    first.add_argument("--preset", default="good")
    asked, _ = first.parse_known_args([word for word in arguments if word not in ("-h", "--help")])
    if asked.preset not in PRESETS:
        raise CourseError(f"Preset {asked.preset!r} is unknown; there is {', '.join(PRESETS)}.")
    preset = PRESETS[asked.preset]

    def form(  # type: ignore[no-untyped-def]
        run: Annotated[Settings, OmitArgPrefixes], paper: Annotated[GatysConfig, OmitArgPrefixes] = preset
    ):
        return run, paper

    settings, config = tyro.cli(
        form,
        args=arguments,
        prog="python -m course_lib train",
        description="Style transfer by optimisation of pixels (Gatys et al. 2016).",
        config=(OmitArgPrefixes,),
    )
    _paint(settings, config, "python -m course_lib train " + shlex.join(arguments))


def _paint(settings: Settings, config: Any, command: str) -> None:
    import psutil
    from tqdm import tqdm

    from course_lib.data.pictures import open_picture, to_picture
    from course_lib.files import make_folder, write_text, write_whole
    from course_lib.models.device import peak_memory, usable_device
    from course_lib.tasks.gatys import paint
    from course_lib.training.interrupt import stop_on_signal
    from course_lib.training.log import append_line

    if (settings.out / "result.png").exists():
        raise CourseError(f"{settings.out} already holds a result. Choose another --out.")
    if settings.sample_steps < 0:
        raise CourseError(f"sample_steps is {settings.sample_steps}; it must be 0 (none) or more.")
    device = usable_device(settings.device)
    content, style = open_picture(settings.content), open_picture(settings.style)
    begun, before = time.monotonic(), psutil.Process().memory_info().rss

    def save(path: Path, picture: Any) -> None:
        image = to_picture(picture)
        write_whole(path, lambda temporary: image.save(temporary, format="PNG"))

    with stop_on_signal() as stop, tqdm(unit="step", mininterval=0.2 if sys.stderr.isatty() else 20) as bar:
        for step in paint(content, style, config, device=str(device), stop=lambda: stop.asked):
            if step.step == 1:  # nothing can be refused any more
                make_folder(settings.out)
                bar.total = step.steps
                (settings.out / "log.jsonl").unlink(missing_ok=True)
            bar.update()
            bar.set_postfix({"size": step.size, **{k: f"{v:.4g}" for k, v in step.losses.items()}}, refresh=False)
            seconds = round(time.monotonic() - begun, 2)
            append_line(
                settings.out / "log.jsonl", {"step": step.step, "size": step.size, "seconds": seconds, **step.losses}
            )
            if settings.sample_steps and step.step % settings.sample_steps == 0:
                save(settings.out / "samples" / f"step_{step.step:05d}.png", step.picture)
    save(settings.out / "result.png", step.picture)
    record = {
        "task": "gatys",
        "command": command,
        "config": dataclasses.asdict(config) | {"seconds": None if config.seconds == float("inf") else config.seconds},
        "steps": step.step,
        "of": step.steps,
        "seconds": round(time.monotonic() - begun, 1),
        "peak_memory": (peak := peak_memory(str(device))),
        "memory_before": (before := 0 if str(device).startswith("cuda") else before),
    }
    write_text(settings.out / "run.json", json.dumps(record, indent=2) + "\n")
    megapixels = step.picture.shape[-2] * step.picture.shape[-1] / 1e6
    print(f"{settings.out / 'result.png'}: {step.step} of {step.steps} steps in {record['seconds']:.0f} s.")
    added = (peak - before) / 1e9
    rate = f", {added / megapixels:.1f} GB a megapixel" if megapixels > 0.05 else ""  # of a tiny one the rest counts
    print(f"Peak memory: {peak / 1e9:.2f} GB; {added:.2f} GB of it for this picture{rate}.")
