"""A painting drawn by rule: short brush strokes that follow a field of whirls, from dark blue to yellow."""

import numpy as np
from PIL import Image, ImageDraw

PALETTE = ((16, 28, 84), (30, 66, 140), (64, 118, 186), (150, 190, 214), (240, 206, 92), (232, 156, 44))
WHIRLS = 5
STROKES = 3600  # as many at every size: a small painting is the large one, reduced
OVERSIZE = 2  # drawn larger and reduced, so that strokes have smooth edges


def painting(side: int = 256, seed: int = 0) -> Image.Image:
    """A square painting. Light and colour come from the distance to the nearest whirl, direction from all of them."""
    draw = np.random.default_rng(seed)
    middles = draw.uniform(0.1, 0.9, (WHIRLS, 2))
    turns, reach = draw.choice([-1.0, 1.0], WHIRLS), draw.uniform(0.12, 0.3, WHIRLS)
    large = OVERSIZE * side
    picture = Image.new("RGB", (large, large), PALETTE[0])
    pen = ImageDraw.Draw(picture)
    for _ in range(STROKES):
        at = draw.uniform(-0.02, 1.02, 2)
        away = at - middles
        far = np.linalg.norm(away, axis=1)
        pull = turns * np.exp(-((far / reach) ** 2))
        across = np.array([0.25, 0.06]) + (pull[:, None] * away[:, ::-1] * [-1, 1] / (far[:, None] + 1e-3)).sum(0)
        along = across / (np.linalg.norm(across) + 1e-9) * draw.uniform(0.018, 0.035)
        light = np.clip(np.exp(-far / reach).max() * 1.25 + draw.normal(0, 0.09), 0, 0.999)
        colour = np.array(PALETTE[int(light * len(PALETTE))]) + draw.normal(0, 9, 3)
        ends = [tuple(large * (at + sign * along)) for sign in (-0.5, 0.5)]
        pen.line(ends, tuple(int(c) for c in np.clip(colour, 0, 255)), width=max(1, round(large * 0.009)))
    return picture.resize((side, side), Image.Resampling.LANCZOS)
