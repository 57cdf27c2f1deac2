# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
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
# The first GANs used the logarithm. CycleGAN (Zhu et al. 2017) replaces it by a square, "least squares", and says that this is more stable
# and gives better pictures. Texts explain it in one line: *the logarithm's gradient vanishes, the square's does not.* This lesson
# takes the line apart, and measures each half of it. Not everything will survive.
#
# You should know lesson 01: generator, discriminator, logits. The lesson runs in about half a minute on two CPU cores, without a network.

# %%
import math
import time

import numpy as np
import torch
from IPython.display import Markdown

from course_lib import losses, plots
from course_lib.metrics.factors import gradient_factors, slopes
from course_lib.networks.mlp import SeededMLP

torch.manual_seed(0)
started = time.monotonic()

# %% [markdown]
# ## 1 · What reaches G is a product
#
# G makes a fake $x$, D gives it a score $D(x)$, a loss $\ell$ turns the score into a number. G learns from one thing only, the slope
# of that number at its fake:
#
# $$\frac{\partial\,\ell(D(x))}{\partial x} \;=\; \underbrace{\ell'(D(x))}_{\text{slope of the loss}}
# \;\cdot\; \underbrace{\frac{\partial D(x)}{\partial x}}_{\text{D's own Jacobian}}$$
#
# The first factor is a curve that one can draw without any network. **It is the only one that most texts talk about.** The second says
# how D's score answers when the fake moves a little. It belongs to D, and D was trained with a loss of its own.
#
# ## 2 · Guess before you run
#
# D has recognised a fake: its score is −8 (the sigmoid of that is 0.0003).

# %%
my_guess = {
    "largest slope at score −8": "least squares",
    "smallest slope at score −8": "saturating",
    "strongest pull on G once D has won": "least squares",
    "weakest pull on G once D has won": "saturating",
}

# %% [markdown]
# ## 3 · The first factor: slopes of the losses
#
# Five losses for G, all from the library; one of them least squares *with* a sigmoid before it, as people write who are used to
# ending D with one. The slopes come from autograd.

# %%
G_LOSSES = {
    "saturating": losses.saturating_generator_loss,  # log(1 − σ(s))
    "non-saturating": losses.bce_generator_loss,  # −log σ(s)
    "least squares": losses.lsgan_generator_loss,  # (s − 1)²
    "least squares behind a sigmoid": lambda s: losses.lsgan_generator_loss(s.sigmoid()),  # (σ(s) − 1)²
    "hinge, Wasserstein": losses.hinge_generator_loss,  # −s
}
scores = torch.linspace(-8, 8, 321, dtype=torch.float64)
plots.loss_slopes(scores, {name: slopes(loss, scores) for name, loss in G_LOSSES.items()})

# %%
at = torch.tensor([-8.0, 0.0, 1.0, 8.0], dtype=torch.float64)
table = {name: slopes(loss, at).tolist() for name, loss in G_LOSSES.items()}
print(f"{'slope at score':32}" + "".join(f"{score:>12g}" for score in at.tolist()))
for name, row in table.items():
    print(f"{name:32}" + "".join(f"{value:12.6f}" for value in row))
# worked by hand in the conventions
for name, worked in zip(table, (-0.000335, -0.99966, -18, -0.000670, -1), strict=True):
    assert abs(table[name][0] - worked) < 1e-5, name
size = {name: abs(row[0]) for name, row in table.items()}
answers = {
    "largest slope at score −8": max(size, key=size.get),
    "smallest slope at score −8": min(size, key=size.get),
}
for question, answer in answers.items():
    print(f"{question}: {answer}  (you guessed {my_guess[question]})")

