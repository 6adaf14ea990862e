"""What is going on: every run, race and sweep that runs, stands still or waits, each with a link to it.

A page link clears the address and a closed tab forgets everything: from here what was started is found again.
In a classroom each browser sees its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from core.formatting import percent
from pages.ui.kit.shell import cache
from pages.ui.kit.shell.owner import mine
from pages.ui.kit.shell.state import page_file, remember

if TYPE_CHECKING:
    from core.jobs.registry import AnyJob
    from pages.ui.kit.shell.places import Place

EVERY = 3.0  # seconds between two looks, as long as there is something
_ICONS = {
    "running": ":material/play_circle:",
    "paused": ":material/pause_circle:",
    "queued": ":material/hourglass_top:",
}


@dataclass(frozen=True)
class Going:
    """One thing that goes on, perhaps in several jobs. progress: share done, in [0, 1]."""

    title: str
    status: str
    description: str
    progress: float
    place: "Place"


def going() -> list[Going]:
    """All that this browser may see, the oldest first; jobs that are shown in one place are one thing."""
    together: dict[str, list[AnyJob]] = {}
    for job in cache.registry().going(mine()):
        together.setdefault(str(_place(job)), []).append(job)
    return [_described(jobs) for jobs in together.values()]


def in_sidebar() -> None:
    """The list in small; it follows what happens by itself as long as there is something."""
    pace = EVERY if cache.registry().going(mine()) else None

    @st.fragment(run_every=pace)
    def body() -> None:
        if found := going():
            st.caption("Going on")
            for one in found:
                _link(one, "sidebar")

    body()


def at_length() -> None:
    """The same on the page of all runs, with how far each is; when one ends the page shows its record."""
    began = len(cache.registry().going(mine()))

    @st.fragment(run_every=1.0 if began else None)
    def body() -> None:
        if found := going():
            st.markdown("**Going on now**")
            for one in found:
                with st.container(horizontal=True, vertical_alignment="center"):
                    _link(one, "list")
                    st.progress(min(1.0, one.progress), width=160)
        if len(cache.registry().going(mine())) != began:
            st.rerun()

    body()


def _link(one: Going, where: str) -> None:
    file, parameters = one.place
    label, icon = f"{one.title}: {one.description}", _ICONS[one.status]
    # No help: its bubble would lie over the next link.
    if not file.endswith(page_file()):
        st.page_link(file, label=label, icon=icon, query_params=parameters)
    elif st.button(
        label, icon=icon, type="tertiary", key=f"going_{where}_{parameters}", on_click=_turn_to, args=(parameters,)
    ):
        st.rerun()  # the whole page, not this list alone


def _turn_to(parameters: Mapping[str, str]) -> None:
    """Callback: on its own page a link cannot move what widgets keep, so the run and the tab are set."""
    for name, value in parameters.items():
        if name.endswith("_tab"):
            st.session_state[name] = value
        else:
            remember(name, value)


def _described(jobs: "Sequence[AnyJob]") -> Going:
    seen = [job.snapshot for job in jobs]
    first = next((one for status in _ICONS for one in seen if one.status == status), seen[0])
    progress = sum(one.progress for one in seen) / len(seen)
    description = {
        "running": percent(progress, 0),
        "paused": f"paused at {percent(progress, 0)}",
        "queued": f"waiting, place {first.place}" if first.place else "about to start",
    }
    status = first.status if first.status in _ICONS else "running"  # one that has just ended
    return Going(jobs[0].title(jobs), status, description[status], progress, _place(jobs[0]))


def _place(job: "AnyJob") -> "Place":
    """Where it was started, else the page of its kind."""
    from core.jobs.training_job import Job
    from pages.ui.kit.shell.places import place_of

    if job.opens is not None:
        return job.opens
    if isinstance(job, Job):
        return place_of(job.start, job.job_id)
    return "pages/9_Runs.py", {}
