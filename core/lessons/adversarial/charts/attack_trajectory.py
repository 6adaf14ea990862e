"""One number of an attack's path, such as the loss, over its steps."""

from collections.abc import Sequence

import plotly.graph_objects as go

from core.charts.palette import GRAY, ORANGE
from core.charts.style import add_line, figure


def path_numbers_figure(
    steps: Sequence[int], values: Sequence[float], *, title: str, limit: float | None = None
) -> go.Figure:
    """values (T,) at `steps` (T,). title: stands above, for a small chart has no room beside its axis.
    limit: the ε that bounds them, as a dotted line; None where none does."""
    top = max([*values, limit or 0.0]) or 1.0
    fig = figure(height=200, x_title="step", y_range=(-0.03 * top, 1.12 * top))
    if limit:
        fig.add_hline(
            y=limit,
            line_dash="dot",
            line_width=1.6,
            line_color=GRAY,
            annotation={"text": f"ε = {limit:g}", "font_color": GRAY, "x": 1, "xanchor": "right", "yanchor": "bottom"},
        )
    add_line(fig, steps, values, name=title, color=ORANGE, label=False)
    fig.add_annotation(
        text=title, x=0, y=1, xref="paper", yref="paper", xanchor="left", yanchor="bottom", showarrow=False
    )
    fig.update_xaxes(fixedrange=True, nticks=6)
    if steps[-1] - steps[0] <= 6:
        fig.update_xaxes(dtick=1)  # there is no half step
    fig.update_yaxes(fixedrange=True, nticks=5)
    return fig.update_layout(dragmode=False, margin_t=26)
