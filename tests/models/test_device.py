"""The memory that is told is what a process held at most, not what it holds now, nor what another one held."""

import subprocess
import sys

import numpy as np
import pytest

from course_lib.models.device import peak_memory

MEGABYTES = 200


def test_the_peak_stays_when_the_memory_is_given_back():
    block = np.ones(MEGABYTES * 10**6, dtype=np.uint8)
    held = peak_memory()
    del block
    assert held > MEGABYTES * 10**6
    assert abs(peak_memory() - held) < 5 * 10**6  # the kernel counts pages in batches


@pytest.mark.bench
def test_a_process_is_not_told_what_held_the_one_that_started_it():
    block = np.ones(4 * MEGABYTES * 10**6, dtype=np.uint8)
    words = "from course_lib.models.device import peak_memory; print(peak_memory())"
    told = subprocess.run([sys.executable, "-c", words], check=True, capture_output=True, text=True)
    assert int(told.stdout) < peak_memory() - len(block) // 2
