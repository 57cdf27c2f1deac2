"""What was measured both ways, as one table: A → B beside B → A, with the spread over seeds."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from course_lib.errors import CourseError
from course_lib.plots.stored import per_seed

WAYS = {"AtoB": "A → B", "BtoA": "B → A"}


def two_way_table(
    record: dict[str, Any], measures: Mapping[str, str], *, rows: Sequence[str] | None = None, digits: int = 2
) -> str:
    """A Markdown table in the shape of the paper's ablation: one row a variant, the measures of both directions side
    by side.

    Each cell is the mean over the seeds ± their standard deviation (n − 1; left out for a single seed).

    Args:
        record: a stored result; a row of it has "AtoB" and "BtoA", each measure → value.
        measures: measure → heading.
        rows: variants to show, in this order; all of them if not given.

    Raises:
        CourseError: a variant or a measure that the record does not have.
    """
    variants = list(record["rows"]) if rows is None else list(rows)
    missing = [name for name in variants if name not in record["rows"]]
    if missing:
        raise CourseError(f"The record has no row {missing[0]!r}; it has {', '.join(record['rows'])}.")
    known = record["rows"][variants[0]][0]["AtoB"]
    unknown = [name for name in measures if name not in known]
    if unknown:
        raise CourseError(f"The record does not measure {unknown[0]!r}; it measures {', '.join(known)}.")
    columns = [(way, measure) for way in WAYS for measure in measures]
    lines = [
        "| | " + " | ".join(f"{WAYS[way]}: {measures[measure]}" for way, measure in columns) + " |",
        "|---|" + "---|" * len(columns),
    ]
    values = {column: per_seed(record, ".".join(column)) for column in columns}
    for variant in variants:
        cells = [_cell(values[column][variant], digits) for column in columns]
        lines.append(f"| {variant} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(values: list[float], digits: int) -> str:
    middle = f"{np.mean(values):.{digits}f}"
    return middle if len(values) < 2 else f"{middle} ± {np.std(values, ddof=1):.{digits}f}"
