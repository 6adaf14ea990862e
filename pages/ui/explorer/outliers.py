"""Tab: images unlike their class, and images almost the same."""

import streamlit as st

from core.charts.images import picture
from pages.ui.explorer import image_choice, results
from pages.ui.kit.drawing.digit_map import digit_map
from pages.ui.kit.shell.page import controls_and_stage


def show() -> None:
    """Outliers and near-duplicates of one digit."""
    left, right = controls_and_stage(1.0, 2.2)
    with left:
        split = image_choice.choose_split()
        digit = st.pills(
            "Digit",
            list(range(10)),
            default=7,
            required=True,
            key="data_odd_digit",
            bind="query-params",
            wrap=True,
            help="Whose strangest images, and whose most alike pairs, are shown.",
        )
        digit = 7 if digit is None else int(digit)
        st.markdown(
            "Some images are hard even for us, and a few carry a label one may "
            "doubt: no network can be expected to reach 100%."
        )
    chosen = results.digits(split)
    far, pairs = results.odd_ones(results.data_name(), split, digit)
    with right:
        st.subheader(f"Least like other {digit}s", anchor=False)
        strangers = int((far.nearer != digit).sum())
        st.caption(
            f"Farthest from the average {digit}. {strangers} of these {len(far.positions)} lie nearer to "
            "another digit's average."
        )
        digit_map(
            "data_odd_view",
            images=chosen.images[far.positions, 0].numpy(),
            labels=[digit] * len(far.positions),
            names=[
                f"{image_choice.name(chosen, split, int(place))}. Nearest average: {int(near)}"
                for place, near in zip(far.positions, far.nearer, strict=True)
            ],
            title=f"The {digit}s farthest from their average",
            on_pick=lambda mark: image_choice.choose(split, int(far.positions[mark])),
        )
        st.subheader("Almost the same", anchor=False)
        copies = int((pairs.distances == 0).sum())
        st.caption(
            f"The most alike pairs of {digit}s, of all pairs. "
            + (f"{copies} are exact copies." if copies else "None is an exact copy.")
        )
        with st.container(horizontal=True, gap="medium"):
            for (one, other), distance in zip(pairs.positions.tolist(), pairs.distances.tolist(), strict=True):
                with st.container(width=136, gap="small"):
                    with st.container(horizontal=True, gap="small"):
                        for place in (one, other):
                            st.image(picture(chosen.images[place, 0].numpy(), size=56), width=56)
                    st.caption(f"{one:,} and {other:,},  \n{distance:.2f} apart")
