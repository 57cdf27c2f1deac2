"""How long grading takes: one submission from a cold start, and a class of 200 on two processes: ``python -m benchmarks.grading_speed``."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.provenance import store

ROOT = Path(__file__).resolve().parents[1]
EXERCISE = ROOT / "exercises" / "06_pix2pix"
LEARNERS = 200


def main() -> None:
    started = time.monotonic()
    solution = (EXERCISE / "instructor" / "solution.py").read_text("utf-8")
    # Half of the class is right; the others forgot λ, turned the recursion round, or handed in the stub.
    answers = [
        solution, solution.replace("+ weight * (fake - y)", "+ (fake - y)"), solution,
        solution.replace("in reversed(layers):", "in layers:"), solution, (EXERCISE / "exercise.py").read_text("utf-8"),
    ]  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        for i in range(LEARNERS):
            path = Path(folder) / "class" / f"learner{i:03}" / "exercise.py"
            path.parent.mkdir(parents=True)
            path.write_text(answers[i % len(answers)] + f"# {i}\n", "utf-8")
        one = measured("--submission", str(EXERCISE / "instructor"))
        whole = measured("--submissions", f"{folder}/class", "--jobs", "2", "--out", f"{folder}/graded")
    print(f"one submission, cold: {one}\na class of {LEARNERS}, two at once: {whole}")
    store(
        "grading_speed", command="python -m benchmarks.grading_speed", seeds=[], seconds=time.monotonic() - started,
        result={"one": one, "class": whole | {"learners": LEARNERS}},
    )  # fmt: skip


def measured(*words: str) -> dict[str, float]:
    """Seconds on the clock, of processor time (all processes), and the load that others made meanwhile."""
    before, started, load = os.times(), time.monotonic(), os.getloadavg()[0]
    command = [sys.executable, "-m", "course_lib", "grade", EXERCISE.name, *words]
    environment = os.environ | {"COURSE_ROOT": str(ROOT), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=ROOT, check=False)
    if done.returncode not in (0, 1):
        raise SystemExit(done.stdout + done.stderr)
    after = os.times()
    work = after.children_user + after.children_system - before.children_user - before.children_system
    return {
        "seconds": round(time.monotonic() - started, 1),
        "processor_seconds": round(work, 1),
        "load_before": round(load, 1),
    }


if __name__ == "__main__":
    main()
