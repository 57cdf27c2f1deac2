"""Exercise 01, wrong: every answer here is one that learners really give, by its number in the list of misconceptions.

Sentences go on after "Your <title> …" and end without a full stop. The answers are in the mutants_… beside.
"""

from mutants_means import MUTANTS as OF_MEANS
from mutants_losses import MUTANTS as OF_THE_LOSS_OF_D
from mutants_losses_of_g import MUTANTS as OF_THE_LOSSES_OF_G
from mutants_point import MUTANTS as OF_THE_POINT
from mutants_steps import MUTANTS as OF_THE_STEPS
from mutants_value import MUTANTS as OF_THE_VALUE

from course_lib.grading.checks import MutantList

MUTANTS = MutantList([*OF_THE_VALUE, *OF_THE_LOSS_OF_D, *OF_THE_LOSSES_OF_G, *OF_MEANS, *OF_THE_STEPS, *OF_THE_POINT])
