"""Exercise 04, solved. ``ALTERNATIVES`` holds other right answers: other formulas, other calls, all must pass."""

import torch
from torch.nn import functional as F


def one_hot(labels, classes):
    return (labels[:, None] == torch.arange(classes, device=labels.device)).double()


def label_maps(labels, classes, height, width):
    return one_hot(labels, classes)[:, :, None, None].expand(-1, -1, height, width)


def generator_input(noise, labels, classes):
    return torch.cat([noise, one_hot(labels, classes).to(noise)], dim=1)


def discriminator_input(pictures, labels, classes):
    maps = label_maps(labels, classes, *pictures.shape[2:])
    return torch.cat([pictures, maps.to(pictures)], dim=1)


def projection_score(unconditional, features, labels, embedding):
    return unconditional + (features * embedding[labels]).sum(dim=1, keepdim=True)


def conditional_discriminator_loss(discriminator, real, real_labels, fake, fake_labels):
    real_scores = discriminator(real, real_labels)
    fake_scores = discriminator(fake.detach(), fake_labels)
    return F.softplus(-real_scores).mean() + F.softplus(fake_scores).mean()


def conditional_generator_loss(generator, discriminator, noise, draw_labels):
    labels = draw_labels(len(noise))
    return F.softplus(-discriminator(generator(noise, labels), labels)).mean()


def mismatched_labels(labels, classes, generator):
    steps = torch.randint(1, classes, labels.shape, generator=generator)
    return (labels + steps) % classes


def matching_aware_loss(discriminator, real, labels, wrong_labels, fake, fake_labels):
    right = F.softplus(-discriminator(real, labels)).mean()
    wrong = F.softplus(discriminator(real, wrong_labels)).mean()
    made_up = F.softplus(discriminator(fake.detach(), fake_labels)).mean()
    return right + (wrong + made_up) / 2


def class_accuracy(logits, wanted):
    right = (logits.argmax(dim=1) == wanted).double()
    by_class = torch.stack([right[wanted == k].mean() for k in range(logits.shape[1])])
    return right.mean(), by_class


def l1_answer(drawings):
    return drawings.median(dim=0).values


# ------------------------------------------------------------------------------------------------ other right answers


def _one_hot_scatter(labels, classes):
    return torch.zeros(len(labels), classes).scatter_(1, labels[:, None], 1.0)


def _one_hot_lists(labels, classes):
    return torch.tensor([[int(k == label) for k in range(classes)] for label in labels.tolist()])


def _maps_ones(labels, classes, height, width):
    return F.one_hot(labels, classes)[..., None, None] * torch.ones(height, width)


def _maps_index(labels, classes, height, width):
    maps = torch.zeros(len(labels), classes, height, width)
    maps[torch.arange(len(labels)), labels] = 1
    return maps


def _maps_repeat(labels, classes, height, width):
    return torch.eye(classes)[labels].view(len(labels), classes, 1, 1).repeat(1, 1, height, width)


def _generator_input_hstack(noise, labels, classes):
    return torch.hstack((noise, F.one_hot(labels, classes)))


def _generator_input_fill(noise, labels, classes):
    joined = torch.zeros(len(noise), noise.shape[1] + classes, dtype=noise.dtype)
    joined[:, : noise.shape[1]] = noise
    joined[range(len(noise)), noise.shape[1] + labels] = 1
    return joined


def _discriminator_input_cat(pictures, labels, classes):
    return torch.cat((pictures, _maps_ones(labels, classes, pictures.shape[-2], pictures.shape[-1])), -3)


def _discriminator_input_fill(pictures, labels, classes):
    count, channels, height, width = pictures.shape
    joined = pictures.new_zeros(count, channels + classes, height, width)
    joined[:, :channels] = pictures
    for i, label in enumerate(labels):
        joined[i, channels + label] = 1
    return joined


def _projection_einsum(unconditional, features, labels, embedding):
    return torch.einsum("bf,bf->b", features, F.embedding(labels, embedding)).unsqueeze(1) + unconditional


def _projection_all_classes(unconditional, features, labels, embedding):
    return unconditional + (features @ embedding.T).gather(1, labels[:, None])


def _projection_bmm(unconditional, features, labels, embedding):
    return torch.baddbmm(unconditional[:, :, None], embedding[labels][:, None], features[:, :, None]).squeeze(2)


