"""Layers' outputs as rows of a map sheet."""

from collections.abc import Collection, Sequence

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from torch import Tensor

from core.charts.heatmaps import Kind
from core.config.cnn import CNNConfig, LayerShape
from core.lessons.cnn.charts.maps import map_sprites, strip
from core.lessons.cnn.feature_maps import LayerOutput
from pages.ui.cnn.layer_words import does, gives
from pages.ui.kit.drawing.map_sheet import Row

MOST = 16  # channels of a layer shown at a time: two rows


def input_row(image: Tensor) -> Row:
    """The input image, white on black."""
    sprites = map_sprites(image.numpy(), [1.0], kind="image")
    return Row("input", "image of 28×28 pixels in [0, 1]", sprites, 28, 28, ["Input image"])


def layer_row(
    output: LayerOutput,
    config: CNNConfig,
    *,
    shared: bool = True,
    first: int = 0,
    off: Collection[int] = (),
    words: str | None = None,
) -> Row:
    """A layer's maps from channel `first` on, MOST of them at most, or all its units as one strip.

    shared: the colors of all maps reach to the layer's largest number, so that they compare; else each map's
    to its own. off: channels to cross out. words: the note, in place of what the layer does and gives.
    """
    layer = next(layer for layer in config.layers() if layer.name == output.name)
    note = words or f"{does(config, layer)} → {gives(layer)}"
    kind: Kind = "signed" if output.signed else "share"
    values: NDArray[np.float64] = output.values.numpy().astype(float)
    top = float(np.abs(values).max())
    if not output.is_map:
        cells = strip(values)
        sentence = f"{gives(layer)}, {values.min():.3g} to {values.max():.3g}\nClick for the value of each unit."
        return Row(
            output.name,
            note,
            map_sprites(cells[None], [top], kind=kind),
            cells.shape[0],
            cells.shape[1],
            [sentence],
            strip=True,
        )
    shown = values[first : first + MOST]
    tops = np.full(len(shown), top) if shared else np.abs(shown).max(axis=(1, 2))
    names = [_caption(layer, first + index, values) for index, values in enumerate(shown)]
    if len(shown) < len(values):
        note += f"; channels {first} to {first + len(shown) - 1} shown" if len(shown) else "; none in this range"
    return Row(
        output.name,
        note,
        map_sprites(shown, tops, kind=kind),
        values.shape[1],
        values.shape[2],
        names,
        off=[channel - first for channel in off if first <= channel < first + len(shown)],
    )


def _caption(layer: LayerShape, channel: int, values: NDArray[np.float64]) -> str:
    if not values.any():
        return f"channel {channel}\nall zero"
    return f"channel {channel}\n{values.min():.3g} to {values.max():.3g}"


def first_shown(outputs: Sequence[LayerOutput], key: str) -> int:
    """The first channel to show; where the widest layer has more than MOST, ask from which on."""
    widest = max(len(output.values) for output in outputs if output.is_map)
    groups = [f"{first} to {first + MOST - 1}" for first in range(0, widest, MOST)]
    if len(groups) == 1:
        return 0
    group = st.selectbox(
        "Channels shown",
        groups,
        key=f"{key}_group_{len(groups)}",
        bind="query-params",
        width=150,
        help=f"At most {MOST} maps per layer at a time.",
    )
    return MOST * groups.index(group)
