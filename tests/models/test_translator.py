"""A trained network as a function from picture to picture."""

import threading

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from course_lib.data import palette
from course_lib.errors import CourseError
from course_lib.models.translator import Translator, card_section, measure, usable_device
from course_lib.networks import UnetGenerator


def noisy():
    torch.manual_seed(0)
    network = UnetGenerator(levels=6, width=4, norm="instance").eval()
    for parameter in network.parameters():
        if parameter.ndim > 1:
            nn.init.normal_(parameter, 0, 0.3)
    return network


@pytest.fixture(scope="module")
def translator():
    return Translator(noisy(), {"size": 64, "palette": None}, {"name": "noisy"})


@pytest.fixture(scope="module")
def picture():
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (50, 90, 3), dtype=np.uint8))


def pixels(image):
    return np.asarray(image).astype(int)


def test_the_same_seed_gives_the_same_picture(translator, picture):
    first, again, other = translator(picture, seed=3), translator(picture, seed=3), translator(picture, seed=4)
    assert first.size == (64, 64)
    assert np.array_equal(first, again)
    assert np.abs(pixels(first) - pixels(other)).mean() > 1


def test_without_noise_the_seed_does_not_matter(translator, picture):
    quiet = [translator(picture, seed=seed, noise=False) for seed in (1, 2)]
    assert np.array_equal(*quiet)
    assert np.abs(pixels(translator(picture, seed=1)) - pixels(quiet[0])).mean() > 1  # and the noise comes back


def test_the_world_outside_keeps_its_random_numbers(translator, picture):
    state = torch.get_rng_state()
    translator(picture, seed=9)
    assert torch.equal(torch.get_rng_state(), state)


def test_visitors_at_once_do_not_share_noise(translator, picture):
    expected = {seed: pixels(translator(picture, seed=seed)) for seed in range(6)}
    wrong = []

    def visit(seed):
        for _ in range(3):
            if not np.array_equal(pixels(translator(picture, seed=seed)), expected[seed]):
                wrong.append(seed)

    visitors = [threading.Thread(target=visit, args=(seed,)) for seed in expected]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    assert wrong == []


def test_it_is_the_network_and_nothing_else(translator, picture):
    from course_lib.data.pictures import to_picture, to_tensor

    network = noisy()
    network.noise = False
    shown = picture.resize((64, 64), Image.Resampling.BICUBIC)
    with torch.no_grad():
        expected = to_picture(network(to_tensor(shown)))
    assert np.array_equal(translator(picture, noise=False), expected)


def test_label_maps_are_snapped_and_photos_are_not(picture):
    flat = {colour for _, colour in palette.FACADES}
    snapping = Translator(nn.Identity(), {"size": 8, "palette": "facades"}, {})
    assert set(snapping(picture).get_flattened_data()) <= flat
    assert not set(Translator(nn.Identity(), {"size": 8}, {})(picture).get_flattened_data()) <= flat


@pytest.mark.parametrize(("size", "expected"), [((50, 90), (48, 88)), ((1, 1), (4, 4)), ((64, 62), (64, 64))])
def test_a_network_of_any_size_gets_a_multiple(size, expected):
    translator = Translator(nn.Identity(), {"size": None, "multiple": 8 if size == (50, 90) else 4}, {})
    assert translator(Image.new("RGB", size)).size == expected


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "CMYK"])
@pytest.mark.parametrize("size", [(1, 1), (300, 7)])
def test_any_picture_is_taken(translator, mode, size):
    answer = translator(Image.new(mode, size))
    assert (answer.mode, answer.size) == ("RGB", (64, 64))


def test_frozen(translator):
    assert not any(parameter.requires_grad for parameter in translator.network.parameters())


def test_the_fingerprint_moves_if_anything_moves():
    translator = Translator(noisy(), {"size": 64}, {})
    before = translator.fingerprint()
    assert before == translator.fingerprint()
    assert before.keys() == {"mean", "std"}
    translator.network.up[0][1].bias.data += 0.05
    assert translator.fingerprint() != before


@pytest.mark.parametrize("name", ["gpu", "cuda:77", "", "cuda" if not torch.cuda.is_available() else "xla"])
def test_a_device_that_is_not_there(name):
    with pytest.raises(CourseError, match="cannot be used here"):
        usable_device(name)
    assert usable_device("cpu").type == "cpu"


class Same(nn.Module):
    """Leaves a picture as it is, but for its first row of pixels, which it makes black."""

    def forward(self, x):
        answer = x.clone()
        answer[:, :, 0] = -1
        return answer


@pytest.fixture
def flat_and_solid(tmp_path):
    """Pairs whose target is the input with a grey square: half of each is white."""
    random = np.random.default_rng(0)
    for number in range(4):
        source = np.full((32, 32, 3), 255, np.uint8)
        source[16:] = random.integers(0, 200, (16, 32, 3))
        target = source.copy()
        target[20:28, 8:24] = 128
        (tmp_path / "val").mkdir(exist_ok=True)
        Image.fromarray(np.concatenate([source, target], axis=1)).save(tmp_path / "val" / f"{number}.png")
    return tmp_path


def test_leaving_the_input_alone_is_measured_beside_the_answers(flat_and_solid):
    model = Translator(Same(), {"size": 32}, {})
    figures = measure({"model": model}, str(flat_and_solid), "val", 0)

    pictures = [
        np.asarray(Image.open(file)).astype(float) / 127.5 for file in sorted((flat_and_solid / "val").iterdir())
    ]
    untouched = np.mean([np.abs(one[:, :32] - one[:, 32:]) for one in pictures])
    assert figures["unchanged"]["l1"] == pytest.approx(untouched, abs=1e-6)
    assert figures["l1"] == pytest.approx(untouched + 2 * 32 / 32**2, abs=1e-6)  # a row of 32 white pixels became black
    assert figures["white_ground"] == pytest.approx(15 / 16)  # one of the 16 white rows
    assert "| figure | the model | input unchanged |" in card_section(figures | {"data": "x/val"})


def test_label_maps_and_grey_pictures_are_no_answers(flat_and_solid):
    model = Translator(Same(), {"size": 32, "maker": "colorize"}, {})
    (flat_and_solid / "photos").mkdir()
    for file in (flat_and_solid / "val").iterdir():
        file.rename(flat_and_solid / "photos" / file.name)
    figures = measure({"model": model}, str(flat_and_solid / "photos"), "val", 0)
    assert "unchanged" not in figures
    assert "| figure | value |" in card_section(figures | {"data": "x/val"})


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")
def test_on_the_gpu_it_answers_as_on_the_cpu(picture):
    answers = [
        pixels(Translator(noisy(), {"size": 64}, {}, device)(picture, noise=False)) for device in ("cpu", "cuda")
    ]
    assert np.abs(answers[0] - answers[1]).max() <= 3
