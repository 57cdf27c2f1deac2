"""What exercise 08 grades. The inputs and the ways to look at a function are in checks_losses and checks_network.

No expected value is in any of them: they come from the solution.
"""

from checks_losses import (
    flat,
    one_picture,
    one_style,
    ramp,
    rough,
    run_content,
    run_flat,
    run_gram,
    run_style,
    run_variation,
    three_maps,
    two_layers,
    two_pictures,
    worked,
)
from checks_network import (
    a_network,
    a_photo,
    black_and_colours,
    four_convolutions,
    run_features,
    run_freeze,
    run_input,
    run_needed,
    run_paint,
)

from course_lib.grading.checks import Case, Check, Exercise

EXERCISE = Exercise(
    name="08_gram",
    title="Gram matrices",
    checks=(
        Check(
            function="gram_matrix",
            title="Gram matrix",
            points=4,
            start="Make a matrix of C rows and H·W columns for each picture, multiply it by its transpose, divide.",
            hints=(
                (
                    "Which two axes become one? Each picture keeps its own matrix, and C·H·W are the numbers of one "
                    "picture's features."
                ),
                "`f = features.reshape(b, c, h * w)`, then `f @ f.transpose(1, 2) / (c * h * w)`.",
            ),
            cases=(
                Case("two pictures", two_pictures, run_gram, "for features of two pictures"),
                Case("one picture", one_picture, run_gram, "for features of one picture"),
                Case("worked numbers", worked, run_gram, "for the features of the task's example"),
            ),
        ),
        Check(
            function="style_loss",
            title="style loss",
            points=4,
            start="For each layer: ¼ of the sum of squared differences of each picture, their mean, times the weight.",
            hints=(
                (
                    "Over the entries of a matrix it is a sum, over the batch a mean, over the layers a sum again. "
                    "Does a gradient reach the target?"
                ),
                "`w * (g - a.detach()).square().sum(dim=(1, 2)).mean() / 4` for each layer, added.",
            ),
            cases=(
                Case("two layers", two_layers, run_style, "for these two layers"),
                Case("one style for all", one_style, run_style, "with one style for three pictures", points=1),
            ),
        ),
        Check(
            function="content_loss",
            title="content loss",
            points=3,
            start="Half of the sum of squared differences of each picture, and the mean over the pictures.",
            hints=(
                "Which axes are summed, and which one is averaged? Does a gradient reach the target?",
                "`(features - target.detach()).square().sum(dim=(1, 2, 3)).mean() / 2`.",
            ),
            cases=(Case("three pictures", three_maps, run_content, "for features of three pictures"),),
        ),
        Check(
            function="total_variation",
            title="total variation",
            points=3,
            start="Differences of neighbours along the height and along the width: absolute values, two means, added.",
            hints=(
                "How many steps are there in a column of H pixels? A ramp and a flat picture tell you what is wrong.",
                (
                    "`(p[:, :, 1:] - p[:, :, :-1]).abs().mean()` is the vertical part; the horizontal one cuts the "
                    "last axis."
                ),
            ),
            cases=(
                Case("rough pictures", rough, run_variation, "for these pictures"),
                Case("ramp", ramp, run_variation, "for a ramp"),
                Case("one colour", flat, run_flat, "for pictures of one colour"),
            ),
        ),
        Check(
            function="vgg_input",
            title="input of VGG",
            points=3,
            start="Bring [−1, 1] to [0, 1], take off the mean of each channel, divide by its spread.",
            hints=(
                "Black is −1, so it becomes 0, and then −mean / std. Which axis are the channels on?",
                "`(pictures + 1) / 2` is a new tensor; `mean` and `std` need the shape (1, 3, 1, 1).",
            ),
            cases=(Case("colours", black_and_colours, run_input, "for these colours"),),
        ),
        Check(
            function="features_after",
            title="list of features",
            points=3,
            start="In a loop: convolution, ReLU, keep it if its number is taken. Then put the kept ones in order.",
            hints=(
                "Features are what comes out of the ReLU, so none is negative. Which order has the list?",
                "Keep a dictionary {number: features} and return `[kept[n] for n in taken]`.",
            ),
            cases=(
                Case("four convolutions", four_convolutions, run_features, "with convolutions 2 and 0 taken"),
                Case(
                    "nothing in vain",
                    four_convolutions,
                    run_needed,
                    "with convolutions 2 and 0 taken",
                    points=1,
                ),
            ),
        ),
        Check(
            function="freeze",
            title="frozen network",
            points=2,
            start="Two things: parameters that ask for no gradient, and evaluation mode. Return the network.",
            hints=(
                "Dropout and batch norm do something else in training mode; that has nothing to do with gradients.",
                "`network.requires_grad_(False)` and `network.eval()` both return the network.",
            ),
            cases=(Case("a network", a_network, run_freeze, "for this network"),),
        ),
        Check(
            function="paint",
            title="painted picture",
            points=4,
            start="Copy the photo, ask for its gradient, and move the pixels against it, `steps` times.",
            hints=(
                "What is a leaf here, the pixels or the parameters? Is last step's gradient still in `.grad`?",
                (
                    "`(slope,) = torch.autograd.grad(objective(network(picture)), picture)`, then `picture = (picture "
                    "- rate * slope).detach().requires_grad_()`."
                ),
            ),
            cases=(Case("a photo", a_photo, run_paint, "for this photo"),),
        ),
    ),
)
