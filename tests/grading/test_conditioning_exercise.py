"""Exercise 04: its expected values by hand, numpy, scipy and scikit-learn."""

import numpy as np
import pytest
import torch
from scipy.stats import chisquare
from sklearn.metrics import accuracy_score, recall_score

from course_lib.grading import check
from course_lib.grading.checks import load_module

from .conftest import EXERCISES

FOLDER = EXERCISES / "04_conditioning"
TABLE = torch.tensor([0.4, -1.1, 2.3], dtype=torch.float64)  # what the D of these tests thinks of each of three classes


@pytest.fixture(scope="module")
def solved():
    return load_module(FOLDER / "instructor" / "solution.py")


def numbers(*rows):
    return torch.tensor(rows, dtype=torch.float64)


def discriminator(pictures, labels):
    return pictures.mean(dim=(1, 2, 3))[:, None] + TABLE[labels][:, None]


def cross_entropy(scores, real):
    """−log σ(s) for reals, −log(1 − σ(s)) for fakes, averaged; numpy alone."""
    return np.logaddexp(0, -scores if real else scores).mean()


# ----------------------------------------------------------------------------------------------- a label as numbers


def test_labels_as_rows_and_maps(solved):
    assert solved.one_hot(torch.tensor([2, 0]), 4).tolist() == [[0, 0, 1, 0], [1, 0, 0, 0]]
    labels = np.array([3, 1, 1, 0, 2, 3])
    rows = solved.one_hot(torch.from_numpy(labels), 5).numpy()
    assert np.array_equal(rows, np.eye(5)[labels])
    maps = solved.label_maps(torch.from_numpy(labels), 5, 2, 3).numpy()
    assert np.array_equal(maps, np.broadcast_to(np.eye(5)[labels][:, :, None, None], (6, 5, 2, 3)))


def test_what_goes_into_g_and_d(solved):
    joined = solved.generator_input(numbers([0.3, -1.2]), torch.tensor([1]), 3)
    assert joined.tolist() == [[0.3, -1.2, 0, 1, 0]]
    assert solved.generator_input(torch.ones(1, 2), torch.tensor([1]), 3).dtype == torch.float32  # the noise's own
    pictures = torch.randn(2, 3, 2, 5)
    shown = solved.discriminator_input(pictures, torch.tensor([3, 0]), 4)
    assert shown.shape == (2, 7, 2, 5) and torch.equal(shown[:, :3], pictures)
    assert shown[0, 3:].mean(dim=(1, 2)).tolist() == [0, 0, 0, 1] and shown[1, 3:].mean(dim=(1, 2)).tolist() == [
        1,
        0,
        0,
        0,
    ]


def test_projection_of_the_example_and_by_a_double_loop(solved):
    score = solved.projection_score(numbers([0.5]), numbers([1, 2, 3]), torch.tensor([0]), numbers([0.1, 0, -1]))
    assert score.tolist() == [[pytest.approx(-2.4)]]
    draw = np.random.default_rng(0)
    base, features, embedding, labels = (
        draw.normal(size=(5, 1)),
        draw.normal(size=(5, 4)),
        draw.normal(size=(3, 4)),
        [2, 0, 1, 2, 2],
    )
    by_hand = [base[i, 0] + sum(embedding[k, f] * features[i, f] for f in range(4)) for i, k in enumerate(labels)]
    found = solved.projection_score(
        *map(torch.from_numpy, (base, features)), torch.tensor(labels), torch.from_numpy(embedding)
    )
    assert found.flatten().tolist() == pytest.approx(by_hand) and found.shape == (5, 1)


# ----------------------------------------------------------------------------------------------------- both players


def test_losses_of_d_by_numpy(solved):
    draw = torch.Generator().manual_seed(1)
    real = torch.randn(4, 1, 2, 2, generator=draw, dtype=torch.float64)
    fake = torch.randn(3, 1, 2, 2, generator=draw, dtype=torch.float64).requires_grad_()
    labels, wrong, of_fakes = torch.tensor([0, 2, 1, 2]), torch.tensor([1, 0, 2, 1]), torch.tensor([2, 0, 1])
    table = TABLE.numpy()
    means, fake_means = real.mean(dim=(1, 2, 3)).numpy(), fake.detach().mean(dim=(1, 2, 3)).numpy()
    of_reals = cross_entropy(means + table[[0, 2, 1, 2]], real=True)
    of_wrong = cross_entropy(means + table[[1, 0, 2, 1]], real=False)
    of_made = cross_entropy(fake_means + table[[2, 0, 1]], real=False)
    two = solved.conditional_discriminator_loss(discriminator, real, labels, fake, of_fakes)
    three = solved.matching_aware_loss(discriminator, real, labels, wrong, fake, of_fakes)
    assert float(two) == pytest.approx(of_reals + of_made)
    assert float(three) == pytest.approx(of_reals + 0.5 * (of_wrong + of_made))
    assert not two.requires_grad and not three.requires_grad  # D of this test learns nothing, and G is cut off


