"""The super-resolution tab with small untrained models: a crop's answers are the whole picture's, and its numbers right."""

import json
import math
import shutil
from pathlib import Path

import gradio as gr
import numpy as np
import pytest
import torch
from PIL import Image

from course_lib.app import heavy, page
from course_lib.app.facts import Column
from course_lib.app.guard import picture_from
from course_lib.app.tabs.superres import crops, examples, whole, words
from course_lib.app.tabs.superres import tab as superres_tab
from course_lib.app.widgets import DictLab
from course_lib.data.augment import bytes_tensor, signed
from course_lib.data.degrade import reduced
from course_lib.data.pictures import BadPicture, to_picture, to_tensor, to_unit
from course_lib.errors import CourseError
from course_lib.metrics import vgg_distance
from course_lib.models import zoo
from course_lib.models.tiles import tile_by_tile
from course_lib.networks.srresnet import enlarged

ASKED = {"picture": 0, "reduce": True, "x": 430, "y": 210, "share": 5, "guess": None}
SLIDER = ["srresnet", "srgan"]


def photo(width: int, height: int) -> Image.Image:
    """A piece of a photo: structure at all scales, and no symmetry."""
    return examples.picture(0).crop((60, 10, 60 + width, 10 + height))


def levels_apart(a: Image.Image, b: Image.Image) -> int:
    return int(np.abs(np.asarray(a).astype(int) - np.asarray(b)).max())


# A crop


@pytest.mark.parametrize(("x", "y"), [(0, 0), (1000, 1000), (500, 430), (1000, 0), (333, 700)])
@pytest.mark.parametrize("reduce", [True, False])
def test_a_crops_answers_are_those_of_the_whole_picture(in_superres_course, reduce, x, y):
    picture = photo(431, 398) if reduce else photo(131, 98)  # no multiples of 4
    crop = crops.cut(picture, reduce, x, y)
    if reduce:
        small = to_picture(signed(reduced(bytes_tensor(picture.crop((0, 0, 428, 396))), 4)))
    else:
        small = picture
    assert crop.picture == small.size == ((107, 99) if reduce else (131, 98))
    left, top = (
        min(max(round(place * side / 1000 - 24), 0), side - 48) for place, side in zip((x, y), small.size, strict=True)
    )
    assert crop.small().tobytes() == small.crop((left, top, left + 48, top + 48)).tobytes()
    box = (4 * left, 4 * top, 4 * left + 192, 4 * top + 192)
    assert (crop.true().tobytes() == picture.crop(box).tobytes()) if reduce else crop.true() is None
    made, seconds = crops.answers(crop, 5)
    for name, model in (("srresnet", zoo.load("srresnet-x4")), ("srgan", zoo.load("srgan-x4"))):
        assert levels_apart(made[name], model(small).crop(box)) <= 1
    assert levels_apart(made["bicubic"], to_picture(enlarged(to_tensor(small), 4)).crop(box)) <= 1
    assert levels_apart(made["srresnet"], made["srgan"]) > 5 and 0 < seconds < 60


@pytest.mark.parametrize("size", [(1, 1), (3, 90), (47, 48), (20, 1)])
def test_a_picture_smaller_than_a_crop_or_than_the_networks_reach(in_superres_course, size):
    crop = crops.cut(photo(*size), False, 1000, 0)
    wanted = (4 * min(size[0], 48), 4 * min(size[1], 48))
    assert {one.size for one in crops.answers(crop, 3)[0].values()} == {wanted}


def test_a_picture_that_is_too_small_to_be_reduced(in_superres_course):
    assert crops.cut(photo(16, 19), True, 0, 0).picture == (4, 4)
    assert all(one["distance"] >= 0 for one in crops.figures(crops.cut(photo(16, 19), True, 0, 0), 5).values())
    with pytest.raises(BadPicture, match="15 × 40 pixels.*needs 16 a side.*First reduce it"):
        crops.cut(photo(15, 40), True, 0, 0)


