"""Output that fits every terminal: plain letters where an encoding has no others."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from course_lib.terminal import fitting, plain, speak_plainly

ROOT = Path(__file__).parents[1]
PLAIN = {
    "✓ ✗ ◐ – ?": "+ x ~ - ?",
    "λ·‖∇D‖² ≤ ½ε → −log σ(x) …": "lambda*||grad D||^2 <= 1/2epsilon -> -log sigma(x) ...",
    "70×70, façade, Müller": "70x70, facade, Muller",
    "╭─ Ωmega │": "+- omegamega |",
    "김": "?",
    "\udcff": "?",
}


@pytest.mark.parametrize("text", PLAIN)
def test_plain(text):
    assert plain(text) == PLAIN[text]


@pytest.mark.parametrize("encoding", ["ascii", "cp949", "cp1252", "cp437", "latin-1", "shift_jis", "utf-8"])
def test_nothing_that_is_printed_fails(encoding, monkeypatch):
    out = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", None)  # a window without a console
    everything = "".join(map(chr, [*range(0x20, 0x3000), *range(0xAC00, 0xAC80), 0xDCFF, 0x1F600]))
    fitting(everything).encode(encoding, "strict" if encoding != "utf-8" else "replace")
    speak_plainly()
    print("✗ 김민지 λ", everything)
    out.flush()
    said = out.buffer.getvalue().decode(encoding)
    assert ("김민지" in said) == (encoding in ("cp949", "utf-8")) and ("✗" in said) == (encoding == "utf-8")


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["zoo", "list"], marks=pytest.mark.bench),
        pytest.param(["train", "pix2pix", "--help"], marks=pytest.mark.bench),
        ["--help"],
        ["grade", "--help"],
        ["fly"],
    ],
)
def test_every_command_speaks_plainly(command):
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "course_lib", *command],
        capture_output=True,
        env=environment,
        cwd=ROOT,
        timeout=120,
        check=False,
    )
    assert done.returncode in (0, 2) and b"Traceback" not in done.stderr, done.stderr
    assert (done.stdout + done.stderr).isascii()
