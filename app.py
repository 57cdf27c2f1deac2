"""The web app: ``python app.py``, or ``make demo``, which installs what it needs first."""

import sys

from course_lib.app.page import launch
from course_lib.errors import CourseError

if __name__ == "__main__":
    try:
        launch()
    except CourseError as error:
        sys.exit(str(error))
