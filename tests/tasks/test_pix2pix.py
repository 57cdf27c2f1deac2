"""The paper's step: who sees what, in which order, under which weight, and that everything moves."""

import functools
from dataclasses import replace

import pytest
import torch
from torch import nn
from torch.nn import functional

from course_lib import losses
from course_lib.errors import CourseError
from course_lib.networks import UnetGenerator
from course_lib.tasks import TASKS
from course_lib.tasks.pix2pix import (
    PRESETS,
    TASK,
    Pix2Pix,
    Pix2PixConfig,
    build_generator,
    check,
    describe,
    generator_arguments,
)
from course_lib.training.accelerator import fresh_accelerator

from .stand_ins import Recorder, weights

TINY = Pix2PixConfig(
    size=64, load_size=64, levels=6, width=2, norm="instance", d_layers=1, d_width=2, batch=2,
    epochs_flat=2, epochs_decay=1,
)  # fmt: skip


def task(precision="fp32", **changes):
    torch.manual_seed(0)
    return Pix2Pix(replace(TINY, **changes), fresh_accelerator("cpu", precision))


def batch(seed=0, count=2):
    numbers = torch.Generator().manual_seed(seed)
    return {name: torch.rand(count, 3, 64, 64, generator=numbers) * 2 - 1 for name in ("input", "target")}


class Affine(nn.Module):
    """A generator that does not commute with anything: G(x) = a·x + b."""

    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Parameter(torch.tensor(0.5)), nn.Parameter(torch.tensor(0.1))

    def forward(self, x):
        return self.a * x + self.b


@pytest.fixture
def played():
    """One step with mocks, plain SGD of rate 1, and everything that happened."""
    one, log = task(), []
    one.G, one.D = Affine(), Recorder(log)
    one.opt_G, one.opt_D = (torch.optim.SGD(network.parameters(), lr=1.0) for network in (one.G, one.D))
    for name in ("G", "D"):
        optimizer = getattr(one, f"opt_{name}")
        real = optimizer.step

        def step(real=real, name=name):
            log.append((f"{name} moves",))
            real()

        optimizer.step = step
    shown = batch()
    report = one.step(shown)
    return one, log, shown, report


def test_d_first_then_g_with_a_new_forward_of_the_moved_d(played):
    _, log, _, _ = played
    assert [event[0] for event in log] == ["D", "D", "D moves", "D", "G moves"]
    before, again, after = (event[2] for event in log if event[0] == "D")
    assert before == again == pytest.approx(0.3)
    assert after != pytest.approx(0.3)


def test_d_sees_input_and_output_in_one_order_and_detached_fakes(played):
    _, log, shown, _ = played
    real, fake, fooled = (event for event in log if event[0] == "D")
    x, y = shown["input"], shown["target"]
    assert torch.equal(real[1], torch.cat([x, y], 1))
    assert torch.equal(fake[1], torch.cat([x, 0.5 * x + 0.1], 1))  # the condition is the input, never the target
    assert torch.equal(fooled[1], fake[1])
    assert (fake[3], fooled[3]) == (False, True)  # D's step sends no gradient into G; G's step does


def test_the_numbers_of_the_step_worked_out_by_hand(played):
    one, _, shown, report = played
    x, y = shown["input"].double(), shown["target"].double()
    fake = 0.5 * x + 0.1

    def bag(w, output):
        return w * torch.cat([x, output], 1).mean(dim=(1, 2, 3)) + 0.2

    real_mean, fake_mean = (torch.cat([x, o], 1).mean(dim=(1, 2, 3)) for o in (y, fake))
    expected_d = (functional.softplus(-bag(0.3, y)).mean() + functional.softplus(bag(0.3, fake)).mean()) / 2
    assert report["D"].item() == pytest.approx(expected_d.item(), rel=1e-5)
    # dL_D/dw by hand: ½ [−mean σ(−r)·m_r + mean σ(f)·m_f], and the rate is 1.
    slope = (-torch.sigmoid(-bag(0.3, y)) * real_mean).mean() + (torch.sigmoid(bag(0.3, fake)) * fake_mean).mean()
    w = 0.3 - slope.item() / 2
    assert one.D.w.item() == pytest.approx(w, abs=1e-6)
    assert report["G_gan"].item() == pytest.approx(functional.softplus(-bag(w, fake)).mean().item(), rel=1e-5)
    assert report["L1"].item() == pytest.approx((fake - y).abs().mean().item(), rel=1e-5)
    # dL_G/db = −mean σ(−f)·w·½ (half of D's channels are the output) + λ · mean sign(fake − y)
    gan = (-torch.sigmoid(-bag(w, fake)) * w / 2).mean()
    assert one.G.b.item() == pytest.approx(0.1 - (gan + 100 * (fake - y).sign().mean()).item(), rel=1e-4)


