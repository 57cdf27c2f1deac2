"""Records the runs that the Collapse lab shows while nothing is live.

python -m course_lib.app.tabs.collapse.record
"""

import dataclasses
import json

import torch

from course_lib.app.tabs.collapse.session import Session, Settings
from course_lib.app.tabs.collapse.tab import RECORDING
from course_lib.files import write_text

RUNS = (Settings(), Settings(schedule="short", seed=7))
FRAMES = 36


def record(settings: Settings, frames: int = FRAMES) -> dict:
    """A whole run: its settings, its scenery, and looks at it, closer together where it begins."""
    session = Session(settings)
    looks = sorted({round(session.steps * (number / (frames - 1)) ** 1.5) for number in range(frames)})
    found = []
    for step in looks:
        session.advance(step - session.step, seconds=float("inf"))
        found.append(session.frame())
    return {"settings": dataclasses.asdict(settings), "scenery": session.scenery(), "frames": found}


def main() -> None:
    torch.set_num_threads(1)
    runs = [record(settings) for settings in RUNS]
    write_text(RECORDING, json.dumps({"runs": runs}, separators=(",", ":")) + "\n")
    for run in runs:
        last = run["frames"][-1]
        print(f"{run['settings']}: {last['covered']} modes, {last['good']:.0%} good after {last['step']} steps")
    print(f"{RECORDING.name}: {RECORDING.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
