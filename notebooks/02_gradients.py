# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 02 · Vanishing gradients
#
# **Why did CycleGAN throw away the logarithm?**
#
# | | |
# |---|---|
# | you need | [lesson 01](01_game.ipynb): generator, discriminator, logits, the two losses of G; the chain rule |
# | time | 75 minutes with your own answers |
# | | the cells alone: less than a minute on two CPU cores, without a network |
# | difficulty | ★★☆ |
# | exercise | [`02_gradients`](../exercises/02_gradients/task.md) |
# | in the app | `python dev.py demo`, then: |
# | | score −8: [least squares](http://127.0.0.1:7860/?tab=loss&loss=lsgan&side=generator&sigmoid=0&logit=-8.0) |
# | | score −8: [behind a sigmoid](http://127.0.0.1:7860/?tab=loss&loss=lsgan&side=generator&sigmoid=1&logit=-8.0) |
# | | score −8: [saturating](http://127.0.0.1:7860/?tab=loss&loss=saturating&side=generator&sigmoid=0&logit=-8.0) |
# | next lesson | [03 · Mode collapse](03_collapse.ipynb) |
#
# **Terms** (all of them are in the [glossary](00_start_here.ipynb), lesson 00, section 7)
#
# | English | 한국어 | meaning |
# |---|---|---|
# | vanishing gradient | 기울기 소실 | a gradient too small to learn from |
# | gradient, slope | 기울기 | how a loss changes when its input changes a little |
# | Jacobian | 야코비 행렬 | the slopes of a network's outputs in its inputs |
# | saturating / non-saturating loss | 포화 / 비포화 손실 | G's two logarithms: log(1 − D) / −log D |
# | cross-entropy | 교차 엔트로피 | minus the logarithm of the probability of the truth |
# | least squares (LSGAN) | 최소제곱 | squares in place of logarithms |
# | hinge loss | 힌지 손실 | no loss beyond a margin |
# | Wasserstein loss | 바서슈타인 손실 | the difference of D's mean scores |
# | outlier | 이상치 | a sample far from the others |
# | optimiser, Adam | 옵티마이저, 아담 | the rule that turns gradients into steps; Adam divides by their usual size |
# | cycle consistency | 순환 일관성 | there and back gives the original |
# | gradient penalty | 기울기 페널티 | D pays for a slope other than a wanted one |
# | energy distance | 에너지 거리 | from the distances between and within two sets of points; 0 if equal |
# | sign test | 부호 검정 | how often fair coins would be as one-sided as the wins over seeds |
#
# The first GANs used the logarithm. CycleGAN (Zhu et al. 2017) replaces it by a square, "least squares", and says that
# this is more stable and gives better pictures. Texts explain it in one line: *the logarithm's gradient vanishes, the
# square's does not.* This lesson measures both halves of that line.

# %% jupyter={"source_hidden": true} tags=["hide-input"]
import math
import time

import numpy as np
import torch
from IPython.display import Markdown

from course_lib import losses, plots
from course_lib.grading import check
from course_lib.lessons import text_check
from course_lib.metrics.factors import gradient_factors, slopes
from course_lib.networks.mlp import SeededMLP

torch.manual_seed(0)
started = time.monotonic()

# %% [markdown]
# ## 1 · What reaches G is a product
#
# G makes a fake $x$, D gives it a score $D(x)$, a loss $\ell$ turns the score into a number. G learns from one thing
# only, the slope of that number at its fake:
#
# $$\frac{\partial\,\ell(D(x))}{\partial x} \;=\; \underbrace{\ell'(D(x))}_{\text{slope of the loss}}
# \;\cdot\; \underbrace{\frac{\partial D(x)}{\partial x}}_{\text{D's own Jacobian}}$$
#
# The first factor is a curve that can be drawn without any network. The second says how much D's score changes when the
# fake moves a little. It belongs to D, and D was trained with a loss of its own. We call the product the **pull** on G.
#
# ## 2 · Guess before you run
#
# D has recognised a fake: its score is −8 (the sigmoid of that is 0.0003). Replace each `None` by one of
# `"saturating"`, `"non-saturating"`, `"least squares"`, `"least squares behind a sigmoid"`, `"hinge"`.

# %%
my_guess = {
    "largest slope at score −8": None,
    "smallest slope at score −8": None,
    "strongest pull on G once D has won": None,
    "weakest pull on G once D has won": None,
    "first to arrive with Adam": None,
}

# %% [markdown]
# ## 3 · The first factor: slopes of the losses
#
# | G's loss | formula at one score $s$ |
# |---|---|
# | saturating | $\log(1 - \sigma(s))$ |
# | non-saturating | $-\log\sigma(s)$ |
# | least squares | $(s - 1)^2$ |
# | least squares behind a sigmoid | $(\sigma(s) - 1)^2$ |
# | hinge and Wasserstein | $-s$ |
#
# ### Your turn: the five slopes
#
# Differentiate each formula by hand (σ′ = σ(1 − σ)) and write it down: five lines. `scores` is a tensor (N,); return a
# dictionary of five tensors (N,).