# %% [markdown]
# Read the plot from left to right.
#
# * **Left, where D is sure of a fake.** The saturating loss is flat: the worse G is, the less it hears. The non-saturating
#   loss is a logarithm too, and pulls with full strength. *It is not the logarithm that vanishes, it is where you look from.*
#   Least squares pulls the harder the further it is off.
# * **Least squares behind a sigmoid vanishes again**, nearly as the saturating loss does. Leave the sigmoid out.
# * **Right, where D is fooled.** The logarithms rest. Least squares is flat at exactly one place, score 1, and beyond it pulls *back*:
#   a fake that is "too real" is an outlier, and is brought home. Hinge and Wasserstein pull with the same strength everywhere.
#
# From this picture least squares wins by 18 to 1. This is where most explanations stop.
#
# ## 4 · The second factor: who trained D?
#
# Would a D trained with least squares ever *give* a score of −8? Its own loss asks for 0 on fakes and 1 on reals, exactly. A D
# trained with the logarithm is asked for −∞ and +∞. They are not the same D, so we may not put both at −8.
#
# Two clouds in the plane, far apart; real ones right, fakes left. Train D to win, with each loss, from the same first weights, on the same
# points: five seeds. Look along the line through both clouds.

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
half = stored["settings"]["apart"][0]
games = len(D_LOSSES)


def cloud(centre, count, generator):
    points = recipe["spread"] * torch.randn(len(SEEDS), count, 2, generator=generator)
    return (points + torch.tensor([centre, 0.0])).repeat(games, 1, 1)  # every loss sees the same points


generator = torch.Generator().manual_seed(0)
judges = SeededMLP([*SEEDS] * games, (2, recipe["width"], recipe["width"], 1), "leaky_relu")
adam = torch.optim.Adam(judges.parameters(), lr=recipe["rate"], betas=(0.5, 0.999))
for _ in range(UPDATES):
    on_real = judges(cloud(half, recipe["batch"], generator)).split(len(SEEDS))
    on_fake = judges(cloud(-half, recipe["batch"], generator)).split(len(SEEDS))
    each = [loss(r, f) for (loss, _), r, f in zip(D_LOSSES.values(), on_real, on_fake, strict=True)]
    adam.zero_grad()
    (len(SEEDS) * torch.stack(each).sum()).backward()
    adam.step()

# %%
x = torch.linspace(-3, 3, 241)
along = torch.stack([x, torch.zeros_like(x)], dim=1).expand(len(judges.seeds), -1, -1)
columns, pulls = {}, {}
for place, (game, (_, players)) in enumerate(D_LOSSES.items()):
    rows = slice(place * len(SEEDS), (place + 1) * len(SEEDS))
    found = {name: gradient_factors(judges, along, G_LOSSES[name]) for name in players}
    pulls |= {name: factors.pull[rows, :, 0] for name, factors in found.items()}
    columns[game] = (found[players[0]].score[rows], {name: pulls[name] for name in players})
spread = 2 * recipe["spread"]
plots.answers_along_line(
    x, columns, real_at=(half - spread, half + spread), fake_at=(-half - spread, -half + spread), width=2.4
)

# %% [markdown]
# Above, D's score. Mind the scales: the logarithm's D climbs through twenty units, least squares' D through two. It is held to its targets,
# 0 on the fakes and 1 on the reals, so it cannot be steep. Below, the product of both factors. Look for three things:
#
# * at the fakes (red) the non-saturating logarithm pulls hardest; the two dashed curves lie near zero;
# * further left, on fakes worse than any that D saw, least squares pulls *harder*; nobody else does;
# * to the right of the reals (blue) least squares alone turns round: it pulls outliers back in.

# %%
at_left, at_fakes, at_right = ((x - place).abs().argmin() for place in (-3, -half, 3))
for name, pull in pulls.items():
    print(
        f"{name:31} pull at x = −3 {pull[:, at_left].mean():6.2f}   at the fakes {pull[:, at_fakes].mean():6.2f}   at x = 3 {pull[:, at_right].mean():6.2f}"
    )
assert (pulls["least squares"][:, at_right] < -0.1).all() and (pulls["non-saturating"][:, at_right].abs() < 0.05).all()
assert (pulls["least squares"][:, at_left] > pulls["least squares"][:, at_fakes]).all()
assert (pulls["non-saturating"][:, at_fakes] > 3 * pulls["least squares"][:, at_fakes]).all()

# %% [markdown]
# So both sentences about outliers are true. The question is what happens *where the fakes are*.
#
# ## 5 · Both factors, while D wins
#
# Now in numbers, over ten seeds and all of D's training: a stored table, since you do not want to wait. Slope, Jacobian, product:
# each the mean over held-out fakes.

