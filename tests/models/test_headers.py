"""A config is anybody's text: what it asks for is held against the file before anything is built."""

import inspect
import json
import time
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from course_lib.errors import CourseError
from course_lib.models import zoo
from course_lib.models.headers import check_finite, check_fit, read_header
from course_lib.networks import DCGANGenerator, ResnetGenerator, SeededMLP, UnetGenerator

SMALL = {
    ResnetGenerator: {"blocks": 1, "width": 4, "n_down": 1},
    UnetGenerator: {"levels": 3, "width": 4, "norm": "instance"},
    DCGANGenerator: {"size": 8, "channels": 1, "z_dim": 4, "width": 4, "classes": 2},
    SeededMLP: {"seeds": [4_000_000, 7], "sizes": [2, 5, 1], "spectral_norm": True},
}
SHIPPED = Path(__file__).parents[2] / "zoo"


@pytest.fixture(params=SMALL, ids=lambda network: network.__name__)
def saved(request, tmp_path):
    """A small network in a file: (file, class, arguments)."""
    network = request.param(**SMALL[request.param])
    file = tmp_path / "model" / "model.safetensors"
    file.parent.mkdir()
    half = {key: value.half() if value.is_floating_point() else value for key, value in network.state_dict().items()}
    save_file({key: value.contiguous() for key, value in half.items()}, file)
    return file, request.param, SMALL[request.param]


def refused(call, *arguments):
    with pytest.raises(CourseError) as caught:
        call(*arguments)
    message = str(caught.value)
    assert "\n" not in message and message.endswith(".") and len(message) < 500
    return message


def test_what_fits_passes_and_no_hook_is_left(saved):
    check_fit(*saved, "mine")
    hooks = nn.modules.module
    assert not hooks._global_parameter_registration_hooks and not hooks._global_module_registration_hooks


@pytest.mark.parametrize(
    "config",
    sorted(set(SHIPPED.glob("*/config.json")) - set(SHIPPED.glob("vgg*/config.json"))),
    ids=lambda file: file.parent.name,
)
def test_every_shipped_model_fits(config):
    told, kind = zoo.config_of(config.parent)
    for part in kind.PARTS:
        file = config.parent / f"{part}.safetensors"
        check_fit(file, kind.NETWORKS[told["network"]], told["arguments"], config.parent.name)
        assert read_header(file)


@pytest.mark.parametrize("value", [10**7, 10**100, -(10**7), float("inf"), float("nan"), "x" * 10**6, [1] * 10**6])
def test_absurd_arguments_are_refused_at_once(saved, value):
    resource = pytest.importorskip("resource")  # of Unix
    file, network, small = saved
    for key in inspect.signature(network).parameters:
        begun, memory = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        message = refused(check_fit, file, network, small | {key: value}, "mine")
        assert key in message and "mine" in message
        assert time.perf_counter() - begun < 1
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < 50_000  # kB


@pytest.mark.parametrize("value", [None, True, -1, 0, 1.5, "", "two", [], [0], [-1, 10**30], {}, {"a": 1}, 1000])
def test_wrong_arguments_are_a_sentence_and_never_a_traceback(saved, value):
    file, network, small = saved
    for key in inspect.signature(network).parameters:
        begun = time.perf_counter()
        try:
            check_fit(file, network, small | {key: value}, "mine")
        except CourseError as error:
            assert "mine" in str(error) and "\n" not in str(error)
        assert time.perf_counter() - begun < 6


def test_a_file_with_a_long_tensor_does_not_open_the_door(tmp_path):
    """The bound comes from the file, and the file is anybody's, too: the network stops at the number of its tensors."""
    file = tmp_path / "model.safetensors"
    save_file({"a": torch.zeros(10**7, dtype=torch.int8)}, file)
    for network, key, value in ((ResnetGenerator, "blocks", 10**7), (UnetGenerator, "levels", 20_000), (SeededMLP, "seeds", 10**7)):  # fmt: skip
        begun = time.perf_counter()
        refused(check_fit, file, network, {key: value}, "mine")
        assert time.perf_counter() - begun < 6, (network, key, value)


def test_a_network_that_takes_too_long_is_stopped(saved, monkeypatch):
    class Slow(nn.Module):
        def __init__(self, **_):
            super().__init__()
            for number in range(10**6):
                time.sleep(0.01)
                setattr(self, f"part{number}", nn.ReLU())

    monkeypatch.setattr("course_lib.models.headers.SECONDS", 0.2)
    begun = time.perf_counter()
    assert "takes more than" in refused(check_fit, saved[0], Slow, {}, "mine")
    assert time.perf_counter() - begun < 2


@pytest.mark.parametrize("arguments", [None, [], "blocks", 3])
def test_arguments_that_are_none(saved, arguments):
    assert "no arguments" in refused(check_fit, saved[0], saved[1], arguments, "mine")


@pytest.mark.parametrize("key", ["size", "multiple", "z_dim"])
@pytest.mark.parametrize("value", [10**9, 10**30, 0, -64, 64.5, "64", True, [64], float("nan")])
def test_sizes_that_a_config_says_are_held_to_bounds(tmp_path, key, value):
    """No tensor shows them, and pictures or noise of that size are made when the page starts."""
    config = {"kind": "translator", "network": "UnetGenerator", "arguments": SMALL[UnetGenerator], "size": 64}
    zoo.save(tmp_path / "mine", {"model": UnetGenerator(**SMALL[UnetGenerator])}, config, {"title": "Mine"})
    zoo.load(tmp_path / "mine")
    file = tmp_path / "mine" / "config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {key: value}))
    began = time.monotonic()
    message = refused(zoo.load, tmp_path / "mine")
    assert f"In the config of mine, {key} is {str(value)[:40]}; it must be a whole number from 1 to" in message
    assert time.monotonic() - began < 5


def test_what_differs_is_named(tmp_path):
    network, file = nn.Linear(3, 2), tmp_path / "model.safetensors"

    def said(**tensors):
        save_file({**network.state_dict(), **tensors}, file)
        return refused(check_fit, file, nn.Linear, {"in_features": 3, "out_features": 2}, "mine")

    assert "extra is unexpected" in said(extra=torch.zeros(1))
    assert "weight is (2, 4), not (2, 3)" in said(weight=torch.zeros(2, 4))
    assert "bias is of type I64, not float32" in said(bias=torch.zeros(2, dtype=torch.int64))
    assert "bias is of type BOOL, not float32" in said(bias=torch.zeros(2, dtype=torch.bool))
    save_file({"weight": network.weight.data}, file)
    assert "bias is missing" in refused(check_fit, file, nn.Linear, {"in_features": 3, "out_features": 2}, "mine")


@pytest.mark.parametrize("content", [b"", b"\x80\x04pickle", b"\xff" * 8 + b"{}", b"\x02\0\0\0\0\0\0\0{}x"])
def test_no_safetensors_file(tmp_path, content):
    file = tmp_path / "zoo-model" / "model.safetensors"
    file.parent.mkdir()
    assert "zoo-model/model.safetensors is missing" in refused(read_header, file)
    file.write_bytes(content)
    message = refused(read_header, file)
    assert "zoo-model/model.safetensors is no readable" in message and str(tmp_path) not in message


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_weights_that_are_no_numbers(value):
    weights = {"a": torch.zeros(3), "b": torch.zeros(2, 2), "steps": torch.tensor(7)}
    check_finite(weights, "mine")
    weights["b"][1, 0] = value
    assert "NaN or infinity (in b)" in refused(check_finite, weights, "mine")
