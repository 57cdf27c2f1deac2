"""What exercise 01 grades. The inputs and the ways to look at a function are in checks_value, _losses and _steps.

No expected value is in any of them: they come from the solution.
"""

from checks_losses import SLOPES, extreme_logits, logit_line, run_fake_logits, run_slopes, run_two_logits, worked_logits
from checks_steps import (
    ORBIT,
    long_game,
    point_games,
    run_discriminator_step,
    run_generator_step,
    run_long_game,
    run_point_round,
    run_wasted_gradient,
    step_given,
)
from checks_value import (
    certain_verdicts,
    histograms,
    histograms_with_gaps,
    run_bins,
    run_divergence,
    run_value,
    two_distributions,
    with_empty_bins,
)

from course_lib.grading.checks import Case, Check, Exercise

EXERCISE = Exercise(
    name="01_game",
    title="a game of two networks",
    checks=(
        Check(
            function="optimal_discriminator",
            title="best discriminator",
            points=2,
            start="Make each histogram a distribution (sum 1), p and q, and return p/(p + q) for every bin.",
            hints=(
                "If 1000 reals and 10 fakes were drawn from one and the same distribution, what should the best D say?",
                "`p = real_counts / real_counts.sum()`, the same for q, then `p / (p + q)`; `torch.where(p + q == 0, "
                "0.5, …)` for empty bins.",
            ),
            cases=(
                Case("histograms", histograms, run_bins, "on these histograms"),
                Case("empty bins", histograms_with_gaps, run_bins, "on histograms with empty bins", points=1),
            ),
        ),
        Check(
            function="game_value",
            title="value of the game",
            points=2,
            start="Sum over the bins: p · log D + q · log(1 − D).",
            hints=(
                "Two expectations: log D over where reals are, log(1 − D) over where fakes are. Which weights make a "
                "sum an expectation?",
                "`(real * verdict.log() + fake * (1 - verdict).log()).sum()`; for the extra point `torch.xlogy(real, "
                "verdict)`, "
                "which gives 0 where the weight is 0.",
            ),
            cases=(
                Case("a middling D", two_distributions, run_value, "for these p, q and D"),
                Case("a certain D", certain_verdicts, run_value, "for a D that is certain where it may be", points=1),
            ),
        ),
        Check(
            function="jensen_shannon",
            title="Jensen–Shannon divergence",
            points=2,
            start="With m = (p + q)/2: half of Σ p log(p/m), plus half of Σ q log(q/m).",
            hints=(
                "Test it on two ends: it is 0 for p = q, and log 2 = 0.6931 where p and q have no bin in common.",
                "Σ p log(p/m) is `(torch.xlogy(p, p) - torch.xlogy(p, m)).sum()`. Or: (V of the best D + log 4)/2.",
            ),
            cases=(
                Case("all bins filled", two_distributions, run_divergence, "for these p and q"),
                Case("empty bins", with_empty_bins, run_divergence, "for p and q with empty bins"),
            ),
        ),
        Check(
            function="discriminator_loss",
            title="discriminator loss",
            points=3,
            start="Binary cross-entropy of the real logits with target 1, plus that of the fake logits with target 0.",
            hints=(
                "Two means, one over the reals and one over the fakes, and their sum. Logits: no sigmoid has been "
                "taken yet.",
                "`F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean()`, or "
                "`F.binary_cross_entropy_with_logits` twice.",
            ),
            cases=(
                Case("these logits", worked_logits, run_two_logits, "on these logits"),
                Case("very sure logits", extreme_logits, run_two_logits, "on logits of −800 and beyond", points=1),
            ),
        ),
        Check(
            function="saturating_loss",
            title="saturating loss",
            points=2,
            start="mean log(1 − σ(f)): the half of V that knows the generator, with V's own sign.",
            hints=(
                "log(1 − σ(f)) is never positive. Where D says −8, its slope is almost 0: that is what the name means.",
                "1 − σ(f) = σ(−f), so this is `F.logsigmoid(-fake_logits).mean()`, or minus the mean of softplus(f).",
            ),
            cases=(
                Case("these logits", worked_logits, run_fake_logits, "on these logits"),
                Case("slopes from −8 to 8", logit_line, run_slopes, "over logits from −8 to 8", plot=SLOPES),
                Case("very sure logits", extreme_logits, run_fake_logits, "on logits of −900 and beyond", points=1),
            ),
        ),
        Check(
            function="non_saturating_loss",
            title="non-saturating loss",
            points=2,
            start="−mean log σ(f): the fakes' cross-entropy with the target 1.",
            hints=(
                "G wants its fakes called real. Where D is sure of a fake, at −8, the slope must stay near −1.",
                "mean softplus(−f), which is `F.binary_cross_entropy_with_logits(f, torch.ones_like(f))`.",
            ),
            cases=(
                Case("these logits", worked_logits, run_fake_logits, "on these logits"),
                Case("slopes from −8 to 8", logit_line, run_slopes, "over logits from −8 to 8", plot=SLOPES),
                Case("very sure logits", extreme_logits, run_fake_logits, "on logits of −900 and beyond", points=1),
            ),
        ),
        Check(
            function="discriminator_step",
            title="step of D",
            points=4,
            needs=("discriminator_loss",),
            start="Fakes from the generator, D's loss on reals and fakes, backward, and D's optimiser steps.",
            hints=(
                "Clear D's gradients first: they may hold something old. Which tensor is the last that belongs to G? "
                "D's loss ends there.",
                "`fake = generator(noise).detach()`; `optimizer_d.zero_grad()`; "
                "`discriminator_loss(discriminator(real), discriminator(fake)).backward()`; `optimizer_d.step()`.",
            ),
            cases=(
                Case("two steps", step_given, run_discriminator_step, "after such a step"),
                Case("no wasted gradient", step_given, run_wasted_gradient, "in two steps", points=1),
            ),
        ),
        Check(
            function="generator_step",
            title="step of G",
            points=4,
            needs=("non_saturating_loss",),
            start="Fakes from the generator, G's loss on what D says of them, backward, and G's optimiser steps.",
            hints=(
                "Here nothing is cut off: the gradient must pass through D to reach G. Whose optimiser steps, and "
                "whose gradients are cleared?",
                "`optimizer_g.zero_grad()`; `non_saturating_loss(discriminator(generator(noise))).backward()`; "
                "`optimizer_g.step()`.",
            ),
            cases=(Case("two steps", step_given, run_generator_step, "after such a step"),),
        ),
        Check(
            function="point_round",
            title="round of the game",
            points=3,
            start="One step down for ψ, with the slope σ(ψθ)·θ; then one for θ, with the slope −σ(ψθ)·ψ and the new ψ.",
            hints=(
                "Down means minus the slope; two minus signs meet in θ's step. Which ψ does G see: the old or the new?",
                "`psi = psi - rate * torch.sigmoid(psi * theta) * theta`, then `theta = theta + rate * "
                "torch.sigmoid(psi * theta) * psi`.",
            ),
            cases=(
                Case("one round", point_games, run_point_round, "after one round"),
                Case("120 rounds", long_game, run_long_game, "over 120 rounds", plot=ORBIT),
            ),
        ),
    ),
)
