"""The table of both directions: its numbers are those of numpy, and it refuses what it cannot show."""

import pytest

from course_lib.errors import CourseError
from course_lib.plots.two_way import two_way_table


def record(*runs):
    return {
        "rows": {"full": [{"AtoB": {"called": a, "body": 0.5}, "BtoA": {"called": b, "body": 0.25}} for a, b in runs]}
    }


def test_cells_are_mean_and_sample_deviation_both_ways():
    table = two_way_table(record((0.0, 1.0), (0.5, 1.0), (1.0, 1.0)), {"called": "called target"})
    assert table.splitlines() == [
        "| | A → B: called target | B → A: called target |",
        "|---|---|---|",
        "| full | 0.50 ± 0.50 | 1.00 ± 0.00 |",
    ]


def test_one_seed_has_no_spread_and_measures_keep_their_order():
    last = two_way_table(record((0.125, 1.0)), {"body": "b", "called": "c"}, digits=3).splitlines()[-1]
    assert last == "| full | 0.500 | 0.125 | 0.250 | 1.000 |"


def test_unknown_rows_and_measures_are_named():
    with pytest.raises(CourseError, match="'half'"):
        two_way_table(record((0, 0)), {"called": "c"}, rows=["half"])
    with pytest.raises(CourseError, match="'speed'.*called, body"):
        two_way_table(record((0, 0)), {"speed": "s"})
