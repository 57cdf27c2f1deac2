"""Exercise 05, wrong: every answer here is one that learners really give, by its number in the list of misconceptions.

Sentences go on after "Your <title> …" and end without a full stop. The answers are in the mutants_… beside.
"""

from mutants_answers import MUTANTS as OF_THE_BEST_ANSWERS
from mutants_measures import MUTANTS as OF_THE_MEASURES
from mutants_objective import MUTANTS as OF_THE_OBJECTIVE
from mutants_shuffle import MUTANTS as OF_THE_PIXELS

from course_lib.grading.checks import MutantList

MUTANTS = MutantList([*OF_THE_BEST_ANSWERS, *OF_THE_PIXELS, *OF_THE_MEASURES, *OF_THE_OBJECTIVE])
