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
# # 06 · pix2pix
#
# **How do we translate pictures when we have pairs?**
#
# | | |
# |---|---|
# | you need | generator and discriminator ([01](01_game.ipynb)), slopes of the losses ([02](02_gradients.ipynb)), |
# | | conditions ([04](04_conditioning.ipynb)) |
# | time | 90 minutes; the cells alone take less than a minute on two CPU cores, without a network |
# | difficulty | ★★☆ |
# | exercise | [06_pix2pix](../exercises/06_pix2pix/task.md) |
# | in the app | `python dev.py demo`, then [draw something flat](http://127.0.0.1:7860/?tab=flat), |
# | | [paint a façade](http://127.0.0.1:7860/?tab=pix2pix) or [see a loss](http://127.0.0.1:7860/?tab=loss&loss=lsgan) |
# | next lesson | [07 · CycleGAN](07_cyclegan.ipynb), where the pairs are taken away |
#
# **Terms** (all of them are in the [glossary](00_start_here.ipynb))
#
# | English | 한국어 | meaning here |
# |---|---|---|
# | paired / unpaired | 짝이 있는 / 짝이 없는 | whether for every input x the true output y is known in training |
# | conditional GAN | 조건부 GAN | D sees the input beside the output |
# | self-supervised | 자기지도 | the pair is made from a single photo |
# | patch discriminator | 패치 판별자 | D gives one score for each square of the picture |
# | receptive field | 수용 영역 | the pixels that one score depends on |
# | logit, score | 로짓, 점수 | D's raw output, before any sigmoid |
# | skip connection | 스킵 연결 | encoder features that are joined to decoder features of the same size |
# | high-frequency power | 고주파 전력 | power of patterns finer than 4 pixels, relative to real photos |
# | checkerboard artefact | 체커보드 아티팩트 | a grid of period 2 or 4 pixels, left by up-sampling |
# | KID | 커널 인셉션 거리 | distance of two sets of pictures in a network's features; here with a VGG network |
# | PSNR | 최대 신호 대 잡음비 | mean squared error on a logarithmic scale (dB) |
# | SSIM | 구조적 유사도 | compares means, contrasts and patterns of small windows |
# | dropout | 드롭아웃 | features set to zero at random |
#
# You have pictures *x* (a label map, a grey photo, a sketch), and for each of them one picture *y* that it should
# become. The simplest loss is the mean absolute difference, L1. So why does the pix2pix paper (Isola et al. 2017) add a
# discriminator?

# %%
import inspect
import os
import time

import numpy as np
import skimage.data
import torch
from accelerate import Accelerator
from IPython.display import Code, Markdown
from PIL import Image

from course_lib import losses, plots, zoo
from course_lib.app.tabs.flat.examples import examples
from course_lib.data.pairmakers import colorize, edges
from course_lib.data.pictures import to_tensor, to_unit
from course_lib.data.synthetic.facade_blocks import FacadeBlocks, facade_blocks
from course_lib.grading import check
from course_lib.lessons import text_check
from course_lib.metrics import lattice_share, pairs_report, sharpness_relative
from course_lib.networks import PatchDiscriminator, receptive_field
from course_lib.tasks.pix2pix import Pix2Pix, Pix2PixConfig

torch.manual_seed(0)
started = time.monotonic()

# %% [markdown]
# ## Flat → 3-D
#
# The course ships a network that gives flat emoji volume and gloss. It was trained on pairs: the same emoji, drawn flat
# and rendered in 3-D (Fluent Emoji, Microsoft, MIT). Its twin has the same network and the same pairs, but no
# discriminator: its loss is L1 alone. The network with a discriminator began with the twin's weights and was trained
# on; a quarter of its weights are the twin's again (its card says how). Its discriminator sees the 3-D picture alone,
# not the drawing: L1 + GAN. Neither network has seen these five. Which row do you like better? Which one is nearer to
# the last row?

# %%
solid, solid_l1 = zoo.load("pix2pix-fluent"), zoo.load("pix2pix-fluent-l1")
emoji = examples()[:5]
plots.picture_grid(
    [
        [one.flat for one in emoji],
        [solid_l1(one.flat) for one in emoji],
        [solid(one.flat) for one in emoji],
        [one.truth for one in emoji],
    ],
    row_names=["flat x", "L1 alone", "L1 + GAN", "true y"],
    side=1.45,
)

# %% jupyter={"source_hidden": true} tags=["hide-input"]
on_emoji = {name: model.card["validation"] for name, model in (("L1 alone", solid_l1), ("L1 + GAN", solid))}
on_emoji["left flat"] = on_emoji["L1 + GAN"]["unchanged"]
lines = [
    "| on 257 unseen emoji | L1 to the truth | distance in features | high-frequency power, real = 1 |",
    "|---|---|---|---|",
]
lines += [
    f"| {name} | {one['l1']:.3f} | {one['features']:.3f} | {one['sharpness']:.2f} |" for name, one in on_emoji.items()
]
trained = [on_emoji[name] for name in ("L1 alone", "L1 + GAN")]
text_check(
    all(one[key] < 0.95 * on_emoji["left flat"][key] for one in trained for key in ("l1", "features")),
    "Both are nearer to the truth than the flat drawing is, in L1 and in features.",
)
text_check(
    all(abs(trained[1][key] / trained[0][key] - 1) < 0.01 for key in ("l1", "features")),
    "The two differ by less than 1 % there.",
)
text_check(
    1.1 < trained[1]["sharpness"] / trained[0]["sharpness"] < 1.15 and trained[1]["sharpness"] < 0.9,
    "With a discriminator the answers have a tenth more of the high-frequency power, and less than real 3-D emoji.",
)
print(f"with a discriminator: {solid.card['steps']} steps, after {solid.card['began_with']['steps']} without")
Markdown("\n".join(lines))

