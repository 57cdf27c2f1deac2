"""``train``: what it refuses, what it records, what a resumed run may change."""

import json
import os
import re
import shutil
import subprocess
import sys

import numpy as np
import pytest
import torch
from PIL import Image

from course_lib.commands.train import parse
from course_lib.tasks import TASKS
from course_lib.training.accelerator import fresh_accelerator

TINY = ["--preset", "smoke", "--epochs-flat", "1", "--epochs-decay", "0", "--width", "2", "--d-width", "2", "--cpu"]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "pairs").mkdir()
    for index in range(8):
        array = np.random.default_rng(index).integers(0, 256, (40, 80, 3), dtype=np.uint8)
        Image.fromarray(array).save(tmp_path / "pairs" / f"{index}.png")
    return tmp_path / "pairs"


def files_of(path):
    return {file: file.read_bytes() for file in path.rglob("*") if file.is_file()}


def test_fp16_without_a_gpu_is_refused_in_a_process_that_has_made_no_accelerator(tmp_path):
    words = [
        "train",
        "pix2pix",
        "--data",
        "facade_blocks",
        *TINY[:-1],
        "--precision",
        "fp16",
        "--out",
        str(tmp_path / "run"),
    ]
    done = subprocess.run(
        [sys.executable, "-m", "course_lib", *words],
        capture_output=True, text=True, check=False, env=os.environ | {"CUDA_VISIBLE_DEVICES": ""},
    )  # fmt: skip
    assert done.returncode == 2, done
    assert "Precision fp16 needs a GPU, and this run is on the CPU. Take --precision fp32 or bf16." in done.stderr
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--workers", "-1"], "workers is -1; it must be 0 or more"),
        (["--save-every", "nan"], "save_every is nan; it must be 0 or more, and finite"),
        (["--sample-epochs", "-3"], "sample_epochs is -3; it must be 0 or more"),
        (["--width", "0"], "width is 0; it must be 1 or more"),
        (["--size", "0"], "size is 0; it must be 1 or more"),
        (["--l1-weight", "-1"], "l1_weight is -1.0; it must be 0 or more"),
        (["--lr", "inf"], "lr is inf; it must be 0 or more, and finite"),
        (["--epochs-flat", "-1"], "epochs_flat is -1; it must be 0 or more"),
        (["--dropout", "2"], "dropout is 2.0; it is a probability, from 0 (off) to below 1"),
        (["--d-layers", "5"], "d_layers is 5; a discriminator of pictures of 32² pixels has 0 to 3"),
        (["--size", "64"], "Set --load-size 64 or more"),
        (["--seed", str(2**70)], "it must be a whole number from 0 to 2**32 − 1"),
    ],
)
def test_a_number_out_of_its_range_is_refused_by_name(run, tmp_path, words, said):
    code, _, err = run("train", "pix2pix", "--data", "facade_blocks", "--out", tmp_path / "run", *TINY, *words)
    assert code == 2 and said in err, err
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("task", ["pix2pix", "cyclegan"])
def test_as_many_layers_of_d_as_are_allowed_can_be_trained(run, tmp_path, task):
    data = {"pix2pix": "facade_blocks", "cyclegan": "stripes"}[task]
    words = ["train", task, "--data", data, "--preset", "smoke", "--epochs-flat", "1", "--epochs-decay", "0", "--cpu"]
    small = ["--width", "2", "--d-width", "2", "--batch", "64", "--out", tmp_path / "run"]
    code, _, err = run(*words, *small, "--d-layers", "3")
    assert code == 0, err
    code, _, err = run(*words, *small[:-1], tmp_path / "deep", "--d-layers", "4")
    assert code == 2 and "has 0 to 3. Lower --d-layers or raise --size." in err


def test_a_model_or_something_else_in_the_place_of_the_runs_model(run, folder, tmp_path):
    words = ["train", "pix2pix", "--data", folder, *TINY, "--out"]
    assert run(*words, tmp_path / "run")[0] == 0
    (tmp_path / "run" / "checkpoint.pt").unlink()  # to save room
    before = files_of(tmp_path / "run")
    code, _, err = run(*words, tmp_path / "run")
    assert code == 2 and "holds a trained model, which this run would replace" in err
    assert files_of(tmp_path / "run") == before

    (tmp_path / "other" / "model").mkdir(parents=True)
    (tmp_path / "other" / "model" / "notes.txt").write_text("mine")
    code, _, err = run(*words, tmp_path / "other")
    assert code == 2 and "Empty it, or choose another --out" in err  # before the training, not behind it
    assert not (tmp_path / "other" / "run.json").exists()


