"""The command line of a kit: ``python -m course_lib grade 06_pix2pix``, the same as ``python grade.py 06_pix2pix``."""

import argparse
import os
import sys
from pathlib import Path

from course_lib.commands.grade import grade
from course_lib.errors import CourseError
from course_lib.terminal import speak_plainly


def main(arguments: list[str]) -> int:
    """The exit code: 0 all right, 1 something is not, 2 a wrong command, 3 something was not graded."""
    speak_plainly()
    os.environ["COURSE_ROOT"] = str(Path(__file__).resolve().parents[1])
    parser = argparse.ArgumentParser("python -m course_lib grade", description="Grades the exercises in this folder.")
    parser.add_argument("exercise", nargs="?", help="its name or number; all of them if left out")
    parser.add_argument(
        "--submission",
        type=Path,
        help="a .py file, a notebook, a ZIP, or the folder with it; the exercise's own if left out",
    )
    parser.add_argument("--hints", type=int, choices=(0, 1, 2), default=1, help="how many hints to show")
    parser.add_argument(
        "--report",
        nargs="+",
        action="extend",
        default=[],
        metavar="FORMAT:PATH",
        help="text, json, csv, junit, gradescope, classroom50, html",
    )
    parser.add_argument("--submissions", type=Path, help="a folder or ZIP of a class")
    parser.add_argument("--jobs", type=int, default=2, help="how many of a class at once")
    parser.add_argument("--out", type=Path, help="where a class's reports go")
    parser.add_argument(
        "--seed", type=int, help="of the hidden probes (where the solutions are), to grade again as a report says"
    )
    parser.add_argument(
        "--unsafe", action="store_true", help="give marks where this system does not keep a submission apart"
    )
    parser.add_argument("--self-test", action="store_true", help="prove the grader by its mutants (where they are)")
    options = vars(parser.parse_args(arguments[arguments[:1] == ["grade"] :]))
    try:
        return grade(options.pop("exercise"), **options | {"report": tuple(options["report"])})
    except (CourseError, OSError) as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
