"""Algorithm 1: who sees what, in which order; five losses; cures; many seeds as if each were alone."""

import functools
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from course_lib.data.points import SeededPoints, mixture
from course_lib.errors import CourseError
from course_lib.losses import ADVERSARIAL, gradient_penalty
from course_lib.tasks.gan import GAN, PRESETS, TASK, GANConfig, pack
from course_lib.tasks.gan_sets import embedded_data, fit, open_data, suits
from course_lib.training.accelerator import fresh_accelerator
from course_lib.training.noise import SeededNoise, role_seed

SMALL = GANConfig(z_dim=3, width=8, batch=8, lr=1e-2)
PICTURES = replace(fit(PRESETS["smoke"], embedded_data(PRESETS["smoke"])), batch=4)


def task(seeds=(0,), precision="fp32", **changes):
    return GAN(replace(SMALL, **changes), fresh_accelerator("cpu", precision), seeds)


def points(seeds=(0,), count=8):
    return SeededPoints(mixture("ring"), seeds).batch(count)


def pictures(count=4):
    return {"real": torch.rand(count, 1, 8, 8, generator=torch.Generator().manual_seed(1)) * 2 - 1}


def weights(network):
    return torch.cat([parameter.detach().flatten() for parameter in network.parameters()])


# -- the step --------------------------------------------------------------------------------------------------------


class Line(nn.Module):
    """A network of one weight that writes down what it is shown."""

    def __init__(self, name, weight, log):
        super().__init__()
        self.name, self.w, self.log = name, nn.Parameter(torch.tensor(weight)), log

    def forward(self, x):
        self.log.append((self.name, x.detach().clone(), self.w.item(), torch.is_grad_enabled()))
        return self.w * x if self.name == "G" else self.w * x.sum(-1, keepdim=True)


@pytest.fixture
def played():
    one, log = task(z_dim=2), []
    one.G, one.D = Line("G", 0.5, log), Line("D", 0.3, log)
    one.opt_G, one.opt_D = (torch.optim.SGD(network.parameters(), lr=1.0) for network in (one.G, one.D))
    shown = points()
    return one, log, shown, one.step(shown)


def test_the_order_of_algorithm_1(played):
    _, log, shown, _ = played
    assert [name for name, *_ in log] == ["G", "D", "D", "G", "D"]
    (_, z, _, g_learns), (_, real, *_), (_, fake, before, _), (_, new_z, _, now_learns), (_, fooling, after, _) = log
    assert (g_learns, now_learns) == (False, True)  # G stands still while D learns
    assert torch.equal(real, shown["real"])
    assert torch.equal(fake, 0.5 * z)
    assert not torch.equal(z, new_z)  # new noise for G's turn
    assert torch.equal(fooling, 0.5 * new_z)
    assert before == pytest.approx(0.3)
    assert after != before  # G is judged by the D that has just moved


def test_the_numbers_of_the_step_worked_out_by_hand(played):
    one, log, shown, report = played

    def sigma(x):
        return 1 / (1 + np.exp(-x))

    z, new_z = (log[at][1].numpy().astype(float).sum(-1) for at in (0, 3))
    r, f = shown["real"].numpy().astype(float).sum(-1), 0.5 * z
    assert report["D"].item() == pytest.approx(
        (-np.log(sigma(0.3 * r)) - np.log(1 - sigma(0.3 * f)).mean()).mean(), rel=1e-5
    )
    w = 0.3 - ((sigma(0.3 * r) - 1) * r).mean() - (sigma(0.3 * f) * f).mean()  # one step of SGD at rate 1
    assert one.D.w.item() == pytest.approx(w, abs=1e-6)
    g = w * 0.5 * new_z
    assert report["G"].item() == pytest.approx(-np.log(sigma(g)).mean(), rel=1e-5)
    assert one.G.w.item() == pytest.approx(0.5 - ((sigma(g) - 1) * w * new_z).mean(), abs=1e-6)


def test_k_steps_of_d_for_one_of_g():
    one = task(d_steps=3)
    before, turns = weights(one.G), []
    for _ in range(6):
        one.step(points())
        turns.append(not torch.equal(weights(one.G), before))
        before = weights(one.G)
    assert turns == [False, False, True, False, False, True]


