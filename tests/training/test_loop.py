"""The loop: it learns, it resumes where it was, it stops when told, and it says what is wrong."""

import json
import os
import signal
import time
from dataclasses import replace

import pytest
import torch
from torch import nn

from course_lib.data.synthetic.facade_blocks import FacadeBlocks
from course_lib.errors import CourseError
from course_lib.tasks.pix2pix import Pix2Pix, Pix2PixConfig
from course_lib.training.accelerator import fresh_accelerator
from course_lib.training.checkpoint import read_checkpoint
from course_lib.training.interrupt import stop_on_signal
from course_lib.training.loop import LOG_STEPS, Interrupted, Run, train

TINY = Pix2PixConfig(
    size=64, load_size=64, direction="BtoA", levels=6, width=4, norm="instance", d_layers=1, d_width=4, batch=2,
    ema_decay=0.9, epochs_flat=2, epochs_decay=1,
)  # fmt: skip
SILENT = {"report": lambda _: None}


def pix2pix(seed=0, **changes):
    torch.manual_seed(seed)
    return Pix2Pix(replace(TINY, **changes), fresh_accelerator("cpu", "fp32"))


class Line:
    """The smallest task: a line through points."""

    def __init__(self, accelerator, lr=0.1):
        torch.manual_seed(0)
        self.network = nn.Linear(1, 1)
        self.networks, self.averages, self.extra = {"line": self.network}, {}, {}
        self.optimizers = {"line": torch.optim.SGD(self.network.parameters(), lr=lr)}
        self.steps, self.epochs, self.sampled = [], [], 0
        self.on_step = lambda _: None

    def start_epoch(self, epoch):
        self.epochs.append(epoch)

    def step(self, batch):
        self.steps.append(batch["x"].flatten().tolist())
        self.on_step(len(self.steps))
        loss = (self.network(batch["x"]) - 2 * batch["x"] - 1).square().mean()
        self.optimizers["line"].zero_grad()
        loss.backward()
        self.optimizers["line"].step()
        return {"loss": loss}

    def sample(self, batch):
        self.sampled += 1
        return batch["pictures"]


class Points:
    def __init__(self, count):
        self.count = count

    def __len__(self):
        return self.count

    def example(self, index, epoch=0, seed=0, augment=False):
        return {"x": torch.tensor([index / self.count])}

    def digest(self):
        return f"points {self.count}"


@pytest.fixture
def accelerator():
    return fresh_accelerator("cpu", "fp32")


def log_of(out):
    return [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]


def state_of(path):
    """A checkpoint as flat (name, value) pairs, but for the clock."""
    state = read_checkpoint(path)
    state["position"].pop("seconds")

    def flat(prefix, value):
        if isinstance(value, dict):
            return [pair for key, part in value.items() for pair in flat(f"{prefix}/{key}", part)]
        if isinstance(value, list):
            return [pair for key, part in enumerate(value) for pair in flat(f"{prefix}/{key}", part)]
        return [(prefix, value)]

    return dict(flat("", state))


def assert_same(a, b):
    assert a.keys() == b.keys()
    for name, value in a.items():
        same = torch.equal(value, b[name]) if isinstance(value, torch.Tensor) else value == b[name]
        assert same, name


def test_a_smoke_training_learns(tmp_path):
    task = pix2pix(lr=2e-3, epochs_flat=2, epochs_decay=0)
    out = tmp_path / "run"
    train(task, FacadeBlocks(64, length=100), Run(out, epochs=2, batch=2), task.accelerator, **SILENT)
    log = log_of(out)
    assert [line["step"] for line in log] == [50, 100]
    assert {"step", "epoch", "seconds", "D", "G_gan", "L1", "lr"} == log[0].keys()
    assert log[0]["lr"] == 2e-3
    assert log[-1]["L1"] < 0.93 * log[0]["L1"]
    assert read_checkpoint(out / "checkpoint.pt")["position"] | {"seconds": 0} == {"epoch": 2, "step": 0, "seconds": 0}


