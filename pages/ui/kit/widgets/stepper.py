"""First, back, next, and a slider to jump: one way to walk through steps, kept in the address."""

import streamlit as st


def stepper(key: str, count: int, what: str) -> int:
    """Buttons and a slider over `count` steps, counted from 1 on the screen; returns 0 for the first.

    key: of the slider; it must go with `count`. what: names a step in the help texts ("step", "factor").
    """
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        places = [st.empty() for _ in range(3)]
        # The slider first: it may take its value from the address, and the buttons start from there.
        now = st.slider(
            what.capitalize(),
            1,
            count,
            1,
            key=key,
            bind="query-params",
            width=420,
            help=f"Jump to any of the {count} {what}s.",
        )
    moves = (
        ("First", ":material/first_page:", 1, f"Back to the first {what}."),
        ("Back", ":material/chevron_left:", now - 1, f"One {what} back."),
        ("Next", ":material/chevron_right:", now + 1, f"One {what} on."),
    )
    for place, (label, icon, target, description) in zip(places, moves, strict=True):
        place.button(
            label,
            icon=icon,
            key=f"{key}_{label.lower()}",
            help=description,
            on_click=_go,
            args=(key, target),
            type="primary" if label == "Next" else "secondary",
            disabled=not 1 <= target <= count or target == now,
        )
    return int(now) - 1


def _go(key: str, step: int) -> None:
    st.session_state[key] = step
