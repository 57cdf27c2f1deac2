"""A picture that every machine draws alike, and what a network says about it.

A model's card stores mean and standard deviation of its output for this picture. Measuring them again, without any
data, shows that the weights, the code around them and the arithmetic still are those of the day the card was written.
"""

import torch
from torch import Tensor


def fingerprint_picture(size: int = 64, channels: int = 3) -> Tensor:
    """(1, channels, size, size) in [0, 1]: waves of growing frequency, a disc and a bar, so that every channel and many
    frequencies take part. Drawn from formulas, in float64, so that no random generator's version matters. Of one channel
    it is the mean of the three, of four that mean is the fourth."""
    y, x = torch.meshgrid(*[torch.arange(size, dtype=torch.float64) / size] * 2, indexing="ij")
    red = 0.5 + 0.5 * torch.sin(2 * torch.pi * (2 * x + 10 * x * x))
    green = 0.5 + 0.5 * torch.cos(2 * torch.pi * (5 * y + 3 * x))
    blue = (1 - x) * y
    picture = torch.stack([red, green, blue])
    disc = (x - 0.35) ** 2 + (y - 0.4) ** 2 < 0.2**2
    picture[:, disc] = torch.tensor([0.9, 0.8, 0.1], dtype=torch.float64)[:, None]
    bar = (x - y - 0.3).abs() < 0.06
    picture[:, bar] = torch.tensor([0.1, 0.2, 0.5], dtype=torch.float64)[:, None]
    grey = picture.mean(0, keepdim=True)
    picture = grey if channels == 1 else torch.cat([picture, grey]) if channels == 4 else picture
    return picture[None].float()


def fingerprint_of(answer: Tensor) -> dict[str, float]:
    """``{"mean", "std"}`` of an answer (population deviation), to 1e-3."""
    answer = answer.double()
    return {"mean": round(answer.mean().item(), 3), "std": round(answer.std(correction=0).item(), 3)}
