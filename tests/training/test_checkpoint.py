"""Checkpoints: written whole, complete, and refused when they are not ours."""

import errno
import random
import warnings

import pytest
import torch

from course_lib.errors import CourseError
from course_lib.tasks.pix2pix import Pix2Pix, Pix2PixConfig
from course_lib.training.accelerator import fresh_accelerator
from course_lib.training.checkpoint import (
    REFUSED,
    conditions,
    exported_weights,
    load_checkpoint,
    read_checkpoint,
    save_checkpoint,
)

# Six levels: one block with dropout, so that the noise takes part.
TINY = Pix2PixConfig(
    size=64, load_size=72, levels=6, width=2, norm="instance", d_layers=1, d_width=2, batch=2, ema_decay=0.9,
    epochs_flat=2, epochs_decay=1,
)  # fmt: skip
PLACE = {"epoch": 1, "step": 2, "seconds": 3.5}


def task(seed=0, config=TINY):
    torch.manual_seed(seed)
    accelerator = fresh_accelerator("cpu", "fp32")
    return Pix2Pix(config, accelerator), accelerator


def batch(number):
    numbers = torch.Generator().manual_seed(number)
    return {name: torch.rand(2, 3, 64, 64, generator=numbers) * 2 - 1 for name in ("input", "target")}


class Set:
    """Ten examples, of which nobody asks for one."""

    def __len__(self):
        return 10

    def digest(self):
        return "d" * 64


def now(accelerator, **changes):
    return conditions(Set(), 2, 5, accelerator) | changes


def save(path, one, position=None, changes=()):
    save_checkpoint(path, one, one.accelerator, position or PLACE, now(one.accelerator), list(changes))


def everything(one):
    state = {
        f"{kind}.{name}.{key}": value
        for kind in ("networks", "averages", "extra")
        for name, part in getattr(one, kind).items()
        for key, value in part.state_dict().items()
    }
    for name, optimizer in one.optimizers.items():
        for index, slot in optimizer.state_dict()["state"].items():
            state |= {f"{name}.{index}.{key}": value for key, value in slot.items()}
    return state


def assert_same(a, b):
    assert a.keys() == b.keys()
    assert all(torch.equal(a[key], b[key]) for key in a)


@pytest.fixture
def saved(tmp_path):
    one, _ = task()
    for number in range(3):
        one.step(batch(number))
    path = tmp_path / "checkpoint.pt"
    save(path, one)
    return path, one


def test_a_loaded_task_goes_on_bit_for_bit(saved):
    path, one = saved
    python_number, expected = random.random(), [one.step(batch(n)) for n in (10, 11)]  # noise drawn from here on
    two, accelerator = task(seed=99)
    random.seed(99)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # same environment: nothing to say
        assert load_checkpoint(path, two, accelerator, now(accelerator)) == (PLACE, [])
    assert random.random() == python_number
    for n, losses in zip((10, 11), expected, strict=True):
        assert {k: v.item() for k, v in two.step(batch(n)).items()} == {k: v.item() for k, v in losses.items()}
    assert_same(everything(one), everything(two))


def test_it_holds_tensors_and_plain_values_only(saved):
    content = torch.load(saved[0], weights_only=True)
    assert content["conditions"]["threads"] == torch.get_num_threads()
    assert len(content["processes"]) == 1
    assert not [p for p in saved[0].parent.iterdir() if p.name.startswith(".")]


def test_a_harmless_difference_is_named_and_put_on_record(saved):
    two, accelerator = task()
    with pytest.warns(UserWarning, match=r"torch was .*, is 1\.0; threads was .*, is 64"):
        _, changes = load_checkpoint(saved[0], two, accelerator, now(accelerator, threads=64, torch="1.0"))
    assert changes == [
        f"torch was {torch.__version__.split('+')[0]}, is 1.0 from epoch 1, step 2 on",
        f"threads was {torch.get_num_threads()}, is 64 from epoch 1, step 2 on",
    ]
    save(saved[0], two, changes=changes)
    assert load_checkpoint(saved[0], two, accelerator, now(accelerator))[1] == changes  # and stays on it


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"digest": "e" * 64}, f"the data was {'d' * 64}, is {'e' * 64}"),
        ({"examples": 11}, "the number of examples was 10, is 11"),
        ({"global_batch": 4}, r"the global batch \(batch × processes\) was 2, is 4"),
        ({"processes": 2}, "the number of processes was 1, is 2"),
        ({"precision": "bf16"}, "the precision was fp32, is bf16"),
        ({"seed": 6}, "the seed was 5, is 6"),
    ],
)
def test_what_would_make_it_another_run_is_refused_by_name(saved, changed, said):
    assert changed.keys() <= REFUSED.keys()
    two, accelerator = task()
    before = everything(two)
    with pytest.raises(CourseError, match=said) as caught:
        load_checkpoint(saved[0], two, accelerator, now(accelerator, **changed))
    assert "\n" not in str(caught.value)
    assert_same(before, everything(two))  # nothing was loaded