# %%
def generator_slopes(scores):
    """Slope of each of G's losses at each score."""
    # your lines here: replace the dots
    return {
        "saturating": ...,
        "non-saturating": ...,
        "least squares": ...,
        "least squares behind a sigmoid": ...,
        "hinge": ...,
    }


check("02.generator_slopes", generator_slopes)

# %% [markdown]
# <details><summary>Answer</summary>
#
# ```python
# def generator_slopes(scores):
#     probability = torch.sigmoid(scores)
#     return {
#         "saturating": -probability,
#         "non-saturating": probability - 1,
#         "least squares": 2 * (scores - 1),
#         "least squares behind a sigmoid": 2 * (probability - 1) * probability * (1 - probability),
#         "hinge": -torch.ones_like(scores),
#     }
# ```
#
# </details>
#
# The lesson takes the slopes of the library's losses by autograd:

# %%
G_LOSSES = {
    "saturating": losses.saturating_generator_loss,
    "non-saturating": losses.bce_generator_loss,
    "least squares": losses.lsgan_generator_loss,
    "least squares behind a sigmoid": lambda s: losses.lsgan_generator_loss(s.sigmoid()),
    "hinge, Wasserstein": losses.hinge_generator_loss,
}
scores = torch.linspace(-8, 8, 321, dtype=torch.float64)
plots.loss_slopes(scores, {name: slopes(loss, scores) for name, loss in G_LOSSES.items()})


# %%
def table_of_slopes(of, at, title):
    """Prints and returns loss → slopes at a few scores."""
    found = {name: slopes(loss, torch.tensor(at, dtype=torch.float64)).tolist() for name, loss in of.items()}
    print(f"{title:32}" + "".join(f"{score:>12g}" for score in at))
    for name, row in found.items():
        print(f"{name:32}" + "".join(f"{value:12.6f}" for value in row))
    return found


at_scores = table_of_slopes(G_LOSSES, [-8.0, 0.0, 1.0, 8.0], "G: slope at score")

# %% jupyter={"source_hidden": true} tags=["hide-input"]
for name, worked in zip(at_scores, (-0.000335, -0.99966, -18, -0.000670, -1), strict=True):
    text_check(abs(at_scores[name][0] - worked) < 1e-5, "the slopes at −8 are as worked by hand")
size = {name: abs(row[0]) for name, row in at_scores.items()}
measured = {
    "largest slope at score −8": max(size, key=size.get),
    "smallest slope at score −8": min(size, key=size.get),
}
text_check(abs(at_scores["non-saturating"][3]) < 0.001, "on the right the non-saturating loss is flat")
text_check(at_scores["saturating"][3] < -0.99, "on the right the saturating loss has slope −1")
text_check(
    at_scores["least squares"][2] == 0 and at_scores["least squares"][3] > 0,
    "least squares is flat at 1 and pulls back beyond",
)
plots.compare_guesses(my_guess, measured)

# %% [markdown]
# Read the plot from left to right.
#
# * **Left, where D is sure of a fake.** The saturating loss is flat: the surer D is, the less G learns. The
#   non-saturating loss is a logarithm too, and its slope is −1 there. *So it is not "the logarithm" that vanishes; it
#   is the saturating one, on this side.* Least squares is steeper the further the score is from 1.
# * **Least squares behind a sigmoid vanishes again**, nearly as the saturating loss does. Leave the sigmoid out.
# * **Right, where D takes the fake for real.** Only the non-saturating loss becomes flat; the saturating one has slope
#   −1 here. Least squares is flat at exactly one place, score 1, and beyond it pulls *back*: a fake with a score above
#   1 is an outlier, and is pulled in. Hinge and Wasserstein have slope −1 everywhere.
#
# At score −8 least squares is 18 times as steep as the next. Many explanations stop here.
#
# ### A slider: all five at one score
#
# (In the stored notebook you see one position. Bars end at 0.0001.)

# %%
plots.Slider(
    lambda score: plots.slope_bars(
        {name: slopes(loss, torch.tensor([float(score)])).item() for name, loss in G_LOSSES.items()}
    ),
    list(range(-8, 9)),
    start=-4,
    label="D's score of the fake",
)

