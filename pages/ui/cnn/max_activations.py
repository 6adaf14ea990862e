"""The test images, and the patch of each, that activate a channel most."""

from collections import Counter

import numpy as np
import streamlit as st

from core.charts.images import picture
from core.config.cnn import CNNConfig
from core.data.digits import Digits, Mnist
from core.formatting import article, percent
from core.lessons.cnn.charts.maps import framed_picture
from core.lessons.cnn.max_activations import MaxActivations
from core.lessons.cnn.receptive_field import Window, receptive_field, steps
from core.models.trained_network import TrainedNetwork
from pages.ui.cnn import map_results as results
from pages.ui.cnn.layer_words import channel_key, cut_after, pick_channel, tag
from pages.ui.kit.widgets import cached_results

KEY, MOST, WIDE = "cnn_excites", 9, 84

CODE = """\
maps = network[:{cut}](images.flatten(1))        # up to {layer}: (N, channels, rows, columns)
values, places = maps[:, {channel}].flatten(1).max(dim=1)
strongest = values.argsort(descending=True)[:9]
# back to pixels, layer by layer: output i of a layer with kernel k, stride s, padding p
first = last = int(places[strongest[0]]) // maps.shape[3]  # the row; the column works the same
for k, s, p in reversed({steps}):
    first, last = first * s - p, last * s - p + k - 1
print("rows", first, "to", last, "of image", int(strongest[0]))
"""


def code(config: CNNConfig, layer: str, channel: int) -> str:
    """The search on the network that the part "Maps" prints."""
    cut = cut_after(config, layer)
    return CODE.format(cut=cut, layer=layer, channel=channel, steps=steps(config, layer))


def strongest_images(trained: TrainedNetwork, mnist: Mnist) -> None:
    """Choose a channel; its nine strongest images with the patch framed."""
    config = results.cnn(trained)
    names = [f"act{number}" for number in range(1, len(config.channels) + 1)]
    with st.container(border=True), st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        layer = st.selectbox(
            "Layer",
            names,
            index=len(names) - 1,
            key=f"{KEY}_layer_{tag(config)}",
            bind="query-params",
            width=150,
            help="Activation layer after a convolution.",
        )
        with st.container(width=160):
            channel = pick_channel(KEY, layer, config)
        st.button(
            "Next channel",
            icon=":material/navigate_next:",
            key=f"{KEY}_next",
            on_click=_next,
            args=(config, layer),
            disabled=len_of(config, layer) == 1,
            help="The next channel; after the last one the first.",
        )
    found, some = results.channel_peaks(trained, mnist, layer)
    where = cached_results.which_images(mnist, len(some))
    top = found.strongest(channel, MOST)
    fired = int((found.values[:, channel] > 0).sum())
    if not fired:
        st.info(
            f"Channel {channel} of {layer} is inactive on all of {where} (never above zero). Choose another channel.",
            icon=":material/volume_off:",
        )
    else:
        _pictures(config, layer, channel, found, some, [i for i in top.tolist() if found.values[i, channel] > 0])
    st.caption(
        f"Ranked by the largest value of the map, over {where}; the channel is active (above zero) in "
        f"{percent(fired / len(some))} of them."
    )
    with st.expander("Show the code", icon=":material/code:"):
        st.code(code(config, layer, channel), language="python")


def len_of(config: CNNConfig, layer: str) -> int:
    """How many channels the activation has."""
    return config.channels[int(layer.removeprefix("act")) - 1]


def _next(config: CNNConfig, layer: str) -> None:
    key = channel_key(KEY, config)
    st.session_state[key] = (st.session_state.get(key, 0) + 1) % len_of(config, layer)


def _pictures(config: CNNConfig, layer: str, channel: int, found: MaxActivations, some: Digits, top: list[int]) -> None:
    windows = [receptive_field(config, layer, int(found.rows[i, channel]), int(found.columns[i, channel])) for i in top]
    sees = windows[0].height
    st.markdown(f"{_labels(some.labels[top].tolist())} {_seen(windows)}")
    with st.container(horizontal=True, gap="xsmall"):
        for index, window in zip(top, windows, strict=True):
            inside, image = window.inside(), some.images[index, 0].numpy()
            with st.container(width=WIDE, gap="xxsmall"):
                frame = (inside.top, inside.left, inside.bottom, inside.right)
                label = int(some.labels[index])
                st.image(
                    framed_picture(image, frame, size=WIDE),
                    width=WIDE,
                    alt=f"{article(label).capitalize()}, the receptive field framed",
                )
                if sees < 28:
                    st.image(picture(_cut(image, window), size=4 * WIDE), width=WIDE, alt="The receptive field alone")
                value = float(found.values[index, channel])
                st.caption(f"{article(f'**{label}**')} · {value:.3g}", text_alignment="center")
    if sees < 28:
        beyond = any(window != window.inside() for window in windows)
        st.caption(
            "Top: the image. Bottom: its receptive field alone. Caption: true label · activation."
            + (" Black beyond the edge: padding." if beyond else "")
        )


def _cut(image: np.ndarray, window: Window) -> np.ndarray:
    """The pixels of the window, zeros where it reaches beyond the image."""
    rim = 28 + 2 * window.height
    wide = np.pad(image, rim)
    cut: np.ndarray = wide[window.top + rim : window.bottom + rim, window.left + rim : window.right + rim]
    return cut


def _labels(labels: list[int]) -> str:
    counts = Counter(labels)
    digit, most = counts.most_common(1)[0]
    if len(labels) == 1:
        return f"Only one image activates it, {article(digit)}."
    if most == len(labels):
        return f"All {len(labels)} are images of **{digit}**."
    if most > len(labels) / 2:
        return f"{most} of {len(labels)} are images of **{digit}**."
    shown = ", ".join(str(d) for d in sorted(counts))
    return f"They show {len(counts)} different digits ({shown})."


def _seen(windows: list[Window]) -> str:
    sees = windows[0].height
    if sees >= 28:
        return f"The receptive field ({sees}×{sees} pixels) covers the whole image."
    return f"Framed: the receptive field, {sees}×{sees} pixels."
