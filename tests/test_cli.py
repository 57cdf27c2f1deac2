"""The command line: a user's mistake is one sentence on stderr and exit code 2, never a traceback."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from course_lib.models import zoo
from course_lib.networks import UnetGenerator
from course_lib.tasks.pix2pix import PRESETS
from course_lib.training.checkpoint import read_checkpoint

from .data.test_clips import make_clip

ROOT = Path(__file__).parents[1]
TINY = ["--preset", "smoke", "--epochs-flat", "1", "--epochs-decay", "0", "--width", "2", "--d-width", "2", "--cpu"]


@pytest.fixture
def root(tmp_path, monkeypatch):
    (tmp_path / "zoo").mkdir()
    monkeypatch.setenv("COURSE_ROOT", str(tmp_path))
    return tmp_path


def one_sentence(result, *parts, code=2):
    assert result[0] == code, result
    lines = [line for line in result[2].splitlines() if line.strip() and not line.startswith("Note:")]
    assert len(lines) == 1, result[2]
    for part in parts:
        assert part in lines[0]


@pytest.fixture
def pairs(tmp_path):
    folder = tmp_path / "pairs"
    folder.mkdir()
    for index in range(8):
        array = np.random.default_rng(index).integers(0, 256, (40, 80, 3), dtype=np.uint8)
        Image.fromarray(array).save(folder / f"{index}.png")
    return folder


@pytest.fixture
def tiny(root):
    torch.manual_seed(0)
    arguments = {"levels": 5, "width": 2, "norm": "instance", "dropout": 0.0, "upsample": "transposed"}
    network = UnetGenerator(**arguments)
    for parameter in network.parameters():
        if parameter.ndim > 1:
            nn.init.normal_(parameter, 0, 0.3)
    zoo.save(
        "tiny", {"model": network}, {"network": "UnetGenerator", "arguments": arguments, "size": 32}, {"title": "T"}
    )
    return "tiny"


# -- help ------------------------------------------------------------------------------------------------------------


def test_help_is_quick_and_imports_nothing_heavy():
    code = (
        "import sys, time\nsys.argv = ['course_lib', '--help']\nfrom course_lib.cli import main\n"
        "try: main()\nexcept SystemExit as stop: assert not stop.code\n"
        "heavy = {'torch', 'numpy', 'PIL', 'accelerate', 'gradio', 'scipy', 'skimage', 'matplotlib', 'safetensors', 'tyro'}\n"
        "print(sorted(heavy & sys.modules.keys()), time.process_time(), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    modules, seconds = done.stderr.strip().rsplit(" ", 1)
    assert modules == "[]"
    assert float(seconds) < 0.5
    for command in ("train", "translate", "evaluate", "zoo", "gpu-check"):
        assert command in done.stdout


@pytest.mark.bench
def test_a_model_is_loaded_and_a_training_imported_without_torchvision_and_the_compiler():
    """torchvision brings in torch's compiler, which doubles what every command, lesson and page takes to start."""
    code = (
        "import sys\nimport course_lib.tasks, course_lib.training.loop\nfrom course_lib.models import zoo\n"
        "for name in ('pix2pix-facades', 'srresnet-x4'): zoo.load(name)\nprint(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert not {"torchvision", "torch._dynamo"} & set(done.stdout.split())


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["train", "--help"], "pix2pix"),
        (["train", "pix2pix", "--help"], "--l1-weight"),
        (["translate", "--help"], "--official"),
        (["evaluate", "--help"], "--data"),
        (["zoo", "--help"], "verify"),
        (["gpu-check", "--help"], "--report"),
    ],
)
def test_help_of_every_command(run, words, expected):
    code, out, err = run(*words)
    assert code == 0
    assert expected in out + err


