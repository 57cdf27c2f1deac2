"""What exercise 06 grades. The inputs and the ways to look at a function are in checks_scores, _patches, _pairs,
_unet and _steps.

No expected value is in any of them: they come from the solution.
"""

from checks_pairs import pairs, run_conditional, run_detached, run_generator_loss
from checks_patches import FIELD, mixed_stacks, official_stacks, one_to_five, run_field, run_patch_layers
from checks_scores import (
    SLOPES,
    extreme_scores,
    run_fake_scores,
    run_generator_slopes,
    run_least_squares,
    run_least_squares_slopes,
    run_targets,
    run_two_scores,
    score_line,
    verdict_maps,
    worked_scores,
)
from checks_steps import run_step, run_translate, run_wasted_gradient, step_given
from checks_unet import run_unet, run_unet_in_place, unet_weights

from course_lib.grading.checks import Case, Check, Exercise

EXERCISE = Exercise(
    name="06_pix2pix",
    title="pix2pix, piece by piece",
    checks=(
        Check(
            function="discriminator_targets",
            title="pair of targets",
            points=2,
            start="Return two tensors: what D should say of the reals (ones), and of the fakes (zeros).",
            hints=(
                "A target is compared with a prediction number by number: which shape must it have?",
                "`torch.ones_like(t)` takes shape, dtype and device over from t. Each target from its own prediction.",
            ),
            cases=(
                Case("unequal counts", worked_scores, run_targets, "for these scores"),
                Case("maps of verdicts", verdict_maps, run_targets, "for maps of verdicts"),
            ),
        ),
        Check(
            function="discriminator_loss",
            title="discriminator loss",
            points=3,
            needs=("discriminator_targets",),
            start="Binary cross-entropy of the real scores with target 1, plus that of the fake scores with target 0.",
            hints=(
                "Two means, one over the reals and one over the fakes, and their sum. Scores are logits: no sigmoid "
                "has been taken yet.",
                "`F.binary_cross_entropy_with_logits(scores, target)` takes the sigmoid itself and averages. Call it "
                "twice and add.",
            ),
            cases=(
                Case("these logits", worked_scores, run_two_scores, "on these logits"),
                Case("maps of verdicts", verdict_maps, run_two_scores, "on maps of verdicts"),
                Case("very sure scores", extreme_scores, run_two_scores, "on logits of −800 and beyond", points=1),
            ),
        ),
        Check(
            function="adversarial_loss",
            title="adversarial loss of the generator",
            points=2,
            start="The generator wants its fakes taken for real: cross-entropy of the fake scores with target 1.",
            hints=(
                "Which target would make D's verdict on a fake a success for G? Where D is sure of a fake, the slope "
                "must stay near −1.",
                "mean softplus(−f), which is `F.binary_cross_entropy_with_logits(f, torch.ones_like(f))`.",
            ),
            cases=(
                Case("these logits", worked_scores, run_fake_scores, "on these logits"),
                Case("maps of verdicts", verdict_maps, run_fake_scores, "on maps of verdicts"),
                Case("slopes from −8 to 8", score_line, run_generator_slopes, "over logits from −8 to 8", plot=SLOPES),
                Case("very sure scores", extreme_scores, run_fake_scores, "on logits of −800 and beyond", points=1),
            ),
        ),
        Check(
            function="least_squares_losses",
            title="pair of least-squares losses",
            points=3,
            start="Return (D's loss, G's loss): mean (r − 1)² + mean f², and mean (f − 1)², on raw scores.",
            hints=(
                "Square first, then average: a map of scores with mean 1 that swings wildly is not a good map.",
                "`(real - 1).square().mean() + fake.square().mean()` for D; for G the fakes should reach the target "
                "1. No sigmoid, no ½.",
            ),
            cases=(
                Case("these scores", worked_scores, run_least_squares, "on these scores"),
                Case("maps of verdicts", verdict_maps, run_least_squares, "on maps of verdicts"),
                Case(
                    "slopes from −8 to 8", score_line, run_least_squares_slopes, "over scores from −8 to 8", plot=SLOPES
                ),
            ),
        ),
        Check(
            function="patch_layers",
            title="list of layers",
            points=1,
            start="List (kernel, stride, padding) of the patch discriminator: n convolutions of stride 2, then two "
            "of stride 1.",
            hints=(
                "Every kernel is 4×4 with padding 1. Count the layers for n = 3: there are five.",
                "`[(4, 2, 1)] * n + [(4, 1, 1)] * 2`: one stride-1 layer more features, one that gives the score.",
            ),
            cases=(Case("n from 1 to 5", one_to_five, run_patch_layers, "for n = 1…5"),),
        ),
        Check(
            function="receptive_field",
            title="receptive field",
            points=3,
            start="Walk from the score back to the picture: one score sees 1 place; each layer widens that.",
            hints=(
                "Ask backwards: if r neighbouring places of a layer's output matter, how many places of its input do "
                "they see together?",
                "From the last layer to the first: r = (r − 1) · stride + kernel. Padding adds pixels that are not "
                "in the picture.",
            ),
            cases=(
                Case("patch discriminators", official_stacks, run_field, "for n = 1…5", plot=FIELD),
                Case("mixed layers", mixed_stacks, run_field, "for layers of different kernels and strides"),
            ),
        ),
        Check(
            function="conditional_discriminator_loss",
            title="conditional discriminator loss",
            points=4,
            needs=("discriminator_loss",),
            start="Show D the pairs (x, y) and (x, fake), each as one picture of 6 channels, and use your "
            "discriminator loss.",
            hints=(
                "D must see the input with the output, in the same order for real and fake. Who should learn from "
                "this loss, and who should not?",
                "`torch.cat([x, y], dim=1)` and `torch.cat([x, fake.detach()], dim=1)`; detach the picture, not D's "
                "answer.",
            ),
            cases=(
                Case("pairs", pairs, run_conditional, "on these pairs"),
                Case("no gradient for the generator", pairs, run_detached, "on these pairs", points=1),
            ),
        ),
        Check(
            function="generator_loss",
            title="generator loss",
            points=4,
            needs=("adversarial_loss",),
            start="The adversarial loss of D's scores for (x, fake), plus λ times the mean absolute difference "
            "between fake and y.",
            hints=(
                "Two terms. λ belongs to one of them; for λ = 0 only the other is left.",
                "`adversarial_loss(discriminator(torch.cat([x, fake], dim=1))) + weight * (fake - y).abs().mean()`.",
            ),
            cases=(Case("λ = 0, 1, 100", pairs, run_generator_loss, "on these pictures"),),
        ),
        Check(
            function="unet_forward",
            title="U-Net",
            points=4,
            start="Run the downs and keep each result; run the ups, and give each but the first the kept result of "
            "its level beside.",
            hints=(
                "The last thing stored by the way down is the bottleneck: it goes into the first up alone. Which of "
                "the others fits the second up?",
                "For the ups after the first: `u = up(torch.cat([skip, u], dim=1))`, skips from deep to shallow. "
                "A block may overwrite its input: hand it a clone.",
            ),
            cases=(
                Case("three levels", unet_weights, run_unet, "on three levels"),
                Case(
                    "blocks that work in place",
                    unet_weights,
                    run_unet_in_place,
                    "with blocks that overwrite their input",
                    points=1,
                ),
            ),
        ),
        Check(
            function="training_step",
            title="training step",
            points=4,
            needs=("conditional_discriminator_loss", "generator_loss"),
            start="One step of the paper: D learns from half its loss, then G learns from what the new D says.",
            hints=(
                "For each network: clear its gradients, compute its loss, backward, its own optimiser's step. D "
                "first, with ½ on its loss.",
                "D's backward must not reach G (detach), and G's loss needs a new pass through the D that has just "
                "moved.",
            ),
            cases=(
                Case("two steps", step_given, run_step, "after such a step"),
                Case("no wasted gradient", step_given, run_wasted_gradient, "in two steps", points=1),
            ),
        ),
        Check(
            function="translate",
            title="translation",
            points=1,
            start="Run the generator as the paper does at test time: dropout on, no gradient kept.",
            hints=(
                "Where does the noise of pix2pix come from, and what does eval() do to it?",
                "`generator.train()`, then call it under `torch.no_grad()`.",
            ),
            cases=(Case("two translations", step_given, run_translate, "with dropout"),),
        ),
    ),
)
