"""What a name rests on: the kind of the answer, who went backward and stepped. And the words around it."""

import functools

import pytest
import torch

from course_lib.errors import CourseError
from course_lib.grading import check
from course_lib.grading.checks import load_exercise
from course_lib.grading.diagnosis import diagnose
from course_lib.grading.observe import CHANGED, Observation, failure
from course_lib.grading.reference import LiveReference, observe_all
from course_lib.grading.stops import of_stop

from .conftest import EXERCISES, NAMES, QUICK, sample

SEEDS = (0, 1)
LOSSES = {
    "01_game": ("discriminator_loss", "saturating_loss", "non_saturating_loss"),
    "02_gradients": ("least_squares_discriminator_loss", "least_squares_generator_loss", "hinge_discriminator_loss"),
    "03_collapse": ("r1_penalty", "gradient_penalty"),
    "04_conditioning": ("conditional_discriminator_loss", "conditional_generator_loss", "matching_aware_loss"),
    "05_averaging": ("generator_objective",),
    "06_pix2pix": ("discriminator_loss", "adversarial_loss", "conditional_discriminator_loss", "generator_loss"),
    "07_cyclegan": ("cycle_loss", "identity_loss", "generator_objective"),
    "08_gram": ("style_loss", "content_loss", "total_variation"),
    "09_perceptual": ("feature_reconstruction_loss", "style_reconstruction_loss", "perceptual_objective"),
}  # fmt: skip
ALL_LOSSES = [(name, function) for name, functions in LOSSES.items() for function in functions]
OF_EACH = [(name, functions[0]) for name, functions in LOSSES.items()]


@functools.cache
def reference_of(name):
    return LiveReference(load_exercise(EXERCISES / name))


def graded(name, function, change):
    """The result for the solution's answer after ``change``."""
    reference, one = reference_of(name), load_exercise(EXERCISES / name).check(function)
    solution = reference.right_answers(one)["solution"]
    answer = change(solution)
    return diagnose(one, observe_all(one, answer, SEEDS), reference, SEEDS)


@pytest.mark.parametrize(("name", "function"), sample(ALL_LOSSES, *OF_EACH))
def test_a_plain_number_and_a_detached_loss_are_told_apart(name, function):
    plain = graded(name, function, lambda f: lambda *a: f(*a).item())
    (named,) = [m["name"] for m in plain.misconceptions]
    assert named == "a plain number" and "plain number" in plain.headline and "detach" not in plain.headline
    cut = graded(name, function, lambda f: lambda *a: f(*a).detach())
    said = " ".join(m["name"] + m["sentence"] for m in cut.misconceptions)
    assert said and "plain number" not in said and ".item()" not in cut.headline
    assert "detach" in said or "no_grad" in said or "cut off" in said


@pytest.mark.parametrize("name", sample(NAMES, QUICK))
def test_right_answers_are_right_under_another_default_dtype(name):
    exercise, reference = load_exercise(EXERCISES / name), reference_of(name)
    for one in exercise.checks:
        for which, answer in reference.right_answers(one).items():
            torch.set_default_dtype(torch.float64)
            try:
                found = observe_all(one, answer, SEEDS)
            finally:
                torch.set_default_dtype(torch.float32)
            result = diagnose(one, found, reference, SEEDS)
            assert result.status == "passed", (one.function, which, result.headline)


STEPS = {  # what is left out → the name it must get
    "step": "step forgotten",
    "backward": "backward forgotten",
    "clear": "never cleared",
}


@pytest.mark.parametrize(("left_out", "fragment"), STEPS.items())
def test_what_a_step_leaves_out_is_what_is_said(left_out, fragment):
    def step(generator, discriminator, optimizer_g, optimizer_d, real, noise):
        if left_out != "clear":
            optimizer_d.zero_grad()
        real_logits, fake_logits = discriminator(real), discriminator(generator(noise).detach())
        soft = torch.nn.functional.softplus
        loss = soft(-real_logits).mean() + soft(fake_logits).mean()
        if left_out != "backward":
            loss.backward()
        if left_out != "step":
            optimizer_d.step()

    result = graded("01_game", "discriminator_step", lambda f: step)
    (named,) = [m["name"] for m in result.misconceptions]
    assert fragment in named, (named, result.headline)


