"""Points in the plane as a small picture for a sample sheet."""

import torch
from torch import Tensor

# The course's blue and vermilion (course_lib.plots.colours), in [0, 1].
REAL, FAKE = (0.0, 0.447, 0.698), (0.835, 0.369, 0.0)
REACH, SIDE = 1.6, 160  # the picture shows [−1.6, 1.6]², 160 pixels wide


def points_sheet(real: Tensor, fake: Tensor) -> Tensor:
    """(S, N, 2) and (S, M, 2) → (S, 1, 3, 160, 160) in [−1, 1]:

    real points blue, generated ones vermilion over them.
    """
    return torch.stack([_draw([(one, REAL), (other, FAKE)]) for one, other in zip(real, fake, strict=True)])[:, None]


def _draw(layers: list[tuple[Tensor, tuple[float, float, float]]]) -> Tensor:
    picture = torch.ones(3, SIDE, SIDE)
    for points, colour in layers:
        place = ((points + REACH) / (2 * REACH) * (SIDE - 1)).round().long()
        inside = ((place >= 0) & (place < SIDE)).all(dim=1)
        x, y = place[inside].unbind(dim=1)
        picture[:, SIDE - 1 - y, x] = torch.tensor(colour)[:, None]  # up is up
    return picture * 2 - 1
