"""Exercise 07, wrong: every answer here is one that learners really give, by its number in the list of misconceptions.

Sentences go on after "Your <title> …" and end without a full stop. The answers are in the mutants_… beside.
"""

from mutants_accepts import MUTANTS as OF_THE_VERDICT
from mutants_decay import MUTANTS as OF_THE_SCHEDULE
from mutants_discriminators import MUTANTS as OF_THE_DISCRIMINATORS
from mutants_history import MUTANTS as OF_THE_HISTORY
from mutants_losses import MUTANTS as OF_THE_LOSSES
from mutants_norm import MUTANTS as OF_THE_NORM
from mutants_objectives import MUTANTS as OF_THE_OBJECTIVE
from mutants_residual import MUTANTS as OF_THE_BLOCK

from course_lib.grading.checks import MutantList

MUTANTS = MutantList(
    [
        *OF_THE_LOSSES,
        *OF_THE_VERDICT,
        *OF_THE_OBJECTIVE,
        *OF_THE_HISTORY,
        *OF_THE_DISCRIMINATORS,
        *OF_THE_SCHEDULE,
        *OF_THE_NORM,
        *OF_THE_BLOCK,
    ]
)
