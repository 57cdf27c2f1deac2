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
# # 01 · A game of two networks
#
# **How can a network learn a distribution that nobody wrote down?**
#
# | | |
# |---|---|
# | you need | what a gradient is, the sigmoid function, what a density is. No other lesson is needed |
# | time | 75 minutes with your own answers; the cells alone take about a minute on two CPU cores, without a network |
# | difficulty | ★★☆ |
# | exercise | [`01_game`](../exercises/01_game/task.md) |
# | in the app | `python dev.py demo`, then: |
# | | [the saturating loss](http://127.0.0.1:7860/?tab=loss&loss=saturating&side=generator&sigmoid=0&logit=-4.0) |
# | | [digits from noise](http://127.0.0.1:7860/?tab=generate&what=digits&seed=1) |
# | next lesson | [02 · Vanishing gradients](02_gradients.ipynb) |
#
# **Terms** (all of them are in the [glossary](00_start_here.ipynb), lesson 00, section 7)
#
# | English | 한국어 | meaning |
# |---|---|---|
# | generator (G) | 생성자 | makes pictures |
# | discriminator (D) | 판별자 | a network that is trained to tell real from generated |
# | logit, score | 로짓, 점수 | D's raw output, before any sigmoid |
# | latent, noise (z) | 잠재 변수, 잡음 | the random numbers that a generator starts from |
# | minimax value | 미니맥스 값 | the number that D makes large and G makes small |
# | distribution, density | 분포, 밀도 | how often values occur |
# | KL divergence | KL 발산 | the mean of log(p/q) under p |
# | Jensen–Shannon (JS) divergence | 젠슨–섀넌 발산 | mean KL divergence of p and q from their average; 0 to log 2 |
# | learning rate | 학습률 | the size of a step |
# | gradient penalty | 기울기 페널티 | D pays for a slope other than a wanted one |
# | R1 penalty (γ) | R1 페널티 | a gradient penalty: D pays for any slope at real samples |
# | `detach` | 그래프에서 분리 | the gradient stops here |
# | instance noise | 인스턴스 노이즈 | noise added to all that D sees |
#
# Somebody hands you a thousand pictures of digits and asks for a new one. There is no formula for "a picture of a
# digit", and there is not one right answer, so there is nothing to measure a distance to. You only have examples.
#
# The idea of Goodfellow et al. (2014): let a second network learn to tell your pictures from the examples, and train
# yours until it cannot. This lesson plays that game with two *numbers* before it plays it with two networks.

# %% jupyter={"source_hidden": true} tags=["hide-input"]
import inspect
import time

import numpy as np
import torch
from IPython.display import Code, Markdown
from torch import nn
from torch.nn.functional import logsigmoid, softplus

from course_lib import losses, plots, zoo
from course_lib.data.labelled import open_labelled
from course_lib.grading import check
from course_lib.lessons import text_check
from course_lib.networks.mlp import SeededMLP
from course_lib.tasks.gan import GAN

torch.manual_seed(0)
started = time.monotonic()

# %% [markdown]
# ## 1 · Two players, one number
#
# * The **generator** G turns noise *z* (the latent) into a sample: G(z).
# * The **discriminator** D gives any sample a score. A large score means "real". The score is a *logit*: the sigmoid σ
#   turns it into a probability.
#
# D wants to be right, and G wants D to be wrong. Both change one number, the **value** of the game:
#
# $$\min_G \max_D\; V(D,G) = \mathbb{E}_{x}[\log D(x)] + \mathbb{E}_{z}[\log(1 - D(G(z)))]
# \qquad\text{(Goodfellow et al., eq. 1)}$$
#
# (Here $D(x)$ is the probability.) D's loss is $-V$: in the library, `bce_discriminator_loss`. G has a choice of two
# losses:
#
# | | G minimises | in words |
# |---|---|---|
# | **saturating** (the game itself) | $\log(1 - D(G(z)))$ | "let D be unsure that it is fake" |
# | **non-saturating** (the same paper, a page later) | $-\log D(G(z))$ | "let D be sure that it is real" |
#
# We begin with the smallest possible game. The real data are numbers around 0. **G has one parameter**: it adds θ to
# its noise. **D has one parameter**: its logit is ψ·x. G is perfect at θ = 0, and then D can do no better than ψ = 0.

# %% [markdown]
# ## 2 · Guess before you run
#
# Both players take small gradient steps, in turns: D, G, D, G … G starts at θ = 1. There are four games. Replace each
# `None` by your guess: `"arrives"`, `"creeps"` (nearer and nearer, ever more slowly), `"circles"` or `"flies off"`.

# %%
my_guess = {
    "reals and fakes are bell curves of width 1": None,
    "reals and fakes are single points": None,
    "points, and G has the non-saturating loss": None,
    "points, and both move at the same time": None,
}
my_guess_of_ds_loss = {"D's loss −V when G is perfect and D cannot tell": None}  # 0? 0.69? 1.39? infinity?

