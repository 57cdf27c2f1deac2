"""Exercise 06, wrong: the U-Net and its skips."""

import torch

from course_lib.grading.checks import MutantList

MUTANTS = MutantList()
_add = MUTANTS.add

# ------------------------------------------------------------------------------------------------------- unet_forward

_f = "unet_forward"


def _unet(skips_of, join=lambda skip, u: torch.cat([skip, u], dim=1), safe=True):
    """A U-Net whose ups after the first get ``skips_of([d1, …, dn], x)``, in that order."""

    def forward(x, downs, ups):
        kept, h = [], x
        for down in downs:
            h = down(h.clone() if safe else h)
            kept.append(h)
        u = ups[0](kept[-1])
        for up, skip in zip(ups[1:], skips_of(kept, x), strict=False):
            u = up(join(skip, u))
        return u

    return forward


def _deep_to_shallow(kept, x):
    return kept[-2::-1]


def _add_what_fits(skip, u):
    c = min(skip.shape[1], u.shape[1])
    return skip[:, :c] + u[:, :c]


_add(
    _f,
    "skips added",
    "adds the skips; pix2pix joins them along the channels, so that the next block gets both",
    catalogue=46,
)(_unet(_deep_to_shallow, _add_what_fits))
_add(_f, "no skips", "has no skips: all detail must pass the bottleneck", catalogue=47)(
    _unet(_deep_to_shallow, lambda skip, u: u)
)
_add(_f, "way up ignored", "passes only the skip to the next block, so the bottleneck is lost", catalogue=47)(
    _unet(_deep_to_shallow, lambda skip, u: skip)
)
_add(_f, "outermost skip missing", "leaves out the last skip, the one with the finest detail", catalogue=47)(
    lambda x, downs, ups: _outermost_missing(x, downs, ups)
)


def _outermost_missing(x, downs, ups):
    kept = []
    for down in downs:
        x = down(x.clone())
        kept.append(x)
    u = ups[0](kept[-1])
    for k, up in enumerate(ups[1:], start=2):
        u = up(torch.cat([kept[-k], u], dim=1) if k < len(ups) else u)
    return u


_add(
    _f,
    "skips in the wrong order",
    "hands the skips out from shallow to deep; the way up meets the deepest first",
    catalogue=48,
)(_unet(lambda kept, x: kept[:-1]))
_add(
    _f,
    "bottleneck joined to itself",
    "starts one level too deep: the bottleneck goes into the first block and is joined again at the second",
    catalogue=48,
)(_unet(lambda kept, x: kept[::-1]))
_add(
    _f,
    "skips one level too shallow",
    "takes each skip from before its level instead of after it, so the last one is the picture itself",
    catalogue=48,
)(_unet(lambda kept, x: [*kept[-3::-1], x]))
_add(_f, "upsampled part first", "joins in the other order; here the skip comes first, then what comes from below")(
    _unet(_deep_to_shallow, lambda skip, u: torch.cat([u, skip], dim=1))
)
_add(
    _f,
    "skips overwritten",
    "lets a block overwrite the tensor that is kept for the skip: hand the block a clone",
    catalogue=49,
)(_unet(_deep_to_shallow, safe=False))
_add(_f, "skips detached", "detaches the skips, so the way down learns nothing through them")(
    _unet(_deep_to_shallow, lambda skip, u: torch.cat([skip.detach(), u], dim=1))
)
_add(
    _f,
    "skips added",
    "adds the skips; pix2pix joins them along the channels (that is why their numbers of channels need not be equal)",
    catalogue=46,
)(_unet(_deep_to_shallow, lambda skip, u: skip + u))
_add(
    _f,
    "skips joined along the batch",
    "joins the skips along the batch; they become more channels of the same pictures, dimension 1",
    catalogue=46,
)(_unet(_deep_to_shallow, lambda skip, u: torch.cat([skip, u], dim=0)))
_add(
    _f,
    "skips joined along the batch",
    "joins the skips along the batch; they become more channels of the same pictures, dimension 1",
    catalogue=46,
)(_unet(_deep_to_shallow, lambda skip, u: torch.cat([u, skip], dim=0)))
for _dim in (2, 3):
    _add(
        _f,
        "skips joined along the height",
        "joins the skips along the height or the width; they become more channels, dimension 1",
        catalogue=46,
    )(_unet(_deep_to_shallow, lambda skip, u, dim=_dim: torch.cat([skip, u], dim=dim)))


