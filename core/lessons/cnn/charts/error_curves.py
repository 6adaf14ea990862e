"""The lab report's own chart: training and validation error every so many steps."""

from collections.abc import Sequence

import plotly.graph_objects as go

from core.charts.curves import binned
from core.charts.palette import SPLITS
from core.charts.style import figure
from core.formatting import percent
from core.storage.history import Row

TICKS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)


def error_record_figure(records: Sequence[Row], steps: int, *, log_y: bool = True, height: int = 300) -> go.Figure:
    """Both errors (fractions) against steps; `steps` fixes the right end of the axis.

    records: rows of `History.records`. An error of zero has no place on a log axis and is left out there.
    """
    lines = {
        name: binned(
            [float(row["step"] or 0) for row in records],
            [row[column] if not log_y or row[column] else None for row in records],
        )
        for name, column in (("training", "train_error"), ("validation", "validation_error"))
    }
    low = min((float(line.low.min()) for line in lines.values() if len(line.x)), default=0.01)
    fig = figure(
        height=height,
        x_title="steps",
        y_title="error",
        percent_y=True,
        log_y=log_y,
        legend=True,
        x_range=(0, max(steps, 1)),
        y_range=(max(min(low / 1.4, 0.009), 1e-4), 1.0) if log_y else (0, 1.0),
    )
    for name, line in lines.items():
        fig.add_scatter(
            x=line.x,
            y=line.mean,
            name=name,
            mode="lines+markers" if len(line.x) < 40 else "lines",
            line={"color": SPLITS["train" if name == "training" else name], "width": 1.8},
            marker_size=5,
            hovertemplate=f"<b>{name}</b> %{{y:.2%}} wrong<br>step %{{x:,}}<extra></extra>",
        )
    if log_y:
        fig.update_yaxes(tickvals=TICKS, ticktext=[percent(tick, 0) for tick in TICKS])
    return fig.update_xaxes(tickformat=",")
