"""VGG features: right weights, right scaling, right wiring, and a measuring instrument that nothing disturbs."""

import json
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from scipy.ndimage import correlate
from torch import nn

from course_lib.errors import CourseError
from course_lib.models import zoo
from course_lib.models.fingerprint import fingerprint_picture
from course_lib.networks import VGGFeatures
from course_lib.networks.receptive_field import receptive_field
from course_lib.networks.vgg import BSDS_NAME, field_of, layer_names
from course_lib.paths import zoo_dir

ALL = ["relu1_1", "relu1_2", "relu2_1", "relu2_2", "relu3_1", "relu3_2", "relu3_3", "relu4_1", "relu4_2", "relu4_3"]


@pytest.fixture(scope="module")
def vgg() -> VGGFeatures:
    return VGGFeatures(ALL)


def picture(height: int = 32, width: int = 48, seed: int = 0) -> torch.Tensor:
    return torch.rand(2, 3, height, width, generator=torch.Generator().manual_seed(seed))


def test_shapes_names_and_relu(vgg):
    features = vgg(picture())
    assert list(features) == ALL
    shapes = [tuple(f.shape) for f in features.values()]
    sizes = [(64, 32, 48)] * 2 + [(128, 16, 24)] * 2 + [(256, 8, 12)] * 3 + [(512, 4, 6)] * 3
    assert shapes == [(2, *s) for s in sizes]
    for name, feature in features.items():
        assert feature.min() == 0, name  # after the ReLU: something is always cut off
        assert feature.max() > 1, name


def test_order_is_the_asked_one_and_layers_do_not_depend_on_each_other(vgg):
    some = VGGFeatures(["relu3_3", "relu1_2"])(picture())
    assert list(some) == ["relu3_3", "relu1_2"]
    everything = vgg(picture())
    for name, feature in some.items():
        assert torch.equal(feature, everything[name])


def test_one_name_alone():
    assert list(VGGFeatures("relu1_1")(picture())) == ["relu1_1"]


def test_stops_after_the_deepest_asked_layer():
    network = VGGFeatures(["relu2_1", "relu1_1"])
    assert len([m for m in network.modules() if isinstance(m, nn.Conv2d)]) == 3


def test_default_scaling_is_bgr_255_minus_means(vgg):
    black, red = torch.zeros(1, 3, 8, 8), torch.zeros(1, 3, 8, 8)
    red[:, 0] = 1
    assert vgg.scaled(black)[0, :, 0, 0].tolist() == pytest.approx([-104.00699, -116.66877, -122.67892], rel=1e-6)
    assert vgg.scaled(red)[0, :, 0, 0].tolist() == pytest.approx([-104.00699, -116.66877, 255 - 122.67892], rel=1e-6)


def test_first_block_against_scipy(vgg):
    """relu1_1 and relu1_2 computed anew by scipy in float64, from the file's numbers."""
    image = picture(12, 10)[:1]
    maps = image[0].double().numpy()[::-1] * 255 - np.array([104.00699, 116.66877, 122.67892])[:, None, None]
    for name in ("conv1_1", "conv1_2"):
        weight = vgg.convolutions[name].weight.double().numpy()
        bias = vgg.convolutions[name].bias.double().numpy()
        maps = np.stack(
            [
                sum(correlate(m, k, mode="constant") for m, k in zip(maps, kernels, strict=True)) + b
                for kernels, b in zip(weight, bias, strict=True)
            ]
        ).clip(min=0)
    np.testing.assert_allclose(vgg(image)["relu1_2"][0].numpy(), maps, rtol=1e-4, atol=1e-2)


def test_wiring_against_torchvisions_vgg16(vgg):
    """torchvision's own VGG-16, filled with our weights, gives our features: same order, same pooling."""
    from torchvision.models.vgg import cfgs, make_layers

    theirs = make_layers(cfgs["D"][:13])  # vgg16().features up to relu4_3
    convolutions = [m for m in theirs if isinstance(m, nn.Conv2d)]
    for mine, other in zip(vgg.convolutions.values(), convolutions, strict=True):
        other.load_state_dict(mine.state_dict())
    image = picture(33, 47)  # odd sizes round down
    x = vgg.scaled(image)
    with torch.no_grad():
        for layer in theirs:
            x = layer(x)
    torch.testing.assert_close(vgg(image)["relu4_3"], x)


