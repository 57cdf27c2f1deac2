"""What is said of right and wrong answers, and exercise 06's expected values by other means than the solution."""

import math

import pytest
import torch
from torch import nn

from course_lib.grading.checks import load_exercise
from course_lib.grading.diagnosis import diagnose
from course_lib.grading.reference import observe_all
from course_lib.grading.selftest import SEPARATION, matrix, run_self_test

WORKED = {  # the numbers of conventions.md and of the list of misconceptions, found by hand
    "real and fake swapped": 1.1759, "halved": 2.1306, "sigmoid twice": 1.5842, "smoothed": 3.9679, "one mean over all": 1.8278,
}  # fmt: skip


def test_a_proof_that_fails_says_where(tiny):
    """A mutant that is right, two that look alike, one that is hard to tell from right, and a right answer that is wrong."""
    assert run_self_test([load_exercise(tiny)]).passed
    with (tiny / "instructor" / "mutants.py").open("a") as file:
        file.write("MUTANTS.add('half', 'right after all', 'is right')(lambda x: x / 2)\n")
        file.write("MUTANTS.add('half', 'twice', 'is twice as much')(lambda x: x + x)\n")
        file.write("MUTANTS.add('half', 'a hair off', 'is a hair off')(lambda x: x / 2 + 3e-6)\n")
    with (tiny / "instructor" / "solution.py").open("a") as file:
        file.write("ALTERNATIVES['half'].append(lambda x: x / 3)\n")
    test = run_self_test([load_exercise(tiny)])
    rows = {r.name: r for r in test.mutants}
    assert not test.passed and test.last_line() == "mutants: 5, rejected: 4, named: 2, false alarms: 1"
    assert not rows["right after all"].rejected
    assert rows["twice"].rejected and not rows["twice"].named and rows["twice"].nearest == "doubled"
    assert rows["a hair off"].named and 1 < rows["a hair off"].distance < SEPARATION
    assert [r.name for r in test.false_alarms] == ["alternative 3"]
    told = matrix(test)
    assert "PASSES    right after all" in told and "REJECTED  alternative 3" in told


def _verdict(exercise, reference, function, answer):
    check = exercise.check(function)
    return diagnose(check, observe_all(check, answer, (0, 1)), reference, (0, 1))


def test_the_sentence_names_mistake_and_number(exercise, reference):
    swapped = next(
        m for m in reference.mutants(exercise.check("discriminator_loss")) if m.name == "real and fake swapped"
    )
    said = _verdict(exercise, reference, "discriminator_loss", swapped.answer).headline
    assert said == (
        "Your discriminator loss has the real and fake targets swapped: on these logits you return 1.1759 (right: 4.2612), "
        "which is exactly what that mistake gives."
    )


@pytest.mark.parametrize(("name", "value"), WORKED.items())
def test_worked_values_of_mutants(exercise, reference, name, value):
    """A name may have several variants (a target smoothed to 0.9 or to 0.7): one of them has the worked value."""
    mistakes = [m for m in reference.mistakes(exercise.check("discriminator_loss"), (0, 1)) if m.name == name]
    found = [float(mistake.found["these logits", 0].values["value"]) for mistake in mistakes]
    assert any(one == pytest.approx(value, abs=5e-5) for one in found), found


def test_worked_values_of_the_solution(exercise, reference):
    def first(function, case):
        return reference.expected(exercise.check(function), (0, 1))[case, 0].values

    assert float(first("discriminator_loss", "these logits")["value"]) == pytest.approx(4.2612192348)
    assert float(first("adversarial_loss", "these logits")["value"]) == pytest.approx(0.7671997254)
    least = first("least_squares_losses", "these scores")
    assert (float(least["loss of D"]), float(least["loss of G"])) == (
        pytest.approx(24.3227733333),
        pytest.approx(2.05004),
    )
    fields = first("receptive_field", "patch discriminators")["receptive field"]
    assert fields.tolist() == [16, 34, 70, 142, 286]