# %% [markdown]
# ## 3 · The slopes by hand
#
# The slope of V in ψ (for D) and the slope of G's loss in θ are expectations of σ. With logits $s = \psi x$:
#
# $$\frac{\partial V}{\partial\psi} = \mathbb{E}_{real}[\sigma(-s)\,x] - \mathbb{E}_{fake}[\sigma(s)\,x], \qquad
# -\frac{\partial L_G}{\partial\theta} = \psi\;\mathbb{E}_{fake}[\sigma(s)]\ \text{ or }
# \ \psi\;\mathbb{E}_{fake}[\sigma(-s)]$$
#
# (the first for the saturating loss, the second for the non-saturating one)
#
# ### Your turn: one round
#
# Take the game of **single points** with the saturating loss: the real sample is 0, the fake sample is θ. One round:
# D's ψ moves first, by `rate` times its slope; then G's θ moves, using the new ψ. Write the three lines and run the
# cell. The card tells you what it found.


# %%
def point_round(theta, psi, rate):
    """One round of the game of two numbers: ψ first, then θ. Returns (theta, psi); all three are tensors."""
    raise NotImplementedError  # your lines here


check("01.point_round", point_round)

# %% [markdown]
# <details><summary>Answer</summary>
#
# ```python
# def point_round(theta, psi, rate):
#     # with the real sample at 0 the first expectation is 0; the second is σ(ψθ)·θ
#     psi = psi - rate * torch.sigmoid(psi * theta) * theta
#     theta = theta + rate * torch.sigmoid(psi * theta) * psi
#     return theta, psi
# ```
#
# </details>
#
# The lesson's own version has one more number: the width of the bell curves. At width 0 they are single points. It
# needs no random numbers, because the expectations are sums over forty fixed places (Gauss–Hermite quadrature).

# %%
PLACES, WEIGHTS = np.polynomial.hermite_e.hermegauss(40)
WEIGHTS = WEIGHTS / WEIGHTS.sum()


def sigmoid(t):
    return 0.5 * (1 + np.tanh(t / 2))


def slopes(theta, psi, width, saturating):
    """(how D wants ψ to move, how G wants θ to move); theta and psi are arrays of any number of games at once."""
    real, fake = width * PLACES, theta[:, None] + width * PLACES
    score_real, score_fake = psi[:, None] * real, psi[:, None] * fake
    for_d = (sigmoid(-score_real) * real - sigmoid(score_fake) * fake) @ WEIGHTS
    for_g = psi * (sigmoid(score_fake if saturating else -score_fake) @ WEIGHTS)
    return for_d, for_g


def play(start, *, width=0.0, saturating=True, penalty=0.0, in_turns=True, d_moves=1, rate=0.1, rounds=2000):
    """The path (games, rounds + 1, 2) of (θ, ψ) from ψ = 0. ``penalty`` is γ: D also pays ½ γ ψ²."""
    theta = np.atleast_1d(np.asarray(start, dtype=float))
    psi = np.zeros_like(theta)
    path = [(theta, psi)]
    for _ in range(rounds):
        _, for_g = slopes(theta, psi, width, saturating)
        for _ in range(d_moves):
            for_d, _ = slopes(theta, psi, width, saturating)
            psi = psi + rate * (for_d - penalty * psi)
        if in_turns:  # G looks again, at the D that has just moved
            _, for_g = slopes(theta, psi, width, saturating)
        theta = theta + rate * for_g
        path.append((theta, psi))
    return np.array(path).transpose(2, 0, 1)


# %% [markdown]
# A derivation by hand can be wrong, so we compare it with autograd, with the library's losses and ten thousand random
# samples a side:

