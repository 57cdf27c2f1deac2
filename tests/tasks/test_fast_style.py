"""Fast style transfer's step: eq. 5, worked out again; what moves; what is exported; what is refused."""

from dataclasses import replace

import pytest
import torch
from PIL import Image
from torch import nn

from course_lib.errors import CourseError
from course_lib.networks import StylizationNet, VGGFeatures
from course_lib.tasks import TASKS
from course_lib.tasks.fast_style import PRESETS, TASK, FastStyle, FastStyleConfig, build_generator, check, describe
from course_lib.training.accelerator import fresh_accelerator

from .stand_ins import weights

TINY = FastStyleConfig(
    balance="target", content_layer="relu1_2", content_weight=2.0, style_weight=3.0, tv_weight=0.5,
    style_layers=("relu1_1", "relu2_1"), layer_weights=(0.75, 0.25), style_size=24, size=16, batch=2, width=4, blocks=1,
    ends=3, epochs_flat=2, epochs_decay=1,
)  # fmt: skip


def task(**changes):
    torch.manual_seed(0)
    return FastStyle(replace(TINY, **changes), fresh_accelerator("cpu", "fp32"))


def photos(seed=0, count=2):
    return {"photo": torch.rand(count, 3, 16, 16, generator=torch.Generator().manual_seed(seed)) * 2 - 1}


class Shift(nn.Module):
    """f_W(x) = x + b."""

    def __init__(self):
        super().__init__()
        self.b = nn.Parameter(torch.tensor(0.2))

    def forward(self, x):
        return x + self.b


def by_hand(b, photo, style, balance):
    """Eq. 5 for f_W(x) = x + b, each picture and each layer written out, in the loss network's own features."""
    eye = VGGFeatures(["relu1_1", "relu1_2", "relu2_1"])
    target, painted, aim = (eye((picture + 1) / 2) for picture in (photo, photo + b, style))
    total = 0.0
    for index in range(len(photo)):
        t, f = target["relu1_2"][index], painted["relu1_2"][index]
        content = ((f - t) ** 2).mean() / ((t**2).mean() if balance == "target" else 1)
        look = 0.0
        for layer, weight in (("relu1_1", 0.75), ("relu2_1", 0.25)):
            g, a = (
                maps.flatten(1) @ maps.flatten(1).T / maps.numel() for maps in (painted[layer][index], aim[layer][0])
            )
            look += weight * (((g - a) ** 2).sum() / (a**2).sum() if balance == "target" else ((g - a) ** 2).sum() / 4)
        y = photo[index] + b
        rough = (y[:, 1:] - y[:, :-1]).abs().mean() + (y[:, :, 1:] - y[:, :, :-1]).abs().mean()
        total += (2 * content + 3 * look + 0.5 * rough) / len(photo)
    return total


@pytest.mark.parametrize("balance", ["target", "none"])
def test_the_step_worked_out_by_hand(balance):
    one = task(balance=balance)
    one.G = Shift()
    one.opt_G = torch.optim.SGD(one.G.parameters(), lr=1e-3)
    shown = photos()
    b = torch.tensor(0.2, requires_grad=True)
    expected = by_hand(b, shown["photo"], one.style, balance)
    (slope,) = torch.autograd.grad(expected, b)
    report = one.step(shown)
    assert report.keys() == {"total", "content", "style", "tv"}
    assert report["total"].item() == pytest.approx(expected.item(), rel=1e-4)
    assert (0.2 - one.G.b.item()) / 1e-3 == pytest.approx(slope.item(), rel=1e-3)


def test_every_kernel_moves_and_the_average_follows_and_the_loss_network_does_not():
    one = task(ema_decay=0.5)
    before, average = weights(one.G), weights(one.averages["G"].module)
    eye = {name: value.clone() for name, value in one.objective.eye.state_dict().items()}
    for number in range(2):
        one.step(photos(number))
    assert [k for k, p in one.G.named_parameters() if p.ndim > 1 and torch.equal(p, before[k])] == []
    assert any(not torch.equal(p, average[k]) for k, p in one.averages["G"].module.named_parameters())
    assert all(torch.equal(value, eye[name]) for name, value in one.objective.eye.state_dict().items())
    assert one.optimizers["G"].param_groups[0]["betas"] == (0.9, 0.999)


def test_it_learns_what_can_be_learned():
    one, shown = task(lr=1e-2), photos()
    first = one.step(shown)["total"].item()
    for _ in range(30):
        last = one.step(shown)["total"].item()
    assert last < 0.6 * first


def test_a_sample_shows_photo_answer_and_painting_and_changes_nothing():
    one = task(style_size=24)
    before = {k: v.clone() for k, v in one.G.state_dict().items()}
    with torch.no_grad():
        rows = one.sample({"photo": torch.rand(2, 3, 32, 16) * 2 - 1})
        assert rows.shape == (2, 3, 3, 32, 16)
        torch.testing.assert_close(rows[:, 1], one.G(rows[:, 0]))
    assert torch.equal(rows[0, 2, :, :24, :], one.style[0, :, :24, :16]) and (rows[:, 2, :, 24:] == 1).all()
    assert all(torch.equal(v, before[k]) for k, v in one.G.state_dict().items())