@pytest.mark.parametrize("name", ADVERSARIAL)
def test_every_loss_moves_both_networks_downhill(name):
    one = task(adversarial=name)
    before = {part: weights(network) for part, network in one.networks.items()}
    report = one.step(points())
    assert report.keys() == ({"D", "G", "penalty"} if name == "wasserstein" else {"D", "G"})
    for part, network in one.networks.items():
        assert not torch.equal(weights(network), before[part])
        assert torch.isfinite(weights(network)).all()


# -- many seeds ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cure",
    [
        {}, {"adversarial": "wasserstein"}, {"packing": 2, "r1": 1.0}, {"spectral_norm": True, "instance_noise": 0.1},
        {"adversarial": "lsgan", "ema_decay": 0.9},
    ],
)  # fmt: skip
def test_row_k_is_the_same_seed_trained_alone(cure):
    seeds = [4, 0, 9]
    together, source = task(seeds, **cure), SeededPoints(mixture("ring"), seeds)
    alone, own = task([9], **cure), SeededPoints(mixture("ring"), [9])
    for _ in range(20):
        together.step(source.batch(8))
        alone.step(own.batch(8))
    for part in ("G", "D"):
        for both, one in zip(together.networks[part].parameters(), alone.networks[part].parameters(), strict=True):
            torch.testing.assert_close(both[2], one[0], rtol=1e-4, atol=1e-5)
    made = (net.generate(50, torch.Generator().manual_seed(1)) for net in (together, alone))
    many, one = made
    assert many.shape == (3, 50, 2)
    torch.testing.assert_close(many[2], one[0], rtol=1e-4, atol=1e-4)


def test_parts_of_a_run_do_not_share_numbers():
    assert len({role_seed(0, role, rank) for role in ("G", "D", "noise") for rank in (0, 1)}) == 6
    noise = SeededNoise([1, 2])
    assert noise.normal(4, 3).shape == (2, 4, 3)
    state, expected = noise.state_dict(), noise.uniform(5)
    again = SeededNoise([1, 2])
    again.load_state_dict(state)
    assert torch.equal(again.uniform(5), expected)


# -- cures -----------------------------------------------------------------------------------------------------------


def test_wasserstein_has_its_constraint_by_default():
    assert GANConfig(adversarial="wasserstein").penalty == 10
    assert GANConfig(adversarial="wasserstein", spectral_norm=True).penalty == 0
    assert GANConfig(adversarial="wasserstein", gradient_penalty=0).penalty == 0
    assert GANConfig().penalty == 0


def test_the_penalty_is_taken_between_pairs_and_weighted():
    one = task(gradient_penalty=7.0)
    seen = []
    discriminator = one._scores_for_penalty
    one._scores_for_penalty = lambda shown: seen.append(shown) or discriminator(shown)
    plain = task()
    expected = plain.step_D(points())["D"]
    report = one.step_D(points())
    assert report["D"].item() == pytest.approx(expected.item())  # the loss is told without its penalty
    assert seen[0].shape == (1, 8, 2)
    assert not torch.equal(weights(one.D), weights(plain.D))
    assert report["penalty"].item() >= 0
    flat = seen[0].detach().requires_grad_()
    assert gradient_penalty(one._scores_for_penalty(flat), flat).item() >= 0


def test_packing_shows_d_neighbours_side_by_side():
    rows = torch.arange(12.0).reshape(1, 6, 2)
    assert pack(rows, 3, 1).tolist() == [[[0, 1, 2, 3, 4, 5], [6, 7, 8, 9, 10, 11]]]
    assert pack(torch.zeros(4, 3, 8, 8), 2, 0).shape == (2, 6, 8, 8)
    assert pack(rows, 1, 1) is rows
    one = task(packing=2)
    assert one.scores(one._shown(points()["real"])).shape == (1, 4)
    with pytest.raises(CourseError, match="6 examples"):
        pack(rows, 4, 1)


