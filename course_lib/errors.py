"""The one exception a user is meant to read."""

import difflib
from collections.abc import Iterable


class CourseError(Exception):
    """Something the user can mend.

    ``str(error)`` is one or two plain sentences that name the value and the way out. The command line prints it
    without a traceback and exits with 2; the app shows it as a message.
    """


def nearest(name: str, known: Iterable[str]) -> str:
    """ " Did you mean 'x'?" for a word that is nearly one of those known; else nothing."""
    found = difflib.get_close_matches(name.lower(), list(known), n=1)
    return f" Did you mean {found[0]!r}?" if found else ""
