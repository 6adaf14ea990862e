"""How pixel values are spread, before and after normalization."""

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from core.charts.palette import SPLITS
from core.charts.style import figure


def pixel_histogram_figure(
    edges: ArrayLike,
    share: ArrayLike,
    *,
    mean: float,
    std: float,
    normalized: bool,
    split: str,
    log_y: bool = True,
    height: int = 270,
) -> go.Figure:
    """Share of pixels in each bin (B,) between `edges` (B + 1,), with the mean and one deviation each side.

    split: "train" or "test", for the color.

    `normalized` draws the same bars on the axis (x − mean) / std: nothing changes but the ruler.
    """
    raw, parts = np.asarray(edges, dtype=float), np.asarray(share, dtype=float)
    ruler = (raw - mean) / std if normalized else raw
    at, spread = (0.0, 1.0) if normalized else (mean, std)
    fig = figure(
        height=height,
        x_title="normalized value (x − mean) / std" if normalized else "pixel value x (0 paper, 1 ink)",
        y_title="share of pixels",
        log_y=log_y,
        y_range=(1e-3, 1.0) if log_y else (0.0, 1.0),
        x_range=(ruler[0] - 0.03 * np.ptp(ruler), ruler[-1] + 0.03 * np.ptp(ruler)),
    )
    fig.add_bar(
        x=(ruler[:-1] + ruler[1:]) / 2,
        y=parts,
        width=np.diff(ruler),
        marker_color=SPLITS[split],
        marker_line_width=0,
        customdata=np.column_stack([ruler[:-1], ruler[1:]]),
        hovertemplate="%{customdata[0]:.2f} to %{customdata[1]:.2f}: %{y:.2%} of all pixels<extra></extra>",
    )
    fig.add_vrect(
        x0=max(at - spread, ruler[0]), x1=at + spread, fillcolor="gray", opacity=0.14, line_width=0, layer="below"
    )
    fig.add_vline(x=at, line_width=1.6, line_dash="dot", line_color="gray")
    fig.add_annotation(
        x=at,
        y=1,
        yref="paper",
        text=f"mean {at:.4g}, ± {spread:.4g}",
        showarrow=False,
        xanchor="left",
        yanchor="top",
        xshift=6,
    )
    return fig.update_yaxes(tickformat="~%").update_layout(bargap=0)
