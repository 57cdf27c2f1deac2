"""``pytest exercises/06_pix2pix``: one test a function. The cases are in checks.py; ``--submission DIR`` grades another folder."""

from course_lib.grading.pytest_door import tests_for

test_function = tests_for(__file__)