def test_words_that_are_no_command(run):
    one_sentence(run("fly"), "no command 'fly'", "train, translate, evaluate, export, zoo, grade")
    one_sentence(run("zoo", "fly"), "zoo: there is no command 'fly'", "list, verify, add, mix, pull, push")
    one_sentence(run("transalte"), "no command 'transalte'", "Did you mean 'translate'?")
    one_sentence(run("train", "pix2pics", "--data", "x", "--out", "y"), "Task 'pix2pics'", "Did you mean 'pix2pix'?")
    one_sentence(run("train"), "Name a task", "pix2pix")
    for words in ([], ["zoo"]):  # no command at all: the list of them, but no success
        code, out, _ = run(*words)
        assert (code, "usage:" in out) == (2, True)
    for words in (["translate"], ["train", "pix2pix"], ["zoo", "pull", "a/b"], ["zoo", "verify", "--fly"]):
        code, out, err = run(*words)
        assert code == 2
        assert "Traceback" not in out + err


# -- train -----------------------------------------------------------------------------------------------------------


def test_train_translate_evaluate(run, pairs, root, tmp_path):
    out = tmp_path / "run"
    words = ("train", "pix2pix", "--data", pairs, "--out", out, *TINY, "--batch", "2", "--direction", "BtoA")
    code, said, err = run(*words)
    assert code == 0, err
    assert "Data: 8 examples of pairs, read as both halves of a pair in one file." in said
    assert {p.name for p in out.iterdir()} == {"checkpoint.pt", "log.jsonl", "run.json", "run.html", "samples", "model"}
    card = json.loads((out / "model" / "card.json").read_text())
    assert card["command"].startswith("python -m course_lib train pix2pix --data")
    assert (card["epochs"], card["steps"], card["seed"], card["data"]) == (1, 4, 0, "pairs")
    assert json.loads((out / "model" / "config.json").read_text())["direction"] == "BtoA"

    code, said, _ = run("translate", "--model", out / "model", pairs, "--out", tmp_path / "answers")
    assert code == 0
    assert "8 translated" in said
    assert Image.open(tmp_path / "answers" / "3.png").size == (80, 40)  # the picture's own
    assert "Size: 8 padded by reflection to multiples of 32 and cut back to the picture's own size." in said
    shutil.copytree(ROOT / "zoo" / "vgg16-bsds", root / "zoo" / "vgg16-bsds")  # KID-VGG needs it
    code, said, err = run("evaluate", "--model", out / "model", "--data", pairs, "--write-card")
    assert code == 0, err
    assert "8 validation pairs" in said
    assert "KID-VGG" in (out / "model" / "README.md").read_text()

    code, said, _ = run("zoo", "add", out, "mine", "--title", "My own")
    assert code == 0
    code, said, _ = run("zoo", "list")
    assert "mine" in said
    assert "My own" in said
    one_sentence(run("zoo", "mix", out / "model", "mine", "between", "--share", "2"), "share is 2.0", "between 0")
    assert run("zoo", "mix", out / "model", "mine", "between", "--share", "0.5")[0] == 0
    assert run("zoo", "verify")[0] == 0
    before = (root / "zoo" / "mine" / "card.json").read_bytes()
    one_sentence(run("zoo", "add", out, "mine"), "already has mine", "--replace")
    one_sentence(run("zoo", "mix", out / "model", "mine", "mine", "--share", "0.5"), "already has mine")
    one_sentence(run("zoo", "add", out, "new", "--data", tmp_path / "nope"), "nope is not there")
    one_sentence(run("zoo", "add", out, "new", "--data", pairs, "--against", tmp_path / "nope"), "There is no model")
    assert (root / "zoo" / "mine" / "card.json").read_bytes() == before and not (root / "zoo" / "new").exists()
    assert run("zoo", "add", out, "mine", "--replace")[0] == 0
    one_sentence(run("zoo", "verify", "--data", tmp_path / "nope"), "nope is not there")
    code, said, _ = run("zoo", "verify", "mine", "--data", "facade_blocks")
    assert code == 0 and "ok (not measured: its card has no figures)" in said
    (root / "zoo" / "broken").mkdir()
    (root / "zoo" / "broken" / "config.json").write_text("[]")
    code, said, _ = run("zoo", "list")
    assert code == 1 and "mine" in said and "vgg16-bsds" in said  # before it and behind it
    shutil.rmtree(root / "zoo" / "broken")
    one_sentence(run("train", "pix2pix", "--data", pairs, "--out", out, *TINY), "already holds a run", "--resume")
    assert (
        run(
            "train", "pix2pix", "--data", pairs, "--out", out, *TINY, "--batch", "2", "--direction", "BtoA", "--resume"
        )[0]
        == 0
    )
    assert json.loads((out / "run.json").read_text())["command"] == card["command"]  # the one that started it


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (["train", "pix2pox", "--data", "facade_blocks"], ["'pix2pox' is unknown", "pix2pix"]),
        (["train", "pix2pix", "--data", "facade_blocks", "--preset", "huge"], ["'huge' is unknown", "paper, laptop, smoke"]),
        (["train", "pix2pix", "--data", "nowhere", *TINY], ["'nowhere' is neither a folder nor a named set"]),
        (["train", "pix2pix", "--data", "facade_blocks", *TINY, "--size", "40"], ["size 40 is no multiple of 2**levels = 32"]),
        (["train", "pix2pix", "--data", "facade_blocks", *TINY, "--load-size", "16"], ["load-size 16 is smaller than size 32"]),
        (["train", "pix2pix", "--data", "facade_blocks", *TINY, "--batch", "0"], ["batch is 0"]),
        (["train", "pix2pix", "--data", "facade_blocks", *TINY, "--batch", "401"], ["400 examples do not fill one batch of 401"]),
        (["train", "pix2pix", "--data", "facade_blocks", *TINY, "--seed", "-1"], ["seed is -1"]),
        (["train", "pix2pix", "--data", "facade_blocks", *TINY, "--d-layers", "9"], ["layers is 9"]),
        (["train", "pix2pix", "--data", "facade_blocks", *TINY, "--resume"], ["no checkpoint", "Leave out --resume"]),
    ],
    ids=lambda value: "_".join(value)[-40:] if value[0] == "train" else None,
)  # fmt: skip
def test_train_says_what_is_wrong(run, tmp_path, words, parts):
    one_sentence(run(*words, "--out", tmp_path / "run"), *parts)
    assert not (tmp_path / "run" / "checkpoint.pt").exists()