# %%
print(plots.provenance(stored))
marks = stored["marks"]


def measured(setting, key):
    """Loss → (seeds, marks)."""
    return {name: np.array([row[key] for row in rows]) for name, rows in stored["winning"][setting].items()}


apart = {key: measured("apart", key) for key in ("score", "slope", "jacobian", "product", "towards", "order")}
plots.over_training(
    marks,
    {
        "slope of the loss": apart["slope"],
        "D's Jacobian": apart["jacobian"],
        "product: what reaches G": apart["product"],
    },
    logy=["slope of the loss", "D's Jacobian", "product: what reaches G"],
)

# %%
last = {key: {name: runs[:, -1] for name, runs in values.items()} for key, values in apart.items()}
print(
    f"after {marks[-1]} updates of D   score of fakes      slope  ×  Jacobian  =    product   (lowest … highest seed)   way"
)
for name in last["product"]:
    product = last["product"][name]
    print(
        f"{name:31} {last['score'][name].mean():9.2f}   {last['slope'][name].mean():10.2g}  × {last['jacobian'][name].mean():9.2g}"
        f"  = {product.mean():10.2g}   ({product.min():.2g} … {product.max():.2g})   {last['towards'][name].mean():6.2f}"
    )

# %% [markdown]
# The last column is the cosine between the pull and the straight way to the reals: 1 means "that way", 0 means "anywhere". Your guesses:

# %%
five = [name for name in last["product"] if name != "Wasserstein, penalty"]
strength = {name: float(last["product"][name].mean()) for name in last["product"]}
answers |= {
    "strongest pull on G once D has won": max(five, key=strength.get),
    "weakest pull on G once D has won": min(five, key=strength.get),
}
for question, answer in answers.items():
    print(f"{question}: {answer}  (you guessed {my_guess[question]})")

# %%
for game in apart["order"].values():
    assert game[:, -1].min() > 0.99  # every D of every loss and seed has won: it puts real above fake
product = last["product"]
assert product["non-saturating"].min() > 3 * product["least squares"].max()  # in every seed
assert product["non-saturating"].min() > 30 * product["saturating"].max()
assert product["hinge"].min() > product["least squares"].max()
assert last["slope"]["least squares"].min() > 1.5  # the steepest slope …
assert (
    last["jacobian"]["least squares"].max() < 0.3 * last["jacobian"]["non-saturating"].min()
)  # … times the flattest D

# %%
Markdown(
    f"""**Least squares has the steepest slope, {last["slope"]["least squares"].mean():.2g}, and the flattest D,
{last["jacobian"]["least squares"].mean():.2g}.** The product is {strength["non-saturating"] / strength["least squares"]:.0f} times *smaller* than with
the non-saturating logarithm, and {strength["least squares"] / strength["saturating"]:.1f} times that of the saturating one. The slope −18 of
section 3 is true, and is never visited: a D that has won under least squares scores its fakes {last["score"]["least squares"].mean():.2f}, not −8.
And where D is flat, what is left of its slope points less surely to the reals: cosine {last["towards"]["least squares"].min():.2f} in the worst seed,
at least {min(last["towards"][name].min() for name in five if name != "least squares"):.2f} in every seed of the other four.

So *"the logarithm vanishes, the square does not"* holds for the logarithm that the theory writes down (saturating), and does **not** hold
for the logarithm that everybody trains with, and that CycleGAN replaced (non-saturating)."""
)

# %% [markdown]
# ### One row again, live
#
# The D's of section 4 had the same recipe. Do they say the same as the stored ones did at that age?

# %%
held_out = cloud(-half, 200, torch.Generator().manual_seed(7))
age = marks.index(UPDATES)
print(f"after {UPDATES} updates:                  live, 5 seeds       stored, 10 seeds")
for place, (_, players) in enumerate(D_LOSSES.values()):
    rows = slice(place * len(SEEDS), (place + 1) * len(SEEDS))
    for name in players:
        live = gradient_factors(judges, held_out, G_LOSSES[name]).strength()[2][rows]
        kept = apart["product"][name][:, age]
        print(f"{name:32} {live.min():8.2g} … {live.max():<8.2g}   {kept.min():8.2g} … {kept.max():<8.2g}")
        assert 0.4 < live.mean() / kept.mean() < 2.5, name

