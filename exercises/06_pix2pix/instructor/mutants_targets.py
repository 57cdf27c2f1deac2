"""Exercise 06, wrong: the targets."""

import torch

from course_lib.grading.checks import MutantList

MUTANTS = MutantList()
_add = MUTANTS.add

# ---------------------------------------------------------------------------------------------- discriminator_targets

_f = "discriminator_targets"
_add(
    _f,
    "real and fake swapped",
    "has the real and fake targets swapped: here 1 means real and 0 means fake",
    catalogue=1,
)(lambda r, f: (torch.zeros_like(r), torch.ones_like(f)))
_add(
    _f, "returned in the other order", "comes in the other order: first the target of the reals, then that of the fakes"
)(lambda r, f: (torch.zeros_like(f), torch.ones_like(r)))
_add(_f, "fakes called real", "calls the fakes real as well, so D has nothing to tell apart", catalogue=2)(
    lambda r, f: (torch.ones_like(r), torch.ones_like(f))
)
_add(
    _f,
    "fake target sized like the reals",
    "makes the target of the fakes in the shape of the reals; the two batches need not be equal",
    catalogue=17,
)(lambda r, f: (torch.ones_like(r), torch.zeros_like(r)))
_add(_f, "smoothed", "is smoothed to 0.9, which nobody asked for here", catalogue=18)(
    lambda r, f: (torch.full_like(r, 0.9), torch.zeros_like(f))
)
_add(
    _f, "smoothed on both sides", "is smoothed on both sides, to 0.9 and 0.1, which nobody asked for here", catalogue=18
)(lambda r, f: (torch.full_like(r, 0.9), torch.full_like(f, 0.1)))
_add(_f, "targets ±1", "uses +1 and −1; in this course fakes have the target 0", catalogue=23)(
    lambda r, f: (torch.ones_like(r), -torch.ones_like(f))
)
_add(
    _f,
    "one target a picture",
    "has one number a picture, shape (B, 1): against a map of verdicts it is broadcast without a word",
    catalogue=32,
)(lambda r, f: (r.new_ones(len(r), 1), f.new_zeros(len(f), 1)))
_add(_f, "one target for all", "is one number for the whole batch; give every verdict its own target", catalogue=32)(
    lambda r, f: (r.new_ones(()), f.new_zeros(()))
)
_add(_f, "another dtype", "does not take over dtype and device: on a GPU, or in double precision, it would not fit")(
    lambda r, f: (torch.ones(r.shape, dtype=torch.float32), torch.zeros(f.shape, dtype=torch.float32))
)
_add(
    _f, "another dtype", "comes in whole numbers; the loss compares it with scores, so keep their dtype (`ones_like`)"
)(lambda r, f: (torch.ones(r.shape, dtype=torch.long), torch.zeros(f.shape, dtype=torch.long)))
_add(
    _f, "another dtype", "comes as True and False; the loss compares it with scores, so keep their dtype (`ones_like`)"
)(lambda r, f: (torch.ones(r.shape, dtype=torch.bool), torch.zeros(f.shape, dtype=torch.bool)))
_add(
    _f,
    "one target for all",
    "is one plain number for all; give every verdict its own target, as a tensor",
    catalogue=32,
)(lambda r, f: (1.0, 0.0))
_add(
    _f,
    "one target a picture",
    "has one number a picture: against a map of verdicts it is broadcast without a word",
    catalogue=32,
)(lambda r, f: (r.new_ones(len(r)), f.new_zeros(len(f))))
_add(
    _f,
    "one target a picture",
    "has one number a picture: against a map of verdicts it is broadcast without a word",
    catalogue=32,
)(lambda r, f: (r.new_ones(len(r), 1, 1, 1), f.new_zeros(len(f), 1, 1, 1)))
_add(
    _f,
    "real target sized like the fakes",
    "makes the target of the reals in the shape of the fakes; the two batches need not be equal",
    catalogue=17,
)(lambda r, f: (torch.ones_like(f), torch.zeros_like(f)))
_add(_f, "reals called fake", "calls the reals fake as well, so D has nothing to tell apart", catalogue=2)(
    lambda r, f: (torch.zeros_like(r), torch.zeros_like(f))
)
for _t in (0.7, 0.8, 0.95):
    _add(_f, "smoothed", f"is smoothed to {_t:g}, which nobody asked for here", catalogue=18)(
        lambda r, f, t=_t: (torch.full_like(r, t), torch.zeros_like(f))
    )
_add(_f, "fake target smoothed", "smooths the fake target to 0.1, which nobody asked for here", catalogue=18)(
    lambda r, f: (torch.ones_like(r), torch.full_like(f, 0.1))
)
_add(
    _f,
    "smoothed at random",
    "draws its targets at random (a noisy smoothing), which nobody asked for here",
    catalogue=18,
    evidence={"random numbers drawn": 1},
    decisive=True,
)(lambda r, f: (0.8 + 0.4 * torch.rand_like(r), 0.2 * torch.rand_like(f)))
_add(_f, "the scores themselves", "is made of the scores themselves; a target is what they should be, 1 or 0")(
    lambda r, f: (r.clone(), f.clone())
)
_add(
    _f, "the scores themselves", "is the verdict that D gives (score > 0, or σ); a target is what it should be, 1 or 0"
)(lambda r, f: (r.sigmoid().round(), f.sigmoid().round()))
_add(_f, "the scores themselves", "is the probability that D gives; a target is what it should be, 1 or 0")(
    lambda r, f: (r.sigmoid(), f.sigmoid())
)
_add(
    _f,
    "targets ±1",
    "uses +1 and −1 the other way round; in this course reals have the target 1, fakes 0",
    catalogue=23,
)(lambda r, f: (-torch.ones_like(r), torch.ones_like(f)))