def test_train_on_an_empty_folder(run, tmp_path):
    (tmp_path / "empty").mkdir()
    one_sentence(
        run("train", "pix2pix", "--data", tmp_path / "empty", "--out", tmp_path / "run", *TINY), "holds no picture"
    )


def test_an_out_that_cannot_be(run, pairs, tmp_path):
    (tmp_path / "file").write_text("")
    one_sentence(run("train", "pix2pix", "--data", pairs, "--out", tmp_path / "file", *TINY), "could not be written")
    assert (tmp_path / "file").read_text() == ""


def test_resume_with_another_recipe_is_named_and_changes_nothing(run, pairs, tmp_path):
    words = ["train", "pix2pix", "--data", pairs, "--out", tmp_path / "run", *TINY, "--batch", "4"]
    assert run(*words)[0] == 0
    before = {p: p.read_bytes() for p in (tmp_path / "run").iterdir() if p.is_file()}
    one_sentence(run(*words, "--resume", "--l1-weight", "10"), "other settings: l1_weight was 100.0, is 10.0")
    one_sentence(run(*words, "--resume", "--seed", "1"), "seed was 0, is 1")
    assert before == {p: p.read_bytes() for p in (tmp_path / "run").iterdir() if p.is_file()}
    assert run(*words, "--resume", "--epochs-decay", "1")[0] == 0  # longer is no other run
    assert read_checkpoint(tmp_path / "run" / "checkpoint.pt")["position"]["epoch"] == 2
    card = json.loads((tmp_path / "run" / "model" / "card.json").read_text())
    assert "--resume" not in card["command"]
    assert ["--epochs-decay 1" in command for command in card["resumed_with"]] == [True]  # and the card says so


