"""Order, schedule, history and log: the parts of training that can be worked out by hand."""

import json

import numpy as np
import pytest
import torch
from PIL import Image

from course_lib.errors import CourseError
from course_lib.training import ImageHistory, linear_decay
from course_lib.training.accelerator import fresh_accelerator
from course_lib.training.log import Means, append_line, cut_after, save_sheet
from course_lib.training.order import epoch_batches, loader
from course_lib.training.schedules import set_learning_rate


class Numbers:
    """Examples that say which they are, and which epoch and seed they were asked for."""

    def __init__(self, count):
        self.count = count

    def __len__(self):
        return self.count

    def example(self, index, epoch=0, seed=0, augment=False):
        return {"which": torch.tensor([index, epoch, seed, int(augment)])}


def indices(batches):
    return [batch["which"][:, 0].tolist() for batch in batches]


# -- order -----------------------------------------------------------------------------------------------------------


def test_every_example_once_an_epoch_in_full_batches():
    for count, batch in ((23, 4), (8, 8), (5, 1)):
        batches = epoch_batches(count, batch, seed=1, epoch=3)
        assert {len(one) for one in batches} == {batch}
        assert len(batches) == count // batch
        flat = [index for one in batches for index in one]
        assert len(set(flat)) == len(flat)
        assert set(flat) <= set(range(count))
    assert epoch_batches(3, 4, 0, 0) == []


def test_the_order_is_a_function_of_seed_and_epoch():
    orders = {(seed, epoch): str(epoch_batches(50, 5, seed, epoch)) for seed in range(3) for epoch in range(3)}
    assert len(set(orders.values())) == 9
    assert orders[2, 1] == str(epoch_batches(50, 5, 2, 1))


def test_what_is_left_over_differs_from_epoch_to_epoch():
    left = [set(range(9)) - {i for one in epoch_batches(9, 4, 0, epoch) for i in one} for epoch in range(40)]
    assert set().union(*left) == set(range(9))


def test_starting_in_the_middle_continues_exactly():
    whole = indices(loader(Numbers(23), batch=4, seed=5, epoch=2))
    for start in range(6):
        assert indices(loader(Numbers(23), batch=4, seed=5, epoch=2, start=start)) == whole[start:]


@pytest.mark.parametrize("ranks", [2, 3])
def test_the_shares_of_all_processes_make_up_the_one_batch(ranks):
    whole = epoch_batches(25, 2 * ranks, seed=0, epoch=1)
    shares = [indices(loader(Numbers(25), batch=2, seed=0, epoch=1, rank=r, ranks=ranks)) for r in range(ranks)]
    assert [[i for share in step for i in share] for step in zip(*shares, strict=True)] == whole


def test_examples_are_asked_for_with_epoch_seed_and_augmentation():
    batch = next(loader(Numbers(4), batch=4, seed=7, epoch=3))
    assert batch["which"][:, 1:].unique(dim=0).tolist() == [[3, 7, 1]]


@pytest.mark.parametrize("workers", [0, 2])
def test_loading_draws_nothing_from_the_global_generator(workers):
    state = torch.get_rng_state()
    assert indices(loader(Numbers(8), batch=4, seed=0, epoch=0, workers=workers)) == epoch_batches(8, 4, 0, 0)
    assert torch.equal(torch.get_rng_state(), state)


# -- learning rate ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("epoch", "factor"), [(0, 1), (99, 1), (100, 0.990099), (150, 0.495050), (199, 0.009901), (200, 0), (500, 0)]
)
def test_linear_decay_of_a_hundred_and_a_hundred(epoch, factor):
    assert linear_decay(epoch, 100, 100) == pytest.approx(factor, abs=5e-7)


def test_linear_decay_of_little():
    assert [linear_decay(e, 2, 3) for e in range(6)] == pytest.approx([1, 1, 0.75, 0.5, 0.25, 0])
    assert [linear_decay(e, 0, 1) for e in range(2)] == pytest.approx([0.5, 0])
    assert [linear_decay(e, 3, 0) for e in range(3)] == [1, 1, 1]


def test_the_rate_reaches_every_group():
    groups = [{"params": [torch.nn.Parameter(torch.zeros(1))], "lr": rate} for rate in (1.0, 2.0)]
    optimizer = torch.optim.SGD(groups)
    set_learning_rate(optimizer, 0.25)
    assert [group["lr"] for group in optimizer.param_groups] == [0.25, 0.25]


# -- history ---------------------------------------------------------------------------------------------------------


def tagged(numbers):
    return torch.tensor(numbers, dtype=torch.float32).reshape(-1, 1, 1, 1).expand(-1, 2, 3, 4)


def tags(images):
    return images[:, 0, 0, 0].tolist()


def test_until_full_the_new_ones_come_back_and_are_kept():
    history = ImageHistory(size=5, seed=0)
    assert tags(history.query(tagged([1, 2, 3]))) == [1, 2, 3]
    assert tags(history.query(tagged([4, 5]))) == [4, 5]
    seen = set()
    for number in range(6, 200):
        seen.update(tags(history.query(tagged([number]))))
    assert {1.0, 2.0, 3.0, 4.0, 5.0} <= seen  # all of them were kept, and shown again


