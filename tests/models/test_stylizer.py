"""A trained style network as a function from a picture to a picture, and its card."""

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from course_lib.data.pictures import BadPicture, to_picture, to_tensor
from course_lib.errors import CourseError
from course_lib.models import stylizer, zoo
from course_lib.models.stylizer import Stylizer
from course_lib.networks import StylizationNet
from course_lib.tasks.style_objective import StyleObjective

ARGUMENTS = {"width": 4, "blocks": 1, "ends": 3, "skip": "photo"}
OBJECTIVE = {
    "content_layer": "relu1_2", "style_layers": ["relu1_1", "relu2_1"], "layer_weights": [0.5, 0.5], "tv_weight": 0.1,
    "style_weight": 2.0,
}  # fmt: skip


def network(seed=0):
    torch.manual_seed(seed)
    return StylizationNet(**ARGUMENTS)


def drawn(width, height, mode="RGB", seed=0):
    values = np.random.default_rng(seed).integers(0, 256, (height, width, len(mode)), dtype=np.uint8)
    return Image.fromarray(values[..., 0] if mode == "L" else values)


@pytest.fixture
def painting(tmp_path):
    drawn(60, 40, seed=9).save(tmp_path / "painting.png")
    return tmp_path / "painting.png"


@pytest.fixture
def config(painting):
    return {
        "kind": "stylizer", "network": "StylizationNet", "arguments": ARGUMENTS,
        "style": {"file": str(painting), "size": 32}, "objective": OBJECTIVE,
    }  # fmt: skip


@pytest.fixture
def model(config):
    return Stylizer(network(), config, {})


