"""What the papers' tests share."""

import pytest

from course_lib.models.export import trained_networks
from course_lib.training.checkpoint import conditions, load_checkpoint, read_checkpoint, save_checkpoint


class Set:
    """Four examples, of which nobody asks for one."""

    def __len__(self):
        return 4

    def digest(self):
        return "four"


class Kept:
    """A checkpoint of a task on the disk."""

    def __init__(self, path):
        self.path = path

    def save(self, one):
        now = conditions(Set(), one.config.batch, 0, one.accelerator)
        save_checkpoint(self.path, one, one.accelerator, {"epoch": 0, "step": 1, "seconds": 0.0}, now, [])

    def load(self, one):
        load_checkpoint(self.path, one, one.accelerator, conditions(Set(), one.config.batch, 0, one.accelerator))

    def networks(self, task, config):
        """What a finished run exports, by part."""
        return trained_networks(task, config, read_checkpoint(self.path))


@pytest.fixture
def kept(tmp_path):
    return Kept(tmp_path / "c.pt")