def test_a_d_that_ignores_the_label_pays_for_it_in_the_matching_aware_loss_alone(solved):
    """Real pictures at +s, fakes at −s, labels unseen: ever surer is ever better for one loss and not for the other."""
    labels, wrong = torch.tensor([0, 1]), torch.tensor([1, 0])

    def losses(s):
        pictures = torch.full((2, 1, 1, 1), s, dtype=torch.float64)
        blind = lambda shown, _: shown.flatten(1)  # noqa: E731
        two = solved.conditional_discriminator_loss(blind, pictures, labels, -pictures, labels)
        return float(two), float(solved.matching_aware_loss(blind, pictures, labels, wrong, -pictures, labels))

    assert losses(20.0)[0] == pytest.approx(0, abs=1e-6) and losses(20.0)[1] == pytest.approx(10)
    assert losses(0.0)[1] == pytest.approx(2 * np.log(2))


def test_the_generators_loss_speaks_of_one_label(solved):
    draws, asked = iter([torch.tensor([2, 0, 1]), torch.tensor([1, 1, 0])]), []
    pull = torch.tensor(0.7, dtype=torch.float64, requires_grad=True)

    def draw_labels(count):
        asked.append(count)
        return next(draws)

    noise = numbers([0.1], [-0.4], [0.9])
    loss = solved.conditional_generator_loss(
        lambda z, labels: (pull * z + labels[:, None])[:, :, None, None], discriminator, noise, draw_labels
    )
    scores = 0.7 * noise.numpy()[:, 0] + np.array([2, 0, 1]) + TABLE.numpy()[[2, 0, 1]]
    assert asked == [3] and float(loss) == pytest.approx(cross_entropy(scores, real=True))
    (slope,) = torch.autograd.grad(loss, pull)
    assert float(slope) == pytest.approx((-noise.numpy()[:, 0] / (1 + np.exp(scores))).mean())


# ------------------------------------------------------------------------------------------------------- wrong labels


@pytest.mark.parametrize("classes", [3, 7])
def test_wrong_labels_are_wrong_and_evenly_spread(solved, classes):
    labels = torch.arange(classes).repeat(3000)
    wrong = solved.mismatched_labels(labels, classes, torch.Generator().manual_seed(5))
    assert not bool((wrong == labels).any()) and {*wrong.tolist()} == set(range(classes))
    for label in range(classes):
        counts = np.bincount(wrong[labels == label], minlength=classes)
        assert chisquare(np.delete(counts, label)).pvalue > 1e-4
    assert solved.mismatched_labels(torch.tensor([0, 1, 1]), 2, torch.Generator()).tolist() == [1, 0, 0]


# --------------------------------------------------------------------------------------------------------- did it work


def test_accuracy_is_scikit_learns(solved):
    overall, by_class = solved.class_accuracy(numbers([2, 1], [1, 0], [0, 1], [0, 3]), torch.tensor([0, 0, 0, 1]))
    assert float(overall) == pytest.approx(0.75) and by_class.tolist() == pytest.approx([2 / 3, 1])
    draw = np.random.default_rng(6)
    logits, wanted = draw.normal(size=(60, 4)), np.repeat(range(4), (30, 15, 10, 5))
    overall, by_class = solved.class_accuracy(torch.from_numpy(logits), torch.from_numpy(wanted))
    assert float(overall) == pytest.approx(accuracy_score(wanted, logits.argmax(axis=1)))
    assert by_class.tolist() == pytest.approx(recall_score(wanted, logits.argmax(axis=1), average=None).tolist())


def test_no_grey_beats_the_best_answer_under_l1(solved):
    drawings = np.random.default_rng(7).uniform(-1, 1, (5, 3, 4))
    best = solved.l1_answer(torch.from_numpy(drawings)).numpy()
    least = np.abs(best - drawings).mean(axis=0)
    for grey in np.linspace(-1, 1, 401):
        assert (np.abs(grey - drawings).mean(axis=0) >= least - 1e-12).all()
    assert np.array_equal(best, np.median(drawings, axis=0))


def test_a_line_in_less_than_half_of_the_drawings_is_not_drawn(solved):
    lines = torch.ones(5, 2, 3)
    lines[:2, :, 0], lines[2:, :, 1] = -1, -1  # two of five here, three of five there
    assert solved.l1_answer(lines).tolist() == [[1, -1, 1]] * 2
    assert float(solved.l1_answer(numbers(-1, -1, 1)[:, None, None])) == -1


def test_a_label_that_the_discriminator_never_sees_is_named():
    def blind(discriminator, real, real_labels, fake, fake_labels):
        softplus = torch.nn.functional.softplus
        of_reals = softplus(-discriminator(real, 0 * real_labels)).mean()
        return of_reals + softplus(discriminator(fake.detach(), 0 * fake_labels)).mean()

    card = check("04.conditional_discriminator_loss", blind)
    assert 28 in [m["catalogue"] for m in card.result.misconceptions]
