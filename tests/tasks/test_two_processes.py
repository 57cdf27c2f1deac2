"""Every task in two processes (gloo): one model on both, noise of their own, and the gradient of the joint batch."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.utils.data import default_collate

from course_lib.data.labelled import open_labelled
from course_lib.data.synthetic.facade_blocks import FacadeBlocks
from course_lib.data.synthetic.stripes import Stripes
from course_lib.tasks import TASKS
from course_lib.tasks.cgan import CGANConfig
from course_lib.tasks.cyclegan import CycleGANConfig
from course_lib.tasks.fast_style import FastStyleConfig
from course_lib.tasks.fast_style import embedded_data as squares
from course_lib.tasks.gan import GANConfig
from course_lib.tasks.pix2pix import Pix2PixConfig
from course_lib.tasks.srgan import SRGANConfig
from course_lib.tasks.srresnet import SRResNetConfig, embedded_data
from course_lib.training.accelerator import fresh_accelerator
from course_lib.training.loop import Run, train
from course_lib.training.noise import SeededNoise

BATCH = 2  # of one process
SUPERRES: dict[str, Any] = {
    "blocks": 1, "width": 4, "norm": "none", "ends": 3, "tail": "once", "skip": "bicubic", "patch": 8, "batch": BATCH,
    "ema_decay": 0.9, "epochs_flat": 1, "epochs_decay": 1,
}  # fmt: skip
CONFIGS: dict[str, Any] = {
    "pix2pix": Pix2PixConfig(
        size=64, load_size=64, levels=6, width=2, norm="instance", d_layers=1, d_width=2, batch=BATCH,
        ema_decay=0.9, epochs_flat=1, epochs_decay=1,
    ),
    "cyclegan": CycleGANConfig(
        size=32, load_size=32, blocks=1, width=2, d_layers=1, d_width=2, batch=BATCH, history=3, ema_decay=0.9,
        epochs_flat=1, epochs_decay=1,
    ),
    "gan": GANConfig(
        network="dcgan", size=8, channels=1, z_dim=4, width=2, d_width=2, r1=0.5, batch=BATCH, ema_decay=0.9,
        epochs_flat=1, epochs_decay=1,
    ),
    "cgan": CGANConfig(
        size=8, channels=1, classes=tuple("0123456789"), z_dim=4, width=2, d_width=2, r1=0.5, batch=BATCH,
        ema_decay=0.9, epochs_flat=1, epochs_decay=1,
    ),
    "srresnet": SRResNetConfig(**SUPERRES),
    "srgan": SRGANConfig(
        **SUPERRES, vgg_depth=16, vgg_weights="bsds", vgg_layers=("relu1_2",), content_weight=1e-4, d_width=2,
        d_norm="none", d_dense=4,
    ),
    "fast_style": FastStyleConfig(
        balance="target", content_layer="relu1_2", content_weight=1.0, style_weight=1.0, style_layers=("relu1_1",),
        layer_weights=(1.0,), style_size=24, size=16, width=2, blocks=1, ends=3, batch=BATCH, ema_decay=0.9,
        epochs_flat=1, epochs_decay=1,
    ),
}  # fmt: skip
# Networks whose first gradient is taken before anything has moved. The others' goes through an Adam step, whose
# sign(gradient) is at the mercy of rounding where a gradient is nearly zero.
FIRST = {
    "pix2pix": ["D"],
    "cyclegan": ["G", "F", "D_A", "D_B"],
    "gan": ["D"],
    "cgan": ["D"],
    "srresnet": ["G"],
    "srgan": ["D"],
    "fast_style": ["G"],
}


class Few:
    """The first twelve of a set, and which of them were asked for in each epoch."""

    def __init__(self, data: Any) -> None:
        self.data = data
        self.seen: dict[int, list[int]] = {}

    def __len__(self) -> int:
        return 12

    def example(self, index: int, epoch: int = -1, *where: Any, **how: Any) -> dict[str, Tensor]:
        self.seen.setdefault(epoch, []).append(index)
        return self.data.example(index, max(epoch, 0), *where, **how)

    def digest(self) -> str:
        return "twelve"


def examples(name: str) -> Few:
    """Twelve examples of the task's embedded set."""
    sets: dict[str, Any] = {"pix2pix": lambda: FacadeBlocks(64, length=12), "cyclegan": lambda: Stripes(size=32)}
    sets |= dict.fromkeys(("srresnet", "srgan"), lambda: embedded_data(CONFIGS["srresnet"]))
    sets["fast_style"] = lambda: squares(CONFIGS["fast_style"])
    return Few(sets.get(name, lambda: open_labelled("digits", size=8))())


