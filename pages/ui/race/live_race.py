"""Watch a race and steer it: the part of the tab that polls."""

import streamlit as st

from core.config.escaping import escaped
from core.formatting import duration
from core.lessons.race.race_job import RaceJob, RaceSnapshot
from core.lessons.race.race_lines import total_steps
from pages.ui.kit.shell.page import error_boundary
from pages.ui.kit.training.live_run import POLL, job_button
from pages.ui.race.race_view import stage

_WORDS = {
    "queued": ("hourglass_top", "Queued"),
    "running": ("flag", "Training"),
    "paused": ("pause_circle", "Paused"),
    "finished": ("sports_score", "Finished"),
    "stopped": ("stop_circle", "Stopped"),
    "failed": ("error", "Failed"),
}


def live_race(job: RaceJob) -> None:
    """Buttons, progress and stage of `job`; redrawn by itself while the race is active."""
    pace = POLL.get(job.snapshot.status)

    @st.fragment(run_every=pace)
    def body() -> None:
        with error_boundary():
            _buttons(job)
            seen = job.snapshot
            _status(seen)
            stage(seen.config, seen.runs, seen.n_train, seen.n_test, active=seen.active)
        if POLL.get(job.snapshot.status) != pace:  # out here: what fails above must not poll for ever
            st.rerun()  # the whole page: it polls at another pace now, or no more

    body()


def _status(seen: RaceSnapshot) -> None:
    icon, word = _WORDS[seen.status]
    if seen.status == "running" and not seen.rounds:
        word = "Starting"
    if seen.status == "queued" and seen.place:
        word += f", place {seen.place}"
    facts = [f":material/{icon}: **{word}**"]
    begun = [run for run in seen.runs if run.status != "waiting"]
    if len(seen.config.seeds) > 1:
        facts.append(f"seed {max(1, len({run.seed for run in begun}))} of {len(seen.config.seeds)}")
    if begun:
        now = [len(run.history.loss) for run in begun if run.seed == begun[-1].seed]
        facts.append(f"step {max(now):,} of {total_steps(seen.config, seen.n_train):,}")
    if seen.status in ("running", "paused") and seen.seconds_left is not None:
        facts.append(f"about {duration(seen.seconds_left)} left")
    if not seen.active:
        facts.append(f"{duration(seen.seconds)} of training")
    st.markdown(" · ".join(facts))
    st.progress(min(1.0, seen.progress))
    if seen.message:
        (st.warning if seen.status == "stopped" else st.error)(escaped(seen.message, "page"))


def _buttons(job: RaceJob) -> None:
    """Pause or resume, one step, stop. Each takes effect between two rounds; none once the race is over."""
    seen = job.snapshot
    if not seen.active:
        return
    paused = seen.status == "paused"
    with st.container(horizontal=True, gap="small"):
        if paused:
            job_button("Resume", "play_arrow", "race_live_resume", job.resume, help="Continue from here.")
        else:
            job_button("Pause", "pause", "race_live_pause", job.pause, help="Pause all optimizers after this step.")
        job_button(
            "One step",
            "skip_next",
            "race_live_step",
            job.step,
            disabled=not paused,
            help="While paused: every optimizer makes one step, on the same batch.",
        )
        job_button("Stop", "stop", "race_live_stop", job.stop, help="End here, keep the curves.")