# %% [markdown]
# Both are nearer to the truth than the flat drawing is, in L1 and in features. The two differ by less than 1 % there.
# With a discriminator the answers have a tenth more of the high-frequency power, and less than real 3-D emoji: they are
# a little sharper, and still soft. Section 3 says why L1 makes soft pictures, sections 4 and 5 what a discriminator
# adds where the input says less.
#
# Why does this discriminator not see the drawing, as the paper's does? Trained the same way (one run each on a GPU), a
# discriminator that saw both took the answers farther from the truth, and they gained less (`docs/gpu.md`). In small
# networks, three seeds each, it took them farther, too (lesson 07, section 9).
#
# A flat drawing says much about its 3-D picture. A label map says much less about its photo: nothing about the colour
# of the wall. This lesson is about façades from here on. Two models of the course were trained on them (CMP, 128²),
# again one with L1 alone and one with a discriminator; section 11 compares them. The maps here come from a program of
# this course.

# %%
translate, twin = zoo.load("pix2pix-facades"), zoo.load("pix2pix-facades-l1")
size = translate.config["size"]
maps = [facade_blocks(index, size=size)[0] for index in (404, 407, 409)]

# %% [markdown]
# ## 1 · Where pairs come from
#
# Somebody has to draw a label map for every photo. But other pairs cost nothing: take any photo, *remove something*,
# and ask for it back. Remove the colour, or all but the edges. The photo is its own target. This is called
# self-supervised.

# %%
photos = [Image.fromarray(picture()).resize((256, 256)) for picture in (skimage.data.coffee, skimage.data.chelsea)]
facade_map, facade_photo = facade_blocks(9, size=128)
columns = [(facade_map, facade_photo), colorize(photos[0]), edges(photos[0]), edges(photos[1])]
plots.picture_grid(
    [[x for x, _ in columns], [y for _, y in columns]],
    row_names=["input x", "target y"],
    column_names=["labels → photo", "grey → colour", "edges → photo", "edges → photo"],
    side=1.45,
)

# %% [markdown]
# The façade at the left comes from `facade_blocks`, a program. It uses the twelve classes and colours of the CMP
# façades. And it can do what no real data set can: give **many photos of one and the same map**.

# %%
photos_of_one_map = [facade_blocks(9, appearance=k)[1] for k in range(4)]
plots.picture_grid(
    [[facade_blocks(9)[0], *photos_of_one_map]], column_names=["one map", *["a right answer"] * 4], side=1.45
)

# %% [markdown]
# **From photo to map there is one answer** (segmentation). **From map to photo there are many**: the map does not say
# what the wall is made of.
#
# ## 2 · Guess before you run
#
# Three generators with the same architecture are trained equally long on the same pairs: with **L1** alone, with the
# conditional adversarial loss alone (**cGAN**), with both (**L1+cGAN**). They get maps that they have not seen. Replace
# each `None` by "L1", "cGAN" or "L1+cGAN".

# %%
my_guess = {
    "nearest to the true photo (lowest L1)": None,
    "high-frequency power most like that of a real photo": None,
    "closest to real photos for a VGG network (lowest KID)": None,
}

# %% [markdown]
# ## 3 · The best answer under L1
#
# $$\mathcal{L}_{L1}(G) = \mathbb{E}_{x,y}\,\lVert y - G(x)\rVert_1$$
#
# Take one pixel of one map. Over all right photos its value is a random number $y$. The best constant answer $g$ makes
# $\mathbb{E}|y-g|$ smallest. The slope is $P(y<g) - P(y>g)$. It is zero where both sides are equally likely: at the
# **median**. The loss treats each pixel separately, so the best picture consists of medians. We can compute it without
# a network.

# %%
answers = torch.cat([to_tensor(facade_blocks(9, appearance=k)[1]) for k in range(100)])
candidates = {"median": answers.median(dim=0).values, "mean": answers.mean(dim=0), "a real photo": answers[0]}
cost = {name: losses.l1_loss(picture.expand_as(answers), answers).item() for name, picture in candidates.items()}
cost["a real photo"] = np.mean([losses.l1_loss(photo.expand_as(answers), answers).item() for photo in answers[:30]])
text_check(
    cost["median"] < cost["mean"] < 0.9 * cost["a real photo"],
    "A real photo of the same house costs more L1 than the median picture.",
)
plots.picture_grid(
    [list(candidates.values())], column_names=[f"{name}\nmean L1 {cost[name]:.3f}" for name in candidates], side=1.9
)

# %% [markdown]
# **A real photo of the same house costs more L1 than the median picture**, which nobody ever took. No amount of
# training, data or parameters changes that.
#
# But is the median *blurred*? Its edges are sharp, because in these pairs the map says to the pixel where every window
# is. Maps that people draw are not so exact. So we move every part of the photo by up to half a pixel, or one pixel,
# and compute the best L1 answer again. We measure its **high-frequency power** (patterns finer than 4 pixels), relative
# to real photos.

# %%
best, power = {}, {}
for slack in (0, 0.5, 1):
    loose = torch.cat([to_tensor(facade_blocks(9, appearance=k, slack=slack)[1]) for k in range(100)])
    best[slack] = loose.median(dim=0).values
    power[slack] = sharpness_relative(to_unit(best[slack][None]), to_unit(loose))
    print(
        f"map off by up to {slack:3} pixels: the best L1 answer has {power[slack]:.0%} of a photo's high-frequency "
        f"power"
    )
text_check(
    power[0] > 0.5 and power[1] < 0.25,
    "With exact maps more than half is left, with maps that are one pixel off less than a quarter.",
)
plots.picture_grid(
    [[answers[0], *best.values()]],
    column_names=["a right photo", *(f"best L1 answer\nmap off by ≤ {slack} px" for slack in best)],
    side=1.9,
)

