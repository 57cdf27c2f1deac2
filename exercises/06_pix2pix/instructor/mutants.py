"""Exercise 06, wrong: every answer here is one that learners really give, by its number in the list of misconceptions.

Sentences go on after "Your <title> …" and end without a full stop. The answers are in the mutants_… beside.
"""

from mutants_losses import MUTANTS as OF_THE_LOSS_OF_D
from mutants_losses_of_g import MUTANTS as OF_THE_LOSS_OF_G
from mutants_pairs import MUTANTS as OF_THE_PAIRS
from mutants_pairs_of_g import MUTANTS as OF_THE_PAIRS_OF_G
from mutants_patches import MUTANTS as OF_THE_PATCHES
from mutants_squares import MUTANTS as OF_THE_SQUARES
from mutants_steps import MUTANTS as OF_THE_STEPS
from mutants_targets import MUTANTS as OF_THE_TARGETS
from mutants_translate import MUTANTS as OF_TRANSLATING
from mutants_unet import MUTANTS as OF_THE_UNET

from course_lib.grading.checks import MutantList

MUTANTS = MutantList(
    [
        *OF_THE_TARGETS,
        *OF_THE_LOSS_OF_D,
        *OF_THE_LOSS_OF_G,
        *OF_THE_SQUARES,
        *OF_THE_PATCHES,
        *OF_THE_PAIRS,
        *OF_THE_PAIRS_OF_G,
        *OF_THE_UNET,
        *OF_THE_STEPS,
        *OF_TRANSLATING,
    ]
)