def test_the_share_is_of_the_weights(in_superres_course):
    ends = [zoo.load(name).network.state_dict() for name in crops.MODELS]
    for share, part in ((0, 0.0), (3, 0.3), (10, 1.0)):
        for name, value in crops.upscaler(share).network.state_dict().items():
            torch.testing.assert_close(value, (1 - part) * ends[0][name] + part * ends[1][name])


@pytest.mark.bench
def test_figures_by_hand(in_superres_course):
    crop = crops.cut(photo(300, 300), True, 500, 500)
    made, _ = crops.answers(crop, 2)
    truth = np.asarray(crop.true()).astype(float)
    found = crops.figures(crop, 2)
    assert set(found) == set(made) == {"bicubic", "srresnet", "between", "srgan"}
    for name, one in made.items():
        error = (np.asarray(one).astype(float) - truth)[4:-4, 4:-4] @ [65.481 / 255, 128.553 / 255, 24.966 / 255]
        assert found[name]["psnr"] == pytest.approx(20 * math.log10(255 / np.sqrt((error**2).mean())), abs=1e-4)
        units = (to_unit(to_tensor(picture)) for picture in (one, crop.true()))
        assert found[name]["distance"] == pytest.approx(vgg_distance(*units, 4).item())


def test_no_error_at_all_has_no_number(in_superres_course):
    flat = crops.cut(Image.new("RGB", (64, 64), (90, 90, 90)), True, 0, 0)
    assert crops.figures(flat, 5)["bicubic"] == {"psnr": None, "distance": 0.0}
    with pytest.raises(ValueError, match="no truth"):
        crops.figures(crops.cut(photo(64, 64), False, 0, 0), 5)


# The pictures that are offered


def test_examples():
    pictures = [examples.picture(number) for number in range(len(examples.EXAMPLES))]
    assert len({one.name for one in examples.EXAMPLES}) == len(pictures) >= 6
    assert all(one.mode == "RGB" and min(one.size) >= 4 * 40 and np.asarray(one).std() > 15 for one in pictures)
    assert all(0 <= place <= 1000 for one in examples.EXAMPLES for place in one.place)


# What the server answers


@pytest.mark.parametrize("reduce", [True, False])
def test_the_pictures_are_those_of_the_crop(in_superres_course, decoded, reduce):
    found, slider = superres_tab.answers(ASKED | {"reduce": reduce}, None)
    assert json.loads(json.dumps(found)) and found["asked"] == ASKED | {"reduce": reduce}
    crop = crops.cut(examples.picture(0), reduce, 430, 210)
    wanted = {"small": crop.small(), **crops.answers(crop, 5)[0]} | ({"truth": crop.true()} if reduce else {})
    assert set(found["pictures"]) == set(wanted)
    for name, picture in wanted.items():
        assert (decoded(found["pictures"][name]) == np.asarray(picture)).all()
    assert [one.tobytes() for one in slider] == [wanted[name].tobytes() for name in SLIDER]
    assert tuple(found["size"]) == (192, 192)


def test_numbers_come_after_the_answer(in_superres_course):
    before, _ = superres_tab.answers(ASKED, None)
    assert "measured" not in before and "reply" not in before
    after, _ = superres_tab.answers(ASKED | {"guess": "srgan"}, None)
    figures = crops.figures(crops.cut(examples.picture(0), True, 430, 210), 5)
    for name, one in figures.items():
        assert after["measured"][name] == f"{one['psnr']:.2f} dB, VGG distance {one['distance']:.3f}"
    assert "You chose SRGAN." in after["reply"]
    unknown, _ = superres_tab.answers(ASKED | {"guess": "srgan", "reduce": False}, None)
    assert "measured" not in unknown and "reply" not in unknown


