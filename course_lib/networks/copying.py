"""A residual generator that starts as a copying machine, for experiments that cannot wait until it has learned to
copy.
"""

import torch
from torch import nn

from course_lib.networks.resnet import ResidualBlock, ResnetGenerator

GAIN = 1.25  # tanh(1.25 x) is nearer to x than tanh(x) where most colours lie


@torch.no_grad()
def copying_start(network: ResnetGenerator) -> None:
    """Sets the weights so that the generator gives back its input (but for tanh); every weight is free to leave from
    there.

    Two convolutions of stride 2 lay 4×4 pixels × 3 colours side by side in 48 channels, the two transposed ones lay
    them back. The path adds 1 on entry, so that ReLU lets it pass, and takes it off at the end. The residual blocks
    end in
    zeros (they add nothing yet), all other weights are He et al.'s (2015, eq. 10).

    Raises:
        ValueError: fewer than 16 filters, or another network than one without norm and with transposed convolutions.
    """
    layers = [layer for layer in network.model if isinstance(layer, (nn.Conv2d, nn.ConvTranspose2d))]
    normed = any("Norm" in type(layer).__name__ for layer in network.modules())
    if len(layers) != 6 or normed or layers[0].out_channels < 16 or layers[0].in_channels != layers[5].out_channels:
        raise ValueError(
            'A copying start needs ResnetGenerator(norm="none", upsample="transposed") with 16 filters or more.'
        )
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
    for block in network.modules():
        if isinstance(block, ResidualBlock):
            [layer for layer in block.modules() if isinstance(layer, nn.Conv2d)][-1].weight.zero_()
    for layer in layers:
        if layer.bias is not None:
            layer.bias.zero_()
    first, down1, down2, up1, up2, last = layers
    colours = first.in_channels
    for layer, outputs in ((first, 1), (down1, 4), (down2, 16), (last, 1)):
        layer.weight[: outputs * colours] = 0
    for layer, outputs in ((up1, 4), (up2, 1)):
        layer.weight[:, : outputs * colours] = 0
    for colour in range(colours):
        first.weight[colour, colour, 3, 3] = 1
        last.weight[colour, colour, 3, 3] = GAIN
    first.bias[:colours] = 1  # type: ignore[index]
    last.bias[:] = -GAIN  # type: ignore[index]
    for down, up, channels in ((down1, up2, colours), (down2, up1, 4 * colours)):
        for channel in range(channels):
            for place in range(4):  # a 3×3 kernel of stride 2 meets its own 2×2 pixels in rows and columns 1 and 2
                row, column = 1 + place // 2, 1 + place % 2
                down.weight[4 * channel + place, channel, row, column] = 1
                up.weight[4 * channel + place, channel, row, column] = 1
