"""The zoo: what goes in comes out, and what was altered is refused by name. No network."""

import json
import pickle
import shutil
import time
from pathlib import Path

import huggingface_hub
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file
from torch import nn

from course_lib.errors import CourseError
from course_lib.models import zoo
from course_lib.models.files import sha256_of
from course_lib.networks import UnetGenerator

ARGUMENTS = {"levels": 6, "width": 2, "norm": "instance", "dropout": 0.5, "upsample": "resize"}
CONFIG = {"network": "UnetGenerator", "arguments": ARGUMENTS, "size": 64, "palette": None}
CARD = {"title": "A tiny model", "summary": "For tests.", "seed": 3, "epochs": 2, "steps": 9, "seconds": 1.25}
FEATURES = Path(__file__).parents[2] / "zoo" / "vgg16-bsds"
COMMIT = "0123456789abcdef0123456789abcdef01234567"


def network(**changes):
    torch.manual_seed(0)
    made = UnetGenerator(**{**ARGUMENTS, **changes})
    for parameter in made.parameters():
        if parameter.ndim > 1:
            nn.init.normal_(parameter, 0, 0.2)
    return made


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_ROOT", str(tmp_path))
    (tmp_path / "zoo").mkdir()
    return tmp_path


@pytest.fixture
def tiny(root):
    return zoo.save("tiny", {"model": network()}, CONFIG, CARD)


def refused(call, *arguments, **options):
    with pytest.raises(CourseError) as caught:
        call(*arguments, **options)
    message = str(caught.value)
    assert "\n" not in message
    return message


def edit(file, **changes):
    file.write_text(json.dumps({**json.loads(file.read_text()), **changes}))


# -- round trip ------------------------------------------------------------------------------------------------------


def test_what_is_saved_is_loaded(tiny):
    assert sorted(p.name for p in tiny.iterdir()) == ["README.md", "card.json", "config.json", "model.safetensors"]
    assert zoo.names() == ["tiny"]
    loaded, own = zoo.load("tiny"), network()
    for name, value in own.state_dict().items():
        torch.testing.assert_close(loaded.network.state_dict()[name], value.half().float(), rtol=0, atol=0)
        assert loaded.network.state_dict()[name].dtype == torch.float32
    assert loaded(Image.new("RGB", (30, 20), "red")).size == (64, 64)
    assert loaded.config["arguments"] == ARGUMENTS
    assert loaded.card["parameters"] == {"model": sum(p.numel() for p in own.parameters())}
    assert loaded.card["title"] == "A tiny model"
    assert zoo.verify("tiny") == []
    assert (tiny / "model.safetensors").stat().st_size < 2 * loaded.card["parameters"]["model"] + 9000  # fp16


def test_the_card_for_people(tiny):
    text = (tiny / "README.md").read_text(encoding="utf-8")
    assert text.startswith("---\nlibrary_name: course_lib\n")
    for part in (
        "# A tiny model",
        "For tests.",
        "| seed | 3 |",
        "2, 9",
        zoo.load("tiny").card["sha256"]["model"],
        "Fingerprint",
    ):
        assert part in text
    assert "None" not in text
    card = zoo.update_card("tiny", limits="Knows nothing.")
    assert card["limits"] in (tiny / "README.md").read_text(encoding="utf-8")
    assert zoo.verify("tiny") == []


def test_a_folder_anywhere(root, tmp_path):
    zoo.save(tmp_path / "runs" / "mine", {"model": network()}, CONFIG, CARD)
    assert zoo.names() == []
    assert zoo.load(tmp_path / "runs" / "mine").card["name"] == "mine"
    assert zoo.load(str(tmp_path / "runs" / "mine")).config["size"] == 64


def test_saving_again_replaces_the_whole(tiny):
    (tiny / "leftover.txt").write_text("old")
    before = zoo.load("tiny").card["sha256"]
    zoo.save("tiny", {"model": network(width=3)}, {**CONFIG, "arguments": {**ARGUMENTS, "width": 3}}, CARD)
    assert zoo.load("tiny").card["sha256"] != before
    assert not (tiny / "leftover.txt").exists()
    assert [p.name for p in tiny.parent.iterdir()] == ["tiny"]


