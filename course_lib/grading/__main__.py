import sys

import tyro

from course_lib.errors import CourseError
from course_lib.grading import verbs

try:
    sys.exit(tyro.extras.subcommand_cli_from_dict({"grade": verbs.grade, "kit": verbs.kit}))
except CourseError as error:
    sys.exit(f"{error}")
