"""Edit a trained network: change a weight or ablate units, and see what happens to the accuracy."""

import random
from dataclasses import dataclass, field

import streamlit as st
import torch

from core.charts.images import picture
from core.charts.intervals import before_after_figure
from core.data.digits import Digits, Mnist
from core.formatting import count, percent, points
from core.lessons.mlp.one_gradient_step import Place
from core.lessons.mlp.weight_editing import AblatedUnit, Edit, Prepared, WeightEdit
from core.models import linear_layers
from core.models.trained_network import TrainedNetwork
from pages.ui.kit.network.network_panel import panel
from pages.ui.kit.training.accuracy_line import BY_TEST
from pages.ui.kit.widgets import cached_results as common
from pages.ui.kit.widgets.chart import chart
from pages.ui.mlp import computed
from pages.ui.mlp.pick_weight import pick_unit, pick_weight

KEPT = "mlp_edits"
WEIGHT, UNIT = "Change a weight", "Ablate units"
MIDDLE = 14 * 28 + 14  # a pixel that most digits ink
MANY = 10  # units the "random" button ablates

CODE = """\
import copy
edited = copy.deepcopy(model)               # never edit the original
with torch.no_grad():
    edited.layers[0].weight[37, 406] = 5.0  # one weight: to unit 37, from pixel 406
    edited.layers[2].weight[:, 12] = 0.0    # unit 12 ablated: its outgoing weights are 0
"""


@dataclass
class Edits:
    """What this session has changed so far, and how often it began anew.

    weights: (layer, to, source) → value. ablated: (hidden layer, unit). They belong to the network of key
    `owner`: another one, or the same after more training, starts a new list.
    """

    owner: str = ""
    weights: dict[tuple[int, int, int], float] = field(default_factory=dict)
    ablated: set[tuple[int, int]] = field(default_factory=set)
    fresh: int = 0

    def list(self) -> list[Edit]:
        changed: list[Edit] = [WeightEdit(*place, value) for place, value in self.weights.items()]
        return changed + [AblatedUnit(*unit) for unit in sorted(self.ablated)]


@panel
def edit(trained: TrainedNetwork, mnist: Mnist) -> None:
    """Controls on the left; on the right accuracy and the probabilities of one image, before and after."""
    kept = _kept(trained)
    ready, test = computed.prepared(trained, mnist)
    left, right = st.columns([1, 1.15], gap="large")
    with left, st.container(border=True):
        _controls(trained, kept)
    with right:
        _effect(ready, kept, test)
    st.caption(f"Accuracy is measured on {common.which_images(mnist, len(test))}. {BY_TEST}")
    if len(test) < len(mnist.test):
        st.caption(f"So wide a network is evaluated on a sample: {len(test):,} of the {len(mnist.test):,} test images.")
    with st.expander("Show the code", icon=":material/code:"):
        st.code(CODE, language="python")


def _kept(trained: TrainedNetwork) -> Edits:
    kept = st.session_state.get(KEPT)
    if not isinstance(kept, Edits) or kept.owner != trained.key:
        kept = Edits(trained.key, fresh=kept.fresh + 1 if isinstance(kept, Edits) else 0)
        st.session_state[KEPT] = kept
    return kept


def _controls(trained: TrainedNetwork, kept: Edits) -> None:
    hidden = trained.config.mlp.hidden
    kinds = [WEIGHT, UNIT] if hidden else [WEIGHT]
    kind = st.segmented_control(
        "Edit",
        kinds,
        default=WEIGHT,
        required=True,
        key=f"mlp_edit_kind_{len(kinds)}",
        help="A weight is one connection. Ablating a unit sets its activation to 0 for every image.",
    )
    if kind == UNIT:
        _ablate(trained, kept)
    else:
        _change(trained, kept)
    edits = kept.list()
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.caption(_describe(kept) if edits else "No edits yet.", width="stretch")
        st.button(
            "Undo all",
            icon=":material/undo:",
            key="mlp_edit_reset",
            disabled=not edits,
            on_click=_reset,
            args=(kept,),
            help="Back to the trained network.",
        )


def _change(trained: TrainedNetwork, kept: Edits) -> None:
    hidden = trained.config.mlp.hidden
    start = Place(len(hidden), 3, 0 if hidden else MIDDLE)
    place = pick_weight(trained.model, "mlp_edit", start)
    spot = (place.layer, place.to, place.source)
    layer = linear_layers(trained.model)[place.layer][1]
    original = float(layer[place.to, place.source])
    reach = max(2.0, float(round(4 * float(layer.abs().max()))))
    key = f"mlp_edit_value_{trained.key}_{kept.fresh}_" + "_".join(map(str, spot))
    st.slider(
        "Weight",
        -reach,
        reach,
        round(kept.weights.get(spot, original), 2),
        0.01,
        key=key,
        on_change=_set,
        args=(kept, spot, key, round(original, 2)),
        help="The test accuracy follows. The slider starts at the trained value.",
    )
    st.caption(f"Trained value {original:.4f}. The largest in this layer is {float(layer.abs().max()):.2f}.")


