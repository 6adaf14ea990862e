"""What stands below a run that has ended: hints, and suspects where labels were flipped."""

from pages.ui.kit.network.label_errors import show_suspects
from pages.ui.kit.training.ended_run import Ended, Place
from pages.ui.kit.training.hints import show_hints


def below(place: Place, run: Ended) -> None:
    """Draw what there is to say of it."""
    if run.history.loss:
        show_hints(place, run)
        show_suspects(place, run)
