"""Widgets and the address agree: Streamlit's binding (`bind="query-params"`), mended where it lets go.

Streamlit 1.67 keeps a bound widget's value in the address, but

* an answer that was on its way when somebody changed another setting carries the address of a moment before,
  and takes the newer setting out of it;
* a widget that leaves the page and comes back keeps its value but not its parameter;
* a parameter that nobody can read (`?seed=inf`) is dropped without a word, or ends in an exception;
* a choice stands in the address by its label, so a better label would break every link to it (`renamed`).

All bindings, of every widget of every page, pass through two methods of SessionState and one of QueryParams.
They are wrapped here, once: at the end of a run the address says what the widgets say, and what was ignored
in it can be told (`ignored`).
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.state.common import WidgetMetadata
from streamlit.runtime.state.query_params import (
    QueryParams,
    _coerce_value_for_query_url,
    is_empty_url_value,
    parse_url_param,
)
from streamlit.runtime.state.session_state import SessionState

Written = str | list[str]
_RENAMED: dict[str, dict[str, str]] = {}  # a widget's key → former label of a choice → the label it has now


@dataclass
class Ignored:
    """A parameter that its widget could not take.

    key: what holds the setting in the session. shown: what that said when this was first told.
    """

    name: str
    text: str
    why: str
    page: str
    key: str
    shown: Any = None
    announced: bool = False

    def __str__(self) -> str:
        text = self.text if len(self.text) <= 40 else f"{self.text[:40]}…"
        return f"{self.name} = {text!r}, which {self.why}"


def ignored() -> list[Ignored]:
    """What this page ignored in its address, until somebody sets the widget to something else."""
    context = get_script_run_ctx()
    if context is None:
        return []
    state = _of(context.session_state)
    notes = _notes(state)
    for name, note in list(notes.items()):
        if not note.announced:
            note.shown, note.announced = _now(state, note.key), True
        if note.page != context.page_script_hash or _now(state, note.key) != note.shown:
            del notes[name]
    return list(notes.values())


def ignore(name: str, text: str, why: str, *, key: str) -> None:
    """Tell of a parameter that no widget is bound to and that could not be read, wholly or in part.

    why: to follow "which". key: what holds the setting in the session; when that changes, no more is told.
    """
    context = get_script_run_ctx()
    if context is not None:
        _notes(_of(context.session_state))[name] = Ignored(name, text, why, _page(), key)


def renamed(key: str, labels: Mapping[str, str]) -> None:
    """Addresses with a former label of a choice go on meaning it. labels: former label → the label of today.

    key: of the select box, segmented control or multiselect. Call it once, where the labels are defined.
    """
    _RENAMED.setdefault(key, {}).update(labels)


def _today(key: str, text: Written) -> Written:
    """What the address says, in the labels of today."""
    labels = _RENAMED.get(key, {})
    return labels.get(text, text) if isinstance(text, str) else [labels.get(part, part) for part in text]


def readdress(parameters: Mapping[str, str]) -> None:
    """Let the address say this, for widgets that have not been drawn yet as well as in the browser."""
    context = get_script_run_ctx()
    if context is not None:
        params = _of(context.session_state).query_params
        params.update(parameters)
        params._initial_query_params.update({name: [text] for name, text in parameters.items()})


def refusal(metadata: WidgetMetadata[Any], text: Written) -> str:
    """Why a widget cannot take what the address says, to follow "which"; "" where it can.

    It can if the value it reads would be written the same way: a value out of range, a word that is no choice
    or half of a list come back as something else.
    """
    kind = metadata.value_type
    if is_empty_url_value(text):
        chosen = metadata.deserializer([]) if kind == "string_array_value" else ""
        required = chosen is None and metadata.deserializer(None) is not None  # one of several, never none
        return "" if metadata.clearable and not required else "is empty"
    try:
        value = metadata.deserializer(parse_url_param(text, kind))
        if _same(_coerce_value_for_query_url(metadata.serializer(value), kind), text):
            known = metadata.formatted_options
            if known is None or all(part in known for part in _parts(text)):
                return ""
    except Exception:  # whatever a stranger's text does to a widget, it is no value of it
        pass
    if kind == "bool_value":
        return "is neither true nor false"
    if metadata.formatted_options is not None or kind.startswith(("string_array", "int_array")):
        return "is not one of its choices"
    if kind == "string_value":
        return "is too long"
    return "is out of its range" if all(map(_number, _parts(text))) else "is not a number it can take"


def _same(ours: Written, theirs: Written) -> bool:
    """Whether two parameters say the same, in these or in other digits."""
    pairs = list(zip(_parts(ours), _parts(theirs), strict=False))
    return len(_parts(ours)) == len(_parts(theirs)) and all(
        a.lower() == b.lower() or (_number(a) and _number(b) and float(a) == float(b)) for a, b in pairs
    )


def _number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _parts(text: Written) -> list[str]:
    return [text] if isinstance(text, str) else text


def _of(state: Any) -> SessionState:
    """The session's state behind its lock."""
    return cast(SessionState, getattr(state, "_state", state))


