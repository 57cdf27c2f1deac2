"""Exercise 07, wrong: every answer here is one that learners really give, by its number in the list of misconceptions.

Sentences go on after "Your <title> …" and end without a full stop. The answers are in mutants_losses, _objectives, _history and _layers.
"""

from mutants_history import MUTANTS as OF_THE_HISTORY
from mutants_layers import MUTANTS as OF_THE_LAYERS
from mutants_losses import MUTANTS as OF_THE_LOSSES
from mutants_objectives import MUTANTS as OF_THE_OBJECTIVES

from course_lib.grading.checks import MutantList

MUTANTS = MutantList([*OF_THE_LOSSES, *OF_THE_OBJECTIVES, *OF_THE_HISTORY, *OF_THE_LAYERS])
