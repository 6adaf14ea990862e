"""Tab: the floor that any network must beat."""

import streamlit as st

from core.charts.heatmaps import confusion_figure
from core.charts.images import image_grid
from core.formatting import interval, percent
from pages.ui.explorer import results
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
    """Nearest class mean: averages of k images, accuracy with its interval, mistakes."""
    left, right = controls_and_stage(1.0, 2.2)
    with left:
        size = st.select_slider(
            "Images averaged, per digit",
            SIZES,
            value=ALL,
            key="data_floor",
            bind="query-params",
            help="With few images the averages are rough and the result is luck; try other seeds.",
        )
        seed = st.number_input(
            "Seed",
            0,
            9999,
            0,
            key="data_floor_seed",
            bind="query-params",
            disabled=size == ALL,
            help="Which images are drawn. With all of them there is nothing to draw.",
        )
        model, score = results.floor(results.data_name(), None if size == ALL else int(str(size)), seed)
        low, high = score.ci95
        st.metric(f"Accuracy on {score.n:,} test images", percent(score.accuracy), border=True)
        st.caption(
            f"95% interval {interval(low, high)}: where the accuracy on endlessly many such images lies. "
            "Guessing gets 10%."
        )
        st.markdown(
            "Call a digit by the nearest of ten averages of training images: no gradient descent, nothing to "
            "tune" + (": **a network that does no better has learned nothing.**" if size == ALL else ".")
        )
    with right:
        st.subheader("The ten averages", anchor=False)
        names = [str(digit) for digit in range(10)]
        chart(image_grid(model.means.numpy(), names, columns=10, cell=72), key="data_floor_means", still=True)
        st.subheader("What it takes for what", anchor=False)
        chart(confusion_figure(score.confusion), key="data_floor_confusion", still=True)
        st.caption("The diagonal, the right answers, is left blank. Brighter means more mistakes.")
        with st.expander("Show the code", icon=":material/code:"):
            st.code(CODE, language="python")
