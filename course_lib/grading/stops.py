"""An answer that stops with an error, or comes in a wrong form, by name: what Python and torch said, in the learner's terms."""

import re
from dataclasses import dataclass
from typing import Any

from course_lib.grading.observe import CHANGED, NOT_TWICE, Observation


@dataclass(frozen=True)
class Form:
    """A mistake that is told by its form. ``sentence`` goes on after "Your <title> …" and ends without a full stop."""

    name: str
    sentence: str
    catalogue: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """As results and reports have it."""
        return {"name": self.name, "sentence": self.sentence, "catalogue": self.catalogue}


# (pattern of "Type: message", name, sentence); \1 stands for the pattern's first group.
STOPS = (
    (r"NameError: name '(\w+)'", "an undefined name", r"uses the name `\1`, which is defined nowhere"),
    (r"UnboundLocalError: \D*'(\w+)'", "an undefined name", r"uses `\1` before it has a value"),
    (r"(?:cannot access local|local) variable '(\w+)'", "an undefined name", r"uses `\1` before it has a value"),
    (r"ModuleNotFoundError: No module named '([\w.]+)'", "a module that is not there", r"imports `\1`, which is not installed"),
    (r"AttributeError: '?(.+?)'? object has no attribute '(\w+)'", "an attribute that is not there", r"asks a \1 for `.\2`, which it does not have"),
    (r"AttributeError: module '(.+?)' has no attribute '(\w+)'", "an attribute that is not there", r"asks `\1` for `.\2`, which it does not have"),
    (r"NVIDIA|CUDA|cuda|HIP|MPS", "on a GPU", "asks for a GPU; stay on the device of what you are given"),
    (r"(reshape|view|expand|repeat|permute|zeros|ones|randn?)\(\) (?:takes 1 positional argument|received an invalid combination)|(\w+)\(\): argument .* must be (?:tuple of ints|int), ", "a float for a whole number",
     "hands over a size that is not a whole number: `/` gives a float, `//` does not"),
    (r"TypeError: (.*(?:positional argument|unexpected keyword|required keyword).*)", "other arguments", r"calls a function with other arguments than it takes (\1)"),
    (r"'float' object cannot be interpreted as an integer|indices must be integers.* float|valid indices \(got float\)|type float|tuple of ints, ?but got float", "a float for a whole number",
     "has a float where a whole number is needed: `/` gives a float, `//` does not"),
    (r"TypeError: '(.+)' object is not (callable|subscriptable|iterable)", "another kind of thing", r"treats a \1 as if it were \2"),
    (r"TypeError: .*indices must be integers or slices, not (.+)", "another kind of thing", r"looks up a place by a \1, where a whole number is needed"),
    (r"TypeError: unsupported operand type\(s\) for (.+)", "another kind of thing", r"calculates with things that do not go together (\1)"),
    (r"ZeroDivisionError", "division by zero", "divides by zero"),
    (r"RecursionError", "a recursion without an end", "calls itself without an end"),
    (r"IndexError: (.+)|index .* (?:is )?out of (?:bounds|range)", "an index out of range", "looks up a place that is not there"),
    (r"KeyError: (.+)", "a key that is not there", r"looks up the key \1, which is not there"),
    (r"(?:too many|not enough) values to unpack", "another number of values", "takes something apart into another number of values than it has"),
    (r"does not require grad", "no graph to go back", "asks for a gradient of something that has no graph (after `detach`, `no_grad` or `.item()`)"),
    (r"not have been used in the graph", "no way back to it", "asks for the gradient of something on which the result does not depend"),
    (r"implicitly created only for scalar", "backward of several numbers", "goes backward from several numbers; make one of them first (`mean`, `sum`)"),
    (r"through the graph a second time", "backward twice", "goes backward through one graph twice"),
    (r"modified by an inplace operation|leaf Variable that requires grad|a leaf variable", "changed in place", "changes in place what the gradient still needs (`+=`, `-=`, a method that ends in `_`)"),
    (r"ambiguous", "a truth value of many numbers", "asks a tensor of several numbers whether it is true"),
    (r"cannot be converted to Scalar|only (?:one|0-dim\w*|length-1|single)", "one number of many", "makes one number of a tensor that has several"),
    (r"all elements of input should be between 0 and 1", "no sigmoid", "treats logits as probabilities; they are any real number"),
    (r"different to the input size|must be the same as input size", "a target of another size", "compares with a target that has another size"),
    (r"view size is not compatible", "a view of scattered numbers", "calls `view` on numbers that do not lie in a row, as after `permute` or a transpose; `reshape` copies them"),
    (r"dimension out of range|Dimension out of range", "a dimension that is not there", "asks for a dimension that the tensor does not have"),
    (r"Sizes of tensors must match|same number of dimensions|must match the size|not match the existing size|cannot be multiplied"
     r"|is invalid for input of size|size mismatch|not be broadcast|expected input.*channels|must have the same|doesn't match the broadcast|inconsistent tensor size|stack expects each tensor",
     "sizes that do not fit", "puts together tensors whose sizes do not fit"),
    (r"\dD tensors? expected|expects? (?:a )?\d-?D|must be \d-?D|number of dimensions", "another number of dimensions", "uses a function that wants another number of dimensions"),
    (r"expected scalar type|same dtype|Found dtype|can't be cast|not implemented for|only Tensors of floating point|must be floating|Expected .*dtype", "another dtype",
     "calculates with a dtype that does not fit here"),
    (r"SystemExit", "ends the program", "ends the whole program instead of returning (`exit`, `quit`)"),
    (r"AssertionError", "an assertion that does not hold", "has an `assert` that does not hold here"),
    (r"NotImplementedError", "not finished", "is not finished: some way through it ends at `NotImplementedError`"),
)  # fmt: skip

