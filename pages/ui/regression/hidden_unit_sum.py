"""How bends add up: the hidden units' shares as thin lines, unit after unit, and their sum."""

import numpy as np
import streamlit as st
from torch import nn

from core.config.run import RegressorConfig, RunConfig
from core.data.points import CURVES
from core.export.training import UNIT_CONTRIBUTIONS
from core.jobs.training_job import Job
from core.lessons.regression.charts.fit import bends_figure
from core.lessons.regression.hidden_unit_sum import HiddenUnitSum, Order, coming_from_the_left, hidden_unit_sum
from core.lessons.regression.small_fit import noisy_sample
from core.models.inspect.fit import Sample
from core.models.threads import one_thread
from core.models.trained_network import rebuild
from core.recipes.texts import RECIPES
from pages.ui.kit.network.network_picker import choose_network
from pages.ui.kit.shell.page import controls_and_stage, error_boundary
from pages.ui.kit.widgets.chart import chart
from pages.ui.regression.controls import PI, RECIPE, TITLES, in_pi
from pages.ui.regression.fit import sample, trained_here

HERE, THERE = "A new one", "From Train"
SHAPES = {
    "relu": "hinges (ReLU)",
    "tanh": "soft steps (tanh)",
    "leaky-relu": "bent hinges (leaky ReLU)",
    "sigmoid": "soft steps (sigmoid)",
    "gelu": "soft hinges (GELU)",
}
ORDERS: dict[str, Order] = {"from left to right": "place", "the largest first": "size"}
#: What the place where a unit bends is called.
KINKS = {"relu": "kink", "leaky-relu": "kink", "gelu": "bend", "tanh": "steepest", "sigmoid": "steepest"}

#: What a unit is far to the left of its bend …
FROM_THE_LEFT = {
    "relu": "what a unit is before it bends (0 or a slope)",
    "leaky-relu": "what a unit is before it bends (a slope)",
    "gelu": "what a unit comes near far to the left (0 or a slope)",
    "tanh": "the height that a unit has far to the left",
    "sigmoid": "the height that a unit has far to the left",
}
#: … and what is left of it on the way there, once that is taken off.
BEFORE = {
    "relu": "is 0 up to its kink",
    "leaky-relu": "is 0 up to its kink",
    "gelu": "comes from 0, leaves it little by little near its bend",
    "tanh": "comes from 0, is half-way up or down at its steepest",
    "sigmoid": "comes from 0, is half-way up or down at its steepest",
}
FLAT = 1e-6  # of the answer: a unit that moves less is flat


def show_hidden_units(job: Job | None, look: str) -> None:
    """The tab. look: the key of the select box over networks."""

    @st.fragment
    @one_thread()
    def drawn() -> None:
        with error_boundary():
            _tab(job, look)

    drawn()


def _tab(job: Job | None, look: str) -> None:
    st.markdown(
        "A network with one hidden layer adds up simple shapes, one a unit: "
        r"$\hat y = c + \sum_i v_i \, \sigma(w_i x + b_i)$. Each bends once, at $x = -b_i / w_i$."
    )
    left, right = controls_and_stage()
    with left:
        config, model = _network(job, look)
    with right:
        points = sample(config)
        assert isinstance(config.model, RegressorConfig)
        found = hidden_unit_sum(model, points.grid, (points.low, points.high))
        _unit_after_unit(found, model, points, config.model)
    with st.expander("Show the code", icon=":material/code:"):
        st.code(UNIT_CONTRIBUTIONS, language="python")


