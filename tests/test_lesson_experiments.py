"""Every experiment that a lesson proposes, run once: a changed parameter may change answers, it must not stop the notebook."""

import re
from pathlib import Path

import jupytext
import pytest
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
PATIENCE = 900  # seconds, on a shared machine
# lesson → experiment → what a learner replaces, and by what
EXPERIMENTS = {
    "01_game": {
        "1": (
            "STARTS = [0.4, 0.7, 1.0, 1.3, 1.6]",
            "STARTS = [0.4, 0.7, 1.0, 1.3, 1.6]\nfor w in (1.0, 0.5, 0.1):\n"
            "    print(w, (np.hypot(*play(1.0, width=w, rounds=20_000)[0].T) < 0.01).argmax())",
        ),
        "2": ('"points": play(STARTS),', '"points": play(STARTS, d_moves=5),'),
        "3, noise": ("STEPS, NOISE = 2000, 0.3", "STEPS, NOISE = 2000, 0"),
        "3, loss": ("loss_g = softplus(-D(noisy(fake))).mean()", "loss_g = -softplus(D(noisy(fake))).mean()"),
    },
    "02_gradients": {
        "1, few": ('UPDATES = stored["config"], range(5), 200', 'UPDATES = stored["config"], range(5), 20'),
        "1, many": ('UPDATES = stored["config"], range(5), 200', 'UPDATES = stored["config"], range(5), 2000'),
        "2": (
            '"least squares": (losses.lsgan_discriminator_loss, ["least squares"])',
            '"least squares": (lambda r, f: (r - 1).square().mean() + (f + 1).square().mean(), ["least squares"])',
        ),
        "3": (', -stored["settings"]["apart"][0]\n', ", -3.0\n"),
    },
    "03_collapse": {
        "1": (
            "plain_task, plain_seen = watch(plain)",
            "plain_task, plain_seen = watch(plain)\nimport dataclasses\n_, slow = watch(dataclasses.replace(plain, lr=2e-4))",
        ),
        "2, small": ("CYCLE_SEEDS, UPDATES, LAMBDA = 6, 350, 5.0", "CYCLE_SEEDS, UPDATES, LAMBDA = 6, 350, 0.2"),
        "2, large": ("CYCLE_SEEDS, UPDATES, LAMBDA = 6, 350, 5.0", "CYCLE_SEEDS, UPDATES, LAMBDA = 6, 350, 50.0"),
        "3": (
            "losses.cycle_loss(back_x, x) + losses.cycle_loss(back_y, y)\n",
            "losses.cycle_loss(back_x, x) + losses.cycle_loss(back_y, y)\n"
            "    adversarial = adversarial + (to_y(G, ring.centres[:1].expand(CYCLE_SEEDS, 1, 2), noise(CYCLE_SEEDS, 1))"
            " - ring.centres[0]).abs().mean()\n",
        ),
    },
    "04_conditioning": {
        "1": ("LABEL_SHIFT = 0", "LABEL_SHIFT = 1"),
        "2": ('STEPS = table["steps"]', "STEPS = 600"),
        "3": ("return torch.linspace(-reach, reach, 101)", "return torch.tensor([-reach] * 70 + [reach] * 30)"),
    },
    "05_averaging": {
        "1": ("ASKED = torch.tensor([0.3, 0.5, 0.7])", "ASKED = torch.tensor([0.3, 0.55, 0.7])"),
        "2": ("L1_WEIGHT, ADVERSARIAL_STEPS, NOISE = 3, 2.0,", "L1_WEIGHT, ADVERSARIAL_STEPS, NOISE = 3, 20.0,"),
        "3": ("SHIFT = 3\n", "SHIFT = 6\n"),
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
    "08_gram": {
        "1": ('TEXTURE, MOVES = ("relu1_1", "relu2_1"), 80', 'TEXTURE, MOVES = ("relu1_1",), 80'),
        "2": ("style_weight=60.0", "style_weight=6000.0"),
        "3": ("tv_weight=15.0", "tv_weight=0.0"),
    },
    "09_perceptual": {
        "1": ("ERROR = 0.003", "ERROR = 0.0003"),
        "2": ("style_weight=2.0", "style_weight=0.0"),
        "3": ("tv_weight=0.5", "tv_weight=20.0"),
    },
}
EACH = [(lesson, number) for lesson, experiments in EXPERIMENTS.items() for number in experiments]


def changed(lesson: str, number: str) -> str:
    """The lesson's script with the experiment's one change."""
    script = (NOTEBOOKS / f"{lesson}.py").read_text(encoding="utf-8")
    before, after = EXPERIMENTS[lesson][number]
    code = "\n".join(line for line in script.splitlines() if not line.startswith("#"))
    assert f"{code}\n".count(before) == 1, f"{lesson}, experiment {number}: {before!r} is not there once"
    at = script.index("\n" + before) if "\n" + before in script else script.index(before)
    return script[:at] + script[at:].replace(before, after, 1)


@pytest.mark.parametrize(("lesson", "number"), EACH)
def test_what_the_experiment_names_is_in_the_lesson(lesson, number):
    script = (NOTEBOOKS / f"{lesson}.py").read_text(encoding="utf-8")
    assert changed(lesson, number) != script
    assert f"\n# {number.split(',')[0]}. " in script.split("## Experiments")[1]


def test_every_experiment_of_every_lesson_is_in_the_table():
    """Lesson 00 shows how the course works and proposes none."""
    for script in NOTEBOOKS.glob("[0-9]*.py"):
        _, _, proposed = script.read_text(encoding="utf-8").partition("# ## Experiments\n")
        numbers = re.findall(r"^# (\d)\. ", proposed.split("\n# ## ")[0].split("\n# %%")[0], re.MULTILINE)
        assert numbers == sorted({number.split(",")[0] for number in EXPERIMENTS.get(script.stem, {})}), script.stem
        assert len(numbers) == 3 or script.stem == "00_start_here"


SAMPLE = ("02_gradients", "1")  # of the shortest lesson that has any


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