def test_without_the_network_that_measures_the_pictures_are_there_all_the_same(
    in_superres_course, tmp_path, monkeypatch
):
    for name in crops.MODELS:
        shutil.copytree(in_superres_course / "zoo" / name, tmp_path / "zoo" / name)
    monkeypatch.setenv("COURSE_ROOT", str(tmp_path))
    asked = ASKED | {"x": 100}
    assert "pictures" in superres_tab.answers(asked, None)[0]
    assert "vgg16-bsds" in superres_tab.answers(asked | {"guess": "same"}, None)[0]["error"]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"picture": 6}, "The number of the example is 6; it must be a whole number from 0 to 5."),
        ({"picture": "../x"}, "The number of the example is '../x'"),
        ({"picture": "own"}, "Your picture is no longer here. Upload it again."),
        ({"reduce": "yes"}, "reduced first"),
        ({"share": 11}, "The share of SRGAN is 11; it must be a whole number from 0 to 10."),
        ({"x": 1001}, "The place x is 1001"),
        ({"y": float("nan")}, "The place y is NaN"),
        ({"guess": "both"}, "The answer is 'both'"),
        ({"guess": ["srgan"]}, "The answer is ['srgan']"),
    ],
)
def test_bad_questions_get_a_sentence(in_superres_course, changed, told):
    found, _ = superres_tab.answers(ASKED | changed, None)
    assert set(found) == {"asked", "error"} and told in found["error"]
    assert heavy._turn.acquire(blocking=False) is True  # nothing holds the processor's turn
    heavy._turn.release()


@pytest.mark.parametrize("payload", [None, "", "[1]", "{", '"x"', "NaN", "[" * 100_000, 3])
def test_no_question_gets_a_sentence(in_superres_course, payload):
    with gr.Blocks():
        asked = DictLab().preprocess(payload)
    assert asked == {} and "error" in superres_tab.answers(asked, None)[0]


def of_16_bits() -> Image.Image:
    ramp = np.linspace(0, 65535, 200 * 120).reshape(120, 200)
    return Image.fromarray(ramp.astype(np.uint16))


