"""The page: a masthead and one tab per paper. Settings of the queue and the server are those of a public page."""

import html
import json
import logging
import os
import sys
import threading
from importlib import import_module
from typing import Any

import gradio as gr

from course_lib.app import theme
from course_lib.app.gate import GuardedApp
from course_lib.app.guard import GuardedBlocks
from course_lib.app.sessions import MOST as MOST_SESSIONS
from course_lib.app.start import no_place, own_folder, ports
from course_lib.app.sweep import Keeping, Sweeper
from course_lib.app.tab import Tab
from course_lib.errors import CourseError
from course_lib.models import zoo

_log = logging.getLogger(__name__)

# The folders in tabs/: first what a visitor draws, then in the course's order. A folder's name is also the tab's word in the
# address: ?tab=loss.
TABS = ("flat", "loss", "collapse", "generate", "superres", "colour", "pix2pix", "cyclegan", "gram", "style")

_MASTHEAD = """
<header class="masthead">
  <p class="name">Losses You Can See</p>
  <p class="what">A course on image-to-image translation. Its lessons are the losses; here you try what
  they trained.</p>
</header>
"""
_CLOSED = """
<div class="headline closed">
  <h1>This tab is closed</h1>
  <p>{} Put that right, then start the page again. <code>python -m course_lib zoo verify</code> checks every model.</p>
</div>
"""
_HEAD = '<meta name="description" content="Try the trained models of the course Losses You Can See.">'
# ?tab=… opens a tab, and a tab that is opened is in the address; what else a lab keeps there is its own affair.
_OPEN = """() => {
    for (const touch of ['pointerdown', 'keydown'])
        window.addEventListener(touch, () => { window.visitorTouched = true; }, {capture: true, once: true});
    const list = document.querySelector('#tabs [role=tablist]'), tabs = () => [...list.querySelectorAll('[role=tab]')];
    const rove = () => tabs().forEach((tab) => { tab.tabIndex = tab.ariaSelected === 'true' ? 0 : -1; });
    new MutationObserver(rove).observe(list, {subtree: true, childList: true, attributeFilter: ['aria-selected']});
    rove();
    list.addEventListener('keydown', (event) => {  // as the pattern of tabs wants it: the arrows lead from one to the next
        const all = tabs(), at = all.indexOf(document.activeElement), last = all.length - 1;
        const to = {ArrowRight: at < last ? at + 1 : 0, ArrowLeft: at > 0 ? at - 1 : last, Home: 0, End: last}[event.key];
        if (at < 0 || to === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
        event.preventDefault();
        all[to].focus();
        all[to].click();
    });
    const asked = new URLSearchParams(window.location.search).get('tab');
    return %s.includes(asked) ? {selected: asked, __type__: 'update'} : {__type__: 'update'};
}"""
_CHOSEN = """() => {
    const before = new URLSearchParams(window.location.search), words = new URLSearchParams({tab: '%s'});
    if (!window.visitorTouched || before.get('tab') === '%s') return;  // Gradio opens the first tab by itself
    if (before.has('__theme')) words.set('__theme', before.get('__theme'));
    window.history.replaceState(window.history.state, '', `?${words}`);
    window.dispatchEvent(new CustomEvent('tab-chosen', {detail: '%s'}));
}"""


def build() -> gr.Blocks:
    """The whole page. Loads the models; a tab whose model is missing or damaged says so, the others work."""
    own_folder()
    with GuardedBlocks(title="Losses You Can See", analytics_enabled=False, delete_cache=(600, 3600)) as page:
        gr.HTML(_MASTHEAD, padding=False)
        with gr.Tabs(elem_id="tabs", overflow_behavior="wrap") as tabs:
            for name, tab in shown().items():
                with gr.Tab(tab.title, id=name, elem_id=f"tab-{name}") as opened:
                    opened.select(None, None, None, js=_CHOSEN.replace("%s", name), api_visibility="private")
                    _lay_out(tab, page, opened)
        page.load(None, None, tabs, js=_OPEN % json.dumps(list(shown())), api_visibility="private")
    page.queue(api_open=False, max_size=20, default_concurrency_limit=1)
    page._queue.ANALYTICS_MAX_EVENTS = 100  # a table of them is made anew after each event, for a view that is closed
    return page


def _lay_out(tab: Tab, page: gr.Blocks, opened: gr.Tab) -> None:
    """A tab's content; if there is anything wrong with it, a sentence that says so, and nothing of what was begun."""
    parts, events = set(page.blocks), set(page.fns)
    try:
        tab.build()
        return
    except CourseError as error:
        told = str(error)
    except Exception as error:  # a card or a config is anybody's text: KeyError, TypeError, …
        _log.exception("A tab cannot be shown.")
        told = f"A card or a config of its models is not as it should be ({type(error).__name__}: {str(error)[:200]})."
    for number in set(page.blocks) - parts:
        del page.default_config.blocks[number]
    for number in set(page.fns) - events:
        del page.default_config.fns[number]
    opened.children.clear()
    with opened:
        gr.HTML(_CLOSED.format(html.escape(told)), padding=False)


def launch(page: gr.Blocks | None = None, keeping: Keeping | None = None, **settings: Any) -> tuple[Any, str, str]:
    """Serves the page on this computer alone, on a free port, unless the environment (a Space) says otherwise.

    Args:
        keeping: how long files of visitors are kept, and how many.
        settings: override Gradio's ``launch``; tests use ``prevent_thread_lock=True, quiet=True``.

    Raises:
        CourseError: there is no place to serve it.
    """
    tried = ports()
    page = page or build()
    threading.Thread(target=_warm, daemon=True).start()
    sweeper = Sweeper(page, own_folder(), keeping)
    sweeper.sweep()
    chosen: dict[str, Any] = {
        "theme": theme.theme(),
        "css": theme.css(),
        "head": _HEAD,
        "ssr_mode": False,
        "max_file_size": "8mb",
        "show_error": False,
        "run_history": False,
        "enable_monitoring": False,
        "footer_links": ["api", "gradio"],
        "inbrowser": _someone_watches(),
        "state_session_capacity": MOST_SESSIONS,
        "app_kwargs": {"lifespan": sweeper.running},
        "_app": GuardedApp(page, sweeper),
    }
    try:
        return page.launch(**(chosen | settings))
    except (OSError, OverflowError) as error:
        if getattr(error, "errno", None):  # Gradio's own complaint about ports has none
            raise CourseError(f"The page cannot be served here ({error}).") from error
        raise no_place(tried) from error


def _warm() -> None:
    for tab in shown().values():
        try:
            if tab.warm is not None:
                tab.warm()
        except Exception:  # the first visitor of that tab is told what is wrong
            _log.exception("A tab could not be made ready.")


def _someone_watches() -> bool:
    """Whether there is a screen to open a browser on: not on a server, in a test, or on a Space."""
    if "SPACE_ID" in os.environ or sys.stdin is None or not sys.stdin.isatty():
        return False
    return sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def shown() -> dict[str, Tab]:
    """The tabs that a visitor sees, by name."""
    tabs = {name: import_module(f"course_lib.app.tabs.{name}.tab").TAB for name in TABS}
    there = zoo.names()
    return {name: tab for name, tab in tabs.items() if tab.shown(there)}


def models() -> list[str]:
    """The models that the shown tabs need."""
    there = zoo.names()
    return sorted({name for tab in shown().values() for name in tab.needs(there)})
