"""A model between two trained ones: its weights by hand, and which two have nothing between them."""

import json

import pytest
import torch

from course_lib.errors import CourseError
from course_lib.models import zoo
from course_lib.models.mix import mix
from course_lib.networks import UnetGenerator

ARGUMENTS = {"levels": 6, "width": 2, "norm": "batch", "dropout": 0.5, "upsample": "resize"}
CONFIG = {"network": "UnetGenerator", "arguments": ARGUMENTS, "size": 64, "palette": None}
BEFORE = {"command": "train l1", "seed": 3, "epochs": 2, "steps": 9, "seconds": 1.25}
AFTER = {
    "command": "train gan",
    "seed": 4,
    "began_with": BEFORE | {"hardware": "a CPU"},
    "limits": "old",
}


def filled(value, steps=0):
    network = UnetGenerator(**ARGUMENTS)
    for tensor in network.state_dict().values():
        tensor.fill_(value) if tensor.is_floating_point() else tensor.fill_(steps)
    return network


def first_weight(name):
    return next(iter(zoo.load(name).network.state_dict().values())).flatten()[0]


@pytest.fixture
def two(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_ROOT", str(tmp_path))
    (tmp_path / "zoo").mkdir()
    zoo.save("l1", {"model": filled(1.0, 5)}, CONFIG, BEFORE)
    zoo.save("gan", {"model": filled(3.0, 7)}, CONFIG, AFTER)
    return tmp_path / "zoo"


def test_three_quarters_of_3_and_a_quarter_of_1_are_2_and_a_half(two):
    measured = two / "gan" / "card.json"
    measured.write_text(json.dumps(zoo.card_of("gan") | {"validation": {"pairs": 257}}))
    folder = mix("gan", "l1", 0.75, "between", limits="new")
    weights = zoo.load("between").network.state_dict()
    floats = [tensor for tensor in weights.values() if tensor.is_floating_point()]
    counters = [tensor.item() for tensor in weights.values() if not tensor.is_floating_point()]
    assert all((tensor == 2.5).all() for tensor in floats)
    assert set(counters) == {7}  # the first's
    assert zoo.verify("between") == []

    card = json.loads((folder / "card.json").read_text())
    assert card["mixed"]["share"] == 0.75 and card["mixed"]["command"] == "train l1"
    assert card["mixed"]["first"] == zoo.card_of("gan")["sha256"] != card["sha256"]
    assert card["name"] == "between" and card["limits"] == "new"
    assert "validation" not in card  # nothing is claimed unmeasured
    said = "0.75 of the weights are that training's, the rest those of the model it began with"
    assert said in (folder / "README.md").read_text()


def test_either_order_and_two_that_began_with_a_third(two):
    mix("l1", "gan", 0.25, "between")
    assert first_weight("between") == 2.5
    zoo.save("gan2", {"model": filled(4.0)}, CONFIG, AFTER | {"command": "train gan --seed 5"})
    mix("gan", "gan2", 0.5, "sisters")
    assert first_weight("sisters") == 3.5


def test_a_network_that_another_paper_trained_on(two):
    zoo.save("gan3", {"model": filled(3.0)}, CONFIG | {"task": "srgan"}, AFTER)
    zoo.save("l13", {"model": filled(1.0)}, CONFIG | {"task": "srresnet"}, BEFORE)
    mix("gan3", "l13", 0.5, "between")
    assert first_weight("between") == 2 and zoo.config_of("between")[0]["task"] == "srgan"


def test_the_models_themselves_stay_as_they_are(two):
    before = zoo.card_of("gan"), zoo.card_of("l1")
    mix("gan", "l1", 0.5, "between")
    assert (zoo.card_of("gan"), zoo.card_of("l1")) == before
    assert zoo.verify("gan") == zoo.verify("l1") == []


@pytest.mark.parametrize("share", [0, 1, -0.5, 1.5, float("nan")])
def test_a_share_that_is_no_share(two, share):
    with pytest.raises(CourseError, match=f"share is {share}.*between 0 .*and 1"):
        mix("gan", "l1", share, "between")
    assert not (two / "between").exists()


def test_networks_that_were_begun_apart(two):
    torch.manual_seed(0)
    zoo.save("other", {"model": UnetGenerator(**ARGUMENTS)}, CONFIG, BEFORE | {"command": "train l1 --seed 9"})
    with pytest.raises(CourseError, match="neither of gan and other began with the other"):
        mix("gan", "other", 0.5, "between")


def test_other_networks_and_other_preparation(two):
    zoo.save(
        "wide",
        {"model": UnetGenerator(**ARGUMENTS | {"width": 4})},
        CONFIG | {"arguments": ARGUMENTS | {"width": 4}},
        AFTER,
    )
    with pytest.raises(CourseError, match="arguments is .*'width': 4.*'width': 2"):
        mix("wide", "l1", 0.5, "between")
    zoo.save("small", {"model": filled(3.0)}, CONFIG | {"size": 128}, AFTER)
    with pytest.raises(CourseError, match="size is 128 and 64"):
        mix("small", "l1", 0.5, "between")
    with pytest.raises(CourseError, match="no model 'nobody'"):
        mix("nobody", "l1", 0.5, "between")
