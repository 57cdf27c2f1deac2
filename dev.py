"""One command for everything: ``python dev.py demo | test | lab | grade | bench | gpu-check``.

Standard library only, so that it runs before anything is installed. It makes ``.venv``, installs the requirements (again
only when their files change), and runs the command in it.
"""

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import threading
import urllib.request
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
MINIMUM = (3, 11)
COMMANDS = {
    "demo": "open the web app",
    "test": "check style and types, run all tests",
    "lab": "open the lessons in JupyterLab, your own copies in lessons/",
    "grade": "grade an exercise: python dev.py grade 06_pix2pix",
    "bench": "run the long tests, then measure and print the project's figures",
    "gpu-check": "one real step of every task on this machine's GPU, compared with the CPU",
}
PLAYWRIGHT_HAS_ONE = """
import os, sys
from playwright.sync_api import sync_playwright
with sync_playwright() as engine:
    sys.exit(not os.path.isfile(engine.chromium.executable_path))
"""
# PyTorch's own index of builds without CUDA: about 200 MB in place of 6.5 GB.
CPU_WHEELS = "https://download.pytorch.org/whl/cpu"
SECONDS = 4  # to find out whether it can be reached
DEVELOPMENT = {"test", "bench"}  # commands that need requirements-dev.txt


class NoEnvironment(Exception):
    """Python's environment could not be made; says why, and what to do."""


def main() -> int:
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:  # a terminal without "…" shows a "?" and goes on
            stream.reconfigure(errors="replace")
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0],
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="\n".join(f"  {name:10} {what}" for name, what in COMMANDS.items()),
    )
    parser.add_argument("command", choices=COMMANDS, metavar="COMMAND")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="passed on to the command")
    chosen = parser.parse_args()
    if sys.version_info < MINIMUM:
        return _fail(
            f"Python {sys.version.split()[0]} is too old; the course needs {MINIMUM[0]}.{MINIMUM[1]} or newer."
        )
    try:
        install(development=chosen.command in DEVELOPMENT)
        return run(chosen.command, chosen.arguments)
    except NoEnvironment as error:
        return _fail(str(error))
    except subprocess.CalledProcessError as error:
        return _fail(f"This step failed with exit code {error.returncode}: {' '.join(map(str, error.cmd))}")
    except KeyboardInterrupt:
        return 130


