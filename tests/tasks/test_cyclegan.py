"""The paper's step: six terms, each with the right pictures, the right discriminator and the right weight, and that everything
moves.
"""

from dataclasses import replace

import pytest
import torch
from torch import nn

from course_lib.errors import CourseError
from course_lib.networks import ResnetGenerator
from course_lib.tasks import TASKS
from course_lib.tasks.cyclegan import PRESETS, TASK, CycleGAN, CycleGANConfig, build_generator, check, describe
from course_lib.training.accelerator import fresh_accelerator

from .stand_ins import weights

TINY = CycleGANConfig(
    size=16, load_size=16, blocks=1, width=2, d_layers=1, d_width=2, batch=2, epochs_flat=2, epochs_decay=1,
    history=3,
)  # fmt: skip
NETWORKS = ("G", "F", "D_A", "D_B")


def task(precision="fp32", **changes):
    torch.manual_seed(0)
    return CycleGAN(replace(TINY, **changes), fresh_accelerator("cpu", precision))


def batch(seed=0, count=2, size=16):
    numbers = torch.Generator().manual_seed(seed)
    return {name: torch.rand(count, 3, size, size, generator=numbers) * 2 - 1 for name in "AB"}


class Scaled(nn.Module):
    """x → w · x² + c: two of these, with other numbers, do not commute."""

    def __init__(self, w, c):
        super().__init__()
        self.w, self.c = nn.Parameter(torch.tensor(w)), nn.Parameter(torch.tensor(c))

    def forward(self, x):
        return self.w * x.square() + self.c


class Scores(nn.Module):
    """x → v · mean x + d, one score a picture; writes down what it was shown."""

    def __init__(self, v, d, log, name):
        super().__init__()
        self.v, self.d, self.log, self.name = nn.Parameter(torch.tensor(v)), d, log, name

    def forward(self, x):
        self.log.append((self.name, x.detach().clone(), x.requires_grad))
        return self.v * x.mean(dim=(1, 2, 3)) + self.d


def played(**changes):
    """One step with mocks and plain SGD of rate 1, and everything that happened."""
    one, log = task(**changes), []
    one.G, one.F = Scaled(0.7, 0.2), Scaled(-0.4, 0.3)
    one.D_A, one.D_B = Scores(0.5, 0.1, log, "D_A"), Scores(-0.3, 0.6, log, "D_B")
    one.networks = {name: getattr(one, name) for name in NETWORKS}
    for kind, names in (("G", ("G", "F")), ("D", ("D_A", "D_B"))):
        optimizer = torch.optim.SGD(one.parameters(*names), lr=1.0)
        real = optimizer.step

        def step(real=real, kind=kind):
            log.append((f"{kind} moves",))
            real()

        optimizer.step = step
        setattr(one, f"opt_{kind}", optimizer)
    shown = batch()
    return one, log, shown, one.step(shown)


def test_generators_first_then_discriminators_on_detached_fakes():
    _, log, shown, _ = played()
    assert [event[0] for event in log] == ["D_B", "D_A", "G moves", "D_A", "D_B", "D moves"]
    fooled_b, fooled_a, _, shown_a, shown_b, _ = log
    a, b = shown["A"], shown["B"]
    fake_b, fake_a = 0.7 * a.square() + 0.2, -0.4 * b.square() + 0.3
    torch.testing.assert_close(fooled_b[1], fake_b)
    torch.testing.assert_close(fooled_a[1], fake_a)
    torch.testing.assert_close(shown_a[1], torch.cat([a, fake_a]))  # D_A: real A against F(b)
    torch.testing.assert_close(shown_b[1], torch.cat([b, fake_b]))
    assert [event[2] for event in (fooled_b, fooled_a, shown_a, shown_b)] == [True, True, False, False]


