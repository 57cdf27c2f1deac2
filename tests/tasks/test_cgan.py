"""The conditional game: both networks are told the class, a blind D is not, and a run resumes exactly."""

import functools
from dataclasses import replace

import pytest
import torch
from torch import nn

from course_lib.errors import CourseError
from course_lib.tasks.cgan import CGAN, PRESETS, TASK, CGANConfig, describe, embedded_data, fit, open_data
from course_lib.training.accelerator import fresh_accelerator

SMALL = replace(
    PRESETS["smoke"],
    classes=("a", "b", "c"),
    channels=1,
    z_dim=4,
    width=4,
    d_width=4,
    batch=6,
    spectral_norm=False,
)


def task(precision="fp32", **changes):
    torch.manual_seed(0)
    return CGAN(replace(SMALL, **changes), fresh_accelerator("cpu", precision))


def batch():
    real = torch.rand(6, 1, 8, 8, generator=torch.Generator().manual_seed(1)) * 2 - 1
    return {"real": real, "label": torch.tensor([0, 1, 2, 0, 1, 2])}


def weights(network):
    return torch.cat([parameter.detach().flatten() for parameter in network.parameters()])


class Told(nn.Module):
    """A network of one weight that writes down what it is told."""

    def __init__(self, name, log):
        super().__init__()
        self.name, self.w, self.log = name, nn.Parameter(torch.tensor(0.4)), log

    def forward(self, x, labels=None):
        self.log.append((self.name, x.detach().clone(), labels, self.w.item(), torch.is_grad_enabled()))
        if self.name == "D":
            return self.w * x.mean(dim=(1, 2, 3))[:, None]
        return (self.w * x.mean(dim=1))[:, None, None, None].expand(-1, 1, 8, 8)


@pytest.mark.parametrize("blind", [False, True])
def test_the_step_tells_both_the_class_and_moves_d_first(blind):
    one, log = task(blind=blind), []
    one.averages.clear()
    one.G, one.D = Told("G", log), Told("D", log)
    one.opt_G, one.opt_D = (torch.optim.SGD(network.parameters(), lr=1.0) for network in (one.G, one.D))
    shown = batch()
    one.step(shown)
    assert [name for name, *_ in log] == ["G", "D", "D", "G", "D"]
    for name, _, labels, *_ in log:
        if blind and name == "D":
            assert labels is None
        else:
            assert torch.equal(labels, shown["label"])
    g, real, fake, g_again, fooling = log
    assert torch.equal(real[1], shown["real"])
    assert torch.equal(fake[1][:, 0, 0, 0], 0.4 * g[1].mean(dim=1))
    assert (g[4], g_again[4]) == (False, True)
    assert not torch.equal(g[1], g_again[1])
    assert real[3] == fake[3] == pytest.approx(0.4)
    assert fooling[3] != real[3]  # the D that has just moved


def test_r1_every_so_often_and_so_many_times_as_strong():
    often = task(r1=2.0)
    first = often.step_D(batch())
    seldom = task(r1=1.0, r1_every=2)  # the same seed anew
    assert set(first) == set(seldom.step_D(batch())) == {"D", "r1"}
    for one, two in zip(often.D.parameters(), seldom.D.parameters(), strict=True):
        torch.testing.assert_close(one.grad, two.grad)  # 2 · 1 = 1 · 2
    assert set(seldom.step_D(batch())) == {"D"}
    assert set(seldom.step_D(batch())) == {"D", "r1"}


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
@pytest.mark.parametrize(
    "changes",
    [
        {"condition": "onehot", "r1": 1.0}, {"condition": "embedding", "adversarial": "lsgan"},
        {"condition": "projection", "spectral_norm": True}, {"blind": True}, {"adversarial": "wasserstein"},
    ],
)  # fmt: skip
def test_every_network_moves(changes, precision):
    one = task(precision, **changes)
    before = {part: weights(network) for part, network in one.networks.items()}
    report = one.step(batch())
    assert all(torch.isfinite(value) for value in report.values())
    assert all(not torch.equal(weights(network), before[part]) for part, network in one.networks.items())
    assert one.sample(batch()).shape == (3, 10, 3, 8, 8)


@pytest.mark.bench
def test_compiled_is_eager(monkeypatch):
    # Everything but the code generator, which takes long to start.
    monkeypatch.setattr(nn.Module, "compile", functools.partialmethod(nn.Module.compile, backend="aot_eager"))
    results = []
    for compile_it in (False, True):
        one = task(compile=compile_it, r1=1.0)
        torch.manual_seed(1)
        results.append([value.item() for _ in range(2) for value in one.step(batch()).values()])
    assert results[1] == pytest.approx(results[0], rel=1e-4)


def test_a_resumed_run_is_the_run(kept):
    one = task(r1=1.0, r1_every=2)
    for _ in range(3):
        one.step(batch())
    kept.save(one)
    for _ in range(3):
        one.step(batch())
    two = task(r1=1.0, r1_every=2)
    kept.load(two)
    for _ in range(3):
        two.step(batch())
    for name in ("G", "D"):
        assert torch.equal(weights(one.networks[name]), weights(two.networks[name]))
    assert torch.equal(weights(one.exported("G")), weights(two.exported("G")))
    networks, described = kept.networks(TASK, two.config), describe(two.config, "x")
    assert described["classes"] == ["a", "b", "c"]
    assert networks["model"].classes == 3


def test_samples_have_a_class_and_a_seed():
    one = task()
    one.step(batch())

    def made(label):
        return one.generate(torch.tensor([label, label]), torch.Generator().manual_seed(3))

    assert torch.equal(made(1), made(1))
    assert one.exported("G").training
    nn.init.normal_(one.exported("G").first.style.weight)
    assert not torch.allclose(made(0), made(1))


def test_the_data_decide_classes_and_channels():
    digits = embedded_data(SMALL)
    config = fit(CGANConfig(size=8), digits)
    assert (config.classes, config.channels) == (tuple("0123456789"), 1)
    two = open_data("digits", replace(SMALL, classes=("7", "1")), "train")
    assert fit(replace(SMALL, classes=("7", "1")), two).classes == ("7", "1")
    with pytest.raises(CourseError, match="channels is 3"):
        fit(CGANConfig(channels=3), digits)


@pytest.mark.parametrize(
    "wrong",
    [
        {"adversarial": "mse"}, {"r1_every": 0}, {"r1": -1.0}, {"batch": 0}, {"lr": float("inf")},
        {"classes": ("a",)}, {"classes": ("a", "a")}, {"classes": ()},
    ],
)  # fmt: skip
def test_a_bad_setting_is_named(wrong):
    with pytest.raises(CourseError, match=next(iter(wrong)).replace("classes", "class")):
        task(**wrong)
