"""Exercise 04: how the losses are looked at, by networks that note which labels they were given."""

import torch
from torch import Tensor, nn

from course_lib.grading.tools import Complaint, leaf, picture, random_tensor, scalar, slopes, watch_scores


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
    """A discriminator that sees the label: logits (B, 1), curved, another function of the picture for each of four
    classes."""

    def __init__(self, weight: Tensor, table: Tensor) -> None:
        super().__init__()
        self.weight, self.table = nn.Parameter(weight.detach().clone()), nn.Parameter(table.detach().clone())
        self.shown: list[Tensor] = []

    def forward(self, pictures: Tensor, labels: Tensor) -> Tensor:
        labels = whole_labels(labels, len(pictures), len(self.table), "the discriminator", "pictures")
        self.shown.append(labels.detach().clone())
        mixed = pictures.flatten(1) @ self.weight
        curved = mixed + 0.4 * torch.sin(2 * mixed)
        return watch_scores((curved + 1.0).mul(self.table[labels]).sum(dim=1, keepdim=True))

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


def _seen_by(critic: LabelCritic, loss: Tensor):
    return {
        "value": loss,
        "slope for the discriminator": slopes(loss, w=critic.weight)["slope for w"],
        "seen: labels that the discriminator was shown": critic.seen(),
    }


def run_conditional(answer, given):
    critic, _, loss = _run_conditional(answer, given)
    return _seen_by(critic, loss)


def run_conditional_cut(answer, given):
    _, fake, loss = _run_conditional(answer, given)
    return {"value": loss, "slope for the generator's pictures": slopes(loss, w=fake)["slope for w"]}


def _run_matching(answer, given):
    critic, fake = LabelCritic(given["critic"], given["table"]), leaf(given["fake"])
    labels = given["real_labels"], given["wrong_labels"]
    return critic, fake, scalar(answer(critic, given["real"], *labels, fake, given["fake_labels"]))


def run_matching(answer, given):
    critic, _, loss = _run_matching(answer, given)
    return _seen_by(critic, loss)


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
