"""A trained network as a function from picture to picture."""

import threading
from typing import Any

import torch
from PIL import Image
from torch import Tensor, nn

from course_lib.data import palette
from course_lib.data.pictures import to_picture, to_tensor
from course_lib.errors import CourseError
from course_lib.networks.layers import Generator

# Dropout as noise draws from torch's one global generator: two visitors at once must not share their numbers.
_GLOBAL_NOISE = threading.Lock()


class Translator:
    """``translator(picture, seed=0)`` → picture. ``card`` and ``config`` lie beside the weights it was made from.

    Args:
        network: (1, 3, H, W) in [−1, 1] → the same, frozen.
        config: "size" (side the network works at, or None for any multiple of "multiple"), "palette" (name or None).
        card: what is known of the model.
    """

    def __init__(self, network: nn.Module, config: dict[str, Any], card: dict[str, Any], device: str = "cpu") -> None:
        self.config, self.card, self.device = config, card, usable_device(device)
        self.network = network.to(self.device).requires_grad_(False)

    def __call__(self, image: Image.Image, seed: int = 0, noise: bool = True) -> Image.Image:
        """The translation, at the network's size.

        Args:
            seed: of the generator's noise, where it has any; the same seed gives the same picture.
            noise: False switches the noise off.
        """
        return to_picture(self.translate(to_tensor(self.prepare(image)), seed, noise))

    def prepare(self, image: Image.Image) -> Image.Image:
        """What the network is shown: the picture at its size, label maps with flat colours only."""
        size = self.config.get("size")
        if size:
            target = (size, size)
        else:
            step = self.config.get("multiple", 4)
            target = (max(step, round(image.width / step) * step), max(step, round(image.height / step) * step))
        if self.config.get("palette") == "facades":
            return palette.snap(image, target)
        image = image.convert("RGB")
        return image if image.size == target else image.resize(target, Image.Resampling.BICUBIC)

    def translate(self, batch: Tensor, seed: int = 0, noise: bool = True) -> Tensor:
        """(B, 3, H, W) in [−1, 1] → the same, on the CPU."""
        cuda = [self.device] if self.device.type == "cuda" else []
        with _GLOBAL_NOISE, torch.random.fork_rng(devices=cuda), torch.inference_mode():
            torch.manual_seed(seed)
            if isinstance(self.network, Generator):
                self.network.noise = noise
            return self.network(batch.to(self.device)).float().cpu()

    def fingerprint(self) -> dict[str, float]:
        """Mean and standard deviation of the answer to an embedded picture at seed 0: moves if anything moved."""
        from course_lib.models.fingerprint import fingerprint_picture

        answer = self.translate(fingerprint_picture(self.config.get("size") or 64) * 2 - 1).double()
        return {"mean": round(answer.mean().item(), 3), "std": round(answer.std(correction=0).item(), 3)}


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
