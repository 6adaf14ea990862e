"""Findings as cards: a badge with the verdict and the number, what was measured, and why it matters."""

import streamlit as st

from core.lessons.adversarial.sanity_checks import Finding

LOOKS = {
    "holds": ("holds", ":material/check:", "green"),
    "chance": ("not beyond chance", ":material/casino:", "yellow"),
    "violated": ("violated", ":material/close:", "red"),
    "unclear": ("cannot be judged", ":material/help:", "gray"),
    "open": ("not measured yet", ":material/hourglass_empty:", "gray"),
}


def finding_strip(found: list[Finding]) -> None:
    """All verdicts at a glance: one badge a rule."""
    with st.container(horizontal=True, gap="small"):
        for finding in found:
            word, icon, color = LOOKS[finding.verdict]
            st.badge(finding.name, icon=icon, color=color, help=f"{word}: {finding.number}")  # type: ignore[arg-type]


def finding_cards(found: list[Finding]) -> None:
    """Two a row; on a phone one below the other."""
    for start in range(0, len(found), 2):
        for column, finding in zip(st.columns(2, gap="small"), found[start : start + 2], strict=False):
            with column:
                _card(finding)


def _card(finding: Finding) -> None:
    word, icon, color = LOOKS[finding.verdict]
    with st.container(border=True, height="stretch", gap="small"):
        st.markdown(f"**{finding.name}**")
        number = word if finding.verdict == "open" else f"{word}: {finding.number}"
        st.badge(number, icon=icon, color=color)  # type: ignore[arg-type]
        if finding.verdict != "open":
            st.markdown(finding.measured)
        st.caption(finding.why)


def summary(found: list[Finding]) -> str:
    """How many hold, in a sentence."""
    count = {verdict: sum(finding.verdict == verdict for finding in found) for verdict in LOOKS}
    if count["open"] == len(found):
        return "Nothing is measured yet."
    parts = [f":green[**{count['holds']} hold**]"]
    if count["chance"]:
        parts.append(f":orange[**{count['chance']}** fail by no more than chance explains]")
    if count["violated"]:
        parts.append(f":red[**{count['violated']} violated**]")
    if count["unclear"]:
        parts.append(f"{count['unclear']} cannot be judged on this network")
    if count["open"]:
        parts.append(f"{count['open']} still to be measured")
    return f"Of {len(found)} rules " + ", ".join(parts) + "."
