"""A picture whose pixels tell, when pointed at, what all its sister pictures hold at the same place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from core.charts.palette import DIVERGING, GRAY_INK
from core.charts.style import bare, figure

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
