"""Exercise 06: how the losses on pairs of pictures are looked at."""

from torch import Tensor

from course_lib.grading.tools import (
    Critic,
    leaf,
    left_frozen,
    picture,
    random_tensor,
    scalar,
    slopes,
)


def pairs(seed: int) -> dict[str, Tensor]:
    """Two inputs, two targets, two translations of 3×5×6 pixels, and a mock discriminator's weights."""
    return {
        "x": picture(seed + 20, 2, 3, 5, 6),
        "y": picture(seed + 21, 2, 3, 5, 6),
        "fake": picture(seed + 22, 2, 3, 5, 6),
        "critic": random_tensor(seed + 23, 1, 16, 2, 3, scale=0.3),
    }


def run_conditional(answer, given):
    critic, fake = Critic(given["critic"]), leaf(given["fake"])
    loss = scalar(answer(critic, given["x"], given["y"], fake))
    return {
        "value": loss,
        "slope for the discriminator": slopes(loss, w=critic.weight)["slope for w"],
        "seen: channels that the discriminator was shown": critic.seen(),
    }


def run_detached(answer, given):
    critic, fake = Critic(given["critic"]), leaf(given["fake"])
    loss = scalar(answer(critic, given["x"], given["y"], fake))
    return {"value": loss, "slope for the generator's picture": slopes(loss, w=fake)["slope for w"]}


def run_generator_loss(answer, given):
    critic, losses, fake = Critic(given["critic"]), [], leaf(given["fake"])
    for weight in (0.0, 1.0, 100.0):
        losses.append(scalar(answer(critic, given["x"], given["y"], fake, weight)))
    return {
        "value for λ = 0": losses[0],
        "value for λ = 1": losses[1],
        "value for λ = 100": losses[2],
        "slope for the generator's picture at λ = 0": slopes(losses[0], w=fake)["slope for w"],
        "slope for the generator's picture at λ = 100": slopes(losses[2], w=fake)["slope for w"],
        "number of D's parameters left frozen": left_frozen(critic),
        "seen: channels that the discriminator was shown": critic.seen(),
    }
