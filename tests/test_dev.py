"""dev.py is the first thing a newcomer runs, before anything is installed."""

import http.server
import importlib.util
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def dev():
    spec = importlib.util.spec_from_file_location("dev", ROOT / "dev.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.really_reachable, module.reachable = module.reachable, lambda address: False  # no test asks the network
    return module


def test_needs_nothing_but_python():
    # -S: no site-packages. What dev.py imports must be in the standard library.
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(ROOT / "dev.py"), "--help"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    for command in ("demo", "test", "lab", "grade", "bench", "gpu-check"):
        assert command in done.stdout


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


@pytest.fixture
def empty_course(dev, tmp_path, monkeypatch):
    """A course in which nothing was made yet; what pip is asked to do is written down."""
    for name in ("requirements.txt", "requirements-dev.txt", "pyproject.toml"):
        (tmp_path / name).write_text(name)
    dev.calls = []
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    monkeypatch.setattr(dev, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(dev, "PYTHON", tmp_path / ".venv" / dev.PYTHON.relative_to(ROOT / ".venv"))
    monkeypatch.setattr(dev, "_call", lambda *command: dev.calls.append(" ".join(map(str, command))))
    return tmp_path


@pytest.mark.parametrize(
    ("system", "driver", "answers", "cpu"),
    [
        ("linux", False, True, True),
        ("linux", False, False, False),  # PyTorch's index cannot be reached: the ordinary way, and nothing else
        ("linux", True, True, False),
        ("darwin", False, True, False),
        ("win32", False, True, False),
    ],
)
def test_which_pytorch_is_installed(dev, empty_course, monkeypatch, system, driver, answers, cpu):
    asked = []
    (empty_course / "requirements.txt").write_text("torch>=2.9\ntorchvision>=0.24  # pictures\ntorchmetrics\nnumpy\n")
    monkeypatch.setattr(dev.sys, "platform", system)
    monkeypatch.setattr(dev.shutil, "which", lambda name: "/usr/bin/nvidia-smi" if driver else None)
    monkeypatch.setattr(dev.Path, "exists", lambda path: False)
    monkeypatch.setattr(dev, "reachable", lambda address: asked.append(address) or answers)
    monkeypatch.setattr(dev, "_whole", lambda: True)
    dev.VENV.mkdir()
    dev.install(development=False)
    first = dev.calls[0]
    assert first.endswith("--index-url https://download.pytorch.org/whl/cpu torch>=2.9 torchvision>=0.24") == cpu
    assert len(dev.calls) == (3 if cpu else 2)
    assert "-r" in dev.calls[-2] and "--index-url" not in dev.calls[-2]  # the rest comes the ordinary way
    assert asked == (["https://download.pytorch.org/whl/cpu/torch/"] if (system, driver) == ("linux", False) else [])


def test_builds_that_fail_to_come_leave_the_ordinary_way(dev, empty_course, monkeypatch, capsys):
    calls = []

    def call(*command):
        calls.append(command)
        if "--index-url" in command:
            raise subprocess.CalledProcessError(1, command)

    monkeypatch.setattr(dev, "_call", call)
    monkeypatch.setattr(dev, "wants_cpu_wheels", lambda: True)
    monkeypatch.setattr(dev, "reachable", lambda address: True)
    monkeypatch.setattr(dev, "_whole", lambda: True)
    dev.VENV.mkdir()
    dev.install(development=False)
    assert len(calls) == 3 and "the usual one is taken" in capsys.readouterr().out


def test_an_address_that_does_not_answer_is_given_up_soon(dev, monkeypatch):
    def server(code):
        class Answer(http.server.BaseHTTPRequestHandler):
            def do_HEAD(self):
                self.send_response(code)
                self.end_headers()

            def log_message(self, *_):
                pass

        one = http.server.HTTPServer(("127.0.0.1", 0), Answer)
        threading.Thread(target=one.serve_forever, daemon=True).start()
        return one

    monkeypatch.setenv("no_proxy", "127.0.0.1")
    for code, expected in ((200, True), (403, False), (503, False)):
        one = server(code)
        assert dev.really_reachable(f"http://127.0.0.1:{one.server_port}/") is expected
        one.shutdown()
        one.server_close()
    with socket.socket() as silent:  # takes the call and says nothing
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        begun = time.monotonic()
        assert not dev.really_reachable(f"http://127.0.0.1:{silent.getsockname()[1]}/", seconds=0.3)
        assert time.monotonic() - begun < 3


@pytest.mark.bench
@pytest.mark.slow
def test_an_environment_left_half_made_is_completed(dev, empty_course):
    """As on Debian without python3-venv: a Python, no pip. The second run, with ensurepip there, makes it whole."""
    dev.venv.create(dev.VENV, with_pip=False)
    (dev.VENV / "left-over").touch()
    assert dev.PYTHON.exists() and not dev._whole()
    dev.install(development=False)
    assert dev._whole() and len(dev.calls) == 2 and not (dev.VENV / "left-over").exists()
    (dev.VENV / "run.stamp").unlink()  # as if the network had failed while pip was at work
    (dev.VENV / "kept").touch()
    dev.install(development=False)
    assert (dev.VENV / "kept").exists()  # what is whole is not made anew


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (subprocess.CalledProcessError(1, ["ensurepip"]), "apt install python3."),
        (ModuleNotFoundError("ensurepip"), "apt install python3."),
        (PermissionError(13, "Permission denied"), "could not be made (Permission denied)"),
        (ValueError("Refusing to create a venv in /a:b because it contains the PATH separator :."), "Move the course"),
    ],
)
def test_an_environment_that_cannot_be_made(dev, empty_course, monkeypatch, capsys, error, said):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr(dev.venv, "create", fail)
    monkeypatch.setattr(sys, "argv", ["dev.py", "demo"])
    assert dev.main() == 1 and dev.calls == []
    told = capsys.readouterr().err
    assert said in told and told.count("\n") == 1


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


