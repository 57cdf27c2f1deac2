"""Exercise 08, wrong: every answer here is one that learners really give, by its number in the list of misconceptions.

Sentences go on after "Your <title> …" and end without a full stop. The answers are in the mutants_… beside.
"""

from mutants_gram import MUTANTS as OF_THE_GRAM_MATRIX
from mutants_losses import MUTANTS as OF_THE_LOSSES
from mutants_network import MUTANTS as OF_THE_NETWORK
from mutants_paint import MUTANTS as OF_THE_PAINTED_PICTURE
from mutants_variation import MUTANTS as OF_THE_VARIATION

from course_lib.grading.checks import MutantList

MUTANTS = MutantList([*OF_THE_GRAM_MATRIX, *OF_THE_LOSSES, *OF_THE_VARIATION, *OF_THE_NETWORK, *OF_THE_PAINTED_PICTURE])