def test_a_full_disk(run, pairs, tmp_path, monkeypatch):
    def full(*_):
        raise RuntimeError("[enforce fail at inline_container.cc:672] . unexpected pos 576 vs 534")

    monkeypatch.setattr(torch, "save", full)
    result = run("train", "pix2pix", "--data", pairs, "--out", tmp_path / "run", *TINY, "--batch", "4")
    code, _, err = result
    assert code == 2
    last = err.strip().splitlines()[-1]
    assert "checkpoint.pt could not be written (No space left on device" in last
    assert "Traceback" not in err
    assert not [p for p in (tmp_path / "run").rglob("*") if p.name.startswith((".", "checkpoint", "model"))]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_ctrl_c_saves_a_checkpoint_and_the_run_goes_on(run, pairs, tmp_path):
    out = tmp_path / "run"
    words = ["train", "pix2pix", "--data", str(pairs), "--out", str(out), *TINY, "--load-size", "32"]
    long, steps = ["--epochs-flat", "50000"], 8 // PRESETS["smoke"].batch  # of an epoch
    with (tmp_path / "said").open("w") as said:
        child = subprocess.Popen(
            [sys.executable, "-m", "course_lib", *words, *long],
            cwd=ROOT,
            stderr=said,
            stdout=said,
            start_new_session=True,
        )
        try:
            for _ in range(2400):
                if (out / "log.jsonl").exists() or child.poll() is not None:
                    break
                time.sleep(0.1)
            os.killpg(child.pid, signal.SIGINT)  # as a terminal does
            code = child.wait(timeout=120)
        finally:
            child.kill()
    text = (tmp_path / "said").read_text()
    assert code == 130, text
    assert "Traceback" not in text
    assert "continue with --resume" in text.splitlines()[-1]
    position = read_checkpoint(out / "checkpoint.pt")["position"]
    done = position["epoch"] * steps + position["step"]
    assert done >= 50
    assert {p.name for p in out.iterdir()} <= {"checkpoint.pt", "log.jsonl", "run.json", "run.html", "samples"}
    code, _, err = run(*words, "--epochs-flat", str(position["epoch"] + 1), "--resume")
    assert code == 0, err
    log = [json.loads(line)["step"] for line in (out / "log.jsonl").read_text().splitlines()]
    assert log == sorted(set(log))
    assert log[-1] == steps * (position["epoch"] + 1)


# -- translate, evaluate, zoo ----------------------------------------------------------------------------------------


def test_translate_a_folder_with_one_bad_file(run, tiny, tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    for name, colour in (("a", "red"), ("b", "blue")):
        Image.new("RGB", (50, 40), colour).save(folder / f"{name}.jpg")
    (folder / "c.png").write_bytes(b"no picture")
    code, out, err = run("translate", "--model", tiny, folder, "--out", tmp_path / "answers")
    assert code == 0, err
    assert "2 translated" in out
    assert "1 skipped" in out
    assert "c.png is not a picture" in out + err
    assert sorted(p.name for p in (tmp_path / "answers").iterdir()) == ["a.png", "b.png"]
    assert np.array_equal(
        Image.open(tmp_path / "answers" / "a.png"), zoo.load(tiny).at_its_shape(Image.open(folder / "a.jpg"))
    )


def test_translate_gives_a_tree_of_folders_back_as_a_tree(run, tiny, tmp_path):
    root = tmp_path / "photos"
    for place in ("a.jpg", "cats/a.jpg", "cats/old/b.png", "dogs/.hidden.png", ".cache/x.png"):
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (50, 40), "red").save(root / place)
    out = root / "answers"  # in the folder itself: what lies there is not translated again
    for _ in range(2):
        code, said, err = run("translate", "--model", tiny, root, "--out", out)
        assert code == 0, err
        assert "3 translated" in said
        found = sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file())
        assert found == ["a.png", "cats/a.png", "cats/old/b.png"]
    one_sentence(
        run("translate", "--model", tiny, root / "cats", root, "--out", tmp_path / "o"), "Two pictures are called 'a'"
    )
    before = (root / "cats" / "old" / "b.png").read_bytes()
    one_sentence(run("translate", "--model", tiny, root, "--out", root), "would be overwritten by its own translation")
    assert (root / "cats" / "old" / "b.png").read_bytes() == before


def test_an_unknown_option_names_the_nearest(run):
    for words, option in (
        (["train", "pix2pix", "--data", "facade_blocks", "--out", "x", "--bach", "4"], "--batch"),
        (["translate", "a.png", "--out", "x", "--modell", "foo"], "--model"),
    ):
        code, out, err = run(*words)
        said = " ".join((out + err).replace("│", " ").split())
        assert code == 2 and f"Perhaps you meant: {option} " in said


