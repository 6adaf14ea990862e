"""Underfitting and overfitting: one small noisy sample, networks of many widths, and where to stop."""

from collections.abc import Callable
from statistics import median

import streamlit as st

from core.charts.palette import SPLITS
from core.charts.series import line
from core.config.run import CurveConfig, RunConfig
from core.data.points import CURVES, noise_floor
from core.export.training import regression_code
from core.formatting import count
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


def underfitting_and_overfitting() -> None:
    """The tab."""
    left, right = controls_and_stage()
    with left, error_boundary():
        settings, seed = _settings()
    with right:

        @st.fragment
        @one_thread()
        def one_width() -> None:
            with error_boundary():
                _one_width(settings, seed)

        one_width()
        _sweep(settings)
    with st.expander("Show the code", icon=":material/code:"):
        st.code(regression_code(noisy_sample(RECIPES["regression-sine"].config, 64, 0, **settings)), language="python")


def _settings() -> tuple[dict[str, object], int]:
    """What the small sample looks like and how long the networks are trained; and the seed of the one network."""
    target = st.selectbox(
        "Target function",
        tuple(CURVES),
        key="reg_wiggly_target",
        bind="query-params",
        format_func=lambda name: TITLES[name],
        help="The function the points are drawn from; the network sees only the noisy points.",
    )
    points = st.select_slider(
        "Training points",
        (5, 10, 15, 20, 40, 100, 200),
        20,
        key="reg_wiggly_points",
        bind="query-params",
        help="As many again are the validation split.",
    )
    noise = st.select_slider(
        "Noise σ",
        NOISES,
        0.3,
        key="reg_wiggly_noise",
        bind="query-params",
        help="Standard deviation of the noise added to each y.",
        format_func=lambda v: f"{v:g}",
    )
    with st.expander("Advanced", icon=":material/tune:"):
        activation = st.selectbox(
            "Activation",
            ("tanh", "relu", "gelu"),
            key="reg_wiggly_activation",
            bind="query-params",
            help="Activation function of each hidden unit.",
        )
        epochs = st.select_slider(
            "Epochs",
            EPOCHS,
            1000,
            key="reg_wiggly_epochs",
            bind="query-params",
            help="How long each network is trained; its best checkpoint is kept beside the last epoch.",
        )
        seed = st.number_input(
            "Seed", 0, 9999, 4, key="reg_wiggly_seed", bind="query-params", help="Draws points, noise and weights."
        )
    settings = {"target": target, "points": 2 * points, "noise": noise, "activation": activation, "epochs": epochs}
    return settings, int(seed)


def _one_width(settings: dict[str, object], seed: int) -> None:
    width = st.select_slider(
        "Hidden units",
        WIDTHS,
        64,
        key="reg_wiggly_width",
        bind="query-params",
        help="The model's capacity. One or two underfit a sine; a hundred can fit the noise.",
    )
    fit = trained_here(noisy_sample(RECIPES["regression-sine"].config, int(width), seed, **settings))
    points, config = sample(fit.config), fit.config
    assert isinstance(config.data, CurveConfig)
    drawn = {name: (pairs.x, pairs.y) for name, pairs in points.parts.items() if name != "test"}
    fig = fit_figure(
        points.grid,
        answers(rebuild(config, fit.last), points.grid),
        points.truth,
        drawn,
        (points.low, points.high),
        height=340,
    )
    fig.data[-1].name = "last epoch"
    kept = fit.kept_row.get("epoch")
    best = answers(rebuild(config, fit.kept), points.grid)
    fig.add_trace(line(points.grid, best, "best checkpoint", SPLITS["validation"], width=2.4, dash="dot"))
    floor = noise_floor(config.data)
    last = fit.rows[-1]
    said = judge(fit.rows, last, points.variance, floor)
    chart(fig, "reg_wiggly_fit", alt=f"Noisy points and the curve of {count(int(width), 'hidden unit')}: {said.title}.")
    st.markdown(f"At the last epoch: **{said.title}**")
    st.caption(said.reason)
    fig = fit_losses_figure(fit.rows, config.train.epochs, floor=floor, kept=kept, height=300)
    chart(fig, "reg_wiggly_losses", alt=f"Training and validation loss by epoch. {said.reason}")
    if words := course_words(fit.rows):
        st.caption(words)
    before, after = fit.kept_row.get("test_loss"), last.get("test_loss")
    if before is not None and after is not None:
        better = "early stopping helped" if before < after else "early stopping did not help here"
        st.caption(f"Test loss: {before:.3g} at the best checkpoint, {after:.3g} at the last epoch; {better}.")


