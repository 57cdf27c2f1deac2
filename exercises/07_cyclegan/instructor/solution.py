"""Exercise 07, solved. ``ALTERNATIVES`` holds other right answers: other formulas, other calls, all must pass."""

import random

import numpy as np
import torch
from torch import nn


def cycle_loss(G, F, x, y):
    return (F(G(x)) - x).abs().mean() + (G(F(y)) - y).abs().mean()


def identity_loss(G, F, x, y):
    return (G(y) - y).abs().mean() + (F(x) - x).abs().mean()


def cycle_accepts(g, f):
    return all(f[g[x]] == x for x in range(len(g))) and all(g[f[y]] == y for y in range(len(f)))


def generator_objective(G, F, D_X, D_Y, x, y, cycle_weight, identity_weight):
    adversarial = (D_Y(G(x)) - 1).square().mean() + (D_X(F(y)) - 1).square().mean()
    return adversarial + cycle_weight * (cycle_loss(G, F, x, y) + identity_weight * identity_loss(G, F, x, y))


class ImageHistory:
    def __init__(self, size=50, seed=0):
        self.size = size
        self.random = torch.Generator().manual_seed(seed)
        self.images = []

    def query(self, images):
        return torch.stack([self.exchange(image) for image in images.detach()])

    def exchange(self, image):
        if len(self.images) < self.size:
            self.images.append(image.clone())
            return image
        if self.size == 0 or torch.rand((), generator=self.random) < 0.5:
            return image
        slot = int(torch.randint(self.size, (), generator=self.random))
        old, self.images[slot] = self.images[slot], image.clone()
        return old


def discriminator_losses(D_X, D_Y, x, y, fake_x, fake_y, history_x, history_y):
    def loss(D, real, fake):
        return ((D(real) - 1).square().mean() + D(fake).square().mean()) / 2

    return loss(D_X, x, history_x.query(fake_x.detach())), loss(D_Y, y, history_y.query(fake_y.detach()))


def linear_decay(epoch, flat, decay):
    return max(0.0, 1 - max(0, epoch + 1 - flat) / (decay + 1))


def instance_norm(x, eps=1e-5):
    centred = x - x.mean(dim=(2, 3), keepdim=True)
    variance = centred.square().mean(dim=(2, 3), keepdim=True)
    return centred / (variance + eps).sqrt()


def residual_block(x, first, second):
    h = nn.functional.pad(x, (1, 1, 1, 1), mode="reflect")
    h = instance_norm(first(h)).relu()
    h = nn.functional.pad(h, (1, 1, 1, 1), mode="reflect")
    return x + instance_norm(second(h))


# ------------------------------------------------------------------------------------------------ other right answers


def _cycle_l1(G, F, x, y):
    fake_y, fake_x = G(x), F(y)
    return nn.functional.l1_loss(G(fake_x), y) + nn.functional.l1_loss(F(fake_y), x)


def _cycle_batched(G, F, x, y):
    """Each generator's passes joined where they can be."""
    fake_x = F(y)
    fake_y, again_y = G(torch.cat([x, fake_x])).split([len(x), len(y)])
    again_x = F(fake_y)
    return torch.norm(again_x - x, p=1) / x.numel() + torch.sum(torch.abs(y - again_y)) / y.numel()


def _cycle_per_picture(G, F, x, y):
    def there_and_back(first, second, pictures):
        return torch.stack([(second(first(p[None])) - p[None]).abs().mean() for p in pictures]).mean()

    return there_and_back(F, G, y) + there_and_back(G, F, x)


def _identity_l1(G, F, x, y):
    loss = nn.L1Loss()
    return loss(F(x), x) + loss(G(y), y)


def _identity_parts(G, F, x, y):
    """|a| as relu(a) + relu(−a)."""
    of_x, of_y = x - F(x), y - G(y)
    return (of_y.relu() + (-of_y).relu()).flatten(1).mean(1).mean() + (of_x.relu() + (-of_x).relu()).mean()


def _accepts_lists(g, f):
    return [f[v] for v in g] == list(range(len(g))) and [g[v] for v in f] == list(range(len(f)))


