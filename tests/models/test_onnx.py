"""A trained model as ONNX: under onnxruntime it answers as under torch, at sizes other than the one it was exported at."""

import sys

import numpy as np
import pytest
import torch

from course_lib.errors import CourseError
from course_lib.models import onnx, zoo
from course_lib.networks import SRResNet, StylizationNet, UnetGenerator
from course_lib.networks.layers import use_own_statistics

onnxruntime = pytest.importorskip("onnxruntime")
pytest.importorskip("onnxscript")


@pytest.fixture
def root(tmp_path, monkeypatch):
    (tmp_path / "zoo").mkdir()
    monkeypatch.setenv("COURSE_ROOT", str(tmp_path))
    return tmp_path


@pytest.fixture
def upscaler(root):
    torch.manual_seed(0)
    arguments = {"blocks": 1, "width": 4, "scale": 2, "norm": "batch", "ends": 3, "tail": "steps", "skip": "bicubic"}
    network = SRResNet(**arguments)
    config = {"kind": "upscaler", "network": "SRResNet", "arguments": arguments}
    zoo.save("small", {"model": network}, config, {"title": "Small"})
    return "small"


def run_file(file, **inputs):
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    return session.run(None, {name: value.numpy() for name, value in inputs.items()})


@pytest.mark.bench
def test_an_upscaler_with_a_pixel_shuffle_and_a_bicubic_path(run, upscaler, root):
    code, out, err = run("export", upscaler, "--out", root / "out")
    assert code == 0, err
    assert "largest difference from torch" in out and "DepthToSpace" in out and "at 24×32" in out and "at 34×23" in out
    network = zoo.load(upscaler).network
    for height, width in ((5, 9), (40, 16)):  # neither was tried when it was written
        picture = torch.rand(1, 3, height, width) * 2 - 1
        (found,) = run_file(root / "out" / "small.onnx", picture=picture)
        np.testing.assert_allclose(found, network(picture).numpy(), atol=1e-5)
    assert [path.name for path in (root / "out").iterdir()] == ["small.onnx"]


def test_an_answer_that_is_not_torchs_is_not_written(run, upscaler, root, monkeypatch):
    monkeypatch.setattr(torch.onnx, "export", lambda *_, **__: Program())
    monkeypatch.setattr(onnxruntime, "InferenceSession", Wrong)
    code, _, err = run("export", upscaler, "--out", root / "out")
    assert code == 2 and "small.onnx is not written: under onnxruntime its answer at 24×32 is off by" in err
    assert not list((root / "out").iterdir())


class Program:
    class model_proto:
        SerializeToString = staticmethod(lambda: b"")


class Wrong:
    def __init__(self, *_, **__):
        pass

    def run(self, _, inputs):
        return [np.zeros((1, 3, 2 * inputs["picture"].shape[2], 2 * inputs["picture"].shape[3]), np.float32)]


@pytest.mark.parametrize("package", ["onnx", "onnxscript", "onnxruntime"])
def test_a_missing_package_is_named(monkeypatch, package):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(
        CourseError, match=f"{package} is not installed here. Run `pip install onnx onnxscript onnxruntime`"
    ):
        onnx.needed()


def test_a_batch_norm_of_own_statistics_is_an_instance_norm_and_noise_is_off():
    torch.manual_seed(0)
    network = UnetGenerator(levels=6, width=2, norm="batch", dropout=0.5).requires_grad_(False)
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(module.bias)
    network.noise = False
    use_own_statistics(network)
    picture = torch.rand(1, 3, 64, 64) * 2 - 1
    wanted = network(picture)
    network.noise = True
    plain = onnx._answering(network)
    assert torch.allclose(plain(picture), wanted, atol=1e-5)
    assert not plain.noise and network.noise and not any(isinstance(m, torch.nn.BatchNorm2d) for m in plain.modules())


@pytest.mark.bench
@pytest.mark.parametrize(
    "name", ["pix2pix-facades", "cyclegan-emoji", "cgan-quickdraw", "gan-digits", "srresnet-x4", "vgg16-bsds"]
)
def test_every_kind_in_the_zoo(name, tmp_path):
    exported = onnx.export_onnx(name, tmp_path)
    assert len(exported) == (2 if name == "cyclegan-emoji" else 1)
    for one in exported:
        assert one.file.stat().st_size > 10_000
        assert len(one.differences) == 2 and max(one.differences.values()) <= 1e-4
        normed = {"cyclegan-emoji", "pix2pix-facades"}
        assert ("InstanceNormalization" in one.operations) == (name in normed)


@pytest.mark.bench
def test_a_stylizer_and_a_batch_norm_unet(root):
    torch.manual_seed(0)
    network = StylizationNet(4, 1, 9, "photo").eval().requires_grad_(False)
    plan = onnx._of_pictures(network, 3, (8, 4), (32, 48))
    assert max(onnx._exported(plan, root / "style.onnx").differences.values()) <= 1e-4
    unet = UnetGenerator(levels=3, width=2, norm="batch").requires_grad_(False)
    use_own_statistics(unet)
    plan = onnx._of_pictures(onnx._answering(unet), 3, (8, 8), (16, 24))
    assert max(onnx._exported(plan, root / "unet.onnx").differences.values()) <= 1e-4
