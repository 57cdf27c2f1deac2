"""What a run tells: that D or G has died and why, one page that needs nothing else, TensorBoard where it is asked for."""

import json
import re
import sys
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
import torch
from PIL import Image
from torch import nn

from course_lib.errors import CourseError
from course_lib.training.health import Health, gradient_norms
from course_lib.training.journal import Journal
from course_lib.training.run_page import curve, write_page


def test_the_norm_of_a_gradient_over_all_parameters():
    network, untouched = nn.Linear(2, 1), nn.Linear(2, 1)
    network.weight.grad, network.bias.grad = torch.tensor([[3.0, 0.0]]), torch.tensor([4.0])
    assert gradient_norms({"G": network, "D": untouched}) == {"G": 5.0}


def reports(losses, gradients=None, count=30):
    health = Health()
    return [health.look(losses(at), (gradients or (lambda _: {}))(at)) for at in range(count)]


def test_a_network_without_gradient_has_died_and_it_is_said_once():
    said = reports(lambda at: {"L1": 1 / (at + 1)}, lambda at: {"G": 0.0 if at >= 5 else 1.0, "D": 0.1})
    assert [at for at, found in enumerate(said) if found] == [7]
    assert re.match(r"G has died: its gradient has been zero for 3 reports.*lower lr", said[7][0])


def test_a_discriminator_that_tells_everything_has_won():
    said = reports(lambda at: {"D": 0.5 if at < 4 else 1e-4 / (at + 1), "G_gan": 5.0 + at})
    assert [at for at, found in enumerate(said) if found] == [13]
    assert "D has won: its loss has been below 0.001 for 10 reports" in said[13][0]


def test_a_loss_that_stands_still_is_named_and_again_after_it_moved():
    said = reports(lambda at: {"G_gan": 0.6931 if at != 15 else 0.7}, count=40)
    assert [at for at, found in enumerate(said) if found] == [9, 25]
    assert "The loss G_gan has stood at 0.6931" in said[9][0]


def test_a_healthy_run_is_left_alone():
    import random

    random.seed(0)
    losses = {name: [random.uniform(0.2, 2) for _ in range(60)] for name in ("D", "G_gan", "L1")}
    assert not any(reports(lambda at: {k: v[at] for k, v in losses.items()}, lambda at: {"G": 1e-6, "D": 2.0}, 60))


class Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.text = [], []

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.text.append(data)


@pytest.fixture
def run_folder(tmp_path):
    (tmp_path / "samples").mkdir()
    for epoch in range(1, 21):
        Image.new("RGB", (1200, 300), (epoch, 0, 0)).save(tmp_path / "samples" / f"epoch_{epoch:04d}.png")
    record = {
        "task": "pix2pix",
        "data": "<script>",
        "command": "train --x",
        "settings": {"seed": 7},
        "config": {"lr": 1e-3},
    }
    (tmp_path / "run.json").write_text(json.dumps(record))
    lines = [{"step": 50 * at, "epoch": at // 9, "seconds": at, "D": 1 / at, "lr": 2e-4} for at in range(1, 1000)]
    lines[-1]["warnings"] = ["G has died: & so on"]
    (tmp_path / "log.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return tmp_path


def test_a_page_holds_everything_and_asks_no_network(run_folder):
    page = Reader()
    text = write_page(run_folder, running=True).read_text(encoding="utf-8")
    page.feed(text)
    said = " ".join(page.text)
    for words in (
        "pix2pix on <script>",
        "step 49,950",
        "seed",
        "7",
        "torch",
        torch.__version__.split("+")[0],
        "G has died: & so",
    ):
        assert words in said, words
    pictures = [attributes for tag, attributes in page.tags if tag == "img"]
    assert [one["alt"] for one in (pictures[0], pictures[-1])] == ["Samples of epoch 0001", "Samples of epoch 0020"]
    assert len(pictures) == 8 and all(one["src"].startswith("data:image/jpeg;base64,") for one in pictures)
    assert not re.search(r"(src|href)=[\"'](?!data:)|https?://|@import|url\(", text)
    assert ("script", {}) not in page.tags
    assert len([1 for tag, _ in page.tags if tag == "polyline"]) == 2  # D and lr
    assert any(tag == "meta" and one.get("http-equiv") == "refresh" for tag, one in page.tags)
    assert "http-equiv" not in write_page(run_folder, running=False).read_text()
    assert len(text) < 2_000_000


def test_a_curve_is_thinned_to_means_and_says_its_range():
    drawn = curve("D", [(step, float(step)) for step in range(1, 901)])
    places = re.search(r'points="([^"]*)"', drawn)[1].split()
    assert len(places) == 300
    assert "now 899, from 2 to 899, steps 3 to 900" in drawn  # means of three
    xs, ys = zip(*(map(float, place.split(",")) for place in places), strict=True)
    assert (xs[0], xs[-1], ys[0], ys[-1]) == (8, 412, 142, 8)
    assert "NaN" not in curve("one", [(5, 1.0)])


def task():
    network = nn.Linear(1, 1)
    return SimpleNamespace(networks={"G": network}, optimizers={"G": torch.optim.SGD(network.parameters(), lr=0.25)})


def test_without_tensorboard_one_sentence_says_so(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    with pytest.raises(CourseError, match="needs the package tensorboard.*pip install tensorboard"):
        Journal(tmp_path, task(), print, tensorboard=True, begun=0)


def test_with_tensorboard_losses_and_sheets_go_there_too(tmp_path, monkeypatch):
    calls = []

    class Writer:
        def __init__(self, folder, purge_step):
            calls.append(("open", folder, purge_step))

        def add_scalar(self, *values):
            calls.append(values)

        def add_image(self, name, pixels, step, dataformats):
            calls.append((name, pixels.shape, step, dataformats))

        def close(self):
            calls.append("close")

    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", SimpleNamespace(SummaryWriter=Writer))
    Image.new("RGB", (6, 4)).save(tmp_path / "sheet.png")
    with Journal(tmp_path, task(), print, tensorboard=True, begun=100) as journal:
        journal.line({"step": 150, "epoch": 1, "seconds": 3.0}, {"L1": 0.5})
        assert "http-equiv" in (tmp_path / "run.html").read_text()
        journal.sheet(tmp_path / "sheet.png", 150)
    assert calls == [
        ("open", str(tmp_path / "tensorboard"), 100),
        ("epoch", 1, 150), ("L1", 0.5, 150), ("lr", 0.25, 150),
        ("samples", (4, 6, 3), 150, "HWC"),
        "close",
    ]  # fmt: skip
    assert json.loads((tmp_path / "log.jsonl").read_text())["lr"] == 0.25
    assert "Finished" in (tmp_path / "run.html").read_text()


def test_warnings_are_printed_logged_and_on_the_page(tmp_path):
    one, printed = task(), []
    one.networks["G"].weight.grad = torch.zeros(1, 1)
    with Journal(tmp_path, one, printed.append, tensorboard=False, begun=0) as journal:
        for step in (50, 100, 150):
            journal.line({"step": step, "epoch": 0, "seconds": 1.0}, {"L1": step})
    assert len(printed) == 1 and printed[0].startswith("Note: from step 150: G has died")
    assert json.loads((tmp_path / "log.jsonl").read_text().splitlines()[-1])["warnings"]
    assert "G has died" in (tmp_path / "run.html").read_text()
