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
# # 08 · Gram matrices
#
# **Where does style live in a network?**
#
# | | |
# |---|---|
# | you need | features of a network ([05](05_averaging.ipynb)), gradient descent ([01](01_game.ipynb)) |
# | time | 90 minutes; the cells alone take about a minute on two CPU cores, without a network |
# | difficulty | ★★☆ |
# | exercise | [08_gram](../exercises/08_gram/task.md) |
# | in the app | `python dev.py demo`, then [look into a Gram matrix](http://127.0.0.1:7860/?tab=gram) |
# | next lesson | [09 · perceptual losses](09_perceptual.ipynb), one pass instead of hundreds of steps |
#
# **Terms** (all of them are in the [glossary](00_start_here.ipynb))
#
# | English | 한국어 | meaning here |
# |---|---|---|
# | feature map | 특징 맵 | one channel of a layer: how strongly a pattern is there, at each position |
# | receptive field | 수용 영역 | the pixels that one value of a feature map depends on |
# | Gram matrix | 그람 행렬 | for every two channels: how strongly both are active at the same place |
# | content / style loss | 콘텐츠 / 스타일 손실 | distance of the feature maps / of their Gram matrices |
# | total variation | 총변동 | how much neighbouring pixels differ |
# | weight of a loss (λ) | 손실 가중치 | here α for the content, β for the style, w of each layer |
#
# A photo shows a cat. A painting shows whirls in short strokes. Style transfer makes a picture of the cat in such
# strokes. It needs two numbers: one that says how much *cat* is left, and one that says how far the *strokes* are from
# the painter's. This lesson is about the second one.

# %%
import itertools
import time

import numpy as np
import skimage.data
import torch
from IPython.display import Markdown
from PIL import Image
from torch.nn import functional as F

from course_lib import losses, plots
from course_lib.data.pictures import to_tensor
from course_lib.data.synthetic.painting import painting
from course_lib.grading import check
from course_lib.lessons import text_check
from course_lib.networks import VGGFeatures
from course_lib.networks.vgg import field_of
from course_lib.tasks import gatys

torch.manual_seed(0)
started = time.monotonic()

# %% [markdown]
# ## 1 · Stripes at the same place, or on two halves
#
# A layer of a network gives feature maps: channel V is active where vertical stripes are, channel H where horizontal
# ones are. Here are two scenes of 8 × 8 positions. In the first the stripes cross. In the second the vertical ones are
# on the left and the horizontal ones on the right.

# %%
columns = torch.zeros(8, 8)
columns[:, ::2] = 1
rows, left = columns.T, (torch.arange(8) < 4).float().expand(8, 8)
SCENES = {
    "crosshatch": torch.stack([columns, rows]),
    "two halves": torch.stack([columns * left, rows * (1 - left)]),
}


def grey(values):
    return 0.15 + 0.7 * values.numpy()  # white would not be seen on a white page


plots.picture_grid(
    [[grey(maps.amax(0)), grey(maps[0]), grey(maps[1]), grey(maps[0] * maps[1])] for maps in SCENES.values()],
    row_names=list(SCENES),
    column_names=["picture", "channel V", "channel H", "V · H"],
    side=1.5,
)

# %% [markdown]
# The **Gram matrix** has one entry for every two channels: multiply the two maps position by position, add over all
# positions, and divide by the number of all values, channels × height × width:
#
# $$G_{ij} = \frac{1}{C\,H\,W}\sum_{\text{positions } p} F_{ip}\,F_{jp}$$
#
# ### Guess before you run
#
# Here C·H·W is 2 · 8 · 8 = 128. Replace each `None` by a number, or by a word.

# %%
my_guess = {
    "crosshatch: entry (V, V)": None,
    "crosshatch: entry (V, H)": None,
    "two halves: entry (V, H)": None,
    "shuffle a feature map's positions: what happens to the Gram matrix?": None,
    "shuffle the picture's pixels: what happens to it?": None,
}

# %% [markdown]
# ### Your turn: the Gram matrix
#
# Features come as (B, C, H, W). Each picture of the batch gets its own matrix, so the result is (B, C, C).


