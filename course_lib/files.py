"""Files that appear whole or not at all."""

import errno
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from course_lib.errors import CourseError


def write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Calls ``write(temporary)``, then moves the temporary file to ``path`` in one step, once it is on the disk.

    Raises:
        CourseError: no space, no permission or no such place; ``path`` is left as it was.
    """
    temporary: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        os.close(handle)
        temporary = Path(name)
        write(temporary)
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except (OSError, RuntimeError) as error:
        # torch and safetensors report a full disk as RuntimeError; the errno is then in the text alone.
        full = (
            getattr(error, "errno", None) == errno.ENOSPC
            or "No space left" in str(error)
            or "file write failed" in str(error)
        )
        if not (full or isinstance(error, OSError)):
            raise
        way_out = (
            "The disk is full; make room and run again with --resume." if full else "Choose another folder with --out."
        )
        raise CourseError(f"{path} could not be written ({error}). {way_out}") from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """A text file, whole or not at all."""
    write_whole(path, lambda temporary: temporary.write_text(text, encoding="utf-8"))
