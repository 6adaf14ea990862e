"""What a change does to a network's accuracy and to its maps, and how far confidence can be trusted."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from core.charts.palette import BLUE, GRAY, GREEN, ORANGE, VERMILLION
from core.charts.series import bar, dots, error, line, series
from core.charts.style import AXIS
from core.formatting import percent, points

AS_IT_IS, BACK = "at fixed places", "shifted back"


def digit_pairs_figure(
    before: Sequence[float], after: Sequence[float], counts: Sequence[int], *, height: int = 250
) -> go.Figure:
    """before, after (10,): accuracy on each digit's images; a line from the gray dot before to the orange after."""
    low = min(*before, *after)
    room = 0.06 * (1 - low) or 0.01
    ends_x = [x for digit in range(len(before)) for x in (digit, digit, None)]
    ends_y = [y for pair in zip(before, after, strict=True) for y in (*pair, None)]
    customdata = [[points(b - a, signed=True), n] for a, b, n in zip(before, after, counts, strict=True)]
    path = line(ends_x, ends_y, "", ORANGE, width=2, opacity=0.6, hover=None, showlegend=False)
    both = [
        dots(
            list(range(len(shares))),
            list(shares),
            name,
            color,
            size=10,
            customdata=customdata,
            hover=f"<b>%{{x}}</b> {name}: %{{y:.2%}} of %{{customdata[1]}} images<br>change %{{customdata[0]}}",
        )
        for name, shares, color in (("trained", before, GRAY), ("edited", after, ORANGE))
    ]
    return series(
        [path, *both],
        height=height,
        x_title="digit",
        y_title="accuracy",
        percent_y=True,
        legend=True,
        x_range=(-0.6, len(before) - 0.4),
        y_range=(max(0.0, low - room), 1.0 + room),
        x_axis={"tickmode": "linear", "dtick": 1},
        y_axis={"tickformat": "~%"},
        dragmode=False,
    )


def layer_changes_figure(
    names: Sequence[str],
    change: Sequence[float],
    slid: Sequence[float | None] | None = None,
    *,
    height: int | None = None,
) -> go.Figure:
    """One bar a layer, first on top: relative change (fractions), and that of the maps shifted back.

    slid: None in place of a number where there is nothing to compare; None altogether for other changes than
    shifts. Changes that are not finite get no bar.
    """
    sizes = [value if np.isfinite(value) else None for value in change]
    groups = [(AS_IT_IS, sizes, VERMILLION)] + ([] if slid is None else [(BACK, list(slid), GREEN)])
    known = [value for _, values, _ in groups for value in values if value is not None and np.isfinite(value)]
    return series(
        [
            bar(
                values,
                list(names),
                name,
                color,
                orientation="h",
                cliponaxis=False,
                text=["" if value is None else written(value) for value in values],
                textposition="outside",
                hover=f"%{{y}}, {name}: %{{x:.2%}}",
            )
            for name, values, color in groups
        ],
        height=height or 64 + len(names) * (46 if slid is not None else 32),
        x_title="relative change ‖after − before‖ / ‖before‖",
        x_range=(0.0, 1.24 * max([*known, 0.1])),
        legend=slid is not None,
        x_axis={"tickformat": ".0%", "nticks": 5},
        y_axis={"type": "category", "autorange": "reversed", "showgrid": False},
        barmode="group",
        bargap=0.3,
        bargroupgap=0.08,
        still=True,
    )


def written(value: float) -> str:
    """A relative change for people: 0% where it is rounding error."""
    return percent(0.0 if value < 1e-5 else value, 0 if value >= 0.1 else None)


def reliability_figure(
    accuracy: Sequence[float],
    intervals: Sequence[tuple[float, float]],
    confidence: Sequence[float],
    counts: Sequence[int],
    *,
    height: int = 380,
) -> go.Figure:
    """Bins of equal width over confidences 0…1: accuracy with its 95% interval, mean confidence, counts.

    Empty bins (count 0) stay empty. Dots on the dotted diagonal are calibrated, below it overconfident. The
    orange stroke joins an accuracy to the diagonal: the gap that the ECE weighs. Below, on a log axis, how
    many predictions each bin holds.
    """
    bins = len(counts)
    full = [k for k in range(bins) if counts[k]]
    gaps_x = [x for k in full for x in (confidence[k], confidence[k], None)]
    gaps_y = [y for k in full for y in (accuracy[k], confidence[k], None)]
    diagonal = line([0, 1], [0, 1], "", GRAY, dash="dot", width=1.6, hover=None)
    gaps = line(gaps_x, gaps_y, "gap", ORANGE, width=5, opacity=0.75, hover=None)
    shares = [accuracy[k] for k in full]
    measured = dots(
        [confidence[k] for k in full],
        shares,
        "accuracy",
        BLUE,
        error_y=error(shares, [intervals[k] for k in full], BLUE, thickness=1.6, width=4),
        customdata=[[k / bins, (k + 1) / bins, counts[k], *intervals[k]] for k in full],
        hover="confidence %{customdata[0]:.0%} to %{customdata[1]:.0%}, mean %{x:.2%}<br>"
        "<b>accuracy %{y:.2%}</b> (95%: %{customdata[3]:.2%} to %{customdata[4]:.2%})<br>"
        "%{customdata[2]:,} predictions",
    )
    held = bar(
        [(k + 0.5) / bins for k in range(bins)],
        [count or None for count in counts],
        "predictions",
        GRAY,
        width=0.9 / bins,
        yaxis="y2",
        hover="%{y:,} predictions",
    )
    return series(
        [diagonal, gaps, measured, held],
        height=height,
        x_title="confidence",
        y_title="accuracy",
        percent_y=True,
        x_range=(0.0, 1.025),
        y_range=(-0.02, 1.04),
        x_axis={"tickformat": ".0%", "anchor": "y2", "nticks": 6},
        y_axis={"domain": [0.34, 1.0]},
        yaxis2={
            "domain": [0.0, 0.24],
            "type": "log",
            "title": {"text": "predictions", "standoff": 8},
            "automargin": True,
            "gridcolor": AXIS,
            "gridwidth": 0.4,
            "zeroline": False,
            "anchor": "x",
            "range": [-0.2, 4.2],
            "dtick": 2,
            "tickformat": ",",
            "fixedrange": True,
        },
        still=True,
    )
