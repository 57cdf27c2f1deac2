"""From what was seen to what is said: score, the mistake by name, or the most telling difference in words."""

from course_lib.grading.checks import Case, Check
from course_lib.grading.compare import in_words, same
from course_lib.grading.reference import VISIBLE_SEED, Found, Mistake, Reference
from course_lib.grading.results import FAILED, PARTIAL, PASSED, CaseResult, CheckResult


def diagnose(check: Check, found: Found, reference: Reference, seeds: tuple[int, ...]) -> CheckResult:
    """Judge one function by all its cases.

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
    named = matches(found, reference.mistakes(check, seeds))
    result.misconceptions = [{"name": m.name, "sentence": m.sentence, "catalogue": m.catalogue} for m in named]
    result.headline = _headline(check, found, expected, right, named, seeds)
    return result


def matches(found: Found, mistakes: list[Mistake]) -> list[Mistake]:
    """The mistakes that give what was found, in every case."""
    return [m for m in mistakes if all(same(found[key], m.found[key]) for key in found)]


def _difference(case: Case, seed: int, found: Found, expected: Found, right: dict[tuple[str, int], bool]) -> str:
    key = case.name, seed
    return "" if right[key] else in_words(found[key], expected[key], show=seed == VISIBLE_SEED)


def _headline(
    check: Check,
    found: Found,
    expected: Found,
    right: dict[tuple[str, int], bool],
    named: list[Mistake],
    seeds: tuple[int, ...],
) -> str:
    # The first case that shows it, those that the learner may see before the hidden ones.
    case, seed = next((case, seed) for seed in seeds for case in check.cases if not right[case.name, seed])
    seen, hidden = found[case.name, seed], seed != VISIBLE_SEED
    clause = in_words(seen, expected[case.name, seed], show=not hidden, pattern=not named)
    # Numbers are told of inputs that the learner can see; an error does not depend on them.
    fact = clause if seen.error else f"{case.says if not hidden else 'on numbers you cannot see'} {clause}"
    subject = f"Your {check.title}"
    if not named and hidden and not seen.error:
        return f"{subject} is right on the numbers you can see and wrong on others like them. Is a number or a size written into the code?"
    if not named:
        return f"{subject} is not right yet: {fact.rstrip('.')}."
    if len(named) == 1:
        sentence = named[0].sentence
        joint = ". " if ":" in sentence or ";" in sentence else ": "
        fact = fact[0].upper() + fact[1:] if joint == ". " else fact
        # A complaint is a sentence of its own.
        end = " That is" if fact.endswith((".", "?")) else ", which is"
        return f"{subject} {sentence}{joint}{fact}{end} exactly what that mistake gives."
    listed = " ".join(f"({i}) It {m.sentence}." for i, m in enumerate(named, start=1))
    return f"{subject} gives exactly what {len(named)} different mistakes give: {fact}. {listed}"
