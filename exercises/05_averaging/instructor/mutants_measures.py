"""Exercise 05, wrong: luma, PSNR and the number of a benchmark."""

import torch

from course_lib.grading.checks import MutantList

MUTANTS = MutantList()
_add = MUTANTS.add
BT601, FULL = (65.481, 128.553, 24.966), (0.299, 0.587, 0.114)


def weighted(weights, offset=0.0, scale=1.0):
    """A luma: weighted channels, plus an offset, over a scale."""

    def answer(p):
        red, green, blue = p[:, 0:1], p[:, 1:2], p[:, 2:3]
        return (weights[0] * red + weights[1] * green + weights[2] * blue + offset) / scale

    return answer


right_luma = weighted(BT601, 16, 255)
full_luma = weighted(FULL)

# --------------------------------------------------------------------------------------------------------------- luma

_f = "luma"
_add(
    _f,
    "full range",
    "is of full range, 0.299 R + 0.587 G + 0.114 B from 0 to 1; the benchmarks' goes from 16/255 to 235/255",
    catalogue=107,
)(full_luma)
_add(_f, "BGR", "takes the channels for B, G, R, as OpenCV reads files; here they are R, G, B", catalogue=109)(
    lambda p: right_luma(p.flip(1))
)
_add(_f, "full range", "is of full range, and takes the channels for B, G, R as well", catalogue=107)(
    lambda p: full_luma(p.flip(1))
)
_add(_f, "channels exchanged", "has two channels exchanged")(lambda p: right_luma(p[:, [1, 0, 2]]))
_add(_f, "channels exchanged", "has two channels exchanged")(lambda p: right_luma(p[:, [0, 2, 1]]))
_add(_f, "mean of the channels", "is the mean of the three channels; green counts twice as much as red", catalogue=106)(
    lambda p: p.mean(dim=1, keepdim=True)
)
_add(_f, "the colours themselves", "keeps the three channels; luma is one", catalogue=106)(lambda p: p.clone())
_add(_f, "one of the channels", "is one of the channels; all three count")(lambda p: p[:, 1:2].clone())
_add(_f, "in grey levels", "goes from 16 to 235; divide all of it by 255", catalogue=110)(weighted(BT601, 16))
_add(_f, "without the 16", "lacks the 16: black is 16/255")(weighted(BT601, 0, 255))
_add(_f, "the 16 not divided", "divides the channels by 255 and then adds 16; the 16 is a grey level as well")(
    lambda p: weighted(BT601, 0, 255)(p) + 16
)
_add(_f, "divided by 219", "is divided by 219, the range; the scale is 255")(weighted(BT601, 16, 219))
_add(_f, "divided by 256", "is divided by 256; white is level 255 of the 8 bits")(weighted(BT601, 16, 256))
_add(_f, "weights of HDTV", "has the weights of HDTV (BT.709); the benchmarks use BT.601")(
    weighted((0.2126, 0.7152, 0.0722))
)
_add(_f, "weights of HDTV", "has the weights of HDTV (BT.709), in 16 to 235; the benchmarks use BT.601")(
    weighted((219 * 0.2126, 219 * 0.7152, 219 * 0.0722), 16, 255)
)
_add(_f, "rounded", "is rounded to whole grey levels; keep the fractions")(
    lambda p: (255 * right_luma(p)).round() / 255
)
_add(_f, "taken for 0 to 255", "divides the pictures by 255 first; they are in [0, 1]", catalogue=110)(
    lambda p: right_luma(p / 255)
)
_add(
    _f,
    "taken for 0 to 255",
    "has the channels 255 times too large: the pictures multiplied by 255 first, or only the 16 divided by it",
    catalogue=110,
)(lambda p: right_luma(255 * p))
_add(_f, "taken for −1 to 1", "brings the pictures from [−1, 1] to [0, 1] first; they are there already")(
    lambda p: right_luma((p + 1) / 2)
)
_add(_f, "channel left out", "has no dimension for its channel, (B, H, W); keep it: (B, 1, H, W)")(
    lambda p: right_luma(p)[:, 0]
)
_add(_f, "repeated", "is repeated in three channels; it is one")(lambda p: right_luma(p).expand_as(p).clone())
_add(_f, "the lightness", "is the middle of the smallest and the largest channel; luma is a weighted sum")(
    lambda p: (p.amin(dim=1, keepdim=True) + p.amax(dim=1, keepdim=True)) / 2
)
_add(_f, "the lightness", "is the largest channel (the V of HSV); luma is a weighted sum")(
    lambda p: p.amax(dim=1, keepdim=True)
)

