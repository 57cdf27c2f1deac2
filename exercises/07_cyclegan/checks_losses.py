"""Exercise 07: how the losses and the two objectives are looked at: mock generators, mock discriminators, tables."""

from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn

from course_lib.grading.tools import Complaint, Critic, leaf, left_frozen, random_tensor, scalar, several, slopes

# ----------------------------------------------------------------------------------- the two generators, and pictures


class Mock(nn.Module):
    """A generator of two numbers. G(x) = 2x + 1 and F(x) = x² − 3 do not commute: F(G(x)) is not G(F(x))."""

    def __init__(self, numbers: Tensor, power: int) -> None:
        super().__init__()
        self.numbers, self.power = nn.Parameter(numbers.detach().clone()), power

    def forward(self, pictures: Tensor) -> Tensor:
        return self.numbers[0] * pictures**self.power + self.numbers[1]


def generators(given) -> tuple[Mock, Mock]:
    return Mock(given["numbers of G"], 1), Mock(given["numbers of F"], 2)


def two_domains(count_x: int, count_y: int) -> Callable[[int], dict[str, Tensor]]:
    """Pictures of both domains, with other means and spreads; hidden seeds change the generators a little as well."""

    def given(seed: int) -> dict[str, Tensor]:
        off = 0.2 if seed else 0.0
        return {
            "x": random_tensor(seed + 60, count_x, 3, 4, 5, shift=0.6, scale=1.2),
            "y": random_tensor(seed + 61, count_y, 3, 4, 5, shift=-0.9, scale=0.8),
            "numbers of G": torch.tensor([2.0, 1.0], dtype=torch.float64) + random_tensor(seed + 62, 2, scale=off),
            "numbers of F": torch.tensor([1.0, -3.0], dtype=torch.float64) + random_tensor(seed + 63, 2, scale=off),
        }

    return given


def run_generator_loss(answer, given):
    G, F = generators(given)
    loss = scalar(answer(G, F, given["x"], given["y"]))
    return {"value": loss, **slopes(loss, G=G.numbers, F=F.numbers)}


# -------------------------------------------------------------------------------------------------- cycle_accepts


def tables(pairs: Iterable[tuple[list[int], list[int]]]) -> dict[str, Tensor]:
    """(g, f) pairs as two rectangles, filled up with −1."""

    def rectangle(rows: list[list[int]]) -> Tensor:
        return torch.tensor([row + [-1] * (8 - len(row)) for row in rows])

    g, f = zip(*pairs, strict=True)
    return {"g": rectangle(list(g)), "f": rectangle(list(f))}


def small_tables(seed: int) -> dict[str, Tensor]:
    """True pairs, other pairs that fit, one answer for all, tables that do not fit, and domains of unequal size."""
    n = 7 if seed else 4
    order = torch.randperm(n, generator=torch.Generator().manual_seed(seed + 5)).tolist()
    if [order[i] for i in order] == sorted(order):  # undone by itself: it would hide which table is read backwards
        order = [1, 2, 0, *range(3, n)]
    back, same = [order.index(i) for i in range(n)], list(range(n))
    turned = back[1:] + back[:1]
    more = [*order, order[0]]  # a domain with one picture more: two of them get the same answer
    random = torch.Generator().manual_seed(seed + 6)
    drawn = [tuple(torch.randint(3, (2, 3), generator=random).tolist()) for _ in range(12)]
    return tables(
        [
            (same, same), (order, back), (order, turned), ([1] * n, [1] * n), (same, order), ([1] * n, same),
            (more, back), (back, more), (order, order),
            (turned, [turned.index(i) for i in range(n)]), ([2, 0], [1, 0, 0]),
            ([0, 2, 1], [0, 1, 2]), ([1, 0, 2, 3], [0, 1, 2, 3]), ([0, 1, 2], [1, 1, 1]), *drawn,
        ]
    )  # fmt: skip


