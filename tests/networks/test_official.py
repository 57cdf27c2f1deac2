"""Official checkpoints: a nested U-Net restated here from the published names, saved, and read back by ours."""

import collections
import os
import pickle

import pytest
import torch
from torch import nn

from course_lib.errors import CourseError
from course_lib.networks import UnetGenerator, load_official


class Level(nn.Module):
    """One level of the nesting: everything below it is its child, and (but outermost) its input is laid beside it."""

    def __init__(self, outside, inside, child, norm, dropout=False, outermost=False, channels=3):
        super().__init__()
        biased = norm is not nn.BatchNorm2d
        self.outermost = outermost
        if outermost:
            parts = [nn.Conv2d(channels, inside, 4, 2, 1, bias=biased), child, nn.ReLU()]
            parts += [nn.ConvTranspose2d(2 * inside, channels, 4, 2, 1), nn.Tanh()]
        elif child is None:
            parts = [nn.LeakyReLU(0.2), nn.Conv2d(outside, inside, 4, 2, 1, bias=biased), nn.ReLU()]
            parts += [nn.ConvTranspose2d(inside, outside, 4, 2, 1, bias=biased), norm(outside)]
        else:
            parts = [nn.LeakyReLU(0.2), nn.Conv2d(outside, inside, 4, 2, 1, bias=biased), norm(inside), child]
            parts += [nn.ReLU(), nn.ConvTranspose2d(2 * inside, outside, 4, 2, 1, bias=biased), norm(outside)]
            parts += [nn.Dropout(0.5)] * dropout
        self.model = nn.Sequential(*parts)

    def forward(self, x):
        return self.model(x) if self.outermost else torch.cat([x, self.model(x)], 1)


class Nested(nn.Module):
    def __init__(self, levels, width, norm):
        super().__init__()
        widths = [width, 2 * width, 4 * width] + [8 * width] * (levels - 3)
        child = Level(widths[-2], widths[-1], None, norm)
        for level in range(levels - 2, 0, -1):
            child = Level(widths[level - 1], widths[level], child, norm, dropout=level >= 4)
        self.model = Level(None, width, child, norm, outermost=True)

    def forward(self, x):
        return self.model(x)


class Patch(nn.Module):
    def __init__(self, channels, width, norm):
        super().__init__()
        biased = norm is not nn.BatchNorm2d
        parts = [nn.Conv2d(channels, width, 4, 2, 1), nn.LeakyReLU(0.2)]
        for fan_in, out, stride in ((width, 2 * width, 2), (2 * width, 4 * width, 2), (4 * width, 8 * width, 1)):
            parts += [nn.Conv2d(fan_in, out, 4, stride, 1, bias=biased), norm(out), nn.LeakyReLU(0.2)]
        self.model = nn.Sequential(*parts, nn.Conv2d(8 * width, 1, 4, 1, 1))

    def forward(self, x):
        return self.model(x)


class Block(nn.Module):
    def __init__(self, channels, norm, dropout):
        super().__init__()
        biased = norm is not nn.BatchNorm2d
        convolved = [nn.ReflectionPad2d(1), nn.Conv2d(channels, channels, 3, bias=biased), norm(channels)]
        again = [nn.ReflectionPad2d(1), nn.Conv2d(channels, channels, 3, bias=biased), norm(channels)]
        self.conv_block = nn.Sequential(*convolved, nn.ReLU(), *([nn.Dropout(0.5)] * dropout), *again)

    def forward(self, x):
        return x + self.conv_block(x)


