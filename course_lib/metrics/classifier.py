"""An independent classifier of pictures: a small network, trained on real ones, asked about made ones.

It decides what class (or what domain) a generated picture belongs to. It never sees a generated picture while it is
trained, and shares nothing with the network whose pictures it classifies. Always report its accuracy on held-out
*real* pictures beside its verdict on made ones: that is the ceiling, and a classifier that fails on real pictures can
praise nobody. It tells
classes, not
quality: a picture can be ugly and still clearly a cat.
"""

import math

import torch
from torch import Tensor, nn

from course_lib.errors import CourseError

SMALLEST, LARGEST = 8, 128  # pixels a side
BATCH = 64
RATE = 3e-3
ENDS_AT = 4  # the convolutions shrink a picture to about 4 × 4 before they average


def train_classifier(
    pictures: Tensor, labels: Tensor, *, classes: int, epochs: int = 5, seed: int = 0, flip: bool = False
) -> nn.Module:
    """Trains a small convolutional network to name the class of a picture.

    Every picture is shifted by up to a sixteenth of its side while training (whole pixels, the edge repeated). AdamW,
    one cycle of the learning rate, batch norm. On 25,000 drawings of 32² an epoch takes about fifteen seconds on one
    busy
    core.

    Args:
        pictures: (N, C, H, W) in [−1, 1], any number of channels, sides 8 … 128, N ≥ 2.
        labels: (N,) whole numbers 0 … classes − 1.
        classes: how many there are, ≥ 2. A class without an example is allowed; it will not be answered.
        epochs: times each picture is shown. A few thousand pictures want more (10 … 20) than tens of thousands.
        seed: of the weights, the order and the shifts. The same seed, pictures and machine give the same network.
        flip: mirror half of the pictures left to right. Right for photos, wrong for digits and letters.

    Returns:
        The network in eval mode, (B, C, H, W) → logits (B, classes). Its gradients are off.

    Raises:
        CourseError: shapes, sides, labels, values or counts are not as above.
    """
    _check_pictures(pictures)
    _check_labels(labels, len(pictures), classes)
    if epochs < 1:
        raise CourseError(f"epochs is {epochs}; at least 1 is needed.")
    if len(pictures) < 2:
        raise CourseError("A classifier needs at least 2 pictures to learn from; this is 1.")
    pictures, labels = pictures.detach().float(), labels.long()
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        network = _network(pictures.shape[1], min(pictures.shape[2:]), classes)
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=1e-2)
    # Batch norm cannot learn from a single picture, so a rest of one joins the batch before it.
    batches = max(1, (len(pictures) + BATCH - 2) // BATCH)
    cycle = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=epochs * batches, pct_start=0.2)
    network.train()
    with torch.enable_grad():
        for _ in range(epochs):
            for chosen in torch.randperm(len(pictures), generator=generator).tensor_split(batches):
                shown = _shifted(pictures[chosen], generator)
                if flip:
                    mirrored = torch.rand(len(shown), generator=generator) < 0.5
                    shown = torch.where(mirrored[:, None, None, None], shown.flip(3), shown)
                loss = nn.functional.cross_entropy(network(shown), labels[chosen])
                optimizer.zero_grad(set_to_none=True)
                loss.backward()
                optimizer.step()
                cycle.step()
    return network.eval().requires_grad_(False)


@torch.no_grad()
def classify(model: nn.Module, pictures: Tensor) -> Tensor:
    """The class of each picture.

    Args:
        model: from ``train_classifier`` (any network that gives logits (B, classes)).
        pictures: (N, C, H, W) in [−1, 1], N ≥ 1, with the channels and about the size it was trained on.

    Returns:
        (N,) long, on the CPU.

    Raises:
        CourseError: not pictures, values outside [−1, 1], or NaN: the generator that made them has diverged.
    """
    _check_pictures(pictures)
    channels = next((layer.in_channels for layer in model.modules() if isinstance(layer, nn.Conv2d)), None)
    if channels is not None and channels != pictures.shape[1]:
        raise CourseError(
            f"The classifier was trained on {channels} channel(s); these pictures have {pictures.shape[1]}."
        )
    was_training, place = model.training, next(model.parameters()).device
    model.eval()
    try:
        answers = [model(part.to(place).float()).argmax(dim=1).cpu() for part in pictures.split(256)]
    finally:
        model.train(was_training)
    return torch.cat(answers)


