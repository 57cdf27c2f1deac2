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
# # 00 · Start here
#
# **How does this course work?**
#
# *Losses You Can See* teaches image-to-image translation: a network looks at one picture and answers with another. What the
# network becomes is decided by one thing, the **loss** it was trained with. So the losses are the lesson.
#
# Run the cells from top to bottom (Shift + Enter). No GPU, no network connection.
#
# ## 1 · A translation, before anything else
#
# This is a label map: a drawing in twelve colours that says what is where. Blue is wall, lighter blue is window, cyan is door.

# %%
from course_lib import plots, zoo
from course_lib.data.synthetic.facade_blocks import facade_blocks

translate = zoo.load("pix2pix-facades")
size = translate.config["size"]
label_map, _ = facade_blocks(401, size=size)
label_map.resize((256, 256), resample=0)

# %% [markdown]
# `translate` is a network that was trained on 400 pairs of such maps and photos of real buildings. It has never seen this one.

# %%
answer = translate(label_map)
plots.picture_grid([[label_map, answer]], column_names=["you give", "it answers"], side=2.6)

# %% [markdown]
# Is it a good photo? Look closely: the windows sit where you asked for them, and nobody told the network what a window looks like.
# It learned that from pairs. (How well the model does, in numbers, stands on its card: `translate.card`.)
#
# ## 2 · Change the question
#
# The map is only a picture. Paint on it. Before you run the cell: what do you expect in place of the first column of windows?

# %%
from PIL import ImageDraw

from course_lib.data.palette import FACADES

colour = dict(FACADES)
edited = label_map.copy()
ImageDraw.Draw(edited).rectangle([0.02 * size, 0.3 * size, 0.28 * size, 0.95 * size], fill=colour["door"])
changed = translate(edited)
plots.picture_grid(
    [[label_map, answer, edited, changed]], column_names=["map", "answer", "your map", "new answer"], side=2
)

# %%
import numpy as np

difference = np.abs(np.asarray(changed, dtype=float) - np.asarray(answer, dtype=float)).mean(2)
painted = (np.asarray(edited) != np.asarray(label_map)).any(2)
inside, outside = difference[painted].mean(), difference[~painted].mean()
print(f"changed by {inside:.0f} of 255 where you painted, by {outside:.0f} elsewhere")
assert inside > 2 * outside

# %% [markdown]
# ## 3 · The same network, another loss
#
# Its twin has the same layers and saw the same pairs. It was trained to come as near to the photo as it can, pixel by pixel (L1),
# and with nothing else. Which of the two comes nearer to the true photos, on average? Guess before you run on.

# %%
my_guess = "the first"  # "the first" (its loss has an adversary in it) or "the twin" (L1 alone)
twin = zoo.load("pix2pix-facades-l1")
plots.picture_grid([[label_map, answer, twin(label_map)]], column_names=["map", "L1 + adversary", "L1 alone"], side=2.6)

# %%
figures = {"the first": translate.card["validation"], "the twin": twin.card["validation"]}
for name, numbers in figures.items():
    print(
        f"{name:10} distance to the true photo (L1) {numbers['l1']:.3f}   fine detail, real photos = 1: {numbers['sharpness']:.2f}"
    )
nearer = min(figures, key=lambda name: figures[name]["l1"])
print(f"nearer: {nearer}; you guessed {my_guess}")
assert nearer == "the twin"
assert figures["the twin"]["sharpness"] < figures["the first"]["sharpness"]

# %% [markdown]
# **The blurry one is nearer to the truth, and it is the right answer to the question it was asked.** If that bothers you, good. Lesson
# 06 shows why and what to do about it. This is how the whole course goes: a loss is a question, and networks answer the question
# you asked, not the one you meant.
#
# ## 4 · The map of lessons
#
# One question each. The mark says whether the lesson is in this folder; the cell looks, so it cannot be out of date.

# %%
from IPython.display import Markdown

from course_lib.paths import course_root

LESSONS = """
00_start_here      | how does this course work?
01_game            | how can a network learn a distribution nobody wrote down?
02_gradients       | why did CycleGAN throw away the logarithm?
03_collapse        | why does the generator keep giving the same answer?
04_conditioning    | how do we tell the generator what we want?
05_averaging       | why is regression blurry and a GAN sharp?
06_pix2pix         | how do we translate with pairs?
07_cyclegan        | how do we translate without pairs?
08_gram            | where does style live in a network?
09_perceptual      | can a network learn style transfer once?
10_alternatives    | what did the alternatives give up?
11_successors      | what did the successors change?
12_augmentation    | does generated data help?
13_video           | what does translation need for video?
14_deepfakes       | what can go wrong, and what can we do?
"""
rows = [[cell.strip() for cell in line.split("|")] for line in LESSONS.strip().splitlines()]
here = {path.stem for path in (course_root() / "notebooks").glob("*.ipynb")} | {"00_start_here"}
lines = [
    f"| {'●' if stem in here else '○'} | {f'[{stem}]({stem}.ipynb)' if stem in here else stem} | {question} |"
    for stem, question in rows
]
Markdown("\n".join(["| | lesson | question |", "|---|---|---|", *lines, "", "● here   ○ still to be written"]))