@pytest.fixture
def noted(dev, monkeypatch):
    """dev.py with its commands noted instead of run; set ``code`` for what they return."""
    dev.commands, dev.code = [], 0

    def run(command, **settings):
        dev.commands.append((command, settings))
        return subprocess.CompletedProcess(command, dev.code)

    monkeypatch.setattr(dev.subprocess, "run", run)
    monkeypatch.setattr(dev, "ensure_chromium", lambda: None)
    return dev


def test_arguments_pass_through(noted):
    assert noted.run("grade", ["06_pix2pix", "--report", "json:out.json"]) == 0
    [(command, settings)] = noted.commands
    assert command[1:] == ["-P", "-m", "course_lib", "grade", "06_pix2pix", "--report", "json:out.json"]
    assert settings["cwd"] is None  # the paths are those of where it was typed


def test_tests_come_after_the_checks_and_use_one_thread(noted):
    noted.run("test", ["-k", "losses"])
    programs = [command[2] for command, _ in noted.commands]
    assert programs[0] == "ruff" and "mypy" in programs and programs[-1] == "pytest"
    assert noted.commands[-1][0][-2:] == ["-k", "losses"]
    assert all(settings["env"]["OMP_NUM_THREADS"] == "1" for _, settings in noted.commands)


def test_the_first_failure_ends_it(noted):
    noted.code = 3
    assert noted.run("test", []) == 3
    assert len(noted.commands) == 1


def test_the_lab_opens_copies_that_are_written_first(noted):
    assert noted.run("lab", ["--no-browser"]) == 0
    copies, lab = [command[1:] for command, _ in noted.commands]
    assert copies == ["-m", "course_lib", "lessons", "--out", "lessons"]
    assert lab[:3] == ["-m", "jupyter", "lab"] and lab[-2:] == ["lessons/00_start_here.ipynb", "--no-browser"]
    assert f"--ServerApp.root_dir={ROOT}" in lab  # so that links to ../exercises open
