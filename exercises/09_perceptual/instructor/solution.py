"""Exercise 09, solved. ``ALTERNATIVES`` holds other right answers: other formulas, other calls, all must pass."""

import torch
from torch.nn import functional as F


def network_input(pictures):
    mean = pictures.new_tensor([104.00699, 116.66877, 122.67892]).reshape(1, 3, 1, 1)
    return ((pictures + 1) / 2 * 255).flip(1) - mean


def feature_reconstruction_loss(features, target):
    return (features - target.detach()).square().mean()


def style_reconstruction_loss(features, target_grams):
    total = 0
    for maps, target in zip(features, target_grams, strict=True):
        f = maps.flatten(2)
        gram = f @ f.transpose(1, 2) / maps[0].numel()
        total = total + (gram - target.detach()).square().sum(dim=(1, 2)).mean()
    return total


def perceptual_objective(network, output, photo, layer, target_grams, weights):
    found = network(output)
    with torch.no_grad():
        wanted = network(photo)
    content = feature_reconstruction_loss(found[layer], wanted[layer])
    style = style_reconstruction_loss(found, target_grams)
    vertical = output[:, :, 1:] - output[:, :, :-1]
    horizontal = output[:, :, :, 1:] - output[:, :, :, :-1]
    variation = vertical.abs().mean() + horizontal.abs().mean()
    return weights[0] * content + weights[1] * style + weights[2] * variation


def resize_convolution(features, weight):
    large = F.interpolate(features, scale_factor=2, mode="nearest")
    return F.conv2d(F.pad(large, (1, 1, 1, 1), mode="reflect"), weight)


def training_step(transform, loss_network, optimizer, photos, objective):
    transform.train()
    loss_network.eval().requires_grad_(False)
    output = transform(photos)
    with torch.no_grad():
        wanted = loss_network(photos)
    loss = objective(loss_network(output), wanted, output)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.detach()


def stylize(transform, photo):
    height, width = photo.shape[-2:]
    transform.eval()
    with torch.no_grad():
        picture = transform(F.pad(photo, (0, -width % 4, 0, -height % 4), mode="reflect"))
    return picture[..., :height, :width].clamp(-1, 1)


# ------------------------------------------------------------------------------------------------ other right answers


def _input_by_channels(pictures):
    red, green, blue = (127.5 * pictures + 127.5).unbind(1)
    return torch.stack([blue - 104.00699, green - 116.66877, red - 122.67892], dim=1)


def _input_mean_first(pictures):
    """RGB minus the mean in RGB's order, and turned at the end."""
    mean = torch.tensor([122.67892, 116.66877, 104.00699], dtype=pictures.dtype)[:, None, None]
    return (255 * (pictures * 0.5 + 0.5) - mean)[:, [2, 1, 0]]


def _content_by_numel(features, target):
    with torch.no_grad():
        fixed = target.clone()
    return torch.sum((features - fixed) ** 2) / features.numel()


def _style_by_einsum(features, target_grams):
    layers = []
    for f, target in zip(features, target_grams, strict=True):
        gram = torch.einsum("bchw,bdhw->bcd", f, f) / (f.shape[1] * f.shape[2] * f.shape[3])
        layers.append(((gram - target.detach()) ** 2).sum() / len(f))
    return torch.stack(layers).sum()


def _style_a_picture(features, target_grams):
    loss = 0.0
    for f, target in zip(features, target_grams, strict=True):
        for one in f:
            rows = one.reshape(one.shape[0], -1)
            gram = torch.mm(rows, rows.t()).div(one.numel())
            loss = loss + F.mse_loss(gram, target[0].detach(), reduction="sum") / f.shape[0]
    return loss


def _style_by_mse(features, target_grams):
    grams = [torch.bmm(f.flatten(2), f.flatten(2).mT) / f[0].numel() for f in features]
    return sum(
        F.mse_loss(g, a.detach().expand_as(g)) * g.shape[-1] ** 2 for g, a in zip(grams, target_grams, strict=True)
    )


