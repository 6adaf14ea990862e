"""Watch a run and steer it: the one part of a page that polls.

While the run is active a fragment reruns twice a second and redraws its charts in place; the page around it
does not run. When the run ends or pauses the whole page runs once, so that everything else shows it.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol

import streamlit as st
from torch import Tensor

from core.charts.learning_curves import accuracy_figure, gradient_figure, loss_figure
from core.config.digits import DigitsConfig
from core.config.errors import LabError
from core.config.escaping import escaped
from core.config.run import RunConfig, examples
from core.formatting import count, duration, number, percent
from core.jobs.autotune import promise
from core.jobs.snapshot import Snapshot
from core.storage.history import History
from core.storage.weight_history import WeightHistory
from pages.ui.kit.shell.page import error_boundary
from pages.ui.kit.training.accuracy_line import BY_TEST
from pages.ui.kit.training.accuracy_line import score_line as score_line  # who shows runs takes it from here
from pages.ui.kit.training.corruption_settings import faults_told
from pages.ui.kit.widgets.chart import chart

#: Seconds between two looks at a run. A paused one changes only when somebody presses a button.
POLL = {"running": 0.5, "queued": 1.0, "paused": 3.0}
_WORDS = {
    "queued": ("hourglass_top", "Queued"),
    "running": ("play_circle", "Training"),
    "paused": ("pause_circle", "Paused"),
    "finished": ("check_circle", "Finished"),
    "stopped": ("stop_circle", "Stopped"),
    "diverged": ("error", "Diverged"),
    "failed": ("error", "Failed"),
}


class Steered(Protocol):
    """What can be watched and steered here: a job, or several that are steered as one."""

    @property
    def snapshot(self) -> Snapshot: ...
    def pause(self) -> None: ...
    def resume(self) -> None: ...
    def step(self) -> None: ...
    def stop(self) -> None: ...
    def add_epoch(self) -> None: ...


#: Draws what else a run has to show: its history, its settings and the number of test images.
More = Callable[[History, RunConfig, int], None]


@dataclass(frozen=True)
class RunView:
    """What there is to draw of a run, whether it is going on, on record, or came along.

    epochs: where the axes end. weights: a state_dict, the newest while it runs, then those it kept; None
    before there are any. weight_history: the weights on the way, where the run keeps them. key: begins all keys.
    """

    history: History
    config: RunConfig
    n_train: int
    n_test: int
    epochs: float
    weights: dict[str, Tensor] | None
    weight_history: WeightHistory
    key: str
    active: bool = False


#: Draws a run in place of the curves of loss and accuracy.
Draw = Callable[[RunView], None]


def live_run(
    job: Steered,
    key: str,
    *,
    charts: bool = True,
    more: More | None = None,
    draw: Draw | None = None,
    watch: Callable[[Snapshot], None] | None = None,
) -> None:
    """Status, buttons and (where `charts`) the growing curves of `job`, then what `more` draws.

    draw: draws the run in place of the curves. watch: draws what is worth knowing while it runs, above them.
    """
    pace = POLL.get(job.snapshot.status)

    @st.fragment(run_every=pace)
    def body() -> None:
        with error_boundary():
            snapshot = job.snapshot
            _buttons(job, snapshot, key)
            snapshot = job.snapshot
            _status(snapshot)
            if watch is not None and snapshot.active:
                watch(snapshot)
            if charts:
                epochs = max(snapshot.config.train.epochs, snapshot.epoch)
                if draw is None:
                    curves(snapshot.history, snapshot.n_train, epochs, key)
                else:
                    draw(_shown(snapshot, epochs, key))
                if more is not None:
                    more(snapshot.history, snapshot.config, snapshot.n_test)
        if POLL.get(job.snapshot.status) != pace:  # out here: what fails above must not poll for ever
            st.rerun()  # the whole page: it polls at another pace now, or no more

    body()


def _shown(snapshot: Snapshot, epochs: float, key: str) -> RunView:
    return RunView(
        snapshot.history,
        snapshot.config,
        snapshot.n_train,
        snapshot.n_test,
        epochs,
        snapshot.weights,
        snapshot.weight_history,
        key,
        snapshot.active,
    )


def curves(history: History, n_train: int, epochs: float, key: str) -> None:
    """Loss and accuracy side by side; the gradients' sizes fold away below."""
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown(_legend(history, "loss", "Loss"))
        chart(loss_figure(history, n_train, epochs, log_y=st.session_state.get(f"{key}_log", False)), f"{key}_loss")
        st.caption("Nats per image (chance level: ln 10 ≈ 2.3). Blue: every step, with its full range.")
        st.toggle("Logarithmic loss", key=f"{key}_log", bind="query-params", help="Shows small losses better.")
    with right:
        st.markdown(_legend(history, "accuracy", "Accuracy"))
        chart(accuracy_figure(history, epochs, n_train=n_train), f"{key}_accuracy")
        attacked = history.last("attacked_accuracy") is not None
        sentence = " Adversarial: the first 500 test images under PGD, 10 steps at the training's ε."
        st.caption(
            "Measured after each epoch, within the first on 1,000 images; training accuracy on up to 5,000."
            + (sentence if attacked else "")
            + ("" if history.last("validation_accuracy") is not None else f" {BY_TEST}")
        )
    if history.gradients:
        more = st.expander(
            "How large are the gradients, layer by layer?",
            icon=":material/stacked_line_chart:",
            key=f"{key}_more_curves",
            on_change="rerun",
        )
        if more.open:
            with more:
                st.caption("The root mean square over each layer's weights, so that layers of any size compare.")
                chart(gradient_figure(history, n_train, epochs), f"{key}_gradients")