def test_the_six_terms_and_both_discriminators_worked_out_by_hand():
    one, _, shown, report = played()
    a, b = (shown[name].double() for name in "AB")

    def forth(x):
        return 0.7 * x**2 + 0.2

    def back(x):
        return -0.4 * x**2 + 0.3

    def d_a(x, v=0.5):
        return v * x.mean((1, 2, 3)) + 0.1

    def d_b(x, v=-0.3):
        return v * x.mean((1, 2, 3)) + 0.6

    expected = {
        "G_gan": ((d_b(forth(a)) - 1) ** 2).mean(),
        "F_gan": ((d_a(back(b)) - 1) ** 2).mean(),
        "cycle_A": (back(forth(a)) - a).abs().mean(),
        "cycle_B": (forth(back(b)) - b).abs().mean(),
        "identity_A": (back(a) - a).abs().mean(),
        "identity_B": (forth(b) - b).abs().mean(),
        "D_A": 0.5 * ((d_a(a) - 1) ** 2).mean() + 0.5 * (d_a(back(b)) ** 2).mean(),
        "D_B": 0.5 * ((d_b(b) - 1) ** 2).mean() + 0.5 * (d_b(forth(a)) ** 2).mean(),
    }
    assert {name: value.item() for name, value in report.items()} == pytest.approx(
        {name: value.item() for name, value in expected.items()}, rel=1e-4
    )
    # dL_D_A/dv = mean (v·m + d − 1)·m over reals + mean (v·m' + d)·m' over fakes; the rate is 1.
    m, n = a.mean((1, 2, 3)), back(b).mean((1, 2, 3))
    slope = ((d_a(a) - 1) * m).mean() + (d_a(back(b)) * n).mean()
    assert one.D_A.v.item() == pytest.approx(0.5 - slope.item(), abs=1e-5)


def by_autograd(weight):
    """dL/d(w_G, c_G, w_F, c_F) with every term spelt out on the mocks' formulas, in double precision."""
    w, c, u, e = (torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in (0.7, 0.2, -0.4, 0.3))
    a, b = (batch()[name].double() for name in "AB")
    fake_b, fake_a = w * a**2 + c, u * b**2 + e
    loss = weight["forward_gan_weight"] * ((-0.3 * fake_b.mean((1, 2, 3)) + 0.6 - 1) ** 2).mean()
    loss = loss + weight["backward_gan_weight"] * ((0.5 * fake_a.mean((1, 2, 3)) + 0.1 - 1) ** 2).mean()
    loss = loss + weight["forward_cycle_weight"] * (u * fake_b**2 + e - a).abs().mean()
    loss = loss + weight["backward_cycle_weight"] * (w * fake_a**2 + c - b).abs().mean()
    # The official code weighs G's identity term by λ of B and F's by λ of A.
    loss = loss + weight["identity_weight"] * weight["backward_cycle_weight"] * (w * b**2 + c - b).abs().mean()
    loss = loss + weight["identity_weight"] * weight["forward_cycle_weight"] * (u * a**2 + e - a).abs().mean()
    loss.backward()
    return [value.grad.item() if value.grad is not None else 0.0 for value in (w, c, u, e)]


@pytest.mark.parametrize(
    "weight",
    [
        {"forward_gan_weight": 1.0, "backward_gan_weight": 1.0, "forward_cycle_weight": 10.0, "backward_cycle_weight": 10.0, "identity_weight": 0.5},
        {"forward_gan_weight": 0.3, "backward_gan_weight": 2.0, "forward_cycle_weight": 4.0, "backward_cycle_weight": 7.0, "identity_weight": 0.2},
        {"forward_gan_weight": 1.0, "backward_gan_weight": 1.0, "forward_cycle_weight": 0.0, "backward_cycle_weight": 0.0, "identity_weight": 0.5},
        {"forward_gan_weight": 1.0, "backward_gan_weight": 0.0, "forward_cycle_weight": 10.0, "backward_cycle_weight": 0.0, "identity_weight": 0.0},
    ],
)  # fmt: skip
def test_the_generators_gradient_is_that_of_equation_3(weight):
    one, _, _, _ = played(**weight)
    moved = [one.G.w, one.G.c, one.F.w, one.F.c]
    found = [before - now.item() for before, now in zip((0.7, 0.2, -0.4, 0.3), moved, strict=True)]
    assert found == pytest.approx(by_autograd(weight), rel=1e-4, abs=1e-6)