def test_a_resume_that_begins_with_another_model_or_is_another_task_or_length(run, folder, tmp_path):
    words = ["train", "pix2pix", "--data", folder, *TINY, "--out", tmp_path / "run"]
    assert run(*words, "--epochs-flat", "2")[0] == 0
    before = files_of(tmp_path / "run")
    code, _, err = run(*words, "--epochs-flat", "2", "--resume", "--start-from", "style-wave")
    assert code == 2 and "began with fresh weights, not with style-wave" in err
    code, _, err = run(
        "train", "srresnet", "--data", folder, "--preset", "smoke", "--out", tmp_path / "run", "--resume"
    )
    assert code == 2 and "is one of pix2pix, not of srresnet" in err and "--start-from" in err
    assert files_of(tmp_path / "run") == before

    code, _, err = run(*words, "--epochs-flat", "3", "--resume")
    assert code == 0 and "this run was to last epochs_decay 0, epochs_flat 2; now epochs_decay 0, epochs_flat 3" in err
    assert "--epochs-decay 0 --epochs-flat 2 leaves it as it was" in err

    again = [
        "train",
        "pix2pix",
        "--data",
        folder,
        *TINY,
        "--out",
        tmp_path / "on",
        "--start-from",
        tmp_path / "run" / "model",
    ]
    assert run(*again)[0] == 0
    assert run(*again, "--resume")[0] == 0  # the command it was begun with, and --resume
    assert json.loads((tmp_path / "on" / "run.json").read_text())["began_with"]["epochs"] == 3


def test_photos_too_few_to_hold_one_out(run, tmp_path):
    (tmp_path / "few").mkdir()
    for index in range(9):
        array = np.random.default_rng(index).integers(0, 256, (16, 16, 3), dtype=np.uint8)
        Image.fromarray(array).save(tmp_path / "few" / f"{index}.png")
    words = ["--preset", "smoke", "--epochs-flat", "1", "--epochs-decay", "0", "--cpu", "--out", tmp_path / "run"]
    code, _, err = run("train", "gan", "--data", tmp_path / "few", *words, "--batch", "4")
    assert code == 0, err
    code, _, err = run("train", "gan", "--data", tmp_path / "few", *words[:-1], tmp_path / "b", "--batch", "64")
    assert code == 2 and "9 examples do not fill one batch of 64" in err


def test_a_mistyped_option_names_the_help_that_lists_it(run, folder, tmp_path):
    code, out, err = run("train", "pix2pix", "--data", folder, "--out", tmp_path / "run", "--presett", "smoke")
    assert code == 2 and "train pix2pix --help" in out + err


def test_a_run_in_the_folder_that_it_reads_is_refused(run, folder, tmp_path):
    """Its sample sheets would be read as pictures when it is resumed."""
    code, _, err = run("train", "pix2pix", "--data", folder, "--out", folder / "runs" / "a", *TINY)
    assert code == 2 and "lies in the data's folder" in err and "elsewhere" in err
    assert not (folder / "runs").exists()


def test_flags_of_version_0_1_are_taken_and_named(run, folder, tmp_path):
    old = [word.replace("--d-width", "--patch-width") for word in TINY] + ["--rate=1e-3", "--average", "0.5"]
    code, _, err = run("train", "pix2pix", "--data", folder, *old, "--out", tmp_path / "run")
    assert code == 0, err
    assert "Note: --patch-width, --rate, --average is now called --d-width, --lr, --ema-decay." in err
    config = json.loads((tmp_path / "run" / "run.json").read_text())["config"]
    assert (config["d_width"], config["lr"], config["ema_decay"]) == (2, 1e-3, 0.5)


def test_help_lists_the_presets_with_their_time_and_every_setting_with_what_it_does(run):
    for task in ("pix2pix", "cyclegan", "gan", "cgan"):
        code, out, _ = run("train", task, "--help")
        said = " ".join(out.replace("│", " ").split())
        assert code == 0
        assert "laptop: " in said and "smoke: seconds" in said and "type: ignore" not in said
        assert "Adam's learning rate" in said
    assert "about an hour on one core" in " ".join(run("train", "pix2pix", "--help")[1].replace("│", " ").split())