def batch_of(name: str, indices: range) -> dict[str, Tensor]:
    """These examples, side by side."""
    data = examples(name)
    return default_collate([data.example(index) for index in indices])


def stepped(name: str, indices: range, rank: int, accelerator: Any) -> dict[str, Tensor]:
    """The gradients of a new task after one step on these examples, with the noise of a process."""
    torch.manual_seed(1)
    task = TASKS[name].build(CONFIGS[name], accelerator)
    if isinstance(task.extra.get("noise"), SeededNoise):
        task.noise = SeededNoise(task.seeds, rank)
    for network in task.networks.values():
        if hasattr(accelerator.unwrap_model(network), "noise"):
            accelerator.unwrap_model(network).noise = False  # pix2pix's dropout
    torch.manual_seed(100 + rank)
    task.step(batch_of(name, indices))
    return {
        network: torch.cat([p.grad.flatten() for p in accelerator.unwrap_model(task.networks[network]).parameters()])
        for network in task.networks
    }


def noted(losses: dict[str, Tensor], own: list[dict[str, float]]) -> dict[str, Tensor]:
    """A step's losses, which this process also writes down for itself."""
    own.append({name: value.item() for name, value in losses.items()})
    return losses


def work(out: Path, names: list[str]) -> None:
    """What each of the two processes does, for every task asked for:

    one step on its half of a batch, then a run of two epochs.
    """
    from accelerate import Accelerator, DistributedDataParallelKwargs
    from accelerate.utils import set_seed

    accelerator = Accelerator(cpu=True, kwargs_handlers=[DistributedDataParallelKwargs(broadcast_buffers=False)])
    rank = accelerator.process_index
    found: dict[str, Any] = {}
    for name in names:
        config = CONFIGS[name]
        gradients = stepped(name, range(BATCH * rank, BATCH * (rank + 1)), rank, accelerator)
        torch.manual_seed(1)
        task = TASKS[name].build(config, accelerator)
        set_seed(5, device_specific=True)
        noise = task.latents(2) if hasattr(task, "latents") else torch.rand(3)
        own: list[dict[str, float]] = []
        step = task.step
        task.step = lambda batch, step=step, own=own: noted(step(batch), own)
        data = examples(name)
        run = Run(out / name, epochs=2, batch=BATCH, sample_epochs=1)
        train(task, data, run, accelerator, samples=batch_of(name, range(2)), report=lambda _: None)
        state = {part: accelerator.unwrap_model(network).state_dict() for part, network in task.networks.items()}
        found[name] = {
            "gradients": gradients,
            "state": state,
            "noise": noise,
            "after": torch.rand(3),
            "losses": own,
            "seen": data.seen,
        }
    torch.save(found, out / f"rank{rank}.pt")


@pytest.fixture(scope="module")
def ranks(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, list[dict[str, Any]]]:
    """Of the tasks whose tests were chosen."""
    chosen: Any = [item for item in request.session.items if item.path == request.path and hasattr(item, "callspec")]
    names = sorted({item.callspec.params["name"] for item in chosen})
    out = tmp_path_factory.mktemp("ranks")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    shared = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port, "WORLD_SIZE": "2", "OMP_NUM_THREADS": "1"}
    shared |= {"ACCELERATE_USE_CPU": "true", "LOCAL_WORLD_SIZE": "2"}
    children = [
        subprocess.Popen(
            [sys.executable, __file__, str(out), *names],
            env={**os.environ, **shared, "RANK": str(rank), "LOCAL_RANK": str(rank)},
            stderr=subprocess.PIPE, text=True,
        )
        for rank in range(2)
    ]  # fmt: skip
    try:
        errors = [child.communicate(timeout=280)[1] for child in children]
    finally:
        for child in children:
            child.kill()
    assert [child.returncode for child in children] == [0, 0], "\n".join(errors)
    return out, [torch.load(out / f"rank{rank}.pt") for rank in range(2)]


