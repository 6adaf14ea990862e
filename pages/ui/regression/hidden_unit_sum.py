"""The sum of hidden units: each one's contribution as a thin line, unit after unit, and their sum."""

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
from pages.ui.kit.widgets.binding import renamed
from pages.ui.kit.widgets.chart import chart
from pages.ui.regression.controls import PI, RECIPE, TITLES, in_pi
from pages.ui.regression.fit import sample, trained_here

HERE, THERE = "New", "Trained"
SHAPES = {"relu": "ReLU", "tanh": "tanh", "leaky-relu": "leaky ReLU", "sigmoid": "sigmoid", "gelu": "GELU"}
LEFT_FIRST, LARGEST_FIRST = "left to right", "largest first"
ORDERS: dict[str, Order] = {LEFT_FIRST: "place", LARGEST_FIRST: "size"}
renamed("reg_bends_source", {"A new one": HERE, "From Train": THERE})
renamed("reg_bends_order", {"from left to right": LEFT_FIRST, "the largest first": LARGEST_FIRST})
renamed(
    "reg_bends_activation",
    {
        "hinges (ReLU)": "ReLU",
        "soft steps (tanh)": "tanh",
        "bent hinges (leaky ReLU)": "leaky ReLU",
        "soft steps (sigmoid)": "sigmoid",
        "soft hinges (GELU)": "GELU",
    },
)
#: What stands at x = −b/w.
KINKS = {
    "relu": "breakpoint",
    "leaky-relu": "breakpoint",
    "gelu": "transition",
    "tanh": "steepest point",
    "sigmoid": "steepest point",
}

#: What a unit is far to the left of that, its left asymptote …
ASYMPTOTE = {
    "relu": "0 or a straight line",
    "leaky-relu": "a straight line",
    "gelu": "0 or a straight line",
    "tanh": "a constant",
    "sigmoid": "a constant",
}
#: … and what the unit does on the way there, once that is subtracted.
BEFORE = {
    "relu": "is 0 left of its breakpoint",
    "leaky-relu": "is 0 left of its breakpoint",
    "gelu": "is nearly 0 left of its transition",
    "tanh": "starts at 0 and is half-way at its steepest point",
    "sigmoid": "starts at 0 and is half-way at its steepest point",
}
FLAT = 1e-6  # of the output: a unit that changes less is constant


def show_hidden_units(job: Job | None, look: str) -> None:
    """The tab. look: the key of the select box over networks."""

    @st.fragment
    @one_thread()
    def drawn() -> None:
        with error_boundary():
            _tab(job, look)

    drawn()


def _tab(job: Job | None, look: str) -> None:
    left, right = controls_and_stage()
    with left:
        config, model = _network(job, look)
        order = st.segmented_control(
            "Order of the units",
            tuple(ORDERS),
            default=LEFT_FIRST,
            required=True,
            key="reg_bends_order",
            bind="query-params",
            help="By breakpoint, or by how much each changes the output.",
        )
    with right:
        points = sample(config)
        assert isinstance(config.model, RegressorConfig)
        found = hidden_unit_sum(model, points.grid, (points.low, points.high))
        _unit_after_unit(found, model, points, config.model, ORDERS[order or LEFT_FIRST])
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
        help="A small network trained now; or the run of the tab Train, a saved one, the pretrained one.",
    )
    if source == THERE:
        trained = choose_network(job, RECIPE, kind=RegressorConfig, key=look)
        return trained.config, trained.model
    target = st.selectbox(
        "Target function",
        tuple(CURVES),
        key="reg_bends_target",
        bind="query-params",
        format_func=lambda name: TITLES[name],
        help="The function it is trained on, without noise.",
    )
    activation = st.selectbox(
        "Activation",
        tuple(SHAPES),
        key="reg_bends_activation",
        bind="query-params",
        format_func=lambda name: SHAPES[name],
        help="Activation function of each hidden unit.",
    )
    width = st.slider(
        "Hidden units",
        1,
        24,
        12,
        key="reg_bends_width",
        bind="query-params",
        help="Each ReLU unit adds one breakpoint. Watch how few a curve needs.",
    )
    seed = st.number_input(
        "Seed", 0, 9999, 0, key="reg_bends_seed", bind="query-params", help="Other initial weights, other breakpoints."
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
        st.caption(f"600 epochs of Adam, learning rate 0.02: mean squared error {loss:.2g} on 200 test points.")
    return fit.config, rebuild(fit.config, fit.kept)


def _unit_after_unit(
    found: HiddenUnitSum, model: nn.Module, points: Sample, network: RegressorConfig, rule: Order
) -> None:
    units = len(found.parts)
    added = units
    if units > 1:
        added = st.slider(
            "Units added up",
            0,
            units,
            units,
            key=f"reg_bends_added_{units}",
            bind="query-params",
            help="Set it to 0 and add unit after unit.",
        )
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
    chart(
        fig, "reg_bends_chart", alt=f"{added} of {units} hidden units and their sum. {describe(found, points, network)}"
    )
    inside = (found.grid >= points.low) & (found.grid <= points.high)
    left = float(np.square(total - found.whole)[inside].mean())
    all_added = added == units
    st.markdown(
        f"**{added} of {units}** units added: "
        + (
            "the sum is the network's output."
            if all_added
            else f"mean squared difference to the network's output {left if left > 1e-9 else 0:.2g}."
        )
    )
    st.caption(
        r"$\hat y = c + \sum_i v_i \, \sigma(w_i x + b_i)$, breakpoints at $x = -b_i / w_i$. Thick: the partial sum; "
        + ("" if all_added else "dashed: the network's output; ")
        + "thin: one unit each; gray: the baseline they are added to. "
        + describe(found, points, network)
    )
    if rule == "place" and len(network.hidden) == 1:
        st.caption(
            f"Left to right, each unit is drawn minus its left asymptote ({ASYMPTOTE[network.activation]}), which is "
            f"part of the baseline: so it {BEFORE[network.activation]}."
        )


def describe(found: HiddenUnitSum, points: Sample, network: RegressorConfig) -> str:
    """Where the breakpoints lie, and how many units are constant, in words made from their numbers."""
    units = len(found.parts)
    if len(network.hidden) > 1:
        return (
            f"With {len(network.hidden)} hidden layers each unit of the last one is itself a sum of units and may have "
            "several breakpoints."
        )
    within = found.inside()
    inside, outside = int(within.sum()), int((~within).sum())
    straight = network.activation in ("relu", "leaky-relu")
    words = f"{inside} of {units} units have their {KINKS[network.activation]} between {in_pi(points.low)} and "
    words += in_pi(points.high)
    if outside:
        flat = int((found.sizes[~within] < FLAT).sum())
        what = "linear here" if straight else "nearly linear here"
        if flat == outside:
            words += f"; the other {outside} {'are' if outside > 1 else 'is'} constant here"
        else:
            words += f"; the other {outside} {'are' if outside > 1 else 'is'} {what}"
            if flat:
                words += f", {flat} of them constant"
        if flat:
            words += ", which only shifts the curve"
    words += "."
    if straight:
        words += f" So the output is piecewise linear there, with at most {inside + 1} pieces."
    return words