# %% [markdown]
# ## 6 · When the logarithm is fine
#
# The clouds were far apart, and D was allowed to win. Two other situations, measured in the same way: clouds that **overlap**, and clouds
# that are apart while **noise is laid over everything D sees** (Arjovsky & Bottou 2017), so that nothing is ever certain.

# %%
print(f"product, after {marks[-1]} updates    " + "".join(f"{setting:>30}" for setting in stored["settings"]))
final = {
    setting: {name: runs[:, -1] for name, runs in measured(setting, "product").items()}
    for setting in stored["settings"]
}
for name in five:
    print(f"{name:31}" + "".join(f"{final[s][name].min():17.2g} … {final[s][name].max():<9.2g}" for s in final))

# %%
ratio = {s: float(np.mean(final[s]["saturating"]) / np.mean(final[s]["non-saturating"])) for s in final}
print("the saturating pull as a share of the non-saturating one:")
for setting, share in ratio.items():
    print(f"   {setting:28} {share:.1%}")
assert ratio["overlapping"] > 0.1 > ratio["apart, noise on D's input"] > 3 * ratio["apart"]
assert final["overlapping"]["saturating"].min() > 0.3  # the "vanishing" loss: alive and well

# %% [markdown]
# **Where the clouds overlap nothing vanishes, in any loss.** Vanishing is no property of the logarithm. It is what happens when D can be
# *certain*: when the supports are apart and D is trained to the end. Whatever keeps D from certainty (overlap, noise, few updates of
# D, a penalty on its slope) keeps every loss alive.
#
# ## 7 · Does G get anywhere?
#
# A small pull need not be a problem. Most people train with Adam, which divides every gradient by its own usual size: a pull of one
# millionth, if it is steady, moves G as fast as any. So let D win first, and then let G play, in turns with D. G can only move its whole
# cloud (two numbers). Does it reach the reals? Stored, ten seeds; what do you expect of "saturating" in each column?

# %%
race = stored["race"]
print(
    f"seeds that arrive within {recipe['rounds']} rounds, after D's head start of {recipe['head_start']}; the median round of arrival"
)
arrivals = {}
for optimizer, by_loss in race.items():
    for name, rows in by_loss.items():
        rounds = [row["arrived"] for row in rows if row["arrived"]]
        arrivals[optimizer, name] = len(rounds)
        when = f"round {np.median(rounds):.0f}" if rounds else "never"
        print(f"{optimizer:18} {name:32} {len(rounds):2} of {len(rows)}   {when}")

# %%
everyone = len(stored["seeds"])
plain, adam_race = ({name: arrivals[o, name] for o, name in arrivals if o == optimizer} for optimizer in race)
assert plain["saturating"] == plain["least squares behind a sigmoid"] == 0
assert plain["non-saturating"] == plain["least squares"] == plain["hinge"] == everyone
assert set(adam_race.values()) == {everyone}
first = {name: np.median([row["arrived"] for row in rows]) for name, rows in race["Adam"].items()}
assert min(first, key=first.get) == "saturating"

# %% [markdown]
# **With plain gradient descent the two flat losses never move, in no seed. With Adam all five arrive, and the "vanishing" loss is
# the first.** Its direction was right all the time; only its length was small, and Adam does not look at the length.
# (Why the first? Its pull grows as G comes nearer, and Adam divides by the small ones that it remembers. That is an explanation; we
# have not tested it.) What Adam cannot repair is a pull that points *anywhere*, or one below the precision of the machine. So
# vanishing gradients are a matter of the loss **and** of the optimiser, and of how long D was left alone.
#
# ## 8 · The same table for D
#
# D learns by slopes as well. Where does *D* stop listening? The slopes of D's losses, in the score of a **fake** (for a real, mirror it).

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
at = torch.tensor([-8.0, -1.5, 0.0, 8.0], dtype=torch.float64)
d_table = {name: slopes(loss, at).tolist() for name, loss in D_SLOPES.items()}
print(f"{'D, at score of a fake':32}" + "".join(f"{score:>12g}" for score in at.tolist()))
for name, row in d_table.items():
    print(f"{name:32}" + "".join(f"{value:12.6f}" for value in row))