# %% [markdown]
# With exact maps more than half is left, with maps that are one pixel off less than a quarter. So two kinds of doubt do
# different things. Doubt about *what* is there removes texture. Doubt about *where* it is, even of one pixel, removes
# edges.
#
# ## 4 · A loss that asks whether the pair looks real
#
# Instead of "how far from *that* photo?" ask "could this be a photo **of this map**?" Nobody can write that loss down,
# so a second network learns it. It gets the input *and* an output, real or made:
#
# $$\mathcal{L}_{cGAN}(G,D) = \mathbb{E}_{x,y}[\log D(x,y)] + \mathbb{E}_{x,z}[\log(1 - D(x, G(x,z)))]
# \qquad\text{(eq. 1)}$$
#
# $$G^* = \arg\min_G\max_D\; \mathcal{L}_{cGAN}(G,D) + \lambda\,\mathcal{L}_{L1}(G)
# \qquad\text{(eq. 4), } \lambda = 100$$
#
# L1 keeps colours and layout near the truth. It is a *soft* supervision: λ says what a distance from *this* photo
# costs, and does not forbid it. D works on what L1 averages away.
#
# ### Your turn: G's loss
#
# G minimises the non-saturating form: mean softplus(−D(x, fake)) + λ · mean |fake − y|. D takes one picture of six
# channels, x first.


# %%
def generator_loss(discriminator, x, y, fake, weight):
    """Adversarial loss of the pair (x, fake), plus weight (λ) times the mean |fake − y|."""
    # torch.cat([...], dim=1) joins channels; torch.nn.functional.softplus
    # your lines here


check("06.generator_loss", generator_loss)

# %% [markdown]
# <details><summary>Answer</summary>
#
# ```python
# def generator_loss(discriminator, x, y, fake, weight):
#     scores = discriminator(torch.cat([x, fake], dim=1))
#     fooled = torch.nn.functional.softplus(-scores).mean()
#     return fooled + weight * (fake - y).abs().mean()
# ```
#
# </details>
#
# In the library the whole algorithm is one step. `self.scores(x, y)` is D applied to both pictures, stacked as six
# channels.

# %%
Code(inspect.getsource(Pix2Pix.step), language="python")

# %% [markdown]
# Three places need care. D gets `fake.detach()`, because its step must not move G. D is called **again** for G's step,
# after it has moved. And D's loss has a factor ½, by which the paper slows D down relative to G.
#
# ## 5 · Three losses compared
#
# A command trained each variant with three seeds, and its results are stored. Here are four maps that none of them has
# seen, seed 0.

# %%
table = plots.stored("pix2pix_losses")
sheet = plots.stored_sheet(table)
print(plots.provenance(table))
plots.picture_grid([row[:4] for row in sheet.values()], row_names=list(sheet), side=1.45)

# %%
LOOK = {
    "L1": plots.colours.L1,
    "cGAN": plots.colours.LOGARITHM,
    "L1+cGAN": plots.colours.L1_GAN,
    "real": plots.colours.REAL,
}
measures = {"L1": "l1", "high-frequency power": "sharpness", "KID-VGG": "kid", "map recognised": "reads.pixel"}
real_marks = {
    "high-frequency power": 1.0, "KID-VGG": table["real"]["kid"], "map recognised": table["real"]["reads"]["pixel"],
}  # fmt: skip
better = {
    "L1": "lower is nearer to the truth", "high-frequency power": "dashed: real = 1",
    "KID-VGG": "lower; dashed: real halves", "map recognised": "dashed: real photos",
}  # fmt: skip
plots.seed_dots(
    {name: plots.per_seed(table, key) for name, key in measures.items()},
    reference=real_marks, better=better, colours=LOOK | {"L1, no skips": plots.colours.INK}, width=2.4,
)  # fmt: skip

# %% [markdown]
# One dot is one seed, the bar is the mean. *Map recognised* is the idea of the paper's FCN score: a network that
# learned on **real** photos to find the map reads the made ones. We count the pixels where it finds what the map had
# asked for.

# %% jupyter={"source_hidden": true} tags=["hide-input"]
seeds = {key: plots.per_seed(table, key) for key in measures.values()}
mean = {key: {name: np.mean(runs) for name, runs in rows.items()} for key, rows in seeds.items()}
three = ["L1", "cGAN", "L1+cGAN"]
winner = {
    "nearest to the true photo (lowest L1)": min(three, key=mean["l1"].get),
    "high-frequency power most like that of a real "
    "photo": min(three, key=lambda name: abs(np.log(mean["sharpness"][name]))),
    "closest to real photos for a VGG network (lowest KID)": min(three, key=mean["kid"].get),
}  # fmt: skip
for question, answer in winner.items():
    print(f"{question}: {answer}  (your guess: {my_guess[question] or 'none yet'})")
print()
for name in three:
    low, high = min(seeds["kid"][name]), max(seeds["kid"][name])
    print(
        f"{name:8} L1 {mean['l1'][name]:.3f}   high-frequency power {mean['sharpness'][name]:.2f}   "
        f"KID-VGG {low:.2f} … {high:.2f} over {len(table['seeds'])} seeds"
    )
text_check(
    min(seeds["l1"]["L1+cGAN"] + seeds["l1"]["cGAN"]) > max(seeds["l1"]["L1"]),
    "L1 is nearest to the truth in every seed.",
)
text_check(max(seeds["sharpness"]["L1"]) < 0.2, "L1 has less than a fifth of the high-frequency power of photos.")
text_check(
    min(seeds["sharpness"]["L1+cGAN"]) > 1.5 * max(seeds["sharpness"]["L1"]),
    "A discriminator adds high-frequency power in every seed.",
)
kid = seeds["kid"]
text_check(
    np.mean(seeds["reads.pixel"]["L1"]) > table["real"]["reads"]["pixel"],
    "Map recognised: L1 is above the real photos.",
)
text_check(
    max(kid["L1+cGAN"]) < min(kid["L1"]) and max(kid["L1"]) < min(kid["cGAN"]),
    "In KID-VGG the three do not overlap: both together are best, cGAN alone is worst.",
)

