"""Two networks' losses, and their test errors, in one chart each, in the networks' own colors."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from core.charts.curves import binned
from core.charts.style import add_line, figure
from core.formatting import percent
from core.storage.history import History

EPOCHS = "epochs (passes over the training images)"


def losses_figure(
    histories: Mapping[str, History], colors: Mapping[str, str], n_train: int, epochs: float, *, height: int = 290
) -> go.Figure:
    """Training loss of each run against passes, on a log axis; the mean of neighboring steps.

    histories: name in the legend → history. `epochs` fixes the right end of the axis.
    """
    lines = {
        name: binned((np.cumsum(history.examples_per_step) / max(1, n_train)).tolist(), history.loss, points=120)
        for name, history in histories.items()
    }
    seen = [value for line in lines.values() for value in line.mean.tolist() if value > 0]
    limits = (min(seen) / 1.5, max(seen) * 1.3) if seen else (0.01, 3.0)
    fig = figure(
        height=height,
        x_title=EPOCHS,
        y_title="training loss (nats per image)",
        log_y=True,
        legend=True,
        x_range=(0, max(float(epochs), 0.01)),
        y_range=(max(limits[0], 1e-6), limits[1]),
    )
    for name, line in lines.items():
        add_line(fig, line.x, line.mean, name=name, color=colors[name], label=False, hover="%{y:.4f}")
    ticks = [t for t in (1e-4, 1e-3, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30) if limits[0] <= t <= limits[1]]
    return fig.update_yaxes(title_standoff=18, tickvals=ticks, ticktext=[f"{tick:g}" for tick in ticks])


def errors_figure(
    histories: Mapping[str, History], colors: Mapping[str, str], epochs: float, *, height: int = 290
) -> go.Figure:
    """Share of test images read wrongly, before training and after every epoch, on a log axis.

    Near 99% two accuracies lie on top of each other; their errors do not. Hovering tells the accuracy.
    """
    fig = figure(
        height=height,
        x_title=EPOCHS,
        y_title="test images read wrongly",
        log_y=True,
        legend=True,
        x_range=(0, max(float(epochs), 0.01)),
        y_range=(0.004, 1.1),
    )
    for name, history in histories.items():
        rows = [row for row in history.epochs if row.get("test_accuracy") is not None]
        right = [float(row["test_accuracy"] or 0) for row in rows]
        wrong = [1 - share if share < 1 else None for share in right]
        x = [float(row["epoch"] or 0) for row in rows]
        add_line(fig, x, np.array(wrong, dtype=float), name=name, color=colors[name], label=False)
        fig.data[-1].update(
            mode="lines+markers",
            marker_size=6,
            customdata=right,
            hovertemplate=f"<b>{name}</b> %{{y:.2%}} wrong, %{{customdata:.2%}} right<br>epoch %{{x:.4g}}"
            "<extra></extra>",
        )
    ticks = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
    return fig.update_yaxes(title_standoff=18, tickvals=ticks, ticktext=[percent(tick, 0) for tick in ticks])
