"""The Space's folder runs from itself alone."""

import os
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from huggingface_hub import metadata_load
from packaging.requirements import Requirement

from course_lib.app.space_folder import write_space
from course_lib.errors import CourseError

MODELS = ["cgan-quickdraw", "gan-digits", "pix2pix-facades", "pix2pix-facades-l1"]
# Runs app.py as Python would, in a world where no other course_lib can be imported.
ALONE = """
import runpy, sys
from pathlib import Path
folder = Path.cwd()
sys.meta_path = [finder for finder in sys.meta_path if "editable" not in repr(finder).lower()]
sys.path = [str(folder)] + [place for place in sys.path if place and not (Path(place) / "course_lib").is_dir()]
import course_lib
assert Path(course_lib.__file__).is_relative_to(folder), course_lib.__file__
runpy.run_path("app.py", run_name="__main__")
"""


@pytest.fixture(scope="module")
def space(small_course, tmp_path_factory) -> Path:
    patch = pytest.MonkeyPatch()
    patch.setenv("COURSE_ROOT", str(small_course))
    try:
        return write_space(tmp_path_factory.mktemp("spaces") / "space")
    finally:
        patch.undo()


def test_folder_holds_what_a_space_needs(space):
    card = metadata_load(space / "README.md")
    assert card["sdk"] == "gradio" and card["sdk_version"] == "6.31.0" and card["python_version"] == "3.12"
    assert card["app_file"] == "app.py" and len(card["short_description"]) <= 60
    pins = {Requirement(line).name: Requirement(line) for line in (space / "requirements.txt").read_text().splitlines()}
    assert str(pins["torch"].specifier) == "==2.11.0"
    assert {"accelerate", "scipy", "scikit-image", "scikit-learn"} <= pins.keys()  # what the tabs import
    for file in ("labs.css", "lab.js", "tabs/loss/lab.js", "tabs/pix2pix/tab.css", "tabs/collapse/recorded.json"):
        assert (space / "course_lib" / "app" / file).is_file()
    assert sorted(folder.name for folder in (space / "zoo").iterdir()) == MODELS
    assert not list(space.rglob("__pycache__"))
    assert "*.safetensors filter=lfs" in (space / ".gitattributes").read_text()


def test_nothing_is_overwritten(space, in_small_course, tmp_path):
    with pytest.raises(CourseError, match="not empty"):
        write_space(space)
    with pytest.raises(CourseError, match="no-such-model"):
        write_space(tmp_path / "new", ["no-such-model"])
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("with_spaces", [True, pytest.param(False, marks=pytest.mark.bench)])
@pytest.mark.slow
def test_it_answers_from_its_folder_alone(space, tmp_path, with_spaces):
    environment = {key: value for key, value in os.environ.items() if key not in ("COURSE_ROOT", "PYTHONPATH")}
    environment |= {"GRADIO_TEMP_DIR": str(tmp_path / "cache"), "OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"}
    command = ALONE
    if with_spaces:  # what ZeroGPU has: a module whose decorator notes who asks
        (tmp_path / "spaces.py").write_text(
            "def GPU(function):\n    print('asked:', function.__name__)\n    return function\n"
        )
        command = f"import sys; sys.path.append({str(tmp_path)!r})\n" + ALONE
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", command],
            cwd=space,
            env=environment,
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
        )
    try:
        address = wait_for_address(process, tmp_path / "log")
        page = httpx.get(address, timeout=60)
        assert page.status_code == 200 and "Losses You Can See" in page.text
        started = httpx.post(f"{address}/gradio_api/call/translate", json={"data": ["256b256", 3]}, timeout=60)
        with httpx.stream(
            "GET", f"{address}/gradio_api/call/translate/{started.json()['event_id']}", timeout=120
        ) as stream:
            lines = list(stream.iter_lines())
        assert "event: complete" in lines, lines
        assert any("Seed 3" in line for line in lines)
        assert "cat" in page.text
        trained = httpx.post(
            f"{address}/gradio_api/component_server", timeout=120,
            json={
                "session_hash": "a", "component_id": component(address, "collapse-lab"), "fn_name": "collapse",
                "data": {
                    "key": "0" * 32, "action": "step",
                    "settings": {"loss": "bce", "cure": "none", "data": "ring", "schedule": "patient", "seed": 0},
                },
            },
        ).json()  # fmt: skip
        assert trained["step"] == 1 and "fake" in trained
        assert ("asked: gpu" in (tmp_path / "log").read_text()) == with_spaces
    finally:
        process.terminate()
        process.wait(30)


def component(address: str, name: str) -> int:
    parts = httpx.get(f"{address}/config", timeout=60).json()["components"]
    return next(part["id"] for part in parts if part["props"].get("elem_id") == name)


def wait_for_address(process: subprocess.Popen, log: Path, seconds: float = 240) -> str:
    start = time.monotonic()
    while time.monotonic() - start < seconds:
        for word in log.read_text().split():
            if word.startswith("http://127.0.0.1:"):
                return word
        if process.poll() is not None:
            break
        time.sleep(0.2)
    raise AssertionError(f"no address after {time.monotonic() - start:.0f} s:\n{log.read_text()}")
