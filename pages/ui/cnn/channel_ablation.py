"""How much the network needs each channel: its accuracy with one after the other switched off."""

import streamlit as st

from core.config.proportion import Proportion
from core.data.digits import Mnist
from core.formatting import points
from core.lessons.cnn.charts.accuracy import knock_out_figure
from pages.ui.cnn import map_results as results
from pages.ui.cnn.layer_words import tag
from pages.ui.kit.network.trained_network import Trained
from pages.ui.kit.widgets import cached_results
from pages.ui.kit.widgets.chart import chart

KEY, ASKED = "cnn_knock", "cnn_knock_asked"


def knocked_out(trained: Trained, mnist: Mnist) -> None:
    """Accuracy without each single channel of a block; at once where it is quick, else on a button."""
    config = results.cnn(trained)
    st.markdown("**Channel by channel**: what does the untouched network lose without it?")
    blocks = [f"act{number}" for number in range(1, len(config.channels) + 1)]
    block = blocks[0]
    if len(blocks) > 1:
        block = st.segmented_control(
            "Block",
            blocks,
            default=blocks[0],
            required=True,
            key=f"{KEY}_block_{tag(config)}",
            bind="query-params",
            help="Whose channels are switched off one after the other.",
        )
    number = blocks.index(block) + 1
    count, cost = results.knock_out_count(trained, mnist, number)
    if cost > results.ENDLESS:
        st.caption(
            f"This chart would take {cost / 1e9:,.0f} thousand million multiplications of so wide a network, "
            f"even on {count} images. Take a later block, or a smaller network."
        )
        return
    name = results.knock_out_known(trained, mnist, number)
    asked: set[str] = st.session_state.setdefault(ASKED, set())
    if cost > results.QUICK and name not in asked:
        channels = config.channels[number - 1]
        st.button(
            f"Measure all {channels} channels",
            icon=":material/play_arrow:",
            key=f"{KEY}_go",
            on_click=asked.add,
            args=(name,),
            help=f"{channels} times {count:,} test images through what follows; this takes some seconds.",
        )
        return
    whole, single = results.knock_out(trained, mnist, number, count)
    fig = knock_out_figure(
        [right / count for right in single], [Proportion(right, count).interval for right in single], whole / count
    )
    chart(fig, f"{KEY}_chart", still=True)
    st.caption(f"{_told(whole, single, count)} Measured on {cached_results.which_images(mnist, count)}.")


def _told(whole: int, single: list[int], count: int) -> str:
    worst = min(range(len(single)), key=single.__getitem__)
    spared = sum(right >= whole for right in single)
    lost = (whole - single[worst]) / count
    if lost <= 0:
        return "No single channel is missed: without any of them as many are read correctly, or more."
    told = f"Channel {worst} is missed most: without it accuracy falls by {points(lost)}."
    if len(single) > 1:
        told += f" {spared} of {len(single)} channels can go, one at a time, without any loss here."
    return told