# %% [markdown]
# * L1 is nearest to the truth in every seed. It has less than a fifth of the high-frequency power of photos.
# * A discriminator adds high-frequency power in every seed.
# * In KID-VGG the three do not overlap: both together are best, cGAN alone is worst. So the columns **rank the methods
#   differently**, because they measure different things.
# * *Map recognised*: L1 is above the real photos. A picture without surprises is easy to read, so this column does not
#   measure realism.
#
# ### Is high-frequency power detail?
#
# Not all of it. Up-sampling by 2 can leave a grid that repeats every 2 or 4 pixels (Odena et al. 2016), and such a grid
# has high-frequency power, too. We measure the **share of the fine power that lies on frequencies of period 2 or 4**,
# on the six pictures of the stored sheet. White noise has 4 % there at this size.

# %%
patches = plots.stored("pix2pix_patches")
patch_sheet = plots.stored_sheet(patches)
grids = {
    name: lattice_share(to_unit(torch.cat([to_tensor(picture) for picture in row]))).numpy()
    for name, row in (patch_sheet | sheet).items() if name != "map"
}  # fmt: skip
for name in ("L1", "cGAN", "L1+cGAN", "patch 34", "photo"):
    values = grids[name]
    above = (values > grids["photo"]).sum()
    print(
        f"{name:10} share on the grid {values.mean():.0%}  ({values.min():.0%} … {values.max():.0%}); above its "
        f"photo in {above} of {len(values)} pictures"
    )
text_check(
    (grids["L1+cGAN"] > grids["photo"]).sum() == (grids["L1"] > grids["photo"]).sum() == 5,
    "For L1+cGAN the share is above its photo's in five of six pictures, for L1 alone, too.",
)
text_check((grids["cGAN"] > grids["photo"]).sum() == 3, "For cGAN alone it is in three of six: undecided.")
text_check(
    min(grids[name].mean() for name in three) > 0.2,
    "In all three rows more than a fifth of the fine power lies on the grid.",
)

# %% [markdown]
# In all three rows more than a fifth of the fine power lies on the grid. (Photos have a share, too: bricks and window
# bars are regular.) For L1+cGAN the share is above its photo's in five of six pictures, for L1 alone, too. For cGAN
# alone it is in three of six: undecided. So the grid does not come from the discriminator alone, and **part of the fine
# power is a grid and no detail**. The column measures high-frequency power, and that is no proof of detail.
#
# ### One row again, live
#
# The same recipe, for as long as you want to wait. `LOSS` is for experiment 1.

# %%
LOSS = "bce"  # "bce" as in the paper, or "lsgan"
STEPS = 100
config = Pix2PixConfig(**table["config"] | {"adversarial": LOSS})
data, held_out = FacadeBlocks(config.size), FacadeBlocks(config.size, split="val")


def stack(pairs, indices):
    examples = [pairs.example(int(index)) for index in indices]
    return {key: torch.stack([example[key] for example in examples]) for key in ("input", "target")}


torch.manual_seed(0)
task = Pix2Pix(config, Accelerator(cpu=True))
test = stack(held_out, range(40))
with torch.no_grad():
    untrained = losses.l1_loss(task.exported("G")(test["input"]), test["target"]).item()

order, clock = np.random.default_rng(0), time.monotonic()
for _ in range(STEPS):
    task.step(stack(data, order.choice(len(data), config.batch)))
seconds = time.monotonic() - clock
with torch.no_grad():
    live = task.exported("G")(test["input"])

# %%
report = pairs_report(to_unit(live), to_unit(test["target"]), resamples=50)
all_steps = (config.epochs_flat + config.epochs_decay) * len(data) // config.batch
print(f"{'':26}     L1   high-frequency power")
print(f"{'untrained':26}  {untrained:.3f}")
print(f"{f'live, {STEPS} steps, {seconds:.0f} s':26}  {report.l1:.3f}   {report.sharpness:.2f}")
print(f"{f'stored, {all_steps} steps':26}  {mean['l1']['L1+cGAN']:.3f}   {mean['sharpness']['L1+cGAN']:.2f}")
live_grid, photo_grid = lattice_share(to_unit(live)), lattice_share(to_unit(test["target"]))
print(
    f"share on the grid, {len(live)} pictures: live {live_grid.mean():.0%}, photos {photo_grid.mean():.0%}; "
    f"live above its photo in {(live_grid > photo_grid).sum()}"
)
text_check(
    mean["l1"]["L1+cGAN"] - 0.02 < report.l1 < untrained - 0.03, "The live row lies between untrained and stored."
)
text_check(
    (live_grid > photo_grid).double().mean() > 0.75,
    "In more than three quarters of the live pictures the share on the grid is above the photo's.",
)

# %% [markdown]
# The live row lies between untrained and stored. In more than three quarters of the live pictures the share on the grid
# is above the photo's: the generator begins with a grid.
#
# To train the full-size model on a GPU, with your own folder of pairs:
#
# ```
# python -m course_lib train pix2pix --data path/to/pairs --preset paper --out runs/mine
# ```
#
# ## 6 · What λ weighs
#
# What moves G is a gradient at each pixel of its output. L1's gradient has the same size at every value, λ/N (N: how
# many values the pictures have). D's gradient is whatever D has learned. With λ = 100 it seems that L1 must be a
# hundred times as strong. Is it? Guess a ratio first.

# %%
x, y = test["input"][:8], test["target"][:8]
fake = task.G(x)
l1, fooled = losses.l1_loss(fake, y), losses.ADVERSARIAL[LOSS][1](task.scores(x, fake))
pull_l1 = torch.autograd.grad(l1, fake, retain_graph=True)[0]
pull_gan = torch.autograd.grad(fooled, fake, retain_graph=True)[0]
for weight in (0, 1, 10, 100):
    ratio = weight * pull_l1.norm() / pull_gan.norm()
    print(f"λ = {weight:3}   G's loss {fooled + weight * l1:7.3f}   L1's gradient / D's gradient = {ratio:.2f}")
