"""The process beside the grader: it has imported torch, has run no operation, and forks one child for each job.

A keeper process stands between server and submission: it enters the namespaces, waits, reports how it ended, and takes
everything down with it. The server adopts what is orphaned and ends it before it takes the next job.
"""

import contextlib
import json
import os
import signal
import socket
import sys

from course_lib.grading.isolation import child, limits

SPARE_SECONDS = 20  # beyond the wall limit: only if the grader itself died and nobody watches


def serve(control_fd: int) -> None:
    """Take jobs (text, with four open files) from the control socket until it closes."""
    limits.adopt_orphans()
    control = socket.socket(fileno=control_fd)
    control.sendall(b"{}\n")
    while True:
        text, files, _, _ = socket.recv_fds(control, 1 << 16, 4)
        if not text:
            os._exit(0)
        request = json.loads(text)
        keeper = os.fork()
        if keeper == 0:
            control.close()
            _keep(request, *files)
        for file in files:
            os.close(file)
        control.sendall(json.dumps({"keeper": keeper}).encode() + b"\n")
        os.waitpid(keeper, 0)
        _end_orphans()
        control.sendall(b'{"done": true}\n')


def _keep(request: dict, job: int, answers: int, printed: int, status: int) -> None:
    """The keeper: never returns."""
    try:
        os.setpgid(0, 0)  # a signal to "my group" stays here
        signal.alarm(int(request["wall"]) + SPARE_SECONDS)
        in_force = limits.enter_namespaces() if request["namespaces"] else []
        worker = os.fork()
        if worker == 0:
            os.close(status)
            limits.die_with_parent()
            signal.alarm(0)
            child.redirect(printed)
            with os.fdopen(job, "rb") as stream:
                data = stream.read()
            own_files = "files" in in_force
            names = [f"{name} namespace" for name in in_force] or ["subreaper"]
            with os.fdopen(answers, "wb") as stream:
                child.work(data, stream, [*names, "keeper"], own_files)
            child.end()
        for file in (job, answers, printed):
            os.close(file)
        _, code, usage = os.wait4(worker, 0)
        ended = {"signal": os.WTERMSIG(code) if os.WIFSIGNALED(code) else 0, "code": os.waitstatus_to_exitcode(code)}
        os.write(status, json.dumps(ended | {"cpu": usage.ru_utime + usage.ru_stime}).encode())
    except BaseException as error:
        with contextlib.suppress(BaseException):
            os.write(2, f"{type(error).__name__}: {error}".encode()[:500])
        os._exit(70)
    os._exit(0)


def _end_orphans() -> None:
    """Kill and collect every process that is still a child of this server (as their adopter, it gets them all)."""
    while True:
        for pid in _children():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def _children() -> list[int]:
    try:
        with open(f"/proc/self/task/{os.getpid()}/children") as file:
            return [int(pid) for pid in file.read().split()]
    except OSError:
        import psutil

        return [p.pid for p in psutil.Process().children()]


def once() -> None:
    """Without a fork server (macOS, Windows): one job from stdin, answers to stdout, then end."""
    job = sys.stdin.buffer.read()
    answers = os.fdopen(os.dup(1), "wb")
    child.redirect(2)
    child.work(job, answers, [], False)
    child.end()
