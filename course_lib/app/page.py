"""The page: a masthead and one tab per paper. Settings of the queue and the server are those of a public page."""

import html
import json
import os
import sys
from typing import Any

import gradio as gr
from starlette.middleware import Middleware

from course_lib.app import theme
from course_lib.app.guard import GuardedBlocks, LimitBody
from course_lib.app.tabs.collapse import tab as collapse_tab
from course_lib.app.tabs.cyclegan import tab as cyclegan_tab
from course_lib.app.tabs.generate import tab as generate_tab
from course_lib.app.tabs.loss import tab as loss_tab
from course_lib.app.tabs.pix2pix import tab as pix2pix_tab
from course_lib.errors import CourseError
from course_lib.models import zoo

# A tab is a module with TITLE, ADDRESS (its word in the page's address: ?tab=loss), MODELS (what it needs of the zoo) and
# build_tab(). Their order is the course's. One that needs only some of its models says so (ANY_MODEL = True): it is not
# shown before the first of them is in the zoo.
TABS = (loss_tab, collapse_tab, generate_tab, pix2pix_tab, cyclegan_tab)

_MASTHEAD = """
<header class="masthead">
  <p class="name">Losses You Can See</p>
  <p class="what">A course on image-to-image translation. Its lessons are the losses; here you try what they trained.</p>
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
    with GuardedBlocks(title="Losses You Can See", analytics_enabled=False, delete_cache=(600, 3600)) as page:
        gr.HTML(_MASTHEAD, padding=False)
        with gr.Tabs(elem_id="tabs") as tabs:
            for tab in shown():
                with gr.Tab(tab.TITLE, id=tab.ADDRESS, elem_id=f"tab-{tab.ADDRESS}") as opened:
                    opened.select(None, None, None, js=_CHOSEN.replace("%s", tab.ADDRESS), api_visibility="private")
                    try:
                        tab.build_tab()
                    except CourseError as error:
                        gr.HTML(_CLOSED.format(html.escape(str(error))), padding=False)
        page.load(None, None, tabs, js=_OPEN % json.dumps([tab.ADDRESS for tab in shown()]), api_visibility="private")
    return page.queue(api_open=False, max_size=20, default_concurrency_limit=1)


def launch(page: gr.Blocks | None = None, **settings: Any) -> tuple[Any, str, str]:
    """Serves the page on this computer alone, on a free port, unless the environment (a Space) says otherwise.

    ``settings`` override Gradio's ``launch``; tests use ``prevent_thread_lock=True, quiet=True``.
    """
    page = page or build()
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
        "app_kwargs": {"middleware": [Middleware(LimitBody)]},
    }
    return page.launch(**(chosen | settings))


def _someone_watches() -> bool:
    """Whether there is a screen to open a browser on: not on a server, in a test, or on a Space."""
    if "SPACE_ID" in os.environ or sys.stdin is None or not sys.stdin.isatty():
        return False
    return sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def shown() -> list[Any]:
    """The tabs that a visitor sees."""
    return [tab for tab in TABS if not _any_model(tab) or set(tab.MODELS) & set(zoo.names())]


def models() -> list[str]:
    """The models that the shown tabs need: of one that works with some of its models, those that are there."""
    there = set(zoo.names())
    return sorted({name for tab in shown() for name in tab.MODELS if name in there or not _any_model(tab)})


def _any_model(tab: Any) -> bool:
    return getattr(tab, "ANY_MODEL", False)