def test_translate_says_what_is_wrong(run, tiny, tmp_path):
    photo = tmp_path / "a.png"
    Image.new("RGB", (9, 9)).save(photo)
    (tmp_path / "b").mkdir()
    Image.new("RGB", (9, 9)).save(tmp_path / "b" / "a.jpg")
    (tmp_path / "bad.png").write_bytes(b"no")
    (tmp_path / "file").write_text("")
    out = ["--out", tmp_path / "out"]
    one_sentence(run("translate", "--model", "nobody", photo, *out), "no model 'nobody' in the zoo", "tiny")
    one_sentence(run("translate", photo, *out), "Name either a --model of the zoo or an --official checkpoint")
    one_sentence(run("translate", "--model", tiny, tmp_path / "away.png", *out), "away.png is not there")
    one_sentence(run("translate", "--model", tiny, tmp_path / "zoo", *out), "holds no picture")
    one_sentence(run("translate", "--model", tiny, photo, tmp_path / "b", *out), "Two pictures are called 'a'")
    one_sentence(run("translate", "--model", tiny, photo, *out, "--direction", "AtoB"), "has no direction")
    one_sentence(run("translate", "--model", tiny, photo, *out, "--device", "cuda:99"), "'cuda:99' cannot be used here")
    one_sentence(run("translate", "--model", tiny, photo, "--out", tmp_path / "file"), "could not be written")
    code, _, err = run("translate", "--model", tiny, tmp_path / "bad.png", *out)
    assert code == 2
    assert "None of 1 pictures could be translated" in err
    assert not (tmp_path / "out").exists()


def test_translate_with_an_official_checkpoint(run, tmp_path):
    torch.manual_seed(0)
    ours = UnetGenerator(levels=7, width=2)
    for name, value in ours.state_dict().items():
        if value.is_floating_point():
            value.normal_(0, 0.3) if "running_var" not in name else value.uniform_(0.5, 2)
    from course_lib.networks.official import _unet_names

    names = _unet_names(ours)
    state = {names[name]: value for name, value in ours.state_dict().items() if not name.endswith("tracked")}
    torch.save(state, tmp_path / "latest_net_G.pth")
    photo = tmp_path / "a.png"
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (90, 90, 3), dtype=np.uint8)).save(photo)
    words = ["translate", photo, "--official", tmp_path / "latest_net_G.pth", "--network", "unet_128", "--out"]
    answers = {}
    for name, more in {"train": [], "again": [], "other": ["--seed", "1"], "eval": ["--mode", "eval"]}.items():
        assert run(*words, tmp_path / name, *more)[0] == 0
        answers[name] = np.asarray(Image.open(tmp_path / name / "a.png")).astype(int)
    assert run(*words, tmp_path / "eval1", "--mode", "eval", "--seed", "1")[0] == 0
    answers["eval1"] = np.asarray(Image.open(tmp_path / "eval1" / "a.png")).astype(int)
    assert answers["train"].shape == (90, 90, 3)
    assert np.array_equal(answers["train"], answers["again"])
    assert not np.array_equal(answers["train"], answers["other"])  # dropout is on, as in the official test script
    assert np.array_equal(answers["eval"], answers["eval1"])  # and off with --eval there
    assert np.abs(answers["train"] - answers["eval"]).mean() > 1
    one_sentence(run(*words[:-2], "unet_512", "--out", tmp_path / "x"), "unet_512")
    one_sentence(
        run("translate", photo, "--official", photo, "--network", "unet_128", "--out", tmp_path / "x"),
        "a.png cannot be read",
    )
    one_sentence(run("translate", photo, "--official", photo, "--out", tmp_path / "x"), "--network is None")


def test_evaluate_says_what_is_wrong(run, tiny, tmp_path):
    one_sentence(run("evaluate", "--model", "nobody", "--data", "facade_blocks"), "no model 'nobody'")
    one_sentence(run("evaluate", "--model", tiny, "--data", "nowhere"), "neither a folder")


