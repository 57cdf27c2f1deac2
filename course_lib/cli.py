"""``python -m course_lib VERB …``: the one place that joins tasks, training, zoo, grading and app.

Verbs import what they need when they run, so that ``--help`` answers at once.
"""

import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from course_lib.errors import CourseError

_DESCRIPTION = "Losses You Can See: train, try and grade image-to-image translation."


def main() -> None:
    """Runs a verb; a user's mistake is one sentence on stderr and exit code 2, Ctrl-C is 130."""
    warnings.showwarning = _plain_warning  # type: ignore[assignment]
    try:
        _dispatch(sys.argv[1:])
    except CourseError as error:
        print(f"{error}", file=sys.stderr)
        sys.exit(130 if type(error).__name__ == "Interrupted" else 2)
    except OSError as error:  # a full disk, no permission: the user's to mend, whoever stumbled over it
        print(f"{error}. Check the path, its permissions and the room on the disk.", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        sys.exit(130)


def _dispatch(arguments: list[str]) -> None:
    import tyro

    if arguments[:1] == ["train"] and len(arguments) > 1:
        from course_lib.verbs.train import train

        train(arguments[1:])
        return
    from course_lib.grading import verbs as grading
    from course_lib.verbs import evaluate, translate, zoo

    verbs: dict[str, Callable[..., Any]] = {
        "train": _train_help,
        "translate": translate.translate,
        "evaluate": evaluate.evaluate,
        "grade": grading.grade,
        "kit": grading.kit,
        "gpu-check": _gpu_check,
        "space": _space,
    }
    zoo_verbs: dict[str, Callable[..., Any]] = {
        "list": zoo.zoo_list, "verify": zoo.zoo_verify, "add": zoo.zoo_add, "pull": zoo.zoo_pull, "push": zoo.zoo_push,
    }  # fmt: skip
    if arguments[:1] == ["zoo"]:
        tyro.extras.subcommand_cli_from_dict(
            zoo_verbs, args=arguments[1:], prog="python -m course_lib zoo", description="The trained models."
        )
    else:
        code = tyro.extras.subcommand_cli_from_dict(
            verbs | {"zoo": _zoo_help}, args=arguments, prog="python -m course_lib", description=_DESCRIPTION
        )
        if code:  # what `grade` found is an exit code, for scripts
            sys.exit(code)


def _train_help(task: str, data: str, out: Path, preset: str = "laptop") -> None:
    """Train TASK on pictures. `train pix2pix --help` lists every setting of the paper."""


def _zoo_help() -> None:
    """The trained models: zoo list | verify | add | pull | push."""


def _gpu_check(preset: str = "laptop", report: Path | None = None) -> None:
    """One short real step of every task on this machine's GPU, in every precision, compiled and not, against the CPU.

    Args:
        preset: whose networks and sizes.
        report: write the table as JSON to this file.
    """
    from course_lib.verbs.gpu_check import gpu_check

    gpu_check(preset, report)


def _space(out: Path) -> None:
    """Write the folder that a Gradio Space on ZeroGPU runs as it is: the page, its library and its models.

    Args:
        out: a new or empty folder.
    """
    from course_lib.app.space import write_space

    print(f"Written to {write_space(out)}. Upload it with `hf upload --repo-type space USER/NAME {out}`.")


def _plain_warning(message: Warning | str, *_: Any, **__: Any) -> None:
    print(f"Note: {message}", file=sys.stderr)