def _accepts_inverse(g, f):
    """As sets of pairs: each table is the other one read backwards."""
    return {(x, y) for x, y in enumerate(g)} == {(x, y) for y, x in enumerate(f)}


def _accepts_loss(g, f):
    """The loss itself, with arrays."""
    g, f = np.asarray(g), np.asarray(f)
    return float(np.abs(f[g] - np.arange(len(g))).mean() + np.abs(g[f] - np.arange(len(f))).mean()) == 0


def _objective_passes_once(G, F, D_X, D_Y, x, y, cycle_weight, identity_weight):
    """The order of the official code: each generator's pictures are made once and used twice."""
    fake_y = G(x)
    rec_x = F(fake_y)
    fake_x = F(y)
    rec_y = G(fake_x)
    mse, l1 = nn.functional.mse_loss, nn.functional.l1_loss
    loss = mse(D_Y(fake_y), torch.ones_like(D_Y(fake_y))) + mse(D_X(fake_x), torch.ones_like(D_X(fake_x)))
    loss = loss + l1(rec_x, x) * cycle_weight + l1(rec_y, y) * cycle_weight
    if identity_weight > 0:
        loss = loss + l1(G(y), y) * cycle_weight * identity_weight + l1(F(x), x) * cycle_weight * identity_weight
    return loss


def _objective_batched(G, F, D_X, D_Y, x, y, cycle_weight, identity_weight):
    fake_y, same_y = G(torch.cat([x, y])).split([len(x), len(y)])
    fake_x, same_x, again_x = F(torch.cat([y, x, fake_y])).split([len(y), len(x), len(x)])
    again_y = G(fake_x)
    of_x = (again_x - x).abs().mean() + identity_weight * (same_x - x).abs().mean()
    of_y = (again_y - y).abs().mean() + identity_weight * (same_y - y).abs().mean()
    fooled = (1 - D_X(fake_x)).pow(2).mean() + (1 - D_Y(fake_y)).pow(2).mean()
    return fooled + cycle_weight * of_x + cycle_weight * of_y


class _HistoryPython(ImageHistory):
    """Python's random numbers; the slot is drawn before the coin; pictures are kept with a batch axis."""

    def __init__(self, size=50, seed=0):
        self.size, self.random, self.kept = size, random.Random(seed), []

    def query(self, images):
        out = []
        for image in images:
            new = image.data.unsqueeze(0).clone()
            if len(self.kept) < self.size:
                self.kept.append(new)
                out.append(new)
                continue
            slot = self.random.randrange(max(1, self.size))
            if self.size and self.random.random() > 0.5:
                out.append(self.kept[slot])
                self.kept[slot] = new
            else:
                out.append(new)
        return torch.cat(out, dim=0)


class _HistoryTensor(ImageHistory):
    """One tensor for all, coins for the whole batch drawn at once, and the new ones returned as they came."""

    def __init__(self, size=50, seed=0):
        self.size, self.count, self.store = size, 0, None
        self.random = np.random.default_rng(seed)

    def query(self, images):
        if self.size == 0:
            return images
        if self.store is None:
            self.store = images.new_empty(self.size, *images.shape[1:]).detach()
        coins, slots = self.random.integers(2, size=len(images)), self.random.integers(self.size, size=len(images))
        out = []
        for image, coin, slot in zip(images, coins, slots, strict=True):
            if self.count < self.size:
                self.store[self.count] = image.detach()
                self.count += 1
                out.append(image)
            elif coin:
                out.append(self.store[slot].clone())
                self.store[slot] = image.detach()
            else:
                out.append(image)
        return torch.stack(out)


class _HistoryOneDraw(ImageHistory):
    """One number decides coin and slot; the new one goes to the end of the list."""

    @torch.no_grad()
    def query(self, images):
        out = torch.empty_like(images)
        for i, image in enumerate(images):
            out[i] = image
            if len(self.images) < self.size:
                self.images.append(image.clone())
            elif self.size:
                slot = int(torch.randint(2 * self.size, (1,), generator=self.random))
                if slot < self.size:
                    out[i] = self.images.pop(slot)
                    self.images.append(image.clone())
        return out


