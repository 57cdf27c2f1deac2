"""Exercise 04, wrong: every answer here is one that learners really give, by its number in the list of misconceptions.

Sentences go on after "Your <title> …" and end without a full stop. The answers are in mutants_encodings, _losses, _draws and _verdicts.
"""

from mutants_draws import MUTANTS as OF_THE_DRAWS
from mutants_encodings import MUTANTS as OF_THE_ENCODINGS
from mutants_losses import MUTANTS as OF_THE_LOSSES
from mutants_verdicts import MUTANTS as OF_THE_VERDICTS

from course_lib.grading.checks import MutantList

MUTANTS = MutantList([*OF_THE_ENCODINGS, *OF_THE_LOSSES, *OF_THE_DRAWS, *OF_THE_VERDICTS])
