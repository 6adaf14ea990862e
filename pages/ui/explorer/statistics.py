"""Tab: what the whole data set looks like: its classes, its pixel values, where it comes from."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.charts.images import image_grid
from core.charts.palette import SEQUENTIAL
from core.data.statistics import class_counts
from core.formatting import percent
from core.lessons.explorer.charts import class_counts_figure, pixel_histogram_figure
from pages.ui.explorer import image_choice, results
from pages.ui.kit.shell.page import controls_and_stage
from pages.ui.kit.training.data_state import data_state
from pages.ui.kit.widgets.chart import chart
from pages.ui.kit.widgets.parts import pick_part

PART, CLASSES, PIXELS, SOURCE = "data_statistics", "Classes", "Pixel values", "Source"
CODE = """\
mean, std = train_images.mean(), train_images.std()   # of the training images only
x = (x - mean) / std                                  # the network's first layer
"""


def show() -> None:
    """One of the three parts, chosen above it."""
    part = pick_part(
        PART,
        {CLASSES: (), PIXELS: ("data_log",), SOURCE: ()},
        help="The ten classes, the values of all pixels, or which copy of MNIST is in use.",
    )
    if part == SOURCE:
        data_state("data_source")
    elif part == PIXELS:
        _pixels(*controls_and_stage(1.0, 2.6))
    else:
        _classes(*controls_and_stage(1.0, 2.6))


def _classes(left: DeltaGenerator, right: DeltaGenerator) -> None:
    """Counts, mean image and standard deviation of each class."""
    train, test = results.digits("train"), results.digits("test")
    counts = class_counts(train.labels)
    least, most = int(counts.argmin()), int(counts.argmax())
    share = percent(float(counts[most] / counts.sum()))
    if counts[least] == counts[most]:
        balance = f"The classes are balanced: {int(counts[0]):,} training images each. Chance level is 10%."
    else:
        balance = (
            f"The classes are nearly balanced: {int(counts[least]):,} images of {least} to {int(counts[most]):,} of "
            f"{most}. Always predicting {most} has an accuracy of {share}."
        )
    with left:
        split = image_choice.choose_split()
        st.caption(balance)
    means, stds = results.class_pictures(results.data_name(), split)
    with right:
        chart(class_counts_figure(counts, class_counts(test.labels)), key="data_counts", alt=balance)
        st.markdown("**Mean image** of each class: blurred where handwriting differs")
        grid = image_grid(means.numpy(), image_choice.CLASSES, columns=10, cell=62)
        chart(
            grid, key="data_means", still=True, alt="The mean image of each class, blurred where handwriting differs."
        )
        st.markdown("**Standard deviation** of each pixel: dark blue never changes, yellow changes most")
        grid = image_grid(stds.numpy(), image_choice.CLASSES, columns=10, cell=62, scale=SEQUENTIAL, limits=(0.0, 0.5))
        chart(grid, key="data_stds", still=True, alt="Pixels vary most along the edges of each digit's mean image.")


def _pixels(left: DeltaGenerator, right: DeltaGenerator) -> None:
    """Histogram of pixel values before and after normalization, with mean and deviation of the training images."""
    of = results.data_name()
    mean, std = results.mean_std(of, "train")
    with left:
        split = image_choice.choose_split()
        digit = image_choice.choose_digit()
        log_y = st.toggle(
            "Logarithmic y-axis",
            value=True,
            key="data_log",
            bind="query-params",
            help="Four pixels in five are black. On a linear axis the others cannot be seen.",
        )
        st.latex(
            rf"\begin{{aligned}} x' &= \frac{{x - \mu}}{{\sigma}} \\ "
            rf"&= \frac{{x - {mean:.4f}}}{{{std:.4f}}} \end{{aligned}}"
        )
        st.caption("μ and σ: mean and standard deviation of all pixels of the training images.")
    edges, share = results.histogram(of, split, digit)
    with right:
        for normalized, heading in (
            (False, "**Pixel values**"),
            (True, "**Normalized**: the same bars on another axis"),
        ):
            st.markdown(heading)
            fig = pixel_histogram_figure(
                edges, share, mean=mean, std=std, normalized=normalized, log_y=log_y, split=split
            )
            center, spread = (0.0, 1.0) if normalized else (mean, std)
            chart(
                fig,
                key="data_histogram_normalized" if normalized else "data_histogram",
                still=True,
                alt=f"Histogram: most pixels are black, some white, few between. Mean {center:.2f}, standard deviation "
                f"{spread:.2f}.",
            )
        st.caption(
            "Normalized inputs have both signs and a moderate size, so the first layer starts learning at once. Here "
            "normalization is the network's first layer: everywhere else pixel values stay between 0 and 1."
        )
        with st.expander("Show the code", icon=":material/code:"):
            st.code(CODE, language="python")