def _network(job: Job | None, look: str) -> tuple[RunConfig, nn.Module]:
    """Settings and weights of the network that is taken apart."""
    source = st.segmented_control(
        "Network",
        (HERE, THERE),
        default=HERE,
        required=True,
        key="reg_bends_source",
        bind="query-params",
        help="Trained while you wait; or the run of the tab Train, one on record, the one shipped.",
    )
    if source == THERE:
        trained = choose_network(job, RECIPE, kind=RegressorConfig, key=look)
        return trained.config, trained.model
    target = st.selectbox(
        "Curve",
        tuple(CURVES),
        key="reg_bends_target",
        bind="query-params",
        format_func=lambda name: TITLES[name],
        help="What the small network learns, without noise.",
    )
    activation = st.selectbox(
        "Shape of a unit",
        tuple(SHAPES),
        key="reg_bends_activation",
        bind="query-params",
        format_func=lambda name: SHAPES[name],
        help="The activation: what one hidden unit makes of x.",
    )
    width = st.slider(
        "Hidden units",
        1,
        24,
        12,
        key="reg_bends_width",
        bind="query-params",
        help="Each adds one bend. Watch how few a curve needs.",
    )
    seed = st.number_input(
        "Seed", 0, 9999, 0, key="reg_bends_seed", bind="query-params", help="Another start, other bends."
    )
    low, high = (-PI, PI) if target == "sine" else CURVES[target].interval
    config = noisy_sample(
        RECIPES["regression-sine"].config,
        width,
        int(seed),
        target=target,
        activation=activation,
        noise=0.0,
        points=120,
        validation=0.2,
        epochs=600,
        lr=0.02,
        low=low,
        high=high,
    )
    fit = trained_here(config)
    loss = fit.kept_row.get("test_loss")
    if loss is not None:
        st.caption(f"600 epochs of Adam at rate 0.02: mean squared error {loss:.2g} on 200 other points.")
    return fit.config, rebuild(fit.config, fit.kept)


def _unit_after_unit(found: HiddenUnitSum, model: nn.Module, points: Sample, network: RegressorConfig) -> None:
    units = len(found.parts)
    by = st.segmented_control(
        "Add the units",
        tuple(ORDERS),
        default="from left to right",
        required=True,
        key="reg_bends_order",
        bind="query-params",
        help="By where each bends, or by how far each moves the answer.",
    )
    added = units
    if units > 1:
        added = st.slider(
            "Units added up",
            0,
            units,
            units,
            key=f"reg_bends_added_{units}",
            bind="query-params",
            help="Move it to 0 and let the curve grow unit by unit.",
        )
    rule = ORDERS[by or "from left to right"]
    if rule == "place":
        found = coming_from_the_left(found, model, network.activation)
    order = found.order(rule)
    total = found.partial(order[:added])
    fig = bends_figure(
        found.grid,
        found.parts,
        order.tolist(),
        added,
        total,
        found.whole,
        {"train": (points.train.x, points.train.y)},
        found.places,
        (points.low, points.high),
        base=found.base,
        kinks=KINKS[network.activation],
    )
    chart(fig, "reg_bends_chart")
    inside = (found.grid >= points.low) & (found.grid <= points.high)
    left = float(np.square(total - found.whole)[inside].mean())
    all_added = added == units
    st.markdown(
        f"**{added} of {units}** units added. Thick: their sum; "
        + ("" if all_added else "dashed: the whole network; ")
        + "thin: one unit each, and in gray the beginning that they are added to. "
        + (
            "The sum is the network."
            if all_added
            else f"Mean squared distance to the whole network: {left if left > 1e-9 else 0:.2g}."
        )
    )
    if rule == "place" and len(network.hidden) == 1:
        st.caption(
            f"Coming from the left: {FROM_THE_LEFT[network.activation]} is counted to the beginning, so each "
            f"unit shown here {BEFORE[network.activation]}, and says how the curve turns there."
        )
    st.markdown(describe(found, points, network))


def describe(found: HiddenUnitSum, points: Sample, network: RegressorConfig) -> str:
    """Where the units bend, and how many do nothing, in words made from their numbers."""
    units = len(found.parts)
    if len(network.hidden) > 1:
        return (
            f"With {len(network.hidden)} hidden layers each unit of the last one is itself a sum of bends, "
            "so its line may turn several times."
        )
    within = found.inside()
    inside, outside = int(within.sum()), int((~within).sum())
    straight = network.activation in ("relu", "leaky-relu")
    words = f"{inside} of {units} units bend inside the interval from {in_pi(points.low)} to {in_pi(points.high)}"
    if outside:
        flat = int((found.sizes[~within] < FLAT).sum())
        what = "straight here" if straight else "bent most beyond it"
        if flat == outside:
            words += f"; the other {outside} {'are' if outside > 1 else 'is'} flat here"
        else:
            words += f"; the other {outside} {'are' if outside > 1 else 'is'} {what}"
            if flat:
                words += f", {flat} of them flat"
        if flat:
            words += ": a flat line adds nothing but height"
    words += "."
    if straight:
        words += f" So the curve consists of at most {inside + 1} straight pieces there."
    return words
