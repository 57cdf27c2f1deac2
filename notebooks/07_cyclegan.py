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
# # 07 · CycleGAN
#
# **How do we translate pictures without pairs?**
#
# Nobody has ever photographed a horse and then the same horse, in the same pose, as a zebra. There is a pile of horses and a pile of
# zebras. CycleGAN (Zhu, Park, Isola, Efros 2017) learns to translate from the two piles alone, both ways. Its loss has
# six terms. We put them together one by one, and look each time at what goes wrong without the next.
#
# You should know the adversarial losses (01, 02), the two kinds of mode collapse (03) and the patch discriminator (06).
# The lesson runs in about a minute on two CPU cores, without a network.

# %%
import inspect
import time

import numpy as np
import skimage.data
import torch
from accelerate import Accelerator
from IPython.display import Code, Markdown
from PIL import Image
from torch import nn
from torch.nn.functional import interpolate

from course_lib import losses, plots, zoo
from course_lib.app.tabs.cyclegan.examples import example_pictures
from course_lib.data.pictures import to_tensor
from course_lib.data.synthetic.stripes import Stripes
from course_lib.grading import check
from course_lib.metrics.classifier import classify
from course_lib.metrics.domains import train_domain_classifier
from course_lib.metrics.hidden import PERTURBATIONS, Perturbed, perturbed
from course_lib.networks import PatchDiscriminator, ResnetGenerator
from course_lib.networks.copying import copying_start
from course_lib.plots.two_way import two_way_table
from course_lib.tasks.cyclegan import CycleGAN, CycleGANConfig
from course_lib.training import ImageHistory, linear_decay

torch.manual_seed(0)
started = time.monotonic()

# %% [markdown]
# ## 1 · Two piles
#
# Our piles are drawn by a program. Pile A: plain creatures. Pile B: striped creatures. Colour, shape, pose and
# ground have nothing to do with the pile.

# %%
train_set, held_out = Stripes(size=32), Stripes(size=32, split="val")


def stack(data):
    examples = [data.example(index) for index in range(len(data))]
    return {name: torch.stack([example[name] for example in examples]) for name in "AB"}


pile, true_pairs = stack(train_set), stack(held_out)
body = torch.stack([held_out.body(index) for index in range(len(held_out))])[:, None]
plots.picture_grid([pile["A"][:8], pile["B"][:8]], row_names=["pile A", "pile B"], side=0.9)

# %% [markdown]
# No column is a pair: no creature stands in both piles. But the program knows more than the training does. For held-out
# creatures it can draw the **true counterpart**, so we can measure what nobody can measure on horses: was the *right*
# zebra painted?

# %%
plots.picture_grid(
    [true_pairs["A"][:8], true_pairs["B"][:8]],
    row_names=["held-out A", "its true B"],
    side=0.9,
    caption="used to measure, never to train",
)

# %% [markdown]
# G translates A → B, F translates B → A. Three jobs: the answer must **look like B**, it must show **the same creature**,
# and what need not change **should stay**.
#
# ## 2 · Guess before you run
#
# Write your guesses into the cell. The table of section 9 will answer.

# %%
my_guess = {
    "without any cycle, the generator gives one answer for all": "yes",  # "yes" or "no"
    "the cycle alone, without adversaries, makes stripes": "no",
    "without the identity term, the colours of the ground move more": "yes",
    "without the history, D's verdict on old fakes is worse": "yes",
}

# %% [markdown]
# ## 3 · Terms 1 and 2: look like the other pile
#
# $$\mathcal{L}_{GAN}(G, D_B) = \mathbb{E}_b[\log D_B(b)] + \mathbb{E}_a[\log(1 - D_B(G(a)))] \qquad\text{(eq. 1)}$$
#
# and the same for F and $D_A$. In place of the logarithm CycleGAN takes squares (section 4 of the paper; why: lesson 02): D is trained
# on $\tfrac12[(D(b)-1)^2 + D(G(a))^2]$, G on $(D(G(a))-1)^2$.
#
# What can $D_B$ object to? It sees **one picture at a time**. Here is a "translator" that draws perfect striped creatures:
# always the wrong one. Any discriminator at all, even one with random weights, must give both translators the same loss.

# %%
right = true_pairs["B"]
wrong = right.roll(1, dims=0)  # every creature gets its neighbour's counterpart
any_D = PatchDiscriminator(3, 8, layers=1, norm="none")
with torch.no_grad():
    loss_right, loss_wrong = (losses.lsgan_generator_loss(any_D(answer)).item() for answer in (right, wrong))
print(f"G's adversarial loss: right partners {loss_right:.6f}, wrong partners {loss_wrong:.6f}")
assert abs(loss_right - loss_wrong) < 1e-5

# %%
plots.picture_grid(
    [true_pairs["A"][:8], right[:8], wrong[:8]], row_names=["a", "right partner", "wrong partner"], side=0.9
)

# %% [markdown]
# The adversarial terms look at the pile, never at the pair. A third translator, which gives *one* good answer to
# everybody, is different: all fakes are the same picture, and a D that trains along learns that picture by heart.
#
# ## 4 · Terms 3 and 4: come back
#
# $$\mathcal{L}_{cyc}(G, F) = \mathbb{E}_a\lVert F(G(a)) - a\rVert_1 + \mathbb{E}_b\lVert G(F(b)) - b\rVert_1 \qquad\text{(eq. 2)}$$
#
# In a finite world a generator is a table: `g[i]` is the number of the b that a number i becomes, `f[j]` the number of the a that b number
# j becomes. Three translators. Which of them will the cycle accept? Guess, then run.

