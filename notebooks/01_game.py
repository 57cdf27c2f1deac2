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
# # 01 · A game of two networks
#
# **How can a network learn a distribution that nobody wrote down?**
#
# Somebody hands you a thousand pictures of digits and asks for a new one. There is no formula for "a picture of a digit". There is
# no right answer either, so there is nothing to measure a distance to. All you have is examples.
#
# The idea of Goodfellow et al. (2014): let a second network learn to tell your pictures from the examples, and train yours until it
# cannot. This lesson plays that game with two *numbers* before it plays it with two networks.
# You should know what a gradient is. The lesson runs in about half a minute on two CPU cores, without a network.

# %%
import inspect
import time

import numpy as np
import torch
from IPython.display import Code, Markdown
from torch import nn
from torch.nn.functional import logsigmoid

from course_lib import losses, plots, zoo
from course_lib.data.labelled import open_labelled
from course_lib.networks.mlp import SeededMLP
from course_lib.tasks.gan import GAN

torch.manual_seed(0)
started = time.monotonic()

# %% [markdown]
# ## 1 · Two players, one number
#
# * The **generator** G turns noise *z* into a sample: G(z).
# * The **discriminator** D gives any sample a score. Large: "real". Its score is a *logit*; the sigmoid σ turns it into a probability.
#
# D wants to be right, G wants D to be wrong. Both pull on one number, the **value** of the game:
#
# $$\min_G \max_D\; V(D,G) = \mathbb{E}_{x}[\log D(x)] + \mathbb{E}_{z}[\log(1 - D(G(z)))] \qquad\text{(Goodfellow et al., eq. 1)}$$
#
# (Here $D(x)$ is the probability.) D's loss is $-V$: in the library, `bce_discriminator_loss`. G has a choice of two:
#
# | | G minimises | in words |
# |---|---|---|
# | **saturating** (the game itself) | $\log(1 - D(G(z)))$ | "let D be unsure that it is fake" |
# | **non-saturating** (the same paper, a page later) | $-\log D(G(z))$ | "let D be sure that it is real" |
#
# Now make everything as small as it can be. The real data are numbers around 0. **G has one parameter**: it shifts its noise by θ.
# **D has one parameter**: its logit is ψ·x. G is perfect at θ = 0, and then D can do no better than ψ = 0.

# %% [markdown]
# ## 2 · Guess before you run
#
# Both players take small steps down their own slope, in turns: D, G, D, G … G starts at θ = 1. Four games:

# %%
my_guess = {  # "arrives", "creeps" (nearer and nearer, ever more slowly), "circles" or "flies off"
    "reals and fakes are bell curves of width 1": "arrives",
    "reals and fakes are single points": "arrives",
    "points, and G has the non-saturating loss": "arrives",
    "points, and both move at the same time": "arrives",
}
my_guess_of_ds_loss = 0.0  # D's loss −V when G is perfect and D has noticed: 0? 0.69? 1.39? infinity?

# %% [markdown]
# ## 3 · The slopes by hand
#
# D's slope of V in ψ, and G's slope of its loss in θ, are expectations of σ. With logits $s = \psi x$:
#
# $$\frac{\partial V}{\partial\psi} = \mathbb{E}_{real}[\sigma(-s)\,x] - \mathbb{E}_{fake}[\sigma(s)\,x], \qquad
# -\frac{\partial L_G}{\partial\theta} = \psi\;\mathbb{E}_{fake}[\sigma(s)]\ \text{ or }\ \psi\;\mathbb{E}_{fake}[\sigma(-s)]$$
#
# (the first for the saturating loss, the second for the other)
#
# The width of the bell curves is a number we can turn: at width 0 they are single points. No random numbers are needed, the
# expectations are sums over forty well-chosen places (Gauss–Hermite).

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


