"""The whole table of dishonest submissions in every situation that this machine has: ``python -m benchmarks.hostile``.

What is counted: whether one gained a point, whether an honest one after it lost any or anything of a neighbour's was changed,
whether one was called ungradable for what it did itself. Some twenty minutes; as root it plays all situations.
"""

import sys
import time
from collections import Counter
from typing import Any

from benchmarks.provenance import store
from tests.grading.hostile import ALL
from tests.grading.hostile.play import MODES, Played, play_in, possible


def main() -> None:
    started, rows = time.monotonic(), {}
    for mode, what in MODES.items():
        if reason := possible(mode):
            print(f"{mode}: not here ({reason})")
            continue
        played = play_in(mode)
        rows[mode] = row = summary(played) | {"is": what.says}
        print(
            f"{mode}: {row['submissions']} submissions, {row['gained']} gained a point, {row['harmed']} cost another one something, "
            f"{row['ungradable']} ungradable, {row['other_words']} told in other words"
        )
        for one in (p for p in played if not p.holds):
            print(f"  {one.name}: {one.status}, {one.score} points, {one.headline[:120]} {one.harmed[:120]}")
        sys.stdout.flush()
    store(
        "hostile", command="python -m benchmarks.hostile", seeds=[], seconds=time.monotonic() - started,
        result={"kinds": dict(Counter(case.kind for case in ALL)), "situations": rows},
    )  # fmt: skip


def summary(played: list[Played]) -> dict[str, Any]:
    """The counts of one situation."""
    return {
        "submissions": len(played),
        "gained": sum((p.score or 0) > p.wanted for p in played),
        "harmed": sum(bool(p.harmed) or p.neighbour != 2 or p.left > 0 for p in played),
        "ungradable": sum(p.score is None for p in played),
        "other_words": sum(not p.said for p in played),
        "in_force": played[0].in_force,
    }


if __name__ == "__main__":
    main()
