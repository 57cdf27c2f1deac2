"""Start processes for submissions: a fork server where the system can fork safely (Linux), a fresh interpreter elsewhere."""

import contextlib
import functools
import itertools
import json
import os
import runpy
import select
import socket
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import psutil

from course_lib.grading.isolation import bubblewrap, places
from course_lib.grading.isolation.folders import Folders

# The grader's own part of a child comes through its standard input: it opens no file of the course.
START = (
    "import sys; given = sys.stdin.buffer; exec(compile(given.read(int(given.readline())), '<grader>/boot.py', 'exec'))"
)
START_SECONDS = 300.0  # importing torch on a busy machine
USERS = range(61184, 65520)  # numbers that no account is given
_numbers = itertools.count(os.getpid())


class GraderTrouble(Exception):
    """The grader or the machine failed, not the submission, and something shows it: ungradable, never zero."""


def command(*arguments: str) -> list[str]:
    """Python that takes modules from its own library and from where packages are installed: not from the current folder,
    the environment, a user's site or a ``.pth`` file."""
    python = getattr(sys, "_base_executable", "") or sys.executable  # a virtual environment's is only a way to it
    return [python, "-I", "-S", "-c", START, os.pathsep.join(places.libraries()), *arguments]


@functools.cache
def own_code() -> bytes:
    """What a child reads first: ``boot.py``, and the sources that it loads."""
    here = Path(__file__).parent
    boot = (here / "boot.py").read_bytes()
    names = runpy.run_path(str(here / "boot.py"))["FILES"]
    sources = {name: here.parent.joinpath(*name.split(".")).with_suffix(".py").read_text("utf-8") for name in names}
    return b"%d\n" % len(boot) + boot + json.dumps(sources).encode() + b"\n"


def clean_environment(home: str) -> dict[str, str]:
    """What a submission may know of the environment: enough for Python and torch to start, no names, no tokens."""
    kept = {
        k: v
        for k, v in os.environ.items()
        if k in ("SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
    }
    return kept | {
        "PATH": os.defpath, "LANG": "C.UTF-8", "HOME": home, "TMPDIR": home, "TEMP": home, "TMP": home, "MPLCONFIGDIR": home,
        "TORCHINDUCTOR_CACHE_DIR": home, "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1",
    }  # fmt: skip


def unused_user() -> int:
    """The number of a user that is nobody else, neither by account nor for another launcher of this process."""
    user = USERS[next(_numbers) * 7 % len(USERS)]
    with contextlib.suppress(ImportError, KeyError):
        import pwd

        pwd.getpwuid(user)
        return unused_user()
    return user


class Drain(threading.Thread):
    """Reads a pipe to its end, keeps the first ``keep`` bytes and counts the rest, so that a writer never blocks or fills memory."""

    def __init__(self, fd: int, keep: int) -> None:
        super().__init__(daemon=True)
        self.fd, self.keep, self.total, self.data = fd, keep, 0, bytearray()
        self.start()

    def run(self) -> None:
        with contextlib.suppress(OSError):
            while chunk := os.read(self.fd, 1 << 16):
                self.total += len(chunk)
                self.data += chunk[: max(0, self.keep - len(self.data))]
        with contextlib.suppress(OSError):
            os.close(self.fd)


@dataclass
class Ended:
    """How a submission's process ended, as far as the system tells."""

    code: int | None = None
    signal: int = 0
    cpu: float = 0.0
    memory: int = 0  # at most, resident


@dataclass
class Running:
    """A started job."""

    answers: Drain
    printed: Drain
    processes: list[psutil.Process] = field(default_factory=list)


class Launcher(Protocol):
    """One job at a time: a fresh folder, start, wait a little (None while it runs), list its processes, kill it."""

    user: int

    def fresh(self) -> str: ...
    def start(self, job: bytes, answer_cap: int) -> Running: ...
    def wait(self, seconds: float) -> Ended | None: ...
    def processes(self) -> list[psutil.Process]: ...
    def litter(self) -> int: ...
    def kill(self) -> None: ...
    def close(self) -> None: ...


def _to_read(data: bytes) -> Any:
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the other process reads it
    file.write(data)
    file.seek(0)
    return file


class ForkServer:
    """Linux. A server process that has imported torch; each job is a fork of it, ready in some tens of milliseconds.

    Args:
        namespaces: whether each job is to get namespaces of its own (what is not granted is done without).
        wrapped: whether the server itself runs inside bubblewrap.
    """

    _root: psutil.Process  # what was started
    _helper: psutil.Process  # the server: the same, or inside bubblewrap

    def __init__(self, namespaces: bool = True, wrapped: bool = False) -> None:
        self.namespaces, self.wrapped = namespaces, wrapped
        self._folders, self.user = Folders(), unused_user()
        self._server: subprocess.Popen[bytes] | None = None
        self._keeper: psutil.Process | None = None
        self._status: Drain | None = None
        self._ready = False
        self._launch()  # at once: it imports torch while the grader does

    def fresh(self) -> str:
        return self._folders.fresh()

    def _ensure(self) -> None:
        if not self._server or self._server.poll() is not None:
            self._launch()
        if not self._ready and self._message(START_SECONDS) is None:
            self._abandon()
            raise GraderTrouble(f"the helper process did not start: {self._log.data.decode(errors='replace')[-300:]}")
        if not self._ready and self.wrapped:
            self._helper = self._root.children(recursive=True)[-1]
        self._ready = True

    def _launch(self) -> None:
        self._ready = False
        ours, theirs = socket.socketpair()
        home = self._folders.home
        start = command("serve", str(theirs.fileno()))
        if self.wrapped:
            readable = [*places.readable([places.COURSE]), start[0]]
            start = [
                *bubblewrap.prefix(home, readable, places.aliases(), list(places.DEVICES), [places.COURSE]),
                *start,
            ]
        with _to_read(own_code()) as code:
            self._server = subprocess.Popen(
                start, pass_fds=[theirs.fileno()], cwd=home, env=clean_environment(home),
                stdin=code, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True,
            )  # fmt: skip
        theirs.close()
        assert self._server.stderr is not None
        self._log = Drain(os.dup(self._server.stderr.fileno()), 4000)
        self._server.stderr.close()
        self._control, self._buffer = ours, b""
        self._root = self._helper = psutil.Process(self._server.pid)

    def _message(self, seconds: float) -> dict[str, Any] | None:
        """The next line from the server, or None if none comes in time; GraderTrouble if it is gone."""
        deadline = time.monotonic() + seconds
        while b"\n" not in self._buffer:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self._control], [], [], left)[0]:
                return None
            try:
                data = self._control.recv(4096)
            except OSError:
                data = b""
            if not data:
                self._abandon()
                raise GraderTrouble("the helper process ended; the next check gets a new one")
            self._buffer += data
        line, self._buffer = self._buffer.split(b"\n", 1)
        message: dict[str, Any] = json.loads(line)
        return message

    def start(self, job: bytes, answer_cap: int) -> Running:
        self._ensure()
        answers, printed, status = os.pipe(), os.pipe(), os.pipe()
        work = self._folders.current if self.wrapped else ""
        in_force = bubblewrap.IN_FORCE if self.wrapped else ()
        request = json.dumps({"namespaces": self.namespaces, "make": work, "in_force": in_force}).encode()
        with _to_read(job) as file:
            try:
                socket.send_fds(self._control, [request], [file.fileno(), answers[1], printed[1], status[1]])
            except OSError as error:
                for end, _ in (answers, printed, status):
                    os.close(end)
                self._abandon()
                raise GraderTrouble(f"the helper process does not listen ({error})") from error
            finally:
                for _, end in (answers, printed, status):
                    os.close(end)
        running = Running(Drain(answers[0], answer_cap), Drain(printed[0], 4000))
        self._status = Drain(status[0], 4000)
        if self._message(START_SECONDS) is None:
            self._abandon()
            raise GraderTrouble("the helper process does not answer")
        with contextlib.suppress(psutil.Error):
            self._keeper = next(iter(self._helper.children()), None)
        return running

    def wait(self, seconds: float) -> Ended | None:
        if self._message(seconds) is None:
            return None
        assert self._status is not None
        self._status.join(60)
        told = bytes(self._status.data)
        return Ended(**json.loads(told)) if told else Ended()

    def processes(self) -> list[psutil.Process]:
        # Only descendants of our own server: what was orphaned by a submission has been adopted by it.
        with contextlib.suppress(psutil.Error):
            return [p for p in self._helper.children(recursive=True) if p != self._keeper]
        return []

    def litter(self) -> int:
        return self._folders.used()

    def kill(self) -> None:
        """End the job: its keeper first (what lives in its namespaces ends with it); the server then ends what it adopted."""
        for process in [self._keeper, *self.processes()]:
            if process is not None:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()

    def _abandon(self) -> None:
        for process in [*self.processes(), self._helper, self._root]:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        if self._server:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._server.wait(10)
            self._control.close()
        self._server = None

    def close(self) -> None:
        if self._server:
            self._abandon()
        self._folders.close()


