"""Too simple, too wiggly: one small noisy sample, networks of many widths, and where to stop."""

from collections.abc import Callable
from statistics import median

import streamlit as st

from core.charts.palette import SPLITS
from core.charts.series import line
from core.config.run import CurveConfig, RunConfig
from core.data.points import CURVES, noise_floor
from core.export.training import regression_code
from core.lessons.regression.charts.fit import fit_figure
from core.lessons.regression.charts.losses import fit_losses_figure, width_losses_figure
from core.lessons.regression.small_fit import SEEDS, WIDTHS, Ends, ends, noisy_sample, small_fit
from core.models.inspect.fit import answers
from core.models.inspect.overfitting import course_words, judge
from core.models.threads import one_thread
from core.models.trained_network import rebuild
from core.recipes.texts import RECIPES
from pages.ui.kit.shell.page import controls_and_stage, error_boundary
from pages.ui.kit.widgets.chart import chart
from pages.ui.kit.widgets.incremental_work import Piecework
from pages.ui.regression.controls import NOISES, TITLES
from pages.ui.regression.fit import sample, trained_here

EPOCHS = (100, 300, 600, 1000, 2000)
Piece = tuple[int, int]  # width, seed


def wiggly() -> None:
    """The tab."""
    left, right = controls_and_stage()
    with left, error_boundary():
        settings = _settings()
    with right:

        @st.fragment
        @one_thread()
        def one_width() -> None:
            with error_boundary():
                _one_width(settings)

        one_width()
        _sweep(settings)
    with st.expander("Show the code", icon=":material/code:"):
        st.code(regression_code(noisy_sample(RECIPES["regression-sine"].config, 64, 0, **settings)), language="python")


def _settings() -> dict[str, object]:
    """What the small sample looks like and how long the networks learn."""
    st.caption("A few noisy points, as many again to validate with. The true curve is a secret to the network.")
    target = st.selectbox(
        "Curve",
        tuple(CURVES),
        key="reg_wiggly_target",
        bind="query-params",
        format_func=lambda name: TITLES[name],
        help="What lies behind the points.",
    )
    points = st.select_slider(
        "Training points",
        (5, 10, 15, 20, 40, 100, 200),
        20,
        key="reg_wiggly_points",
        bind="query-params",
        help="As many again are held out for validation.",
    )
    noise = st.select_slider(
        "Noise σ",
        NOISES,
        0.3,
        key="reg_wiggly_noise",
        bind="query-params",
        help="Standard deviation of what is added to each y.",
        format_func=lambda v: f"{v:g}",
    )
    activation = st.selectbox(
        "Activation",
        ("tanh", "relu", "gelu"),
        key="reg_wiggly_activation",
        bind="query-params",
        help="Nonlinear function of each hidden unit.",
    )
    epochs = st.select_slider(
        "Epochs",
        EPOCHS,
        1000,
        key="reg_wiggly_epochs",
        bind="query-params",
        help="How long each network learns; the best epoch is kept beside the last.",
    )
    return {"target": target, "points": 2 * points, "noise": noise, "activation": activation, "epochs": epochs}


def _one_width(settings: dict[str, object]) -> None:
    st.markdown("#### One network: when should it have stopped?")
    width = st.select_slider(
        "Hidden units",
        WIDTHS,
        64,
        key="reg_wiggly_width",
        bind="query-params",
        help="One bend each. One or two are too simple for a sine; a hundred can follow the noise.",
    )
    seed = st.number_input(
        "Seed", 0, 9999, 4, key="reg_wiggly_seed", bind="query-params", help="Draws points, noise and weights."
    )
    fit = trained_here(noisy_sample(RECIPES["regression-sine"].config, int(width), int(seed), **settings))
    points, config = sample(fit.config), fit.config
    assert isinstance(config.data, CurveConfig)
    drawn = {name: (pairs.x, pairs.y) for name, pairs in points.parts.items() if name != "test"}
    fig = fit_figure(
        points.grid,
        answers(rebuild(config, fit.last), points.grid),
        points.truth,
        drawn,
        (points.low, points.high),
        height=360,
    )
    fig.data[-1].name = "last epoch"
    kept = fit.kept_row.get("epoch")
    best = answers(rebuild(config, fit.kept), points.grid)
    fig.add_trace(line(points.grid, best, "best checkpoint", SPLITS["validation"], width=2.4, dash="dot"))
    chart(fig, "reg_wiggly_fit")
    floor = noise_floor(config.data)
    last = fit.rows[-1]
    said = judge(fit.rows, last, points.variance, floor)
    st.markdown(f"At the last epoch: {said.words}")
    chart(fit_losses_figure(fit.rows, config.train.epochs, floor=floor, kept=kept, height=300), "reg_wiggly_losses")
    if words := course_words(fit.rows):
        st.caption(words)
    before, after = fit.kept_row.get("test_loss"), last.get("test_loss")
    if before is not None and after is not None:
        better = "the earlier stop was right" if before < after else "here the earlier stop did not pay"
        st.caption(f"On 200 other points: {before:.3g} at the best checkpoint, {after:.3g} at the last; {better}.")


