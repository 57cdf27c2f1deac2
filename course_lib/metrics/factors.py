"""What reaches the generator, taken apart: the slope of its loss times the discriminator's own Jacobian."""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from course_lib.errors import CourseError

Loss = Callable[[Tensor], Tensor]  # scores of fakes → a scalar, the mean over them


class Factors(NamedTuple):
    """For every fake, alone: ∂loss/∂x = slope · jacobian, by the chain rule."""

    score: Tensor  # (..., B) what D says
    slope: Tensor  # (..., B) d loss / d score, signed; no 1/B in it
    jacobian: Tensor  # (..., B, F) d score / d x

    @property
    def pull(self) -> Tensor:
        """(..., B, F): the way a step of gradient descent would move each fake, −slope · jacobian."""
        return -self.slope[..., None] * self.jacobian

    def strength(self) -> tuple[Tensor, Tensor, Tensor]:
        """|slope|, ‖jacobian‖ and the length of their product, each (...,): its mean over the fakes."""
        lengths = self.jacobian.norm(dim=-1)
        return self.slope.abs().mean(-1), lengths.mean(-1), (self.slope.abs() * lengths).mean(-1)

    def towards(self, goal: Tensor, fakes: Tensor) -> Tensor:
        """(...,): mean cosine between the pull and the straight way from each fake to ``goal``; 1:

        that way, 0: anywhere.
        """
        return torch.cosine_similarity(self.pull.double(), (goal - fakes).double(), dim=-1, eps=1e-30).mean(-1)


def slopes(loss: Loss, scores: Tensor) -> Tensor:
    """d loss([s]) / d s for every score s, each as if it were alone. Any shape in, the same out."""
    asked = scores.detach().clone().requires_grad_()
    # A mean over N scores gives each 1/N of its own slope.
    (found,) = torch.autograd.grad(loss(asked) * asked.numel(), asked)
    return found


def gradient_factors(discriminator: Callable[[Tensor], Tensor], fakes: Tensor, loss: Loss) -> Factors:
    """Both factors at every fake.

    Args:
        discriminator: (..., B, F) → (..., B, 1); a fake's score must depend on that fake alone (no batch norm).
        fakes: (..., B, F).
        loss: the generator's, a mean over scores.

    Raises:
        CourseError: fakes or scores of another shape, or not finite.
    """
    if fakes.ndim < 2:
        raise CourseError(f"fakes have the shape {tuple(fakes.shape)}; (..., B, F) is needed.")
    asked = fakes.detach().clone().requires_grad_()
    answer = discriminator(asked)
    if answer.shape != (*fakes.shape[:-1], 1):
        raise CourseError(
            f"D answers {tuple(fakes.shape)} with {tuple(answer.shape)}; one score a fake, "
            f"{(*fakes.shape[:-1], 1)}, is needed."
        )
    if not torch.isfinite(answer).all():
        raise CourseError("D's scores hold NaN or infinity: it has diverged. Train it with a smaller rate.")
    (jacobian,) = torch.autograd.grad(answer.sum(), asked)
    scores = answer.detach().squeeze(-1)
    return Factors(scores, slopes(loss, scores), jacobian)
