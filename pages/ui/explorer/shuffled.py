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

# h = x @ W: permute the rows of W in the same way and h does not change.
torch.allclose(images.flatten(1) @ W, shuffled @ W[order])
"""


def show() -> None:
    """Images before and after one fixed permutation, and the same network trained on each."""
    left, right = controls_and_stage(1.0, 2.2)
    with left:
        seed = st.number_input(
            "Seed of the permutation",
            0,
            9999,
            1,
            key="data_permutation",
            bind="query-params",
            help="Another seed draws another permutation, the same for every image.",
        )
        st.markdown(
            "One random permutation rearranges the 784 pixels of every image. To people the result looks like noise."
        )
        start = kept_button(
            "Train on both", icon=":material/play_arrow:", type="primary", key="data_shuffle", width="stretch"
        )
        all_of_them = len(results.digits("train"))
        used = min(IMAGES, all_of_them)
        of = f"{used:,} of the {all_of_them:,}" if used < all_of_them else f"all {all_of_them:,}"
        st.caption(
            f"An MLP with 784 → 100 → 10 units, ReLU, SGD with learning rate 0.1: {count(EPOCHS, 'epoch')} on {of} "
            "training images, the same for both. Takes a few seconds."
        )
    with right:
        test = results.digits("test")
        few = test.take(_one_of_each(test))
        names = [str(label) for label in few.labels.tolist()]
        st.markdown("**Original and shuffled images**")
        plain = image_grid(few.images[:, 0].numpy(), columns=10, cell=64)
        chart(plain, key="data_plain", still=True, alt="One test image of each class.")
        mixed = permute_pixels(few, seed).images[:, 0].numpy()
        chart(
            image_grid(mixed, names, columns=10, cell=64),
            key="data_mixed",
            still=True,
            alt="The same images with their pixels shuffled: they look like noise.",
        )
        if start:
            st.session_state["data_shuffled"] = seed
        if st.session_state.get("data_shuffled") == seed:
            _result(seed)


def _result(seed: int) -> None:
    place = st.empty()
    result = results.shuffle(results.data_name(), seed, place.progress(0.0, "Training twice…"))
    place.empty()
    plain, shuffled = percent(result.plain.accuracy[-1]), percent(result.shuffled.accuracy[-1])
    found = f"Test accuracy **{plain}** on original and **{shuffled}** on shuffled images."
    st.markdown(found)
    curves = {"original": result.plain.accuracy, "shuffled": result.shuffled.accuracy}
    chart(
        accuracy_comparison_figure(curves, height=260),
        key="data_shuffle_curves",
        still=True,
        alt=found.replace("*", ""),
    )
    st.caption(f"95% confidence intervals: {interval(*result.plain.ci95)} and {interval(*result.shuffled.ci95)}.")
    st.markdown(
        "A fully connected network is invariant to a fixed permutation of its inputs: each hidden unit sums over all "
        "pixels, in any order. A convolutional network relies on neighboring pixels, and shuffling destroys them."
    )
    with st.expander("Show the code", icon=":material/code:"):
        st.code(CODE, language="python")


def _one_of_each(digits: Digits) -> torch.Tensor:
    return torch.stack([digits.of_class(digit)[0] for digit in range(10)])
