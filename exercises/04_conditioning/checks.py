"""What exercise 04 grades, and how it looks at each function. No expected value is in here: they come from the solution."""

import torch
from torch import Tensor, nn

from course_lib.grading.checks import Case, Check, Exercise
from course_lib.grading.tools import Complaint, leaf, picture, picture_like, random_tensor, scalar, several, slopes

# -------------------------------------------------------------------------------------------- a label becomes numbers


def two_labels(seed: int) -> dict[str, Tensor]:
    """The example of task.md (seed 0): the last class does not occur."""
    return {"labels": torch.tensor([2, 0]), "classes": torch.tensor(4 + seed % 3)}


def seven_labels(seed: int) -> dict[str, Tensor]:
    """More labels than classes, the first and the last class among them."""
    labels = torch.tensor([1, 2, 0, 2, 1, 2, 0])
    if seed:
        labels = labels[torch.randperm(7, generator=torch.Generator().manual_seed(seed))]
    return {"labels": labels, "classes": torch.tensor(3)}


def run_one_hot(answer, given):
    rows = picture_like(answer(given["labels"], int(given["classes"])), "the rows of zeros and ones")
    return {"value": rows.double()}  # floats or whole numbers, as you like


def small_map(seed: int) -> dict[str, Tensor]:
    """The example of task.md (seed 0)."""
    return {"labels": torch.tensor([1]), "classes": torch.tensor(3), "size": torch.tensor([2, 2 + seed % 2])}


def wide_maps(seed: int) -> dict[str, Tensor]:
    """Four labels, three classes, 2×5 pixels: all different."""
    labels = torch.tensor([2, 0, 1, 2]).roll(seed)
    return {"labels": labels, "classes": torch.tensor(3), "size": torch.tensor([2, 5])}


def run_maps(answer, given):
    height, width = given["size"].tolist()
    maps = picture_like(answer(given["labels"], int(given["classes"]), height, width), "the maps")
    return {"value": maps.double()}


def one_noise(seed: int) -> dict[str, Tensor]:
    """The example of task.md (seed 0)."""
    noise = torch.tensor([[0.3, -1.2 + 0.1 * (seed % 9)]], dtype=torch.float64)
    return {"noise": noise, "labels": torch.tensor([1]), "classes": torch.tensor(3)}


def five_noises(seed: int) -> dict[str, Tensor]:
    """As many numbers as classes, so that whatever is joined or added wrongly gives a number."""
    labels = torch.tensor([3, 0, 2, 3, 1]).roll(seed)
    return {"noise": random_tensor(seed + 1, 5, 4), "labels": labels, "classes": torch.tensor(4)}


def run_generator_input(answer, given):
    return {"value": picture_like(answer(given["noise"], given["labels"], int(given["classes"])), "what G is given")}


def four_classes(seed: int) -> dict[str, Tensor]:
    labels = torch.tensor([3, 0]) if seed % 2 == 0 else torch.tensor([1, 3])
    return {"pictures": picture(seed + 2, 2, 3, 4, 5), "labels": labels, "classes": torch.tensor(4)}


def classes_as_channels(seed: int) -> dict[str, Tensor]:
    """As many classes as channels, so that whatever is joined or added wrongly gives a number."""
    labels = torch.tensor([2, 0, 1, 2]).roll(seed)
    return {"pictures": picture(seed + 3, 4, 3, 2, 5), "labels": labels, "classes": torch.tensor(3)}


def run_discriminator_input(answer, given):
    joined = answer(given["pictures"], given["labels"], int(given["classes"]))
    return {"value": picture_like(joined, "what D is given")}


def one_feature_vector(seed: int) -> dict[str, Tensor]:
    """The example of task.md (seed 0)."""
    vectors = torch.tensor([[0.7, 0.2, 0.4], [0.1, 0.0, -1.0 - 0.1 * (seed % 9)]], dtype=torch.float64)
    return {
        "unconditional": torch.tensor([[0.5]], dtype=torch.float64),
        "features": torch.tensor([[1.0, 2.0, 3.0]], dtype=torch.float64),
        "labels": torch.tensor([1]),
        "embedding": vectors,
    }


