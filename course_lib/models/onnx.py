"""A trained model as ONNX, for programs without Python or torch: every kind, checked under onnxruntime as it is written."""

import copy
import logging
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from course_lib.errors import CourseError
from course_lib.files import make_folder, write_whole
from course_lib.models import zoo
from course_lib.models.features import FeatureNetwork
from course_lib.models.kinds import Model
from course_lib.models.sampler import Sampler
from course_lib.models.stylizer import Stylizer
from course_lib.models.translator import Translator
from course_lib.models.upscaler import Upscaler
from course_lib.networks.layers import Generator
from course_lib.networks.stylizer import STEP

PARITY = 1e-4  # largest difference from torch, of an answer's largest value (of 1, if that is less)
PACKAGES = "onnx onnxscript onnxruntime"
Inputs = tuple[Tensor, ...]


@dataclass(frozen=True)
class Plan:
    """How a model is exported.

    Attributes:
        network: what is exported; its inputs and outputs by name.
        dynamic: for each input which of its sides may change, as torch.export says it.
        make: a size → inputs. The first of the two sizes is exported with, both are compared.
    """

    network: nn.Module
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    dynamic: tuple[dict[int, Any], ...]
    sizes: tuple[Any, Any]
    make: Callable[[Any], Inputs]


@dataclass(frozen=True)
class Exported:
    """A file that was written, and how it was checked."""

    file: Path
    operations: dict[str, int]
    differences: dict[str, float]  # by size, relative to the largest value (or 1)


def export_onnx(name: str | Path, out: Path) -> list[Exported]:
    """Writes ``out/PART.onnx`` for every part of a model.

    Raises:
        CourseError: no such model, the packages are missing, or an answer that is not torch's.
    """
    needed()
    models = zoo.load_parts(name)
    make_folder(out)
    label = Path(name).name
    return [
        _exported(plan_of(model), out / f"{label if len(models) == 1 else part}.onnx") for part, model in models.items()
    ]


def needed() -> None:
    """
    Raises:
        CourseError: a package for it is not installed.
    """
    try:
        import onnx  # noqa: F401
        import onnxruntime  # noqa: F401
        import onnxscript  # noqa: F401
    except ImportError as error:
        raise CourseError(
            f"ONNX needs the packages {PACKAGES}, and {error.name} is not installed here. Run `pip install {PACKAGES}`."
        ) from None


def plan_of(model: Model) -> Plan:
    """What there is to export of a model, by its kind. Sides of pictures may change, the number of pictures is 1."""
    if isinstance(model, Translator):
        assert isinstance(model.network, Generator)
        network = _answering(model.network)
        takes = network.smallest, network.multiple
        # Twice the smallest: an export with a side of one place would hold it for always one.
        return _of_pictures(network, model.channels[0], takes, (2 * takes[0], 3 * takes[0]))
    if isinstance(model, Stylizer):
        return _of_pictures(model.network, 3, (2 * STEP, STEP), (8 * STEP, 12 * STEP))
    if isinstance(model, Upscaler):
        return _of_pictures(model.network, 3, (4, 1), (24, 32))
    if isinstance(model, FeatureNetwork):
        plan = _of_pictures(_Listed(model.network), 3, (16, 1), (64, 96), tuple(model.network.layers))
        return Plan(**{**vars(plan), "make": lambda size: ((plan.make(size)[0] + 1) / 2,)})
    return _of_noise(model)


