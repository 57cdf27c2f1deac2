"""What the tests of streams share: shards whose pictures tell their numbers."""

import io

import numpy as np
import pytest
from PIL import Image


def png(number, side=16, width=None):
    """A picture whose first pixels tell its number."""
    noise = np.random.default_rng(number).integers(0, 256, (side, width or side, 3), dtype=np.uint8)
    noise[:, :, 0] = number
    file = io.BytesIO()
    Image.fromarray(noise).save(file, "PNG")
    return file.getvalue()


def pairs_of(numbers):
    """The files of samples: input.png is 2 n, target.png is 2 n + 1."""
    return {
        f"{number:04d}.{name}.png": png(2 * number + at)
        for number in numbers
        for at, name in enumerate(("input", "target"))
    }


@pytest.fixture
def shards(tmp_path, shard):
    """Four shards of ten pairs, and one of four held-out pairs."""
    for at in range(4):
        shard(tmp_path / "set" / f"train-{at}.tar", pairs_of(range(10 * at, 10 * at + 10)))
    shard(tmp_path / "set" / "val-0.tar", pairs_of(range(100, 104)))
    return tmp_path / "set"


def red(record):
    return [int(np.asarray(Image.open(io.BytesIO(picture.content)))[0, 0, 0]) for picture in record]


def numbers(data, count, **place):
    """Which pictures the first ``count`` records hold."""
    place = {"seed": 0, "epoch": 0, "rank": 0, "ranks": 1} | place
    return [red(record) for record, _ in zip(data.records(**place), range(count), strict=False)]
