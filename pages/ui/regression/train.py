"""Train: the training part of the page on regression."""

import numpy as np
import streamlit as st

from core.config.run import CurveConfig, RegressorConfig
from core.export.training import regression_code
from core.lessons.regression.charts.fit import PLACES, placing_board
from core.models.inspect.fit import answers
from core.models.trained_network import rebuild
from pages.ui.kit.training.training_page import Chosen, TrainingPage
from pages.ui.kit.widgets.chart import chart
from pages.ui.regression import placed_points
from pages.ui.regression.controls import RECIPE, data, network
from pages.ui.regression.fit import draw_fit

# Place points by clicking: a board above the run, as long as no run is going on.


TURN = "reg_board_turn"  # a chart that was clicked is replaced by one with nothing selected


def board(chosen: Chosen) -> None:
    """The board with its buttons, where points of one's own are to be learned."""
    if st.session_state.get(f"{RECIPE}_target") != "placed":
        return
    if chosen.job is not None and chosen.job.snapshot.active:
        return
    points = placed_points.placed_points()
    st.markdown(
        f"**Your points**: {len(points)} of at most {placed_points.MOST}. Click to place one, or a point to remove it."
    )
    turn = int(st.session_state.get(TURN, 0))
    key = f"reg_board_{turn}"

    def take() -> None:
        """Callback: a click on an empty place sets a point there, a click on a point takes it away."""
        clicked = st.session_state[key].get("selection", {}).get("points", [])
        if not clicked:
            return
        st.session_state[TURN] = turn + 1
        place = (float(clicked[0]["x"]), float(clicked[0]["y"]))
        rest = tuple(point for point in points if point != place)
        added = clicked[0].get("curve_number") == PLACES and len(rest) == len(points)
        placed_points.set_points((*points, place) if added else rest)

    fig = placing_board(
        points,
        (placed_points.LEFT, placed_points.RIGHT),
        (placed_points.BOTTOM, placed_points.TOP),
        placed_points.STEP,
        _last_curve(chosen),
    )
    said = f"A board with {len(points)} points; click to place or remove one."
    chart(fig, key, still=True, on_select=take, selection_mode="points", alt=said)
    with st.container(horizontal=True, gap="small"):
        for name in placed_points.SHAPES:
            st.button(
                name,
                key=f"reg_shape_{name}",
                on_click=_set,
                args=(placed_points.shape(name),),
                help="Twenty points of this shape.",
            )
        st.button(
            "Remove last",
            icon=":material/undo:",
            key="reg_remove",
            disabled=not points,
            on_click=_set,
            args=(points[:-1],),
            help="Remove the point placed last.",
        )
        st.button(
            "Clear",
            icon=":material/delete:",
            key="reg_clear",
            disabled=not points,
            on_click=_set,
            args=((),),
            help="Remove all points.",
        )
    st.caption("Blue: training and validation points. Green: test split (20%). Five points are the least.")


def _set(points: placed_points.Points) -> None:
    st.session_state[TURN] = int(st.session_state.get(TURN, 0)) + 1
    placed_points.set_points(points)


def _last_curve(chosen: Chosen) -> tuple[np.ndarray, np.ndarray] | None:
    """What the page's last run draws on the board, if it learned placed points."""
    snapshot = chosen.job.snapshot if chosen.job else None
    if snapshot is None or snapshot.weights is None or not isinstance(snapshot.config.data, CurveConfig):
        return None
    if snapshot.config.data.target != "placed":
        return None
    grid = np.linspace(placed_points.LEFT - placed_points.STEP, placed_points.RIGHT + placed_points.STEP, 201)
    return grid, answers(rebuild(snapshot.config, snapshot.weights), grid)


PAGE = TrainingPage(
    "reg",
    RegressorConfig,
    RECIPE,
    network,
    describe=board,
    data=data,
    draw=draw_fit,
    watchable=6.0,
    code=regression_code,
)
LOOK = PAGE.key("look")  # the network that the panels look at
JOB = PAGE.key("run")