def test_imagenet_weights_take_torchvisions_scaling_and_order(monkeypatch):
    """With random numbers in the place of the download: what arrives in which layer, and the scaling before it."""
    from torchvision import models
    from torchvision.models.vgg import cfgs, make_layers

    torch.manual_seed(1)
    network = SimpleNamespace(features=make_layers(cfgs["E"]))
    monkeypatch.setattr(models, "vgg19", lambda weights: network)
    ours = VGGFeatures(["relu1_2", "relu5_4"], depth=19, weights="imagenet")
    black = ours.scaled(torch.zeros(1, 3, 8, 8))[0, :, 0, 0]
    assert black.tolist() == pytest.approx([-2.117904, -2.035714, -1.804444], abs=1e-5)
    image = picture()
    mean, std = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    x = (image - mean[:, None, None]) / std[:, None, None]
    with torch.no_grad():
        expected = network.features[:36](x)
    torch.testing.assert_close(ours(image)["relu5_4"], expected)


def test_no_network_is_one_plain_sentence(monkeypatch):
    from urllib.error import URLError

    from torchvision import models

    def refuse(weights):
        raise URLError("no route to host")

    monkeypatch.setattr(models, "vgg16", refuse)
    with pytest.raises(CourseError, match=r"could not be downloaded.*no route to host.*bsds"):
        VGGFeatures("relu5_1", weights="imagenet")


def test_frozen_and_always_in_eval(vgg):
    parent = nn.Sequential(vgg)
    parent.train()
    assert not vgg.training and not any(m.training for m in vgg.modules())
    assert not any(p.requires_grad for p in vgg.parameters())


def test_gradient_reaches_the_picture_and_the_picture_is_left_alone(vgg):
    image = picture().requires_grad_(True)
    before = image.detach().clone()
    vgg(image)["relu4_3"].sum().backward()
    assert image.grad is not None and image.grad.abs().sum() > 0
    assert torch.equal(image.detach(), before)
    assert all(p.grad is None for p in vgg.parameters())


def test_gradient_agrees_with_finite_differences():
    network = VGGFeatures("relu1_2").double()
    image = picture(4, 4)[:1].double().requires_grad_(True)
    assert torch.autograd.gradcheck(lambda x: network(x)["relu1_2"].sum(), (image,))


def test_building_one_does_not_move_the_random_numbers():
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)
    VGGFeatures("relu4_3")
    assert torch.equal(torch.rand(1), expected)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"layers": ["relu5_1"]}, r"'relu5_1'.*It has relu1_1, .*relu4_3\. Deeper ones"),
        ({"layers": ["relu1_1", "conv2_1"]}, r"'conv2_1'"),
        ({"layers": []}, "asked for no layer"),
        ({"layers": ["relu1_1"], "depth": 19}, "VGG-16.*imagenet"),
        ({"layers": ["relu1_1"], "depth": 13}, "depth 13.*16 or 19"),
        ({"layers": ["relu1_1"], "weights": "random"}, "'random'"),
        ({"layers": ["relu5_4"], "weights": "imagenet"}, "'relu5_4'.*relu5_3"),
    ],
)
def test_asking_for_what_is_not_there(arguments, says):
    with pytest.raises(CourseError, match=says):
        VGGFeatures(**arguments)


@pytest.mark.parametrize(
    "images",
    [torch.zeros(3, 32, 32), torch.zeros(1, 1, 32, 32), torch.zeros(1, 3, 32, 32, dtype=torch.uint8)],
)
def test_not_a_batch_of_float_rgb(vgg, images):
    with pytest.raises(CourseError, match=r"\(B, 3, H, W\)"):
        vgg(images)