# %%
def gram_matrix(features):
    """(B, C, H, W) → (B, C, C): F Fᵀ / (C·H·W), one matrix a picture."""
    # your lines here


check("08.gram_matrix", gram_matrix)

# %% [markdown]
# <details><summary>Answer</summary>
#
# ```python
# def gram_matrix(features):
#     b, c, h, w = features.shape
#     f = features.reshape(b, c, h * w)
#     return f @ f.transpose(1, 2) / (c * h * w)
# ```
#
# </details>
#
# The two scenes, counted with pencil. Crosshatch: V is active at 32 positions, H at 32, both at 16. Two halves: 16, 16,
# and never both.

# %%
found = {name: losses.gram_matrix(maps[None])[0] for name, maps in SCENES.items()}
by_pencil = {"crosshatch": [[32, 16], [16, 32]], "two halves": [[16, 0], [0, 16]]}
for name, gram in found.items():
    assert torch.equal(gram, torch.tensor(by_pencil[name]) / 128)
    print(f"{name:11} (V, V) {gram[0, 0]:.3f}   (H, H) {gram[1, 1]:.3f}   (V, H) {gram[0, 1]:.3f}")

# %% [markdown]
# So the entries off the diagonal say which patterns occur **at the same place**. Stripes that cross and stripes side by
# side are different styles, and the Gram matrix tells them apart.
#
# ### The same in a trained network
#
# This course's loss network is a VGG-16 that was trained on photos. We show it stripes of 64 × 64 pixels and look in
# the layer `relu2_1`: which channel prefers vertical stripes most, and which horizontal ones?

# %%
LAYERS = ("relu1_1", "relu2_1", "relu3_1", "relu4_1")
eye = VGGFeatures(LAYERS, edges="replicate")


def seen(picture):
    """Features of a picture in [−1, 1], by layer."""
    with torch.no_grad():
        return eye((picture + 1) / 2)


def striped(values):
    """(1, 3, 64, 64) in [−1, 1] from a map of 0 and 1."""
    return (2 * values - 1).expand(1, 3, 64, 64)


bars = (torch.arange(64) % 8 < 4).float().expand(64, 64)
half = (torch.arange(64) < 32).float().expand(64, 64)
drawings = {
    "vertical": striped(bars), "horizontal": striped(bars.T), "crosshatch": striped(torch.maximum(bars, bars.T)),
    "two halves": striped(bars * half + bars.T * (1 - half)),
}  # fmt: skip
maps = {name: seen(drawing)["relu2_1"] for name, drawing in drawings.items()}
prefers = (maps["vertical"] - maps["horizontal"]).mean((0, 2, 3))
v, h = int(prefers.argmax()), int(prefers.argmin())
together = {}
for name in ("crosshatch", "two halves"):
    gram = losses.gram_matrix(maps[name])[0]
    together[name] = (gram[v, h] / (gram[v, v] * gram[h, h]).sqrt()).item()
    print(f"{name:11} channels {v} and {h}: active at the same place {together[name]:.2f} (0: never, 1: always)")
plots.picture_grid(
    [[drawings[n], *(plots.heat(maps[n][0, at], maps[n][0, [v, h]].max()) for at in (v, h))] for n in together],
    row_names=list(together),
    column_names=["picture", f"channel {v}", f"channel {h}"],
    side=1.6,
)

# %% jupyter={"source_hidden": true} tags=["hide-input"]
text_check(
    together["crosshatch"] > 1.5 * together["two halves"],
    "In the crosshatch the two channels are active at the same place far more than on two halves.",
)

# %% [markdown]
# In the crosshatch the two channels are active at the same place far more than on two halves. Real channels are no pure
# detectors of one pattern, so the second number is not 0.
#
# ## 2 · It forgets where
#
# The sum over positions does not know their order. Shuffle the positions of a feature map, the same way in all
# channels: every product stays, and so does the sum. Then shuffle the **pixels** of the picture and look at the
# network's features of that.

