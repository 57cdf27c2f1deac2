"""What exercise 03 grades. The inputs and the ways to look at a function are in checks_modes, _cures and _pairing.

No expected value is in any of them: they come from the solution.
"""

from checks_cures import (
    eight_points,
    pictures_of_both,
    points_of_both,
    run_packed,
    run_penalty,
    run_penalty_of_d_alone,
    run_r1,
    six_pictures,
)
from checks_modes import (
    SHARES,
    five_samples,
    noise_only,
    on_the_rim,
    radii,
    ring_with_noise,
    run_coverage,
    run_nearest,
    run_share,
    run_shares,
    scattered,
    three_centres,
    three_deviations,
)
from checks_pairing import (
    answers,
    four_drawings,
    one_for_all,
    one_pixel,
    run_home,
    run_undo,
    run_variation,
    same_answer,
    seven_drawings,
    there_and_back,
    two_lengths,
)

from course_lib.grading.checks import Case, Check, Exercise

EXERCISE = Exercise(
    name="03_collapse",
    title="collapse, measured and resisted",
    checks=(
        Check(
            function="share_within",
            title="share within k deviations",
            points=2,
            start="Integrate r · e^(−r²/2) from 0 to k: that is the share of a two-dimensional Gaussian.",
            hints=(
                "In two dimensions there is little room near the centre and more further out: which function has the "
                "derivative r · e^(−r²/2)?",
                "−e^(−r²/2) has it. Put in k, put in 0, subtract: 1 − e^(−k²/2).",
            ),
            cases=(
                Case("three deviations", three_deviations, run_share, "for k = 3"),
                Case("radii from 0.2 to 4", radii, run_shares, "over radii from 0.2 to 4", plot=SHARES),
            ),
        ),
        Check(
            function="nearest_mode",
            title="nearest mode",
            points=2,
            start="All differences, (N, 1, 2) − (1, K, 2); their lengths, (N, K); the smallest of each row and where "
            "it is.",
            hints=(
                "Make the table of distances first, one row a sample, one column a centre. Along which dimension is "
                "the smallest wanted?",
                "`distance, index = (samples[:, None] - centres).norm(dim=2).min(dim=1)`, and return them the other "
                "way round.",
            ),
            cases=(
                Case("three centres", three_centres, run_nearest, "for the example's samples"),
                Case("scattered", scattered, run_nearest, "for seven samples and four centres"),
            ),
        ),
        Check(
            function="mode_coverage",
            title="coverage of the modes",
            points=4,
            needs=("nearest_mode",),
            start="Which samples are good? How many good ones has each mode? Then: how many modes have enough, and "
            "what share is good?",
            hints=(
                "Two conditions: near enough to count at all, and enough of them. And two numbers come back, because "
                "each alone can be cheated.",
                "`good = distance <= radius`; `counts = torch.bincount(index[good], minlength=len(centres))`; "
                "`(counts >= min_count).sum()`; `good`'s mean.",
            ),
            cases=(
                Case("the example", five_samples, run_coverage, "for the example's five samples"),
                Case("noise over everything", noise_only, run_coverage, "for noise over the whole plane"),
                Case("a ring with noise", ring_with_noise, run_coverage, "for a ring of seven modes with noise"),
                Case("on the rim", on_the_rim, run_coverage, "for samples exactly at the radius"),
            ),
        ),
        Check(
            function="packed",
            title="packing",
            points=2,
            start="Neighbours become one sample: m of them are joined along dimension 1, so the batch shrinks by m.",
            hints=(
                "A batch lies in memory sample after sample. Which shape has the same numbers in the same order, "
                "with m samples in one?",
                "`samples.reshape(len(samples) // m, m * samples.shape[1], *samples.shape[2:])`; or join "
                "`samples[i::m]` for i = 0 … m − 1.",
            ),
            cases=(
                Case("points", eight_points, run_packed, "for eight points and m = 2"),
                Case("pictures", six_pictures, run_packed, "for six pictures and m = 3"),
            ),
        ),
        Check(
            function="r1_penalty",
            title="R1 penalty",
            points=3,
            start="The gradient of D's scores with respect to the real samples, squared, summed over each sample, "
            "averaged over the batch.",
            hints=(
                "How steep is D at the data? All entries of a sample's gradient count, squared. The penalty must "
                "have a gradient itself.",
                "`x = real.detach().requires_grad_()`, `(g,) = torch.autograd.grad(discriminator(x).sum(), x, "
                "create_graph=True)`, "
                "`g.flatten(1).square().sum(dim=1).mean()`.",
            ),
            cases=(
                Case("points", points_of_both, run_r1, "for points"),
                Case("pictures", pictures_of_both, run_r1, "for pictures"),
            ),
        ),
        Check(
            function="gradient_penalty",
            title="gradient penalty",
            points=3,
            needs=("r1_penalty",),
            start="Mix real and fake, take D's gradient there as in r1_penalty, and ask how far each sample's "
            "gradient is from length 1.",
            hints=(
                "One length a sample, not one for the batch and not one for each pixel. Each length should be 1: "
                "subtract, square, and only then average.",
                "`x = (mix * real + (1 - mix) * fake.detach()).requires_grad_()`; the gradient as before; "
                "`(g.flatten(1).norm(dim=1) - 1).square().mean()`.",
            ),
            cases=(
                Case("points", points_of_both, run_penalty, "for points"),
                Case("pictures", pictures_of_both, run_penalty, "for pictures"),
                Case("no gradient for the generator", points_of_both, run_penalty_of_d_alone, "for points", points=1),
            ),
        ),
        Check(
            function="variation_over_inputs",
            title="variation over the inputs",
            points=2,
            start="For every pixel of every channel: the variance of its N values, one for each input. Then the mean "
            "of all of these.",
            hints=(
                "One answer for all inputs must give 0, however many colours it has. So what has to be compared with "
                "what?",
                "`outputs.var(dim=0, correction=0).mean()`: dimension 0 runs over the inputs.",
            ),
            cases=(
                Case("one pixel", one_pixel, run_variation, "for the answers 0.2 and 0.8"),
                Case("one answer for all", same_answer, run_variation, "for a translator that ignores its input"),
                Case("five answers", answers, run_variation, "for five different answers"),
            ),
        ),
        Check(
            function="returns_home",
            title="share that returns home",
            points=2,
            start="Follow each input forward and then back: indexing one table with the other does it for all at once.",
            hints=(
                "Where does input i arrive, and where does the way back lead from there? Compare with i.",
                "`(backward[forward] == torch.arange(len(forward))).double().mean()`.",
            ),
            cases=(
                Case("a permutation", there_and_back, run_home, "for the example's tables"),
                Case("one answer for all", one_for_all, run_home, "for a translator with one answer for all"),
                Case("six inputs, five answers", two_lengths, run_home, "for six inputs and five answers"),
            ),
        ),
        Check(
            function="undo",
            title="way back",
            points=1,
            needs=("returns_home",),
            start="For every i the way back must lead from order[i] to i.",
            hints=(
                "Write one entry by hand: input 0 goes to order[0]. Which entry of the way back must then be 0?",
                "`back = torch.empty_like(order)`, `back[order] = torch.arange(len(order))`; or "
                "`torch.argsort(order)`.",
            ),
            cases=(
                Case("four drawings", four_drawings, run_undo, "for the order 2, 0, 3, 1"),
                Case("seven drawings", seven_drawings, run_undo, "for seven drawings"),
            ),
        ),
    ),
)
