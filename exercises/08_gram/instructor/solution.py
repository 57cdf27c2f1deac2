"""Exercise 08, solved. ``ALTERNATIVES`` holds other right answers: other formulas, other calls, all must pass."""

import torch
from torch.nn import functional as F


def gram_matrix(features):
    b, c, h, w = features.shape
    f = features.reshape(b, c, h * w)
    return f @ f.transpose(1, 2) / (c * h * w)


def style_loss(grams, target_grams, weights):
    total = 0
    for gram, target, weight in zip(grams, target_grams, weights, strict=True):
        total = total + weight * (gram - target.detach()).square().sum(dim=(1, 2)).mean() / 4
    return total


def content_loss(features, target):
    return (features - target.detach()).square().sum(dim=(1, 2, 3)).mean() / 2


def total_variation(pictures):
    vertical = pictures[:, :, 1:, :] - pictures[:, :, :-1, :]
    horizontal = pictures[:, :, :, 1:] - pictures[:, :, :, :-1]
    return vertical.abs().mean() + horizontal.abs().mean()


def vgg_input(pictures):
    mean = pictures.new_tensor([0.485, 0.456, 0.406]).reshape(1, 3, 1, 1)
    std = pictures.new_tensor([0.229, 0.224, 0.225]).reshape(1, 3, 1, 1)
    return ((pictures + 1) / 2 - mean) / std


def features_after(pictures, convolutions, taken):
    kept = {}
    for number, convolution in enumerate(convolutions[: max(taken) + 1]):
        pictures = F.relu(convolution(pictures))
        kept[number] = pictures
    return [kept[number] for number in taken]


def freeze(network):
    return network.requires_grad_(False).eval()


def paint(photo, network, objective, steps, rate):
    picture = photo.clone().requires_grad_()
    for _ in range(steps):
        (slope,) = torch.autograd.grad(objective(network(picture)), picture)
        picture = (picture - rate * slope).detach().requires_grad_()
    return picture.detach()


# ------------------------------------------------------------------------------------------------ other right answers


def _gram_by_loops(features):
    _, c, h, w = features.shape
    rows = []
    for one in features:
        for i in range(c):
            rows.append(torch.stack([(one[i] * one[j]).sum() for j in range(c)]))
    return torch.stack(rows).reshape(len(features), c, c) / (c * h * w)


def _gram_by_bmm(features):
    f = features.view(features.size(0), features.size(1), -1)
    return torch.bmm(f, f.permute(0, 2, 1)).div(f[0].numel())


def _gram_a_picture(features):
    grams = []
    for one in features:
        f = one.flatten(1)
        grams.append(torch.mm(f, f.t()) / one.numel())
    return torch.stack(grams)


def _gram_divided_first(features):
    f = features.flatten(2) / features[0].numel() ** 0.5
    return torch.matmul(f, f.mT)


def _gram_channels_last(features):
    f = features.permute(0, 2, 3, 1).reshape(features.shape[0], -1, features.shape[1])
    return f.transpose(1, 2) @ f / features[0].numel()


def _style_by_mse(grams, target_grams, weights):
    layers = [
        w * F.mse_loss(g, a.detach().expand_as(g), reduction="sum") / (4 * g.shape[0])
        for g, a, w in zip(grams, target_grams, weights, strict=True)
    ]
    return sum(layers)


def _style_by_norms(grams, target_grams, weights):
    losses = []
    for i in range(len(grams)):
        with torch.no_grad():
            target = target_grams[i].clone()
        difference = (grams[i] - target).flatten(1)
        losses.append(0.25 * weights[i] * torch.mean((difference * difference).sum(1)))
    return torch.stack(losses).sum()


def _content_by_mse(features, target):
    return 0.5 * F.mse_loss(features, target.detach(), reduction="sum") / len(features)


def _content_a_picture(features, target):
    with torch.no_grad():
        target = target.clone()
    return sum(((f - p) ** 2).sum() / 2 for f, p in zip(features, target, strict=True)) / features.shape[0]


