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
# # 00 · Start here
#
# **How does this course work?**
#
# | | |
# |---|---|
# | you need | to run a cell of a notebook (Shift + Enter). No mathematics before section 6 |
# | time | 40 minutes with your own answers |
# | | the cells alone: less than half a minute on two CPU cores, without a network |
# | difficulty | ★☆☆ |
# | exercise | none of its own; two cells below use the graders of lessons 01 and 02 |
# | in the app | `python dev.py demo`, then: |
# | | [translate a label map](http://127.0.0.1:7860/?tab=pix2pix) |
# | next lesson | [01 · A game of two networks](01_game.ipynb) |
#
# **Terms** (all of them are below, in section 7)
#
# | English | 한국어 | meaning |
# |---|---|---|
# | image-to-image translation | 이미지 간 변환 | one picture in, another out |
# | loss function | 손실 함수 | the number that training makes small |
# | generator (G) | 생성자 | makes pictures |
# | discriminator (D) | 판별자 | a network that is trained to tell real from generated |
# | paired / unpaired | 짝이 있는 / 짝이 없는 | whether each input comes with its truth |
# | label map | 레이블 맵 | a picture that names the class of each pixel |
# | L1 / L2 | L1 / L2 손실 | mean absolute / squared difference |
#
# *Losses You Can See* teaches image-to-image translation: a network is given one picture and answers with another. What
# the network learns depends above all on the **loss** that it was trained with. So this course is about losses.
#
# Run the cells from top to bottom. No GPU and no network connection are needed.
#
# ## 1 · A translation first
#
# This is a label map: a drawing in twelve colours that says what is where. Blue is wall, lighter blue is window, cyan
# is door.

# %%
from course_lib import plots, zoo
from course_lib.data.synthetic.facade_blocks import facade_blocks
from course_lib.lessons import text_check

translate = zoo.load("pix2pix-facades")
size = translate.config["size"]
label_map, _ = facade_blocks(401, size=size)
label_map.resize((256, 256), resample=0)

# %% [markdown]
# `translate` is a network that was trained on 400 pairs of such maps and photos of real buildings. This map was not
# among them.

# %%
answer = translate(label_map)
plots.picture_grid([[label_map, answer]], column_names=["you give", "it answers"], side=3.2)

# %% [markdown]
# Is it a good photo? Look closely: the windows are where you asked for them, and nobody wrote down what a window looks
# like. The network learned it from the pairs. (How well it does, in numbers, is on its card: `translate.card`.)
#
# ## 2 · Change the map
#
# The map is only a picture, so you can paint on it. Before you run the cell: what do you expect in place of the first
# column of windows?

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
text_check(inside > 2 * outside, "the answer changes more than twice as much where you painted as elsewhere")

# %% [markdown]
# The answer changes more than twice as much inside the painted rectangle as outside. Outside it changes too: each
# output pixel depends on a large part of the map.
#
# ### A slider: how wide is the door?
#
# (In the stored notebook you see one position.)


# %%
def with_door(right):
    """The map with a door from the left edge to ``right`` (a share of the width), and its answer."""
    painted_map = label_map.copy()
    ImageDraw.Draw(painted_map).rectangle([0.02 * size, 0.3 * size, right * size, 0.95 * size], fill=colour["door"])
    return plots.picture_grid([[painted_map, translate(painted_map)]], column_names=["map", "answer"], side=2.6)


plots.Slider(with_door, [0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 0.98], start=0.4, label="right edge of the door")

# %% [markdown]
# ## 3 · The same network, another loss
#
# A second network, its twin, has the same layers and saw the same pairs. It was trained to come as near to the photo as
# it can, pixel by pixel (L1), and with nothing else. Which of the two comes nearer to the true photos, on average over
# 100 photos that neither has seen? Replace `None` by your guess.

# %%
my_guess = {"nearer to the true photo": None}  # "the first" (L1 + adversary) or "the twin" (L1 alone)
# Where there is one question, this will do as well: my_guess = "the first"
twin = zoo.load("pix2pix-facades-l1")
plots.picture_grid([[label_map, answer, twin(label_map)]], column_names=["map", "L1 + adversary", "L1 alone"], side=2.8)

# %%
figures = {"the first": translate.card["validation"], "the twin": twin.card["validation"]}
for name, numbers in figures.items():
    print(
        f"{name:10} distance to the true photo (L1) {numbers['l1']:.3f}   high-frequency power, real photos = 1: "
        f"{numbers['sharpness']:.2f}"
    )
plots.compare_guesses(my_guess, {"nearer to the true photo": min(figures, key=lambda name: figures[name]["l1"])})

