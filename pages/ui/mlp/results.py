"""What the trained network gets right and wrong, digit by digit and image by image."""

from collections.abc import Sequence

import streamlit as st
from torch import Tensor

from core.charts import palette
from core.charts.heatmaps import clickable_cells, confusion_figure, mark_cell
from core.charts.intervals import digit_accuracy_figure
from core.config.proportion import Proportion
from core.data.digits import Digits, Mnist
from core.formatting import article, count, interval, percent, probability, times
from core.models.evaluation import Score
from core.models.inspect.confusion import commonest_mistake, confident_mistakes, confusion, per_digit, read_as
from core.models.trained_network import TrainedNetwork
from pages.ui.kit.network.gallery import digit_gallery
from pages.ui.kit.network.network_panel import panel
from pages.ui.kit.widgets import cached_results as common
from pages.ui.kit.widgets.chart import chart

IS, READ = "mlp_is", "mlp_read"
SHOWN = 18

CODE = """\
logits = model(test_images)                 # (N, 10)
predicted = logits.argmax(dim=1)            # the digit with the largest number
accuracy = (predicted == labels).float().mean()

confusion = torch.zeros(10, 10, dtype=torch.int64)
for digit, read in zip(labels, predicted):
    confusion[digit, read] += 1

confidence = logits.softmax(dim=1).max(dim=1).values
"""


@panel
def results(trained: TrainedNetwork, mnist: Mnist) -> None:
    """Accuracy with its interval, the confusion matrix with its images, digits, confident mistakes."""
    test = mnist.test
    probabilities = common.probabilities(trained, mnist)
    table = confusion(test.labels, probabilities.argmax(1))
    _headline(table)
    st.caption(f"Measured on {common.which_images(mnist, len(test))}.")
    st.subheader("Which digit for which", anchor=False)
    _confusion(table, probabilities, test)
    st.subheader("Which digits are hard", anchor=False)
    _digits(per_digit(test.labels, probabilities))
    st.subheader("Sure, and wrong", anchor=False)
    _mistakes(probabilities, test)
    with st.expander("Show the code", icon=":material/code:"):
        st.code(CODE, language="python")


def _headline(table: Tensor) -> None:
    n, correct = int(table.sum()), int(table.diagonal().sum())
    low, high = Proportion(correct, n).interval
    with st.container(horizontal=True, gap="medium"):
        st.metric("Test accuracy", percent(correct / n, 2), width=130, help="Share of test images read rightly.")
        st.metric(
            "95% interval",
            interval(low, high),
            width=195,
            help="Where the accuracy on endlessly many such images lies (Wilson 1927). "
            "Two networks whose intervals overlap much may be equally good.",
        )
        st.metric("Mistakes", f"{n - correct:,} of {n:,}", width=160, help="Test images read wrongly.")


def _confusion(table: Tensor, probabilities: Tensor, test: Digits) -> None:
    worst = commonest_mistake(table)
    if worst:
        st.markdown(
            f"The commonest mistake: {article(f'**{worst[0]}**')} read as "
            f"{article(f'**{worst[1]}**')}, {times(worst[2])}."
        )
    above = st.container()
    first, second, _ = st.columns([1, 1, 1.6])
    digits = list(range(10))
    with first:
        is_ = st.selectbox(
            "It is a", digits, worst[0] if worst else 0, key=IS, bind="query-params", help="The true digit."
        )
    with second:
        read = st.selectbox(
            "read as a", digits, worst[1] if worst else 0, key=READ, bind="query-params", help="The network's answer."
        )
    with above:
        fig = clickable_cells(confusion_figure(table, height=400), 10, 10, size=34)
        chart(
            mark_cell(fig, is_, read, palette.VERMILLION),
            "mlp_confusion",
            still=True,
            on_select=_pick,
            selection_mode="points",
        )
        st.caption(
            "Click a cell, or choose below, to see its images. Brighter means more mistakes; the diagonal "
            "holds right answers and is left out of the coloring."
        )
    _cell(is_, read, probabilities, test)


def _pick() -> None:
    """Callback: the clicked cell becomes the one shown."""
    points = st.session_state["mlp_confusion"].selection.points
    if points:
        st.session_state[IS], st.session_state[READ] = int(points[0]["y"]), int(points[0]["x"])


def _cell(is_: int, read: int, probabilities: Tensor, test: Digits) -> None:
    places = read_as(probabilities, test.labels, is_, read)
    if not len(places):
        st.caption(f"No {is_} was read as {article(read)}.")
        return
    few = places[:8]
    of = f", the {len(few)} surest" if len(places) > len(few) else ""
    st.caption(f"{count(len(places), 'image')} of {article(is_)} read as {article(read)}{of}:")
    digit_gallery(test.images[few, 0], [probability(float(probabilities[i, read])) for i in few])


def _digits(scores: Sequence[Score]) -> None:
    hardest = min(range(10), key=lambda digit: scores[digit].accuracy)
    easiest = max(range(10), key=lambda digit: scores[digit].accuracy)
    st.markdown(
        f"Hardest is the **{hardest}** ({percent(scores[hardest].accuracy)}), easiest the **{easiest}** "
        f"({percent(scores[easiest].accuracy)})."
    )
    fig = digit_accuracy_figure(
        [score.accuracy for score in scores],
        [score.ci95 for score in scores],
        [score.n for score in scores],
        sum(score.correct or 0 for score in scores) / sum(score.n for score in scores),
    )
    chart(fig, "mlp_digit_accuracy", still=True)


def _mistakes(probabilities: Tensor, test: Digits) -> None:
    wrong = confident_mistakes(probabilities, test.labels, SHOWN)
    if not len(wrong):
        st.markdown("Not one mistake on these images.")
        return
    confidence, predicted = probabilities[wrong].max(dim=1)
    high = int((confidence > 0.9).sum())
    st.markdown(
        "True digit → the network's answer, and how sure it was. "
        + (f"{'All' if high == len(wrong) else high} of these {len(wrong)} with more than 90%." if high else "")
    )
    captions = [
        f"{int(test.labels[place])} → **{int(answer)}** {probability(float(share))}"
        for place, answer, share in zip(wrong, predicted, confidence, strict=True)
    ]
    digit_gallery(test.images[wrong, 0], captions)
