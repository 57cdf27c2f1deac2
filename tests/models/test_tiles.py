"""Tiles: they cover everything, their weights add up to one, and nobody can see where they meet."""

import pytest
import torch
from torch import nn

from course_lib.models.tiles import in_tiles, ramp, spans
from course_lib.networks import SRResNet


@pytest.mark.parametrize("length", [1, 7, 40, 41, 73, 100, 333, 1000])
@pytest.mark.parametrize(("tile", "fade"), [(40, 8), (32, 8), (33, 4), (5, 0), (100, 25)])
def test_every_pixel_has_weights_that_add_up_to_one(length, tile, fade):
    total, parts = torch.zeros(length), spans(length, tile, reach=3, fade=fade)
    for span in parts:
        start, stop = span.kept
        assert stop - start <= tile + 1
        assert span.read == (max(0, start - 3), min(length, stop + 3))
        total[start:stop] += ramp(stop - start, span.before, span.after)
    torch.testing.assert_close(total, torch.ones(length))


def test_a_ramp_and_its_neighbours():
    assert ramp(6, 2, 0).tolist() == pytest.approx([0.25, 0.75, 1, 1, 1, 1])
    torch.testing.assert_close(ramp(4, 4, 0) + ramp(4, 0, 4), torch.ones(4))


@pytest.mark.parametrize("numbers", [(31, 3, 8), (40, -1, 8), (0, 1, 0), (40, 1, -1)])
def test_tiles_that_cannot_be(numbers):
    with pytest.raises(ValueError, match="4 times the fade"):
        spans(100, *numbers)


def network(**options):
    torch.manual_seed(0)
    made = SRResNet(**{"blocks": 2, "width": 8, "norm": "none", "ends": 3, "tail": "once", "skip": "bicubic"} | options)
    for layer in made.modules():
        if isinstance(layer, nn.Conv2d):
            nn.init.normal_(layer.weight, 0, 0.2)
    return made.eval()


@pytest.mark.parametrize("options", [{}, {"tail": "steps"}, {"norm": "batch"}, {"tail": "steps", "ends": 9}])
@pytest.mark.parametrize("shape", [(90, 70), (33, 150), (20, 20)])
def test_tiled_and_whole_agree_at_the_frame_too(options, shape):
    model, seen = network(**options), []
    picture = torch.rand(1, 3, *shape, generator=torch.Generator().manual_seed(1)) * 2 - 1
    with torch.no_grad():
        whole = model(picture)
        tiled = in_tiles(
            model, picture, scale=4, reach=model.reach, tile=32, progress=lambda done, total: seen.append((done, total))
        )
    assert whole.std() > 0.1
    assert (tiled - whole).abs().max() < 1e-5 * max(1, whole.abs().max().item())
    assert seen == [(n + 1, len(seen)) for n in range(len(seen))]


def test_no_tile_is_larger_than_said():
    shown = []

    def spy(part):
        shown.append(tuple(part.shape[-2:]))
        return torch.zeros(1, 3, 2 * part.shape[-2], 2 * part.shape[-1])

    answer = in_tiles(spy, torch.zeros(1, 3, 130, 400), scale=2, reach=5, tile=64)
    assert answer.shape == (1, 3, 260, 800)
    assert max(max(shape) for shape in shown) <= 65 + 2 * 5


def test_what_reaches_further_than_it_says_fades_instead_of_jumping():
    # Every tile is answered with its own mean: the extreme case. Across a meeting the answer changes in small steps.
    picture = torch.linspace(0, 1, 128).expand(1, 3, 64, 128)
    answer = in_tiles(lambda part: part.mean().expand(part.shape), picture, scale=1, reach=0, tile=64, fade=16)
    steps = answer[0, 0, 0].diff().abs()
    assert answer[0, 0, 0, -1] - answer[0, 0, 0, 0] > 0.3
    assert steps.max() < 0.04
