"""Where and how to compute: Accelerate's accelerator, and no other precision than the one that was asked for."""

from accelerate import Accelerator, DistributedDataParallelKwargs
from accelerate.state import AcceleratorState, GradientState
from accelerate.utils import GradScalerKwargs

from course_lib.errors import CourseError


def make_accelerator(precision: str, cpu: bool) -> Accelerator:
    """Where and how to compute, by Accelerate.

    Raises:
        CourseError: a precision that this machine does not have: it would silently be another one.
    """
    try:
        accelerator = Accelerator(
            cpu=cpu,
            mixed_precision={"fp32": "no"}.get(precision, precision),
            # Two forwards of D before one backward, and no batch statistics to agree on: buffers stay each process's
            # own.
            kwargs_handlers=[DistributedDataParallelKwargs(broadcast_buffers=False)],
        )
    except ValueError as error:
        raise CourseError(f"Precision {precision} cannot be used here ({error}). Take --precision fp32.") from error
    if precision == "fp16" and accelerator.device.type == "cpu":
        raise CourseError("Precision fp16 needs a GPU, and this run is on the CPU. Take --precision fp32 or bf16.")
    return accelerator


# What gloo, NCCL and the store say when the other end of a connection is gone.
_GONE = ("connection closed by peer", "connection reset by peer", "connection refused", "broken pipe", "remote process exited",
         "ncclremoteerror", "socket timeout", "timed out waiting", "recvvalue failed")  # fmt: skip


def another_process_ended(error: BaseException) -> bool:
    """Whether an error of a run of several processes says that one of the others is gone."""
    words = str(error).lower()
    return isinstance(error, RuntimeError) and any(sign in words for sign in _GONE)


def another_precision(precision: str, cpu: bool) -> Accelerator:
    """An accelerator of another precision on the same device and for the same processes; those made before are void."""
    AcceleratorState._reset_state()
    GradientState._reset_state()
    return make_accelerator(precision, cpu)


def fresh_accelerator(device: str, precision: str) -> Accelerator:
    """An accelerator for a device and a precision, whatever this process used before (Accelerate keeps one state)."""
    AcceleratorState._reset_state(reset_partial_state=True)
    GradientState._reset_state()
    # The usual first scale, 65536, skips steps until it has come down; here the first one counts.
    scale = [GradScalerKwargs(init_scale=64.0)] if precision == "fp16" else []
    mixed = {"fp32": "no"}.get(precision, precision)
    return Accelerator(cpu=device == "cpu", mixed_precision=mixed, kwargs_handlers=scale)