# %%
SIDE, STROKES = 64, 2
style = to_tensor(painting(STROKES * SIDE, seed=2))
face = Image.fromarray(skimage.data.chelsea()).crop((75, 0, 375, 300)).resize((SIDE, SIDE), Image.Resampling.LANCZOS)
photo = gatys.recoloured(to_tensor(face), style)  # in the painting's colours, so that strokes alone are to be moved


def change(one, other):
    """Size of the difference over the size of the second, 0 for equal."""
    return ((one - other).norm() / other.norm()).item()


strokes = seen(style)
draw = torch.Generator().manual_seed(0)
permuted, pixels = {}, style.flatten(2)[..., torch.randperm(style[0, 0].numel(), generator=draw)].view_as(style)
for layer, features in strokes.items():
    gram = losses.gram_matrix(features)
    order = torch.randperm(features[0, 0].numel(), generator=draw)
    of_positions = change(losses.gram_matrix(features.flatten(2)[..., order].view_as(features)), gram)
    of_pixels = change(losses.gram_matrix(seen(pixels)[layer]), gram)
    permuted[layer] = of_positions, of_pixels
    print(f"{layer}: positions shuffled {of_positions:.1e}, pixels shuffled {of_pixels:.2f}")

# %% jupyter={"source_hidden": true} tags=["hide-input"]
text_check(
    max(one for one, _ in permuted.values()) < 1e-5,
    "Shuffled positions leave the Gram matrix as it is, to the rounding of float32.",
)
text_check(
    min(other for _, other in permuted.values()) > 0.1,
    "Shuffled pixels change it by more than a tenth in every layer.",
)
measured = {
    "crosshatch: entry (V, V)": f"{found['crosshatch'][0, 0]:.3f}",
    "crosshatch: entry (V, H)": f"{found['crosshatch'][0, 1]:.3f}",
    "two halves: entry (V, H)": f"{found['two halves'][0, 1]:.3f}",
    "shuffle a feature map's positions: what happens to the Gram matrix?": "nothing",
    "shuffle the picture's pixels: what happens to it?": (
        f"it changes by {min(p for _, p in permuted.values()):.0%} to {max(p for _, p in permuted.values()):.0%}"
    ),
}
plots.compare_guesses(my_guess, measured)

# %% [markdown]
# Shuffled positions leave the Gram matrix as it is, to the rounding of float32. Shuffled pixels change it by more than
# a tenth in every layer.
#
# Why? One value of a feature map depends on a square of pixels, its receptive field. To shuffle the positions is to
# move what was found. To shuffle the pixels is to destroy what would be found: edges, strokes, corners. So the Gram
# matrix keeps what lies *within* a receptive field and forgets where that was. Cut the painting into squares and
# shuffle those. Move the slider: how much is kept?

# %%
BLOCKS = [1, 2, 4, 8, 16, 32]


def shuffled(picture, block):
    """Squares of block × block pixels in another order."""
    squares = F.unfold(picture, block, stride=block)
    order = torch.randperm(squares.shape[-1], generator=torch.Generator().manual_seed(0))
    return F.fold(squares[..., order], picture.shape[-2:], block, stride=block)


cut = {block: shuffled(style, block) for block in BLOCKS}
moved = {}
for block, picture in cut.items():
    features = seen(picture)
    moved[block] = {
        layer: change(losses.gram_matrix(features[layer]), losses.gram_matrix(strokes[layer])) for layer in LAYERS
    }


def shuffle_of(block):
    said = ", ".join(f"{layer} {value:.0%}" for layer, value in moved[block].items())
    return plots.picture_grid(
        [[style, cut[block]]], column_names=["painting", f"squares of {block}"], caption=said, side=2.6
    )


plots.Slider(shuffle_of, BLOCKS, label="side of the squares, pixels", start=8)

# %%
fields = {layer: field_of(layer) for layer in LAYERS}
plots.curves(
    np.array(BLOCKS),
    {f"{layer}, sees {fields[layer]} pixels": np.array([moved[b][layer] for b in BLOCKS]) for layer in LAYERS},
    xlabel="side of the squares that were shuffled, pixels", ylabel="change of the Gram matrix",
    title="what is cut apart is lost; what is moved is not",
)  # fmt: skip

