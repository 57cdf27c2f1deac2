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
# # 06 · pix2pix
#
# **How do we translate pictures when we have pairs?**
#
# You have pictures *x* (a label map, a grey photo, a sketch) and for each one picture *y* that it should become. A network
# that turns *x* into *y* can be trained with the simplest loss there is, the mean absolute difference. So why does the
# pix2pix paper (Isola et al. 2017) need a second network that argues with the first?
#
# You should know what a generator and a discriminator are (lesson 01) and what a condition is (lesson 04).
# The lesson runs in about a minute on two CPU cores, without a network.

# %%
import time

import matplotlib.pyplot as plt
import numpy as np
import skimage.data
import torch
from accelerate import Accelerator
from PIL import Image

from course_lib import losses, plots, zoo
from course_lib.data.synthetic.facade_blocks import FacadeBlocks, facade_blocks
from course_lib.data.pairmakers import colorize, edges
from course_lib.data.pictures import to_tensor, to_unit
from course_lib.grading import check
from course_lib.metrics import pairs_report, sharpness_relative
from course_lib.networks import PatchDiscriminator, receptive_field
from course_lib.tasks.pix2pix import Pix2Pix, Pix2PixConfig

torch.manual_seed(0)
started = time.monotonic()

# %% [markdown]
# ## 1 · Pairs for free
#
# Pairs sound expensive: somebody has to draw a label map for every photo. Often nobody has to. Take any photo, *throw
# something away*, and ask for it back: colour, or everything but the edges. The photo is its own teacher, which is why this
# is called self-supervised.

# %%
photos = [
    Image.fromarray(skimage.data.coffee()).resize((256, 256)),
    Image.fromarray(skimage.data.chelsea()).resize((256, 256)),
]
facade_map, facade_photo = facade_blocks(9, size=128)
columns = [(facade_map, facade_photo), colorize(photos[0]), edges(photos[0]), edges(photos[1])]
plots.picture_grid(
    [[x for x, _ in columns], [y for _, y in columns]],
    row_names=["input x", "target y"],
    column_names=["labels → photo", "grey → colour", "edges → photo", "edges → photo"],
    side=1.1,
)

# %% [markdown]
# The façade at the left comes from this course's own generator of façades, `facade_blocks`. It speaks the language of the CMP
# façades that the shipped models were trained on (twelve classes, twelve colours), and it can do something that no real data
# set can: give **many photos of one and the same map**.

# %%
photos_of_one_map = [facade_blocks(9, appearance=k)[1] for k in range(6)]
plots.picture_grid(
    [[facade_blocks(9)[0], *photos_of_one_map]], column_names=["one map", *["a right answer"] * 6], side=1.3
)

# %% [markdown]
# That is the whole difficulty. **From photo to map there is one answer** (segmentation). **From map to photo there are many**:
# the map does not say whether the wall is brick. Keep it in mind for everything below.
#
# ## 2 · Guess before you run
#
# Three generators with the same architecture are trained equally long on the same pairs: one with **L1** alone, one with a
# conditional adversarial loss alone (**cGAN**), one with both (**L1+cGAN**). They are tried on maps they have not seen.
#
# Write your guesses into the cell, then go on. Nobody sees them but you.

# %%
my_guess = {
    "nearest to the true photo (lowest L1)": "L1+cGAN",  # "L1", "cGAN" or "L1+cGAN"
    "as much fine detail as a real photo": "L1+cGAN",
    "closest to real photos for a VGG network (lowest KID)": "cGAN",
}

# %% [markdown]
# ## 3 · What L1 alone must answer
#
# $$\mathcal{L}_{L1}(G) = \mathbb{E}_{x,y}\,\lVert y - G(x)\rVert_1$$
#
# Look at one pixel of one map. Over all right photos its value is a random number $y$. The best constant answer $g$ makes
# $\mathbb{E}|y-g|$ smallest. Its slope is $P(y<g) - P(y>g)$, which is zero where both sides are equally likely: at the **median**.
# The loss looks at each pixel by itself, so the best picture is made of medians, pixel by pixel. We do not need to train a
# network to see it. We can compute the best possible answer.

