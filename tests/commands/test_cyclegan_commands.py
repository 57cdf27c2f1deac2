"""A builder's way through CycleGAN on the command line:

train, ship, measure, translate both ways, load official files.
"""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from course_lib.models import zoo
from course_lib.networks import ResnetGenerator

ROOT = Path(__file__).parents[2]
TINY = ["--preset", "smoke", "--epochs-decay", "0", "--width", "2", "--d-width", "2", "--cpu"]


@pytest.fixture
def root(tmp_path, monkeypatch):
    (tmp_path / "zoo").mkdir()
    monkeypatch.setenv("COURSE_ROOT", str(tmp_path))
    return tmp_path


@pytest.fixture
def domains(tmp_path):
    """Reddish A, bluish B: easy to tell apart."""
    random = np.random.default_rng(0)
    for domain, channel in (("A", 0), ("B", 2)):
        (tmp_path / "fruit" / f"train{domain}").mkdir(parents=True)
        for number in range(16):
            pixels = random.integers(0, 90, (40, 40, 3), dtype=np.uint8)
            pixels[..., channel] += 150
            Image.fromarray(pixels).save(tmp_path / "fruit" / f"train{domain}" / f"{number:02d}.png")
    return tmp_path / "fruit"


def test_train_ship_measure_translate(run, root, domains, tmp_path):
    out = tmp_path / "run"
    code, _, err = run("train", "cyclegan", "--data", domains, "--out", out, *TINY, "--hold-out", "6")
    assert code == 0, err
    card = json.loads((out / "model" / "card.json").read_text())
    assert card["loss"]["forward_cycle_weight"] == 10
    assert set(card["sha256"]) == set(card["fingerprint"]) == {"AtoB", "BtoA"}
    assert card["steps"] == 10 // 4  # sixteen pictures less six, in batches of four

    shutil.copytree(ROOT / "zoo" / "vgg16-bsds", root / "zoo" / "vgg16-bsds")  # KID-VGG needs it
    code, _, err = run("zoo", "add", out, "fruit", "--data", domains, "--title", "Red and blue")
    assert code == 0, err
    figures = json.loads((root / "zoo" / "fruit" / "card.json").read_text())["validation"]
    assert figures["classifier_accuracy"] == 1  # red and blue
    assert figures["AtoB"]["pictures"] == figures["BtoA"]["pictures"] == 6
    assert figures["AtoB"]["truth"] is None
    assert "there and back" in (root / "zoo" / "fruit" / "README.md").read_text()
    assert run("zoo", "verify", "--data", domains)[0] == 0

    code, _, err = run("zoo", "add", out, "fruit", "--replace", "--data", domains, "--against", out / "model")
    assert code == 0, err
    card = json.loads((root / "zoo" / "fruit" / "card.json").read_text())
    assert card["against"]["validation"]["AtoB"]["called_target"] == card["validation"]["AtoB"]["called_target"]
    text = (root / "zoo" / "fruit" / "README.md").read_text()
    assert text.count("there and back") == 2 and "For comparison" in text

    answers = {}
    for direction in ("AtoB", "BtoA"):
        code, _, err = run(
            "translate", "--model", "fruit", "--direction", direction, domains / "trainA" / "00.png", "--out", tmp_path / direction
        )  # fmt: skip
        assert code == 0, err
        answers[direction] = np.asarray(Image.open(tmp_path / direction / "00.png"))
    assert answers["AtoB"].shape == (40, 40, 3)  # the picture's own
    assert not np.array_equal(answers["AtoB"], answers["BtoA"])
    one = domains / "trainA" / "00.png"
    assert np.array_equal(np.asarray(zoo.load("fruit").at_its_shape(Image.open(one))), answers["AtoB"])
    code, said, _ = run("translate", "--model", "fruit", one, "--fit", "trained", "--out", tmp_path / "trained")
    assert code == 0 and "Size: 1 resized to 32 × 32 as in training." in said
    assert np.array_equal(np.asarray(zoo.load("fruit")(Image.open(one))), Image.open(tmp_path / "trained" / "00.png"))


@pytest.mark.bench
def test_a_run_begins_with_the_generators_of_another(run, tmp_path):
    def words(out, *more):
        return ["train", "cyclegan", "--data", "stripes", "--out", tmp_path / out, *TINY, "--batch", "200", *more]

    assert run(*words("first"))[0] == 0
    standing_still = ("--start-from", tmp_path / "first" / "model", "--seed", "7", "--lr", "0")
    code, _, err = run(*words("second", *standing_still, "--d-width", "4"))  # the discriminators may be others
    assert code == 0, err
    sums = [json.loads((tmp_path / out / "model" / "card.json").read_text())["sha256"] for out in ("first", "second")]
    assert sums[0] == sums[1]
    begun = json.loads((tmp_path / "second" / "model" / "card.json").read_text())["began_with"]
    assert (begun["epochs"], begun["steps"]) == (1, 3)  # 600 creatures of each pile, 200 at once
    assert str(tmp_path / "first") in (tmp_path / "second" / "model" / "README.md").read_text()

    again = words("second", "--resume", "--seed", "7", "--lr", "0", "--d-width", "4")  # nothing left to do
    assert run(*again)[0] == 0
    assert json.loads((tmp_path / "second" / "model" / "card.json").read_text())["began_with"] == begun

    code, _, err = run(*words("third", "--start-from", tmp_path / "first" / "model", "--blocks", "2"))
    assert code == 2
    assert "another network than this run's G" in err
    code, _, err = run(*words("third", "--start-from", "nowhere"))
    assert code == 2
    assert "no model 'nowhere'" in err
    code, _, err = run(*words("third", "--start-from", ROOT / "zoo" / "pix2pix-facades"))
    assert code == 2
    assert "has the parts model" in err


