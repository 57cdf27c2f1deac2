"""Exercise 05: how the generator's objective is looked at."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from course_lib.grading.tools import Critic, leaf, left_frozen, picture, random_tensor, scalar, slopes


class Features(nn.Module):
    """A mock loss network, not linear: the features of a difference are not the difference of the features."""

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        self.weight = nn.Parameter(weight.detach().clone(), requires_grad=False)

    def forward(self, pictures: Tensor) -> Tensor:
        return F.softplus(2 * F.conv2d(pictures, self.weight, stride=2))


def enlarged(seed: int) -> dict[str, Tensor]:
    """Two truths and two answers of 3×7×8 pixels, and the weights of a mock discriminator and a mock loss network."""
    return {
        "truth": picture(seed + 110, 2, 3, 7, 8),
        "fake": picture(seed + 111, 2, 3, 7, 8),
        "critic": random_tensor(seed + 112, 1, 16, 2, 3, scale=0.3),
        "features": random_tensor(seed + 113, 5, 3, 3, 2, scale=0.3),
    }


WEIGHTS = {"0": 0.0, "10⁻³": 1e-3, "1": 1.0}


def run_objective(answer, given):
    critic, features, fake = Critic(given["critic"]), Features(given["features"]), leaf(given["fake"])
    losses = {name: scalar(answer(critic, features, given["truth"], fake, w)) for name, w in WEIGHTS.items()}
    return {
        **{f"value for the weight {name}": loss for name, loss in losses.items()},
        "slope for the generator's picture at the weight 0": slopes(losses["0"], w=fake)["slope for w"],
        "slope for the generator's picture at the weight 1": slopes(losses["1"], w=fake)["slope for w"],
        "number of D's parameters left frozen": left_frozen(critic),
        "seen: channels that the discriminator was shown": critic.seen(),
    }


def run_identity(answer, given):
    """With the identity for a loss network, the content loss is the MSE of the pixels."""
    critic, fake = Critic(given["critic"]), leaf(given["fake"])
    loss = scalar(answer(critic, torch.clone, given["truth"], fake, 1e-3))
    return {"value": loss, "slope for the generator's picture": slopes(loss, w=fake)["slope for w"]}
