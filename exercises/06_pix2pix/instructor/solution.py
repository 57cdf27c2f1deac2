"""Exercise 06, solved. ``ALTERNATIVES`` holds other right answers: other formulas, other calls, all must pass."""

import torch
from torch.nn import functional as F


def discriminator_targets(real_scores, fake_scores):
    return torch.ones_like(real_scores), torch.zeros_like(fake_scores)


def discriminator_loss(real_scores, fake_scores):
    real_target, fake_target = discriminator_targets(real_scores, fake_scores)
    of_reals = F.binary_cross_entropy_with_logits(real_scores, real_target)
    of_fakes = F.binary_cross_entropy_with_logits(fake_scores, fake_target)
    return of_reals + of_fakes


def adversarial_loss(fake_scores):
    return F.binary_cross_entropy_with_logits(fake_scores, torch.ones_like(fake_scores))


def least_squares_losses(real_scores, fake_scores):
    for_d = (real_scores - 1).square().mean() + fake_scores.square().mean()
    for_g = (fake_scores - 1).square().mean()
    return for_d, for_g


def patch_layers(n):
    return [(4, 2, 1)] * n + [(4, 1, 1)] * 2


def receptive_field(layers):
    size = 1
    for kernel, stride, _padding in reversed(layers):
        size = (size - 1) * stride + kernel
    return size


def conditional_discriminator_loss(discriminator, x, y, fake):
    real_scores = discriminator(torch.cat([x, y], dim=1))
    fake_scores = discriminator(torch.cat([x, fake.detach()], dim=1))
    return discriminator_loss(real_scores, fake_scores)


def generator_loss(discriminator, x, y, fake, weight):
    fake_scores = discriminator(torch.cat([x, fake], dim=1))
    return adversarial_loss(fake_scores) + weight * (fake - y).abs().mean()


def unet_forward(x, downs, ups):
    kept = []
    for down in downs:
        x = down(x.clone())  # a block may overwrite what it gets, and we still need it
        kept.append(x)
    x = ups[0](kept.pop())
    for up in ups[1:]:
        x = up(torch.cat([kept.pop(), x], dim=1))
    return x


def training_step(generator, discriminator, optimizer_g, optimizer_d, x, y, weight):
    fake = generator(x)
    optimizer_d.zero_grad()
    (conditional_discriminator_loss(discriminator, x, y, fake) / 2).backward()
    optimizer_d.step()
    optimizer_g.zero_grad()
    generator_loss(discriminator, x, y, fake, weight).backward()
    optimizer_g.step()


def translate(generator, x):
    generator.train()
    with torch.no_grad():
        return generator(x)


# ------------------------------------------------------------------------------------------------ other right answers


def _targets_full(real_scores, fake_scores):
    return torch.full_like(real_scores, 1.0), real_scores.new_zeros(fake_scores.shape)


def _targets_list(real_scores, fake_scores):
    return [real_scores * 0 + 1, torch.zeros(fake_scores.shape, dtype=fake_scores.dtype)]


def _loss_softplus(real_scores, fake_scores):
    return F.softplus(-real_scores).mean() + F.softplus(fake_scores).mean()


def _loss_logsigmoid(real_scores, fake_scores):
    return -(F.logsigmoid(real_scores).sum() / real_scores.numel()) - F.logsigmoid(-fake_scores).flatten().mean()


def _loss_logaddexp(real_scores, fake_scores):
    zero = torch.zeros((), dtype=real_scores.dtype)
    return torch.logaddexp(zero, -real_scores).mean() + torch.logaddexp(zero, fake_scores).mean()


def _least_squares_mse(real_scores, fake_scores):
    ones, zeros = torch.ones_like(fake_scores), torch.zeros_like(fake_scores)
    return F.mse_loss(real_scores, torch.ones_like(real_scores)) + F.mse_loss(fake_scores, zeros), F.mse_loss(
        fake_scores, ones
    )


def _least_squares_expanded(real_scores, fake_scores):
    def mean_square(t):
        return (t * t).sum() / t.numel()

    for_g = mean_square(fake_scores) - 2 * fake_scores.mean() + 1
    return [mean_square(real_scores - 1.0) + mean_square(fake_scores), for_g]


def _layers_loop(n):
    layers = []
    for index in range(n + 2):
        layers.append([4, 2 if index < n else 1, 1])
    return layers


def _field_jumps(layers):
    """The other direction: the distance between neighbouring outputs grows by each stride."""
    size, jump = 1, 1
    for kernel, stride, _ in layers:
        size += (kernel - 1) * jump
        jump *= stride
    return size


