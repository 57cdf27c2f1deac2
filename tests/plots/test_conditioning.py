"""Asked against judged: the figure shows the shares it was given."""

import numpy as np
import pytest
import torch

from course_lib.errors import CourseError
from course_lib.plots import asked_and_found


def test_rows_become_shares_and_the_title_says_how_many_were_right():
    counts = torch.tensor([[3, 1], [0, 8]])
    drawn = asked_and_found({"G": counts, "blind": counts.flip(1)}, ["cat", "dog"])
    np.testing.assert_allclose(drawn.axes[0].images[0].get_array(), [[0.75, 0.25], [0, 1]])
    assert drawn.axes[0].get_title() == "G\n92% as asked"
    assert drawn.axes[1].get_title() == "blind\n8% as asked"
    assert [label.get_text() for label in drawn.axes[0].get_yticklabels()] == ["cat", "dog"]
    assert drawn.get_facecolor()[3] == 0


@pytest.mark.parametrize("counts", [torch.ones(2, 3), torch.ones(3, 3), torch.tensor([[1, 1], [0, 0]])])
def test_counts_that_do_not_fit_are_refused(counts):
    with pytest.raises(CourseError, match="every class asked for"):
        asked_and_found({"G": counts}, ["cat", "dog"])
