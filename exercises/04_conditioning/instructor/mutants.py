"""Exercise 04, wrong: every answer here is one that learners really give, by its number in the list of misconceptions.

Sentences go on after "Your <title> …" and end without a full stop. The answers are in the mutants_… beside.
"""

from mutants_draws import MUTANTS as OF_THE_DRAWS
from mutants_encodings import MUTANTS as OF_THE_ENCODINGS
from mutants_inputs import MUTANTS as OF_THE_INPUTS
from mutants_losses import MUTANTS as OF_THE_LOSS_OF_D
from mutants_losses_of_g import MUTANTS as OF_THE_LOSS_OF_G
from mutants_matching import MUTANTS as OF_THE_MATCHING_LOSS
from mutants_verdicts import MUTANTS as OF_THE_VERDICTS

from course_lib.grading.checks import MutantList

MUTANTS = MutantList(
    [
        *OF_THE_ENCODINGS,
        *OF_THE_INPUTS,
        *OF_THE_LOSS_OF_D,
        *OF_THE_LOSS_OF_G,
        *OF_THE_MATCHING_LOSS,
        *OF_THE_DRAWS,
        *OF_THE_VERDICTS,
    ]
)
