"""One exercise and one grader for all tests of the grader: starting one imports torch, which takes seconds."""

import sys
from pathlib import Path

import pytest

from course_lib.grading.checks import Exercise, load_exercise
from course_lib.grading.reference import LiveReference

EXERCISE = Path(__file__).parents[2] / "exercises" / "06_pix2pix"
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux namespaces and the fork server")


@pytest.fixture(scope="session")
def exercise() -> Exercise:
    return load_exercise(EXERCISE)


@pytest.fixture(scope="session")
def reference(exercise: Exercise) -> LiveReference:
    return LiveReference(exercise)