@pytest.mark.parametrize("stop_at", [3, 5, 7])  # within an epoch, at the end of one, in the next
def test_a_resumed_run_equals_the_uninterrupted_one_bit_for_bit(tmp_path, stop_at):
    data = FacadeBlocks(64, length=10)
    samples = {name: torch.stack([data.example(i)[name] for i in range(2)]) for name in ("input", "target")}
    options = {"samples": samples, **SILENT}
    whole, parts = (Run(tmp_path / name, epochs=3, batch=2, sample_epochs=1) for name in ("whole", "parts"))
    one = pix2pix()
    train(one, data, whole, one.accelerator, **options)

    two, counted = pix2pix(), 0
    real_step = two.step

    def step(batch):
        nonlocal counted
        counted += 1
        if counted == stop_at:
            os.kill(os.getpid(), signal.SIGINT)  # in the middle of a step
        return real_step(batch)

    two.step = step
    with pytest.raises(
        Interrupted, match=f"epoch {(stop_at - 1) // 5}, step {(stop_at - 1) % 5 + 1}; continue with --resume"
    ):
        train(two, data, parts, two.accelerator, **options)
    three = pix2pix(seed=123)
    torch.manual_seed(456)
    train(three, data, replace(parts, resume=True), three.accelerator, **options)
    assert_same(state_of(whole.out / "checkpoint.pt"), state_of(parts.out / "checkpoint.pt"))
    assert sorted(p.name for p in (parts.out / "samples").iterdir()) == [f"epoch_000{e}.png" for e in (1, 2, 3)]
    for name in ("epoch_0001.png", "epoch_0003.png"):
        assert (whole.out / "samples" / name).read_bytes() == (parts.out / "samples" / name).read_bytes()


def test_every_epoch_sees_every_example_and_the_schedule(tmp_path, accelerator):
    task = Line(accelerator)
    last = train(task, Points(7), Run(tmp_path, epochs=2, batch=3), accelerator, **SILENT)
    assert task.epochs == [0, 1]
    assert [len(step) for step in task.steps] == [3] * 4
    assert len({x for step in task.steps[:2] for x in step}) == 6
    assert last.keys() == {"loss"}


def test_a_save_on_the_clock(tmp_path, accelerator, monkeypatch):
    saved = []
    monkeypatch.setattr(
        "course_lib.training.loop.save_checkpoint", lambda path, task, acc, place, *_: saved.append(place)
    )
    train(Line(accelerator), Points(4), Run(tmp_path, epochs=2, batch=2, save_every=-1), accelerator, **SILENT)
    assert [(place["epoch"], place["step"]) for place in saved] == [(0, 1), (1, 0), (1, 1), (2, 0)]
    saved.clear()
    train(Line(accelerator), Points(4), Run(tmp_path, epochs=2, batch=2), accelerator, **SILENT)
    assert [(place["epoch"], place["step"]) for place in saved] == [(2, 0)]


def test_too_few_examples(tmp_path, accelerator):
    with pytest.raises(CourseError, match="3 examples do not fill one batch of 4"):
        train(Line(accelerator), Points(3), Run(tmp_path / "x", epochs=1, batch=4), accelerator)
    assert not (tmp_path / "x").exists()


def test_a_run_is_not_written_over(tmp_path, accelerator):
    run = Run(tmp_path, epochs=1, batch=2)
    train(Line(accelerator), Points(4), run, accelerator, **SILENT)
    before = (tmp_path / "checkpoint.pt").read_bytes()
    with pytest.raises(CourseError, match="already holds a run.*--resume"):
        train(Line(accelerator), Points(4), run, accelerator)
    assert (tmp_path / "checkpoint.pt").read_bytes() == before
    finished = Line(accelerator)
    train(finished, Points(4), replace(run, resume=True), accelerator, **SILENT)  # nothing left to do
    assert finished.steps == []


def test_a_run_that_died_before_its_first_checkpoint_leaves_no_old_log(tmp_path, accelerator):
    (tmp_path / "log.jsonl").write_text('{"step": 50, "loss": 9.0}\n')
    train(Line(accelerator), Points(4), Run(tmp_path, epochs=1, batch=2), accelerator, **SILENT)
    assert [line["step"] for line in log_of(tmp_path)] == [2]