# %% jupyter={"source_hidden": true} tags=["hide-input"]
shallow, deep = LAYERS[:2], LAYERS[2:]
falls = [all(moved[a][layer] > moved[b][layer] for a, b in itertools.pairwise(BLOCKS)) for layer in shallow]
text_check(all(falls), "In the two shallow layers larger squares change the Gram matrix less, step by step.")
text_check(
    moved[16]["relu1_1"] < 0.05 and moved[16]["relu4_1"] > 0.25,
    "Squares of 16 pixels change the first layer's matrix by less than 5 %, and the deepest one's by more than 25 %.",
)
text_check(
    all(moved[4][layer] > moved[1][layer] > moved[32][layer] for layer in deep),
    "In the two deep layers squares of 4 pixels change even more than single pixels, and those of 32 pixels less.",
)

# %% [markdown]
# In the two shallow layers larger squares change the Gram matrix less, step by step. Squares of 16 pixels change the
# first layer's matrix by less than 5 %, and the deepest one's by more than 25 %: it sees further, so more of what it
# sees is cut apart. In the two deep layers squares of 4 pixels change even more than single pixels, and those of 32
# pixels less. (Perhaps because the seams of small squares are a grid, which is a pattern too. That was not tested.)
#
# ### Not centred
#
# A covariance takes each channel's mean off first. A Gram matrix does not. The two differ by the product of the means:
#
# $$\frac{1}{HW}\sum_p F_{ip}F_{jp} = \operatorname{cov}_{ij} + \bar F_i\,\bar F_j$$
#
# What does that mean? Show the network a picture of **one** colour: there is no pattern, so no covariance. But there is
# a Gram matrix: the channels that like this colour are active everywhere.

# %%
plain = torch.tensor([-0.6, -0.1, 0.6]).view(1, 3, 1, 1).expand(1, 3, SIDE, SIDE)
sizes = {}
for name, picture in {"one blue": plain, "painting": style}.items():
    features = seen(picture)["relu1_1"].double()
    flat, channels = features.flatten(2)[0], features.shape[1]
    gram, spread = losses.gram_matrix(features)[0], torch.cov(flat, correction=0) / channels
    means = flat.mean(1)
    assert torch.allclose(gram, spread + means[:, None] * means / channels)
    sizes[name] = gram.norm().item(), spread.norm().item()
    print(f"{name:9} size of the Gram matrix {sizes[name][0]:9.1f}, of the covariance alone {sizes[name][1]:9.1f}")

# %% jupyter={"source_hidden": true} tags=["hide-input"]
text_check(
    sizes["one blue"][1] < 1e-6 * sizes["one blue"][0], "A picture of one colour has a Gram matrix and no covariance."
)
text_check(
    sizes["painting"][1] < sizes["painting"][0], "In the painting, too, a part of the Gram matrix is the means alone."
)

# %% [markdown]
# A picture of one colour has a Gram matrix and no covariance. In the painting, too, a part of the Gram matrix is the
# means alone. So a Gram matrix holds two things at once: how active the channels are on average (colour and contrast,
# roughly), and which of them go together.
#
# ## 3 · A loss, and what it can do
#
# The style loss compares the Gram matrices of several layers with those of the painting, the target:
#
# $$\ell_{\text{style}} = \sum_{\text{layers } l} w_l\,\tfrac14\,\lVert G_l - A_l\rVert^2$$
#
# ### Your turn: the style loss
#
# ‖·‖² is the sum of the squares of all entries. Average over the batch. The target is a constant: no gradient goes
# into it.


# %%
def style_loss(grams, target_grams, weights):
    """Lists with one entry a layer → one number."""
    # your lines here


check("08.style_loss", style_loss)

# %% [markdown]
# <details><summary>Answer</summary>
#
# ```python
# def style_loss(grams, target_grams, weights):
#     total = 0
#     for gram, target, weight in zip(grams, target_grams, weights):
#         difference = gram - target.detach()
#         total = total + weight * difference.square().sum(dim=(1, 2)).mean() / 4
#     return total
# ```
#
# </details>
#
# Now the Gram matrix at work. We start from noise and move its **pixels** downhill, until the Gram matrices of two
# layers are those of the painting. Nothing else is asked: no photo, no place. If your `gram_matrix` is right, the cell
# uses it.


