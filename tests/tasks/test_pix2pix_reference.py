"""pix2pix's step against a plain one that is written the way the official code runs: the same numbers."""

import pytest
import torch

from benchmarks.plain_steps import PlainPix2Pix
from course_lib.tasks.pix2pix import Pix2Pix, Pix2PixConfig
from course_lib.training.accelerator import fresh_accelerator

SETTING = Pix2PixConfig(
    size=32, load_size=32, levels=5, width=4, d_layers=2, d_width=4, dropout=0.0, channels_last=True
)


def test_losses_and_weights_of_five_steps_in_float64():
    torch.manual_seed(0)
    task = Pix2Pix(SETTING, fresh_accelerator("cpu", "fp32"))
    for network in task.networks.values():
        network.double()
    plain = PlainPix2Pix(task)
    before = torch.cat([p.detach().flatten() for p in plain.G.parameters()])
    numbers = torch.Generator().manual_seed(0)
    for _ in range(5):
        batch = {
            name: torch.rand(2, 3, 32, 32, generator=numbers, dtype=torch.float64) * 2 - 1
            for name in ("input", "target")
        }
        ours, theirs = task.step(batch), plain.step(batch)
        assert {k: v.item() for k, v in ours.items()} == pytest.approx({k: v.item() for k, v in theirs.items()})
    for name in ("G", "D"):
        pairs = zip(task.networks[name].parameters(), getattr(plain, name).parameters(), strict=True)
        for mine, other in pairs:
            torch.testing.assert_close(mine, other, atol=1e-9, rtol=0)
    after = torch.cat([p.detach().flatten() for p in plain.G.parameters()])
    assert (after - before).abs().mean() > 1e-4
