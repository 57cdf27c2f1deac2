"""Two processes, killed without warning: the run that is resumed is the run that never stopped."""

import signal
import subprocess
import time

import pytest

from benchmarks.kills import finish, same, start, survive
from course_lib.training.accelerator import another_process_ended


@pytest.mark.bench
def test_a_killed_run_of_two_processes_comes_back_bit_for_bit(tmp_path):
    hit, different = survive("gan", kills=1, folder=tmp_path)
    assert hit == 1
    assert different == []


@pytest.mark.bench
def test_one_killed_process_ends_the_other_with_a_sentence_and_the_run_goes_on_bit_for_bit(tmp_path):
    finish(start("gan", tmp_path / "whole"))
    one, other = start("gan", tmp_path / "run", "--save-every", "0", errors=subprocess.PIPE)
    while not (tmp_path / "run" / "checkpoint.pt").exists():
        assert one.poll() is None, one.stderr.read()
        time.sleep(0.01)
    other.send_signal(signal.SIGKILL)
    _, errors = one.communicate(timeout=120)
    assert one.returncode == 2
    assert b"Another process of this run has ended, so process 0 stops, too." in errors and b"--resume" in errors
    assert b"Traceback" not in errors
    other.communicate()
    finish(start("gan", tmp_path / "run", "--resume"))
    assert same(tmp_path / "whole" / "checkpoint.pt", tmp_path / "run" / "checkpoint.pt") == []


@pytest.mark.parametrize(
    ("words", "gone"),
    [
        ("[../gloo/transport/tcp/pair.cc:553] Connection closed by peer [127.0.0.1]:53126", True),
        ("[/pytorch/gloo/transport/tcp/pair.cc:547] Read error [127.0.0.1]:17: Connection reset by peer", True),
        (
            "ncclRemoteError: A call failed possibly due to a network error or a remote process exiting prematurely.",
            True,
        ),
        ("The size of tensor a (3) must match the size of tensor b (4)", False),
        ("CUDA out of memory", False),
    ],
)
def test_the_words_of_an_end_elsewhere(words, gone):
    assert another_process_ended(RuntimeError(words)) is gone
    assert not another_process_ended(ValueError(words))