# %% [markdown]
# ## 4 · The second factor: who trained D?
#
# Would a D trained with least squares ever *give* a score of −8? Each loss of G belongs to a loss of D ($r$: score of a
# real, $f$: score of a fake):
#
# | | D minimises the mean of | best score at $x$ |
# |---|---|---|
# | cross-entropy | $-\log\sigma(r) - \log(1-\sigma(f))$ | $\log\frac{p}{q}$: unbounded |
# | least squares | $(r-1)^2 + f^2$ | $\frac{p}{p+q}$: between 0 and 1 |
# | hinge | $\max(0, 1-r) + \max(0, 1+f)$ | $\mathrm{sign}(p-q)$: −1 or 1 |
#
# This column explains the rest of the lesson. Where there are only fakes, the best score under least squares is 0, and
# under hinge −1; under cross-entropy it is −∞. The three D's are different networks, so we may not put all of them at
# −8.
#
# ### Your turn: the best scores
#
# Derive the first two rows: at one place D pays $p\,\ell_{real}(s) + q\,\ell_{fake}(s)$; where is its slope in $s$
# zero? Two lines.


# %%
def best_scores(real_density, fake_density):
    """The best scores (under cross-entropy, under least squares) where the densities are p and q, all (N,)."""
    raise NotImplementedError  # your lines here


check("02.best_scores", best_scores)

# %% [markdown]
# <details><summary>Answer</summary>
#
# ```python
# def best_scores(real_density, fake_density):
#     # cross-entropy: −p (1 − σ(s)) + q σ(s) = 0, so σ(s) = p/(p + q); least squares: 2p(s − 1) + 2qs = 0
#     under_cross_entropy = (real_density / fake_density).log()
#     return under_cross_entropy, real_density / (real_density + fake_density)
# ```
#
# </details>
#
# Now measured. Two clouds in the plane, far apart; real ones right, fakes left. Train D to win, with each loss, from
# the same first weights, on the same points: five seeds. Look along the line through both clouds.

# %%
D_LOSSES = {
    "cross-entropy": (losses.bce_discriminator_loss, ["saturating", "non-saturating"]),
    "least squares": (losses.lsgan_discriminator_loss, ["least squares"]),
    "least squares behind a sigmoid": (
        lambda r, f: losses.lsgan_discriminator_loss(r.sigmoid(), f.sigmoid()),
        ["least squares behind a sigmoid"],
    ),
    "hinge": (losses.hinge_discriminator_loss, ["hinge"]),
}
G_LOSSES["hinge"] = losses.hinge_generator_loss
stored = plots.stored("gradients")
recipe, SEEDS, UPDATES = stored["config"], range(5), 200
REALS_AT, FAKES_AT = stored["settings"]["apart"][0], -stored["settings"]["apart"][0]


def cloud(centre, count, generator):
    """Points for all networks; every loss sees the same ones."""
    points = recipe["spread"] * torch.randn(len(SEEDS), count, 2, generator=generator)
    return (points + torch.tensor([centre, 0.0])).repeat(len(D_LOSSES), 1, 1)


generator = torch.Generator().manual_seed(0)
discriminators = SeededMLP([*SEEDS] * len(D_LOSSES), (2, recipe["width"], recipe["width"], 1), "leaky_relu")
adam = torch.optim.Adam(discriminators.parameters(), lr=recipe["lr"], betas=(0.5, 0.999))
for _ in range(UPDATES):
    on_real = discriminators(cloud(REALS_AT, recipe["batch"], generator)).split(len(SEEDS))
    on_fake = discriminators(cloud(FAKES_AT, recipe["batch"], generator)).split(len(SEEDS))
    each = [loss(r, f) for (loss, _), r, f in zip(D_LOSSES.values(), on_real, on_fake, strict=True)]
    adam.zero_grad()
    (len(SEEDS) * torch.stack(each).sum()).backward()
    adam.step()

# %%
x = torch.linspace(-3, 3, 241)
along = torch.stack([x, torch.zeros_like(x)], dim=1).expand(len(discriminators.seeds), -1, -1)
columns, pulls = {}, {}
for place, (d_loss, (_, players)) in enumerate(D_LOSSES.items()):
    rows = slice(place * len(SEEDS), (place + 1) * len(SEEDS))
    found = {name: gradient_factors(discriminators, along, G_LOSSES[name]) for name in players}
    pulls |= {name: factors.pull[rows, :, 0] for name, factors in found.items()}
    columns[d_loss] = (found[players[0]].score[rows], {name: pulls[name] for name in players})
spread = 2 * recipe["spread"]
plots.answers_along_line(
    x,
    columns,
    real_at=(REALS_AT - spread, REALS_AT + spread),
    fake_at=(FAKES_AT - spread, FAKES_AT + spread),
    width=2.4,
)

# %% [markdown]
# Above, D's score. Note the scales: with cross-entropy it climbs through more than twenty units, with least squares
# through less than three. Least squares holds D at its targets, 0 on the fakes and 1 on the reals, so between the
# clouds it rises by about 1. Below, the product of both factors, the pull. Look for three things:
#
# * at the fakes (red) the non-saturating logarithm pulls hardest; the two dashed curves are near zero;
# * further left, on fakes worse than any that D saw, only least squares pulls clearly harder than at the fakes;
# * to the right of the reals (blue) only least squares changes direction: it pulls outliers back in.