at_100 = (100 * pull_l1.norm() / pull_gan.norm()).item()
strength = [100 * pull_l1[0].abs().mean(0), pull_gan[0].abs().mean(0)]
uneven = [(s.std() / s.mean()).item() for s in strength]
print(f"unevenness over the picture (standard deviation / mean): L1 {uneven[0]:.2f}, D {uneven[1]:.2f}")
text_check(0.4 < at_100 < 4, "With λ = 100 both gradients are of the same order.")
text_check(
    uneven[1] > uneven[0] + 0.3,
    "D's gradient is strong in some places and weak in others; L1's is the same everywhere.",
)

# %%
top = max(float(s.max()) for s in strength)
plots.picture_grid(
    [[x[0], fake[0], y[0], *(plots.heat(s, top) for s in strength)]],
    column_names=["x", "G(x), live", "y", "100 · L1's gradient", "D's gradient"],
    bar=(top, "size of the gradient"),
    side=1.6,
)

# %% [markdown]
# With λ = 100 both gradients are of the same order. One reason may be that L1 is a mean over many thousand values and
# D's loss one over a few dozen scores. **Compare gradients, not weights.** D's gradient is strong in some places and
# weak in others; L1's is the same everywhere.
#
# ## 7 · D gives a matrix of scores
#
# One score for a whole picture does not say *where* the picture is wrong. pix2pix's D, the **PatchGAN**, is a chain of
# convolutions that ends in a matrix of scores. Each score depends on one square patch. (On our 64² pictures this patch,
# 70 × 70, covers nearly everything: section 8.) The loss is the mean over all of them.

# %%
cannot_tell = 0.5 if LOSS == "lsgan" else 0.0
with torch.no_grad():
    pair = {"real pair": (y[0], task.scores(x[:1], y[:1])), "made by live G": (fake[0], task.scores(x[:1], fake[:1]))}
    on_real, on_fake = task.scores(test["input"], test["target"]), task.scores(test["input"], live)
print(f"one picture of {config.size}² → a matrix of {tuple(on_real.shape[2:])} scores")
print(f"mean score of real pairs {on_real.mean():+.2f}, of made ones {on_fake.mean():+.2f}; cannot tell: {cannot_tell}")
text_check(on_real.mean() > on_fake.mean() + 0.3, "On average D scores real pairs higher than made ones.")
plots.verdict_matrix(pair, middle=cannot_tell)

# %% [markdown]
# On average D scores real pairs higher than made ones. These scores are **logits**: any real number, 0 means "cannot
# tell". Only a sigmoid would make probabilities of them. Under the **least-squares** loss there is no sigmoid at all.
# The target is 1 for real and 0 for fake, and nothing keeps a score between them. Some lecture notes say "patch outputs
# between 0 and 1" and "least squares" together. We train a new D with least squares on the same pictures and look.

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
text_check(outside > 0.02, "Some scores of a least-squares D lie outside [0, 1].")
apart = torch.tensor([-1.0, 3.0])  # the mean must be taken after the loss: these two are both badly off
print("scores −1 and 3: loss of each, then mean:", losses.lsgan_generator_loss(apart).item(),
      "  mean first, then loss:", losses.lsgan_generator_loss(apart.mean()).item())  # fmt: skip

# %% [markdown]
# ## 8 · How much does one score see?
#
# Start from the score and go back to the picture. One score is one pixel: $r = 1$. A layer with kernel $k$ and stride
# $s$ turns a patch of $r$ pixels into
#
# $$r \leftarrow (r-1)\,s + k .$$
#
# The paper's D has kernels of 4 with strides 2, 2, 2, 1, 1. Guess the result. Common wrong answers: 1024 (kernels
# multiplied), 20 (kernels added), 28 (the recursion from the wrong end).
#
# ### Your turn: the receptive field


# %%
def my_receptive_field(layers):
    """layers: (kernel, stride, padding), in the order in which the picture passes them. The patch's side in pixels."""
    # your lines here


check("06.receptive_field", my_receptive_field)

# %% [markdown]
# <details><summary>Answer</summary>
#
# ```python
# def my_receptive_field(layers):
#     r = 1
#     for kernel, stride, _ in reversed(layers):
#         r = (r - 1) * stride + kernel
#     return r
# ```
#
# </details>

# %%
r = 1
for kernel, stride in reversed([(4, 2), (4, 2), (4, 2), (4, 1), (4, 1)]):
    r = (r - 1) * stride + kernel
    print(f"stride {stride}: {r}")
fields = {layers: receptive_field(PatchDiscriminator(layers=layers)) for layers in range(6)}
print("layers of stride 2 → patch:", fields)
assert r == fields[3] == 70

# %% [markdown]
# (0 is a special case: its convolutions are all 1 × 1.)
#
# Is the formula right? Change one input pixel a little: does the score move? The gradient answers for all pixels at
# once. Where it is zero, the score does not depend on the pixel.


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
    assert int((gradient.sum(0) > 0).sum()) == fields[layers]
    seen[f"{layers} layers"] = (None, gradient, fields[layers])
plots.footprint(seen)

# %% [markdown]
# Dashed: the formula. Colours: the gradient (its fourth root; dark small, bright large). They agree to the pixel.
# Towards the edge of a patch the gradient is small, so the *effective* patch is smaller.
#
# These networks had no normalisation. Instance norm subtracts a mean over the whole feature map. What does one score
# depend on then?

