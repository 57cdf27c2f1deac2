"""Exercise 02, solved. ``ALTERNATIVES`` holds other right answers: other formulas, other calls, all must pass."""

import torch
from torch.nn import functional as F


def least_squares_discriminator_loss(real_scores, fake_scores):
    return (real_scores - 1).square().mean() + fake_scores.square().mean()


def least_squares_generator_loss(fake_scores):
    return (fake_scores - 1).square().mean()


def hinge_discriminator_loss(real_scores, fake_scores):
    return F.relu(1 - real_scores).mean() + F.relu(1 + fake_scores).mean()


def wasserstein_losses(real_scores, fake_scores):
    return fake_scores.mean() - real_scores.mean(), -fake_scores.mean()


def slope_of(loss, scores):
    scores = scores.detach().clone().requires_grad_()
    total = sum(loss(score.reshape(1)) for score in scores)  # each alone: a mean over all would divide by N
    return torch.autograd.grad(total, scores)[0]


def generator_slopes(scores):
    probability = torch.sigmoid(scores)
    return {
        "saturating": -probability,
        "non-saturating": probability - 1,
        "least squares": 2 * (scores - 1),
        "least squares behind a sigmoid": 2 * (probability - 1) * probability * (1 - probability),
        "hinge": -torch.ones_like(scores),
    }


def jacobian_norms(discriminator, pictures):
    pictures = pictures.detach().clone().requires_grad_()
    # One picture's score depends on that picture alone, so the gradient of the sum holds every picture's own.
    gradient = torch.autograd.grad(discriminator(pictures).sum(), pictures)[0]
    return gradient.flatten(1).norm(dim=1)


def reaches_generator(loss, discriminator, fakes):
    fakes = fakes.detach().clone().requires_grad_()
    gradient = torch.autograd.grad(loss(discriminator(fakes)), fakes)[0]
    return gradient.flatten(1).norm(dim=1)


def best_scores(real_density, fake_density):
    return (real_density / fake_density).log(), real_density / (real_density + fake_density)


# ------------------------------------------------------------------------------------------------ other right answers


def _squares_mse(real_scores, fake_scores):
    of_reals = F.mse_loss(real_scores, torch.ones_like(real_scores))
    return of_reals + F.mse_loss(fake_scores, torch.zeros_like(fake_scores))


def _squares_expanded(real_scores, fake_scores):
    """Multiplied out: mean r² − 2 mean r + 1 + mean f²."""
    of_reals = (real_scores**2).mean() - 2 * real_scores.mean() + 1
    return of_reals + torch.linalg.vector_norm(fake_scores) ** 2 / fake_scores.numel()


def _hinge_clamp(real_scores, fake_scores):
    return (1 - real_scores).clamp(min=0).mean() + torch.clamp(1 + fake_scores, min=0).sum() / fake_scores.numel()


def _hinge_minimum(real_scores, fake_scores):
    """As the paper prints it, with the minus that makes it a loss."""
    nothing = real_scores.new_zeros(())
    return -torch.minimum(nothing, -1 + real_scores).mean() - torch.minimum(nothing, -1 - fake_scores).mean()


def _hinge_embedding(real_scores, fake_scores):
    """Half the distance to the margin's far side: relu(t) = (t + |t|)/2."""

    def above(t):
        return (t + t.abs()) / 2

    return above(1 - real_scores).mean() + above(1 + fake_scores).mean()


def _wasserstein_list(real_scores, fake_scores):
    return [-(real_scores.mean() - fake_scores.mean()), torch.mean(-fake_scores)]


def _wasserstein_sums(real_scores, fake_scores):
    for_g = -fake_scores.sum() / fake_scores.numel()
    return -for_g - real_scores.flatten().mean(), for_g


def _slope_times_n(loss, scores):
    scores = scores.detach().clone().requires_grad_()
    loss(scores).backward()
    return scores.grad * len(scores)


def _slope_in_place(loss, scores):
    """On the scores themselves; the caller's numbers do not change."""
    scores.requires_grad_()
    return torch.stack([torch.autograd.grad(loss(scores[i : i + 1]), scores)[0][i] for i in range(len(scores))])


def _slope_vmap(loss, scores):
    return torch.func.vmap(torch.func.grad(lambda s: loss(s[None])))(scores)


def _slopes_by_autograd(scores):
    def of(function):
        leaf = scores.detach().clone().requires_grad_()
        return torch.autograd.grad(function(leaf).sum(), leaf)[0]

    return {
        "saturating": of(lambda f: F.logsigmoid(-f)),
        "non-saturating": of(lambda f: -F.logsigmoid(f)),
        "least squares": of(lambda f: (f - 1) ** 2),
        "least squares behind a sigmoid": of(lambda f: (f.sigmoid() - 1) ** 2),
        "hinge": of(lambda f: -f),
        "wasserstein": of(lambda f: -f),
    }


def _slopes_other_forms(scores):
    e = torch.exp(-scores)
    return {
        "hinge": torch.full_like(scores, -1.0),
        "least squares": 2 * scores - 2,
        "non-saturating": -torch.sigmoid(-scores),
        "saturating": -1 / (1 + e),
        "least squares behind a sigmoid": -2 * e * e / (1 + e) ** 3,
    }


def _jacobian_loop(discriminator, pictures):
    lengths = []
    for picture in pictures:
        alone = picture[None].clone().requires_grad_()
        discriminator(alone).squeeze().backward()
        lengths.append(alone.grad.pow(2).sum().sqrt())
    return torch.stack(lengths)


def _jacobian_in_full(discriminator, pictures):
    whole = torch.autograd.functional.jacobian(lambda x: discriminator(x).flatten(), pictures)
    return torch.stack([torch.linalg.vector_norm(whole[i, i]) for i in range(len(pictures))])


def _reaches_backward(loss, discriminator, fakes):
    fakes.requires_grad_()
    loss(discriminator(fakes)).backward()
    return fakes.grad.square().sum(dim=(1, 2, 3)).sqrt()


def _reaches_product(loss, discriminator, fakes):
    """The two factors and the mean's 1/B."""
    with torch.no_grad():
        scores = discriminator(fakes).flatten()
    return slope_of(loss, scores).abs() * jacobian_norms(discriminator, fakes) / len(fakes)


ALTERNATIVES = {
    "least_squares_discriminator_loss": [_squares_mse, _squares_expanded],
    "least_squares_generator_loss": [
        lambda f: F.mse_loss(f, torch.ones_like(f)),
        lambda f: (f * f).mean() - 2 * f.mean() + 1.0,
        lambda f: sum((s - 1) ** 2 for s in f.flatten()) / f.numel(),
    ],
    "hinge_discriminator_loss": [_hinge_clamp, _hinge_minimum, _hinge_embedding],
    "wasserstein_losses": [_wasserstein_list, _wasserstein_sums],
    "slope_of": [_slope_times_n, _slope_in_place, _slope_vmap],
    "generator_slopes": [_slopes_by_autograd, _slopes_other_forms],
    "jacobian_norms": [_jacobian_loop, _jacobian_in_full],
    "reaches_generator": [_reaches_backward, _reaches_product],
    "best_scores": [
        lambda p, q: (p.log() - q.log(), 1 / (1 + q / p)),
        lambda p, q: [torch.logit(p / (p + q)), (p / q).log().sigmoid()],
    ],
}
