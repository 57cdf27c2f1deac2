"""Two processes (gloo): one model on both, noise of their own, and the gradient of the joint batch."""

import os
import socket
import subprocess
import sys
from dataclasses import replace

import pytest
import torch

from course_lib.tasks.pix2pix import Pix2Pix, Pix2PixConfig
from course_lib.verbs.gpu_check import fresh_accelerator

TINY = Pix2PixConfig(
    size=64, load_size=64, levels=6, width=2, norm="instance", patch_layers=1, patch_width=2, batch=2, average=0.9,
    epochs_flat=1, epochs_decay=1,
)  # fmt: skip
WORKER = """
import sys
from dataclasses import replace
from pathlib import Path
import torch
from accelerate import Accelerator, DistributedDataParallelKwargs
from accelerate.utils import set_seed
from course_lib.data.facade_blocks import FacadeBlocks
from course_lib.tasks.pix2pix import Pix2Pix, Pix2PixConfig
from course_lib.training.loop import Run, train
out = Path(sys.argv[1])
config = eval(sys.argv[2], {"Pix2PixConfig": Pix2PixConfig})
accelerator = Accelerator(cpu=True, kwargs_handlers=[DistributedDataParallelKwargs(broadcast_buffers=False)])
rank = accelerator.process_index
torch.manual_seed(0)
joint = {name: torch.rand(4, 3, 64, 64) * 2 - 1 for name in ("input", "target")}
torch.manual_seed(1)
task = Pix2Pix(replace(config, dropout=0.0), accelerator)
task.step({name: pictures[2 * rank : 2 * rank + 2] for name, pictures in joint.items()})
gradients = {
    name: torch.cat([p.grad.flatten() for p in accelerator.unwrap_model(network).parameters()])
    for name, network in task.networks.items()
}
# Then a run through the loop, with noise.
torch.manual_seed(1)
task = Pix2Pix(config, accelerator)
set_seed(5, device_specific=True)
noise = torch.rand(3)
train(task, FacadeBlocks(64, length=12), Run(out, epochs=2, batch=2), accelerator, report=lambda _: None)
state = {name: accelerator.unwrap_model(network).state_dict() for name, network in task.networks.items()}
torch.save({"gradients": gradients, "state": state, "noise": noise, "after": torch.rand(3)}, out / f"rank{rank}.pt")
"""


@pytest.fixture(scope="module")
def ranks(tmp_path_factory):
    out = tmp_path_factory.mktemp("ranks")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    shared = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port, "WORLD_SIZE": "2", "OMP_NUM_THREADS": "1"}
    shared |= {"ACCELERATE_USE_CPU": "true", "LOCAL_WORLD_SIZE": "2"}
    children = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER, str(out), repr(TINY)],
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


@pytest.mark.slow
def test_both_ranks_hold_one_model_after_a_run(ranks):
    _, (one, two) = ranks
    for name in ("G", "D"):
        assert all(torch.equal(value, two["state"][name][key]) for key, value in one["state"][name].items())


@pytest.mark.slow
def test_each_rank_draws_its_own_noise(ranks):
    _, (one, two) = ranks
    assert not torch.equal(one["noise"], two["noise"])
    assert not torch.equal(one["after"], two["after"])


@pytest.mark.slow
def test_the_gradient_is_that_of_the_joint_batch(ranks):
    _, (one, two) = ranks
    torch.manual_seed(0)
    joint = {name: torch.rand(4, 3, 64, 64) * 2 - 1 for name in ("input", "target")}
    torch.manual_seed(1)
    alone = Pix2Pix(replace(TINY, dropout=0.0), fresh_accelerator("cpu", "fp32"))
    alone.step(joint)
    for name, network in alone.networks.items():
        expected = torch.cat([p.grad.flatten() for p in network.parameters()])
        assert torch.equal(one["gradients"][name], two["gradients"][name])
        # D's is the same sum in another order. G's goes through D after Adam's first step, whose sign(gradient) is
        # at the mercy of rounding where a gradient is nearly zero.
        close = torch.nn.functional.cosine_similarity(one["gradients"][name], expected, dim=0)
        assert close > 1 - 1e-4, name


@pytest.mark.slow
def test_the_checkpoint_keeps_what_each_process_owns(ranks):
    content = torch.load(ranks[0] / "checkpoint.pt", weights_only=True)
    assert content["environment"]["processes"] == 2
    one, two = content["processes"]
    assert not torch.equal(one["random"]["torch"], two["random"]["torch"])
    assert content["position"]["epoch"] == 2
    assert len((ranks[0] / "log.jsonl").read_text().splitlines()) == 1  # one process writes
    assert not [key for key in content["networks"]["G"] if key.startswith("module.")]