def _field_recursive(layers):
    return float(layers[0][0] + (_field_recursive(layers[1:]) - 1) * layers[0][1]) if layers else 1.0


def _conditional_one_batch(discriminator, x, y, fake):
    """Real and fake in one pass, fakes first."""
    pictures = torch.cat([torch.cat([x, x]), torch.cat([fake.detach(), y])], dim=1)
    fakes, reals = discriminator(pictures).chunk(2)
    return _loss_softplus(reals, fakes)


def _conditional_no_grad(discriminator, x, y, fake):
    with torch.no_grad():
        false_pair = torch.cat((x, fake), 1)
    false = discriminator(false_pair)
    return F.softplus(false).mean() + F.softplus(-discriminator(torch.cat((x, y), -3))).mean()


def _generator_l1_loss(discriminator, x, y, fake, weight):
    verdict = discriminator(torch.cat((x, fake), dim=1))
    return F.softplus(-verdict).mean() + F.l1_loss(fake, y) * weight


def _generator_logsigmoid(discriminator, x, y, fake, weight):
    penalty = torch.mean(torch.abs(y - fake))
    return penalty * weight - F.logsigmoid(discriminator(torch.cat([x, fake], 1))).mean()


def _unet_recursive(x, downs, ups):
    def level(h, downs, ups):
        inner = downs[0](h.clone())
        if len(downs) == 1:
            return ups[0](inner)
        return ups[-1](torch.cat((inner, level(inner, downs[1:], ups[:-1])), 1))

    return level(x, downs, ups)


def _unet_zip(x, downs, ups):
    features = [x]
    for down in downs:
        features.append(down(features[-1] + 0))
    out = ups[0](features[-1])
    for skip, up in zip(reversed(features[1:-1]), ups[1:], strict=True):
        out = up(torch.cat([skip, out], 1))
    return out


def _step_requires_grad(generator, discriminator, optimizer_g, optimizer_d, x, y, weight):
    """As in the official code: D's parameters are frozen during G's part, and the fake is computed once."""
    fake = generator(x)
    for p in discriminator.parameters():
        p.requires_grad_(True)
    optimizer_d.zero_grad()
    loss_d = 0.5 * _conditional_no_grad(discriminator, x, y, fake)
    loss_d.backward()
    optimizer_d.step()
    for p in discriminator.parameters():
        p.requires_grad_(False)
    optimizer_g.zero_grad()
    loss_g = _generator_l1_loss(discriminator, x, y, fake, weight)
    loss_g.backward()
    optimizer_g.step()
    for p in discriminator.parameters():
        p.requires_grad_(True)
    return loss_d.item(), loss_g.item()


def _step_two_passes(generator, discriminator, optimizer_g, optimizer_d, x, y, weight):
    with torch.no_grad():
        fake = generator(x)
    loss_d = _conditional_one_batch(discriminator, x, y, fake) * 0.5
    gradients = torch.autograd.grad(loss_d, list(discriminator.parameters()))
    for p, g in zip(discriminator.parameters(), gradients, strict=True):
        p.grad = g
    optimizer_d.step()
    loss_g = generator_loss(discriminator, x, y, generator(x), weight)
    optimizer_g.zero_grad()
    loss_g.backward(inputs=list(generator.parameters()))
    optimizer_g.step()


def _translate_modules(generator, x):
    for module in generator.modules():
        module.training = True
    with torch.inference_mode():
        return generator(x)


def _translate_detach(generator, x):
    return generator.train(True)(x).detach()


ALTERNATIVES = {
    "discriminator_targets": [_targets_full, _targets_list],
    "discriminator_loss": [_loss_softplus, _loss_logsigmoid, _loss_logaddexp],
    "adversarial_loss": [lambda f: F.softplus(-f).mean(), lambda f: -F.logsigmoid(f).mean()],
    "least_squares_losses": [_least_squares_mse, _least_squares_expanded],
    "patch_layers": [_layers_loop, lambda n: tuple((4, s, 1) for s in [2] * n + [1, 1])],
    "receptive_field": [_field_jumps, _field_recursive],
    "conditional_discriminator_loss": [_conditional_one_batch, _conditional_no_grad],
    "generator_loss": [_generator_l1_loss, _generator_logsigmoid],
    "unet_forward": [_unet_recursive, _unet_zip],
    "training_step": [_step_requires_grad, _step_two_passes],
    "translate": [_translate_modules, _translate_detach],
}
