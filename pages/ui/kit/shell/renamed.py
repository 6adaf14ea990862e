"""Words that a link may carry from before they were renamed; each is read as what it is called now.

Add one: what the address said → what it says, under the parameter's name in VALUES, or in PREFIXES if it begins
the value of several parameters.
"""

import streamlit as st

PREFIXES = {"As it came: ": "Pretrained: ", "On record: ": "Saved: "}
VALUES: dict[str, dict[str, str]] = {}


def read_old_words() -> None:
    """Write the address anew where it holds a former word. Call it before any widget is drawn."""
    for name in list(st.query_params):
        said = st.query_params.get_all(name)
        now = [_now(name, value) for value in said]
        if now != said:
            st.query_params[name] = now


def _now(name: str, value: str) -> str:
    if value in VALUES.get(name, {}):
        return VALUES[name][value]
    for before, after in PREFIXES.items():
        if value.startswith(before):
            return after + value.removeprefix(before)
    return value