def _sweep(settings: dict[str, object]) -> None:
    wanted: list[Piece] = [(width, seed) for seed in SEEDS for width in WIDTHS]
    work = Piecework(
        "reg_sweep",
        f"Train {len(wanted)} small networks",
        help=f"{len(WIDTHS)} widths, {len(SEEDS)} seeds, each with its own points: about half a minute.",
    )

    def body() -> None:
        st.markdown("### Loss by number of hidden units")
        kept = _kept(tuple(sorted((key, str(value)) for key, value in settings.items())))
        work.buttons(sum(piece in kept for piece in wanted), len(wanted), "networks")
        with st.container(key="reg_sweep_result"):
            if done := dict(kept):
                _drawn(done, settings)
            else:
                st.caption(f"Training and validation loss for {WIDTHS[0]} to {WIDTHS[-1]} hidden units.")

        def one(piece: Piece, progress: Callable[[float], None]) -> Ends:
            width, seed = piece
            return ends(small_fit(noisy_sample(RECIPES["regression-sine"].config, width, seed, **settings)))

        work.go_on(wanted, kept, one)

    work.part(body)


def _drawn(done: dict[Piece, Ends], settings: dict[str, object]) -> None:
    train, validation, kept = (gather(done, name) for name in ("train", "validation", "kept_validation"))
    config: RunConfig = noisy_sample(RECIPES["regression-sine"].config, 1, 0, **settings)
    assert isinstance(config.data, CurveConfig)
    fig = width_losses_figure(train, validation, kept, noise_floor(config.data), WIDTHS)
    chart(fig, "reg_sweep_chart", alt=describe(done).replace("*", ""))
    st.caption("Dots: one seed each. Lines: medians over the seeds.")
    lead, _, more = describe(done).partition(". ")
    st.markdown(lead.rstrip(".") + ".")
    st.caption(more)


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
        return "A summary follows once every width has been trained."
    errors = {width: median(values) for width, values in validation.items()}
    best = min(errors, key=lambda width: errors[width])
    first, last = WIDTHS[0], WIDTHS[-1]
    words = f"At the last epoch the validation loss is lowest with **{best} units** ({errors[best]:.3g}). "
    if errors[first] > 1.2 * errors[best]:
        simple = median(train[first])
        words += f"With {first} it is {errors[first]:.3g} and the training loss {simple:.3g}: underfitting. "
    elif first != best:
        words += f"With {first} it is hardly higher ({errors[first]:.3g}): this function needs no more. "
    if errors[last] > 1.2 * errors[best]:
        near = median(train[last])
        words += f"With {last} it is {errors[last]:.3g} while the training loss is {near:.2g}: overfitting. "
    elif last == best:
        words += "More units did no harm here. "
    else:
        words += f"With {last} it is hardly higher ({errors[last]:.3g}): capacity alone does little harm here. "
    tests, stopped = gather(done, "test"), gather(done, "kept_test")
    if last in tests and last in stopped:
        a, b = median(tests[last]), median(stopped[last])
        judged = "early stopping helps" if b < 0.9 * a else "early stopping changes little"
        words += f"Test loss with {last} units: {a:.3g} at the last epoch, {b:.3g} at the best checkpoint: {judged}."
    return words


@st.cache_resource(max_entries=24, show_spinner=False)
def _kept(settings: tuple[tuple[str, str], ...]) -> dict[Piece, Ends]:
    """What has been measured with these settings, by whomever."""
    return {}