@pytest.mark.parametrize(
    ("made", "form", "corner"),
    [
        (of_16_bits, "PNG", (0, 0, 0)),
        (lambda: Image.new("RGBA", (200, 120), (10, 200, 30, 0)), "PNG", (255, 255, 255)),
        (lambda: Image.new("L", (200, 120), 77), "PNG", (77, 77, 77)),
        (lambda: Image.new("RGB", (400, 20), (250, 0, 0)), "PNG", (250, 0, 0)),
    ],
)
def test_a_picture_of_ones_own(in_superres_course, tmp_path, decoded, made, form, corner):
    made().save(tmp_path / "own.png", form)
    own = picture_from(tmp_path / "own.png", superres_tab._LARGEST)
    told = superres_tab.bring(own)["own"]
    assert tuple(told["size"]) == own.size == made().size and told["src"].startswith("data:image/jpeg;base64,")
    found, _ = superres_tab.answers(ASKED | {"picture": "own", "x": 0, "y": 0}, own)
    assert (decoded(found["pictures"]["truth"])[0, 0] == corner).all()
    assert found["size"] == (192, 4 * min(48, own.height // 4))


# The whole picture


def test_the_whole_picture_in_tiles(in_superres_course, monkeypatch):
    monkeypatch.setattr(whole, "TILE", 48)
    steps = list(superres_tab.enlarged(ASKED | {"share": 10}, None))
    told = [sentence for sentence, _ in steps]
    assert told[0].startswith('<p role="status">Tile 1 of 9 is done.</p><progress') and len(steps) == 10
    assert "128 × 128 → 512 × 512 pixels in" in told[-1]
    final = steps[-1][1]["value"]
    assert levels_apart(final, zoo.load("srgan-x4")(whole.small_picture(examples.picture(0), True))) <= 1
    crop = crops.cut(examples.picture(0), True, 0, 0)
    assert levels_apart(final.crop((0, 0, 192, 192)), crops.answers(crop, 5)[0]["srgan"]) <= 1


def test_more_than_the_page_can_do_is_a_sentence(in_superres_course):
    large = Image.new("RGB", (1000, 751))
    for asked, told in ((ASKED, "no longer here"), (ASKED | {"reduce": False}, "1,000 × 751 = 751,000 pixels")):
        own = large if asked["reduce"] is False else None
        ((sentence, _),) = superres_tab.enlarged(asked | {"picture": "own"}, own)
        assert told in sentence
    assert whole.check(1000, 750, False) == (1000, 750)
    assert whole.check(4000, 3003, True) == (1000, 750)
    with pytest.raises(BadPicture, match="here it may have 750,000, which become 12 million"):
        whole.check(4000, 3004, True)


def test_who_leaves_midway_leaves_the_turn(in_superres_course):
    seen = []
    steps = tile_by_tile(lambda part: seen.append(part) or part, torch.zeros(1, 3, 64, 96), scale=1, reach=0, tile=32)
    assert next(steps)[0] == 1 and len(seen) == 1
    steps.close()
    assert len(seen) == 1
    running = superres_tab.enlarged(ASKED, None)
    next(running)
    assert heavy._turn.acquire(blocking=False) is True  # others get theirs between two tiles
    heavy._turn.release()
    running.close()


def test_the_docs_say_the_pages_bounds():
    told = (Path(page.__file__).parents[2] / "docs" / "superres.md").read_text("utf-8")
    assert f"{crops.SIDE} × {crops.SIDE} small pixels" in told and f"at most {whole.MOST:,} pixels" in told


# What is said


def figures(**numbers: tuple[float | None, float]) -> dict:
    return {name: {"psnr": psnr, "distance": distance} for name, (psnr, distance) in numbers.items()}


TYPICAL = figures(bicubic=(26.0, 0.3), srresnet=(28.0, 0.2), srgan=(27.0, 0.15), between=(27.5, 0.16))


@pytest.mark.parametrize(
    ("guess", "agrees"),
    [
        ("srresnet", "You chose SRResNet. So does PSNR."), ("srgan", "You chose SRGAN. So does the distance in features."),
        ("bicubic", "You chose Bicubic. Neither measure does."), ("same", "You see no difference."),
    ],
)  # fmt: skip
def test_the_reply_follows_what_was_measured(guess, agrees):
    told = words.reply(guess, TYPICAL)
    assert told.startswith(f"<b>{agrees}</b>")
    assert "<b>SRResNet</b> has the highest PSNR (28.00 dB)" in told and "<b>SRGAN</b> lies nearest" in told
    assert "(0.150)" in told


def test_the_reply_where_both_agree_and_where_nothing_is_missing():
    told = words.reply("bicubic", TYPICAL | figures(bicubic=(None, 0.0)))
    assert "You chose Bicubic. So do both measures." in told and "equal to the truth" in told


def test_what_is_in_the_table_is_what_was_measured():
    rows = {"model": {"psnr": 31.276, "vgg_distance": 0.1468}, "bicubic": {"psnr": 28.43, "vgg_distance": 0.2967}}
    for validation, wanted in (({"rows": rows}, ["31.28 (28.43)", "0.147 (0.297)"]), ({}, [None, None])):
        column = Column("x", {"name": "x", "validation": validation})
        assert [read(column) for _, read in words.MEASURED] == wanted


# A model that is missing


def test_the_tab_waits_for_its_models(in_superres_course, tmp_path, monkeypatch):
    assert list(page.shown())[-1] != "superres" and "superres" in page.shown()
    assert {*crops.MODELS, "vgg16-bsds"} <= set(page.models())
    shutil.copytree(in_superres_course / "zoo" / "vgg16-bsds", tmp_path / "zoo" / "vgg16-bsds")
    monkeypatch.setenv("COURSE_ROOT", str(tmp_path))
    monkeypatch.setattr(page, "TABS", ("loss", "superres"))  # the Gram explorer needs that network alone
    assert "superres" not in page.shown() and "vgg16-bsds" not in page.models()
    shutil.copytree(in_superres_course / "zoo" / "srresnet-x4", tmp_path / "zoo" / "srresnet-x4")
    assert "superres" in page.shown()
    crops.upscaler.cache_clear()
    with gr.Blocks(), pytest.raises(CourseError, match="no model 'srgan-x4'"):
        superres_tab.build()
