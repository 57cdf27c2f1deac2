"""What every paper's training shares: averages, rates, layouts, and a forward pass for penalties."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from course_lib.errors import CourseError
from course_lib.training.accelerator import fresh_accelerator
from course_lib.training.checkpoint import exported_weights
from course_lib.training.optimizer import OptimizerConfig, check_optimizer
from course_lib.training.training_task import TrainingTask

CONFIG = OptimizerConfig(lr=0.5, epochs_flat=1, epochs_decay=3, ema_decay=0.9)


class Two(TrainingTask[OptimizerConfig]):
    """A network with an average and one without, with rates of their own."""

    def __init__(self, config=CONFIG, precision="fp32"):
        super().__init__(config, fresh_accelerator("cpu", precision))
        self.G = self.add_network("G", nn.Linear(1, 1, bias=False), averaged=True)
        self.D = self.add_network("D", nn.Conv2d(2, 3, 3))
        self.add_adam("G", "G")
        self.add_adam("D", "D", lr=0.1)

    def step(self, batch):
        return {}

    def sample(self, batch):
        return batch["x"]


def test_the_average_starts_as_the_network_and_follows_by_its_decay():
    one, shown = Two(), []
    for weight in (2.0, 4.0, -1.0):
        one.G.weight.data.fill_(weight)
        one.update_averages()
        shown.append(one.averages["G"].module.weight.item())
    # 2, then 0.9 · 2 + 0.1 · 4 = 2.2, then 0.9 · 2.2 − 0.1 = 1.88
    assert shown == pytest.approx([2.0, 2.2, 1.88])
    assert one.exported("G") is one.averages["G"].module and one.exported("D") is one.D
    state = {
        "averages": {"G": one.averages["G"].state_dict()},
        "networks": {"G": one.G.state_dict(), "D": one.D.state_dict()},
    }
    assert {name: value.item() for name, value in exported_weights(state, "G").items()} == {
        "weight": pytest.approx(1.88)
    }
    assert exported_weights(state, "D").keys() == {"weight", "bias"}


def test_without_a_decay_the_network_itself_is_exported():
    one = Two(replace(CONFIG, ema_decay=0.0))
    assert one.averages == {} and one.exported("G") is one.G
    one.update_averages()


def test_every_optimiser_keeps_its_own_rate_as_it_falls():
    one = Two()
    for epoch, factor in enumerate([1, 0.75, 0.5, 0.25]):
        one.start_epoch(epoch)
        rates = [one.optimizers[name].param_groups[0]["lr"] for name in ("G", "D")]
        assert rates == pytest.approx([0.5 * factor, 0.1 * factor])


def test_channels_last_is_a_layout_of_the_weights():
    assert Two(replace(CONFIG, channels_last=True)).D.weight.is_contiguous(memory_format=torch.channels_last)
    assert not Two().D.weight.is_contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize("compiled", [False, True])
def test_a_penalty_is_taken_in_full_precision_and_can_be_differentiated_twice(compiled):
    """In bf16 the network's own scores are rounded to 8 bits of fraction; those for a penalty are not."""
    one = Two(replace(CONFIG, compile=compiled), precision="bf16")
    x = torch.rand(1, 2, 5, 5, dtype=torch.float32, requires_grad=True)
    exact = nn.functional.conv2d(x, one.D.weight, one.D.bias)
    found = one.differentiable_twice("D")(x)
    assert found.dtype == torch.float32
    torch.testing.assert_close(found, exact, rtol=0, atol=1e-6)
    (slope,) = torch.autograd.grad(found.square().sum(), x, create_graph=True)
    assert torch.autograd.grad(slope.square().sum(), one.D.weight)[0].abs().sum() > 0
    if not compiled:
        assert (one.D(x) - exact).abs().max() > 1e-4  # the ordinary pass is rounded


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"batch": 0}, "batch is 0"), ({"epochs_flat": 0, "epochs_decay": 0}, "epochs_flat and epochs_decay are both 0"),
        ({"epochs_decay": -1, "epochs_flat": 5}, "epochs_decay is -1"), ({"lr": -1.0}, "lr is -1"),
        ({"lr": float("nan")}, "lr is nan"), ({"lr": float("inf")}, "lr is inf"), ({"beta1": 1.0}, "beta1 is 1.0"),
        ({"ema_decay": 1.0}, "ema_decay is 1.0"), ({"ema_decay": -0.1}, "ema_decay is -0.1"),
    ],
)  # fmt: skip
def test_a_setting_out_of_its_range_is_named(changed, said):
    with pytest.raises(CourseError, match=said):
        check_optimizer(replace(CONFIG, **changed))
