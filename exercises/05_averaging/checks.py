"""What exercise 05 grades. The inputs and the ways to look at a function are in checks_answers, _measures and
_objective.

No expected value is in any of them: they come from the solution.
"""

from checks_answers import (
    black_or_white,
    even_number,
    features_by_three,
    features_by_two,
    odd_number,
    other_tiles,
    run_best,
    run_blend,
    run_range,
    run_shuffle,
    tiles_that_touch,
    two_tiles,
)
from checks_measures import (
    coloured,
    four_sizes,
    one_is_equal,
    ramp,
    run_benchmark,
    run_distance,
    run_luma,
    run_psnr,
    three_pictures,
    two_lists,
    whole_pictures,
    with_silence,
)
from checks_objective import enlarged, run_identity, run_objective

from course_lib.grading.checks import Case, Check, Exercise

EXERCISE = Exercise(
    name="05_averaging",
    title="the average of all right answers",
    checks=(
        Check(
            function="best_under_squares",
            title="best answer under squared errors",
            points=2,
            start="At each place, find the number whose mean squared distance to the N values there is least.",
            hints=(
                "Write down Σ (a − vₙ)² for one place and set its slope in a to 0.",
                "The slope is 0 at the mean of the N values: `plausible.mean(dim=0)`.",
            ),
            cases=(
                Case("seven pictures", odd_number, run_best, "for these seven pictures"),
                Case("six pictures", even_number, run_best, "for these six pictures"),
                Case("black or white", black_or_white, run_best, "for ten pictures of black and white pixels"),
            ),
        ),
        Check(
            function="best_under_absolutes",
            title="range of best answers under absolute errors",
            points=3,
            start=(
                "At each place, find all numbers whose mean absolute distance to the N values there is least; return "
                "the ends."
            ),
            hints=(
                (
                    "The slope of Σ |a − vₙ| counts: how many values lie below a, less how many lie above. Where is "
                    "that 0?"
                ),
                (
                    "Sort along dimension 0. The two in the middle are at (N − 1) // 2 and N // 2: the same one "
                    "where N is odd."
                ),
            ),
            cases=(
                Case("seven pictures", odd_number, run_range, "for these seven pictures"),
                Case("six pictures", even_number, run_range, "for these six pictures"),
                Case("black or white", black_or_white, run_range, "for ten pictures of black and white pixels"),
            ),
        ),
        Check(
            function="pixel_shuffle",
            title="pixel shuffle",
            points=3,
            start="Give each channel's r² numbers of one place to the r × r block of pixels that stands there.",
            hints=(
                (
                    "Split the channels into (C, r, r): which of these three axes belongs next to the height, which "
                    "next to the width?"
                ),
                "`features.reshape(b, c, r, r, h, w).permute(0, 1, 4, 2, 5, 3).reshape(b, c, h * r, w * r)`.",
            ),
            cases=(
                Case("factor 2", features_by_two, run_shuffle, "for factor 2"),
                Case("factor 3", features_by_three, run_shuffle, "for factor 3"),
            ),
        ),
        Check(
            function="luma",
            title="luma",
            points=2,
            start="Weight the three channels, add 16, divide by 255; keep one channel.",
            hints=(
                "Black is 16/255 and white 235/255. Which numbers of the task are for pictures in [0, 1]?",
                "`(65.481 * p[:, 0:1] + 128.553 * p[:, 1:2] + 24.966 * p[:, 2:3] + 16) / 255`.",
            ),
            cases=(Case("coloured pictures", coloured, run_luma, "for these colours"),),
        ),
        Check(
            function="psnr_y",
            title="PSNR",
            points=4,
            needs=("luma",),
            start="Luma of both, cut the border, mean of the squared difference of each picture, then decibels.",
            hints=(
                (
                    "One mean a picture, over its own pixels. 10 · log₁₀ goes with a mean square, 20 · log₁₀ with "
                    "its root."
                ),
                (
                    "`y[..., border : height − border, border : width − border]`, then `-10 * torch.log10(mse)` with "
                    "`mse` of shape (B,)."
                ),
            ),
            cases=(
                Case("ramp", ramp, run_psnr, "for the ramp"),
                Case("three pictures", three_pictures, run_psnr, "for these three pictures"),
                Case("border 0", whole_pictures, run_psnr, "with border 0", points=1),
                Case("an equal pair", one_is_equal, run_psnr, "where the second picture is its truth", points=1),
            ),
        ),
        Check(
            function="benchmark_psnr",
            title="number of the benchmark",
            points=2,
            needs=("psnr_y",),
            start="Take the PSNR of every pair, and their mean.",
            hints=(
                "A large picture counts as much as a small one, and a bad one no more than a good one.",
                "`torch.stack([psnr_y(p, t, border)[0] for p, t in pairs]).mean()`.",
            ),
            cases=(Case("four sizes", four_sizes, run_benchmark, "for pictures of four sizes"),),
        ),
        Check(
            function="generator_objective",
            title="generator's objective",
            points=4,
            start=(
                "Content: mean squared difference of the features. Adversary: mean softplus of minus D's scores of "
                "the fake, times the weight."
            ),
            hints=(
                "For the weight 0 only the content is left. Which picture is D shown, and what does G wish it to say?",
                (
                    "`(features(fake) - features(truth)).square().mean() + weight * "
                    "F.softplus(-discriminator(fake)).mean()`."
                ),
            ),
            cases=(
                Case("features", enlarged, run_objective, "on these pictures"),
                Case("pixels", enlarged, run_identity, "with the identity for features"),
            ),
        ),
        Check(
            function="perceptual_distance",
            title="perceptual distance",
            points=4,
            start=(
                "For each layer: vectors of length 1 at each position, squared distance, mean over the positions. "
                "Mean over the layers."
            ),
            hints=(
                (
                    "Which axis of (B, C, H, W) makes the vector of a position? Which are averaged, which summed, "
                    "and which is left?"
                ),
                (
                    "`F.normalize(t, dim=1)` on both, `.square().sum(dim=1).mean(dim=(1, 2))`, and the mean over the "
                    "layers."
                ),
            ),
            cases=(
                Case("three layers", two_lists, run_distance, "for these three layers"),
                Case("silent positions", with_silence, run_distance, "where all features are 0", points=1),
            ),
        ),
        Check(
            function="blend_tiles",
            title="joined picture",
            points=3,
            start=(
                "What only `left` shows, the mixture where both show it, what only `right` shows: joined along the "
                "width."
            ),
            hints=(
                (
                    "The two weights have the sum 1 in every column. Which tile should count more near which end of "
                    "the overlap?"
                ),
                (
                    "`w = (torch.arange(overlap, dtype=left.dtype) + 0.5) / overlap`; cut by widths "
                    "(`left[..., : width - overlap]`), not by `-overlap`."
                ),
            ),
            cases=(
                Case("an overlap of 4", two_tiles, run_blend, "for an overlap of 4"),
                Case("an overlap of 5", other_tiles, run_blend, "for an overlap of 5"),
                Case("no overlap", tiles_that_touch, run_blend, "for an overlap of 0", points=1),
            ),
        ),
    ),
)
