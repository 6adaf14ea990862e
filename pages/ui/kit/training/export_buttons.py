"""Two buttons under shown code: the whole run as a script or as a notebook, written on a click."""

import contextlib
from collections.abc import Callable

import streamlit as st

from core.config.errors import NotFound
from core.config.run import RunConfig
from core.export.choose import lesson_of_live_run, lesson_of_run, lesson_of_settings
from core.export.lesson import Lesson
from core.jobs.training_job import Job
from core.storage.runs import RunRecord
from pages.ui.kit.shell import cache


def export_buttons(lesson: Callable[[], Lesson], name: str, key: str) -> None:
    """Download buttons for a lesson that is written when one of them is pressed.

    name: of the file, without its ending. key: begins the keys of both buttons. The callable runs outside the
    page: it must not read widgets.
    """
    st.caption("The whole program, with the data and the same initial weights and batches, to run without Digit Lab:")
    with st.container(horizontal=True):
        st.download_button(
            "Script",
            data=lambda: lesson().script,
            file_name=f"{name}.py",
            mime="text/x-python",
            icon=":material/code_blocks:",
            key=f"{key}_script",
            on_click="ignore",
            help="One Python file that repeats this with torch and torchvision alone.",
        )
        st.download_button(
            "Notebook",
            data=lambda: lesson().notebook,
            file_name=f"{name}.ipynb",
            mime="application/x-ipynb+json",
            icon=":material/menu_book:",
            key=f"{key}_notebook",
            on_click="ignore",
            help="The same for Jupyter, a cell for each part.",
        )


def lesson_now(config: RunConfig, job: Job | None, run: RunRecord | None = None) -> Callable[[], Lesson]:
    """What the buttons of a training page write: the run with all that was changed, else the settings.

    job, run: what the page shows, a run of this server or one on record.
    """
    size, store = cache.mnist().size, cache.run_store()

    def lesson() -> Lesson:
        if run is not None:
            return lesson_of_run(run)
        if job is None:
            return lesson_of_settings(config, size)
        snapshot = job.snapshot
        if not snapshot.active:
            with contextlib.suppress(NotFound):  # a run without a step is not on record
                return lesson_of_run(store.get(job.job_id))
        return lesson_of_live_run(job.start, snapshot, size)

    return lesson
