"""Exercise 09: its worked numbers, its expected values by numpy and loops, and the course's own functions."""

import doctest
from dataclasses import replace

import numpy as np
import pytest
import torch

from course_lib.grading import check
from course_lib.grading.checks import load_exercise, load_module
from course_lib.grading.selftest import SEPARATION, run_self_test
from course_lib.losses import feature_reconstruction_loss, gram_matrix, style_loss, total_variation
from course_lib.networks import StylizationNet, VGGFeatures

from .conftest import EXERCISES

FOLDER = EXERCISES / "09_perceptual"
DRAW = np.random.default_rng(9)


@pytest.fixture(scope="module")
def solved():
    return load_module(FOLDER / "instructor" / "solution.py")


def pictures(*shape):
    return torch.from_numpy(DRAW.uniform(-1, 1, shape))


def test_the_worked_numbers_of_the_task_hold(solved):
    x = torch.arange(120.0).double().reshape(2, 3, 4, 5) / 100
    names = vars(solved) | {"x": x, "y": 0.9 * x.flip(0)}
    worked = doctest.DocTestParser().get_doctest((FOLDER / "task.md").read_text("utf-8"), names, "task.md", None, 0)
    found = doctest.DocTestRunner().run(worked)
    assert found.attempted == 4 and found.failed == 0


def test_the_input_is_the_courses_own(solved):
    shown = pictures(2, 3, 4, 5)
    by_the_course = VGGFeatures("relu1_1").double().scaled((shown + 1) / 2)
    assert torch.allclose(solved.network_input(shown), by_the_course, atol=1e-4)  # its mean is kept in float32


def test_the_courses_own_losses_pass():
    assert check("09.feature_reconstruction_loss", feature_reconstruction_loss).passed

    def by_the_course(features, target_grams):
        return 4 * style_loss([gram_matrix(f) for f in features], target_grams, [1] * len(features))

    assert check("09.style_reconstruction_loss", by_the_course).passed


def test_the_objective_by_the_courses_losses(solved):
    """On the course's own network: content of the second map, style of both, total variation."""
    vgg = VGGFeatures(["relu1_1", "relu2_1"]).double()

    def network(shown):
        return list(vgg((shown + 1) / 2).values())

    output, photo, painting = pictures(2, 3, 12, 16), pictures(2, 3, 12, 16), pictures(1, 3, 9, 20)
    grams = [gram_matrix(f) for f in network(painting)]
    found = network(output)
    by_hand = (
        0.5 * (found[1] - network(photo)[1]).square().mean()
        + 2 * sum((gram_matrix(f) - a).square().sum() for f, a in zip(found, grams, strict=True)) / 2
        + 3 * total_variation(output)
    )
    answer = solved.perceptual_objective(network, output, photo, 1, grams, (0.5, 2, 3))
    assert float(answer) == pytest.approx(float(by_hand))


def test_a_resize_convolution_by_loops(solved):
    features, weight = DRAW.normal(size=(1, 2, 2, 3)), DRAW.normal(size=(2, 2, 3, 3))
    large = np.pad(features.repeat(2, axis=2).repeat(2, axis=3), ((0, 0), (0, 0), (1, 1), (1, 1)), mode="reflect")
    by_hand = np.zeros((1, 2, 4, 6))
    for k, i, j in np.ndindex(2, 4, 6):
        by_hand[0, k, i, j] = (large[0, :, i : i + 3, j : j + 3] * weight[k]).sum()
    assert solved.resize_convolution(*map(torch.from_numpy, (features, weight))).numpy() == pytest.approx(by_hand)


def test_a_step_goes_down_the_slope(solved):
    """One layer, one loss: the change of the weights is minus the rate times the slope, by finite differences."""
    transform, network = torch.nn.Conv2d(3, 3, 1, bias=False).double(), torch.nn.Conv2d(3, 2, 1).double()
    shown, before = pictures(1, 3, 4, 5), transform.weight.detach().clone()

    def objective(found, wanted, output):
        return (found[0] - wanted[0]).square().mean() + output.square().mean()

    def loss(weight):
        output = torch.nn.functional.conv2d(shown, weight)
        return float(objective([network(output)], [network(shown)], output))

    optimizer = torch.optim.SGD(transform.parameters(), lr=0.1)
    told = solved.training_step(transform, lambda_of(network), optimizer, shown, objective)
    assert float(told) == pytest.approx(loss(before))
    nudge = torch.zeros_like(before)
    nudge[1, 2] = 1e-5
    slope = (loss(before + nudge) - loss(before - nudge)) / 2e-5
    assert float(transform.weight.detach()[1, 2, 0, 0] - before[1, 2, 0, 0]) == pytest.approx(-0.1 * slope, rel=1e-5)


def lambda_of(network):
    """A loss network that gives a list of maps."""

    class Maps(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.inside = network

        def forward(self, x):
            return [self.inside(x)]

    return Maps()


@pytest.mark.parametrize("size", [(17, 22), (16, 24)])
def test_the_courses_network_takes_what_is_padded(solved, size):
    photo = pictures(1, 3, *size).float()
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = StylizationNet(width=4)
    stylised = solved.stylize(network, photo)
    assert stylised.shape == photo.shape and stylised.abs().max() <= 1 and not network.training


def test_a_loss_network_that_is_trained_is_named():
    def trained(transform, loss_network, optimizer, photos, objective):
        transform.train()
        loss_network.eval()
        output = transform(photos)
        loss = objective(loss_network(output), loss_network(photos), output)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss

    result = check("09.training_step", trained).result
    assert [m["catalogue"] for m in result.misconceptions] == [94] and result.score == 4


def test_every_wrong_training_step_is_named():
    """A sample of the whole proof, which is in test_exercises."""
    exercise = load_exercise(FOLDER)
    proved = run_self_test([replace(exercise, checks=(exercise.check("training_step"),))])
    assert [(r.name, r.diagnosis) for r in proved.mutants if not (r.rejected and r.named)] == []
    assert min(r.distance for r in proved.mutants) >= SEPARATION and proved.false_alarms == []
