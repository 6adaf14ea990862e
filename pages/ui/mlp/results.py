"""What the trained network classifies correctly and what not, class by class and image by image."""

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from torch import Tensor

from core.charts import palette
from core.charts.heatmaps import clickable_cells, confusion_figure, mark_cell
from core.charts.intervals import digit_accuracy_figure
from core.config.proportion import Proportion
from core.data.digits import Digits, Mnist
from core.formatting import count, interval, percent, probability
from core.models.evaluation import Score
from core.models.inspect.confusion import commonest_mistake, confident_mistakes, confusion, per_digit, predicted_as
from core.models.trained_network import TrainedNetwork
from pages.ui.kit.network.gallery import digit_gallery
from pages.ui.kit.network.network_panel import panel
from pages.ui.kit.widgets import cached_results as common
from pages.ui.kit.widgets.chart import chart
from pages.ui.kit.widgets.parts import pick_part

IS, READ = "mlp_is", "mlp_read"
PART, MATRIX, DIGITS, MISTAKES, RUNS = "mlp_results", "Confusion matrix", "Classes", "Most confident errors", "All runs"
SHOWN = 24

CODE = """\
logits = model(test_images)                 # (N, 10)
predicted = logits.argmax(dim=1)            # the class with the largest logit
accuracy = (predicted == labels).float().mean()

confusion = torch.zeros(10, 10, dtype=torch.int64)
for true, prediction in zip(labels, predicted):
    confusion[true, prediction] += 1

confidence = logits.softmax(dim=1).max(dim=1).values
"""


def choose_part() -> str:
    """Which part of the tab is shown."""
    return pick_part(
        PART,
        {MATRIX: ("mlp_is", "mlp_read"), DIGITS: (), MISTAKES: (), RUNS: ()},
        help="One network by confusions, by class or by image; or the accuracy of every saved run.",
    )


@panel
def results(trained: TrainedNetwork, mnist: Mnist, part: str = MATRIX) -> None:
    """Accuracy of one network; its confusion matrix, its accuracy per class, or its most confident errors."""
    test = mnist.test
    probabilities = common.probabilities(trained, mnist)
    if part == MISTAKES:
        _mistakes(probabilities, test)
    elif part == DIGITS:
        _digits(per_digit(test.labels, probabilities))
    else:
        table = confusion(test.labels, probabilities.argmax(1))
        left, right = st.columns([1.6, 1], gap="large")
        with right:
            _headline(table, common.which_images(mnist, len(test)))
        _confusion(left, right, table, probabilities, test)
    with st.expander("Show the code", icon=":material/code:"):
        st.code(CODE, language="python")


def _headline(table: Tensor, images: str) -> None:
    n, correct = int(table.sum()), int(table.diagonal().sum())
    low, high = Proportion(correct, n).interval
    with st.container(horizontal=True, gap="medium"):
        st.metric("Test accuracy", percent(correct / n, 2), width=130, help=f"Measured on {images}.")
        st.metric("Errors", f"{n - correct:,}", width=110, help=f"Misclassified images of {n:,}.")
    st.caption(
        f"95% confidence interval {interval(low, high)}.",
        help="Where the accuracy on endlessly many such images lies (Wilson 1927). Two networks whose intervals "
        "overlap much may be equally good.",
    )


def _confusion(left: DeltaGenerator, right: DeltaGenerator, table: Tensor, probabilities: Tensor, test: Digits) -> None:
    worst = commonest_mistake(table)
    digits = list(range(10))
    with right:
        first, second = st.columns(2)
        with first:
            true = st.selectbox(
                "True class", digits, worst[0] if worst else 0, key=IS, bind="query-params", help="The label."
            )
        with second:
            predicted = st.selectbox(
                "Predicted class",
                digits,
                worst[1] if worst else 0,
                key=READ,
                bind="query-params",
                help="The network's prediction.",
            )
        _cell(true, predicted, probabilities, test)
    with left:
        found = (
            f"The most frequent confusion: {count(worst[2], 'image')} of class {worst[0]} predicted as {worst[1]}."
            if worst
            else "No image is misclassified."
        )
        fig = clickable_cells(confusion_figure(table, height=380), 10, 10, size=32)
        chart(
            mark_cell(fig, true, predicted, palette.VERMILLION),
            "mlp_confusion",
            still=True,
            on_select=_pick,
            selection_mode="points",
            alt=found,
        )
        st.caption(
            f"{found} Click a cell to see its images. Brighter cells are more frequent confusions; correct predictions "
            "are on the pale diagonal."
        )


def _pick() -> None:
    """Callback: the clicked cell becomes the one shown."""
    points = st.session_state["mlp_confusion"].selection.points
    if points:
        st.session_state[IS], st.session_state[READ] = int(points[0]["y"]), int(points[0]["x"])


def _cell(true: int, predicted: int, probabilities: Tensor, test: Digits) -> None:
    places = predicted_as(probabilities, test.labels, true, predicted)
    if not len(places):
        st.caption(f"No image of class {true} is predicted as {predicted}.")
        return
    few = places[:6]
    of = f", the {len(few)} most confident" if len(places) > len(few) else ""
    st.caption(f"{count(len(places), 'image')} of class {true} predicted as {predicted}{of}:")
    digit_gallery(test.images[few, 0], [probability(float(probabilities[i, predicted])) for i in few])


def _digits(scores: Sequence[Score]) -> None:
    hardest = min(range(10), key=lambda digit: scores[digit].accuracy)
    easiest = max(range(10), key=lambda digit: scores[digit].accuracy)
    found = (
        f"Lowest accuracy: class {hardest} with {percent(scores[hardest].accuracy)}. Highest: class {easiest} with "
        f"{percent(scores[easiest].accuracy)}."
    )
    st.markdown(found)
    fig = digit_accuracy_figure(
        [score.accuracy for score in scores],
        [score.ci95 for score in scores],
        [score.n for score in scores],
        sum(score.correct or 0 for score in scores) / sum(score.n for score in scores),
        height=360,
    )
    chart(fig, "mlp_digit_accuracy", still=True, alt=found)
    st.caption("Accuracy of each class with its 95% interval; the dotted line is the accuracy on all test images.")


def _mistakes(probabilities: Tensor, test: Digits) -> None:
    wrong = confident_mistakes(probabilities, test.labels, SHOWN)
    if not len(wrong):
        st.markdown("No image is misclassified.")
        return
    confidence, predicted = probabilities[wrong].max(dim=1)
    high = int((confidence > 0.9).sum())
    st.markdown(
        "True class → predicted class, and its confidence. "
        + (f"{'All' if high == len(wrong) else high} of these {len(wrong)} exceed 90%." if high else "")
    )
    captions = [
        f"{int(test.labels[place])} → **{int(answer)}** {probability(float(share))}"
        for place, answer, share in zip(wrong, predicted, confidence, strict=True)
    ]
    digit_gallery(test.images[wrong, 0], captions)