assert d_table["hinge"][:2] == [0, 0] and d_table["hinge"][3] == 1  # nothing left to learn beyond the margin
assert abs(d_table["cross-entropy"][0]) < 1e-3 and d_table["cross-entropy"][3] > 0.999
assert abs(d_table["least squares behind a sigmoid"][3]) < 1e-3  # badly wrong, and deaf
assert d_table["least squares"] == [-16, -3, 0, 16]

# %% [markdown]
# * **Cross-entropy** never stops quite: D goes on to push sure fakes further down. That is what makes its Jacobian grow.
# * **Hinge** stops at the margin −1. What is right enough is left alone, so D stays less steep.
# * **Least squares** stops at 0 only, and pulls scores *up* that are "too fake". It keeps D's scores small.
# * **Behind a sigmoid** D does not even learn from its worst mistakes (right end): a second reason to leave the sigmoid out.
# * **Wasserstein** never stops at all. Without a constraint D's scores grow for ever; that is why it comes with one.
#
# ## 9 · CycleGAN in small
#
# Slopes are not pictures. So, the paper's own comparison, in small: an unpaired translation between two domains, two generators, two
# discriminators, cycle term with λ = 10 as in the paper; only the adversarial loss changes. A domain is a set of eight little clouds: a ring here,
# two rows of four there. Four losses, the same seeds: with equal learning rates, with a D that learns five times as fast, and with a weaker cycle.

# %%
cycle = plots.stored("gradients_translation")
print(plots.provenance(cycle))
for rates in cycle["translation"]:
    print(rates, "(learning rates of G and D, λ):", cycle["rates"][rates])
plots.seed_dots(
    {
        f"{rates}:\nenergy distance": {name: [row["distance"] for row in rows] for name, rows in by_loss.items()}
        for rates, by_loss in cycle["translation"].items()
    },
    width=2.4,
)

# %%
rule = cycle["config"]
print(
    f"failed: a mode of eight missing, or fewer than {rule['good']:.0%} of answers within 3σ of one, in either direction, "
    f"after {rule['steps']} steps"
)
failures, modes, distances = {}, {}, {}
for rates, by_loss in cycle["translation"].items():
    for name, rows in by_loss.items():
        failures[rates, name] = sum(row["failed"] for row in rows)
        modes[rates, name] = np.mean([row["covered"] for row in rows])
        distances[rates, name] = np.array([row["distance"] for row in rows])
        good = np.mean([row["good"] for row in rows])
        print(
            f"{rates:22} {name:32} failed {failures[rates, name]:2} of {len(rows)}   modes {modes[rates, name]:.1f} of 8   "
            f"good {good:.0%}   energy distance {distances[rates, name].mean():.4f}"
        )

# %%
both = ["non-saturating", "least squares"]  # the logarithm that CycleGAN replaced, and what it took instead
seeds = len(cycle["seeds"])
verdicts = {}
for rates in cycle["translation"]:
    log, square = (distances[rates, name] for name in both)
    wins = int((square < log).sum())
    # With both equally good, as many wins as this or more would be a coin's doing in so many of a hundred trials:
    chance = 2 * min(1.0, sum(math.comb(seeds, k) for k in range(max(wins, seeds - wins), seeds + 1)) / 2**seeds)
    verdicts[rates] = (
        f"least squares failed {failures[rates, both[1]]}, the non-saturating logarithm {failures[rates, both[0]]} of {seeds}; "
        f"least squares was nearer in {wins} of {seeds} seeds (by chance alone: p = {min(1.0, chance):.3f})"
    )
    print(f"{rates}: {verdicts[rates]}")
for rates in ("equal rates", "D five times as fast"):
    assert failures[rates, both[1]] >= failures[rates, both[0]] + 4
    assert np.median(distances[rates, both[0]]) < 0.5 * np.median(distances[rates, both[1]])

assert all(failures["equal rates, λ = 1", name] <= 1 for name in G_LOSSES if "hinge" not in name)

