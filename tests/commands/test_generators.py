"""From the command line to the zoo: gan and cgan trained for seconds, resumed, exported, measured, verified."""

import json
import shutil
from pathlib import Path

import pytest
import torch

from course_lib.commands.zoo import zoo_verify
from course_lib.models import zoo
from course_lib.training.checkpoint import read_checkpoint

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def root(tmp_path, monkeypatch):
    shutil.copytree(ROOT / "zoo" / "vgg16-bsds", tmp_path / "zoo" / "vgg16-bsds")  # KID's features
    monkeypatch.setenv("COURSE_ROOT", str(tmp_path))
    return tmp_path


SHORT = ["--cpu", "--epochs-flat", "1", "--epochs-decay", "0", "--batch", "64"]


def test_points_end_to_end(run, root):
    code, *_ = run("train", "gan", "--data", "ring", "--out", root / "r", "--width", "8", *SHORT, "--batch", "512")
    assert code == 0
    assert json.loads((root / "r" / "run.json").read_text())["settings"]["preset"] == "plane"
    assert (root / "r" / "samples" / "epoch_0001.png").is_file()
    assert zoo.load(root / "r" / "model").sample(20)[0].size == (160, 160)


@pytest.mark.bench
def test_a_run_of_digits_is_resumed_exactly_and_goes_to_the_zoo(run, root, capsys):
    words = ["train", "cgan", "--data", "digits", "--preset", "smoke", *SHORT]
    whole, halves = root / "whole", root / "halves"
    assert run(*words, "--out", whole, "--epochs-flat", "2")[0] == 0
    assert run(*words, "--out", halves)[0] == 0
    assert run(*words, "--out", halves, "--epochs-flat", "2", "--resume")[0] == 0
    one, two = (read_checkpoint(folder / "checkpoint.pt") for folder in (whole, halves))
    for name in ("G", "D"):
        assert all(torch.equal(one["networks"][name][key], two["networks"][name][key]) for key in one["networks"][name])

    assert run("zoo", "add", whole, "digits-tiny", "--data", "digits")[0] == 0
    card = json.loads((root / "zoo" / "digits-tiny" / "card.json").read_text())
    figures = card["validation"]
    assert figures["samples"] == 1000
    assert figures["real_accuracy"] > 0.93
    assert 0 <= figures["class_accuracy"] < 0.6  # an epoch or two teach little
    assert figures["class_accuracy_each"].keys() == set("0123456789")
    assert figures["kid_vgg"]["value"] > figures["kid_vgg_real"]["high"]
    assert figures["nearest"] > figures["nearest_real"] > 0
    assert card["neighbours"] == {
        "pictures": 1621, "bits": 8, "of": 1621, "classes": list("0123456789"),
    }  # fmt: skip
    text = (root / "zoo" / "digits-tiny" / "README.md").read_text()
    assert "by an independent classifier" in text
    assert "KID-VGG, real against real" in text

    sampler = zoo.load("digits-tiny")
    assert sampler.classes == tuple("0123456789")
    assert len(sampler.nearest(sampler.sample(1, "3")[0], 2)) == 2

    zoo_verify(("digits-tiny",), "digits")
    assert "ok" in capsys.readouterr().out
    zoo.update_card("digits-tiny", validation={**figures, "class_accuracy": figures["class_accuracy"] + 0.1})
    with pytest.raises(SystemExit):
        zoo_verify(("digits-tiny",), "digits")
    assert "class_accuracy is" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["gan", "--data", "ring", "--preset", "smoke"], "--preset plane"),
        (["gan", "--data", "digits", "--preset", "plane"], "--preset laptop"),
        (["gan", "--data", "nowhere"], "'nowhere'"),
        (["cgan", "--data", "digits", "--preset", "smoke", "--classes", "7"], "only class"),
        (["cgan", "--data", "digits", "--preset", "smoke", "--classes", "7", "x"], "'x'"),
        (["cgan", "--data", "digits", "--preset", "smoke", "--size", "9"], "size is 9"),
        (["cgan", "--data", "ring", "--preset", "smoke"], "'ring'"),
    ],
)  # fmt: skip
def test_train_says_what_is_wrong(run, root, words, part):
    code, _, err = run("train", *words, "--cpu", "--out", root / "run")
    assert code == 2
    assert part in err.strip().splitlines()[-1]
    assert "Traceback" not in err


def test_points_are_not_measured_as_pictures(run, root):
    run("train", "gan", "--data", "ring", "--out", root / "r", "--width", "4", *SHORT, "--batch", "4096")
    code, _, err = run("evaluate", "--model", root / "r" / "model", "--data", "digits")
    assert (code, "mode_coverage" in err) == (2, True)


def test_translate_with_a_generator(run, root):
    run("train", "gan", "--data", "digits", "--preset", "smoke", "--out", root / "d", *SHORT, "--batch", "512")
    code, _, err = run("translate", "--model", root / "d" / "model", root, "--out", root / "o")
    assert code == 2
    assert "is no translator but a sampler" in err
