"""One feature map large, its numbers on hover, and beside it the kernel that made it."""

import numpy as np
import streamlit as st
import torch
from torch import Tensor, nn

from core.charts.heatmaps import SCALES, unit_grid_figure
from core.charts.images import image_grid, pixel_heatmap
from core.charts.palette import DIVERGING
from core.config.cnn import CNNConfig
from core.lessons.cnn.feature_maps import LayerOutput, block_of
from core.lessons.cnn.receptive_field import receptive_field
from core.models.cnn import CNN
from pages.ui.cnn.layer_words import does
from pages.ui.kit.widgets.chart import chart

MOST = 32  # slices of a kernel shown


def enlarged(
    model: nn.Module, config: CNNConfig, outputs: list[LayerOutput], output: LayerOutput, channel: int
) -> None:
    """The map (or the units) in exact numbers, where they come from, and the kernel."""
    if not output.is_map:
        _units(outputs, output)
        return
    values = output.values[channel].numpy()
    rows, columns = values.shape
    top = float(np.abs(values).max()) or 1.0
    st.markdown(f"**{output.name}, channel {channel}** · {rows} × {columns}")
    fig = pixel_heatmap(
        values,
        height=290,
        scale=SCALES["signed" if output.signed else "share"],
        limits=(-top if output.signed else 0.0, top),
    )
    fig.update_traces(hovertemplate="row %{y}, column %{x}<br>%{z:.6g}<extra></extra>")
    chart(fig, "cnn_maps_large_map", still=True)
    field = receptive_field(config, output.name, 0, 0)
    st.caption(
        f"Min {values.min():.3g}, mean {values.mean():.3g}, max {values.max():.3g}. "
        f"Receptive field: {field.height}×{field.height} pixels."
    )
    _made_by(model, config, output, channel)


def _made_by(model: nn.Module, config: CNNConfig, output: LayerOutput, channel: int) -> None:
    """The kernel of the block, and what the layers after it did to its sums."""
    assert isinstance(model, CNN)
    number = block_of(output.name)
    layers = dict(model.layers.named_children())
    weight = layers[f"conv{number}"].get_parameter("weight").detach()[channel]
    bias = float(layers[f"conv{number}"].get_parameter("bias").detach()[channel])
    before = "the input" if number == 1 else _last_of(layers, number - 1)
    frozen = ", frozen at its random start" if config.frozen else ""
    slices = f"one slice per input channel of {before}, " if len(weight) > 1 else ""
    st.markdown(f"**Kernel** (conv{number}{frozen}): {slices}bias {bias:.3g}")
    _kernel(weight)
    st.caption(" ".join(_steps(layers, config, output, channel)))


def _kernel(weight: Tensor) -> None:
    """weight (channels in, k, k): the slices largest in size, in the order of their channels."""
    strongest = weight.flatten(1).norm(dim=1).argsort(descending=True, stable=True)[:MOST]
    shown = strongest.sort().values
    top = float(weight.abs().max()) or 1.0
    columns = min(len(shown), 4 if len(shown) <= 16 else 8)
    fig = image_grid(
        weight[shown].contiguous().numpy(),
        [f"from {int(i)}" for i in shown] if len(weight) > 1 else (),
        columns=columns,
        cell=130 if len(shown) == 1 else 60 if columns <= 4 else 34,
        scale=DIVERGING,
        limits=(-top, top),
    )
    if columns > 4:
        fig.update_annotations(text="")
    chart(fig, "cnn_maps_large_kernel", still=True)
    if len(shown) < len(weight):
        st.caption(f"The {len(shown)} slices of largest norm, of {len(weight)}.")


def _steps(layers: dict[str, nn.Module], config: CNNConfig, output: LayerOutput, channel: int) -> list[str]:
    """Sentences on how a block comes from the kernel's sums to this layer's numbers."""
    number = block_of(output.name)
    phrases = ["Each value of the map is a weighted sum over one place of the maps before it."]
    names = [name for name in (f"norm{number}", f"act{number}", f"pool{number}") if name in layers]
    if output.name not in names:
        return phrases
    shapes = {layer.name: layer for layer in config.layers()}
    for name in names[: names.index(output.name) + 1]:
        if name.startswith("norm"):
            phrases.append(_normalized(layers[name], channel))
        else:
            phrases.append(f"{name}: {does(config, shapes[name])}.")
    return phrases


def _normalized(norm: nn.Module, channel: int) -> str:
    mean, var = (float(norm.get_buffer(f"running_{name}")[channel]) for name in ("mean", "var"))
    gamma, beta = (float(norm.get_parameter(name).detach()[channel]) for name in ("weight", "bias"))
    std = (var + float(getattr(norm, "eps", 1e-5))) ** 0.5
    return (
        f"Batch norm then subtracts the running mean {mean:.3g}, divides by the standard deviation {std:.3g}, "
        f"multiplies by γ = {gamma:.3g} and adds β = {beta:.3g}."
    )


def _last_of(layers: dict[str, nn.Module], number: int) -> str:
    return f"pool{number}" if f"pool{number}" in layers else f"act{number}"


def _units(outputs: list[LayerOutput], output: LayerOutput) -> None:
    values = output.values
    count = len(values)
    st.markdown(f"**{output.name}** · {count:,} {'logits, one per digit' if output.name == 'out' else 'units'}")
    top = float(values.abs().max()) or 1.0
    columns = 5 if count <= 10 else 16 if count <= 256 else 32
    fig = unit_grid_figure(values.numpy(), limits=(-top if output.signed else 0.0, top), columns=columns)
    fig.update_traces(hovertemplate="unit %{customdata}: %{z:.6g}<extra></extra>")
    if count <= 10:
        fig.update_layout(height=120)
    chart(fig, "cnn_maps_large_units", still=True)
    strongest = int(values.argmax())
    silent = int((values == 0).sum())
    before = outputs[outputs.index(output) - 1]
    phrases = f"Largest: unit {strongest} with {float(values[strongest]):.4g}. "
    if silent and output.kind != "linear":
        phrases += f"{silent:,} of {count:,} units are zero for this image. "
    if output.kind == "linear":
        phrases += f"Each unit is a weighted sum of all {torch.numel(before.values):,} values of {before.name}."
    st.caption(phrases)
