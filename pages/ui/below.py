"""What stands below a run that has ended: hints, and suspects where labels were flipped."""

from pages.ui.ended import Ended, Place
from pages.ui.hints import show_hints
from pages.ui.suspects import show_suspects


def below(place: Place, run: Ended) -> None:
    """Draw what there is to say of it."""
    if run.history.loss:
        show_hints(place, run)
        show_suspects(place, run)
