"""Tab: one image as a network receives it, as numbers."""

import numpy as np
import plotly.graph_objects as go
import streamlit as st
import torch
from numpy.typing import ArrayLike

from core.charts.images import picture, pixel_heatmap
from core.charts.palette import GREEN
from core.data import Digits
from core.formatting import shape
from core.lessons.explorer.charts import one_hot_figure, pixel_vector_figure
from pages.ui.explorer import image_choice, results
from pages.ui.kit.shell.page import controls_and_stage
from pages.ui.kit.widgets.chart import chart

BATCH = 128
CODE = """\
x = image.flatten()                  # (28, 28) -> (784,): the rows, concatenated
y = torch.nn.functional.one_hot(torch.tensor(label), 10)

batch = torch.randperm(len(images))[:128]
X = images[batch].flatten(1)         # (128, 784): one image per row
Y = labels[batch]                    # (128,)
"""


def show() -> None:
    """The vector above the matrix of pixels, then the one-hot label and the batch."""
    left, right = controls_and_stage(1.0, 2.6)
    with left:
        split = image_choice.choose_split()
        index = image_choice.choose_index(split, None)
        chosen = results.digits(split)
        image, label = chosen.images[index, 0].numpy(), int(chosen.labels[index])
        row = st.slider(
            "Row of the image",
            0,
            27,
            14,
            key="data_row",
            bind="query-params",
            help="Flattening concatenates the rows: row r becomes positions 28·r to 28·r + 27 of the vector.",
        )
        as_bytes = st.toggle(
            "Bytes, 0 to 255",
            value=True,
            key="data_bytes",
            bind="query-params",
            help="The file stores bytes. Divided by 255 they become pixel values from 0 (black) to 1 (white).",
        )
        st.image(picture(image, size=140), width=140, alt=image_choice.name(chosen, split, index))
        st.caption(f"The image. Its label is {label}.")
    with right:
        st.markdown(
            f"**The vector** $x \\in \\mathbb{{R}}^{{784}}$, with row {row} at $x_{{{28 * row}}}$ to "
            f"$x_{{{28 * row + 27}}}$"
        )
        chart(
            _vector(image, row, as_bytes),
            key="data_vector",
            still=True,
            alt=f"The 784 pixel values in one line; row {row} is marked at positions {28 * row} to {28 * row + 27}.",
        )
        st.markdown(f"**The matrix** of 28 × 28 pixels, with row {row} framed")
        chart(
            _matrix(image, row, as_bytes),
            key="data_numbers",
            still=True,
            alt=f"The {label} as a matrix of 28 × 28 {'bytes' if as_bytes else 'pixel values'}; row {row} is framed.",
        )
    left, right = controls_and_stage(1.0, 1.0)
    with left:
        st.markdown("**The label, one-hot encoded**: 1 at the true class, 0 elsewhere")
        chart(one_hot_figure(label), key="data_one_hot", still=True, alt=f"Ten numbers: 1 at {label}, 0 elsewhere.")
    with right:
        _batch(chosen, index)
    with st.expander("Show the code", icon=":material/code:"):
        st.code(CODE, language="python")


def _matrix(image: ArrayLike, row: int, as_bytes: bool) -> go.Figure:
    """Every pixel with its number in it, one row framed."""
    pixels = np.asarray(image)
    fig = pixel_heatmap(
        pixels * 255 if as_bytes else pixels,
        height=430,
        limits=(0, 255 if as_bytes else 1),
        value_name="byte" if as_bytes else "pixel",
    )
    text = [[f"{value * 255:.0f}" if as_bytes else f"{value:.1f}" for value in line] for line in pixels]
    fig.add_hrect(y0=row - 0.5, y1=row + 0.5, line_color=GREEN, line_width=1.5)
    return fig.update_traces(text=text, texttemplate="%{text}")


def _vector(image: ArrayLike, row: int, as_bytes: bool) -> go.Figure:
    """The vector as bytes, as the file has it, or as pixel values between 0 and 1."""
    if not as_bytes:
        return pixel_vector_figure(image, row=row)
    fig = pixel_vector_figure((torch.as_tensor(image) * 255).round().numpy(), row=row)
    fig.update_yaxes(range=[0, 255 * 1.05], title_text="byte")
    return fig.update_traces(hovertemplate="row %{customdata[0]}, column %{customdata[1]}: %{y:.0f}<extra></extra>")


def _batch(chosen: Digits, index: int) -> None:
    """The image and those after it as rows of one matrix."""
    rows = chosen.images[(index + torch.arange(BATCH)) % len(chosen)].flatten(1).numpy()
    st.markdown(f"**A batch of {BATCH} images**: shape {shape(rows.shape)}, one image per row")
    st.image(picture(rows, size=784), width="stretch", alt=f"A matrix whose {BATCH} rows are flattened images")
    st.caption(
        f"The first row is image {index:,}. A gradient step on a batch is much cheaper than one on all "
        f"{len(results.digits('train')):,} training images, and much less noisy than one on a single image."
    )
