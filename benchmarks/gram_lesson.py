"""Pictures and table of lesson 08: the photo from each depth, the painting from each set of Gram matrices, the weights β/α and
w_l, and the same with a loss network that was never trained.

``python -m benchmarks.gram_lesson``: every picture is 64 × 64 pixels moved by Adam. The photo is a cat's face from
scikit-image in the painting's colours; the painting is drawn by rule.
"""

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import skimage.data
import torch
from PIL import Image
from torch import Tensor, nn

from benchmarks.provenance import RESULTS, store
from course_lib.data.pictures import to_picture, to_tensor
from course_lib.data.synthetic.painting import painting
from course_lib.losses import gram_matrix
from course_lib.networks import VGGFeatures
from course_lib.tasks.descent import Descent
from course_lib.tasks.gatys import recoloured
from course_lib.tasks.style_objective import StyleObjective, StyleSettings

NAME = "gram_lesson"
SEED, SIDE = 0, 64
FACE = (75, 0, 375, 300)  # of scikit-image's cat: left, top, right, bottom
STROKES = 2  # the painting's side over the photo's: strokes of about four pixels
DEPTHS = ("relu1_2", "relu2_2", "relu3_3", "relu4_3")
STYLE = ("relu1_1", "relu2_1", "relu3_1", "relu4_1")
STEPS, LR, AVERAGE = 100, 0.08, 0.9
SMOOTH = 0.02  # γ of the reconstructions: pixel noise that no layer sees costs a little
TRANSFER = {"content_layer": "relu3_1", "style_layers": STYLE, "layer_weights": (0.25,) * 4}
RATIOS = (0.6, 6.0, 60.0, 600.0, 6000.0)  # β/α
SMOOTHER = 0.25  # γ/β: total variation belongs to the style, so that β/α alone decides between photo and painting


class Untrained(StyleObjective):
    """The same with a loss network whose weights are drawn, of the size that keeps a ReLU network's signal (He)."""

    def _eye(self, layers: Sequence[str], style: Tensor) -> VGGFeatures:
        eye = super()._eye(layers, style)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(SEED)
            for convolution in eye.convolutions.values():
                nn.init.kaiming_normal_(convolution.weight)  # type: ignore[arg-type]
                nn.init.zeros_(convolution.bias)  # type: ignore[arg-type]
        return eye


def pictures() -> tuple[Tensor, Tensor]:
    """Photo (1, 3, SIDE, SIDE), in the painting's colours, and painting, twice as large, in [−1, 1]."""
    style = to_tensor(painting(STROKES * SIDE, seed=2))
    face = Image.fromarray(skimage.data.chelsea()).crop(FACE).resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    return recoloured(to_tensor(face), style), style


def settings(**changes: Any) -> StyleSettings:
    return replace(StyleSettings(edges="replicate"), **changes)


def content_only(layer: str) -> StyleSettings:
    return settings(
        content_layer=layer, style_layers=(layer,), layer_weights=(1.0,), style_weight=0.0, tv_weight=SMOOTH
    )


def style_only(layers: Sequence[str]) -> StyleSettings:
    weights = (1 / len(layers),) * len(layers)
    return settings(
        content_layer=layers[0], style_layers=tuple(layers), layer_weights=weights, content_weight=0.0, tv_weight=SMOOTH
    )


def transfer(ratio: float, **changes: Any) -> StyleSettings:
    """Both at once, α = 1."""
    return settings(**TRANSFER | changes, style_weight=ratio, tv_weight=SMOOTHER * ratio)


def moved(objective: StyleObjective, photo: Tensor, start: Tensor) -> Tensor:
    """The picture after STEPS steps of Adam."""
    descent = Descent(objective, photo, start, optimizer="adam", lr=LR, average=AVERAGE)
    for _ in descent.steps(STEPS):
        pass
    return descent.now()


@torch.no_grad()
def figures(picture: Tensor, photo: Tensor, style: Tensor) -> dict[str, Any]:
    """How far a picture is from the photo, in pixels and at each depth, and from the painting in each layer's Gram matrix: squared
    distances over the target's own square."""
    eye = VGGFeatures([*DEPTHS, *STYLE], edges="replicate")
    found, kept, strokes = (eye((one + 1) / 2) for one in (picture, photo, style))
    grams = [[gram_matrix(maps[layer]) for layer in STYLE] for maps in (found, strokes)]
    return {
        "pixels": (picture - photo).square().mean().item(),
        "content": [_share(found[layer], kept[layer]) for layer in DEPTHS],
        "style": [_share(g, a) for g, a in zip(*grams, strict=True)],
    }


def _share(one: Tensor, target: Tensor) -> float:
    return ((one - target).square().sum() / target.square().sum()).item()


def made(photo: Tensor, style: Tensor) -> dict[str, dict[str, Tensor]]:
    """Row → name → picture; each row begins with what it is about."""
    noise = (torch.randn(photo.shape, generator=torch.Generator().manual_seed(SEED)) * 0.3).clamp(-1, 1)
    rows: dict[str, dict[str, Tensor]] = {"content": {"photo": photo}, "style": {"painting": _middle(style)}}
    for layer in DEPTHS:
        rows["content"][layer] = _told(layer, StyleObjective(content_only(layer), style), photo, noise)
    for last in range(1, 5):
        name = f"to {STYLE[last - 1]}"
        rows["style"][name] = _told(name, StyleObjective(style_only(STYLE[:last]), style), photo, noise)
    rows["content"]["untrained"] = _told("untrained", Untrained(content_only("relu3_3"), style), photo, noise)
    rows["style"]["untrained"] = _told("untrained", Untrained(style_only(STYLE), style), photo, noise)
    rows["ratio"] = {"photo": photo}
    for ratio in RATIOS:
        rows["ratio"][f"{ratio:g}"] = _told(f"{ratio:g}", StyleObjective(transfer(ratio), style), photo, photo)
    rows["layers"] = {"photo": photo}
    for at, layer in enumerate(STYLE):
        alone = transfer(60.0, layer_weights=tuple(float(at == n) for n in range(4)))
        rows["layers"][layer] = _told(f"{layer} alone", StyleObjective(alone, style), photo, photo)
    rows["layers"]["all"] = rows["ratio"]["60"]
    return rows


def _told(name: str, objective: StyleObjective, photo: Tensor, start: Tensor) -> Tensor:
    started = time.process_time()
    picture = moved(objective, photo, start)
    print(f"{name}: {time.process_time() - started:.0f} s", flush=True)
    return picture


def _middle(style: Tensor) -> Tensor:
    """A part of the painting as large as the photo."""
    edge = (style.shape[-1] - SIDE) // 2
    return style[..., edge : edge + SIDE, edge : edge + SIDE]


def main() -> None:
    torch.set_num_threads(1)
    started = time.process_time()
    photo, style = pictures()
    rows = made(photo, style)
    strips = [np.concatenate([np.asarray(to_picture(p)) for p in row.values()], axis=1) for row in rows.values()]
    Image.fromarray(np.concatenate(strips)).save(RESULTS / f"{NAME}.png", optimize=True)
    path = store(
        NAME,
        command=f"python -m benchmarks.{NAME}",
        seeds=[SEED],
        seconds=time.process_time() - started,
        result={
            "side": SIDE,
            "steps": STEPS,
            "depths": DEPTHS,
            "style_layers": STYLE,
            "ratios": RATIOS,
            "rows": {
                row: {name: figures(picture, photo, style) for name, picture in pictures.items()}
                for row, pictures in rows.items()
            },
            "sheet": list(rows),
        },
    )
    print(path)


if __name__ == "__main__":
    main()
