"""The history of generated images (Shrivastava et al. 2017, section 2.3; Zhu et al. 2017, section 4)."""

import torch
from torch import Tensor


class ImageHistory:
    """Shows a discriminator fakes of the past, so that G cannot win by returning to an old trick.

    Until ``size`` images are stored, each new one is stored and returned. From then on, with probability ½, a random
    stored image is returned and the new one takes its place; else the new one is returned. Size 0 returns its input.

    Args:
        size: images kept (the paper: 50).
        seed: of its own random numbers.
    """

    def __init__(self, size: int = 50, seed: int = 0) -> None:
        if size < 0:
            raise ValueError(f"size is {size}; it must be 0 or more.")
        self.size = size
        self._random = torch.Generator().manual_seed(seed)
        self._images: list[Tensor] = []

    def query(self, images: Tensor) -> Tensor:
        """(B, C, H, W) new fakes → (B, C, H, W) for the discriminator, detached."""
        if self.size == 0:
            return images
        return torch.stack([self._exchange(image) for image in images.detach()])

    def _exchange(self, image: Tensor) -> Tensor:
        if len(self._images) < self.size:
            self._images.append(image.clone())
            return image
        if torch.rand((), generator=self._random) < 0.5:
            return image
        slot = int(torch.randint(self.size, (), generator=self._random))
        old, self._images[slot] = self._images[slot], image.clone()
        return old.to(image)  # a checkpoint read back leaves its images on the CPU

    def state_dict(self) -> dict:
        return {"images": list(self._images), "random": self._random.get_state()}

    def load_state_dict(self, state: dict) -> None:
        self._images = list(state["images"])
        self._random.set_state(state["random"].cpu())