@pytest.mark.bench
def test_the_embedded_domains_need_no_file(run, tmp_path):
    code, _, err = run("train", "cyclegan", "--data", "stripes", "--out", tmp_path / "run", *TINY, "--batch", "200")
    assert code == 0, err
    assert list((tmp_path / "run" / "samples").glob("*.png"))


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["--data", "nowhere"], "'nowhere' is neither a folder nor a named set"),
        (["--data", "stripes", "--size", "30"], "size is 30"),
        (["--data", "stripes", "--load-size", "8"], "load-size 8"),
        (["--data", "stripes", "--history", "-1"], "history is -1"),
        (["--data", "stripes", "--d-layers", "7"], "layers is 7"),
    ],
)
def test_train_says_what_is_wrong(run, tmp_path, words, part):
    code, _, err = run("train", "cyclegan", *TINY, "--out", tmp_path / "run", *words)
    assert code == 2
    assert part in err
    assert "Traceback" not in err
    assert not (tmp_path / "run").exists()


def test_an_official_generator_at_any_size_in_both_modes(run, tmp_path):
    torch.manual_seed(0)
    network = ResnetGenerator(blocks=9, width=2, norm="batch", dropout=0.5)
    for name, value in network.state_dict().items():
        if value.is_floating_point():
            value.uniform_(0.5, 2) if "running_var" in name else value.normal_(0, 0.3)
    torch.save(network.state_dict(), tmp_path / "latest_net_G_A.pth")
    photo = tmp_path / "a.png"
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (61, 90, 3), dtype=np.uint8)).save(photo)
    words = ["translate", photo, "--official", tmp_path / "latest_net_G_A.pth", "--network", "resnet_9blocks", "--out"]
    answers = {}
    for name, more in {"train": [], "again": [], "other": ["--seed", "1"], "eval": ["--mode", "eval"]}.items():
        code, _, err = run(*words, tmp_path / name, *more)
        assert code == 0, err
        answers[name] = np.asarray(Image.open(tmp_path / name / "a.png")).astype(int)
    assert answers["train"].shape == (61, 90, 3)  # padded to multiples of four, and cut back
    assert np.array_equal(answers["train"], answers["again"])
    assert not np.array_equal(answers["train"], answers["other"])  # its dropout is on, as in the official test script
    assert np.abs(answers["train"] - answers["eval"]).mean() > 1
    code, _, err = run(*words[:-2], "resnet_6blocks", "--out", tmp_path / "x")
    assert code == 2
    assert "is no resnet_6blocks" in err


@pytest.mark.bench
def test_from_grey_to_alpha_and_back(run, root, domains, tmp_path):
    """One channel in A, four in B, pictures that are not square: through training, card, measure and both ways."""
    for file in (domains / "trainA").iterdir():
        Image.open(file).resize((60, 40)).save(file)
    channels = ("--input-channels", "1", "--output-channels", "4", "--hold-out", "6", "--fit", "crop")
    words = ("train", "cyclegan", "--data", domains, "--out", tmp_path / "run", *TINY, *channels)
    code, _, err = run(*words)
    assert code == 2 and "A has 1 channel(s) and B 4" in err and "--identity-weight 0" in err
    code, _, err = run(*words, "--identity-weight", "0")
    assert code == 0, err
    config = json.loads((tmp_path / "run" / "model" / "config.json").read_text())
    assert (config["fit"], config["arguments"]["in_channels"], config["arguments"]["out_channels"]) == ("crop", 1, 4)
    shutil.copytree(ROOT / "zoo" / "vgg16-bsds", root / "zoo" / "vgg16-bsds")
    code, _, err = run("evaluate", "--model", tmp_path / "run" / "model", "--data", domains, "--write-card")
    assert code == 0, err
    for direction, mode in (("AtoB", "RGBA"), ("BtoA", "L")):
        out = tmp_path / direction
        words = ("translate", "--model", tmp_path / "run" / "model", "--direction", direction, "--out", out)
        code, said, err = run(*words, domains / "trainA" / "00.png")
        assert code == 0 and "padded by reflection to multiples of 4" not in said, err
        assert (Image.open(out / "00.png").mode, Image.open(out / "00.png").size) == (mode, (60, 40))