# %%
noise = torch.randn(2, 10_000, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
theta, psi = (torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in (0.8, -0.4))
real_logits, fake_logits = psi * noise[0], psi * (theta + noise[1])
(for_d,) = torch.autograd.grad(-losses.bce_discriminator_loss(real_logits, fake_logits), psi, retain_graph=True)
(for_g,) = torch.autograd.grad(-losses.saturating_generator_loss(fake_logits), theta)
by_hand_d, by_hand_g = slopes(np.array([0.8]), np.array([-0.4]), 1.0, True)
print(
    f"D: by hand {by_hand_d[0]:+.3f}, autograd {for_d:+.3f}      G: by hand {by_hand_g[0]:+.3f}, autograd {for_g:+.3f}"
)
assert abs(by_hand_d[0] - for_d.item()) < 0.03 and abs(by_hand_g[0] - for_g.item()) < 0.01

# %% [markdown]
# ## 4 · Four games
#
# The rings are starts, the dots are ends. Two of five starts are drawn; the table below has all five.

# %%
STARTS = [0.4, 0.7, 1.0, 1.3, 1.6]
games = {
    "bell curves": play(STARTS, width=1.0),
    "points": play(STARTS),
    "points,\nnon-saturating": play(STARTS, saturating=False),
    "points,\nat the same time": play(STARTS, in_turns=False),
}
plots.phase_paths({name: path[1:4:2] for name, path in games.items()}, reach=3.5)


# %%
def distance(path):
    """√(θ² + ψ²): how far the players are from where both could rest."""
    return np.hypot(path[..., 0], path[..., 1])


def fate(path):
    """What became of a game, from its distance halfway and at the end."""
    first, half, last = (distance(path)[at] for at in (0, len(path) // 2, -1))
    if last < 1e-6 * first:
        return "arrives"
    if last > 1.5 * first:
        return "flies off"
    return "circles" if last > 0.9 * half else "creeps"


fates = {
    question: ", ".join(sorted({fate(path) for path in paths}))
    for question, paths in zip(my_guess, games.values(), strict=True)
}
for name, paths in games.items():
    print(name.replace("\n", " "), "(distance after 0, 250, 500, 1000, 2000 rounds)")
    for start, path in zip(STARTS, paths, strict=True):
        print(f"     start {start}: " + "  ".join(f"{distance(path)[at]:.4f}" for at in (0, 250, 500, 1000, 2000)))
plots.compare_guesses(my_guess, fates)

# %% jupyter={"source_hidden": true} tags=["hide-input"]
found = list(fates.values())
text_check(found[0] == "arrives", "bell curves of width 1: the game arrives, from all five starts")
text_check(found[1] == "circles", "single points, saturating: it circles, from all five starts")
text_check(found[2] == "creeps", "single points, non-saturating: it creeps, from all five starts")
text_check(found[3] == "flies off", "single points, both at the same time: it flies off, from all five starts")

# %% [markdown]
# **The players and the losses are the same in the first two games; only the data differ.** With some width, D pays for
# a large ψ on the reals themselves, and that slows it down. With single points nothing slows it down, and the game goes
# round and round in all 2,000 rounds. (Mescheder et al. 2018 call this game the Dirac-GAN.) They expect the same for
# data that lie on a thin sheet in a space of many dimensions, as pictures are thought to do: across the sheet such data
# have no width.
#
# ### Why a circle?
#
# With points, the saturating game moves by $\dot\psi = -\theta\,\sigma(\psi\theta)$ and $\dot\theta =
# \psi\,\sigma(\psi\theta)$. Then
#
# $$\tfrac12\tfrac{d}{dt}(\theta^2 + \psi^2) = \theta\dot\theta + \psi\dot\psi
# = \theta\psi\,\sigma(\psi\theta) - \psi\theta\,\sigma(\psi\theta) = 0.$$
#
# So in continuous time the distance cannot change: the path is exactly a circle. Small steps in turns stay near it
# (within 5 % here). Steps *at the same time* add a little outward movement in every round, and the players fly off.
# **In this game, taking turns is what keeps the players together.**
#
# ### Why a creep?
#
# With the non-saturating loss $\dot\theta = \psi\,\sigma(-\psi\theta)$. With $u = \psi\theta$ the same sum is
# $u\,(\sigma(-u) - \sigma(u)) = -u\tanh(u/2) \le 0$: never outward. But it is only of fourth order in the distance $r$.
# Averaged over a turn, $\frac{d}{dt} r^2 = -r^4/8$, so $r = 1/\sqrt{1/r_0^2 + t/8}$. Each time the distance halves,
# that takes more than three times as long as everything before. Does the formula hold?

# %%
RATE, ROUNDS = 0.1, 2000
with_penalty = [play(STARTS, penalty=0.3, saturating=saturating) for saturating in (True, False)]
from_one = {
    "saturating": games["points"][2],
    "non-saturating": games["points,\nnon-saturating"][2],
    "saturating, γ = 0.3": with_penalty[0][2],
    "non-saturating, γ = 0.3": with_penalty[1][2],
}
rounds = np.arange(1, ROUNDS + 1)
formula = "formula 1/√(1 + t/8)"
plots.curves(
    rounds,
    {name: np.maximum(distance(path)[1:], 1e-8) for name, path in from_one.items()}
    | {formula: 1 / np.sqrt(1 + RATE * rounds / 8)},
    colours={name: plots.look(name.split(",")[0])["color"] for name in from_one} | {formula: plots.colours.INK},
    dashes={"saturating": "--", "saturating, γ = 0.3": "-.", "non-saturating, γ = 0.3": ":", formula: (0, (1, 1))},
    logy=True, xlabel="round", ylabel="distance √(θ² + ψ²)",
    title="single points, from θ = 1; the formula lies on the non-saturating curve",
)  # fmt: skip

# %% jupyter={"source_hidden": true} tags=["hide-input"]
for start, path in zip(STARTS, games["points,\nnon-saturating"], strict=True):
    predicted = 1 / np.sqrt(1 / start**2 + RATE * ROUNDS / 8)
    print(f"start {start}: distance after {ROUNDS} rounds {distance(path)[-1]:.3f}, the formula says {predicted:.3f}")
    text_check(abs(distance(path)[-1] / predicted - 1) < 0.1, "the formula holds (within 10 %)")
for start, path in zip(STARTS, games["points"], strict=True):
    text_check(np.abs(distance(path) / start - 1).max() < 0.05, "small steps in turns stay within 5 % of the circle")
creeping = distance(from_one["non-saturating"])
first_half, second_half = ((creeping < at).argmax() for at in (0.4, 0.2))
print(f"from 1 to 0.4: {first_half} rounds; from 0.4 to 0.2: {second_half - first_half} rounds")
text_check(
    second_half - first_half > 3 * first_half > 0, "halving takes more than three times as long as everything before"
)
ends = {name: distance(path)[-1] for name, path in from_one.items()}
print("distance after", ROUNDS, "rounds:", {name: f"{value:.1e}" for name, value in ends.items()})
text_check(
    max(distance(path)[-1] for paths in with_penalty for path in paths) < 1e-6, "with γ = 0.3 both losses arrive"
)

# %% [markdown]
# It holds. The non-saturating loss does **not** stop the circling: it only makes the circle shrink, ever more slowly.
# What stops it is the second pair of curves: a **zero-centred gradient penalty**, called **R1**. D pays ½ γ ‖∇D‖² on
# the reals (here ½ γ ψ²). This plays the role that the width plays for bell curves. With γ = 0.3 both losses arrive,
# from all five starts.
#
# ### A slider: width and penalty
#
# How much width is enough? How much penalty? Move the slider, and change `GAMMA`. (In the stored notebook you see one
# position.)

# %%
GAMMA = 0.1


def at_width(width):
    """Phase paths of both losses, without and with the penalty, from two starts."""
    paths = {
        f"{name}\nγ = {gamma:g}": play(
            STARTS[1:4:2], saturating=name == "saturating", width=width, penalty=gamma, rounds=600
        )
        for gamma in (0, GAMMA)
        for name in ("saturating", "non-saturating")
    }
    return plots.phase_paths(paths, reach=2.2)


plots.Slider(at_width, [0, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0], label="width", start=0.2)

# %% [markdown]
# ## 5 · The best discriminator
#
# Now G stands still and makes fakes with a density $q$. The reals have the density $p$. At one place $x$, D earns
# $p\log D + q\log(1-D)$. Set the slope in D to zero: $p/D = q/(1-D)$, so
#
# $$D^*(x) = \frac{p(x)}{p(x) + q(x)}.$$
#
# Without densities: **of all samples that fell at this place, which share was real?**
#
# ### Your turn: count
#
# You are given two histograms: how many reals, and how many fakes, fell into each bin. The numbers of reals and fakes
# may differ, so first make each histogram sum to 1. Where nothing fell, answer ½. Four lines.


# %%
def optimal_discriminator(real_counts, fake_counts):
    """The best D's probability of "real" in each bin, from two histograms of samples, both (N,)."""
    raise NotImplementedError  # your lines here


check("01.optimal_discriminator", optimal_discriminator)

# %% [markdown]
# <details><summary>Answer</summary>
#
# ```python
# def optimal_discriminator(real_counts, fake_counts):
#     p = real_counts / real_counts.sum()
#     q = fake_counts / fake_counts.sum()
#     empty = p + q == 0
#     return torch.where(empty, 0.5, p / torch.where(empty, 1.0, p + q))
# ```
#
# </details>
#
# Does a *trained network* find the same? The reals have two humps, the fakes one, at various places. Five networks for
# each place.

# %%
PLACES_OF_FAKES = {"the same as p": None, "at 0": 0.0, "at 1": 1.0, "at 2": 2.0, "at 4": 4.0, "at 6": 6.0}
SEEDS = range(5)
line = torch.linspace(-4, 9, 1301, dtype=torch.float64)
cell = (line[1] - line[0]).item()


def bell(x, centre, width):
    return torch.exp(-0.5 * ((x - centre) / width) ** 2) / (width * np.sqrt(2 * np.pi))


def real_points(*shape, generator):
    humps = torch.randint(2, shape, generator=generator) * 2.0 - 1.0
    return humps + 0.4 * torch.randn(*shape, generator=generator)


def fake_points(centre, *shape, generator):
    if centre is None:
        return real_points(*shape, generator=generator)
    return centre + 0.5 * torch.randn(*shape, generator=generator)


p = 0.5 * bell(line, -1.0, 0.4) + 0.5 * bell(line, 1.0, 0.4)
q = {name: p if centre is None else bell(line, centre, 0.5) for name, centre in PLACES_OF_FAKES.items()}
best = {name: p / (p + q[name]) for name in q}

# %%
generator = torch.Generator().manual_seed(0)
networks = SeededMLP([*SEEDS] * len(q), (1, 24, 24, 1), "tanh")  # 30 small discriminators, trained side by side
optimizer = torch.optim.Adam(networks.parameters(), lr=5e-3)
for step in range(400):
    optimizer.param_groups[0]["lr"] = 5e-3 if step < 300 else 1e-3
    real = real_points(len(networks.seeds), 128, 1, generator=generator)
    fake = [fake_points(centre, len(SEEDS), 128, 1, generator=generator) for centre in PLACES_OF_FAKES.values()]
    loss = losses.bce_discriminator_loss(networks(real), networks(torch.cat(fake)))
    optimizer.zero_grad()
    (len(networks.seeds) * loss).backward()
    optimizer.step()
with torch.no_grad():
    logits = networks(line.float()[:, None].expand(len(networks.seeds), -1, -1)).squeeze(-1).double()
learned = dict(zip(q, logits.split(len(SEEDS)), strict=True))  # logits (5, 1301) for each place of the fakes

edges = np.arange(-4, 9.01, 0.25)
counts = [
    np.histogram(points.numpy(), edges)[0] / 20_000
    for points in (real_points(20_000, generator=generator), fake_points(1.0, 20_000, generator=generator))
]
with np.errstate(invalid="ignore"):
    counted = counts[0] / (counts[0] + counts[1])  # share of reals in each bin; NaN where nothing fell

# %% jupyter={"source_hidden": true} tags=["hide-input"]
shown = (line >= -2.5) & (line <= 3)
in_view = (edges[:-1] >= -2.5) & (edges[1:] <= 3)
plots.verdicts_over_line(
    line[shown].numpy(),
    p[shown].numpy(),
    q["at 1"][shown].numpy(),
    {
        "p / (p + q)": best["at 1"][shown].numpy(),
        "five trained networks": learned["at 1"].sigmoid()[:, shown].numpy(),
    },
    steps=(np.append(edges[:-1][in_view], edges[1:][in_view][-1]), counted[in_view]),
)

# %% jupyter={"source_hidden": true} tags=["hide-input"]
weight = (p + q["at 1"]) / 2 * cell  # places where samples fall count, others do not
off = ((learned["at 1"].sigmoid() - best["at 1"]).abs() * weight).sum(1)
middles = (edges[:-1] + edges[1:]) / 2
exact_there = np.interp(middles, line.numpy(), best["at 1"].numpy())
weight_there = np.interp(middles, line.numpy(), ((p + q["at 1"]) / 2).numpy()) * 0.25
off_counted = np.nansum(np.abs(counted - exact_there) * weight_there)
print(f"mean distance from p/(p + q), over all samples: histograms {off_counted:.3f}")
print("                            trained networks:", ", ".join(f"{value:.3f}" for value in off))
text_check(off.max() < 0.05, "each of the five networks is within 0.05 of p/(p + q), on average over the samples")
text_check(off_counted < off.min(), "the histograms of 20,000 samples are nearer than each network")

# %% [markdown]
# The networks were given samples, and no density. **A classifier that is trained on "real or fake?" learns the share
# p/(p + q)**: each of the five is within 0.05 of it, on average over the samples. (The histograms of 20,000 samples are
# nearer; on a line counting is easy. In 64 dimensions there are too many bins to count.) Look at the right edge of the
# picture, where neither hump is: there the networks differ, because no sample tells them what to say.
#
# ## 6 · What the value measures
#
# Put $D^*$ into $V$, and write $m = (p+q)/2$, so that $p + q = 2m$:
#
# $$V(D^*, G) = \mathbb{E}_p\!\left[\log\frac{p}{p+q}\right] + \mathbb{E}_q\!\left[\log\frac{q}{p+q}\right]
# = \mathbb{E}_p\!\left[\log\frac{p}{2m}\right] + \mathbb{E}_q\!\left[\log\frac{q}{2m}\right]
# = -2\log 2 + \mathrm{KL}(p\,\|\,m) + \mathrm{KL}(q\,\|\,m).$$
#
# The **Jensen–Shannon divergence** is $JS(p, q) = \frac12 \mathrm{KL}(p\|m) + \frac12\mathrm{KL}(q\|m)$. So
#
# $$V(D^*, G) = -\log 4 + 2\, JS(p, q).$$
#
# The game measures a distance after all: JS is 0 if the distributions are the same, and log 2 if they have nothing in
# common.
#
# ### Your turn: the divergence
#
# Write JS for two distributions over the same bins. Where a probability is 0 its term is 0: `torch.xlogy(a, b)` is a ·
# log b with that rule. Three lines.


# %%
def jensen_shannon(real, fake):
    """The Jensen–Shannon divergence of two distributions over the same bins, (N,) each; natural logarithm."""
    raise NotImplementedError  # your lines here


check("01.jensen_shannon", jensen_shannon)

# %% [markdown]
# <details><summary>Answer</summary>
#
# ```python
# def jensen_shannon(real, fake):
#     middle = (real + fake) / 2
#     to_middle = [(torch.xlogy(a, a) - torch.xlogy(a, middle)).sum() for a in (real, fake)]
#     return sum(to_middle) / 2
# ```
#
# </details>
#
# We know p and q here, so both sides of the equation can be computed; beside them, what the five trained networks
# reach.


# %%
def value(p, q, logit):
    """V, exactly: the expectations as sums over the line. logit (..., N)."""
    return ((p * logsigmoid(logit) + q * logsigmoid(-logit)) * cell).sum(-1)


def divergence(p, q):
    m = (p + q) / 2
    return 0.5 * ((torch.xlogy(p, p / m) + torch.xlogy(q, q / m)).nan_to_num() * cell).sum()


js = {name: divergence(p, density).item() for name, density in q.items()}
of_best = {name: value(p, density, torch.logit(best[name], 1e-12)).item() for name, density in q.items()}
reached = {name: value(p, density, learned[name]) for name, density in q.items()}
rows = [
    f"| {name} | {-np.log(4) + 2 * js[name]:.3f} | {of_best[name]:.3f} "
    f"| {reached[name].min():.3f} … {reached[name].max():.3f} | {np.log(2) - js[name]:.4f} |"
    for name in q
]
header = ["| fakes | −log 4 + 2 JS | V of the best D | V of five trained D | log 2 − JS |", "|---|---|---|---|---|"]
Markdown("\n".join(header + rows))

# %% jupyter={"source_hidden": true} tags=["hide-input"]
for name in q:
    text_check(abs(-np.log(4) + 2 * js[name] - of_best[name]) < 1e-3, "V(D*) = −log 4 + 2 JS, to three digits")
    text_check((reached[name] < of_best[name] + 1e-4).all(), "no trained D has a larger value than the best D")
    text_check((reached[name] > of_best[name] - 0.05).all(), "all five come within 0.05 of it")
text_check(abs(of_best["at 4"] - of_best["at 6"]) < 0.01, "from 4 to 6 the value changes by less than 0.01")
text_check(
    (-reached["the same as p"] - np.log(4)).abs().max() < 0.02,
    "D's loss is log 4 where the fakes are distributed as the reals",
)
plots.compare_guesses(
    my_guess_of_ds_loss, {"D's loss −V when G is perfect and D cannot tell": f"log 4 = {np.log(4):.3f}"}
)

# %% [markdown]
# **log 4 = 1.386 is D's loss when it cannot tell**: log 2 for the reals and log 2 for the fakes.
#
# Now look at the last column. From 4 to 6 the fakes are two whole units further away, and the value changes by less
# than 0.01, because JS cannot be more than log 2. A distance that stops growing has **no slope**. That is lesson 02.
#
# ### A warning
#
# All this holds for the **best** D. In the circling game of section 4 the fakes are one point and the reals another:
# they have nothing in common, JS = log 2, and the best D's loss would be 0. What was the loss of the D that was
# *there*?

# %%
circle = games["points"][2]
ds_loss = np.logaddexp(0, 0) + np.logaddexp(0, circle[:, 0] * circle[:, 1])  # softplus(−ψ·0) + softplus(ψθ)
print(
    f"D's loss on the circle: {ds_loss.min():.2f} … {ds_loss.max():.2f}, mean {ds_loss.mean():.3f}; log 4 = "
    f"{np.log(4):.3f}"
)
text_check(abs(ds_loss.mean() - np.log(4)) < 0.05, "D's mean loss on the circle is near log 4")
text_check((np.abs(circle[:, 0]) > 1e-9).all(), "on the circle real and fake are never at the same place")

# %% [markdown]
# **Its mean is near log 4, "cannot tell", while the two distributions are never the same in any of the 2,000 rounds.**
# People read "D's loss is at its equilibrium" from such curves. D's loss says how well *this* D does against *this* G.
# It does not say how good either is.
#
# ## 7 · Turns, and what `detach` does
#
# Here are the two steps of the library's GAN. Read D's first.

# %%
Code(inspect.getsource(GAN.step_D) + "\n" + inspect.getsource(GAN.step_G), language="python")

# %% [markdown]
# In `step_D` the fakes are made under `no_grad`; elsewhere you will read `G(z).detach()`. Both stop the gradient of D's
# loss before it reaches G. In `step_G` the gradient must pass **through** D into G. Let us see who gets a gradient, in
# five versions. Which of them are wrong, and which only cost time? Guess a row or two before you look.

# %%
torch.manual_seed(0)
small_g, small_d = nn.Linear(3, 2), nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1))
real, z = torch.randn(64, 2) + 2, torch.randn(48, 3)


def gradients(loss):
    """Gradients that ``loss.backward()`` leaves in G and in D, as vectors; None where it leaves none."""
    small_g.zero_grad(set_to_none=True)
    small_d.zero_grad(set_to_none=True)
    if loss.requires_grad:
        loss.backward()
    found = []
    for network in (small_g, small_d):
        parts = [parameter.grad for parameter in network.parameters()]
        found.append(None if any(part is None for part in parts) else torch.cat([part.flatten() for part in parts]))
    return found


versions = {
    "D's step, `G(z).detach()`": losses.bce_discriminator_loss(small_d(real), small_d(small_g(z).detach())),
    "D's step, no `detach`": losses.bce_discriminator_loss(small_d(real), small_d(small_g(z))),
    "D's step, `D(G(z)).detach()`": losses.bce_discriminator_loss(small_d(real), small_d(small_g(z)).detach()),
    "G's step": losses.saturating_generator_loss(small_d(small_g(z))),
    "G's step, `G(z).detach()`": losses.saturating_generator_loss(small_d(small_g(z).detach())),
}
left = {name: gradients(loss) for name, loss in versions.items()}

# %% jupyter={"source_hidden": true} tags=["hide-input"]
rows = [
    f"| {name} | " + " | ".join("none" if vector is None else f"{vector.norm():.3f}" for vector in pair) + " |"
    for name, pair in left.items()
]
Markdown("\n".join(["| | gradient left in G | gradient left in D |", "|---|---|---|", *rows]))

# %% jupyter={"source_hidden": true} tags=["hide-input"]
with_detach, without, wrong_place, g_step, lost = left.values()
only_real = gradients(losses.bce_discriminator_loss(small_d(real), torch.zeros(1)))[1]
print(f"the two gradients in G, added, if nobody cleared the first: {(g_step[0] + without[0]).abs().max():.1e}")
text_check(
    with_detach[0] is None and without[0] is not None and lost[0] is None, "who gets a gradient, as in the table"
)
text_check(torch.allclose(with_detach[1], without[1]), "without detach D learns exactly the same")
text_check(torch.allclose(wrong_place[1], only_real), "detach on D's score: the fakes do not reach D")
text_check(torch.allclose(g_step[0], -without[0]), "in the saturating game the two gradients in G are exact opposites")

# %% [markdown]
# * **Without `detach` D learns exactly the same.** The gradient that reaches G is computed for nothing, if it is
#   cleared before G's own step. If nobody clears it, then in the saturating game the two are exact opposites, and
#   (while D stands still) **G does not move at all**.
# * **`detach` in the wrong place**, on D's *score*: the fakes do not reach D, and it learns that everything is real.
#   There is no error message.
# * **`detach` in G's step** leaves G without any gradient.
# * G's own step leaves a gradient **in D** as well. D must not use it: D clears its gradients before its step (or, as
#   in the library, `inputs=` keeps it out).
#
# ## 8 · Digits from noise
#
# Now with networks. θ and ψ become the weights of two small networks, a number becomes 64 pixels. The data are 8 × 8
# digits that come with scikit-learn. The next cell is a complete GAN in plain PyTorch. (`noisy` adds a little noise to
# everything that D sees, "instance noise": D can then never be certain. Lesson 02 says why that helps.)

# %%
examples = open_labelled("digits", size=8).pictures.flatten(1)  # (N, 64) in [−1, 1]
torch.manual_seed(0)
STEPS, NOISE = 2000, 0.3

# %%
G = nn.Sequential(nn.Linear(16, 128), nn.ReLU(), nn.Linear(128, 128), nn.ReLU(), nn.Linear(128, 64), nn.Tanh())
D = nn.Sequential(nn.Linear(64, 128), nn.LeakyReLU(0.2), nn.Linear(128, 128), nn.LeakyReLU(0.2), nn.Linear(128, 1))
adam_g, adam_d = (torch.optim.Adam(network.parameters(), lr=1e-3, betas=(0.5, 0.999)) for network in (G, D))


def noisy(pictures):
    return pictures + NOISE * torch.randn_like(pictures)


album, history, fixed_z = {}, [], torch.randn(400, 16)
for step in range(STEPS + 1):
    if step in (0, 100, 500, STEPS):
        album[step] = G(fixed_z).detach()
    real, fake = examples[torch.randint(len(examples), (64,))], G(torch.randn(64, 16))
    loss_d = softplus(-D(noisy(real))).mean() + softplus(D(noisy(fake.detach()))).mean()  # −V
    adam_d.zero_grad()
    loss_d.backward()
    adam_d.step()
    loss_g = softplus(-D(noisy(fake))).mean()  # non-saturating
    adam_g.zero_grad()
    loss_g.backward()
    adam_g.step()
    history.append(loss_d.item())

# %% jupyter={"source_hidden": true} tags=["hide-input"]
rows = {f"after {step} steps": pixels for step, pixels in album.items()} | {"real": examples[:: len(examples) // 6]}
plots.picture_grid(
    [[picture.reshape(8, 8).numpy() / 2 + 0.5 for picture in pixels[:6]] for pixels in rows.values()],
    row_names=list(rows),
    side=1.45,
)

# %% [markdown]
# How good are they? Their own D's loss cannot say (section 6). So we ask **a fresh classifier** that took no part in
# the game: train it on half of the digits and fakes, let it sort the other half. 50 % right would mean that it cannot
# tell. Five seeds.


# %%
def told_apart(reals, fakes):
    """Share of held-out samples that new classifiers put on the right side; one for each seed and its own halves."""
    count = min(len(reals), len(fakes))
    orders = torch.stack([torch.randperm(count, generator=torch.Generator().manual_seed(seed)) for seed in SEEDS])
    train, test = orders[:, : count // 2], orders[:, count // 2 :]
    classifiers = SeededMLP([100 + seed for seed in SEEDS], (64, 64, 1), "leaky_relu")
    adam = torch.optim.Adam(classifiers.parameters(), lr=2e-3, weight_decay=1e-3)
    for _ in range(150):
        loss = len(SEEDS) * losses.bce_discriminator_loss(classifiers(reals[train]), classifiers(fakes[train]))
        adam.zero_grad()
        loss.backward()
        adam.step()
    with torch.no_grad():
        right = (classifiers(reals[test]) > 0).float() + (classifiers(fakes[test]) < 0).float()
    return (right.mean((1, 2)) / 2).tolist()


shuffled = examples[torch.randperm(len(examples), generator=torch.Generator().manual_seed(0))]
told = {f"after {step} steps": told_apart(shuffled[:400], fakes) for step, fakes in album.items()}
told["other reals"] = told_apart(shuffled[:400], shuffled[400:800])
for name, shares in told.items():
    print(f"{name:18} told from reals: {np.mean(shares):.0%}  ({min(shares):.0%} … {max(shares):.0%})")
print(f"D's own loss in the last 200 steps: {np.mean(history[-200:]):.2f} (log 4 = {np.log(4):.2f})")

# %% jupyter={"source_hidden": true} tags=["hide-input"]
trained, apart = told[f"after {STEPS} steps"], told["other reals"]
text_check(min(told["after 0 steps"]) > 0.95, "noise is told from digits at once")
text_check(max(apart) < 0.65, "reals from other reals cannot be told apart")
text_check(
    min(trained) > 0.8,
    "after 2,000 steps the classifier still tells more than 80 % of the samples apart, in every seed",
)

# %% [markdown]
# A person can read some of them as digits. A fresh classifier still puts more than 80 % of the samples on the right
# side, in every seed: this small GAN has not reached the end of the game.
#
# The course ships a larger one, trained longer, with convolutions in place of fully connected layers (DCGAN, Radford et
# al. 2016): `gan-digits`.

# %% jupyter={"source_hidden": true} tags=["hide-input"]
figure = None
if "gan-digits" in zoo.names():
    model = zoo.load("gan-digits")
    rows = [model.sample(6, seed=seed) for seed in (0, 1)]
    figure = plots.picture_grid(rows, row_names=["seed 0", "seed 1"], side=1.45)
else:
    print("This folder's zoo has no gan-digits. `python -m course_lib train gan --help` says how to train one.")
figure

# %% [markdown]
# ## The answer in three sentences
#
# A second network, the discriminator, learns from samples alone which share of the samples at each place is real; no
# formula for the data is needed. The generator follows the slope of that discriminator, and for the best discriminator
# the value of the game measures a distance between the two distributions, −log 4 + 2 JS. Whether the two players arrive
# depends on the data and on what slows D down (width, noise, a penalty), and D's loss does not tell you whether they
# did.
#
# ### What did not hold
#
# Sentences that one reads about GANs, and what this notebook measured.

# %% jupyter={"source_hidden": true} tags=["hide-input"]
said = {
    "The game converges to its equilibrium": (
        "With bell curves of width 1, from all five starts. With single points from none: the distance stayed within "
        f"{np.abs(distance(circle) - 1).max():.0%} of a circle for {ROUNDS} rounds (start θ = 1)."
    ),
    "The non-saturating loss fixes the training": (
        f"With single points it still circles, ever more slowly nearer: after {ROUNDS} rounds "
        f"{ends['non-saturating']:.2f} from the goal. "
        f"With the penalty γ = 0.3 it arrived ({ends['non-saturating, γ = 0.3']:.0e}), and so did the saturating loss."
    ),
    "D's loss at log 4 means that G is perfect": (
        f"On the circle D's loss was {ds_loss.mean():.2f} on average, and real and fake had nothing in common."
    ),
    "The value measures the Jensen–Shannon divergence": (
        "For the best D, to three digits; trained ones come within 0.05, from below. For the D that happens to be "
        "there: no."
    ),
    "Forgetting `detach` in D's step makes D learn the wrong thing": (
        "D's gradients were the same. It costs time, and it spoils G's step only if nobody clears G's gradients."
    ),
    "When the samples look right, nobody can tell them apart": (
        f"A fresh classifier sorted {np.mean(trained):.0%} of the samples correctly (reals from other reals: "
        f"{np.mean(apart):.0%})."
    ),
}
Markdown(
    "\n".join(
        ["| they say | measured here |", "|---|---|", *(f"| {claim} | {answer} |" for claim, answer in said.items())]
    )
)

# %% [markdown]
# ### What holds only in this toy
#
# * D of the first game is a straight line through 0, with one parameter. A network D can change its shape, and the
#   paths look different.
# * The circle, the creep and their formulas belong to single points with gradient descent at a small rate. With Adam
#   they are different.
# * γ = 0.3 is right for this game's scale. It is not a recommendation for pictures.
# * p and q are known here, so D's value can be compared with JS. For pictures it cannot.
#
# ## 10 · Go on
#
# Exercise [`01_game`](../exercises/01_game/task.md) asks you for the rest: the value of the game, the losses, D's step
# and G's step with `detach` in the right place. Edit `exercises/01_game/exercise.py`, then `python -m course_lib grade
# 01_game`.
#
# ## Experiments
#
# Change a value and run all cells again. Cells that check the printed text then print a note and go on.
#
# 1. `play(1.0, width=w)` for w from 1 down to 0.1. How many rounds until the distance is below 0.01? Why does it grow
#    like that?
# 2. `play(STARTS, d_moves=5)`: D moves five times for each move of G. What becomes of the circle?
# 3. In section 8 set `NOISE = 0`, or replace G's loss by `-softplus(D(noisy(fake))).mean()`, the saturating one. Which
#    of the two hurts more?
#
# To train on pictures: `python -m course_lib train gan --help`.
#
# ## What to read
#
# * Goodfellow et al. 2014, *Generative Adversarial Networks*: sections 3 and 4 (four pages; proposition 1 is $p/(p+q)$,
#   theorem 1 is $-\log 4$).
# * Mescheder, Geiger, Nowozin 2018, *Which Training Methods for GANs do actually Converge?*: sections 2 and 3, the game
#   of points.
# * Radford, Metz, Chintala 2016, *Unsupervised Representation Learning with Deep Convolutional GANs*, for `gan-digits`.
# * Next: [lesson 02](02_gradients.ipynb), where D wins, and the question is what still reaches G.

# %%
print(f"This notebook took {time.monotonic() - started:.0f} s.")
