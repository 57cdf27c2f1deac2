"""What a card says of a run, whenever it is exported. That it gives the run's networks is tested with each task."""

from course_lib.models.export import _steps


def test_steps_are_those_of_the_checkpoint_not_of_the_last_line_of_the_log(tmp_path):
    log = tmp_path / "log.jsonl"
    log.write_text('{"step": 50}\n{"step": 100}\n')
    conditions = {"examples": 10, "global_batch": 4}  # two steps an epoch; two examples wait for another one
    assert _steps({"conditions": conditions, "position": {"epoch": 60, "step": 1}}, log) == 121
    assert _steps({"conditions": {}, "position": {"epoch": 60, "step": 1}}, log) == 100  # of an earlier version
    assert _steps({"conditions": {}, "position": {"epoch": 0, "step": 1}}, tmp_path / "none") is None
