"""What a change does to a network's accuracy and to its maps, and how far confidence can be trusted."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from core.charts.palette import BLUE, GRAY, GREEN, ORANGE, VERMILLION
from core.charts.style import AXIS, figure
from core.formatting import percent, points


def knock_out_figure(
    accuracy: Sequence[float], intervals: Sequence[tuple[float, float]], whole: float, *, height: int = 280
) -> go.Figure:
    """accuracy (C,): share read correctly without channel 0, 1, …, with 95% intervals; a line at `whole`.

    Dots rather than bars: the axis need not begin at zero. whole: the untouched network on the same images.
    """
    low = min([whole, *(bottom for bottom, _ in intervals)])
    room = 0.06 * (1 - low) or 0.01
    fig = figure(
        height=height,
        x_title="channel switched off",
        y_title="read correctly",
        percent_y=True,
        x_range=(-0.7, len(accuracy) - 0.3),
        y_range=(max(0.0, low - room), 1.0 + room),
    )
    fig.add_scatter(
        x=list(range(len(accuracy))),
        y=list(accuracy),
        mode="markers",
        marker={"size": 10 if len(accuracy) <= 64 else 6, "color": GREEN},
        error_y={
            "type": "data",
            "symmetric": False,
            "thickness": 1.5,
            "width": 0,
            "color": GREEN,
            "array": [high - share for share, (_, high) in zip(accuracy, intervals, strict=True)],
            "arrayminus": [share - bottom for share, (bottom, _) in zip(accuracy, intervals, strict=True)],
        },
        customdata=[(bottom, high, share - whole) for share, (bottom, high) in zip(accuracy, intervals, strict=True)],
        hovertemplate="<b>without channel %{x}</b> %{y:.2%}, %{customdata[2]:+.2%} against all channels"
        "<br>95% interval %{customdata[0]:.2%} to %{customdata[1]:.2%}<extra></extra>",
    )
    fig.add_hline(y=whole, line_dash="dot", line_width=1.6, line_color=GRAY)
    fig.add_annotation(
        x=1,
        xref="paper",
        y=whole,
        text=f"none off<br>{percent(whole)}",
        showarrow=False,
        align="left",
        xanchor="left",
        xshift=6,
        font_size=12,
    )
    fig.update_yaxes(tickformat="~%")
    if len(accuracy) <= 16:
        fig.update_xaxes(tickmode="linear", dtick=1)
    return fig.update_layout(margin_r=74, dragmode=False)


def digit_pairs_figure(
    before: Sequence[float], after: Sequence[float], counts: Sequence[int], *, height: int = 250
) -> go.Figure:
    """before, after (10,): share of each digit's images read correctly; gray before, orange after."""
    low = min(*before, *after)
    room = 0.06 * (1 - low) or 0.01
    fig = figure(
        height=height,
        x_title="digit",
        y_title="read correctly",
        percent_y=True,
        legend=True,
        x_range=(-0.6, len(before) - 0.4),
        y_range=(max(0.0, low - room), 1.0 + room),
    )
    ends_x = [x for digit in range(len(before)) for x in (digit, digit, None)]
    ends_y = [y for pair in zip(before, after, strict=True) for y in (*pair, None)]
    fig.add_scatter(
        x=ends_x,
        y=ends_y,
        mode="lines",
        line={"color": ORANGE, "width": 2},
        opacity=0.6,
        hoverinfo="skip",
        showlegend=False,
    )
    for name, shares, color in (("untouched", before, GRAY), ("edited", after, ORANGE)):
        fig.add_scatter(
            x=list(range(len(shares))),
            y=list(shares),
            mode="markers",
            name=name,
            marker={"size": 10, "color": color},
            customdata=[[points(b - a, signed=True), n] for a, b, n in zip(before, after, counts, strict=True)],
            hovertemplate=f"<b>%{{x}}</b> {name}: %{{y:.2%}} of %{{customdata[1]}} images"
            "<br>change %{customdata[0]}<extra></extra>",
        )
    fig.update_yaxes(tickformat="~%")
    fig.update_xaxes(tickmode="linear", dtick=1)
    return fig.update_layout(dragmode=False)


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


def reliability_figure(
    accuracy: Sequence[float],
    intervals: Sequence[tuple[float, float]],
    confidence: Sequence[float],
    counts: Sequence[int],
    *,
    height: int = 380,
) -> go.Figure:
    """Bins of equal width over confidences 0…1: accuracy with its 95% interval, mean confidence, counts.

    Empty bins (count 0) stay empty. Dots on the dotted diagonal are as often right as they are sure; below
    it they are too sure. The orange stroke joins an accuracy to the diagonal: the gap that the ECE weighs.
    Below, on a log axis, how many answers each bin holds.
    """
    bins = len(counts)
    fig = figure(height=height, y_title="right", percent_y=True, x_range=(0.0, 1.025), y_range=(-0.02, 1.04))
    fig.add_scatter(
        x=[0, 1],
        y=[0, 1],
        mode="lines",
        line={"color": GRAY, "width": 1.6, "dash": "dot"},
        hoverinfo="skip",
        showlegend=False,
    )
    full = [k for k in range(bins) if counts[k]]
    gaps_x: list[float | None] = []
    gaps_y: list[float | None] = []
    for k in full:
        gaps_x += [confidence[k], confidence[k], None]
        gaps_y += [accuracy[k], confidence[k], None]
    fig.add_scatter(
        x=gaps_x, y=gaps_y, mode="lines", name="gap", line={"color": ORANGE, "width": 5}, opacity=0.75, hoverinfo="skip"
    )
    fig.add_scatter(
        x=[confidence[k] for k in full],
        y=[accuracy[k] for k in full],
        mode="markers",
        name="right",
        marker={"size": 9, "color": BLUE},
        error_y={
            "type": "data",
            "symmetric": False,
            "thickness": 1.6,
            "width": 4,
            "color": BLUE,
            "array": [intervals[k][1] - accuracy[k] for k in full],
            "arrayminus": [accuracy[k] - intervals[k][0] for k in full],
        },
        customdata=[[k / bins, (k + 1) / bins, counts[k], *intervals[k]] for k in full],
        hovertemplate="confidence %{customdata[0]:.0%} to %{customdata[1]:.0%}, mean %{x:.2%}<br>"
        "<b>right %{y:.2%}</b> (95%: %{customdata[3]:.2%} to %{customdata[4]:.2%})<br>"
        "%{customdata[2]:,} answers<extra></extra>",
    )
    fig.add_bar(
        x=[(k + 0.5) / bins for k in range(bins)],
        y=[count or None for count in counts],
        width=0.9 / bins,
        marker_color=GRAY,
        yaxis="y2",
        name="answers",
        hovertemplate="%{y:,} answers<extra></extra>",
    )
    fig.update_layout(
        yaxis_domain=[0.34, 1.0],
        yaxis2={
            "domain": [0.0, 0.24],
            "type": "log",
            "title": {"text": "answers", "standoff": 8},
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
        dragmode=False,
    )
    fig.update_yaxes(fixedrange=True)
    return fig.update_xaxes(title_text="confidence", tickformat=".0%", anchor="y2", fixedrange=True, nticks=6)