# %%
def right(function):
    """Whether a function gives what the library's Gram matrix gives."""
    probe = torch.rand(2, 3, 4, 5)
    answer = function(probe)
    return answer is not None and answer.shape == (2, 3, 3) and torch.allclose(answer, losses.gram_matrix(probe))


mine = right(gram_matrix)
gram_of = gram_matrix if mine else losses.gram_matrix
print("with your Gram matrix" if mine else "with the library's Gram matrix (yours is not right yet)")
TEXTURE, MOVES = ("relu1_1", "relu2_1"), 80
look = VGGFeatures(TEXTURE, edges="replicate")
with torch.no_grad():
    targets = [gram_of(maps) for maps in look((style + 1) / 2).values()]
shares = [1 / target.square().sum().item() for target in targets]  # so that a layer's size does not decide
picture = (0.3 * torch.randn(1, 3, 56, 56, generator=torch.Generator().manual_seed(1))).requires_grad_()
mover, strip, history = torch.optim.Adam([picture], lr=0.08), [], []
for move in range(MOVES + 1):
    loss = losses.style_loss([gram_of(maps) for maps in look((picture + 1) / 2).values()], targets, shares)
    history.append(loss.item())
    if move in (0, 5, 20, MOVES):
        strip.append(picture.detach().clone())
    mover.zero_grad()
    (loss + 0.02 * losses.total_variation(picture)).backward()
    mover.step()
plots.picture_grid(
    [[*strip, style[..., :56, :56]]],
    column_names=["noise", "5 moves", "20 moves", f"{MOVES} moves", "painting, a part"],
    side=1.5,
)

# %% jupyter={"source_hidden": true} tags=["hide-input"]
print(f"style loss: {history[0]:.3f} at first, {history[20]:.4f} after 20 moves, {history[-1]:.4f} at the end")
text_check(history[-1] < history[0] / 100, "The loss falls to less than a hundredth.")

# %% [markdown]
# The loss falls to less than a hundredth. The colours and small strokes of the painting appear, at other places than
# in the painting: places are what the matrix does not hold.
#
# ### Your turn: total variation
#
# The last term in that cell keeps neighbouring pixels alike. Without it, noise remains that none of these layers minds.
# It is the mean absolute vertical step plus the mean absolute horizontal step.


# %%
def total_variation(pictures):
    """(B, C, H, W) → one number."""
    # your lines here


check("08.total_variation", total_variation)

# %% [markdown]
# <details><summary>Answer</summary>
#
# ```python
# def total_variation(pictures):
#     vertical = pictures[:, :, 1:] - pictures[:, :, :-1]
#     horizontal = pictures[:, :, :, 1:] - pictures[:, :, :, :-1]
#     return vertical.abs().mean() + horizontal.abs().mean()
# ```
#
# </details>
#
# ## 4 · Content from each depth, style from each set of layers
#
# A command did the same for longer, from noise, with 64 × 64 pixels. First row: only the **feature maps** of one layer
# have to be those of the photo. Second row: only the **Gram matrices** have to be those of the painting, in the first
# layer, in the first two, and so on.

# %%
table = plots.stored("gram_lesson")
sheet = plots.stored_sheet(table)
print(plots.provenance(table))
names = {row: list(pictures) for row, pictures in table["rows"].items()}
plots.picture_grid([sheet["content"][:5]], column_names=names["content"][:5], side=1.6)

# %%
plots.picture_grid([sheet["style"][:5]], column_names=names["style"][:5], side=1.6)

# %% jupyter={"source_hidden": true} tags=["hide-input"]
content, styles = table["rows"]["content"], table["rows"]["style"]
depths, layers = table["depths"], table["style_layers"]
far = [content[layer]["pixels"] for layer in depths]
print("squared distance to the photo, in pixels:")
print("  " + ", ".join(f"from {layer} {value:.3f}" for layer, value in zip(depths, far, strict=True)))
print("distance to the painting's Gram matrix, as a share of its own size squared:")
for name in names["style"][1:5]:
    print(f"  {name:11}" + ", ".join(f"{n} {v:.4f}" for n, v in zip(layers, styles[name]["style"], strict=True)))