# %%
creatures, targets = true_pairs["A"], true_pairs["B"]
number = torch.arange(len(creatures))
best_single = min(range(len(creatures)), key=lambda k: losses.l1_loss(creatures[[k] * len(number)], creatures).item())
translators = {  # name: (g, f)
    "right partner": (number, number),
    "wrong partner, and F knows the code": (number.roll(1), number.roll(-1)),
    "one answer for all, best way back": (torch.zeros_like(number), torch.full_like(number, best_single)),
}
cost = {}
for name, (g, f) in translators.items():
    forward = losses.cycle_loss(creatures[f[g]], creatures).item()
    backward = losses.cycle_loss(targets[g[f]], targets).item()
    cost[name] = (forward + backward, losses.l1_loss(targets[g], targets).item())
    print(f"{name:36} cycle loss {cost[name][0]:.3f}   distance to the true counterpart {cost[name][1]:.3f}")
nothing = losses.l1_loss(creatures, targets).item()
print(f"{'doing nothing':36} cycle loss 0.000   distance to the true counterpart {nothing:.3f}")
permuted, constant = list(translators)[1:]
assert cost[permuted][0] == cost["right partner"][0] == 0
assert cost[constant][0] > 0.4
assert cost[permuted][1] > 3 * nothing

# %% [markdown]
# So **"the cycle prevents mode collapse" is half a sentence**. It forbids *one answer for all*, because nobody can find
# the way back. It accepts *every bijection*: each creature may become any other, as long as F knows the code. And it also accepts
# doing nothing at all; only the adversarial terms object to that. No term of CycleGAN asks for the right partner.
# That it usually finds it is owed to the network: convolutions change a picture where it is, and moving a creature
# elsewhere is harder than painting it.
#
# The exercise has this as a function on tables. Here it is with a classic mistake. What does the grader say?


# %%
def attempt(G, F, x, y):
    return (F(G(x)) - x).abs().mean() + (G(F(x)) - x).abs().mean()


card = check("07.cycle_loss", attempt)
print(card)

# %% [markdown]
# ## 5 · Terms 5 and 6: leave alone what is there already
#
# Give a zebra to horse → zebra. Nothing is to be done.
#
# $$\mathcal{L}_{idt}(G, F) = \mathbb{E}_b\lVert G(b) - b\rVert_1 + \mathbb{E}_a\lVert F(a) - a\rVert_1 \qquad\text{(section 5.2)}$$
#
# The adversaries and the cycle leave a freedom: G may turn day into dusk, if F turns dusk into day and both
# piles hold enough of each. The identity term is there against that. The paper used it for paintings ↔ photos; the official
# code uses it **everywhere** by default, with weight 0.5 λ.
#
# But how does a generator know the colour of a picture? CycleGAN's normalises after every convolution (instance norm), and that takes
# the mean of each feature map away. Make a picture darker by a constant: how much does the answer change? Guess.

# %%
torch.manual_seed(0)
dark = 0.5 * creatures[:8] - 0.2
moved = {}
for norm in ("instance", "none"):
    network = ResnetGenerator(blocks=2, width=16, norm=norm)
    if norm == "none":
        copying_start(network)  # random weights without a norm would make everything grey
    with torch.no_grad():
        answer, brighter = network(dark), network(dark + 0.3)
    moved[norm] = (brighter - answer).abs().mean().item()
    apart = (answer - answer.roll(1, dims=0)).abs().mean().item()
    print(
        f"norm {norm!r:10}: input 0.3 brighter: the answer moves by {moved[norm]:.6f} (answers to two pictures: {apart:.3f} apart)"
    )
    assert apart > 0.02
assert moved["instance"] < 1e-4
assert moved["none"] > 0.1

# %% [markdown]
# **Nothing.** The paper's generator *cannot see* how bright a picture is as a whole, in whatever way it is trained; reflection
# padding sees to it that not
# even the edge gives it away. What it answers is a guess from what is in the picture: horses stand on green. Where colours are free, as
# on our grounds, it must fail, and in trials for this lesson it did: everything came out in one
# average tint. That is why the small networks below have no norm at all.
#
# ## 6 · All six, in code
#
# $$\mathcal{L} = \underbrace{\mathcal{L}_{GAN}(G,D_B) + \mathcal{L}_{GAN}(F,D_A)}_{1,\,2}
# + \lambda \underbrace{\mathcal{L}_{cyc}}_{3,\,4} + \tfrac{\lambda}{2} \underbrace{\mathcal{L}_{idt}}_{5,\,6},\qquad \lambda = 10
# \qquad\text{(eq. 3 and section 5.2)}$$

# %%
Code(inspect.getsource(CycleGAN.step_generators), language="python")

# %%
Code(inspect.getsource(CycleGAN.step_discriminators), language="python")

# %% [markdown]
# Three places to read twice: `_passes` sends two batches through one network at once (the same numbers, less time); nothing
# is detached on the way back, so the forward cycle teaches **both** generators; and each D gets *its own* domain's reals, fakes
# and history.
#
# The generator is a **residual network**, no U-Net: two convolutions of stride 2 down, blocks of *x + something*, two transposed
# convolutions up. Nothing is wired around the middle.

