"""A page with small untrained models: what it says is what the library says, whatever the weights; and its visitors."""

import base64
import dataclasses
import io
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from course_lib.metrics.neighbours import quantised, save_neighbours
from course_lib.models import zoo
from course_lib.models.files import sha256_of
from course_lib.models.stylizer import STYLE_FILE
from course_lib.networks import DCGANGenerator, ResnetGenerator, SRResNet, StylizationNet, UnetGenerator
from course_lib.networks.vgg import BSDS_NAME
from course_lib.paths import zoo_dir
from course_lib.tasks.style_objective import StyleSettings

# Short ways, few numbers: the page's own work is what is measured and checked here.
ARGUMENTS = {"levels": 6, "width": 4, "norm": "instance", "dropout": 0.5, "upsample": "resize"}
TWO_WAY_ARGUMENTS = {"blocks": 1, "width": 4, "norm": "instance", "upsample": "resize"}
UPSCALER_ARGUMENTS = {
    "blocks": 1, "width": 4, "scale": 4, "norm": "none", "activation": "relu", "ends": 3, "tail": "once", "skip": "bicubic"
}  # fmt: skip
STYLIZER_ARGUMENTS = {"width": 4, "blocks": 1, "ends": 3, "skip": "photo"}
CLASSES = ["cat", "eel"]
SECONDS = 180  # of patience, on a machine whose cores are all busy


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
            "kind": "translator",
            "task": "pix2pix",
            "network": "UnetGenerator",
            "arguments": ARGUMENTS,
            "size": 64,
            "palette": "facades",
        }
        loss = {"adversarial": "bce", "adversarial_weight": adversarial, "l1_weight": 100.0}
        card = {"title": f"<i>{name}</i>", "data": "nothing", "terms": "none", "epochs": 3, "loss": loss}
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
        "kind": "sampler",
        "task": "cgan" if classes else "gan",
        "network": "DCGANGenerator",
        "arguments": arguments,
        "size": 8,
        "z_dim": 4,
        "classes": classes,
    }
    zoo.save(folder, {"model": network}, config, {"title": "Small", "data": "nothing", "terms": "none"})
    if classes:
        beside = save_neighbours(folder, quantised(pictures, torch.arange(30) % len(classes), 2))
        zoo.update_card(folder, sha256=zoo.card_of(folder)["sha256"] | {beside.stem: sha256_of(beside)})


def save_small_two_way(folder: Path, size: int = 64) -> None:
    """A two-way model of another weight for each direction."""
    ways = {}
    for seed, way in enumerate(("AtoB", "BtoA")):
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            ways[way] = ResnetGenerator(**TWO_WAY_ARGUMENTS)
            for parameter in ways[way].parameters():
                torch.nn.init.normal_(parameter, 0, 0.15)
    config = {
        "kind": "two_way",
        "task": "cyclegan",
        "network": "ResnetGenerator",
        "arguments": TWO_WAY_ARGUMENTS,
        "size": size,
    }
    zoo.save(folder, ways, config, {"title": "Small", "data": "<b>nothing</b>", "terms": "none", "epochs": 3})


def save_small_two_ways(zoo_folder: Path) -> None:
    """A small model for each that the CycleGAN tab offers."""
    from course_lib.app.tabs.cyclegan import tab as cyclegan_tab

    for name in cyclegan_tab.MODELS:
        save_small_two_way(zoo_folder / name)


def save_small_upscalers(zoo_folder: Path) -> None:
    """Two upscalers of one small network, whose weights lie close, and the real network that measures."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = SRResNet(**UPSCALER_ARGUMENTS)
        for name in ("srresnet-x4", "srgan-x4"):
            with torch.no_grad():
                for parameter in network.parameters():
                    parameter.add_(torch.randn_like(parameter) * 0.05)
            config = {"kind": "upscaler", "task": "srgan", "network": "SRResNet", "arguments": UPSCALER_ARGUMENTS}
            zoo.save(zoo_folder / name, {"model": network}, config, {"title": "Small", "data": "x", "terms": "none"})
    shutil.copytree(zoo_dir() / BSDS_NAME, zoo_folder / BSDS_NAME)


def loud_unet(seed: int) -> UnetGenerator:
    """A small network whose weights are large enough that answers of other seeds differ."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        network = UnetGenerator(**ARGUMENTS)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.mul_(8 if parameter.ndim > 1 else 1)
    return network


def save_small_colourers(zoo_folder: Path) -> None:
    """Two networks that colour, of other weights than the shipped ones and of half their size."""
    for seed, name in enumerate(("colorize-emoji", "colorize-emoji-l2")):
        network = loud_unet(seed)
        config = {"kind": "translator", "task": "pix2pix", "network": "UnetGenerator", "arguments": ARGUMENTS}
        config |= {"size": 64, "maker": "colorize"}
        zoo.save(zoo_folder / name, {"model": network}, config, {"title": "Small", "data": "<b>x</b>", "terms": "none"})


