"""What a weights file and a config say of a model, held against each other before a byte of either becomes a tensor.

A config is anybody's text: ``{"blocks": 10000000}`` must be a sentence, at once, and not the end of the computer. The
network is built on torch's ``meta`` device, where tensors have shapes and no memory, and only as far as the file goes.
"""

import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn

import torch
from safetensors import SafetensorError, safe_open
from torch import nn
from torch.nn.modules.module import (
    register_module_module_registration_hook,
    register_module_parameter_registration_hook,
)
from torch.overrides import TorchFunctionMode

from course_lib.errors import CourseError

SECONDS = 4.0  # to build a network without memory; the largest here takes a tenth of one
MOST = 20_000  # for an argument whose size nothing in the file explains: 2 ** levels alone would fill the memory
_ALWAYS_FINE = 1024  # sides of pictures, which no tensor shows
_FLOATS = {"F16", "BF16", "F32", "F64"}
_WHOLES = {"I8", "I16", "I32", "I64", "U8"}

Header = dict[str, tuple[str, tuple[int, ...]]]  # name → (dtype, shape)


def read_header(file: Path) -> Header:
    """The tensors that a safetensors file holds, without reading them.

    Raises:
        CourseError: missing, or no safetensors file.
    """
    named = f"{file.parent.name}/{file.name}"
    try:
        with safe_open(file, framework="pt") as opened:
            slices = {name: opened.get_slice(name) for name in opened.keys()}  # noqa: SIM118  it is no mapping
            return {name: (part.get_dtype(), tuple(part.get_shape())) for name, part in slices.items()}
    except FileNotFoundError:
        raise CourseError(f"{named} is missing. Restore the folder from the repository or pull it again.") from None
    except (SafetensorError, OSError, ValueError) as error:
        raise CourseError(f"{named} is no readable safetensors file. Restore it or pull it again.") from error


def check_fit(file: Path, build: Callable[..., nn.Module], arguments: Any, name: str) -> None:
    """Whether the network that a config describes has exactly the tensors of a file. Allocates nothing.

    Args:
        build: the network's class.
        arguments: the config's, whatever they are.
        name: of the model, for messages.

    Raises:
        CourseError: the file is none, the arguments describe no network, or the two differ; with the first differences.
    """
    header = read_header(file)
    _check_arguments(arguments, header, name)
    own = _on_meta(build, arguments, 2 * len(header) + 100, name)  # so far, what is missing can be named
    differs = [f"{key} is missing" for key in own.keys() - header.keys()]
    differs += [f"{key} is unexpected" for key in header.keys() - own.keys()]
    for key in own.keys() & header.keys():
        (dtype, shape), tensor = header[key], own[key]
        if shape != tuple(tensor.shape):
            differs.append(f"{key} is {shape}, not {tuple(tensor.shape)}")
        elif dtype not in (_FLOATS if tensor.is_floating_point() else _WHOLES):
            differs.append(f"{key} is of type {dtype}, not {str(tensor.dtype).removeprefix('torch.')}")
    if differs:
        raise CourseError(f"The weights of {name} do not fit its network: {'; '.join(sorted(differs)[:3])}.")


def check_finite(weights: Mapping[str, torch.Tensor], name: str) -> None:
    """Whether all numbers of a model are numbers.

    Raises:
        CourseError: the first tensor that holds NaN or infinity.
    """
    for key in sorted(weights):
        if not weights[key].isfinite().all():
            raise CourseError(
                f"The weights of {name} hold NaN or infinity (in {key}): its training ran away. Restore or pull another."
            )


def _check_arguments(arguments: Any, header: Header, name: str) -> None:
    """No count may be larger than everything the file has: not its tensors, nor the longest side of one."""
    if not isinstance(arguments, dict):
        raise CourseError(f"The config of {name} has no arguments for its network.")
    longest = max((side for _, shape in header.values() for side in shape), default=0)
    most = min(MOST, max(_ALWAYS_FINE, longest, len(header)))
    for key, value in arguments.items():
        size = len(value) if isinstance(value, str | list | dict) else value
        if isinstance(size, int | float) and not abs(size) <= most:  # NaN is not either
            said = f"{len(value):,} entries long" if isinstance(value, str | list | dict) else str(value)[:40]
            raise CourseError(
                f"In the config of {name}, {str(key)[:40]} is {said}; its weights allow {most:,} at most."
            )


def _on_meta(
    build: Callable[..., nn.Module], arguments: dict[str, Any], most: int, name: str
) -> dict[str, torch.Tensor]:
    try:
        with torch.device("meta"), _Bounded(most, name):
            return build(**arguments).state_dict()
    except CourseError:
        raise
    except Exception as error:  # a network's code meets anything here: KeyError, OverflowError, a division by zero …
        told = " ".join(str(error).split())[:200]
        raise CourseError(f"The config of {name} does not describe its network ({told}).") from error


_FIRST_WEIGHTS = {"normal_", "uniform_", "trunc_normal_"}  # of tensors and of torch.nn.init


class _Bounded(TorchFunctionMode):
    """Stops the building of a network, in this thread, once it has ``most`` tensors or takes too long.

    On ``meta`` nothing is drawn, so a generator of the CPU, which torch would refuse there, is left out, and so are first
    weights: for their sake torch would import its compiler, which takes seconds.
    """

    def __init__(self, most: int, name: str) -> None:
        super().__init__()
        self.most, self.name, self.seen = most, name, 0
        self.mine, self.until = threading.get_ident(), time.monotonic() + SECONDS
        self.hooks: list[Any] = []

    def __enter__(self) -> "_Bounded":
        self.hooks = [
            register_module_parameter_registration_hook(self.count),
            register_module_module_registration_hook(self.count),
        ]
        return super().__enter__()

    def __exit__(self, *error: Any) -> None:
        for hook in self.hooks:
            hook.remove()
        super().__exit__(*error)

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.check_time()
        kwargs = {key: value for key, value in (kwargs or {}).items() if key != "generator"}
        if getattr(func, "__name__", "") in _FIRST_WEIGHTS:
            return kwargs["tensor"] if "tensor" in kwargs else args[0]
        begun, known = time.monotonic(), "torch._dynamo" in sys.modules
        result = func(*args, **kwargs)
        if not known and "torch._dynamo" in sys.modules:  # imported for arithmetic on meta: not the network's time
            self.until += time.monotonic() - begun
        return result

    def count(self, module: nn.Module, key: str, part: Any) -> None:
        if threading.get_ident() != self.mine:  # the hooks are everybody's
            return
        self.check_time()
        self.seen += isinstance(part, nn.Parameter)
        if self.seen > self.most:
            self.stop("has far more tensors than the file")

    def check_time(self) -> None:
        if time.monotonic() > self.until:
            self.stop(f"takes more than {SECONDS:.0f} s to build")

    def stop(self, why: str) -> NoReturn:
        raise CourseError(f"The config of {self.name} does not describe its weights: the network {why}.")
