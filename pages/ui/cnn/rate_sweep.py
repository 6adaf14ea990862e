"""Part of the batch norm tab: one epoch at many learning rates, from several seeds, for both networks."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from core.data.digits import Mnist
from core.formatting import count, percent, points
from core.lessons.cnn.charts.training import rate_curves_figure
from core.lessons.cnn.rate_sweep import RATES, SEEDS, WITH, WITHOUT, Spread, Trial, course_pair, gather, trials
from core.recipes.texts import RECIPES, recipe_color
from core.training.short_training import ShortScore, short_run
from pages.ui.cnn.batch_norm_pair import COURSE
from pages.ui.kit.training.accuracy_line import BY_TEST
from pages.ui.kit.widgets.cached_results import data_key, which_images
from pages.ui.kit.widgets.chart import chart
from pages.ui.kit.widgets.incremental_work import Piecework

NAMES = {WITH: "with batch norm", WITHOUT: "without"}
IMAGES = (1_000, 2_000, 4_000, 10_000)
NEAR = 0.02  # below the best by no more than this is "as good"


def sweep(mnist: Mnist, settings: dict[str, Any], busy: bool) -> None:
    """Which learning rates still work? settings: `convolutions`, `batch_size`. busy: the pair is being trained."""
    wanted = list(trials())
    work = Piecework(
        "cnn_sweep",
        f"Train {len(wanted)} small runs",
        disabled=busy,
        help=f"{len(RATES)} learning rates, {len(SEEDS)} seeds, both networks, one epoch each: a minute or two.",
    )

    def body() -> None:
        st.markdown("### Which learning rates work?")
        images = st.select_slider(
            "Training images",
            IMAGES,
            4_000,
            key="cnn_sweep_images",
            bind="query-params",
            format_func=lambda count: f"{count:,}",
            help="Images of one epoch, drawn by the seed.",
        )
        images = min(int(images), len(mnist.train))
        convolutions, batch = int(settings["convolutions"]), int(settings["batch_size"])
        kept = _kept(data_key(mnist), convolutions, batch, images)
        work.buttons(sum(trial in kept for trial in wanted), len(wanted), "runs")
        st.caption(
            "Available when the pair above has finished." if busy else "Each run: one epoch, one network, one seed."
        )
        with st.container(key="cnn_sweep_result"):  # one child, whatever is in it: the part keeps its shape
            if done := dict(kept):  # another session may add to it meanwhile
                curves = {NAMES[name]: gather(done, name) for name in NAMES}
                colors = {NAMES[name]: recipe_color(name) for name in NAMES}
                default = float(RECIPES[WITH].config.train.optimizer["lr"])
                chart(rate_curves_figure(curves, colors, (RATES[0], RATES[-1]), marked=default), "cnn_sweep_chart")
                some = which_images(mnist, next(iter(done.values())).n)
                st.caption(
                    f"One epoch on {images:,} training images, {convolutions} convolutions, batch {batch}, "
                    f"{-(-images // batch)} steps, measured on {some}. Line: mean over seeds, band: min to max. "
                    "Cross: a run diverged (counted as chance level, 10%). Vertical line: learning rate "
                    f"{default:g} of the course project. {BY_TEST}"
                )
                st.markdown(describe(curves, default))
            else:
                st.caption(
                    f"Learning rates from {RATES[0]:g} to {RATES[-1]:g}, seeds {SEEDS[0]} to {SEEDS[-1]}. "
                    "The difference grows with more convolutions (on the left)."
                )

        def one(trial: Trial, progress: Callable[[float], None]) -> ShortScore:
            config = course_pair(COURSE, convolutions, lr=trial.rate, seed=trial.seed, batch_size=batch)
            return short_run(config[trial.network], mnist, images=images, progress=progress)

        work.go_on(wanted, kept, one)

    work.part(body)


def describe(curves: dict[str, dict[float, Spread]], default: float) -> str:
    """What the curves say so far: at the default, and over which learning rates each one is near its best."""
    ours, theirs = curves.values()
    if not ours or not theirs:
        return ""
    words = ""
    if default in ours and default in theirs:
        a, b = ours[default], theirs[default]
        if min(a.runs, b.runs) < 2:
            judged = "only one seed each so far"
        elif a.low > b.high:
            judged = "every run with batch norm beats every run without"
        elif b.low > a.high:
            judged = "every run without batch norm beats every run with"
        else:
            judged = "the seeds overlap"
        words = f"At learning rate {default:g}: {percent(a.mean)} with, {percent(b.mean)} without; {judged}. "
    best = max(point.mean for curve in curves.values() for point in curve.values())
    good = {
        name: [rate for rate, point in curve.items() if point.mean >= best - NEAR] for name, curve in curves.items()
    }
    spans = "; ".join(
        f"*{name}* {_span(rates)} ({len(rates)} of {len(curves[name])} learning rates)" for name, rates in good.items()
    )
    words += f"Within {points(NEAR)} of the best mean ({percent(best)}): {spans}. "
    with_it, without = (len(rates) for rates in good.values())
    if len(ours) < len(RATES) or len(theirs) < len(RATES):
        return words
    seeds = min(point.runs for curve in curves.values() for point in curve.values())
    if seeds < len(SEEDS):
        return f"{words}So far {count(seeds, 'seed')} per learning rate."
    if with_it > without:
        return words + "**Batch norm widens the range of learning rates that work.**"
    if with_it < without:
        return words + "**Here more learning rates work without batch norm.**"
    return words + "**Here as many learning rates work with as without.**"


def _span(rates: list[float]) -> str:
    if not rates:
        return "nowhere"
    return f"at {rates[0]:g}" if len(rates) == 1 else f"from {rates[0]:g} to {rates[-1]:g}"


@st.cache_resource(max_entries=24, show_spinner=False)
def _kept(data: str, convolutions: int, batch: int, images: int) -> dict[Trial, ShortScore]:
    """What has been measured with these settings, by whomever."""
    return {}