# %% [markdown]
# 00–09 are the core, in this order. 10–14 complete the course. Each lesson has the same rhythm: a question, **your guess**, a
# derivation, a picture, a number, what did *not* hold, an exercise, what to read. Every number in a lesson is computed, in the
# notebook or by a stored benchmark that it cites. When a number stops supporting its sentence, the notebook fails.
#
# ## 5 · Three ways to use the course
#
# | you want to | do |
# |---|---|
# | understand | the **lessons**: `python dev.py lab`, or open the notebooks in any Jupyter |
# | play | the **app**: `python dev.py demo` opens a page where you paint maps and translate them |
# | know whether you understood | the **grader**: edit `exercises/NN_name/exercise.py`, then `python -m course_lib grade NN_name`. It names your mistake |
#
# And if you have a GPU and pictures of your own: `python -m course_lib train pix2pix --help`.

# %%
folder = course_root() / "exercises"
print("exercises here:", ", ".join(sorted(path.name for path in folder.glob("[0-9]*"))) or "none yet")
print("trained models here:", ", ".join(zoo.names()))

# %% [markdown]
# ## 6 · What each loss is for
#
# | loss | the question it asks | gives you | lessons |
# |---|---|---|---|
# | L1, L2 | how far is each pixel from *this* truth? | colours and layout in place; blur wherever there are many truths | 05, 06 |
# | adversarial | could this be real? | detail that looks right; nobody promises that it *is* right | 01, 02 |
# | conditional adversarial | could this be real *for this input*? | the same, tied to the input | 04, 06 |
# | cycle | can the way back find the original? | translation without pairs, up to an exchange of meanings | 03, 07 |
# | identity | does the translator leave alone what needs no change? | colours that stay | 07 |
# | content (features) | does a trained network see the same things? | layout without pixel-exactness | 08, 09 |
# | style (Gram) | do the same features occur together as often? | texture, brush strokes | 08, 09 |
# | total variation | is it smooth? | less noise | 09 |
#
# They are short. Each is a function of the library: tensors in, one number out.

# %%
import torch

from course_lib import losses

real = torch.tensor([-4.11, 0.85, -5.54])  # D's scores of three real pictures: it is badly wrong
fake = torch.tensor([0.50, 2.14, -1.21, -0.69, 0.02])  # and of five fakes
values = {
    "bce_discriminator_loss": losses.bce_discriminator_loss(real, fake),
    "bce_generator_loss": losses.bce_generator_loss(fake),
    "lsgan_discriminator_loss": losses.lsgan_discriminator_loss(real, fake),
    "hinge_discriminator_loss": losses.hinge_discriminator_loss(real, fake),
    "wasserstein_discriminator_loss": losses.wasserstein_discriminator_loss(real, fake),
}
for name, value in values.items():
    print(f"{name:32} {value:8.4f}")
assert abs(values["bce_discriminator_loss"] - 4.2612) < 1e-4  # worked by hand in the conventions

# %% [markdown]
# Can you get the first number with pen and paper? Its formula is mean softplus(−r) + mean softplus(f), with
# softplus(t) = log(1 + eᵗ). Exercises begin like this.
#
# ## 7 · Words, English and Korean
#
# | English | 한국어 | in one line |
# |---|---|---|
# | image-to-image translation | 이미지 간 변환 | one picture in, another out |
# | generator | 생성자 | makes pictures |
# | discriminator | 판별자 | judges whether they could be real |
# | loss function | 손실 함수 | the question a network is trained to answer |
# | adversarial loss | 적대적 손실 | the loss that the other network is |
# | logits | 로짓 | raw scores, before any sigmoid |
# | real / fake | 진짜 / 가짜 | from the data / from the generator |
# | condition | 조건 | what the generator is told |
# | paired / unpaired | 짝이 있는 / 짝이 없는 | whether each input comes with its truth |
# | ground truth | 정답 | the truth that came with the input |
# | self-supervised | 자기지도 | the picture is its own teacher |
# | mean / median | 평균 / 중앙값 | what L2 / L1 answers |
# | vanishing gradient | 기울기 소실 | nothing left to learn from |
# | mode collapse | 모드 붕괴 | always the same few answers |
# | encoder / decoder | 인코더 / 디코더 | picture to features / back |
# | bottleneck | 병목 | the narrowest place between them |
# | skip connection | 스킵 연결 | the wire around the bottleneck |
# | residual block | 잔차 블록 | adds a change to its input |
# | feature map | 특징 맵 | one channel of a layer, laid out in space |
# | receptive field | 수용 영역 | what one output value can see |
# | patch | 패치 | the square that one verdict is about |
# | dropout | 드롭아웃 | random silence; here it is the noise |
# | batch / instance normalisation | 배치 / 인스턴스 정규화 | statistics over the batch / over one picture |
# | transposed convolution | 전치 합성곱 | one way to enlarge; leaves a grid if careless |
# | checkerboard artefact | 체커보드 아티팩트 | that grid |
# | cycle consistency | 순환 일관성 | there and back is where you were |
# | identity loss | 항등 손실 | do not change what is already right |
# | replay buffer ("history") | 리플레이 버퍼 | old fakes, shown to D again |
# | Gram matrix | 그람 행렬 | which features occur together |
# | content / style loss | 콘텐츠 / 스타일 손실 | same things / same texture |
# | feature reconstruction loss | 특징 복원 손실 | content loss, as Johnson calls it |
# | perceptual loss | 지각 손실 | distance in a network's features |
# | total variation | 총변동 | how rough a picture is |
# | super-resolution | 초해상도 | small picture in, large one out |
# | segmentation | 분할 | photo in, label map out |
# | learning rate | 학습률 | the size of a step |
# | checkpoint | 체크포인트 | all that is needed to go on |
# | overfitting | 과적합 | right on what was seen, wrong on the rest |
#
# ## Next
#
# In the core's order, lesson 01. If you came for pictures, lesson 06 stands on its own. If a cell fails, read the last line of its
# message: it says what is wrong and what to do.
