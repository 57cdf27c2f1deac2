"""``--fast auto``: the choice by made-up times, the timing of real steps, and a run that is as if nothing had been measured."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from course_lib.tasks.pix2pix import Pix2Pix, Pix2PixConfig
from course_lib.training import fast
from course_lib.training.accelerator import fresh_accelerator
from course_lib.training.checkpoint import read_checkpoint
from course_lib.training.fast import Choice, Way, choose

BOTH = ("fp32", "bf16")
TINY = ["--preset", "smoke", "--epochs-flat", "1", "--epochs-decay", "0", "--width", "2", "--d-width", "2", "--cpu"]


def chosen(table, precisions=BOTH, steps=10**6):
    asked = []

    def step_seconds(way, lost):
        asked.append((way, lost))
        return table.get((way.precision, way.channels_last, way.compile), 1.0)

    return choose(step_seconds, precisions, steps), asked


def test_the_quickest_way_wins_and_compiled_code_may_like_the_other_memory_format():
    # As measured on two cores: channels_last alone loses, with compile it wins.
    choice, asked = chosen({("fp32", True, False): 1.05, ("fp32", False, True): 0.9, ("fp32", True, True): 0.8,
                            ("bf16", False, False): 5.0})  # fmt: skip
    assert choice.way == Way("fp32", True, True)
    assert [way for way, _ in asked] == [
        Way(), Way("fp32", True), Way("bf16"), Way("fp32", False, True), Way("fp32", True, True), Way(),
    ]  # fmt: skip
    assert [lost for _, lost in asked][:3] == [float("inf"), 2.0, 2.0]  # bf16 without arithmetic for it: given up soon
    assert "0.8 s a step, 1.25 times as fast as without --fast auto (1 s)" in choice.summary()


def test_bf16_wins_where_it_is_faster_and_is_compiled_then():
    choice, asked = chosen({("bf16", False, False): 0.6, ("bf16", True, False): 0.5, ("bf16", True, True): 0.52})
    assert choice.way == Way("bf16", True, False)
    assert Way("bf16", False, True) in [way for way, _ in asked]


def test_noise_does_not_win_nor_what_fails_nor_a_slow_beginning():
    assert chosen({("fp32", True, False): 0.96})[0].way == Way()
    broken = {("fp32", *rest): None for rest in ((True, False), (False, True), (True, True))}
    choice, _ = chosen(broken | {("bf16", False, False): 1.5})
    assert choice.way == Way()
    assert choice.seconds[Way("fp32", True)] is None
    assert "none is quicker by 5%" in choice.summary()
    json.dumps(choice.record())
    times = iter([2.0, 1.0, 3.0, 1.2, 1.1, 1.0, 1.02])  # the machine was busy when the plain way was measured first
    assert choose(lambda way, lost: next(times), BOTH, 10**6).way == Way()


def test_a_precision_that_was_asked_for_stays_and_a_short_run_is_not_compiled():
    choice, asked = chosen({("bf16", True, False): 0.5}, ("bf16",))
    assert choice.way == Way("bf16", True, False)
    _, asked = chosen({}, BOTH, steps=299)  # of a second each
    assert not any(way.compile for way, _ in asked)


def test_the_time_of_a_step_is_a_median_and_a_slow_way_is_given_up(monkeypatch):
    clock, steps = [0.0], iter([9.0, 1.0, 1.0, 2.0, 7.0, 3.0, 2.5] * 2)

    class Task:
        def start_epoch(self, epoch):
            pass

        def step(self, batch):
            clock[0] += next(steps)

    monkeypatch.setattr(fast.time, "perf_counter", lambda: clock[0])
    accelerator = fresh_accelerator("cpu", "fp32")
    assert fast.time_steps(Task(), [{"x": torch.ones(1)}], accelerator, 2.0) == 2.5
    clock[0] = 0.0
    assert fast.time_steps(Task(), [{"x": torch.ones(1)}], accelerator, 0.5) == 1.0
    assert clock[0] == 10.0  # two steps, no more


@pytest.fixture
def few(monkeypatch):
    monkeypatch.setattr(fast, "TIMED", 1)


@pytest.mark.bench
def test_a_way_that_breaks_is_out_and_the_others_are_measured(few):
    config = Pix2PixConfig(size=32, load_size=32, levels=5, width=2, d_layers=1, d_width=2, norm="instance")

    def build(way, accelerator):
        if way.channels_last:
            raise RuntimeError("out of memory")
        return Pix2Pix(replace(config, channels_last=way.channels_last), accelerator)

    batch = {name: torch.rand(1, 3, 32, 32) for name in ("input", "target")}
    choice = fast.fastest(build, [batch], precision="fp32", cpu=True, seed=0, steps=10)
    assert choice.seconds[Way("fp32", True)] is None
    assert choice.seconds[Way()] > 0 and choice.seconds[Way("bf16")] > 0


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "pairs").mkdir()
    for index in range(8):
        array = np.random.default_rng(index).integers(0, 256, (64, 128, 3), dtype=np.uint8)
        Image.fromarray(array).save(tmp_path / "pairs" / f"{index}.png")
    return tmp_path / "pairs"


def weights(out):
    state = read_checkpoint(out / "checkpoint.pt")
    state["position"].pop("seconds")
    return state


def assert_same(one, other):
    if isinstance(one, dict):
        assert one.keys() == other.keys()
        for key in one:
            assert_same(one[key], other[key])
    elif isinstance(one, list | tuple):
        for a, b in zip(one, other, strict=True):
            assert_same(a, b)
    else:
        assert torch.equal(one, other) if isinstance(one, torch.Tensor) else one == other


@pytest.mark.bench
def test_a_run_that_keeps_the_plain_way_is_the_plain_run_bit_for_bit(run, tmp_path, folder, monkeypatch, few):
    # Dropout and augmentation draw from the global generators.
    words = ["train", "pix2pix", "--data", folder, *TINY, "--dropout", "0.5", "--levels", "6",
             "--size", "64", "--load-size", "70"]  # fmt: skip
    assert run(*words, "--out", tmp_path / "plain")[0] == 0
    monkeypatch.setattr(fast, "MARGIN", 1.0)  # nothing can be so much quicker
    code, out, err = run(*words, "--fast", "auto", "--out", tmp_path / "fast")
    assert code == 0, err
    assert "Fast: fp32, not compiled, " in out
    assert_same(weights(tmp_path / "plain"), weights(tmp_path / "fast"))


def test_a_resumed_run_keeps_the_choice_without_measuring(run, tmp_path, folder, monkeypatch):
    words = ["train", "pix2pix", "--data", folder, *TINY, "--out", tmp_path / "run"]
    calls = []

    def found(*arguments, **settings):
        calls.append(settings)
        return Choice(Way("bf16", True), {Way(): 2.0, Way("bf16", True): 1.0})

    monkeypatch.setattr("course_lib.commands.train.fastest", found)
    assert run(*words, "--fast", "auto")[0] == 0
    assert len(calls) == 1
    record = json.loads((tmp_path / "run" / "run.json").read_text())
    assert record["fast"]["precision"] == record["settings"]["precision"] == "bf16"
    assert record["config"]["channels_last"] is True
    fresh_accelerator("cpu", "fp32")  # as in a new process
    code, out, err = run(*words, "--resume", "--epochs-flat", "2")  # and it need not be asked for again
    assert code == 0, err
    assert len(calls) == 1 and "Fast: bf16, channels_last, not compiled, 1 s a step, 2.00 times as fast" in out
    again = json.loads((tmp_path / "run" / "run.json").read_text())
    assert again["fast"] == record["fast"] and again["settings"]["precision"] == "bf16"
    assert weights(tmp_path / "run")["conditions"]["precision"] == "bf16"
    card = (tmp_path / "run" / "model" / "README.md").read_text()
    assert "| made fast | bf16, channels_last, not compiled, 1 s a step, 2.00 times as fast" in card


def test_a_run_that_was_begun_without_is_not_made_fast_on_its_way(run, tmp_path, folder):
    words = ["train", "pix2pix", "--data", folder, *TINY, "--out", tmp_path / "run"]
    assert run(*words)[0] == 0
    code, _, err = run(*words, "--resume", "--fast", "auto")
    assert code == 2 and "was begun without --fast auto. Resume it without, too." in err