def accuracy(model: nn.Module, pictures: Tensor, labels: Tensor) -> float:
    """The share of pictures, 0 … 1, whose class is named right.

    For made pictures the "right" class is the one that was asked for.

    Args:
        pictures: (N, C, H, W) in [−1, 1].
        labels: (N,) whole numbers.

    Raises:
        CourseError: as ``classify``, or another number of labels than pictures.
    """
    if labels.shape != (len(pictures),):
        raise CourseError(f"{len(pictures)} pictures need labels ({len(pictures)},); these are {tuple(labels.shape)}.")
    return (classify(model, pictures) == labels.cpu()).double().mean().item()


def _network(channels: int, side: int, classes: int) -> nn.Sequential:
    """Convolutions that halve the picture until it is about 4 × 4, then an average over places and one linear layer."""
    n_down = max(1, round(math.log2(side / ENDS_AT)))
    width = 32 if n_down <= 3 else 16
    # A picture of 32² or more is halved at once: full resolution would cost most of the time and add little.
    layers = _block(channels, width, 2 if n_down > 2 else 1)
    for _ in range(n_down - 1 if n_down > 2 else n_down):
        layers += _block(width, min(128, 2 * width), 2)
        width = min(128, 2 * width)
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(width, classes))


def _block(into: int, out: int, stride: int) -> list[nn.Module]:
    return [nn.Conv2d(into, out, 3, stride, 1, bias=False), nn.BatchNorm2d(out), nn.ReLU()]


def _shifted(pictures: Tensor, generator: torch.Generator) -> Tensor:
    """Each picture moved by its own whole number of pixels; the pixels that come in repeat the edge."""
    count, _, high, wide = pictures.shape

    def places(side: int) -> Tensor:
        reach = max(1, side // 16)
        moves = torch.randint(-reach, reach + 1, (count, 1), generator=generator)
        return (torch.arange(side) + moves).clamp(0, side - 1)  # (count, side)

    rows, columns = places(high), places(wide)
    return pictures[
        torch.arange(count)[:, None, None, None],
        torch.arange(pictures.shape[1])[None, :, None, None],
        rows[:, None, :, None],
        columns[:, None, None, :],
    ]


def _check_pictures(pictures: Tensor) -> None:
    shape = tuple(pictures.shape)
    if pictures.ndim != 4 or 0 in shape:
        raise CourseError(f"Pictures (N, C, H, W) are needed, none empty; these are {shape}.")
    if not all(SMALLEST <= side <= LARGEST for side in shape[2:]):
        raise CourseError(f"Sides of {SMALLEST} to {LARGEST} pixels are needed; these are {shape[2]} × {shape[3]}.")
    if not pictures.is_floating_point():
        raise CourseError(f"Pictures in [−1, 1] are needed; these are {pictures.dtype}. Bytes: pictures / 127.5 − 1.")
    if not torch.isfinite(pictures).all():
        raise CourseError("The pictures hold NaN or infinity: the generator that made them has diverged.")
    low, high = pictures.min().item(), pictures.max().item()
    if low < -1.01 or high > 1.01:
        raise CourseError(f"Pictures in [−1, 1] are needed; these reach from {low:.2f} to {high:.2f}.")


def _check_labels(labels: Tensor, count: int, classes: int) -> None:
    if classes < 2:
        raise CourseError(f"classes is {classes}; at least 2 are needed.")
    if labels.shape != (count,) or labels.is_floating_point() or labels.dtype == torch.bool:
        raise CourseError(
            f"{count} pictures need whole-number labels ({count},); these are {labels.dtype} of {tuple(labels.shape)}."
        )
    if labels.min() < 0 or labels.max() >= classes:
        raise CourseError(
            f"Labels must be 0 … {classes - 1} for {classes} classes; these reach from {labels.min()} to {labels.max()}."
        )
