"""Short computations one after another, in the page's own thread: they can be stopped, and none is lost.

For what takes seconds each and a minute together. Between two pieces the part of the page that shows them is
drawn anew, so charts grow, and a press on Stop is heard. What is done is kept by the server: stopping,
leaving and coming back only continue.
"""

import time
from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.config.errors import LabError
from core.config.escaping import escaped
from core.models.threads import one_thread
from pages.ui.kit.shell.page import error_boundary

Piece = TypeVar("Piece", bound=Hashable)
Result = TypeVar("Result")
SLICE = 1.5  # seconds of work between two drawings
TICK = 0.3  # seconds until the page asks for the next ones


class NotNow(Exception):  # noqa: N818 - nothing went wrong
    """Somebody else is computing this piece: wait for the next tick."""


def alone() -> bool:
    """Whether only this part of the page is being drawn: work in between would hold up all other parts."""
    context = get_script_run_ctx()
    return bool(context and context.fragment_ids_this_run)


class Piecework:
    """One such work: `part` draws its part of the page, `buttons` come first in it and `go_on` last."""

    def __init__(self, key: str, label: str, *, help: str, disabled: bool = False) -> None:
        self.key, self.label, self.help, self.disabled = key, label, help, disabled

    def part(self, body: Callable[[], None]) -> None:
        """Draw `body` as a part that reruns alone, on one thread, inside the error boundary."""
        self._ticking = self.running

        @st.fragment(run_every=TICK if self._ticking else None)
        @one_thread()
        def drawn() -> None:
            with error_boundary():
                try:
                    body()
                except Exception as error:  # stop: the same failure three times a second helps nobody
                    if self.running:
                        self._fell(error)
                    raise
            if self.running != self._ticking:
                st.rerun()  # the whole page once: it ticks from now on, or no more

        drawn()

    @property
    def running(self) -> bool:
        """Whether it was started and neither stopped nor finished."""
        return bool(st.session_state.get(f"{self.key}_on", False)) and not self.disabled

    def buttons(self, done: int, total: int, words: str) -> None:
        """Start or stop, and how far it is; `words` says what is counted."""
        left = total - done
        if self.running and not left:
            st.session_state[f"{self.key}_on"] = False
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            st.button(
                self.label if not done else "Resume" if left else "All measured",
                icon=":material/play_arrow:" if left else ":material/check:",
                type="primary",
                key=f"{self.key}_start",
                disabled=self.disabled or self.running or not left,
                on_click=self._turn,
                args=(True,),
                help=self.help,
            )
            st.button(
                "Stop",
                icon=":material/stop:",
                key=f"{self.key}_stop",
                disabled=not self.running,
                on_click=self._turn,
                args=(False,),
                help="What is measured so far is kept.",
            )
            self._place = st.empty()
        self._done, self._total, self._words = done, total, words
        if self.running or 0 < done < total:
            self._bar(0.0)
        problem = st.session_state.get(f"{self.key}_problem")
        if problem and not self.running:
            st.error(f"Stopped by an error. {problem}", icon=":material/error:")

    def go_on(
        self,
        pieces: Sequence[Piece],
        kept: dict[Piece, Result],
        compute: Callable[[Piece, Callable[[float], None]], Result],
    ) -> None:
        """Do a little of what is not in `kept` yet; the next tick draws it and goes on.

        compute(piece, progress) may call progress with the share done, 0…1, and raise NotNow.
        """
        if not self.running or not self._ticking or not alone():
            return
        started = time.monotonic()
        for piece in pieces:
            if piece in kept:
                continue
            try:
                kept[piece] = compute(piece, self._bar)
            except NotNow:
                break
            self._done += 1
            self._bar(0.0)
            if time.monotonic() - started > SLICE:
                break

    def _bar(self, share: float) -> None:
        whole = (self._done + share) / max(1, self._total)
        self._place.progress(min(1.0, whole), f"{self._done} of {self._total} {self._words}")

    def _turn(self, on: bool) -> None:
        st.session_state[f"{self.key}_on"] = on
        st.session_state.pop(f"{self.key}_problem", None)

    def _fell(self, error: Exception) -> None:
        """Stop, and keep what to say: the redraw that ends the ticking would wipe the error away."""
        st.session_state[f"{self.key}_on"] = False
        st.session_state[f"{self.key}_problem"] = (
            escaped(str(error), "page") if isinstance(error, LabError) else "The server's log says why."
        )
