"""Files that appear whole or not at all, and checkpoint files that are read without running what is in them."""

import os
import pickle
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from course_lib.errors import CourseError

# torch and safetensors report a failed write as errors of their own, with these words in the text alone.
_FAILED_WRITE = ("No space left", "I/O error", "file write failed", "unexpected pos")


def write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Calls ``write(temporary)``, then moves the temporary file to ``path`` in one step, once it is on the disk.

    Raises:
        CourseError: no space, no permission or no such place; ``path`` is left as it was.
    """
    temporary: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # The beginning of its name alone: with what is added a long one would be too long.
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.")
        os.close(handle)
        temporary = Path(name)
        write(temporary)
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except Exception as error:
        if not (isinstance(error, OSError) or any(words in str(error) for words in _FAILED_WRITE)):
            raise
        raise unwritable(path, error) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """A text file, whole or not at all. What is no text, as in a path of another encoding, is written as its bytes' numbers."""
    write_whole(path, lambda temporary: temporary.write_text(text, encoding="utf-8", errors="backslashreplace"))


def make_folder(path: Path) -> None:
    """The folder and its parents, if they are not there yet.

    Raises:
        CourseError: a file of that name, no permission, no such place.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(path, error) from error


def unwritable(path: Path, error: Exception) -> CourseError:
    """What to tell a user whose disk is full, or who may not write there."""
    reason = getattr(error, "strerror", None) or str(error)
    if "unexpected pos" in reason:  # how torch says that the disk took less than it was given
        reason = "No space left on device, or the device failed"
    return CourseError(f"{path} could not be written ({reason}). Make room or choose another folder, then run again.")


def read_tensors(path: Path) -> Any:
    """What ``torch.save`` wrote, on the CPU: tensors and plain values. Nothing in the file is executed.

    Raises:
        CourseError: the file is damaged, of another format, or a pickle that holds more.
    """
    import torch

    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        named = re.search(r"GLOBAL ([\w.]+)", str(error))
        if named or path.read_bytes()[:1] == b"\x80":
            what = f"{named[1]}, which" if named else "more than tensors, and"
            raise CourseError(
                f"{path} is refused: it is a pickle that holds {what} could run code. Save a plain state_dict() instead."
            ) from error
        raise _damaged(path) from error
    except PermissionError as error:
        raise CourseError(f"{path} may not be read. Check its permissions.") from error
    except Exception as error:  # a damaged file makes torch raise anything from KeyError to struct.error
        raise _damaged(path) from error


def _damaged(path: Path) -> CourseError:
    return CourseError(
        f"{path} cannot be read as a checkpoint: it is damaged, truncated or of another format. Get it anew."
    )
