"""How much faster the course's CycleGAN step is than the plain one: ``python -m benchmarks.step_speed``.

The plain step is written here the way the official code runs it: six generator passes one after the other, a
discriminator pass for real and one for fake, NCHW, eager, torch's default Adam, gradients of the discriminators
switched off by hand while the generators learn. Both steps take turns in one process, so that what else the machine
does hits both.
"""

import argparse
import copy
import itertools
import statistics
import time
from dataclasses import replace

import torch
from accelerate import Accelerator
from torch import Tensor, nn
from torch.nn.functional import l1_loss, mse_loss

from benchmarks.provenance import store
from course_lib.tasks.cyclegan import CycleGAN, CycleGANConfig

# The setting of the promise: batch 1, 128², 32 filters, 6 blocks.
SETTING = CycleGANConfig(size=128, load_size=128, blocks=6, width=32, d_width=32)
FAST = {"channels_last": True, "compile": True}  # with the batched passes, which are the default
PROMISED = 1.3


class PlainStep:
    """The same networks, losses and history, without anything that makes it fast.

    Args:
        task: whose weights to start from; they are copied.
    """

    G: nn.Module
    F: nn.Module
    D_A: nn.Module
    D_B: nn.Module

    def __init__(self, task: CycleGAN) -> None:
        self.config = task.config
        for name in ("G", "F", "D_A", "D_B"):
            setattr(self, name, eager(task.networks[name]))
        rate, betas = task.config.lr, (task.config.beta1, 0.999)
        self.opt_G = torch.optim.Adam(itertools.chain(self.G.parameters(), self.F.parameters()), rate, betas)
        self.opt_D = torch.optim.Adam(itertools.chain(self.D_A.parameters(), self.D_B.parameters()), rate, betas)
        self.history_A, self.history_B = copy.deepcopy((task.history_A, task.history_B))

    def step(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """One update of everything; the terms under the task's names."""
        a, b, weight = batch["A"], batch["B"], self.config
        fake_b = self.G(a)
        back_a = self.F(fake_b)
        fake_a = self.F(b)
        back_b = self.G(fake_a)

        self._discriminators_learn(False)
        self.opt_G.zero_grad()
        same_b, same_a = self.G(b), self.F(a)
        terms = {
            "G_gan": _squared_error(self.D_B(fake_b), 1),
            "F_gan": _squared_error(self.D_A(fake_a), 1),
            "cycle_A": l1_loss(back_a, a),
            "cycle_B": l1_loss(back_b, b),
            "identity_B": l1_loss(same_b, b),
            "identity_A": l1_loss(same_a, a),
        }
        loss = (
            terms["G_gan"]
            + terms["F_gan"]
            + weight.forward_cycle_weight * (terms["cycle_A"] + weight.identity_weight * terms["identity_A"])
            + weight.backward_cycle_weight * (terms["cycle_B"] + weight.identity_weight * terms["identity_B"])
        )
        loss.backward()
        self.opt_G.step()

        self._discriminators_learn(True)
        self.opt_D.zero_grad()
        for name, discriminator, real, fake, history in (
            ("D_A", self.D_A, a, fake_a, self.history_A),
            ("D_B", self.D_B, b, fake_b, self.history_B),
        ):
            shown = history.query(fake)
            terms[name] = 0.5 * (
                _squared_error(discriminator(real), 1) + _squared_error(discriminator(shown.detach()), 0)
            )
            terms[name].backward()
        self.opt_D.step()
        return terms

    def _discriminators_learn(self, learn: bool) -> None:
        for parameter in itertools.chain(self.D_A.parameters(), self.D_B.parameters()):
            parameter.requires_grad = learn


def eager(network: nn.Module) -> nn.Module:
    """A copy, not compiled and in the usual memory order."""
    network = copy.copy(network)
    network._compiled_call_impl = None  # a compiled call cannot be copied
    return copy.deepcopy(network).to(memory_format=torch.contiguous_format)


def _squared_error(scores: Tensor, target: float) -> Tensor:
    return mse_loss(scores, torch.full_like(scores, target))


def measure(repeats: int, warm: int = 5, setting: CycleGANConfig = SETTING) -> dict[str, list[float]]:
    """Seconds of each step, plain and fast taking turns."""
    torch.manual_seed(0)
    task = CycleGAN(replace(setting, **FAST), Accelerator(cpu=True))
    plain = PlainStep(task)
    taken: dict[str, list[float]] = {"plain": [], "fast": []}
    for number in range(warm + repeats):
        batch = {name: torch.rand(setting.batch, 3, setting.size, setting.size) * 2 - 1 for name in "AB"}
        for name, step in (("plain", plain.step), ("fast", task.step)):
            started = time.perf_counter()
            step(batch)
            if number >= warm:
                taken[name].append(time.perf_counter() - started)
    return taken


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    words.add_argument("--repeats", type=int, default=40)
    repeats = words.parse_args().repeats
    started = time.perf_counter()
    taken = measure(repeats)
    medians = {name: statistics.median(values) for name, values in taken.items()}
    ratios = sorted(plain / fast for plain, fast in zip(taken["plain"], taken["fast"], strict=True))
    low, high = ratios[len(ratios) // 10], ratios[-1 - len(ratios) // 10]
    ratio = medians["plain"] / medians["fast"]
    for name, values in taken.items():
        print(f"{name:6} {medians[name]:.3f} s a step (from {min(values):.3f} to {max(values):.3f})")
    print(f"ratio  {ratio:.2f} (middle 80 % of the pairs: {low:.2f} … {high:.2f}; promised: {PROMISED})")
    store(
        "step_speed",
        command=f"python -m benchmarks.step_speed --repeats {repeats}",
        seeds=[0],
        seconds=time.perf_counter() - started,
        result={
            "setting": {name: getattr(SETTING, name) for name in ("size", "width", "blocks", "batch")} | FAST,
            "median_seconds": {name: round(value, 4) for name, value in medians.items()},
            "ratio": round(ratio, 3),
            "ratio_80": [round(low, 3), round(high, 3)],
        },
    )


if __name__ == "__main__":
    main()