def _notes(state: SessionState) -> dict[str, Ignored]:
    return cast(dict[str, Ignored], state.query_params.__dict__.setdefault("_lab_ignored", {}))


def _now(state: SessionState, key: str) -> Any:
    try:
        return state[key]
    except KeyError:
        return None


def _seeding(streamlit: Callable[..., bool]) -> Callable[[SessionState, WidgetMetadata[Any], str, str, Written], bool]:
    """Streamlit's reading of one parameter for one widget, behind a look at what it says."""

    def seed(state: SessionState, metadata: WidgetMetadata[Any], key: str, widget_id: str, text: Written) -> bool:
        text = _today(key, text)
        why = refusal(metadata, text)
        if not why:
            return streamlit(state, metadata, key, widget_id, text)
        _notes(state)[key] = Ignored(key, ", ".join(_parts(text)), why, _page(), key)
        state.query_params.remove_param(key)
        return False

    return seed


@dataclass(frozen=True)
class _Sent:
    """An address that the server sent. run: what the browser reported to the run that sent it, to know it by.

    crossed: an earlier one had perhaps not yet arrived when the browser reported the address of this run.
    """

    page: str
    params: dict[str, Written]
    run: dict[str, list[str]]
    crossed: "_Sent | None"


def _page() -> str:
    context = get_script_run_ctx()
    return context.page_script_hash if context is not None else ""


def _reported(params: QueryParams) -> dict[str, Written]:
    """The address as the browser gave it with its request for this run."""
    found = params._initial_query_params.items()
    return {name: values[0] if len(values) == 1 else values for name, values in found}


def _crossing(params: QueryParams) -> _Sent | None:
    """The address sent last, if the browser may have put it over changes of its own since it reported.

    It has arrived in good order if the browser reports just that address. Another page, or a step back, is
    another address.
    """
    last = cast("_Sent | None", params.__dict__.get("_lab_sent"))
    if last is None or last.run is params._initial_query_params:
        return last.crossed if last is not None else None
    context = get_script_run_ctx()
    back = context is not None and context.is_history_navigation
    return last if last.page == _page() and not back and last.params != _reported(params) else None


def _sending(streamlit: Callable[[QueryParams], None]) -> Callable[[QueryParams], None]:
    """Streamlit's message about a new address, remembered; its parameters in the order in which the browser
    writes them, for an address that differs by order alone would be one more step to go back."""

    def send(params: QueryParams) -> None:
        params._query_params = dict(sorted(params._query_params.items()))
        sent = _Sent(_page(), dict(params._query_params), params._initial_query_params, _crossing(params))
        params.__dict__["_lab_sent"] = sent
        streamlit(params)

    return send


def _ending(
    streamlit: Callable[[SessionState, frozenset[str]], None],
) -> Callable[[SessionState, frozenset[str]], None]:
    """What Streamlit does about absent widgets at the end of a run; then the address says what widgets say.

    A bound parameter is what its widget says, any other what the server last made of it. If an address sent
    before may have undone a change of the browser's own, all of it is sent again; otherwise what differs.
    """

    def end(state: SessionState, active: frozenset[str]) -> None:
        streamlit(state, active)
        context = get_script_run_ctx()
        if context is None or not context.has_script_started:
            return
        params = state.query_params
        crossed, reported, now = _crossing(params), _reported(params), dict(params._query_params)
        bound = params._bindings_by_param
        for name, binding in bound.items():
            metadata = state._get_widget_metadata(binding.widget_id)
            if metadata is not None:
                _agree(params, name, metadata, _now(state, binding.widget_id))
        if crossed:
            for name in {*now, *crossed.params} - set(bound):
                if now.get(name) == reported.get(name):  # this run did not touch it: an earlier one may have
                    params._query_params.pop(name, None)
                    params._query_params |= {n: v for n, v in crossed.params.items() if n == name}
        if crossed or params._query_params != now:
            params._send_query_param_msg()

    return end


def _agree(params: QueryParams, name: str, metadata: WidgetMetadata[Any], value: Any) -> None:
    """Write one widget's value into the address to be sent; a default is not in it, an empty choice is."""
    if value == metadata.deserializer(None):
        params._query_params.pop(name, None)
        return
    written = _coerce_value_for_query_url(metadata.serializer(value), metadata.value_type)
    if value is None or written == []:
        written = ""
    elif isinstance(written, list) and len(written) == 1:
        written = written[0]
    if name not in params._query_params or not _same(written, params._query_params[name]):
        params._query_params[name] = written


def mend() -> None:
    """Wrap Streamlit's methods, once in a process."""
    if hasattr(QueryParams, "_lab_mended"):
        return
    for owner, name, wrap in (
        (SessionState, "_seed_widget_from_url", _seeding),
        (SessionState, "_remove_stale_widgets", _ending),
        (QueryParams, "_send_query_param_msg", _sending),
    ):
        setattr(owner, name, cast(Any, wrap)(getattr(owner, name)))
    QueryParams._lab_mended = True  # type: ignore[attr-defined]
