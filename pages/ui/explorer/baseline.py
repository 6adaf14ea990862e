"""Tab: the baseline that any network must beat."""

import streamlit as st

from core.charts.heatmaps import confusion_figure
from core.charts.images import image_grid
from core.formatting import interval, percent
from pages.ui.explorer import image_choice, results
from pages.ui.kit.shell.page import controls_and_stage
from pages.ui.kit.widgets.chart import chart

ALL = "all"
SIZES = ("1", "2", "5", "10", "20", "50", "100", "200", ALL)
CODE = """\
means = torch.stack([train_images[train_labels == d].mean(0) for d in range(10)])
distance = torch.cdist(test_images.flatten(1), means.flatten(1))     # (N, 10)
accuracy = (distance.argmin(1) == test_labels).float().mean()
"""


def show() -> None:
    """Nearest centroid: means of k images per class, accuracy with its interval, confusion matrix."""
    left, right = controls_and_stage(1.0, 2.6)
    with left:
        size = st.select_slider(
            "Training images per class",
            SIZES,
            value=ALL,
            key="data_floor",
            bind="query-params",
            help="The class means are taken over so many images. With few of them the accuracy depends on the draw.",
        )
        seed = st.number_input(
            "Random seed",
            0,
            9999,
            0,
            key="data_floor_seed",
            bind="query-params",
            disabled=size == ALL,
            help="Which images are drawn. With all of them nothing is drawn.",
        )
        model, score = results.baseline(results.data_name(), None if size == ALL else int(str(size)), seed)
        low, high = score.ci95
        st.metric("Test accuracy", percent(score.accuracy), border=True)
        st.caption(
            f"95% confidence interval {interval(low, high)}, from {score.n:,} test images. Chance level: 10%.",
            help="The accuracy on endlessly many such images lies in such an interval in 95 of 100 cases.",
        )
        st.markdown(
            "**Nearest centroid** predicts the class whose mean image is nearest. Nothing is trained: a network "
            "with a lower accuracy has learned nothing useful."
        )
    with right:
        st.markdown("**The ten class means**")
        means = image_grid(model.means.numpy(), image_choice.CLASSES, columns=10, cell=64)
        chart(means, key="data_floor_means", still=True, alt="The mean image of each class.")
        st.markdown("**Confusion matrix**")
        chart(
            confusion_figure(score.confusion, height=360),
            key="data_floor_confusion",
            still=True,
            alt=f"{score.correct:,} of {score.n:,} test images are on the diagonal, classified correctly.",
        )
        st.caption("Correct predictions are on the pale diagonal. Brighter cells are more frequent confusions.")
        with st.expander("Show the code", icon=":material/code:"):
            st.code(CODE, language="python")