@pytest.fixture
def root(tmp_path, monkeypatch):
    from course_lib.paths import zoo_dir

    (tmp_path / "zoo").mkdir()
    (tmp_path / "zoo" / "vgg16-bsds").symlink_to(zoo_dir() / "vgg16-bsds")
    monkeypatch.setenv("COURSE_ROOT", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("size", [(1, 1), (2, 40), (17, 31), (200, 13), (64, 64)])
def test_any_size_is_kept(model, size):
    assert model(drawn(*size)).size == size


def test_it_is_the_network_where_that_takes_the_size_and_the_edge_repeats_where_not(model):
    x = torch.rand(1, 3, 16, 20) * 2 - 1
    with torch.no_grad():
        torch.testing.assert_close(model.stylize(x), model.network(x))
        wide = torch.cat([x[..., :17], x[..., 16:17].expand(-1, -1, -1, 3)], dim=3)
        torch.testing.assert_close(model.stylize(x[..., :17]), model.network(wide)[..., :17])


def test_grey_and_alpha(model):
    grey = drawn(20, 16, "L")
    assert model(grey) == model(grey.convert("RGB"))
    clear = Image.new("RGBA", (16, 16), (10, 20, 30, 0))
    assert model(clear) == model(Image.new("RGB", (16, 16), "white"))


def test_what_would_be_too_large_is_refused_with_a_size_that_is_not(model):
    with pytest.raises(
        BadPicture, match=r"4,000 × 2,000 = 8,000,000 pixels, and 6,000,000 is the most.* Reduce it to 3,464 × 1,732"
    ):
        model(Image.new("RGB", (4000, 2000)))
    model.check_size(3464, 1732)


def test_in_the_zoo_it_is_saved_loaded_verified_with_its_painting(root, config, painting):
    zoo.save("style-toy", {"model": network()}, config, {"title": "a toy"})
    assert zoo.load("style-toy").style is None
    zoo.add_companions("style-toy", "")
    assert zoo.verify("style-toy") == [] and zoo.card_of("style-toy")["painting"] == "painting.png"
    loaded = zoo.load("style-toy")
    assert isinstance(loaded, Stylizer) and loaded.style.shape == (1, 3, 32, 48)
    painting.unlink()  # from here on what lies beside the weights is enough
    expected = to_tensor(drawn(60, 40, seed=9).resize((48, 32), Image.Resampling.LANCZOS))
    torch.testing.assert_close(stylizer.painting_of(loaded), expected, atol=1e-3, rtol=0)
    with pytest.raises(CourseError, match="style-toy is no translator but a stylizer"):
        zoo.load_translator("style-toy")
    save_file({"style": torch.zeros(1, 3, 32, 48, dtype=torch.uint8)}, root / "zoo" / "style-toy" / "style.safetensors")
    assert "style.safetensors is not the file its card describes" in zoo.verify("style-toy")[0]
    (root / "zoo" / "style-toy" / "style.safetensors").write_bytes(b"nothing")
    with pytest.raises(CourseError, match="style-toy/style.safetensors cannot be read"):
        zoo.load("style-toy")


def test_without_its_painting_it_cannot_be_measured(model, painting):
    painting.unlink()
    with pytest.raises(CourseError, match="painting.png is not there"):
        stylizer.measure({"model": model}, "sample_photos", "val", 0)


def test_measured_the_same_objective_for_one_pass_and_for_moved_pixels(model, tmp_path, monkeypatch):
    monkeypatch.setattr(stylizer, "COMPARED", 32)
    monkeypatch.setattr(stylizer, "COUNTS", {"noise": (2, 6), "photo": (2, 6)})
    folder = tmp_path / "photos"
    folder.mkdir()
    for name, size in (("a", (90, 62)), ("b", (64, 80))):
        drawn(*size, seed=size[0]).save(folder / f"{name}.png")
    figures = stylizer.measure({"model": model}, str(folder), "val", 0)
    names = ["2 steps from noise", "6 steps from noise", "2 steps from photo", "6 steps from photo"]
    assert list(figures["rows"]) == ["photo", "one pass", *names] and figures["pictures"] == 2
    assert figures["rows"]["photo"]["content"] == 0
    for start in ("noise", "photo"):
        assert figures["rows"][f"6 steps from {start}"]["total"] <= figures["rows"][f"2 steps from {start}"]["total"]
    # One pass, by hand: reduced, cut to multiples of four, the objective of its own config.
    objective = StyleObjective(stylizer.settings_of(model), stylizer.painting_of(model))
    totals = []
    for name, size in (("a", (32, 20)), ("b", (24, 32))):
        photo = Image.open(folder / f"{name}.png")
        scale = 32 / max(photo.size)
        small = photo.resize((round(photo.width * scale), round(photo.height * scale)), Image.Resampling.LANCZOS)
        x = to_tensor(small.crop((0, 0, *size)))
        with torch.no_grad():
            totals.append(objective(model.network(x), objective.content_of(x))["total"].item())
        assert figures["each"][name]["one pass"] == pytest.approx(totals[-1], rel=1e-4)
    row = figures["rows"]["one pass"]
    assert row["total"] == pytest.approx(sum(totals) / 2, rel=1e-4)
    assert row["total"] == pytest.approx(row["content"] + 2 * row["style"] + 0.1 * row["tv"], rel=1e-4)
    text = "\n".join(stylizer.card_section(figures | {"data": "photos/val"}))
    assert f"| one pass | {row['total']:.3f} |" in text and "| a | " in text and "blob" in text


def test_the_artefacts_of_the_card_are_those_of_what_is_seen(model):
    class Dotted(torch.nn.Module):
        def forward(self, x):
            y = x.clone()
            y[..., 40, 40] = 1.0
            return y

    grey = torch.full((1, 3, 96, 96), -0.5)
    dotted = Stylizer(Dotted(), {}, {})
    seen = (to_tensor(to_picture(dotted.stylize(grey))) + 1) / 2
    found = stylizer._artefacts(seen, (grey + 1) / 2)
    assert found["dot"] == pytest.approx(219 / 255 * 0.75, abs=0.01) and found["dot_photo"] == 0
    assert found["frame"] == 0 and found["blob"] < 0.05


def test_translate_takes_it_at_any_size(root, config, run):
    zoo.save("style-toy", {"model": network()}, config, {"title": "a toy"})
    drawn(50, 37).save(root / "one.png")
    drawn(21, 90).save(root / "two.png")
    code, out, err = run("translate", "--model", "style-toy", root / "one.png", root / "two.png", "--out", root / "o")
    assert code == 0, err
    assert "2 translated" in out
    assert [Image.open(root / "o" / name).size for name in ("one.png", "two.png")] == [(50, 37), (21, 90)]
    assert Image.open(root / "o" / "one.png").convert("RGB") == zoo.load("style-toy")(drawn(50, 37))
