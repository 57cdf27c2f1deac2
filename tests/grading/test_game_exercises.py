"""Exercises 01 and 02: their expected values found by other means than the solution."""

import math

import numpy as np
import pytest
import torch
from scipy.spatial.distance import jensenshannon

from course_lib.grading import check
from course_lib.grading.checks import load_exercise, load_module
from course_lib.grading.reference import LiveReference

from .conftest import EXERCISES

REAL = torch.tensor([-4.11, 0.85, -5.54], dtype=torch.float64)
FAKE = torch.tensor([0.5, 2.14, -1.21, -0.69, 0.02], dtype=torch.float64)


@pytest.fixture(scope="module")
def game():
    return load_module(EXERCISES / "01_game" / "instructor" / "solution.py")


@pytest.fixture(scope="module")
def gradients():
    return load_module(EXERCISES / "02_gradients" / "instructor" / "solution.py")


def vector(*numbers):
    return torch.tensor(numbers, dtype=torch.float64)


# --------------------------------------------------------------------------------------------------------- exercise 01


def test_best_discriminator_value_and_divergence(game):
    real, fake = vector(2, 6, 0, 0), vector(0, 9, 27, 0)
    best = game.optimal_discriminator(real, fake)
    assert best.tolist() == pytest.approx([1, 0.75, 0, 0.5])
    p, q = real / 8, fake / 36
    assert float(game.jensen_shannon(p, q)) == pytest.approx(jensenshannon(p.numpy(), q.numpy()) ** 2)
    value = float(game.game_value(p, q, best))
    assert value == pytest.approx(0.25 * math.log(1) + 0.75 * math.log(0.75) + 0.25 * math.log(0.25))
    assert value == pytest.approx(-math.log(4) + 2 * float(game.jensen_shannon(p, q)))
    for verdict in np.random.default_rng(0).uniform(0.01, 0.99, (50, 4)):  # no other verdict is worth more
        assert float(game.game_value(p, q, torch.from_numpy(verdict))) < value


def test_losses_of_the_game(game):
    assert float(game.discriminator_loss(REAL, FAKE)) == pytest.approx(4.2612192348)
    assert float(game.saturating_loss(FAKE)) == pytest.approx(-0.9191997254)
    assert float(game.non_saturating_loss(FAKE)) == pytest.approx(0.7671997254)


def test_the_catalogues_probe_gives_the_catalogues_numbers():
    exercise = load_exercise(EXERCISES / "01_game")
    mistakes = LiveReference(exercise).mistakes(exercise.check("discriminator_loss"), (0,))
    found: dict[str, list[float]] = {}
    for m in mistakes:  # a name may have variants
        found.setdefault(m.name, []).append(float(m.found["these logits", 0].values.get("value", math.nan)))
    worked = {"real and fake swapped": 1.1759, "halved": 2.1306, "sigmoid twice": 1.5842, "smoothed": 3.9679, "one mean over all": 1.8278}  # fmt: skip
    for name, value in worked.items():
        assert any(one == pytest.approx(value, abs=5e-5) for one in found[name]), name


@pytest.mark.parametrize("who", ["D", "G"])
def test_a_step_goes_down_the_difference_quotient(game, who):
    """The change of a parameter is −rate times the loss's slope, here by nudging that parameter alone."""
    checks = load_module(EXERCISES / "01_game" / "checks_steps.py")
    given = checks.step_given(0)

    def networks():
        return checks.TinyGenerator(given["generator"]), checks.TinyDiscriminator(given["inner"], given["outer"])

    def loss(generator, discriminator):
        fake = discriminator(generator(given["noise"])).detach().numpy()
        if who == "G":
            return np.log1p(np.exp(-fake)).mean()
        real = discriminator(given["real"]).detach().numpy()
        return np.log1p(np.exp(-real)).mean() + np.log1p(np.exp(fake)).mean()

    generator, discriminator = networks()
    optimizers = [torch.optim.SGD(network.parameters(), lr=0.1) for network in (generator, discriminator)]
    if who == "D":
        game.discriminator_step(generator, discriminator, *optimizers, given["real"], given["noise"])
    else:
        game.generator_step(generator, discriminator, *optimizers, given["noise"])
    moved, still = (discriminator.inner, generator.weight) if who == "D" else (generator.weight, discriminator.inner)
    original = given["inner"] if who == "D" else given["generator"]
    assert torch.equal(still, given["generator"] if who == "D" else given["inner"])
    for place in ((0, 0), (1, 1)):
        nudged = []
        for sign in (1, -1):
            pair = networks()
            weight = pair[1].inner if who == "D" else pair[0].weight
            weight.data[place] += sign * 1e-5
            nudged.append(loss(*pair))
        slope = (nudged[0] - nudged[1]) / 2e-5
        assert float((moved - original).detach()[place]) == pytest.approx(-0.1 * slope, rel=1e-5)


