"""How many images of each digit there are."""

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from core.charts.palette import SPLITS
from core.charts.style import figure


def class_counts_figure(train: ArrayLike, test: ArrayLike, *, height: int = 300) -> go.Figure:
    """Bars for ten digits: (10,) counts of training images, and of test images beside them."""
    fig = figure(height=height, x_title="digit", y_title="images", legend=True)
    digits = [str(digit) for digit in range(10)]
    for name, split, counts in (("training", "train", train), ("test", "test", test)):
        numbers = np.asarray(counts)
        fig.add_bar(
            x=digits,
            y=numbers,
            name=name,
            marker_color=SPLITS[split],
            customdata=numbers / max(1, numbers.sum()),
            hovertemplate=f"%{{y:,}} {name} images of %{{x}} (%{{customdata:.2%}})<extra></extra>",
        )
    fig.update_xaxes(type="category")
    fig.update_yaxes(tickformat=",")
    return fig