# ------------------------------------------------------------------------------------------------------------- psnr_y

_f = "psnr_y"


def cut(t, border):
    return t[..., border : t.shape[-2] - border, border : t.shape[-1] - border]


def decibels(mse):
    return -10 * mse.log10()


def each(square):
    return square.mean(dim=(1, 2, 3))


def psnr(y=right_luma, cut=cut, mean=each, of=decibels, error=torch.square):
    """PSNR with one of its parts exchanged."""
    return lambda a, b, border: of(mean(error(cut(y(a) - y(b), border))))


right_psnr = psnr()
_add(
    _f,
    "in RGB",
    "is taken over the three channels; on most photos that reads some tenths to 2 dB lower than in Y",
    catalogue=106,
)(psnr(lambda p: p))
_add(_f, "in RGB", "is the mean of the three channels' PSNR; convert to Y first", catalogue=106)(
    lambda a, b, border: decibels(cut(a - b, border).square().mean(dim=(2, 3))).mean(dim=1)
)
_add(
    _f,
    "full range",
    "uses a luma of full range: each error is 255/219 times as large, which costs 1.3219 dB, always",
    catalogue=107,
)(psnr(full_luma))
_add(_f, "mean of the channels", "uses the mean of the channels for luma", catalogue=106)(
    psnr(lambda p: p.mean(dim=1, keepdim=True))
)
_add(_f, "border not cut", "does not cut the border, where a network sees less and errs more", catalogue=108)(
    lambda a, b, border: right_psnr(a, b, 0)
)
_add(_f, "border cut twice", "cuts twice the border", catalogue=108)(
    psnr(cut=lambda t, border: cut(t, border + min(border, (min(t.shape[-2:]) - 1) // 2 - border)))
)
_add(_f, "border cut on two sides", "cuts at the top and on the left only: the border has four sides", catalogue=108)(
    psnr(cut=lambda t, n: t[..., n:, n:])
)
_add(
    _f, "border cut on two sides", "cuts at the bottom and on the right only: the border has four sides", catalogue=108
)(psnr(cut=lambda t, n: t[..., : t.shape[-2] - n, : t.shape[-1] - n]))
_add(_f, "border cut on two sides", "cuts rows only: the border has four sides", catalogue=108)(
    psnr(cut=lambda t, n: t[..., n : t.shape[-2] - n, :])
)
_add(_f, "border cut on two sides", "cuts columns only: the border has four sides", catalogue=108)(
    psnr(cut=lambda t, n: t[..., n : t.shape[-1] - n])
)
_add(_f, "half the border", "cuts half the border on each side; the whole of it goes on every side", catalogue=108)(
    psnr(cut=lambda t, n: cut(t, n // 2))
)
_add(_f, "border set to 0", "sets the border to 0 and keeps it in the mean; its pixels must not count", catalogue=108)(
    lambda a, b, n: decibels(
        cut(right_luma(a) - right_luma(b), n).square().sum(dim=(1, 2, 3)) / (a.shape[-2] * a.shape[-1])
    )
)
_add(_f, "BGR", "takes the channels for B, G, R", catalogue=109)(psnr(lambda p: right_luma(p.flip(1))))
_add(_f, "peak 255", "has a peak of 255; these pictures end at 1, which makes 48.13 dB of difference", catalogue=110)(
    psnr(of=lambda m: 10 * (255**2 / m).log10())
)
_add(_f, "peak 255 without its square", "has 255 in place of 255² (and of 1)", catalogue=110)(
    psnr(of=lambda m: 10 * (255 / m).log10())
)
_add(_f, "in grey levels", "takes the error in grey levels and the peak as 1", catalogue=110)(
    psnr(of=lambda m: 10 * (1 / (255**2 * m)).log10())
)
_add(_f, "another peak", "has the brightest pixel of the truth for a peak; the peak is 1")(
    lambda a, b, n: right_psnr(a, b, n) + 20 * cut(right_luma(b), n).amax(dim=(1, 2, 3)).log10()
)
_add(_f, "another peak", "has the range of the truth for a peak; the peak is 1")(
    lambda a, b, n: (
        right_psnr(a, b, n)
        + 20 * (cut(right_luma(b), n).amax(dim=(1, 2, 3)) - cut(right_luma(b), n).amin(dim=(1, 2, 3))).log10()
    )
)
_add(_f, "20 for 10", "takes 20 · log₁₀ of the mean square; 20 belongs to its root", catalogue=111)(
    psnr(of=lambda m: 20 * (1 / m).log10())
)
_add(_f, "10 for 20", "takes 10 · log₁₀ of the root; 20 belongs to the root, 10 to the mean square", catalogue=111)(
    psnr(of=lambda m: 10 * (1 / m.sqrt()).log10())
)
_add(_f, "natural logarithm", "takes the natural logarithm; decibels have the one of base 10")(
    psnr(of=lambda m: -10 * m.log())
)
_add(_f, "natural logarithm", "takes the logarithm of base 2; decibels have the one of base 10")(
    psnr(of=lambda m: -10 * m.log2())
)
_add(_f, "sign turned", "has the sign turned: a smaller error must give more decibels", catalogue=5)(
    psnr(of=lambda m: 10 * m.log10())
)
_add(_f, "the mean square", "is the mean square; the decibels are missing")(psnr(of=lambda m: m))
_add(_f, "without the 10", "lacks the factor 10")(psnr(of=lambda m: -m.log10()))
_add(_f, "sum for mean", "sums the squares instead of averaging: larger pictures would be worse", catalogue=6)(
    psnr(mean=lambda s: s.sum(dim=(1, 2, 3)))
)
_add(_f, "absolute differences", "takes the mean absolute difference; PSNR has the mean square")(psnr(error=torch.abs))
_add(_f, "square of the mean", "squares the mean of the differences; square first, then average")(
    psnr(error=lambda d: d, mean=lambda d: each(d).square())
)
_add(_f, "variance of the error", "takes the variance of the difference; a constant error counts as well")(
    psnr(error=lambda d: d, mean=lambda d: d.var(dim=(1, 2, 3), correction=0))
)
_add(
    _f,
    "one mean over the batch",
    "takes one mean over the pictures together, so one number comes for all; each picture has its own",
    catalogue=112,
)(psnr(mean=torch.mean))
_add(_f, "mean over the batch", "averages the pictures' values; give one value a picture", catalogue=112)(
    lambda a, b, n: right_psnr(a, b, n).mean()
)
_add(_f, "one value a row", "has one value a row or column; average over all pixels of a picture")(
    psnr(mean=lambda s: s.mean(dim=(1, 3)))
)
_add(_f, "one value a row", "has one value a row or column; average over all pixels of a picture")(
    psnr(mean=lambda s: s.mean(dim=(1, 2)))
)
_add(_f, "dimensions kept", "keeps the dimensions it averaged, (B, 1, 1, 1); one value a picture is (B,)")(
    psnr(mean=lambda s: s.mean(dim=(1, 2, 3), keepdim=True))
)
_add(_f, "dimensions kept", "keeps the channel's dimension, (B, 1); one value a picture is (B,)")(
    psnr(mean=lambda s: s.mean(dim=(2, 3)))
)
_add(_f, "luma rounded", "rounds the luma to whole grey levels; keep the fractions")(
    psnr(lambda p: (255 * right_luma(p)).round() / 255)
)
_add(
    _f,
    "minus nothing",
    "cuts by `border:-border`: for border 0 that is `0:-0`, which leaves nothing",
)(psnr(cut=lambda t, n: t[..., n:-n, n:-n]))
_add(
    _f,
    "same for all the batch",
    "averages within each picture and then over the batch before the logarithm",
    catalogue=112,
)(psnr(mean=lambda s: each(s).mean().expand(len(s)).clone()))
for _e in (1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-12, 1e-16, 1e-20):
    _say = f"keeps the mean square from 0 by {_e:g}: the PSNR of two equal pictures is infinite, and of others changed a little"
    _add(_f, "kept from infinity", _say)(psnr(of=lambda m, e=_e: -10 * (m + e).log10()))
    _add(_f, "kept from infinity", _say)(psnr(of=lambda m, e=_e: -10 * m.clamp(min=e).log10()))
for _value in (0.0, 60.0, 80.0, 99.0, 100.0, 120.0, 200.0):
    _add(_f, "kept from infinity", f"gives {_value:g} dB for two equal pictures; it is infinite")(
        psnr(of=lambda m, v=_value: torch.where(m == 0, torch.full_like(m, v), decibels(m)))
    )

# ----------------------------------------------------------------------------------------------------- benchmark_psnr

_f = "benchmark_psnr"


def values(pairs, border, one=right_psnr):
    return torch.cat([one(a, b, border) for a, b in pairs])


def errors(pairs, border):
    return [cut(right_luma(a) - right_luma(b), border).square() for a, b in pairs]


_add(
    _f,
    "decibels of the mean",
    "takes the decibels of the mean error; a table has the mean of the decibels, which is never smaller",
    catalogue=112,
)(lambda pairs, border: decibels(torch.stack([e.mean() for e in errors(pairs, border)]).mean()))
_add(
    _f,
    "all pixels together",
    "puts the pixels of all pictures together, so a large picture counts more; each picture has its own value",
    catalogue=112,
)(lambda pairs, border: decibels(torch.cat([e.flatten() for e in errors(pairs, border)]).mean()))


@_add(_f, "weighted by size", "weights the pictures by their pixels; each counts the same", catalogue=112)
def _(pairs, border):
    sizes = torch.tensor([e.numel() for e in errors(pairs, border)], dtype=torch.float64)
    return (values(pairs, border) * sizes).sum() / sizes.sum()


_add(
    _f, "weighted by size", "weights the pictures by their pixels, border included; each counts the same", catalogue=112
)(
    lambda pairs, border: (
        sum(right_psnr(a, b, border)[0] * a.numel() for a, b in pairs) / sum(a.numel() for a, _ in pairs)
    )
)
_add(_f, "sum for mean", "sums the pictures' values; divide by their number", catalogue=6)(
    lambda pairs, border: values(pairs, border).sum()
)
_add(_f, "the median", "is the median of the pictures' values; tables have the mean")(
    lambda pairs, border: values(pairs, border).median()
)
_add(_f, "the last picture", "is the value of the last picture alone: the loop overwrites the others")(
    lambda pairs, border: values(pairs, border)[-1]
)
_add(_f, "the first picture", "is the value of the first picture alone: the loop returns too early")(
    lambda pairs, border: values(pairs, border)[0]
)
_add(_f, "the best picture", "is the largest of the values; tables have the mean")(
    lambda pairs, border: values(pairs, border).max()
)
_add(_f, "border not cut", "does not hand on the border", catalogue=108)(lambda pairs, border: values(pairs, 0).mean())
_add(_f, "in RGB", "is taken over the three channels instead of the luma", catalogue=106)(
    lambda pairs, border: values(pairs, border, psnr(lambda p: p)).mean()
)
_add(_f, "full range", "uses a luma of full range", catalogue=107)(
    lambda pairs, border: values(pairs, border, psnr(full_luma)).mean()
)
_add(_f, "not averaged", "returns one value a picture; a table has their mean")(
    lambda pairs, border: values(pairs, border)
)
_add(_f, "divided by another number", "is divided by the number of pictures less or plus one")(
    lambda pairs, border: values(pairs, border).sum() / (len(pairs) - 1)
)
_add(_f, "divided by another number", "is divided by the number of pictures less or plus one")(
    lambda pairs, border: values(pairs, border).sum() / (len(pairs) + 1)
)
_add(_f, "geometric mean", "is a geometric mean; tables have the arithmetic one")(
    lambda pairs, border: values(pairs, border).log().mean().exp()
)