def five_feature_vectors(seed: int) -> dict[str, Tensor]:
    return {
        "unconditional": random_tensor(seed + 4, 5, 1, shift=0.6),
        "features": random_tensor(seed + 5, 5, 4, shift=0.3),
        "labels": torch.tensor([2, 0, 1, 2, 2]).roll(seed),
        "embedding": random_tensor(seed + 6, 3, 4, shift=-0.2),
    }


def run_projection(answer, given):
    score, features, table = leaf(given["unconditional"]), leaf(given["features"]), leaf(given["embedding"])
    scores = picture_like(answer(score, features, given["labels"], table), "the scores")
    loss = scores.square().sum()
    return {"value": scores, **slopes(loss, unconditional=score, features=features, embedding=table)}


# ---------------------------------------------------------------------------------------------------- two players


def whole_labels(labels, count: int, classes: int, who: str, what: str) -> Tensor:
    """The labels as a network of this exercise takes them, or a complaint."""
    if not isinstance(labels, Tensor) or labels.is_floating_point() or labels.ndim != 1:
        form = f"of shape {tuple(labels.shape)}" if isinstance(labels, Tensor) else f"as a {type(labels).__name__}"
        raise Complaint(f"gives {who} labels {form}; it takes whole numbers, shape (B,), one for each of the {what}.")
    if len(labels) != count:
        raise Complaint(f"gives {who} {len(labels)} label{'s' * (len(labels) != 1)} for {count} {what}.")
    if any(not 0 <= int(label) < classes for label in labels):
        raise Complaint(f"gives {who} a label that is no class; they go from 0 to {classes - 1}.")
    return labels


class LabelCritic(nn.Module):
    """A discriminator that sees the label: logits (B, 1), curved, another function of the picture for each of four classes."""

    def __init__(self, weight: Tensor, table: Tensor) -> None:
        super().__init__()
        self.weight, self.table = nn.Parameter(weight.detach().clone()), nn.Parameter(table.detach().clone())
        self.shown: list[Tensor] = []

    def forward(self, pictures: Tensor, labels: Tensor) -> Tensor:
        labels = whole_labels(labels, len(pictures), len(self.table), "the discriminator", "pictures")
        self.shown.append(labels.detach().clone())
        mixed = pictures.flatten(1) @ self.weight
        curved = mixed + 0.4 * torch.sin(2 * mixed)
        return (curved * self.table[labels]).sum(dim=1, keepdim=True) + self.table[labels].sum(dim=1, keepdim=True)

    def seen(self) -> Tensor:
        """All labels that it was shown, in order."""
        return torch.cat(self.shown) if self.shown else torch.zeros(0, dtype=torch.long)


class LabelGenerator(nn.Module):
    """A generator that sees the label: pictures (B, 2, 3, 4) from (B, 5) noises."""

    def __init__(self, weight: Tensor, table: Tensor) -> None:
        super().__init__()
        self.weight, self.table = nn.Parameter(weight.detach().clone()), table
        self.given: list[Tensor] = []

    def forward(self, noise: Tensor, labels: Tensor) -> Tensor:
        labels = whole_labels(labels, len(noise), len(self.table), "the generator", "noises")
        self.given.append(labels.detach().clone())
        return torch.tanh(noise @ self.weight + self.table[labels]).unflatten(1, (2, 3, 4))


