"""The old place of the drawn façades, kept for one release: they are in ``course_lib.data.synthetic``."""

from course_lib.data.synthetic.facade_blocks import FacadeBlocks, facade_blocks

__all__ = ["FacadeBlocks", "facade_blocks"]
