"""A digit with heat laid over it: where a saliency map or Grad-CAM is strong."""

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from core.charts.palette import SEQUENTIAL
from core.charts.style import bare, figure
from core.lessons.cnn.charts.feature_map_sprites import shades


def heat_over_figure(
    image: ArrayLike, heat: ArrayLike, *, top: float, value_name: str, digit: bool = True, height: int = 260
) -> go.Figure:
    """image (28, 28) in [0, 1], heat (28, 28) from 0 to `top`, NaN where there is none; hover tells both.

    digit: let the ink shine through, and the more the less heat there is; else the heat alone.
    """
    ink = np.clip(np.asarray(image, dtype=float), 0.0, 1.0)
    values = np.asarray(heat, dtype=float)
    share = np.clip(np.nan_to_num(values) / (top or 1.0), 0.0, 1.0)
    colors = shades(SEQUENTIAL)[1 + np.round(share * 254).astype(int)].astype(float)
    gray = np.repeat(ink[..., None] * 255, 3, axis=2)
    cover = (0.25 + 0.65 * share if digit else np.ones_like(share))[..., None]
    cover = np.where(np.isfinite(values)[..., None], cover, 0.0)
    mixed = (1 - cover) * gray + cover * colors
    if not digit:
        mixed[~np.isfinite(values)] = 128.0
    told = np.where(np.isfinite(values), [[f"{v:.4g}" for v in row] for row in values], "none here")
    fig = figure(height=height)
    fig.add_image(
        z=mixed.round().astype(np.uint8),
        zsmooth=False,
        customdata=np.dstack([ink.round(3).astype(str), told]),
        hovertemplate="row %{y}, column %{x}<br>ink %{customdata[0]}<br>"
        f"{value_name} %{{customdata[1]}}<extra></extra>",
    )
    return bare(fig)