text_check(far[0] < far[1] < far[2] < far[3], "The deeper the layer, the farther are the pixels from the photo.")
deepest = [styles[name]["style"][3] for name in names["style"][1:5]]
text_check(
    deepest[0] > 10 * deepest[3],
    "With the first layer alone the deepest Gram matrix is more than ten times as far off as with all four.",
)
text_check(
    all(styles[name]["style"][0] < 0.05 for name in names["style"][1:5]),
    "The first layer's Gram matrix is met by all four sets, to 0.05.",
)


def coarse_light(picture):
    return np.asarray(picture.convert("L").resize((8, 8), Image.Resampling.BOX), float).ravel()


coarse = [np.corrcoef(coarse_light(sheet["content"][0]), coarse_light(one))[0, 1] for one in sheet["content"][1:5]]
print("light and dark of 8 × 8 squares, correlation with the photo's: " + ", ".join(f"{c:.2f}" for c in coarse))
text_check(
    coarse[0] > 0.95 and coarse[3] < 0.5,
    "The shallowest picture has the photo's light and dark; in the deepest not even these are kept.",
)
met = [content[layer]["content"][at] for at, layer in enumerate(depths)]
text_check(max(met) < 0.02, "Each picture has the photo's features in its own layer, to 0.02.")

# %% [markdown]
# * The deeper the layer, the farther are the pixels from the photo. Each picture has the photo's features in its own
#   layer, to 0.02; the rest is free. The shallowest picture has the photo's light and dark; in the deepest not even
#   these are kept. What is kept is which patterns are where: the eyes, the edges. So the content is compared in a deep
#   layer, and colours and brushwork may change.
# * The first layer's Gram matrix is met by all four sets, to 0.05. It alone gives colours and fine grain. With the
#   first layer alone the deepest Gram matrix is more than ten times as far off as with all four: strokes and their
#   bends need layers that see further.
#
# ## 5 · How much of which: β/α and w
#
# Style transfer minimises both at once, from the photo on:
#
# $$\alpha\,\ell_{\text{content}} + \beta\,\ell_{\text{style}} + \gamma\,\text{total variation}$$
#
# First row: β/α from 0.6 to 6000 (γ is a quarter of β in all of them). Second row: β/α = 60, and all of the style's
# weight w on one layer.

# %%
plots.picture_grid([sheet["ratio"]], column_names=["photo", *(f"β/α {n}" for n in names["ratio"][1:])], side=1.5)

# %%
plots.picture_grid([sheet["layers"]], column_names=["photo", *names["layers"][1:]], side=1.5)

# %% jupyter={"source_hidden": true} tags=["hide-input"]
ratio, alone = table["rows"]["ratio"], table["rows"]["layers"]
swept = names["ratio"][1:]
kept = [ratio[name]["content"][2] for name in swept]
off = [np.mean(ratio[name]["style"]) for name in swept]
for name, c, s in zip(swept, kept, off, strict=True):
    print(f"β/α {name:5} distance to the photo in relu3_3 {c:.3f}, to the painting's Gram matrices {s:.4f}")
text_check(all(a < b for a, b in itertools.pairwise(kept)), "The larger β/α, the farther from the photo.")
text_check(off[0] > 5 * off[1] and off[1] > off[2], "Up to 60 a larger β/α is nearer to the painting's Gram matrices.")
text_check(
    max(off[2:]) < 1.1 * min(off[2:]),
    "From 60 on the distance to the painting hardly changes: the photo's part is already too small to matter.",
)
print("all weight on one layer: distance to the painting's Gram matrix in each")
for layer in layers:
    print(f"  {layer}: " + ", ".join(f"{n} {v:.4f}" for n, v in zip(layers, alone[layer]["style"], strict=True)))
