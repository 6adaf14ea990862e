"""Runs a slider through its places by itself, one a tick of the fragment it lives in; it can be stopped.

The browser may answer a tick with the slider's place of a moment ago, and st.rerun reads the address as it
was before this run. So the place is kept here, a play moves on only once the browser has answered with the
place it is at, and it ends only in a run that moves nothing itself.
"""

import time
from dataclasses import dataclass

import streamlit as st

PLAY = "cnn_play"
PACE = 0.9  # seconds a place stays


@dataclass
class Play:
    """The slider of key `key` at place `at` since `turned` (seconds), before that at `before`.

    ending: it is being stopped. told: whether the browser was told the place since a hand took the slider.
    """

    key: str
    at: int
    before: int
    turned: float
    ending: bool = False
    told: bool = True


def playing(key: str) -> Play | None:
    """The play of that slider, if it is going on."""
    play = st.session_state.get(PLAY)
    return play if isinstance(play, Play) and play.key == key else None


def turn(key: str, labels: list[str]) -> None:
    """Call it before the slider is drawn: moves on when the place has stood long enough, ends at the last."""
    play = playing(key)
    if play is None:
        return
    now = time.monotonic()
    if not play.told or st.session_state.get(key, labels[-1]) != labels[play.at]:
        st.session_state[key], play.turned, play.told = labels[play.at], now, True
    elif play.ending:
        st.session_state.pop(PLAY)
    elif now - play.turned >= 0.8 * PACE:
        if play.at + 1 == len(labels):
            st.session_state.pop(PLAY)
            return
        play.before, play.at, play.turned = play.at, play.at + 1, now
        st.session_state[key] = labels[play.at]


def press(key: str, labels: list[str]) -> None:
    """Callback of the button: pause, or go on; from the start if the last place is on the screen."""
    play = playing(key)
    if play is not None:
        play.ending, play.turned = not play.ending, time.monotonic()
        return
    at = labels.index(st.session_state.get(key, labels[-1]))
    first = 0 if at == len(labels) - 1 else at
    st.session_state[PLAY] = Play(key, first, at, time.monotonic())


def moved_by_hand(key: str, labels: list[str]) -> None:
    """Callback of the slider: whoever takes it wants to look, so the play ends there.

    A place that was on the screen a moment ago is the browser's late answer, not a hand.
    """
    play = playing(key)
    if play is None:
        return
    at = labels.index(st.session_state[key])
    if at not in (play.at, play.before):
        play.before, play.at, play.ending, play.told = play.at, at, True, False
