"""``--validate-every``: figures of held-out examples, the best model kept, and a training that does not notice."""

import json

import numpy as np
import pytest
import torch
from PIL import Image

from course_lib.models import validation, zoo
from course_lib.training.checkpoint import read_checkpoint
from course_lib.training.loop import Run
from course_lib.training.run_page import write_page

TINY = ["--preset", "smoke", "--epochs-flat", "2", "--epochs-decay", "1", "--width", "2", "--d-width", "2", "--cpu"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("data") / "pairs"
    for part, count, height in (("train", 8, 36), ("val", 3, 32)):
        (root / part).mkdir(parents=True)
        for index in range(count):
            array = np.random.default_rng((index, count)).integers(0, 256, (height, 2 * height, 3), dtype=np.uint8)
            Image.fromarray(array).save(root / part / f"{index}.png")
    return root


def lines(out):
    """The log but for the clock."""
    read = [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]
    return [{name: value for name, value in line.items() if name != "seconds"} for line in read]


def weights(out):
    state = read_checkpoint(out / "checkpoint.pt")
    flat = {f"{name} {key}": value for name, part in state["networks"].items() for key, value in part.items()}
    return flat | {"random": state["processes"][0]["random"]["torch"]}


def same(one, other):
    assert one.keys() == other.keys()
    return all(torch.equal(value, other[name]) for name, value in one.items())


@pytest.fixture(scope="module")
def figures():
    """Made-up figures of epochs 1, 2, 3, in which the second is the best: real ones are tested by themselves."""
    return {1: 0.5, 2: 0.25, 3: 0.4}


@pytest.fixture
def told(monkeypatch, figures):
    asked = []

    def fake(models, data, loss):
        torch.rand(3)  # draws, as noise does
        asked.append(models)
        return {"KID-VGG": figures[len(asked)], "L1": 1.0}

    monkeypatch.setitem(validation.FIGURES, "translator", fake)
    return asked


def test_the_best_model_is_kept_and_the_training_does_not_notice(run, folder, tmp_path, told):
    words = ["train", "pix2pix", "--data", folder, *TINY]
    assert run(*words, "--out", tmp_path / "without")[0] == 0
    code, _, err = run(*words, "--validate-every", "1", "--out", tmp_path / "run")
    assert code == 0, err
    assert same(weights(tmp_path / "without"), weights(tmp_path / "run"))
    measured = [line for line in lines(tmp_path / "run") if "best" in line]
    assert measured == [
        {"step": 2, "epoch": 1, "val KID-VGG": 0.5, "val L1": 1.0, "best": True},
        {"step": 4, "epoch": 2, "val KID-VGG": 0.25, "val L1": 1.0, "best": True},
        {"step": 6, "epoch": 3, "val KID-VGG": 0.4, "val L1": 1.0, "best": False},
    ]
    assert zoo.card_of(tmp_path / "run" / "model-best")["validated"] == {"epoch": 2, "KID-VGG": 0.25, "L1": 1.0}
    said = (tmp_path / "run" / "model-best" / "README.md").read_text()
    assert "best after epoch 2: KID-VGG 0.25, L1 1" in said and "| epochs, steps | 2, " in said
    kept, last = (zoo.load(tmp_path / "run" / name).network.state_dict() for name in ("model-best", "model"))
    second = told[1]["model"].network.state_dict()
    assert all(torch.equal(kept[name], second[name]) for name in second)
    assert not all(torch.equal(kept[name], last[name]) for name in last)
    assert sorted(path.name for path in (tmp_path / "run").iterdir()) == [
        "checkpoint.pt", "log.jsonl", "model", "model-best", "run.html", "run.json", "samples",
    ]  # fmt: skip
    page = (tmp_path / "run" / "run.html").read_text()
    assert "Best after epoch 2: val KID-VGG 0.25, val L1 1" in page and "1 epochs have gone by since" in page
    assert "val KID-VGG: now 0.4, from 0.25 to 0.5, steps 2 to 6" in page and "best: now" not in page


@pytest.mark.parametrize(
    "moment", ["before the figures", pytest.param("after the best is kept", marks=pytest.mark.bench)]
)
def test_a_run_that_is_killed_while_it_measures_comes_to_the_same(run, folder, tmp_path, told, monkeypatch, moment):
    words = ["train", "pix2pix", "--data", folder, *TINY, "--validate-every", "1", "--out"]
    assert run(*words, tmp_path / "whole")[0] == 0
    told.clear()
    real = validation.validate

    def killed(out, data, epoch, log):
        if epoch == 2 and moment == "before the figures":
            raise KeyboardInterrupt
        found = real(out, data, epoch, log)
        if epoch == 2:
            told.pop()  # the same figures when it is asked again
            raise KeyboardInterrupt
        return found

    monkeypatch.setattr(validation, "validate", killed)
    assert run(*words, tmp_path / "parts")[0] == 130
    monkeypatch.setattr(validation, "validate", real)
    assert run(*words, tmp_path / "parts", "--resume")[0] == 0
    parts, whole = ([line for line in lines(tmp_path / name) if "best" in line] for name in ("parts", "whole"))
    assert parts == whole and len(whole) == 3
    assert same(weights(tmp_path / "whole"), weights(tmp_path / "parts"))
    one, other = (zoo.card_of(tmp_path / name / "model-best") for name in ("whole", "parts"))
    assert one["sha256"] == other["sha256"] and one["validated"] == other["validated"]


def test_real_figures_of_a_translator_by_hand(run, folder, tmp_path):
    code, _, err = run("train", "pix2pix", "--data", folder, *TINY, "--validate-every", "3", "--out", tmp_path / "run")
    assert code == 0, err
    (line,) = [line for line in lines(tmp_path / "run") if "best" in line]
    model = zoo.load(tmp_path / "run" / "model")  # of the same epoch
    halves = [np.asarray(Image.open(folder / "val" / f"{index}.png")) for index in range(3)]
    answers = [np.asarray(model(Image.fromarray(half[:, :32]), seed=index)) for index, half in enumerate(halves)]
    distances = [
        np.abs(answer / 127.5 - half[:, 32:] / 127.5).mean() for answer, half in zip(answers, halves, strict=True)
    ]
    assert line["val L1"] == pytest.approx(np.mean(distances), abs=1e-4)
    assert 0 < line["val KID-VGG"] < 14
    assert list(line).index("val KID-VGG") < list(line).index("val L1")  # the discriminator's model is chosen by it


def test_which_is_better():
    assert validation.better({"L1": 0.2}, [{"L1": 0.3}, {"L1": 0.25}])
    assert not validation.better({"L1": 0.25}, [{"L1": 0.25}])  # the earlier one stays
    assert validation.better({"PSNR": 30.0, "VGG distance": 9.0}, [{"PSNR": 29.0, "VGG distance": 1.0}])
    assert validation.better({"L1": 0.2}, [])


def test_what_cannot_be_validated_is_refused_before_the_first_step(run, folder, tmp_path):
    words = ["--validate-every", "1", "--cpu", "--preset", "smoke", "--out", tmp_path / "run"]
    code, _, err = run("train", "pix2pix", "--data", folder / "train", *words)
    assert code == 2 and "needs examples that are not trained on" in err and "sub-folder val" in err
    code, _, err = run("train", "gan", "--data", "ring", *words, "--preset", "plane")
    assert code == 2 and "--validate-every has no figures for such a model" in err
    code, _, err = run("train", "pix2pix", "--data", folder, *words, "--validate-every", "-1")
    assert code == 2 and "validate_every is -1; it must be 0 or more" in err
    assert not (tmp_path / "run").exists()


@pytest.mark.bench
@pytest.mark.parametrize(
    ("task", "data", "names"),
    [
        ("cyclegan", "stripes", {"val KID-VGG", "val there and back"}),
        ("cgan", "digits", {"val KID-VGG"}),
        ("srresnet", "sample_photos", {"val PSNR", "val VGG distance"}),
    ],
)
def test_every_kind_has_figures(run, tmp_path, monkeypatch, task, data, names):
    monkeypatch.setattr(validation, "MOST", 4)
    words = ["--preset", "smoke", "--epochs-flat", "1", "--epochs-decay", "0", "--cpu", "--validate-every", "1"]
    code, _, err = run("train", task, "--data", data, *words, "--out", tmp_path / "run")
    assert code == 0, err
    (line,) = [line for line in lines(tmp_path / "run") if "best" in line]
    assert {name for name in line if name.startswith("val ")} == names


def test_a_page_without_validation_says_nothing_of_it(tmp_path):
    (tmp_path / "log.jsonl").write_text('{"step": 50, "epoch": 0, "seconds": 1.0, "L1": 0.5}\n')
    assert "held-out" not in write_page(tmp_path, running=False).read_text()
    assert Run(tmp_path, epochs=1, batch=1).validate_every == 0
