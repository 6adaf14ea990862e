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
    st.markdown("No network has learned your points yet: press *Train*.")
    with st.expander(f"What the run above learned: {TITLES[data.target]}", icon=":material/show_chart:"):
        _draw_all(shown)


def _draw_all(shown: RunView) -> None:
    """Everything there is to see of a run."""
    data, points = shown.config.data, sample(shown.config)
    assert isinstance(data, CurveConfig)
    model = None if shown.weights is None else rebuild(shown.config, shown.weights)
    drawn = {name: (pairs.x, pairs.y) for name, pairs in points.parts.items() if name != "test"}
    row, floor = kept_row(shown), noise_floor(data)
    if not shown.active:
        _result(shown, row, points)
    curve = None if model is None else answers(model, points.grid)
    chart(fit_figure(points.grid, curve, points.truth, drawn, (points.low, points.high)), f"{shown.key}_fit")
    log = st.toggle("Logarithmic loss", True, key="reg_log", bind="query-params", help="Shows small losses better.")
    kept = row.get("epoch") if not shown.active and shown.config.train.keep == "best" else None
    chart(
        fit_losses_figure(shown.history.epochs, shown.epochs, floor=floor, kept=kept, log_y=log), f"{shown.key}_losses"
    )
    st.caption(
        "Mean squared error after each epoch. The test only reports; validation decides which epoch is kept."
        + (" Below the dotted line nobody gets on new points: it is the noise itself." if floor else "")
    )
    if shown.active:
        return
    if words := course_words(shown.history.epochs):
        st.caption(words)
    _playback(shown, points)
    if model is not None:
        left = {n: (p.x, residuals(model, p)) for n, p in points.parts.items() if n != "validation"}
        _residuals(left, data.noise if data.target != "placed" else 0.0, shown.key)


def _result(shown: RunView, row: Row, points: Sample) -> None:
    """The numbers of the weights that are kept, what they mean, and what the text claims."""
    names = {"train": "Training loss", "validation": "Validation loss", "test": "Test loss"}
    losses = {name: row.get(f"{name}_loss") for name in names}
    why = {"train": "it trained on", "validation": "chose the epoch", "test": "only report"}
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
                    help="Mean squared error, in the square of y's unit, at epoch "
                    f"{row['epoch'] or 0:g}; on points that {why[name]}.",
                )
    last = shown.history.last("test_loss")
    if last is not None and losses["test"] is not None and row is not shown.history.epochs[-1]:
        times = last / max(losses["test"], 1e-12)
        st.caption(
            f"Kept: epoch {row['epoch'] or 0:,.0f}, the best on validation. At the last epoch the test loss "
            f"was {written(last)}, {ratio(times)} as much."
        )
    said = judge(shown.history.epochs, row, points.variance, noise_floor(data))
    st.markdown(f":material/{ICONS[said.kind]}: {said.words}")
    few = len(points.validation.x)
    if 0 < few < FEW and shown.config.train.keep == "best":
        st.caption(f"Points that validate: {few}. So few choose an epoch by chance; place or draw more of them.")
    recipe = RECIPES.get(shown.config.recipe)
    if recipe and recipe.claim and data == recipe.config.data and losses["test"] is not None:
        st.caption(
            f":material/format_quote: **The text claims** {recipe.claim}, and names neither its curve nor "
            f"its network: a yardstick. Measured here: {written(losses['test'])} on {shown.n_test:,} "
            "test points."
        )


def _playback(shown: RunView, points: Sample) -> None:
    """The curve at every frame of the film, with a player."""
    if len(shown.weight_history) < 2:
        return
    again = st.expander("Watch it learn again", icon=":material/movie:", key=f"{shown.key}_film", on_change="rerun")
    if again.open:
        with again:
            frames = curves_of(shown.config, shown.weight_history, points.grid)
            drawn = {name: (pairs.x, pairs.y) for name, pairs in points.parts.items() if name != "test"}
            fig = fit_film(points.grid, frames, points.truth, drawn, (points.low, points.high))
            chart(fig, f"{shown.key}_film_chart", still=True)
            st.caption(f"{len(frames)} moments, most of them early, where most happens. The last is the last epoch.")


def _residuals(left: dict, noise: float, key: str) -> None:  # type: ignore[type-arg]
    st.markdown("**Residuals**: what is left of each point when the curve is taken away")
    across, counted = st.columns(2, gap="medium")
    with across:
        chart(residuals_figure(left, noise=noise), f"{key}_residuals")
    with counted:
        chart(residual_counts_figure(left), f"{key}_residual_counts")
    st.caption(
        "Blue: training points, green: test points. A pattern along x means that there is more to learn; "
        "noise has none." + (" The gray band reaches from −σ to σ." if noise else "")
    )


# Small regressions trained while a tab is drawn, kept by their settings so that each is trained once.


@st.cache_resource(max_entries=24, show_spinner="Training a small network…")
@one_thread()
def trained_here(config: RunConfig) -> SmallFit:
    """The fit of these settings: trained now, or found again."""
    return small_fit(config)
