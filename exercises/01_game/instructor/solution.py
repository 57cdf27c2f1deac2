"""Exercise 01, solved. ``ALTERNATIVES`` holds other right answers: other formulas, other calls, all must pass."""

import math

import torch
from torch.nn import functional as F


def optimal_discriminator(real_counts, fake_counts):
    p = real_counts / real_counts.sum()
    q = fake_counts / fake_counts.sum()
    empty = p + q == 0
    return torch.where(empty, 0.5, p / torch.where(empty, 1.0, p + q))


def game_value(real, fake, verdict):
    return (torch.xlogy(real, verdict) + torch.xlogy(fake, 1 - verdict)).sum()


def jensen_shannon(real, fake):
    # The value of the best D is −log 4 + 2 JS: turned round. A histogram is a distribution that is already normalised.
    return (game_value(real, fake, optimal_discriminator(real, fake)) + math.log(4)) / 2


def discriminator_loss(real_logits, fake_logits):
    return F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean()


def saturating_loss(fake_logits):
    return F.logsigmoid(-fake_logits).mean()


def non_saturating_loss(fake_logits):
    return -F.logsigmoid(fake_logits).mean()


def discriminator_step(generator, discriminator, optimizer_g, optimizer_d, real, noise):
    fake = generator(noise).detach()
    optimizer_d.zero_grad()
    discriminator_loss(discriminator(real), discriminator(fake)).backward()
    optimizer_d.step()


def generator_step(generator, discriminator, optimizer_g, optimizer_d, noise):
    optimizer_g.zero_grad()
    non_saturating_loss(discriminator(generator(noise))).backward()
    optimizer_g.step()


def point_round(theta, psi, rate):
    psi = psi - rate * torch.sigmoid(psi * theta) * theta
    theta = theta + rate * torch.sigmoid(psi * theta) * psi
    return theta, psi


# ------------------------------------------------------------------------------------------------ other right answers


def _optimal_loop(real_counts, fake_counts):
    n, m, verdicts = real_counts.sum().item(), fake_counts.sum().item(), []
    for r, f in zip(real_counts.tolist(), fake_counts.tolist(), strict=True):
        verdicts.append(0.5 if r == f == 0 else (r / n) / (r / n + f / m))
    return torch.tensor(verdicts, dtype=real_counts.dtype)


def _optimal_ratio(real_counts, fake_counts):
    """1/(1 + q/p), without dividing by the totals first."""
    weighted_real, weighted_fake = real_counts * fake_counts.sum(), fake_counts * real_counts.sum()
    return (weighted_real / (weighted_real + weighted_fake)).nan_to_num(0.5)


def _optimal_sigmoid(real_counts, fake_counts):
    """σ(log p − log q): a difference of two −∞ is an empty bin."""
    logit = (real_counts / real_counts.sum()).log() - (fake_counts / fake_counts.sum()).log()
    return logit.nan_to_num(0.0).sigmoid()


def _value_nansum(real, fake, verdict):
    return (real * verdict.log()).nansum() + (fake * torch.log(1 - verdict)).nansum()


def _value_loop(real, fake, verdict):
    total = 0.0
    for p, q, d in zip(real.tolist(), fake.tolist(), verdict.tolist(), strict=True):
        total += (p * math.log(d) if p else 0) + (q * math.log1p(-d) if q else 0)
    return total


def _value_clamped(real, fake, verdict):
    """A logarithm cut off at −27 does no harm where its weight is 0."""
    return torch.dot(real, verdict.clamp(min=1e-12).log()) + fake @ (1 - verdict).clamp(min=1e-12).log()


def _value_whole_bins(real, fake, verdict):
    """Where one term is 0 · log 0, D is certain and right, and the other term is 0 as well."""
    return (real * verdict.log() + fake * (1 - verdict).log()).nan_to_num(0).sum()


def _divergence_by_hand(real, fake):
    middle = (real + fake) / 2

    def kl(a):
        return (torch.xlogy(a, a) - torch.xlogy(a, middle)).sum()

    return kl(real) / 2 + kl(fake) / 2


def _divergence_entropies(real, fake):
    """The entropy of the mixture, less the mean of the entropies."""

    def entropy(a):
        return torch.special.entr(a).sum()

    return entropy((real + fake) / 2) - (entropy(real) + entropy(fake)) / 2


def _divergence_kl_div(real, fake):
    log_middle = ((real + fake) / 2).log()
    return 0.5 * (F.kl_div(log_middle, real, reduction="sum") + F.kl_div(log_middle, fake, reduction="sum"))


def _d_loss_bce(real_logits, fake_logits):
    of_reals = F.binary_cross_entropy_with_logits(real_logits, torch.ones_like(real_logits))
    return of_reals + F.binary_cross_entropy_with_logits(fake_logits, torch.zeros_like(fake_logits))


def _d_loss_logsigmoid(real_logits, fake_logits):
    return -(F.logsigmoid(real_logits).sum() / real_logits.numel()) - F.logsigmoid(-fake_logits).mean()


