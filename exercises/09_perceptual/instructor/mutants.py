"""Exercise 09, wrong: every answer here is one that learners really give, by its number in the list of misconceptions.

Sentences go on after "Your <title> …" and end without a full stop. The answers are in the mutants_… beside.
"""

from mutants_input import MUTANTS as OF_THE_INPUT
from mutants_losses import MUTANTS as OF_THE_LOSSES
from mutants_networks import MUTANTS as OF_THE_NETWORKS
from mutants_objective import MUTANTS as OF_THE_OBJECTIVE
from mutants_step import MUTANTS as OF_THE_STEP

from course_lib.grading.checks import MutantList

MUTANTS = MutantList([*OF_THE_INPUT, *OF_THE_LOSSES, *OF_THE_OBJECTIVE, *OF_THE_NETWORKS, *OF_THE_STEP])
