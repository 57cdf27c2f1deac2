"""Exercise 08: its worked numbers, its expected values by numpy and loops, and the course's own functions."""

import doctest
from dataclasses import replace

import numpy as np
import pytest
import torch

from course_lib.grading import check
from course_lib.grading.checks import load_exercise, load_module
from course_lib.grading.reference import LiveReference
from course_lib.grading.selftest import SEPARATION, run_self_test
from course_lib.losses import content_loss, gram_matrix, style_loss, total_variation
from course_lib.networks import VGGFeatures

from .conftest import EXERCISES

FOLDER = EXERCISES / "08_gram"
DRAW = np.random.default_rng(8)


@pytest.fixture(scope="module")
def solved():
    return load_module(FOLDER / "instructor" / "solution.py")


def numbers(*shape):
    return DRAW.normal(0.3, 1, shape)


def test_the_worked_numbers_of_the_task_hold(solved):
    names = vars(solved) | {
        "x": torch.arange(120.0).double().reshape(2, 3, 4, 5) / 100,
    }
    names["y"] = 0.9 * names["x"].flip(0)
    worked = doctest.DocTestParser().get_doctest((FOLDER / "task.md").read_text("utf-8"), names, "task.md", None, 0)
    found = doctest.DocTestRunner().run(worked)
    assert found.attempted == 6 and found.failed == 0


def test_a_gram_matrix_by_four_loops(solved):
    features = numbers(2, 3, 4, 5)
    by_hand = np.zeros((2, 3, 3))
    for b, i, j, row, column in np.ndindex(2, 3, 3, 4, 5):
        by_hand[b, i, j] += features[b, i, row, column] * features[b, j, row, column] / (3 * 4 * 5)
    assert solved.gram_matrix(torch.from_numpy(features)).numpy() == pytest.approx(by_hand)


def test_stripes_at_the_same_place_and_on_two_halves(solved):
    """Two channels that are 1 on every second column and row: together on a quarter of a crosshatch, never on halves."""
    columns, rows = torch.zeros(2, 8, 8).double()
    columns[:, ::2], rows[::2] = 1, 1
    left = torch.zeros(8, 8).double()
    left[:, :4] = 1
    crosshatch, halves = torch.stack([columns, rows]), torch.stack([left * columns, (1 - left) * rows])
    gram = solved.gram_matrix(torch.stack([crosshatch, halves]))
    assert gram[0].tolist() == [[32 / 128, 16 / 128], [16 / 128, 32 / 128]]
    assert gram[1].tolist() == [[16 / 128, 0], [0, 16 / 128]]


def test_the_losses_by_numpy(solved):
    features, target = numbers(3, 4, 2, 5), numbers(3, 4, 2, 5)
    content = ((features - target) ** 2).sum() / 2 / 3
    assert float(solved.content_loss(*map(torch.from_numpy, (features, target)))) == pytest.approx(content)
    grams, targets = ([numbers(2, c, c) for c in (3, 5)] for _ in "GA")
    style = sum(w * ((g - a) ** 2).sum() / 4 / 2 for w, g, a in zip((0.5, 3), grams, targets, strict=True))
    as_tensors = (list(map(torch.from_numpy, matrices)) for matrices in (grams, targets))
    assert float(solved.style_loss(*as_tensors, [0.5, 3])) == pytest.approx(style)
    pictures = numbers(2, 3, 4, 6)
    variation = np.abs(np.diff(pictures, axis=2)).mean() + np.abs(np.diff(pictures, axis=3)).mean()
    assert float(solved.total_variation(torch.from_numpy(pictures))) == pytest.approx(variation)


def test_the_courses_own_losses_pass():
    for function in (gram_matrix, style_loss, content_loss, total_variation):
        assert check(f"08.{function.__name__}", function).passed


def test_vgg_input_and_frozen_network_are_the_courses_own(solved):
    """The course's network knows torchvision's numbers too; it is frozen from the beginning."""
    network = VGGFeatures("relu1_1")
    network.weights, network.mean = "imagenet", torch.tensor([0.485, 0.456, 0.406]).double().reshape(1, 3, 1, 1)
    network.std = torch.tensor([0.229, 0.224, 0.225]).double().reshape(1, 3, 1, 1)
    pictures = torch.from_numpy(DRAW.uniform(-1, 1, (2, 3, 4, 5)))
    assert torch.allclose(solved.vgg_input(pictures), network.scaled((pictures + 1) / 2))
    frozen = solved.freeze(torch.nn.Sequential(torch.nn.Conv2d(3, 2, 1), torch.nn.Dropout()))
    assert not any(m.training for m in frozen.modules()) and not any(p.requires_grad for p in frozen.parameters())


def test_painting_finds_the_least_of_a_parabola(solved):
    """Half the squared distance to a target: each step of size r leaves 1 − r of the way."""
    photo, target = torch.from_numpy(numbers(1, 3, 4, 5)), torch.from_numpy(numbers(1, 3, 4, 5))
    painted = solved.paint(photo, torch.nn.Identity(), lambda f: (f - target).square().sum() / 2, 5, 0.3)
    assert torch.allclose(painted - target, 0.7**5 * (photo - target))


@pytest.mark.parametrize(
    ("number", "function"),
    [
        *((n, "gram_matrix") for n in range(78, 87)),
        *((n, "total_variation") for n in range(90, 94)),
        *((n, "vgg_input") for n in range(97, 101)),
        (87, "content_loss"),
        (88, "style_loss"),
        (89, "style_loss"),
        (94, "freeze"),
        (95, "freeze"),
        (96, "paint"),
        (101, "features_after"),
        (102, "paint"),
    ],
)
def test_every_misconception_has_its_place(number, function):
    mutants = load_module(FOLDER / "instructor" / "mutants.py").MUTANTS
    assert any(m.catalogue == number and m.function == function for m in mutants)


def test_what_is_added_to_the_features_changes_a_gram_matrix_and_no_covariance():
    exercise = load_exercise(FOLDER)
    reference, graded = LiveReference(exercise), exercise.check("gram_matrix")
    features = torch.from_numpy(numbers(1, 3, 4, 5))
    answers = [("right", reference.right_answers(graded)["solution"])] + [
        (m.name, m.answer) for m in load_module(FOLDER / "instructor" / "mutants.py").MUTANTS if m.name == "centred"
    ]
    moved = {name: not torch.allclose(answer(features + 1), answer(features)) for name, answer in answers}
    assert moved == {"right": True, "centred": False}


def test_every_wrong_gram_matrix_is_named():
    """A sample of the whole proof, which is in test_exercises."""
    exercise = load_exercise(FOLDER)
    proved = run_self_test([replace(exercise, checks=(exercise.check("gram_matrix"),))])
    assert [(r.name, r.diagnosis) for r in proved.mutants if not (r.rejected and r.named)] == []
    assert min(r.distance for r in proved.mutants) >= SEPARATION and proved.false_alarms == []
