"""Exercise 09, wrong: resize-convolution, and a photo of any size."""

import torch
from torch.nn import functional as F

from course_lib.grading.checks import MutantList

MUTANTS = MutantList()
_add = MUTANTS.add

# --------------------------------------------------------------------------------------------------- resize_convolution

_f = "resize_convolution"


def nearest(x):
    return F.interpolate(x, scale_factor=2, mode="nearest")


def reflected(x, by=1):
    return F.pad(x, (by,) * 4, mode="reflect")


def convolved(large=nearest, padded=reflected, convolution=F.conv2d):
    """The three parts in order, one of them exchanged."""
    return lambda x, w: convolution(padded(large(x)), w)


_add(_f, "zeros around", "puts zeros around the map (`padding=1`): the network makes a frame of them")(
    convolved(padded=lambda x: F.pad(x, (1, 1, 1, 1)))
)
_add(_f, "wrapped around", "takes the other side of the map for what lies beyond its edge (`circular`)")(
    convolved(padded=lambda x: F.pad(x, (1, 1, 1, 1), mode="circular"))
)
_add(_f, "not padded", "adds nothing around the map: it becomes two pixels smaller")(convolved(padded=lambda x: x))
_add(_f, "padded twice", "pads by reflection, and with zeros in the convolution once more")(
    convolved(convolution=lambda x, w: F.conv2d(x, w, padding=1))
)
_add(_f, "padded by two", "adds two pixels on each side; a 3×3 kernel needs one")(
    convolved(padded=lambda x: reflected(x, 2))
)
_add(_f, "smooth enlarging", "enlarges bilinearly; the nearest neighbour is asked for")(
    convolved(lambda x: F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False))
)
_add(_f, "smooth enlarging", "enlarges bilinearly; the nearest neighbour is asked for")(
    convolved(lambda x: F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=True))
)
_add(_f, "smooth enlarging", "enlarges bicubically; the nearest neighbour is asked for")(
    convolved(lambda x: F.interpolate(x, scale_factor=2, mode="bicubic", align_corners=False))
)
_add(_f, "convolved first", "convolves before it enlarges: every 2×2 block has one colour")(
    lambda x, w: nearest(F.conv2d(reflected(x), w))
)
_add(_f, "padded first", "pads before it enlarges: the edge of two pixels is not that of the enlarged map")(
    lambda x, w: F.conv2d(nearest(reflected(x))[..., 1:-1, 1:-1], w)
)
_add(_f, "not enlarged", "does not enlarge the map")(convolved(lambda x: x))
_add(_f, "enlarged by four", "enlarges by 4; by 2 is asked for")(convolved(lambda x: nearest(nearest(x))))
_add(_f, "transposed convolution", "is a transposed convolution of stride 2, which leaves a grid")(
    lambda x, w: F.conv_transpose2d(x, w.transpose(0, 1), stride=2, padding=1, output_padding=1)
)


def spread(x):
    """Each pixel with three zeros beside it."""
    out = x.new_zeros(*x.shape[:2], 2 * x.shape[2], 2 * x.shape[3])
    out[..., ::2, ::2] = x
    return out


_add(_f, "zeros between", "puts zeros between the pixels; each becomes 2×2 equal ones")(convolved(spread))
_add(_f, "tiled", "puts the whole map four times side by side; each pixel becomes 2×2 equal ones")(
    convolved(lambda x: x.repeat(1, 1, 2, 2))
)
_add(_f, "kernel turned", "turns the kernel by 180°, a convolution in the mathematical sense; torch's is meant")(
    convolved(convolution=lambda x, w: F.conv2d(x, w.flip(2, 3)))
)
_add(_f, "activated", "puts a ReLU behind; only the convolution is asked for")(
    convolved(convolution=lambda x, w: F.relu(F.conv2d(x, w)))
)
_add(_f, "halved", "convolves with stride 2: the map is as small as before")(
    convolved(convolution=lambda x, w: F.conv2d(x, w, stride=2))
)

# ------------------------------------------------------------------------------------------------------------- stylize

_f = "stylize"


def missing(h, w):
    return -h % 4, -w % 4


def stylized(
    padded=lambda p, down, right: F.pad(p, (0, right, 0, down), mode="reflect"),
    amount=missing,
    cut=lambda out, h, w: out[..., :h, :w],
    clipped=lambda out: out.clamp(-1, 1),
    mode=lambda network: network.eval(),
    graph=False,
):
    """The picture with one of its parts exchanged."""

    def answer(network, photo):
        h, w = photo.shape[-2:]
        mode(network)
        with torch.set_grad_enabled(graph):
            return clipped(cut(network(padded(photo, *amount(h, w))), h, w))

    return answer


