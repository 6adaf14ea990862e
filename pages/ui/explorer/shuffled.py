"""Tab: does a network need to know which pixels are neighbors?"""

import streamlit as st
import torch

from core.charts.images import image_grid
from core.data import Digits
from core.data.splits import permute_pixels
from core.formatting import count, interval, percent
from core.lessons.explorer.charts import accuracy_comparison_figure
from core.lessons.explorer.shuffled_pixels import EPOCHS, IMAGES
from pages.ui.explorer import results
from pages.ui.kit.shell.page import controls_and_stage
from pages.ui.kit.widgets.chart import chart
from pages.ui.kit.widgets.kept_button import kept_button

CODE = """\
order = torch.randperm(784)                      # one permutation for all images
shuffled = images.flatten(1)[:, order]

# h = x @ W: shuffle the rows of W the same way and every h is what it was.
torch.allclose(images.flatten(1) @ W, shuffled @ W[order])
"""


def show() -> None:
    """Images before and after one fixed permutation, and the same network trained on both."""
    left, right = controls_and_stage(1.0, 2.2)
    with left:
        seed = st.number_input(
            "Permutation",
            0,
            9999,
            1,
            key="data_permutation",
            bind="query-params",
            help="The seed of the one permutation that rearranges every image.",
        )
        st.markdown("Every image has its 784 pixels rearranged in the same way. To us it is noise.")
        start = kept_button(
            "Train on both", icon=":material/play_arrow:", type="primary", key="data_shuffle", width="stretch"
        )
        all_of_them = len(results.digits("train"))
        used = min(IMAGES, all_of_them)
        of = f"{used:,} of the {all_of_them:,}" if used < all_of_them else f"all {all_of_them:,}"
        st.caption(
            f"784 → 100 → 10, ReLU, SGD at rate 0.1, {count(EPOCHS, 'epoch')} on {of} training images (drawn "
            "at random, the same for both), scored on all test images: a few seconds."
        )
    with right:
        test = results.digits("test")
        few = test.take(_one_of_each(test))
        names = [str(label) for label in few.labels.tolist()]
        st.caption("As they are, and with their pixels shuffled:")
        chart(image_grid(few.images[:, 0].numpy(), columns=10, cell=72), key="data_plain", still=True)
        mixed = permute_pixels(few, seed).images[:, 0].numpy()
        chart(image_grid(mixed, names, columns=10, cell=72), key="data_mixed", still=True)
        if start:
            st.session_state["data_shuffled"] = seed
        if st.session_state.get("data_shuffled") == seed:
            _result(seed)


def _result(seed: int) -> None:
    place = st.empty()
    result = results.shuffle(results.data_name(), seed, place.progress(0.0, "Training twice…"))
    place.empty()
    curves = {"plain": result.plain.accuracy, "shuffled": result.shuffled.accuracy}
    chart(accuracy_comparison_figure(curves), key="data_shuffle_curves", still=True)
    (low, high), (low2, high2) = result.plain.ci95, result.shuffled.ci95
    st.markdown(
        f"Plain **{percent(result.plain.accuracy[-1])}** ({interval(low, high)}), shuffled "
        f"**{percent(result.shuffled.accuracy[-1])}** ({interval(low2, high2)}). A fully connected network "
        "does not care: each hidden unit sums over all pixels, in whatever order they come. It never knew "
        "that two pixels lie side by side. A convolutional network does know, and shuffling takes that from "
        "it."
    )
    with st.expander("Show the code", icon=":material/code:"):
        st.code(CODE, language="python")


def _one_of_each(digits: Digits) -> torch.Tensor:
    return torch.stack([digits.of_class(digit)[0] for digit in range(10)])