def test_a_checkpoint_of_version_0_1_still_resumes(saved):
    """There the averages lay with each process's own state, and fewer conditions were known."""
    path, one = saved
    state = torch.load(path, weights_only=True)
    state["processes"][0]["extra"]["average"] = state["averages"]["G"]
    state["environment"] = {
        name: state["conditions"][name] for name in ("torch", "threads", "processes", "device", "precision")
    }
    state["environment"]["precision"] = "no"
    old = {name: part for name, part in state.items() if name not in ("averages", "conditions", "changes")} | {
        "format": 1
    }
    torch.save(old, path)
    two, accelerator = task(seed=99)
    assert load_checkpoint(path, two, accelerator, now(accelerator)) == (PLACE, [])
    assert_same(everything(one), everything(two))
    exported = exported_weights(read_checkpoint(path), "G")
    assert_same(exported, dict(one.averages["G"].module.state_dict()))
    assert_same(exported_weights(read_checkpoint(path), "D"), dict(one.D.state_dict()))


@pytest.mark.parametrize(
    "config",
    [{"width": 3}, {"levels": 5}, {"d_layers": 2}, {"upsample": "resize"}],
    ids=lambda c: next(iter(c)),
)
def test_another_configuration_is_refused(saved, config):
    from dataclasses import replace

    other, accelerator = task(config=replace(TINY, **config))
    with pytest.raises(CourseError, match="belongs to another configuration") as caught:
        load_checkpoint(saved[0], other, accelerator, now(accelerator))
    assert "\n" not in str(caught.value)


def test_a_part_that_is_not_in_it_is_named(tmp_path):
    from dataclasses import replace

    twin, _ = task(config=replace(TINY, adversarial_weight=0.0))
    twin.step(batch(0))
    save(tmp_path / "l1.pt", twin)
    one, accelerator = task()
    with pytest.raises(CourseError, match="it has no 'D'"):
        load_checkpoint(tmp_path / "l1.pt", one, accelerator, now(accelerator))


@pytest.mark.parametrize("share", [0, 0.2, 0.7, 0.999])
def test_truncated(saved, share):
    content = saved[0].read_bytes()
    saved[0].write_bytes(content[: int(len(content) * share)])
    with pytest.raises(CourseError, match=r"checkpoint\.pt cannot be read as a checkpoint"):
        read_checkpoint(saved[0])


@pytest.mark.parametrize(
    "foreign", [{"a": torch.zeros(1)}, [1], {"format": 2}, {"format": 3}, {"format": 1, "position": {}}]
)
def test_foreign(tmp_path, foreign):
    torch.save(foreign, tmp_path / "x.pt")
    with pytest.raises(CourseError, match="no checkpoint of this course"):
        read_checkpoint(tmp_path / "x.pt")


def test_missing(tmp_path):
    with pytest.raises(CourseError, match="no checkpoint .*Leave out --resume"):
        read_checkpoint(tmp_path / "x.pt")


def fails_half_way(error):
    real = torch.save

    def save(state, path):
        real(state, path)
        content = path.read_bytes()
        path.write_bytes(content[: len(content) // 2])
        raise error

    return save


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        RuntimeError("[enforce fail at inline_container.cc:672] . unexpected pos 576 vs 534"),  # torch's words for it
        RuntimeError("PytorchStreamWriter failed writing file data/0: file write failed"),
    ],
)
def test_a_full_disk_leaves_the_old_checkpoint_and_nothing_else(saved, monkeypatch, error):
    path, one = saved
    before = path.read_bytes()
    monkeypatch.setattr(torch, "save", fails_half_way(error))
    with pytest.raises(
        CourseError, match=r"checkpoint\.pt could not be written \(No space|file write failed"
    ) as caught:
        save(path, one)
    assert "\n" not in str(caught.value)
    assert path.read_bytes() == before
    assert [p.name for p in path.parent.iterdir()] == ["checkpoint.pt"]


def test_a_mistake_of_ours_is_no_full_disk(saved, monkeypatch):
    monkeypatch.setattr(torch, "save", fails_half_way(RuntimeError("a bug")))
    with pytest.raises(RuntimeError, match="a bug"):
        save(saved[0], saved[1])
    assert [p.name for p in saved[0].parent.iterdir()] == ["checkpoint.pt"]
