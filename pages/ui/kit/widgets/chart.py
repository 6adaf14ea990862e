"""Charts on the screen: one configuration for all of them."""

from typing import Any, Final

import plotly.graph_objects as go
import streamlit as st

#: Only what a student uses: a picture to keep, and the way back from a zoom (double click does it too).
CONFIG: Final[dict[str, Any]] = {
    "displaylogo": False,
    "responsive": True,
    "scrollZoom": False,
    "displayModeBar": "hover",
    "modeBarButtonsToRemove": ["zoom2d", "pan2d", "select2d", "lasso2d", "zoomIn2d", "zoomOut2d", "autoScale2d"],
    "toImageButtonOptions": {"format": "png", "scale": 2, "filename": "digit-lab"},
}

#: The same without any button, for pictures and small bars.
STILL: Final[dict[str, Any]] = {"displayModeBar": False, "responsive": True, "scrollZoom": False}


def chart(fig: go.Figure, key: str, *, still: bool = False, **options: Any) -> Any:
    """Draw `fig` over the whole width of its column.

    `key` must be unique on the page and stay the same from run to run: the chart is then updated in place.
    `still` leaves out the buttons. `options` go to st.plotly_chart (`on_select`, …), whose value is returned.
    """
    options.setdefault("width", "stretch")
    return st.plotly_chart(fig, key=key, config=STILL if still else CONFIG, **options)


# A chart that plays: its own buttons and slider, made to fit the light and the dark theme.


#: Plotly paints a button pale under the mouse, whatever the theme, and then its sign cannot be read.
CSS = """
<style>
.updatemenu-item-rect { fill: rgba(128, 140, 152, 0.16) !important; }
.updatemenu-button:hover .updatemenu-item-rect { fill: rgba(128, 140, 152, 0.38) !important; }
.slider-grip-rect { cursor: grab; }
</style>
"""


def played(fig: go.Figure, key: str, **options: object) -> None:
    """Draw a figure that has a player."""
    st.html(CSS)
    chart(fig, key, still=True, **options)
