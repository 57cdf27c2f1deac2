"""Pixels moved downhill: one picture, one objective, one size."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from course_lib.tasks.style_objective import StyleObjective


@dataclass(frozen=True)
class Step:
    """How far it is.

    Attributes:
        step, steps: done, and all of them.
        size: longer side of the scale that is worked on.
        losses: the objective's terms *before* this step, with their "total".
        picture: (1, 3, H, W) in [−1, 1].
    """

    step: int
    steps: int
    size: int
    losses: dict[str, float]
    picture: Tensor


class Descent:
    """The picture, its optimiser, its moving average, and the best there was.

    Args:
        objective: what is minimised.
        photo: (1, 3, H, W) in [−1, 1], whose features are the content.
        start: the first picture, of the photo's shape.
        optimizer: "adam" or "lbfgs" (limited memory, 100 pairs, one evaluation a step and no line search).
        lr: Adam's rate, or the share of L-BFGS's own step.
        average: decay of the moving average of the picture, bias-corrected as Adam's own; 0: none.

    Attributes:
        diverged: a loss became no number; ``best`` is what was good before.
    """

    def __init__(
        self,
        objective: StyleObjective,
        photo: Tensor,
        start: Tensor,
        *,
        optimizer: str,
        lr: float,
        average: float = 0.0,
    ) -> None:
        self.objective, self.target = objective, objective.content_of(photo)
        self.picture = start.detach().clone().requires_grad_()
        # Adam keeps to the range of colours; clipping under L-BFGS would falsify what it remembers of the slope.
        self.clipped = optimizer == "adam"
        self.optimizer: torch.optim.Optimizer = (
            torch.optim.Adam([self.picture], lr=lr, betas=(0.9, 0.99))
            if optimizer == "adam"
            else torch.optim.LBFGS(
                [self.picture], lr=lr, max_iter=1, history_size=100, tolerance_grad=0, tolerance_change=0
            )
        )
        self.average, self._sum, self._steps = average, torch.zeros_like(start), 0
        self._best, self._least = self.picture.detach().clone().clamp(-1, 1), math.inf
        self.diverged = False

    def steps(self, count: int) -> Iterator[dict[str, float]]:
        """Moves the picture ``count`` times; after each, the terms as they were before it. Ends early if it diverges."""
        for _ in range(count):
            before = self.picture.detach().clone()
            losses: dict[str, float] = {}

            def closure() -> Tensor:
                self.optimizer.zero_grad()
                terms = self.objective(self.picture, self.target)
                terms["total"].backward()
                if not losses:
                    losses.update({name: term.item() for name, term in terms.items()})
                return terms["total"].detach()

            self.optimizer.step(closure)  # type: ignore[arg-type]
            self.diverged = not math.isfinite(losses["total"]) or not bool(self.picture.isfinite().all())
            if losses["total"] < self._least:
                self._best, self._least = before.clamp(-1, 1), losses["total"]
            with torch.no_grad():
                if self.clipped:
                    self.picture.clamp_(-1, 1)
                self._sum.lerp_(self.picture, 1 - self.average)
                self._steps += 1
            yield losses
            if self.diverged:
                return

    def now(self) -> Tensor:
        """The picture as it would be shown: its average, if there is one."""
        return self._averaged() if self.average else self.picture.detach().clone().clamp(-1, 1)

    @torch.no_grad()
    def best(self) -> Tensor:
        """Of the best picture so far, the last one and the average, the one that costs least."""
        if self.diverged:
            return self._best
        for candidate in (self.picture.detach().clone().clamp(-1, 1), *([self._averaged()] if self.average else [])):
            cost = self.objective(candidate, self.target)["total"].item()
            if cost < self._least:
                self._best, self._least = candidate, cost
        return self._best

    def _averaged(self) -> Tensor:
        return (self._sum / (1 - self.average**self._steps)).clamp(-1, 1) if self._steps else self._best