def gradient_of_g(**changes):
    one = task(**changes)
    one.exported("G").noise = False
    one.opt_D.step = lambda: None  # the same D for every λ
    one.step(batch())
    return torch.cat([parameter.grad.double().flatten() for parameter in one.G.parameters()])


def test_g_is_affine_in_lambda_and_in_the_adversarial_weight():
    g0, g50, g100 = (gradient_of_g(l1_weight=weight) for weight in (0.0, 50.0, 100.0))
    assert g0.abs().max() > 0
    torch.testing.assert_close(g50 - g0, (g100 - g0) / 2, rtol=1e-3, atol=1e-6)
    twice = gradient_of_g(l1_weight=0.0, adversarial_weight=2.0)
    torch.testing.assert_close(twice, 2 * g0, rtol=1e-3, atol=1e-7)


def test_the_squared_distance_alone_pulls_as_far_as_the_difference():
    one, given = task(adversarial_weight=0.0, l1_weight=0.0, l2_weight=3.0), batch()
    one.G = Affine()
    one.opt_G, one.update_averages = torch.optim.SGD(one.G.parameters(), lr=1.0), lambda: None
    difference = (0.5 * given["input"] + 0.1 - given["target"]).double()
    report = one.step(given)
    assert report["L2"].item() == pytest.approx((difference**2).mean().item(), rel=1e-5)
    assert one.G.b.grad.item() == pytest.approx(3 * 2 * difference.mean().item(), rel=1e-4)


def test_the_half_on_d():
    one = task()
    one.exported("G").noise = False
    shown = batch()
    with torch.no_grad():
        scores = [one.scores(shown["input"], output) for output in (shown["target"], one.G(shown["input"]))]
    assert one.step(shown)["D"].item() == pytest.approx(losses.bce_discriminator_loss(*scores).item() / 2, rel=1e-5)


@pytest.mark.parametrize("kind", ["bce", "lsgan", "hinge"])
@pytest.mark.parametrize("norm", ["batch", "instance"])
def test_every_network_moves(kind, norm):
    one = task(adversarial=kind, norm=norm, ema_decay=0.5)
    before = {name: weights(network) for name, network in one.networks.items()}
    average = weights(one.averages["G"].module)
    for number in range(2):
        report = one.step(batch(number))
    assert report.keys() == {"D", "G_gan", "L1"}
    for name, network in one.networks.items():
        # A bias in front of a norm that takes the mean away has no gradient worth the name; weights all have.
        still = [k for k, p in network.named_parameters() if p.ndim > 1 and torch.equal(p, before[name][k])]
        assert still == [], name
    assert any(not torch.equal(p, average[k]) for k, p in one.averages["G"].module.named_parameters())


def test_each_optimiser_holds_its_own_network():
    one = task()
    for name, network in one.networks.items():
        held = {id(p) for group in one.optimizers[name].param_groups for p in group["params"]}
        assert held == {id(p) for p in network.parameters()}
        assert one.optimizers[name].param_groups[0]["betas"] == (0.5, 0.999)


def test_bf16_autocast_moves_everything_and_stays_near_fp32():
    runs = {}
    for precision in ("fp32", "bf16"):
        one = task(precision)
        one.exported("G").noise = False
        before = {name: weights(network) for name, network in one.networks.items()}
        runs[precision] = [{k: v.item() for k, v in one.step(batch(n)).items()} for n in range(2)]
        assert all(p.dtype == torch.float32 for network in one.networks.values() for p in network.parameters())
        for name, network in one.networks.items():
            moved = [not torch.equal(p, before[name][k]) for k, p in network.named_parameters() if p.ndim > 1]
            assert all(moved), name
    for full, half in zip(runs["fp32"], runs["bf16"], strict=True):
        assert half == pytest.approx(full, rel=0.03)
    assert runs["fp32"] != runs["bf16"]  # autocast was on


