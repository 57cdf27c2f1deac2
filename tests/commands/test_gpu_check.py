"""``gpu-check`` on the CPU: the same path, and that it can tell right from wrong."""

import functools

import pytest
import torch
from torch import nn

from course_lib.commands.gpu_check import TOLERANCES, check, gpu_check, hardware
from course_lib.errors import CourseError
from course_lib.tasks import TASKS
from course_lib.tasks.pix2pix import Pix2Pix


@pytest.fixture
def quick_compile(monkeypatch):
    # Everything but the code generator, which takes long to start.
    monkeypatch.setattr(nn.Module, "compile", functools.partialmethod(nn.Module.compile, backend="aot_eager"))


def test_every_task_eager_and_compiled_in_two_precisions(quick_compile):
    # Compiled in fp32: tests/tasks/test_pix2pix.py.
    rows = [*check("cpu", "smoke", ("fp32",), (False,)), *check("cpu", "smoke", ("bf16",))]
    expected = [("fp32", False), ("bf16", False), ("bf16", True)]
    assert [(row.precision, row.compiled) for row in rows if row.task == "pix2pix"] == expected
    assert {row.task for row in rows} == {*TASKS, "gan plane"}
    assert [row.problem for row in rows] == [""] * len(rows)
    assert rows[0].loss == 0  # the CPU against itself
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


@pytest.mark.skipif(torch.cuda.is_available() or torch.backends.mps.is_available(), reason="there is a GPU")
def test_without_a_gpu_it_says_so():
    with pytest.raises(CourseError, match="no GPU"):
        gpu_check("smoke")
    assert torch.__version__ in hardware("cpu")


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")
def test_on_a_gpu():
    gpu_check("smoke")
