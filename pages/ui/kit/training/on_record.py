"""What a training page shows where no job is its own: the recorded run that the address names, else the
pretrained network."""

from collections.abc import Callable

import streamlit as st

from core.config.errors import NotFound
from core.config.escaping import escaped
from core.config.run import RunConfig, examples
from core.formatting import count
from core.models.trained_network import TrainedNetwork
from core.storage.checkpoints import shipped
from core.storage.history import History
from core.storage.runs import RunRecord
from core.training.recording import computed_elsewhere
from pages.ui.kit.network.network_picker import Kind, as_it_came
from pages.ui.kit.shell import cache, state
from pages.ui.kit.shell.places import not_here
from pages.ui.kit.training import finished_run
from pages.ui.kit.training.live_run import Draw, More, RunView, corruption_badge, curves, describe, score_line


def recorded(
    recipe: str, kind: Kind, key: Callable[[str], str], draw: Draw | None, more: More | None
) -> RunRecord | None:
    """Curves of the run that the address names, if it is on record, else of the shipped network, if there is one.

    key: makes a page's keys. draw, more: as a training page has them.
    """
    name = state.recall(key("run"))
    if name is not None:
        try:
            run = cache.run_store().get(name)
            if not isinstance(run.config.model, kind):
                raise NotFound(f"Run {name} is of another page.")
            st.markdown(
                f":material/history: **Recorded run {escaped(run.name, 'page') or run.run_id}** of "
                f"{run.recipe}, {run.status}."
            )
            if otherwise := computed_elsewhere(run.versions):
                st.caption(otherwise)
            corruption_badge(run.config)
            if run.history.changes:
                st.caption(f"Changed while it ran: {'; '.join(map(describe, run.history.changes))}.")
            epochs = max(run.config.train.epochs, run.epochs)
            network = finished_run.network_of(run) if draw else None
            _draw(draw, key("live"), run.config, network, run.history, run.n_train, run.n_test, epochs)
            if more is not None:
                more(run.history, run.config, run.n_test)
            return run
        except NotFound:
            not_here("That run is", "Press *Train* to start one here.")
            state.remember(key("run"), None)
    if recipe not in shipped():
        st.info(f"No pretrained network of {recipe} is here yet. Press *Train* to make one.", icon=":material/school:")
        return None
    came = cache.shipped_model(recipe)
    facts = came.provenance
    st.markdown(
        f":material/inventory_2: **Pretrained**: {recipe}, trained on {facts['n_train']:,} "
        f"{examples(came.config.model)} for {count(facts['epochs'], 'epoch')} with seed {facts['seed']}. "
        "Press *Train* to make your own."
    )
    history = History.from_json(facts["history"])
    st.markdown(score_line(history, came.config, facts["n_test"]))
    trained = as_it_came(recipe, recipe) if draw else None
    _draw(draw, key("live"), came.config, trained, history, facts["n_train"], facts["n_test"], facts["epochs"])
    if more is not None:
        more(history, came.config, facts["n_test"])
    return None


def _draw(
    draw: Draw | None,
    key: str,
    config: RunConfig,
    trained: TrainedNetwork | None,
    history: History,
    n_train: int,
    n_test: int,
    epochs: float,
) -> None:
    """A run that has ended, in this page's way.

    key: begins all keys. trained: its network, where the page draws that and its weights were kept.
    """
    if draw is None:
        curves(history, n_train, epochs, key)
        return
    weights, weight_history = (None, ()) if trained is None else (trained.model.state_dict(), trained.weight_history)
    draw(RunView(history, config, n_train, n_test, epochs, weights, weight_history, key))
