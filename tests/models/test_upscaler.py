"""A trained network as a function from a picture to a larger one."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from course_lib.data.pictures import BadPicture, open_picture, to_picture
from course_lib.errors import CourseError
from course_lib.models import upscaler, zoo
from course_lib.models.upscaler import Upscaler, between
from course_lib.networks import SRResNet
from course_lib.networks.srresnet import enlarged

ARGUMENTS = {"blocks": 1, "width": 4, "norm": "none", "ends": 3, "tail": "once", "skip": "bicubic"}


def network(seed=0, **changes):
    torch.manual_seed(seed)
    return SRResNet(**ARGUMENTS | changes)


def model(seed=0, **changes):
    arguments = ARGUMENTS | changes
    return Upscaler(network(seed, **changes), {"network": "SRResNet", "arguments": arguments}, {"name": "toy"})


def bicubic():
    """An upscaler that adds nothing to the enlargement."""
    made = model()
    for parameter in made.network.tail.parameters():
        nn.init.zeros_(parameter)
    return made


def drawn(width, height, mode="RGB"):
    values = np.random.default_rng(0).integers(0, 256, (height, width, len(mode)), dtype=np.uint8)
    return Image.fromarray(values[..., 0] if mode == "L" else values)


@pytest.mark.parametrize("size", [(1, 1), (2, 40), (17, 31), (200, 13)])
def test_any_size_becomes_four_times_as_large_each_way(size):
    assert model()(drawn(*size)).size == (4 * size[0], 4 * size[1])


def test_it_is_the_network_and_the_picture_is_clipped():
    made = model()
    nn.init.constant_(made.network.tail[0].bias, 3.0)
    assert np.asarray(made(drawn(9, 9))).min() == 255
    picture, answer = torch.rand(1, 3, 9, 9) * 2 - 1, bicubic()
    torch.testing.assert_close(answer.enlarge(picture), enlarged(picture, 4))


def test_grey_alpha_and_sixteen_bits(tmp_path):
    made = bicubic()
    assert np.ptp(np.asarray(made(drawn(8, 8, "L"))), axis=2).max() == 0
    clear = Image.new("RGBA", (8, 8), (10, 20, 30, 0))
    assert np.asarray(made(clear)).min() == 255  # white, not the colour that nobody sees
    deep = Image.fromarray(np.full((8, 8), 32896, dtype=np.uint16))
    assert np.unique(np.asarray(made(deep))).tolist() == [128]
    deep.save(tmp_path / "deep.png")
    assert made(open_picture(tmp_path / "deep.png")) == made(deep)


def test_pieces_or_whole_and_progress():
    made, picture, seen = model(), drawn(100, 60), []
    whole = np.asarray(made(picture, tile=200)).astype(int)
    pieces = np.asarray(made(picture, tile=32, progress=lambda done, total: seen.append((done, total)))).astype(int)
    assert np.abs(whole - pieces).max() <= 1  # a half may round either way
    assert seen[-1] == (len(seen), len(seen)) and len(seen) > 4


def test_what_would_be_too_large_is_refused_before_any_work():
    with pytest.raises(BadPicture, match=r"2,001 × 2,000 pixels; enlarged 4 times each way it would have 64,032,000"):
        model()(Image.new("RGB", (2001, 2000)))


def test_between_two_models():
    faithful, sharp = model(0), model(1)
    picture = torch.rand(1, 3, 8, 8) * 2 - 1
    torch.testing.assert_close(between(faithful, sharp, 0).whole(picture), faithful.whole(picture))
    torch.testing.assert_close(between(faithful, sharp, 1).whole(picture), sharp.whole(picture))
    before = {name: value.clone() for name, value in faithful.network.state_dict().items()}
    middle = between(faithful, sharp, 0.25).network.state_dict()
    for name, value in sharp.network.state_dict().items():
        torch.testing.assert_close(middle[name], 0.75 * before[name] + 0.25 * value)
        assert torch.equal(faithful.network.state_dict()[name], before[name])
    with pytest.raises(CourseError, match="share is 1.5; it must be from 0"):
        between(faithful, sharp, 1.5)
    with pytest.raises(CourseError, match="different networks"):
        between(faithful, model(width=5), 0.5)
    with pytest.raises(CourseError, match="different networks"):
        between(faithful, model(skip="none"), 0.5)  # the same weights, another meaning


@pytest.fixture
def root(tmp_path, monkeypatch):
    # The loss network of the metrics stays that of the course.
    from course_lib.paths import zoo_dir

    (tmp_path / "zoo").mkdir()
    (tmp_path / "zoo" / "vgg16-bsds").symlink_to(zoo_dir() / "vgg16-bsds")
    monkeypatch.setenv("COURSE_ROOT", str(tmp_path))
    return tmp_path


@pytest.fixture
def pairs(tmp_path):
    folder = tmp_path / "pairs"
    folder.mkdir()
    for name, size in (("a", (40, 48)), ("b", (64, 40))):
        drawn(*size).resize((size[0] // 4, size[1] // 4)).save(folder / f"{name}_LR.png")
        drawn(*size).save(folder / f"{name}_HR.png")
    return folder


def test_in_the_zoo_it_is_saved_loaded_verified_and_of_its_kind(root):
    config = {"kind": "upscaler", "network": "SRResNet", "arguments": ARGUMENTS}
    zoo.save("toy-x4", {"model": network()}, config, {"title": "a toy"})
    assert zoo.verify("toy-x4") == []
    loaded = zoo.load_upscaler("toy-x4")
    assert isinstance(loaded, Upscaler) and (loaded.scale, loaded.reach) == (4, 5)
    with pytest.raises(CourseError, match="toy-x4 is no translator but an upscaler"):
        zoo.load_translator("toy-x4")
    with pytest.raises(CourseError, match="vgg16-bsds is no upscaler but a feature network. Those that are: toy-x4"):
        zoo.load_upscaler("vgg16-bsds")
    with pytest.raises(CourseError, match="has no direction"):
        zoo.load("toy-x4", "AtoB")


def test_measured_on_pairs_the_table_and_its_protocol(pairs):
    figures = upscaler.measure({"model": bicubic()}, str(pairs), "val", 0)
    assert (figures["pictures"], figures["border"], figures["small"]) == (2, 4, "the benchmark's own")
    assert figures["rows"]["model"] == figures["rows"]["bicubic"]
    assert figures["each"].keys() == {"a", "b"}
    # By hand, from the files, through 8 bits.
    expected = []
    for name in ("a", "b"):
        small = torch.from_numpy(np.array(Image.open(pairs / f"{name}_LR.png"))).permute(2, 0, 1)[None] / 127.5 - 1
        answer = np.asarray(to_picture(enlarged(small, 4))).astype(float)
        truth = np.asarray(Image.open(pairs / f"{name}_HR.png")).astype(float)
        y = [(picture / 255 @ [65.481, 128.553, 24.966] + 16) / 255 for picture in (answer, truth)]
        error = ((y[0] - y[1])[4:-4, 4:-4] ** 2).mean()
        expected.append(-10 * np.log10(error))
    assert [figures["each"][name]["model"] for name in ("a", "b")] == pytest.approx(expected, abs=1e-6)
    assert figures["rows"]["model"]["psnr"] == pytest.approx(np.mean(expected), abs=1e-6)
    text = "\n".join(upscaler.card_section(figures | {"data": "x/val"}))
    assert "4 pixels cut from every side" in text and "not LPIPS" in text
    assert f"| bicubic | {np.mean(expected):.2f} |" in text and "| truth | – | 1.0000 | 0.0000 | 1.000 |" in text
    assert set(upscaler.TOLERANCE) == set(figures["rows"]["model"])


def test_several_models_in_one_table(pairs):
    figures = upscaler.compared({"one": model(0), "other": model(1)}, str(pairs))
    assert list(figures["rows"]) == ["bicubic", "one", "other", "truth"]
    alone = upscaler.measure({"model": model(1)}, str(pairs), "val", 0)
    assert figures["rows"]["other"] == alone["rows"]["model"]
    assert figures["each"]["a"]["other"] == alone["each"]["a"]["model"]
    with pytest.raises(CourseError, match=r"enlarge \[2, 4\] times"):
        upscaler.compared({"one": model(), "other": model(scale=2)}, str(pairs))


def test_of_large_pictures_alone_it_says_that_the_small_ones_were_made(pairs):
    for file in pairs.glob("*_LR.png"):
        file.unlink()
    figures = upscaler.measure({"model": model()}, str(pairs), "val", 0)
    assert figures["small"] == "made here by an antialiased bicubic reduction"


def test_evaluate_prints_the_table_and_says_what_does_not_fit(root, pairs, run):
    zoo.save(
        "toy-x4",
        {"model": network()},
        {"kind": "upscaler", "network": "SRResNet", "arguments": ARGUMENTS},
        {"title": "t"},
    )
    code, out, err = run("evaluate", "--model", "toy-x4", "--data", pairs)
    assert code == 0, err
    assert "| bicubic |" in out and "| model |" in out
    (pairs / "b_LR.png").unlink()
    code, _, err = run("evaluate", "--model", "toy-x4", "--data", pairs)
    assert code == 2 and "1 picture(s)" in err and "b_HR.png" in err


def test_translate_enlarges_files_and_skips_what_is_too_large(root, pairs, run, monkeypatch):
    zoo.save(
        "toy-x4",
        {"model": network()},
        {"kind": "upscaler", "network": "SRResNet", "arguments": ARGUMENTS},
        {"title": "t"},
    )
    code, out, err = run("translate", "--model", "toy-x4", pairs / "a_LR.png", pairs / "b_LR.png", "--out", root / "o")
    assert code == 0, err
    assert Image.open(root / "o" / "a_LR.png").size == (40, 48)
    monkeypatch.setattr(upscaler, "LARGEST", 2000)
    code, out, _ = run("translate", "--model", "toy-x4", pairs / "a_LR.png", pairs / "b_LR.png", "--out", root / "p")
    assert code == 0 and "1 translated" in out and "1 skipped" in out


def test_the_config_of_a_task_is_enough_to_load_what_it_trained():
    from course_lib.tasks.srresnet import PRESETS, build_generator, describe

    config = replace(PRESETS["smoke"], scale=2)
    described = describe(config, "sample_photos")
    assert SRResNet(**described["arguments"]).state_dict().keys() == build_generator(config).state_dict().keys()
    assert described["arguments"]["scale"] == 2
