"""Start processes for submissions: a fork server where the system can fork safely (Linux), a fresh interpreter elsewhere."""

import contextlib
import json
import os
import select
import shutil
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

BOOT = Path(__file__).with_name("boot.py")
# Not as a script: warnings and tracebacks open the main script's file, which a submission may not.
START = "import sys; exec(compile(open(sys.argv[1], encoding='utf-8').read(), '<grader>/boot.py', 'exec'))"
START_SECONDS = 120.0  # importing torch on a busy machine


class GraderTrouble(Exception):
    """The grader or the machine failed, not the submission: ungradable, never zero."""


def clean_environment(home: str) -> dict[str, str]:
    """What a submission may know of the environment: enough for Python and torch to start, no names, no tokens."""
    kept = {
        k: v
        for k, v in os.environ.items()
        if k in ("SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
    }
    return kept | {
        "PATH": os.defpath, "LANG": "C.UTF-8", "HOME": home, "TMPDIR": home, "TEMP": home, "TMP": home, "MPLCONFIGDIR": home,
        "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1",
    }  # fmt: skip


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


@dataclass
class Running:
    """A started job."""

    answers: Drain
    printed: Drain
    processes: list[psutil.Process] = field(default_factory=list)


class Launcher(Protocol):
    """One job at a time: start, wait a little (None while it runs), list its processes, kill it."""

    work: str

    def start(self, job: bytes, wall: float, answer_cap: int) -> Running: ...
    def wait(self, seconds: float) -> Ended | None: ...
    def processes(self) -> list[psutil.Process]: ...
    def kill(self) -> None: ...
    def close(self) -> None: ...


def _job_file(job: bytes) -> Any:
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the other process reads it
    file.write(job)
    file.seek(0)
    return file


class ForkServer:
    """Linux. A server process that has imported torch; each job is a fork of it, ready in some tens of milliseconds."""

    def __init__(self, namespaces: bool = True) -> None:
        self.namespaces = namespaces
        self.work = tempfile.mkdtemp(prefix="grading_")
        self._server: subprocess.Popen[bytes] | None = None
        self._keeper: psutil.Process | None = None
        self._status: Drain | None = None
        self._ready = False
        self._launch()  # at once: it imports torch while the grader does

    def _ensure(self) -> None:
        if not self._server or self._server.poll() is not None:
            self._launch()
        if not self._ready and self._message(START_SECONDS) is None:
            self._abandon()
            raise GraderTrouble(f"the helper process did not start: {self._log.data.decode(errors='replace')[-300:]}")
        self._ready = True

    def _launch(self) -> None:
        self._ready = False
        ours, theirs = socket.socketpair()
        self._server = subprocess.Popen(
            [sys.executable, "-I", "-c", START, str(BOOT), "serve", str(theirs.fileno())],
            pass_fds=[theirs.fileno()], cwd=self.work, env=clean_environment(self.work),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        theirs.close()
        assert self._server.stderr is not None
        self._log = Drain(os.dup(self._server.stderr.fileno()), 4000)
        self._server.stderr.close()
        self._control, self._buffer = ours, b""
        self._root = psutil.Process(self._server.pid)

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

    def start(self, job: bytes, wall: float, answer_cap: int) -> Running:
        self._ensure()
        answers, printed, status = os.pipe(), os.pipe(), os.pipe()
        request = json.dumps({"wall": wall, "namespaces": self.namespaces}).encode()
        with _job_file(job) as file:
            try:
                socket.send_fds(self._control, [request], [file.fileno(), answers[1], printed[1], status[1]])
            except OSError as error:
                self._abandon()
                raise GraderTrouble(f"the helper process does not listen ({error})") from error
            finally:
                for _, end in (answers, printed, status):
                    os.close(end)
        running = Running(Drain(answers[0], answer_cap), Drain(printed[0], 4000))
        self._status = Drain(status[0], 4000)
        message = self._message(30)
        if message is None:
            self._abandon()
            raise GraderTrouble("the helper process does not answer")
        with contextlib.suppress(psutil.NoSuchProcess):
            self._keeper = psutil.Process(message["keeper"])
        return running

    def wait(self, seconds: float) -> Ended | None:
        if self._message(seconds) is None:
            return None
        assert self._status is not None
        self._status.join(5)
        told = bytes(self._status.data)
        return Ended(**json.loads(told)) if told else Ended()

    def processes(self) -> list[psutil.Process]:
        # Only descendants of our own server: what was orphaned by a submission has been adopted by it.
        with contextlib.suppress(psutil.NoSuchProcess):
            return [p for p in self._root.children(recursive=True) if p != self._keeper]
        return []

    def kill(self) -> None:
        """End the job: its keeper first (what lives in its namespaces ends with it); the server then ends what it adopted."""
        for process in [self._keeper, *self.processes()]:
            if process is not None:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()

    def _abandon(self) -> None:
        for process in [*self.processes(), self._root]:
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
        shutil.rmtree(self.work, ignore_errors=True)


class FreshInterpreter:
    """Everywhere: a new ``python -I`` for each job. Seconds instead of milliseconds, because each imports torch."""

    def __init__(self) -> None:
        self.work = tempfile.mkdtemp(prefix="grading_")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, job: bytes, wall: float, answer_cap: int) -> Running:
        with _job_file(job) as file:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-c", START, str(BOOT), "once"], stdin=file, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                cwd=self.work, env=clean_environment(self.work), start_new_session=os.name == "posix",
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

    def kill(self) -> None:
        for process in self.processes():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()

    def close(self) -> None:
        if self._process and self._process.poll() is None:
            self.kill()
            self._process.wait(10)
        shutil.rmtree(self.work, ignore_errors=True)


def launcher() -> Launcher:
    """The fastest that this system has."""
    return ForkServer() if sys.platform == "linux" else FreshInterpreter()
