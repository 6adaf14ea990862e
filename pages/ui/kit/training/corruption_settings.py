"""Widgets that corrupt the training digits on purpose, and what was done to them in words."""

from typing import Any

from core.config.digits import DigitsConfig
from pages.ui.kit.widgets.bound_widgets import Widgets

SHARES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.6, 0.7, 1.0)
LEFT = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
NOBODY = "no digit"


def rare_shown(digit: int | None) -> str:
    """What the widget of the rare digit holds: its options are words, None among them would mean "empty"."""
    return NOBODY if digit is None else str(digit)


def fault_settings(widget: Widgets, values: dict[str, Any]) -> dict[str, Any]:
    """Draw them and return what they say. values: where they start."""
    changes: dict[str, Any] = {
        "share": widget.choice(
            "Training images used",
            SHARES,
            float(values["share"]),
            "share",
            format_func=_percent,
            help="The same share of every digit. Fewer images: how much does a network need?",
        ),
        "flipped": widget.slider(
            "Label noise",
            0.0,
            1.0,
            float(values["flipped"]),
            "flipped",
            step=0.05,
            format="percent",
            help="Share of the training images that get the label of another digit, drawn at random. "
            "The test images keep theirs.",
        ),
    }
    rare = widget.choice_box(
        "Class imbalance: rare digit",
        (NOBODY, *map(str, range(10))),
        rare_shown(values["rare"]),
        "rare",
        help="Of this digit only a few training images are left. Watch how its accuracy falls.",
    )
    changes["rare"] = None if rare == NOBODY else int(rare)
    if changes["rare"] is not None:
        changes["rare_share"] = widget.choice(
            "Share of it kept",
            LEFT,
            float(values["rare_share"]),
            "rare_share",
            format_func=_percent,
            help="Share of its training images. At 0 the network never sees one.",
        )
    changes["pixel_noise"] = widget.slider(
        "Pixel noise",
        0.0,
        1.0,
        float(values["pixel_noise"]),
        "pixel_noise",
        step=0.05,
        help="Standard deviation of a random number added to every pixel (0 to 1, clipped there), the same "
        "in every epoch.",
    )
    if DigitsConfig(**changes).any:
        changes["faults_seed"] = widget.number(
            "Corruption seed",
            0,
            2**31 - 1,
            values["faults_seed"],
            "faults_seed",
            help="Another seed corrupts other images.",
        )
    return changes


def faults_told(faults: DigitsConfig) -> str:
    """What was done to the digits, or "" where nothing was."""
    parts = []
    if faults.share < 1:
        parts.append(f"{_percent(faults.share)} of the images")
    if faults.flipped:
        parts.append(f"{_percent(faults.flipped)} of the labels wrong")
    if faults.rare is not None:
        left = f"only {_percent(faults.rare_share)}" if faults.rare_share else "none"
        parts.append(f"of the digit {faults.rare} {left} left")
    if faults.pixel_noise:
        parts.append(f"pixel noise of {faults.pixel_noise:g}")
    return ", ".join(parts)


def _percent(share: float) -> str:
    return f"{100 * share:.3g}%"