def _discriminators_no_grad(D_X, D_Y, x, y, fake_x, fake_y, history_x, history_y):
    with torch.no_grad():
        old_y, old_x = history_y.query(fake_y.clone()), history_x.query(fake_x.clone())
    mse, losses = nn.functional.mse_loss, []
    for D, real, fake in ((D_X, x, old_x), (D_Y, y, old_y)):
        of_real, of_fake = D(real), D(fake)
        losses.append(0.5 * mse(of_real, torch.ones_like(of_real)) + 0.5 * mse(of_fake, torch.zeros_like(of_fake)))
    return losses


def _discriminators_one_pass(D_X, D_Y, x, y, fake_x, fake_y, history_x, history_y):
    """Real and fake in one pass; detached after the history instead of before it."""
    scores_x = D_X(torch.cat([history_x.query(fake_x).detach(), x]))
    scores_y = D_Y(torch.cat([history_y.query(fake_y).detach(), y]))
    fake_of_x, real_of_x = scores_x.split([len(fake_x), len(x)])
    fake_of_y, real_of_y = scores_y.split([len(fake_y), len(y)])
    return (
        (1 - real_of_x).pow(2).mean() / 2 + (fake_of_x * fake_of_x).mean() / 2,
        ((1 - real_of_y).pow(2).mean() + (fake_of_y * fake_of_y).mean()) * 0.5,
    )


def _decay_pieces(epoch, flat, decay):
    if epoch < flat:
        return 1
    if epoch >= flat + decay:
        return 0.0
    return (flat + decay - epoch) / (decay + 1)


def _decay_clamped(epoch, flat, decay):
    return torch.tensor((decay + flat - epoch) / (decay + 1), dtype=torch.float64).clamp(0, 1)


def _norm_library(x, eps=1e-5):
    return nn.functional.instance_norm(x, eps=eps)


def _norm_flat(x, eps=1e-5):
    flat = x.flatten(2)
    variance, mean = torch.var_mean(flat, dim=2, unbiased=False, keepdim=True)
    return ((flat - mean) * torch.rsqrt(variance + eps)).view_as(x)


def _norm_moments(x, eps=1e-5):
    """Variance as the mean square minus the squared mean."""
    mean = x.mean((2, 3), keepdim=True)
    return (x - mean) / torch.sqrt((x * x).mean((2, 3), keepdim=True) - mean * mean + eps)


def _block_modules(x, first, second):
    mirror, relu = nn.ReflectionPad2d(1), nn.ReLU(inplace=True)
    inner = nn.Sequential(mirror, first, nn.InstanceNorm2d(x.shape[1]), relu, mirror, second)
    return nn.functional.instance_norm(inner(x)) + x


def _block_by_hand(x, first, second):
    """The mirrored rows and columns set by their numbers."""

    def mirrored(h):
        rows = [1, *range(h.shape[2]), h.shape[2] - 2]
        columns = [1, *range(h.shape[3]), h.shape[3] - 2]
        return h[:, :, rows][..., columns]

    h = _norm_flat(first(mirrored(x))).clamp(min=0)
    return torch.add(x, _norm_flat(second(mirrored(h))))


ALTERNATIVES = {
    "cycle_loss": [_cycle_l1, _cycle_batched, _cycle_per_picture],
    "identity_loss": [_identity_l1, _identity_parts],
    "cycle_accepts": [_accepts_lists, _accepts_inverse, _accepts_loss],
    "generator_objective": [_objective_passes_once, _objective_batched],
    "ImageHistory": [_HistoryPython, _HistoryTensor, _HistoryOneDraw],
    "discriminator_losses": [_discriminators_no_grad, _discriminators_one_pass],
    "linear_decay": [_decay_pieces, _decay_clamped],
    "instance_norm": [_norm_library, _norm_flat, _norm_moments],
    "residual_block": [_block_modules, _block_by_hand],
}
