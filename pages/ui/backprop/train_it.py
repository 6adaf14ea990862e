"""Tab: train by hand beside autograd, and see two curves that are one."""

import streamlit as st

from core.config.run import RunConfig
from core.export.snippets.panel import training_code
from core.formatting import percent
from core.jobs.job_pair import Pair, twins
from core.storage.history import History
from pages.ui.backprop.momentum import momentum
from pages.ui.backprop.pair_controls import pair_controls, told
from pages.ui.backprop.paired_runs import beside, between
from pages.ui.kit.shell import css
from pages.ui.kit.shell.cache import shipped_model
from pages.ui.kit.shell.layout import controls_and_stage
from pages.ui.kit.training.export_buttons import export_buttons, lesson_now
from pages.ui.kit.training.live_run import curves, live_run
from pages.ui.kit.training.run_pair import TwoRuns
from pages.ui.kit.widgets.kept_button import kept_button

RUN, TWIN = "manual_run", "manual_twin"  # by hand, by autograd
PAIR = TwoRuns(
    RUN, TWIN, "manual_shown_run", "manual_problem", ("pages/3_Manual_Backprop.py", {"manual_tab": "Train it"})
)


def train_it() -> None:
    """Settings and start on the left, the pair or what was recorded of one on the right."""
    pair = current_pair()
    left, right = controls_and_stage()
    with left, st.container(key="lab-controls"):
        config = _choose(pair)
    if pair is not None and pair.snapshot.active:
        css.stage_first()
    with right:
        if problem := PAIR.trouble():
            st.error(problem, icon=":material/info:")
        if pair is not None:
            live_run(pair, "manual_live", charts=False)
            beside(pair)
        else:
            _recorded()
        more = st.expander(
            "Momentum has two formulas", icon=":material/speed:", key="manual_momentum_more", on_change="rerun"
        )
        if more.open:
            with more:
                momentum()
        by_hand, by_autograd = twins(config if pair is None else pair.by_hand.start)
        with st.expander("Show the code", icon=":material/code:"):
            st.markdown("**By hand**")
            st.code(training_code(by_hand), language="python")
            st.markdown("**By autograd**: no forward tape, no `backward` of one's own")
            st.code(training_code(by_autograd), language="python")
            export_buttons(lesson_now(by_hand, pair.by_hand if pair else None), by_hand.recipe, "manual_export")


def current_pair() -> Pair | None:
    """The pair that the address or this session names, adopted by this session; None if it is gone."""
    pair = PAIR.current()
    if pair is not None and PAIR.newly_found(pair):
        st.session_state.update(told(pair.by_hand.start))
    return pair


def _choose(pair: Pair | None) -> RunConfig:
    """The left column."""
    active = pair is not None and pair.snapshot.active
    start = st.container()  # stands above the controls, but what it starts is read from them first
    config = pair_controls(active)
    with start:
        pressed = kept_button(
            "Train both",
            icon=":material/play_arrow:",
            type="primary",
            width="stretch",
            key="manual_start",
            disabled=active,
            help="Start two runs from the same weights on the same batches: one by hand, one by autograd.",
        )
        st.caption(
            "Settings stand still while the two run, so that both get the same ones."
            if active
            else "By hand and by autograd, from the same weights on the same batches, one thread each."
        )
    if pressed:  # no callback: it would start what the controls said a moment ago
        PAIR.start(twins(config))
        st.rerun()
    return config


def _recorded() -> None:
    """The pair that the address names, if it is on record, else the two networks that came with the lab."""
    if found := PAIR.recorded():
        ours, theirs = found
        epochs = max(ours.config.train.epochs, ours.epochs)
        between(ours.history, theirs.history, ours.n_train, epochs)
        st.markdown("##### The run by hand")
        curves(ours.history, ours.n_train, epochs, "manual_live")
        return
    hand, auto = (shipped_model(name).provenance for name in ("mlp-manual", "mlp-autograd"))
    st.markdown(
        f":material/inventory_2: **As they came**: both networks, trained on {hand['n_train']:,} images for "
        f"{hand['epochs']:g} epochs with seed {hand['seed']}. By hand {percent(hand['test_accuracy'], 2)} of "
        f"{hand['n_test']:,} test images read correctly, by autograd {percent(auto['test_accuracy'], 2)}. "
        "Press *Train both* to watch it happen."
    )
    histories = [History.from_json(facts["history"]) for facts in (hand, auto)]
    between(histories[0], histories[1], hand["n_train"], hand["epochs"], digits=5)
