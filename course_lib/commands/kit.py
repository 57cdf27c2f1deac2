"""The command ``kit``. It imports what it needs when it runs."""

from pathlib import Path


def kit(
    out: Path, lessons: str = "lessons/ in the teacher's kit; ask your teacher for a copy", course: str = ""
) -> None:
    """Make a student kit (no answers; the mistakes are still named) and a teacher kit.

    Args:
        out: A new folder; gets student/ and teacher/.
        lessons: Where the students find the lessons, as their README says it: an address, a shared folder. They are not in the
            student kit, because they import the course's library, which holds the answers.
        course: The address of the course's ZIP. The lessons in the teacher's kit (copies to write in, without outputs) fetch it where
            the course is not installed, as on Colab. Without it the ZIP is looked for beside the notebook.
    """
    from course_lib.grading.kits import make_kits

    for kind, path in make_kits(out, lessons, course).items():
        print(f"{kind}: {path}")
