"""Which of a tab's models work: the others are named on the page, with the reason, and the tab goes on without them."""

from collections.abc import Callable, Iterable

from course_lib.errors import CourseError


def usable(
    names: Iterable[str], load: Callable[[str], object], needed: str | None = None
) -> tuple[list[str], dict[str, str]]:
    """The models that ``load`` opens, in their order, and for each of the others, why not.

    Args:
        needed: one without which the tab has nothing to show.

    Raises:
        CourseError: none works, or the needed one does not.
    """
    found, broken = [], {}
    for name in names:
        try:
            load(name)
            found.append(name)
        except CourseError as error:
            broken[name] = str(error)
    if needed in broken:
        raise CourseError(broken[needed])
    if not found:
        raise CourseError(" ".join(broken.values()) or "None of this tab's models is in the zoo.")
    return found, broken