# %%
answers = torch.cat([to_tensor(facade_blocks(9, appearance=k)[1]) for k in range(100)])
candidates = {
    "median": answers.median(dim=0).values,
    "mean": answers.mean(dim=0),
    "one real photo": answers[0],
    "another": answers[1],
}
cost = {name: losses.l1_loss(picture.expand_as(answers), answers).item() for name, picture in candidates.items()}
real_cost = np.mean([losses.l1_loss(photo.expand_as(answers), answers).item() for photo in answers[:30]])
plots.picture_grid(
    [list(candidates.values())], column_names=[f"{name}\nL1 {cost[name]:.3f}" for name in candidates], side=1.9
)

# %%
assert cost["median"] < cost["mean"] < 0.9 * real_cost
print(f"mean L1 to {len(answers)} right photos: median {cost['median']:.3f}, mean {cost['mean']:.3f},")
print(f"a real photo of the very same building {real_cost:.3f}")

# %% [markdown]
# **A real photo of the right building scores worse than a picture nobody ever took.** No amount of training, data or parameters
# changes that: bricks, curtains and colours that the map leaves open are *asked* to be averaged away.
#
# But look again. Is the median *blurry*? Its edges are as hard as anyone's, because in these pairs the map says to the pixel
# where every window is. Real maps were drawn by hand. Let us move every part of the photo by up to half a pixel, or one pixel, and
# compute L1's best answer again. How much of the fine detail will be left? Guess: nine tenths? half? a tenth?

# %%
best, detail = {}, {}
for slack in (0, 0.5, 1):
    loose = torch.cat([to_tensor(facade_blocks(9, appearance=k, slack=slack)[1]) for k in range(100)])
    best[slack] = loose.median(dim=0).values
    detail[slack] = sharpness_relative(to_unit(best[slack][None]), to_unit(loose))
plots.picture_grid(
    [[answers[0], *best.values()]],
    column_names=["a right photo", *(f"best L1 answer\nmap off by ≤ {slack} px" for slack in best)],
    side=2.1,
)

# %%
for slack, share in detail.items():
    print(f"map off by up to {slack:3} pixels: the best L1 answer has {share:.0%} of the detail of a photo")
assert detail[0] > 0.5
assert detail[1] < 0.3 < detail[0]

# %% [markdown]
# This is worth remembering: **doubt about *what* is there takes away texture; doubt about *where* it is, even one pixel of it, takes
# away the edges.** A blurry picture is L1's correct answer to an inexact map.
#
# ## 4 · A loss that asks a different question
#
# Instead of "how far from *that* photo?" ask "could this be a photo **of this map**?" Nobody can write that loss down, so a
# second network learns it. It sees the input *and* an output, real or made:
#
# $$\mathcal{L}_{cGAN}(G,D) = \mathbb{E}_{x,y}[\log D(x,y)] + \mathbb{E}_{x,z}[\log(1 - D(x, G(x,z)))] \qquad\text{(eq. 1)}$$
#
# The averaged picture fails at once: no real photo looks like it. Any sharp photo of the map passes, whichever wall it picked. The two losses
# are added, and the λ in front of L1 is a **soft supervision**: it keeps the colours and the layout near the truth while D
# works on what L1 cannot see.
#
# $$G^* = \arg\min_G\max_D\; \mathcal{L}_{cGAN}(G,D) + \lambda\,\mathcal{L}_{L1}(G) \qquad\text{(eq. 4), } \lambda = 100$$
#
# In code it is one step. `judge(x, y)` is D applied to both pictures stacked as six channels.

# %%
import inspect

from IPython.display import Code, Markdown

Code(inspect.getsource(Pix2Pix.step), language="python")

# %% [markdown]
# Read the three places where beginners slip: D gets `fake.detach()` (its step must not move G); D is asked **again** for G's
# step, after it has moved; and the ½ on D's loss, by which the paper slows D down relative to G.
#
# ## 5 · The table
#
# Training takes longer than you want to wait, so this table was made by a command, over several seeds, and stored.

# %%
table = plots.stored("pix2pix_losses")
sheet = plots.stored_sheet(table)
print(plots.provenance(table))
plots.picture_grid([row[:4] for row in sheet.values()], row_names=list(sheet), side=0.95)

# %%
measures = {"L1": "l1", "fine detail, real = 1": "sharpness", "KID-VGG": "kid", "map recognised": "reads.pixel"}
plots.seed_dots(
    {name: plots.per_seed(table, key) for name, key in measures.items()},
    reference={
        "fine detail, real = 1": 1.0,
        "KID-VGG": table["real"]["kid"],
        "map recognised": table["real"]["reads"]["pixel"],
    },
    better={
        "L1": "lower is nearer",
        "fine detail, real = 1": "best near 1",
        "KID-VGG": "lower",
        "map recognised": "higher",
    },
    width=2.4,
)

