"""What a child of the grader runs first, by a Python that looks for modules in its own library only and runs no site hooks.

Its arguments are where packages are installed, then ``serve FD`` (fork server) or ``once`` (one job). From standard input it
reads the few files of the grader that run beside a submission, and runs each under its own name without the package: nothing
else of ``course_lib`` can be imported here, and no file of the course is opened.
"""

import json
import os
import site
import sys
import types

FILES = (
    "checks",
    "tools",
    "observe",
    "wire",
    "isolation.limits",
    "isolation.kernel",
    "isolation.mounts",
    "isolation.landlock",
    "isolation.syscalls",
    "isolation.trial",
    "isolation.confine",
    "isolation.explain",
    "isolation.child",
    "isolation.server",
)


def load_grader(sources: dict[str, str]) -> None:
    """Put the packages (empty) and their few modules into ``sys.modules``."""
    for package in ("course_lib", "course_lib.grading", "course_lib.grading.isolation"):
        sys.modules[package] = types.ModuleType(package)
        sys.modules[package].__path__ = []
    for name in FILES:
        full = f"course_lib.grading.{name}"
        module = sys.modules[full] = types.ModuleType(full)
        parent, _, short = full.rpartition(".")
        setattr(sys.modules[parent], short, module)
        exec(compile(sources[name], f"<grader>/{name}.py", "exec"), module.__dict__)


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    sys.path += sys.argv[1].split(os.pathsep)
    site.setquit()  # exit() and quit(), which a learner may have written
    load_grader(json.loads(sys.stdin.buffer.readline()))
    server = sys.modules["course_lib.grading.isolation.server"]
    if sys.argv[2] == "serve":
        server.serve(int(sys.argv[3]))
    else:
        server.once()