def _variation_by_l1(pictures):
    return F.l1_loss(pictures[..., 1:, :], pictures[..., :-1, :]) + F.l1_loss(pictures[..., 1:], pictures[..., :-1])


def _variation_by_loops(pictures):
    b, c, h, w = pictures.shape
    down = sum((pictures[:, :, i + 1] - pictures[:, :, i]).abs().sum() for i in range(h - 1)) / (b * c * (h - 1) * w)
    right = sum((pictures[..., j + 1] - pictures[..., j]).abs().sum() for j in range(w - 1)) / (b * c * h * (w - 1))
    return down + right


def _input_at_once(pictures):
    """Without the way over [0, 1]: the mean of [−1, 1] is 2·mean − 1, and its spread is twice as large."""
    mean = torch.tensor([0.485, 0.456, 0.406], dtype=pictures.dtype).view(3, 1, 1)
    std = torch.tensor([0.229, 0.224, 0.225], dtype=pictures.dtype).view(3, 1, 1)
    return (pictures - (2 * mean - 1)) / (2 * std)


def _input_by_channels(pictures):
    numbers = zip((0.485, 0.456, 0.406), (0.229, 0.224, 0.225), strict=True)
    unit = pictures * 0.5 + 0.5
    return torch.stack([(unit[:, i] - m) / s for i, (m, s) in enumerate(numbers)], dim=1)


def _input_on_a_copy(pictures):
    x = pictures.clone()
    x.add_(1).div_(2)
    x -= x.new_tensor((0.485, 0.456, 0.406))[:, None, None]
    x /= x.new_tensor((0.229, 0.224, 0.225))[:, None, None]
    return x


def _features_by_hand(pictures, convolutions, taken):
    found, x = [None] * len(taken), pictures
    for i, convolution in enumerate(convolutions):
        x = torch.clamp(convolution(x), min=0)
        if i in taken:
            found[taken.index(i)] = x
        if i == max(taken):
            break
    return tuple(found)


def _features_in_place(pictures, convolutions, taken):
    kept = []
    for convolution in convolutions[: 1 + max(taken)]:
        pictures = convolution(pictures).relu_()
        kept.append(pictures)
    return [kept[i] for i in taken]


def _freeze_in_a_loop(network):
    network.eval()
    for p in network.parameters():
        p.requires_grad = False
    return network


def _freeze_by_modules(network):
    for module in network.modules():
        module.training = False
        for p in module.parameters(recurse=False):
            p.requires_grad_(False)
    return network


def _paint_by_backward(photo, network, objective, steps, rate):
    picture = photo.detach().clone()
    picture.requires_grad = True
    for _ in range(steps):
        picture.grad = None
        objective(network(picture)).backward()
        with torch.no_grad():
            picture -= rate * picture.grad
    return picture


def _paint_by_sgd(photo, network, objective, steps, rate):
    picture = torch.nn.Parameter(photo.clone())
    optimizer = torch.optim.SGD([picture], lr=rate)
    for _ in range(steps):
        optimizer.zero_grad()
        loss = objective(network(picture))
        loss.backward()
        optimizer.step()
    return picture.data


ALTERNATIVES = {
    "gram_matrix": [
        lambda features: torch.einsum("bchw,bdhw->bcd", features, features) / features[0].numel(),
        _gram_by_loops,
        _gram_by_bmm,
        _gram_a_picture,
        _gram_divided_first,
        _gram_channels_last,
    ],
    "style_loss": [_style_by_mse, _style_by_norms],
    "content_loss": [_content_by_mse, _content_a_picture],
    "total_variation": [
        _variation_by_l1,
        _variation_by_loops,
        lambda pictures: torch.diff(pictures, dim=2).abs().mean() + torch.diff(pictures, dim=3).abs().mean(),
    ],
    "vgg_input": [_input_at_once, _input_by_channels, _input_on_a_copy],
    "features_after": [_features_by_hand, _features_in_place],
    "freeze": [_freeze_in_a_loop, _freeze_by_modules],
    "paint": [_paint_by_backward, _paint_by_sgd],
}