class FreshInterpreter:
    """Everywhere: a new ``python -I`` for each job. Seconds instead of milliseconds, because each imports torch."""

    def __init__(self) -> None:
        self._folders, self.user = Folders(), unused_user()
        self._process: subprocess.Popen[bytes] | None = None

    def fresh(self) -> str:
        return self._folders.fresh()

    def start(self, job: bytes, answer_cap: int) -> Running:
        home = self._folders.current
        with _to_read(own_code() + job) as given:
            self._process = subprocess.Popen(
                command("once"), stdin=given, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                cwd=home, env=clean_environment(home), start_new_session=os.name == "posix",
            )  # fmt: skip
        assert self._process.stdout and self._process.stderr
        running = Running(
            Drain(os.dup(self._process.stdout.fileno()), answer_cap), Drain(os.dup(self._process.stderr.fileno()), 4000)
        )
        self._process.stdout.close()
        self._process.stderr.close()
        self._known: dict[int, psutil.Process] = {}
        return running

    def wait(self, seconds: float) -> Ended | None:
        assert self._process is not None
        self.processes()  # remembered while their parent still lives: an orphan could not be found any more
        try:
            code = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        self.kill()
        return Ended(code=code, signal=-code if code < 0 else 0)

    def processes(self) -> list[psutil.Process]:
        assert self._process is not None
        with contextlib.suppress(psutil.NoSuchProcess):
            root = psutil.Process(self._process.pid)
            self._known |= {p.pid: p for p in [root, *root.children(recursive=True)]}
        return [p for p in self._known.values() if p.is_running()]

    def litter(self) -> int:
        return self._folders.used()

    def kill(self) -> None:
        for process in self.processes():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()

    def close(self) -> None:
        if self._process and self._process.poll() is None:
            self.kill()
            self._process.wait(10)
        self._folders.close()


def launcher() -> Launcher:
    """The best that this system has."""
    if sys.platform != "linux":
        return FreshInterpreter()
    wrapped = bubblewrap.installed() and not bubblewrap.namespaces_granted() and bool(bubblewrap.found())
    return ForkServer(namespaces=not wrapped, wrapped=wrapped)
