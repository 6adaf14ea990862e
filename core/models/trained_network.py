"""A trained network, wherever it comes from: shipped, recorded, just trained here, or a file somebody brings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from torch import Tensor, nn

from core.config.errors import LabError
from core.config.run import RunConfig
from core.models import build_module
from core.storage.checkpoints import read_checkpoint, run_checkpoint, shipped_checkpoint
from core.storage.weight_history import WeightHistory

#: Comes with the project, recorded, a job of this server, brought by a person, or a file on the command line.
Source = Literal["shipped", "run", "job", "upload", "file"]


@dataclass(frozen=True, eq=False)
class TrainedNetwork:
    """One network at one moment.

    model: with its weights, in eval mode on the CPU, shared: copy it before you change anything. config: what
    built it. source, id: where it comes from and what it is called there (a recipe, a run's id, …). version: tells
    one state of a run that goes on from the next. title: for people. provenance: what its checkpoint says of its
    training. weight_history: the network at the start and after every epoch, where the run kept that. start: the
    same network before its first step, where that is known.
    """

    model: nn.Module
    config: RunConfig
    source: Source
    id: str
    version: str = ""
    title: str = ""
    provenance: dict[str, Any] = field(default_factory=dict)
    weight_history: WeightHistory = ()
    start: nn.Module | None = None

    @property
    def key(self) -> str:
        """Names source, id and version in one string: for caches of what is computed from it."""
        return f"{self.source}:{self.id}" + (f"@{self.version}" if self.version else "")

    @property
    def initial(self) -> nn.Module:
        """The network before its first step. Raises LabError where that is not known."""
        if self.start is None:
            raise LabError(f"How {self.title or self.id} was initialized is not known: its file holds what it became.")
        return self.start


def rebuild(config: RunConfig, weights: Mapping[str, Tensor]) -> nn.Module:
    """The network of `config` with these weights (a state_dict), in eval mode on the CPU.

    Raises LabError if a weight is missing, left over or of the wrong shape.
    """
    model = build_module(config.model)
    try:
        model.load_state_dict(weights, strict=True)
    except RuntimeError as error:
        message = " ".join(str(error).split())  # PyTorch gives each weight a line
        message = message if len(message) < 300 else f"{message[:300]}…"
        raise LabError(f"These weights do not fit the network {config.recipe}: {message}") from error
    return model.eval()


def load_checkpoint(path: Path, source: Source = "file", id: str | None = None) -> TrainedNetwork:
    """Read a checkpoint and rebuild its network, strictly: every weight must fit. id: the file's name if None.

    Raises NotFound if there is no such file, LabError if it is not one of our checkpoints.
    """
    weights, config, provenance = read_checkpoint(path)
    id = id or path.stem
    return TrainedNetwork(rebuild(config, weights), config, source, id, title=id, provenance=provenance)


def load_shipped(name: str) -> TrainedNetwork:
    """A network that comes with the project, by its recipe's id. Raises NotFound."""
    return load_checkpoint(shipped_checkpoint(name), "shipped", name)


def load_run(run_id: str) -> TrainedNetwork:
    """The network of a recorded run. Raises NotFound where its weights were not kept, or are gone."""
    return load_checkpoint(run_checkpoint(run_id), "run", run_id)
