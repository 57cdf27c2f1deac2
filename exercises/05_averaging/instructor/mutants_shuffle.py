"""Exercise 05, wrong: pixel shuffle, and blending of two tiles."""

import torch
from torch.nn import functional as F

from course_lib.grading.checks import MutantList

MUTANTS = MutantList()
_add = MUTANTS.add

# ------------------------------------------------------------------------------------------------------ pixel_shuffle

_f = "pixel_shuffle"
FIRST_C, LAST_C = "(C, r, r)", "(r, r, C)"


def shuffled(split=FIRST_C, order=(0, 1, 4, 2, 5, 3), transposed=False):
    """Channels split as written, axes put in order, and all of it read as (B, C, H·r, W·r)."""

    def answer(features, r):
        b, channels, h, w = features.shape
        c = channels // r**2
        axes = {FIRST_C: (c, r, r), LAST_C: (r, r, c), "(r, C, r)": (r, c, r)}[split]
        blocks = features.reshape(b, *axes, h, w).permute(order)
        return blocks.reshape(b, c, w * r, h * r) if transposed else blocks.reshape(b, c, h * r, w * r)

    return answer


_add(
    _f,
    "the other framework's order",
    "splits the channels into (r, r, C), which is TensorFlow's order; here the channel of the output comes first. With one channel out, nobody sees it",
    catalogue=103,
)(shuffled(LAST_C, (0, 3, 4, 1, 5, 2)))
_add(
    _f,
    "rows and columns exchanged",
    "exchanges i and j: number i·r + j of a channel belongs in row i and column j of its block",
    catalogue=104,
)(shuffled(order=(0, 1, 4, 3, 5, 2)))
_add(
    _f,
    "other order, and exchanged",
    "splits the channels into (r, r, C) and exchanges rows and columns of each block",
    catalogue=104,
)(shuffled(LAST_C, (0, 3, 4, 2, 5, 1)))
_add(
    _f,
    "reshaped only",
    "is a reshape alone: the shape is right, and the numbers of one place are not beside each other",
    catalogue=105,
)(shuffled(order=(0, 1, 2, 3, 4, 5)))
_add(
    _f,
    "small pictures side by side",
    "puts r × r small pictures side by side; they have to be interleaved",
    catalogue=105,
)(shuffled(order=(0, 1, 2, 4, 3, 5)))
_add(_f, "rows not interleaved", "interleaves the columns and puts the rows one block below the other", catalogue=105)(
    shuffled(order=(0, 1, 2, 4, 5, 3))
)
_add(_f, "columns not interleaved", "interleaves the rows and puts the columns side by side", catalogue=105)(
    shuffled(order=(0, 1, 4, 2, 3, 5))
)
_add(_f, "split between", "splits the channels into (r, C, r); all r² numbers of a channel lie together")(
    shuffled("(r, C, r)", (0, 2, 4, 1, 5, 3))
)
_add(_f, "height and width exchanged", "comes with height and width exchanged")(
    shuffled(order=(0, 1, 5, 3, 4, 2), transposed=True)
)
_add(_f, "height and width exchanged", "comes with height and width exchanged, places and blocks alike")(
    shuffled(order=(0, 1, 5, 2, 4, 3), transposed=True)
)
_add(_f, "the way back", "goes the other way, from pixels to channels", catalogue=103)(
    lambda x, r: F.pixel_unshuffle(x, r)
)
_add(_f, "enlarged", "repeats each number r × r times and leaves the channels; r² channels become one here")(
    lambda x, r: F.interpolate(x, scale_factor=r, mode="nearest")
)
_add(_f, "averaged and repeated", "averages the r² channels and repeats them: each of them is a pixel of its own")(
    lambda x, r: F.interpolate(x.reshape(len(x), -1, r * r, *x.shape[2:]).mean(dim=2), scale_factor=r, mode="nearest")
)
_add(_f, "one of the channels repeated", "repeats one of each r² channels; each of them is a pixel of its own")(
    lambda x, r: F.interpolate(x[:, :: r * r], scale_factor=r, mode="nearest")
)
_add(_f, "one of the channels repeated", "repeats the first C channels; each of the r² is a pixel of its own")(
    lambda x, r: F.interpolate(x[:, : x.shape[1] // r**2], scale_factor=r, mode="nearest")
)
_add(_f, "enlarged smoothly", "enlarges a mean of the channels smoothly; here nothing is computed, pixels are moved")(
    lambda x, r: F.interpolate(
        x.reshape(len(x), -1, r * r, *x.shape[2:]).mean(dim=2), scale_factor=r, mode="bilinear", align_corners=False
    )
)
_add(_f, "blocks upside down", "turns each block upside down: i = 0 is its first row")(
    lambda x, r: F.pixel_shuffle(x.reshape(len(x), -1, r, r, *x.shape[2:]).flip(2).reshape(x.shape), r)
)
_add(_f, "blocks mirrored", "mirrors each block: j = 0 is its first column")(
    lambda x, r: F.pixel_shuffle(x.reshape(len(x), -1, r, r, *x.shape[2:]).flip(3).reshape(x.shape), r)
)
_add(_f, "channels last", "comes with the channels last, (B, H·r, W·r, C)")(
    lambda x, r: F.pixel_shuffle(x, r).permute(0, 2, 3, 1)
)

# -------------------------------------------------------------------------------------------------------- blend_tiles

_f = "blend_tiles"


def places(n):
    return torch.arange(n, dtype=torch.float64)


def blended(weights, keep=None):
    """Joined with weights of right (and of left, if they are not the rest) as functions of the overlap."""

    def answer(left, right, overlap):
        alone = left.shape[-1] - overlap
        w = weights(overlap)
        of_left = keep(overlap) if keep else 1 - w
        both = of_left * left[..., alone:] + w * right[..., :overlap]
        return torch.cat([left[..., :alone], both, right[..., overlap:]], dim=-1)

    return answer


def ramp(n):
    return (places(n) + 0.5) / max(n, 1)


_add(_f, "left wins", "takes the left tile wherever it is there: the seam is where it ends")(
    lambda a, b, n: torch.cat([a, b[..., n:]], dim=-1)
)
_add(_f, "right wins", "takes the right tile wherever it is there: the seam is where it begins")(
    lambda a, b, n: torch.cat([a[..., : a.shape[-1] - n], b], dim=-1)
)
_add(_f, "cut in the middle", "changes from one tile to the other in the middle of the overlap: there is the seam")(
    blended(lambda n: (ramp(n) > 0.5).double())
)
_add(_f, "cut in the middle", "changes from one tile to the other in the middle of the overlap: there is the seam")(
    blended(lambda n: (ramp(n) >= 0.5).double())
)
_add(_f, "half and half", "averages both tiles in the whole overlap: there are two seams, where it begins and ends")(
    blended(lambda n: torch.full((n,), 0.5, dtype=torch.float64))
)
_add(_f, "added", "adds both tiles where they overlap: twice as bright. The weights must have the sum 1")(
    blended(lambda n: torch.ones(n, dtype=torch.float64), lambda n: 1)
)
_add(_f, "ramp the wrong way round", "has the weights exchanged: the left tile must count more near its own side")(
    blended(lambda n: 1 - ramp(n))
)
_add(
    _f, "weights from 0 to 1", "begins at 0 and ends at 1 (`linspace(0, 1, overlap)`); the task has (k + ½) / overlap"
)(blended(lambda n: torch.linspace(0, 1, n, dtype=torch.float64)))
_add(_f, "half a step early", "has the weights k / overlap: they are not the same seen from the right")(
    blended(lambda n: places(n) / max(n, 1))
)
_add(_f, "half a step late", "has the weights (k + 1) / overlap: they are not the same seen from the left")(
    blended(lambda n: (places(n) + 1) / max(n, 1))
)
_add(_f, "inner steps", "has the weights (k + 1) / (overlap + 1), another ramp than the task's")(
    blended(lambda n: (places(n) + 1) / (n + 1))
)
_add(_f, "a smooth ramp", "uses a cosine for a ramp; the task's is straight")(
    blended(lambda n: (1 - torch.cos(torch.pi * ramp(n))) / 2)
)
_add(_f, "a smooth ramp", "uses 3w² − 2w³ for a ramp; the task's is straight")(
    blended(lambda n: ramp(n) ** 2 * (3 - 2 * ramp(n)))
)
_add(
    _f,
    "weights that do not add up",
    "takes roots of the weights, as in sound: their sum is more than 1, and so is white",
)(blended(lambda n: ramp(n).sqrt(), lambda n: (1 - ramp(n)).sqrt()))
_add(_f, "left in full", "adds the weighted right tile to the whole left one; the left one has the weight 1 − w")(
    blended(ramp, lambda n: 1)
)


@_add(_f, "the overlap twice", "keeps the overlap twice: the picture becomes too wide")
def _(a, b, n):
    return torch.cat([a, b], dim=-1)


@_add(_f, "the overlap left out", "leaves the overlap out: the picture becomes too narrow")
def _(a, b, n):
    return torch.cat([a[..., : a.shape[-1] - n], b[..., n:]], dim=-1)


@_add(_f, "the mixture alone", "gives the overlap alone; what only one tile shows belongs to the picture as well")
def _(a, b, n):
    return (1 - ramp(n)) * a[..., a.shape[-1] - n :] + ramp(n) * b[..., :n]


@_add(_f, "the wrong ends", "mixes the first columns of the left tile with the last of the right one")
def _(a, b, n):
    both = (1 - ramp(n)) * a[..., :n] + ramp(n) * b[..., b.shape[-1] - n :]
    return torch.cat([a[..., : a.shape[-1] - n], both, b[..., n:]], dim=-1)


@_add(_f, "another part of the right tile", "mixes the same columns of both; the right tile's overlap is its first")
def _(a, b, n):
    both = (1 - ramp(n)) * a[..., a.shape[-1] - n :] + ramp(n) * b[..., b.shape[-1] - n :]
    return torch.cat([a[..., : a.shape[-1] - n], both, b[..., n:]], dim=-1)


@_add(_f, "a ramp along the height", "lets the weights grow from top to bottom; the tiles lie side by side")
def _(a, b, n):
    w = ((places(a.shape[-2]) + 0.5) / a.shape[-2])[:, None]
    both = (1 - w) * a[..., a.shape[-1] - n :] + w * b[..., :n]
    return torch.cat([a[..., : a.shape[-1] - n], both, b[..., n:]], dim=-1)


@_add(_f, "joined the wrong way round", "puts the right tile to the left of the left one")
def _(a, b, n):
    both = (1 - ramp(n)) * b[..., b.shape[-1] - n :] + ramp(n) * a[..., :n]
    return torch.cat([b[..., : b.shape[-1] - n], both, a[..., n:]], dim=-1)


@_add(_f, "minus nothing", "cuts by `-overlap`: where the overlap is 0, that leaves nothing")
def _(a, b, n):
    if n:
        return blended(ramp)(a, b, n)
    return torch.cat([a[..., :0], b], dim=-1)


@_add(
    _f, "minus nothing", "cuts by `-overlap`: where the overlap is 0, `-0` is the beginning, and the sizes do not fit"
)
def _(a, b, n):
    w = ramp(n)
    return torch.cat([a[..., :-n], (1 - w) * a[..., -n:] + w * b[..., :n], b[..., n:]], dim=-1)
