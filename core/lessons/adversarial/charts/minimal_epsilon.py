"""How much each attack needs: the smallest ε with which it fools, as bars; one norm a chart."""

from collections.abc import Sequence

import plotly.graph_objects as go

from core.charts.style import figure


def needed_epsilon_figure(
    names: Sequence[str],
    epsilons: Sequence[float | None],
    *,
    end: float,
    x_title: str,
    colors: Sequence[str],
    current: str | None = None,
) -> go.Figure:
    """One bar a name, first on top; None: not fooled up to `end`, told in words, with a pale bar up to there.

    current: the name to set in bold.
    """
    known = [value for value in epsilons if value is not None]
    far = max(known) if len(known) == len(epsilons) and max(known) > 0 else end
    fig = figure(height=96 + 38 * len(names), x_title=x_title, x_range=(0.0, 1.3 * far))
    fig.add_bar(
        x=[end if value is None else value for value in epsilons],
        y=list(names),
        orientation="h",
        marker={"color": list(colors), "opacity": [0.25 if value is None else 1.0 for value in epsilons]},
        text=[f"over {end:g}" if value is None else f"{value:.3g}" for value in epsilons],
        textposition="outside",
        cliponaxis=False,
        hovertemplate="%{y}: %{text}<extra></extra>",
    )
    fig.update_xaxes(fixedrange=True, nticks=5, rangemode="tozero")
    labels = [f"<b>{name}</b>" if name == current else name for name in names]
    fig.update_yaxes(
        type="category", autorange="reversed", showgrid=False, fixedrange=True, tickvals=list(names), ticktext=labels
    )
    return fig.update_layout(bargap=0.35, dragmode=False)
