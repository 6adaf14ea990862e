"""The runs selected to be compared: their ids, in the session and in the address."""

from collections.abc import Sequence

from core.storage.runs import RunRecord
from pages.ui.kit.shell import state
from pages.ui.runs.cached_runs import whole

CHOSEN = "runs_chosen"  # URL parameter and session key: ids with commas between
MOST = 8  # more curves than that on one chart nobody can follow


def ids() -> list[str]:
    """The ids chosen, in the order in which they were."""
    return [name for name in (state.recall(CHOSEN) or "").split(",") if name.isalnum()][:200]


def choose(names: Sequence[str]) -> None:
    """Choose these and no others."""
    state.remember(CHOSEN, ",".join(dict.fromkeys(names)) or None)


def follow(shown: Sequence[str], picked: Sequence[str]) -> None:
    """Of the runs that are shown those that are picked; what is chosen among the others stays so."""
    kept = [name for name in ids() if name not in shown or name in picked]
    choose([*kept, *picked])


def runs() -> list[RunRecord]:
    """The first MOST chosen runs that are still there, with their histories."""
    found = (whole(name) for name in ids()[: 4 * MOST])
    return [run for run in found if run is not None][:MOST]