def _from_the_bottleneck(x, downs, ups, first):
    """Every up gets a skip, the first one too: the bottleneck itself."""
    kept = []
    for down in downs:
        x = down(x.clone())
        kept.append(x)
    u = x
    for k, up in enumerate(ups):
        u = up(first(kept[-1 - k], u))
    return u


for _join in (lambda skip, u: torch.cat([skip, u], dim=1), lambda skip, u: torch.cat([u, skip], dim=1)):
    _add(
        _f,
        "bottleneck joined to itself",
        "gives the first up a skip as well, so that the bottleneck is joined with itself; the first up gets it alone",
        catalogue=48,
    )(lambda x, downs, ups, join=_join: _from_the_bottleneck(x, downs, ups, join))


def _deepest_missing(x, downs, ups):
    kept = []
    for down in downs:
        x = down(x.clone())
        kept.append(x)
    u = ups[0](kept[-1])
    for k, up in enumerate(ups[1:], start=2):
        u = up(torch.cat([kept[-k], u], dim=1) if k > 2 else u)
    return u


_add(_f, "deepest skip missing", "leaves out the skip to the second up, the deepest one", catalogue=47)(
    _deepest_missing
)
_add(
    _f,
    "upsampled part first",
    "joins in the other order, and hands the skips out from shallow to deep besides",
    catalogue=48,
)(_unet(lambda kept, x: kept[:-1], lambda skip, u: torch.cat([u, skip], dim=1)))
_add(
    _f,
    "the picture for every skip",
    "joins the picture itself at every level; each level has a skip of its own",
    catalogue=48,
)(_unet(lambda kept, x: [x] * (len(kept) - 1)))
_add(_f, "one skip for all", "joins the same skip at every level; each level has a skip of its own", catalogue=48)(
    _unet(lambda kept, x: [kept[0]] * (len(kept) - 1))
)
_add(_f, "one skip for all", "joins the same skip at every level; each level has a skip of its own", catalogue=48)(
    _unet(lambda kept, x: [kept[-1]] * (len(kept) - 1))
)
_add(_f, "one skip for all", "joins the same skip at every level; each level has a skip of its own", catalogue=48)(
    _unet(lambda kept, x: [kept[-2]] * (len(kept) - 1))
)
_add(
    _f,
    "ups backwards",
    "goes through the ups from the last to the first; they are listed in the order of the way up",
    catalogue=48,
)(lambda x, downs, ups: _unet(_deep_to_shallow)(x, downs, ups[::-1]))
_add(
    _f,
    "downs backwards",
    "goes through the downs from the last to the first; they are listed in the order of the way down",
    catalogue=48,
)(lambda x, downs, ups: _unet(_deep_to_shallow)(x, downs[::-1], ups))
_add(_f, "way down alone", "is the bottleneck: the way up is missing")(lambda x, downs, ups: _way_down(x, downs))


def _way_down(x, downs):
    for down in downs:
        x = down(x.clone())
    return x


_add(
    _f,
    "each down on the picture",
    "hands the picture to every down; each gets what the one before has made",
    catalogue=48,
)(lambda x, downs, ups: _each_on_the_picture(x, downs, ups))


def _each_on_the_picture(x, downs, ups):
    kept = [down(x.clone()) for down in downs]
    u = ups[0](kept[-1])
    for up, skip in zip(ups[1:], kept[-2::-1], strict=True):
        u = up(torch.cat([skip, u], dim=1))
    return u


_add(
    _f,
    "without a graph",
    "runs under no_grad or detaches its result: no block learns anything",
    evidence={"kind of the picture": 1},
)(lambda x, downs, ups: _unet(_deep_to_shallow)(x, downs, ups).detach())
_add(_f, "way up detached", "detaches what comes from below, so the bottleneck learns nothing", catalogue=47)(
    _unet(_deep_to_shallow, lambda skip, u: torch.cat([skip, u.detach()], dim=1))
)
for _end in (torch.tanh, torch.sigmoid, torch.relu):
    _add(
        _f,
        "an activation at the end",
        "puts an activation after the last up; that block has its own, and its result is the picture",
    )(lambda x, downs, ups, end=_end: end(_unet(_deep_to_shallow)(x, downs, ups)))