def test_too_small_a_picture(vgg):
    with pytest.raises(CourseError, match="7×20.*at least 8×8"):
        vgg(torch.zeros(1, 3, 7, 20))
    assert VGGFeatures("relu1_1")(torch.zeros(1, 3, 1, 1))["relu1_1"].shape == (1, 64, 1, 1)


@pytest.mark.parametrize("content", [None, b"", b"\x10" * 64])
def test_weights_missing_or_damaged(tmp_path, content):
    file = tmp_path / "model.safetensors"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(CourseError, match="Restore it"):
        VGGFeatures("relu1_1", file=file)


def test_weights_of_another_network(tmp_path):
    from safetensors.torch import save_file

    save_file({"conv1_1.weight": torch.zeros(64, 3, 3, 3)}, tmp_path / "model.safetensors")
    with pytest.raises(CourseError, match="does not hold VGG-16"):
        VGGFeatures("relu1_1", file=tmp_path / "model.safetensors")


def test_card_says_what_is_in_the_file():
    folder: Path = zoo_dir() / BSDS_NAME
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    assert card["sha256"] == {"model": sha256((folder / "model.safetensors").read_bytes()).hexdigest()}
    assert config["kind"] == "features" and config["layers"] == ALL == layer_names(16, "relu4_3")
    measured = zoo.load("vgg16-bsds").fingerprint()
    assert measured == pytest.approx(card["fingerprint"]["model"], abs=1e-3)


def test_fingerprint_picture_is_the_same_everywhere():
    image = fingerprint_picture()
    assert image.shape == (1, 3, 64, 64) and image.min() >= 0 and image.max() <= 1
    assert image[0, :, 26, 22].tolist() == pytest.approx([0.9, 0.8, 0.1])  # the disc's middle
    assert image[0, 0, 0, 0].item() == pytest.approx(0.5)  # red there: ½ + ½ sin 0


def test_average_pooling_and_replicated_edges_written_out():
    x = picture(12, 14)
    plain, other = (
        VGGFeatures(["relu1_2", "relu2_1"], pooling=p, edges=e) for p, e in (("max", "zeros"), ("average", "replicate"))
    )
    first, second, third = (plain.convolutions[name] for name in ("conv1_1", "conv1_2", "conv2_1"))
    padded = nn.functional.pad(plain.scaled(x), (1, 1, 1, 1), mode="replicate")
    one = nn.functional.conv2d(padded, first.weight, first.bias).relu()
    two = nn.functional.conv2d(one, second.weight, second.bias, padding=1).relu()
    pooled = two.reshape(*two.shape[:2], 6, 2, 7, 2).mean(dim=(3, 5))
    expected = nn.functional.conv2d(pooled, third.weight, third.bias, padding=1).relu()
    torch.testing.assert_close(other(x)["relu2_1"], expected, rtol=1e-4, atol=1e-2)
    assert not torch.allclose(plain(x)["relu2_1"], expected, rtol=1e-4, atol=1e-2)


def test_a_flat_picture_has_no_frame_at_the_first_layer_with_replicated_edges():
    grey = torch.full((1, 3, 8, 8), 0.7)
    features = VGGFeatures("relu1_1", edges="replicate")(grey)["relu1_1"]
    assert (features - features[..., 4:5, 4:5]).abs().max() < 1e-3
    assert (VGGFeatures("relu1_1")(grey)["relu1_1"] - features).abs().max() > 1


@pytest.mark.parametrize("options", [{"pooling": "median"}, {"edges": "reflect"}])
def test_unknown_pooling_and_edges_are_named(options):
    (value,) = options.values()
    with pytest.raises(CourseError, match=value):
        VGGFeatures("relu1_1", **options)


@pytest.mark.parametrize("layer", ["relu1_1", "relu1_2", "relu2_2", "relu3_3", "relu4_1", "relu4_3"])
def test_what_one_feature_sees_is_what_a_chain_of_such_layers_sees(layer):
    layers = []
    for name in layer_names(16, layer):
        if name[6] == "1" and name[4] != "1":
            layers.append(nn.MaxPool2d(2))
        layers.append(nn.Conv2d(1, 1, 3))
    assert field_of(layer) == receptive_field(nn.Sequential(*layers))