def test_the_card_names_the_loss_every_weight_and_penalty(run, tmp_path):
    words = [
        "train",
        "gan",
        "--data",
        "digits",
        "--preset",
        "smoke",
        "--epochs-flat",
        "1",
        "--epochs-decay",
        "0",
        "--cpu",
    ]
    code, _, err = run(*words, "--r1", "0.5", "--adversarial", "wasserstein", "--out", tmp_path / "run")
    assert code == 0, err
    card = json.loads((tmp_path / "run" / "model" / "card.json").read_text())
    assert card["loss"] == {
        "adversarial": "wasserstein", "penalty": 10.0, "r1": 0.5, "spectral_norm": False, "packing": 1,
        "instance_noise": 0.0, "d_steps": 1,
    }  # fmt: skip
    said = (tmp_path / "run" / "model" / "README.md").read_text()
    assert "| loss, weights and penalties | adversarial wasserstein, penalty 10, r1 0.5, spectral_norm False" in said


def another_set(folder):
    shutil.move(folder / "7.png", folder / "other.png")
    return []


def another_length(folder):
    shutil.copy(folder / "0.png", folder / "8.png")
    return []


def a_smaller_set(folder):
    (folder / "7.png").unlink()
    return []


def another_precision(folder):
    fresh_accelerator("cpu", "bf16")  # Accelerate allows one precision a process
    return ["--precision", "bf16"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (another_set, "the data was "),
        (another_length, "the number of examples was 8, is 9"),
        (a_smaller_set, "the number of examples was 8, is 7"),
        (lambda folder: ["--seed", "1"], "the seed was 0, is 1"),
        (lambda folder: ["--batch", "2"], "batch was 4, is 2"),
        (another_precision, "the precision was fp32, is bf16"),
        (lambda folder: ["--l1-weight", "9"], "l1_weight was 100.0, is 9.0"),
    ],
)
def test_a_resume_under_other_conditions_is_refused_and_nothing_is_touched(run, folder, tmp_path, change, said):
    words = ["train", "pix2pix", "--data", folder, *TINY, "--out", tmp_path / "run"]
    assert run(*words)[0] == 0
    before, extra = files_of(tmp_path / "run"), change(folder)
    code, _, err = run(*words, "--resume", *extra)
    assert code == 2 and said in err, err
    assert "choose another --out" in err
    assert files_of(tmp_path / "run") == before


def test_a_harmless_difference_goes_onto_the_card(run, folder, tmp_path):
    threads = torch.get_num_threads()
    words = ["train", "pix2pix", "--data", folder, *TINY, "--out", tmp_path / "run"]
    assert run(*words)[0] == 0
    try:
        torch.set_num_threads(threads + 1)
        code, _, err = run(*words, "--resume", "--epochs-flat", "2")
    finally:
        torch.set_num_threads(threads)
    assert code == 0, err
    assert f"threads was {threads}, is {threads + 1}" in err
    card = json.loads((tmp_path / "run" / "model" / "card.json").read_text())
    assert card["changes"] == [f"threads was {threads}, is {threads + 1} from epoch 1, step 0 on"]
    assert "| changed on the way | threads was" in (tmp_path / "run" / "model" / "README.md").read_text()
    assert card["epochs"] == 2 and len(card["resumed_with"]) == 1


def test_a_run_of_version_0_1_on_a_folder_that_was_taken_for_a_named_set(run, folder, tmp_path):
    named = folder.rename(folder.with_name("facades"))
    words = ["train", "pix2pix", *TINY, "--out", tmp_path / "run", "--data"]
    assert run(*words, f"facades={named}")[0] == 0
    record = json.loads((tmp_path / "run" / "run.json").read_text())
    del record["data"]
    (tmp_path / "run" / "run.json").write_text(json.dumps(record))
    code, _, err = run(*words, named, "--resume")
    assert code == 2 and f"Write --data facades={named} to go on with it as it was." in err
    assert run(*words, f"facades={named}", "--resume")[0] == 0


@pytest.mark.parametrize("task", TASKS)
def test_every_setting_has_help_of_its_own_and_the_presets_say_their_hours(task, capsys):
    with pytest.raises(SystemExit):
        parse([task, "--data", "digits", "--help"])
    page = re.sub(r"[│╭╰╮╯─\s]+", " ", capsys.readouterr().out)
    settings = re.split(r" (?=--(?!no-)[a-z0-9][a-z0-9-]*[ ,])", page)[1:]
    helps = {}
    for setting in settings:
        flag, text = re.match(r"--([\w-]+)(?:, --no-[\w-]+)?(?: (?:\{[^}]*\}|[A-Z]+|\|)+)?(.*)", setting).groups()
        helps[flag] = text.split("(default")[0].split("(required")[0].strip()
    assert {"data", "out", "seed", "precision", "lr", "ema-decay", "compile"} <= helps.keys()
    assert not [flag for flag, text in helps.items() if len(text.split()) < 3]
    assert len(set(helps.values())) == len(helps)
    assert all(preset in helps["preset"] for preset in TASKS[task].presets)
