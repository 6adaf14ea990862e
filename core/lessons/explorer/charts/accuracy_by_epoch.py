"""Accuracy after every epoch, two or more ways beside each other."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from core.charts.palette import SPLITS
from core.charts.style import add_line, figure

DASHES = ("solid", "dash", "dot", "dashdot")


def accuracy_comparison_figure(curves: Mapping[str, Sequence[float]], *, height: int = 300) -> go.Figure:
    """One line a name, with a dash of its own: accuracy (fractions) at the start and after each epoch."""
    longest = max(len(curve) for curve in curves.values())
    fig = figure(
        height=height,
        x_title="epochs",
        y_title="test accuracy",
        x_range=(0.0, longest - 1.0),
        y_range=(0.0, 1.02),
        percent_y=True,
        legend=True,
    )
    for (name, curve), dash in zip(curves.items(), DASHES, strict=False):
        add_line(
            fig, range(len(curve)), curve, name=name, color=SPLITS["test"], dash=dash, label=False, hover="%{y:.2%}"
        )
    return fig.update_xaxes(dtick=1)
