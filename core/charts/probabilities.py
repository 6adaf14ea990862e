"""Ten probabilities before and after a change, side by side."""

from collections.abc import Sequence

import plotly.graph_objects as go

from core.charts.palette import GRAY, ORANGE
from core.charts.style import figure


def before_after_figure(
    before: Sequence[float],
    after: Sequence[float],
    *,
    height: int = 260,
    names: tuple[str, str] = ("untouched", "edited"),
) -> go.Figure:
    """before, after (10,): probabilities of one image's reading; gray and orange, called `names`."""
    digits = [str(digit) for digit in range(len(before))]
    fig = figure(
        height=height, x_title="digit", y_title="probability", y_range=(0.0, 1.02), percent_y=True, legend=True
    )
    for name, values, color in ((names[0], before, GRAY), (names[1], after, ORANGE)):
        fig.add_bar(
            x=digits,
            y=list(values),
            name=name,
            marker_color=color,
            hovertemplate=f"%{{x}} {name}: %{{y:.2%}}<extra></extra>",
        )
    fig.update_xaxes(type="category")
    return fig.update_layout(barmode="group", dragmode=False, bargroupgap=0.08)