def test_half_are_fresh_and_ages_are_geometric():
    size, queries = 50, 6000
    history, ages = ImageHistory(size=size, seed=1), []
    for start in range(0, queries, 4):
        numbers = [start + k for k in range(4)]
        shown = tags(history.query(tagged(numbers)))
        ages += [number - old for number, old in zip(numbers, shown, strict=True)][: 4 * (start >= 1000)]
    ages = np.array(ages)
    assert np.mean(ages == 0) == pytest.approx(0.5, abs=0.03)  # always old: 0; returns what it just stored: 1
    # A stored image is called with probability 1/(2·size) at every query: ages with mean 100, spread 100.
    old = ages[ages > 0]
    assert old.mean() == pytest.approx(2 * size, rel=0.1)
    assert old.std() == pytest.approx(2 * size, rel=0.15)  # first in, first out: 0
    assert len(history.state_dict()["images"]) == size


def test_no_image_is_shown_twice_from_the_history():
    history, shown = ImageHistory(size=3, seed=2), []
    for number in range(300):
        shown += [tag for tag in tags(history.query(tagged([number]))) if tag != number]
    assert len(shown) > 100
    assert len(set(shown)) == len(shown)  # the new one takes its place


def test_stored_images_are_detached_copies():
    history = ImageHistory(size=2, seed=0)
    source = torch.ones(2, 1, 2, 2, requires_grad=True)
    returned = history.query(source * 1)
    assert not returned.requires_grad
    changed = torch.zeros(2, 1, 2, 2)
    other = ImageHistory(size=2, seed=0)
    other.query(changed)
    changed.fill_(9)
    assert all((image == 0).all() for image in other.state_dict()["images"])
    assert all(image.grad_fn is None and not image.requires_grad for image in history.state_dict()["images"])


def test_size_zero_returns_its_input():
    images = torch.randn(3, 1, 2, 2, requires_grad=True)
    assert ImageHistory(size=0).query(images) is images
    with pytest.raises(ValueError, match="size is -1"):
        ImageHistory(size=-1)


def test_the_seed_decides_and_torch_is_left_alone():
    def run(seed):
        history = ImageHistory(size=4, seed=seed)
        return [tags(history.query(tagged([n, n + 1]))) for n in range(0, 60, 2)]

    state = torch.get_rng_state()
    assert run(3) == run(3)
    assert run(3) != run(4)
    assert torch.equal(torch.get_rng_state(), state)


def test_state_round_trip_goes_on_alike():
    one, two = ImageHistory(size=4, seed=3), ImageHistory(size=4, seed=99)
    for n in range(20):
        one.query(tagged([n]))
    two.load_state_dict(one.state_dict())
    for n in range(20, 60):
        assert tags(one.query(tagged([n]))) == tags(two.query(tagged([n])))


def test_images_read_back_follow_the_new_ones():
    """A checkpoint is read on the CPU; here another dtype stands for another device."""
    history = ImageHistory(size=1, seed=0)
    history.query(tagged([1]))
    answers = [history.query(tagged([n]).double()) for n in range(2, 20)]
    assert {answer.dtype for answer in answers} == {torch.float64}


# -- log -------------------------------------------------------------------------------------------------------------


def test_means_are_over_the_steps_in_which_a_loss_occurred():
    accelerator, means = fresh_accelerator("cpu", "fp32"), Means()
    for value in (1.0, 2.0, 6.0):
        means.add({"L1": torch.tensor(value, requires_grad=True)} | ({"r1": torch.tensor(4.0)} if value == 6 else {}))
    assert means.means(accelerator) == {"L1": 3.0, "r1": 4.0}  # not 4/3: it was taken once
    assert means.take(accelerator) == {"L1": 3.0, "r1": 4.0}
    means.add({"L1": torch.tensor(5.0)})
    assert means.take(accelerator) == {"L1": 5.0}
    assert Means().take(accelerator) == {}


def test_the_log_is_cut_where_a_run_goes_on(tmp_path):
    log = tmp_path / "log.jsonl"
    for step in (50, 100, 150):
        append_line(log, {"step": step, "L1": 0.5})
    with log.open("a") as file:
        file.write('{"step": 20')  # the power went off here
    cut_after(log, 100)
    assert [json.loads(line)["step"] for line in log.read_text().splitlines()] == [50, 100]
    cut_after(tmp_path / "none.jsonl", 3)
    assert not (tmp_path / "none.jsonl").exists()


def test_a_log_that_cannot_be_written_is_a_sentence(tmp_path):
    with pytest.raises(CourseError, match=r"log\.jsonl could not be written \(No such file or directory\)"):
        append_line(tmp_path / "away" / "log.jsonl", {})


def test_a_sheet_has_rows_columns_and_white_gaps(tmp_path):
    rows = torch.stack([torch.full((3, 3, 4, 5), value) for value in (-1.0, 0.2)])
    save_sheet(tmp_path / "sheet.png", rows)
    sheet = Image.open(tmp_path / "sheet.png")
    assert sheet.size == (3 * 7 - 2, 2 * 6 - 2)
    assert sheet.getpixel((0, 0)) == (0, 0, 0)
    assert sheet.getpixel((5, 0)) == (255, 255, 255)
    assert sheet.getpixel((7, 6)) == (153, 153, 153)