own = [min(layers, key=lambda one: alone[one]["style"][at]) == layer for at, layer in enumerate(layers)]
text_check(all(own), "Each layer's Gram matrix is met best where that layer has all the weight.")
text_check(
    min(alone[layer]["style"][0] for layer in layers[2:]) > 20 * alone["all"]["style"][0],
    "With all of it on one of the two deep layers, the first layer's matrix is missed by more than twenty times as "
    "much as with all four.",
)

# %% [markdown]
# The larger β/α, the farther from the photo. Up to 60 a larger β/α is nearer to the painting's Gram matrices. From 60
# on the distance to the painting hardly changes: the photo's part is already too small to matter. (That the cat is
# still there comes from the start: a hundred steps began at the photo.) There is no right value: it is a matter of
# taste, and every loss network and every way to divide the losses has other numbers.
#
# Each layer's Gram matrix is met best where that layer has all the weight. With all of it on one of the two deep
# layers, the first layer's matrix is missed by more than twenty times as much as with all four: there are strokes, and
# other colours.
#
# ## 6 · Trained, or not at all
#
# Does the network have to be trained? Take the same network with **drawn** weights (the size is right, the numbers are
# random), and reconstruct again. We measure with the trained network.

# %%
plots.picture_grid(
    [
        [sheet["content"][0], sheet["content"][3], sheet["content"][5]],
        [sheet["style"][0], sheet["style"][4], sheet["style"][5]],
    ],
    row_names=["content", "style"],
    column_names=["wanted", "trained network", "drawn weights"],
    side=1.7,
)

# %% jupyter={"source_hidden": true} tags=["hide-input"]
trained, drawn = styles["to relu4_1"]["style"], styles["untrained"]["style"]
times = [b / a for a, b in zip(trained, drawn, strict=True)]
print("distance to the painting's Gram matrices, drawn weights over trained:", ", ".join(f"{t:.1f}" for t in times))
print(
    f"distance to the photo in pixels: trained {content['relu3_3']['pixels']:.3f}, "
    f"drawn weights {content['untrained']['pixels']:.3f}"
)
text_check(
    min(times) > 4,
    "With drawn weights the painting's Gram matrices are missed by more than four times as much in every layer.",
)
text_check(
    content["untrained"]["pixels"] < content["relu3_3"]["pixels"]
    and content["untrained"]["content"][2] > 20 * content["relu3_3"]["content"][2],
    "In pixels the noisy picture is nearer to the photo; in the trained network's features it is more than twenty "
    "times as far off.",
)

# %% [markdown]
# With drawn weights the painting's Gram matrices are missed by more than four times as much in every layer. Drawn
# filters see colours and some grain; that strokes are long and bend together is what a network learns to see. Look at
# the two contents: in pixels the noisy picture is nearer to the photo; in the trained network's features it is more
# than twenty times as far off. (Both had the same number of steps. With many more, the drawn network's picture may
# become cleaner: that was not tried.)
#
# ## 7 · Style transfer, before your eyes
#
# All of it together (Gatys, Ecker, Bethge 2016), with two things that practice has found since: coarse to fine, and
# the moving average of the picture as the result. In a running notebook the picture is renewed as it forms. **Stop**
# keeps what is there. (The next cell waits until it is done or stopped.)

# %%
RECIPE = gatys.GatysConfig(
    size=96, smallest=68, steps=50, later_steps=40, style_scale=2.0, lr=0.08, content_layer="relu3_1",
    style_layers=LAYERS, style_weight=60.0, tv_weight=15.0,
)  # fmt: skip
big_face = Image.fromarray(skimage.data.chelsea()).crop((75, 0, 375, 300))
big_style = painting(256, seed=2)
in_colours = plots.as_array(gatys.recoloured(to_tensor(big_face), to_tensor(big_style)))
cat = Image.fromarray((255 * in_colours).astype(np.uint8))
terms = []


def transfer(stopped):
    """Pictures and a few words, for the widget; the losses are kept."""
    for step in gatys.paint(cat, big_style, RECIPE, stop=stopped):
        terms.append(step.losses)
        yield step.picture, f"step {step.step}, {step.size} px"


live = plots.Live(transfer)
live

# %%
result = live.result()[-1].picture.resize(big_style.size, Image.Resampling.BICUBIC)
plots.picture_grid([[cat, big_style, result]], column_names=["photo", "painting", "result"], side=3.0)

