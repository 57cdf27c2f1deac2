"""A trained generator by name: seeds, classes, walks, neighbours; and every wrong question gets a sentence."""

import hashlib
import json
import zlib

import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import nn

from course_lib.errors import CourseError
from course_lib.metrics.neighbours import FILE, TrainingPictures, quantised, save_neighbours
from course_lib.models import zoo
from course_lib.models.sampler import Sampler, fingerprint_z
from course_lib.networks import DCGANGenerator, SeededMLP

ARGUMENTS = {"size": 8, "channels": 1, "z_dim": 4, "width": 4, "classes": 3}
CONFIG = {
    "kind": "sampler", "task": "cgan", "network": "DCGANGenerator", "arguments": ARGUMENTS,
    "size": 8, "z_dim": 4, "classes": ["cat", "dog", "eel"],
}  # fmt: skip


def network(**changes):
    torch.manual_seed(0)
    made = DCGANGenerator(**{**ARGUMENTS, **changes})
    for parameter in made.parameters():
        nn.init.normal_(parameter, 0, 0.3)
    return made


def stored():
    pictures = torch.randint(0, 256, (30, 1, 8, 8), generator=torch.Generator().manual_seed(0)).byte()
    return quantised(pictures, torch.arange(30) % 3, 2)


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_ROOT", str(tmp_path))
    (tmp_path / "zoo").mkdir()
    return tmp_path


@pytest.fixture
def sampler(root):
    zoo.save("animals", {"model": network()}, CONFIG, {"title": "Animals", "task": "cgan"})
    file = save_neighbours(root / "zoo" / "animals", stored())
    sums = zoo.card_of("animals")["sha256"] | {file.stem: hashlib.sha256(file.read_bytes()).hexdigest()}
    zoo.update_card("animals", sha256=sums, neighbours={"pictures": 30, "of": 30, "bits": 2})
    return zoo.load("animals")


def same(one, other):
    return all(a.tobytes() == b.tobytes() for a, b in zip(one, other, strict=True))


def test_pictures_by_class_and_seed(sampler):
    pictures = sampler.sample(3, "dog", seed=5)
    assert [(p.mode, p.size) for p in pictures] == [("RGB", (8, 8))] * 3
    assert same(pictures, sampler.sample(3, "dog", seed=5))
    assert same(pictures, sampler.sample(3, 1, seed=5))  # by number
    assert not same(pictures, sampler.sample(3, "dog", seed=6))
    assert not same(pictures, sampler.sample(3, "cat", seed=5))
    assert not same(pictures[:1], pictures[1:2])
    assert same(pictures[:1], sampler.sample(1, "dog", seed=5))  # a picture does not depend on its company


def test_no_class_is_all_in_turn(sampler):
    assert sampler.labels(5).tolist() == [0, 1, 2, 0, 1]
    assert same(sampler.sample(4), sampler.draw(sampler.latent(4), ["cat", "dog", "eel", 0]))


def test_a_walk_starts_and_ends_at_its_seeds(sampler):
    start, end = sampler.latent(1, 1), sampler.latent(1, 2)
    way = torch.cat([torch.lerp(start, end, share) for share in (0.0, 0.5, 1.0)])
    frames = sampler.draw(way, "eel")
    assert same(frames[:1], sampler.sample(1, "eel", 1))
    assert same(frames[2:], sampler.sample(1, "eel", 2))


def test_what_is_wrong_is_named(sampler):
    def refused(call, *arguments):
        with pytest.raises(CourseError) as caught:
            call(*arguments)
        return str(caught.value)

    assert "'bird' is unknown; there is cat, dog, eel" in refused(sampler.sample, 1, "bird")
    for label in (3, -1, True):
        assert "is unknown" in refused(sampler.sample, 1, label)
    for n in (0, -1, 1025, 1.5, "2"):
        assert "1 to 1024" in refused(sampler.sample, n)
    for seed in (-1, 2**32, 0.5):
        assert "seed is" in refused(sampler.sample, 1, None, seed)
    assert "2 classes for 3 pictures" in refused(sampler.draw, sampler.latent(3), ["cat", "dog"])
    assert "(B, 4)" in refused(sampler.draw, torch.zeros(2, 5))
    assert "(B, 4)" in refused(sampler.draw, torch.zeros(0, 4))
    assert "NaN" in refused(sampler.draw, torch.full((1, 4), float("nan")))
    assert "1 to 30" in refused(sampler.nearest, sampler.sample(1)[0], 31)
    assert "sides must agree" in refused(sampler.nearest, Image.new("RGB", (9, 9)))