def test_zoo_verify_counts_what_is_wrong(run, tiny, root):
    assert run("zoo", "verify")[1].split() == ["tiny", "ok"]
    one_sentence(run("zoo", "verify", "nobody"), "no model 'nobody'")
    (root / "zoo" / "tiny" / "model.safetensors").write_bytes(b"no")
    code, out, _ = run("zoo", "verify")
    assert code == 1
    assert "sha256 differs" in out
    one_sentence(run("zoo", "pull", "a/b", "main"), "no full commit hash")
    one_sentence(run("zoo", "push", "tiny", "a/b"), "is not pushed")
    one_sentence(run("zoo", "add", root, "x"), "holds no run")


@pytest.mark.skipif(torch.cuda.is_available() or torch.backends.mps.is_available(), reason="there is a GPU")
def test_gpu_check_without_a_gpu(run):
    one_sentence(run("gpu-check"), "no GPU")


def test_an_error_of_the_system_is_a_sentence(run, monkeypatch):
    def denied():
        raise PermissionError(13, "Permission denied", "/somewhere")

    monkeypatch.setattr("course_lib.models.zoo.names", denied)
    one_sentence(run("zoo", "list"), "Permission denied: '/somewhere'")


def test_a_bug_of_ours_keeps_its_traceback(run, monkeypatch):
    monkeypatch.setattr("course_lib.models.zoo.names", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run("zoo", "list")


def test_translations_do_not_overwrite_what_lies_beside_the_originals(run, tiny, tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    Image.new("RGB", (40, 40), "red").save(folder / "a.jpg")
    Image.new("RGB", (40, 40), "blue").save(folder / "a.png")
    before = (folder / "a.png").read_bytes()
    one_sentence(run("translate", "--model", tiny, folder / "a.jpg", "--out", folder), "lies beside the originals")
    assert (folder / "a.png").read_bytes() == before


def test_clips_of_one_name_and_clips_beside_the_originals_are_refused(run, tiny, tmp_path):
    for name in ("x/c.mov", "y/c.mp4", "x/c.mp4"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"no clip, and not opened")
    two = (tmp_path / "x/c.mov", tmp_path / "y/c.mp4")
    one_sentence(run("translate", "--model", tiny, *two, "--out", tmp_path / "out"), "would overwrite each other")
    one_sentence(run("translate", "--model", tiny, two[0], "--out", tmp_path / "x"), "lies beside the originals")
    assert (tmp_path / "x/c.mp4").read_bytes() == b"no clip, and not opened"


def test_a_bad_clip_does_not_stop_the_others(run, tiny, tmp_path):
    make_clip(tmp_path / "good.mp4", count=2, sound=False)
    (tmp_path / "bad.mp4").write_bytes(b"no clip")
    Image.new("RGB", (40, 40), "red").save(tmp_path / "a.png")
    bad, good = tmp_path / "bad.mp4", tmp_path / "good.mp4"
    one_sentence(run("translate", "--model", tiny, bad, "--out", tmp_path / "out"), "bad.mp4")
    code, out, _ = run("translate", "--model", tiny, bad, good, "--out", tmp_path / "out")
    assert code == 0 and "Skipped: " in out and "bad.mp4" in out and (tmp_path / "out" / "good.mp4").exists()
    (tmp_path / "worse.mp4").write_bytes(b"no clip")
    code, _, err = run("translate", "--model", tiny, bad, tmp_path / "worse.mp4", "--out", tmp_path / "out")
    assert code == 2 and "None of 2 clips could be translated" in err
    code, out, _ = run("translate", "--model", tiny, bad, tmp_path / "a.png", "--out", tmp_path / "out")
    assert code == 0 and "Skipped: " in out and "bad.mp4" in out and (tmp_path / "out" / "a.png").exists()


def test_what_a_picture_has_besides_its_first_frame_is_told(run, tiny, tmp_path):
    pages = [Image.new("RGB", (40, 40), colour) for colour in ("red", "blue")]
    pages[0].save(tmp_path / "a.tiff", save_all=True, append_images=pages[1:])
    pages[0].save(tmp_path / "b.png")
    code, out, err = run("translate", "--model", tiny, tmp_path / "a.tiff", tmp_path / "b.png", "--out", tmp_path / "o")
    assert code == 0, err
    assert "1 of them has several frames or pages; the first was translated." in out


def test_home_is_where_the_user_means_it(run, tiny, root, monkeypatch):
    monkeypatch.setenv("HOME", str(root))
    monkeypatch.setenv("USERPROFILE", str(root))
    Image.new("RGB", (40, 40), "red").save(root / "a.png")
    code, _, err = run("translate", "--model", tiny, "~/a.png", "--out=~/answers")
    assert code == 0, err
    assert (root / "answers" / "a.png").exists()


@pytest.mark.parametrize("command", ["translate", "evaluate", "grade"])
def test_a_seed_that_is_none_is_refused(run, tiny, command):
    words = {
        "translate": ["a.png", "--model", tiny, "--out", "o"],
        "evaluate": ["--model", tiny, "--data", "x"],
        "grade": ["06"],
    }
    one_sentence(run(command, *words[command], "--seed", 2**64), f"seed is {2**64}; it must be a whole number from 0")


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe of POSIX")
def test_a_reader_that_goes_away_and_outputs_that_are_closed(root):
    """``zoo list | head -1`` ends without a word; a program that has no outputs does its work all the same."""
    (root / "zoo").mkdir(exist_ok=True)
    command = f"{sys.executable} -m course_lib"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    shell = ["bash", "-c", f"{command} --help | true; echo ${{PIPESTATUS[0]}}"]
    done = subprocess.run(shell, capture_output=True, text=True, env=environment, check=False)
    assert (done.stdout, done.stderr) == ("141\n", ""), done
    closed = subprocess.run(["bash", "-c", f"{command} --help >&- 2>&-"], env=environment, check=False)
    assert closed.returncode == 0


def test_the_page_is_not_written_into_the_library_that_it_copies(run):
    inside = Path(zoo.__file__).parents[1] / "app" / "space"
    one_sentence(run("space", "--out", inside), "lies in the library")
    assert not inside.exists()


def test_pairs_of_which_one_is_equal_and_targets_that_are_flat(run, tiny, root, tmp_path):
    shutil.copytree(ROOT / "zoo" / "vgg16-bsds", root / "zoo" / "vgg16-bsds")
    for name in ("equal", "flat"):
        (tmp_path / name).mkdir()
        for index in range(4):
            array = np.random.default_rng(index).integers(0, 256, (32, 64, 3), dtype=np.uint8)
            if name == "equal" and index == 2:
                array[:, 32:] = array[:, :32]
            if name == "flat":
                array[:, 32:] = 40 * index
            Image.fromarray(array).save(tmp_path / name / f"{index}.png")
        code, out, err = run("evaluate", "--model", tiny, "--data", tmp_path / name, "--write-card")
        assert code == 0, err
        assert "PSNR" in out and ("high-frequency power" in out) == (name == "equal")


def test_what_is_not_there_is_said_before_a_clip_is_translated(run, tiny, tmp_path):
    (tmp_path / "a.mp4").write_bytes(b"clip")
    one_sentence(
        run("translate", "--model", tiny, tmp_path / "a.mp4", tmp_path / "b.png", "--out", tmp_path / "o"),
        "b.png is not there",
    )


def test_one_picture_to_a_name_and_what_is_replaced(run, tiny, pairs, tmp_path):
    for again in (False, True):
        code, out, err = run("translate", "--model", tiny, pairs / "0.png", "--out", tmp_path / "answers" / "mine.png")
        assert code == 0 and ("1 of these names was in" in out) == again, err
    assert [file.name for file in (tmp_path / "answers").iterdir()] == ["mine.png"]
    one_sentence(
        run("translate", "--model", tiny, pairs, "--out", tmp_path / "x.png"), "names a picture, and there are 8"
    )
    one_sentence(
        run("translate", "--model", tiny, pairs / "0.png", "--out", tmp_path / "x.jpg"), "answers are PNG files"
    )
    assert not (tmp_path / "x.png").exists() and not (tmp_path / "x.jpg").exists()
