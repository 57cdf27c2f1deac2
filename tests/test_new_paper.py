"""What a new paper touches: its task, its network, and its kind of model if that is new. Everything else follows.

The toy paper here is an autoencoder of digits. It is written as a contributor would write it, in one file, and entered
in the two tables a contributor would enter it in: the papers and the kinds. Nothing else is told of it.
"""

import json
from dataclasses import dataclass
from types import SimpleNamespace

import pytest
import torch
from torch import nn

from course_lib.data.labelled import open_labelled
from course_lib.losses import l1_loss
from course_lib.models import zoo
from course_lib.models.card_tables import table
from course_lib.models.files import read_network
from course_lib.models.fingerprint import fingerprint_of
from course_lib.models.kinds import KINDS
from course_lib.tasks import TASKS
from course_lib.tasks.task import Task
from course_lib.training.optimizer import OptimizerConfig, check_optimizer
from course_lib.training.training_task import TrainingTask

# -- its network -----------------------------------------------------------------------------------------------------


class Autoencoder(nn.Module):
    """Picture (B, 1, 8, 8) → code (B, code) → picture."""

    def __init__(self, code: int) -> None:
        super().__init__()
        self.model = nn.Sequential(nn.Flatten(), nn.Linear(64, code), nn.Linear(code, 64), nn.Unflatten(1, (1, 8, 8)))

    def forward(self, x):
        return self.model(x)


# -- its task --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class AutoencoderConfig(OptimizerConfig):
    """The publication's recipe."""

    code: int = 16  # numbers that a picture is squeezed into; more: a sharper answer
    l1_weight: float = 1.0  # of the distance to the picture


class AutoencoderTask(TrainingTask[AutoencoderConfig]):
    """One network, one optimiser, one step."""

    def __init__(self, config, accelerator):
        super().__init__(config, accelerator)
        self.E = self.add_network("E", build(config), averaged=True)
        self.opt = self.add_adam("E", "E")

    def step(self, batch):
        loss = self.config.l1_weight * l1_loss(self.E(batch["real"]), batch["real"])
        self.opt.zero_grad()
        self.accelerator.backward(loss)
        self.opt.step()
        self.update_averages()
        return {"L1": loss}

    def sample(self, batch):
        return torch.stack([batch["real"], self.exported("E")(batch["real"])], 1).expand(-1, -1, 3, -1, -1)


def build(config):
    return Autoencoder(config.code)


def open_data(data, config, split):
    return open_labelled(data, size=8, split=split)


TASK = Task(
    name="autoencoder",
    description="autoencoder: pictures through a narrow code (a toy).",
    config=AutoencoderConfig,
    presets={"paper": AutoencoderConfig(), "laptop": AutoencoderConfig(epochs_flat=9), "smoke": AutoencoderConfig(
        batch=64, lr=1e-2, epochs_flat=2, epochs_decay=1, ema_decay=0.5
    )},
    duration={"paper": "hours", "laptop": "minutes", "smoke": "seconds, to see that it runs"},
    build=AutoencoderTask,
    check=check_optimizer,
    open=open_data,
    embedded=lambda config: open_labelled("digits", size=8),
    objective=("l1_weight",),
    kind="compressor",
    exported={"model": "E"},
    network=build,
    describe=lambda config, data: {"network": "Autoencoder", "arguments": {"code": config.code}},
)  # fmt: skip


# -- its kind of model (a file of its own: here a namespace stands for the module) -------------------------------------


class Compressor:
    def __init__(self, network, config, card):
        self.network, self.config, self.card = network, config, card

    def fingerprint(self):
        return fingerprint_of(self.network(torch.linspace(-1, 1, 64).reshape(1, 1, 8, 8)).detach())


NETWORKS = {"Autoencoder": Autoencoder}


def load(folder, config, card, part, device):
    return Compressor(read_network(folder, config, card, part, NETWORKS), config, card)


def measure(models, data, split, seed):
    pictures = open_labelled(data, size=8, split=split).pictures
    return {"pictures": len(pictures), "l1": l1_loss(models["model"].network(pictures), pictures).item()}


KIND = SimpleNamespace(
    NOUN="a compressor", TAG="feature-extraction", PARTS=("model",), NETWORKS=NETWORKS, SHOWN="a ramp",
    TOLERANCE={"l1": 1e-3}, load=load, measure=measure, companions=lambda model, data, folder: {},
    card_section=lambda figures: [f"## Measured on {figures['pictures']} digits", "", *table([("L1", f"{figures['l1']:.3f}")])],
)  # fmt: skip


@pytest.fixture
def entered(monkeypatch):
    monkeypatch.setitem(TASKS, TASK.name, TASK)
    monkeypatch.setitem(KINDS, TASK.kind, KIND)


@pytest.fixture
def root(entered, tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_ROOT", str(tmp_path))
    (tmp_path / "zoo").mkdir()
    return tmp_path


def test_a_paper_entered_in_two_tables_trains_exports_loads_measures_and_is_on_the_command_line(root, run):
    assert "autoencoder" in run("train", "--help")[1]
    code, out, _ = run("train", "autoencoder", "--help")
    assert code == 0 and "--code" in out and "numbers that a picture is squeezed into" in out
    assert "smoke: seconds" in " ".join(out.split())

    words = ["--data", "digits", "--preset", "smoke", "--cpu", "--out", root / "run"]
    code, _, err = run("train", "autoencoder", *words)
    assert code == 0, err
    assert (root / "run" / "samples" / "epoch_0003.png").is_file()
    losses = [json.loads(line)["L1"] for line in (root / "run" / "log.jsonl").read_text().splitlines()]
    assert losses[-1] < losses[0]
    code, _, err = run("train", "autoencoder", *words, "--resume", "--code", "8")
    assert code == 2 and "code was 16, is 8" in err

    code, _, err = run("zoo", "add", root / "run", "digits-code", "--data", "digits", "--limits", "A toy.")
    assert code == 0, err
    assert zoo.load("digits-code").config["kind"] == "compressor"
    assert "digits-code" in run("zoo", "list")[1]
    assert run("zoo", "verify", "--data", "digits")[0] == 0
    code, out, _ = run("evaluate", "--model", "digits-code", "--data", "digits")
    card = zoo.card_of("digits-code")
    assert code == 0 and f"| L1 | {card['validation']['l1']:.3f} |" in out
    assert card["loss"] == {"l1_weight": 1.0} and card["terms"].startswith("Optical recognition")
    readme = (root / "zoo" / "digits-code" / "README.md").read_text()
    assert "| loss, weights and penalties | l1_weight 1 |" in readme and "pipeline_tag: feature-extraction" in readme

    code, _, err = run("translate", "--model", "digits-code", root / "run" / "samples", "--out", root / "o")
    assert code == 2 and "digits-code is no translator but a compressor" in err


def test_its_step_is_among_those_that_a_gpu_is_checked_with(entered):
    from course_lib.commands.gpu_check import check

    rows = [row for row in check("cpu", "smoke", ("fp32",), (False,)) if row.task == "autoencoder"]
    assert [row.problem for row in rows] == [""]
