"""Exercise 01, wrong: every answer here is one that learners really give, by its number in the list of misconceptions.

Sentences go on after "Your <title> …" and end without a full stop. The answers are in mutants_value, _losses and _steps.
"""

from mutants_losses import MUTANTS as OF_THE_LOSSES
from mutants_steps import MUTANTS as OF_THE_STEPS
from mutants_value import MUTANTS as OF_THE_VALUE

from course_lib.grading.checks import MutantList

MUTANTS = MutantList([*OF_THE_VALUE, *OF_THE_LOSSES, *OF_THE_STEPS])
