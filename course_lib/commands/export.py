"""``export``: a trained model in another program's form."""

from pathlib import Path
from typing import Literal

from tyro.conf import Positional


def export(model: Positional[str], out: Path, format: Literal["onnx"] = "onnx") -> None:
    """Write a model as ONNX, compare it with torch under onnxruntime at two sizes, and list its operations.

    A translator's noise is off in it. Sides of pictures (a sampler: the number of samples) may be any that the network
    takes; pictures are (1, C, H, W) in [−1, 1], a feature network's in [0, 1].

    Args:
        model: a name in the zoo, or the folder of a trained model.
        out: folder for the files: MODEL.onnx, or AtoB.onnx and BtoA.onnx.
        format: there is onnx.
    """
    from course_lib.models.onnx import export_onnx

    for one in export_onnx(model, out):
        compared = ", ".join(f"{value:.0e} at {size}" for size, value in one.differences.items())
        print(f"{one.file} ({one.file.stat().st_size / 1e6:.1f} MB); largest difference from torch: {compared}")
        print("  operations: " + ", ".join(f"{count} {name}" for name, count in one.operations.items()))
