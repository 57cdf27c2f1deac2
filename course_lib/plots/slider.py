"""One figure under a slider: live where widgets are, a still picture everywhere else."""

import base64
import io
from collections.abc import Callable, Sequence
from typing import Any

from matplotlib.figure import Figure

from course_lib.errors import CourseError

VIEW = "application/vnd.jupyter.widget-view+json"


class Slider:
    """A cell's last value. In a running notebook the slider redraws the figure; a page that shows stored outputs (or
    an installation without ipywidgets) shows the figure of ``start``.

    Args:
        draw: value → figure. It is called when a value is first chosen.
        values: what the slider steps through, in order.
        label: the slider's name.
        start: the value that is shown first; one of ``values``.

    Raises:
        CourseError: no values, or a start that is none of them.
    """

    def __init__(self, draw: Callable[[Any], Figure], values: Sequence[Any], *, label: str, start: Any) -> None:
        if start not in values:
            raise CourseError(f"start is {start!r}; it must be one of the slider's values {list(values)!r}.")
        self.draw, self.values, self.label, self.start = draw, list(values), label, start
        self._drawn: dict[Any, bytes] = {}

    def picture(self, value: Any) -> bytes:
        """The figure of a value as PNG."""
        if value not in self._drawn:
            page = io.BytesIO()
            self.draw(value).savefig(page, format="png", bbox_inches="tight")
            self._drawn[value] = page.getvalue()
        return self._drawn[value]

    def widget(self) -> Any:
        """The slider above its figure.

        Raises:
            ImportError: ipywidgets is not installed.
        """
        import ipywidgets

        choose = ipywidgets.SelectionSlider(
            options=[(str(value), value) for value in self.values], value=self.start, description=self.label,
            continuous_update=False, style={"description_width": "initial"},
        )  # fmt: skip
        shown = ipywidgets.Image(value=self.picture(self.start), format="png")
        shown.layout.max_width = "100%"

        def show(change: Any) -> None:
            shown.value = self.picture(change["new"])

        choose.observe(show, names="value")
        return ipywidgets.VBox([choose, shown])

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        still = {
            "image/png": base64.b64encode(self.picture(self.start)).decode(),
            "text/plain": f"{self.label}: {self.start} (a slider where ipywidgets runs)",
        }
        try:
            view = self.widget()._repr_mimebundle_()
        except ImportError:
            return still
        return still | {VIEW: view[VIEW]} if VIEW in (view or {}) else still
