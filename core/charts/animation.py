"""Play, pause and a slider for a figure with frames: the browser moves what moves, and nothing else."""

from collections.abc import Sequence

import plotly.graph_objects as go

from core.charts.style import AXIS

BUTTON = "rgba(128, 140, 152, 0.16)"
BELOW = 166  # screen pixels for the buttons and the slider


def add_player(
    fig: go.Figure, frames: Sequence[go.Frame], *, counted: str = "step ", pace: int = 120, redraw: bool = False
) -> go.Figure:
    """Give `fig` its frames, each named by what the slider shows of it; it stands at the first.

    counted: stands before the name of the frame. pace: milliseconds a frame stays. redraw: needed where
    bars or heat maps move; points and lines move without. The axes must have fixed ranges, so that nothing
    jumps.
    """
    fig.frames = list(frames)
    moving = {"frame": {"duration": pace, "redraw": redraw}, "transition": {"duration": 0}}
    at_once = {"frame": {"duration": 0, "redraw": redraw}, "transition": {"duration": 0}, "mode": "immediate"}
    buttons = [
        {"label": "▶", "method": "animate", "args": [None, {**moving, "fromcurrent": True}]},
        {"label": "❚❚", "method": "animate", "args": [[None], at_once]},
    ]
    bottom = fig.layout.margin.b or 0
    return fig.update_layout(
        height=fig.layout.height + BELOW,
        margin_b=bottom + BELOW,
        updatemenus=[
            {
                "type": "buttons",
                "direction": "left",
                "showactive": False,
                "buttons": buttons,
                "x": 0,
                "xanchor": "left",
                "y": 0,
                "yanchor": "top",
                "pad": {"t": 130, "r": 8},
                "bgcolor": BUTTON,
                "bordercolor": AXIS,
            }
        ],
        sliders=[
            {
                "active": 0,
                "x": 0,
                "len": 1,
                "xanchor": "left",
                "y": 0,
                "yanchor": "top",
                "pad": {"t": 44, "b": 4},
                "currentvalue": {"prefix": counted, "xanchor": "left"},
                "bgcolor": BUTTON,
                "activebgcolor": AXIS,
                "bordercolor": AXIS,
                "borderwidth": 1,
                "ticklen": 0,
                "minorticklen": 0,
                "tickcolor": "rgba(0,0,0,0)",
                "steps": [
                    {"label": frame.name, "method": "animate", "args": [[frame.name], at_once]} for frame in frames
                ],
            }
        ],
    )
