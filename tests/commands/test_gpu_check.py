"""``gpu-check`` on the CPU: the same path, and that it can tell right from wrong."""

import functools

import pytest
import torch
from torch import nn

from course_lib.commands.gpu_check import TOLERANCES, check, gpu_check, hardware
from course_lib.errors import CourseError
from course_lib.tasks import TASKS
from course_lib.tasks.descent import Descent
from course_lib.tasks.pix2pix import Pix2Pix


@pytest.fixture
def quick_compile(monkeypatch):
    # Everything but the code generator, which takes long to start.
    monkeypatch.setattr(nn.Module, "compile", functools.partialmethod(nn.Module.compile, backend="aot_eager"))


def test_two_tasks_and_gatys_in_two_precisions(monkeypatch):
    monkeypatch.setattr("course_lib.commands.gpu_check.TASKS", {name: TASKS[name] for name in ("pix2pix", "gan")})
    monkeypatch.setattr("course_lib.commands.gpu_check.PIXELS", 32)
    rows = [*check("cpu", "smoke", ("fp32", "bf16"), (False,))]
    assert [(row.task, row.precision) for row in rows] == [
        ("pix2pix", "fp32"), ("pix2pix", "bf16"), ("gan", "fp32"), ("gan", "bf16"), ("gan plane", "fp32"),
        ("gan plane", "bf16"), ("gatys", "fp32"),
    ]  # fmt: skip
    assert [row.problem for row in rows] == [""] * len(rows)
    assert rows[0].loss == 0 and 0 < rows[1].gradient < TOLERANCES["bf16"][1]


@pytest.mark.bench
def test_every_task_eager_and_compiled_in_two_precisions(quick_compile):
    # Compiled in fp32: tests/tasks/test_pix2pix.py.
    rows = [*check("cpu", "smoke", ("fp32",), (False,)), *check("cpu", "smoke", ("bf16",))]
    expected = [("fp32", False), ("bf16", False), ("bf16", True)]
    assert [(row.precision, row.compiled) for row in rows if row.task == "pix2pix"] == expected
    assert {row.task for row in rows} == {*TASKS, "gan plane", "gatys"}
    assert [row.problem for row in rows] == [""] * len(rows)
    assert rows[0].loss == 0  # the CPU against itself
    assert [(row.precision, row.compiled) for row in rows if row.task == "gatys"] == [("fp32", False)]
    assert 0 < rows[-1].gradient < TOLERANCES["bf16"][1]


def test_a_wrong_step_a_frozen_network_and_a_crash_are_named(monkeypatch):
    real = Pix2Pix.step

    def row(step):
        calls = []

        def patched(self, batch):
            calls.append(1)
            return real(self, batch) if len(calls) <= 2 else step(self, batch)  # the reference stays right

        monkeypatch.setattr(Pix2Pix, "step", patched)
        return next(check("cpu", "smoke", precisions=("fp32",), compiled=(False,)))

    assert "a loss is off" in row(lambda self, batch: {k: v * 1.1 for k, v in real(self, batch).items()}).problem
    assert "a gradient is off" in row(lambda self, b: real(self, {"input": b["input"], "target": -b["target"]})).problem

    def frozen(self, batch):
        kept = {k: v.clone() for k, v in self.D.state_dict().items()}
        report = real(self, batch)
        self.D.load_state_dict(kept)
        return report

    assert "D did not move" in row(frozen).problem

    def crash(self, batch):
        raise RuntimeError("CUDA error: out of memory\nand more")

    assert row(crash).problem == "RuntimeError: CUDA error: out of memory"
    assert "a loss is off by nan" in row(lambda s, b: {k: v * float("nan") for k, v in real(s, b).items()}).problem


def test_gatys_pixels_that_move_otherwise_or_not_at_all_are_named(monkeypatch):
    real, calls = Descent.steps, []
    monkeypatch.setattr("course_lib.commands.gpu_check.PIXELS", 32)

    def row(steps):
        calls.clear()

        def patched(self, count):
            calls.append(1)
            return real(self, count) if len(calls) == 1 else steps(self, count)  # the reference stays right

        monkeypatch.setattr(Descent, "steps", patched)
        monkeypatch.setattr("course_lib.commands.gpu_check.TASKS", {})
        (found,) = check("cpu", "smoke")
        return found

    assert row(real).problem == "" and row(real).loss == 0

    def wrong(self, count):
        return ({name: value * 1.1 for name, value in losses.items()} for losses in real(self, count))

    assert "a loss is off" in row(wrong).problem

    def still(self, count):
        before = self.picture.detach().clone()
        yield from real(self, count)
        self.picture.data.copy_(before)

    assert row(still).problem == "pixels did not move"


@pytest.mark.skipif(torch.cuda.is_available() or torch.backends.mps.is_available(), reason="there is a GPU")
def test_without_a_gpu_it_says_so():
    with pytest.raises(CourseError, match="no GPU"):
        gpu_check("smoke")
    assert torch.__version__ in hardware("cpu")


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")
def test_on_a_gpu():
    gpu_check("smoke")