def _legend(history: History, what: str, title: str) -> str:
    """The newest values in words and in the colors of their lines."""
    parts = []
    colors = {"train": "blue", "validation": "orange", "test": "green", "attacked": "red"}
    words = {"train": "training", "attacked": "test, adversarial"}
    for split, color in colors.items():
        value = history.last(f"{split}_{what}")
        if value is not None:
            number = percent(value) if what == "accuracy" else f"{value:.3f}"
            parts.append(f":{color}[**{words.get(split, split)} {number}**]")
    return f"**{title}**  " + " · ".join(parts) if parts else f"**{title}**"


def _status(snapshot: Snapshot) -> None:
    icon, word = _WORDS[snapshot.status]
    if snapshot.status == "running" and not snapshot.steps:
        word = "Preparing"
    if snapshot.status == "queued":
        word += f", place {snapshot.place}" if snapshot.place else ", about to start"
    facts = [f":material/{icon}: **{word}**"]
    facts.append(epoch_told(snapshot))
    facts.append(f"step {snapshot.steps:,}")
    if snapshot.history.loss and snapshot.history.loss[-1] is not None:
        facts.append(f"loss {written(snapshot.history.loss[-1])}")
    if snapshot.status in ("running", "paused") and snapshot.seconds_left is not None:
        facts.append(f"{duration(snapshot.seconds_left)} left")
    if snapshot.active and snapshot.images_per_second:
        facts.append(f"{snapshot.images_per_second:,.0f} {examples(snapshot.config.model)}/s")
    if not snapshot.active:
        facts.append(f"{duration(snapshot.seconds)} of training")
        if snapshot.seconds:
            speed = sum(snapshot.history.examples_per_step) / snapshot.seconds
            facts.append(f"{speed:,.0f} {examples(snapshot.config.model)}/s")
    st.markdown(" · ".join(facts))
    st.progress(snapshot.progress)
    details = [snapshot.device, snapshot.precision]
    if snapshot.threads:
        details.append(count(snapshot.threads, "thread"))
    details.append(promise(snapshot.config.train.fast, snapshot.device))
    st.caption(" · ".join(details))
    if changes := snapshot.history.changes:
        st.caption("Changed while it ran: " + "; ".join(describe(change) for change in changes) + ".")
    corruption_badge(snapshot.config)
    if not snapshot.active and snapshot.n_test:
        config = snapshot.config
        st.markdown(score_line(snapshot.history, config, snapshot.n_test))
    if snapshot.message:
        (st.warning if snapshot.status in ("diverged", "stopped") else st.error)(escaped(snapshot.message, "page"))


def epoch_told(snapshot: Snapshot) -> str:
    """How far it is; with fractions only where an epoch has several steps."""
    train = snapshot.config.train
    digits = 0 if train.batch_size >= snapshot.n_train else 2
    now = number(round(snapshot.epoch, digits), 8)
    return f"epoch {now} of {train.epochs:,}"


def corruption_badge(config: RunConfig) -> None:
    """Say so where the training digits were corrupted on purpose."""
    if isinstance(config.data, DigitsConfig) and config.data.any:
        corrupted = replace(config.data, share=1.0).any
        badge = ":orange-badge[:material/ink_eraser: Corrupted data]" if corrupted else ":gray-badge[Trained on]"
        st.caption(f"{badge} {faults_told(config.data)}")


def describe(change: dict[str, Any]) -> str:
    """One entry of a history's changes in words."""
    if change["name"] == "stop":
        return f"stopped at step {change['step']:,}"
    return f"{change['name']} → {number(change['value'])} at step {change['step']:,}"


def written(loss: float) -> str:
    """A loss to three digits after the point, or to three digits where that would say nothing."""
    return f"{loss:.3f}" if abs(loss) >= 0.01 or loss == 0 else number(loss, 3)


def _buttons(job: Steered, snapshot: Snapshot, key: str) -> None:
    """Pause or resume, one step, one more epoch, stop. Each takes effect between two steps."""
    paused, active = snapshot.status == "paused", snapshot.active
    with st.container(horizontal=True, gap="small"):
        if paused:
            job_button("Resume", "play_arrow", f"{key}_resume", job.resume, help="Continues training from here.")
        else:
            job_button("Pause", "pause", f"{key}_pause", job.pause, disabled=not active, help="Pauses after this step.")
        job_button(
            "One step", "skip_next", f"{key}_step", job.step, disabled=not paused, help="While paused: one batch."
        )
        job_button(
            "+1 epoch",
            "add",
            f"{key}_more",
            job.add_epoch,
            disabled=snapshot.status in ("diverged", "failed") or snapshot.steps == 0,
            help="One more pass over the images, also after the end.",
        )
        job_button("Stop", "stop", f"{key}_stop", job.stop, disabled=not active, help="End here and keep the result.")


# A button that steers a job: pause, one step, stop.


def job_button(
    label: str, icon: str, key: str, action: Callable[[], None], *, help: str, disabled: bool = False
) -> None:
    """A button with one of Material's icons; pressed, it asks for `action` before the page is drawn again."""
    st.button(
        label, icon=f":material/{icon}:", key=key, help=help, disabled=disabled, on_click=_then_wait, args=(action,)
    )


def _then_wait(action: Callable[[], None]) -> None:
    """Do it and give the worker a moment, so that the redraw already shows what it did."""
    try:
        action()
    except LabError as error:  # a callback runs outside the page's error boundary
        st.toast(escaped(str(error), "page"), icon=":material/info:")
    time.sleep(0.12)