# %%
for size, blocks in ((128, 6), (256, 9)):
    network = ResnetGenerator(blocks=blocks)
    millions = sum(parameter.numel() for parameter in network.parameters()) / 1e6
    print(
        f"the paper's generator at {size}²: {blocks} blocks, {millions:.1f} million parameters, at the narrowest {size // 4} × {size // 4} × 256"
    )
values = 64 * 64 * 256 / (256 * 256 * 3)
print(f"its 'bottleneck' holds {values:.1f} × as many values as the picture")
assert values > 5

# %% [markdown]
# ## 7 · History, schedule, and what the curves say
#
# **History.** D sees not only the newest fakes. From 50 stored ones it gets, with probability ½, an old one, so that G cannot
# return to a trick that D has forgotten. How old is what D sees?

# %%
history, ages = ImageHistory(50, seed=0), []
for step in range(20000):
    shown = history.query(torch.full((1, 1, 1, 1), float(step)))
    ages.append(step - int(shown.item()))
ages = np.array(ages[1000:])
print(
    f"fresh: {np.mean(ages == 0):.0%}; the old ones are {ages[ages > 0].mean():.0f} steps old on average, the oldest {ages.max()}"
)
assert 0.47 < np.mean(ages == 0) < 0.53
assert 85 < ages[ages > 0].mean() < 115

# %% [markdown]
# 100 steps, at batch 1, is a short memory for a training of 200 epochs. It damps swings from step to step; it keeps no museum.
#
# **Schedule.** 100 epochs at 2 · 10⁻⁴, then linearly towards zero.

# %%
epochs = range(200)
ours = [2e-4 * linear_decay(epoch, 100, 100) for epoch in epochs]
older = [2e-4 * linear_decay(epoch + 1, 100, 100) for epoch in epochs]
late = slice(190, None)
figure = plots.curves(
    list(epochs)[late],
    {"set after the epoch before": ours[late], "stepped once more, before the epoch": older[late]},
    xlabel="epoch, counted from 0",
    ylabel="learning rate",
    title="the last ten epochs",
)
print(f"last epoch: {ours[-1]:.2e} or {older[-1]:.2e}")
assert ours[-1] > 0 == older[-1]
figure

# %% [markdown]
# An off-by-one with a history: where the official code steps its scheduler *before* the epoch, its whole last epoch runs at rate 0 and
# trains nothing. It costs an epoch in 200 and nobody noticed for years.
#
# **Curves.** What is the loss of a D that cannot tell? Its best answer is ½ to everything:

# %%
shrug = torch.full((4, 1), 0.5)
cannot_tell = losses.lsgan_discriminator_loss(shrug, shrug).item()
print(
    f"½² + ½² = {cannot_tell}, and {0.5 * cannot_tell} after the ½ in front of D's loss; G then pays {losses.lsgan_generator_loss(shrug).item()}"
)
assert cannot_tell == 0.5

# %% [markdown]
# 0.25 is the line to look for. Far below it D wins; at 0.25 it is fooled **or** it has not learned anything. GAN curves do not fall
# when things go well. The cycle's do.
#
# ## 8 · One training, live
#
# Small networks, for as long as you are willing to watch. They start as **copying machines**: one path of ones through the generator
# carries each pixel through, all else is random. Learning to carry a picture through takes far longer than learning stripes.
# It is the recipe of section 9's table at half its length.

# %%
table = plots.stored("cyclegan_ablation")
config = CycleGANConfig(**table["config"])
steps = table["steps"] // 2
per_epoch = steps // config.epochs
print(
    {
        name: getattr(config, name)
        for name in (
            "size",
            "width",
            "blocks",
            "norm",
            "batch",
            "lr",
            "forward_cycle_weight",
            "identity_weight",
            "history",
        )
    }
)

torch.manual_seed(0)
task = CycleGAN(config, Accelerator(cpu=True))
for name in ("G", "F"):
    copying_start(task.networks[name])
    task.averages[name].module.load_state_dict(task.networks[name].state_dict())
for judge_network in (task.D_A, task.D_B):
    for layer in judge_network.modules():
        if isinstance(layer, nn.Conv2d):
            nn.init.kaiming_normal_(layer.weight, a=0.2)