def test_slopes_at_minus_eight(exercise, reference):
    """The second lesson's table: −0.99966, −0.000335, −18, −0.000670."""
    non_saturating = exercise.check("adversarial_loss")
    squares = exercise.check("least_squares_losses")

    def slope(found):
        return float(found["slopes from −8 to 8", 0].values["slope for fake_scores"][0])

    def mutant(check, name):
        return next(m.found for m in reference.mistakes(check, (0, 1)) if m.name == name)

    assert slope(reference.expected(non_saturating, (0, 1))) == pytest.approx(-0.99966, abs=1e-5)
    assert slope(mutant(non_saturating, "saturating")) == pytest.approx(-0.000335, abs=1e-6)
    assert slope(reference.expected(squares, (0, 1))) == pytest.approx(-18)
    assert slope(mutant(squares, "behind a sigmoid")) == pytest.approx(-0.000670, abs=1e-6)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_receptive_field_is_the_gradients_footprint(reference, n):
    layers = reference._solution.patch_layers(n)
    channels = [1, *([2] * (len(layers) - 1)), 1]
    net = nn.Sequential(
        *(nn.Conv2d(a, b, k, s, p) for (k, s, p), a, b in zip(layers, channels, channels[1:], strict=False))
    )
    for parameter in net.parameters():
        nn.init.constant_(parameter, 0.1)
    size = 8 * reference._solution.receptive_field(layers) // 4
    picture = torch.zeros(1, 1, size, size, requires_grad=True)
    scores = net(picture)
    scores[0, 0, scores.shape[2] // 2, scores.shape[3] // 2].backward()
    footprint = int((picture.grad[0, 0].abs().sum(dim=0) > 0).sum())
    assert footprint == reference._solution.receptive_field(layers)


def test_an_unknown_mistake_is_told_in_words(exercise, reference):
    def off(factor, shift=0.0):
        return lambda r, f: factor * reference._solution.discriminator_loss(r, f) + shift

    triple = _verdict(exercise, reference, "discriminator_loss", off(3))
    assert [m["name"] for m in triple.misconceptions] == ["a factor too many"]
    assert "is 3 times what it should be, everywhere" in triple.headline
    other = _verdict(exercise, reference, "discriminator_loss", off(1, 0.25))
    assert (
        other.headline
        == "Your discriminator loss is off by 0.25, always: on these logits you return 4.5112 (right: 4.2612)."
    )
    shape = _verdict(
        exercise, reference, "discriminator_targets", lambda r, f: (torch.ones_like(r), torch.zeros_like(f)[0])
    )
    assert "the target of the fakes has the shape (1, 1, 1) where (5, 1, 1, 1) is right" in shape.headline
    none = _verdict(exercise, reference, "adversarial_loss", lambda f: None)
    assert "Is a `return` missing?" in none.headline


def test_of_two_mistakes_that_are_nearly_alike_the_one_that_was_made_is_named(exercise, reference):
    halved = next(m for m in reference.mutants(exercise.check("conditional_discriminator_loss")) if m.name == "halved")
    result = _verdict(exercise, reference, "conditional_discriminator_loss", halved.answer)
    assert {m["name"] for m in result.misconceptions} == {"halved"}


def test_numbers_written_into_the_code_are_found_by_the_hidden_probes(exercise, reference):
    def learned_by_heart(layers):
        return (
            {1: 16, 2: 34, 3: 70, 4: 142, 5: 286}.get(len(layers) - 2, 0)
            if all(k == 4 and p == 1 for k, _, p in layers)
            else 155
        )

    field = exercise.check("receptive_field")
    right = reference.expected(field, (0, 1))["mixed layers", 0].values["receptive field"].tolist()
    by_heart = _verdict(
        exercise,
        reference,
        "receptive_field",
        lambda ls: learned_by_heart(ls) if ls[0][0] == 4 else right[0] if ls[0][0] == 7 else right[1],
    )
    assert by_heart.status == "failed"
    assert "written into the code" in by_heart.headline
    assert not math.isnan(sum(right))


def test_extra_points_come_on_top_of_a_right_main_answer(exercise, reference):
    naive = next(m for m in reference.mutants(exercise.check("discriminator_loss")) if m.name == "naive logarithm")
    result = _verdict(exercise, reference, "discriminator_loss", naive.answer)
    assert (result.status, result.score, result.max_score) == ("partial", 3, 4)
    assert [m["catalogue"] for m in result.misconceptions] == [10]
