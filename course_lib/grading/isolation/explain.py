"""Words for what a graded function tries and may not: an audit hook that names it where the system only refuses.

It is no protection, because code in the same process finds a way around it; that is what ``confine`` is for.
Standard library only.
"""

import os
import sys
import sysconfig

from course_lib.grading.observe import SOURCE_NAME

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CHANGES = {
    "os.remove": 1, "os.rmdir": 1, "os.rename": 2, "os.mkdir": 1, "os.truncate": 1, "os.link": 2, "os.symlink": 2,
    "os.chmod": 1, "os.chown": 1, "os.utime": 1, "shutil.rmtree": 1, "shutil.move": 2,
}  # fmt: skip
PROGRAMS = {"os.system", "os.exec", "os.posix_spawn", "os.startfile", "os.fork", "os.forkpty", "subprocess.Popen"}
NETWORK = {"socket.connect", "socket.bind", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"}
SIGNALS = {"os.kill", "os.killpg", "signal.pthread_kill"}


class LibraryRefused(ImportError):
    """The submission imports this library, which holds the answers."""


class Finder:
    """First on ``sys.meta_path``: refuses ``course_lib`` by name."""

    def __init__(self, notes: list[str]) -> None:
        self.notes = notes

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name == "course_lib" or name.startswith("course_lib."):
            note = f"imports {name}, which holds the answers"
            if note not in self.notes:
                self.notes.append(note)
            raise LibraryRefused(
                f"{name} holds the answers: a graded function may not import it. Write it with torch alone."
            )


def put_up(work: str, hidden: list[str], notes: list[str]) -> None:
    """From now on what is tried is added to ``notes``, once each, and ends in a sentence."""
    work = os.path.realpath(work)
    secret = [os.path.realpath(place) for place in hidden]
    open_for_all = {os.devnull, "/dev/tty"}
    standard = sysconfig.get_path("stdlib")

    def inside(path: str, folder: str) -> bool:
        return path == folder or path.startswith(folder + os.sep)

    def by_itself() -> bool:
        """Whether the submission's own code does it, not a library that it imports (matplotlib looks for fonts with a program)."""
        frame = sys._getframe(2)
        while frame is not None:
            file = frame.f_code.co_filename
            if file == SOURCE_NAME:
                return True
            if not file.startswith("<") and (not inside(file, standard) or "site-packages" in file):
                return False
            frame = frame.f_back  # type: ignore[assignment]
        return True

    def refuse(what: str) -> None:
        if what not in notes and len(notes) < 20 and by_itself():
            notes.append(what)
        raise PermissionError(f"not here: a graded function only computes (it {what})")

    def full(path: object) -> str | None:
        if not isinstance(path, str | bytes | os.PathLike):
            return None  # an open file's number
        return os.path.realpath(os.fsdecode(path))

    def hook(event: str, args: tuple) -> None:
        if event == "open":
            path, mode, flags = args
            place = full(path)
            if place is None:
                return
            if any(inside(place, s) for s in secret):
                refuse(f"tries to read the course's own files ({os.path.basename(place)})")
            writes = any(letter in mode for letter in "wax+") if isinstance(mode, str) else bool((flags or 0) & WRITING)
            if writes and not inside(place, work) and place not in open_for_all:
                refuse("tries to write a file outside its own folder")
        elif event in CHANGES:
            for path in args[: CHANGES[event]]:
                place = full(path)
                if place is not None and not inside(place, work):
                    refuse("tries to change or delete files outside its own folder")
        elif event in ("os.listdir", "os.scandir"):
            place = full(args[0] if args[0] is not None else ".")
            if place is not None and any(inside(place, s) for s in secret):
                refuse(f"tries to read the course's own files ({os.path.basename(place)})")
        elif event in PROGRAMS:
            refuse("tries to start another process or program")
        elif event in NETWORK:
            refuse("tries to use the network")
        elif event in SIGNALS:
            refuse("tries to send a signal to a process")

    for name in [n for n in sys.modules if n == "course_lib" or n.startswith("course_lib.")]:
        del sys.modules[name]
    sys.meta_path.insert(0, Finder(notes))  # type: ignore[arg-type]
    sys.addaudithook(hook)
