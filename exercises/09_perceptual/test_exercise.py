"""``pytest exercises/09_perceptual``: one test a function. The cases are in checks.py; ``--submission DIR``
grades another folder.
"""

from course_lib.grading.pytest_functions import function_tests

test_function = function_tests(__file__)