def _conditional_bce(discriminator, real, real_labels, fake, fake_labels):
    fakes, reals = discriminator(fake.detach(), fake_labels), discriminator(real, real_labels)
    of_reals = F.binary_cross_entropy_with_logits(reals, torch.ones_like(reals))
    return of_reals + F.binary_cross_entropy_with_logits(fakes, torch.zeros_like(fakes))


def _conditional_one_batch(discriminator, real, real_labels, fake, fake_labels):
    scores = discriminator(torch.cat([real, fake.detach()]), torch.cat([real_labels, fake_labels]))
    return -F.logsigmoid(scores[: len(real)]).mean() - F.logsigmoid(-scores[len(real) :]).mean()


def _generator_bce(generator, discriminator, noise, draw_labels):
    labels = draw_labels(noise.shape[0])
    scores = discriminator(generator(noise, labels), labels)
    return F.binary_cross_entropy_with_logits(scores, torch.ones_like(scores))


def _generator_logsigmoid(generator, discriminator, noise, draw_labels):
    labels = draw_labels(len(noise)).clone()
    fake = generator(noise, labels)
    return -F.logsigmoid(discriminator(fake, labels)).sum() / len(noise)


def _mismatched_skip(labels, classes, generator):
    """A number among the other classes; those from the label upwards move up by one."""
    others = torch.randint(0, classes - 1, labels.shape, generator=generator)
    return others + (others >= labels)


def _mismatched_again(labels, classes, generator):
    wrong = torch.randint(0, classes, labels.shape, generator=generator)
    while (wrong == labels).any():
        wrong = torch.where(wrong == labels, torch.randint(0, classes, labels.shape, generator=generator), wrong)
    return wrong


def _mismatched_weights(labels, classes, generator):
    return torch.multinomial(1.0 - F.one_hot(labels, classes), 1, generator=generator).flatten()


def _matching_bce(discriminator, real, labels, wrong_labels, fake, fake_labels):
    def scored(pictures, names, target):
        scores = discriminator(pictures, names)
        return F.binary_cross_entropy_with_logits(scores, torch.full_like(scores, target))

    no_pairs = [scored(real, wrong_labels, 0.0), scored(fake.detach(), fake_labels, 0.0)]
    return scored(real, labels, 1.0) + sum(no_pairs) / len(no_pairs)


def _matching_one_batch(discriminator, real, labels, wrong_labels, fake, fake_labels):
    pictures = torch.cat([real, real, fake.detach()])
    scores = discriminator(pictures, torch.cat([labels, wrong_labels, fake_labels])).flatten()
    right, wrong, made_up = scores.split([len(real), len(real), len(fake)])
    return 0.5 * F.softplus(made_up).mean() + 0.5 * F.softplus(wrong).mean() - F.logsigmoid(right).mean()


def _accuracy_counts(logits, wanted):
    recognised = logits.max(dim=1).indices
    hits = torch.bincount(wanted[recognised == wanted], minlength=logits.shape[1])
    return (recognised == wanted).sum().item() / len(wanted), hits / torch.bincount(wanted, minlength=logits.shape[1])


def _accuracy_matrix(logits, wanted):
    table = F.one_hot(wanted, logits.shape[1]).T @ F.one_hot(logits.softmax(1).argmax(1), logits.shape[1])
    return table.trace() / table.sum(), table.diagonal() / table.sum(1)


def _l1_sorted(drawings):
    return drawings.sort(0).values[len(drawings) // 2]


ALTERNATIVES = {
    "one_hot": [
        F.one_hot,
        lambda labels, classes: torch.eye(classes)[labels],
        _one_hot_scatter,
        _one_hot_lists,
    ],
    "label_maps": [_maps_ones, _maps_index, _maps_repeat],
    "generator_input": [_generator_input_hstack, _generator_input_fill],
    "discriminator_input": [_discriminator_input_cat, _discriminator_input_fill],
    "projection_score": [_projection_einsum, _projection_all_classes, _projection_bmm],
    "conditional_discriminator_loss": [_conditional_bce, _conditional_one_batch],
    "conditional_generator_loss": [_generator_bce, _generator_logsigmoid],
    "mismatched_labels": [_mismatched_skip, _mismatched_again, _mismatched_weights],
    "matching_aware_loss": [_matching_bce, _matching_one_batch],
    "class_accuracy": [_accuracy_counts, _accuracy_matrix],
    "l1_answer": [_l1_sorted, lambda drawings: drawings.quantile(0.5, dim=0)],
}
