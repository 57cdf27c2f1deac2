"""The distance in features: worked out again layer by layer, and its order on pictures whose order is known."""

import pytest
import torch
from torch.nn import functional

from course_lib.errors import CourseError
from course_lib.metrics import vgg_distance
from course_lib.metrics.perceptual import LAYERS
from course_lib.networks import VGGFeatures


def photo(size=64):
    import skimage.data

    picture = torch.from_numpy(skimage.data.astronaut()[20 : 20 + size, 180 : 180 + size].copy())
    return picture.permute(2, 0, 1)[None].float() / 255


def test_it_is_the_mean_squared_distance_of_directions():
    a, b = photo(32), photo(48)[..., 8:40, 8:40]
    network = VGGFeatures(LAYERS)
    layers = []
    for of_a, of_b in zip(network(a).values(), network(b).values(), strict=True):
        cosine = functional.cosine_similarity(of_a.double(), of_b.double(), dim=1)
        layers.append((2 - 2 * cosine).mean())  # ‖u − v‖² of unit vectors
    assert LAYERS == ("relu1_2", "relu2_2", "relu3_3", "relu4_3")
    assert vgg_distance(a, b, 0).item() == pytest.approx(torch.stack(layers).mean().item(), rel=1e-4)


def test_equal_pictures_have_none_and_it_is_symmetric_and_one_value_a_picture():
    a = torch.cat([photo(32), photo(32).flip(-1)])
    b = torch.cat([photo(32), photo(32)])
    found = vgg_distance(a, b, 0)
    assert found.shape == (2,) and found.dtype == torch.float64
    assert found[0] == 0 and found[1] > 0.05
    torch.testing.assert_close(found, vgg_distance(b, a, 0))


def test_the_border_is_cut_first():
    a = photo(32)
    b = a.clone()
    b[..., :4, :] = 0
    assert vgg_distance(a, b, 4).item() == 0 < vgg_distance(a, b, 0).item()


def test_it_minds_blur_more_than_a_shift():
    whole = photo(66)
    real, shifted = whole[..., 1:65, 1:65], whole[..., 1:65, 0:64]
    blurred = functional.interpolate(
        functional.avg_pool2d(real, 4), scale_factor=4, mode="bicubic", align_corners=False
    ).clamp(0, 1)
    assert vgg_distance(real, shifted, 2).item() < vgg_distance(real, blurred, 2).item()


def test_more_blur_is_farther():
    real = photo(64)
    found = [
        vgg_distance(real, functional.avg_pool2d(real, side, 1, side // 2)[..., :64, :64], 4).item()
        for side in (3, 5, 9)
    ]
    assert found == sorted(found) and found[0] > 0.01


def test_what_is_refused():
    with pytest.raises(CourseError, match="look like"):
        vgg_distance(photo(32) * 2 - 1, photo(32), 0)
    with pytest.raises(CourseError, match="at least 8×8 are needed"):
        vgg_distance(photo(16), photo(16), 5)
