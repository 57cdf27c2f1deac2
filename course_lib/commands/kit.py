"""The command ``kit``. It imports what it needs when it runs."""

from pathlib import Path


def kit(out: Path, lessons: str = "notebooks/ in the folder of the course, which your teacher has") -> None:
    """Make a student kit (no answers; the mistakes are still named) and a teacher kit.

    Args:
        out: A new folder; gets student/ and teacher/.
        lessons: Where the students find the lessons, as their README says it: an address, a shared folder. They are not in the
            student kit, because they import the course's library, which holds the answers.
    """
    from course_lib.grading.kits import make_kits

    for kind, path in make_kits(out, lessons).items():
        print(f"{kind}: {path}")
