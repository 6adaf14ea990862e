"""Which network do the panels look at? The one just trained, a recorded one, a shipped one, or one somebody brings.

A picker's options are a dict from the word that the session or the address keeps ("shipped:NAME", "run:ID", …) to an
`Option`, which knows its network: nothing is read out of the word.
"""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import streamlit as st
from torch import nn

from core.config.run import DIGIT_READERS, ModelConfig, RunConfig
from core.formatting import number, percent
from core.jobs.snapshot import Snapshot
from core.jobs.training_job import Job
from core.models import as_module
from core.models.layers import Normalize
from core.models.trained_network import TrainedNetwork, load_run, rebuild
from core.recipes.texts import RECIPES, train_recipes
from core.storage.checkpoints import SHIPPED, run_checkpoint, shipped
from core.storage.runs import RunRecord
from core.storage.weight_history import Frame, WeightHistory, load_weight_history, weight_history_path
from core.training.trainer import initial_network
from pages.ui.kit.shell import choices
from pages.ui.kit.shell.cache import run_store, shipped_model
from pages.ui.kit.shell.owner import mine

NOW = "now"

Kind = type[ModelConfig]
Kinds = Kind | tuple[Kind, ...]


@dataclass(frozen=True)
class Option:
    """One network in a picker. open: finds it when it is chosen, and may say more of it on the page."""

    title: str
    open: Callable[[], TrainedNetwork]


Options = Mapping[str, Option]


def pick_network(
    label: str,
    options: Options,
    key: str,
    *,
    help: str,
    first: str | None = None,
    in_address: bool = False,
    disabled: bool = False,
    kind: str = "",
    named: str = "",
    now: str = "",
) -> TrainedNetwork:
    """A select box over networks, and the one chosen in it.

    first: the word of the option that stands there at the start. in_address: the choice is kept in the address, by
    its word, which then is the title too; else in the session. A choice that is no longer there is forgotten.
    kind: the choice is shared with all pickers of that kind; none if empty. named: stands before the words here in
    what they share. now: id of the run that NOW stands for.
    """
    if st.session_state.get(key) not in options:
        st.session_state.pop(key, None)
    kept: dict[str, Any] = {"bind": "query-params"} if in_address else {"persist_state": "session"}
    words = list(options)

    def here(word: str) -> str | None:
        plain = word.removeprefix("run:")
        known = (word.removeprefix(named), f"job:{plain}", NOW if plain == now else "")
        return next((one for one in known if one in options), None)

    def elsewhere(word: str) -> str | None:
        word = f"run:{now}" if word == NOW else f"{named}{word}".replace("job:", "run:", 1)
        return word if word.startswith(("shipped:", "run:")) else None

    sharing = (
        choices.shared(kind, key, into=here, out_of=elsewhere, in_address=in_address, locked=disabled)
        if kind
        else nullcontext()
    )
    with sharing:
        picked: str = st.selectbox(
            label,
            words,
            index=words.index(first) if first is not None and first in options else 0,
            format_func=lambda word: options[word].title,
            key=key,
            help=help,
            disabled=disabled,
            **kept,
        )
    return options[picked].open()


def choose_network(job: Job | None, recipe: str, *, kind: Kind, key: str) -> TrainedNetwork:
    """A picker of the networks of one kind that are at hand.

    job: this page's run, if it has one. recipe: whose network stands first. key: of the select box; a page
    may set it in the session state beforehand to NOW, "shipped:NAME" or "run:ID".
    """
    snapshot = job.snapshot if job else None
    names = sorted(set(shipped()) & set(train_recipes(kind)), key=lambda name: (name != recipe, name))
    options = {
        **({} if snapshot is None or snapshot.weights is None else {NOW: job_option(snapshot, "This run: {recipe}")}),
        **shipped_options(names),
        **run_options(recorded(kind)),
    }
    return pick_network(
        "Network to look at",
        options,
        key,
        first=NOW if NOW in options else f"shipped:{recipe}",
        help="This page's run as it is now, a pretrained network (with its test accuracy), or a saved run.",
        kind=choices.NETWORK if issubclass(kind, DIGIT_READERS) else f"{choices.NETWORK} {kind.__name__}",
        now=snapshot.job_id if snapshot else "",
    )