def _objective_in_one_pass(network, output, photo, layer, target_grams, weights):
    """Output and photo side by side in one batch."""
    both = network(torch.cat([output, photo.detach()]))
    found = [maps[: len(output)] for maps in both]
    content = F.mse_loss(found[layer], both[layer][len(output) :].detach())
    variation = torch.diff(output, dim=2).abs().mean() + torch.diff(output, dim=3).abs().mean()
    terms = (content, _style_by_einsum(found, target_grams), variation)
    return sum(w * t for w, t in zip(weights, terms, strict=True))


def _objective_by_l1(network, output, photo, layer, target_grams, weights):
    found, wanted = network(output), network(photo)
    alpha, beta, gamma = weights
    loss = alpha * feature_reconstruction_loss(found[layer], wanted[layer].detach())
    loss = loss + beta * style_reconstruction_loss(found, target_grams)
    return loss + gamma * (
        F.l1_loss(output[..., 1:], output[..., :-1]) + F.l1_loss(output[:, :, 1:], output[:, :, :-1])
    )


def _resize_by_repeating(features, weight):
    large = features.repeat_interleave(2, dim=2).repeat_interleave(2, dim=3)
    return F.conv2d(F.pad(large, [1] * 4, "reflect"), weight, stride=1)


def _resize_by_modules(features, weight):
    return F.conv2d(torch.nn.ReflectionPad2d(1)(torch.nn.Upsample(scale_factor=2)(features)), weight)


def _resize_by_the_edge(features, weight):
    """After doubling, the second pixel from the edge is the same as the first."""
    return F.conv2d(F.pad(F.interpolate(features, scale_factor=2), (1, 1, 1, 1), mode="replicate"), weight)


def _step_by_inputs(transform, loss_network, optimizer, photos, objective):
    """The loss network's own gradients are not asked for."""
    optimizer.zero_grad(set_to_none=True)
    transform.train()
    loss_network.eval()
    output = transform(photos)
    loss = objective(loss_network(output), [f.detach() for f in loss_network(photos)], output)
    loss.backward(inputs=list(transform.parameters()))
    optimizer.step()
    return loss.item()


def _step_in_a_loop(transform, loss_network, optimizer, photos, objective):
    transform.train(True)
    loss_network.train(False)
    for p in loss_network.parameters():
        p.requires_grad = False
    wanted = loss_network(photos)
    output = transform(photos)
    found = loss_network(output)
    loss = objective(found, wanted, output)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss


def _stylize_by_modulo(transform, photo):
    was = transform.training
    transform.eval()
    h, w = photo.shape[2], photo.shape[3]
    padded = F.pad(photo, (0, (4 - w % 4) % 4, 0, (4 - h % 4) % 4), mode="reflect")
    out = transform(padded).detach()
    transform.train(was)
    return torch.clamp(out[:, :, :h, :w], min=-1, max=1)


@torch.no_grad()
def _stylize_by_rounding_up(transform, photo):
    h, w = photo.shape[-2:]
    down, right = 4 * ((h + 3) // 4) - h, 4 * ((w + 3) // 4) - w
    if down or right:
        photo = torch.nn.ReflectionPad2d((0, right, 0, down))(photo)
    return transform.eval()(photo)[:, :, :h, :w].clip(-1, 1)


ALTERNATIVES = {
    "network_input": [_input_by_channels, _input_mean_first],
    "feature_reconstruction_loss": [
        _content_by_numel,
        lambda features, target: F.mse_loss(features, target.detach()),
    ],
    "style_reconstruction_loss": [_style_by_einsum, _style_a_picture, _style_by_mse],
    "perceptual_objective": [_objective_in_one_pass, _objective_by_l1],
    "resize_convolution": [_resize_by_repeating, _resize_by_modules, _resize_by_the_edge],
    "training_step": [_step_by_inputs, _step_in_a_loop],
    "stylize": [_stylize_by_modulo, _stylize_by_rounding_up],
}
