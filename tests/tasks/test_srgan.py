"""SRGAN's step: who sees what, in which order, under which weight, and that everything moves."""

from dataclasses import replace

import pytest
import torch
from torch.nn import functional

from course_lib.errors import CourseError
from course_lib.networks import VGGFeatures
from course_lib.networks.srresnet import enlarged
from course_lib.tasks import TASKS
from course_lib.tasks.srgan import PRESETS, SRGAN, TASK, SRGANConfig, build_discriminator, check
from course_lib.training.accelerator import fresh_accelerator

from .stand_ins import Recorder, Shifted, small_and_large, weights

TINY = SRGANConfig(
    blocks=1, width=4, norm="none", activation="relu", ends=3, tail="once", skip="bicubic", patch=8, batch=2,
    epochs_flat=2, epochs_decay=1, content_weight=0.5, pixel_weight=2.0, adversarial_weight=0.25,
    vgg_depth=16, vgg_weights="bsds", vgg_layers=("relu1_2",), d_width=2, d_norm="none", d_dense=4,
)  # fmt: skip


def task(precision="fp32", **changes):
    torch.manual_seed(0)
    return SRGAN(replace(TINY, **changes), fresh_accelerator("cpu", precision))


@pytest.fixture
def played():
    """One step with mocks, plain SGD of rate 1, MSE for content, and everything that happened."""
    one, log = task(content="mse"), []
    one.G, one.D = Shifted(), Recorder(log)
    one.opt_G, one.opt_D = (torch.optim.SGD(network.parameters(), lr=1.0) for network in (one.G, one.D))
    for name in ("G", "D"):
        optimizer = getattr(one, f"opt_{name}")

        def step(real=optimizer.step, name=name):
            log.append((f"{name} moves",))
            real()

        optimizer.step = step
    shown = small_and_large()
    return one, log, shown, one.step(shown)


def test_d_first_then_g_with_a_new_forward_of_the_moved_d(played):
    _, log, shown, _ = played
    assert [event[0] for event in log] == ["D", "D", "D moves", "D", "G moves"]
    real, fake, fooled = (event for event in log if event[0] == "D")
    assert real[2] == fake[2] == pytest.approx(0.3) != fooled[2]
    assert torch.equal(real[1], shown["target"])  # never the small picture: this D is not conditional
    assert torch.equal(fake[1], enlarged(shown["input"], 4) + 0.25) and torch.equal(fooled[1], fake[1])
    assert (fake[3], fooled[3]) == (False, True)


def test_the_numbers_of_the_step_worked_out_by_hand(played):
    one, _, shown, report = played
    fake, y = (enlarged(shown["input"], 4) + 0.25).double(), shown["target"].double()
    m_real, m_fake = (picture.mean(dim=(1, 2, 3)) for picture in (y, fake))
    expected = functional.softplus(-0.3 * m_real - 0.2).mean() + functional.softplus(0.3 * m_fake + 0.2).mean()
    assert report["D"].item() == pytest.approx(expected.item(), rel=1e-5)  # eq. 2: no half
    slope = (-torch.sigmoid(-0.3 * m_real - 0.2) * m_real).mean() + (torch.sigmoid(0.3 * m_fake + 0.2) * m_fake).mean()
    w = 0.3 - slope.item()
    assert one.D.w.item() == pytest.approx(w, abs=1e-6)
    assert report["G_gan"].item() == pytest.approx(functional.softplus(-w * m_fake - 0.2).mean().item(), rel=1e-5)
    assert report["content"].item() == pytest.approx((fake - y).square().mean().item(), rel=1e-5)
    assert report["L1"].item() == pytest.approx((fake - y).abs().mean().item(), rel=1e-5)
    # dL/db = 0.5 · mean 2(fake − y) + 0.25 · mean −σ(−f)·w + 2 · mean sign(fake − y)
    gan = (-torch.sigmoid(-w * m_fake - 0.2) * w).mean()
    total = 0.5 * 2 * (fake - y).mean() + 0.25 * gan + 2 * (fake - y).sign().mean()
    assert one.G.b.item() == pytest.approx(0.25 - total.item(), abs=1e-5)


def test_content_is_compared_in_features_of_pictures_in_0_1():
    one, shown = task(), small_and_large()
    fake = torch.rand(2, 3, 32, 32) * 2 - 1
    network = VGGFeatures("relu1_2")
    of_fake, of_real = (network((picture + 1) / 2)["relu1_2"] for picture in (fake, shown["target"]))
    assert one.content_loss(fake, shown["target"]).item() == pytest.approx((of_fake - of_real).square().mean().item())
    assert "eye" not in one.networks  # no checkpoint holds it


def test_directions_are_averaged_over_the_layers():
    layers = ("relu1_2", "relu2_2")
    one, shown, fake = (
        task(content="vgg_directions", vgg_layers=layers),
        small_and_large(),
        torch.rand(2, 3, 32, 32) * 2 - 1,
    )
    network = VGGFeatures(layers)
    of_fake, of_real = (network((picture + 1) / 2) for picture in (fake, shown["target"]))
    expected = [(2 - 2 * functional.cosine_similarity(of_fake[n], of_real[n], dim=1)).mean().item() for n in layers]
    assert one.content_loss(fake, shown["target"]).item() == pytest.approx(sum(expected) / 2, rel=1e-3)


