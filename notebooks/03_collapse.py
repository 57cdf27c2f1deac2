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
# # 03 · Mode collapse
#
# **Why does the generator keep giving the same answer?**
#
# | | |
# |---|---|
# | you need | the best discriminator $p/(p+q)$ ([01](01_game.ipynb)) and the losses ([02](02_gradients.ipynb)) |
# | time | part (a) 55 minutes, part (b) 45 minutes; a class can stop between them |
# | | the cells alone: about a minute on two CPU cores, without a network |
# | difficulty | ★★★ |
# | exercise | [`03_collapse`](../exercises/03_collapse/task.md) |
# | in the app | `python dev.py demo`, then: |
# | | [seed 5, plain, short](http://127.0.0.1:7860/?tab=collapse&data=ring&loss=bce&cure=none&schedule=short&seed=5) |
# | | [the same with R1](http://127.0.0.1:7860/?tab=collapse&data=ring&loss=bce&cure=r1&schedule=short&seed=5) |
# | next lesson | [04 · Conditioning](04_conditioning.ipynb) |
#
# **Terms** (all of them are in the [glossary](00_start_here.ipynb), lesson 00, section 7)
#
# | English | 한국어 | meaning |
# |---|---|---|
# | mode | 최빈값(모드) | a place where the data are dense |
# | mode collapse | 모드 붕괴 | modes are missing, or one answer for all inputs |
# | coverage | 커버리지 | how many modes get samples |
# | latent, noise (z) | 잠재 변수, 잡음 | the random numbers that a generator starts from |
# | gradient penalty | 기울기 페널티 | D pays for a slope other than a wanted one |
# | R1 penalty (γ) | R1 페널티 | a gradient penalty: D pays for any slope at real samples |
# | spectral norm | 스펙트럼 노름 | a matrix's largest singular value; dividing by it limits D's slope |
# | packing | 패킹 | D sees several samples at once |
# | instance noise | 인스턴스 노이즈 | noise added to all that D sees |
# | WGAN-GP | WGAN-GP | the Wasserstein loss with a gradient penalty |
# | marginal distribution | 주변 분포 | the outputs taken all together, without their inputs |
# | cycle consistency | 순환 일관성 | there and back gives the original |
# | permutation, bijection | 순열, 일대일 대응 | an exchange in which nothing is lost |
#
# You trained a GAN on ten kinds of drawings and it draws one of them, again and again. Or: you trained a translator
# from horses to zebras, and every horse becomes the same zebra. Both are called *mode collapse*. They are **two
# different failures**, with different causes and different cures. This lesson keeps them apart:
#
# * **(a) missing modes**: what G makes, taken all together, leaves something out;
# * **(b) wrong pairing**: what G makes is right, taken all together, but it is not the answer to *this* input.

# %% jupyter={"source_hidden": true} tags=["hide-input"]
import math
import time

import numpy as np
import torch
from accelerate import Accelerator
from IPython.display import Image, Markdown

from course_lib import losses, plots
from course_lib.data.points import SeededPoints, mixture
from course_lib.grading import check
from course_lib.lessons import text_check
from course_lib.metrics import mode_coverage
from course_lib.networks.mlp import SeededMLP
from course_lib.plots.plane import film, landscape, number_map, outcome_table, point_panels, unpack_points
from course_lib.tasks.gan import GAN, GANConfig

started = time.monotonic()

# %% [markdown]
# # Part (a): missing modes
#
# *Goal: measure which modes a generator misses, say why a perfect D does not bring them back, and read a table of cures
# over seeds. 55 minutes.*
#
# ## 1 · A target whose modes can be counted
#
# A **mode** is a place where the data are dense. Of photographs nobody knows all the modes. So we take eight small
# Gaussians on a circle. A sample is **good** if it lies within three deviations of its nearest centre. A mode is
# **covered** if it gets at least a tenth of its fair share of the samples (its fair share is one eighth of all).
#
# ### Your turn: the two measures
#
# `samples` (N, 2), `centres` (K, 2). Return the number of covered modes (at least `min_count` good samples) and the
# share of good samples. Four lines: `torch.cdist` gives all distances, `torch.bincount` counts.


# %%
def mode_coverage_of_mine(samples, centres, radius, min_count):
    """(number of covered modes, share of good samples)."""
    raise NotImplementedError  # your lines here


check("03.mode_coverage", mode_coverage_of_mine)

# %% [markdown]
# <details><summary>Answer</summary>
#
# ```python
# def mode_coverage_of_mine(samples, centres, radius, min_count):
#     distance, index = torch.cdist(samples, centres).min(dim=1)
#     good = distance <= radius
#     counts = torch.bincount(index[good], minlength=len(centres))
#     return (counts >= min_count).sum(), good.double().mean()
# ```
#
# </details>
#
# The lesson uses the library's version. First on three sets of points that nobody had to train:

# %%
ring = mixture("ring")
modes = len(ring.centres)
random = torch.Generator().manual_seed(0)


