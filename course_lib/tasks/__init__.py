"""Tasks: one file a paper, which ends in ``TASK``. The command line offers those listed here."""

from typing import Any

from course_lib.tasks import cgan, cyclegan, fast_style, gan, pix2pix, srgan, srresnet
from course_lib.tasks.task import Task

TASKS: dict[str, Task[Any]] = {
    module.TASK.name: module.TASK for module in (pix2pix, cyclegan, gan, cgan, srresnet, srgan, fast_style)
}
