"""Losses as pure functions: tensors in, a scalar out. λ lives in the tasks."""

from course_lib.losses.adversarial import (
    ADVERSARIAL,
    AdversarialLoss,
    bce_discriminator_loss,
    bce_generator_loss,
    hinge_discriminator_loss,
    hinge_generator_loss,
    lsgan_discriminator_loss,
    lsgan_generator_loss,
    saturating_generator_loss,
    wasserstein_discriminator_loss,
    wasserstein_generator_loss,
)
from course_lib.losses.penalties import gradient_penalty, mix, r1_penalty
from course_lib.losses.perceptual import (
    content_loss,
    feature_direction_loss,
    feature_matching_loss,
    feature_reconstruction_loss,
    gram_matrix,
    style_loss,
)
from course_lib.losses.reconstruction import cycle_loss, identity_loss, l1_loss, mse_loss, phase_loss, total_variation

__all__ = [
    "ADVERSARIAL",
    "AdversarialLoss",
    "bce_discriminator_loss",
    "bce_generator_loss",
    "content_loss",
    "cycle_loss",
    "feature_direction_loss",
    "feature_matching_loss",
    "feature_reconstruction_loss",
    "gradient_penalty",
    "gram_matrix",
    "hinge_discriminator_loss",
    "hinge_generator_loss",
    "identity_loss",
    "l1_loss",
    "lsgan_discriminator_loss",
    "lsgan_generator_loss",
    "mix",
    "mse_loss",
    "phase_loss",
    "r1_penalty",
    "saturating_generator_loss",
    "style_loss",
    "total_variation",
    "wasserstein_discriminator_loss",
    "wasserstein_generator_loss",
]
