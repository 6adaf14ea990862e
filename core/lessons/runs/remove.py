"""Remove a run with all that it left."""

from core.storage.checkpoints import run_checkpoint
from core.storage.runs import RunStore
from core.storage.weight_history import weight_history_path


def remove(store: RunStore, run_id: str, owner: str | None) -> None:
    """Remove the record first, which says whether one may, then the weights and the film beside it.

    owner: who asks, as in RunStore.delete. Raises NotFound, or LabError if it is somebody else's.
    """
    store.delete(run_id, owner)
    weights = run_checkpoint(run_id)
    for path in (weight_history_path(weights), weights):
        path.unlink(missing_ok=True)