def play(theta, psi=0.0, *, width=0.0, saturating=True, penalty=0.0, in_turns=True, rate=0.1, rounds=2000):
    """The way (games, rounds + 1, 2) of (θ, ψ). ``penalty`` is γ of a zero-centred gradient penalty: D also pays ½ γ ψ²."""
    theta = np.atleast_1d(np.asarray(theta, dtype=float))
    psi = np.full_like(theta, psi)
    way = [(theta, psi)]
    for _ in range(rounds):
        for_d, for_g = slopes(theta, psi, width, saturating)
        psi = psi + rate * (for_d - penalty * psi)
        if in_turns:  # G looks again, at the D that has just moved
            _, for_g = slopes(theta, psi, width, saturating)
        theta = theta + rate * for_g
        way.append((theta, psi))
    return np.array(way).transpose(2, 0, 1)


# %% [markdown]
# Derivations by hand go wrong. Ask autograd whether it agrees, with the library's losses and ten thousand random samples per side:

# %%
noise = torch.randn(2, 10_000, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
theta, psi = (torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in (0.8, -0.4))
real_logits, fake_logits = psi * noise[0], psi * (theta + noise[1])
(for_d,) = torch.autograd.grad(-losses.bce_discriminator_loss(real_logits, fake_logits), psi, retain_graph=True)
by_hand_d, by_hand_g = slopes(np.array([0.8]), np.array([-0.4]), 1.0, True)
(for_g,) = torch.autograd.grad(-losses.saturating_generator_loss(fake_logits), theta)
print(
    f"D: by hand {by_hand_d[0]:+.3f}, autograd {for_d:+.3f}      G: by hand {by_hand_g[0]:+.3f}, autograd {for_g:+.3f}"
)
assert abs(by_hand_d[0] - for_d.item()) < 0.03 and abs(by_hand_g[0] - for_g.item()) < 0.01

# %% [markdown]
# ## 4 · Four games
#
# Rings are starts, dots are ends. Five starts each, since one might be luck.

# %%
STARTS = [0.4, 0.7, 1.0, 1.3, 1.6]
games = {
    "bell curves": play(STARTS, width=1.0),
    "points": play(STARTS),
    "points,\nnon-saturating": play(STARTS, saturating=False),
    "points,\nat the same time": play(STARTS, in_turns=False),
}
plots.phase_paths({name: way[1:4:2] for name, way in games.items()}, reach=2.2)


# %%
def distance(way):
    """√(θ² + ψ²): how far the players are from where both could rest."""
    return np.hypot(way[..., 0], way[..., 1])


def fate(way):
    """What became of a game, from its distance halfway and at the end."""
    first, half, last = (distance(way)[at] for at in (0, len(way) // 2, -1))
    if last < 1e-6 * first:
        return "arrives"
    if last > 1.5 * first:
        return "flies off"
    return "circles" if last > 0.9 * half else "creeps"


answers = dict(zip(my_guess, games.values(), strict=True))
for question, ways in answers.items():
    fates = {fate(way) for way in ways}
    print(f"{question:45} {', '.join(fates):10} (you guessed {my_guess[question]})")
    for start, way in zip(STARTS, ways, strict=True):
        print(f"     start {start}: " + "  ".join(f"{distance(way)[at]:.4f}" for at in (0, 250, 500, 1000, 2000)))
    assert len(fates) == 1

# %%
assert [fate(ways[2]) for ways in answers.values()] == ["arrives", "circles", "creeps", "flies off"]

# %% [markdown]
# **The same two players, the same losses.** What decides is the data: with some width, D pays for a large ψ on the reals
# themselves, and that brakes it. With single points nothing brakes, and the game goes round and round, for ever.
# (Mescheder et al. 2018 call the second one the Dirac-GAN.) Pictures of digits are a thin sheet in a space of many dimensions:
# across the sheet they have no width at all.
#
# ### Why a circle?
#
# With points, the saturating game moves by $\dot\psi = -\theta\,\sigma(\psi\theta)$ and $\dot\theta = \psi\,\sigma(\psi\theta)$. Then
#
# $$\tfrac12\tfrac{d}{dt}(\theta^2 + \psi^2) = \theta\dot\theta + \psi\dot\psi = \theta\psi\,\sigma(\psi\theta) - \psi\theta\,\sigma(\psi\theta) = 0.$$
#
# The distance cannot change: exactly a circle. Small turns in place of a flow keep it up to a ripple; moving *at the same time* adds
# a little outward step in every round, and the players fly off. **That is one reason why GANs are trained in turns.**
#
# ### Why a creep?
#
# With the non-saturating loss $\dot\theta = \psi\,\sigma(-\psi\theta)$, and with $u = \psi\theta$ the same sum is
# $u\,(\sigma(-u) - \sigma(u)) = -u\tanh(u/2) \le 0$: always inward. But the last bit is of fourth order in the distance $r$. Averaged over
# a turn, $\frac{d}{dt} r^2 = -r^4/8$, so $r = 1/\sqrt{1/r_0^2 + t/8}$. To halve the distance takes three times as long as everything before.
# Is that true?

# %%
RATE, ROUNDS = 0.1, 2000
braked = [play(STARTS, penalty=0.3, saturating=saturating) for saturating in (True, False)]
penalised = {
    "saturating": games["points"][2],
    "non-saturating": games["points,\nnon-saturating"][2],
    "saturating, γ = 0.3": braked[0][2],
    "non-saturating, γ = 0.3": braked[1][2],
}
rounds = np.arange(1, ROUNDS + 1)
formula = 1 / np.sqrt(1 + RATE * rounds / 8)
plots.curves(
    rounds,
    {"1/√(1 + t/8)": formula} | {name: np.maximum(distance(way)[1:], 1e-8) for name, way in penalised.items()},
    colours={"1/√(1 + t/8)": plots.colours.INK},
    logy=True,
    xlabel="round",
    ylabel="distance √(θ² + ψ²)",
    title="single points, from θ = 1 (the formula lies under the non-saturating curve)",
)

# %%
for start, way in zip(STARTS, games["points,\nnon-saturating"], strict=True):
    predicted = 1 / np.sqrt(1 / start**2 + RATE * ROUNDS / 8)
    print(f"start {start}: distance after {ROUNDS} rounds {distance(way)[-1]:.3f}, the formula says {predicted:.3f}")
    assert abs(distance(way)[-1] / predicted - 1) < 0.1
for start, way in zip(STARTS, games["points"], strict=True):
    assert np.abs(distance(way) / start - 1).max() < 0.05  # the circle, with its ripple

# %% [markdown]
# It is. The non-saturating loss does **not** cure the circling: it only makes it shrink, ever more slowly. What cures it is the third
# pair of curves: a **zero-centred gradient penalty**. D pays ½ γ ‖∇D‖² on the reals (here ½ γ ψ²), the brake that the points do not
# have by themselves. Then both losses arrive, quickly.

# %%
ends = {name: distance(way)[-1] for name, way in penalised.items()}
print("distance after", ROUNDS, "rounds:", {name: f"{value:.1e}" for name, value in ends.items()})
assert max(distance(way)[-1] for ways in braked for way in ways) < 1e-6

# %% [markdown]
# ## 5 · The best discriminator
#
# Forget G for a moment: it stands still and makes fakes with a density $q$. The reals have the density $p$. At one place $x$, D
# earns $p\log D + q\log(1-D)$. Set the slope in D to zero: $p/D = q/(1-D)$, so
#
# $$D^*(x) = \frac{p(x)}{p(x) + q(x)}.$$
#
# Say it without densities: **of all samples that fell here, which share was real?** A child can do that with two tally sheets. Does a
# trained network find the same? Reals have two humps, the fakes one, at various places; five networks for each.

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

generator = torch.Generator().manual_seed(0)
judges = SeededMLP([*SEEDS] * len(q), (1, 24, 24, 1), "tanh")  # 30 small networks, trained side by side
optimizer = torch.optim.Adam(judges.parameters(), lr=5e-3)
for step in range(400):
    if step == 300:
        optimizer.param_groups[0]["lr"] = 1e-3
    real = real_points(len(q) * len(SEEDS), 128, 1, generator=generator)
    fake = torch.cat(
        [fake_points(centre, len(SEEDS), 128, 1, generator=generator) for centre in PLACES_OF_FAKES.values()]
    )
    loss = losses.bce_discriminator_loss(judges(real), judges(fake))
    optimizer.zero_grad()
    (len(judges.seeds) * loss).backward()
    optimizer.step()
with torch.no_grad():
    logits = judges(line.float()[:, None].expand(len(judges.seeds), -1, -1)).squeeze(-1).double()
learned = dict(zip(q, logits.split(len(SEEDS)), strict=True))  # logits (5, 1301) for each place of the fakes


# %%
def verdict_of_histograms(real, fake, edges):
    """Share of reals among all samples of each bin; NaN where nothing fell. Counts are made shares first."""
    tally = [np.histogram(points, edges)[0] / len(points) for points in (real, fake)]
    with np.errstate(invalid="ignore"):
        return tally[0] / (tally[0] + tally[1])


edges = np.arange(-4, 9.01, 0.25)
many = [
    points.numpy()
    for points in (real_points(20_000, generator=generator), fake_points(1.0, 20_000, generator=generator))
]
tallied = verdict_of_histograms(*many, edges)
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
    steps=(np.append(edges[:-1][in_view], edges[1:][in_view][-1]), tallied[in_view]),
)

# %%
weight = (p + q["at 1"]) / 2 * cell  # places where samples fall count, others do not
off = ((learned["at 1"].sigmoid() - best["at 1"]).abs() * weight).sum(1)
middles = (edges[:-1] + edges[1:]) / 2
exact_there = np.interp(middles, line.numpy(), best["at 1"].numpy())
weight_there = np.interp(middles, line.numpy(), ((p + q["at 1"]) / 2).numpy()) * 0.25
off_tally = np.nansum(np.abs(tallied - exact_there) * weight_there)
print(f"mean distance from p/(p + q), over all samples: histograms {off_tally:.3f}")
print("                            trained networks:", ", ".join(f"{value:.3f}" for value in off))
assert off.max() < 0.05 and off_tally < 0.03

# %% [markdown]
# Nobody told the networks a density. **A classifier that is asked "real or fake?" learns the ratio of the two densities**, and that
# ratio is all that G will ever hear. Look at the right edge of the picture, where neither hump is: there the networks say what they like.
#
# ## 6 · What the value measures
#
# Put $D^*$ into $V$. With $m = (p+q)/2$ and the Jensen–Shannon divergence $JS = \frac12 \mathrm{KL}(p\|m) + \frac12\mathrm{KL}(q\|m)$:
#
# $$V(D^*, G) = -\log 4 + 2\, JS(p, q).$$
#
# So a game that began without any distance has one: JS is 0 if the distributions are the same and log 2 if they have nothing in common.
# We know p and q here, so both sides can be computed, and what the trained networks reach beside them.


# %%
def value(p, q, logit):
    """V, exactly: the expectations as sums over the line. logit (..., N)."""
    return ((p * logsigmoid(logit) + q * logsigmoid(-logit)) * cell).sum(-1)


def jensen_shannon(p, q):
    m = (p + q) / 2
    return 0.5 * ((torch.xlogy(p, p / m) + torch.xlogy(q, q / m)).nan_to_num() * cell).sum()


table, reached = (
    ["| fakes | −log 4 + 2 JS | V of the best D | V of five trained D | log 2 − JS |", "|---|---|---|---|---|"],
    {},
)
for name, density in q.items():
    by_js = (-np.log(4) + 2 * jensen_shannon(p, density)).item()
    by_best = value(p, density, torch.logit(best[name], 1e-12)).item()
    reached[name] = value(p, density, learned[name])
    spread = f"{reached[name].min():.3f} … {reached[name].max():.3f}"
    table.append(f"| {name} | {by_js:.3f} | {by_best:.3f} | {spread} | {(0 - by_js) / 2:.4f} |")
    assert abs(by_js - by_best) < 1e-3
    assert (reached[name] < by_best + 1e-4).all()  # nobody beats the best
    assert (reached[name] > by_best - 0.05).all()  # and all five come near
Markdown("\n".join(table))

# %%
ds_loss_when_perfect = np.log(4)
print(f"D's loss when G is perfect: {ds_loss_when_perfect:.3f} (you guessed {my_guess_of_ds_loss}).")
print(f"The five that met fakes which were reals: {', '.join(f'{-v:.3f}' for v in reached['the same as p'])}")
assert (-reached["the same as p"] - ds_loss_when_perfect).abs().max() < 0.02

# %% [markdown]
# **log 4 = 1.386 is D's loss when it cannot tell**: twice log 2, one for the reals and one for the fakes.
#
# Now look at the last column. From 4 to 6 the fakes are two whole steps further away, and the value hardly notices: JS cannot pass log 2.
# A distance that stops growing has **no slope**. That is lesson 02.
#
# ### The trap
#
# All this holds against the **best** D. In the circling game of section 4 the fakes are one point and the reals another: nothing in
# common, JS = log 2, and the best D's loss would be 0. What did the D that was *there* lose?

# %%
circle = games["points"][2]
ds_loss = np.logaddexp(0, 0) + np.logaddexp(0, circle[:, 0] * circle[:, 1])  # softplus(−ψ·0) + softplus(ψθ)
print(
    f"D's loss on the circle: {ds_loss.min():.2f} … {ds_loss.max():.2f}, mean {ds_loss.mean():.3f}; log 4 = {np.log(4):.3f}"
)
assert abs(ds_loss.mean() - np.log(4)) < 0.05
assert (np.abs(circle[:, 0]) > 1e-9).all()  # θ is never 0: real and fake never meet

# %% [markdown]
# **It hovers at log 4, "cannot tell", while the two distributions never once meet.** People read "D's loss is at its equilibrium" off
# such curves. A loss in a game is what one player makes of the other, not how good either is.
#
# ## 7 · Turns, and what `detach` does
#
# Here are the two steps of the library's GAN. Read D's first.

# %%
Code(inspect.getsource(GAN.step_D) + "\n" + inspect.getsource(GAN.step_G), language="python")

# %% [markdown]
# In `step_D` the fakes are made under `no_grad`; elsewhere you will read `G(z).detach()`. Both cut the wire from D's loss back to
# G. In `step_G` the wire must be whole, **through** D and into G. Let us see who gets a gradient, in five versions. Which of
# them are wrong, and which are only wasteful? Guess a row or two before you look.

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


def size(vector):
    return "none" if vector is None else f"{vector.norm():.3f}"


Markdown(
    "\n".join(
        ["| | gradient left in G | gradient left in D |", "|---|---|---|"]
        + [f"| {name} | {size(in_g)} | {size(in_d)} |" for name, (in_g, in_d) in left.items()]
    )
)

# %%
right, wasteful, deaf, g_step, lost = left.values()
only_real = gradients(losses.bce_discriminator_loss(small_d(real), torch.zeros(1)))[1]
assert right[0] is None and wasteful[0] is not None and lost[0] is None
torch.testing.assert_close(right[1], wasteful[1])  # D learns the same with and without detach
torch.testing.assert_close(deaf[1], only_real)  # D never hears of the fakes
torch.testing.assert_close(g_step[0], -wasteful[0])  # what D's loss sends to G is the exact opposite of what G wants
print(f"D's step without detach sends G {size(wasteful[0])}; G's own step sends {size(g_step[0])}, the exact opposite;")
print(f"their sum, if nobody cleared G's gradient in between: {(g_step[0] + wasteful[0]).abs().max():.1e}")

# %% [markdown]
# * **Without `detach` D learns exactly the same.** The gradient that reaches G is work done for nothing, if G clears it before its own
#   step. If nobody clears it, then in the saturating game the two are exact opposites, and (while D stands still) **G does not move at all**.
# * **`detach` in the wrong place**, on D's *score*, makes D deaf to fakes: it learns that everything is real. No error, no warning.
# * **`detach` in G's step** leaves G without any gradient.
# * G's own step leaves a gradient **in D** as well. It is not D's to use: D clears before its step (or, as in the library, `inputs=` never lets it in).
#
# ## 8 · Digits from noise
#
# Now with networks. Nothing changes but the sizes: θ and ψ become the weights of two small networks, a number becomes 64 pixels.
# The data are 8 × 8 digits that come with scikit-learn. This is the whole of it:

# %%
digits = open_labelled("digits", size=8)
examples = digits.pictures.flatten(1)  # (N, 64) in [−1, 1]
STEPS, LATENT = 2000, 16
network_g = SeededMLP([0], (LATENT, 128, 128, 64), "relu")
network_d = SeededMLP([1], (64, 128, 128, 1), "leaky_relu")
adam_g, adam_d = (torch.optim.Adam(n.parameters(), lr=1e-3, betas=(0.5, 0.999)) for n in (network_g, network_d))
generator = torch.Generator().manual_seed(0)
fixed = torch.randn(1, 400, LATENT, generator=generator)
album, history = {}, []
for step in range(STEPS + 1):
    if step in (0, 100, 500, STEPS):
        with torch.no_grad():
            album[step] = network_g(fixed).tanh()[0]
    real = examples[torch.randint(len(examples), (64,), generator=generator)][None]
    fake = network_g(torch.randn(1, 64, LATENT, generator=generator)).tanh()
    shown = [0.1 * torch.randn(1, 64, 64, generator=generator) + pixels for pixels in (real, fake.detach())]
    loss_d = losses.bce_discriminator_loss(network_d(shown[0]), network_d(shown[1]))
    adam_d.zero_grad()
    loss_d.backward()
    adam_d.step()
    loss_g = losses.bce_generator_loss(network_d(fake + 0.1 * torch.randn(1, 64, 64, generator=generator)))
    adam_g.zero_grad()
    loss_g.backward()
    adam_g.step()
    history.append((loss_d.item(), loss_g.item()))


# %%
def sheet(pixels, count=25, columns=5):
    return np.pad(
        plots.rows_of_digits(pixels[:count].reshape(-1, 8, 8).numpy() / 2 + 0.5, columns), 1, constant_values=1
    )


plots.picture_grid(
    [[*(sheet(pixels) for pixels in album.values()), sheet(examples[:: len(examples) // 25])]],
    column_names=[*(f"after {step} steps" for step in album), "real"],
    side=1.9,
)

# %% [markdown]
# From noise to something that one reads as digits, in seconds, without one number of "how far from that digit". How good are they?
# Their own D's loss cannot say (section 6). So ask **a fresh judge** that never played: train it on half of the digits and fakes,
# let it sort the other half. 50 % right would mean that it cannot tell.


# %%
def fresh_judges(reals, fakes):
    """Share of held-out samples that newly trained D's put on the right side, one for each seed and its own halves."""
    count = min(len(reals), len(fakes))
    orders = torch.stack([torch.randperm(count, generator=torch.Generator().manual_seed(seed)) for seed in SEEDS])
    train, test = orders[:, : count // 2], orders[:, count // 2 :]
    judge = SeededMLP([100 + seed for seed in SEEDS], (64, 64, 1), "leaky_relu")
    adam = torch.optim.Adam(judge.parameters(), lr=2e-3, weight_decay=1e-3)
    for _ in range(150):
        loss = len(SEEDS) * losses.bce_discriminator_loss(judge(reals[train]), judge(fakes[train]))
        adam.zero_grad()
        loss.backward()
        adam.step()
    with torch.no_grad():
        right = (judge(reals[test]) > 0).float() + (judge(fakes[test]) < 0).float()
    return (right.mean((1, 2)) / 2).tolist()


shuffled = examples[torch.randperm(len(examples), generator=generator)]
judged = {f"after {step} steps": fresh_judges(shuffled[:400], fakes) for step, fakes in album.items()}
judged["other reals"] = fresh_judges(shuffled[:400], shuffled[400:800])
for name, shares in judged.items():
    print(f"{name:18} told from reals: {np.mean(shares):.0%}  ({min(shares):.0%} … {max(shares):.0%})")

# %% [markdown]
# The course ships a larger one, trained longer, with convolutions in place of plain layers (DCGAN, Radford et al. 2016): `gan-digits`.

# %%
figure = None
if "gan-digits" in zoo.names():
    model = zoo.load("gan-digits")
    figure = plots.picture_grid(
        [model.sample(12, seed=0), model.sample(12, seed=1)], row_names=["seed 0", "seed 1"], side=0.75
    )
else:
    print("This folder's zoo has no gan-digits. `python -m course_lib train gan --help` says how to train one.")
figure

# %%
trained, apart = judged[f"after {STEPS} steps"], judged["other reals"]
assert min(judged["after 0 steps"]) > 0.95  # noise is told at once
assert max(apart) < 0.65  # reals from reals cannot be
print(f"D's own loss in the last 200 steps: {np.mean([d for d, _ in history[-200:]]):.2f} (log 4 = {np.log(4):.2f})")

# %% [markdown]
# ## 9 · What did not hold
#
# Sentences that one reads about GANs, and what this notebook measured.

# %%
creep = ends["non-saturating"]
said = {
    "The game converges to its equilibrium": (
        "With bell curves, from every start. With single points never: the distance stayed within "
        f"{np.abs(distance(circle) - 1).max():.0%} of a circle for {ROUNDS} rounds."
    ),
    "The non-saturating loss fixes the training": (
        f"It turns the circle into a creep: after {ROUNDS} rounds still {creep:.2f} from the goal. A zero-centred penalty "
        f"arrived ({ends['non-saturating, γ = 0.3']:.0e}), with either loss."
    ),
    "D's loss at log 4 means that G is perfect": (
        f"On the circle D's loss was {ds_loss.mean():.2f} on average, and real and fake had nothing in common."
    ),
    "The value measures the Jensen–Shannon divergence": (
        "Of the best D, yes, to three digits; of trained ones from below. Of the D that happens to be there, no."
    ),
    "Forgetting `detach` in D's step makes D learn the wrong thing": (
        "D's gradients were the same. It costs time, and it spoils G's step only if nobody clears G's gradients."
    ),
    "When the samples look right, nobody can tell them apart": (
        f"A fresh judge still sorted {np.mean(trained):.0%} of the small GAN's digits (reals from other reals: {np.mean(apart):.0%})."
    ),
}
Markdown(
    "\n".join(
        ["| they say | measured here |", "|---|---|", *(f"| {claim} | {answer} |" for claim, answer in said.items())]
    )
)

# %% [markdown]
# ## 10 · Your turn
#
# Exercise `01_game` asks you to write the parts yourself: the best discriminator from two histograms, the value of the game, JS, the
# losses, D's step and G's step with `detach` in the right place, and one round of the game of points. Open
# `exercises/01_game/task.md`, edit `exercise.py`, then
#
# ```
# python -m course_lib grade 01_game
# ```
#
# or check one function here: `from course_lib.grading import check`, then `check("01.game_value", game_value)`.
#
# Three experiments for this notebook:
#
# 1. `play(1.0, width=w)` for w from 1 down to 0.1. How many rounds until the distance is below 0.01? Why does it grow like that?
# 2. Let D move five times for each move of G. What becomes of the circle?
# 3. In section 8 leave out the noise that D's input gets (`0.1 *`), or set G's loss to `saturating_generator_loss`. Which of the two hurts more?
#
# To train the real thing, pictures and all: `python -m course_lib train gan --help`.
#
# ## What to read
#
# * Goodfellow et al. 2014, *Generative Adversarial Networks*: sections 3 and 4 (four pages; proposition 1 is $p/(p+q)$, theorem 1 is $-\log 4$).
# * Mescheder, Geiger, Nowozin 2018, *Which Training Methods for GANs do actually Converge?*: sections 2 and 3, the game of points.
# * Radford, Metz, Chintala 2016, *Unsupervised Representation Learning with Deep Convolutional GANs*, for `gan-digits`.
# * Next: lesson 02, where D wins, and the question is what still reaches G.

# %%
print(f"This notebook took {time.monotonic() - started:.0f} s.")