class Residual(nn.Module):
    """The generator as its published names and shapes describe it, numbers 0 … 27 for 9 blocks."""

    def __init__(self, blocks, width, norm, dropout=False, channels=3):
        super().__init__()
        biased = norm is not nn.BatchNorm2d
        parts = [nn.ReflectionPad2d(3), nn.Conv2d(channels, width, 7, bias=biased), norm(width), nn.ReLU()]
        for fan_in in (width, 2 * width):
            parts += [nn.Conv2d(fan_in, 2 * fan_in, 3, 2, 1, bias=biased), norm(2 * fan_in), nn.ReLU()]
        parts += [Block(4 * width, norm, dropout) for _ in range(blocks)]
        for fan_in in (4 * width, 2 * width):
            up = nn.ConvTranspose2d(fan_in, fan_in // 2, 3, 2, 1, output_padding=1, bias=biased)
            parts += [up, norm(fan_in // 2), nn.ReLU()]
        self.model = nn.Sequential(*parts, nn.ReflectionPad2d(3), nn.Conv2d(width, channels, 7), nn.Tanh())

    def forward(self, x):
        return self.model(x)


def tracked_instance_norm(channels):
    """As files of PyTorch 0.3 have it: statistics stored, never used."""
    return nn.InstanceNorm2d(channels, track_running_stats=True)


def lively(network):
    """Weights and statistics far from their start, so that a wrong mapping shows."""
    torch.manual_seed(3)
    for name, tensor in network.state_dict().items():
        if tensor.is_floating_point():
            if name.endswith("running_var"):
                tensor.uniform_(0.5, 2)
            else:
                tensor.normal_(1 if "norm" in name else 0, 0.2)
    return network.eval()


def answer(network, x):
    if isinstance(network, UnetGenerator):
        network.noise = False
    with torch.no_grad():
        return network(x)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("official")


@pytest.mark.parametrize(
    ("name", "levels", "norm"),
    [("unet_128", 7, nn.BatchNorm2d), ("unet_128", 7, nn.InstanceNorm2d), ("unet_256", 8, nn.BatchNorm2d)],
)
def test_a_unet_answers_alike(folder, name, levels, norm):
    theirs = lively(Nested(levels, 4, norm))
    file = folder / f"{name}_{norm.__name__}.pth"
    torch.save(theirs.state_dict(), file)
    ours = load_official(file, name)
    x = torch.randn(1, 3, 2**levels, 2**levels)
    expected = answer(theirs, x)
    assert expected.std() > 0.05
    torch.testing.assert_close(answer(ours, x), expected, atol=1e-6, rtol=0)
    assert not ours.training


@pytest.mark.parametrize("norm", [nn.BatchNorm2d, nn.InstanceNorm2d, tracked_instance_norm])
@pytest.mark.parametrize(("name", "blocks", "dropout"), [("resnet_9blocks", 9, False), ("resnet_6blocks", 6, True)])
def test_a_residual_generator_answers_alike(folder, name, blocks, dropout, norm):
    theirs = lively(Residual(blocks, 4, norm, dropout))
    file = folder / f"{name}_{norm.__name__}.pth"
    torch.save(theirs.state_dict(), file, _use_new_zipfile_serialization=norm is not tracked_instance_norm)
    x = torch.randn(1, 3, 24, 32)
    if norm is tracked_instance_norm:  # its statistics were stored and never used
        for layer in theirs.modules():
            if isinstance(layer, nn.InstanceNorm2d):
                layer.track_running_stats, layer.running_mean, layer.running_var = False, None, None
    ours = load_official(file, name)
    assert ours.noise is dropout
    ours.noise = False
    expected = answer(theirs, x)
    assert expected.std() > 0.05
    torch.testing.assert_close(answer(ours, x), expected, atol=1e-6, rtol=0)


def test_residual_names_are_the_published_ones():
    shapes = {
        "model.1.weight": (64, 3, 7, 7),
        "model.10.conv_block.5.weight": (256, 256, 3, 3),
        "model.19.weight": (256, 128, 3, 3),
        "model.22.weight": (128, 64, 3, 3),
        "model.26.bias": (3,),
    }
    with torch.device("meta"):
        state = Residual(9, 64, nn.InstanceNorm2d).state_dict()
        dropped = Residual(6, 64, nn.InstanceNorm2d, dropout=True).state_dict()
    assert {name: tuple(state[name].shape) for name in shapes} == shapes
    assert len(state) == 48
    assert "model.15.conv_block.6.weight" in dropped
    assert tuple(dropped["model.23.weight"].shape) == (3, 64, 7, 7)


@pytest.mark.parametrize(("blocks", "asked"), [(9, "resnet_6blocks"), (6, "resnet_9blocks"), (9, "unet_256")])
def test_the_other_residual_generator_is_refused(folder, blocks, asked):
    file = folder / f"{blocks}.pth"
    torch.save(Residual(blocks, 2, nn.InstanceNorm2d).state_dict(), file)
    with pytest.raises(CourseError, match=f"is no {asked}"):
        load_official(file, asked)


@pytest.mark.parametrize("norm", [nn.BatchNorm2d, nn.InstanceNorm2d])
def test_a_patch_discriminator_answers_alike(folder, norm):
    theirs = lively(Patch(6, 4, norm))
    file = folder / f"patch_{norm.__name__}.pth"
    torch.save(theirs.state_dict(), file)
    x = torch.randn(2, 6, 64, 80)
    torch.testing.assert_close(answer(load_official(file, "patch_70"), x), answer(theirs, x), atol=1e-6, rtol=1e-6)


def test_the_names_and_shapes_are_the_published_ones():
    width = 2
    state = Nested(8, width, nn.BatchNorm2d).state_dict()
    shapes = {
        "model.model.0.weight": (64, 3, 4, 4),
        "model.model.3.weight": (128, 3, 4, 4),
        "model.model.1.model.1.weight": (128, 64, 4, 4),
        "model.model.1.model.3.model.5.weight": (512, 128, 4, 4),
    }
    for name, published in shapes.items():
        assert tuple(state[name].shape) == tuple(n * width // 64 if n >= 64 else n for n in published)
    innermost = "model.model.1" + ".model.3" * 6 + ".model.3.weight"
    assert tuple(state[innermost].shape) == (8 * width, 8 * width, 4, 4)


def test_old_files(folder):
    """The format before zip, statistics in instance norms, a prefix from several GPUs, the dict's own metadata."""
    theirs = lively(Nested(7, 2, tracked_instance_norm))
    state = theirs.state_dict()
    assert any(name.endswith("running_var") for name in state)
    assert hasattr(state, "_metadata")
    prefixed = collections.OrderedDict((f"module.{name}", tensor) for name, tensor in state.items())
    prefixed._metadata = state._metadata
    file = folder / "old.pth"
    torch.save(prefixed, file, _use_new_zipfile_serialization=False)
    plain = Nested(7, 2, nn.InstanceNorm2d).eval()
    plain.load_state_dict({k: v for k, v in state.items() if "running" not in k and "tracked" not in k})
    x = torch.randn(1, 3, 128, 128)
    torch.testing.assert_close(answer(load_official(file, "unet_128"), x), answer(plain, x), atol=1e-6, rtol=0)


@pytest.fixture(scope="module")
def good(folder):
    file = folder / "good.pth"
    torch.save(Nested(7, 2, nn.BatchNorm2d).state_dict(), file)
    return file


def refused(file, network="unet_128"):
    with pytest.raises(CourseError) as caught:
        load_official(file, network)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_another_network_is_named(good, folder):
    assert "model.model.1.model.3.model.3.model.3" in refused(good, "unet_256")
    assert "is no patch_70: it has no tensor 'model.0.weight'" in refused(good, "patch_70")
    torch.save(Patch(3, 2, nn.BatchNorm2d).state_dict(), folder / "D.pth")
    assert "it has no tensor 'model.model.0.weight'" in refused(folder / "D.pth")
    assert "unet_512" in refused(good, "unet_512")
    assert "unet_256, unet_128, patch_70" in refused(good, "resnet")


def test_a_missing_tensor_an_extra_one_and_a_wrong_shape_are_named(good, folder):
    state = torch.load(good)
    del state["model.model.1.model.1.weight"]
    state["surprise"] = torch.zeros(1)
    state["model.model.1.model.2.bias"] = torch.zeros(7)
    torch.save(state, folder / "odd.pth")
    message = refused(folder / "odd.pth")
    for part in (
        "missing model.model.1.model.1.weight",
        "unexpected surprise",
        "model.model.1.model.2.bias is (7,), not (4,)",
    ):
        assert part in message


def test_batch_statistics_that_are_missing_are_no_instance_norm(good, folder):
    state = torch.load(good)
    del state["model.model.1.model.2.running_mean"]
    torch.save(state, folder / "nostat.pth")
    assert "missing model.model.1.model.2.running_mean" in refused(folder / "nostat.pth")


@pytest.mark.parametrize("share", [0, 0.3, 0.99])
def test_truncated(good, folder, share):
    content = good.read_bytes()
    (folder / "short.pth").write_bytes(content[: int(len(content) * share)])
    assert "damaged, truncated" in refused(folder / "short.pth")


class Payload:
    def __reduce__(self):
        return os.mkdir, ("pickle_was_executed",)


@pytest.mark.filterwarnings("ignore:Detected pickle protocol")
@pytest.mark.parametrize("how", ["zip", "old", "raw2", "raw5"])
def test_a_pickle_with_code_is_refused_and_not_run(folder, how, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    file = folder / "evil.pth"
    if how.startswith("raw"):
        file.write_bytes(pickle.dumps({"a": Payload()}, protocol=int(how[3])))
    else:
        torch.save({"a": Payload()}, file, _use_new_zipfile_serialization=how == "zip")
    assert "refused: it is a pickle" in refused(file)
    assert not (tmp_path / "pickle_was_executed").exists()


@pytest.mark.parametrize(
    "content", [b"", b"hello, this is a text\n" * 9, b"<html></html>", b"\x89PNG\r\n\x1a\n" + b"0" * 99]
)
def test_other_files(folder, content):
    (folder / "other.pth").write_bytes(content)
    assert "cannot be read as a checkpoint" in refused(folder / "other.pth")


@pytest.mark.parametrize("state", [[1, 2], {"a": 3}, {5: torch.zeros(2)}, {"model": {"a": torch.zeros(1)}}])
def test_no_state_dict(folder, state):
    torch.save(state, folder / "nodict.pth")
    assert "no state_dict" in refused(folder / "nodict.pth")


def test_a_first_layer_that_is_no_convolution(folder):
    torch.save({"model.model.0.weight": torch.zeros(3), "model.model.3.weight": torch.zeros(3)}, folder / "flat.pth")
    assert "is no unet_128" in refused(folder / "flat.pth")


def test_missing_file_and_folder(folder):
    assert "not there" in refused(folder / "nowhere.pth")
    assert "not there" in refused(folder)