def save_small_flat(zoo_folder: Path) -> None:
    """The three networks that make flat drawings 3-D."""
    for seed, (name, adversarial) in enumerate((("pix2pix-fluent", 1.0), ("pix2pix-fluent-l1", 0.0))):
        network = loud_unet(seed)
        config = {"kind": "translator", "task": "pix2pix", "network": "UnetGenerator", "arguments": ARGUMENTS}
        card = {"title": "Small", "data": "<b>x</b>", "terms": "none", "loss": {"adversarial_weight": adversarial}}
        zoo.save(zoo_folder / name, {"model": network}, config | {"size": 128}, card)
    save_small_two_way(zoo_folder / "cyclegan-fluent", 128)


def save_small_stylizers(zoo_folder: Path) -> None:
    """Two of the four networks of the style tab, with a painting each, and the real network of the losses."""
    objective = dataclasses.asdict(StyleSettings())
    for seed, name in enumerate(("style-starry-night", "style-udnie")):
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            network = StylizationNet(**STYLIZER_ARGUMENTS)
            painting = torch.randint(0, 256, (1, 3, 96, 112)).byte()
        config = {
            "kind": "stylizer",
            "task": "fast_style",
            "network": "StylizationNet",
            "arguments": STYLIZER_ARGUMENTS,
        }
        config |= {"style": {"file": "none.jpg", "size": 96}, "objective": objective}
        zoo.save(zoo_folder / name, {"model": network}, config, {"title": "Small", "data": "<b>x</b>", "terms": "none"})
        save_file({"style": painting}, zoo_folder / name / STYLE_FILE)
    shutil.copytree(zoo_dir() / BSDS_NAME, zoo_folder / BSDS_NAME)


def forget_models() -> None:
    """What the tabs have loaded belongs to another course."""
    from course_lib.app.tabs.colour import tab as colour_tab
    from course_lib.app.tabs.cyclegan import tab as cyclegan_tab
    from course_lib.app.tabs.flat import answers as flat_answers
    from course_lib.app.tabs.flat import tab as flat_tab
    from course_lib.app.tabs.generate import tab as generate_tab
    from course_lib.app.tabs.pix2pix import tab as pix2pix_tab
    from course_lib.app.tabs.style import fast
    from course_lib.app.tabs.superres import crops

    for kept in (
        pix2pix_tab.translators,
        generate_tab.sampler,
        generate_tab._known,
        generate_tab._drawn,
        cyclegan_tab.translators,
        cyclegan_tab.measured,
        crops.upscaler,
        crops.answer,
        colour_tab.translator,
        colour_tab.measured,
        flat_answers.translator,
        flat_answers._made,
        flat_tab.measured,
        fast.stylizer,
        fast.painting,
    ):
        kept.cache_clear()


@pytest.fixture(scope="session")
def small_course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("course")
    save_small_models(root)
    return root


def course_of(root: Path, save: Callable[[Path], None]) -> Path:
    """A course that has nothing but the models that ``save`` puts into its zoo."""
    (root / "exercises").mkdir()
    save(root / "zoo")
    return root


