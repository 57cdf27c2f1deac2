"""The one exception a user is meant to read."""


class CourseError(Exception):
    """Something the user can mend.

    ``str(error)`` is one or two plain sentences that name the value and the way out. The command line prints it
    without a traceback and exits with 2; the app shows it as a message.
    """