@pytest.mark.bench
def test_compiled_it_is_the_same_step(monkeypatch):
    # Compiled in bf16: tests/commands/test_gpu_check.py. The graph is captured and differentiated as always; only the
    # code generator, slow to start, is left out.
    monkeypatch.setattr(nn.Module, "compile", functools.partialmethod(nn.Module.compile, backend="aot_eager"))
    results = []
    for compiled in (False, True):
        one = task(compile=compiled, ema_decay=0.9)
        one.exported("G").noise = one.G.noise = False
        before = {name: weights(network) for name, network in one.networks.items()}
        reports = [{k: v.item() for k, v in one.step(batch(n)).items()} for n in range(3)]
        for name, network in one.networks.items():
            moved = [not torch.equal(p, before[name][k]) for k, p in network.named_parameters() if p.ndim > 1]
            assert all(moved), name
            assert not [key for key in network.state_dict() if "_orig_mod" in key]
        results.append(reports)
    for plain, compiled in zip(*results, strict=True):
        assert compiled == pytest.approx(plain, rel=1e-4)


def test_without_adversary_there_is_no_d():
    one = task(adversarial_weight=0.0)
    assert one.networks.keys() == one.optimizers.keys() == {"G"}
    before = weights(one.G)
    assert one.step(batch()).keys() == {"L1"}
    assert any(not torch.equal(p, before[k]) for k, p in one.G.named_parameters())


def test_feature_matching_adds_what_the_moved_d_saw_in_the_truth():
    shown, found = batch(), {}
    for weight in (0.0, 10.0, 20.0):
        one = task(feature_matching_weight=weight, dropout=0.0)
        report = one.step(shown)
        found[weight] = (
            {name: value.item() for name, value in report.items()},
            [p.grad.clone() for p in one.G.parameters()],
        )
    (plain, at_0), (matched, at_10), (_, at_20) = (found[weight] for weight in (0.0, 10.0, 20.0))
    assert "matching" not in plain and matched.keys() == plain.keys() | {"matching"}
    assert {name: matched[name] for name in plain} == pytest.approx(plain)
    for none, some, twice in zip(at_0, at_10, at_20, strict=True):  # G's slope is affine in the weight
        assert torch.allclose(twice - some, some - none, atol=1e-5) and not torch.equal(some, none)
    # By hand: D has moved, G has not yet; D's features come after each of its activations.
    one = task(feature_matching_weight=10.0, dropout=0.0)
    with torch.no_grad():
        fake = one.G(shown["input"])
    matching = one.step(shown)["matching"].item()
    with torch.no_grad():
        first, activation, *rest = one.D.model
        seen = [activation(first(torch.cat([shown["input"], picture], dim=1))) for picture in (fake, shown["target"])]
        deeper = [rest[2](rest[1](rest[0](one))) for one in seen]
    expected = ((seen[0] - seen[1]).abs().mean() + (deeper[0] - deeper[1]).abs().mean()) / 2
    assert matching == pytest.approx(expected.item(), rel=1e-5)


def test_an_unconditional_d_sees_the_output_alone():
    one = task(conditional=False)
    x1, x2, y = torch.rand(3, 2, 3, 64, 64)
    assert one.D.model[0].in_channels == 3
    assert torch.equal(one.scores(x1, y), one.scores(x2, y))
    assert not torch.equal(task().scores(x1, y), task().scores(x2, y))


def test_the_average_is_the_average():
    one = task(ema_decay=0.9)
    expected = None
    for number in range(4):
        one.step(batch(number))
        now = weights(one.G)
        expected = now if expected is None else {k: 0.9 * expected[k] + 0.1 * now[k] for k in now}
    found = weights(one.averages["G"].module)
    for name in expected:
        torch.testing.assert_close(found[name], expected[name], rtol=1e-5, atol=1e-7)
    assert one.exported("G") is one.averages["G"].module
    assert task().exported("G") is not None


def test_the_schedule_reaches_both_optimisers():
    one = task(lr=1.0, epochs_flat=1, epochs_decay=3)
    for epoch, rate in enumerate([1, 0.75, 0.5, 0.25]):
        one.start_epoch(epoch)
        assert [o.param_groups[0]["lr"] for o in one.optimizers.values()] == pytest.approx([rate, rate])


