"""Training on a stream: batches, loading processes, resuming, and what a resumed run refuses."""

import io
import os
import signal
import warnings
from dataclasses import replace
from itertools import chain

import numpy as np
import pytest
import torch
from PIL import Image

from course_lib.data.pairs import open_pairs
from course_lib.errors import CourseError
from course_lib.tasks.cyclegan import PRESETS as CYCLEGAN
from course_lib.tasks.cyclegan import CycleGAN, open_data
from course_lib.training.accelerator import fresh_accelerator
from course_lib.training.checkpoint import read_checkpoint
from course_lib.training.loop import Interrupted, Run, train
from course_lib.training.order import SPARES, arriving, loader

pytestmark = pytest.mark.filterwarnings("ignore::course_lib.data.notices.PreparedPictures")
SILENT = {"report": lambda _: None}


def picture(number):
    grey = np.full((16, 16, 3), number, dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(grey).save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def shards(tmp_path, shard):
    """Three shards of eight pairs: the input of pair n is 2 n, the target 2 n + 1."""
    for at in range(3):
        files = {
            f"{number}.{name}.png": picture(2 * number + side)
            for number in range(8 * at, 8 * at + 8)
            for side, name in enumerate("ab")
        }
        shard(tmp_path / f"train-{at}.tar", files)
    return f"stream:{tmp_path}/train-*.tar#24"


def batches(data, **place):
    return [
        [round((float(one.mean()) + 1) * 127.5) for one in batch["input"]]
        for batch in loader(data, **{"batch": 3, "seed": 1, "epoch": 0} | place)
    ]


def test_batches_hold_every_picture_once_and_another_epoch_has_another_order(shards):
    data = open_pairs(shards, size=16)
    first, second = batches(data), batches(data, epoch=1)
    assert len(first) == len(second) == 8
    assert sorted(chain(*first)) == sorted(chain(*second)) == list(range(0, 48, 2))
    assert first != second
    assert first != batches(data, seed=2)


@pytest.mark.parametrize("start", [1, 5, 8])
def test_a_position_is_come_back_to_whatever_the_number_of_loading_processes(shards, start):
    data = open_pairs(shards, size=16)
    assert batches(data, start=start) == batches(data)[start:]
    assert batches(data, start=start, workers=2) == batches(data)[start:]


def test_processes_share_an_epoch_and_augment_each_its_own_positions(shards):
    data = open_pairs(shards, size=16)
    shares = [batches(data, rank=rank, ranks=2) for rank in (0, 1)]
    assert [len(share) for share in shares] == [4, 4]
    assert sorted(chain(*chain(*shares))) == list(range(0, 48, 2))
    place = {"batch": 3, "seed": 1, "epoch": 0, "ranks": 2}
    positions = [
        one.first + at for rank in (0, 1) for one in arriving(data, rank=rank, **place) for at in range(place["batch"])
    ]
    assert sorted(positions) == list(range(24))


def test_little_is_read_ahead(shards):
    data = open_pairs(shards, size=16)
    (first, *_) = arriving(data, batch=3, seed=0, epoch=0)
    assert len(first.records) == 3 + SPARES


def run_to_the_end(folder, data, stop=None, workers=0):
    """The weights after two epochs; with ``stop``, of a run that was ended after so many steps and resumed."""
    config = replace(CYCLEGAN["smoke"], size=16, load_size=20, batch=3, width=4, d_width=4, epochs_decay=1)
    run = Run(folder, epochs=2, batch=3, seed=5, workers=workers)

    def built():
        torch.manual_seed(0)
        return CycleGAN(config, fresh_accelerator("cpu", "fp32"))

    opened = open_data(data, config, "train")
    task = built()
    if stop:
        plain, steps = task.step, iter(range(1, 100))

        def stopping(batch):
            if next(steps) == stop:
                os.kill(os.getpid(), signal.SIGINT)
            return plain(batch)

        task.step = stopping
        with pytest.raises(Interrupted):
            train(task, opened, run, task.accelerator, **SILENT)
        task, opened = built(), open_data(data, config, "train")
        train(task, opened, replace(run, resume=True, workers=2), task.accelerator, **SILENT)
    else:
        train(task, opened, run, task.accelerator, **SILENT)
    return read_checkpoint(folder / "checkpoint.pt")


@pytest.mark.bench
@pytest.mark.parametrize("stop", [3, 11])
def test_a_resumed_run_equals_the_uninterrupted_one_bit_for_bit(tmp_path, shards, stop):
    whole = run_to_the_end(tmp_path / "whole", shards)
    resumed = run_to_the_end(tmp_path / "resumed", shards, stop)
    assert whole["position"]["epoch"] == resumed["position"]["epoch"] == 2
    for part in ("networks", "averages"):
        for name, weights in whole[part].items():
            for key, tensor in weights.items():
                assert torch.equal(tensor, resumed[part][name][key]), (part, name, key)


def test_other_shards_are_refused_by_name(tmp_path, shard, shards, monkeypatch):
    run_to_the_end(tmp_path / "run", shards)
    config = replace(CYCLEGAN["smoke"], size=16, load_size=20, batch=3, width=4, d_width=4, epochs_decay=1)
    run = Run(tmp_path / "run", epochs=3, batch=3, seed=5, resume=True)

    def resume(data=shards):
        torch.manual_seed(0)
        task = CycleGAN(config, fresh_accelerator("cpu", "fp32"))
        train(task, open_data(data, config, "train"), run, task.accelerator, **SILENT)

    (tmp_path / "train-1.tar").rename(tmp_path / "train-7.tar")
    with pytest.raises(
        CourseError, match=r"the list of shards is another: without train-1.tar, with train-7.tar\. Resume it as it was"
    ):
        resume()
    (tmp_path / "train-7.tar").rename(tmp_path / "train-1.tar")
    content = (tmp_path / "train-2.tar").read_bytes()
    shard(
        tmp_path / "train-2.tar",
        {"0.a.png": picture(1), "0.b.png": picture(2)} | dict.fromkeys(["9.a.png", "9.b.png"], b"x" * 30000),
    )
    with pytest.raises(CourseError, match="the list of shards is another: of another size: train-2.tar"):
        resume()
    (tmp_path / "train-2.tar").write_bytes(content)
    backwards = ",".join(map(str, (2, 1, 0)))
    with pytest.raises(CourseError, match="the list of shards is another: in another order"):
        resume(f"stream:{tmp_path}/train-{{{backwards}}}.tar#24")
    with pytest.raises(CourseError, match="the number of examples was 24, is 20"):
        resume(shards.replace("#24", "#20"))
    with pytest.raises(CourseError, match="the data was"):
        resume(shards + ":b,a")  # the same shards, the columns the other way round
    import datasets

    monkeypatch.setattr(datasets, "__version__", "9.1.0")
    with pytest.raises(CourseError, match=r"the version of datasets was .*, is 9.1.0"):
        resume()
    monkeypatch.undo()
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        warnings.filterwarnings("ignore", category=UserWarning, message=".*pictures.*")
        resume()
