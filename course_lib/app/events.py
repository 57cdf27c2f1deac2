"""What may be asked of the page: its events and its server functions, by number or by name, with inputs that are some.

Gradio takes anything here and answers nonsense with a traceback.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NoReturn

import gradio as gr

from course_lib.app.answers import Refused

SESSION = re.compile(r"[A-Za-z0-9_-]{1,64}")
_EVENT_FIELDS = frozenset({"data", "fn_index", "session_hash", "event_data", "trigger_id", "event_id"})
_SERVER_FIELDS = frozenset({"data", "component_id", "fn_name", "session_hash"})


def check_event(page: gr.Blocks, api_name: str | None = None) -> Callable[[dict[str, Any]], None]:
    """For the queue: an event of the page by its number, or one by its public name."""

    def check(body: dict[str, Any]) -> None:
        _only(body, _EVENT_FIELDS)
        if not isinstance(body.get("data"), list):
            _wrong("data", body.get("data"), "a list with the inputs of the event")
        if body.get("session_hash") is not None or api_name is None:
            _check_session(body.get("session_hash"))
        if body.get("event_id") is not None:
            _check_session(body["event_id"], "event_id")
        trigger = body.get("trigger_id")
        if trigger is not None and (not _is_whole(trigger) or trigger not in page.blocks):
            _wrong("trigger_id", trigger, "the number of a component of this page")
        if api_name is not None:
            _check_count(body["data"], len(_parameters(page, api_name)))
            if body.get("fn_index") is not None:
                _wrong("fn_index", body["fn_index"], "left out where the event is named")
            return
        number = body.get("fn_index")
        if not _is_whole(number) or number not in page.fns or page.fns[number].fn is None:
            raise Refused(404, f"There is no event {str(number)[:40]!r} here. Reload the page.")
        _check_count(body["data"], len(page.fns[number].inputs))

    return check


def _check_count(data: list[Any], most: int) -> None:
    if len(data) > most:
        raise Refused(400, f"data has {len(data)} entries; the event takes {most}.")


def check_named_inputs(page: gr.Blocks, api_name: str) -> Callable[[dict[str, Any]], None]:
    """For the queue: a public event whose inputs come by their names."""

    def check(body: dict[str, Any]) -> None:
        parameters = _parameters(page, api_name)
        _only(body, frozenset(one["parameter_name"] for one in parameters))
        for one in parameters:
            if one["parameter_name"] not in body and not one["parameter_has_default"]:
                raise Refused(400, f"The event {api_name} needs {one['parameter_name']}.")

    return check


def _parameters(page: gr.Blocks, api_name: str) -> list[dict[str, Any]]:
    """The inputs of a public event.

    Raises:
        Refused: 404, there is no such event.
    """
    try:
        return _public_events(page)[f"/{api_name}"]["parameters"]
    except KeyError:
        raise Refused(
            404, f"There is no event {api_name[:40]!r} here. The page lists its events under “API”."
        ) from None


@lru_cache(maxsize=1)
def _public_events(page: gr.Blocks) -> dict[str, Any]:
    return dict(page.get_api_info()["named_endpoints"])


def check_server_call(page: gr.Blocks) -> Callable[[dict[str, Any]], None]:
    """For a function of a component: one that the page offers."""

    def check(body: dict[str, Any]) -> None:
        _only(body, _SERVER_FIELDS)
        if "data" not in body:
            _wrong("data", None, "what the function is asked")
        _check_session(body.get("session_hash"))
        number, name = body.get("component_id"), body.get("fn_name")
        part = page.blocks.get(number) if isinstance(number, int) and _is_whole(number) else None
        offered = getattr(part, name, None) if isinstance(name, str) and part is not None else None
        if not getattr(offered, "_is_server_fn", False):
            raise Refused(404, f"There is no function {str(name)[:40]!r} here. Reload the page.")

    return check


def _only(body: dict[str, Any], fields: frozenset[str]) -> None:
    for name in body.keys() - fields:
        raise Refused(400, f"The request has a field {name[:40]!r}; there is {', '.join(sorted(fields))}.")


def _check_session(value: Any, name: str = "session_hash") -> None:
    if not isinstance(value, str) or not SESSION.fullmatch(value):
        _wrong(name, value, "1 to 64 letters, digits, - or _")


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _wrong(name: str, value: Any, right: str) -> NoReturn:
    raise Refused(400, f"{name} is {str(value)[:40]!r}; it must be {right}.")