@pytest.mark.parametrize(
    ("changes", "data", "said"),
    [
        ({}, Points(5), "the data was points 4, is points 5; the number of examples was 4, is 5"),
        ({"batch": 4}, Points(4), "the global batch .* was 2, is 4"),
        ({"seed": 1}, Points(4), "the seed was 0, is 1"),
    ],
)
def test_a_run_is_resumed_as_it_was_or_not_at_all(tmp_path, accelerator, changes, data, said):
    run = Run(tmp_path, epochs=1, batch=2)
    train(Line(accelerator), Points(4), run, accelerator, **SILENT)
    with pytest.raises(CourseError, match=said):
        train(Line(accelerator), data, replace(run, resume=True, **changes), accelerator, **SILENT)


def test_resume_without_a_checkpoint(tmp_path, accelerator):
    with pytest.raises(CourseError, match="no checkpoint"):
        train(Line(accelerator), Points(4), Run(tmp_path, epochs=1, batch=2, resume=True), accelerator)


def test_no_number_is_named_and_the_good_checkpoint_stays(tmp_path, accelerator):
    task, run = Line(accelerator), Run(tmp_path, epochs=20, batch=2, save_every=-1)

    def poison(step):
        if step == 8:
            with torch.no_grad():
                task.network.weight.fill_(float("nan"))

    task.on_step = poison
    with pytest.raises(
        CourseError, match=r"loss became nan near step 8 .*Begin a new run with a lower learning rate \(--lr\)\.$"
    ):
        train(task, Points(4), run, accelerator, **SILENT)
    assert read_checkpoint(tmp_path / "checkpoint.pt")["position"]["step"] == 1  # of epoch 3: step 7
    assert torch.isfinite(read_checkpoint(tmp_path / "checkpoint.pt")["networks"]["line"]["weight"]).all()
    # Without a save in between, the next log line finds it.
    other = Line(accelerator)
    other.on_step = lambda step: other.network.weight.data.fill_(float("inf")) if step == 7 else None
    with pytest.raises(CourseError, match=f"near step {LOG_STEPS}"):
        train(other, Points(4), Run(tmp_path / "b", epochs=40, batch=2), accelerator, **SILENT)
    assert not (tmp_path / "b" / "checkpoint.pt").exists()


def test_an_out_that_is_a_file(tmp_path, accelerator):
    (tmp_path / "out").write_text("")
    with pytest.raises(CourseError, match="out could not be written"):
        train(Line(accelerator), Points(4), Run(tmp_path / "out", epochs=1, batch=2), accelerator)


def test_the_first_ctrl_c_asks_the_second_insists():
    before = signal.getsignal(signal.SIGINT)  # a job in the background may have been told to ignore it
    with stop_on_signal() as stop:
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.01)
        assert stop.asked
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(1)
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="there is no SIGHUP here")
@pytest.mark.parametrize("nohup", [False, True])
def test_a_closed_terminal_stops_a_run_unless_it_was_told_to_go_on(nohup):
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN if nohup else signal.SIG_DFL)
    try:
        with stop_on_signal() as stop:
            os.kill(os.getpid(), signal.SIGHUP)
            time.sleep(0.01)
            assert stop.asked == (not nohup)
        assert signal.getsignal(signal.SIGHUP) == (signal.SIG_IGN if nohup else signal.SIG_DFL)
    finally:
        signal.signal(signal.SIGHUP, before)


def test_workers_change_nothing(tmp_path, accelerator):
    seen = []
    for workers in (0, 2):
        task = Line(accelerator)
        train(task, Points(9), Run(tmp_path / str(workers), epochs=2, batch=2, workers=workers), accelerator, **SILENT)
        seen.append(task.steps)
    assert seen[0] == seen[1]


def test_no_sheets_but_the_last_one(tmp_path):
    data = FacadeBlocks(64, length=4)
    samples = {name: torch.stack([data.example(0)[name]]) for name in ("input", "target")}
    task = pix2pix()
    train(task, data, Run(tmp_path, epochs=2, batch=2, sample_epochs=0), task.accelerator, samples=samples, **SILENT)
    assert [path.name for path in (tmp_path / "samples").iterdir()] == ["epoch_0002.png"]
