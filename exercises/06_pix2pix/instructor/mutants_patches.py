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

_add(_f, "one layer short", "has one layer of stride 2 too few: n counts the layers of stride 2")(
    lambda n: [(4, 2, 1)] * (n - 1) + [(4, 1, 1)] * 2
)
_add(_f, "one layer too many", "has one layer of stride 1 too many: there are two after the n of stride 2")(
    lambda n: [(4, 2, 1)] * n + [(4, 1, 1)] * 3
)
_add(_f, "stride 1 throughout", "has stride 1 in every layer; the first n have stride 2")(
    lambda n: [(4, 1, 1)] * (n + 2)
)
_add(_f, "numbers in another order", "has the three numbers in another order: (kernel, stride, padding)")(
    lambda n: [(4, 1, 2)] * n + [(4, 1, 1)] * 2
)
_add(_f, "numbers in another order", "has the three numbers in another order: (kernel, stride, padding)")(
    lambda n: [(2, 4, 1)] * n + [(1, 4, 1)] * 2
)
_add(_f, "numbers in another order", "has the three numbers in another order: (kernel, stride, padding)")(
    lambda n: [(1, 2, 4)] * n + [(1, 1, 4)] * 2
)
_add(_f, "n ignored", "is the list for n = 3 whatever n is")(lambda n: [(4, 2, 1)] * 3 + [(4, 1, 1)] * 2)
_add(_f, "one stride-2 layer too many", "has n + 2 layers, of which the last alone has stride 1", catalogue=37)(
    lambda n: [(4, 2, 1)] * (n + 1) + [(4, 1, 1)] * 2
)
_add(_f, "padding 2", "has a padding of 2; it is 1")(lambda n: [(4, 2, 2)] * n + [(4, 1, 2)] * 2)
_add(_f, "no padding", "leaves out the padding of the last two layers")(lambda n: [(4, 2, 1)] * n + [(4, 1, 0)] * 2)
_add(_f, "3×3 kernels", "uses 3×3 kernels in the last two layers; the paper's are 4×4")(
    lambda n: [(4, 2, 1)] * n + [(3, 1, 1)] * 2
)
_add(
    _f,
    "growing strides",
    "doubles the stride from layer to layer; each has stride 2, the distances double by themselves",
)(lambda n: [(4, 2 ** (i + 1), 1) for i in range(n)] + [(4, 1, 1)] * 2)
_add(_f, "without the padding", "has two numbers a layer; there are three, (kernel, stride, padding)")(
    lambda n: [(4, 2)] * n + [(4, 1)] * 2
)

for _k, _p in ((5, 2), (5, 1), (2, 0), (7, 3)):
    _add(_f, "another kernel", f"uses {_k}×{_k} kernels; the paper's are 4×4")(
        lambda n, k=_k, p=_p: [(k, 2, p)] * n + [(k, 1, p)] * 2
    )

_f = "receptive_field"


def _backwards(step):
    def field(layers):
        size = 1
        for kernel, stride, padding in reversed(layers):
            size = step(size, kernel, stride, padding)
        return size

    return field


_add(_f, "70 whatever the layers", "is 70, the paper's discriminator; it depends on the layers that are given")(
    lambda layers: 70
)


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


@_add(
    _f,
    "padding for stride",
    "takes the padding for the stride: the three numbers are (kernel, stride, padding)",
    catalogue=38,
)
def _(layers):
    size, jump = 1, 1
    for kernel, padding, stride in layers:
        size += (kernel - 1) * jump
        jump *= stride
    return size


def _right(layers):
    size = 1
    for kernel, stride, _ in reversed(layers):
        size = (size - 1) * stride + kernel
    return size


_add(_f, "an area", "is the number of pixels in the window, its square; the width of the window is asked for")(
    lambda layers: _right(layers) ** 2
)
_add(_f, "half the window", "is how far a score sees to one side; the width of the window is asked for")(
    lambda layers: _right(layers) // 2
)
_add(_f, "half the window", "is half the width of the window")(lambda layers: _right(layers) / 2)
_add(_f, "one pixel short", "is one pixel short: it begins at 0, and a score itself is 1 wide")(
    lambda layers: _right(layers) - 1
)
_add(_f, "one pixel too many", "is one pixel too wide: it begins at 2, and a score itself is 1 wide")(
    lambda layers: _right(layers) + 1
)


@_add(_f, "begun at 0", "begins at 0; a score itself is 1 wide")
def _(layers):
    size = 0
    for kernel, stride, _ in reversed(layers):
        size = (size - 1) * stride + kernel
    return size


_add(_f, "padding subtracted", "lets the padding change the field; the window stays as wide", catalogue=38)(
    _backwards(lambda size, kernel, stride, padding: (size - 1) * stride + kernel - padding)
)
_add(_f, "padding added", "adds the padding to the field; the window stays as wide", catalogue=38)(
    _backwards(lambda size, kernel, stride, padding: (size - 1) * stride + kernel + padding)
)


@_add(_f, "padding subtracted", "lets the padding narrow each layer's window; the window stays as wide", catalogue=38)
def _(layers):
    size, jump = 1, 1
    for kernel, stride, padding in layers:
        size += (kernel - 1 - 2 * padding) * jump
        jump *= stride
    return size


_add(
    _f,
    "the −1 forgotten",
    "multiplies all r places by the stride and adds kernel − 1; between r neighbours there are r − 1 steps",
)(_backwards(lambda size, kernel, stride, padding: size * stride + kernel - 1))


@_add(
    _f,
    "the −1 forgotten",
    "adds each whole kernel times the distance; a window of k places reaches k − 1 steps further",
)
def _(layers):
    size, jump = 1, 1
    for kernel, stride, _ in layers:
        size += kernel * jump
        jump *= stride
    return size


@_add(_f, "strides added", "adds the strides; the distance between neighbours is their product")
def _(layers):
    size, jump = 1, 1
    for kernel, stride, _ in layers:
        size += (kernel - 1) * jump
        jump += stride
    return size


@_add(_f, "last stride alone", "takes the stride of the layer before alone; the strides of all layers before multiply")
def _(layers):
    size, jump = 1, 1
    for kernel, stride, _ in layers:
        size += (kernel - 1) * jump
        jump = stride
    return size


for _own in (lambda k, s: k * s, lambda k, s: (k - 1) * s):
    _add(
        _f,
        "kernel times its own stride",
        "spreads each layer's window by its own stride alone; it is the strides before it that multiply",
    )(lambda layers, own=_own: sum(own(kernel, stride) for kernel, stride, _ in layers))
    _add(
        _f,
        "kernel times its own stride",
        "spreads each layer's window by its own stride alone; it is the strides before it that multiply",
    )(lambda layers, own=_own: 1 + sum(own(kernel, stride) for kernel, stride, _ in layers))
_add(_f, "a layer left out", "leaves out the last layer")(lambda layers: _right(layers[:-1]))
_add(_f, "a layer left out", "leaves out the first layer")(lambda layers: _right(layers[1:]))
_add(_f, "largest kernel", "is the largest kernel; the layers widen the window one after the other")(
    lambda layers: max(kernel for kernel, _, _ in layers)
)


@_add(
    _f,
    "size of the output",
    "computes how large the output is for some picture, not how much of the picture one score sees",
)
def _(layers):
    size = 256
    for kernel, stride, padding in layers:
        size = (size + 2 * padding - kernel) // stride + 1
    return size
