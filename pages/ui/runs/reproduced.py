"""Tab: the sources' experiments, what each claims beside what was measured, and each to be run here."""

from collections.abc import Callable

import streamlit as st

from core.formatting import count, duration
from core.lessons.runs.charts.comparisons import WIDTH, claim_mark
from core.recipes.reproduce import REPRODUCTIONS, table
from core.recipes.reproduce.row import Row
from core.recipes.texts import RECIPES
from pages.ui.kit.widgets.incremental_work import Piecework

KEY, ASKED = "runs_again", "runs_again_asked"
COLORS = {True: "green", False: "red", None: "gray"}
OPEN = "undecided: "  # so begin the rules of experiments that no run decides
ICONS = {True: ":material/check:", False: ":material/close:", None: ":material/question_mark:"}
CODE = """from core.data import load
from core.recipes.reproduce import REPRODUCTIONS

row = REPRODUCTIONS["gd-demo"](True, lambda: load("small"))  # True: the quick version
print(row["claim"])
print(row["measured"])
print(row["holds"], "by the rule:", row["rule"])
"""


@st.cache_resource(show_spinner=False)
def _here() -> dict[str, Row]:
    """Quick rows run by this server, by id: the same seeds give the same numbers in every browser."""
    return {}


def reproduced() -> None:
    """A card for each experiment; those with a claimed number come first."""
    work = Piecework(KEY, "Run", help="Runs the quick versions that you asked for, one after another.")
    work.part(lambda: _cards(work))


def _cards(work: Piecework) -> None:
    stored, here = table.read(), _here()
    asked: list[str] = [name for name in st.session_state.get(ASKED, []) if name in REPRODUCTIONS]
    done = sum(name in stored for name in REPRODUCTIONS)
    st.markdown(f"{so_far(done, len(REPRODUCTIONS))} :blue[●] measured, with its 95% interval; :orange[◇] claimed.")
    if work.running or st.session_state.get(f"{KEY}_problem"):
        work.buttons(sum(name in here for name in asked), len(asked), "quick versions")
    claims = [name for name in REPRODUCTIONS if RECIPES[name].claim is not None]
    others = [name for name in REPRODUCTIONS if name not in claims]
    for name in claims:
        _card(name, stored.get(name), here.get(name), waiting=work.running and name in asked)
    with st.expander(f"{count(len(others), 'experiment')} without a claimed number", icon=":material/science:"):
        for name in others:
            _card(name, stored.get(name), here.get(name), waiting=work.running and name in asked)
    with st.expander("Measure everything again, and the code", icon=":material/code:"):
        st.markdown(
            "Each new result replaces the older one. "
            f"The {count(len(stored), 'result')} stored here took "
            f"{duration(sum(row['seconds'] for row in stored.values()))}. With `--quick` everything runs in a small "
            "version, which decides next to nothing."
        )
        st.code(f"{table.COMMAND}\npython -m core reproduce --quick", language="sh")
        st.code(CODE, language="python")
    work.go_on(asked, here, _quick)


def so_far(done: int, count: int) -> str:
    """How many of the experiments were done again at full length."""
    if not done:
        return f"None of the {count} experiments has been repeated at full length yet; each has a quick version to run."
    if done < count:
        return f"{done} of {count} experiments {'has' if done == 1 else 'have'} been repeated at full length."
    return f"All {count} experiments have been repeated at full length, random ones with several seeds."


def _quick(name: str, progress: Callable[[float], None]) -> Row:
    """The quick version of one experiment, on the bundled digits."""
    from core.data import load

    return REPRODUCTIONS[name](True, lambda: load("small"))


def _card(name: str, stored: Row | None, quick: Row | None, *, waiting: bool) -> None:
    recipe = RECIPES[name]
    with st.container(border=True, key=f"runs_card_{name}"):
        says, measured, again = st.columns([1.15, 1.25, 0.9], gap="medium")
        with says:
            st.markdown(f"**{recipe.title}** `{name}`")
            if recipe.claim:
                st.markdown(f"Claim: *{recipe.claim}* :small[({recipe.source})]")
            else:
                st.caption(recipe.source)
        with measured:
            _measured(name, stored)
        with again:
            _again(name, quick, waiting=waiting)


def _measured(name: str, row: Row | None) -> None:
    """The stored row: number, interval, whether the claim holds and by which rule."""
    if row is None:
        st.caption("Not measured at full length yet.")
        return
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.markdown(f"### {table.measured_words(row)}", width="content")
        if RECIPES[name].claim:
            holds = row["holds"]
            st.badge(
                table.HOLDS[holds],
                icon=ICONS[holds],
                color=COLORS[holds],  # type: ignore[arg-type]
                help=f"The rule: {row['rule']}.",
            )
    ci95 = row.get("ci95")
    if table.is_share(row) and isinstance(row["measured"], float):
        mark = claim_mark(row["measured"], (ci95[0], ci95[1]) if ci95 else None, table.CLAIMED.get(name))
        st.image(mark, width=WIDTH, alt=f"{table.measured_words(row)} and its interval beside what its source claims")
    if yardstick := table.yardstick_words(row):
        st.markdown(f"{yardstick[0].upper()}{yardstick[1:]}.")
    details = [row["unit"], table.seeds_words(row), row["date"]]
    st.caption(" · ".join(part for part in details if part), help=f"On {row['machine']}, {duration(row['seconds'])}.")


def _again(name: str, row: Row | None, *, waiting: bool) -> None:
    """The button, and what came out on this computer."""
    st.button(
        "Run a quick version",
        icon=":material/replay:",
        key=f"runs_again_{name}",
        disabled=waiting,
        on_click=_ask,
        args=(name,),
        help="A small version on the bundled digits; it takes seconds.",
    )
    if waiting and row is None:
        st.caption("Queued …")
    elif row is not None:
        st.markdown(f"**{table.measured_words(row)}** here, {duration(row['seconds'])}")
        st.caption(told_again(row))


def told_again(row: Row) -> str:
    """What a quick row can say: whether the claim holds where it decides that, else how small it was."""
    if row["holds"] is not None:
        return f"The claim {table.HOLDS[row['holds']]}: {row['rule']}."
    epochs = row.get("epochs")
    size = [
        count(epochs, "epoch") if isinstance(epochs, int) else "",
        table.seeds_words(row),
        "the bundled digits" if row.get("data") == "small" else "",
    ]
    small = ", ".join(part for part in size if part)
    said = f"This quick version{f' ({small})' if small else ''} decides nothing"
    if not row["rule"].startswith(OPEN):
        return f"{said}; the full one does."
    why = row["rule"].removeprefix(OPEN).split("; ")[0].split(". ")[0].rstrip(".")
    return f"{said}, nor does the full one: {why}."


def _ask(name: str) -> None:
    """Put an experiment in line and start; one that was run before is run again."""
    waiting = st.session_state.get(ASKED, []) if st.session_state.get(f"{KEY}_on") else []
    _here().pop(name, None)
    st.session_state[ASKED] = [*waiting, name]
    st.session_state[f"{KEY}_on"] = True
    st.session_state.pop(f"{KEY}_problem", None)