def test_a_model_that_cannot_be_saved_leaves_the_old_one(tiny):
    with pytest.raises(CourseError):  # weights of one network, config of another
        zoo.save("tiny", {"model": network(width=3)}, CONFIG, CARD)
    assert zoo.verify("tiny") == []
    assert [p.name for p in tiny.parent.iterdir()] == ["tiny"]


def test_counters_stay_whole_numbers(root):
    batch = network(norm="batch", upsample="transposed")
    arguments = {**ARGUMENTS, "norm": "batch", "upsample": "transposed"}
    for module in batch.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.num_batches_tracked.fill_(80_001)  # fp16 would make it infinite
            module.running_mean.normal_(0, 9)
    zoo.save("bn", {"model": batch}, {**CONFIG, "arguments": arguments}, CARD)
    state = zoo.load("bn").network.state_dict()
    assert {v.item() for k, v in state.items() if k.endswith("num_batches_tracked")} == {80_001}


def test_own_statistics_make_batch_norm_blind_to_what_it_learnt(root):
    arguments = {**ARGUMENTS, "norm": "batch", "upsample": "transposed", "dropout": 0.0}
    for kind in ("own", None):
        answers = []
        for mean in (0.0, 50.0):
            batch = network(**{k: arguments[k] for k in ("norm", "upsample", "dropout")})
            for module in batch.modules():
                if isinstance(module, nn.BatchNorm2d):
                    module.running_mean.fill_(mean)
            config = {**CONFIG, "arguments": arguments, "statistics": kind}
            zoo.save("bn", {"model": batch}, config, CARD)
            answers.append(zoo.load("bn").translate(torch.linspace(-1, 1, 3 * 64 * 64).reshape(1, 3, 64, 64)))
        assert torch.equal(*answers) == (kind == "own")


# -- directions ------------------------------------------------------------------------------------------------------


def test_directions(tiny, root):
    assert "has no direction" in refused(zoo.load, "tiny", "AtoB")
    other = network()
    [m for m in other.up[0] if isinstance(m, nn.Conv2d)][-1].bias.data += 1
    zoo.save("both", {"AtoB": network(), "BtoA": other}, {**CONFIG, "kind": "two_way"}, CARD)
    there, back, default = zoo.load("both", "AtoB"), zoo.load("both", "BtoA"), zoo.load("both")
    assert there.fingerprint() == default.fingerprint() != back.fingerprint()
    assert "'AtoC'; it must be 'AtoB' or 'BtoA'" in refused(zoo.load, "both", "AtoC")
    assert zoo.verify("both") == []


# -- refusals --------------------------------------------------------------------------------------------------------


def test_unknown_names(tiny):
    message = refused(zoo.load, "pix2pix-facade")
    assert "no model 'pix2pix-facade' in the zoo" in message
    assert "There is tiny" in message
    for name in ("", "../zoo/tiny", "tiny/..", "nowhere/tiny"):
        refused(zoo.load, name)