def _d_loss_logaddexp(real_logits, fake_logits):
    zero = torch.zeros((), dtype=real_logits.dtype)
    return torch.logaddexp(zero, -real_logits).mean() + torch.logaddexp(zero, fake_logits).mean()


def _d_step_no_grad(generator, discriminator, optimizer_g, optimizer_d, real, noise):
    with torch.no_grad():
        fake = generator(noise)
    loss = _d_loss_bce(discriminator(real), discriminator(fake))
    discriminator.zero_grad()
    loss.backward()
    optimizer_d.step()
    return loss.item()


def _d_step_inputs(generator, discriminator, optimizer_g, optimizer_d, real, noise):
    """Not cut off, but backward is told which parameters it is for: nothing travels through G."""
    optimizer_d.zero_grad(set_to_none=False)
    loss = discriminator_loss(discriminator(real), discriminator(generator(noise)))
    loss.backward(inputs=list(discriminator.parameters()))
    optimizer_d.step()


def _d_step_one_pass(generator, discriminator, optimizer_g, optimizer_d, real, noise):
    """Real and fake in one pass, and both networks cleared."""
    optimizer_g.zero_grad()
    optimizer_d.zero_grad()
    logits = discriminator(torch.cat([real, generator(noise).detach()]))
    (F.softplus(-logits[: len(real)]).mean() + F.softplus(logits[len(real) :]).mean()).backward()
    optimizer_d.step()


def _d_step_two_backwards(generator, discriminator, optimizer_g, optimizer_d, real, noise):
    """One backward for each term: the gradients add up before the one step, as in the DCGAN tutorial."""
    optimizer_d.zero_grad()
    F.softplus(-discriminator(real)).mean().backward()
    F.softplus(discriminator(generator(noise).detach())).mean().backward()
    optimizer_d.step()


def _g_step_frozen(generator, discriminator, optimizer_g, optimizer_d, noise):
    """D's parameters are frozen meanwhile, as in many published codes."""
    for p in discriminator.parameters():
        p.requires_grad_(False)
    optimizer_g.zero_grad()
    F.softplus(-discriminator(generator(noise))).mean().backward()
    optimizer_g.step()
    for p in discriminator.parameters():
        p.requires_grad_(True)


def _g_step_grad(generator, discriminator, optimizer_g, optimizer_d, noise):
    verdict = discriminator(generator(noise))
    loss = F.binary_cross_entropy_with_logits(verdict, torch.ones_like(verdict))
    parameters = list(generator.parameters())
    for p, slope in zip(parameters, torch.autograd.grad(loss, parameters), strict=True):
        p.grad = slope
    optimizer_g.step()
    return float(loss)


def _g_step_all_cleared(generator, discriminator, optimizer_g, optimizer_d, noise):
    fake = generator(noise)
    optimizer_d.zero_grad()
    generator.zero_grad()
    non_saturating_loss(discriminator(fake)).backward()
    optimizer_g.step()
    optimizer_d.zero_grad()


def _round_autograd(theta, psi, rate):
    theta, psi = theta.detach().clone().requires_grad_(), psi.detach().clone().requires_grad_()
    of_psi = torch.autograd.grad((F.softplus(-psi * 0) + F.softplus(psi * theta)).sum(), psi)[0]
    new_psi = (psi - rate * of_psi).detach()
    of_theta = torch.autograd.grad(-F.softplus(new_psi * theta).sum(), theta)[0]
    return (theta - rate * of_theta).detach(), new_psi


def _round_list(theta, psi, rate):
    psi = psi - rate * theta / (1 + torch.exp(-psi * theta))
    return [theta + rate * psi / (1 + torch.exp(-psi * theta)), psi]


ALTERNATIVES = {
    "optimal_discriminator": [_optimal_loop, _optimal_ratio, _optimal_sigmoid],
    "game_value": [_value_nansum, _value_loop, _value_clamped, _value_whole_bins],
    "jensen_shannon": [_divergence_by_hand, _divergence_entropies, _divergence_kl_div],
    "discriminator_loss": [_d_loss_bce, _d_loss_logsigmoid, _d_loss_logaddexp],
    "saturating_loss": [
        lambda f: -F.softplus(f).mean(),
        lambda f: -F.binary_cross_entropy_with_logits(f, torch.zeros_like(f)),
        lambda f: (F.logsigmoid(f) - f).sum() / f.numel(),
    ],
    "non_saturating_loss": [
        lambda f: F.softplus(-f).mean(),
        lambda f: F.binary_cross_entropy_with_logits(f, torch.ones_like(f)),
        lambda f: torch.logaddexp(torch.zeros_like(f), -f).mean(),
    ],
    "discriminator_step": [_d_step_no_grad, _d_step_inputs, _d_step_one_pass, _d_step_two_backwards],
    "generator_step": [_g_step_frozen, _g_step_grad, _g_step_all_cleared],
    "point_round": [_round_autograd, _round_list],
}
