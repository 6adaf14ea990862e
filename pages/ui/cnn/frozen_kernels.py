"""Part of the batch norm tab: kernels that stay random, beside kernels that learn."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from core.charts.intervals import Accuracies, intervals
from core.charts.palette import GRAY
from core.data.digits import Mnist
from core.formatting import percent, points
from core.lessons.cnn.rate_sweep import WITH, WITHOUT, course_pair, frozen_pair
from core.recipes.texts import recipe_color
from core.training.short_training import ShortScore, short_run
from pages.ui.cnn.batch_norm_pair import COURSE
from pages.ui.kit.widgets.cached_results import data_key, which_images
from pages.ui.kit.widgets.chart import chart
from pages.ui.kit.widgets.incremental_work import Piecework

NAMES = {
    (WITH, "trained"): "with batch norm, kernels trained",
    (WITH, "random"): "with batch norm, kernels random",
    (WITHOUT, "trained"): "without, kernels trained",
    (WITHOUT, "random"): "without, kernels random",
}
IMAGES = (1_000, 4_000, 10_000)
Task = tuple[str, str]


def frozen(mnist: Mnist, settings: dict[str, Any], busy: bool) -> None:
    """How much is it worth that the kernels are trained? settings: the tab's. busy: the pair is being trained."""
    work = Piecework(
        "cnn_frozen", "Train all four", disabled=busy, help="One epoch each, same seed and batches: some seconds."
    )

    def body() -> None:
        st.markdown("### Frozen random kernels")
        st.markdown(
            "The same networks with frozen random kernels: only the layers after them and "
            "batch norm's γ and β are trained."
        )
        images = st.select_slider(
            "Training images",
            IMAGES,
            4_000,
            key="cnn_frozen_images",
            bind="query-params",
            format_func=lambda count: f"{count:,}",
            help="Images of one epoch.",
        )
        images = min(int(images), len(mnist.train))
        names = ("convolutions", "batch_size", "lr", "seed")
        convolutions, batch, lr, seed = (settings[name] for name in names)
        kept = _kept(data_key(mnist), convolutions, batch, lr, seed, images)
        work.buttons(len(kept), len(NAMES), "runs")
        done = {task: kept[task] for task in NAMES if task in kept}
        with st.container(key="cnn_frozen_result"):  # one child, whatever is in it: the part keeps its shape
            if done:
                chart(
                    intervals(
                        [NAMES[task] for task in done],
                        Accuracies(
                            [score.accuracy or 0.0 for score in done.values()],
                            [score.ci95 if score.accuracy is not None else (0.0, 0.0) for score in done.values()],
                            [recipe_color(task[0]) if task[1] == "trained" else GRAY for task in done],
                        ),
                    ),
                    "cnn_frozen_chart",
                    still=True,
                )
                some = which_images(mnist, next(iter(done.values())).n)
                st.caption(
                    f"One epoch on {images:,} training images at learning rate {lr:g}, seed {seed}; whiskers: 95% "
                    f"intervals on {some}; dotted: chance level."
                )
                st.markdown(describe(done))

        def one(task: Task, progress: Callable[[float], None]) -> ShortScore:
            config = course_pair(COURSE, convolutions, lr=lr, seed=seed, batch_size=batch)[task[0]]
            return short_run(frozen_pair(config)[task[1]], mnist, images=images, progress=progress)

        work.go_on(list(NAMES), kept, one)

    work.part(body)


def describe(done: dict[Task, ShortScore]) -> str:
    """What the bars say of each network whose two runs are done."""
    words = []
    for network in (WITH, WITHOUT):
        trained, random = (done.get((network, kind)) for kind in ("trained", "random"))
        if trained is None or random is None:
            continue
        title = "With batch norm" if network == WITH else "Without"
        if trained.accuracy is None or random.accuracy is None:
            words.append(f"{title}, a run diverged.")
            continue
        gap = trained.accuracy - random.accuracy
        apart = trained.ci95[0] > random.ci95[1] or random.ci95[0] > trained.ci95[1]
        if not apart:
            words.append(f"{title}, the intervals overlap: no clear difference.")
        elif gap > 0:
            words.append(
                f"{title}, training the kernels gains **{points(gap)}**; random ones reach {percent(random.accuracy)}."
            )
        else:
            words.append(f"{title}, random kernels do better by {points(-gap)} after this one epoch.")
    return " ".join(words)


@st.cache_resource(max_entries=24, show_spinner=False)
def _kept(data: str, convolutions: int, batch: int, lr: float, seed: int, images: int) -> dict[Task, ShortScore]:
    """What has been measured with these settings, by whomever."""
    return {}
