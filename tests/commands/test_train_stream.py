"""The command line on a stream: it trains, says what it reads and promises, evaluates on the held-out shards, and goes on."""

import io
import json

import numpy as np
import pytest
from PIL import Image


@pytest.fixture
def stream(tmp_path, shard):
    """Eight pairs to train on, five that are held out."""

    def files(numbers):
        found = {}
        for number in numbers:
            noise = np.random.default_rng(number).integers(0, 256, (32, 32, 3), dtype=np.uint8)
            for name, pixels in (("input", noise), ("target", 255 - noise)):
                file = io.BytesIO()
                Image.fromarray(pixels).save(file, "PNG")
                found[f"{number:03d}.{name}.png"] = file.getvalue()
        return found

    shard(tmp_path / "train-0.tar", files(range(4)))
    shard(tmp_path / "train-1.tar", files(range(4, 8)))
    shard(tmp_path / "val-0.tar", files(range(8, 13)))
    return f"stream:{tmp_path}/train-*.tar#8"


def test_pix2pix_from_shards(run, tmp_path, stream):
    out = tmp_path / "run"
    words = ("train", "pix2pix", "--data", stream, "--preset", "smoke", "--cpu", "--out", out, "--validate-every", 1)
    code, said, errors = run(*words)
    assert code == 0, errors
    assert "Data: 8 examples of train-*.tar, read as a stream of input.png (input) and target.png (target)." in said
    assert "A resumed run reads past what was seen and goes on as if it had never stopped" in said
    assert json.loads((out / "run.json").read_text())["data"] == "train-*.tar"
    assert len([line for line in (out / "log.jsonl").read_text().splitlines() if "val L1" in line]) == 2
    code, said, errors = run("evaluate", "--model", out / "model", "--data", stream)
    assert code == 0, errors
    code, _, errors = run(
        "evaluate", "--model", out / "model", "--data", stream.replace("#8", "#5"), "--split", "train"
    )
    assert code == 0, errors
    code, _, errors = run(*words, "--epochs-decay", 2, "--resume")
    assert code == 0, errors
    (tmp_path / "train-1.tar").unlink()
    code, _, errors = run(*words, "--epochs-decay", 3, "--resume")
    assert code and "the list of shards is another: without train-1.tar" in errors


def test_what_is_wrong_is_said_before_the_first_step(run, tmp_path, stream):
    (tmp_path / "val-0.tar").unlink()
    words = ("train", "pix2pix", "--preset", "smoke", "--cpu", "--out", tmp_path / "run")
    for data, more, sentence in (
        (stream, ("--validate-every", 1), "--validate-every needs a held-out part of the data"),
        (stream.replace("#8", ""), (), "does not say how many examples it has"),
        (stream.replace("#8", "#2"), (), "2 examples do not fill one batch of 4"),
        (stream.replace("train", "tarin"), (), "No shard to train on matches"),
    ):
        code, _, errors = run(*words, "--data", data, *more)
        assert code and sentence in errors, errors
        assert not (tmp_path / "run" / "checkpoint.pt").exists()


def test_other_tasks_say_that_they_read_no_stream(run, tmp_path, stream):
    code, _, errors = run(
        "train", "srresnet", "--preset", "smoke", "--cpu", "--out", tmp_path / "run", "--data", stream
    )
    assert code and "only pairs and domains are read as a stream" in errors
