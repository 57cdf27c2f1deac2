"""The process beside the grader: it has imported torch, has run no operation, and forks one child for each job.

A keeper process stands between server and submission: it enters the namespaces, waits, reports how it ended, and takes
everything down with it. The server adopts what is orphaned and ends it before it takes the next job.
"""

import contextlib
import json
import os
import select
import shutil
import signal
import socket
import sys

from course_lib.grading.isolation import child, kernel


def serve(control_fd: int) -> None:
    """Take jobs (text, with four open files) from the control socket until it closes."""
    kernel.adopt_orphans()
    kernel.close_memory(True)
    control = socket.socket(fileno=control_fd)
    control.sendall(b"{}\n")
    while True:
        text, files, _, _ = socket.recv_fds(control, 1 << 16, 4)
        if not text:
            os._exit(0)
        request = json.loads(text)
        over, held = os.pipe()  # held by the keeper: when it ends, however, this end closes
        keeper = os.fork()
        if keeper == 0:
            control.close()
            os.close(over)
            _keep(request, *files)
        for file in [*files, held]:
            os.close(file)
        control.sendall(b'{"started": true}\n')
        if (
            control.fileno() in select.select([control.fileno(), over], [], [])[0]
        ):  # nothing is sent while a job runs: the grader is gone
            os.kill(keeper, signal.SIGKILL)
        os.close(over)
        os.waitpid(keeper, 0)
        _end_orphans()
        control.sendall(b'{"done": true}\n')
        if request["make"]:
            shutil.rmtree(
                request["make"]
            )  # if it cannot be removed this process ends, and its files with it: another is started


def _keep(request: dict, job: int, answers: int, printed: int, status: int) -> None:
    """The keeper: never returns."""
    try:
        os.setpgid(0, 0)  # a signal to "my group" stays here
        if request["make"]:
            os.mkdir(request["make"], 0o700)
        kernel.close_memory(False)
        in_force = kernel.enter_namespaces() if request["namespaces"] else []
        worker = os.fork()
        if worker == 0:
            kernel.die_with_parent()
            child.redirect(printed)
            _close_all_but(job, answers)
            with os.fdopen(job, "rb") as stream:
                data = stream.read()
            names = [f"{name} namespace" for name in in_force]
            with os.fdopen(answers, "wb") as stream:
                child.work(data, stream, [*request["in_force"], *names], "files" in in_force)
            child.end()
        kernel.close_memory(True)
        for file in (job, answers, printed):
            os.close(file)
        _, code, usage = os.wait4(worker, 0)
        ended = {"signal": os.WTERMSIG(code) if os.WIFSIGNALED(code) else 0, "code": os.waitstatus_to_exitcode(code)}
        used = {"cpu": usage.ru_utime + usage.ru_stime, "memory": usage.ru_maxrss << 10}
        os.write(status, json.dumps(ended | used).encode())
    except BaseException as error:
        with contextlib.suppress(BaseException):
            os.write(2, f"{type(error).__name__}: {error}".encode()[:500])
        os._exit(70)
    os._exit(0)


def _close_all_but(*kept: int) -> None:
    start = 3
    for file in [*sorted(kept), 1 << 20]:
        os.closerange(start, file)
        start = file + 1


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