# %% [markdown]
# One dot is one seed, the bar is their mean, the dashed line is what real photos score. *Map recognised* is the idea of the
# paper's FCN score: a network that learned to read maps off **real** photos reads the made ones, and we count the pixels where
# it finds what the map had asked for. That reader was trained with plain L1: the way back has one answer, so L1 is enough.

# %%
mean = {key: {name: np.mean(runs) for name, runs in plots.per_seed(table, key).items()} for key in measures.values()}
three = ["L1", "cGAN", "L1+cGAN"]
winner = {
    "nearest to the true photo (lowest L1)": min(three, key=mean["l1"].get),
    "as much fine detail as a real photo": min(three, key=lambda name: abs(np.log(mean["sharpness"][name]))),
    "closest to real photos for a VGG network (lowest KID)": min(three, key=mean["kid"].get),
}
for question, answer in winner.items():
    print(f"{question}: {answer:8}  (you guessed {my_guess[question]})")

# %%
assert winner["nearest to the true photo (lowest L1)"] == "L1"
assert mean["sharpness"]["L1"] < 0.35
assert mean["sharpness"]["L1+cGAN"] > 2 * mean["sharpness"]["L1"]
assert mean["kid"]["L1+cGAN"] < 0.8 * mean["kid"]["L1"] < 0.8 * mean["kid"]["cGAN"]

# %% [markdown]
# L1 wins its own game, and has the least detail. The adversarial loss brings detail back and costs some L1; alone, in so short a
# training, it also brings a grid. Both together come closest to real photos. **The columns
# rank the three methods differently, and all are right**: they measure different things (lesson 05 is about nothing else).
#
# ### One row again, live
#
# The same recipe, for as long as you are willing to watch. The row must come out between "untrained" and "stored".

# %%
config = Pix2PixConfig(**table["config"])
data, held_out = FacadeBlocks(config.size), FacadeBlocks(config.size, split="val")


def stack(pairs, indices):
    examples = [pairs.example(int(index)) for index in indices]
    return {key: torch.stack([example[key] for example in examples]) for key in ("input", "target")}


torch.manual_seed(0)
task = Pix2Pix(config, Accelerator(cpu=True))
test = stack(held_out, range(40))
with torch.no_grad():
    untrained = losses.l1_loss(task.exported("G")(test["input"]), test["target"]).item()

STEPS = 100
order, curve = np.random.default_rng(0), []
clock = time.monotonic()
for _ in range(STEPS):
    curve.append(
        {name: value.item() for name, value in task.step(stack(data, order.choice(len(data), config.batch))).items()}
    )
seconds = time.monotonic() - clock

# %%
with torch.no_grad():
    live = task.exported("G")(test["input"])
report = pairs_report(to_unit(live), to_unit(test["target"]), resamples=50)
epochs = config.epochs_flat + config.epochs_decay
print(f"{'':26}      L1  fine detail")
print(f"{'untrained':26}  {untrained:.3f}")
print(f"{f'live, {STEPS} steps, {seconds:.0f} s':26}  {report.l1:.3f}        {report.sharpness:.2f}")
print(
    f"{f'stored, {epochs * len(data) // config.batch} steps, 3 seeds':26}  {mean['l1']['L1+cGAN']:.3f}        {mean['sharpness']['L1+cGAN']:.2f}"
)
assert mean["l1"]["L1+cGAN"] - 0.02 < report.l1 < untrained - 0.03

# %% [markdown]
# To train the full-size thing on a GPU, with your own folder of pairs:
#
# ```
# python -m course_lib train pix2pix --data path/to/pairs --preset paper --out runs/mine
# ```
#
# ## 6 · What λ weighs
#
# G's loss is a straight line in λ, and its slope is the L1 term itself. What G *feels* is a gradient at each pixel of its output.
# L1 pulls every value with the same force, λ/N, however near it already is. D's pull is whatever D has learned. With λ = 100
# it looks as if L1 had to drown D. Does it? Guess a ratio first.