_add(_f, "not padded", "is not brought to a multiple of 4: the network loses what is over")(
    stylized(lambda p, down, right: p)
)
_add(_f, "zeros around", "is padded with zeros, which are a grey border")(
    stylized(lambda p, down, right: F.pad(p, (0, right, 0, down)))
)
_add(_f, "black around", "is padded with −1, a black border")(
    stylized(lambda p, down, right: F.pad(p, (0, right, 0, down), value=-1))
)
_add(_f, "edge repeated", "is padded by its edge (`replicate`); reflection is asked for")(
    stylized(lambda p, down, right: F.pad(p, (0, right, 0, down), mode="replicate"))
)
_add(_f, "padded at the top and left", "is padded at the top and left; the bottom and the right are asked for")(
    stylized(
        lambda p, down, right: F.pad(p, (right, 0, down, 0), mode="reflect"),
        cut=lambda out, h, w: out[..., out.shape[-2] - h :, out.shape[-1] - w :],
    )
)
_add(_f, "padded on both sides", "is padded on both sides; the bottom and the right are asked for")(
    stylized(
        lambda p, down, right: F.pad(p, (right // 2, right - right // 2, down // 2, down - down // 2), mode="reflect"),
        cut=lambda out, h, w: out[
            ...,
            (out.shape[-2] - h) // 2 : (out.shape[-2] - h) // 2 + h,
            (out.shape[-1] - w) // 2 : (out.shape[-1] - w) // 2 + w,
        ],
    )
)
_add(_f, "cut at the wrong end", "is padded at the bottom and right, and cut at the top and left")(
    stylized(cut=lambda out, h, w: out[..., out.shape[-2] - h :, out.shape[-1] - w :])
)
_add(_f, "not cut", "keeps what was added: it is larger than the photo")(stylized(cut=lambda out, h, w: out))
_add(_f, "four more", "adds 4 pixels where nothing is missing (`4 − size % 4`)")(
    stylized(amount=lambda h, w: (4 - h % 4, 4 - w % 4))
)
_add(_f, "the remainder added", "adds the remainder (`size % 4`) and not what is missing to the next multiple")(
    stylized(amount=lambda h, w: (h % 4, w % 4))
)
_add(_f, "height and width exchanged", "adds at the bottom what is missing at the right, and the other way round")(
    stylized(lambda p, down, right: F.pad(p, (0, down, 0, right), mode="reflect"))
)
_add(_f, "multiples of 8", "is brought to a multiple of 8; 4 is enough")(stylized(amount=lambda h, w: (-h % 8, -w % 8)))


def resized(way):
    def answer(network, photo):
        h, w = photo.shape[-2:]
        network.eval()
        with torch.no_grad():
            out = network(F.interpolate(photo, size=(h + -h % 4, w + -w % 4), mode=way))
            return F.interpolate(out, size=(h, w), mode=way).clamp(-1, 1)

    return answer


_add(_f, "resized", "is resized to a multiple of 4 and back; pad it, so that no pixel is mixed with another")(
    resized("bilinear")
)
_add(_f, "resized", "is resized to a multiple of 4 and back; pad it, so that no pixel is lost")(resized("nearest"))
_add(_f, "not clipped", "is not clipped: values beyond [−1, 1] are no colours")(stylized(clipped=lambda out: out))
_add(_f, "clipped to [0, 1]", "is clipped to [0, 1]: the dark half of the picture is lost")(
    stylized(clipped=lambda out: out.clamp(0, 1))
)
_add(_f, "brought to [0, 1]", "is brought to [0, 1]; the task has [−1, 1]")(
    stylized(clipped=lambda out: (out.clamp(-1, 1) + 1) / 2)
)
_add(_f, "brought to [0, 1]", "is brought to [0, 1]; the task has [−1, 1]")(
    stylized(clipped=lambda out: ((out + 1) / 2).clamp(0, 1))
)
_add(_f, "squeezed by tanh", "is squeezed by a tanh, which changes every colour; clip it")(
    stylized(clipped=lambda out: out.tanh())
)
_add(_f, "in training mode", "is made in training mode", catalogue=95)(stylized(mode=lambda n: n.train()))
_add(_f, "mode left as it was", "is made in whatever mode the network was in", catalogue=95)(stylized(mode=lambda n: n))
_add(_f, "graph kept", "keeps a graph: memory for a gradient that nobody asks for")(stylized(graph=True))
_add(_f, "graph kept", "keeps a graph, and is made in whatever mode the network was in")(
    stylized(graph=True, mode=lambda n: n)
)
_add(_f, "the photo", "is the photo itself")(lambda network, photo: photo.clone())
_add(_f, "without the batch", "has lost the batch dimension: (3, H, W) and not (1, 3, H, W)")(
    lambda network, photo: stylized()(network, photo)[0]
)


@_add(_f, "photo changed", "changes the photo in place", catalogue=100)
def _(network, photo):
    out = stylized()(network, photo)
    photo.copy_(out)
    return photo