def test_a_term_without_weight_is_not_computed_and_its_discriminator_rests():
    one, _, _, report = played(
        forward_gan_weight=0.0, backward_gan_weight=1.0, forward_cycle_weight=0.0, backward_cycle_weight=0.0
    )
    assert "identity_A" not in report
    assert "D_B" not in report
    assert one.D_B.v.item() == pytest.approx(-0.3)
    assert one.D_A.v.item() != pytest.approx(0.5)


@pytest.mark.parametrize("kind", ["lsgan", "bce"])
@pytest.mark.parametrize("norm", ["instance", "batch"])
def test_every_network_moves(kind, norm):
    one = task(adversarial=kind, norm=norm, ema_decay=0.5)
    assert tuple(one.networks) == NETWORKS
    before = {name: weights(network) for name, network in one.networks.items()}
    for number in range(2):
        report = one.step(batch(number))
    assert all(torch.isfinite(value) for value in report.values())
    for name, network in one.networks.items():
        still = [k for k, p in network.named_parameters() if p.ndim > 1 and torch.equal(p, before[name][k])]
        assert still == [], name


def test_batched_passes_are_the_same_numbers():
    """In float64: same terms, and the same weights after five steps to 1e-9."""
    reports, states = [], []
    for batched in (True, False):
        one = task(batched=batched)
        for network in one.networks.values():
            network.double()
        reports.append([{k: v.item() for k, v in one.step(doubled(batch(n))).items()} for n in range(5)])
        states.append(torch.cat([p.detach().flatten() for net in one.networks.values() for p in net.parameters()]))
    for ours, plain in zip(*reports, strict=True):
        assert ours == pytest.approx(plain, rel=1e-9)
    torch.testing.assert_close(*states, atol=1e-9, rtol=0)


def doubled(shown):
    return {name: pictures.double() for name, pictures in shown.items()}


def test_the_history_shows_old_fakes():
    one = task(history=2)
    seen = []
    discriminator = one.D_A.forward
    one.D_A.forward = lambda x: (seen.append(x.detach().clone()), discriminator(x))[1]
    fakes = []
    for number in range(12):
        with torch.no_grad():
            fakes.append(one.F(batch(number)["B"]))
        one.step(batch(number))
    found = [pass_[2:] for pass_ in seen[1::2]]  # every second call is D_A's own step: two reals, two from the history
    past = torch.cat(fakes)

    def age(picture, step):
        distance = (past[: 2 * step + 2] - picture).abs().flatten(1).amax(1)
        assert distance.min() < 1e-5  # it is one of the fakes made so far, bit for bit but for batching
        return step - int(distance.argmin()) // 2

    ages = [age(picture, step) for step, pictures in enumerate(found) for picture in pictures]
    assert ages[:2] == [0, 0]
    assert 4 <= sum(old > 0 for old in ages[2:]) <= 19  # about half of 22


# Compiled, in both precisions: tests/commands/test_gpu_check.py.
def test_bf16_autocast_moves_everything_and_stays_near_fp32():
    runs = {}
    for precision in ("fp32", "bf16"):
        one = task(precision)
        before = {name: weights(network) for name, network in one.networks.items()}
        runs[precision] = [{k: v.item() for k, v in one.step(batch(n)).items()} for n in range(2)]
        for name, network in one.networks.items():
            moved = [not torch.equal(p, before[name][k]) for k, p in network.named_parameters() if p.ndim > 1]
            assert all(moved), name
    for full, half in zip(runs["fp32"], runs["bf16"], strict=True):
        assert half == pytest.approx(full, rel=0.05)
    assert runs["fp32"] != runs["bf16"]


@pytest.mark.parametrize("average", [0.0, 0.9])
def test_a_resumed_run_goes_on_bit_for_bit_with_its_histories(kept, average):
    one = task(ema_decay=average)
    for number in range(4):
        one.step(batch(number))
    kept.save(one)
    other = task(ema_decay=average)
    kept.load(other)
    for number in range(4, 9):
        first, second = one.step(batch(number)), other.step(batch(number))
        assert {k: v.item() for k, v in first.items()} == {k: v.item() for k, v in second.items()}
    for name in NETWORKS:
        assert all(torch.equal(p, weights(other.networks[name])[k]) for k, p in one.networks[name].named_parameters())