# %%
x, y = test["input"][:8], test["target"][:8]
fake = task.G(x)
l1, fooled = losses.l1_loss(fake, y), losses.bce_generator_loss(task.scores(x, fake))
pull_l1 = torch.autograd.grad(l1, fake, retain_graph=True)[0]
pull_gan = torch.autograd.grad(fooled, fake, retain_graph=True)[0]
for weight in (0, 1, 10, 100):
    ratio = weight * pull_l1.norm() / pull_gan.norm()
    print(f"λ = {weight:3}   G's loss {fooled + weight * l1:7.3f}   L1's pull on the picture / D's pull = {ratio:.2f}")
at_100 = (100 * pull_l1.norm() / pull_gan.norm()).item()
assert 0.3 < at_100 < 10

# %%
strength = [100 * pull_l1[0].abs().mean(0), pull_gan[0].abs().mean(0)]
top = max(float(s.max()) for s in strength)
plots.picture_grid(
    [[x[0], fake[0], y[0], *(plt.cm.viridis(np.asarray((s / top).detach()))[..., :3] for s in strength)]],
    column_names=["x", "G(x), live", "y", "100 · L1's pull", "D's pull"],
    caption="bright: a strong pull; both on one scale",
)

# %% [markdown]
# So λ = 100 does not drown D: the two pull about equally hard, because L1 is a mean over all values of the picture and D's loss
# one over a few dozen verdicts. **Compare gradients, not weights.** And they pull in different places: L1 by the same force
# everywhere (that picture is flat), D at edges and texture. One holds the colours, the other shapes the detail.
#
# ## 7 · D is a matrix of verdicts
#
# A single verdict for a whole picture is a poor teacher: it does not say *where* the picture is wrong. And L1 already watches
# the layout. So pix2pix's D, the **PatchGAN**, judges patches. It is a chain of convolutions that ends in a matrix of scores.
# Each score sees one square patch; the loss is the mean over all of them.

# %%
with torch.no_grad():
    pair = {"real pair": (y[0], task.scores(x[:1], y[:1])), "made by live G": (fake[0], task.scores(x[:1], fake[:1]))}
plots.verdict_matrix(pair)

# %%
with torch.no_grad():
    on_real, on_fake = task.scores(test["input"], test["target"]), task.scores(test["input"], live)
print(f"one picture of {config.size}² → a matrix of {tuple(on_real.shape[2:])} scores")
print(f"mean score of real pairs {on_real.mean():+.2f}, of made ones {on_fake.mean():+.2f}")
assert on_real.mean() > on_fake.mean() + 0.3

# %% [markdown]
# These scores are **logits**: any real number, 0 means "cannot tell". Only after a sigmoid would they be probabilities. Under
# the **least-squares** loss there is no sigmoid at all: the target is 1 for real and 0 for fake, and nothing stops a score from
# landing outside. Lecture notes that say "patch outputs between 0 and 1" and "least squares" in one breath cannot be right.
# Let us train a fresh D with least squares on the same pictures and look.

# %%
torch.manual_seed(0)
squares = PatchDiscriminator(6, config.d_width, layers=2, norm=config.norm)
adam = torch.optim.Adam(squares.parameters(), 1e-3, betas=(0.5, 0.999))
real_pairs, fake_pairs = torch.cat([test["input"], test["target"]], 1), torch.cat([test["input"], live], 1)
for _ in range(40):
    rows = torch.from_numpy(order.choice(len(real_pairs), 8, replace=False))
    loss = losses.lsgan_discriminator_loss(squares(real_pairs[rows]), squares(fake_pairs[rows]))
    adam.zero_grad()
    loss.backward()
    adam.step()
with torch.no_grad():
    scores = torch.cat([squares(real_pairs).flatten(), squares(fake_pairs).flatten()])
outside = ((scores < 0) | (scores > 1)).float().mean().item()
print(f"scores from {scores.min():.2f} to {scores.max():.2f}; {outside:.0%} of them outside [0, 1]")
assert outside > 0.05

# %% [markdown]
# And the mean must be taken **after** the loss. Two patches scored −1 and 3 are both badly off, yet their mean is a perfect 1:

# %%
verdicts = torch.tensor([-1.0, 3.0])
print(
    "loss of each, then mean:",
    losses.lsgan_generator_loss(verdicts).item(),
    "  mean first, then loss:",
    losses.lsgan_generator_loss(verdicts.mean()).item(),
)

# %% [markdown]
# ## 8 · How much does one score see?
#
# Walk from the score back to the picture. One score is one pixel: $r = 1$. A layer with kernel $k$ and stride $s$ turns a
# patch of $r$ pixels into
#
# $$r \leftarrow (r-1)\,s + k .$$
#
# The paper's D has kernels of 4 with strides 2, 2, 2, 1, 1. Guess the result before you run the cell: popular answers are
# 1024 (the kernels multiplied), 20 (the kernels added), 28 (the recursion from the wrong end).