def run_accepts(answer, given):
    """1 where the cycle is accepted, 0 where it is not, −1 where the answer looks up what is not in a table."""
    verdicts = []
    for g, f in zip(given["g"].tolist(), given["f"].tolist(), strict=True):
        try:
            verdict = answer([v for v in g if v >= 0], [v for v in f if v >= 0])
            verdict = verdict.item() if type(verdict).__module__ == "numpy" else verdict
            verdicts.append(float(bool(scalar(verdict, "the verdict, True or False,"))))
        except LookupError:
            verdicts.append(-1.0)
    return {"verdict, table by table (1: accepted, −1: an IndexError),": torch.tensor(verdicts, dtype=torch.float64)}


# ------------------------------------------------------------------------- generator_objective, discriminator_losses


def with_critics(count_x: int, count_y: int) -> Callable[[int], dict[str, Tensor]]:
    domains = two_domains(count_x, count_y)

    def given(seed: int) -> dict[str, Tensor]:
        return {
            **domains(seed),
            "D_X": random_tensor(seed + 64, 1, 16, 2, 3, scale=0.3),
            "D_Y": random_tensor(seed + 65, 1, 16, 2, 3, scale=0.25),
            "fake x": random_tensor(seed + 66, count_y, 3, 4, 5, shift=0.3, scale=0.7),
            "fake y": random_tensor(seed + 67, count_x, 3, 4, 5, shift=-0.2, scale=0.9),
            "old x": random_tensor(seed + 68, 2, 3, 4, 5, shift=0.8),
            "old y": random_tensor(seed + 69, 2, 3, 4, 5, shift=-0.5),
        }

    return given


def run_objective(answer, given):
    found = {}
    for cycle, same in ((0.0, 0.0), (10.0, 0.5), (4.0, 0.25)):
        (G, F), D_X, D_Y = generators(given), Critic(given["D_X"]), Critic(given["D_Y"])
        loss = scalar(answer(G, F, D_X, D_Y, given["x"], given["y"], cycle, same))
        at = f"λ = {cycle:g}, w = {same:g}"
        found[f"value for {at}"] = loss
        found |= {f"{name} at {at}": slope for name, slope in slopes(loss, G=G.numbers, F=F.numbers).items()}
        found["number of the discriminators' parameters left frozen"] = left_frozen(D_X, D_Y)
    return found


class Shelf:
    """A history that always exchanges the first picture of a batch, or hands everything back if it is of size 0."""

    def __init__(self, old: Tensor | None = None) -> None:
        self.old = old

    def query(self, images: Tensor) -> Tensor:
        if not isinstance(images, Tensor):
            raise Complaint(f"asks the history with a {type(images).__name__}; it takes pictures, (B, C, H, W).")
        if self.old is None:
            return images
        out = torch.cat([self.old[:1], images[1:]])
        self.old = torch.cat([self.old[1:], images[:1].detach()])
        return out


def run_discriminators(answer, given, remembers=True):
    D_X, D_Y = Critic(given["D_X"]), Critic(given["D_Y"])
    fake_x, fake_y = (given["fake x"], given["fake y"]) if remembers else (leaf(given["fake x"]), leaf(given["fake y"]))
    shelves = [Shelf(given[name] if remembers else None) for name in ("old x", "old y")]
    losses = several(answer(D_X, D_Y, given["x"], given["y"], fake_x, fake_y, *shelves), 2, "the losses (of D_X, D_Y)")
    found, total = {}, torch.zeros((), dtype=torch.float64)
    for name, loss, critic in zip(("D_X", "D_Y"), losses, (D_X, D_Y), strict=True):
        found[f"loss of {name}"] = of_d = scalar(loss, f"{name}'s loss")
        found |= slopes(of_d, **{name: critic.weight})
        total = total + of_d
    if not remembers:
        found |= slopes(total, **{"F's picture": fake_x, "G's picture": fake_y})
    return found


def run_cut_off(answer, given):
    return run_discriminators(answer, given, remembers=False)
