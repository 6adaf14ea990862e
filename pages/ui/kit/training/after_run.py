"""What stands below a run that has ended: hints, and suspects where labels were flipped."""

from pages.ui.kit.network.label_errors import show_suspects
from pages.ui.kit.training.finished_run import FinishedRun, Place
from pages.ui.kit.training.hints import show_hints


def below(place: Place, run: FinishedRun | None) -> None:
    """Draw what there is to say of it, if there is a run."""
    if run is not None and run.history.loss:
        show_hints(place, run)
        show_suspects(place, run)