def test_a_sample_translates_one_by_one_and_changes_nothing():
    one = task(norm="batch", dropout=0.0)
    one.step(batch())
    before = {k: v.clone() for k, v in one.G.state_dict().items()}
    shown = batch(1, count=3)
    with torch.no_grad():
        rows = one.sample(shown)
        alone = one.sample({name: pictures[:1] for name, pictures in shown.items()})
    assert rows.shape == (3, 3, 3, 64, 64)
    assert torch.equal(rows[:, 0], shown["input"])
    assert torch.equal(rows[:, 2], shown["target"])
    torch.testing.assert_close(rows[:1], alone)
    assert all(torch.equal(v, before[k]) for k, v in one.G.state_dict().items())
    counter = next(k for k in before if k.endswith("num_batches_tracked"))
    one.step(batch())
    assert one.G.state_dict()[counter] == before[counter] + 1  # and training goes on learning its statistics


@pytest.mark.parametrize("average", [0.0, 0.9])
def test_export_gives_the_generator_that_samples_were_drawn_with(kept, average):
    one = task(ema_decay=average)
    for number in range(2):
        one.step(batch(number))
    kept.save(one)
    networks, described = kept.networks(TASK, one.config), describe(one.config, "x")
    expected = one.exported("G").state_dict()
    assert all(torch.equal(v, expected[k]) for k, v in networks["model"].state_dict().items())
    rebuilt = UnetGenerator(**described["arguments"])
    assert rebuilt.state_dict().keys() == expected.keys()
    assert (described["size"], described["statistics"]) == (64, None)


def test_batch_norm_is_exported_with_own_statistics():
    one = task(norm="batch")
    assert describe(one.config, "x")["statistics"] == "own"


def test_presets():
    assert PRESETS.keys() == {"paper", "laptop", "smoke"}
    paper = PRESETS["paper"]
    assert (paper.size, paper.load_size, paper.batch, paper.levels, paper.width) == (256, 286, 1, 8, 64)
    assert (paper.norm, paper.dropout, paper.upsample, paper.d_layers) == ("batch", 0.5, "transposed", 3)
    assert (paper.adversarial, paper.l1_weight, paper.lr, paper.beta1) == ("bce", 100, 2e-4, 0.5)
    assert (paper.epochs_flat, paper.epochs_decay, paper.ema_decay) == (100, 100, 0)
    for config in PRESETS.values():
        assert config.size % 2**config.levels == 0
    assert sum(p.numel() for p in build_generator(PRESETS["laptop"]).parameters()) <= 6.0e6
    assert TASKS["pix2pix"].presets is PRESETS
    assert generator_arguments(paper)["levels"] == 8


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")
@pytest.mark.parametrize("precision", ["fp32", "bf16", "fp16"])
def test_a_step_on_the_gpu(precision):
    torch.manual_seed(0)
    one = Pix2Pix(TINY, fresh_accelerator("cuda", precision))
    before = {name: weights(network) for name, network in one.networks.items()}
    for number in range(3):
        report = one.step({k: v.cuda() for k, v in batch(number).items()})
    assert all(torch.isfinite(value) for value in report.values())
    for name, network in one.networks.items():
        assert any(not torch.equal(p, before[name][k]) for k, p in network.named_parameters())


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"input_channels": 2}, "picture of 2 channels was asked for; there are 1"),
        ({"output_channels": 0}, "picture of 0 channels"),
        ({"input_channels": 1, "hue": 0.1}, "hue is 0.1, which turns colours"),
        ({"zoom": 0.5}, "zoom is 0.5; it is a factor, from 1"),
        ({"zoom": 3.0}, "zoom is 3.0"),
        ({"zoom": float("nan")}, "zoom is nan"),
        ({"feature_matching_weight": -1.0}, "feature_matching_weight is -1.0; it must be 0 or more"),
        ({"feature_matching_weight": 1.0, "adversarial_weight": 0.0}, "without a discriminator"),
    ],
)
def test_settings_that_cannot_be(settings, words):
    with pytest.raises(CourseError, match=words):
        check(replace(PRESETS["smoke"], **settings))


def test_a_step_from_grey_to_colour_with_alpha():
    one, pictures = task(input_channels=1, output_channels=4), batch()
    shown = {"input": pictures["input"][:, :1], "target": torch.cat([pictures["target"], pictures["input"][:, :1]], 1)}
    assert set(one.step(shown)) == {"D", "G_gan", "L1"}
    assert one.sample(shown).shape == (2, 3, 3, 64, 64)