@pytest.mark.parametrize("average", [0.0, 0.9])
def test_export_gives_the_network_that_samples_were_drawn_with(kept, average):
    one = task(ema_decay=average)
    one.step(photos())
    kept.save(one)
    network = kept.networks(TASK, one.config)["model"]
    expected = one.exported("G").state_dict()
    assert all(torch.equal(v, expected[k]) for k, v in network.state_dict().items())
    assert StylizationNet(**describe(one.config, "x")["arguments"]).state_dict().keys() == expected.keys()


def test_presets():
    assert PRESETS.keys() == {"paper", "laptop", "smoke"} and TASKS["fast_style"].presets is PRESETS
    paper = PRESETS["paper"]
    assert (paper.width, paper.blocks, paper.ends, paper.size, paper.batch, paper.lr) == (32, 5, 9, 256, 4, 1e-3)
    assert (paper.epochs, paper.epochs_decay, paper.vgg_weights, paper.vgg_depth) == (2, 0, "imagenet", 16)
    assert paper.style_layers == ("relu1_2", "relu2_2", "relu3_3", "relu4_3") and paper.content_layer == "relu2_2"
    assert paper.epochs * 82783 // paper.batch == pytest.approx(40_000, rel=0.05)  # COCO's photos
    assert sum(p.numel() for p in build_generator(PRESETS["laptop"]).parameters()) * 2 <= 4e6  # bytes in fp16
    for config in PRESETS.values():
        check(config)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"style_weight": -1.0}, "style_weight is -1.0; it must be 0 or more"),
        ({"content_weight": float("nan")}, "content_weight is nan; it must be 0 or more, and finite"),
        ({"tv_weight": float("inf")}, "tv_weight is inf"),
        ({"layer_weights": (1.0, -2.0)}, "a number of layer_weights is -2.0"),
        ({"content_weight": 0.0, "style_weight": 0.0}, "both 0, so there is nothing to come near"),
        ({"layer_weights": (1.0,)}, "layer_weights are 1 numbers for 2 style_layers"),
        ({"style_layers": (), "layer_weights": ()}, "at least one"),
        ({"size": 18}, "size is 18; it must be a multiple of 4"),
        ({"size": 8}, "size is 8; it must be from 16 to 2048"),
        ({"style_size": 5000}, "style_size is 5000"),
        ({"crops": 0}, "crops is 0; it must be 1 or more"),
        ({"batch": 0}, "batch is 0"),
    ],
)
def test_settings_out_of_their_range_are_named(changes, message):
    with pytest.raises(CourseError, match=message):
        check(replace(TINY, **changes))


def test_one_weight_alone_may_be_zero():
    check(replace(TINY, content_weight=0.0))
    check(replace(TINY, style_weight=0.0))
    assert task(style_weight=0.0, tv_weight=0.0).step(photos())["total"] > 0


def test_a_painting_that_is_missing_or_smaller_than_the_networks_reach(tmp_path):
    with pytest.raises(CourseError, match="nowhere.png is not there"):
        task(style=str(tmp_path / "nowhere.png"))
    Image.new("RGB", (100, 9)).save(tmp_path / "low.png")
    with pytest.raises(CourseError, match=r"low.png has 100 × 9 pixels, and one feature of relu2_1 sees 10 × 10"):
        task(style=str(tmp_path / "low.png"))
    Image.new("RGB", (40, 10)).save(tmp_path / "flat.png")
    assert torch.isfinite(task(style=str(tmp_path / "flat.png")).step(photos())["total"])


def test_held_out_photos_are_those_of_the_set_or_the_samples(tmp_path):
    for name, count in (("train", 3), ("val", 2)):
        (tmp_path / name).mkdir()
        for index in range(count):
            Image.new("RGB", (40, 30), (index, 0, 0)).save(tmp_path / name / f"{index}.png")
    assert len(TASK.open(str(tmp_path), TINY, "train")) == 3
    assert len(TASK.open(str(tmp_path), TINY, "val")) == 2
    assert len(TASK.open(str(tmp_path), replace(TINY, sample_photos=True, crops=2), "train")) == 2 * (3 + 5)
    for file in (tmp_path / "val").iterdir():
        file.unlink()
    (tmp_path / "val").rmdir()
    assert [file.name for file in TASK.open(str(tmp_path), TINY, "val").files] == ["coffee.png", "flower.jpg"]


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")
@pytest.mark.parametrize("precision", ["fp32", "bf16", "fp16"])
def test_a_step_on_the_gpu(precision):
    torch.manual_seed(0)
    one = FastStyle(TINY, fresh_accelerator("cuda", precision))
    before = weights(one.G)
    assert torch.isfinite(one.step({k: v.cuda() for k, v in photos().items()})["total"])
    assert any(not torch.equal(p, before[k]) for k, p in one.G.named_parameters())
