"""``train gatys``: what it writes, and what it refuses before it begins."""

import json

import numpy as np
import pytest
from PIL import Image


@pytest.fixture
def pictures(tmp_path):
    for seed, (name, size) in enumerate((("photo", (60, 40)), ("painting", (50, 50)))):
        values = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
        Image.fromarray(values).save(tmp_path / f"{name}.png")
    return ["--content", tmp_path / "photo.png", "--style", tmp_path / "painting.png"]


def test_it_writes_the_picture_its_losses_and_how_it_was_made(run, pictures, tmp_path):
    out = tmp_path / "out"
    code, printed, err = run("train", "gatys", *pictures, "--preset", "smoke", "--sample-steps", "2", "--out", out)
    assert code == 0, err
    assert Image.open(out / "result.png").size == (48, 32)
    lines = [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines] == [1, 2, 3, 4, 5] and lines[-1]["size"] == 48
    assert {"total", "content", "style", "tv", "seconds"} <= lines[0].keys()
    assert sorted(file.name for file in (out / "samples").iterdir()) == ["step_00002.png", "step_00004.png"]
    record = json.loads((out / "run.json").read_text())
    assert (record["steps"], record["of"], record["config"]["size"]) == (5, 5, 48)
    assert record["peak_memory"] > record["memory_before"] > 0
    assert "5 of 5 steps" in printed and "GB of it for this picture" in printed
    code, _, err = run("train", "gatys", *pictures, "--preset", "smoke", "--out", out)
    assert code == 2 and "already holds a result" in err


def test_a_budget_of_time_ends_it_with_a_whole_result(run, pictures, tmp_path):
    words = ["--preset", "smoke", "--steps", "5000", "--seconds", "0.5", "--out", tmp_path / "out"]
    code, printed, err = run("train", "gatys", *pictures, *words)
    assert code == 0, err
    assert "of 5002 steps" in printed and Image.open(tmp_path / "out" / "result.png").size == (48, 32)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--preset", "nosuch"], "Preset 'nosuch' is unknown; there is good, paper, smoke"),
        (["--preset", "smoke", "--size", "4"], "size is 4; it must be from 16"),
        (["--preset", "smoke", "--content-weight", "0", "--style-weight", "0"], "both 0"),
        (["--preset", "smoke", "--style-layers", "relu9_9", "relu1_1"], "has no layer 'relu9_9'"),
        (["--preset", "smoke", "--sample-steps", "-1"], "sample_steps is -1"),
        (["--preset", "smoke", "--device", "abacus"], "Device 'abacus' cannot be used"),
        (["--preset", "smoke", "--content", "nowhere.png"], "nowhere.png is not there"),
    ],
)
def test_what_it_refuses_in_a_sentence_leaves_nothing_behind(run, pictures, tmp_path, words, message):
    code, _, err = run("train", "gatys", *pictures, *words, "--out", tmp_path / "out")
    assert code == 2 and message in err and "Traceback" not in err
    assert not (tmp_path / "out").exists()


def test_it_is_named_beside_the_tasks(run):
    assert "gatys" in run("train", "--help")[1]
    assert "--keep-colours" in run("train", "gatys", "--help")[1]
