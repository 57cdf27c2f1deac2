"""How colourful: by hand."""

import pytest
import torch

from course_lib.errors import CourseError
from course_lib.metrics import chroma, chroma_relative


def flat(*colour):
    return torch.tensor(colour).view(1, 3, 1, 1).expand(1, 3, 16, 16).contiguous()


def test_chroma_is_the_largest_channel_less_the_smallest():
    half = torch.cat([flat(1.0, 0.0, 0.0)[..., :8], flat(0.5, 0.5, 0.5)[..., :8]], dim=3)
    together = torch.cat([flat(1.0, 0.25, 0.5), flat(0.3, 0.3, 0.3), half])
    torch.testing.assert_close(chroma(together), torch.tensor([0.75, 0.0, 0.5], dtype=torch.float64))


def test_the_mean_of_red_and_blue_is_half_as_colourful_as_either():
    red, blue = flat(1.0, 0.0, 0.0), flat(0.0, 0.0, 1.0)
    assert chroma_relative((red + blue) / 2, torch.cat([red, blue])) == pytest.approx(0.5)


def test_nothing_is_as_colourful_as_grey():
    with pytest.raises(CourseError, match="are grey"):
        chroma_relative(flat(1.0, 0.0, 0.0), flat(0.5, 0.5, 0.5))