def _pairs(seed: int, fakes: int) -> dict[str, Tensor]:
    return {
        "real": picture(seed + 10, 4, 2, 3, 4),
        "real_labels": torch.tensor([2, 0, 3, 3]).roll(seed),
        "wrong_labels": torch.tensor([1, 2, 0, 2]).roll(seed),
        "fake": picture(seed + 11, fakes, 2, 3, 4),
        "fake_labels": torch.tensor([1, 3, 1])[:fakes] if fakes < 4 else torch.tensor([1, 1, 0, 2]),
        "critic": random_tensor(seed + 12, 24, 3, scale=0.35),
        "table": random_tensor(seed + 13, 4, 3, shift=0.2),
    }


def equal_pairs(seed: int) -> dict[str, Tensor]:
    return _pairs(seed, 4)


def unequal_pairs(seed: int) -> dict[str, Tensor]:
    return _pairs(seed + 20, 3)


def _run_conditional(answer, given):
    critic, fake = LabelCritic(given["critic"], given["table"]), leaf(given["fake"])
    loss = scalar(answer(critic, given["real"], given["real_labels"], fake, given["fake_labels"]))
    return critic, fake, loss


def _judged_by(critic: LabelCritic, loss: Tensor):
    return {
        "value": loss,
        "slope for the discriminator": slopes(loss, w=critic.weight)["slope for w"],
        "seen: labels that the discriminator was shown": critic.seen(),
    }


def run_conditional(answer, given):
    critic, _, loss = _run_conditional(answer, given)
    return _judged_by(critic, loss)


def run_conditional_cut(answer, given):
    _, fake, loss = _run_conditional(answer, given)
    return {"value": loss, "slope for the generator's pictures": slopes(loss, w=fake)["slope for w"]}


def _run_matching(answer, given):
    critic, fake = LabelCritic(given["critic"], given["table"]), leaf(given["fake"])
    labels = given["real_labels"], given["wrong_labels"]
    return critic, fake, scalar(answer(critic, given["real"], *labels, fake, given["fake_labels"]))


def run_matching(answer, given):
    critic, _, loss = _run_matching(answer, given)
    return _judged_by(critic, loss)


def run_matching_cut(answer, given):
    _, fake, loss = _run_matching(answer, given)
    return {"value": loss, "slope for the generator's pictures": slopes(loss, w=fake)["slope for w"]}


def six_noises(seed: int) -> dict[str, Tensor]:
    return {
        "noise": random_tensor(seed + 30, 6, 5),
        # What draw_labels gives at its first, second and third call.
        "draws": torch.tensor([[3, 0, 2, 2, 1, 3, 0, 1], [1, 2, 0, 3, 0, 2, 2, 3], [0, 3, 1, 1, 2, 0, 3, 2]]).roll(
            seed, dims=1
        ),
        "generator": random_tensor(seed + 31, 5, 24, scale=0.5),
        "generator_table": random_tensor(seed + 32, 4, 24, scale=0.6),
        "critic": random_tensor(seed + 33, 24, 3, scale=0.35),
        "table": random_tensor(seed + 34, 4, 3, shift=-0.5),
    }


def run_generator_loss(answer, given):
    generator = LabelGenerator(given["generator"], given["generator_table"])
    critic, calls = LabelCritic(given["critic"], given["table"]), []

    def draw_labels(count):
        calls.append(count)
        if not isinstance(count, int) or not 0 < count <= 8 or len(calls) > 3:
            raise Complaint("should draw the labels once, as many as there are noises: draw_labels(len(noise)).")
        return given["draws"][len(calls) - 1, :count].clone()

    loss = scalar(answer(generator, critic, given["noise"], draw_labels))
    return {
        "value": loss,
        "slope for the generator": slopes(loss, w=generator.weight)["slope for w"],
        "seen: labels that the generator was given": torch.cat(generator.given) if generator.given else torch.zeros(0),
        "seen: labels that the discriminator was shown": critic.seen(),
    }


# ------------------------------------------------------------------------------------------------------- wrong labels

EACH = 4000  # labels a class: chance moves a share by 0.008 (one deviation), a fifth of what it is rounded to


