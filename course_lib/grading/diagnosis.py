"""From what was seen to what is said: score, the mistake by name, or the most telling difference in words."""

from collections.abc import Iterable

import torch

from course_lib.grading.checks import Case, Check
from course_lib.grading.compare import alike, apart, compared, facts, in_words, same
from course_lib.grading.forms import forms
from course_lib.grading.observe import Observation
from course_lib.grading.reference import VISIBLE_SEED, Found, Mistake, Reference
from course_lib.grading.results import FAILED, PARTIAL, PASSED, CaseResult, CheckResult
from course_lib.grading.stops import Form


def diagnose(check: Check, found: Found, reference: Reference, seeds: tuple[int, ...]) -> CheckResult:
    """Grade one function by all its cases.

    Args:
        found: (case, seed) → observation of the answer, for every case and every seed of ``seeds``.
    """
    expected = reference.expected(check, seeds)
    right = {key: same(found[key], expected[key]) for key in expected}
    cases = [
        CaseResult(
            case.name, seed == VISIBLE_SEED, right[case.name, seed], _difference(case, seed, found, expected, right)
        )
        for seed in seeds
        for case in check.cases
    ]
    held = {case.name: all(right[case.name, seed] for seed in seeds) for case in check.cases}
    main = all(held[case.name] for case in check.cases if not case.points)
    score = check.points + sum(case.points for case in check.cases if held[case.name]) if main else 0
    result = CheckResult(check.function, check.title, PASSED, score, check.max_score, cases=cases)
    if score == check.max_score:
        result.headline = f"Right: your {check.title} gives what it should in every case."
        return result
    result.status = PARTIAL if score else FAILED
    result.hints = check.hints
    if all(seen.error.startswith("NotImplementedError") for seen in found.values()):
        result.headline = f"Not written yet. {check.start}"
        return result
    named = matches(check, found, expected, reference.mistakes(check, seeds))
    by_form = [] if named else forms(check, found, expected, seeds)
    result.misconceptions = [Form(m.name, m.sentence, m.catalogue).as_dict() for m in (named or by_form)]
    # The first case that shows it, those that the learner may see before the hidden ones.
    case, seed = next((case, seed) for seed in seeds for case in check.cases if not right[case.name, seed])
    fact = _fact(case, seed, found, expected, pattern=not named)
    if named:
        result.headline = f"Your {check.title} {_of_mistakes(named, found, expected, fact)}"
    else:
        result.headline = _of_forms(check, by_form, found[case.name, seed].error, fact, hidden=seed != VISIBLE_SEED)
    return result


def matches(check: Check, found: Found, expected: Found, mistakes: list[Mistake]) -> list[Mistake]:
    """The mistakes that answer for what was found: by the same numbers in every case, or by facts that leave no doubt.

    Where several give the same numbers, those whose evidence was seen go before those that have none to show.
    """
    possible = [m for m in mistakes if shown(m, found)]
    fitting = [m for m in possible if _alike(m, found, found)]
    if fitting:
        return _once_each([m for m in fitting if m.evidence] or fitting)
    decisive = [m for m in possible if m.decisive]
    if decisive:
        return _once_each(decisive)
    # Part of the cases decides where the others have a fault of their own: those of the extra points, and those without numbers.
    main = [key for key in found if not next(case for case in check.cases if case.name == key[0]).points]
    with_numbers = [key for key in found if _has_numbers(found[key])]
    for keys in (main, with_numbers, [key for key in main if key in with_numbers]):
        if all(same(found[key], expected[key]) for key in keys):
            continue
        fitting = [m for m in possible if _alike(m, found, keys)]
        if len({m.name for m in fitting}) == 1:
            return _once_each(fitting)
    return []


def _alike(mistake: Mistake, found: Found, keys: Iterable[tuple[str, int]]) -> bool:
    return all(alike(found[key], mistake.found[key]) for key in keys)


