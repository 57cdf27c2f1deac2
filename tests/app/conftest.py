"""A page with two small untrained models: what it says is what the library says, whatever the weights."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from course_lib import zoo
from course_lib.networks import UnetGenerator

# Short ways, few numbers: the page's own work is what is measured and checked here.
ARGUMENTS = {"levels": 6, "width": 4, "norm": "instance", "dropout": 0.5, "upsample": "resize"}


def save_small_models(root: Path) -> None:
    """The two models of the façade tab, of other weights than the shipped ones, into ``root/zoo``."""
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


@pytest.fixture(scope="session")
def small_course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("course")
    save_small_models(root)
    return root


@pytest.fixture(scope="session")
def page(small_course: Path) -> Iterator[str]:
    """The address of the served page."""
    from course_lib.app import page, pix2pix_tab

    pix2pix_tab.translators.cache_clear()
    # Only while the models are loaded: this fixture lives to the session's end, among tests of the real course.
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_ROOT", str(small_course))
        blocks = page.build()
    _, address, _ = page.launch(blocks, prevent_thread_lock=True, quiet=True, inbrowser=False)
    yield address
    blocks.close(verbose=False)
    pix2pix_tab.translators.cache_clear()


@pytest.fixture
def in_small_course(small_course: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COURSE_ROOT", str(small_course))
    return small_course