# %% jupyter={"source_hidden": true} tags=["hide-input"]
at_left, at_fakes, at_right = ((x - place).abs().argmin() for place in (-3, FAKES_AT, 3))
for name, pull in pulls.items():
    means = [pull[:, at].mean().item() for at in (at_left, at_fakes, at_right)]
    print(f"{name:31} pull at x = −3 {means[0]:6.2f}   at the fakes {means[1]:6.2f}   at x = 3 {means[2]:6.2f}")
climb = {name: float((score[:, -1] - score[:, 0]).mean()) for name, (score, _) in columns.items()}
text_check(
    climb["cross-entropy"] > 20 and climb["least squares"] < 3,
    "D's score climbs through more than 20 units, and less than 3",
)
strongest = {name: pull[:, at_fakes] for name, pull in pulls.items()}
text_check(
    all((strongest["non-saturating"] > strongest[name]).all() for name in strongest if name != "non-saturating"),
    "at the fakes the non-saturating loss pulls hardest, in every seed",
)
growth = {name: (pull[:, at_left].mean() / pull[:, at_fakes].mean()).item() for name, pull in pulls.items()}
text_check(
    growth["least squares"] > 1.5 and max(value for name, value in growth.items() if name != "least squares") < 1.1,
    "further left only least squares pulls clearly harder",
)
text_check(
    (pulls["least squares"][:, at_right] < -0.1).all()
    and all((pull[:, at_right] > -0.05).all() for name, pull in pulls.items() if name != "least squares"),
    "right of the reals only least squares changes direction",
)

# %% [markdown]
# So both sentences about outliers are true here. The question is what happens *where the fakes are*.
#
# ## 5 · Both factors, while D wins
#
# ### Your turn: the product
#
# First write the measurement. `loss` takes scores and gives a number, `discriminator` takes pictures (B, C, H, W) and
# gives scores. Return the length of the gradient of the loss at each fake, (B,). Three lines; `torch.autograd.grad`
# does the work.


# %%
def reaches_generator(loss, discriminator, fakes):
    """What arrives at each fake: ‖∂ loss(D(fakes)) / ∂ fake‖, (B,)."""
    raise NotImplementedError  # your lines here


check("02.reaches_generator", reaches_generator)

# %% [markdown]
# <details><summary>Answer</summary>
#
# ```python
# def reaches_generator(loss, discriminator, fakes):
#     fakes = fakes.detach().clone().requires_grad_()
#     gradient = torch.autograd.grad(loss(discriminator(fakes)), fakes)[0]
#     return gradient.flatten(1).norm(dim=1)
# ```
#
# </details>
#
# Now over ten seeds and all of D's training: a stored table, because it takes minutes. Slope, Jacobian, product: each
# the mean over held-out fakes.

# %%
print(plots.provenance(stored))
marks = stored["marks"]


def over_seeds(setting, key):
    """Loss → (seeds, marks)."""
    return {name: np.array([row[key] for row in rows]) for name, rows in stored["winning"][setting].items()}


apart = {key: over_seeds("apart", key) for key in ("score", "slope", "jacobian", "product", "towards", "order")}
panels = {
    "slope of the loss": apart["slope"],
    "D's Jacobian": apart["jacobian"],
    "product: what reaches G": apart["product"],
}
plots.over_training(marks, panels, logy=list(panels))

# %% jupyter={"source_hidden": true} tags=["hide-input"]
last = {key: {name: runs[:, -1] for name, runs in values.items()} for key, values in apart.items()}
product = last["product"]
print(
    f"after {marks[-1]} updates of D   score of fakes      slope  ×  Jacobian  =    product   (lowest … highest "
    f"seed)   cosine"
)
for name, runs in product.items():
    print(
        f"{name:31} {last['score'][name].mean():9.2f}   {last['slope'][name].mean():10.2g}  × "
        f"{last['jacobian'][name].mean():9.2g}"
        f"  = {runs.mean():10.2g}   ({runs.min():.2g} … {runs.max():.2g})   {last['towards'][name].mean():6.2f}"
    )

# %% jupyter={"source_hidden": true} tags=["hide-input"]
five = [name for name in product if name != "Wasserstein, penalty"]
strength = {name: float(product[name].mean()) for name in product}
others = [name for name in five if name != "least squares"]
text_check(
    all(runs[:, -1].min() > 0.99 for runs in apart["order"].values()), "every D has won: it puts reals above fakes"
)
text_check(
    product["non-saturating"].min() > 3 * product["least squares"].max(), "non-saturating pulls harder, in every seed"
)
text_check(
    product["non-saturating"].min() > 30 * product["saturating"].max(), "saturating pulls far less, in every seed"
)
text_check(
    product["hinge"].min() > product["least squares"].max(), "hinge pulls harder than least squares, in every seed"
)
text_check(
    last["slope"]["least squares"].min() > max(last["slope"][name].max() for name in others),
    "least squares has the steepest slope",
)
text_check(
    last["jacobian"]["least squares"].max() < min(last["jacobian"][name].min() for name in others),
    "least squares has the flattest D, in every seed",
)
text_check(
    abs(last["score"]["least squares"].mean()) < 0.1, "a D that has won under least squares scores its fakes near 0"
)
worst_cosine = min(last["towards"][name].min() for name in others)
text_check(
    last["towards"]["least squares"].min() < worst_cosine,
    "least squares has the least sure direction in its worst seed",
)
measured |= {
    "strongest pull on G once D has won": max(five, key=strength.get),
    "weakest pull on G once D has won": min(five, key=strength.get),
}
plots.compare_guesses(my_guess, measured)

