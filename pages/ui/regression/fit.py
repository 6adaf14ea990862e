"""What a run of a regression looks like: its curve over the points, its losses, its residuals."""

import streamlit as st

from core.config.run import CurveConfig, RunConfig
from core.data.points import noise_floor
from core.formatting import ratio
from core.lessons.regression.charts.fit import fit_figure, fit_film
from core.lessons.regression.charts.losses import fit_losses_figure, residual_counts_figure, residuals_figure
from core.lessons.regression.small_fit import SmallFit, small_fit
from core.models.inspect import overfitting
from core.models.inspect.fit import Sample, answers, curves_of, residuals, sample_of
from core.models.inspect.overfitting import course_words, judge
from core.models.threads import one_thread
from core.models.trained_network import rebuild
from core.recipes.texts import RECIPES
from core.storage.history import Row
from pages.ui.kit.training.live_run import RunView, written
from pages.ui.kit.widgets.chart import chart
from pages.ui.regression.controls import RECIPE, TITLES

ICONS: dict[overfitting.Kind, str] = {
    "underfitting": "straighten",
    "overfitting": "waves",
    "stopped in time": "front_hand",
    "good": "check_circle",
    "unknown": "help",
}
FEW = 5  # validation points: fewer choose by chance


@st.cache_resource(max_entries=32, show_spinner=False)
def sample(config: RunConfig) -> Sample:
    """The points of a run, drawn once."""
    return sample_of(config)


def kept_row(shown: RunView) -> Row:
    """What was measured of the weights that are shown: the newest, or at the end those that are kept."""
    return overfitting.kept_row(shown.history.epochs, "last" if shown.active else shown.config.train.keep)


def draw_fit(shown: RunView) -> None:
    """A run, live or not; folded away where it learned a curve while points of one's own are chosen now."""
    data = shown.config.data
    assert isinstance(data, CurveConfig)
    own = st.session_state.get(f"{RECIPE}_target") == "placed"
    if not own or data.target == "placed" or shown.active:
        _draw_all(shown)
        return
    st.markdown("No network has been trained on your points yet: press *Train*.")
    with st.expander(f"The run above: {TITLES[data.target]}", icon=":material/show_chart:"):
        _draw_all(shown)


def _draw_all(shown: RunView) -> None:
    """Everything there is to see of a run."""
    data, points = shown.config.data, sample(shown.config)
    assert isinstance(data, CurveConfig)
    model = None if shown.weights is None else rebuild(shown.config, shown.weights)
    drawn = {name: (pairs.x, pairs.y) for name, pairs in points.parts.items() if name != "test"}
    row, floor = kept_row(shown), noise_floor(data)
    curve = None if model is None else answers(model, points.grid)
    loss = row.get("train_loss")
    said = "The points and the network's curve" + ("." if loss is None else f", training loss {written(loss)}.")
    fig = fit_figure(points.grid, curve, points.truth, drawn, (points.low, points.high), height=340)
    chart(fig, f"{shown.key}_fit", alt=said)
    if not shown.active:
        _result(shown, row, points)
    log = st.toggle("Log scale", True, key="reg_log", bind="query-params", help="Shows small losses apart.")
    kept = row.get("epoch") if not shown.active and shown.config.train.keep == "best" else None
    fig = fit_losses_figure(shown.history.epochs, shown.epochs, floor=floor, kept=kept, log_y=log, height=280)
    course = "" if shown.active else course_words(shown.history.epochs)
    chart(fig, f"{shown.key}_losses", alt=f"Training, validation and test loss by epoch. {course}")
    st.caption(
        "Validation loss chooses the best checkpoint; test loss only reports. "
        + ("Dotted: the noise variance σ², the lowest expected loss on new points. " if floor else "")
        + course
    )
    if shown.active:
        return
    _playback(shown, points)
    if model is not None:
        found = {n: (p.x, residuals(model, p)) for n, p in points.parts.items() if n != "validation"}
        with st.expander("Residuals y − ŷ", icon=":material/scatter_plot:"):
            _residuals(found, data.noise if data.target != "placed" else 0.0, shown.key)


def _result(shown: RunView, row: Row, points: Sample) -> None:
    """The losses of the weights that are kept, what they mean, and, folded, what the source claims."""
    names = {"train": "Training loss", "validation": "Validation loss", "test": "Test loss"}
    losses = {name: row.get(f"{name}_loss") for name in names}
    data = shown.config.data
    assert isinstance(data, CurveConfig)
    with st.container(horizontal=True, gap="large"):
        for name, title in names.items():
            loss = losses[name]
            if loss is not None:
                st.metric(
                    title,
                    written(loss),
                    width="content",
                    help=f"Mean squared error on the {name.replace('train', 'training')} points at epoch "
                    f"{row['epoch'] or 0:,.0f}.",
                )
    said = judge(shown.history.epochs, row, points.variance, noise_floor(data))
    st.markdown(f":material/{ICONS[said.kind]}: **{said.title}**")
    last, more = shown.history.last("test_loss"), ""
    if last is not None and losses["test"] is not None and row is not shown.history.epochs[-1]:
        times = last / max(losses["test"], 1e-12)
        more = (
            f" Best checkpoint: epoch {row['epoch'] or 0:,.0f}. At the last epoch the test loss was {written(last)}, "
        )
        more += f"{ratio(times)} as high."
    st.caption(said.reason + more)
    few = len(points.validation.x)
    if 0 < few < FEW and shown.config.train.keep == "best":
        st.caption(f"Validation points: {few}. So few choose a checkpoint by chance; use more points.")
    recipe = RECIPES.get(shown.config.recipe)
    if recipe and recipe.claim and data == recipe.config.data and losses["test"] is not None:
        with st.expander(f"{recipe.source}: its claim", icon=":material/menu_book:"):
            st.markdown(
                f"It reports {recipe.claim}, but names neither function nor network: the two cannot be compared. "
                f"Measured here: {written(losses['test'])} on {shown.n_test:,} test points."
            )


def _playback(shown: RunView, points: Sample) -> None:
    """The curve at every frame of the film, with a player."""
    if len(shown.weight_history) < 2:
        return
    again = st.expander("Replay the training", icon=":material/movie:", key=f"{shown.key}_film", on_change="rerun")
    if again.open:
        with again:
            frames = curves_of(shown.config, shown.weight_history, points.grid)
            drawn = {name: (pairs.x, pairs.y) for name, pairs in points.parts.items() if name != "test"}
            fig = fit_film(points.grid, frames, points.truth, drawn, (points.low, points.high))
            chart(fig, f"{shown.key}_film_chart", still=True, alt="The network's curve, epoch after epoch.")
            st.caption(f"{len(frames)} frames, most of them early; the last is the last epoch.")


def _residuals(found: dict, noise: float, key: str) -> None:  # type: ignore[type-arg]
    across, counted = st.columns(2, gap="medium")
    with across:
        chart(residuals_figure(found, noise=noise), f"{key}_residuals", alt="Residuals against x.")
    with counted:
        chart(residual_counts_figure(found), f"{key}_residual_counts", alt="Histogram of the residuals.")
    st.caption(
        "Blue: training points; green: test points. A pattern along x means that the network misses structure."
        + (" The gray band reaches from −σ to σ." if noise else "")
    )


# Small regressions trained while a tab is drawn, kept by their settings so that each is trained once.


@st.cache_resource(max_entries=24, show_spinner="Training a small network…")
@one_thread()
def trained_here(config: RunConfig) -> SmallFit:
    """The fit of these settings: trained now, or found again."""
    return small_fit(config)