def test_instance_noise_lies_over_real_and_fake():
    one = task(instance_noise=0.5)
    x = torch.zeros(1, 4000, 2)
    assert one._shown(x).std().item() == pytest.approx(0.5, rel=0.03)
    assert torch.equal(task()._shown(x), x)


# -- pictures, precision, compilation, resuming ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "cure", [{}, {"packing": 2, "spectral_norm": True}, {"adversarial": "wasserstein"}, {"r1": 1.0}]
)
@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_pictures_move_every_network(cure, precision):
    one = GAN(replace(PICTURES, **cure), fresh_accelerator("cpu", precision), [3])
    before = {part: weights(network) for part, network in one.networks.items()}
    one.step(pictures())
    assert all(not torch.equal(weights(network), before[part]) for part, network in one.networks.items())
    assert one.generate(5, torch.Generator().manual_seed(0)).shape == (5, 1, 8, 8)
    assert one.sample(pictures()).shape == (6, 10, 3, 8, 8)


@pytest.mark.parametrize("config", [SMALL, pytest.param(PICTURES, marks=pytest.mark.bench)])
def test_compiled_is_eager(config, monkeypatch):
    # Everything but the code generator, which takes long to start.
    monkeypatch.setattr(nn.Module, "compile", functools.partialmethod(nn.Module.compile, backend="aot_eager"))
    shown = points() if config is SMALL else pictures()
    results = []
    for compile_it in (False, True):
        one = GAN(replace(config, compile=compile_it, r1=1.0, ema_decay=0), fresh_accelerator("cpu", "fp32"), [3])
        results.append([one.step(shown)[name].item() for _ in range(2) for name in ("D", "G", "r1")])
    assert results[1] == pytest.approx(results[0], rel=1e-4)


@pytest.mark.parametrize("config", [replace(SMALL, ema_decay=0.9, instance_noise=0.1, d_steps=2), PICTURES])
def test_a_resumed_run_is_the_run(config, kept):
    shown = points() if config.network == "mlp" else pictures()

    def fresh():
        return GAN(config, fresh_accelerator("cpu", "fp32"), [5])

    one = fresh()
    for _ in range(3):
        one.step(shown)
    kept.save(one)
    for _ in range(3):
        one.step(shown)
    two = fresh()
    kept.load(two)
    for _ in range(3):
        two.step(shown)
    assert torch.equal(weights(one.G), weights(two.G))
    assert torch.equal(weights(one.D), weights(two.D))
    networks = kept.networks(TASK, config)
    assert TASK.kind == "sampler"
    assert sum(p.numel() for p in networks["model"].parameters()) == weights(one.G).numel()


def test_a_map_of_points_has_both_colours():
    sheet = task().sample(points())
    assert sheet.shape == (1, 1, 3, 160, 160)
    assert len(sheet[0, 0].flatten(1).T.unique(dim=0)) == 3  # ground, real, generated


# -- what is wrong is named ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"adversarial": "mse"}, {"packing": 0}, {"packing": 3}, {"d_steps": 0}, {"r1": -1.0}, {"lr": float("nan")},
        {"gradient_penalty": float("inf")}, {"batch": 0}, {"z_dim": 0},
    ],
)  # fmt: skip
def test_a_bad_setting_is_named(wrong):
    name = next(iter(wrong)).replace("gradient_", "")
    with pytest.raises(CourseError, match=name):
        task(**wrong)


def test_pictures_take_one_seed():
    with pytest.raises(CourseError, match="2 seeds"):
        GAN(PICTURES, fresh_accelerator("cpu", "fp32"), [0, 1])


def test_points_and_pictures_are_not_mixed_up():
    assert (suits("ring"), suits("digits")) == ("plane", "laptop")
    assert len(open_data("grid", GANConfig(), "train")) > 1000
    with pytest.raises(CourseError, match="--preset laptop"):
        open_data("digits", GANConfig(), "train")
    with pytest.raises(CourseError, match="--preset plane"):
        open_data("ring", PRESETS["smoke"], "train")
    with pytest.raises(CourseError, match="channels is 3"):
        fit(replace(PRESETS["smoke"], channels=3), embedded_data(PRESETS["smoke"]))
