"""The fast step against a plain one that is written the way the official code runs: the same numbers, only sooner."""

from dataclasses import replace

import pytest
import torch

from benchmarks.plain_steps import PlainCycleGAN
from course_lib.tasks.cyclegan import CycleGAN, CycleGANConfig
from course_lib.training.accelerator import fresh_accelerator

SETTING = CycleGANConfig(size=32, load_size=32, blocks=2, width=4, d_layers=2, d_width=4, history=2, channels_last=True)
NETWORKS = ("G", "F", "D_A", "D_B")


def both(dtype, **changes):
    torch.manual_seed(0)
    task = CycleGAN(replace(SETTING, **changes), fresh_accelerator("cpu", "fp32"))
    for network in task.networks.values():
        network.to(dtype)
    return task, PlainCycleGAN(task)


def batch(number, dtype):
    numbers = torch.Generator().manual_seed(number)
    return {name: (torch.rand(2, 3, 32, 32, generator=numbers) * 2 - 1).to(dtype) for name in "AB"}


def test_losses_and_gradients_in_float32():
    task, plain = both(torch.float32)
    ours, theirs = task.step(batch(0, torch.float32)), plain.step(batch(0, torch.float32))
    assert {k: v.item() for k, v in ours.items()} == pytest.approx({k: v.item() for k, v in theirs.items()}, abs=1e-5)
    for name in NETWORKS:
        pairs = zip(task.networks[name].parameters(), getattr(plain, name).parameters(), strict=True)
        for mine, other in pairs:
            torch.testing.assert_close(mine.grad, other.grad, atol=1e-5, rtol=1e-5)


def test_weights_after_five_steps_in_float64():
    task, plain = both(torch.float64)
    before = torch.cat([p.detach().flatten() for p in plain.G.parameters()])
    for number in range(5):
        task.step(batch(number, torch.float64))
        plain.step(batch(number, torch.float64))
    for name in NETWORKS:
        pairs = zip(task.networks[name].parameters(), getattr(plain, name).parameters(), strict=True)
        for mine, other in pairs:
            torch.testing.assert_close(mine, other, atol=1e-9, rtol=0)
    after = torch.cat([p.detach().flatten() for p in plain.G.parameters()])
    assert (after - before).abs().mean() > 1e-4
