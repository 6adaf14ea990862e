"""An attack on one image: its path, the smallest ε, the perturbation and what each pixel holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from core.charts.palette import DIVERGING, GRAY, GRAY_INK, ORANGE, Scale, along
from core.charts.series import add_line
from core.charts.style import bare, figure


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


Bytes = NDArray[np.uint8]


def perturbation_picture(change: ArrayLike, *, size: int = 168) -> tuple[Bytes, float]:
    """change (H, W): what was added to each pixel, in [-1, 1]; orange brightened it, blue darkened it.

    Returns (H·k, W·k, 3) bytes, enlarged by a whole factor so that pixels stay squares, and the number by
    which the change is magnified: 1 over its largest size (1 where nothing changed). Every picture has a
    scale of its own, so that a change too small for the eye is seen; read its size from the factor.
    """
    values = np.asarray(change, dtype=float)
    top = float(np.abs(values).max(initial=0.0))
    factor = 1.0 / top if top > 0 else 1.0
    across = max(1, size // max(values.shape))
    return tint(values * factor).repeat(across, axis=0).repeat(across, axis=1), factor


def tint(values: ArrayLike, scale: Scale = DIVERGING) -> Bytes:
    """Numbers (…) in [-1, 1] as RGB bytes (…, 3); 0 is the middle of `scale`."""
    position = np.clip(np.asarray(values, dtype=float) / 2 + 0.5, 0.0, 1.0)
    return along(scale, position).round().astype(np.uint8)


Kind = Literal["ink", "signed"]
GAP: Final = 3  # cells between two panels
STRONGEST: Final = 0.995  # of the sizes: one extreme pixel does not pale all others


@dataclass(frozen=True, eq=False)
class Panel:
    """values (H, W) called `name`: "ink" from 0 to 1, white on black; "signed" blue below zero, orange above.

    top: signed values from −top to top have the full colors; None takes the 99.5th percentile of sizes.
    """

    name: str
    values: ArrayLike
    kind: Kind
    top: float | None = None

    @property
    def cells(self) -> NDArray[np.float64]:
        """The values as an array (H, W)."""
        return np.asarray(self.values, dtype=float)

    @property
    def look(self) -> dict[str, Any]:
        """Plotly's settings for its colors."""
        scale, low, high = GRAY_INK, 0.0, 1.0
        if self.kind == "signed":
            high = self.top or float(np.quantile(np.abs(self.cells), STRONGEST)) or 1.0
            scale, low = DIVERGING, -high
        return {
            "zmin": low,
            "zmax": high,
            "colorscale": [list(stop) for stop in scale],
            "showscale": False,
            "zsmooth": False,
        }


def pixel_panel_figure(panel: Panel, facts: Mapping[str, ArrayLike], *, height: int = 260) -> go.Figure:
    """One panel as sharp squares. facts: what pointing at a pixel says, a name → numbers (H, W)."""
    fig = figure(height=height)
    fig.add_heatmap(z=panel.cells, **panel.look, **_told(facts))
    return bare(fig)


def pixel_row_figure(panels: Sequence[Panel], facts: Mapping[str, ArrayLike], *, height: int = 165) -> go.Figure:
    """Panels of one size side by side, their names above, all with the same facts: name → values (H, W)."""
    fig = figure(height=height)
    for place, panel in enumerate(panels):
        high, wide = panel.cells.shape
        left = place * (wide + GAP)
        columns = list(range(left, left + wide))
        fig.add_heatmap(z=panel.cells, x=columns, y=list(range(high)), **panel.look, **_told(facts))
        fig.add_annotation(
            x=left + (wide - 1) / 2, y=-0.5, text=panel.name, showarrow=False, yanchor="bottom", font_size=12
        )
    return bare(fig).update_layout(margin_t=20)


def _told(facts: Mapping[str, ArrayLike]) -> dict[str, Any]:
    """What pointing at a pixel says, as Plotly wants it: its place, then every fact."""
    values = [np.asarray(fact, dtype=float) for fact in facts.values()]
    places = np.indices(values[0].shape)
    lines = [f"{name} %{{customdata[{place}]:.4g}}" for place, name in enumerate(facts, start=2)]
    return {
        "customdata": np.stack([*places, *values], axis=-1),
        "hovertemplate": "<br>".join(["row %{customdata[0]}, column %{customdata[1]}", *lines]) + "<extra></extra>",
    }
