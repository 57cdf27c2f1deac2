"""The independent classifier: it learns what can be learned, repeats itself, and refuses what is no picture."""

import pytest
import torch
from sklearn.datasets import load_digits

from course_lib.errors import CourseError
from course_lib.metrics import accuracy, classify, train_classifier


def stripes(count: int, *, channels: int = 1, side: int = 16, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    """Class 0: horizontal stripes; class 1: vertical ones; the phase, the contrast and some noise are random."""
    generator = torch.Generator().manual_seed(seed)
    labels = torch.arange(count) % 2
    phase = torch.rand(count, generator=generator) * 6.3
    wave = torch.sin(torch.arange(side)[None] * 1.3 + phase[:, None]) * 0.8
    pictures = torch.where(labels[:, None, None] == 0, wave[:, :, None], wave[:, None, :]).expand(-1, side, side)
    noisy = pictures + 0.1 * torch.randn(count, side, side, generator=generator)
    return noisy.clamp(-1, 1)[:, None].expand(-1, channels, -1, -1).contiguous(), labels


@pytest.fixture(scope="module")
def classifier():
    return train_classifier(*stripes(256), classes=2, epochs=3, seed=0)


@pytest.mark.bench
def test_digits_it_has_not_seen_are_named():
    digits = load_digits()
    pictures = torch.tensor(digits.images, dtype=torch.float32)[:, None] / 8 - 1
    labels = torch.tensor(digits.target)
    network = train_classifier(pictures[:1400], labels[:1400], classes=10, epochs=20, seed=0)
    assert accuracy(network, pictures[1400:], labels[1400:]) > 0.93


def test_held_out_stripes_are_named_and_accuracy_is_the_share_of_agreement(classifier):
    pictures, labels = stripes(100, seed=1)
    answers = classify(classifier, pictures)
    assert answers.shape == (100,) and answers.dtype == torch.long
    assert accuracy(classifier, pictures, labels) == (answers == labels).sum().item() / 100 > 0.95
    assert accuracy(classifier, pictures, 1 - labels) == pytest.approx(1 - accuracy(classifier, pictures, labels))


@pytest.mark.parametrize(("channels", "side"), [(3, 8), (1, 28), (3, 32), (3, 64), (2, 128)])
def test_every_size_and_number_of_channels_trains_and_answers(channels, side):
    pictures, labels = stripes(9, channels=channels, side=side)
    network = train_classifier(pictures, labels, classes=5, epochs=1, seed=0, flip=True)
    assert network(pictures).shape == (9, 5)
    assert not network.training and not any(weights.requires_grad for weights in network.parameters())


def test_one_seed_one_network_and_the_callers_random_numbers_are_left_alone():
    data = stripes(64)
    before = torch.get_rng_state()
    first, again, other = (train_classifier(*data, classes=2, epochs=1, seed=seed) for seed in (3, 3, 4))
    assert torch.equal(torch.get_rng_state(), before)
    state = first.state_dict()
    assert all(torch.equal(value, state[name]) for name, value in again.state_dict().items())
    assert not torch.equal(other(data[0]), first(data[0]))


def test_each_picture_is_classified_by_itself_and_the_network_is_given_back_as_it_was(classifier):
    """In training mode batch norm would make the answer depend on the neighbours."""
    pictures, _ = stripes(20, seed=2)
    classifier.train()
    together = classify(classifier, pictures)
    assert classifier.training
    classifier.eval()
    assert torch.equal(together, torch.cat([classify(classifier, picture[None]) for picture in pictures]))


def test_a_batch_with_one_left_over_trains():
    pictures, labels = stripes(65)
    train_classifier(pictures, labels, classes=2, epochs=1, seed=0)


def test_a_constant_picture_is_no_error(classifier):
    assert classify(classifier, torch.full((2, 1, 16, 16), -1.0)).shape == (2,)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"pictures": torch.zeros(4, 16, 16)}, r"\(N, C, H, W\)"),
        ({"pictures": torch.zeros(0, 1, 16, 16)}, "none empty"),
        ({"pictures": torch.zeros(4, 1, 4, 16)}, "8 to 128"),
        ({"pictures": torch.zeros(4, 1, 16, 200)}, "8 to 128"),
        ({"pictures": torch.full((4, 1, 16, 16), torch.nan)}, "diverged"),
        ({"pictures": torch.full((4, 1, 16, 16), 255.0)}, "255"),
        ({"pictures": torch.zeros(4, 1, 16, 16, dtype=torch.uint8)}, "uint8"),
        ({"labels": torch.tensor([0, 1, 2, 3])}, "0 … 2"),
        ({"labels": torch.tensor([0, -1, 2, 1])}, "0 … 2"),
        ({"labels": torch.tensor([0, 1])}, r"\(2,\)"),
        ({"labels": torch.tensor([0.0, 1.0, 2.0, 0.0])}, "float32"),
        ({"classes": 1}, "at least 2"),
        ({"epochs": 0}, "epochs is 0"),
        ({"pictures": torch.zeros(1, 1, 16, 16), "labels": torch.tensor([0])}, "at least 2 pictures"),
    ],
)
def test_what_cannot_be_learned_from_is_refused(change, words):
    good = {"pictures": torch.zeros(4, 1, 16, 16), "labels": torch.tensor([0, 1, 2, 1]), "classes": 3, "epochs": 1}
    with pytest.raises(CourseError, match=words):
        train_classifier(**(good | change))


def test_what_cannot_be_judged_is_refused(classifier):
    with pytest.raises(CourseError, match="diverged"):
        classify(classifier, torch.full((1, 1, 16, 16), torch.inf))
    with pytest.raises(CourseError, match=r"1 channel\(s\); these pictures have 3"):
        classify(classifier, torch.zeros(1, 3, 16, 16))
    with pytest.raises(CourseError, match=r"labels \(2,\)"):
        accuracy(classifier, torch.zeros(2, 1, 16, 16), torch.zeros(3, dtype=torch.long))