def test_evidence_decides_between_equal_numbers(tiny):
    """Two mistakes give the same numbers, one of them with a sigmoid; a third is known by its evidence whatever it returns."""
    with (tiny / "instructor" / "mutants.py").open("a") as file:
        file.write("import torch\n")
        file.write(
            "MUTANTS.add('half', 'constant', 'is always 1')(lambda x: torch.ones_like(x))\n"
            "MUTANTS.add('half', 'by a sigmoid', 'is a sigmoid of 40', evidence={'sigmoid': 1})(lambda x: torch.sigmoid(40 + 0 * x))\n"
            "MUTANTS.add('half', 'noise', 'draws random numbers', evidence={'random numbers drawn': 1}, decisive=True)"
            "(lambda x: x / 2 + 0 * torch.rand(1) + 1)\n"
        )
    exercise = load_exercise(tiny)
    reference, one = LiveReference(exercise), exercise.check("half")

    def said(answer):
        return diagnose(one, observe_all(one, answer, SEEDS), reference, SEEDS)

    def names(answer):
        return [m["name"] for m in said(answer).misconceptions]

    assert names(torch.ones_like) == ["constant"]
    assert names(lambda x: torch.sigmoid(41 + 0 * x)) == ["by a sigmoid"]
    assert names(lambda x: x.abs() + 0 * torch.rand(1)) == ["noise"]
    assert names(lambda x: x.abs()) == []
    assert said(lambda x: 2 * x).headline.endswith("which is exactly what that mistake gives.")


def test_where_nothing_proves_a_mistake_it_is_said_to_have_its_effect(tiny):
    """That nothing but zeros comes has many causes."""
    with (tiny / "instructor" / "mutants.py").open("a") as file:
        file.write("MUTANTS.add('half', 'nothing', 'forgets the input')(lambda x: 0 * x)\n")
    exercise = load_exercise(tiny)
    one = exercise.check("half")
    result = diagnose(one, observe_all(one, lambda x: x - x, SEEDS), LiveReference(exercise), SEEDS)
    assert result.headline.startswith("Your half has the same effect as one that forgets the input")
    assert "exactly" not in result.headline


def test_two_numbers_that_differ_look_different(tiny):
    exercise = load_exercise(tiny)
    one = exercise.check("half")
    result = diagnose(one, observe_all(one, lambda x: x / 2 + 8e-7, SEEDS), LiveReference(exercise), SEEDS)
    assert "it differs by 8e-07" in result.headline
    here, there = (
        part.split()[0].rstrip(",)")
        for part in (result.headline.split(" is ")[-2], result.headline.split("where ")[-1])
    )
    assert here != there


@pytest.mark.parametrize(
    ("error", "name"),
    [
        (NameError("name 'sigma' is not defined"), "an undefined name"),
        (TypeError("list indices must be integers or slices, not float"), "a float for a whole number"),
        (TypeError("list indices must be integers or slices, not str"), "another kind of thing"),
        (AttributeError("'History' object has no attribute 'query'"), "an attribute that is not there"),
        (RuntimeError("Sizes of tensors must match except in dimension 1."), "sizes that do not fit"),
        (RuntimeError("element 0 of tensors does not require grad and does not have a grad_fn"), "no graph to go back"),
        (ZeroDivisionError("division by zero"), "division by zero"),
        (SystemExit(3), "ends the program"),
        (BufferError("odd"), "stops with BufferError"),
    ],
)
def test_what_stops_an_answer_has_a_name(error, name):
    assert of_stop(failure(error)).name == name


def test_an_answer_that_changes_its_input_says_which():
    assert of_stop(Observation({}, CHANGED, "changes the tensor `x`.")).sentence == "changes the tensor `x`"


# ------------------------------------------------------------------------------------------------- check() in a notebook


def test_an_interrupt_ends_check():
    def interrupted(layers):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check("06.receptive_field", interrupted)


def test_a_number_without_its_nought_is_understood():
    assert check("6.receptive_field", lambda layers: 0).result.function == "receptive_field"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("receptive_field", len), r"06\.receptive_field"),
        (("discriminator_loss", len), r"one of 01\.discriminator_loss, 06\.discriminator_loss"),
        (("06.receptive_field", 70), r"without brackets behind receptive_field"),
        (("06.receptive_field", None), r"None here"),
        ((len, "06.receptive_field"), r"takes the name first"),
        (("06.receptive_fields", len), r"There is `receptive_field`"),
        (("06", len), r"is no exercise and function"),
        (("", len), r"is no exercise and function"),
    ],
)  # fmt: skip
def test_check_says_what_it_wants(arguments, sentence):
    with pytest.raises(CourseError, match=sentence):
        check(*arguments)