# %% [markdown]
# The last column of the table is the cosine between the pull and the straight way to the reals: 1 means "that way", 0
# means "any way".

# %% jupyter={"source_hidden": true} tags=["hide-input"]
squares = {key: last[key]["least squares"].mean() for key in ("slope", "jacobian", "score")}
squares["worst cosine"] = last["towards"]["least squares"].min()
smaller = strength["non-saturating"] / strength["least squares"]
larger = strength["least squares"] / strength["saturating"]
Markdown(
    f"""**Least squares has the steepest slope, {squares["slope"]:.2g}, and the flattest D, {squares["jacobian"]:.2g}.**
The product is {smaller:.0f} times *smaller* than with the non-saturating logarithm, and {larger:.0f} times that of
the saturating one. The slope −18 of section 3 is true, but D does not give such a score: a D that has won under least
squares scores its fakes {squares["score"]:.2f}, not −8 (its best score is p/(p + q) = 0 there). Where D is flat,
what is left of its slope points less surely to the reals: cosine {squares["worst cosine"]:.2f} in the worst seed, at
least {worst_cosine:.2f} in every seed of the other four.

So, on these clouds, *"the logarithm vanishes, the square does not"* holds for the logarithm of the theory
(saturating), and does **not** hold for the logarithm that is commonly used (non-saturating)."""
)

# %% [markdown]
# ### One row again, live
#
# The D's of section 4 had the same recipe. Do they agree with the stored ones at that age?

# %%
held_out = cloud(FAKES_AT, 200, torch.Generator().manual_seed(7))
age = int(np.argmin(np.abs(np.array(marks) - UPDATES)))
print(f"{'product':31} live, 5 seeds, {UPDATES} updates   stored, 10 seeds, {marks[age]} updates")
for place, (_, players) in enumerate(D_LOSSES.values()):
    rows = slice(place * len(SEEDS), (place + 1) * len(SEEDS))
    for name in players:
        live = gradient_factors(discriminators, held_out, G_LOSSES[name]).strength()[2][rows]
        kept = apart["product"][name][:, age]
        print(f"{name:32} {live.min():8.2g} … {live.max():<18.2g} {kept.min():8.2g} … {kept.max():<8.2g}")
        text_check(0.4 < live.mean() / kept.mean() < 2.5, "live and stored agree, within a factor of 2.5")

# %% [markdown]
# ## 6 · When the logarithm is fine
#
# The clouds were far apart, and D was allowed to win. Two other situations, measured in the same way: clouds that
# **overlap**, and clouds that are apart while **noise is added to everything D sees** (Arjovsky & Bottou 2017), so that
# D can never be certain.

# %%
final = {
    setting: {name: runs[:, -1] for name, runs in over_seeds(setting, "product").items()}
    for setting in stored["settings"]
}
print(f"product, after {marks[-1]} updates    " + "".join(f"{setting:>30}" for setting in final))
for name in five:
    print(f"{name:31}" + "".join(f"{final[s][name].min():17.2g} … {final[s][name].max():<9.2g}" for s in final))
ratio = {s: float(np.mean(final[s]["saturating"]) / np.mean(final[s]["non-saturating"])) for s in final}
print("\nthe saturating pull as a share of the non-saturating one:", {s: f"{share:.1%}" for s, share in ratio.items()})

# %% jupyter={"source_hidden": true} tags=["hide-input"]
noisy_setting = "apart, noise on D's input"
text_check(
    min(final["overlapping"][name].min() for name in five) > 1,
    "where the clouds overlap every loss has a pull above 1, in every seed",
)
text_check(
    ratio["overlapping"] > 0.25, "with overlap the saturating pull is more than a quarter of the non-saturating one"
)
text_check(
    final[noisy_setting]["saturating"].min() > 5 * final["apart"]["saturating"].max(),
    "noise raises the saturating pull, in every seed",
)
text_check(ratio[noisy_setting] < 0.1, "with noise it is still less than a tenth of the non-saturating one")

