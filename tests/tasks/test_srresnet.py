"""SRResNet's step: the loss of eq. 4 or its L1, worked out again; what moves; what is exported."""

from dataclasses import replace

import pytest
import torch

from course_lib.errors import CourseError
from course_lib.networks import SRResNet
from course_lib.networks.srresnet import enlarged
from course_lib.tasks import TASKS
from course_lib.tasks.srresnet import PRESETS, TASK, SRResNetConfig, SuperResolution, build_generator, describe
from course_lib.training.accelerator import fresh_accelerator

from .stand_ins import Shifted, small_and_large, weights

TINY = SRResNetConfig(
    blocks=1, width=4, norm="none", activation="relu", ends=3, tail="once", skip="bicubic", patch=8, batch=2,
    epochs_flat=2, epochs_decay=1, content="l1",
)  # fmt: skip


def task(precision="fp32", **changes):
    torch.manual_seed(0)
    return SuperResolution(replace(TINY, **changes), fresh_accelerator("cpu", precision))


@pytest.mark.parametrize("content", ["mse", "l1"])
def test_the_step_worked_out_by_hand(content):
    one = task(content=content)
    one.G = Shifted()
    one.opt_G = torch.optim.SGD(one.G.parameters(), lr=1.0)
    shown = small_and_large()
    off = (enlarged(shown["input"], 4) + 0.25 - shown["target"]).double()
    report = one.step(shown)
    loss, slope = (off.square(), 2 * off) if content == "mse" else (off.abs(), off.sign())
    assert report["content"].item() == pytest.approx(loss.mean().item(), rel=1e-5)
    assert one.G.b.item() == pytest.approx(0.25 - slope.mean().item(), abs=1e-5)


@pytest.mark.parametrize("changes", [{}, {"norm": "batch", "tail": "steps", "activation": "prelu", "skip": "none"}])
def test_every_weight_moves_and_the_average_follows(changes):
    one = task(ema_decay=0.5, **changes)
    before, average = weights(one.G), weights(one.averages["G"].module)
    for number in range(2):
        assert one.step(small_and_large(number)).keys() == {"content"}
    # A bias in front of a batch norm has no gradient worth the name.
    assert [k for k, p in one.G.named_parameters() if p.ndim > 1 and torch.equal(p, before[k])] == []
    assert any(not torch.equal(p, average[k]) for k, p in one.averages["G"].module.named_parameters())
    assert one.optimizers["G"].param_groups[0]["betas"] == (0.9, 0.999)


def test_it_learns_what_can_be_learned():
    one, shown = task(lr=1e-2), small_and_large()
    first = one.step(shown)["content"].item()
    for _ in range(30):
        last = one.step(shown)["content"].item()
    assert last < 0.95 * first


def test_a_sample_shows_bicubic_answer_and_truth_and_changes_nothing():
    one = task(norm="batch")
    one.step(small_and_large())
    before = {k: v.clone() for k, v in one.G.state_dict().items()}
    shown = small_and_large(1, count=3)
    with torch.no_grad():
        rows = one.sample(shown)
        torch.testing.assert_close(rows[:1], one.sample({k: v[:1] for k, v in shown.items()}))
    assert rows.shape == (3, 3, 3, 32, 32)
    assert torch.equal(rows[:, 0], enlarged(shown["input"], 4)) and torch.equal(rows[:, 2], shown["target"])
    assert all(torch.equal(v, before[k]) for k, v in one.G.state_dict().items()) and one.G.training


@pytest.mark.parametrize("average", [0.0, 0.9])
def test_export_gives_the_generator_that_samples_were_drawn_with(kept, average):
    one = task(ema_decay=average)
    one.step(small_and_large())
    kept.save(one)
    network = kept.networks(TASK, one.config)["model"]
    expected = one.exported("G").state_dict()
    assert all(torch.equal(v, expected[k]) for k, v in network.state_dict().items())
    assert SRResNet(**describe(one.config, "x")["arguments"]).state_dict().keys() == expected.keys()


def test_presets():
    assert PRESETS.keys() == {"paper", "laptop", "smoke"} and TASKS["srresnet"].presets is PRESETS
    paper = PRESETS["paper"]
    assert (paper.blocks, paper.width, paper.norm, paper.activation, paper.ends) == (16, 64, "batch", "prelu", 9)
    assert (paper.scale, paper.patch, paper.batch, paper.lr, paper.beta1) == (4, 24, 16, 1e-4, 0.9)
    assert (paper.content, paper.skip, paper.tail, paper.ema_decay, paper.epochs_decay) == (
        "mse",
        "none",
        "steps",
        0,
        0,
    )
    assert paper.epochs * (291 * paper.crops // paper.batch) == pytest.approx(1e6, rel=1e-3)
    assert sum(p.numel() for p in build_generator(PRESETS["laptop"]).parameters()) * 2 <= 6e6  # bytes in fp16
    for config in PRESETS.values():
        TASK.check(config)


def test_settings_out_of_their_range_are_named():
    for name in ("patch", "crops"):
        with pytest.raises(CourseError, match=f"{name} is 0; it must be 1 or more"):
            TASK.check(replace(TINY, **{name: 0}))


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")
@pytest.mark.parametrize("precision", ["fp32", "bf16", "fp16"])
def test_a_step_on_the_gpu(precision):
    torch.manual_seed(0)
    one = SuperResolution(TINY, fresh_accelerator("cuda", precision))
    before = weights(one.G)
    assert torch.isfinite(one.step({k: v.cuda() for k, v in small_and_large().items()})["content"])
    assert any(not torch.equal(p, before[k]) for k, p in one.G.named_parameters())