def _has_numbers(seen: Observation) -> bool:
    return not seen.error and all(bool(torch.isfinite(value.double()).all()) for value in compared(seen).values())


def _once_each(mistakes: list[Mistake]) -> list[Mistake]:
    """One of each name: a mistake may have several variants, as with numbers of different size in the same place."""
    return list({m.name: m for m in reversed(mistakes)}.values())[::-1]


def shown(mistake: Mistake, found: Found) -> bool:
    """Whether the facts that a mistake leaves were noted, and never otherwise."""
    seen = [facts(observation) for observation in found.values()]
    return all({one[fact] for one in seen if fact in one} == {float(value)} for fact, value in mistake.evidence.items())


def proved(mistake: Mistake, found: Found, expected: Found) -> bool:
    """Whether it can only have been this mistake: facts speak for it, or numbers that nothing else gives.

    That nothing moves, that no gradient arrives, or that an answer is infinite has many causes.
    """
    return bool(mistake.evidence) or any(_telling(found[key], expected[key]) for key in found)


def _telling(found: Observation, expected: Observation) -> bool:
    if found.error:
        return True
    values, right = compared(found), compared(expected)
    if any(name not in right for name in values):
        return True
    wrong = [name for name, value in values.items() if apart(value, right[name]) > 1]
    # A right value without its gradient has been cut off somewhere, which is all that such a mistake says.
    slopes = [name for name in values if name.startswith("slope for ")]
    if wrong and set(wrong) <= set(slopes) < set(values):
        return True
    return any(bool(values[name].any()) and bool(torch.isfinite(values[name].double()).all()) for name in wrong)


def _difference(case: Case, seed: int, found: Found, expected: Found, right: dict[tuple[str, int], bool]) -> str:
    key = case.name, seed
    return "" if right[key] else in_words(found[key], expected[key], show=seed == VISIBLE_SEED)


def _fact(case: Case, seed: int, found: Found, expected: Found, pattern: bool) -> str:
    """What shows it. Numbers are told of inputs that the learner can see; an error does not depend on them."""
    seen, hidden = found[case.name, seed], seed != VISIBLE_SEED
    clause = in_words(seen, expected[case.name, seed], show=not hidden, pattern=pattern)
    return clause if seen.error else f"{case.says if not hidden else 'on numbers you cannot see'} {clause}"


def _of_mistakes(named: list[Mistake], found: Found, expected: Found, fact: str) -> str:
    """What a function does, after "Your <title>"."""
    listed = " ".join(f"({i}) It {m.sentence}." for i, m in enumerate(named, start=1))
    if len(named) > 1:
        if all(m.decisive for m in named):
            return f"has {len(named)} faults: {fact.rstrip('.')}. {listed}"
        return f"has the same effect as each of {len(named)} different mistakes: {fact.rstrip('.')}. {listed}"
    said = _joined(named[0].sentence, fact)
    if not proved(named[0], found, expected):
        return f"has the same effect as one that {said}."
    if named[0].decisive:
        return f"{said}."
    # A complaint is a sentence of its own.
    return f"{said}{'. That' if fact.endswith(('.', '?')) else ', which'} is exactly what that mistake gives."


def _joined(sentence: str, fact: str) -> str:
    """What it does and what shows it, without a full stop at the end; a sentence that has a colon already is not given another."""
    if ":" in sentence or ";" in sentence:
        return f"{sentence}. {fact[0].upper()}{fact[1:].rstrip('.')}"
    return f"{sentence}: {fact.rstrip('.')}"


def _of_forms(check: Check, by_form: list[Form], error: str, fact: str, hidden: bool) -> str:
    subject = f"Your {check.title}"
    if hidden and not error:
        return f"{subject} is right on the numbers you can see and wrong on others like them. Is a number or a size written into the code?"
    if not by_form or error:  # an error speaks for itself
        return f"{subject} is not right yet: {fact}{'' if fact.endswith(('.', '?')) else '.'}"
    return f"{subject} {_joined(by_form[0].sentence, fact)}."
