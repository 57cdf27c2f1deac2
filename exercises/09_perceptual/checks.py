"""What exercise 09 grades. The inputs and the ways to look at a function are in checks_losses and checks_networks.

No expected value is in any of them: they come from the solution.
"""

from checks_losses import (
    a_step,
    black_and_colours,
    run_content,
    run_input,
    run_objective,
    run_style,
    three_maps,
    two_layers,
    worked,
)
from checks_networks import (
    even_photo,
    odd_photo,
    photos,
    run_clean,
    run_resize,
    run_step,
    run_stylize,
    small_maps,
)

from course_lib.grading.checks import Case, Check, Exercise

EXERCISE = Exercise(
    name="09_perceptual",
    title="perceptual losses",
    checks=(
        Check(
            function="network_input",
            title="input of the loss network",
            points=3,
            start="Bring [−1, 1] to 0…255, turn RGB into BGR, take off the three means.",
            hints=(
                "Black is −1, so it becomes 0, and then minus the mean. To which channel does 104.00699 belong?",
                (
                    "`(pictures + 1) / 2 * 255` is a new tensor, `.flip(1)` turns its channels; the mean has the "
                    "shape (1, 3, 1, 1)."
                ),
            ),
            cases=(Case("colours", black_and_colours, run_input, "for these colours"),),
        ),
        Check(
            function="feature_reconstruction_loss",
            title="feature reconstruction loss",
            points=2,
            start="The mean of all squared differences; the target is a constant.",
            hints=(
                "A mean does not grow with the picture. Does a gradient reach the target?",
                "`(features - target.detach()).square().mean()`.",
            ),
            cases=(
                Case("three pictures", three_maps, run_content, "for features of three pictures"),
                Case("worked numbers", worked, run_content, "for the features of the task's example"),
            ),
        ),
        Check(
            function="style_reconstruction_loss",
            title="style reconstruction loss",
            points=4,
            start="For each layer: Gram matrices, differences to the one target, squares added, mean over the batch.",
            hints=(
                (
                    "Each picture has its own Gram matrix; all of them are compared with the same one. What is "
                    "added, what averaged?"
                ),
                (
                    "`(gram - target.detach()).square().sum(dim=(1, 2)).mean()` for each layer, added; (1, C, C) "
                    "fits (B, C, C)."
                ),
            ),
            cases=(Case("two layers", two_layers, run_style, "for these two layers"),),
        ),
        Check(
            function="perceptual_objective",
            title="perceptual objective",
            points=4,
            needs=("feature_reconstruction_loss", "style_reconstruction_loss"),
            start="Features of the output and of the photo, three terms, three weights.",
            hints=(
                (
                    "With one weight at a time you see each term alone. Which of the two pictures has the style, "
                    "and which is smoothed?"
                ),
                (
                    "`found, wanted = network(output), network(photo)`; content from `found[layer]` and "
                    "`wanted[layer]`, style from "
                    "`found`, the variation from `output`."
                ),
            ),
            cases=(Case("a batch", a_step, run_objective, "on these pictures"),),
        ),
        Check(
            function="resize_convolution",
            title="resize-convolution",
            points=2,
            start="Enlarge, then pad, then convolve.",
            hints=(
                "Enlarging comes first; the padding is that of the enlarged map.",
                (
                    '`F.interpolate(features, scale_factor=2, mode="nearest")`, `F.pad(…, (1, 1, 1, 1), '
                    'mode="reflect")`, `F.conv2d`.'
                ),
            ),
            cases=(Case("small maps", small_maps, run_resize, "for these maps"),),
        ),
        Check(
            function="training_step",
            title="training step",
            points=4,
            start="Modes, forward, features of both, loss; clear the gradients, go backward, step. Return the loss.",
            hints=(
                (
                    "Which of the two networks is in which mode? Whose gradients are cleared, and when? Through "
                    "which network must a gradient flow?"
                ),
                (
                    "`loss_network.requires_grad_(False)` stops its own gradients and lets those of the output "
                    "through; `torch.no_grad()` "
                    "around `loss_network(output)` would stop both."
                ),
            ),
            cases=(
                Case("two steps", photos, run_step, "after a step on these photos"),
                Case("loss network", photos, run_clean, "after two steps", points=1),
            ),
        ),
        Check(
            function="stylize",
            title="stylised photo",
            points=3,
            start="Pad to a multiple of 4, one pass in evaluation mode without a graph, cut, clip.",
            hints=(
                (
                    "How much is missing to the next multiple of 4, and how much when nothing is missing? On "
                    "which sides is it added?"
                ),
                (
                    '`F.pad(photo, (0, -width % 4, 0, -height % 4), mode="reflect")`, and `[..., :height, '
                    ":width].clamp(-1, 1)` at the end."
                ),
            ),
            cases=(
                Case("odd sizes", odd_photo, run_stylize, "for a photo of 9×14"),
                Case("multiples of 4", even_photo, run_stylize, "for a photo of 8×12"),
            ),
        ),
    ),
)