# %%
r = 1
for kernel, stride in reversed([(4, 2), (4, 2), (4, 2), (4, 1), (4, 1)]):
    r = (r - 1) * stride + kernel
    print(f"stride {stride}: {r}")
assert r == receptive_field(PatchDiscriminator(layers=3)) == 70

# %%
fields = {layers: receptive_field(PatchDiscriminator(layers=layers)) for layers in range(6)}
print(fields)
assert list(fields.values()) == [1, 16, 34, 70, 142, 286]

# %% [markdown]
# This is also a function of the exercise, and the grader can be asked here. Below it is written the wrong way round, from the
# picture to the score. What does the grader say? Mend it.


# %%
def attempt(layers):
    """layers: (kernel, stride, padding), in the order in which the picture passes them."""
    r = 1
    for kernel, stride, _ in layers:
        r = (r - 1) * stride + kernel
    return r


card = check("06.receptive_field", attempt)
print(card)

# %% [markdown]
# A formula can be wrong, so let us *look*. Change one input pixel a little: does the score move? The gradient answers for all
# pixels at once. Where it is zero, the score is blind.


# %%
def reach_of_middle_score(network, side):
    picture = torch.rand(1, 6, side, side, requires_grad=True)
    scores = network(picture)
    scores[0, 0, scores.shape[2] // 2, scores.shape[3] // 2].backward()
    return picture.grad.abs().sum((0, 1))


torch.manual_seed(0)
side, seen = 96, {}
for layers in (0, 1, 2, 3):
    gradient = reach_of_middle_score(PatchDiscriminator(6, 16, layers, norm="none"), side)
    columns = int((gradient.sum(0) > 0).sum())
    assert columns == fields[layers]
    seen[f"{layers} layers"] = (None, gradient, fields[layers])
plots.footprint(seen)

# %% [markdown]
# The dashed squares are the formula, the colours the gradient: they agree to the pixel. In the middle of a patch the pull is
# strong, at its rim it is faint: the *effective* patch is smaller than the number.
#
# **Now with the normalisation that networks really have.** The cell above used none. Instance norm subtracts a mean taken over
# the whole feature map.

# %%
torch.manual_seed(0)
gradient = reach_of_middle_score(PatchDiscriminator(6, 16, 3, norm="instance").train(), 128)
rows, cols = torch.nonzero(reach_of_middle_score(PatchDiscriminator(6, 16, 3, norm="none"), 128), as_tuple=True)
inside = gradient[rows.min() : rows.max() + 1, cols.min() : cols.max() + 1].sum() / gradient.sum()
touched = (gradient > 0).float().mean().item()
print(
    f"pixels that move the score: {touched:.0%} of the picture; share of the pull inside the 70×70 square: {inside:.0%}"
)
assert touched > 0.99

# %% [markdown]
# So "a 70×70 patch" is true of the convolutions, not of the whole network: through mean and variance one score hears a little
# of everything. Few texts say so.
#
# ### Does the size matter?
#
# Stored again: L1 + cGAN on 64² façades with patches of 1, 16, 34 and 70 pixels. On a picture of 64 pixels a patch of 70 already
# covers everything.

# %%
patches = plots.stored("pix2pix_patches")
rename = {"patch 1": "1 × 1", "patch 16": "16 × 16", "patch 34": "34 × 34", "L1+cGAN": "70 × 70"}
print(plots.provenance(patches))
patch_sheet = plots.stored_sheet(patches)
plots.picture_grid(
    [row[:4] for row in patch_sheet.values()], row_names=[rename.get(row, row) for row in patch_sheet], side=0.95
)

# %%
plots.seed_dots(
    {name: {rename[v]: runs for v, runs in plots.per_seed(patches, key).items()} for name, key in measures.items()},
    reference={
        "fine detail, real = 1": 1.0,
        "KID-VGG": patches["real"]["kid"],
        "map recognised": patches["real"]["reads"]["pixel"],
    },
    width=2.4,
)

# %%
patch_mean = {
    key: {rename[v]: np.mean(runs) for v, runs in plots.per_seed(patches, key).items()} for key in measures.values()
}
one, *larger = rename.values()
print(f"fine detail: L1 alone {mean['sharpness']['L1']:.2f}, with 1 × 1 patches {patch_mean['sharpness'][one]:.2f}")
kid = {rename[variant]: runs for variant, runs in plots.per_seed(patches, "kid").items()}
for name in rename.values():
    print(f"KID-VGG, {name:7} patches: {min(kid[name]):.2f} … {max(kid[name]):.2f} over seeds")
assert patch_mean["sharpness"][one] < 1.3 * mean["sharpness"]["L1"]
assert all(patch_mean["sharpness"][name] > 1.8 * patch_mean["sharpness"][one] for name in larger)
assert min(kid[one]) > max(max(kid[name]) for name in larger)  # every seed of every larger patch beats every 1 × 1
assert max(min(kid[name]) for name in larger) < min(max(kid[name]) for name in larger)  # those three overlap

# %% [markdown]
# A 1 × 1 patch sees one pixel. It can object to colours and to nothing else, so it adds no detail at all: that step, from 1 to 16,
# is the whole effect here. Between 16, 34 and 70 the seeds overlap; **these runs do not say which is best**. The paper, at 256²
# and with long training, prefers 70.
#
# ## 9 · Skips: the short way for detail
#
# Input and output of a translation share their edges. An encoder that squeezes the picture to 1×1 must carry every edge
# through the bottleneck. The **U-Net** lays a wire around it at every level: encoder features are *concatenated* to decoder
# features of the same size, so both are there to choose from.
#
# Take the shipped façade model, feed zeros into one wire at a time, and watch what disappears. The label map is one that the
# model has never seen, from our own generator.

# %%
translate = zoo.load("pix2pix-facades")
twin = zoo.load("pix2pix-facades-l1")
size = translate.config["size"]
maps = [facade_blocks(index, size=size)[0] for index in (404, 407)]


def without_skip(translator, level, picture):
    def zeros(_, inputs):
        skip, deep = inputs[0].chunk(2, dim=1)
        return (torch.cat([torch.zeros_like(skip), deep], dim=1),)

    handle = translator.network.up[level].register_forward_pre_hook(zeros)
    try:
        return translator(picture, noise=False)
    finally:
        handle.remove()


levels = range(translate.network.levels - 1)
cut = [[without_skip(translate, level, picture) for level in levels] for picture in maps]
whole = [translate(picture, noise=False) for picture in maps]
plots.picture_grid(
    [[m, w, *row] for m, w, row in zip(maps, whole, cut, strict=True)],
    column_names=[
        "map",
        "all skips",
        *(f"no skip at\n{size >> (level + 1)} × {size >> (level + 1)}" for level in levels),
    ],
    side=1.0,
)

# %%
reference = to_unit(torch.cat([to_tensor(picture) for picture in whole]))
print("skip cut at   fine detail left   pixels changed by (of 255)")
left = []
for level in levels:
    pictures = to_unit(torch.cat([to_tensor(row[level]) for row in cut]))
    left.append(sharpness_relative(pictures, reference))
    print(
        f"{size >> (level + 1):4} × {size >> (level + 1):<4}          {left[-1]:5.2f}            {255 * (pictures - reference).abs().mean():6.1f}"
    )

# %% [markdown]
# So the wires are not equal: cutting one of them takes away nearly all fine detail, cutting others moves colours and leaves the
# edges. Which one it is you cannot read off the drawing of a U-Net.

# %%
finest = int(np.argmin(left))
print(
    f"the wire at {size >> (finest + 1)} × {size >> (finest + 1)} carries the detail: without it {left[finest]:.0%} is left"
)
assert left[finest] < 0.5

# %% [markdown]
# That was a network trained *with* skips whose wires we cut. Would one that is trained *without* them find another way? It has as
# many parameters and as much time. The stored table has that row:

# %%
for key, name in (("l1", "L1"), ("sharpness", "fine detail"), ("kid", "KID-VGG"), ("reads.pixel", "map recognised")):
    print(f"{name:15} L1 with skips {mean[key]['L1']:.3f}   trained without {mean[key]['L1, no skips']:.3f}")
assert mean["sharpness"]["L1, no skips"] < 0.2 * mean["sharpness"]["L1"]
assert mean["l1"]["L1, no skips"] > mean["l1"]["L1"] + 0.03

# %% [markdown]
# No. Through the bottleneck alone it has not learned, in this time, even where the windows are.
#
# ## 10 · Where is z?
#
# Equation 1 says $G(x,z)$, but no noise vector is fed in. The authors tried; G learned to ignore it. Their noise is **dropout
# in the first decoder blocks, kept on when the model is used**. A new seed drops other features. How different are the answers?

# %%
seeds = [translate(maps[0], seed=seed) for seed in range(4)]
still = translate(maps[0], noise=False)
stack4 = np.stack([np.asarray(picture, dtype=float) for picture in seeds])
spread = plt.cm.viridis(np.clip(stack4.std(0).mean(2) / 40, 0, 1))[..., :3]
plots.picture_grid(
    [[maps[0], *seeds, still, spread]],
    column_names=["map", *(f"seed {s}" for s in range(4)), "noise off", "spread"],
    side=1.2,
)

# %%
real_spread = table["real"]["spread"]
spreads = {variant: np.mean(runs) for variant, runs in plots.per_seed(table, "spread").items()}
for variant in three:
    print(f"{variant:8} spread over dropout seeds {spreads[variant]:.4f}")
print(f"{'real':8} spread over right photos  {real_spread:.4f}")
share_of_noise = spreads["L1+cGAN"] / real_spread
print(f"The noise moves the small L1+cGAN models by {share_of_noise:.0%} of what real photos of one map differ.")
assert share_of_noise < 0.5

# %% [markdown]
# Dropout as noise gives **little variety**: other specks, the same building. The paper says so itself ("minor stochasticity").
# Many right answers exist, and the model gives almost always the same one. (CycleGAN drops the noise altogether; BicycleGAN and
# the successors of lesson 11 work on it.)
#
# And what does switching it off do?

# %%
for variant in three:
    for measure in ("l1", "sharpness"):
        on, off = (np.mean(plots.per_seed(table, key)[variant]) for key in (measure, f"{measure}_without_noise"))
        print(f"{variant:8} {measure:10} noise on {on:.4f}, off {off:.4f}")
        assert abs(on - off) < 0.02 * on

# %% [markdown]
# Next to nothing, in either column. These small U-Nets have a single dropout block, so they understate it; the pictures of the
# shipped model above, which has more of them, are the fairer view. (`network.eval()` alone does not switch it off, here as in the
# paper: the noise is part of the model, not of the training.)
#
# ## 11 · The shipped models, on real façades
#
# `pix2pix-facades` and `pix2pix-facades-l1` are twins: same network, same CMP façades, one trained with L1 + cGAN, one with L1
# alone. Their cards hold what they scored on the 100 validation pairs, which neither has seen.

# %%
figures = {name: translator.card["validation"] for name, translator in (("L1", twin), ("L1+cGAN", translate))}
print(f"{'':34}{'L1 alone':>12}{'L1 + cGAN':>12}")
for key, name in (
    ("l1", "L1 on [−1, 1], lower is nearer"),
    ("psnr", "PSNR (luma), dB"),
    ("ssim", "SSIM (luma)"),
    ("sharpness", "fine detail, real = 1"),
):
    print(f"{name:34}" + "".join(f"{figures[model][key]:12.3f}" for model in figures))
print(f"{'KID-VGG, lower is closer':34}" + "".join(f"{figures[model]['kid_vgg']['value']:12.3f}" for model in figures))
real_kid = figures["L1+cGAN"]["kid_vgg_real"]["value"]
print(f"real photos against real photos: KID-VGG {real_kid:.3f}")
print("measured with:", figures["L1+cGAN"]["command"])

# %%
assert figures["L1"]["l1"] < figures["L1+cGAN"]["l1"]
assert figures["L1"]["sharpness"] < 0.3
assert 0.7 < figures["L1+cGAN"]["sharpness"] < 1.2
assert figures["L1+cGAN"]["kid_vgg"]["value"] < figures["L1"]["kid_vgg"]["value"]

# %%
facades = plots.stored("pix2pix_facades")
facade_sheet = plots.stored_sheet(facades)
plots.picture_grid(
    [row[:4] for row in facade_sheet.values()], row_names=list(facade_sheet), caption="answers to four validation maps"
)

# %%
plots.spectrum_plot(
    facades["frequencies"],
    facades["spectra"],
    colours={"real": plots.colours.REAL, "L1": plots.colours.GENERATOR, "L1+cGAN": plots.colours.FAKE},
    start=0.25,
)

# %% [markdown]
# The spectrum shows the same story without a picture: the fine detail that L1 leaves out, the adversarial loss puts back.
# *Puts back* is too kind a word. It **invents** it: the map does not know what the curtains look like.
#
# If you have the CMP façades on your disk, name their folder in `FACADES_FOLDER` before you start the notebook, and the next cell
# shows maps, answers and true photos side by side.

# %%
import os

folder = os.environ.get("FACADES_FOLDER")
if folder:
    from course_lib.data.pairs import open_pairs
    from course_lib.data.pictures import to_picture

    real = open_pairs(folder, size=size, split="val", direction="BtoA", palette="facades")
    shown = [real.example(index) for index in (0, 10, 20, 30, 40, 50)]
    inputs = [to_picture(pair["input"]) for pair in shown]
    figure = plots.picture_grid(
        [inputs, [twin(m) for m in inputs], [translate(m) for m in inputs], [pair["target"] for pair in shown]],
        row_names=["map", "L1", "L1+cGAN", "photo"],
    )
else:
    figure = None
    print("FACADES_FOLDER is not set: no real photos here. The card's numbers above were measured on all 100.")
figure

# %% [markdown]
# ## 12 · What did not hold
#
# Sentences that one reads about pix2pix, and what this notebook measured.

# %%
said = {
    "L1 is blurry because it averages over the right answers": (
        f"On maps that are exact to the pixel its best answer keeps {detail[0]:.0%} of the detail; the small L1 network reached "
        f"{mean['sharpness']['L1']:.0%}. Most of *that* blur is short training in a small network. One pixel of doubt about where "
        f"things are would explain it: {detail[1]:.0%}."
    ),
    "A network that reads pictures likes real ones best": (
        f"Our reader, trained on real photos, finds {table['real']['reads']['pixel']:.0%} of the map in real photos and "
        f"{mean['reads.pixel']['L1']:.0%} in L1's averaged answers: they are easy to read. (In the paper's table real photos win; its "
        "reader is far better than ours.)"
    ),
    "The adversarial loss makes pictures realistic": (
        f"Alone it did not, in so short a training: KID-VGG {mean['kid']['cGAN']:.2f} against {mean['kid']['L1']:.2f} of L1 alone; "
        f"look at its grid. Together they reach {mean['kid']['L1+cGAN']:.2f}."
    ),
    "A 70 × 70 discriminator sees 70 × 70 pixels": (
        f"Its convolutions do. With instance norm {1 - inside:.0%} of one score's pull lies outside, all over the picture."
    ),
    "λ = 100 means that L1 counts a hundred times as much": f"L1's pull on the picture was {at_100:.1f} times D's.",
    "Dropout is the noise z that gives many answers": (
        f"It moved the pictures by {share_of_noise:.0%} of what right photos of one map differ."
    ),
}
Markdown(
    "\n".join(
        ["| they say | measured here |", "|---|---|", *(f"| {claim} | {answer} |" for claim, answer in said.items())]
    )
)

# %% [markdown]
# ## 13 · Your turn
#
# Exercise `06_pix2pix` asks you to write the parts yourself: D's targets and loss, the receptive field, the conditional
# discriminator loss, G's loss with λ, the wiring of the skips, and the step. Open `exercises/06_pix2pix/task.md`, edit
# `exercise.py`, then
#
# ```
# python -m course_lib grade 06_pix2pix
# ```
#
# Three experiments for this notebook:
#
# 1. Set `adversarial="lsgan"` in the live row (`dataclasses.replace(config, adversarial="lsgan")`). What changes in the matrix?
# 2. Give one map to `translate` at 50 seeds. Which pixels never change?
# 3. `pair["real pair"]` shows D a photo with its own map. Show it the photo with *another* map. Does D mind? Why might it not?
#
# ## What to read
#
# * Isola, Zhu, Zhou, Efros 2017, *Image-to-Image Translation with Conditional Adversarial Networks*: sections 3 (all of it is
#   four pages), 4.2 (the objective), 4.4 (patches), 6.1 (architectures).
# * Mao et al. 2017, *Least Squares Generative Adversarial Networks*, section 3.
# * Luo et al. 2016, *Understanding the Effective Receptive Field in Deep Convolutional Neural Networks*, for the faint rim.
# * Odena, Dumoulin, Olah 2016, *Deconvolution and Checkerboard Artifacts*, for the grid that up-sampling leaves.
# * Next: lesson 07, where the pairs are taken away.

# %%
print(f"This notebook took {time.monotonic() - started:.0f} s.")
