"""Reading checkpoints of the official pytorch-CycleGAN-and-pix2pix code into this library's networks.

Its files hold one ``state_dict`` whose names follow its own nesting. Here every network kind is described once: a
function that builds it from what the file's shapes say, and a table from this library's names to the file's.
"""

from collections.abc import Callable
from pathlib import Path

from torch import Tensor, nn

from course_lib.errors import CourseError
from course_lib.files import read_tensors
from course_lib.networks.patchgan import PatchDiscriminator
from course_lib.networks.resnet import ResnetGenerator
from course_lib.networks.unet import UnetGenerator

State = dict[str, Tensor]


def load_official(path: str | Path, network: str) -> nn.Module:
    """A generator or discriminator with the weights of an official ``*_net_*.pth`` file, in eval mode.

    Args:
        path: the file, read with ``weights_only=True`` (nothing in it is executed).
        network: "resnet_9blocks", "resnet_6blocks", "unet_256", "unet_128" or "patch_70". The number of channels, the
            width, the norm and the dropout are read off the file's names and shapes.

    Raises:
        CourseError: the file is missing, truncated, no plain state dict, or of another network; it says what differs.
    """
    if network not in _KINDS:
        raise CourseError(f"Network {network!r} is unknown; it must be one of {', '.join(_KINDS)}.")
    build, table = _KINDS[network]
    state = _read(Path(path))
    try:
        module = build(state)
    except KeyError as missing:
        raise CourseError(f"{path} is no {network}: it has no tensor {missing}.") from None
    except (IndexError, ValueError, RuntimeError) as error:  # a first layer that is no convolution
        raise CourseError(f"{path} is no {network}: its layers have other shapes ({error}).") from error
    names = table(module)
    own = {name: tensor for name, tensor in module.state_dict().items() if not name.endswith("num_batches_tracked")}
    wanted = {names[name]: (name, tensor) for name, tensor in own.items()}
    _compare(path, network, state, wanted)
    # strict=False only for num_batches_tracked, which means nothing at a fixed momentum; the rest was compared above.
    module.load_state_dict({name: state[theirs].float() for theirs, (name, _) in wanted.items()}, strict=False)
    return module.eval()


def _read(path: Path) -> State:
    if not path.is_file():
        raise CourseError(f"{path} is not there. Name a checkpoint file such as latest_net_G.pth.")
    state = read_tensors(path)
    if not isinstance(state, dict) or not all(isinstance(k, str) and isinstance(v, Tensor) for k, v in state.items()):
        raise CourseError(f"{path} holds no state_dict (a dict of tensors). Save the network's state_dict() alone.")
    # Files saved from several GPUs carry a prefix; those of PyTorch 0.3 and older, statistics that instance norm never
    # used.
    state = {name.removeprefix("module."): tensor for name, tensor in state.items()}
    return {name: tensor for name, tensor in state.items() if not name.endswith("num_batches_tracked")}


def _compare(path: str | Path, network: str, state: State, wanted: dict[str, tuple[str, Tensor]]) -> None:
    """Refuses a file whose names or shapes do not fit, and says which."""
    for statistic in ("running_mean", "running_var"):
        for name in [name for name in state if name.endswith(statistic) and name not in wanted]:
            # An instance norm's has no weight beside it; a batch norm's has, and is then a difference worth naming.
            if name.removesuffix(statistic) + "weight" not in state:
                del state[name]
    missing, extra = sorted(wanted.keys() - state.keys()), sorted(state.keys() - wanted.keys())
    wrong = [
        f"{name} is {tuple(state[name].shape)}, not {tuple(tensor.shape)}"
        for name, (_, tensor) in wanted.items()
        if name in state and state[name].shape != tensor.shape
    ]
    problems = [f"missing {_few(missing)}"] * bool(missing) + [f"unexpected {_few(extra)}"] * bool(extra) + wrong[:3]
    if problems:
        raise CourseError(f"{path} is no {network}: {'; '.join(problems)}.")


def _few(names: list[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


# -- U-Net: nested blocks, each holding the next one as its child ----------------------------------------------------


def _build_unet(levels: int) -> Callable[[State], nn.Module]:
    def build(state: State) -> nn.Module:
        first, last = state["model.model.0.weight"], state["model.model.3.weight"]
        norm = "batch" if "model.model.1.model.2.weight" in state else "instance"
        return UnetGenerator(first.shape[1], last.shape[1], levels=levels, width=first.shape[0], norm=norm)

    return build


def _unet_names(module: nn.Module) -> dict[str, str]:
    assert isinstance(module, UnetGenerator)
    names: dict[str, str] = {}
    for level in range(module.levels):
        outermost, innermost = level == 0, level == module.levels - 1
        # Level k's block is the child of level k − 1's: number 1 of the outermost, number 3 of the others.
        prefix = "model.model." + "".join("1.model." if depth == 0 else "3.model." for depth in range(level))
        down, up, up_norm = ("0", "3", "") if outermost else ("1", "3", "4") if innermost else ("1", "5", "6")
        names |= _pairs(f"down.{level}.{0 if outermost else 1}", prefix + down)
        names |= _pairs(f"up.{level}.1", prefix + up)
        if not (outermost or innermost):
            names |= _pairs(f"down.{level}.2", prefix + "2")
        if not outermost:
            names |= _pairs(f"up.{level}.2", prefix + up_norm)
    return _Tolerant(names)


# -- residual generator: one sequence, numbered alike on both sides --------------------------------------------------


def _build_resnet(blocks: int) -> Callable[[State], nn.Module]:
    def build(state: State) -> nn.Module:
        first, last = state["model.1.weight"], state[f"model.{17 + blocks}.weight"]
        # Before a batch norm the official convolutions have no bias. Dropout moves a block's second convolution one on.
        norm = "instance" if "model.1.bias" in state else "batch"
        second = state.get("model.10.conv_block.6.weight")
        dropout = 0.5 if second is not None and second.dim() == 4 else 0.0
        return ResnetGenerator(first.shape[1], last.shape[0], blocks, first.shape[0], norm, dropout)

    return build


# -- patch discriminator ---------------------------------------------------------------------------------------------


def _build_patch(state: State) -> nn.Module:
    first = state["model.0.weight"]
    norm = "batch" if "model.3.weight" in state else "instance"
    return PatchDiscriminator(first.shape[1], first.shape[0], layers=3, norm=norm)


def _same_names(module: nn.Module) -> dict[str, str]:
    return _Tolerant({})


def _pairs(ours: str, theirs: str) -> dict[str, str]:
    fields = ("weight", "bias", "running_mean", "running_var")
    return {f"{ours}.{field}": f"{theirs}.{field}" for field in fields}


class _Tolerant(dict[str, str]):
    """A name without an entry is spelt alike on both sides."""

    def __missing__(self, name: str) -> str:
        return name


_KINDS: dict[str, tuple[Callable[[State], nn.Module], Callable[[nn.Module], dict[str, str]]]] = {
    "resnet_9blocks": (_build_resnet(9), _same_names),
    "resnet_6blocks": (_build_resnet(6), _same_names),
    "unet_256": (_build_unet(8), _unet_names),
    "unet_128": (_build_unet(7), _unet_names),
    "patch_70": (_build_patch, _same_names),
}
