"""Tab: two networks on the same test images: which both, one or neither of them classifies correctly."""

import base64
import io
import itertools
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from html import escape

import numpy as np
import streamlit as st
from numpy.typing import ArrayLike
from PIL import Image

from core.config.run import DIGIT_READERS
from core.formatting import count, number, points, points_interval
from core.lessons.runs.agreement import GROUPS, Both, both
from core.lessons.runs.charts.comparisons import both_board
from core.lessons.runs.rows import title_of
from core.models.paired_test import Paired
from core.models.threads import one_thread
from core.models.trained_network import TrainedNetwork
from core.recipes.texts import train_recipes
from core.storage.checkpoints import run_checkpoint, shipped
from pages.ui.kit.network.network_picker import Option, as_it_came, on_record, pick_network
from pages.ui.kit.shell.cache import mnist
from pages.ui.kit.shell.page import error_boundary
from pages.ui.kit.widgets import cached_results
from pages.ui.kit.widgets.binding import renamed
from pages.ui.kit.widgets.chart import chart
from pages.ui.runs import chosen
from pages.ui.runs.cached_runs import all_known

AT_ONCE = 30  # images on one page
MOST = 100  # saved runs to choose among, the newest
NAMES = {"both": "Both", "only A": "Only A", "only B": "Only B", "neither": "Neither"}
#: The words on the colored fields take the page's ink: the charts' gray is hard to read on amber.
INK = "<style>.st-key-runs_board .annotation-text { fill: currentColor !important; }</style>"
FIRST = ("linear-softmax", "cnn-bn")


@st.fragment
@one_thread()
def two_networks() -> None:
    """Choose A and B, see the four groups and the images in one of them."""
    with error_boundary():
        there, starts = _there()
        if len(there) < 2:
            st.info("There are not two networks with saved weights yet. Train two that classify digits.")
            return
        first, second = _choose(there, starts)
        if first.key == second.key:
            st.info("These are the same network twice: choose another one as B.", icon=":material/info:")
            return
        for letter, trained in (("A", first), ("B", second)):
            broken = cached_results.not_finite(trained)
            if broken:
                st.warning(f"The {broken} of {letter} became NaN or infinite: its training diverged.")
                return
        digits = mnist()
        truth = digits.test.labels
        answers = [cached_results.probabilities(trained, digits).argmax(1) for trained in (first, second)]
        found = both((answers[0] == truth).tolist(), (answers[1] == truth).tolist())
        counts, images = st.columns([1, 1.15], gap="large")
        with counts:
            group = _board(found)
            words, details = verdict(found.paired)
            st.markdown(words)
            st.caption(f"{details} Measured on {cached_results.which_images(digits, len(truth))}.".strip())
        with images:
            _images(found, group, answers[0].tolist(), answers[1].tolist())
        with st.expander("Show the code", icon=":material/code:"):
            st.code(CODE, language="python")


def _there() -> tuple[dict[str, Option], list[str]]:
    """Networks with weights that classify digits, by the title that the address keeps; and those that stand first."""
    names = [name for name in train_recipes(DIGIT_READERS) if name in shipped()]
    runs = [run for run in all_known() if isinstance(run.config.model, DIGIT_READERS)]
    kept = {f"Saved: {title_of(run)}": run for run in runs if run_checkpoint(run.run_id).is_file()}
    kept = dict(list(kept.items())[:MOST])
    opened: dict[str, Callable[[], TrainedNetwork]] = {
        **{f"Pretrained: {name}": partial(as_it_came, name, name) for name in names},
        **{title: partial(on_record, run) for title, run in kept.items()},
    }
    options = {title: Option(title, how) for title, how in opened.items()}
    before = {"Pretrained: ": "As it came: ", "Saved: ": "On record: "}
    for key, (now, then) in itertools.product(("runs_a", "runs_b"), before.items()):
        renamed(key, {title.replace(now, then, 1): title for title in options if title.startswith(now)})
    picked = [title for title, run in kept.items() if run.run_id in chosen.ids()][:2]
    rest = [f"Pretrained: {name}" for name in FIRST if f"Pretrained: {name}" in options]
    rest = [title for title in [*rest, *options] if title not in picked]
    return options, [*rest[: 2 - len(picked)], *picked]


def _choose(there: Mapping[str, Option], starts: Sequence[str]) -> tuple[TrainedNetwork, TrainedNetwork]:
    networks = []
    for column, letter, start in zip(st.columns(2, gap="medium"), "AB", starts, strict=True):
        with column:
            networks.append(
                pick_network(
                    f"Network {letter}",
                    there,
                    f"runs_{letter.lower()}",
                    first=start,
                    help="A pretrained network, or a saved run with its weights; races and sweeps do not keep theirs.",
                    in_address=True,
                )
            )
    return networks[0], networks[1]


