"""A picture that forms before the reader's eyes, with a button that stops it; a strip of pictures where nothing is live."""

import base64
import io
import os
import threading
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from matplotlib.figure import Figure
from PIL import Image

from course_lib.data.pictures import to_picture
from course_lib.plots.pictures import picture_grid
from course_lib.plots.slider import VIEW

SHOWN = 320  # pixels, the least width of the live picture


class Moment(NamedTuple):
    """One picture on the way, and what is said of it."""

    picture: Image.Image
    said: str


class Live:
    """A cell's last value. In a running notebook the work goes on in a thread of its own, so that the button is heard, and
    the picture is renewed as it forms. A page that shows stored outputs (or an installation without ipywidgets) shows
    a strip of pictures from beginning to end.

    Args:
        work: is given a question, "was Stop pressed?", and yields (picture tensor (1, 3, H, W) in [−1, 1], a few words)
            until it is done or the answer is yes. It is begun once.
        strip: how many pictures the strip has.
        every: each so manieth picture is shown live.
    """

    def __init__(self, work: Callable[[Callable[[], bool]], Iterable[Any]], *, strip: int = 5, every: int = 3) -> None:
        self.work, self.strip, self.every = work, strip, every
        self.moments: list[Moment] = []
        self.error: BaseException | None = None
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def stop(self) -> None:
        """What the button does: the picture so far is the result."""
        self._stop.set()

    def result(self) -> list[Moment]:
        """All pictures in order; waits until the last is there.

        Raises:
            BaseException: whatever ended the work.
        """
        self._begin()
        assert self._thread is not None
        self._thread.join()
        if self.error is not None:
            raise self.error
        return self.moments

    def figure(self) -> Figure:
        """The strip: the first picture, the last, and some between, evenly."""
        found = self.result()
        last, count = len(found) - 1, min(self.strip, len(found))
        chosen = [found[round(last * at / max(count - 1, 1))] for at in range(count)]
        return picture_grid([[one.picture for one in chosen]], column_names=[one.said for one in chosen], side=2.0)

    def widget(self) -> Any:
        """The button above the picture.

        Raises:
            ImportError: ipywidgets is not installed.
        """
        import ipywidgets

        button = ipywidgets.Button(description="Stop", icon="stop")
        button.on_click(lambda _: self.stop())
        self._image, self._words = ipywidgets.Image(format="png"), ipywidgets.Label("starting …")
        self._begin()
        return ipywidgets.VBox([ipywidgets.HBox([button, self._words]), self._image])

    def _begin(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, daemon=True)
            self._thread.start()

    def _run(self) -> None:
        try:
            for at, (picture, said) in enumerate(self.work(self._stop.is_set)):
                self.moments.append(Moment(to_picture(picture), said))
                if at % self.every == 0:
                    self._show()
            self._show()
        except BaseException as error:
            self.error = error

    def _show(self) -> None:
        if not hasattr(self, "_image") or not self.moments:
            return
        picture, said = self.moments[-1]
        times = -(-SHOWN // picture.width)
        page = io.BytesIO()
        picture.resize((times * picture.width, times * picture.height), Image.Resampling.BICUBIC).save(page, "PNG")
        self._image.value, self._words.value = page.getvalue(), said

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        if (
            os.environ.get("COURSE_STRICT") != "1"
        ):  # else: the run that makes the committed notebook, no widget outlives it
            try:
                view = self.widget()._repr_mimebundle_() or {}
                if VIEW in view:
                    return {VIEW: view[VIEW], "text/plain": "a picture that forms, with a button that stops it"}
            except ImportError:
                pass
        page = io.BytesIO()
        self.figure().savefig(page, format="png", bbox_inches="tight")
        return {"image/png": base64.b64encode(page.getvalue()).decode(), "text/plain": "a picture as it formed"}
