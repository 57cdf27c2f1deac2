"""What the page knows of a tab: each folder in ``tabs`` ends its ``tab.py`` with ``TAB = Tab(…)``."""

from collections.abc import Callable, Collection
from dataclasses import dataclass


@dataclass(frozen=True)
class Tab:
    """One tab.

    Args:
        title: what a visitor reads on it.
        build: lays it out, inside the page that is being built; a ``CourseError`` closes the tab and is shown in it.
        models: what it needs of the zoo.
        warm: called in a thread of its own once the page starts: what is slow the first time is over before a visitor comes.
        any_model: it works with some of its models, and is not shown before the first of them is in the zoo.
        beside: models that it measures with: wanted where it is shown, but no reason to show it.
    """

    title: str
    build: Callable[[], None]
    models: tuple[str, ...] = ()
    any_model: bool = False
    beside: tuple[str, ...] = ()
    warm: Callable[[], None] | None = None

    def shown(self, there: Collection[str]) -> bool:
        """Whether a visitor sees it, if ``there`` is what the zoo holds."""
        return not self.any_model or any(name in there for name in self.models)

    def needs(self, there: Collection[str]) -> list[str]:
        """The models it asks the zoo for: of one that works with some of them, those that are there."""
        return [name for name in (*self.models, *self.beside) if name in there or not self.any_model]
