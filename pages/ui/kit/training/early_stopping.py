"""Widgets for the validation split, the checkpoint to keep, and early stopping."""

from typing import Any

from pages.ui.kit.widgets.bound_widgets import Widgets

PATIENCE = (0, 1, 2, 3, 5, 10, 20, 50, 100, 200, 500)
WORDS = {"last": "the last epoch", "best": "the best epoch on validation"}


def early_stopping(widget: Widgets, values: dict[str, Any], what: str) -> dict[str, Any]:
    """Draw them and return what they say. values: where they start. what: names the examples."""
    share = widget.slider(
        "Validation split",
        0.0,
        0.5,
        float(values["validation"]),
        "validation",
        step=0.05,
        help=f"Share of the training {what} kept aside to choose by; the test {what} only report.",
    )
    held_out = share > 0
    kept = kept_weights(widget, values, held_out=held_out)
    patience = widget.choice(
        "Patience (epochs)",
        PATIENCE,
        values["patience"],
        "patience",
        help="Early stopping: ends training after this many epochs without a better validation loss; 0: never.",
    )
    return {"validation": share, "keep": kept, "patience": patience if held_out else 0}


def kept_weights(widget: Widgets, values: dict[str, Any], *, held_out: bool) -> str:
    """The box that says which epoch's weights a run leaves; the last ones where nothing is held out."""
    kept = widget.choice_box(
        "Checkpoint to keep",
        tuple(WORDS),
        values["keep"],
        "keep",
        help="A network may get worse after its best epoch. The validation split shows which that is; without one "
        "the last epoch is kept.",
        format_func=lambda name: WORDS[name],
    )
    return str(kept) if held_out else "last"