# %% jupyter={"source_hidden": true} tags=["hide-input"]
text_check(figures["the twin"]["l1"] < figures["the first"]["l1"], "the blurry one is nearer to the true photos")
text_check(
    figures["the twin"]["sharpness"] < 0.1 and figures["the first"]["sharpness"] > 0.5,
    "the twin is blurred, the first is not",
)

# %% [markdown]
# **The blurry one is nearer to the true photos.** It was trained to be near, and to nothing else. If that surprises
# you: lesson 06 shows why, and what to do about it. A network becomes good at what its loss measures, which is not
# always what you wanted.
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
# 00–09 are the core, in this order. 10–14 complete the course. Each lesson has the same order: a question, **your
# guess**, a derivation, a picture, a number, functions that you write yourself, an answer in three sentences, what did
# *not* hold, an exercise, what to read. Every number in a lesson is computed, in the notebook or by a stored benchmark
# that it cites, and the sentences about numbers are checked. If you change a parameter and a sentence no longer fits,
# you get a note and can go on.
#
# ## 5 · Three ways to use the course
#
# | you want to | do |
# |---|---|
# | understand | the **lessons**: `python dev.py lab`, or open the notebooks in any Jupyter |
# | play | the **app**: `python dev.py demo` opens a page where you paint maps and translate them |
# | check what you understood | the **grader**: edit `exercises/NN_name/exercise.py`, then |
# | | `python -m course_lib grade NN_name`. It names your mistake |
#
# And if you have a GPU and pictures of your own: `python -m course_lib train pix2pix --help`.

# %%
folder = course_root() / "exercises"
print("exercises here:", ", ".join(sorted(path.name for path in folder.glob("[0-9]*"))) or "none yet")
print("trained models here:", ", ".join(zoo.names()))

# %% [markdown]
# ## 6 · What each loss is for
#
# | loss | what it measures | what it gives | lessons |
# |---|---|---|---|
# | L1, L2 | how far is each pixel from *this* truth? | colours in place; blur where many answers are right | 05, 06 |
# | adversarial | could this be real? | detail that looks right; it need not *be* right | 01, 02 |
# | conditional adversarial | could this be real *for this input*? | the same, tied to the input | 04, 06 |
# | cycle | can the way back find the original? | translation without pairs, up to an exchange of modes | 03, 07 |
# | identity | does the translator leave alone what needs no change? | colours that stay | 07 |
# | content (features) | does a trained network compute the same features? | layout without pixel-exactness | 08, 09 |
# | style (Gram) | do the same features occur together as often? | texture, brush strokes | 08, 09 |
# | total variation | is it smooth? | less noise | 09 |
#
# Each loss is a short function of the library: tensors in, one number out.

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
text_check(abs(values["bce_discriminator_loss"] - 4.2612) < 1e-4, "the first number is 4.2612, as worked by hand")

# %% [markdown]
# ### Your turn: two losses
#
# The first number: mean softplus(−r) + mean softplus(f), with softplus(t) = log(1 + eᵗ); in PyTorch
# `torch.nn.functional.softplus`. Write it, and run the cell. The card says what it found. Until you write something it
# says that the function is still empty.

# %%
from course_lib.grading import check


def discriminator_loss(real_logits, fake_logits):
    """Binary cross-entropy on logits: mean over the reals plus mean over the fakes. No ½."""
    raise NotImplementedError  # your lines here


check("01.discriminator_loss", discriminator_loss)

# %% [markdown]
# <details><summary>Answer</summary>
#
# ```python
# def discriminator_loss(real_logits, fake_logits):
#     of_reals = torch.nn.functional.softplus(-real_logits).mean()
#     of_fakes = torch.nn.functional.softplus(fake_logits).mean()
#     return of_reals + of_fakes
# ```
#
# </details>
#
# The third number: least squares asks D for a score of 1 on reals and 0 on fakes: mean (r − 1)² + mean f².


# %%
def least_squares_discriminator_loss(real_scores, fake_scores):
    """mean (r − 1)² + mean f². No ½."""
    raise NotImplementedError  # your lines here


check("02.least_squares_discriminator_loss", least_squares_discriminator_loss)

