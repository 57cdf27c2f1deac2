"""Exercise 07, wrong: the schedule."""

import math

from course_lib.grading.checks import MutantList

MUTANTS = MutantList()
_add = MUTANTS.add

# ------------------------------------------------------------------------------------------------------- linear_decay

_f = "linear_decay"
_add(_f, "never decays", "never falls: G and D keep jumping about at the end", catalogue=70)(lambda e, flat, decay: 1.0)
_add(
    _f,
    "last epoch at 0",
    "is 0 in the last epoch, as in the official code's older rule: that epoch is trained for nothing. Divide by decay + 1",
    catalogue=71,
)(lambda e, flat, decay: max(0.0, 1 - max(0, e + 1 - flat) / decay))
_add(
    _f,
    "one epoch late",
    "begins to fall one epoch late: epoch `flat` (counted from 0) is the first one below 1",
    catalogue=71,
)(lambda e, flat, decay: max(0.0, 1 - max(0, e - flat) / (decay + 1)))
_add(
    _f,
    "one epoch late, by decay",
    "is still 1 in epoch `flat` and falls by 1/decay from there: both ends are off by one",
    catalogue=71,
)(lambda e, flat, decay: max(0.0, 1 - max(0, e - flat) / decay))
_add(
    _f,
    "one epoch early",
    "begins to fall one epoch early, as the official code does today, which steps its schedule before the epoch: the last one runs at 0",
    catalogue=71,
)(lambda e, flat, decay: max(0.0, 1 - max(0, e + 2 - flat) / (decay + 1)))
_add(
    _f, "100 epochs whatever is asked", "counts with 100 flat and 100 falling epochs, whatever `flat` and `decay` say"
)(lambda e, flat, decay: max(0.0, 1 - max(0, e + 1 - 100) / 101))
_add(_f, "falls by a factor", "falls by the same factor each epoch; it should go down in a line, to nearly 0")(
    lambda e, flat, decay: 1.0 if e < flat else 0.99 ** (e - flat)
)
_add(_f, "negative past the end", "is negative past the end: the optimiser would climb. Stop at 0", catalogue=72)(
    lambda e, flat, decay: 1 - max(0, e + 1 - flat) / (decay + 1)
)
_add(_f, "above 1 at the start", "is above 1 at the start: the line is followed in the flat part too")(
    lambda e, flat, decay: max(0.0, 1 - (e + 1 - flat) / (decay + 1))
)
_add(_f, "falls from the start", "falls from the first epoch on; the first `flat` epochs run at 1")(
    lambda e, flat, decay: max(0.0, 1 - (e + 1) / (flat + decay + 1))
)
_add(_f, "spread over all epochs", "divides by all the epochs; only the `decay` ones share the fall")(
    lambda e, flat, decay: max(0.0, 1 - max(0, e + 1 - flat) / (flat + decay + 1))
)
_add(_f, "drops to 0", "drops to 0 after the flat part; it should go down in a line")(
    lambda e, flat, decay: 1.0 if e < flat else 0.0
)
_add(_f, "whole-number division", "divides in whole numbers (//), so it stays 1 and then drops")(
    lambda e, flat, decay: max(0, 1 - max(0, e + 1 - flat) // (decay + 1))
)
_add(_f, "cosine", "follows half a cosine; CycleGAN goes down in a line")(
    lambda e, flat, decay: (1 + math.cos(math.pi * min(1.0, max(0, e + 1 - flat) / (decay + 1)))) / 2
)
_add(_f, "halved again and again", "falls by a constant factor each epoch; CycleGAN goes down in equal steps")(
    lambda e, flat, decay: (1 - 1 / (decay + 1)) ** max(0, e + 1 - flat)
)
for _k in (0.5, 0.9, 0.95, 0.99):
    _add(_f, "halved again and again", "falls by a constant factor each epoch; CycleGAN goes down in equal steps")(
        lambda e, flat, decay, k=_k: k ** max(0, e + 1 - flat)
    )
_add(
    _f,
    "one epoch early",
    "begins to fall one epoch early, and is negative past the end: the optimiser would climb",
    catalogue=71,
)(lambda e, flat, decay: 1 - max(0, e + 2 - flat) / (decay + 1))
_add(_f, "rate instead of factor", "is the learning rate itself, with Adam's 2e-4 inside; return the factor on it")(
    lambda e, flat, decay: 2e-4 * max(0.0, 1 - max(0, e + 1 - flat) / (decay + 1))
)
_add(_f, "flat and decay exchanged", "has `flat` and `decay` exchanged")(
    lambda e, flat, decay: max(0.0, 1 - max(0, e + 1 - decay) / (flat + 1))
)
_add(_f, "rises", "grows where it should fall: subtract it from 1")(
    lambda e, flat, decay: min(1.0, max(0, e + 1 - flat) / (decay + 1))
)
_add(
    _f,
    "one epoch longer at 1",
    "is still 1 in epoch `flat`, and then where it should be: epochs are counted from 0, the flat ones end at flat − 1",
    catalogue=71,
)(lambda e, flat, decay: 1.0 if e <= flat else max(0.0, 1 - (e + 1 - flat) / (decay + 1)))
_add(
    _f,
    "last epoch at 0",
    "is 0 in the last epoch and still 1 in epoch `flat`: that is one too few in between",
    catalogue=71,
)(lambda e, flat, decay: 1.0 if e <= flat else max(0.0, 1 - (e + 1 - flat) / decay))
_add(_f, "one epoch early", "begins to fall one epoch early and divides by decay", catalogue=71)(
    lambda e, flat, decay: max(0.0, 1 - max(0, e + 2 - flat) / decay)
)
_add(_f, "two steps too many", "divides by decay + 2; there are decay + 1 steps from 1 to 0", catalogue=71)(
    lambda e, flat, decay: max(0.0, 1 - max(0, e + 1 - flat) / (decay + 2))
)
_add(_f, "negative past the end", "is negative past the end, and 0 in the last epoch: stop at 0", catalogue=72)(
    lambda e, flat, decay: 1 - max(0, e + 1 - flat) / decay
)
_add(_f, "negative past the end", "is negative past the end, and begins an epoch late: stop at 0", catalogue=72)(
    lambda e, flat, decay: 1 - max(0, e - flat) / decay
)
_add(_f, "negative past the end", "is negative past the end, and begins an epoch late: stop at 0", catalogue=72)(
    lambda e, flat, decay: 1 - max(0, e - flat) / (decay + 1)
)
_add(
    _f,
    "above 1 at the start",
    "is above 1 at the start and negative past the end: the line is followed everywhere",
    catalogue=72,
)(lambda e, flat, decay: 1 - (e + 1 - flat) / (decay + 1))
_add(_f, "above 1 at the start", "is above 1 at the start: the line is followed in the flat part too")(
    lambda e, flat, decay: max(0.0, 1 - (e - flat) / decay)
)
_add(_f, "squared", "falls along a parabola; CycleGAN goes down in a line")(
    lambda e, flat, decay: max(0.0, 1 - max(0, e + 1 - flat) / (decay + 1)) ** 2
)
_add(_f, "halved again and again", "halves the factor every few epochs; CycleGAN goes down in equal steps")(
    lambda e, flat, decay: 0.5 ** max(0, e + 1 - flat)
)
_add(_f, "one step down", "drops to 0.1 after the flat part; CycleGAN goes down in equal steps")(
    lambda e, flat, decay: 1.0 if e < flat else 0.1
)
_add(_f, "never 0", "stops at a small number; past the end the factor is 0")(
    lambda e, flat, decay: max(0.01, 1 - max(0, e + 1 - flat) / (decay + 1))
)
_add(
    _f, "falls from the start", "falls from the first epoch on, over the `decay` epochs; the first `flat` ones run at 1"
)(lambda e, flat, decay: max(0.0, 1 - (e + 1) / (decay + 1)))
_add(_f, "falls from the start", "falls from the first epoch on, over all epochs; the first `flat` ones run at 1")(
    lambda e, flat, decay: max(0.0, 1 - e / (flat + decay))
)
_add(_f, "rises", "grows past the flat part: 1 + … where it should be 1 − …")(
    lambda e, flat, decay: 1 + max(0, e + 1 - flat) / (decay + 1)
)
_add(_f, "rate instead of factor", "is the number of epochs that are left, not their share")(
    lambda e, flat, decay: float(max(0, flat + decay - e))
)
_add(_f, "1 past the end", "is 1 again past the end; there it is 0")(
    lambda e, flat, decay: 1 - max(0, e + 1 - flat) / (decay + 1) if e < flat + decay else 1.0
)
_add(_f, "whole-number division", "divides in whole numbers (//) by decay, so it stays 1 and then drops")(
    lambda e, flat, decay: max(0, 1 - max(0, e + 1 - flat) // decay)
)
