"""Exercise 03, wrong: every answer here is one that learners really give, by its number in the list of misconceptions.

Sentences go on after "Your <title> …" and end without a full stop. The answers are in mutants_modes, _cures and _pairing.
"""

from mutants_cures import MUTANTS as OF_THE_CURES
from mutants_modes import MUTANTS as OF_THE_MODES
from mutants_pairing import MUTANTS as OF_THE_PAIRING

from course_lib.grading.checks import MutantList

MUTANTS = MutantList([*OF_THE_MODES, *OF_THE_CURES, *OF_THE_PAIRING])
