"""What an exercise's cases are built from: seeded inputs, slopes, networks that remember what they were shown, and facts.

Loaded both where submissions run and where they are graded. Everything is float64 and deliberately asymmetric: a mock
network here accepts any number of channels, because a mistake that raises an error tells less than one that returns a number.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Complaint(Exception):
    """The answer has the wrong form: said to the learner as it stands."""


noted: dict[str, float] = {}  # the facts of the run in progress; ``observe`` empties it and takes them along


def note(fact: str, value: float) -> None:
    """Keep a fact on how an answer came about: what kind of thing it is, who was asked, whose optimiser stepped.

    Facts are no part of being right. They decide between mistakes that give the same numbers; the last one counts.
    """
    noted[fact] = float(value)


def count(fact: str, by: int = 1) -> None:
    """Raise a fact by one; by 0 it is only said that it was looked for."""
    note(fact, noted.get(fact, 0) + by)


WITH_GRAPH, WITHOUT_GRAPH, PLAIN_NUMBER = 0, 1, 2  # what ``kind_of`` tells


def kind_of(answer: Any) -> int:
    """A tensor with a graph, a tensor without one, or a plain number of Python."""
    if isinstance(answer, Tensor):
        return WITH_GRAPH if answer.requires_grad else WITHOUT_GRAPH
    return PLAIN_NUMBER


def variation(seed: int) -> float:
    """A small number for inputs that a seed changes only a little: 0 for the visible ones, else one of very many between 1 and 8,
    so that nobody can hand in a table of all the answers."""
    return (
        1 + 7 * torch.rand((), generator=torch.Generator().manual_seed(seed), dtype=torch.float64).item()
        if seed
        else 0.0
    )


def random_tensor(seed: int, *shape: int, shift: float = 0.0, scale: float = 1.0) -> Tensor:
    """Normal float64 numbers from a generator of their own; the global one is not touched."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64) * scale + shift


def picture(seed: int, *shape: int) -> Tensor:
    """A picture of noise in [-1, 1], float64."""
    return torch.tanh(random_tensor(seed, *shape))


def leaf(tensor: Tensor) -> Tensor:
    """A copy that collects a gradient."""
    return tensor.detach().clone().requires_grad_()


def scalar(answer: Any, what: str = "the loss") -> Tensor:
    """The answer as a 0-dimensional tensor, or a complaint that says what came instead."""
    _not_none(answer, what)
    if is_plain_number(answer):
        note(f"kind of {what}", PLAIN_NUMBER)
        return torch.tensor(float(answer), dtype=torch.float64)
    if not isinstance(answer, Tensor):
        raise Complaint(f"returns {a_kind(answer)} where {what} should be: one number, as a tensor.")
    if answer.numel() != 1:
        shape = tuple(answer.shape)
        mean = "" if what.startswith("the number") else " Is the mean missing?"  # a count is no mean
        raise Complaint(f"returns a tensor of shape {shape} where {what} should be: one number.{mean}")
    note(f"kind of {what}", kind_of(answer))
    return answer.reshape(())


def is_plain_number(answer: Any) -> bool:
    """Python's own, or one of numpy's (also an array without axes)."""
    return isinstance(answer, int | float) or (
        type(answer).__module__ == "numpy" and getattr(answer, "shape", None) == ()
    )


def several(answer: Any, count: int, what: str) -> Sequence[Any]:
    """The answer as ``count`` values, or a complaint."""
    _not_none(answer, what)
    if not isinstance(answer, tuple | list) or len(answer) != count:
        raise Complaint(f"returns {a_kind(answer)} where {what} should be: {count} values.")
    return answer


def picture_like(answer: Any, what: str) -> Tensor:
    """The answer as a tensor, or a complaint."""
    _not_none(answer, what)
    if not isinstance(answer, Tensor):
        raise Complaint(f"returns {a_kind(answer)} where {what} should be, a tensor.")
    note(f"kind of {what}", kind_of(answer))
    return answer


def _not_none(answer: Any, what: str) -> None:
    if answer is None:
        raise Complaint(f"returns None where {what} should be. Is a `return` missing?")


def a_kind(answer: Any) -> str:
    """What came, in words: "a list of 4 values", "a tensor of shape (2,)", "a plain number"."""
    if isinstance(answer, tuple | list):
        return f"a {type(answer).__name__} of {len(answer)} value{'s' * (len(answer) != 1)}"
    if isinstance(answer, Tensor):
        return f"one tensor of shape {tuple(answer.shape)}" if answer.ndim else "one number"
    if is_plain_number(answer):
        return "a plain number"
    if callable(answer):
        return f"a function ({getattr(answer, '__name__', 'without a name')}) and not what it gives"
    return f"a {type(answer).__name__}"


def as_share(counted: Tensor) -> Tensor:
    """Shares of whole numbers, any shape, rounded so that it does not matter which float they were counted in."""
    return counted.double().round(decimals=6)


def slopes(loss: Tensor, **inputs: Tensor) -> dict[str, Tensor]:
    """``{"slope for NAME": d loss / d NAME}``; zeros where no gradient arrives, so that "none" and "zero" are the same thing."""
    if not loss.requires_grad:
        return {f"slope for {name}": torch.zeros_like(tensor) for name, tensor in inputs.items()}
    found = torch.autograd.grad(loss, list(inputs.values()), retain_graph=True, allow_unused=True)
    return {
        f"slope for {name}": torch.zeros_like(tensor) if slope is None else slope
        for (name, tensor), slope in zip(inputs.items(), found, strict=True)
    }