@pytest.mark.parametrize("average", [0.0, 0.9])
def test_export_gives_both_generators_that_samples_were_drawn_with(kept, average):
    one = task(ema_decay=average)
    for number in range(2):
        one.step(batch(number))
    kept.save(one)
    networks, described = kept.networks(TASK, one.config), describe(one.config, "x")
    for direction, name in (("AtoB", "G"), ("BtoA", "F")):
        expected = one.exported(name).state_dict()
        assert all(torch.equal(v, expected[k]) for k, v in networks[direction].state_dict().items())
    assert TASK.kind == "two_way"
    assert ResnetGenerator(**described["arguments"]).state_dict().keys() == networks["AtoB"].state_dict().keys()


def test_a_sample_shows_both_round_trips():
    one = task()
    shown = batch(1, count=3)
    with torch.no_grad():
        rows = one.sample(shown)
        assert rows.shape == (3, 6, 3, 16, 16)
        torch.testing.assert_close(rows[:, 2], one.F(one.G(shown["A"])))
        torch.testing.assert_close(rows[:, 5], one.G(one.F(shown["B"])))
    assert torch.equal(rows[:, 0], shown["A"])
    assert torch.equal(rows[:, 3], shown["B"])


def test_the_schedule_reaches_both_optimisers():
    one = task(lr=1.0, epochs_flat=1, epochs_decay=3)
    for epoch, rate in enumerate([1, 0.75, 0.5, 0.25]):
        one.start_epoch(epoch)
        assert [o.param_groups[0]["lr"] for o in one.optimizers.values()] == pytest.approx([rate, rate])


def test_presets():
    assert PRESETS.keys() == {"paper", "laptop", "smoke"}
    paper = PRESETS["paper"]
    assert (paper.size, paper.load_size, paper.batch, paper.blocks, paper.width) == (256, 286, 1, 9, 64)
    assert (paper.norm, paper.upsample, paper.d_layers, paper.adversarial) == ("instance", "transposed", 3, "lsgan")
    assert (paper.forward_cycle_weight, paper.backward_cycle_weight, paper.identity_weight) == (10, 10, 0.5)
    assert (paper.history, paper.lr, paper.beta1, paper.epochs_flat, paper.epochs_decay) == (50, 2e-4, 0.5, 100, 100)
    assert sum(p.numel() for p in build_generator(PRESETS["laptop"]).parameters()) <= 3.0e6
    assert TASKS["cyclegan"].presets is PRESETS
    for config in PRESETS.values():
        check(config)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"size": 18}, "size is 18"),
        ({"load_size": 8}, "load-size 8"),
        ({"history": -1}, "history is -1"),
        (
            {"global_skip": True, "output_channels": 1, "identity_weight": 0.0},
            "global-skip adds the output to the input",
        ),
        ({"forward_cycle_weight": -1.0}, "forward_cycle_weight is -1"),
        (
            {f"{way}_{term}_weight": 0.0 for way in ("forward", "backward") for term in ("gan", "cycle")},
            "nothing to train",
        ),
    ],
)
def test_what_is_refused(changes, words):
    with pytest.raises(CourseError, match=words):
        check(replace(TINY, **changes))


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")
@pytest.mark.parametrize("precision", ["fp32", "bf16", "fp16"])
def test_a_step_on_the_gpu(precision):
    torch.manual_seed(0)
    one = CycleGAN(TINY, fresh_accelerator("cuda", precision))
    before = {name: weights(network) for name, network in one.networks.items()}
    for number in range(3):
        report = one.step({k: v.cuda() for k, v in batch(number).items()})
    assert all(torch.isfinite(value) for value in report.values())
    for name, network in one.networks.items():
        assert any(not torch.equal(p, before[name][k]) for k, p in network.named_parameters())
