"""Pictures inside text, there and back."""

import base64

import numpy as np
import pytest
from PIL import Image

from course_lib.app import inline
from course_lib.errors import CourseError


@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_there_and_back(mode, decoded):
    picture = Image.effect_noise((40, 30), 90).convert(mode)
    text = inline.data_url(picture)
    assert (decoded(text) == np.asarray(picture.convert("RGB"))).all()  # by another reader
    assert (np.asarray(inline.from_data_url(text)) == np.asarray(picture.convert("RGB"))).all()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, "did not arrive"), (3, "did not arrive"), ("", "did not arrive"), ("AAAA", "did not arrive"),
        ("data:text/html;base64,AAAA", "did not arrive"), ("http://127.0.0.1/a.png", "did not arrive"),
        ("data:image/png;base64,é", "whole"), ("data:image/png;base64,AAAA", "PNG"),
        ("data:image/png;base64," + "A" * 300_000, "did not arrive"),
    ],
)  # fmt: skip
def test_what_is_no_picture(text, told):
    with pytest.raises(CourseError, match=told):
        inline.from_data_url(text)


def test_damaged_large_or_another_format(encoded):
    with pytest.raises(CourseError, match="PNG"):
        inline.from_data_url(encoded(Image.new("RGB", (64, 64)), "JPEG"))
    with pytest.raises(CourseError, match="4,000 × 4,000 = 16,000,000 pixels"):
        inline.from_data_url(encoded(Image.new("1", (4000, 4000))))
    head, data = encoded(Image.effect_noise((64, 64), 90)).split(",")
    half = base64.b64encode(base64.b64decode(data)[:300]).decode()
    with pytest.raises(CourseError, match="damaged"):
        inline.from_data_url(f"{head},{half}")