def weights_of(network: nn.Module) -> Tensor:
    """All parameters in one vector, copied."""
    return torch.cat([p.detach().flatten() for p in network.parameters()]).clone()


def watch_scores(scores: Tensor, of: str = "") -> Tensor:
    """A discriminator's scores, with facts: ran under no_grad? did a gradient ever come back to them, and could it be
    differentiated once more?

    Args:
        of: whose scores they are, such as " of fakes".
    """
    count(f"scored without a graph{of}", not torch.is_grad_enabled())
    count(f"scored{of}")
    back = f"gradients that came back to the scores{of}"
    count(back, 0)

    def came_back(_: Tensor) -> None:
        count(back)
        noted.setdefault("gradient with a graph of its own", float(torch.is_grad_enabled()))

    if scores.requires_grad:
        scores.register_hook(came_back)
    return scores


def watch_parameters(network: nn.Module, who: str) -> None:
    """Facts on a network that is trained: did a gradient reach its parameters?"""
    fact = f"gradients that reached {who}"
    count(fact, 0)
    for p in network.parameters():
        p.register_hook(lambda _: note(fact, 1))


def left_frozen(*networks: nn.Module) -> int:
    """How many parameters do not ask for a gradient any more."""
    return sum(not p.requires_grad for network in networks for p in network.parameters())


class Critic(nn.Module):
    """A small patch discriminator that remembers how many channels it was shown.

    Scores (B, 1, h, w). It is neither linear nor symmetric in its channels, so a swapped or missing part of a pair
    changes the scores. ``weight``: (1, 16, 2, 3); the first C channels of it are used for a picture of C channels.
    """

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        self.weight = nn.Parameter(weight.detach().clone())
        self.shown: set[int] = set()

    def forward(self, pictures: Tensor) -> Tensor:
        channels = pictures.shape[1]
        if channels > self.weight.shape[1]:
            raise Complaint(f"shows the discriminator {channels} channels at once.")
        self.shown.add(channels)
        scores = F.conv2d(pictures, self.weight[:, :channels])
        return watch_scores(scores + 0.3 * scores.square() + torch.sin(2 * scores))

    def seen(self) -> Tensor:
        """The different numbers of channels that it was shown, sorted."""
        return torch.tensor(sorted(self.shown))


class Block(nn.Module):
    """One level of a mock U-Net: keeps height and width, so that a skip to a wrong level gives a number and no error.

    ``weight``: (out, 24, 3, 3), of which the first C input channels are used. ``in_place`` starts with an activation that
    overwrites its input, as many published blocks do.
    """

    def __init__(self, weight: Tensor, in_place: bool = False) -> None:
        super().__init__()
        self.weight = nn.Parameter(weight.detach().clone())
        self.in_place = in_place
        self.channels: list[int] = []

    def forward(self, features: Tensor) -> Tensor:
        if features.shape[1] > self.weight.shape[1]:
            raise Complaint(f"hands a block {features.shape[1]} channels.")
        self.channels.append(features.shape[1])
        if self.in_place:
            features = F.leaky_relu_(features, 0.2)
        mixed = F.conv2d(features, self.weight[:, : features.shape[1]], padding=1)
        return mixed + 0.5 * torch.sin(mixed)


class Descent:
    """Plain gradient descent with the two calls of an optimiser that a training step needs.

    Its steps show every factor on a loss, which Adam's would hide, and it spares each submission the seconds that the
    first use of ``torch.optim`` takes to import a compiler. What it is asked to do is noted.
    """

    def __init__(self, parameters: Iterable[nn.Parameter], lr: float, who: str) -> None:
        self.param_groups: list[dict[str, Any]] = [{"params": list(parameters), "lr": lr}]
        self.who, self.fresh = who, False  # fresh: gradients arrived that no step has used
        self.idle = True  # never stepped
        for fact in (self.stepped, self.stepped_on_nothing, self.cleared_unused):
            count(fact, 0)
        for p in self.param_groups[0]["params"]:
            p.register_hook(self._arrived)

    @property
    def stepped(self) -> str:
        return f"steps of {self.who}'s optimiser"

    @property
    def stepped_on_nothing(self) -> str:
        return f"steps of {self.who}'s optimiser without a gradient"

    @property
    def cleared_unused(self) -> str:
        return f"gradients of {self.who} cleared before a step used them"

    def _arrived(self, _: Tensor) -> None:
        self.fresh = True

    def zero_grad(self, set_to_none: bool = True) -> None:
        count(self.cleared_unused, self.fresh)
        self.fresh = False
        for p in self.param_groups[0]["params"]:
            if set_to_none:
                p.grad = None
            elif p.grad is not None:
                p.grad.zero_()

    @torch.no_grad()
    def step(self) -> None:
        noted.setdefault(
            f"{self.who} stepped first", float(not any(noted.get(f) for f in noted if f.startswith("steps of ")))
        )
        nothing = all(p.grad is None or not p.grad.any() for p in self.param_groups[0]["params"])
        self.idle = False
        count(self.stepped)
        count(self.stepped_on_nothing, nothing)
        count(self.cleared_unused, nothing and self.fresh)
        self.fresh = False
        for p in self.param_groups[0]["params"]:
            if p.grad is not None:
                p.sub_(p.grad, alpha=self.param_groups[0]["lr"])
