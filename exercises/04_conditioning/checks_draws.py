"""Exercise 04: how draws of wrong labels are looked at."""

import torch
from torch import Tensor

from course_lib.grading.tools import Complaint, note, picture_like

EACH = 4000  # labels a class: chance moves a share by 0.008 (one deviation), a fifth of what it is rounded to


def many_labels(seed: int) -> dict[str, Tensor]:
    classes = 3 if seed % 2 else 4
    shuffled = torch.randperm(classes * EACH, generator=torch.Generator().manual_seed(seed + 40))
    return {
        "labels": torch.arange(classes).repeat(EACH)[shuffled],
        "classes": torch.tensor(classes),
        "seed": torch.tensor(seed + 41),
    }


def _twelfths(share: Tensor) -> Tensor:
    """Rounded so far that chance cannot be seen; ½, ⅓ and ¼ stay what they are."""
    return (12 * share.double()).round() / 12


def run_mismatched(answer, given):
    labels, classes = given["labels"], int(given["classes"])
    drawn = []
    for _ in range(2):
        generator = torch.Generator().manual_seed(int(given["seed"]))
        before = generator.get_state()
        drawn.append(picture_like(answer(labels, classes, generator), "the wrong labels").detach())
        note("the generator was asked", not torch.equal(before, generator.get_state()))
    wrong = drawn[0]
    # The generator stands behind the last draw now: what is drawn next is something else, unless it was seeded again.
    onward = picture_like(answer(labels, classes, generator), "the wrong labels").detach()
    if wrong.shape != labels.shape:
        raise Complaint(f"returns the shape {tuple(wrong.shape)}; one wrong label for each right one is wanted.")
    if wrong.is_floating_point():
        raise Complaint("returns floats; labels are whole numbers (dtype torch.long).")
    note("the labels themselves in another order", torch.equal(wrong.sort().values, labels.sort().values))
    note("one step for all", len(((wrong - labels) % classes).unique()) == 1)
    inside = (wrong >= 0) & (wrong < classes)
    pairs = torch.bincount(labels[inside] * classes + wrong[inside], minlength=classes**2).reshape(classes, classes)
    return {
        "share of labels that are no class at all": _twelfths((~inside).double().mean()),
        "smallest number of classes from a right label on to its wrong one": ((wrong - labels) % classes).min(),
        "table of shares (a row for each right label, a column for each drawn one)": _twelfths(pairs / EACH),
        "answer to “is the next draw of a generator the same as its last one?” (1: yes)": torch.equal(drawn[1], onward),
        "share of labels that are the same when drawn again from the same generator": _twelfths(
            (drawn[0] == drawn[1]).double().mean()
        ),
    }