def _sweep(settings: dict[str, object]) -> None:
    wanted: list[Piece] = [(width, seed) for seed in SEEDS for width in WIDTHS]
    work = Piecework(
        "reg_sweep",
        f"Train {len(wanted)} small networks",
        help=f"{len(WIDTHS)} widths, {len(SEEDS)} seeds, each with points of its own: about half a minute.",
    )

    def body() -> None:
        st.markdown("#### Many networks: how many bends are right?")
        kept = _kept(tuple(sorted((key, str(value)) for key, value in settings.items())))
        work.buttons(sum(piece in kept for piece in wanted), len(wanted), "networks")
        with st.container(key="reg_sweep_result"):
            if done := dict(kept):
                _drawn(done, settings)
            else:
                st.caption(f"Widths from {WIDTHS[0]} to {WIDTHS[-1]}: what becomes of validation on the way?")

        def one(piece: Piece, progress: Callable[[float], None]) -> Ends:
            width, seed = piece
            return ends(small_fit(noisy_sample(RECIPES["regression-sine"].config, width, seed, **settings)))

        work.go_on(wanted, kept, one)

    work.part(body)


def _drawn(done: dict[Piece, Ends], settings: dict[str, object]) -> None:
    train, validation, kept = (gather(done, name) for name in ("train", "validation", "kept_validation"))
    config: RunConfig = noisy_sample(RECIPES["regression-sine"].config, 1, 0, **settings)
    assert isinstance(config.data, CurveConfig)
    chart(width_losses_figure(train, validation, kept, noise_floor(config.data), WIDTHS), "reg_sweep_chart")
    st.caption("Dots: one seed each. Lines: medians over the seeds so far.")
    st.markdown(describe(done))


def gather(done: dict[Piece, Ends], name: str) -> dict[int, list[float]]:
    """The values of that name by width; those that are no numbers are left out."""
    found: dict[int, list[float]] = {}
    for (width, _), result in sorted(done.items()):
        value = getattr(result, name)
        if value is not None:
            found.setdefault(width, []).append(float(value))
    return found


def describe(done: dict[Piece, Ends]) -> str:
    """What the sweep says, from its medians; every width must have been measured once."""
    train, validation = gather(done, "train"), gather(done, "validation")
    if set(train) != set(WIDTHS) or set(validation) != set(WIDTHS):
        return "The sentence follows when every width has been measured."
    errors = {width: median(values) for width, values in validation.items()}
    best = min(errors, key=lambda width: errors[width])
    first, last = WIDTHS[0], WIDTHS[-1]
    words = f"At the last epoch validation is lowest with **{best} units** ({errors[best]:.3g}). "
    if errors[first] > 1.2 * errors[best]:
        simple = median(train[first])
        words += f"With {first} it is {errors[first]:.3g}, and training {simple:.3g}: underfitting. "
    elif first != best:
        words += f"With {first} it is hardly worse ({errors[first]:.3g}): this curve needs no more. "
    if errors[last] > 1.2 * errors[best]:
        near = median(train[last])
        words += f"With {last} it is {errors[last]:.3g} while training is {near:.2g}: overfitting. "
    elif last == best:
        words += "More units did no harm here. "
    else:
        words += f"With {last} it is hardly worse ({errors[last]:.3g}): size alone does little harm here. "
    tests, stopped = gather(done, "test"), gather(done, "kept_test")
    if last in tests and last in stopped:
        a, b = median(tests[last]), median(stopped[last])
        judged = "stopping early repairs part of it" if b < 0.9 * a else "stopping early changes little"
        words += f"On other points, {last} units: {a:.3g} at the last epoch, {b:.3g} at the kept one: {judged}."
    return words


@st.cache_resource(max_entries=24, show_spinner=False)
def _kept(settings: tuple[tuple[str, str], ...]) -> dict[Piece, Ends]:
    """What has been measured with these settings, by whomever."""
    return {}
