"""``python -m course_lib COMMAND …``: which commands there are.

A command is imported when it runs, and the command line's own library with it, so that ``--help`` answers at once.
"""

import importlib
import os
import re
import select
import sys
import warnings
from typing import Any

from course_lib.errors import CourseError, nearest
from course_lib.terminal import speak_plainly

_DESCRIPTION = "Losses You Can See: train, try and grade image-to-image translation."
# Command → the function that is called, and a line for --help.
_COMMANDS = {
    "train": ("course_lib.commands.train:train", "TASK --data … --out …: train a paper's networks on pictures"),
    "translate": ("course_lib.commands.translate:translate", "a trained model over pictures and folders of pictures"),
    "evaluate": (
        "course_lib.commands.evaluate:evaluate",
        "the figures of a model's card, measured on pairs or samples",
    ),
    "export": ("course_lib.commands.export:export", "a trained model as ONNX, checked under onnxruntime"),
    "zoo": ("", "the trained models: list, verify, add, mix, pull, push"),
    "grade": ("course_lib.commands.grade:grade", "exercises: one submission, a class, or the graders themselves"),
    "lessons": ("course_lib.commands.lessons:lessons", "the lessons to write in: copies without outputs"),
    "kit": ("course_lib.commands.kit:kit", "the folder to hand out to students"),
    "space": ("course_lib.commands.space:space", "the folder that a Gradio Space runs"),
    "gpu-check": ("course_lib.commands.gpu_check:gpu_check", "one real step of every task on this machine's GPU"),
}
_ZOO = {
    "list": ("course_lib.commands.zoo:zoo_list", "what is there"),
    "verify": ("course_lib.commands.zoo:zoo_verify", "load every model, check hashes and fingerprints"),
    "add": ("course_lib.commands.zoo:zoo_add", "put a finished run into the zoo"),
    "mix": ("course_lib.commands.zoo:zoo_mix", "put a model between two trained ones into the zoo"),
    "pull": ("course_lib.commands.zoo:zoo_pull", "fetch a model from the Hub at a pinned commit"),
    "push": ("course_lib.commands.zoo:zoo_push", "upload a model to the Hub"),
}


def main() -> None:
    """Runs a command; a user's mistake is one sentence on stderr and exit code 2, Ctrl-C is 130."""
    _open_streams()
    speak_plainly()
    warnings.showwarning = _plain_warning  # type: ignore[assignment]
    try:
        code = _dispatch("python -m course_lib", _DESCRIPTION, _COMMANDS, list(map(_with_home, sys.argv[1:])))
        sys.stdout.flush()
    except CourseError as error:
        print(f"{error}", file=sys.stderr)
        sys.exit(130 if type(error).__name__ == "Interrupted" else 2)
    except OSError as error:  # a full disk, no permission: the user's to mend, whoever stumbled over it
        if isinstance(error, BrokenPipeError) and _nobody_reads():
            sys.exit(141)  # as a program ends that SIGPIPE stops: `zoo list | head -1` has what it wants
        print(f"{error}. Check the path, its permissions and the room on the disk.", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        sys.exit(130)
    if code:  # what `grade` found is an exit code, for scripts
        sys.exit(code)


def _dispatch(program: str, description: str, commands: dict[str, tuple[str, str]], arguments: list[str]) -> Any:
    if not arguments or arguments[0] in ("-h", "--help"):
        lines = [f"  {name:10} {line}" for name, (_, line) in commands.items()]
        print(
            "\n".join(
                [f"usage: {program} COMMAND …", "", description, "", *lines, "", f"{program} COMMAND --help says more."]
            )
        )
        return None if arguments else 2
    command, rest = arguments[0], arguments[1:]
    if command not in commands:
        raise CourseError(
            f"{program}: there is no command {command!r}. There is {', '.join(commands)}." + nearest(command, commands)
        )
    if command == "zoo":
        return _dispatch(f"{program} zoo", "The trained models.", _ZOO, rest)
    module, function = commands[command][0].split(":")
    run = getattr(importlib.import_module(module), function)
    if command == "train":  # its settings depend on the task and the preset: it reads its words itself
        return run(rest)
    import tyro

    return tyro.cli(run, args=rest, prog=f"{program} {command}")


def _open_streams() -> None:
    """A process that was started without an output still has somewhere to print to."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115


def _nobody_reads() -> bool:
    """Whether nobody reads standard output any more; from then on nothing is written to it."""
    if not hasattr(select, "poll"):
        return False
    pipe = select.poll()
    pipe.register(sys.stdout.fileno(), 0)
    if not any(event & select.POLLERR for _, event in pipe.poll(0)):
        return False
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return True


def _with_home(argument: str) -> str:
    """``~/x``, ``--out=~/x`` and ``fluent=~/x`` with the home folder, where the shell left it to us."""
    found = re.fullmatch(r"((?:--[\w-]+=)?(?:\w+=)?)(~(?:[/\\].*)?)", argument, re.S)
    return found[1] + os.path.expanduser(found[2]) if found else argument


def _plain_warning(message: Warning | str, *_: Any, **__: Any) -> None:
    print(f"Note: {message}", file=sys.stderr)