# %% [markdown]
# <details><summary>Answer</summary>
#
# ```python
# def least_squares_discriminator_loss(real_scores, fake_scores):
#     of_reals = (real_scores - 1).square().mean()
#     of_fakes = fake_scores.square().mean()
#     return of_reals + of_fakes
# ```
#
# </details>
#
# ## 7 · Words, English and Korean
#
# ### Networks and training
#
# | English | 한국어 | in one line |
# |---|---|---|
# | image-to-image translation | 이미지 간 변환 | one picture in, another out |
# | generator (G) | 생성자 | makes pictures |
# | discriminator (D) | 판별자 | a network that is trained to tell real from generated |
# | classifier | 분류기 | a network that says which class a picture belongs to |
# | real / fake | 진짜 / 가짜 | from the data / from the generator |
# | latent, noise (z) | 잠재 변수, 잡음 | the random numbers that a generator starts from |
# | logit, score | 로짓, 점수 | D's raw output, before any sigmoid |
# | sigmoid | 시그모이드 | turns a logit into a number between 0 and 1 |
# | parameter, weight | 매개변수, 가중치 | a number that training changes |
# | learning rate | 학습률 | the size of a step |
# | optimiser, Adam | 옵티마이저, 아담 | the rule that turns gradients into steps; Adam divides by their usual size |
# | gradient descent | 경사 하강법 | a step against the gradient |
# | gradient, slope | 기울기 | how a loss changes when its input changes a little |
# | Jacobian | 야코비 행렬 | the slopes of a network's outputs in its inputs |
# | `detach` | 그래프에서 분리 | the gradient stops here |
# | seed | 시드 | the number that fixes all random numbers of a run |
# | checkpoint | 체크포인트 | all that is needed to continue a training |
# | overfitting | 과적합 | right on what was seen, wrong on the rest |
# | baseline | 기준 모델 | the simple method that a new one is compared with |
# | confidence interval | 신뢰 구간 | where the true value probably lies; if two overlap the order is undecided |
# | ablation | 절제 실험 | one part is left out, to see what it does |
# | sign test | 부호 검정 | how often fair coins would be as one-sided as the wins over seeds |
#
# ### Losses and penalties
#
# | English | 한국어 | in one line |
# |---|---|---|
# | loss function | 손실 함수 | the number that training makes small |
# | weight of a loss (λ) | 손실 가중치 | what a loss is multiplied with before losses are added |
# | L1 / L2 | L1 / L2 손실 | mean absolute / squared difference |
# | mean / median | 평균 / 중앙값 | the answer that L2 / L1 makes best |
# | regression | 회귀 | training on an error between the answer and the truth |
# | content loss (super-resolution) | 콘텐츠 손실 | squared difference to the truth, in pixels or in features |
# | adversarial loss | 적대적 손실 | the loss that comes from the discriminator |
# | minimax value | 미니맥스 값 | the number that D makes large and G makes small |
# | cross-entropy | 교차 엔트로피 | minus the logarithm of the probability of the truth |
# | saturating / non-saturating loss | 포화 / 비포화 손실 | G's two logarithms: log(1 − D) / −log D |
# | least squares (LSGAN) | 최소제곱 | squares in place of logarithms |
# | hinge loss | 힌지 손실 | no loss beyond a margin |
# | Wasserstein loss | 바서슈타인 손실 | the difference of D's mean scores |
# | WGAN-GP | WGAN-GP | the Wasserstein loss with a gradient penalty |
# | saturated | 포화된 | where a function is nearly flat, such as the ends of tanh |
# | vanishing gradient | 기울기 소실 | a gradient too small to learn from |
# | outlier | 이상치 | a sample far from the others |
# | gradient penalty | 기울기 페널티 | D pays for a slope other than a wanted one |
# | R1 penalty (γ) | R1 페널티 | a gradient penalty: D pays for any slope at real samples |
# | spectral norm | 스펙트럼 노름 | a matrix's largest singular value; dividing by it limits D's slope |
# | packing | 패킹 | D sees several samples at once |
# | instance noise | 인스턴스 노이즈 | noise added to all that D sees |
# | cycle consistency | 순환 일관성 | there and back gives the original |
# | identity loss | 항등 손실 | do not change what is already right |
# | content / style loss | 콘텐츠 / 스타일 손실 | same features / same texture |
# | feature reconstruction loss | 특징 복원 손실 | content loss, as Johnson calls it |
# | perceptual loss | 지각 손실 | a distance in a network's features |
# | image transform net | 이미지 변환 네트워크 | the network that learns a style: a photo in, a stylised picture out |
# | loss network | 손실 네트워크 | a trained network that only measures; its weights never change |
# | Gram matrix | 그람 행렬 | which features occur together |
# | total variation | 총변동 | how much neighbouring pixels differ |
#
# ### Distributions and measures
#
# | English | 한국어 | in one line |
# |---|---|---|
# | distribution, density | 분포, 밀도 | how often values occur |
# | marginal distribution | 주변 분포 | the outputs taken all together, without their inputs |
# | KL divergence | KL 발산 | the mean of log(p/q) under p |
# | Jensen–Shannon (JS) divergence | 젠슨–섀넌 발산 | mean KL divergence of p and q from their average; 0 to log 2 |
# | energy distance | 에너지 거리 | from the distances between and within two sets of points; 0 if equal |
# | mode | 최빈값(모드) | a place where the data are dense |
# | mode collapse | 모드 붕괴 | modes are missing, or one answer for all inputs |
# | coverage | 커버리지 | how many modes get samples |
# | permutation, bijection | 순열, 일대일 대응 | an exchange in which nothing is lost |
# | PSNR | 최대 신호 대 잡음비 | mean squared error on a logarithmic scale (dB); higher is nearer |
# | SSIM | 구조적 유사도 | compares means, contrasts and patterns of small windows; 1 is equal |
# | perceptual distance | 지각 거리 | distance in the features of a trained network |
# | perception–distortion trade-off | 지각–왜곡 절충 | an answer cannot be nearest to the truth and look real |
# | Wasserstein distance | 바서슈타인 거리 | how far one distribution has to be moved to become the other |
# | KID | 커널 인셉션 거리 | a distance between two sets of pictures, in a network's features |
# | high-frequency power | 고주파 전력 | power of patterns finer than 4 pixels, relative to real photos |
# | Fourier spectrum, high frequency | 푸리에 스펙트럼, 고주파 | how much of a picture changes from pixel to pixel |
#
# ### Pictures and conditions
#
# | English | 한국어 | in one line |
# |---|---|---|
# | conditional GAN | 조건부 GAN | G and D are both told the condition |
# | condition | 조건 | what the generator is told |
# | label map | 레이블 맵 | a picture that names the class of each pixel |
# | one-hot | 원-핫 | a class as a vector with a single 1 |
# | embedding | 임베딩 | a class as a learned vector |
# | projection discriminator | 투영 판별자 | D adds an inner product with the class's vector to its score |
# | distance field | 거리장 | every pixel says how far away the line is |
# | paired / unpaired | 짝이 있는 / 짝이 없는 | whether each input comes with its truth |
# | domain | 도메인 | a set of pictures of one kind |
# | ground truth | 정답 | the truth that came with the input |
# | self-supervised | 자기지도 | the pairs are made from the pictures themselves |
# | encoder / decoder | 인코더 / 디코더 | picture to features / back |
# | bottleneck | 병목 | the layer with the fewest numbers between them |
# | skip connection | 스킵 연결 | features passed around the bottleneck |
# | U-Net | U-Net | encoder and decoder with skip connections |
# | residual block | 잔차 블록 | adds a change to its input |
# | feature map | 특징 맵 | one channel of a layer, laid out in space |
# | receptive field | 수용 영역 | the input pixels that one output value depends on |
# | patch | 패치 | the square that one of D's scores is about |
# | patch discriminator | 패치 판별자 | D gives one score for each square of the picture |
# | dropout | 드롭아웃 | random features set to zero; in pix2pix it is the noise |
# | batch / instance normalisation | 배치 / 인스턴스 정규화 | by statistics of the batch / of one picture |
# | transposed convolution | 전치 합성곱 | one way to enlarge; can leave a grid |
# | checkerboard artefact | 체커보드 아티팩트 | that grid |
# | replay buffer ("history") | 리플레이 버퍼 | earlier fakes, shown to D again |
# | moving average of weights (EMA) | 가중치 이동 평균 | an average over the last steps, used for the final model |
# | super-resolution | 초해상도 | small picture in, large one out |
# | pixel shuffle | 픽셀 셔플 | channels become pixels: (C·r², H, W) → (C, r·H, r·W) |
# | bicubic interpolation | 쌍삼차 보간 | enlarges by smooth curves through the pixels; adds nothing |
# | luma | 루마 | brightness as television weights it; the Y of the benchmarks |
# | colouring | 채색 | grey picture in, coloured one out |
# | segmentation | 분할 | photo in, label map out |
#
# ## The answer in three sentences
#
# Each lesson asks one question, lets you guess, measures the answer, and lets you write the important lines yourself; a
# card tells you what was right. The app lets you try the trained models, and the grader checks the exercises. All
# lessons are about the same idea: a network becomes good at what its loss measures.
#
# ### What did not hold
#
# *"The sharper picture is the nearer one."* On 100 photos the blurred answers were nearer to the true photo, in mean
# absolute difference.
#
# ### What holds only in this toy
#
# The two networks are small (128 × 128 pixels, 400 pairs, about an hour on one processor), and the maps of this lesson
# are drawn by a rule. How far a translation network can be trained is another question; that the L1 loss prefers blur
# is not a matter of size (lessons 05 and 06).
#
# ## Next
#
# In the core's order: [lesson 01](01_game.ipynb). If you came for pictures: [lesson 06](06_pix2pix.ipynb) can be read
# on its own. If a cell fails, read the last line of its message: it says what is wrong and what to do.