def many_labels(seed: int) -> dict[str, Tensor]:
    classes = 3 if seed % 2 else 4
    shuffled = torch.randperm(classes * EACH, generator=torch.Generator().manual_seed(seed + 40))
    return {
        "labels": torch.arange(classes).repeat(EACH)[shuffled],
        "classes": torch.tensor(classes),
        "seed": torch.tensor(seed + 41),
    }


def _twelfths(share: Tensor) -> Tensor:
    """Rounded so far that chance cannot be seen; ½, ⅓ and ¼ stay what they are."""
    return (12 * share.double()).round() / 12


def run_mismatched(answer, given):
    labels, classes = given["labels"], int(given["classes"])
    drawn = [
        picture_like(
            answer(labels, classes, torch.Generator().manual_seed(int(given["seed"]))), "the wrong labels"
        ).detach()
        for _ in range(2)
    ]
    wrong = drawn[0]
    if wrong.shape != labels.shape:
        raise Complaint(f"returns the shape {tuple(wrong.shape)}; one wrong label for each right one is wanted.")
    if wrong.is_floating_point():
        raise Complaint("returns floats; labels are whole numbers (dtype torch.long).")
    inside = (wrong >= 0) & (wrong < classes)
    pairs = torch.bincount(labels[inside] * classes + wrong[inside], minlength=classes**2).reshape(classes, classes)
    return {
        "share of labels that are no class at all": _twelfths((~inside).double().mean()),
        "smallest number of classes from a right label on to its wrong one": ((wrong - labels) % classes).min(),
        "table of shares (a row for each right label, a column for each drawn one)": _twelfths(pairs / EACH),
        "share of labels that are the same when drawn again from the same generator": _twelfths(
            (drawn[0] == drawn[1]).double().mean()
        ),
    }


# --------------------------------------------------------------------------------------------------------- did it work


def four_verdicts(seed: int) -> dict[str, Tensor]:
    """The example of task.md (seed 0)."""
    logits = torch.tensor([[2.0, 1.0], [0.5, -0.3], [-1.0, 0.4], [0.1, 3.0]], dtype=torch.float64)
    return {"logits": logits + 0.01 * (seed % 9), "wanted": torch.tensor([0, 0, 0, 1])}


def many_verdicts(seed: int) -> dict[str, Tensor]:
    """Classes asked for 9, 7, 4 and 3 times, recognised unequally well."""
    wanted = torch.tensor([0] * 9 + [1] * 7 + [2] * 4 + [3] * 3)
    logits = random_tensor(seed + 50, 23, 4)
    recognised = torch.tensor([0, 0, 0, 0, 0, 1, 1, 2, 3, 1, 1, 1, 0, 0, 2, 3, 2, 2, 2, 0, 3, 1, 0])
    logits[torch.arange(23), recognised] = logits.amax(dim=1) + 0.3
    shuffled = torch.randperm(23, generator=torch.Generator().manual_seed(seed + 51))
    return {"logits": logits[shuffled], "wanted": wanted[shuffled]}


def run_accuracy(answer, given):
    overall, by_class = several(answer(given["logits"], given["wanted"]), 2, "the shares (overall, by class)")
    if isinstance(by_class, tuple | list):
        by_class = torch.as_tensor(by_class)
    return {
        # Rounded so that it does not matter in which float the whole numbers were counted.
        "share overall": scalar(overall, "the share overall").double().round(decimals=6),
        "share of each class": picture_like(by_class, "the shares of the classes").double().round(decimals=6),
    }


def one_pixel(seed: int) -> dict[str, Tensor]:
    """The example of task.md (seed 0)."""
    return {"drawings": torch.tensor([-1.0, -1.0, 1.0 - 0.1 * (seed % 9)], dtype=torch.float64).reshape(3, 1, 1)}


