"""The device a model works on, by name, and the memory that was held on it."""

import sys
from pathlib import Path

import torch

from course_lib.errors import CourseError


def usable_device(name: str) -> torch.device:
    """The device of that name ("cpu", "cuda", "cuda:1", "mps").

    Raises:
        CourseError: no such kind of device, or none in this machine.
    """
    try:
        device = torch.device(name)
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError, NotImplementedError) as error:  # torch built without it asserts
        raise CourseError(
            f"Device {name!r} cannot be used here. Choose cpu, or cuda or mps where there is one."
        ) from error
    return device


def peak_memory(device: str = "cpu") -> int:
    """The most bytes that this process, or its GPU, has held."""
    if device.startswith("cuda"):
        return torch.cuda.max_memory_allocated()
    status = Path("/proc/self/status")
    if status.exists():  # what getrusage says on Linux includes the process that started this one
        (line,) = [line for line in status.read_text().splitlines() if line.startswith("VmHWM")]
        return int(line.split()[1]) * 1024
    if sys.platform == "win32":
        import psutil

        return psutil.Process().memory_info().peak_wset
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # bytes on macOS