# %%
torch.manual_seed(0)
gradient = reach_of_middle_score(PatchDiscriminator(6, 16, 3, norm="instance").train(), 128)
rows, cols = torch.nonzero(reach_of_middle_score(PatchDiscriminator(6, 16, 3, norm="none"), 128), as_tuple=True)
inside = (gradient[rows.min() : rows.max() + 1, cols.min() : cols.max() + 1].sum() / gradient.sum()).item()
touched = (gradient > 0).float().mean().item()
print(
    f"with instance norm: {touched:.0%} of the pixels move the score; {inside:.0%} of the gradient is inside the 70 "
    f"× 70 square"
)
text_check(
    touched > 0.99 and 0.5 < inside < 0.95,
    "With instance norm a score depends on the whole picture, mostly on its patch.",
)

# %% [markdown]
# With instance norm a score depends on the whole picture, mostly on its patch. So "a 70 × 70 patch" is true of the
# convolutions, not of the whole network.
#
# ### Does the size matter?
#
# Stored again: L1+cGAN on 64² façades with patches of 1, 16, 34 and 70 pixels. On a picture of 64 pixels a patch of 70
# covers everything. Move the slider: the magenta square shows the patch.

# %%
stored_as = {1: "patch 1", 16: "patch 16", 34: "patch 34", 70: "L1+cGAN"}


def with_square(picture, patch):
    """The picture with the outline of one patch in its middle."""
    pixels, wide = np.asarray(picture).copy(), min(patch, picture.width)
    low, high = (picture.width - wide) // 2, (picture.width - wide) // 2 + wide - 1
    pixels[[low, high], low : high + 1] = pixels[low : high + 1, [low, high]] = (255, 0, 255)
    return pixels


def answers_of(patch):
    made, real = patch_sheet[stored_as[patch]][:4], patch_sheet["photo"][:4]
    return plots.picture_grid(
        [[with_square(real[0], patch), *real[1:]], made], row_names=["photo", f"patch {patch} × {patch}"], side=1.5
    )


plots.Slider(answers_of, list(stored_as), label="patch", start=16)


# %%
def by_patch(key):
    return {f"{patch} × {patch}": plots.per_seed(patches, key)[name] for patch, name in stored_as.items()}


print(plots.provenance(patches))
plots.seed_dots(
    {name: by_patch(key) for name, key in measures.items()},
    reference=real_marks, better=better, colours=dict.fromkeys(by_patch("l1"), LOOK["L1+cGAN"]), width=2.4,
)  # fmt: skip

# %% jupyter={"source_hidden": true} tags=["hide-input"]
kid, fine = by_patch("kid"), by_patch("sharpness")
one, *larger = kid
for name in kid:
    print(
        f"{name:8} KID-VGG {min(kid[name]):.2f} … {max(kid[name]):.2f}   high-frequency power {min(fine[name]):.2f} "
        f"… {max(fine[name]):.2f}"
    )
text_check(
    np.mean(fine[one]) < 1.3 * mean["sharpness"]["L1"], "A 1 × 1 patch adds hardly any high-frequency power to L1's."
)
text_check(
    min(kid[one]) > max(max(kid[name]) for name in larger),
    "Every seed of every larger patch has a lower KID-VGG than every 1 × 1.",
)
text_check(
    max(min(kid[name]) for name in larger) < min(max(kid[name]) for name in larger),
    "Among 16, 34 and 70 the ranges overlap: undecided.",
)

# %% [markdown]
# The convolutions of a 1 × 1 patch see one pixel, so it can hardly object to more than colours. It adds hardly any
# high-frequency power to L1's. Every seed of every larger patch has a lower KID-VGG than every 1 × 1. Among 16, 34 and
# 70 the ranges overlap: **undecided** in these runs. The paper, at 256² and with long training, prefers 70.
#
# ## 9 · Skip connections
#
# Input and output of a translation share their edges. An encoder that squeezes the picture to 1×1 would have to carry
# every edge through the bottleneck. The **U-Net** has a second path at every level: encoder features are *concatenated*
# to decoder features of the same size.
#
# ### Your turn: wire a U-Net
#
# `downs` and `ups` are lists of n blocks. d₁ = downs[0](x), d₂ = downs[1](d₁), …, dₙ is the bottleneck. Then u₁ =
# ups[0](dₙ) and uₖ₊₁ = ups[k]([dₙ₋ₖ, uₖ]): the skip first, joined along dimension 1. (A block may overwrite its input,
# so give it a copy: `x.clone()`.)


# %%
def unet_forward(x, downs, ups):
    """Run x through the downs and the ups, with a skip from each level to its mirror image."""
    # keep what every down gives in a list; take from its end (`pop`) on the way up
    # your lines here


check("06.unet_forward", unet_forward)

# %% [markdown]
# <details><summary>Answer</summary>
#
# ```python
# def unet_forward(x, downs, ups):
#     kept = []
#     for down in downs:
#         x = down(x.clone())
#         kept.append(x)
#     x = ups[0](kept.pop())
#     for up in ups[1:]:
#         x = up(torch.cat([kept.pop(), x], dim=1))
#     return x
# ```
#
# </details>
#
# Which skip carries what? Take the shipped façade model, replace one skip at a time by zeros, and look at what
# disappears.


# %%
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
sides = [f"{size >> (level + 1)} × {size >> (level + 1)}" for level in levels]
cut = [[without_skip(translate, level, picture) for level in levels] for picture in maps[:2]]
whole = [translate(picture, noise=False) for picture in maps[:2]]
plots.picture_grid(
    [[whole[0], *cut[0]]],
    column_names=["all skips", *(f"no skip at\n{side}" for side in sides)],
    side=1.5,
)

# %%
reference = to_unit(torch.cat([to_tensor(picture) for picture in whole]))
left = []
print("skip removed at   high-frequency power left   pixels changed by (of 255)")
for level in levels:
    pictures = to_unit(torch.cat([to_tensor(row[level]) for row in cut]))
    left.append(sharpness_relative(pictures, reference))
    print(f"{sides[level]:>11} {left[-1]:20.2f} {255 * (pictures - reference).abs().mean():26.1f}")