def install(development: bool) -> None:
    """Makes the environment, unless one with these very requirements is there already."""
    files = [ROOT / "requirements.txt", ROOT / "pyproject.toml"]
    if development:
        files.append(ROOT / "requirements-dev.txt")
    stamp = VENV / ("dev.stamp" if development else "run.stamp")
    wanted = requirements_hash(files)
    if PYTHON.exists() and stamp.is_file() and stamp.read_text() == wanted:
        return
    if not _whole():
        print("Making .venv …", flush=True)
        try:
            venv.create(VENV, with_pip=True, clear=VENV.exists())
        except (subprocess.CalledProcessError, ImportError) as error:  # a Python without the module ensurepip
            raise NoEnvironment(
                "Python could not make an environment with pip in it. On Debian and Ubuntu: "
                f"apt install python{sys.version_info.major}.{sys.version_info.minor}-venv. Then run this again."
            ) from error
        except ValueError as error:  # a path with the character that separates paths
            raise NoEnvironment(f"{error} Move the course to a folder without it in its path.") from error
        except OSError as error:
            raise NoEnvironment(
                f"{VENV} could not be made ({error.strerror}). Put that right, then run this again."
            ) from error
    print("Installing what it needs (a few minutes the first time, mostly PyTorch) …", flush=True)
    if wants_cpu_wheels() and reachable(f"{CPU_WHEELS}/torch/"):
        install_cpu_wheels(ROOT / "requirements.txt")
    requirements = "requirements-dev.txt" if development else "requirements.txt"
    _call(PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", ROOT / requirements)
    _call(PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--editable", ROOT)
    stamp.write_text(wanted)
    if development:  # the development requirements contain the others
        (VENV / "run.stamp").write_text(requirements_hash(files[:2]))


def wants_cpu_wheels() -> bool:
    """Whether PyTorch's usual build would bring gigabytes of CUDA that nothing here can use: Linux without NVIDIA's driver."""
    if not sys.platform.startswith("linux"):
        return False  # elsewhere the usual build has no CUDA
    driver = (Path("/proc/driver/nvidia/version"), Path("/dev/nvidiactl"), Path("/usr/lib/wsl/lib/nvidia-smi"))
    return not (shutil.which("nvidia-smi") or any(path.exists() for path in driver))


def reachable(address: str, seconds: float = SECONDS) -> bool:
    """Whether an address answers, soon: a name that is never resolved is waited for no longer either."""
    answered = threading.Event()

    def ask() -> None:
        try:
            request = urllib.request.Request(address, method="HEAD")
            with urllib.request.urlopen(request, timeout=seconds):
                answered.set()
        except (OSError, ValueError):
            pass  # refused, forbidden, no network: the ordinary way is there
        finally:
            done.set()

    done = threading.Event()
    threading.Thread(target=ask, daemon=True).start()
    done.wait(seconds)
    return answered.is_set()


def install_cpu_wheels(requirements: Path) -> None:
    """PyTorch without CUDA, as the requirements ask for it; where that fails, what follows takes the usual build."""
    lines = (line.partition("#")[0].strip() for line in requirements.read_text(encoding="utf-8").splitlines())
    wanted = [line for line in lines if re.match(r"torch(vision)?\b", line)]
    pip = (
        PYTHON,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--timeout",
        "15",
        "--retries",
        "1",
    )
    try:
        _call(*pip, "--index-url", CPU_WHEELS, *wanted)
    except subprocess.CalledProcessError:
        print("PyTorch's builds without CUDA could not be had; the usual one is taken.", flush=True)


def _whole() -> bool:
    """Whether there is an environment with pip in it: one whose making broke off has a Python, but no pip."""
    if not PYTHON.exists():
        return False
    if any(VENV.glob("*.stamp")):  # something was installed with it
        return True
    try:
        return subprocess.run([str(PYTHON), "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def requirements_hash(files: list[Path]) -> str:
    """Changes when any of the files does, the Python they are installed for, or the place the course is installed from."""
    digest = hashlib.sha256(f"{sys.version} {ROOT}".encode())
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def run(name: str, arguments: list[str]) -> int:
    """The command itself, in the environment. The first exit code that is not 0 ends it."""
    if name == "test":
        ensure_chromium()
    commands: dict[str, list[list[str]]] = {
        "demo": [["app.py"]],
        "lab": [
            ["-m", "course_lib", "lessons", "--out", "lessons"],  # what a learner wrote there stays
            ["-m", "jupyter", "lab", f"--ServerApp.root_dir={ROOT}", "lessons/00_start_here.ipynb"],
        ],
        "grade": [["-P", "-m", "course_lib", "grade"]],
        "bench": [["-m", "pytest", "-n", "2", "--dist", "worksteal", "-m", "bench"], ["-m", "benchmarks"]],
        "gpu-check": [["-m", "course_lib", "gpu-check"]],
        "test": [
            ["-m", "ruff", "check", "."],
            ["-m", "ruff", "format", "--check", "."],
            ["-m", "mypy"],
            # Two processes of one thread do 1.6 times the work of one of two.
            ["-m", "pytest", "-n", "2", "--dist", "worksteal"],
        ],
    }
    environment = os.environ | ({"OMP_NUM_THREADS": "1"} if name == "test" else {})
    # What is named to be graded lies where the command was typed; -P: what lies there is not imported.
    folder = None if name == "grade" else ROOT
    *first, last = commands[name]
    for command in [*first, last + arguments]:
        code = subprocess.run([str(PYTHON), *command], cwd=folder, env=environment, check=False).returncode
        if code:
            return code
    return 0


def ensure_chromium() -> None:
    """Installs Chromium for the browser tests where that takes no question: on Debian, as root."""
    if os.environ.get("CHROMIUM") or any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))):
        return
    if subprocess.run([str(PYTHON), "-c", PLAYWRIGHT_HAS_ONE], check=False).returncode == 0:
        return
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing Chromium for the browser tests …", flush=True)
        quiet = {"stdout": subprocess.DEVNULL, "env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}}
        subprocess.run(["apt-get", "update", "-qq"], check=False, **quiet)
        subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"], check=False, **quiet)
    else:
        print("No Chromium found: the browser tests will be skipped. Set CHROMIUM to its path to run them.", flush=True)


def _call(*command: object) -> None:
    # PIP_USER would install beside the environment, which pip refuses inside one.
    subprocess.run([str(part) for part in command], check=True, env=os.environ | {"PIP_USER": "0"})


def _fail(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