# %% [markdown]
# **Where the clouds overlap nothing vanishes, in any of the five losses.** So vanishing is not a property of the
# logarithm. It is what happens when D can be *certain*: when reals and fakes are apart and D is trained for long. Noise
# raises the saturating pull more than five times, in every seed; it is still less than a tenth of the non-saturating
# one. Few updates of D have the same effect (left ends of the curves in section 5).
#
# ## 7 · Does G get anywhere?
#
# A small pull need not be a problem. Most people train with Adam, which divides every gradient by its own usual size.
# So let D win first, and then let G play, in turns with D. G can only move its whole cloud (two numbers). Does it reach
# the reals? Stored, ten seeds.

# %%
race = stored["race"]
print(
    f"seeds that arrive within {recipe['rounds']} rounds, after D's head start of {recipe['head_start']} updates; "
    f"median round of arrival"
)
arrivals = {
    optimizer: {name: [row["arrived"] for row in rows if row["arrived"]] for name, rows in by_loss.items()}
    for optimizer, by_loss in race.items()
}
for optimizer, by_loss in arrivals.items():
    for name, rounds in by_loss.items():
        when = f"round {np.median(rounds):.0f}" if rounds else "never"
        print(f"{optimizer:18} {name:32} {len(rounds):2} of {len(stored['seeds'])}   {when}")

# %% jupyter={"source_hidden": true} tags=["hide-input"]
everyone = len(stored["seeds"])
plain, with_adam = ({name: len(rounds) for name, rounds in arrivals[optimizer].items()} for optimizer in race)
text_check(
    plain["saturating"] == plain["least squares behind a sigmoid"] == 0,
    "with gradient descent the two flat losses never arrive",
)
text_check(
    plain["non-saturating"] == plain["least squares"] == plain["hinge"] == everyone,
    "the other three arrive in every seed",
)
text_check(set(with_adam.values()) == {everyone}, "with Adam all five arrive in every seed")
order = {
    optimizer: sorted((n for n in five if by[n]), key=lambda n: np.median(by[n])) for optimizer, by in arrivals.items()
}
by_pull = sorted(five, key=strength.get)
print("weakest pull first:        ", ", ".join(by_pull))
print("first to arrive, Adam:     ", ", ".join(order["Adam"]))
text_check(order["Adam"] == by_pull, "under Adam the order of arrival is exactly the reverse of the order of the pull")
strongest_first = [name for name in reversed(by_pull) if plain[name]]
text_check(
    order["gradient descent"] == strongest_first, "with gradient descent the order of arrival is the order of the pull"
)
measured["first to arrive with Adam"] = order["Adam"][0]
plots.compare_guesses(my_guess, measured)

# %% [markdown]
# **With gradient descent the two flat losses arrive in no seed, and the other three arrive in the order of their pull.
# With Adam all five arrive, and the order is exactly the reverse of the order of the pull: the weakest pull, the
# saturating one, is first, and the strongest, the non-saturating one, is last.** The direction of the weak pull was
# right all the time (cosine 0.99); only its length was small, and Adam does not use the length. (Why the reverse? One
# explanation: a weak pull grows as G comes nearer, and Adam divides by the small values that it remembers, so its steps
# become larger. We have not tested it.) So vanishing gradients are a matter of the loss **and** of the optimiser, and
# of how long D was trained alone.
#
# ## 8 · The same table for D
#
# D learns by slopes as well. Where does *D* stop learning? The slopes of D's losses, in the score of a **fake** (for a
# real, mirror it).

# %%
D_SLOPES = {
    "cross-entropy": lambda f: losses.bce_discriminator_loss(torch.full_like(f, 50.0), f),
    "least squares": lambda f: losses.lsgan_discriminator_loss(torch.ones_like(f), f),
    "least squares behind a sigmoid": lambda f: losses.lsgan_discriminator_loss(torch.ones_like(f), f.sigmoid()),
    "hinge": lambda f: losses.hinge_discriminator_loss(torch.full_like(f, 50.0), f),
    "Wasserstein": lambda f: losses.wasserstein_discriminator_loss(torch.zeros_like(f), f),
}
plots.loss_slopes(scores, {name: slopes(loss, scores) for name, loss in D_SLOPES.items()})

# %%
of_d = table_of_slopes(D_SLOPES, [-8.0, -1.5, 0.0, 8.0], "D: slope at score of a fake")

# %% jupyter={"source_hidden": true} tags=["hide-input"]
text_check(of_d["hinge"] == [0, 0, 1, 1], "hinge: no slope beyond the margin, slope 1 before it")
text_check(
    0 < of_d["cross-entropy"][0] < 1e-3 and of_d["cross-entropy"][3] > 0.999,
    "cross-entropy: small and never zero where D is right",
)
text_check(
    abs(of_d["least squares behind a sigmoid"][3]) < 1e-3, "behind a sigmoid: almost no slope where D is badly wrong"
)
text_check(
    of_d["least squares"] == [-16, -3, 0, 16] and set(of_d["Wasserstein"]) == {1},
    "least squares: 2f; Wasserstein: 1 everywhere",
)