def test_the_game_of_two_numbers_does_not_come_to_rest(game):
    theta, psi, by_hand = vector(1.0), vector(0.0), [1.0, 0.0]
    path = []
    for _ in range(300):
        theta, psi = game.point_round(theta, psi, 0.1)
        by_hand[1] -= 0.1 * by_hand[0] / (1 + math.exp(-by_hand[1] * by_hand[0]))
        by_hand[0] += 0.1 * by_hand[1] / (1 + math.exp(-by_hand[1] * by_hand[0]))
        path.append(float(theta))
    assert (path[-1], float(psi)) == (pytest.approx(by_hand[0]), pytest.approx(by_hand[1]))
    assert max(path[-150:]) > 0.8 and min(path[-150:]) < -0.8


# --------------------------------------------------------------------------------------------------------- exercise 02


def test_losses_of_lesson_two(gradients):
    assert float(gradients.least_squares_discriminator_loss(REAL, FAKE)) == pytest.approx(24.3227733333)
    assert float(gradients.least_squares_generator_loss(FAKE)) == pytest.approx(2.05004)
    assert float(gradients.hinge_discriminator_loss(REAL, FAKE)) == pytest.approx(5.1273333333)
    assert [float(loss) for loss in gradients.wasserstein_losses(REAL, FAKE)] == pytest.approx([3.0853333333, -0.152])


def test_slopes_at_minus_eight_by_pen_and_by_autograd(gradients):
    table = {name: float(slope) for name, slope in gradients.generator_slopes(vector(-8.0)).items()}
    assert table == pytest.approx(
        {
            "saturating": -0.000335350,
            "non-saturating": -0.999664650,
            "least squares": -18,
            "least squares behind a sigmoid": -0.000670251,
            "hinge": -1,
        },
        rel=1e-5,
    )
    scores = torch.linspace(-8, 8, 7, dtype=torch.float64)
    slopes = gradients.slope_of(gradients.least_squares_generator_loss, scores)
    assert torch.allclose(slopes, gradients.generator_slopes(scores)["least squares"])


def test_jacobians_by_difference_quotients(gradients):
    checks = load_module(EXERCISES / "02_gradients" / "checks.py")
    given = checks.three_pictures(0)
    discriminator, pictures = checks.Discriminator(given["inner"], given["outer"]), given["pictures"]
    step, found = 1e-6, []
    for picture in pictures:
        nudges = step * torch.eye(picture.numel(), dtype=torch.float64).reshape(-1, *picture.shape)
        with torch.no_grad():
            quotients = (discriminator(picture + nudges) - discriminator(picture - nudges)) / (2 * step)
        found.append(float(quotients.norm()))
    lengths = gradients.jacobian_norms(discriminator, pictures)
    assert lengths.tolist() == pytest.approx(found, rel=1e-6)
    with torch.no_grad():
        slopes = 2 * (discriminator(pictures).flatten() - 1) / 3
    arrives = gradients.reaches_generator(gradients.least_squares_generator_loss, discriminator, pictures)
    assert arrives.tolist() == pytest.approx((slopes.abs() * lengths).tolist())


def test_best_scores_are_where_the_loss_is_least(gradients):
    p, q, scores = 0.3, 0.1, np.linspace(-3, 3, 600001)
    entropy = p * np.log1p(np.exp(-scores)) + q * np.log1p(np.exp(scores))
    squares = p * (scores - 1) ** 2 + q * scores**2
    best = [float(score) for score in gradients.best_scores(vector(p), vector(q))]
    assert best == pytest.approx([scores[entropy.argmin()], scores[squares.argmin()]], abs=1e-4)


# ---------------------------------------------------------------------------------------------------------- one door


def test_the_card_draws_the_case_that_failed():
    """Four right curves and a wrong fifth: the picture is there, and an answer wrong in no curve gets none."""

    def no_chain_rule(f):
        p = f.sigmoid()
        ones = torch.ones_like(f)
        return {
            "saturating": -p, "non-saturating": p - 1, "least squares": 2 * (f - 1),
            "least squares behind a sigmoid": 2 * (p - 1), "hinge": -ones,
        }  # fmt: skip

    card = check("02.generator_slopes", no_chain_rule)
    assert "the factor σ(1 − σ) is missing" in card.text()
    assert card.picture.startswith(b"\x89PNG")
    naive = check("01.saturating_loss", lambda f: torch.log(1 - torch.sigmoid(f)).mean())
    assert naive.result.status == "partial" and naive.picture is None