def coverage(points, target=ring):
    return mode_coverage(points, target.centres, target.radius, max(1, len(points) // (10 * len(target.centres))))


real = ring.sample(4000, random)
examples = {
    "real points": real,
    "points all over the circle": (0.85 + 0.3 * torch.rand(4000, 1, generator=random))
    * torch.nn.functional.normalize(torch.randn(4000, 2, generator=random)),
    "one perfect answer": ring.centres[0].repeat(4000, 1),
}
point_panels(
    {"": [points[:1500] for points in examples.values()]},
    ring.centres,
    ring.radius,
    column_names=list(examples),
    side=2.2,
    real_columns=1,
)

# %% jupyter={"source_hidden": true} tags=["hide-input"]
for name, points in examples.items():
    found = coverage(points)
    print(f"{name:20} covered {found.covered} of {modes}, good {found.good_share:.1%}")
expected = 1 - math.exp(-9 / 2)
print(f"of a round Gaussian in the plane, within three deviations: {expected:.1%} (on a line it would be 99.7 %)")
smeared, single = coverage(examples["points all over the circle"]), coverage(examples["one perfect answer"])
text_check(abs(coverage(real).good_share - expected) < 0.01, "of the real points as many are good as the formula says")
text_check(
    smeared.covered == modes and smeared.good_share < 0.5,
    "points all over the circle cover every mode; fewer than half are good",
)
text_check(single.covered == 1 and single.good_share == 1, "one point is always good and covers one mode")

# %% [markdown]
# **Each number alone can be high for a bad generator**: points all over the circle cover every mode, and one single
# point is always good. From here on, both numbers are always given.
#
# ## 2 · Guess before you run
#
# A small GAN learns the ring with the non-saturating loss of lesson 02, for ten seeds. Then with other losses, and with
# cures. We say say that a run *succeeded* if it covers all 8 modes with at least 85 % good samples. Replace each `None`
# by your guess.

# %%
my_guess = {
    "of 10 plain runs, how many succeed?": None,
    "what helps most to succeed": None,  # "R1", "gradient penalty", "packing", "spectral norm", "longer training"
    "does least squares find all modes in more seeds than the logarithm, before the rate falls?": None,
    "does a cycle prevent mode collapse?": None,
}

# %% [markdown]
# ## 3 · What does a perfect discriminator say to a generator that collapsed?
#
# Let G give only points of mode 0, and let D be the best there is, $D^* = p/(p+q)$: its score (logit) is $\log p - \log
# q$. In mode 0 the reals have an eighth of their mass and the fakes all of theirs. So its score there is $\log\frac18$,
# below 0: **D says "fake".** Now ask what reaches G. G's samples follow the *slope* of the score. Before you run the
# cell: how steep is it, at G's samples?


# %%
def log_density(points, centres):
    """Log density of equal Gaussians at ``centres``."""
    square = (points[:, None] - centres).square().sum(-1) / (2 * ring.deviation**2)
    return torch.logsumexp(-square, dim=1) - math.log(len(centres) * 2 * math.pi * ring.deviation**2)


collapsed = (ring.centres[0] + ring.deviation * torch.randn(500, 2, generator=random)).double().requires_grad_()
centres = ring.centres.double()
score = log_density(collapsed, centres) - log_density(collapsed, centres[:1])
(slope,) = torch.autograd.grad(score.sum(), collapsed)
print(f"the perfect D's score at G's samples: {score.mean():.4f}; log(1/8) = {math.log(1 / modes):.4f}")
print(f"the steepest slope of that score at any of them: {slope.norm(dim=1).max():.1e}")
text_check(
    abs(score.mean().item() - math.log(1 / modes)) < 1e-3, "the perfect D scores a collapsed G's samples with log(1/8)"
)
text_check(slope.norm(dim=1).max() < 1e-6, "the slope of that score is zero at G's samples")

# %% [markdown]
# **D says "fake", and gives no direction.** Inside the mode reals and fakes have the same shape, their ratio is
# constant, and the slope of a constant is zero. The other seven modes are far away; nothing at G's samples points to
# them. So an optimal D *does* notice missing modes (that is what makes this failure (a) and not (b)), but G cannot
# learn from it.
#
# A trained D is not optimal. It is late: it learns that mode 0 holds too many fakes, G moves on to where D has not
# looked yet, D follows. Watch it, live: three seeds, plain. The picture shows seed by seed where the points are.

# %%
plain = GANConfig(**plots.stored("collapse")["runs"]["bce / none"]["config"])
print({name: getattr(plain, name) for name in ("adversarial", "z_dim", "width", "batch", "lr", "beta1")})
SEEDS, STEPS, EVERY = [0, 5, 7], 400, 50


def watch(config, seeds=SEEDS, steps=STEPS):
    """Trains all seeds at once; gives the task and {step: (S, 1000, 2)}."""
    task, points, seen = GAN(config, Accelerator(cpu=True), seeds=seeds), SeededPoints(ring, seeds), {}
    z = torch.randn(1000, config.z_dim, generator=torch.Generator().manual_seed(1)).expand(len(seeds), -1, -1)
    for step in range(1, steps + 1):
        task.step(points.batch(config.batch))
        if step % EVERY == 0:
            with torch.no_grad():
                seen[step] = task.G(z)
    return task, seen


plain_task, plain_seen = watch(plain)
point_panels(
    {f"seed {seed}": [clouds[row, :400] for clouds in plain_seen.values()] for row, seed in enumerate(SEEDS)},
    ring.centres,
    ring.radius,
    column_names=[f"step {step}" for step in plain_seen],
    side=1.35,
)

# %% jupyter={"source_hidden": true} tags=["hide-input"]
visited, most_covered = {}, {}
for row, seed in enumerate(SEEDS):
    where = [
        torch.cdist(clouds[row].mean(0, keepdim=True), ring.centres).argmin().item() for clouds in plain_seen.values()
    ]
    counts = [coverage(clouds[row]).covered for clouds in plain_seen.values()]
    visited[seed], most_covered[seed] = len(set(where)), max(counts)
    print(f"seed {seed}: covered {counts}, the mean of its samples is nearest to mode {where}")
stuck = [seed for seed in SEEDS if most_covered[seed] <= 2]
text_check(stuck == [5, 7], "seeds 5 and 7 never cover more than two modes, seed 0 covers more")
text_check(min(visited[seed] for seed in stuck) >= 4, "the means of seeds 5 and 7 visit four modes or more")

# %% [markdown]
# At each of these eight moments seeds 5 and 7 cover two modes or fewer, but not the same ones: the mean of their
# samples moves from mode to mode, at least four of them. They are collapsed, and they are not standing still. Seed 0
# covers five or more modes from step 250 on. One picture of a run shows one moment. Does the collapse end by itself if
# you wait? Section 5 measures that.
#
# ## 4 · The table
#
# Losses down, cures across, ten seeds a cell. Every cell is the same recipe with one thing changed: a latent z of two
# numbers, 1,000 steps at a constant learning rate, then 500 while the rate falls to zero, one step of D for one of G.
# It was made by a command and stored. The cures:
#
# | cure | what it changes |
# |---|---|
# | gradient penalty (WGAN-GP), λ = 10 | D pays for a slope other than 1, at points between reals and fakes |
# | R1, γ = 0.1 | D pays for any slope at the reals |
# | packing | D sees two points at a time, so it can notice that they are alike |
# | spectral norm | each layer of D is divided by its largest singular value, so D's slope is about 1 at most |
# | instance noise, deviation 0.1 | noise is added to all that D sees |

# %%
table = plots.stored("collapse")
print(plots.provenance(table))
LOSSES = {
    "bce": "non-saturating",
    "saturating": "saturating",
    "lsgan": "least squares",
    "hinge": "hinge",
    "wasserstein": "Wasserstein",
}
CURES = ["none", "gradient penalty", "R1", "packing", "spectral norm", "instance noise"]


def runs(name):
    """The rows of a setting: one a seed."""
    return table["rows"][name]


def good(name):
    return np.array([row["good"] for row in runs(name)])


def covered(name):
    return np.array([row["covered"] for row in runs(name)])


def succeeded(name, of=modes):
    return int(((covered(name) == of) & (good(name) >= 0.85)).sum())


def complete(name, of=modes):
    """Seeds that cover every mode, good or not."""
    return int((covered(name) == of).sum())


def outcome(name):
    span_of_good = f"{good(name).min():.0%} – {good(name).max():.0%}"
    return f"all {modes} modes: {complete(name)} of {len(runs(name))}\ngood {span_of_good}"


# %%
outcome_table(
    {LOSSES[loss]: {cure: outcome(f"{loss} / {cure}") for cure in CURES} for loss in LOSSES},
    {LOSSES[loss]: {cure: good(f"{loss} / {cure}").min() for cure in CURES} for loss in LOSSES},
    title="at the end: seeds that cover every mode; good share, worst – best of ten seeds\n",
    meaning="good share of the worst seed",
)

# %% [markdown]
# Read it by the worst seed: if you train one GAN you get one seed, and do not know which. First the question of section
# 2: who *succeeds*?

# %% jupyter={"source_hidden": true} tags=["hide-input"]
wins = {f"{LOSSES[loss]}, {cure}": succeeded(f"{loss} / {cure}") for cure in CURES for loss in LOSSES}
first = max(wins, key=wins.get)
print(
    f"{len(wins)} settings of ten seeds; those with any success: "
    f"{ {name: count for name, count in wins.items() if count} }"
)
whole = {cure: [complete(f"{loss} / {cure}") for loss in LOSSES] for cure in CURES}
print(f"\nseeds that cover every mode at the end:{'':5} {', '.join(LOSSES.values())}")
for cure, counts in whole.items():
    print(f"{cure:44} {counts}")

# %% jupyter={"source_hidden": true} tags=["hide-input"]
works = ["bce", "saturating", "lsgan"]
text_check(max(wins.values()) < 9, "no setting succeeds in nine of ten seeds")
text_check(all(whole["none"][:3][at] == 10 and wins[f"{LOSSES[loss]}, none"] < 5 for at, loss in enumerate(works)),
           "both logarithms and least squares cover every mode in every seed; most seeds have too few good "
           "samples")  # fmt: skip
text_check(
    whole["none"][3] < 10 and whole["none"][4] == 0, "hinge loses some seeds, Wasserstein without a constraint all"
)
text_check(
    [cure for cure in CURES if min(whole[cure]) == 10] == ["packing"],
    "only packing covers every mode with every loss and seed",
)
text_check(
    all(good(f"{loss} / packing").mean() < good(f"{loss} / none").mean() for loss in works),
    "packing: fewer good samples than plain",
)
text_check(min(whole["R1"][:4]) == 10 and whole["R1"][4] < 10, "R1: the same for all losses but Wasserstein")
text_check(
    good("bce / R1").min() > good("bce / none").min() + 0.2 and good("bce / R1").max() < good("bce / none").max(),
    "R1 with the non-saturating loss: a better worst seed, not a better best one",
)
text_check(
    abs(sum(whole["instance noise"]) - sum(whole["none"])) <= 2,
    "instance noise covers every mode in about as many seeds as none",
)
text_check(
    max(whole["gradient penalty"] + whole["spectral norm"]) <= 1,
    "gradient penalty and spectral norm: at most one seed of ten",
)
text_check(round(ring.radius, 6) == 0.15, "a mode's radius is 0.15")

# %% [markdown]
# **No setting reaches nine of ten seeds.** In this recipe neither a loss nor a cure is enough. What the columns show:
#
# * **none**: with both logarithms and with least squares every seed covers every mode in the end, but most seeds have
#   too few good samples. Hinge loses some seeds. Wasserstein without a constraint on D fails in every seed.
# * **packing**: the only cure with which every seed covers every mode *with every loss*, Wasserstein too. With both
#   logarithms and least squares it has fewer good samples than plain.
# * **R1**: covers every mode in every seed with all losses but Wasserstein. With the non-saturating loss its worst seed
#   is better than plain's (71 % against 35 % good), its best is not.
# * **instance noise**: covers every mode in about as many seeds as none.
# * **gradient penalty** and **spectral norm**: with λ = 10, and one step of D for one of G, at most one seed of ten
#   covers every mode, with any loss.
#
# Why the last two? Both hold D's slope near 1, or below it, and a mode's radius here is 0.15, so one might say that
# such a D is too flat for modes of this size. But the D's that work are flat too (section 6 measures 0.87 for plain and
# 0.35 for R1, at the reals). So that reading does not explain it, and this lesson does not know the reason.
#
# The next picture moves: seed 0 of some settings over training; below it four moments of the same. (For the plain loss
# seed 0 is one of the luckier ones: compare it with seeds 5 and 7 above.)

# %%
FILM = {
    "bce / none": "plain",
    "lsgan / none": "least squares",
    "wasserstein / gradient penalty": "WGAN-GP",
    "bce / packing": "packing",
    "bce / R1": "R1",
}
films = {label: table["runs"][name]["film"] for name, label in FILM.items()}
moments = list(next(iter(films.values())))
Image(
    data=film(
        [{label: unpack_points(shots[moment]) for label, shots in films.items()} for moment in moments],
        ring.centres,
        ring.radius,
        captions=[f"step {moment}" for moment in moments],
    ),
    format="gif",
)

# %%
chosen = [moments[at] for at in np.linspace(1, len(moments) - 1, 4).round().astype(int)]
point_panels(
    {label: [unpack_points(shots[moment]) for moment in chosen] for label, shots in films.items()},
    ring.centres,
    ring.radius,
    column_names=[f"step {moment}" for moment in chosen],
    side=1.6,
)

# %% [markdown]
# ## 5 · With care
#
# In 1,500 steps few runs succeed. Before you try another cure: were the settings of the plain run good? Three more
# recipes: a *longer fall* (plain, the rate falls over 1,000 steps); a *careful* one, with and without R1 (twice the
# rate, 3,000 steps, the second half of them falling); and the careful one whose rate *never falls*. Guess again: with
# care, does R1 win, or plain?

# %%
careful = {
    "plain": "bce / none",
    "plain, longer fall": "bce / none / longer",
    "plain, careful": "bce / none / careful",
    "plain, never falls": "bce / none / constant",
    "R1": "bce / R1",
    "R1, careful": "bce / R1 / careful",
}
plots.seed_dots(
    {
        "covered modes before the fall": {
            label: table["runs"][name]["before"]["covered"] for label, name in careful.items()
        },
        "good share at the end": {label: good(name) for label, name in careful.items()},
    },
    reference={"good share at the end": 0.85, "covered modes before the fall": modes},
    better={"good share at the end": "dashed: 85 %", "covered modes before the fall": "dashed: all 8"},
    colours={name: plots.colours.R1 if "R1" in name else plots.colours.INK for name in careful},
)

# %% jupyter={"source_hidden": true} tags=["hide-input"]
for label, name in careful.items():
    before = table["runs"][name]["before"]
    early = sum(c == modes and g >= 0.85 for c, g in zip(before["covered"], before["good"], strict=True))
    when = f"step {before['step']}, before the fall" if table["runs"][name]["config"]["epochs_decay"] else "no fall"
    print(
        f"{label:18} {when:27} {f'{early} of 10 succeed' if 'before' in when else '':18} at the end "
        f"{succeeded(name):2} of 10, "
        f"good {good(name).min():.0%} – {good(name).max():.0%}"
    )

# %%
pace = {"plain": "bce / none", "R1": "bce / R1"}
plots.curves(
    table["runs"]["bce / none"]["steps"],
    {label: np.transpose(table["runs"][name]["covered"]) for label, name in pace.items()},
    colours={"plain": plots.colours.INK, "R1": plots.colours.R1},
    xlabel="step",
    ylabel="covered modes",
    title="ten seeds: mean, and band from the worst to the best",
)

# %% jupyter={"source_hidden": true} tags=["hide-input"]
at_300 = {
    label: np.array(table["runs"][name]["covered"][table["runs"][name]["steps"].index(300)])
    for label, name in pace.items()
}
for label, found in at_300.items():
    print(f"{label:6} step 300, covered by each seed: {' '.join(map(str, found))}")
text_check(
    (at_300["R1"] >= 6).all() and (at_300["plain"] <= 3).sum() == 5,
    "at step 300: R1 six modes or more; five plain seeds three or fewer",
)

# %%
faster = {"plain": "bce / none / constant", "R1": "bce / R1 / careful"}
plots.curves(
    table["runs"]["bce / none / constant"]["steps"],
    {label: np.transpose(table["runs"][name]["covered"]) for label, name in faster.items()},
    colours={"plain": plots.colours.INK, "R1": plots.colours.R1},
    xlabel="step",
    ylabel="covered modes",
    title="the same with twice the rate",
)

# %% jupyter={"source_hidden": true} tags=["hide-input"]
best = {label: (succeeded(name), good(name).mean(), good(name).min()) for label, name in careful.items()}
for label, (count, mean, worst) in best.items():
    print(f"{label:18} {count:2} of 10 succeed, good {mean:.0%} on average, worst seed {worst:.0%}")
at_800 = table["runs"]["bce / none / constant"]["covered"][table["runs"]["bce / none / constant"]["steps"].index(800)]
print(f"plain, twice the rate, step 800: covered by each seed: {' '.join(map(str, at_800))}")
text_check(
    min(best[label][0] for label in ("plain, careful", "plain, never falls", "R1, careful")) == 10,
    "with twice the rate and twice the steps plain and R1 succeed in every seed, and plain also without the fall",
)
better = int((good(careful["plain, careful"]) > good(careful["R1, careful"])).sum())
text_check(better == 10, "in every seed plain has more good samples than R1")
text_check(min(at_800) == modes, "at twice the rate all plain seeds cover all modes at step 800")

# %% [markdown]
# With twice the rate and twice the steps R1 succeeds in every seed, and **so does the plain loss without any cure; in
# every seed it has more good samples than R1, by a few percent**. It does not need the fall either: at a rate that
# never falls it succeeds in every seed. What was missing in the table's recipe was training. (That R1's samples are a
# little worse fits what it asks for, a D that is flat on the data; we have not tested this.) If a cure at its best
# setting is compared with a baseline at a default setting, the comparison says little. Which of the other losses and
# cures would succeed with this recipe was not run.
#
# So what is R1 good for? Look at the two bands. At the table's rate, at step 300, every R1 seed covers six modes or
# more, while five of ten plain seeds cover three or fewer, and you cannot know which seed is yours. At twice the rate
# all plain seeds cover all modes by step 800. How much a cure helps depends on the settings beside it.
#
# ### One row again, live
#
# R1 for the same three seeds that you saw collapse above, with the same first weights, the same data, the same z.

# %%
cured_task, cured_seen = watch(GANConfig(**table["runs"]["bce / R1"]["config"]))
point_panels(
    {f"seed {seed}": [clouds[row, :400] for clouds in cured_seen.values()] for row, seed in enumerate(SEEDS)},
    ring.centres,
    ring.radius,
    column_names=[f"step {step}" for step in cured_seen],
    side=1.35,
)

# %% jupyter={"source_hidden": true} tags=["hide-input"]
live = {
    label: [coverage(clouds) for clouds in seen[STEPS]] for label, seen in (("plain", plain_seen), ("R1", cured_seen))
}
for label, found in live.items():
    path = table["runs"][pace[label]]
    at = path["steps"].index(STEPS)
    kept = [path["covered"][at][table["seeds"].index(seed)] for seed in SEEDS]
    print(f"{label:6} step {STEPS}, live: covered {[one.covered for one in found]}; stored: {kept}")
gain = {
    seed: cured.covered - alone.covered for seed, cured, alone in zip(SEEDS, live["R1"], live["plain"], strict=True)
}
text_check(
    all(gain[seed] >= 5 for seed in stuck),
    "R1 covers at least five modes more than plain in the seeds that were collapsed",
)

# %% [markdown]
# ## 6 · What R1 changes
#
# $$R_1 = \frac{\gamma}{2}\;\mathbb{E}_{x\sim p}\,\lVert\nabla_x D(x)\rVert^2$$
#
# It asks D to be *flat where the reals are*.
#
# ### Your turn: R1
#
# Write the mean over the samples of the squared length of D's gradient at the real samples (without γ/2). D must be
# able to learn from it, so the gradient needs a graph of its own (`create_graph=True`). Three lines.


# %%
def r1_penalty(discriminator, real):
    """Mean over the samples of ‖∇D(x)‖² at the real samples."""
    raise NotImplementedError  # your lines here


check("03.r1_penalty", r1_penalty)

# %% [markdown]
# <details><summary>Answer</summary>
#
# ```python
# def r1_penalty(discriminator, real):
#     real = real.detach().requires_grad_()
#     (gradient,) = torch.autograd.grad(discriminator(real).sum(), real, create_graph=True)
#     return gradient.flatten(1).square().sum(dim=1).mean()
# ```
#
# </details>
#
# Now look at D's scores over the plane (blue: real, vermilion: fake) and at where its slope sends G's samples, for a
# seed that collapsed. Each panel has its own scale.

# %%
SHOW = 1  # row of SEEDS


def scores(task):
    def of(points):
        with torch.no_grad():
            return task.scores(points.expand(len(SEEDS), -1, -1))[SHOW]

    return of


def pushes(task, points):
    """Where D's slope sends each point: the gradient of its score."""
    points = points.clone().requires_grad_()
    (slopes,) = torch.autograd.grad(task.scores(points.expand(len(SEEDS), -1, -1))[SHOW].sum(), points)
    return slopes


panels = {}
for label, task, seen in (("plain", plain_task, plain_seen), ("R1", cured_task, cured_seen)):
    samples = seen[STEPS][SHOW, :40]
    panels[f"{label}, seed {SEEDS[SHOW]}, step {STEPS}"] = (scores(task), samples, pushes(task, samples))
landscape(panels, ring.centres, ring.radius)

# %%
steep = {
    label: pushes(task, ring.sample(2000, random)).norm(dim=1).mean().item()
    for label, task in (("plain", plain_task), ("R1", cured_task))
}
for label, value in steep.items():
    print(f"{label:6} slope of D at real points, mean: {value:.2f}")
text_check(steep["R1"] < steep["plain"] < 1, "both D's have a mean slope below 1 at the reals, R1's the smaller one")

# %% [markdown]
# The plain D has one edge, and pushes all samples across it, in one direction. R1's D has a place for each mode, and
# pushes samples towards it.
#
# ### Two common sentences
#
# "WGAN-GP solves mode collapse." "Least squares is the stable one." Both are in the table; here they are alone, beside
# R1. To be fair to WGAN-GP, two more rows: a smaller λ, and five steps of D for one of G, as its paper has it (with
# twice the steps).

# %%
folk = {
    "non-saturating": "bce / none",
    "least squares": "lsgan / none",
    "WGAN-GP, λ 10": "wasserstein / gradient penalty",
    "WGAN-GP, λ 1": "wasserstein / gradient penalty / λ 1",
    "WGAN-GP, λ 10, 5 steps of D": "wasserstein / gradient penalty / 5 steps of D",
    "non-saturating + R1": "bce / R1",
}
plots.seed_dots(
    {
        "covered before the fall": {label: table["runs"][name]["before"]["covered"] for label, name in folk.items()},
        "covered at the end": {label: covered(name) for label, name in folk.items()},
        "good share at the end": {label: good(name) for label, name in folk.items()},
    },
    reference={"good share at the end": 0.85, "covered before the fall": modes, "covered at the end": modes},
    better={
        "good share at the end": "dashed: 85 %",
        "covered before the fall": "dashed: all 8",
        "covered at the end": "dashed: all 8",
    },
    colours={name: plots.look("Wasserstein" if "WGAN" in name else name.split(" + ")[0])["color"] for name in folk},
    width=2.3,
)

# %% jupyter={"source_hidden": true} tags=["hide-input"]
early = {label: np.array(table["runs"][name]["before"]["covered"]) for label, name in folk.items()}
for label, name in folk.items():
    print(
        f"{label:28} step {table['runs'][name]['before']['step']}: covered {early[label].min()} – "
        f"{early[label].max()}; "
        f"end: covered {covered(name).min()} – {covered(name).max()}, "
        f"good {good(name).min():.0%} – {good(name).max():.0%}"
    )
wgan = "wasserstein / gradient penalty"
text_check(
    early["least squares"].min() == modes > early["non-saturating"].min(),
    "least squares finds every mode in every seed before the fall",
)
text_check(
    good("lsgan / none").min() < good("bce / none").max(),
    "the good shares of least squares and of the logarithm overlap",
)
text_check(
    max(complete(wgan), complete(f"{wgan} / 5 steps of D")) == 0, "WGAN-GP with λ = 10 covers every mode in no seed"
)
text_check(
    complete(f"{wgan} / λ 1") == 6 and succeeded(f"{wgan} / λ 1") == 0,
    "with λ = 1 six of ten cover every mode, none succeeds",
)

# %% [markdown]
# **The sentence about least squares held for coverage in this recipe**: it finds every mode in every seed before the
# rate falls, as R1 does, with no cure. (Its good share at the end overlaps with the logarithm's.) **The one about
# WGAN-GP did not hold in this recipe**: with λ = 10 it covers every mode in no seed. With a tenth of the λ six of ten
# seeds cover every mode, none with enough good samples. Five steps of D alone do not help. The authors' own program for
# points in the plane combines λ = 0.1, five steps of D, a network eight times as wide and 100,000 steps; that was not
# run here.

# %% [markdown]
# ### Twenty-five modes
#
# Is the story the same on a harder target? A grid of 5 × 5 modes, each half as wide, the careful recipe, plain and with
# R1, ten seeds each. What is your guess?

# %%
grid = mixture("grid")
harder = {"plain": "grid / none", "R1": "grid / R1"}
point_panels(
    {
        label: [unpack_points(shots) for shots in list(table["runs"][name]["film"].values())[2::4]]
        for label, name in harder.items()
    },
    grid.centres,
    grid.radius,
    column_names=[f"step {step}" for step in list(table["runs"]["grid / none"]["film"])[2::4]],
    side=2.0,
)

# %%
for label, name in harder.items():
    print(
        f"{label:6} covered {covered(name).min()} – {covered(name).max()} of {len(grid.centres)}, good "
        f"{good(name).min():.0%} – {good(name).max():.0%}; "
        f"{succeeded(name, of=len(grid.centres))} of 10 succeed"
    )
text_check(
    succeeded("grid / none", of=25) == succeeded("grid / R1", of=25) == 0,
    "on the grid neither plain nor R1 succeeds in any seed",
)
ahead = int((good("grid / none") > good("grid / R1")).sum())
print(f"plain has more good samples than R1 in {ahead} of 10 seeds")
text_check(ahead == 9, "on the grid plain has more good samples in nine of ten seeds")

# %% [markdown]
# **Neither succeeds.** The recipe with which every seed succeeded on the ring fails in every seed here, and R1 does not
# change that: plain has more good samples in nine of ten seeds. What was found on the ring is a fact about the ring.
#
# *Part (a) ends here: a good place to stop.*

# %% [markdown]
# # Part (b): wrong pairing
#
# *Goal: tell a right translator from a wrong one that satisfies every loss; say what a discriminator and a cycle can
# and cannot reject. 45 minutes.*
#
# ## 7 · Four translators, one discriminator
#
# Now there is an input. Domain X is the ring, domain Y is the ring again, and the truth is simple: what is in mode *k*
# of X belongs into mode *k* of Y. There are no pairs: D sees single points of Y, real or made, and never the input.
# Four translators, written by hand:
#
# * **right**: every input goes to its own mode;
# * **permuted**: mode *k* goes to mode 3*k* + 1 (counted modulo 8): a bijection, wrong almost everywhere;
# * **ignores the input**: answers with a random real point of Y;
# * **one answer**: every input goes to mode 0.
#
# Which of them can a discriminator reject? Which of them can a cycle reject? Guess four times yes or no, twice.

# %%
permutation = (3 * torch.arange(modes) + 1) % modes
assert sorted(permutation.tolist()) == list(range(modes))


def domain(*shape):
    """Which mode, and the point."""
    which = torch.randint(modes, shape, generator=random)
    return which, ring.centres[which] + ring.deviation * torch.randn(*shape, 2, generator=random)


TRANSLATORS = {
    "right": lambda k, x: x,
    "permuted": lambda k, x: x - ring.centres[k] + ring.centres[permutation[k]],
    "ignores the input": lambda k, x: ring.sample(tuple(k.shape), random),
    "one answer": lambda k, x: x - ring.centres[k] + ring.centres[0],
}
which, points = domain(400)
number_map(
    {name: (translate(which, points), which) for name, translate in TRANSLATORS.items()}, ring.centres, ring.radius
)

# %% [markdown]
# Dots are translated points. Beside each mode stands the number of the mode its points came *from*, and a question mark
# where more than three arrive. In the first picture the numbers stand in order.
#
# For each of them we train a fresh D, as long as it likes, and a fresh way back F that minimises the cycle loss
# $|F(G(x)) - x|$; five seeds each, all twenty at once.

# %%
FRESH, UPDATES = 5, 200
rows = FRESH * len(TRANSLATORS)
seeds = list(range(FRESH)) * len(TRANSLATORS)
discriminator = SeededMLP(seeds, (2, 64, 64, 1), "leaky_relu")
way_back = SeededMLP([seed + 100 for seed in seeds], (2, 64, 64, 2))


def translated(which, points):
    parts = zip(TRANSLATORS.values(), which.chunk(len(TRANSLATORS)), points.chunk(len(TRANSLATORS)), strict=True)
    return torch.cat([translate(k, x) for translate, k, x in parts])


optimizer = torch.optim.Adam([*discriminator.parameters(), *way_back.parameters()], lr=5e-3)
for update in range(UPDATES):
    optimizer.param_groups[0]["lr"] = 5e-3 * (1 - update / UPDATES)
    k, x = domain(rows, 128)
    y = translated(k, x)
    loss = losses.bce_discriminator_loss(discriminator(ring.sample((rows, 128), random)), discriminator(y))
    loss = rows * (loss + losses.cycle_loss(way_back(y), x))  # a mean over rows, times rows: each moves as if alone
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

with torch.no_grad():
    k, x = domain(rows, 2000)
    y, real_y = translated(k, x), ring.sample((rows, 2000), random)
    caught = ((discriminator(real_y) > 0).float().mean((1, 2)) + (discriminator(y) < 0).float().mean((1, 2))) / 2
    cycle = (way_back(y) - x).abs().mean((1, 2))
    nearest = torch.cdist(y, ring.centres.expand(rows, -1, -1)).argmin(-1)
    right = (nearest == k).float().mean(1)

# %% jupyter={"source_hidden": true} tags=["hide-input"]
verdict = {
    name: {"D": caught[part], "cycle": cycle[part], "right": right[part]}
    for at, name in enumerate(TRANSLATORS)
    for part in [slice(at * FRESH, (at + 1) * FRESH)]
}
print(f"{'':12} D right about it (50 % = cannot tell)    best cycle loss    inputs in their own mode")
for name, found in verdict.items():
    print(
        f"{name:12} {found['D'].min():10.1%} … {found['D'].max():.1%}"
        f"{found['cycle'].min():26.3f} … {found['cycle'].max():.3f} {found['right'].mean():16.1%}"
    )
middle = x.reshape(-1, 2).median(0).values
floor = (x - middle).abs().mean().item()
print(f"\na way back that knows nothing about the input can at best answer its median: cycle loss {floor:.3f}")

# %% jupyter={"source_hidden": true} tags=["hide-input"]
for name in ("right", "permuted", "ignores the input"):
    text_check(
        (verdict[name]["D"] - 0.5).abs().max() < 0.05,
        "D cannot tell “right”, “permuted” and “ignores the input” from real points",
    )
text_check(verdict["one answer"]["D"].min() > 0.85, "D rejects “one answer”")
for name in ("ignores the input", "one answer"):
    text_check(
        verdict[name]["cycle"].min() > 0.9 * floor,
        "the cycle loss of “ignores the input” and “one answer” is as large as without the input",
    )
for name in ("right", "permuted"):
    text_check(verdict[name]["cycle"].max() < 0.2 * floor, "the cycle accepts “right” and “permuted”")
text_check(
    verdict["right"]["right"].min() == 1 and verdict["permuted"]["right"].max() < 0.01,
    "“permuted” is wrong nearly everywhere",
)

# %% [markdown]
# Two measurements, four translators:
#
# | | D of single points | cycle |
# |---|---|---|
# | one answer for all | **rejects** | **rejects** |
# | ignores the input, but varied | accepts | **rejects** |
# | permuted | accepts | accepts |
# | right | accepts | accepts |
#
# No discriminator of single points can reject a translator that ignores its input, as long as its outputs have the real
# distribution. That is failure (b), and no cure of part (a) helps against it: they all help D to see the distribution,
# and the distribution is right.
#
# ## 8 · Translators that are trained: without a cycle, and with one
#
# Those were written by hand. Does training end there? We let $G(x, z)$ begin as a translator that ignores its input
# (the weights of x start at zero). First with the adversarial loss alone, until the outputs have nearly the right
# distribution: 2,000 updates, four seeds. Nothing in the adversarial loss rewards using x; nothing forbids it either.
# What will happen?
#
# ### Your turn: how much does the output vary with the input?
#
# `outputs` (N, C, H, W) are a translator's answers to N inputs. Return each pixel's variance over the inputs (divide by
# N), averaged over the pixels. One or two lines.


# %%
def variation_over_inputs(outputs):
    """Each pixel's variance over the inputs, averaged."""
    raise NotImplementedError  # your lines here


check("03.variation_over_inputs", variation_over_inputs)

# %% [markdown]
# <details><summary>Answer</summary>
#
# ```python
# def variation_over_inputs(outputs):
#     return outputs.var(dim=0, correction=0).mean()
# ```
#
# </details>
#
# Here there is also noise z, so we measure how much of the outputs' variance is *explained by the input*: the variance
# over inputs of the mean over z, divided by all of the variance. A translator that ignores its input has 0; one that is
# determined by its input has 1.

# %%
RATE, ALONE_SEEDS, ALONE_UPDATES = 4e-3, 4, 2000


def noise(*shape):
    return torch.randn(*shape, 2, generator=random)


def translator(seeds):
    """G(x, z), one for each seed; the weights of x start at zero."""
    made = SeededMLP([100 + seed for seed in seeds], (4, 64, 64, 2))
    with torch.no_grad():
        made.weights[0][:, :2] = 0
    return made


def to_y(network, x, z):
    return network(torch.cat([x, z], dim=-1))


def adam_of(*networks):
    parameters = [parameter for network in networks for parameter in network.parameters()]
    return torch.optim.Adam(parameters, lr=RATE, betas=(0.5, 0.999))


def descend(optimizer, loss, update, updates):
    """One step; the rate is constant for half of the updates, then falls to zero."""
    optimizer.param_groups[0]["lr"] = RATE * min(1, 2 * (1 - update / updates))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


# %%
random = torch.Generator().manual_seed(3)
alone_G, alone_D = (
    translator(range(ALONE_SEEDS)),
    SeededMLP([400 + k for k in range(ALONE_SEEDS)], (2, 64, 64, 1), "leaky_relu"),
)
opt_G, opt_D = adam_of(alone_G), adam_of(alone_D)
for update in range(ALONE_UPDATES):
    x, y = domain(ALONE_SEEDS, 128)[1], ring.sample((ALONE_SEEDS, 128), random)
    fake_y = to_y(alone_G, x, noise(ALONE_SEEDS, 128))
    loss = losses.bce_discriminator_loss(alone_D(y), alone_D(fake_y.detach()))
    descend(opt_D, ALONE_SEEDS * loss, update, ALONE_UPDATES)
    descend(opt_G, ALONE_SEEDS * losses.bce_generator_loss(alone_D(fake_y)), update, ALONE_UPDATES)


# %%
def explained(network):
    """Share of the outputs' variance that the input explains, for every seed: 128 inputs with 16 z each."""
    count = len(network.seeds)
    with torch.no_grad():
        _, x = domain(128)
        x, z = x[:, None].expand(128, 16, 2), noise(16).expand(128, 16, 2)
        flat = [part.reshape(1, -1, 2).expand(count, -1, -1) for part in (x, z)]
        y = to_y(network, *flat).view(count, 128, 16, 2)
    return (y.mean(2).var(1, unbiased=False).sum(-1) / y.var((1, 2), unbiased=False).sum(-1)).numpy()


def where_to(network):
    """Outputs (S, 2000, 2) for 2,000 inputs, the inputs' modes (2000,), each seed's share of inputs in their mode."""
    count = len(network.seeds)
    with torch.no_grad():
        k, x = domain(2000)
        y = to_y(network, x.expand(count, -1, -1), noise(count, 2000))
    goes = torch.cdist(y, ring.centres.expand(count, -1, -1)).argmin(-1)
    return x, y, k, goes, (goes == k).float().mean(1)


_, y, k, _, alone_right = where_to(alone_G)
alone_quality, alone_explained = [coverage(cloud) for cloud in y], explained(alone_G)
for seed, (found, share, own) in enumerate(zip(alone_quality, alone_explained, alone_right, strict=True)):
    print(
        f"seed {seed}: covered {found.covered}, good {found.good_share:.0%}, explained by the input {share:.2f}, in "
        f"their own mode {own:.0%}"
    )
number_map(
    {
        f"no cycle, seed {seed}\nexplained {alone_explained[seed]:.2f}": (y[seed, :400], k[:400])
        for seed in range(ALONE_SEEDS)
    },
    ring.centres,
    ring.radius,
)

# %% jupyter={"source_hidden": true} tags=["hide-input"]
text_check(min(found.covered for found in alone_quality) == modes, "without a cycle every seed covers every mode")
text_check(
    min(found.good_share for found in alone_quality) > 0.8,
    "without a cycle more than 80 % of the outputs are good, in every seed",
)
text_check(
    sorted(alone_explained)[2] < 0.3 and max(alone_explained) > 0.5,
    "in three of four seeds the input explains little, in one most of the variance",
)
text_check(
    alone_right.max() < 0.35, "without a cycle at most a third of the inputs go to their own mode, in every seed"
)

# %% [markdown]
# **The distribution of the outputs is nearly right in every seed, and the pairing is wrong in every seed**: all modes
# are covered, more than 80 % of the outputs are good, and at most a third of the inputs arrive in their own mode. In
# three of four seeds the input explains less than 30 % of the variance. One seed uses its input, and uses it wrongly.
# This is failure (b) alone, without failure (a).
#
# Now with a cycle: a way back F, a second discriminator, and the cycle loss in both directions, as CycleGAN has it,
# with λ = 5. Six other runs, from the beginning, 350 updates.

# %%
CYCLE_SEEDS, UPDATES, LAMBDA = 6, 350, 5.0
G = translator(range(CYCLE_SEEDS))
F = SeededMLP([200 + seed for seed in range(CYCLE_SEEDS)], (2, 64, 64, 2))
D_X, D_Y = (
    SeededMLP([base + seed for seed in range(CYCLE_SEEDS)], (2, 64, 64, 1), "leaky_relu") for base in (300, 400)
)
opt_G, opt_D = adam_of(G, F), adam_of(D_X, D_Y)
looks, uses_input = [0], [explained(G)]
for update in range(UPDATES):
    x, y = domain(CYCLE_SEEDS, 64)[1], ring.sample((CYCLE_SEEDS, 64), random)
    fake_y, fake_x = to_y(G, x, noise(CYCLE_SEEDS, 64)), F(y)
    # D: each its own domain, single points
    loss_D = losses.bce_discriminator_loss(D_Y(y), D_Y(fake_y.detach()))
    loss_D = loss_D + losses.bce_discriminator_loss(D_X(x), D_X(fake_x.detach()))
    descend(opt_D, CYCLE_SEEDS * loss_D, update, UPDATES)
    # G and F: look real in both domains, and come back
    adversarial = losses.bce_generator_loss(D_Y(fake_y)) + losses.bce_generator_loss(D_X(fake_x))
    back_x, back_y = F(fake_y), to_y(G, fake_x, noise(CYCLE_SEEDS, 64))
    cycle_term = losses.cycle_loss(back_x, x) + losses.cycle_loss(back_y, y)
    descend(opt_G, CYCLE_SEEDS * (adversarial + LAMBDA * cycle_term), update, UPDATES)
    if (update + 1) % 50 == 0:
        looks.append(update + 1)
        uses_input.append(explained(G))
cycled = np.stack(uses_input, axis=1)

# %%
x, y, k, goes, right = where_to(G)
with torch.no_grad():
    home = (F(y) - x).abs().mean((1, 2))
quality = [coverage(cloud) for cloud in y]
arrives = torch.stack([torch.stack([row[k == mode].mode().values for mode in range(modes)]) for row in goes])
turns = (arrives.roll(-1, 1) - arrives) % modes  # from one mode to its neighbour: always +1, or always −1?
in_order = int(((turns == 1).all(1) | (turns == modes - 1).all(1)).sum())
wrong = int((right < 0.5).sum())
number_map(
    {f"cycle, seed {row}\nright: {right[row]:.0%}": (y[row, :400], k[:400]) for row in range(CYCLE_SEEDS)},
    ring.centres,
    ring.radius,
    columns=3,
)

# %%
for row in range(CYCLE_SEEDS):
    print(
        f"cycle, seed {row}: covered {quality[row].covered}, good {quality[row].good_share:.0%}, explained by the "
        f"input {cycled[row, -1]:.2f} "
        f"(after 50 updates {cycled[row, 1]:.2f}), cycle loss {home[row]:.3f}, in their own mode {right[row]:.0%}"
    )
print(
    f"\nwith the cycle, {in_order} of {CYCLE_SEEDS} seeds only turn or mirror the ring; {wrong} translate most "
    f"inputs into the wrong mode"
)

# %% jupyter={"source_hidden": true} tags=["hide-input"]
text_check(
    cycled[:, 1].min() > 0.6 and cycled[:, -1].min() > 0.9,
    "with the cycle every seed uses its input, within fifty updates",
)
text_check(min(len(set(row.tolist())) for row in arrives) == modes, "every seed found a one-to-one translation")
text_check(
    home.max() < 0.1 and min(found.good_share for found in quality) > 0.9,
    "inputs are recovered, more than 90 % of the outputs are good",
)
text_check(wrong > CYCLE_SEEDS / 2, "with the cycle most seeds translate most inputs into the wrong mode")
text_check(in_order > CYCLE_SEEDS / 2, "most seeds only turn or mirror the ring")

# %% [markdown]
# **With the cycle every seed uses its input, within fifty updates.** A G that ignores its input cannot be undone by any
# F, and the cycle loss says so from the first step on. Every seed found a one-to-one translation: more than 90 % of the
# outputs good, all eight modes covered, every input recovered.
#
# Does it use the input *rightly*? Look at the numbers: in most seeds they run around the ring in order, but turned, or
# mirrored. Of the sixteen ways to lay the ring on itself in order, one is right, and a seed finds it only by chance.
# **All losses were satisfied in every seed, and in most seeds most inputs are translated into the wrong mode**, because
# nothing ever said what belongs to what.
#
# ### A slider: the picture of each seed
#
# Which rotation or reflection did each seed find? (In the stored notebook you see seed 0.)

# %%
plots.Slider(
    lambda seed: number_map(
        {f"cycle, seed {seed}, right: {right[seed]:.0%}": (y[seed, :400], k[:400])}, ring.centres, ring.radius, side=3.2
    ),
    list(range(CYCLE_SEEDS)),
    start=0,
    label="seed",
)

# %% [markdown]
# ## 9 · A permutation that the cycle accepts: exactly
#
# This does not come from bad training. Take *any* correct pair (G, F) and *any* permutation π of Y's modes. Let
#
# $$G_\pi = \pi\circ G,\qquad F_\pi = F\circ\pi^{-1} \quad\Rightarrow\quad
# F_\pi(G_\pi(x)) = F(\pi^{-1}(\pi(G(x)))) = x.$$
#
# The cycle loss is zero. If the modes have equal shares, the outputs' distribution is unchanged, so the best D is the
# same as before. We compute it for a thousand permutations.
#
# ### Your turn: the way back
#
# `order` is the table of a forward way: input i goes to mode `order[i]`. Write the table of the way back that makes the
# cycle loss zero. One line is enough, three are fine. (The line that stands there is a common mistake; see what the
# grader says.)


# %%
def undo(order):
    """The table of the way back, for a forward table that is a permutation."""
    return order.flip(0)  # your lines here


check("03.undo", undo)

# %% [markdown]
# <details><summary>Answer</summary>
#
# ```python
# def undo(order):
#     back = torch.empty_like(order)
#     back[order] = torch.arange(len(order))
#     return back  # torch.argsort(order) is the same
# ```
#
# </details>

# %%
shuffles = torch.stack([torch.randperm(modes, generator=random) for _ in range(1000)])
inverse = shuffles.argsort(dim=1)
k, x = domain(1000)
x = x.double()
offset = x - centres[k]
there = offset + centres[shuffles[:, k]]  # G_π(x): into mode π(k), (1000 permutations, 1000 inputs, 2)
mode = torch.cdist(there.reshape(-1, 2), centres).argmin(1).view(len(shuffles), -1)
home_again = there - centres[mode] + centres[inverse.gather(1, mode)]
cycle_losses = (home_again - x).abs().mean((1, 2))
in_own_mode = (mode == k).double().mean(1)
shift = [  # the perfect D's score, log p − log q, with q from the modes that π really uses
    (log_density(there[at, :200], centres) - log_density(there[at, :200], centres[shuffles[at]])).abs().max().item()
    for at in range(20)
]
print(f"cycle loss of {len(shuffles)} permutations: at most {cycle_losses.max():.1e}")
print(f"score of the perfect D on their outputs: 0 to within {max(shift):.1e}")
print(f"inputs in their own mode: {in_own_mode.mean():.1%} on average; by chance 1 in {modes}")
text_check(
    cycle_losses.max() < 1e-12 and max(shift) < 1e-9,
    "every permutation has cycle loss 0, and the perfect D's score is 0",
)
text_check(
    abs(in_own_mode.mean().item() - 1 / modes) < 0.03, "inputs are in their own mode about as often as by chance"
)

# %% [markdown]
# One thing can show D that modes were permuted: *unequal* shares. Let mode *k* of both domains have a share that grows
# with *k*. A permuted translator then makes too many of some, and a perfect D sees it. How often is it right?

# %%
share = (torch.arange(modes, dtype=torch.float64) + 1) / (torch.arange(modes) + 1).sum()
distance = 0.5 * (share - share[inverse]).abs().sum(1)  # total variation between Y and the outputs of each permutation
seen = 0.5 + 0.5 * distance  # a perfect D over reals and fakes in equal number
print(
    f"shares from {share.min():.0%} to {share.max():.0%}: D is right about {seen.mean():.0%} of the points (median "
    f"{seen.median():.0%})"
)
neighbours = torch.arange(modes)
neighbours[[3, 4]] = neighbours[[4, 3]]
little = 0.5 + 0.25 * (share - share[neighbours]).abs().sum().item()
print(f"two modes of nearly equal share exchanged: {little:.1%}")
text_check(
    seen.mean() > 0.55 and little < 0.52,
    "D notices a random permutation, and hardly an exchange of two modes of nearly equal share",
)

# %% [markdown]
# So D can notice an exchange of unequal modes, and cannot notice an exchange of equal ones. When CycleGAN turns horses
# into zebras and leaves the sky as it is, neither D nor the cycle guarantees it; lesson 07 looks for what does.
#
# ## The answer in three sentences
#
# A generator gives the same few answers because D's slope at its samples does not point to the modes that are missing:
# that is failure (a), and on the ring more training ended it in every seed, with R1 earlier. A translator gives a wrong
# answer, or ignores its input, because no loss says what belongs to what: that is failure (b), and a discriminator of
# single outputs cannot see it. The cycle ends "one answer for all" and "ignores the input", and accepts every
# permutation.
#
# ### What did not hold
#
# First your guesses of section 2, then sentences that one reads about mode collapse, and what was measured here.

# %% jupyter={"source_hidden": true} tags=["hide-input"]
careful_wins = f"{best['plain, never falls'][0]} of 10 with twice the rate and twice the steps, nothing else"
measured = {
    "of 10 plain runs, how many succeed?": f"{best['plain'][0]} in the table's recipe; {careful_wins}",
    "what helps most to succeed": f"longer training at a higher rate: no cure in the table's recipe gets more than "
    f"{max(count for name, count in wins.items() if not name.endswith('none'))} of 10",
    "does least squares find all modes in more seeds than the logarithm, before the rate falls?": (
        f"here yes: {int((early['least squares'] == modes).sum())} of 10 against "
        f"{int((early['non-saturating'] == modes).sum())} of 10"
    ),
    "does a cycle prevent mode collapse?": "one answer for all: yes; wrong pairing: no",
}
plots.compare_guesses(my_guess, measured)


# %% jupyter={"source_hidden": true} tags=["hide-input"]
def span(low, high):
    return f"{low}" if low == high else f"{low} to {high}"


def record(name):
    """A setting in one sentence."""
    before = table["runs"][name]["before"]
    return (
        f"at step {before['step']} its seeds covered {span(min(before['covered']), max(before['covered']))} modes; "
        f"at the end "
        f"{span(covered(name).min(), covered(name).max())}, good {good(name).min():.0%} to {good(name).max():.0%}."
    )


# %% jupyter={"source_hidden": true} tags=["hide-input"]
said = {
    "D does not notice mode collapse": (
        f"A perfect D gives every sample of a collapsed G the score {score.mean():.2f} = log(1/{modes}). What is "
        f"missing is a direction: "
        f"its slope there is 0 to within {max(1e-12, slope.norm(dim=1).max().item()):.0e}."
    ),
    "A collapsed generator is stuck": (
        f"Live, within {STEPS} steps, the mean of a collapsed seed's samples was nearest to up to "
        f"{max(visited[seed] for seed in stuck)} different modes, "
        "one after the other."
    ),
    "The plain loss collapses, so it needs a cure": (
        f"For a while, yes: at step 300, {int((at_300['plain'] <= 3).sum())} of 10 seeds cover three modes or fewer. "
        f"At the end of the table's recipe "
        f"{complete('bce / none')} of 10 cover every mode and {best['plain'][0]} succeed; with twice the rate and "
        f"twice the steps "
        f"{best['plain, careful'][0]} of 10 if the rate falls and {best['plain, never falls'][0]} of 10 if it does "
        f"not, without any cure "
        f"(R1 with the same care: {best['R1, careful'][0]} of 10, good {best['R1, careful'][1]:.0%} against "
        f"{best['plain, careful'][1]:.0%})."
    ),
    "A cure makes training succeed": (
        f"Not alone: of {len(wins)} settings in the table's recipe the best is “{first}” with {wins[first]} of 10. "
        f"Two cures made every seed cover every "
        f"mode with most losses (packing with {sum(count == 10 for count in whole['packing'])} of {len(LOSSES)}, R1 "
        f"with "
        f"{sum(count == 10 for count in whole['R1'])}); no cure made most seeds good enough."
    ),
    "What works on the ring works": (
        f"On twenty-five modes the careful recipe covers "
        f"{span(covered('grid / none').min(), covered('grid / none').max())} with "
        f"{good('grid / none').mean():.0%} good samples, "
        f"with R1 {span(covered('grid / R1').min(), covered('grid / R1').max())} with {good('grid / R1').mean():.0%}."
    ),
}

# %% jupyter={"source_hidden": true} tags=["hide-input"]
said |= {
    "WGAN-GP solves mode collapse": (
        f"With λ = 10, and one step of D for one of G: {record('wasserstein / gradient penalty')} With λ = 1: "
        f"{record('wasserstein / gradient penalty / λ 1')} With λ = 10 and five steps of D: "
        f"{record('wasserstein / gradient penalty / 5 steps of D')} "
        f"R1 with the logarithm: {record('bce / R1')}"
    ),
    "A gradient penalty or spectral norm steadies any loss": (
        f"In the table's recipe, with λ = 10: of {10 * len(LOSSES)} runs with the penalty "
        f"{sum(whole['gradient penalty'])} cover every mode, of "
        f"{10 * len(LOSSES)} with spectral norm {sum(whole['spectral norm'])}; without either {sum(whole['none'])}."
    ),
    "Least squares is the stable loss": (
        f"In the table's recipe it found every mode earlier: {record('lsgan / none')} The logarithm: "
        f"{record('bce / none')} The good shares overlap."
    ),
    "Averaging G's weights cures it": (
        f"Where the rate falls there is nothing left to average: {good('bce / none').mean():.1%} good on average, "
        f"{good('bce / none / averaged G').mean():.1%} with the average. Where the rate never falls it helps a little: "
        f"{good('bce / none / constant').mean():.1%} against {good('bce / none / constant / averaged G').mean():.1%}."
    ),
    "A cycle prevents mode collapse": (
        f"Which? It ended *one answer for all* in every seed (at least {min(q.covered for q in quality)} of {modes} "
        f"modes were covered in each). "
        f"It did not prevent wrong pairing: {wrong} of {CYCLE_SEEDS} seeds translate most inputs into the wrong mode."
    ),
    "A GAN without a cycle ignores its input": (
        "Nothing asks it to use the input, and nothing forbids it. Begun without any use of the input, it let the "
        "input explain "
        f"{', '.join(f'{share:.0%}' for share in sorted(alone_explained))} of its outputs' variance ({ALONE_SEEDS} "
        f"seeds); in their own mode were at most "
        f"{alone_right.max():.0%} of the inputs."
    ),
}

# %% jupyter={"source_hidden": true} tags=["hide-input"]
headline = (
    f"**In the table's recipe no loss and no cure succeeds in nine of ten seeds: the best of {len(wins)} settings "
    f"has {wins[first]} of 10 seeds. "
    f"With twice the rate and twice the steps the plain loss succeeds in {best['plain, never falls'][0]} of 10, "
    f"with nothing added.**"
)
Markdown(
    "\n".join(
        [
            headline,
            "",
            "| they say | measured here |",
            "|---|---|",
            *(f"| {claim} | {answer} |" for claim, answer in said.items()),
        ]
    )
)

# %% jupyter={"source_hidden": true} tags=["hide-input"]
averaged, constant = good("bce / none / averaged G").mean(), good("bce / none / constant").mean()
text_check(
    (covered("bce / none") == modes).all() and succeeded("bce / none") == 1,
    "plain: every seed covers every mode, one of ten succeeds",
)
text_check(
    abs(good("bce / none").mean() - averaged) < 0.02,
    "where the rate falls, averaging changes the good share by less than 2 %",
)
text_check(
    0 < good("bce / none / constant / averaged G").mean() - constant < 0.05,
    "where the rate never falls, averaging helps a little",
)

# %% [markdown]
# ### What holds only in this toy
#
# * Eight round modes in the plane, of equal size and far apart; a network of 64 features; 1,500 to 3,000 steps. Already
#   on twenty-five modes the results are different.
# * WGAN-GP and spectral norm fail *in this recipe*. Their authors' recipes were not run.
# * Only plain and R1 were run with the longer recipe, so it does not rank the cures.
# * The two domains of part (b) are the same ring, so rotations and reflections are easy to find. Between pictures other
#   wrong pairings are easy.
#
# ## 11 · Go on
#
# Exercise [`03_collapse`](../exercises/03_collapse/task.md) asks you for the rest: the share within k deviations,
# packing, the gradient penalty, the way home. Edit `exercises/03_collapse/exercise.py`, then `python -m course_lib
# grade 03_collapse`.
#
# ## Experiments
#
# Change a value and run all cells again. Cells that check the printed text then print a note and go on.
#
# 1. `import dataclasses`, then `_, slow = watch(dataclasses.replace(plain, lr=2e-4))`: how many modes are covered after
#    400 steps?
# 2. In section 8 set `LAMBDA` to 0.2, and to 50. When does G begin to use its input? Do the outputs stay good?
# 3. Give one labelled pair: in section 8, below `cycle_term = …`, add `adversarial = adversarial + (to_y(G,
#    ring.centres[:1].expand(CYCLE_SEEDS, 1, 2), noise(CYCLE_SEEDS, 1)) - ring.centres[0]).abs().mean()`. How many seeds
#    find the right pairing now?
#
# The whole table again (a quarter of an hour on an idle core), and a GAN of your own on the ring or the grid:
#
# ```
# python -m benchmarks.collapse
# python -m course_lib train gan --data ring --out runs/ring
# ```
#
# ## What to read
#
# * Goodfellow et al. 2014, *Generative Adversarial Networks*, sections 4 and 6 (where collapse is called "the Helvetica
#   scenario").
# * Mescheder, Geiger, Nowozin 2018, *Which Training Methods for GANs do actually Converge?*: R1, and why a point mass
#   orbits.
# * Gulrajani et al. 2017, *Improved Training of Wasserstein GANs*; Lin et al. 2018, *PacGAN*; Miyato et al. 2018,
#   *Spectral Normalization*; Sønderby et al. 2017, *Amortised MAP Inference for Image Super-Resolution*, for instance
#   noise.
# * Lucic et al. 2018, *Are GANs Created Equal?*: losses compared over many seeds.
# * Zhu et al. 2017, *Unpaired Image-to-Image Translation*, section 3.2, for what the cycle was meant to prevent.
# * Next: [lesson 04](04_conditioning.ipynb), where the generator is told what to make.

# %%
print(f"This notebook took {time.monotonic() - started:.0f} s.")
