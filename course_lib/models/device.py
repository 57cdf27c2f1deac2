"""The device a model works on, by name."""

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