# %% [markdown]
# * **Cross-entropy** is never quite flat: D goes on to push sure fakes further down, towards the best score −∞.
# * **Hinge** stops at the margin −1, its best score. D stays less steep than with cross-entropy (section 5).
# * **Least squares** stops at 0 only, its best score, and pulls scores *up* that are below 0. So D's scores stay small.
# * **Behind a sigmoid** D hardly learns from its worst mistakes (right end): a second reason to leave the sigmoid out.
# * **Wasserstein** has slope 1 everywhere. Without a constraint nothing limits D's scores; that is why it is used with
#   one (a gradient penalty, lesson 03).
#
# ## 9 · CycleGAN in small
#
# Slopes are not pictures. So here is the paper's own comparison, in small: an unpaired translation between two domains,
# two generators, two discriminators, a cycle term (the way back must find the original) with weight λ; only the
# adversarial loss changes. A domain is a set of eight small clouds: a ring here, two rows of four there. Four losses,
# the same ten seeds: with equal learning rates and λ = 10 as in the paper, with a D that learns five times as fast, and
# with λ = 1.
#
# The measure is the **energy distance** between the outputs and the true domain: with distances between random points,
# 2 E‖X − Y‖ − E‖X − X′‖ − E‖Y − Y′‖. It is 0 when the two distributions are the same; lower is better.

# %%
cycle = plots.stored("gradients_translation")
print(plots.provenance(cycle))
titles = {
    rates: f"energy distance\n{rates.removesuffix(', λ = 1')}, λ = {cycle['rates'][rates][2]:g}"
    for rates in cycle["translation"]
}
plots.seed_dots(
    {
        titles[rates]: {name: [row["distance"] for row in rows] for name, rows in by_loss.items()}
        for rates, by_loss in cycle["translation"].items()
    },
    colours={name: plots.look(name)["color"] for name in G_LOSSES},
    width=2.7,
)

# %% jupyter={"source_hidden": true} tags=["hide-input"]
rule, seeds = cycle["config"], len(cycle["seeds"])
print(
    f"failed: a mode of eight missing, or fewer than {rule['good']:.0%} of answers within 3σ of one, in either "
    f"direction, after {rule['steps']} steps"
)
failures, distances = {}, {}
for rates, by_loss in cycle["translation"].items():
    for name, rows in by_loss.items():
        failures[rates, name] = sum(row["failed"] for row in rows)
        distances[rates, name] = np.array([row["distance"] for row in rows])
        print(
            f"{rates:22} {name:32} failed {failures[rates, name]:2} of {len(rows)}   modes "
            f"{np.mean([row['covered'] for row in rows]):.1f} of 8   "
            f"good {np.mean([row['good'] for row in rows]):.0%}   energy distance {distances[rates, name].mean():.4f}"
        )

# %% jupyter={"source_hidden": true} tags=["hide-input"]
both = ["non-saturating", "least squares"]  # the logarithm that CycleGAN replaced, and what it took instead
summary, chance = {}, {}
for rates in cycle["translation"]:
    log, square = (distances[rates, name] for name in both)
    wins = int((square < log).sum())
    # Sign test: if both were equally good, how often would ten fair coins be at least as one-sided as this?
    chance[rates] = min(1.0, 2 * sum(math.comb(seeds, k) for k in range(max(wins, seeds - wins), seeds + 1)) / 2**seeds)
    summary[rates] = (
        f"least squares failed {failures[rates, both[1]]}, the non-saturating logarithm {failures[rates, both[0]]} "
        f"of {seeds}; "
        f"least squares was nearer in {wins} of {seeds} seeds (sign test: p = {chance[rates]:.3f})"
    )
    print(f"{rates}: {summary[rates]}")
for rates in ("equal rates", "D five times as fast"):
    text_check(
        failures[rates, both[1]] >= failures[rates, both[0]] + 4, "with λ = 10 least squares fails in many more seeds"
    )
    text_check(chance[rates] < 0.05, "with λ = 10 the logarithm is nearer in more seeds than chance explains")
weak_cycle = "equal rates, λ = 1"
text_check(all(failures[weak_cycle, name] == 0 for name in cycle["translation"][weak_cycle]), "with λ = 1 nobody fails")
share = distances[weak_cycle, both[1]].mean() / distances[weak_cycle, both[0]].mean()
print(f"λ = 1: mean energy distance of least squares / of the logarithm = {share:.2f}")
text_check(share < 0.6, "with λ = 1 least squares has about half the energy distance, on average")
text_check(chance[weak_cycle] > 0.05, "with λ = 1 ten seeds cannot decide between the two")

