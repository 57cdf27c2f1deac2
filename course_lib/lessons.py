"""What lessons need beside the library: a check of a printed sentence against the numbers of this run."""

import os


def text_check(condition: bool, sentence: str) -> None:
    """Checks that a sentence of a lesson agrees with the numbers of this run.

    A learner who changes a parameter may get other numbers than the text was written for. That is no error: a note is
    printed and the notebook goes on. Where COURSE_STRICT=1 is set (the tests, and the run that makes the committed
    notebook) a sentence that does not hold stops the run.

    Args:
        condition: what the sentence says, computed.
        sentence: the sentence as the lesson prints it, or its core.

    Raises:
        AssertionError: the sentence does not hold, and COURSE_STRICT is 1.
    """
    if condition:
        return
    if os.environ.get("COURSE_STRICT") == "1":
        raise AssertionError(f"The numbers of this run do not support the sentence: {sentence}")
    print(
        f"Note: this cell checks the printed text. In your run this sentence does not hold: “{sentence}” "
        "If you changed a parameter above, that is an answer, not an error: go on."
    )