pytestmark = pytest.mark.slow


def tasks(*names: str) -> Any:
    """These; pix2pix with every ``make test``, the others, which take minutes, with ``make bench``."""
    params = [pytest.param(name, marks=() if name == "pix2pix" else pytest.mark.bench) for name in names]
    return pytest.mark.parametrize("name", params)


every_task = tasks(*CONFIGS)


@every_task
def test_both_ranks_hold_one_model_after_a_run(ranks, name):
    _, (one, two) = ranks
    for part, state in one[name]["state"].items():
        moved = {key: value for key, value in state.items() if "running" not in key and "batches" not in key}
        assert moved and all(torch.equal(value, two[name]["state"][part][key]) for key, value in moved.items()), part


@every_task
def test_each_rank_draws_its_own_noise(ranks, name):
    _, (one, two) = ranks
    assert not torch.equal(one[name]["noise"], two[name]["noise"])
    assert not torch.equal(one[name]["after"], two[name]["after"])


@every_task
def test_the_gradient_is_the_mean_of_what_each_half_alone_would_give(ranks, name):
    _, (one, two) = ranks
    alone = [
        stepped(name, range(BATCH * rank, BATCH * (rank + 1)), rank, fresh_accelerator("cpu", "fp32"))
        for rank in range(2)
    ]
    for part in FIRST[name]:
        assert torch.equal(one[name]["gradients"][part], two[name]["gradients"][part])
        expected = (alone[0][part] + alone[1][part]) / 2
        torch.testing.assert_close(one[name]["gradients"][part], expected, rtol=1e-4, atol=1e-6)


@tasks("pix2pix", "cyclegan", "srresnet", "srgan")  # the others draw noise, half by half
def test_the_gradient_is_that_of_the_joint_batch(ranks, name):
    _, (one, _) = ranks
    joint = stepped(name, range(2 * BATCH), 0, fresh_accelerator("cpu", "fp32"))
    for part, expected in joint.items():
        assert torch.nn.functional.cosine_similarity(one[name]["gradients"][part], expected, dim=0) > 1 - 1e-4, part


@every_task
def test_the_checkpoint_keeps_what_each_process_owns(ranks, name):
    out, _ = ranks
    content = torch.load(out / name / "checkpoint.pt", weights_only=True)
    assert content["conditions"]["processes"] == 2
    assert content["conditions"]["global_batch"] == 2 * BATCH
    # An average is the same on every process: it is kept once, beside the networks.
    assert content["averages"].keys() == ({"G", "F"} if name == "cyclegan" else {"G"})
    one, two = content["processes"]
    assert not torch.equal(one["random"]["torch"], two["random"]["torch"])
    assert content["position"]["epoch"] == 2
    assert len((out / name / "log.jsonl").read_text().splitlines()) == 1  # one process writes
    assert not [key for state in content["networks"].values() for key in state if key.startswith("module.")]


@every_task
def test_the_log_holds_the_mean_over_both_processes(ranks, name):
    out, found = ranks
    (line,) = map(json.loads, (out / name / "log.jsonl").read_text().splitlines())
    both = [losses for rank in found for losses in rank[name]["losses"]]
    assert len(both) == 2 * line["step"]
    for loss in both[0]:
        assert line[loss] == pytest.approx(sum(one[loss] for one in both) / len(both), rel=1e-5)
    assert found[0][name]["losses"] != found[1][name]["losses"]  # the mean is no one's own


@every_task
def test_no_picture_is_seen_twice_and_sheets_are_drawn_once(ranks, name):
    out, (one, two) = ranks
    for epoch in (0, 1):
        both = one[name]["seen"][epoch] + two[name]["seen"][epoch]
        assert len(one[name]["seen"][epoch]) == len(two[name]["seen"][epoch]) == 6
        assert sorted(both) == list(range(12))
    assert one[name]["seen"][0] != one[name]["seen"][1]  # another order, another share
    sheets = sorted(path.name for path in (out / name / "samples").iterdir())
    assert sheets == ["epoch_0001.png", "epoch_0002.png"]


if __name__ == "__main__":
    work(Path(sys.argv[1]), sys.argv[2:])