# %% jupyter={"source_hidden": true} tags=["hide-input"]
first, last = terms[0], terms[-1]
print(f"style {first['style']:.3f} → {last['style']:.4f};  content {first['content']:.3f} → {last['content']:.3f}")
text_check(last["style"] < first["style"] / 5, "The style loss falls to less than a fifth.")
text_check(last["content"] > first["content"], "The content loss, which begins at 0, rises: that is the price.")

# %% [markdown]
# The style loss falls to less than a fifth. The content loss, which begins at 0, rises: that is the price. Ninety steps
# for one small picture; a network that learns a style once needs one pass (lesson 09).
#
# ## The answer in three sentences
#
# Style lives in which channels of a trained network are active, and which of them at the same place, in shallow layers
# for colour and grain and in deeper ones for strokes. The Gram matrix keeps exactly that and forgets the positions, so
# it can be met by a picture of something else. Style transfer moves pixels until both the Gram matrices of a painting
# and the feature maps of a photo are met as well as their weights allow.
#
# ## What did not hold

# %% jupyter={"source_hidden": true} tags=["hide-input"]
said = {
    "A Gram matrix does not know positions": (
        f"Of a map's values it does not. But shuffled pixels change it by {permuted['relu1_1'][1]:.0%} in the first "
        "layer: within a receptive field positions count."
    ),
    "A Gram matrix is a covariance": (
        f"It is not centred: of a picture of one colour its size is {sizes['one blue'][0]:.0f}, and the covariance's "
        f"{sizes['one blue'][1]:.0f}."
    ),
    "Crossed stripes and stripes side by side: 1 against 0": (
        f"With drawn maps. In the network it was {together['crosshatch']:.2f} against {together['two halves']:.2f}: "
        "real channels are no pure detectors."
    ),
    "A deep layer keeps the photo, but for fine detail": (
        f"Of squares of 8 × 8 pixels light and dark correlate with the photo's at {coarse[0]:.2f} in the picture made "
        f"from relu1_2, and at {coarse[3]:.2f} in that from relu4_3."
    ),
    "A network with random weights does as well": (
        f"Here it missed the painting's Gram matrices by {min(times):.0f} to {max(times):.0f} times as much."
    ),
}
Markdown(
    "\n".join(
        ["| one reads | measured here |", "|---|---|", *(f"| {claim} | {answer} |" for claim, answer in said.items())]
    )
)

# %% [markdown]
# ## What holds only in this toy
#
# * The painting is drawn by rule: one kind of stroke, six colours. A painter's has many.
# * Pictures are small, 56 to 96 pixels, so a deep layer sees most of the picture at once.
# * The stored pictures come from one seed. The photo was given the painting's colours first, so that a hundred steps
#   are enough.
#
# ## Experiments
#
# Change a value and run all cells again. Cells that check the printed text then print a note and go on.
#
# 1. `TEXTURE, MOVES = ("relu1_1", "relu2_1"), 80`: take `("relu1_1",)` alone. What becomes of the strokes?
# 2. `style_weight=60.0` in section 7: set it to 6000. What is left of the cat?
# 3. `tv_weight=15.0` in section 7: set it to 0. Where does the noise come from?
#
# ## Exercise
#
# [08_gram](../exercises/08_gram/task.md) has eight pieces; three of them you have met here. Edit `exercise.py`, then
#
# ```
# python -m course_lib grade 08_gram
# ```
#
# ## What to read
#
# * Gatys, Ecker, Bethge 2016, *Image Style Transfer Using Convolutional Neural Networks*: section 2 and figure 1.
# * Gatys, Ecker, Bethge 2015, *Texture Synthesis Using Convolutional Neural Networks*, for the Gram matrix alone.
# * Johnson, Alahi, Fei-Fei 2016, *Perceptual Losses for Real-Time Style Transfer and Super-Resolution*, for lesson 09.
#
# **Next:** [09 · perceptual losses](09_perceptual.ipynb): can a network learn it once?

# %%
print(f"This notebook took {time.monotonic() - started:.0f} s.")
