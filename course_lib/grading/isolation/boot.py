"""Started by ``launch.START`` as ``… PATH_OF_THIS serve FD`` (fork server) or ``… PATH_OF_THIS once`` (one job on stdin).

Loads the few files of the grader that run beside a submission, by path, under their own names, without the package: the rest of
``course_lib`` is never importable here.
"""

import os
import sys
import types

GRADING = os.path.dirname(os.path.dirname(os.path.abspath(sys.argv[1])))
FILES = (
    "checks",
    "tools",
    "observe",
    "wire",
    "isolation.limits",
    "isolation.fence",
    "isolation.child",
    "isolation.server",
)


def load_grader() -> None:
    """Put the packages (empty) and their few modules into ``sys.modules``."""
    for package in ("course_lib", "course_lib.grading", "course_lib.grading.isolation"):
        sys.modules[package] = types.ModuleType(package)
        sys.modules[package].__path__ = []
    for name in FILES:
        full = f"course_lib.grading.{name}"
        with open(os.path.join(GRADING, *name.split(".")) + ".py", encoding="utf-8") as file:
            source = file.read()
        module = sys.modules[full] = types.ModuleType(full)
        parent, _, short = full.rpartition(".")
        setattr(sys.modules[parent], short, module)
        # Not under its true path: printing a traceback must not look like a submission that opens the grader's files.
        exec(compile(source, f"<grader>/{name}.py", "exec"), module.__dict__)


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    load_grader()
    server = sys.modules["course_lib.grading.isolation.server"]
    if sys.argv[2] == "serve":
        server.serve(int(sys.argv[3]))
    else:
        server.once()
