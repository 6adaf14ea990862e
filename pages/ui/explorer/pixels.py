"""Tab: the values of pixels, before and after normalization."""

import streamlit as st

from core.lessons.explorer.charts import pixel_histogram_figure
from pages.ui.explorer import image_choice, results
from pages.ui.kit.shell.page import controls_and_stage
from pages.ui.kit.widgets.chart import chart

CODE = """\
mean, std = train_images.mean(), train_images.std()   # of the training images only
x = (x - mean) / std                                  # the network's first layer
"""


def show() -> None:
    """Histogram of pixel values on both rulers, mean and deviation computed from the images."""
    left, right = controls_and_stage(1.0, 2.2)
    of = results.data_name()
    with left:
        split = image_choice.choose_split()
        digit = image_choice.choose_digit()
        log_y = st.toggle(
            "Logarithmic height",
            value=True,
            key="data_log",
            bind="query-params",
            help="Four pixels in five are plain paper; on an even scale the rest cannot be seen.",
        )
        mean, std = results.mean_std(of, "train")
        st.metric("Mean of the training pixels", f"{mean:.4f}", border=True)
        st.metric("Standard deviation", f"{std:.4f}", border=True)
    edges, share = results.histogram(of, split, digit)
    with right:
        st.subheader("As they are", anchor=False)
        fig = pixel_histogram_figure(edges, share, mean=mean, std=std, normalized=False, log_y=log_y, split=split)
        chart(fig, key="data_histogram", still=True)
        st.subheader("Normalized", anchor=False)
        st.latex(rf"x' = \frac{{x - \mu}}{{\sigma}} = \frac{{x - {mean:.4f}}}{{{std:.4f}}}")
        fig = pixel_histogram_figure(edges, share, mean=mean, std=std, normalized=True, log_y=log_y, split=split)
        chart(fig, key="data_histogram_normalized", still=True)
        st.caption(
            "The same bars on another ruler: mean 0, deviation 1 over the training images. Weights then "
            "start learning from numbers of either sign and moderate size. Here normalization is part of the "
            "network, so that images stay between 0 and 1 everywhere else."
        )
        with st.expander("Show the code", icon=":material/code:"):
            st.code(CODE, language="python")
