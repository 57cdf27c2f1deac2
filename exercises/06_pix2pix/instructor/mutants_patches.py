"""Exercise 06, wrong: the layers of the patch discriminator, and what one of its scores sees."""

from course_lib.grading.checks import MutantList

MUTANTS = MutantList()
_add = MUTANTS.add

# ----------------------------------------------------------------------------------- patch_layers and receptive_field

_f = "patch_layers"
_add(
    _f,
    "one stride-2 layer too many",
    "has one layer of stride 2 too many: for n = 3 a score would see 94 pixels, not 70",
    catalogue=37,
)(lambda n: [(4, 2, 1)] * (n + 1) + [(4, 1, 1)])
_add(_f, "one layer short", "has one layer of stride 1 too few: there are two after the n of stride 2")(
    lambda n: [(4, 2, 1)] * n + [(4, 1, 1)]
)
_add(_f, "stride 2 throughout", "has stride 2 in every layer; the last two have stride 1")(
    lambda n: [(4, 2, 1)] * (n + 2)
)
_add(_f, "stride 1 first", "has the layers of stride 1 first; they come last")(
    lambda n: [(4, 1, 1)] * 2 + [(4, 2, 1)] * n
)
_add(_f, "3×3 kernels", "uses 3×3 kernels; the paper's are 4×4")(lambda n: [(3, 2, 1)] * n + [(3, 1, 1)] * 2)
_add(_f, "no padding", "leaves out the padding of 1")(lambda n: [(4, 2, 0)] * n + [(4, 1, 0)] * 2)
_add(_f, "n layers in all", "counts n layers in all; n is the number of layers of stride 2")(
    lambda n: [(4, 2, 1)] * (n - 2) + [(4, 1, 1)] * min(n, 2)
)

_f = "receptive_field"


def _backwards(step):
    def field(layers):
        size = 1
        for kernel, stride, padding in reversed(layers):
            size = step(size, kernel, stride, padding)
        return size

    return field


@_add(
    _f,
    "product of the kernels",
    "multiplies the kernel sizes (1024 for the 70×70 discriminator); neighbouring windows overlap, so they do not multiply",
    catalogue=34,
)
def _(layers):
    size = 1
    for kernel, _, _ in layers:
        size *= kernel
    return size


_add(
    _f,
    "sum of the kernels",
    "adds the kernel sizes (20 for the 70×70 discriminator) and forgets what the strides do",
    catalogue=35,
)(lambda layers: sum(kernel for kernel, _, _ in layers))


@_add(
    _f,
    "from the wrong end",
    "runs the recursion from the picture to the score (28 for the 70×70 discriminator); it starts at the score, the last layer",
    catalogue=36,
)
def _(layers):
    size = 1
    for kernel, stride, _ in layers:
        size = (size - 1) * stride + kernel
    return size


_add(
    _f,
    "padding subtracted",
    "lets the padding change the field; padding adds pixels that are not in the picture, the window stays as wide",
    catalogue=38,
)(_backwards(lambda size, kernel, stride, padding: (size - 1) * stride + kernel - 2 * padding))
_add(_f, "padding added", "adds the padding to the field; the window stays as wide", catalogue=38)(
    _backwards(lambda size, kernel, stride, padding: (size - 1) * stride + kernel + 2 * padding)
)
_add(
    _f,
    "stride forgotten",
    "forgets the strides: with stride 2, neighbours of a layer lie two pixels apart in the layer before",
)(lambda layers: 1 + sum(kernel - 1 for kernel, _, _ in layers))
_add(_f, "the −1 forgotten", "multiplies all r places by the stride; between r neighbours there are only r − 1 steps")(
    _backwards(lambda size, kernel, stride, padding: size * stride + kernel)
)
_add(_f, "+ kernel − 1", "adds kernel − 1 where kernel belongs")(
    _backwards(lambda size, kernel, stride, padding: (size - 1) * stride + kernel - 1)
)


@_add(
    _f,
    "own stride counted too early",
    "lets a layer's own stride widen its own window; a stride only spreads the layers after it",
)
def _(layers):
    size, jump = 1, 1
    for kernel, stride, _ in layers:
        jump *= stride
        size += (kernel - 1) * jump
    return size


_add(
    _f,
    "product of the strides",
    "is the product of the strides: that is the distance between neighbouring scores, not what one score sees",
)(_backwards(lambda size, kernel, stride, padding: size * stride))
