"""Training and validation error of networks of many widths, from too simple to too wiggly."""

from collections.abc import Mapping, Sequence
from statistics import median

import plotly.graph_objects as go

from core.charts.palette import SPLITS
from core.charts.style import figure
from core.lessons.regression.charts.regression_losses import decades, floor_line

Runs = Mapping[int, Sequence[float]]
LOWEST = 1e-6


def width_losses_figure(
    train: Runs, validation: Runs, kept: Runs, floor: float, widths: Sequence[int], *, height: int = 340
) -> go.Figure:
    """Mean squared error against hidden units, both logarithmic: a dot a seed, a line through the medians.

    train, validation: at the last epoch. kept: validation at the epoch that was kept. floor: noise σ².
    """
    fig = figure(
        height=height,
        x_title="hidden units",
        y_title="mean squared error",
        log_x=True,
        log_y=True,
        x_range=(widths[0] / 1.3, widths[-1] * 1.3),
        legend=True,
    )
    fig.update_xaxes(tickvals=list(widths), ticktext=[str(width) for width in widths])
    seen = [v for runs in (train, validation, kept) for values in runs.values() for v in values]
    low, high = decades([*seen, floor or max(seen)])
    fig.update_yaxes(range=[low, high], dtick=1 if high - low > 2 else "D2")
    lines = (
        ("training, last epoch", train, SPLITS["train"], "solid"),
        ("validation, last epoch", validation, SPLITS["validation"], "solid"),
        ("validation, kept epoch", kept, SPLITS["validation"], "dash"),
    )
    for name, runs, color, dash in lines:
        known = {width: [max(v, LOWEST) for v in runs[width]] for width in widths if runs.get(width)}
        if not known:
            continue
        fig.add_scatter(
            x=[width for width, values in known.items() for _ in values],
            y=[value for values in known.values() for value in values],
            mode="markers",
            showlegend=False,
            hoverinfo="skip",
            marker={
                "color": color,
                "size": 5,
                "opacity": 0.45,
                "symbol": "circle-open" if dash == "dash" else "circle",
            },
        )
        fig.add_scatter(
            x=list(known),
            y=[median(values) for values in known.values()],
            name=name,
            mode="lines",
            line={"color": color, "width": 2.4, "dash": dash},
            hovertemplate=f"{name}<br>%{{x}} units: %{{y:.3g}} (median)<extra></extra>",
        )
    if floor > 0:
        floor_line(fig, floor, True)
    return fig
