"""How much a network's maps changed, layer by layer, and how much of it was only a move."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from core.charts.palette import GREEN, VERMILLION
from core.charts.style import figure
from core.formatting import percent

AS_IT_IS, BACK = "place by place", "slid back"


def layer_changes_figure(
    names: Sequence[str],
    change: Sequence[float],
    slid: Sequence[float | None] | None = None,
    *,
    height: int | None = None,
) -> go.Figure:
    """One bar a layer, first on top: relative change (fractions), and that of the maps slid back.

    slid: None in place of a number where there is nothing to compare; None altogether for other changes than
    shifts. Changes that are not finite get no bar.
    """
    sizes = [value if np.isfinite(value) else None for value in change]
    top = max([value for value in [*sizes, *(slid or ())] if value is not None and np.isfinite(value)] + [0.1])
    fig = figure(
        height=height or 64 + len(names) * (46 if slid is not None else 32),
        x_title="change: ‖after − before‖ / ‖before‖",
        x_range=(0.0, 1.24 * top),
        legend=slid is not None,
    )
    series = [(AS_IT_IS, sizes, VERMILLION)]
    if slid is not None:
        series.append((BACK, list(slid), GREEN))
    for name, values, color in series:
        fig.add_bar(
            x=values,
            y=list(names),
            orientation="h",
            name=name,
            marker_color=color,
            cliponaxis=False,
            text=["" if value is None else written(value) for value in values],
            textposition="outside",
            hovertemplate=f"%{{y}}, {name}: %{{x:.2%}}<extra></extra>",
        )
    fig.update_xaxes(tickformat=".0%", fixedrange=True, nticks=5)
    fig.update_yaxes(type="category", autorange="reversed", showgrid=False, fixedrange=True)
    return fig.update_layout(barmode="group", bargap=0.3, bargroupgap=0.08, dragmode=False)


def written(value: float) -> str:
    """A relative change for people: 0% where it is rounding error."""
    return percent(0.0 if value < 1e-5 else value, 0 if value >= 0.1 else None)
