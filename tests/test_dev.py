"""dev.py is the first thing a newcomer runs, before anything is installed."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def dev():
    spec = importlib.util.spec_from_file_location("dev", ROOT / "dev.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_needs_nothing_but_python():
    # -S: no site-packages. What dev.py imports must be in the standard library.
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(ROOT / "dev.py"), "--help"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    for verb in ("demo", "test", "lab", "grade", "bench", "gpu-check"):
        assert verb in done.stdout


def test_unknown_verb_is_one_sentence():
    done = subprocess.run([sys.executable, str(ROOT / "dev.py"), "tset"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "tset" in done.stderr
    assert "Traceback" not in done.stderr


def test_stamp_changes_with_any_requirement_file(dev, tmp_path):
    first, second = tmp_path / "a.txt", tmp_path / "b.txt"
    first.write_text("torch")
    second.write_text("pytest")
    before = dev.requirements_hash([first, second])
    assert dev.requirements_hash([first, second]) == before
    second.write_text("pytest>=8")
    assert dev.requirements_hash([first, second]) != before


def test_installs_only_when_requirements_changed(dev, tmp_path, monkeypatch):
    for name in ("requirements.txt", "requirements-dev.txt", "pyproject.toml"):
        (tmp_path / name).write_text(name)
    environment = tmp_path / ".venv"
    python = environment / "bin" / "python"
    calls = []
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    monkeypatch.setattr(dev, "VENV", environment)
    monkeypatch.setattr(dev, "PYTHON", python)
    monkeypatch.setattr(dev, "_call", lambda *command: calls.append(" ".join(map(str, command))))

    def create(folder, **_):
        python.parent.mkdir(parents=True)
        python.touch()

    monkeypatch.setattr(dev.venv, "create", create)
    dev.install(development=True)
    assert any("requirements-dev.txt" in call for call in calls)
    assert any("--editable" in call for call in calls)

    calls.clear()
    dev.install(development=True)
    dev.install(development=False)  # the development requirements contain the others
    assert calls == []

    (tmp_path / "requirements.txt").write_text("torch>=9")
    dev.install(development=False)
    assert any("requirements.txt" in call for call in calls)


def test_a_failed_step_is_named(dev, monkeypatch, capsys):
    def fail(development):
        raise subprocess.CalledProcessError(7, ["pip", "install"])

    monkeypatch.setattr(dev, "install", fail)
    monkeypatch.setattr(sys, "argv", ["dev.py", "demo"])
    assert dev.main() == 1
    assert "exit code 7" in capsys.readouterr().err


def test_the_makefile_has_every_verb():
    targets = next(line for line in (ROOT / "Makefile").read_text().splitlines() if line.startswith(".PHONY"))
    assert targets.split(":")[1].split() == ["demo", "test", "lab", "grade", "bench", "gpu-check"]