# %% [markdown]
# **With λ = 10 as in the paper, the folk claim does not hold here: it is the other way round.** The logarithm that CycleGAN threw away
# fails in few seeds, least squares in nearly all. And before anybody writes "the logarithm is more stable": **with λ = 1 nobody fails**, not
# even the saturating loss. λ weighs the cycle against the adversarial pull, and section 5 says how different the pulls are. The same
# λ = 10 is a mild reminder beside a strong pull, and drowns a weak one. *Losses can only be compared together with their weights.*
#
# This is a small setting: points instead of pictures, D without patches, no history of generated pictures, minutes instead of days. It cannot say what
# CycleGAN's authors saw on theirs. What it can say is what the sentence *"least squares is more stable than cross-entropy"* is worth where nobody
# has counted.
#
# ## 10 · What did not hold

# %%
said = {
    "The logarithm's gradient vanishes": (
        f"The saturating one's does: slope {last['slope']['saturating'].mean():.0e}. The non-saturating one's is {last['slope']['non-saturating'].mean():.2f}, "
        "the largest product of all."
    ),
    "Least squares pulls hardest on bad fakes": (
        f"Its slope is the steepest and its D the flattest: the product was {strength['least squares']:.2g}, against "
        f"{strength['non-saturating']:.2g} (non-saturating) and {strength['hinge']:.2g} (hinge)."
    ),
    "Scores should be probabilities, so put a sigmoid before the square": (
        f"Then it vanishes again: slope {size['least squares behind a sigmoid']:.5f} at −8, product {strength['least squares behind a sigmoid']:.2g}."
    ),
    "With a vanishing gradient G cannot learn": (
        f"By plain gradient descent {plain['saturating']} of {everyone} arrived. By Adam {adam_race['saturating']} of {everyone}, before all others."
    ),
    "A good D is bad for G": (
        "A *certain* D can be. With overlapping clouds D was as good as D can be, and the saturating pull was "
        f"{np.mean(final['overlapping']['saturating']):.2g}, no smaller than least squares' {np.mean(final['overlapping']['least squares']):.2g}."
    ),
    "Least squares is more stable (in a small CycleGAN)": "; ".join(
        f"*{rates}*: {text}" for rates, text in verdicts.items()
    ),
}
Markdown(
    "\n".join(
        ["| they say | measured here |", "|---|---|", *(f"| {claim} | {answer} |" for claim, answer in said.items())]
    )
)

# %% [markdown]
# ## 11 · Your turn
#
# Exercise `02_gradients` asks you to write the parts yourself: the least-squares, hinge and Wasserstein losses, their slopes by autograd and with a
# pencil, D's Jacobian, the product, and the scores of the best D. Open `exercises/02_gradients/task.md`, edit `exercise.py`, then
#
# ```
# python -m course_lib grade 02_gradients
# ```
#
# or check one function here: `from course_lib.grading import check`, then `check("02.generator_slopes", generator_slopes)`.
#
# Three experiments for this notebook:
#
# 1. Set `UPDATES` in section 4 to 20, then to 2000. When is least squares' pull the strongest?
# 2. Give D's least squares the targets −1 and 1 instead of 0 and 1. Which of the three columns of section 5 changes?
# 3. Put the fakes at −3 instead of −1. Which losses notice?
#
# The whole tables again: `python -m benchmarks.gradients` and `python -m benchmarks.gradients_translation`. A CycleGAN with the
# logarithm, on pictures: `python -m course_lib train cyclegan --help`.
#
# ## What to read
#
# * Goodfellow et al. 2014, *Generative Adversarial Networks*, section 3: half a page that has both logarithms.
# * Arjovsky & Bottou 2017, *Towards Principled Methods for Training Generative Adversarial Networks*: sections 2 and 3, certainty and noise.
# * Mao et al. 2017, *Least Squares Generative Adversarial Networks*, section 3; figure 2 is the argument of our section 3.
# * Zhu et al. 2017, *Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial Networks*, section 4, "training details".
# * Lucic et al. 2018, *Are GANs Created Equal?*, for losses counted over seeds at full size.
# * Next: lesson 03, where G has a good pull, and still gives the same answer.

# %%
print(f"This notebook took {time.monotonic() - started:.0f} s.")
