"""Two processes, killed without warning: the run that is resumed is the run that never stopped."""

import pytest

from benchmarks.kills import survive


@pytest.mark.bench
def test_a_killed_run_of_two_processes_comes_back_bit_for_bit(tmp_path):
    hit, different = survive("gan", kills=1, folder=tmp_path)
    assert hit == 1
    assert different == []
