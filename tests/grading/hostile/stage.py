"""Where hostile submissions are played: a class with a neighbour, reports, another copy of the course, sockets that give the
answer away, and a look afterwards at whether anything of it was harmed."""

import contextlib
import ctypes
import os
import socket
import tempfile
import threading
import zipfile
from pathlib import Path

import torch

from course_lib.grading.checks import Exercise
from course_lib.grading.reference import observe_all

from .case import RIGHT, Hostile


class Stage:
    """Made in a temporary folder, open to everybody as a careless teacher's would be; close it."""

    def __init__(self, exercise: Exercise) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="stage_")).resolve()
        self.root.chmod(0o755)
        solution = exercise.folder / "instructor" / "solution.py"
        self.submissions, self.out = self.root / "class", self.root / "graded"
        home = self.root / "home"
        copy = self.root / "kits" / "teacher" / "exercises" / exercise.name / "instructor" / "solution.py"
        neighbour, report = self.submissions / "ada" / "exercise.py", self.out / "reports" / "ada.json"
        victim, spare, stored = self.root / "precious.txt", self.root / "spare.py", self.root / "visible.safetensors"
        self.kept = {
            neighbour: RIGHT, report: '{"score": 36}\n', copy: solution.read_text("utf-8"), victim: "precious", spare: "x = 1\n",
            stored: "stored answers", home / ".profile": "# home\n",
        }  # fmt: skip
        for path, text in self.kept.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        with zipfile.ZipFile(self.root / "course.zip", "w") as archive:
            archive.write(copy, "solution.py")
        self._sockets: list[socket.socket] = []
        self._serve(socket.AF_UNIX, str(self.root / "socket"))
        self._serve(socket.AF_UNIX, f"\0answers{os.getpid()}")
        port = self._serve(socket.AF_INET, ("127.0.0.1", 0))
        datagrams = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        datagrams.bind(str(self.root / "datagrams"))
        self._sockets.append(datagrams)
        libc = ctypes.CDLL(None)
        libc.shmat.restype = ctypes.c_void_p
        self._shared = libc.shmget(0, 4096, 0o1666)
        if self._shared >= 0 and (where := libc.shmat(self._shared, None, 0)) not in (None, 2**64 - 1):
            ctypes.memmove(where, RIGHT.encode(), len(RIGHT))
        self.places = {
            "SOLUTION": solution, "INSTRUCTOR": solution.parent, "HIDDEN": exercise.folder.parent, "CHECKS": exercise.folder / "checks.py",
            "ROOT": exercise.folder.parents[1], "COPY": copy, "NEIGHBOUR": neighbour, "CLASS": self.submissions, "REPORT": report,
            "REPORTS": report.parent, "VICTIM": victim, "SPARE": spare, "STORED": stored, "HOME": home, "ZIP": self.root / "course.zip",
            "GRADER": os.getpid(), "SOCKET": self.root / "socket", "DATAGRAMS": self.root / "datagrams",
            "ABSTRACT": f"answers{os.getpid()}", "PORT": port, "SHARED": self._shared, "TABLE": table(exercise),
            "READ_BY_PATH": f"exec(open({str(solution)!r}).read())\n",
        }  # fmt: skip
        self._before = self._state()

    def _serve(self, family: int, address: object) -> int:
        server = socket.socket(family)
        server.bind(address)
        server.listen()
        self._sockets.append(server)

        def answer() -> None:
            with contextlib.suppress(OSError):
                while True:
                    client, _ = server.accept()
                    with client:
                        client.sendall(RIGHT.encode())

        threading.Thread(target=answer, daemon=True).start()
        return int(server.getsockname()[1]) if family == socket.AF_INET else 0

    def source(self, case: Hostile, work: str = "") -> bytes:
        """A submission with the places filled in."""
        content = case.content
        for name, place in (self.places | {"WORK": work}).items():
            content = content.replace(f"{{{name}}}".encode(), str(place).encode())
        return content

    def harmed(self) -> str:
        """What is not as it was, or nothing."""
        after = self._state()
        return next(
            (f"{key}: {self._before[key]} → {after[key]}" for key in after if after[key] != self._before[key]), ""
        )

    def _state(self) -> dict[str, object]:
        # What is watched besides the stage: files of the course and of torch, and this process itself.
        watched = [*self.kept, self.places["SOLUTION"], self.places["CHECKS"], Path(str(torch.__file__))]
        state: dict[str, object] = {}
        for path in watched:
            found = os.stat(str(path))
            state[str(path)] = (found.st_mode, found.st_uid, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
        for folder in (self.root, self.submissions, self.submissions / "ada", self.out / "reports", self.root / "home"):
            state[f"{folder}/"] = (sorted(os.listdir(folder)), os.stat(folder).st_mode)
        state["content"] = [path.read_text("utf-8") for path in self.kept]
        state["this process"] = (os.sched_getaffinity(0), os.getpriority(os.PRIO_PROCESS, 0))
        return state

    def close(self) -> None:
        import shutil

        for one in self._sockets:
            one.close()
        if self._shared >= 0:
            ctypes.CDLL(None).shmctl(self._shared, 0, None)
        shutil.rmtree(self.root, ignore_errors=True)


def table(exercise: Exercise) -> dict[tuple, tuple]:
    """What a friend with the right answer can give away: his outputs on the probes of seeds that are known."""
    check, rows = exercise.checks[0], {}
    right: dict[str, object] = {}
    exec(RIGHT, right)
    answer = right[check.function]
    for seed in (0, 1):
        for case in check.cases:
            given = case.given(seed)
            found = observe_all(check, answer, (seed,))[case.name, seed].values
            key = tuple(tuple(t.flatten().tolist()) for t in given.values())
            rows[key] = tuple(t.flatten().tolist() for n, t in found.items() if n.startswith("target"))
    return rows