def thin_lines(seed: int) -> dict[str, Tensor]:
    """Seven drawings, 4×6: a white ground (1) and one dark line (−1) in each, in a column of its own, columns 1 and 4 most often."""
    drawings = torch.ones(7, 4, 6, dtype=torch.float64)
    for i, column in enumerate((1, 1, 1, 1, 4, 4, 2)):
        drawings[(i + seed) % 7, :, column] = -1
    return {"drawings": drawings}


def grey_drawings(seed: int) -> dict[str, Tensor]:
    return {"drawings": picture(seed + 60, 5, 3, 4)}


def run_l1(answer, given):
    return {"value": picture_like(answer(given["drawings"]), "the picture")}


# ----------------------------------------------------------------------------------------------------- the declaration

EXERCISE = Exercise(
    name="04_conditioning",
    title="telling the generator what we want",
    checks=(
        Check(
            function="one_hot",
            title="one-hot row",
            points=2,
            start="One row a label, one column a class, a single one in each row.",
            hints=(
                "A label is a name. Each class has a column of its own, counted from 0, also those that do not occur in this batch.",
                "`torch.nn.functional.one_hot(labels, classes)`; or `torch.eye(classes)[labels]`.",
            ),
            cases=(
                Case("two labels", two_labels, run_one_hot, "for the labels 2 and 0 of 4 classes"),
                Case("seven labels", seven_labels, run_one_hot, "for seven labels of 3 classes"),
            ),
        ),
        Check(
            function="label_maps",
            title="set of label maps",
            points=2,
            needs=("one_hot",),
            start="The one-hot row, each number of it spread over a whole channel.",
            hints=(
                "From (B, classes) to (B, classes, 1, 1), and from there to the full height and width. Every pixel of a channel says the same.",
                "`one_hot(labels, classes)[:, :, None, None].expand(-1, -1, height, width)`.",
            ),
            cases=(
                Case("one label", small_map, run_maps, "for label 1 of 3 classes on 2×2 pixels"),
                Case("four labels", wide_maps, run_maps, "for four labels of 3 classes on 2×5 pixels"),
            ),
        ),
        Check(
            function="generator_input",
            title="generator's input",
            points=1,
            needs=("one_hot",),
            start="The noise, and the one-hot label behind it, joined along dimension 1.",
            hints=(
                "The batch must not grow; each row becomes longer.",
                "`torch.cat([noise, one_hot(labels, classes).to(noise)], dim=1)`.",
            ),
            cases=(
                Case("five noises", five_noises, run_generator_input, "for five noises and labels"),
                Case("one noise", one_noise, run_generator_input, "for the example's noise and label"),
            ),
        ),
        Check(
            function="discriminator_input",
            title="discriminator's input",
            points=2,
            needs=("label_maps",),
            start="The picture's channels, and the label's maps behind them, joined along dimension 1.",
            hints=(
                "A convolution mixes all channels of one place: so every place must have the label in its channels.",
                "`torch.cat([pictures, label_maps(labels, classes, *pictures.shape[2:]).to(pictures)], dim=1)`.",
            ),
            cases=(
                Case("as many", classes_as_channels, run_discriminator_input, "for 3 channels and 3 classes"),
                Case("one class more", four_classes, run_discriminator_input, "for 3 channels and 4 classes"),
            ),
        ),
        Check(
            function="projection_score",
            title="projection score",
            points=3,
            start="Pick each label's vector, multiply by the features number by number, sum over the features, add the unconditional score.",
            hints=(
                "One number a picture: row i of the features meets the vector of label i and nobody else's.",
                "`unconditional + (features * embedding[labels]).sum(dim=1, keepdim=True)`.",
            ),
            cases=(
                Case("one picture", one_feature_vector, run_projection, "for the example's picture"),
                Case("five pictures", five_feature_vectors, run_projection, "for five pictures"),
            ),
        ),
        Check(
            function="conditional_discriminator_loss",
            title="conditional discriminator loss",
            points=3,
            start="D judges reals with the reals' labels and fakes with the labels they were made for; two cross-entropies, added.",
            hints=(
                "Which label belongs to which picture? Two means and their sum. Who should learn from this loss, and who should not?",
                "`softplus(-discriminator(real, real_labels)).mean() + softplus(discriminator(fake.detach(), fake_labels)).mean()`.",
            ),
            cases=(
                Case("equal counts", equal_pairs, run_conditional, "for four reals and four fakes"),
                Case("unequal counts", unequal_pairs, run_conditional, "for four reals and three fakes"),
                Case("no gradient for the generator", equal_pairs, run_conditional_cut, "on these pictures", points=1),
            ),
        ),
        Check(
            function="conditional_generator_loss",
            title="conditional generator loss",
            points=3,
            start="Draw labels once; make fakes for them; let D judge the fakes with the same labels; softplus of minus the score, averaged.",
            hints=(
                "Draw, and keep what was drawn: two players hear of it.",
                "`labels = draw_labels(len(noise))`, then `softplus(-discriminator(generator(noise, labels), labels)).mean()`.",
            ),
            cases=(Case("six noises", six_noises, run_generator_loss, "for six noises"),),
        ),
        Check(
            function="mismatched_labels",
            title="draw of wrong labels",
            points=2,
            start="Draw how many classes to go on, from 1 to classes − 1; add it to the label; take the remainder by classes.",
            hints=(
                "A label drawn at random is right once in a while. Draw the distance to the right one instead, and never draw 0.",
                "`(labels + torch.randint(1, classes, labels.shape, generator=generator)) % classes`: randint leaves its upper end out.",
            ),
            cases=(Case("many labels", many_labels, run_mismatched, f"over {EACH} labels of each class"),),
        ),
        Check(
            function="matching_aware_loss",
            title="matching-aware loss",
            points=3,
            needs=("conditional_discriminator_loss",),
            start="Three means: real and right → real; real and wrong → fake; fake → fake. The last two get ½ each.",
            hints=(
                "The wrong label goes with the *real* picture: only so must D look at the label, for the picture is flawless.",
                "`softplus(-D(real, labels)).mean() + (softplus(D(real, wrong_labels)).mean() + softplus(D(fake.detach(), fake_labels)).mean()) / 2`.",
            ),
            cases=(
                Case("equal counts", equal_pairs, run_matching, "for four reals and four fakes"),
                Case("unequal counts", unequal_pairs, run_matching, "for four reals and three fakes"),
                Case("no gradient for the generator", equal_pairs, run_matching_cut, "on these pictures", points=1),
            ),
        ),
        Check(
            function="class_accuracy",
            title="class accuracy",
            points=3,
            start="Which class has the highest score of each sample? Compare with the wanted one; average overall, and within each wanted class.",
            hints=(
                "Two questions: how many samples are what they were to be, and how many of those that were to be a cat are one?",
                "`right = (logits.argmax(dim=1) == wanted).double()`; `right.mean()`; and for each class k `right[wanted == k].mean()`, stacked.",
            ),
            cases=(
                Case("four samples", four_verdicts, run_accuracy, "for the example's four samples"),
                Case("unequal classes", many_verdicts, run_accuracy, "for 23 samples of 4 classes"),
            ),
        ),
        Check(
            function="l1_answer",
            title="best answer under L1",
            points=1,
            start="At each pixel: the number that splits the drawings' values into two halves.",
            hints=(
                "Move c a little to the right: the loss falls by the number of drawings on its right and grows by those on its left. When is it lowest?",
                "The median over dimension 0: `drawings.median(dim=0).values`.",
            ),
            cases=(
                Case("one pixel", one_pixel, run_l1, "for the example's three drawings"),
                Case("thin lines", thin_lines, run_l1, "for seven drawings of thin lines"),
                Case("grey drawings", grey_drawings, run_l1, "for five grey drawings"),
            ),
        ),
    ),
)
