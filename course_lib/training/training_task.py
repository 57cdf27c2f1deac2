"""What every paper's training holds, and nothing of what it does."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, Generic, Protocol, TypeVar

import torch
from accelerate import Accelerator
from accelerate.optimizer import AcceleratedOptimizer
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from course_lib.training.optimizer import OptimizerConfig
from course_lib.training.schedules import linear_decay, set_learning_rate

Batch = dict[str, Tensor]
C = TypeVar("C", bound=OptimizerConfig)


class Stateful(Protocol):
    """Something a checkpoint keeps."""

    def state_dict(self) -> dict[str, Any]: ...

    def load_state_dict(self, state: dict[str, Any]) -> Any: ...


class TrainingTask(ABC, Generic[C]):
    """Networks, optimisers, averages and further state by name: all that a checkpoint needs, whatever the paper.

    A paper adds them in ``__init__`` and writes ``step`` as its algorithm is printed.

    Attributes:
        networks: prepared for the device, the precision and the processes.
        optimizers: one Adam each.
        averages: the moving averages of some of the networks, under the networks' names; none if ``ema_decay`` is 0.
        extra: what each process has of its own: histories, noise, counters.
    """

    def __init__(self, config: C, accelerator: Accelerator) -> None:
        self.config, self.accelerator = config, accelerator
        self.networks: dict[str, nn.Module] = {}
        self.optimizers: dict[str, AcceleratedOptimizer] = {}
        self.averages: dict[str, AveragedModel] = {}
        self.extra: dict[str, Stateful] = {}
        self._rates: dict[str, float] = {}

    @abstractmethod
    def step(self, batch: Batch) -> dict[str, Tensor]:
        """One step of the paper's algorithm; the losses by name, scalars."""

    @abstractmethod
    def sample(self, batch: Batch) -> Tensor:
        """(rows, columns, 3, H, W) in [−1, 1] for a sample sheet."""

    def add_network(self, name: str, network: nn.Module, averaged: bool = False) -> nn.Module:
        """Keeps a network as ``networks[name]``, with a moving average beside it if asked for and configured."""
        network = network.to(
            memory_format=torch.channels_last if self.config.channels_last else torch.contiguous_format
        )
        if averaged and self.config.ema_decay:
            self.averages[name] = AveragedModel(
                network, self.accelerator.device, multi_avg_fn=get_ema_multi_avg_fn(self.config.ema_decay)
            )
        prepared = self.accelerator.prepare(network)
        if self.config.compile:
            prepared.compile(dynamic=False)  # in place: names in checkpoints stay as they are
        self.networks[name] = prepared
        return prepared

    def add_adam(self, name: str, *networks: str, lr: float | None = None) -> AcceleratedOptimizer:
        """One Adam over the parameters of the named networks, kept as ``optimizers[name]``; ``lr``: the config's."""
        self._rates[name] = self.config.lr if lr is None else lr
        adam = torch.optim.Adam(
            self.parameters(*networks), lr=self._rates[name], betas=(self.config.beta1, 0.999), fused=True
        )
        self.optimizers[name] = self.accelerator.prepare(adam)
        return self.optimizers[name]

    def parameters(self, *networks: str) -> list[nn.Parameter]:
        """The parameters of the named networks."""
        return [parameter for name in networks for parameter in self.networks[name].parameters()]

    def start_epoch(self, epoch: int) -> None:
        """Sets every optimiser's learning rate for a 0-based epoch."""
        factor = linear_decay(epoch, self.config.epochs_flat, self.config.epochs_decay)
        for name, optimizer in self.optimizers.items():
            set_learning_rate(optimizer, self._rates[name] * factor)

    def update_averages(self) -> None:
        """average ← ema_decay · average + (1 − ema_decay) · network: after an update of the averaged networks."""
        for name, average in self.averages.items():
            average.update_parameters(self.accelerator.unwrap_model(self.networks[name]))

    def exported(self, name: str) -> nn.Module:
        """What samples and is exported as the named network: its average if it has one."""
        return (
            self.averages[name].module if name in self.averages else self.accelerator.unwrap_model(self.networks[name])
        )

    def differentiable_twice(self, name: str) -> Callable[..., Tensor]:
        """The named network's forward pass for a penalty on its gradients: in fp32 and never compiled.

        A compiled network cannot be differentiated twice, and squares of fp16 gradients overflow.
        """
        network = self.accelerator.unwrap_model(self.networks[name])

        def forward(*arguments: Tensor | None) -> Tensor:
            with torch.autocast(self.accelerator.device.type, enabled=False):
                return type(network).forward(network, *arguments)  # not the instance's own, which turns autocast on

        return forward