def test_without_classes(root):
    config = {**CONFIG, "classes": [], "arguments": {**ARGUMENTS, "classes": 0}}
    zoo.save("plain", {"model": network(classes=0)}, config, {"title": "Plain", "task": "gan"})
    plain = zoo.load("plain")
    assert len(plain.sample(2, seed=1)) == 2
    with pytest.raises(CourseError, match="no classes"):
        plain.sample(1, "cat")
    with pytest.raises(CourseError, match="No training pictures"):
        plain.nearest(plain.sample(1)[0])


def test_points_become_a_map(root):
    arguments = {"seeds": 1, "sizes": [4, 8, 8, 2]}
    config = {**CONFIG, "task": "gan", "network": "SeededMLP", "arguments": arguments, "size": None, "classes": []}
    zoo.save("ring", {"model": SeededMLP(**arguments)}, config, {"title": "Ring"})
    points = zoo.load("ring")
    (drawn,) = points.sample(50, seed=0)
    assert drawn.size == (160, 160)
    assert points.generate(points.latent(50)).shape == (50, 2)


def test_nearest_training_pictures(sampler):
    known = sampler.training_pictures().pictures()
    from course_lib.data.pictures import to_picture

    found = sampler.nearest(to_picture(known[7].expand(3, -1, -1)), 3)
    assert found[0][1] == pytest.approx(0, abs=0.005)  # through 8 bits
    assert found[0][2] == "dog"  # number 7 of 0 1 2 0 1 2 …
    assert found[0][0].size == (8, 8)
    distances = [distance for _, distance, _ in found]
    assert distances == sorted(distances)


def test_verify_sees_weights_neighbours_and_fingerprint(sampler, root):
    folder = root / "zoo" / "animals"
    assert zoo.verify("animals") == []
    card = json.loads((folder / "card.json").read_text())
    assert card["fingerprint"]["model"] == sampler.fingerprint()
    assert "30 of 30, 2 bit(s) a pixel" in (folder / "README.md").read_text()
    good = (folder / FILE).read_bytes()
    (folder / FILE).write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
    assert "neighbours.safetensors is not the file its card describes" in zoo.verify("animals")[0]
    with pytest.raises(CourseError, match="sha256 differs"):
        zoo.load("animals").training_pictures()
    (folder / FILE).write_bytes(good)
    card["fingerprint"]["model"]["mean"] += 0.1
    (folder / "card.json").write_text(json.dumps(card))
    assert "fingerprint is" in zoo.verify("animals")[0]
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-8] + bytes(8))
    assert "sha256" in zoo.verify("animals")[0]


def test_a_config_names_only_known_networks(sampler, root):
    file = root / "zoo" / "animals" / "config.json"
    for change in ({"network": "UnetGenerator"}, {"network": "os.system"}, {"arguments": {**ARGUMENTS, "size": 9}}):
        file.write_text(json.dumps({**CONFIG, **change}))
        with pytest.raises(CourseError, match=r"UnetGenerator|os\.system|size is 9"):
            zoo.load("animals")
    file.write_text(json.dumps({**CONFIG, "kind": "oracle"}))
    with pytest.raises(CourseError, match="'oracle'"):
        zoo.load("animals")


def test_a_generator_translates_nothing(sampler):
    with pytest.raises(CourseError, match="animals is no translator but a sampler"):
        zoo.load_translator("animals")


def test_a_file_of_neighbours_cannot_unpack_into_more_than_it_says(sampler, root):
    file = root / "zoo" / "animals" / FILE
    tensors = load_file(file)
    bomb = zlib.compress(bytes(50_000_000))
    tensors["deflated"] = torch.frombuffer(bytearray(bomb), dtype=torch.uint8)
    save_file(tensors, file)
    from course_lib.metrics.neighbours import load_neighbours

    assert isinstance(load_neighbours(file), TrainingPictures)  # cut at 30 · 64 pixels
    assert load_neighbours(file).levels.shape == (30, 1, 8, 8)
    tensors["deflated"] = tensors["deflated"][:5].clone()
    save_file(tensors, file)
    with pytest.raises(CourseError, match="no readable file"):
        load_neighbours(file)


def test_fingerprint_latents_are_spread_like_normal_numbers():
    z = fingerprint_z(200, 50)
    assert z.mean().item() == pytest.approx(0, abs=0.01)
    assert z.std().item() == pytest.approx(1, abs=0.01)
    assert torch.isfinite(z).all()


def test_a_sampler_needs_no_folder():
    bare = Sampler(network(), CONFIG, {})
    assert len(bare.sample(2)) == 2