draw, curve = torch.Generator().manual_seed(0), []
clock = time.monotonic()
for step in range(steps):
    if step % per_epoch == 0:
        task.start_epoch(step // per_epoch)
    batch = {name: pile[name][torch.randint(len(pile[name]), (config.batch,), generator=draw)] for name in ("A", "B")}
    curve.append({name: value.item() for name, value in task.step(batch).items()})
print(f"{steps} steps in {time.monotonic() - clock:.0f} s")

# %%
with torch.no_grad():
    a, made_b, back_a, b, made_a, back_b = task.sample(true_pairs).unbind(1)
at = [0, 2, 3, 4, 6, 7, 8]
plots.picture_grid(
    [x[at] for x in (a, made_b, back_a, true_pairs["B"], b, made_a, back_b)],
    row_names=["a", "G(a)", "F(G(a))", "true b", "b", "F(b)", "G(F(b))"],
    side=0.9,
)

# %% [markdown]
# How good is that? A **judge** that was trained on real pictures of both piles says which pile a translation belongs to; the truth
# says how far it is from the right answer.

# %%
judge = train_domain_classifier(pile["A"], pile["B"])


def called(pictures, label):
    return (classify(judge, pictures.clamp(-1, 1)) == label).double().mean().item()


def on(mask, one, other):
    return (((one - other).abs() * mask).sum() / (3 * mask.sum())).item()


accuracy = 0.5 * (called(true_pairs["A"], 0) + called(true_pairs["B"], 1))
live = {
    "A → B": (called(made_b, 1), on(body, made_b, b), on(1 - body, made_b, b)),
    "B → A": (called(made_a, 0), on(body, made_a, a), on(1 - body, made_a, a)),
}
untouched = on(body, a, b)
print(f"the judge is right about {accuracy:.0%} of real held-out pictures")
for way, (share, on_body, on_ground) in live.items():
    print(
        f"{way}: called target {share:.0%}; distance to the truth on the body {on_body:.3f} (untouched {untouched:.3f}), on the ground {on_ground:.3f}"
    )
assert accuracy > 0.95
assert all(on_body < 0.97 * untouched and on_ground < 0.15 for _, on_body, on_ground in live.values())

# %%
window = 20
smooth = {
    name: np.convolve([step[name] for step in curve], np.ones(window) / window, mode="valid")
    for name in ("D_A", "D_B", "cycle_A", "cycle_B")
}
plots.curves(
    range(window - 1, steps),
    smooth | {"D that cannot tell": np.full(len(smooth["D_A"]), 0.25)},
    xlabel="step",
    title=f"mean of {window} steps",
)

# %% [markdown]
# ## 9 · The ablation: what is each term for?
#
# Eight recipes, three seeds each, stored; twice as long as what you have just watched. As in the paper's tables 4 and 5, the
# first five are without the identity term.

# %%
sheet = plots.stored_sheet(table)
print(plots.provenance(table))
plots.picture_grid(
    list(sheet.values()), row_names=list(sheet), side=0.8, caption="five times A → B, then five times B → A"
)

# %%
Markdown(
    two_way_table(
        table,
        {
            "called": "called target",
            "body": "truth, body",
            "ground": "truth, ground",
            "reconstruction": "cycle L1",
            "variance": "variety",
        },
    )
)

# %% [markdown]
# Mean ± standard deviation over seeds. *Called target*: share that the judge assigns to the target pile. *Truth*: L1 to the true
# counterpart on the creature (doing
# nothing: printed below) and on the ground. *Variety*: variance over the pictures relative to real ones; 0 would be one answer for all.

# %%
value = {
    way: {key: plots.per_seed(table, f"{way}.{key}") for key in table["rows"]["full"][0][way]}
    for way in ("AtoB", "BtoA")
}
mean = {
    key: {name: float(np.mean([np.mean(value[way][key][name]) for way in value])) for name in table["rows"]}
    for key in value["AtoB"]
}
nothing_on_body = mean["body_untouched"]["full"]
plots.seed_dots(
    {
        "called target": {
            name: [
                (x + y) / 2 for x, y in zip(value["AtoB"]["called"][name], value["BtoA"]["called"][name], strict=True)
            ]
            for name in table["rows"]
        },
        "truth, body": {
            name: [(x + y) / 2 for x, y in zip(value["AtoB"]["body"][name], value["BtoA"]["body"][name], strict=True)]
            for name in table["rows"]
        },
        "colour shift, ground": {
            name: [(x + y) / 2 for x, y in zip(value["AtoB"]["shift"][name], value["BtoA"]["shift"][name], strict=True)]
            for name in table["rows"]
        },
    },
    reference={"truth, body": nothing_on_body},
    better={"called target": "higher", "truth, body": "lower; dashed: doing nothing", "colour shift, ground": "lower"},
    width=2.6,
)

# %%
D = {
    key: {name: [run["D"][key] for run in table["rows"][name]] for name in ("full", "no history")}
    for key in ("real", "new", "old", "swing")
}
for key, words in (("real", "real pictures"), ("new", "the newest fakes"), ("old", "fakes of the first half")):
    print(f"D's mean score of {words:24}" + "".join(f"   {name} {np.mean(runs):+.2f}" for name, runs in D[key].items()))
print(
    f"{'swing of D' + chr(39) + 's loss':42}"
    + "".join(f"   {name} {np.mean(runs):.3f}" for name, runs in D["swing"].items())
)

# %%
end = {name: np.mean([run["D"]["loss"] for run in table["rows"][name]]) for name in ("full", "GAN alone")}
print(f"D's loss at the end: full {end['full']:.2f}, GAN alone {end['GAN alone']:.2f}")
assert end["GAN alone"] < 0.1 < end["full"]

# %% [markdown]
# So in "GAN alone" nobody is fooled: its D sees through the one picture, and G cannot leave it any more (the colours sit at the ends of tanh, where it
# is flat). That is not the collapse in which D is content. It is a lost game that nothing calls back.

# %%
winner = {
    "without any cycle, the generator gives one answer for all": mean["variance"]["GAN alone"] < 0.2,
    "the cycle alone, without adversaries, makes stripes": mean["called"]["cycle alone"] > 0.5,
    "without the identity term, the colours of the ground move more": mean["shift"]["no identity"]
    > 1.2 * mean["shift"]["full"],
    "without the history, D's verdict on old fakes is worse": np.mean(D["old"]["no history"])
    > np.mean(D["old"]["full"]) + 0.05,
}
for question, answer in winner.items():
    print(f"{question}: {'yes' if answer else 'no':4}(you guessed {my_guess[question]})")

# %%
variety = {way: {name: float(np.mean(runs)) for name, runs in value[way]["variance"].items()} for way in value}
truth = {name: mean["body"][name] for name in table["rows"]}
poorer = {  # in how many seeds A → B had less variety than B → A
    name: sum(x < y for x, y in zip(value["AtoB"]["variance"][name], value["BtoA"]["variance"][name], strict=True))
    for name in table["rows"]
}
compared = {
    "Without the cycle the result is far worse; the same answer whatever the input": (
        f"**agrees**: variety {variety['AtoB']['GAN alone']:.3f} and {variety['BtoA']['GAN alone']:.3f} of the real pictures'"
    ),
    "Without the adversaries the result is far worse": (
        f"**agrees**: no stripes go; on the creature {truth['cycle alone']:.2f} from the truth, doing nothing {nothing_on_body:.2f}. Only the "
        f"colours drift, into a code that both networks know (the ground's by {mean['shift']['cycle alone']:.2f})"
    ),
    "One cycle alone often ends in mode collapse": (
        "**agrees**: variety A → B / B → A "
        + ", ".join(
            f"{variety['AtoB'][name]:.2f} / {variety['BtoA'][name]:.2f} with {name.removeprefix('GAN + ')}"
            for name in ("GAN + forward cycle", "GAN + backward cycle")
        )
    ),
    "… especially in the direction that was removed": (
        "**does not agree**: the forward cycle starts at A, and A → B was the poorer direction in "
        f"{poorer['GAN + forward cycle']} of {len(table['seeds'])} seeds; with the backward cycle, which starts at B, B → A was in "
        f"{len(table['seeds']) - poorer['GAN + backward cycle']} of {len(table['seeds'])}"
    ),
    "Both cycles together are best": (
        f"**agrees**: on the creature {truth['no identity']:.2f} with both, {truth['GAN + forward cycle']:.2f} and {truth['GAN + backward cycle']:.2f} with one"
    ),
}
Markdown(
    "\n".join(
        [
            "| the paper (sections 5.1.4, figure 7) | here |",
            "|---|---|",
            *(f"| {claim} | {answer} |" for claim, answer in compared.items()),
        ]
    )
)

# %%
assert max(variety[way]["GAN alone"] for way in variety) < 0.3
assert min(variety[way]["full"] for way in variety) > 0.6
assert truth["full"] < 0.9 * nothing_on_body < truth["GAN alone"]
assert truth["no identity"] < min(truth["GAN + forward cycle"], truth["GAN + backward cycle"])
assert mean["shift"]["no identity"] > 1.5 * mean["shift"]["full"]
assert poorer["GAN + forward cycle"] == len(table["seeds"])
assert poorer["GAN + backward cycle"] == 0
assert np.mean(value["AtoB"]["called"]["GAN + forward cycle"]) > np.mean(value["AtoB"]["called"]["full"]) + 0.05
off, on_again = (np.mean(value[way]["body"]["full"]) for way in ("BtoA", "AtoB"))
print(
    f"the full recipe, on the creature: stripes taken off {off:.2f} from the truth, stripes put on {on_again:.2f}, doing nothing {nothing_on_body:.2f}"
)
assert off < 0.7 * nothing_on_body and on_again > 0.9 * nothing_on_body

# %% [markdown]
# Taking stripes off has one right answer, and the full recipe comes near it. Putting them on has many: nothing in a says where the
# stripes of *its* b sit. A creature with stripes elsewhere is as far from the truth as one without. Look at the sheet, not at that number.
#
# Look at *called target*, too. **The judge calls everything that "GAN + forward cycle" makes of A the target
# domain, and it is one pattern of coloured dots for all.** A judge that was trained on real pictures has never seen nonsense and must still answer A or B;
# to "GAN alone", one picture for all, it can only say all or nothing. A domain classifier is worth something only beside a measure of what was
# kept. On horses there is no such measure: then look at the pictures.

# %% [markdown]
# ### The same six terms, for hours
#
# The zoo has two CycleGANs at 64², with the paper's instance norm. None of the pictures below was in their training.

# %%
ways = ("AtoB", "BtoA")
two_way = [name for name in zoo.names() if name.startswith("cyclegan-")]
translators = {model: {way: zoo.load(model, way) for way in ways} for model in two_way}
grid, names = [], []
for model in two_way:
    for way in ways:
        sources = [picture for _, picture in example_pictures(model)[way[0]]][:4]
        answers = [translators[model][way](picture) for picture in sources]
        grid.append([picture for couple in zip(sources, answers, strict=True) for picture in couple])
        names.append(f"{model.removeprefix('cyclegan-')} {way}")
plots.picture_grid(grid, column_names=["a", "G(a)"] * 4, row_names=names, side=0.95)

# %%
lines = []
for model in two_way:
    figures = translators[model]["AtoB"].card["validation"]
    for way in ways:
        one = figures[way]
        lines.append(
            f"| {model.removeprefix('cyclegan-')} {way} | {one['untranslated_called_target']:.0%} → {one['called_target']:.0%} "
            f"| {figures['classifier_accuracy']:.0%} | {one['reconstruction_l1']:.3f} "
            f"| {one['kid_vgg_untranslated']['value']:.3f} → {one['kid_vgg']['value']:.3f} | {one['kid_vgg_real']['value']:.3f} |"
        )
Markdown(
    "\n".join(
        [
            "| held-out pictures | called target, before → after | the judge on real ones | cycle L1 | KID-VGG, before → after | real to real |",
            "|---|---|---|---|---|---|",
            *lines,
        ]
    )
)

# %% [markdown]
# Emoji have what fruit has not: **a truth**. Two companies drew the same things, and no training picture was seen in both styles.
# So here, too, the whole recipe can be held against the GAN alone: the same networks, without cycle and identity.

# %%
emoji = plots.stored("cyclegan_emoji")
emoji_sheet = plots.stored_sheet(emoji)
print(plots.provenance(emoji))
plots.picture_grid(
    list(emoji_sheet.values()),
    row_names=list(emoji_sheet),
    side=0.7,
    caption="eight times Noto → Twemoji, eight times back",
)

# %%
Markdown(
    two_way_table(
        emoji,
        {
            "called_target": "called target",
            "truth_l1": "L1 to the truth",
            "nothing_l1": "L1 doing nothing",
            "truth_ssim": "SSIM to the truth",
            "nothing_ssim": "SSIM doing nothing",
            "variance": "variety",
        },
        digits=3,
    )
)


# %%
def emoji_mean(variant, measure):
    return np.mean([emoji["rows"][variant][0][way][measure] for way in ways])


print("steps: " + ", ".join(f"{name} {steps_taken}" for name, steps_taken in emoji["steps"].items()))
for measure, name, form in (
    ("l1", "L1", ".3f"),
    ("ssim", "SSIM (high is near)", ".3f"),
    ("features", "features, relu3_3", ".0f"),
):
    full, nothing_done, gan = (
        emoji_mean(*which)
        for which in (("full", f"truth_{measure}"), ("full", f"nothing_{measure}"), ("GAN alone", f"truth_{measure}"))
    )
    print(f"to the truth, {name:20} full {full:{form}}   doing nothing {nothing_done:{form}}   GAN alone {gan:{form}}")
for measure in ("l1", "features"):
    assert emoji_mean("full", f"truth_{measure}") < emoji_mean("full", f"nothing_{measure}")
    assert emoji_mean("full", f"truth_{measure}") < emoji_mean("GAN alone", f"truth_{measure}")
assert emoji_mean("GAN alone", "called_target") > 0.8
assert emoji_mean("GAN alone", "variance") > 0.2  # outlines stay

# %% [markdown]
# Without the cycle there are scribbles, and the judge of the two styles is content with them. They are not *one answer for all*, as on the
# stripes: the outlines stay, because the networks paint where they are. What is lost is everything that only the way back would have
# asked for: the colours.
#
# With all six terms a translation is nearer to what the other company drew than the picture it was made from. But a clock stays
# this clock. And *KID* is no friend of small artefacts: it may rise while eye and judge are content.
#
# ## 10 · Hidden messages
#
# F(G(a)) comes back to a. But how does F know what to paint? The cycle pays G for leaving F a note in the picture: a faint pattern
# that no eye and no D sees (Chu, Zhmoginov, Sandler 2017 found whole aerial photos in street maps). A note that is faint is
# fragile. **Bruise G(a) a little** before F
# gets it: round the colours, blur, add noise. As a control, bruise *real* b's the same way: no note is in them. Which answer will move more?

# %%
Code(inspect.getsource(perturbed), language="python")

# %% [markdown]
# Three kinds of networks are asked: those you have just trained, the stored ones of section 9 (mean of three seeds), and the zoo's.

# %%
hidden = {}  # (which networks, the way there) -> bruise -> what it does
for way, back in (("AtoB", "BtoA"), ("BtoA", "AtoB")):
    forth_net, back_net = (task.exported(name) for name in (("G", "F") if way == "AtoB" else ("F", "G")))
    hidden["live", way] = perturbed(forth_net, back_net, true_pairs[way[0]], true_pairs[way[-1]])
    runs = [row["hidden"][way] for row in table["rows"]["full"]]
    hidden["stored", way] = {
        name: Perturbed(**{key: float(np.mean([run[name][key] for run in runs])) for key in runs[0][name]})
        for name in PERTURBATIONS
    }
    for model in two_way:
        pictures = {one: torch.cat([to_tensor(picture) for _, picture in example_pictures(model)[one]]) for one in "AB"}
        hidden[model, way] = perturbed(
            translators[model][way].translate, translators[model][back].translate, pictures[way[0]], pictures[way[-1]]
        )
blur = "a blur of 3 × 3"
Markdown(
    "\n".join(
        [
            f"| networks | there and back, L1 | {' | '.join(f'after {name}' for name in PERTURBATIONS)} | blur moves the answer: on G(a) | on real b |",
            "|---|---|" + "---|" * (len(PERTURBATIONS) + 2),
            *(
                f"| {who} {way} | {found[blur].before:.3f} | {' | '.join(f'{one.after:.3f}' for one in found.values())} "
                f"| {found[blur].on_made:.2f} | {found[blur].on_real:.2f} |"
                for (who, way), found in sorted(hidden.items())
            ),
        ]
    )
)

# %% [markdown]
# On the stripes the message can be seen with the naked eye. In section 9's sheet, row *full*, at the right: F(b) should be
# plain, and **pale stripes are left**. They tell G where to put the dark ones back. D_A lets them pass, the cycle pays for them. A
# blur wipes them out, and the way back misses by more.
#
# And in the zoo's models, after hours of training?

# %%
strips = []
for model in two_way:
    for way, back in (("AtoB", "BtoA"), ("BtoA", "AtoB")):
        forth, home = (translators[model][direction].translate for direction in (way, back))
        one = to_tensor(example_pictures(model)[way[0]][0][1])
        middle = forth(one)
        strips.append(
            [one[0], middle[0], home(middle)[0], *(home(bruise(middle))[0] for bruise in PERTURBATIONS.values())]
        )
plots.picture_grid(
    strips,
    column_names=["a", "G(a)", "F(G(a))", "16 levels", "blurred", "noisy"],
    side=1.2,
    caption="F of a bruised G(a): the last three",
)

# %%
worse = {
    (model, way): max(one.after / one.before for one in hidden[model, way].values())
    for model in two_way
    for way in ways
}
print(
    "the way back misses by, after the worst bruise, as a multiple: ",
    {f"{m} {w}": round(x, 2) for (m, w), x in worse.items()},
)
assert max(worse.values()) < 1.25

# %% [markdown]
# Hardly anything is lost: **these do not live on messages**. Outline, light and leaves are there to be seen, and an apple's colour is
# a good guess. A message is worth its trouble where the middle shows nothing of what must come back: where stripes were, say.
#
# ## 11 · Where it fails
#
# CycleGAN paints; it does not sculpt. Cat → dog gives a cat with a dog's fur (section 6 of the paper). The cycle is one reason: a shape that is
# gone must be found again from nothing. The network is the other: it changes things where they are. And it has no way to say
# "this is not mine": it was never shown anything
# but its two piles.

# %%
photos = [Image.fromarray(picture()) for picture in (skimage.data.coffee, skimage.data.chelsea, skimage.data.astronaut)]
strangers = torch.cat([interpolate(to_tensor(photo), (32, 32), mode="area") for photo in photos])
with torch.no_grad():
    answers = task.exported("G")(torch.cat([strangers, true_pairs["B"][:3]]))
plots.picture_grid(
    [[*strangers, *true_pairs["B"][:3]], list(answers)],
    row_names=["input", "G's answer"],
    column_names=["a cup", "a cat", "a woman", "striped already", "", ""],
    side=1.1,
)

# %%
with torch.no_grad():
    change = (made_b - a).abs().mean(1, keepdim=True)
on_creature, on_ground = (float((change * mask).sum() / mask.sum()) for mask in (body, 1 - body))
print(f"G changes a pixel of a creature by {on_creature:.3f}, a pixel of the ground by {on_ground:.3f}")

# %% [markdown]
# ## 12 · Errata: formulas as lecture notes print them
#
# Each of these stands in somebody's slides. Cover the right column.
#
# | printed | what is wrong | right |
# |---|---|---|
# | $D(G(x) - 1)^2$ | 1 is taken from the *picture*, and D is squared | $(D(G(x)) - 1)^2$ |
# | both generators scored by $D_Y$ | F makes x's; only $D_X$ knows these | $D_Y(G(x))$, $D_X(F(y))$ |
# | $\lVert G(F(x)) - x\rVert$ | F takes y's: x is from the wrong domain | $\lVert G(F(y)) - y\rVert$ |
# | $\log D(G(x)) + \log(1 - D(y))$ for D | real and fake exchanged | $\log D(y) + \log(1 - D(G(x)))$ |
# | "CycleGAN's generator is a U-Net" | nothing is wired around the middle | residual blocks; U-Net is pix2pix |
# | "patch outputs between 0 and 1", with least squares | there is no sigmoid | scores, any real number |
# | "a cycle prevents mode collapse" | which one? | it forbids one answer for all; it accepts any bijection |
# | "shuffling the pixels keeps the Gram matrix" | shuffle the feature map's positions, not the pixels | lesson 08 |
#
# Two of them in numbers:

# %%
picture = true_pairs["A"][:4]
with torch.no_grad():
    meant, printed = (any_D(picture) - 1).square().mean().item(), any_D(picture - 1).square().mean().item()
    outside = torch.cat([task.D_B(true_pairs["B"]), task.D_B(made_b)])
    share_outside = ((outside < 0) | (outside > 1)).float().mean().item()
print(f"(D(G(x)) − 1)²: {meant:.3f}    D(G(x) − 1)²: {printed:.3f}")
last_layer = task.D_B.model[-1]
print(
    f"the live D_B ends in {type(last_layer).__name__}; its scores go from {outside.min():.2f} to {outside.max():.2f}, {share_outside:.1%} outside [0, 1]"
)
assert abs(meant - printed) > 0.1
assert isinstance(last_layer, nn.Conv2d)

# %% [markdown]
# **Where paper and official code differ**
#
# | | paper | official code | here |
# |---|---|---|---|
# | generators | G: X → Y, F: Y → X | `G_A`: A → B, `G_B`: B → A | G: A → B, F: B → A |
# | discriminators | $D_Y$ judges y's | `D_A` judges **B's** (named after its generator) | `D_B` judges B's |
# | ½ on D's loss | said in the appendix, not in the formulas | factor 0.5 | factor 0.5 in the task, not in the loss |
# | identity | for paintings ↔ photos, 0.5 λ | everywhere, 0.5 λ, by default | everywhere, `identity_weight=0.5` |
# | last epoch | to zero over 100 epochs | the rate can be 0 in it (section 7) | the last epoch still learns |
#
# ## 13 · The real thing, on a GPU
#
# ```
# python -m course_lib train cyclegan --data horse2zebra --preset paper --out runs/horse2zebra
# ```
#
# or your own two folders, `trainA/` and `trainB/`. Weights of the official code can be used as they are:
#
# ```
# python -m course_lib translate --official horse2zebra.pth --network resnet_9blocks IMAGES --out DIR
# ```
#
# ## 14 · What did not hold

# %%
shift = {name: mean["shift"][name] for name in ("no identity", "full")}
old = {name: float(np.mean(D["old"][name])) for name in D["old"]}
swing = {name: float(np.mean(D["swing"][name])) for name in D["swing"]}
said = {
    "A cycle prevents mode collapse": (
        f"One answer for all: yes (variety {variety['AtoB']['GAN alone']:.3f} without, {variety['AtoB']['full']:.2f} with). "
        f"A wrong partner for everybody: no, its cycle loss is {cost[permuted][0]:.0f}. "
        "And one cycle alone did not even prevent the first."
    ),
    "The identity term keeps the colours": (
        f"It did: the ground's colour moves by {shift['full']:.3f} with it and {shift['no identity']:.3f} without. "
        "But these networks have no instance norm; with the paper's, brightness "
        f"is invisible (an input 0.3 brighter moved the answer by {moved['instance']:.6f})."
    ),
    "The history steadies D": (
        f"Not here: D's loss swings by {swing['full']:.3f} with and {swing['no history']:.3f} without; "
        f"but old fakes get {old['full']:.2f} and {old['no history']:.2f} (0 would be right): "
        f"in {sum(x < y for x, y in zip(D['old']['full'], D['old']['no history'], strict=True))} of {len(table['seeds'])} seeds it forgets a little less."
    ),
    "With one cycle, the direction without it collapses": (
        f"Here it was the other one: with the forward cycle A → B has the variety {variety['AtoB']['GAN + forward cycle']:.3f}, B → A "
        f"{variety['BtoA']['GAN + forward cycle']:.2f}; with the backward cycle {variety['AtoB']['GAN + backward cycle']:.2f} and "
        f"{variety['BtoA']['GAN + backward cycle']:.3f}. "
        "In every seed. Why, these runs do not say."
    ),
    "Least squares beat the logarithm": (
        f"Not here: distance to the truth on the creature {truth['full']:.2f} with squares, {truth['BCE']:.2f} with BCE. "
        f"No D wins here (with squares its loss ends at {end['full']:.2f}), so neither loss goes flat. Lesson 02 makes D win."
    ),
    "A classifier tells whether the translation is good": (
        f"From A to B it gives {np.mean(value['AtoB']['called']['GAN + forward cycle']):.0%} to GAN + forward cycle, whose pictures are worthless, "
        f"and {np.mean(value['AtoB']['called']['full']):.0%} to the full recipe."
    ),
    "The way back needs a hidden message": (
        "Per unit of blur the answer moves, on a translation and on a real picture of the same domain: "
        + "; ".join(
            f"{who} {way} {found[blur].on_made:.1f} and {found[blur].on_real:.1f}"
            for (who, way), found in hidden.items()
            if who != "live"
        )
        + ". Where the first number is much the larger, something is hidden that real pictures do not have."
    ),
}
Markdown(
    "\n".join(
        ["| they say | measured here |", "|---|---|", *(f"| {claim} | {answer} |" for claim, answer in said.items())]
    )
)

# %% [markdown]
# What these numbers are not: they come from small networks without norm, which start as copies and train for a few hundred steps
# with λ = 2. The **order** of the rows is
# what they can show; how good CycleGAN gets is shown by the zoo's pictures, and better by the paper's. From A to B the paint runs over
# the edge of many a creature, and not every one gets its stripes.
#
# ## 15 · Your turn
#
# Exercise `07_cyclegan` asks you to write the nine pieces: both cycle terms, identity, the finite cycle, G's whole objective, the
# history, D's losses, the
# schedule, instance norm, the residual block. Open `exercises/07_cyclegan/task.md`, edit `exercise.py`, then
#
# ```
# python -m course_lib grade 07_cyclegan
# ```
#
# Three experiments for this notebook:
#
# 1. Set λ to 10 in section 8 (`dataclasses.replace(config, forward_cycle_weight=10.0, backward_cycle_weight=10.0)`). How far does
# G get from the copy?
# 2. Give G(a) to G again. And again. Does it know when to stop? Which term asked it to?
# 3. In section 4, find a table that the forward half of the cycle accepts and the backward half does not. (The piles need not be equally large.)
#
# ## What to read
#
# * Zhu, Park, Isola, Efros 2017, *Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial Networks*: sections 3,
#   4, 5.1.4 (the ablation), 5.2 (identity), 6 (limits).
# * Chu, Zhmoginov, Sandler 2017, *CycleGAN, a Master of Steganography*.
# * Shrivastava et al. 2017, *Learning from Simulated and Unsupervised Images through Adversarial Training*, section 2.3, for the history.
# * Johnson, Alahi, Fei-Fei 2016, *Perceptual Losses*, for the generator's shape. It returns in lesson 09.
# * Next: lesson 08, where style is looked for in one network that nobody trains against.

# %%
print(f"This notebook took {time.monotonic() - started:.0f} s.")
