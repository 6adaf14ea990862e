"""A run that has ended, wherever it comes from: this page's job, a saved run, or a pretrained network."""

from collections.abc import Callable
from dataclasses import dataclass

from torch import nn

from core.config.errors import LabError
from core.config.run import RunConfig
from core.jobs.snapshot import Snapshot
from core.models.trained_network import TrainedNetwork, rebuild
from core.storage.checkpoints import shipped
from core.storage.history import History
from core.storage.runs import RunRecord
from pages.ui.kit.network.network_picker import on_record
from pages.ui.kit.shell import cache


@dataclass(frozen=True, eq=False)
class Place:
    """Where something about a run stands: the page (its keys begin with `prefix`) and what its controls say
    now, None where that cannot be built."""

    prefix: str
    wanted: RunConfig | None

    def key(self, name: str) -> str:
        return f"{self.prefix}_{name}"


@dataclass(frozen=True, eq=False)
class FinishedRun:
    """A run with its network.

    key: names the run and its end, for caches. network: makes or finds its network, in eval mode, shared;
    None where its weights are gone. record: its id, where it is one on record that this page did not start.
    """

    key: str
    config: RunConfig
    history: History
    n_train: int
    network: Callable[[], nn.Module | None]
    record: str | None = None


def of_job(snapshot: Snapshot) -> FinishedRun:
    """The run of a page's own job."""
    key = f"{snapshot.job_id}@{snapshot.steps}/{snapshot.config.train.epochs}"

    def network() -> nn.Module | None:
        return None if snapshot.weights is None else rebuild(snapshot.config, snapshot.weights).eval()

    return FinishedRun(key, snapshot.config, snapshot.history, snapshot.n_train, network)


def network_of(run: RunRecord) -> TrainedNetwork | None:
    """The network of a recorded run; None where its weights were not kept, or are gone."""
    try:
        return on_record(run)
    except LabError:
        return None


def of_record(name: str | None, recipe: str) -> FinishedRun | None:
    """The recorded run of that name; without a name the pretrained network, None where there is none."""
    if name is None and recipe not in shipped():
        return None
    if name is None:
        came = cache.shipped_model(recipe)
        facts = came.provenance
        history = History.from_json(facts["history"])
        return FinishedRun(f"shipped:{recipe}", came.config, history, facts["n_train"], lambda: came.model)
    run = cache.run_store().get(name)

    def network() -> nn.Module | None:
        trained = network_of(run)
        return None if trained is None else trained.model

    return FinishedRun(f"run:{name}@{run.created}", run.config, run.history, run.n_train, network, name)