def test_an_empty_or_absent_zoo(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_ROOT", str(tmp_path))
    assert zoo.names() == []
    assert "none yet" in refused(zoo.load, "tiny")
    monkeypatch.setenv("COURSE_ROOT", str(tmp_path / "away"))
    assert "which is not a folder" in refused(zoo.names)


def test_a_file_that_was_altered(tiny):
    file = tiny / "model.safetensors"
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    assert "tiny/model.safetensors is not the file its card describes (sha256 differs)" in refused(zoo.load, "tiny")
    assert "sha256 differs" in zoo.verify("tiny")[0]


@pytest.mark.parametrize("how", ["truncated", "pickle", "empty", "text"])
def test_a_file_that_is_something_else_even_with_a_fitting_hash(tiny, how):
    file = tiny / "model.safetensors"
    content = file.read_bytes()
    file.write_bytes(
        {
            "truncated": content[: len(content) // 2],
            "pickle": pickle.dumps({"a": 1}),
            "empty": b"",
            "text": b"hello" * 9,
        }[how]
    )
    import hashlib

    edit(tiny / "card.json", sha256={"model": hashlib.sha256(file.read_bytes()).hexdigest()})
    assert "tiny/model.safetensors is no readable safetensors file" in refused(zoo.load, "tiny")


@pytest.mark.parametrize("card", [{"sha256": {}}, {"sha256": "abc"}, {"sha256": None}])
def test_a_card_without_a_hash_cannot_be_trusted(tiny, card):
    edit(tiny / "card.json", **card)
    assert "no sha256 of model" in refused(zoo.load, "tiny")


@pytest.mark.parametrize("gone", ["model.safetensors", "card.json"])
def test_missing_files(tiny, gone):
    (tiny / gone).unlink()
    assert f"tiny/{gone} is missing" in refused(zoo.load, "tiny")
    assert "missing" in zoo.verify("tiny")[0]


@pytest.mark.parametrize("text", ["{", "[]", "3"])
def test_broken_json(tiny, text):
    (tiny / "config.json").write_text(text)
    assert "tiny/config.json" in refused(zoo.load, "tiny")


def test_weights_of_another_network(tiny):
    for arguments, part in (
        ({**ARGUMENTS, "width": 3}, "(2, 3, 4, 4), not (3, 3, 4, 4)"),
        ({**ARGUMENTS, "levels": 5}, "is unexpected"),
        ({**ARGUMENTS, "levels": 7}, "is missing"),
    ):
        edit(tiny / "config.json", arguments=arguments)
        message = refused(zoo.load, "tiny")
        assert "The weights of tiny do not fit its network" in message
        assert part in message


@pytest.mark.parametrize(
    "config",
    [
        {"network": "os.system"},
        {"network": None},
        {"arguments": {"levels": 1}},
        {"arguments": {"code": 1}},
        {"arguments": None},
    ],
)
def test_configs_that_describe_no_network(tiny, config):
    edit(tiny / "config.json", **config)
    assert "tiny" in refused(zoo.load, "tiny")


def test_features_are_no_translator(tiny):
    assert "vgg16-bsds is no translator but a feature network" in refused(zoo.load_translator, FEATURES)


def test_weights_that_are_no_numbers(tiny):
    broken = network()
    next(broken.parameters()).data[0, 0, 0, 0] = float("nan")
    file = tiny / "model.safetensors"
    save_file({name: value.half() for name, value in broken.state_dict().items()}, file)
    edit(tiny / "card.json", sha256={"model": sha256_of(file)})
    assert "The weights of tiny hold NaN or infinity" in refused(zoo.load, "tiny")


def test_a_config_that_asks_for_ever_is_refused_at_once(tiny):
    edit(tiny / "config.json", network="ResnetGenerator", arguments={"blocks": 10**7})
    started = time.monotonic()
    assert "blocks is 10000000" in refused(zoo.load, "tiny")
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("size", [7e4, -7e4])
def test_weights_that_16_bits_cannot_hold_are_not_saved(tiny, size):
    large = network()
    next(large.parameters()).data[0, 0, 0, 0] = size
    before = (tiny / "model.safetensors").read_bytes()
    assert "holds 7e+04, and 16 bits end at 65504" in refused(zoo.save, "tiny", {"model": large}, CONFIG, CARD)
    assert (tiny / "model.safetensors").read_bytes() == before and zoo.names() == ["tiny"]


def test_a_model_is_replaced_only_when_the_new_one_stands(tiny, monkeypatch):
    real = Path.rename

    def fails(self, target):
        if self.name == "tiny" and self.parent != tiny.parent:  # the new one, from its scratch folder
            raise OSError(28, "No space left on device")
        return real(self, target)

    monkeypatch.setattr(Path, "rename", fails)
    before = {file.name: file.read_bytes() for file in tiny.iterdir()}
    with pytest.raises(OSError):
        zoo.save("tiny", {"model": network()}, CONFIG, {**CARD, "seed": 4})
    assert {file.name: file.read_bytes() for file in tiny.iterdir()} == before
    # Stopped between the two renames: the old one waits beside, and the next save begins by putting it back.
    real(tiny, tiny.with_name(".tiny.before"))
    monkeypatch.undo()
    monkeypatch.setenv("COURSE_ROOT", str(tiny.parents[1]))
    zoo.save("tiny", {"model": network()}, CONFIG, {**CARD, "seed": 5})
    assert zoo.card_of("tiny")["seed"] == 5
    assert [path.name for path in tiny.parent.iterdir()] == ["tiny"]


def test_a_model_of_version_0_1_still_loads(tiny):
    """Its config had other words: "two_way" beside the kind "translator", "generator", "latent", "halvings"."""
    zoo.save("both", {"AtoB": network(), "BtoA": network()}, CONFIG, CARD)
    config = tiny.parent / "both" / "config.json"
    edit(config, kind="translator", two_way=True)
    assert zoo.load("both", "BtoA").fingerprint() == zoo.load("tiny").fingerprint()
    assert zoo.verify("both") == []


def test_a_kind_has_its_own_parts(root):
    assert "parts AtoB, BtoA; these are AtoB" in refused(zoo.save, "half", {"AtoB": network()}, CONFIG, CARD)


# -- verify ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", [{"mean": 0.9, "std": 0.1}, {"mean": float("nan"), "std": float("nan")}])
def test_verify_measures_the_fingerprint(tiny, wrong):
    edit(tiny / "card.json", fingerprint={"model": wrong})
    assert "tiny model: fingerprint is" in zoo.verify("tiny")[0]


def test_verify_misses_no_part(tiny):
    for card, words in (
        ({"fingerprint": {}}, "no fingerprint of it"),
        ({"fingerprint": {"model": {}}}, "no entry 'mean'"),
    ):
        edit(tiny / "card.json", **card)
        assert words in zoo.verify("tiny")[0]
    refused(zoo.verify, "nobody")


# -- the Hub ---------------------------------------------------------------------------------------------------------


def test_pull_checks_before_anything_enters_the_zoo(tiny, root, tmp_path, monkeypatch):
    asked = []

    def download(repository, **options):
        asked.append((repository, options["revision"]))
        shutil.copytree(tiny, options["local_dir"])

    monkeypatch.setattr(huggingface_hub, "snapshot_download", download)
    pulled = zoo.pull("someone/fresh", COMMIT)
    assert asked == [("someone/fresh", COMMIT)]
    assert pulled == root / "zoo" / "fresh"
    assert zoo.load("fresh").card == zoo.load("tiny").card
    assert zoo.pull("someone/fresh", COMMIT, name="named").name == "named"
    assert "already has fresh" in refused(zoo.pull, "someone/fresh", COMMIT)
    (tiny / "model.safetensors").write_bytes(b"no")
    assert "sha256 differs" in refused(zoo.pull, "someone/evil", COMMIT)
    assert zoo.names() == ["fresh", "named", "tiny"]
    assert {p.name for p in (root / "zoo").iterdir()} == {"fresh", "named", "tiny"}


@pytest.mark.parametrize("revision", ["main", "v1.0", COMMIT[:-1], COMMIT.upper(), ""])
def test_pull_wants_a_commit(root, revision, monkeypatch):
    monkeypatch.setattr(huggingface_hub, "snapshot_download", lambda *_, **__: pytest.fail("was asked"))
    assert "no full commit hash" in refused(zoo.pull, "someone/model", revision)


def test_pull_without_a_network(root, monkeypatch):
    def unreachable(*_, **__):
        raise ConnectionError("no route")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", unreachable)
    assert "could not be fetched (ConnectionError)" in refused(zoo.pull, "someone/model", COMMIT)


class Hub:
    """What push asks of the client."""

    def __init__(self, error=None):
        self.calls, self.error = [], error

    def create_repo(self, repository, *, private, exist_ok):
        self.calls.append(("create", repository, private, exist_ok))

    def upload_folder(self, *, repo_id, folder_path, commit_message):
        if self.error:
            raise self.error
        self.calls.append(("upload", repo_id, sorted(p.name for p in Path(folder_path).iterdir())))
        return "https://hub/commit/1"


def test_push(tiny, monkeypatch):
    hub = Hub()
    monkeypatch.setattr(huggingface_hub, "HfApi", lambda: hub)
    assert zoo.push("tiny", "me/tiny", private=True) == "https://hub/commit/1"
    assert hub.calls == [
        ("create", "me/tiny", True, True),
        ("upload", "me/tiny", ["README.md", "card.json", "config.json", "model.safetensors"]),
    ]
    monkeypatch.setattr(huggingface_hub, "HfApi", lambda: Hub(PermissionError("401")))
    assert "could not be pushed to me/tiny (PermissionError: 401). Log in" in refused(zoo.push, "tiny", "me/tiny")


def test_a_broken_model_is_not_pushed(tiny, monkeypatch):
    hub = Hub()
    monkeypatch.setattr(huggingface_hub, "HfApi", lambda: hub)
    (tiny / "model.safetensors").write_bytes(b"no")
    assert "is not pushed" in refused(zoo.push, "tiny", "me/tiny")
    assert hub.calls == []


def test_the_client_has_what_push_and_pull_ask_of_it():
    import inspect

    upload = inspect.signature(huggingface_hub.HfApi.upload_folder).parameters
    assert {"repo_id", "folder_path", "commit_message"} <= upload.keys()
    assert {"private", "exist_ok"} <= inspect.signature(huggingface_hub.HfApi.create_repo).parameters.keys()
    assert {"revision", "allow_patterns", "local_dir"} <= inspect.signature(
        huggingface_hub.snapshot_download
    ).parameters.keys()
    assert {"repo_type", "revision"} <= inspect.signature(huggingface_hub.hf_hub_download).parameters.keys()


# -- what is shipped -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", [p.parent.name for p in sorted((Path(__file__).parents[2] / "zoo").glob("*/config.json"))]
)
def test_every_shipped_model_is_as_its_card_says(name, monkeypatch):
    monkeypatch.delenv("COURSE_ROOT", raising=False)
    assert zoo.verify(name) == []


@pytest.mark.parametrize("name", ["", ".", "..", "../beside", "a/b", "a\\b", ".hidden", "-x"])
def test_a_name_that_would_lead_out_of_the_zoo_deletes_nothing(tiny, root, name):
    before = sorted(root.rglob("*"))
    loaded = zoo.load("tiny")
    with pytest.raises(CourseError, match="is no name for a model"):
        zoo.save(name, {"model": loaded.network}, loaded.config, {"title": "x"})
    assert sorted(root.rglob("*")) == before


def test_what_is_no_model_is_never_replaced_by_one(tiny, tmp_path):
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    (pictures / "photo.jpg").write_bytes(b"mine")
    loaded = zoo.load("tiny")
    with pytest.raises(CourseError, match="is no model that a new one could replace"):
        zoo.save(pictures, {"model": loaded.network}, loaded.config, {"title": "x"})
    assert (pictures / "photo.jpg").read_bytes() == b"mine"


def test_the_folder_of_a_run_names_the_model_in_it(tiny, tmp_path):
    loaded = zoo.load("tiny")
    zoo.save(tmp_path / "run" / "model", {"model": loaded.network}, loaded.config, {"title": "x"})
    with pytest.raises(CourseError, match="its model is .*model"):
        zoo.load(tmp_path / "run")


def test_a_file_of_a_model_is_no_name(tiny):
    folder = zoo.zoo_dir() / "tiny"
    assert f"name its folder, {folder}" in refused(zoo.load, folder / "model.safetensors")


def test_pull_wants_a_user_and_a_model(root):
    assert "it is called USER/MODEL" in refused(zoo.pull, "model", COMMIT)