def _of_pictures(
    network: nn.Module,
    channels: int,
    takes: tuple[int, int],
    first: tuple[int, int],
    outputs: Sequence[str] = ("answer",),
) -> Plan:
    smallest, multiple = takes
    least = max(2, smallest // multiple)

    def side(name: str) -> Any:
        dimension = torch.export.Dim(name, min=least)
        return dimension if multiple == 1 else multiple * dimension

    def make(size: tuple[int, int]) -> Inputs:
        return (torch.rand(1, channels, *size, generator=torch.Generator().manual_seed(0)) * 2 - 1,)

    second = first[1] + 2 * multiple, first[0] - (multiple if first[0] > smallest else 0)
    return Plan(network, ("picture",), tuple(outputs), ({2: side("h"), 3: side("w")},), (first, second), make)


def _of_noise(sampler: Sampler) -> Plan:
    def make(count: int) -> Inputs:
        labels = sampler.labels(count)
        return (sampler.latent(count), *(() if labels is None else (labels,)))

    names = ("z", "label")[: len(make(2))]
    several = torch.export.Dim("count", min=1)
    network = sampler.network if sampler.config.get("size") is not None else _OneRun(sampler.network)
    return Plan(network, names, ("answer",), tuple({0: several} for _ in names), (3, 1), make)


class _Listed(nn.Module):
    """Features without their names: ONNX names outputs itself."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, picture: Tensor) -> tuple[Tensor, ...]:
        return tuple(self.network(picture).values())


class _OneRun(nn.Module):
    """A generator of points, which trains several seeds at once, with one of them."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, z: Tensor) -> Tensor:
        return self.network(z[None])[0]


def _answering(network: Generator) -> Generator:
    """The network without its noise, and with norms that say what they do for one picture.

    A batch norm that scales by what it is shown is an instance norm then.
    """
    network = copy.deepcopy(network)
    network.noise = False
    for parent in list(network.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, nn.BatchNorm2d) and child.training:
                norm = nn.InstanceNorm2d(child.num_features, eps=child.eps, affine=True).requires_grad_(False)
                norm.load_state_dict({"weight": child.weight, "bias": child.bias})
                setattr(parent, name, norm.eval())
    return network


def _exported(plan: Plan, file: Path) -> Exported:
    import onnxruntime

    network = plan.network.eval() if not isinstance(plan.network, Generator) else plan.network
    with warnings.catch_warnings(), _quiet():
        warnings.simplefilter("ignore")  # of the exporter's own parts
        program = torch.onnx.export(
            network,
            plan.make(plan.sizes[0]),
            dynamo=True,
            dynamic_shapes=plan.dynamic,
            input_names=list(plan.inputs),
            output_names=list(plan.outputs),
            verbose=False,
        )
    assert program is not None
    session = onnxruntime.InferenceSession(program.model_proto.SerializeToString(), providers=["CPUExecutionProvider"])
    differences = {_words(size): difference(session, plan, size) for size in plan.sizes}
    worst = max(differences, key=lambda size: differences[size])
    if not differences[worst] <= PARITY:
        raise CourseError(
            f"{file.name} is not written: under onnxruntime its answer at {worst} is off by {differences[worst]:.1e}, allowed "
            f"{PARITY:.0e}. Other versions of {PACKAGES} may do better."
        )
    write_whole(file, lambda temporary: program.save(temporary, external_data=False))
    operations = Counter(node.op_type for node in program.model.graph)
    return Exported(file, dict(operations.most_common()), differences)


@torch.no_grad()
def difference(session: Any, plan: Plan, size: Any) -> float:
    """The largest one between onnxruntime's answers and torch's, each relative to its largest value (or 1)."""
    inputs = plan.make(size)
    wanted = plan.network(*inputs)
    wanted = wanted if isinstance(wanted, tuple) else (wanted,)
    found = session.run(None, {name: value.numpy() for name, value in zip(plan.inputs, inputs, strict=True)})
    return max(
        ((torch.from_numpy(own) - other).abs().max() / other.abs().max().clamp(min=1)).item()
        for own, other in zip(found, wanted, strict=True)
    )


def _words(size: Any) -> str:
    return f"{size} samples" if isinstance(size, int) else "×".join(map(str, size))


class _quiet:
    """The exporter's log, without what it says of packages that nothing here needs."""

    def __enter__(self) -> None:
        self.before = logging.root.manager.disable
        logging.disable(logging.WARNING)

    def __exit__(self, *error: object) -> None:
        logging.disable(self.before)
