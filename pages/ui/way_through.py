"""Home's card of the three paths: which tabs, how long each takes, which were seen, and where to go on."""

from itertools import groupby

import streamlit as st

from core.formatting import count
from pages.ui.course import PATHS, Path, Stop, course, path_called
from pages.ui.kit.shell import progress
from pages.ui.kit.shell.lessons import Lesson
from pages.ui.kit.shell.page import error_boundary
from pages.ui.tab_index import SEEN, UNSEEN

_PATH = "home_path"
COLUMNS = 3


@st.fragment
def way_through() -> None:
    """The card. The path chosen here is the one that Next follows on every tab."""
    with error_boundary(), st.container(border=True, key="home-way"):
        kept = path_called(progress.path()) or PATHS[0]
        st.session_state.setdefault(_PATH, kept.title)
        choose, go = st.columns([2.2, 1], vertical_alignment="bottom")
        with choose:
            title = st.segmented_control(
                "Your path",
                [path.title for path in PATHS],
                required=True,
                key=_PATH,
                wrap=True,
                help="Which tabs to visit, and in which order: *Next* at the end of a tab follows this path. "
                "This browser remembers it, and which tabs you opened.",
            )
        path = path_called(str(title)) or kept
        progress.take_path(path.title)
        stops = path.stops
        seen = progress.seen()
        left = [stop for stop in stops if stop.word not in seen]
        with go:
            _continue(stops, left)
        minutes = sum(stop.tab.minutes for stop in left)
        time = count(minutes, "minute") if minutes <= 90 else f"{round(minutes / 60)} hours"
        done = len(stops) - len(left)
        st.caption(f"{path.idea} **{done} of {len(stops)}** tabs seen{f', about {time} to go' if left else ''}.")
        _listed(path, stops, seen)
        progress.keep()


def lesson_progress(lesson: Lesson) -> str:
    """For example "3 of 7 seen"; "7 tabs" where none was."""
    tabs = [stop for stop in course() if stop.lesson == lesson]
    seen = sum(stop.word in progress.seen() for stop in tabs)
    return f"{seen} of {len(tabs)} seen" if seen else count(len(tabs), "tab")


def _continue(stops: list[Stop], left: list[Stop]) -> None:
    """A button to the first tab of the path that was not seen; to its beginning where all were."""
    word = "Again" if not left else "Continue" if len(left) < len(stops) else "Start here"
    to = (left or stops)[0]
    if st.button(
        f"{word}: {to.tab.title}",
        type="primary",
        icon=":material/play_arrow:",
        key="home_start",
        width="stretch",
        help=to.tab.question,
    ):
        st.switch_page(to.lesson.file, query_params=to.address)


def _listed(path: Path, stops: list[Stop], seen: frozenset[str]) -> None:
    """The stops of a short path; of the whole course its lessons, each a link to what is unseen there."""
    if path.chosen:
        links = [(stop, stop.tab.title, f"{stop.tab.minutes} min", stop.word in seen) for stop in stops]
    else:
        links = []
        for lesson, group in groupby(stops, key=lambda stop: stop.lesson):
            those = list(group)
            left = [stop for stop in those if stop.word not in seen]
            detail = f"{sum(stop.tab.minutes for stop in those)} min, {lesson_progress(lesson)}"
            links.append(((left or those)[0], lesson.title, detail, not left))
    rows = -(-len(links) // COLUMNS)
    for number, column in enumerate(st.columns(COLUMNS, gap="small")):
        with column, st.container(key=f"lab-stops-{number}"):
            for stop, title, detail, ticked in links[number * rows : (number + 1) * rows]:
                st.page_link(
                    stop.lesson.file,
                    label=f"{title} :gray[{detail}{', seen' if ticked and path.chosen else ''}]",
                    icon=SEEN if ticked else UNSEEN,
                    query_params=stop.address,
                    help=stop.tab.question,
                )