def _ablate(trained: TrainedNetwork, kept: Edits) -> None:
    hidden = trained.config.mlp.hidden
    names = [f"hidden layer {i} ({width} units)" for i, width in enumerate(hidden, start=1)]
    left, right = st.columns([1.5, 1])
    with left:
        layer = names.index(
            st.selectbox("Layer", names, key=f"mlp_edit_hidden_{len(names)}", help="The layer of the unit.")
        )
    with right:
        unit = pick_unit("Unit", hidden[layer], f"mlp_edit_unit_{layer}", 0, "The unit to ablate.")
    gone = (layer, unit) in kept.ablated
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Restore" if gone else "Ablate",
            icon=":material/undo:" if gone else ":material/block:",
            key="mlp_edit_silence",
            on_click=_toggle,
            args=(kept, (layer, unit)),
            help="An ablated unit has activation 0 for every image.",
        )
        st.button(
            f"Ablate {MANY} at random",
            icon=":material/casino:",
            key="mlp_edit_random",
            on_click=_random,
            args=(kept, layer, hidden[layer]),
            help=f"Ablate {MANY} more units of this layer.",
        )


def _effect(ready: Prepared, kept: Edits, test: Digits) -> None:
    labels = test.labels
    edited = ready.edited(kept.list())
    before, after = ready.logits.argmax(1), edited.argmax(1)
    was, now = float((before == labels).float().mean()), float((after == labels).float().mean())
    with st.container(horizontal=True, gap="medium"):
        st.metric(
            "Test accuracy",
            percent(now, 2),
            points(now - was, signed=True) if kept.list() else None,
            width=190,
            help=f"On {len(labels):,} test images. Before the edits: {percent(was, 2)}.",
        )
        st.metric(
            "Changed predictions",
            f"{int((before != after).sum()):,}",
            width=200,
            help=f"Test images of {len(labels):,} for which the edited network predicts another class.",
        )
    pick, image = st.columns([1.6, 1], vertical_alignment="bottom")
    with pick:
        index = pick_unit("Test image", len(labels), "mlp_edit_image", 0, "The image whose probabilities are shown.")
    predicted, changed = int(after[index]), after[index] != before[index]
    said = f"Label {int(labels[index])}, {'now ' if changed else ''}predicted as {predicted}"
    with image:
        st.image(picture(test.images[index, 0], size=84), width=84, alt=said)
    st.caption(f"{said}.")
    pair = torch.stack([ready.logits[index], edited[index]]).softmax(1).tolist()
    chart(before_after_figure(pair[0], pair[1], height=230), "mlp_edit_bars", still=True, alt=said)


def _describe(kept: Edits) -> str:
    """The edits in words, the first few by name."""
    parts = [f"layer {a + 1}: {c} → {b} set to {v:.2f}" for (a, b, c), v in list(kept.weights.items())[:4]]
    if len(kept.weights) > 4:
        parts.append(f"{len(kept.weights) - 4} more weights")
    for layer in sorted({layer for layer, _ in kept.ablated}):
        units = sorted(unit for where, unit in kept.ablated if where == layer)
        shown = ", ".join(map(str, units[:12])) + (", …" if len(units) > 12 else "")
        parts.append(f"{count(len(units), 'unit')} ablated in hidden layer {layer + 1} ({shown})")
    return "Edits so far: " + "; ".join(parts) + "."


def _set(kept: Edits, spot: tuple[int, int, int], key: str, original: float) -> None:
    """Callback: a moved slider is an edit, and back at the trained value (as it shows it) it is none."""
    value = float(st.session_state[key])
    if abs(value - original) > 1e-9:
        kept.weights[spot] = value
    else:
        kept.weights.pop(spot, None)


def _toggle(kept: Edits, unit: tuple[int, int]) -> None:
    kept.ablated ^= {unit}


def _random(kept: Edits, layer: int, units: int) -> None:
    left = [unit for unit in range(units) if (layer, unit) not in kept.ablated]
    kept.ablated |= {(layer, unit) for unit in random.sample(left, min(MANY, len(left)))}


def _reset(kept: Edits) -> None:
    kept.weights.clear()
    kept.ablated.clear()
    kept.fresh += 1
