"""The table of dishonest and broken submissions."""

from .broken import CASES as BROKEN
from .case import RIGHT, Hostile
from .forging import CASES as FORGING
from .harming import CASES as HARMING
from .reading import CASES as READING

ALL: list[Hostile] = [*BROKEN, *READING, *HARMING, *FORGING]

__all__ = ["ALL", "RIGHT", "Hostile"]