def _board(found: Both) -> str:
    """The four counts; says which group is looked at."""
    counts = found.counts
    group = (
        st.segmented_control(
            "Classified correctly by",
            list(GROUPS),
            default="only B",
            required=True,
            key="runs_group",
            format_func=lambda name: NAMES[name],
            bind="query-params",
            help="Classified correctly by both, by only one of them, or by neither.",
        )
        or "only B"
    )
    st.html(INK)
    said = ", ".join(f"{name} {n:,}" for name, n in counts.items())
    chart(both_board(counts, group), "runs_board", still=True, alt=f"Images classified correctly by {said}.")
    return group


def verdict(pair: Paired) -> tuple[str, str]:
    """What the two counts of disagreement say, and the test behind it in small print."""
    a, b = pair.first_only, pair.second_only
    if a + b == 0:
        return "**A and B classify the same images correctly**: no difference to test.", ""
    low, high = pair.ci95
    better = "A" if a > b else "B"
    difference = points(abs(pair.difference))
    clear = pair.p < 0.05
    text = f"**{better} is more accurate** by {difference}" if clear else "**No significant difference**"
    text += f": only A classifies {count(a, 'image')} correctly, only B {b:,}."
    ends = (min(abs(low), abs(high)), max(abs(low), abs(high))) if low * high > 0 else None
    between = points_interval(*(ends or (low, high))) + ("" if ends else ", A minus B")
    p = "p < 0.000001" if pair.p < 1e-6 else f"p = {number(pair.p, 2)}"
    return text, (
        f"Difference {difference} (95% interval {between}). McNemar's exact test: {p}, the probability of so "
        f"uneven a split of the {count(a + b, 'image')} if both networks were equally good."
    )


def _images(found: Both, group: str, first: list[int], second: list[int]) -> None:
    places = found.places[group]
    if not len(places):
        st.info("No image is in this group.", icon=":material/hide_image:")
        return
    pages = -(-len(places) // AT_ONCE)
    page = 1
    if pages > 1:
        page = int(
            st.number_input(
                f"Page (of {pages})",
                1,
                pages,
                1,
                key=f"runs_page_{group.replace(' ', '_')}_{pages}",
                width=160,
                help=f"{AT_ONCE} images on each, in the order of the test set.",
            )
        )
    some = places[(page - 1) * AT_ONCE : page * AT_ONCE].tolist()
    test = mnist().test
    captions = [f"{int(test.labels[i])}: {_predicted(first[i], second[i], group)}" for i in some]
    with st.container(key="runs_images"):
        page_of(test.images[some, 0].numpy(), captions, [f"Test image {i:,}" for i in some])
    st.caption(
        f"{len(some)} of {count(len(places), 'image')}. Below each: true label, then "
        + ("the prediction of both." if group == "both" else "the predictions of A and B.")
    )


def _predicted(first: int, second: int, group: str) -> str:
    return f"{first}" if group == "both" else f"A {first}, B {second}"


#: The comparison by hand; it runs in the project's folder.
CODE = """\
from core.models.trained_network import load_shipped
from core.data import load
from core.models.evaluation import predict
from core.models.paired_test import paired

test = load("auto").test
first, second = load_shipped("linear-softmax").model, load_shipped("cnn-bn").model
right = [(predict(model, test.images).argmax(1) == test.labels).tolist() for model in (first, second)]
result = paired(*right)
print("only the first:", result.first_only, " only the second:", result.second_only, " p =", result.p)
"""


# Many small images with words below each, as many in a row as the screen has room for.


def page_of(images: ArrayLike, captions: Sequence[str], names: Sequence[str], *, side: int = 64) -> None:
    """Draw images (N, H, W) in [0, 1] as sharp squares of `side` pixels. names: on hover."""
    figures = [
        f'<figure style="margin:0;width:{side}px;text-align:center" title="{escape(name)}">'
        f'<img src="data:image/png;base64,{_png(image)}" alt="{escape(name)}, {escape(caption)}" '
        f'width="{side}" height="{side}" style="image-rendering:pixelated;border-radius:4px">'
        f'<figcaption style="font-size:0.75rem;opacity:0.8;white-space:nowrap">{escape(caption)}</figcaption>'
        "</figure>"
        for image, caption, name in zip(np.asarray(images, dtype=float), captions, names, strict=True)
    ]
    st.html(f'<div style="display:flex;flex-wrap:wrap;gap:0.5rem 0.6rem">{"".join(figures)}</div>')


def _png(image: np.ndarray) -> str:
    held = io.BytesIO()
    gray = np.round(np.clip(image, 0.0, 1.0) * 255).astype(np.uint8)
    Image.fromarray(gray).save(held, "PNG")
    return base64.b64encode(held.getvalue()).decode()
