"""What tests of several rooms share."""

import io
import os
import shutil
import sys
import tarfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run",
]  # fmt: skip
SECONDS = 120  # a page on two cores that others work on too


def find_chromium(own: str) -> str | None:
    """$CHROMIUM, then the PATH, then Playwright's own, if it is there."""
    on_path = (shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))
    for candidate in (os.environ.get("CHROMIUM"), *on_path, own):
        if candidate and Path(candidate).is_file():
            return candidate
    return None


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A real browser; skipped where there is none, but not in CI."""
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as engine:
        path = find_chromium(engine.chromium.executable_path)
        if path is None:
            sentence = "no Chromium: set CHROMIUM to its path, or install it"
            if os.environ.get("CI", "").lower() in ("1", "true"):
                pytest.fail(sentence)
            pytest.skip(sentence)
        browser = engine.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def shard() -> Any:
    """shard(path, {"0001.a.png": bytes, …}): a WebDataset shard, its files in that order."""

    def make(path: Path, files: dict[str, bytes]) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tarfile.open(path, "w") as archive:
            for name, content in files.items():
                entry = tarfile.TarInfo(name)
                entry.size = len(content)
                archive.addfile(entry, io.BytesIO(content))
        return path

    return make


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """run("zoo", "list") → (exit code, stdout, stderr), as if the command line were started anew."""
    from course_lib import cli
    from course_lib.training.accelerator import fresh_accelerator

    monkeypatch.setattr(warnings, "showwarning", warnings.showwarning)  # main() puts its own there
    fresh_accelerator("cpu", "fp32")

    def call(*words: Any) -> tuple[Any, str, str]:
        monkeypatch.setattr(sys, "argv", ["course_lib", *map(str, words)])
        code: Any = 0
        try:
            cli.main()
        except SystemExit as stop:
            code = stop.code or 0
        out, err = capsys.readouterr()
        return code, out, err

    return call
