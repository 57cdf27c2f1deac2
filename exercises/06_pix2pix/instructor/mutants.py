"""Exercise 06, wrong: every answer here is one that learners really give, by its number in the list of misconceptions.

Sentences go on after "Your <title> …" and end without a full stop. The answers are in mutants_scores, _patches, _pairs, _unet and _steps.
"""

from mutants_pairs import MUTANTS as OF_THE_PAIRS
from mutants_patches import MUTANTS as OF_THE_PATCHES
from mutants_scores import MUTANTS as OF_THE_SCORES
from mutants_steps import MUTANTS as OF_THE_STEPS
from mutants_unet import MUTANTS as OF_THE_UNET

from course_lib.grading.checks import MutantList

MUTANTS = MutantList([*OF_THE_SCORES, *OF_THE_PATCHES, *OF_THE_PAIRS, *OF_THE_UNET, *OF_THE_STEPS])