finest = int(np.argmin(left))
others = [value for level, value in enumerate(left) if level != finest]
print(f"most is lost without the skip at {sides[finest]}: {left[finest]:.0%} is left")
text_check(
    left[finest] < 0.15 and min(others) > 0.7,
    "One skip carries nearly all high-frequency power, and it is not the outermost.",
)
text_check(finest > 0, "It is not the outermost.")

# %% [markdown]
# In this model **one skip carries nearly all high-frequency power, and it is not the outermost.** You cannot see that
# in a drawing of a U-Net.
#
# That network was trained *with* skips. A network that is trained *without* them has as many parameters and as much
# time:

# %% jupyter={"source_hidden": true} tags=["hide-input"]
for name, key in measures.items():
    print(f"{name:20} L1 with skips {mean[key]['L1']:.3f}   trained without {mean[key]['L1, no skips']:.3f}")
text_check(
    mean["sharpness"]["L1, no skips"] < 0.2 * mean["sharpness"]["L1"],
    "Without skips it has less than a fifth of the high-frequency power, …",
)
text_check(mean["l1"]["L1, no skips"] > mean["l1"]["L1"] + 0.03, "… and it is farther from the truth.")

# %% [markdown]
# Without skips it has less than a fifth of the high-frequency power, and it is farther from the truth. This is after
# 400 steps; a longer training was not tried.
#
# ## 10 · Where is z?
#
# Equation 1 says $G(x,z)$, but G gets no noise vector. The authors tried one, and G learned to ignore it. Their noise
# is **dropout in the first decoder blocks, which stays on when the model is used**. How different are the answers of
# three seeds?

# %%
dropouts = [translate(maps[0], seed=seed) for seed in range(3)]
still = translate(maps[0], noise=False)
varied = np.stack([np.asarray(picture, dtype=float) for picture in dropouts]).std(0).mean(2)
plots.picture_grid(
    [[*dropouts, still, plots.heat(varied, 40)]],
    column_names=[*(f"seed {s}" for s in range(3)), "noise off", "spread over seeds"],
    bar=(40, "spread, of 255"),
    side=1.5,
)

# %% jupyter={"source_hidden": true} tags=["hide-input"]
real_spread = table["real"]["spread"]
spreads = {variant: np.mean(runs) for variant, runs in plots.per_seed(table, "spread").items()}
for variant in three:
    print(f"{variant:8} spread over dropout seeds {spreads[variant]:.4f}")
print(f"{'real':8} spread over right photos  {real_spread:.4f}")
noise_share = spreads["L1+cGAN"] / real_spread
print(f"small L1+cGAN models: {noise_share:.0%} as much as real photos of one map differ from each other")
pairs_of_keys = [(key, f"{key}_without_noise") for key in ("l1", "sharpness")]
largest = max(
    abs(np.mean(plots.per_seed(table, on)[variant]) / np.mean(plots.per_seed(table, off)[variant]) - 1)
    for variant in three
    for on, off in pairs_of_keys
)
print(f"switching it off changes L1 and high-frequency power by at most {largest:.1%}")
text_check(noise_share < 0.1, "Dropout gives less than a tenth of the real variety.")
text_check(largest < 0.02, "Switching it off changes both measures by less than 2 %.")

# %% [markdown]
# In these small models **dropout gives less than a tenth of the real variety**. The paper says so, too ("minor
# stochasticity"). Switching it off changes both measures by less than 2 %. These small U-Nets have one dropout block;
# the shipped model above has more. (`network.eval()` does not switch it off, here as in the paper: the noise is part of
# the model.)
#
# ## 11 · The shipped models, on real façades
#
# Their cards hold what they scored on the 100 validation pairs of CMP, which neither has seen. KID-VGG has a 95 %
# interval, found by drawing the pictures again and again (bootstrap). *Real halves*: one half of the real photos
# against the other, the best value one can hope for.

# %% jupyter={"source_hidden": true} tags=["hide-input"]
figures = {name: translator.card["validation"] for name, translator in (("L1 alone", twin), ("L1 + cGAN", translate))}
rows = [
    ("L1 on [−1, 1], lower is nearer", "l1"),
    ("PSNR (luma), dB", "psnr"),
    ("SSIM (luma)", "ssim"),
    ("high-frequency power, real = 1", "sharpness"),
]
intervals = {name: figures[name]["kid_vgg"] for name in figures} | {"real": figures["L1 + cGAN"]["kid_vgg_real"]}
shown = {name: f"{one['value']:.2f} [{one['low']:.2f}, {one['high']:.2f}]" for name, one in intervals.items()}
lines = ["| | L1 alone | L1 + cGAN | real halves |", "|---|---|---|---|"]
lines += [f"| {name} | {figures['L1 alone'][key]:.3f} | {figures['L1 + cGAN'][key]:.3f} | |" for name, key in rows]
lines += [f"| KID-VGG, lower is closer | {shown['L1 alone']} | {shown['L1 + cGAN']} | {shown['real']} |"]
alone, with_gan = figures["L1 alone"], figures["L1 + cGAN"]
text_check(
    alone["l1"] < with_gan["l1"] and alone["psnr"] > with_gan["psnr"],
    "L1 alone is nearer to the true photos, in L1 and in PSNR.",
)
text_check(
    figures["L1 alone"]["sharpness"] < 0.05 and figures["L1 + cGAN"]["sharpness"] > 0.5,
    "L1 alone has hardly any high-frequency power.",
)
text_check(
    intervals["L1 + cGAN"]["high"] < intervals["L1 alone"]["low"],
    "In KID-VGG L1 + cGAN is closer to real photos; the intervals do not overlap.",
)
Markdown("\n".join(lines))

# %%
facades = plots.stored("pix2pix_facades")
facade_sheet = plots.stored_sheet(facades)
plots.picture_grid(
    [row[:3] for row in facade_sheet.values()],
    row_names=list(facade_sheet),
    caption="answers to three validation maps",
    side=1.5,
)

