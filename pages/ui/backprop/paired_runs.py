"""Two runs beside each other: one chart for both losses, one for what lies between them, and the words."""

import numpy as np
import streamlit as st

from core.config.escaping import escaped
from core.formatting import number
from core.jobs.job_pair import Gap, Pair, gap, weights_apart
from core.jobs.snapshot import Snapshot
from core.lessons.backprop.charts.training import gap_figure, overlaid_figure
from core.storage.history import History
from pages.ui.kit.shell.page import error_boundary
from pages.ui.kit.training.live_run import POLL, curves
from pages.ui.kit.widgets.chart import chart

WORDS = {
    "queued": "waiting in line",
    "running": "training",
    "paused": "paused",
    "finished": "finished",
    "stopped": "stopped",
    "diverged": "diverged",
    "failed": "failed",
}


def beside(pair: Pair) -> None:
    """What the two runs of a pair have in common so far; looks again by itself while they run."""
    pace = POLL.get(pair.snapshot.status)

    @st.fragment(run_every=None if pace is None else min(pace, 0.7))
    def body() -> None:
        with error_boundary():
            pair.meet()
            ours, theirs = (job.snapshot for job in pair.jobs)
            with st.container(horizontal=True, gap="large"):
                for name, snapshot in (("By hand", ours), ("By autograd", theirs)):
                    _one(name, snapshot)
            if theirs.message:
                st.caption(f"By autograd: {escaped(theirs.message, 'page')}")
            epochs = max(ours.config.train.epochs, ours.epoch, theirs.epoch)
            between(ours.history, theirs.history, ours.n_train, epochs)
            st.markdown(_weights(ours, theirs))
            st.markdown("##### The run by hand")
            curves(ours.history, ours.n_train, epochs, "manual_live")

    body()


def _one(name: str, snapshot: Snapshot) -> None:
    """Speed, step and state of one run."""
    done = sum(snapshot.history.examples_per_step)
    speed = f"{done / snapshot.seconds:,.0f} images/s" if snapshot.seconds and done else "–"
    status = WORDS[snapshot.status]
    if snapshot.status == "queued" and snapshot.place:
        status += f", place {snapshot.place}"
    st.metric(
        f"{name} · {status} · step {snapshot.steps:,}",
        speed,
        width="content",
        help="Images per second spent in steps: forward, backward and update, without waiting or measuring.",
    )


def between(ours: History, theirs: History, n_train: int, epochs: float, *, digits: int | None = None) -> None:
    """Both losses in one chart, their difference in another, and what it says.

    digits: significant digits of the losses where they were read from a record that keeps no more.
    """
    found = gap(ours.loss, theirs.loss, digits)
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown("**Both losses**")
        chart(overlaid_figure(ours, theirs, n_train, epochs), "manual_both_loss")
        st.caption("By hand broad and pale, by autograd thin on top of it; means of neighboring steps.")
    with right:
        st.markdown("**What lies between them**")
        chart(gap_figure(ours, found.size, found.spacing, n_train, epochs), "manual_gap")
        grain = "one step of float32" if digits is None else f"one of the {digits} digits recorded"
        st.caption(
            f"Largest of neighboring steps; equal losses have no place on a log axis. Dotted: {grain} at that loss."
        )
    st.markdown(gap_in_words(found, recorded=digits is not None))


def gap_in_words(found: Gap, *, recorded: bool = False) -> str:
    """What the difference of the losses says."""
    if found.largest is None:
        if len(found.size):
            return "There is no step at which both losses are numbers, so nothing can be compared."
        return "Nothing to compare yet."
    largest, step = found.largest
    steps = len(found.size)
    equal = f"In {found.equal:,} of {steps:,} steps the two losses are the same"
    equal += " to the last digit recorded" if recorded else " to the last bit"
    if not largest:
        return f"{equal}: not one difference."
    worst = f"The largest difference is {number(largest, 2)} nats, at step {step:,}"
    grains = largest / float(found.spacing[step - 1])
    kind = "the last digit recorded" if recorded else "float32's spacing"
    if grains < 16:
        return f"{equal}. {worst}: {grains:.0f} × {kind} there. **Two curves, one formula.**"
    if largest < 1e-3:
        return (
            f"{equal}. {worst}: {grains:,.0f} × {kind} there, far too little to see in the "
            "curves. A sum in another order rounds otherwise, and each step starts from what the last left."
        )
    early = float(found.size[np.isfinite(found.size)][:10].max())
    return (
        f"{equal}. {worst}. **The two have parted**: in the first ten steps they were at most "
        f"{number(early, 1)} "
        "apart. Same formula, same batches; but a sum in another order rounds otherwise, and each step "
        "starts from what the last one left."
    )


def _weights(ours: Snapshot, theirs: Snapshot) -> str:
    """The largest difference of the weights, where both stand at the same step."""
    if ours.weights_step != theirs.weights_step or not ours.weights_step:
        if ours.active or theirs.active:
            return "The weights are compared when both stand at the same step: pause, or wait for the end."
        if ours.weights_step == theirs.weights_step:
            return "Neither has taken a step, so there are no weights to compare."
        return (
            f"The two ended at different steps ({ours.steps:,} and {theirs.steps:,}), so their weights are "
            "not the same ones. Pause first, then both stand still at one step."
        )
    apart = weights_apart(ours.weights, theirs.weights)
    if apart is None:
        return ""
    size, name = apart
    if not size:
        return f"At step {ours.weights_step:,} **every weight is the same to the last bit**."
    return f"At step {ours.weights_step:,} the weights differ by **{number(size, 2)}** at most (in `{name}`)."
