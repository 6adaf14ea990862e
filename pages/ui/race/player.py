"""A chart that plays: its own buttons and slider, made to fit the light and the dark theme."""

import plotly.graph_objects as go
import streamlit as st

from pages.ui.kit.widgets.chart import chart

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