# %%
plots.spectrum_plot(
    facades["frequencies"],
    facades["spectra"],
    colours=LOOK,
    start=0.25,
)

# %% [markdown]
# L1 alone is nearer to the true photos, in L1 and in PSNR. It has hardly any high-frequency power: in the grey part of
# the plot its line lies far below the others. In KID-VGG L1 + cGAN is closer to real photos; the intervals do not
# overlap.
#
# The adversarial loss does not recover the missing detail. It **invents** it: the map does not say what the curtains
# look like.
#
# If you have the CMP façades, name their folder in `FACADES_FOLDER` before you start the notebook. The next cell then
# shows maps, answers and true photos.

# %% jupyter={"source_hidden": true} tags=["hide-input"]
folder = os.environ.get("FACADES_FOLDER")
if folder:
    from course_lib.data.pairs import open_pairs
    from course_lib.data.pictures import to_picture

    real = open_pairs(folder, size=size, split="val", direction="BtoA", palette="facades")
    pairs = [real.example(index) for index in (0, 10, 20, 30)]
    inputs = [to_picture(one["input"]) for one in pairs]
    figure = plots.picture_grid(
        [inputs, [twin(m) for m in inputs], [translate(m) for m in inputs], [one["target"] for one in pairs]],
        row_names=["map", "L1", "L1 + cGAN", "photo"],
    )
else:
    figure = None
    print("FACADES_FOLDER is not set: no real photos are shown. The card's numbers above were measured on all 100.")
figure

# %% [markdown]
# ## The answer in three sentences
#
# With pairs, train G with an L1 loss to the true picture and with a discriminator that sees input and output together.
# L1 keeps colours and layout and answers every doubt with the median; the discriminator asks for a picture that could
# be real, patch by patch. Skip connections carry the shared edges past the bottleneck, and the result is one plausible
# answer out of many.
#
# ## What did not hold

# %% jupyter={"source_hidden": true} tags=["hide-input"]
said = {
    "L1 is blurred because it averages over the right answers": (
        f"On exact maps its best answer keeps {power[0]:.0%} of the high-frequency power; "
        f"the small L1 network reached {mean['sharpness']['L1']:.0%}. Averaging does not explain "
        f"that gap. (One pixel of doubt about the place would: {power[1]:.0%}.)"
    ),
    "More high-frequency power is more detail": (
        f"Of L1+cGAN's, {grids['L1+cGAN'].mean():.0%} lies on a grid of period 2 or 4, of the photos' "
        f"{grids['photo'].mean():.0%}."
    ),
    "A network that reads pictures reads real ones best": (
        f"Ours was trained on real photos. It finds {table['real']['reads']['pixel']:.0%} of the map in real photos "
        f"and {mean['reads.pixel']['L1']:.0%} in L1's averaged answers."
    ),
    "The adversarial loss makes pictures realistic": (
        f"Alone it did not in 400 steps: KID-VGG {mean['kid']['cGAN']:.2f} against {mean['kid']['L1']:.2f} of L1 "
        f"alone. Together: {mean['kid']['L1+cGAN']:.2f}."
    ),
    "A 70 × 70 discriminator sees 70 × 70 pixels": f"Its convolutions do. With instance norm {1 - inside:.0%} of one "
                                                   f"score's gradient lies outside.",
    "λ = 100 means that L1 counts a hundred times as much": f"In the live run L1's gradient was {at_100:.1f} times "
                                                            f"D's.",
    "Dropout is the noise that gives many answers": f"It moved the small models' pictures by {noise_share:.0%} of "
                                                    f"what right photos of one map differ from each other.",
    "The outermost skip carries the detail": f"In the shipped model the skip at {sides[finest]} does.",
}  # fmt: skip
Markdown(
    "\n".join(
        ["| one reads | measured here |", "|---|---|", *(f"| {claim} | {answer} |" for claim, answer in said.items())]
    )
)

# %% [markdown]
# ## What holds only in this toy
#
# * Sections 5 and 8 use small networks, 64² façades made by a program, 400 steps and three seeds. That cGAN alone was
#   worst there says nothing about long training.
# * The ratio of section 6 belongs to this D after 100 steps.
# * Which skip carries the fine patterns was measured on one model and two maps.
#
# ## Experiments
#
# Change a value and run all cells again. Cells that check the printed text then print a note and go on.
#
# 1. Set `LOSS = "lsgan"` in the live row. What changes in the matrix of section 7, and where is "cannot tell" now?
# 2. Set `STEPS = 300`. Does the ratio of section 6 rise or fall when D has learned more?
# 3. `pair["real pair"]` shows D a photo with its own map. Show it the photo with *another* map:
#    `task.scores(x[1:2], y[:1])`. Does D object? It was never trained on such pairs.
#
# ## Exercise
#
# [06_pix2pix](../exercises/06_pix2pix/task.md) has eleven pieces; three of them you have met here. Edit `exercise.py`,
# then
#
# ```
# python -m course_lib grade 06_pix2pix
# ```
#
# ## What to read
#
# * Isola, Zhu, Zhou, Efros 2017, *Image-to-Image Translation with Conditional Adversarial Networks*: sections 3, 4.2
#   (the objective), 4.4 (patches), 6.1 (architectures).
# * Mao et al. 2017, *Least Squares Generative Adversarial Networks*, section 3.
# * Luo et al. 2016, *Understanding the Effective Receptive Field in Deep Convolutional Neural Networks*.
# * Odena, Dumoulin, Olah 2016, *Deconvolution and Checkerboard Artifacts*, for the grid that up-sampling leaves.
#
# **Next:** [07 · CycleGAN](07_cyclegan.ipynb), where the pairs are taken away.

# %%
print(f"This notebook took {time.monotonic() - started:.0f} s.")
