"""Exercise 04: how labels as numbers are looked at."""

import torch
from torch import Tensor

from course_lib.grading.tools import leaf, picture, picture_like, random_tensor, slopes


def two_labels(seed: int) -> dict[str, Tensor]:
    """The example of task.md (seed 0): the last class does not occur."""
    return {"labels": torch.tensor([2, 0]), "classes": torch.tensor(4 + seed % 3)}


def seven_labels(seed: int) -> dict[str, Tensor]:
    """More labels than classes, the first and the last class among them."""
    labels = torch.tensor([1, 2, 0, 2, 1, 2, 0])
    if seed:
        labels = labels[torch.randperm(7, generator=torch.Generator().manual_seed(seed))]
    return {"labels": labels, "classes": torch.tensor(3)}


def run_one_hot(answer, given):
    rows = picture_like(answer(given["labels"], int(given["classes"])), "the rows of zeros and ones")
    return {"value": rows.double()}  # floats or whole numbers, as you like


def small_map(seed: int) -> dict[str, Tensor]:
    """The example of task.md (seed 0)."""
    return {"labels": torch.tensor([1]), "classes": torch.tensor(3), "size": torch.tensor([2, 2 + seed % 2])}


def wide_maps(seed: int) -> dict[str, Tensor]:
    """Four labels, three classes, 2×5 pixels: all different (of hidden ones labels and width are drawn)."""
    labels, width = torch.tensor([2, 0, 1, 2]), 5
    if seed:
        draw = torch.Generator().manual_seed(seed)
        labels, width = torch.randint(0, 3, (4,), generator=draw), int(torch.randint(5, 30, (), generator=draw))
    return {"labels": labels, "classes": torch.tensor(3), "size": torch.tensor([2, width])}


def run_maps(answer, given):
    height, width = given["size"].tolist()
    maps = picture_like(answer(given["labels"], int(given["classes"]), height, width), "the maps")
    return {"value": maps.double()}


def one_noise(seed: int) -> dict[str, Tensor]:
    """The example of task.md (seed 0)."""
    noise = torch.tensor([[0.3, -1.2 + 0.1 * (seed % 9)]], dtype=torch.float64)
    return {"noise": noise, "labels": torch.tensor([1]), "classes": torch.tensor(3)}


def five_noises(seed: int) -> dict[str, Tensor]:
    """As many numbers as classes, so that whatever is joined or added wrongly gives a number."""
    labels = torch.tensor([3, 0, 2, 3, 1]).roll(seed)
    return {"noise": random_tensor(seed + 1, 5, 4), "labels": labels, "classes": torch.tensor(4)}


def run_generator_input(answer, given):
    return {"value": picture_like(answer(given["noise"], given["labels"], int(given["classes"])), "what G is given")}


def four_classes(seed: int) -> dict[str, Tensor]:
    labels = torch.tensor([3, 0]) if seed % 2 == 0 else torch.tensor([1, 3])
    return {"pictures": picture(seed + 2, 2, 3, 4, 5), "labels": labels, "classes": torch.tensor(4)}


def classes_as_channels(seed: int) -> dict[str, Tensor]:
    """As many classes as channels, so that whatever is joined or added wrongly gives a number."""
    labels = torch.tensor([2, 0, 1, 2]).roll(seed)
    return {"pictures": picture(seed + 3, 4, 3, 2, 5), "labels": labels, "classes": torch.tensor(3)}


def run_discriminator_input(answer, given):
    joined = answer(given["pictures"], given["labels"], int(given["classes"]))
    return {"value": picture_like(joined, "what D is given")}


def one_feature_vector(seed: int) -> dict[str, Tensor]:
    """The example of task.md (seed 0)."""
    vectors = torch.tensor([[0.7, 0.2, 0.4], [0.1, 0.0, -1.0 - 0.1 * (seed % 9)]], dtype=torch.float64)
    return {
        "unconditional": torch.tensor([[0.5]], dtype=torch.float64),
        "features": torch.tensor([[1.0, 2.0, 3.0]], dtype=torch.float64),
        "labels": torch.tensor([1]),
        "embedding": vectors,
    }


def five_feature_vectors(seed: int) -> dict[str, Tensor]:
    return {
        "unconditional": random_tensor(seed + 4, 5, 1, shift=0.6),
        "features": random_tensor(seed + 5, 5, 4, shift=0.3),
        "labels": torch.tensor([2, 0, 1, 2, 2]).roll(seed),
        "embedding": random_tensor(seed + 6, 3, 4, shift=-0.2),
    }


def run_projection(answer, given):
    score, features, table = leaf(given["unconditional"]), leaf(given["features"]), leaf(given["embedding"])
    scores = picture_like(answer(score, features, given["labels"], table), "the scores")
    loss = scores.square().sum()
    return {"value": scores, **slopes(loss, unconditional=score, features=features, embedding=table)}
