"""The command ``lessons``. It imports what it needs when it runs."""

from pathlib import Path


def lessons(out: Path, course: str = "") -> None:
    """Write the lessons as a learner opens them: copies without outputs. Files that are there are never overwritten.

    Args:
        out: A folder, new or not.
        course: The address of the course's ZIP, for notebooks that are opened where the course is not installed, as on Colab;
            their first cell fetches it. Without it the ZIP is looked for beside the notebook.
    """
    from course_lib.learners import write_edition

    edition = write_edition(out, course)
    for path in edition.written:
        print(f"written: {path}")
    for path in edition.kept:
        print(f"kept as it is: {path}")
    if edition.kept:
        print("A lesson that is there may hold your answers. For a fresh copy, name a new folder.")