COMPLAINTS = (
    (r"returns None", "nothing returned"),
    (r"Is the mean missing", "not averaged"),
    (r"^returns ", "another kind of answer"),
    (r"^has no entry", "another key"),
    (r"^should ", "another kind of answer"),
)


PROBLEMS = (
    (r"cannot be read as Python", "no Python", "cannot be read as Python"),
    (r"course's library", "the course's library", "imports the course's library, which holds the answers"),
    (r"has no function|is a \w+, not a function", "no such function", "is not there under its name"),
    (r"did not finish|processor time|of work", "an endless loop", "does not come to an end"),
    (r"memory", "too much memory", "uses too much memory"),
    (r"processes|threads", "too many processes", "starts too many processes or threads"),
    (r"segmentation fault", "a crash", "crashes the Python interpreter"),
    (r"ended the whole program", "ends the program", "ends the whole program instead of returning (`exit`, `quit`)"),
    (r"printed", "too much output", "prints too much"),
)


def of_problem(said: str) -> Form:
    """The form of a submission that gave no answer at all, by the sentence on why."""
    for pattern, name, sentence in PROBLEMS:
        if re.search(pattern, said):
            return Form(name, sentence)
    return Form("stopped", "was stopped before it gave an answer")


def of_stop(seen: Observation) -> Form:
    """The form of an answer that gave an error: its name, and a sentence that says no more than the error did."""
    said = seen.message.rstrip(".")
    if seen.error == CHANGED:
        return Form("changes its input", said)
    if seen.error == NOT_TWICE:
        return Form("not the same twice", said)
    if seen.error.startswith("complaint: "):
        name = next((name for pattern, name in COMPLAINTS if re.search(pattern, said)), "used in another way")
        return Form(name, said)
    for pattern, name, sentence in STOPS:
        hit = re.search(pattern, seen.error)
        if hit:
            return Form(name, hit.expand(sentence))
    kind = seen.error.split(":")[0]
    return Form(f"stops with {kind}", said)