# %% [markdown]
# **With λ = 10 the logarithm wins here: it fails in few seeds, least squares in nearly all. With λ = 1 nobody fails**,
# not even the saturating loss, and least squares has about half the logarithm's mean energy distance; it is nearer in 8
# of 10 seeds, which ten seeds cannot decide. So the finding is not that one loss is more stable. The finding is: **no
# ranking until λ is tuned for each loss.** λ weighs the cycle against the adversarial pull, and section 5 says how
# different the pulls are: the same λ = 10 that is small beside a strong pull is large beside a weak one.
#
# ## The answer in three sentences
#
# CycleGAN's authors replaced the logarithm because they found least squares more stable on their pictures; the usual
# explanation, that the logarithm's gradient vanishes, is true of the saturating loss and not of the non-saturating one
# that was commonly used. What reaches G is the slope of the loss times D's Jacobian, and a D trained with least squares
# is so flat at its fakes that the steepest slope gives one of the weaker pulls. Which loss trains better depends on the
# optimiser, on how certain D can be, and on the weight λ beside it; in our small CycleGAN the ranking changed with λ.
#
# ### What did not hold

# %% jupyter={"source_hidden": true} tags=["hide-input"]
said = {
    "The logarithm's gradient vanishes": (
        f"The saturating one's does, once D has won: slope {last['slope']['saturating'].mean():.0e}. The "
        f"non-saturating one's slope is "
        f"{last['slope']['non-saturating'].mean():.2f}, and its product the largest of all six."
    ),
    "Least squares pulls hardest on bad fakes": (
        f"Its slope is the steepest and its D the flattest: the product was {strength['least squares']:.2g}, against "
        f"{strength['non-saturating']:.2g} (non-saturating) and {strength['hinge']:.2g} (hinge). Only on fakes far "
        f"outside what D saw does its pull grow."
    ),
    "Scores should be probabilities, so put a sigmoid before the square": (
        f"Then it vanishes again: slope {size['least squares behind a sigmoid']:.5f} at −8, product "
        f"{strength['least squares behind a sigmoid']:.2g}."
    ),
    "With a vanishing gradient G cannot learn": (
        f"With gradient descent {plain['saturating']} of {everyone} arrived. With Adam {with_adam['saturating']} of "
        f"{everyone}, before all others."
    ),
    "A good D is bad for G": (
        "A *certain* D can be. With overlapping clouds, after the same training of D, the saturating pull was "
        f"{final['overlapping']['saturating'].min():.2g} to {final['overlapping']['saturating'].max():.2g}; least "
        f"squares' "
        f"{final['overlapping']['least squares'].min():.2g} to {final['overlapping']['least squares'].max():.2g}: "
        f"the ranges overlap."
    ),
    "Least squares is more stable (in a small CycleGAN)": "No ranking until λ is tuned for each loss. "
    + "; ".join(f"*{rates}*: {text}" for rates, text in summary.items()),
}
Markdown(
    "\n".join(
        ["| they say | measured here |", "|---|---|", *(f"| {claim} | {answer} |" for claim, answer in said.items())]
    )
)

# %% [markdown]
# ### What holds only in this toy
#
# * Clouds in the plane instead of pictures, D without patches, no history of generated pictures, minutes instead of
#   days.
# * The numbers of section 5 belong to this distance between the clouds, this network and this many updates of D.
# * G of section 7 can only move its cloud; the order of arrival was measured for that G alone.
# * Two values of λ were tried. The best λ of each loss was not searched.
#
# ## 11 · Go on
#
# Exercise [`02_gradients`](../exercises/02_gradients/task.md) asks you for the losses themselves, their slopes by
# autograd, and D's Jacobian. Edit `exercises/02_gradients/exercise.py`, then `python -m course_lib grade 02_gradients`.
#
# ## Experiments
#
# Change a value and run all cells again. Cells that check the printed text then print a note and go on.
#
# 1. Set `UPDATES` in section 4 to 20, then to 2000. When is least squares' pull the strongest?
# 2. In `D_LOSSES` give least squares the targets −1 and 1: `lambda r, f: (r - 1).square().mean() + (f +
#    1).square().mean()`. Which factor changes?
# 3. Set `FAKES_AT = -3.0`. Which losses notice?
#
# The whole tables again: `python -m benchmarks.gradients` and `python -m benchmarks.gradients_translation`. A CycleGAN
# with the logarithm, on pictures: `python -m course_lib train cyclegan --help`.
#
# ## What to read
#
# * Goodfellow et al. 2014, *Generative Adversarial Networks*, section 3: half a page that has both logarithms.
# * Arjovsky & Bottou 2017, *Towards Principled Methods for Training Generative Adversarial Networks*: sections 2 and 3,
#   certainty and noise.
# * Mao et al. 2017, *Least Squares Generative Adversarial Networks*, section 3; figure 2 is the argument of our section
#   3.
# * Zhu et al. 2017, *Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial Networks*, section 4,
#   "training details".
# * Lucic et al. 2018, *Are GANs Created Equal?*, for losses counted over seeds at full size.
# * Next: [lesson 03](03_collapse.ipynb), where G has a good pull, and still gives the same answer.

# %%
print(f"This notebook took {time.monotonic() - started:.0f} s.")