@contextmanager
def opened_course(root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("COURSE_ROOT", str(root))
    forget_models()
    yield root
    forget_models()


@contextmanager
def served_alone(root: Path, *tabs: str) -> Iterator[str]:
    """The address of a page of that course that has these tabs alone."""
    from course_lib.app import page

    forget_models()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_ROOT", str(root))
        patch.setattr(page, "TABS", tabs)
        blocks = page.build()
        _, address, _ = page.launch(blocks, prevent_thread_lock=True, quiet=True, inbrowser=False)
        yield address
        blocks.close(verbose=False)
    forget_models()


@pytest.fixture(scope="session")
def two_way_course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return course_of(tmp_path_factory.mktemp("two-way"), save_small_two_ways)


@pytest.fixture(scope="session")
def superres_course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return course_of(tmp_path_factory.mktemp("superres"), save_small_upscalers)


@pytest.fixture(scope="session")
def colour_course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return course_of(tmp_path_factory.mktemp("colour"), save_small_colourers)


@pytest.fixture(scope="session")
def flat_course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return course_of(tmp_path_factory.mktemp("flat"), save_small_flat)


@pytest.fixture(scope="session")
def style_course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return course_of(tmp_path_factory.mktemp("style"), save_small_stylizers)


@pytest.fixture
def in_two_way_course(two_way_course: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with opened_course(two_way_course, monkeypatch) as root:
        yield root


@pytest.fixture
def in_superres_course(superres_course: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with opened_course(superres_course, monkeypatch) as root:
        yield root


@pytest.fixture
def in_colour_course(colour_course: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with opened_course(colour_course, monkeypatch) as root:
        yield root


@pytest.fixture
def in_flat_course(flat_course: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with opened_course(flat_course, monkeypatch) as root:
        yield root


@pytest.fixture
def in_style_course(style_course: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with opened_course(style_course, monkeypatch) as root:
        yield root


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


@pytest.fixture(scope="module")
def small_page(page: str, small_course: Path) -> Iterator[str]:
    """The address of the served page, whose models are the small course's whatever ran before."""
    with pytest.MonkeyPatch.context() as patch, opened_course(small_course, patch):
        yield page


@pytest.fixture
def in_small_course(small_course: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COURSE_ROOT", str(small_course))
    return small_course


@pytest.fixture
def fresh_models() -> Iterator[None]:
    forget_models()
    yield
    forget_models()


def decode(url: str) -> np.ndarray:
    """The pixels of a PNG in a ``data:`` URL, (H, W, 3)."""
    head, data = url.split(",", 1)
    assert head == "data:image/png;base64"
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB"))


def encode(image: Image.Image, form: str = "PNG") -> str:
    """A picture in a ``data:`` URL that calls itself a PNG, whatever it is."""
    file = io.BytesIO()
    image.save(file, form)
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


@pytest.fixture(scope="session")
def decoded() -> Callable[[str], np.ndarray]:
    return decode


@pytest.fixture(scope="session")
def encoded() -> Callable[..., str]:
    return encode


class Visit:
    """One visitor's page, with everything it asked for and complained about.

    Args:
        context: of the browser, shared by all visits: it keeps the page's scripts compiled, half of the wait for a page.
        address: of the page, with what follows the "?" in it.
        wait: what is there when the page is.
    """

    def __init__(self, context: Any, address: str, *, wait: str, width: int = 1280, scheme: str = "light") -> None:
        self.width, self.scheme = width, scheme
        self.page = context.new_page()
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.emulate_media(color_scheme=scheme)
        self.page.set_default_timeout(SECONDS * 1000)
        self.requests: list[str] = []
        self.errors: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.open(address, wait)

    def open(self, address: str, wait: str) -> None:
        self.page.goto(address, timeout=SECONDS * 1000)
        self.page.locator(wait).first.wait_for()

    def says(self, pattern: str) -> None:
        """Waits for a lab's status line to match."""
        self.page.wait_for_function(
            "(pattern) => [...document.querySelectorAll('.lab .status')]"
            ".some((line) => new RegExp(pattern).test(line.innerText))",
            arg=pattern,
        )

    def pixels(self, query: str) -> np.ndarray:
        """The pixels of every picture or canvas that matches, (N, H, W, 3), as the browser has them."""
        sources = self.page.evaluate(
            "(query) => [...document.querySelectorAll(query)].map((one) => one.src ?? one.toDataURL())", query
        )
        return np.stack([decode(one) if one.startswith("data:") else self._fetched(one) for one in sources])

    def _fetched(self, source: str) -> np.ndarray:
        return np.asarray(Image.open(io.BytesIO(self.page.request.get(source).body())).convert("RGB"))

    def inspect(self, picture: Path) -> None:
        """Fits its window, is dark when asked, and axe has no complaint. The screenshot is for people to look at."""
        axe = pytest.importorskip("axe_playwright_python.sync_playwright")
        assert self.page.evaluate("document.documentElement.scrollWidth") <= self.width
        background = self.page.evaluate("getComputedStyle(document.body).backgroundColor")
        brightness = np.mean([float(part) for part in background[background.index("(") + 1 : -1].split(",")[:3]])
        assert (brightness < 60) == (self.scheme == "dark")
        self.page.screenshot(path=picture, full_page=True)
        found = axe.Axe().run(self.page).response["violations"]
        told = [(one["id"], one["impact"], [node["html"][:120] for node in one["nodes"][:3]]) for one in found]
        assert [entry for entry in told if entry[1] in ("serious", "critical")] == []

    def end(self) -> None:
        """Leaves; nothing may have left this machine, and nothing may have broken."""
        here = self.page.url.split("?")[0]
        self.page.evaluate("localStorage.clear()")
        self.page.context.clear_cookies()
        self.page.close()
        assert [url for url in self.requests if not url.startswith((here, "data:", "blob:"))] == []
        assert self.requests and self.errors == []


@pytest.fixture(scope="session")
def visitor(chromium: Any) -> Iterator[Callable[..., Visit]]:
    """visitor(address, wait=…, width=…, scheme=…) → a visit; who opens it ends it."""
    context = chromium.new_context()
    yield partial(Visit, context)
    context.close()


@pytest.fixture
def open_page(visitor: Callable[..., Visit], page: str, in_small_course: Path) -> Iterator[Callable[..., Visit]]:
    """open_page(query, wait=…, …) → a visit of the served page, ended with the test."""
    forget_models()  # a test before this one may have loaded those of the real course
    visits = []

    def opened(query: str = "", **settings: Any) -> Visit:
        visits.append(visitor(page + query, **settings))
        return visits[-1]

    yield opened
    for visit in visits:
        visit.end()
