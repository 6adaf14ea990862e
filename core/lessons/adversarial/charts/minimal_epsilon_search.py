"""The search for the smallest ε: every ε that was tried and what the network then made of the picture."""

from collections.abc import Sequence

import plotly.graph_objects as go

from core.charts.palette import GRAY, ORANGE
from core.charts.style import figure


def epsilon_tries_figure(
    epsilons: Sequence[float],
    chances: Sequence[float],
    fooled: Sequence[bool],
    reads: Sequence[int],
    *,
    smallest: float | None,
    end: float,
    y_title: str = "probability of the right digit",
    x_title: str = "ε",
    height: int = 300,
) -> go.Figure:
    """One mark a try: a gray circle where the network held, an orange diamond where it was fooled.

    chances: probability of the right digit (or of the target) at each ε. reads: the digit read then.
    smallest: where to draw the line, None for none. end: where the ε axis ends.
    """
    fig = figure(
        height=height,
        x_title=x_title,
        y_title=y_title,
        x_range=(-0.015 * end, 1.015 * end),
        y_range=(-0.04, 1.05),
        percent_y=True,
        legend=True,
    )
    order = sorted(range(len(epsilons)), key=lambda place: epsilons[place])
    fig.add_scatter(
        x=[epsilons[k] for k in order],
        y=[chances[k] for k in order],
        mode="lines",
        hoverinfo="skip",
        showlegend=False,
        line={"color": GRAY, "width": 1.2, "dash": "dot"},
    )
    for won, name, color, symbol in ((False, "held", GRAY, "circle"), (True, "fooled", ORANGE, "diamond")):
        chosen = [k for k in order if fooled[k] == won]
        if not chosen:
            continue
        fig.add_scatter(
            x=[epsilons[k] for k in chosen],
            y=[chances[k] for k in chosen],
            name=name,
            mode="markers",
            marker={"color": color, "size": 10, "symbol": symbol, "line": {"color": "white", "width": 1}},
            customdata=[[reads[k], k] for k in chosen],
            hovertemplate="ε = %{x:.4g}: reads a %{customdata[0]}<br>" + y_title + " %{y:.2%}"
            "<br>try number %{customdata[1]}<extra></extra>",
        )
    if smallest:
        right = smallest > 0.75 * end
        fig.add_vline(
            x=smallest,
            line_width=1.6,
            line_color=ORANGE,
            line_dash="dash",
            annotation={
                "text": f"<b>{smallest:.3g}</b>",
                "font_color": ORANGE,
                "yref": "paper",
                "y": 1.0,
                "yanchor": "top",
                "xanchor": "right" if right else "left",
                "xshift": -5 if right else 5,
            },
        )
    fig.update_xaxes(fixedrange=True)
    fig.update_yaxes(fixedrange=True, tickvals=[0, 0.25, 0.5, 0.75, 1])
    return fig.update_layout(dragmode=False)
