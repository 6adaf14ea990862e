"""Tab: the ten classes at a glance."""

import streamlit as st

from core.charts.images import image_grid
from core.charts.palette import SEQUENTIAL
from core.data.statistics import class_counts
from core.formatting import percent
from core.lessons.explorer.charts import class_counts_figure
from pages.ui.explorer import image_choice, results
from pages.ui.kit.widgets.chart import chart

NAMES = [str(digit) for digit in range(10)]


def show() -> None:
    """Counts, the average digit of each class and how much its pixels vary."""
    st.subheader("How many of each?", anchor=False)
    train, test = results.digits("train"), results.digits("test")
    counts = class_counts(train.labels)
    chart(class_counts_figure(counts, class_counts(test.labels)), key="data_counts")
    least, most = int(counts.argmin()), int(counts.argmax())
    if counts[least] == counts[most]:
        st.caption(f"Exactly {int(counts[0]):,} training images of each: guessing blindly is right in 10%.")
    else:
        st.caption(
            f"Nearly even: from {int(counts[least]):,} images of {least} to {int(counts[most]):,} of {most}. "
            f"Always saying {most} would be right in {percent(float(counts[most] / counts.sum()))}."
        )
    split = image_choice.choose_split()
    means, stds = results.class_pictures(results.data_name(), split)
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader("The average digit", anchor=False)
        st.caption("The mean of every pixel over all images of a class. Blurred where people differ.")
        chart(image_grid(means.numpy(), NAMES, columns=5, cell=76), key="data_means", still=True)
    with right:
        st.subheader("Where people differ", anchor=False)
        st.caption("The standard deviation of every pixel: dark blue never changes, yellow changes most.")
        grid = image_grid(stds.numpy(), NAMES, columns=5, cell=76, scale=SEQUENTIAL, limits=(0.0, 0.5))
        chart(grid, key="data_stds", still=True)
