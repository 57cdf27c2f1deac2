"""Exercise 03, solved. ``ALTERNATIVES`` holds other right answers: other formulas, other calls, all must pass."""

import math

import torch


def share_within(k):
    return 1 - torch.exp(-(k**2) / 2)


def nearest_mode(samples, centres):
    distances = (samples[:, None] - centres[None]).square().sum(dim=2).sqrt()  # (N, K)
    distance, index = distances.min(dim=1)
    return index, distance


def mode_coverage(samples, centres, radius, min_count):
    index, distance = nearest_mode(samples, centres)
    good = distance <= radius
    counts = torch.bincount(index[good], minlength=len(centres))
    return (counts >= min_count).sum(), good.double().mean()


def packed(samples, m):
    return samples.reshape(len(samples) // m, m * samples.shape[1], *samples.shape[2:])


def _gradients(discriminator, samples):
    """(B, everything else): each sample's own gradient. The sum of the scores holds them all, because D scores one by
    one."""
    samples = samples.detach().requires_grad_()
    (gradient,) = torch.autograd.grad(discriminator(samples).sum(), samples, create_graph=True)
    return gradient.flatten(1)


def r1_penalty(discriminator, real):
    return _gradients(discriminator, real).square().sum(dim=1).mean()


def gradient_penalty(discriminator, real, fake, mix):
    between = mix * real + (1 - mix) * fake.detach()
    return (_gradients(discriminator, between).norm(dim=1) - 1).square().mean()


def variation_over_inputs(outputs):
    return outputs.var(dim=0, correction=0).mean()


def returns_home(forward, backward):
    return (backward[forward] == torch.arange(len(forward))).double().mean()


def undo(order):
    return torch.argsort(order)


# ------------------------------------------------------------------------------------------------ other right answers


def _nearest_norm(samples, centres):
    distances = torch.linalg.vector_norm(samples.unsqueeze(1) - centres, dim=-1)
    index = distances.argmin(1)
    return index, distances.gather(1, index[:, None]).squeeze(1)


def _nearest_cdist(samples, centres):
    distances = torch.cdist(samples, centres)
    return [distances.argmin(dim=1), distances.amin(dim=1)]


def _nearest_loop(samples, centres):
    indices, distances = [], []
    for sample in samples:
        all_of_them = [math.dist(sample.tolist(), centre.tolist()) for centre in centres]
        distances.append(min(all_of_them))
        indices.append(all_of_them.index(distances[-1]))
    return torch.tensor(indices), torch.tensor(distances, dtype=samples.dtype)


def _coverage_masks(samples, centres, radius, min_count):
    index, distance = _nearest_norm(samples, centres)
    members = (index[:, None] == torch.arange(len(centres))) & (distance <= radius)[:, None]
    return int((members.sum(0) >= min_count).sum()), members.any(1).sum().item() / len(samples)


def _coverage_loop(samples, centres, radius, min_count):
    counts, good = [0] * len(centres), 0
    for index, distance in zip(*_nearest_loop(samples, centres), strict=True):
        if distance <= radius:
            counts[int(index)] += 1
            good += 1
    covered = sum(count >= min_count for count in counts)
    return torch.tensor(covered), torch.tensor(good / len(samples))  # a float32 share is as good as any


def _packed_slices(samples, m):
    return torch.cat([samples[i::m] for i in range(m)], dim=1)


def _packed_loop(samples, m):
    return torch.stack([torch.cat(list(samples[i : i + m])) for i in range(0, len(samples), m)])


def _packed_flatten(samples, m):
    return samples.unflatten(0, (-1, m)).flatten(1, 2)


def _r1_ones(discriminator, real):
    real = real.clone().requires_grad_(True)
    scores = discriminator(real)
    gradient = torch.autograd.grad(scores, real, torch.ones_like(scores), create_graph=True, retain_graph=True)[0]
    return (gradient**2).sum(tuple(range(1, gradient.ndim))).mean()


def _r1_total(discriminator, real):
    points = real.detach().clone()
    points.requires_grad = True
    (gradient,) = torch.autograd.grad(list(discriminator(points).flatten()), points, create_graph=True)
    return (gradient * gradient).sum() / len(real)


def _r1_one_by_one(discriminator, real):
    total = 0
    for sample in real:
        alone = sample[None].detach().requires_grad_()
        (gradient,) = torch.autograd.grad(discriminator(alone).squeeze(), alone, create_graph=True)
        total = total + gradient.pow(2).sum()
    return total / len(real)


def _penalty_lerp(discriminator, real, fake, mix):
    points = torch.lerp(fake.detach(), real, mix.expand_as(real)).requires_grad_()
    scores = discriminator(points)
    gradient = torch.autograd.grad(scores, points, torch.ones_like(scores), create_graph=True)[0]
    return ((1 - gradient.reshape(len(real), -1).norm(2, dim=1)) ** 2).mean()


def _penalty_safe_root(discriminator, real, fake, mix):
    """With the tiny number under the root that keeps its slope finite where the gradient is zero."""
    with torch.no_grad():
        points = fake + mix * (real - fake)
    points.requires_grad_()
    (gradient,) = torch.autograd.grad(discriminator(points).sum(), points, create_graph=True)
    lengths = (gradient.square().flatten(1).sum(1) + 1e-12).sqrt()
    return (lengths.square() - 2 * lengths + 1).mean()


def _variation_pairs(outputs):
    """Half the mean squared difference over all pairs is the variance."""
    flat = outputs.flatten(1)
    return (flat[:, None] - flat[None]).square().mean() / 2


def _variation_moments(outputs):
    return outputs.square().mean(0).sub(outputs.mean(0).square()).mean()


def _variation_unbiased(outputs):
    n = len(outputs)
    return outputs.var(0).mean() * (n - 1) / n


def _home_loop(forward, backward):
    return sum(int(backward[j]) == i for i, j in enumerate(forward)) / len(forward)


def _home_gather(forward, backward):
    back = backward.gather(0, forward)
    return 1 - torch.count_nonzero(back - torch.arange(back.numel())) / forward.numel()


def _undo_write(order):
    back = torch.empty_like(order)
    back[order] = torch.arange(len(order))
    return back


def _undo_search(order):
    return [order.tolist().index(j) for j in range(len(order))]


ALTERNATIVES = {
    "share_within": [
        lambda k: 1 - math.exp(-(float(k) ** 2) / 2),
        lambda k: -torch.expm1(-0.5 * k * k),
        lambda k: torch.special.gammainc(torch.ones_like(k), k.square() / 2),
    ],
    "nearest_mode": [_nearest_norm, _nearest_cdist, _nearest_loop],
    "mode_coverage": [_coverage_masks, _coverage_loop],
    "packed": [_packed_slices, _packed_loop, _packed_flatten],
    "r1_penalty": [_r1_ones, _r1_total, _r1_one_by_one],
    "gradient_penalty": [_penalty_lerp, _penalty_safe_root],
    "variation_over_inputs": [_variation_pairs, _variation_moments, _variation_unbiased],
    "returns_home": [_home_loop, _home_gather],
    "undo": [_undo_write, _undo_search],
}
