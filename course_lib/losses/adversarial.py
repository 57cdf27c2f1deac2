"""Adversarial losses: what a discriminator and a generator minimise.

Every function takes raw scores ("logits": any shape, any real number; a batch of patch verdicts counts as one bag of
scores) and returns a scalar, the mean over all scores. Real and fake may differ in shape. Nothing here squashes a
score through a sigmoid except where the formula does. The conventions of the whole course are the formulas below.
"""

from collections.abc import Callable
from typing import NamedTuple

from torch import Tensor
from torch.nn.functional import relu, softplus


def bce_discriminator_loss(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    """mean softplus(−r) + mean softplus(f): binary cross-entropy, real → 1, fake → 0, summed over the two terms.

    softplus(−r) = −log σ(r) and softplus(f) = −log(1 − σ(f)), without the overflow of the naive logarithm.
    Goodfellow et al. 2014, eq. 1 (negated).
    """
    return softplus(-real_logits).mean() + softplus(fake_logits).mean()


def bce_generator_loss(fake_logits: Tensor) -> Tensor:
    """mean softplus(−f) = −mean log σ(f): the non-saturating loss. Its slope tends to −1 where D is sure of a fake.

    Goodfellow et al. 2014, section 3 ("maximize log D(G(z))").
    """
    return softplus(-fake_logits).mean()


def saturating_generator_loss(fake_logits: Tensor) -> Tensor:
    """mean log(1 − σ(f)) = −mean softplus(f): the minimax game's own loss, negative by nature.

    Its slope is −σ(f), which vanishes where D is sure of a fake. Goodfellow et al. 2014, eq. 1.
    """
    return -softplus(fake_logits).mean()


def lsgan_discriminator_loss(real: Tensor, fake: Tensor) -> Tensor:
    """mean (r − 1)² + mean f²: least squares, real → 1, fake → 0, on unsquashed scores.

    No ½ here: the tasks halve D's loss, as the official CycleGAN code does. A D that cannot tell (0.5 everywhere)
    scores 0.5. Mao et al. 2017, eq. 2, with a = 0, b = 1 and without its ½.
    """
    return (real - 1).square().mean() + fake.square().mean()


def lsgan_generator_loss(fake: Tensor) -> Tensor:
    """mean (f − 1)²: flat only where the score is exactly right, steeper the further it is off.

    Mao et al. 2017, eq. 2.
    """
    return (fake - 1).square().mean()


def hinge_discriminator_loss(real: Tensor, fake: Tensor) -> Tensor:
    """mean relu(1 − r) + mean relu(1 + f):

    scores beyond the margin ±1 cost nothing. Lim & Ye 2017; Miyato et al. 2018, eq. 16.
    """
    return relu(1 - real).mean() + relu(1 + fake).mean()


def hinge_generator_loss(fake: Tensor) -> Tensor:
    """−mean f: slope −1 everywhere. Miyato et al. 2018, eq. 17."""
    return -fake.mean()


def wasserstein_discriminator_loss(real: Tensor, fake: Tensor) -> Tensor:
    """mean f − mean r: the critic's loss.

    The Lipschitz constraint is separate. Arjovsky et al. 2017, eq. 2 (negated).
    """
    return fake.mean() - real.mean()


def wasserstein_generator_loss(fake: Tensor) -> Tensor:
    """−mean f. Arjovsky et al. 2017, algorithm 1."""
    return -fake.mean()


class AdversarialLoss(NamedTuple):
    """What D minimises, of (real scores, fake scores), and what G minimises, of (fake scores)."""

    discriminator: Callable[[Tensor, Tensor], Tensor]
    generator: Callable[[Tensor], Tensor]


# Every adversarial loss of the course by the name that configs use.
ADVERSARIAL = {
    "saturating": AdversarialLoss(bce_discriminator_loss, saturating_generator_loss),
    "bce": AdversarialLoss(bce_discriminator_loss, bce_generator_loss),
    "lsgan": AdversarialLoss(lsgan_discriminator_loss, lsgan_generator_loss),
    "hinge": AdversarialLoss(hinge_discriminator_loss, hinge_generator_loss),
    "wasserstein": AdversarialLoss(wasserstein_discriminator_loss, wasserstein_generator_loss),
}
