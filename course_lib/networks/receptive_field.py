"""How much of the picture one output value sees, computed from the layers."""

from torch import nn

_WINDOWED = (nn.Conv2d, nn.MaxPool2d, nn.AvgPool2d)
_POINTWISE = (
    nn.Identity,
    nn.ReLU,
    nn.LeakyReLU,
    nn.PReLU,
    nn.Tanh,
    nn.Sigmoid,
    nn.Dropout,
    nn.Dropout2d,
    nn.BatchNorm2d,
    nn.ZeroPad2d,
    nn.ReflectionPad2d,
    nn.ReplicationPad2d,
)


def receptive_field(network: nn.Module) -> int:
    """Side, in input pixels, of the square that one output value of a chain of convolutions depends on.

    Read from the output back: r ← (r − 1)·stride + (kernel − 1)·dilation + 1, starting with r = 1. Padding moves the
    square, it does not change its size. Norms are taken as fixed scalings (an instance norm's mean and variance do see
    the whole picture). 1 for a network without windows.

    Raises:
        ValueError: the network is no plain chain of square convolutions and poolings (a U-Net sees everything).
    """
    field = 1
    for layer in reversed(_chain(network)):
        kernel, stride, dilation = (_square(layer, name) for name in ("kernel_size", "stride", "dilation"))
        field = (field - 1) * stride + (kernel - 1) * dilation + 1
    return field


def _chain(network: nn.Module) -> list[nn.Module]:
    if isinstance(network, _WINDOWED):
        return [network]
    if isinstance(network, (*_POINTWISE, nn.InstanceNorm2d)):
        return []
    children = list(network.children())
    if isinstance(network, nn.Sequential) or len(children) == 1:
        return [layer for child in children for layer in _chain(child)]
    raise ValueError(
        f"{type(network).__name__} is not a chain of convolutions, poolings and pointwise layers; "
        "its receptive field is not one number."
    )


def _square(layer: nn.Module, name: str) -> int:
    value = getattr(layer, name, 1)
    if isinstance(value, tuple):
        if len(set(value)) != 1:
            raise ValueError(
                f"{type(layer).__name__} has {name} {value}; only square windows have one receptive field."
            )
        return value[0]
    return value
