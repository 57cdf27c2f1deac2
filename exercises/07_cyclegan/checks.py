"""What exercise 07 grades. The inputs and the ways to look at a function are in checks_losses, _history and _layers.

No expected value is in any of them: they come from the solution.
"""

from checks_history import history_given, run_aftermath, run_exchange, run_filling, run_seeds, run_size_0
from checks_layers import (
    FACTOR,
    block_given,
    epochs,
    faint_features,
    features,
    late_epochs,
    run_block,
    run_block_plain,
    run_decay,
    run_norm,
    run_sizes,
    short_training,
)
from checks_losses import (
    run_accepts,
    run_cut_off,
    run_discriminators,
    run_generator_loss,
    run_objective,
    small_tables,
    two_domains,
    with_critics,
)

from course_lib.grading.checks import Case, Check, Exercise

EQUAL, UNEQUAL = "on three pictures of each domain", "on two pictures x and three y"

EXERCISE = Exercise(
    name="07_cyclegan",
    title="CycleGAN, piece by piece",
    checks=(
        Check(
            function="cycle_loss",
            title="cycle loss",
            points=3,
            start="Send x through G and then F, compare with x; send y through F and then G, compare with y; add the "
            "two means.",
            hints=(
                "Two terms, one for each domain. Read F(G(x)) from the inside: who acts first, and with what is the "
                "result compared?",
                "`(F(G(x)) - x).abs().mean() + (G(F(y)) - y).abs().mean()`: nothing detached, no λ, no ½.",
            ),
            cases=(
                Case("as many x as y", two_domains(3, 3), run_generator_loss, EQUAL),
                Case("unequal counts", two_domains(2, 3), run_generator_loss, UNEQUAL),
            ),
        ),
        Check(
            function="identity_loss",
            title="identity loss",
            points=2,
            start="G makes pictures of the domain Y. Hand it one that is in Y already, and ask for no change; F "
            "likewise with X.",
            hints=(
                "Which pictures are already where G is to bring them? Those are the ones that it should leave alone.",
                "`(G(y) - y).abs().mean() + (F(x) - x).abs().mean()`.",
            ),
            cases=(
                Case("as many x as y", two_domains(3, 3), run_generator_loss, EQUAL),
                Case("unequal counts", two_domains(2, 3), run_generator_loss, UNEQUAL),
            ),
        ),
        Check(
            function="cycle_accepts",
            title="verdict of the cycle",
            points=1,
            start="For every x: is f[g[x]] again x? For every y: is g[f[y]] again y? The cycle accepts if both hold "
            "throughout.",
            hints=(
                "The cycle never sees which picture truly belongs to which. It sees only whether one comes back to "
                "where it started.",
                "`all(f[g[x]] == x for x in range(len(g)))`, and the same with g and f exchanged. Both must hold.",
            ),
            cases=(Case("26 pairs of tables", small_tables, run_accepts, "for these tables"),),
        ),
        Check(
            function="generator_objective",
            title="generator objective",
            points=5,
            needs=("cycle_loss", "identity_loss"),
            start="Both generators want their fakes scored 1 (mean squared distance); add λ · (cycle loss + w · "
            "identity loss).",
            hints=(
                "Six terms. Which discriminator has learned what a y looks like, and which generator makes y's? What "
                "is left when λ is 0?",
                "`(D_Y(G(x)) - 1).square().mean() + (D_X(F(y)) - 1).square().mean()`, plus "
                "`cycle_weight * (cycle_loss(…) + identity_weight * identity_loss(…))`.",
            ),
            cases=(
                Case("as many x as y", with_critics(3, 3), run_objective, EQUAL),
                Case("unequal counts", with_critics(2, 3), run_objective, UNEQUAL),
            ),
        ),
        Check(
            function="ImageHistory",
            title="image history",
            points=4,
            start="Keep a list, the size and a generator of random numbers. In query(), decide for one picture after "
            "the other.",
            hints=(
                "Three situations for a new picture: not full yet; full and heads; full and tails. In each: what "
                "comes back, and what is stored?",
                "Not full: store `image.detach().clone()`, return image. Full, heads: a random slot's old picture "
                "comes back and the new one takes "
                "its place. Tails: image comes back, nothing is stored. `torch.stack` joins the answers.",
            ),
            cases=(
                Case("while it fills", history_given, run_filling, "while it fills"),
                Case("size 0", history_given, run_size_0, "with size 0"),
                Case("800 pictures through 8 places", history_given, run_exchange, "over 800 pictures and 8 places"),
                Case(
                    "pictures overwritten later",
                    history_given,
                    run_aftermath,
                    "when the pictures given are overwritten",
                ),
                Case("the seed", history_given, run_seeds, "with seeds", points=1),
            ),
        ),
        Check(
            function="discriminator_losses",
            title="pair of discriminator losses",
            points=4,
            start="For D_X: the reals x should score 1, the fakes that its history hands back 0; half the sum. The "
            "same for D_Y, y and its own history.",
            hints=(
                "Each discriminator has a domain: its reals, its fakes and its history are all from there. Who must "
                "not learn from this loss?",
                "`((D_X(x) - 1).square().mean() + D_X(history_x.query(fake_x.detach())).square().mean()) / 2`, the "
                "same for Y; return both.",
            ),
            cases=(
                Case(
                    "histories that exchange one",
                    with_critics(3, 2),
                    run_discriminators,
                    "with histories that exchange one picture",
                ),
                Case(
                    "no gradient for the generators",
                    with_critics(3, 2),
                    run_cut_off,
                    "with histories of size 0",
                    points=1,
                ),
            ),
        ),
        Check(
            function="linear_decay",
            title="learning-rate schedule",
            points=2,
            start="Return 1 while the epoch is below flat. From there on go down in equal steps, so small that the "
            "last epoch still learns.",
            hints=(
                "How many equal steps lead from 1 to 0 if none of the `decay` epochs is to be at either end?",
                "`1 - max(0, epoch + 1 - flat) / (decay + 1)`, and never below 0.",
            ),
            cases=(
                Case("every epoch", epochs, run_decay, "over the epochs", plot=FACTOR),
                Case("a short training", short_training, run_decay, "for 3 epochs and then 5"),
                Case("past the end", late_epochs, run_decay, "in epochs after the last", plot=FACTOR),
            ),
        ),
        Check(
            function="instance_norm",
            title="instance norm",
            points=3,
            start="Mean and variance over height and width, for each picture and channel apart; subtract, then "
            "divide by √(variance + ε).",
            hints=(
                "How many means does a batch of shape (B, C, H, W) have? B · C of them. Which axes are left to "
                "average over?",
                "`x.mean(dim=(2, 3), keepdim=True)`; the variance is the mean square of what is left (nothing −1); "
                "`/ (variance + eps).sqrt()`.",
            ),
            cases=(
                Case("lopsided features", features, run_norm, "on these features"),
                Case("faint features", faint_features, run_norm, "on features that hardly vary"),
            ),
        ),
        Check(
            function="residual_block",
            title="residual block",
            points=3,
            needs=("instance_norm",),
            start="Mirror-pad by 1, first convolution, instance norm, ReLU; mirror-pad by 1, second convolution, "
            "instance norm; add x.",
            hints=(
                "A 3×3 convolution without padding eats one pixel at each edge: put it there before, mirrored. May a "
                "block only add, or also take away?",
                '`nn.functional.pad(h, (1, 1, 1, 1), mode="reflect")` before each convolution; one ReLU, in the '
                "middle; "
                "the sum is the last thing that happens.",
            ),
            cases=(
                Case("sizes", block_given(3), run_sizes, "inside the block"),
                Case("three channels", block_given(3), run_block, "on three channels"),
                Case("one channel", block_given(1), run_block_plain, "on one channel"),
            ),
        ),
    ),
)
