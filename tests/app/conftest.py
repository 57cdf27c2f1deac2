"""A page with small untrained models: what it says is what the library says, whatever the weights."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from course_lib.metrics.neighbours import quantised
from course_lib.models import zoo
from course_lib.networks import DCGANGenerator, UnetGenerator

# Short ways, few numbers: the page's own work is what is measured and checked here.
ARGUMENTS = {"levels": 6, "width": 4, "norm": "instance", "dropout": 0.5, "upsample": "resize"}
CLASSES = ["cat", "eel"]


def save_small_models(root: Path) -> None:
    """The models of all tabs, of other weights than the shipped ones, into ``root/zoo``."""
    (root / "exercises").mkdir(parents=True)
    for seed, (name, adversarial) in enumerate((("pix2pix-facades", 1.0), ("pix2pix-facades-l1", 0.0))):
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            network = UnetGenerator(**ARGUMENTS)
            with torch.no_grad():
                for parameter in network.parameters():
                    parameter.mul_(8 if parameter.ndim > 1 else 1)  # the initial 0.02 gives a flat grey
        config = {
            "task": "pix2pix",
            "network": "UnetGenerator",
            "arguments": ARGUMENTS,
            "size": 64,
            "palette": "facades",
        }
        card = {
            "title": f"<i>{name}</i>", "data": "nothing", "terms": "none", "epochs": 3,
            "loss_weights": {"l1_weight": 100.0, "adversarial_weight": adversarial},
        }  # fmt: skip
        zoo.save(root / "zoo" / name, {"model": network}, config, card)
    for name, classes in (("cgan-quickdraw", CLASSES), ("gan-digits", [])):
        save_small_generator(root / "zoo" / name, classes)


def save_small_generator(folder: Path, classes: list[str]) -> None:
    """A generator of 8 × 8 pictures with 30 training pictures beside it, or with none where it has no classes."""
    arguments = {"size": 8, "channels": 1, "z_dim": 4, "width": 4, "classes": len(classes)}
    with torch.random.fork_rng():
        torch.manual_seed(2)
        network = DCGANGenerator(**arguments)
        for parameter in network.parameters():
            torch.nn.init.normal_(parameter, 0, 0.3)
        pictures = torch.randint(0, 256, (30, 1, 8, 8)).byte()
    config = {
        "kind": "generator", "task": "cgan" if classes else "gan", "network": "DCGANGenerator", "arguments": arguments,
        "size": 8, "z_dim": 4, "classes": classes,
    }  # fmt: skip
    zoo.save(folder, {"model": network}, config, {"title": "Small", "data": "nothing", "terms": "none"})
    if classes:
        zoo.add_neighbours(folder, quantised(pictures, torch.arange(30) % len(classes), 2), of=30)


def forget_models() -> None:
    """What the tabs have loaded belongs to another course."""
    from course_lib.app.tabs.generate import tab as generate_tab
    from course_lib.app.tabs.pix2pix import tab as pix2pix_tab

    for kept in (pix2pix_tab.translators, generate_tab.sampler, generate_tab._known, generate_tab._drawn):
        kept.cache_clear()


@pytest.fixture(scope="session")
def small_course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("course")
    save_small_models(root)
    return root


@pytest.fixture(scope="session")
def page(small_course: Path) -> Iterator[str]:
    """The address of the served page."""
    from course_lib.app import page

    forget_models()
    # Only while the models are loaded: this fixture lives to the session's end, among tests of the real course.
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_ROOT", str(small_course))
        blocks = page.build()
    _, address, _ = page.launch(blocks, prevent_thread_lock=True, quiet=True, inbrowser=False)
    yield address
    blocks.close(verbose=False)
    forget_models()


@pytest.fixture
def in_small_course(small_course: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COURSE_ROOT", str(small_course))
    return small_course


@pytest.fixture
def fresh_models() -> Iterator[None]:
    forget_models()
    yield
    forget_models()
