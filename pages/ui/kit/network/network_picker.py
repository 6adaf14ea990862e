"""Which network do the panels look at? The one just trained, one on record, or the one that came along."""

import json
from pathlib import Path

import streamlit as st
import torch

from core.config.run import ModelConfig, RunConfig
from core.formatting import number
from core.jobs.snapshot import Snapshot
from core.jobs.training_job import Job
from core.models import as_module
from core.models.layers import Normalize
from core.models.trained_network import TrainedNetwork, load_checkpoint, rebuild
from core.recipes.texts import train_recipes
from core.storage.checkpoints import SHIPPED, run_checkpoint, shipped
from core.storage.runs import RunRecord
from core.storage.weight_history import Frame, WeightHistory, load_weight_history, weight_history_path
from core.training.trainer import initial_network
from pages.ui.kit.network.trained_network import Trained
from pages.ui.kit.shell.cache import run_store, shipped_model
from pages.ui.kit.shell.owner import mine

NOW = "now"


Kind = type[ModelConfig]
Kinds = Kind | tuple[Kind, ...]


def choose_network(job: Job | None, recipe: str, *, kind: Kind, key: str) -> Trained:
    """A select box over the networks of one kind that are at hand, and the one chosen in it.

    job: this page's run, if it has one. recipe: whose network stands first. key: of the select box; a page
    may set it in the session state beforehand to NOW, "shipped:NAME" or "run:ID".
    """
    options: dict[str, str] = {}
    snapshot = job.snapshot if job else None
    if snapshot is not None and snapshot.weights is not None:
        options[NOW] = f"This run: {snapshot.config.recipe}"
    ours = f"shipped:{recipe}"
    names = sorted(set(shipped()) & set(train_recipes(kind)), key=lambda name: (name != recipe, name))
    options |= {f"shipped:{name}": f"As it came: {name}" for name in names}
    runs = {run.run_id: run for run in recorded(kind)}
    options |= {f"run:{run_id}": record_title(run) for run_id, run in runs.items()}
    if st.session_state.get(key) not in options:
        st.session_state.pop(key, None)
    picked = st.selectbox(
        "Network to look at",
        list(options),
        index=0 if NOW in options else list(options).index(ours) if ours in options else 0,
        format_func=lambda name: options[name],
        key=key,
        persist_state="session",
        help="The run of this page as it stands now, a network that came with Digit Lab, or a run on record.",
    )
    if picked == NOW and snapshot is not None:
        caption_of(snapshot)
        return running(snapshot, options[NOW])
    where, _, name = picked.partition(":")
    return as_it_came(name, options[picked]) if where == "shipped" else on_record(runs[name])


def running(snapshot: Snapshot, title: str) -> Trained:
    """The network of a run as it stands now; its snapshot must hold weights."""
    assert snapshot.weights is not None
    model = rebuild(snapshot.config, snapshot.weights)
    name = f"{snapshot.job_id}@{snapshot.weights_step}"
    return _trained(name, title, snapshot.config, model, snapshot.film)


def caption_of(snapshot: Snapshot) -> None:
    """Say which moment of a run is looked at: not in an option's label, which a select box holds on to."""
    st.caption(f"The run at epoch {number(snapshot.weights_epoch)}, step {snapshot.weights_step:,}.")


def as_it_came(name: str, title: str) -> Trained:
    """A network that came with Digit Lab."""
    came = shipped_model(name)
    film = weight_history_beside(SHIPPED / f"{name}.safetensors", 0.0, came)
    return _trained(f"shipped:{name}", title, came.config, came.model, film)


def on_record(run: RunRecord) -> Trained:
    """The network of a recorded run."""
    checkpoint = _load_run(run.run_id, run.created)
    film = weight_history_beside(run_checkpoint(run.run_id), run.created, checkpoint)
    return _trained(f"run:{run.run_id}@{run.created}", record_title(run), checkpoint.config, checkpoint.model, film)


def recorded(kind: Kinds, most: int = 15) -> list[RunRecord]:
    """The newest runs of those kinds whose weights are still there."""
    runs = run_store().all(owner=mine(), limit=4 * most)
    of_kind = [run for run in runs if isinstance(run.config.model, kind)]
    return [run for run in of_kind if run_checkpoint(run.run_id).is_file()][:most]


def record_title(run: RunRecord) -> str:
    """Names a run for good: the box keeps its choice by these words, so none may repeat or change."""
    return f"On record: {run.name or run.recipe} · {run.run_id}"


@st.cache_resource(max_entries=8, show_spinner=False)
def _load_run(run_id: str, written: float) -> TrainedNetwork:
    """A recorded run's network; `written` tells one version of a run that went on from the next."""
    return load_checkpoint(run_checkpoint(run_id))


@st.cache_resource(max_entries=8, show_spinner=False)
def _start(settings: str, mean_std: tuple[float, float] | None) -> torch.nn.Module:
    """The network before its first step: the seed gives its weights back exactly.

    settings: the RunConfig as JSON. mean_std: what the run normalized by.
    """
    start = as_module(initial_network(RunConfig.from_json(json.loads(settings)))).eval()
    if mean_std is not None and isinstance(start.normalize, Normalize):
        start.normalize.mean.fill_(mean_std[0])
        start.normalize.std.fill_(mean_std[1])
    return start


@st.cache_resource(max_entries=6, show_spinner=False)
def weight_history_beside(path: Path, written: float, _checkpoint: TrainedNetwork) -> WeightHistory:
    """The frames that lie beside a checkpoint, which itself is the last, if there are any.

    written: tells one version of a run that went on from the next.
    """
    last = Frame(float(_checkpoint.provenance.get("epochs", 0.0)), _checkpoint.model.state_dict())
    return load_weight_history(weight_history_path(path), last)


def _trained(key: str, title: str, config: RunConfig, model: torch.nn.Module, film: WeightHistory) -> Trained:
    """The network together with its own start, normalized as it is now."""
    layer = model.normalize
    mean_std = (float(layer.mean), float(layer.std)) if isinstance(layer, Normalize) else None
    return Trained(key, title, config, model, _start(json.dumps(config.to_json()), mean_std), film)