def gradient_of_g(**changes):
    one = task(**changes)
    one.opt_D.step = lambda: None  # the same D for every weight
    one.step(small_and_large())
    return torch.cat([parameter.grad.double().flatten() for parameter in one.G.parameters()])


@pytest.mark.parametrize("name", ["adversarial_weight", "content_weight", "pixel_weight", "phase_weight"])
def test_g_is_affine_in_each_weight(name):
    others = dict.fromkeys(("adversarial_weight", "content_weight", "pixel_weight", "phase_weight"), 0.0)
    first, second, third = (gradient_of_g(**others | {name: weight}) for weight in (1.0, 2.0, 3.0))
    assert first.abs().max() > 0
    torch.testing.assert_close(third - second, second - first, rtol=1e-3, atol=1e-5 * first.abs().max().item())


@pytest.mark.parametrize("kind", ["bce", "lsgan", "hinge"])
@pytest.mark.parametrize("norm", ["batch", "none"])
def test_every_network_moves(kind, norm):
    one = task(adversarial=kind, norm=norm, d_norm=norm, ema_decay=0.5, d_lr=1e-3)
    before = {name: weights(network) for name, network in one.networks.items()}
    average = weights(one.averages["G"].module)
    for number in range(2):
        report = one.step(small_and_large(number))
    assert report.keys() == {"D", "G_gan", "content", "L1"}
    for name, network in one.networks.items():
        still = [k for k, p in network.named_parameters() if p.ndim > 1 and torch.equal(p, before[name][k])]
        assert still == [], name
    assert any(not torch.equal(p, average[k]) for k, p in one.averages["G"].module.named_parameters())
    assert one.averages.keys() == {"G"}


def test_each_optimiser_holds_its_own_network_and_rate():
    one = task(d_lr=3e-3, lr=1.0, epochs_flat=1, epochs_decay=1)
    for name, network in one.networks.items():
        held = {id(p) for group in one.optimizers[name].param_groups for p in group["params"]}
        assert held == {id(p) for p in network.parameters()}
    one.start_epoch(1)
    assert [one.optimizers[name].param_groups[0]["lr"] for name in "GD"] == pytest.approx([0.5, 1.5e-3])


def test_bf16_stays_near_fp32():
    full, half = (
        [{k: v.item() for k, v in one.step(small_and_large(n)).items()} for n in range(2)]
        for one in (task(), task("bf16"))
    )
    for plain, coarse in zip(full, half, strict=True):
        assert coarse == pytest.approx(plain, rel=0.05)
    assert full != half


def test_it_starts_from_a_trained_srresnet(tmp_path, monkeypatch):
    from course_lib.commands.train import start_from
    from course_lib.models import zoo
    from course_lib.tasks.srresnet import build_generator, describe

    torch.manual_seed(5)
    trained = build_generator(TINY)
    zoo.save(tmp_path / "m", {"model": trained}, {"kind": "upscaler", **describe(TINY, "x")}, {"title": "t"})
    one = task(ema_decay=0.9)
    start_from(str(tmp_path / "m"), TASK, one)
    for network in (one.G, one.averages["G"].module):
        for name, value in network.state_dict().items():
            assert torch.equal(value, trained.state_dict()[name].half().float())
    with pytest.raises(CourseError, match="is another network than this run's G"):
        start_from(str(tmp_path / "m"), TASK, task(width=5))


def test_presets():
    assert PRESETS.keys() == {"paper", "laptop", "smoke"} and TASKS["srgan"].presets is PRESETS
    paper = PRESETS["paper"]
    assert (paper.adversarial, paper.adversarial_weight, paper.content, paper.pixel_weight) == ("bce", 1e-3, "vgg", 0)
    assert (paper.vgg_depth, paper.vgg_weights, paper.vgg_layers) == (19, "imagenet", ("relu5_4",))
    assert paper.content_weight == pytest.approx(1 / 12.75**2, rel=0.03)
    assert paper.epochs * (291 * paper.crops // paper.batch) == pytest.approx(2e5, rel=2e-3)
    from course_lib.tasks.srresnet import PRESETS as BEFORE
    from course_lib.tasks.srresnet import generator_arguments

    for name, config in PRESETS.items():
        check(config)
        assert build_discriminator(config).size == config.scale * config.patch
        # Weights fit, so that one can start from the other and pictures can be made between them.
        assert generator_arguments(config) == generator_arguments(BEFORE[name])
    with pytest.raises(CourseError, match="patch is 3; with a phase_weight it must be 4"):
        check(replace(TINY, patch=3, phase_weight=1.0))
    with pytest.raises(CourseError, match="lr is -1"):
        check(replace(TINY, d_lr=-1.0))


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")
@pytest.mark.parametrize("precision", ["fp32", "bf16", "fp16"])
def test_a_step_on_the_gpu(precision):
    torch.manual_seed(0)
    one = SRGAN(TINY, fresh_accelerator("cuda", precision))
    before = {name: weights(network) for name, network in one.networks.items()}
    for number in range(3):
        report = one.step({k: v.cuda() for k, v in small_and_large(number).items()})
    assert all(torch.isfinite(value) for value in report.values())
    for name, network in one.networks.items():
        assert any(not torch.equal(p, before[name][k]) for k, p in network.named_parameters())
