"""What stays chosen from tab to tab and lesson to lesson: the image, ε, the drawing and the network.

A widget keeps a key of its own, which addresses name for good. One that asks for the same as others is drawn within
`shared(KIND, key)`: it then begins with what was chosen last, wherever that was, and what is chosen here is what the
others begin with. An address that names the widget decides over it. A reload, which begins a new session, finds all
of it by the id of the browser; the server forgets it when it ends.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import streamlit as st

from pages.ui.kit.shell import state
from pages.ui.kit.shell.owner import browser

IMAGE, SOURCE, NETWORK, DRAWING = "image", "image source", "network", "drawing"
HUNDREDTHS = tuple(number / 100 for number in range(1, 51))  # budgets in L∞ that most sliders offer
MOST = 100  # browsers remembered, those seen last

_CHOSEN, _SAID, _BY_LINK, _PAGE = "lab_chosen", "lab_said", "lab_by_link", "lab_chosen_page"


def _same(value: Any) -> Any:
    return value


def image_number(key: str, count: int, *, locked: bool = False) -> AbstractContextManager[None]:
    """`shared` for a field with the number of one of `count` test images. A chosen training image is not one."""
    return shared(
        IMAGE,
        key,
        into=lambda place: place[1] if place[0] == "test" and place[1] < count else None,
        out_of=lambda index: ("test", int(index)),
        locked=locked,
    )


def budget(key: str, norm: str, options: Sequence[float]) -> AbstractContextManager[None]:
    """`shared` for a slider of ε over ascending `options`: it stands at the nearest, if ε is within their range."""

    def nearest(value: float) -> float | None:
        within = options[0] <= value <= options[-1]
        return min(options, key=lambda option: abs(option - value)) if within else None

    return shared(f"epsilon {norm}", key, into=nearest, out_of=float)


@contextmanager
def shared(
    kind: str,
    key: str,
    *,
    into: Callable[[Any], Any] = _same,
    out_of: Callable[[Any], Any] = _same,
    in_address: bool = True,
    locked: bool = False,
) -> Iterator[None]:
    """Draw the widget of that key inside. in_address: whether the address keeps it. locked: it stays as it is.

    into: what the widget says for what was chosen, None where it cannot say it. out_of: what is chosen by what the
    widget says, None for what means nothing elsewhere.
    """
    said, before = _said(), st.session_state.get(key)
    new = key not in said
    by_hand = before is not None and before != said.get(key)
    named = new and in_address and (state.linked(key) is not None or st.session_state.get(_BY_LINK, False))
    follows = not (by_hand or named or locked)
    wanted = into(chosen(kind)) if follows and chosen(kind) is not None else None
    if wanted is not None and wanted != before:  # what is set is sent, over a change that may be on its way
        st.session_state[key] = wanted
    yield
    said[key] = st.session_state.get(key)
    if (by_hand or named) and (meant := out_of(said[key])) is not None:
        choose(kind, meant)


def choose(kind: str, value: Any) -> None:
    """Make it the choice of that kind everywhere, and after a reload."""
    _chosen()[kind] = value
    _browsers()[browser()] = dict(_chosen())
    _browsers().move_to_end(browser())
    while len(_browsers()) > MOST:
        _browsers().popitem(last=False)


def chosen(kind: str) -> Any:
    """What was chosen last; None if nothing was."""
    return _chosen().get(kind)


def enter() -> None:
    """Call once a run of a page, before its widgets: an address that was just opened decides over them.

    What it does not name stands at its default, as whoever sent the link saw it.
    """
    page = state.page_file()
    before = st.session_state.get(_PAGE)
    st.session_state[_PAGE] = page
    st.session_state[_BY_LINK] = before is None and state.asks()
    if before != page:
        for key in [key for key in _said() if state.linked(key) is not None]:
            del _said()[key]


def _chosen() -> dict[str, Any]:
    if _CHOSEN not in st.session_state:
        st.session_state[_CHOSEN] = dict(_browsers().get(browser(), {}))
    found: dict[str, Any] = st.session_state[_CHOSEN]
    return found


def _said() -> dict[str, Any]:
    """What each widget said when it was drawn last."""
    found: dict[str, Any] = st.session_state.setdefault(_SAID, {})
    return found


@st.cache_resource(show_spinner=False)
def _browsers() -> "OrderedDict[str, dict[str, Any]]":
    return OrderedDict()
