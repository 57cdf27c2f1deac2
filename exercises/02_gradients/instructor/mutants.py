"""Exercise 02, wrong: every answer here is one that learners really give, by its number in the list of misconceptions.

Sentences go on after "Your <title> …" and end without a full stop. The answers are in the mutants_… beside.
"""

from mutants_losses import MUTANTS as OF_THE_LOSSES
from mutants_margins import MUTANTS as OF_THE_MARGINS
from mutants_slopes import MUTANTS as OF_THE_SLOPES
from mutants_through_d import MUTANTS as ON_THE_WAY_THROUGH_D

from course_lib.grading.checks import MutantList

MUTANTS = MutantList([*OF_THE_LOSSES, *OF_THE_MARGINS, *OF_THE_SLOPES, *ON_THE_WAY_THROUGH_D])
