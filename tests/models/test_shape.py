"""Pictures of any size through networks that take only some: padded and cut back, or in tiles."""

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from course_lib.data.fit import reflection
from course_lib.models import shape
from course_lib.models.shape import Takes, in_its_shape
from course_lib.models.statistics import Statistics
from course_lib.models.translator import Translator
from course_lib.networks import ResnetGenerator, UnetGenerator
from course_lib.networks.layers import use_own_statistics


class Halves(nn.Module):
    """Takes multiples of 4 from 8 up, says what it was shown, and adds a half."""

    def forward(self, x):
        self.shown = tuple(x.shape[-2:])
        assert not (x.shape[-2] % 4 or x.shape[-1] % 4) and min(x.shape[-2:]) >= 8
        return x + 0.5


@pytest.mark.parametrize(
    ("size", "shown"),
    [((8, 12), (8, 12)), ((9, 30), (12, 32)), ((1, 1), (8, 8)), ((3, 17), (8, 20)), ((1, 9), (8, 12))],
)
def test_any_size_is_padded_to_what_is_taken_and_comes_back(size, shown):
    network, picture = Halves(), torch.rand(1, 3, *size)
    answer = in_its_shape(network, network, picture, Takes(4, 8))
    assert network.shown == shown
    assert torch.equal(answer, picture + 0.5)


def test_the_padding_is_the_pictures_reflection():
    assert reflection(4, 8).tolist() == [2, 1, 0, 1, 2, 3, 2, 1]
    assert reflection(3, 4).tolist() == [0, 1, 2, 1]
    assert reflection(1, 4).tolist() == [0, 0, 0, 0]


def test_how_many_tiles_and_what_is_said():
    takes = Takes(256, 256)
    assert takes.tiles(600, 200) == 1 and takes.size(600, 200) == (768, 256)
    assert takes.tiles(1024, 1024) == 4  # of at most 640 + 2 · 64
    assert takes.described(256, 512) == "at the picture's own size"
    assert takes.described(200, 600).startswith("padded by reflection to multiples of 256 and cut back")
    assert takes.described(1024, 1024).startswith("in tiles")


def test_tiles_without_norms_are_the_whole_picture(monkeypatch):
    torch.manual_seed(0)
    network = nn.Conv2d(3, 2, 9, padding=4)
    picture = torch.rand(1, 3, 330, 290)
    with torch.no_grad():
        whole = network(picture)
        monkeypatch.setattr(shape, "WHOLE", 256 * 256)
        assert Takes(4, 8).tiles(330, 290) == 12
        tiled = in_its_shape(network, network, picture, Takes(4, 8))
    assert (tiled - whole)[..., 8:-8, 8:-8].abs().max() < 1e-5  # at the frame tiles see a reflection, the whole zeros


def test_a_norm_scales_by_what_it_saw_of_the_whole(monkeypatch):
    """One half of the picture is dark, one light: a tile's own mean would make both alike."""
    norm = nn.InstanceNorm2d(1)
    picture = torch.zeros(1, 1, 300, 300)
    picture[..., 150:] = 1
    monkeypatch.setattr(shape, "WHOLE", 256 * 256)
    tiled = in_its_shape(norm, norm, picture, Takes(4, 8))
    assert tiled[..., :100].mean().item() == pytest.approx(-1, abs=0.02)
    assert tiled[..., 200:].mean().item() == pytest.approx(1, abs=0.02)
    assert torch.equal(norm(picture), nn.InstanceNorm2d(1)(picture))  # and no hook is left behind


def test_batch_norms_of_the_picture_keep_their_scale_and_shift():
    norm = nn.BatchNorm2d(2)
    nn.init.normal_(norm.weight)
    nn.init.normal_(norm.bias)
    use_own_statistics(norm)
    picture = torch.rand(1, 2, 9, 7) * 3
    statistics = Statistics(norm)
    with statistics.taken():
        expected = norm(picture)
    with statistics.applied():
        again = norm(picture)
    assert torch.allclose(again, expected, atol=1e-5)
    norm.eval()
    assert Statistics(norm).norms == []  # running averages are every tile's already


@pytest.mark.parametrize("channels", [(1, 3), (3, 1), (4, 4), (1, 4)])
def test_a_translator_takes_and_gives_its_channels_at_the_pictures_shape(channels):
    torch.manual_seed(0)
    network = ResnetGenerator(*channels, blocks=1, width=2).eval()
    translator = Translator(network, {"size": 16}, {})
    modes = {1: "L", 3: "RGB", 4: "RGBA"}
    for mode in ("RGB", "L", "RGBA", "P"):
        answer = translator.at_its_shape(Image.new(mode, (60, 21)))
        assert (answer.mode, answer.size) == (modes[channels[1]], (60, 21))
    assert translator(Image.new("RGB", (60, 21))).size == (16, 16)
    assert translator.at_its_scale(Image.new("RGB", (60, 21))).size == (46, 16)
    assert translator.fingerprint().keys() == {"mean", "std"}


def test_at_its_own_size_a_picture_is_shown_as_it_is():
    torch.manual_seed(0)
    network = UnetGenerator(levels=3, width=2, norm="instance", dropout=0.0).eval()
    translator = Translator(network, {"size": 8}, {})
    picture = Image.fromarray(np.random.default_rng(0).integers(0, 256, (16, 24, 3), dtype=np.uint8))
    with torch.no_grad():
        pixels = torch.from_numpy(np.array(picture)).permute(2, 0, 1)[None] / 127.5 - 1
        expected = ((network(pixels)[0].permute(1, 2, 0) + 1) * 127.5).round().clamp(0, 255)
    assert np.array_equal(np.asarray(translator.at_its_shape(picture)), expected.byte().numpy())


@pytest.mark.parametrize(("fit", "shown"), [("squash", (0, 90)), ("crop", (30, 60)), ("pad", (0, 90))])
def test_as_in_training_is_as_the_config_says(fit, shown):
    """A ramp from left to right: which columns of it are seen."""
    ramp = np.broadcast_to(np.arange(90, dtype=np.uint8)[None, :, None], (30, 90, 3))
    prepared = np.array(Translator(nn.Identity(), {"size": 30, "fit": fit}, {}).prepare(Image.fromarray(ramp.copy())))
    assert prepared.shape == (30, 30, 3)
    seen = prepared[15, :, 0].astype(int)
    assert abs(seen.min() - shown[0]) <= 3 and abs(seen.max() - shown[1]) <= 3
    if fit == "pad":  # ten rows of picture, its reflection above and below
        assert np.ptp(prepared[..., 0], axis=0).max() <= 1
