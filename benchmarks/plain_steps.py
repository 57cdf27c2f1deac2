"""The steps of CycleGAN and pix2pix as the official code runs them: what the course's own steps are held against.

NCHW, eager, torch's default Adam, pass after pass, gradients of the discriminators switched off by hand while the
generators learn. The networks are the course's, which have the official ones' layers.
"""

import copy
import itertools

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, l1_loss, mse_loss

from course_lib.tasks.cyclegan import CycleGAN
from course_lib.tasks.pix2pix import Pix2Pix


class PlainCycleGAN:
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


class PlainPix2Pix:
    """The same networks and losses, without anything that makes them fast.

    Args:
        task: whose weights to start from; they are copied.
    """

    def __init__(self, task: Pix2Pix) -> None:
        self.config = task.config
        self.G, self.D = eager(task.networks["G"]), eager(task.networks["D"])
        rate, betas = task.config.lr, (task.config.beta1, 0.999)
        self.opt_G = torch.optim.Adam(self.G.parameters(), rate, betas)
        self.opt_D = torch.optim.Adam(self.D.parameters(), rate, betas)

    def step(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """One update of D, then one of G; the terms under the task's names."""
        x, y = batch["input"], batch["target"]
        fake = self.G(x)

        self._discriminator_learns(True)
        self.opt_D.zero_grad()
        of_fake = self.D(torch.cat([x, fake], 1).detach())
        of_real = self.D(torch.cat([x, y], 1))
        terms = {"D": 0.5 * (_cross_entropy(of_fake, 0) + _cross_entropy(of_real, 1))}
        terms["D"].backward()
        self.opt_D.step()

        self._discriminator_learns(False)
        self.opt_G.zero_grad()
        terms |= {"G_gan": _cross_entropy(self.D(torch.cat([x, fake], 1)), 1), "L1": l1_loss(fake, y)}
        (terms["G_gan"] + self.config.l1_weight * terms["L1"]).backward()
        self.opt_G.step()
        return terms

    def _discriminator_learns(self, learn: bool) -> None:
        for parameter in self.D.parameters():
            parameter.requires_grad = learn


def eager(network: nn.Module) -> nn.Module:
    """A copy, not compiled and in the usual memory order."""
    network = copy.copy(network)
    network._compiled_call_impl = None  # a compiled call cannot be copied
    return copy.deepcopy(network).to(memory_format=torch.contiguous_format)


def _squared_error(scores: Tensor, target: float) -> Tensor:
    return mse_loss(scores, torch.full_like(scores, target))


def _cross_entropy(scores: Tensor, target: float) -> Tensor:
    return binary_cross_entropy_with_logits(scores, torch.full_like(scores, target))
