"""Tab: one image as a network has it, as numbers."""

import plotly.graph_objects as go
import streamlit as st
import torch
from numpy.typing import ArrayLike

from core.charts.images import picture, pixel_heatmap
from core.charts.palette import GREEN
from core.formatting import article, shape
from core.lessons.explorer.charts import one_hot_figure, pixel_vector_figure
from pages.ui.explorer import image_choice, results
from pages.ui.kit.shell.page import controls_and_stage
from pages.ui.kit.widgets.chart import chart

BATCH = 128
CODE = """\
x = image.flatten()                  # (28, 28) -> (784,)   rows joined end to end
y = torch.nn.functional.one_hot(torch.tensor(label), 10)

batch = torch.randperm(len(images))[:128]
X = images[batch].flatten(1)         # (128, 784)   one image a row
Y = labels[batch]                    # (128,)
"""


def show() -> None:
    """Picture, grid of numbers, vector, one-hot label, batch."""
    left, right = controls_and_stage(1.0, 2.2)
    with left:
        split = image_choice.choose_split()
        index = image_choice.choose_index(split, None)
        chosen = results.digits(split)
        image, label = chosen.images[index, 0].numpy(), int(chosen.labels[index])
        st.image(picture(image, size=252), width=252)
        st.caption(f"What we see: {article(label)}.")
        as_bytes = st.toggle(
            "As stored: bytes 0 to 255",
            value=True,
            key="data_bytes",
            bind="query-params",
            help="The file holds bytes; dividing by 255 gives pixels between 0 (paper) and 1 (ink).",
        )
        row = st.slider(
            "Row of the picture",
            0,
            27,
            14,
            key="data_row",
            bind="query-params",
            help="The rows are laid end to end: row r becomes places 28·r to 28·r + 27.",
        )
    with right:
        st.subheader("28 × 28 numbers", anchor=False)
        st.caption("What the computer has. Point at a square to read it.")
        fig = pixel_heatmap(
            image * 255 if as_bytes else image,
            height=560,
            limits=(0, 255 if as_bytes else 1),
            value_name="byte" if as_bytes else "pixel",
        )
        text = [[f"{value * 255:.0f}" if as_bytes else f"{value:.1f}" for value in line] for line in image]
        fig.add_hrect(y0=row - 0.5, y1=row + 0.5, line_color=GREEN, line_width=1.5)
        fig.update_traces(text=text, texttemplate="%{text}")
        chart(fig, key="data_numbers", still=True)

    st.subheader("One vector of 784 numbers", anchor=False)
    st.latex(
        rf"x \in \mathbb{{R}}^{{784}}, \qquad x_{{28r + c}} = \text{{pixel}}(r, c), \qquad r = {row}: \;"
        rf" x_{{{28 * row}}} \ldots x_{{{28 * row + 27}}}"
    )
    chart(_vector(image, row, as_bytes), key="data_vector", still=True)

    st.subheader("Its label, one-hot", anchor=False)
    st.caption("Ten places, a 1 at the right one: what ten probabilities are compared with.")
    chart(one_hot_figure(label), key="data_one_hot", still=True)

    st.subheader("A batch: (784,) becomes (128, 784)", anchor=False)
    st.markdown(
        f"One update from all {len(results.digits('train')):,} images costs too much, one from a single "
        f"image is mostly chance. So a network takes {BATCH} at a time: a matrix with one image a row, "
        "which a processor multiplies almost as fast as one."
    )
    rows = chosen.images[(index + torch.arange(BATCH)) % len(chosen)].flatten(1).numpy()
    st.image(picture(rows, size=784), width="stretch")
    st.caption(
        f"X: shape {shape(rows.shape)}, {BATCH} rows (image {index:,} and those after it) of 784 columns. "
        f"The top row is this {label}."
    )
    with st.expander("Show the code", icon=":material/code:"):
        st.code(CODE, language="python")


def _vector(image: ArrayLike, row: int, as_bytes: bool) -> go.Figure:
    """The vector as bytes, as the file has it, or as pixels between 0 and 1."""
    if not as_bytes:
        return pixel_vector_figure(image, row=row)
    fig = pixel_vector_figure((torch.as_tensor(image) * 255).round().numpy(), row=row)
    fig.update_yaxes(range=[0, 255 * 1.05], title_text="byte")
    return fig.update_traces(hovertemplate="row %{customdata[0]}, column %{customdata[1]}: %{y:.0f}<extra></extra>")