def job_option(snapshot: Snapshot, title: str) -> Option:
    """A run of this session; its snapshot must hold weights. title: may name its {recipe} and its {id}."""
    description = title.format(recipe=snapshot.config.recipe, id=snapshot.job_id)

    def network() -> TrainedNetwork:
        # Not in the option's label, which a select box holds on to.
        st.caption(f"The run at epoch {number(snapshot.weights_epoch)}, step {snapshot.weights_step:,}.")
        return running(snapshot, description)

    return Option(description, network)


def shipped_options(names: list[str]) -> dict[str, Option]:
    """The pretrained networks of these recipes: name, one line and test accuracy."""
    return {f"shipped:{name}": _shipped_option(name) for name in names}


def _shipped_option(name: str) -> Option:
    title, facts = RECIPES[name].title if name in RECIPES else "pretrained", shipped_model(name).provenance
    accuracy = facts.get("test_accuracy")
    known = [name, title, *([] if accuracy is None else [percent(accuracy)])]
    return Option(" · ".join(known), lambda: as_it_came(name, name))


def run_options(runs: list[RunRecord]) -> dict[str, Option]:
    """Recorded runs whose weights are there."""
    return {f"run:{run.run_id}": _run_option(run) for run in runs}


def _run_option(run: RunRecord) -> Option:
    return Option(record_title(run), lambda: on_record(run))


def running(snapshot: Snapshot, title: str) -> TrainedNetwork:
    """The network of a run as it stands now; its snapshot must hold weights."""
    assert snapshot.weights is not None
    network = TrainedNetwork(
        rebuild(snapshot.config, snapshot.weights),
        snapshot.config,
        "job",
        snapshot.job_id,
        version=str(snapshot.weights_step),
        title=title,
        weight_history=snapshot.weight_history,
    )
    return _with_start(network)


def as_it_came(name: str, title: str) -> TrainedNetwork:
    """A pretrained network."""
    came = replace(shipped_model(name), title=title)
    return _with_start(replace(came, weight_history=weight_history_beside(SHIPPED / f"{name}.safetensors", 0.0, came)))


def on_record(run: RunRecord) -> TrainedNetwork:
    """The network of a recorded run. Raises LabError where its weights were not kept, or are gone."""
    found = replace(_load_run(run.run_id, run.created), version=str(run.created), title=record_title(run))
    kept = weight_history_beside(run_checkpoint(run.run_id), run.created, found)
    return _with_start(replace(found, weight_history=kept))


def recorded(kind: Kinds, most: int = 15) -> list[RunRecord]:
    """The newest runs of those kinds whose weights are still there."""
    runs = run_store().all(owner=mine(), limit=4 * most)
    of_kind = [run for run in runs if isinstance(run.config.model, kind)]
    return [run for run in of_kind if run_checkpoint(run.run_id).is_file()][:most]


def record_title(run: RunRecord) -> str:
    """Names a run for good: the box keeps its choice by these words, so none may repeat or change."""
    return f"Saved: {run.name or run.recipe} · {run.run_id}"


@st.cache_resource(max_entries=8, show_spinner=False)
def _load_run(run_id: str, written: float) -> TrainedNetwork:
    """A recorded run's network; `written` tells one version of a run that went on from the next."""
    return load_run(run_id)


@st.cache_resource(max_entries=8, show_spinner=False)
def _start(config: RunConfig, mean_std: tuple[float, float] | None) -> nn.Module:
    """The network before its first step: the seed gives its weights back exactly.

    mean_std: what the run normalized by.
    """
    start = as_module(initial_network(config)).eval()
    if mean_std is not None and isinstance(start.normalize, Normalize):
        start.normalize.mean.fill_(mean_std[0])
        start.normalize.std.fill_(mean_std[1])
    return start


@st.cache_resource(max_entries=6, show_spinner=False)
def weight_history_beside(path: Path, written: float, _network: TrainedNetwork) -> WeightHistory:
    """The frames that lie beside a checkpoint, which itself is the last, if there are any.

    written: tells one version of a run that went on from the next.
    """
    last = Frame(float(_network.provenance.get("epochs", 0.0)), _network.model.state_dict())
    return load_weight_history(weight_history_path(path), last)


def _with_start(network: TrainedNetwork) -> TrainedNetwork:
    """The network together with its own start, normalized as it is now."""
    layer = network.model.normalize
    mean_std = (float(layer.mean), float(layer.std)) if isinstance(layer, Normalize) else None
    return replace(network, start=_start(network.config, mean_std))
