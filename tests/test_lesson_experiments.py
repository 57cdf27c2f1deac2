"""Every experiment that a lesson proposes, run once: a changed parameter may change answers, it must not stop the notebook."""

from pathlib import Path

import jupytext
import pytest
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
PATIENCE = 900  # seconds, on a shared machine
# lesson → experiment → what a learner replaces, and by what
EXPERIMENTS = {
    "04_conditioning": {
        "1": ("LABEL_SHIFT = 0", "LABEL_SHIFT = 1"),
        "2": ('STEPS = table["steps"]', "STEPS = 600"),
        "3": ("return torch.linspace(-reach, reach, 101)", "return torch.tensor([-reach] * 70 + [reach] * 30)"),
    },
    "06_pix2pix": {
        "1": ('LOSS = "bce"', 'LOSS = "lsgan"'),
        "2": ("STEPS = 100", "STEPS = 300"),
        "3": ('"real pair": (y[0], task.scores(x[:1], y[:1]))', '"real pair": (y[0], task.scores(x[1:2], y[:1]))'),
    },
    "07_cyclegan": {
        "1": ('LAMBDA = table["config"]["forward_cycle_weight"]', "LAMBDA = 10.0"),
        "2": ("HISTORY = 50", "HISTORY = 0"),
        "3": (
            "at = [0, 2, 3, 4, 6, 7]",
            'at = [0, 2, 3, 4, 6, 7]\nagain = task.exported("G")(made_b)\n'
            "print((again - made_b).abs().mean(), (made_b - a).abs().mean())",
        ),
    },
}
EACH = [(lesson, number) for lesson, experiments in EXPERIMENTS.items() for number in experiments]


def changed(lesson: str, number: str) -> str:
    """The lesson's script with the experiment's one change."""
    script = (NOTEBOOKS / f"{lesson}.py").read_text(encoding="utf-8")
    before, after = EXPERIMENTS[lesson][number]
    code = "\n".join(line for line in script.splitlines() if not line.startswith("#"))
    assert code.count(before) == 1, f"{lesson}, experiment {number}: {before!r} is not there once"
    at = script.index("\n" + before) if "\n" + before in script else script.index(before)
    return script[:at] + script[at:].replace(before, after, 1)


@pytest.mark.parametrize(("lesson", "number"), EACH)
def test_what_the_experiment_names_is_in_the_lesson(lesson, number):
    script = (NOTEBOOKS / f"{lesson}.py").read_text(encoding="utf-8")
    assert changed(lesson, number) != script
    assert f"\n# {number}. " in script.split("## Experiments")[1]


SAMPLE = ("06_pix2pix", "1")  # the one that once stopped its own notebook


@pytest.mark.slow
@pytest.mark.timeout(PATIENCE + 60)
@pytest.mark.parametrize(
    ("lesson", "number"), [pytest.param(*one, marks=() if one == SAMPLE else pytest.mark.bench) for one in EACH]
)
def test_an_experiment_runs_to_the_end(lesson, number, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.delenv("COURSE_STRICT", raising=False)
    monkeypatch.delenv("FACADES_FOLDER", raising=False)
    NotebookClient(
        jupytext.reads(changed(lesson, number), fmt="py:percent"),
        timeout=PATIENCE,
        kernel_name="python3",
        resources={"metadata": {"path": str(NOTEBOOKS)}},
    ).execute()
