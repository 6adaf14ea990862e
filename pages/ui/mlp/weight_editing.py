"""Operate on a trained network: change a weight, silence units, and see what it still reads."""

import random
from dataclasses import dataclass, field

import streamlit as st
import torch

from core.charts.images import picture
from core.charts.intervals import before_after_figure
from core.data.digits import Digits, Mnist
from core.formatting import article, percent, points
from core.lessons.mlp.one_gradient_step import Place
from core.lessons.mlp.weight_editing import Edit, Prepared, SilencedUnit, WeightEdit
from core.models import linear_layers
from core.models.trained_network import TrainedNetwork
from pages.ui.kit.network.network_panel import panel
from pages.ui.kit.training.accuracy_line import BY_TEST
from pages.ui.kit.widgets import cached_results as common
from pages.ui.kit.widgets.chart import chart
from pages.ui.mlp import computed
from pages.ui.mlp.pick_weight import pick_unit, pick_weight

KEPT = "mlp_edits"
WEIGHT, UNIT = "Change a weight", "Silence units"
MIDDLE = 14 * 28 + 14  # a pixel that most digits ink
MANY = 10  # units the "random" button silences

CODE = """\
import copy
edited = copy.deepcopy(model)               # never operate on the original
with torch.no_grad():
    edited.layers[0].weight[37, 406] = 5.0  # one weight: to unit 37, from pixel 406
    edited.layers[2].weight[:, 12] = 0.0    # unit 12 silenced: nobody listens to it
"""


@dataclass
class Edits:
    """What this session has changed so far, and how often it began anew.

    weights: (layer, to, source) → value. silent: (hidden layer, unit). They belong to the network of key
    `owner`: another one, or the same after more training, starts a new list.
    """

    owner: str = ""
    weights: dict[tuple[int, int, int], float] = field(default_factory=dict)
    silent: set[tuple[int, int]] = field(default_factory=set)
    fresh: int = 0

    def list(self) -> list[Edit]:
        changed: list[Edit] = [WeightEdit(*place, value) for place, value in self.weights.items()]
        return changed + [SilencedUnit(*unit) for unit in sorted(self.silent)]


@panel
def edit(trained: TrainedNetwork, mnist: Mnist) -> None:
    """Controls on the left, accuracy and one digit's probabilities on the right, against the untouched."""
    kept = _kept(trained)
    ready, test = computed.prepared(trained, mnist)
    st.caption(f"Accuracy is measured on {common.which_images(mnist, len(test))}. {BY_TEST}")
    with st.container(border=True):
        _controls(trained, kept)
    _effect(ready, kept, test)
    if len(test) < len(mnist.test):
        st.caption(f"So wide a network is edited on a sample: {len(test):,} of the {len(mnist.test):,} test images.")
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
        "Operation",
        kinds,
        default=WEIGHT,
        required=True,
        key=f"mlp_edit_kind_{len(kinds)}",
        help="A weight is one connection; silencing a unit cuts all its connections to the next layer.",
    )
    if kind == UNIT:
        _silence(trained, kept)
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
            help="Back to the network as it was trained.",
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
        help="Drag: the test accuracy follows. The slider starts at the trained value.",
    )
    st.caption(f"Trained value {original:.4f}; the largest in this layer is {float(layer.abs().max()):.2f}.")


def _silence(trained: TrainedNetwork, kept: Edits) -> None:
    hidden = trained.config.mlp.hidden
    names = [f"hidden layer {i} ({width} units)" for i, width in enumerate(hidden, start=1)]
    left, right = st.columns([1.5, 1])
    with left:
        layer = names.index(
            st.selectbox("Layer", names, key=f"mlp_edit_hidden_{len(names)}", help="Whose unit to silence.")
        )
    with right:
        unit = pick_unit("Unit", hidden[layer], f"mlp_edit_unit_{layer}", 0, "Which unit passes on 0.")
    silent = (layer, unit) in kept.silent
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Wake it up" if silent else "Silence it",
            icon=":material/volume_up:" if silent else ":material/volume_off:",
            key="mlp_edit_silence",
            on_click=_toggle,
            args=(kept, (layer, unit)),
            help="A silenced unit passes on 0, whatever it receives.",
        )
        st.button(
            f"{MANY} at random",
            icon=":material/casino:",
            key="mlp_edit_random",
            on_click=_random,
            args=(kept, layer, hidden[layer]),
            help=f"Silence {MANY} more units of this layer. How many can it spare?",
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
            help=f"On {len(labels):,} test images. Untouched: {percent(was, 2)}.",
        )
        st.metric(
            "Answers that changed",
            f"{int((before != after).sum()):,}",
            width=200,
            help=f"Test images out of {len(labels):,} that the edited network reads as another digit.",
        )
    image, bars = st.columns([1, 3.2], vertical_alignment="center")
    with image:
        sentence = "Whose probabilities are shown."
        index = pick_unit("Test image", len(labels), "mlp_edit_image", 0, sentence)
        st.image(picture(test.images[index, 0], size=112), width=112)
        answer, moved = int(after[index]), after[index] != before[index]
        st.caption(f"{article(int(labels[index]))}, {'now ' if moved else ''}read as **{answer}**")
    with bars:
        pair = torch.stack([ready.logits[index], edited[index]]).softmax(1).tolist()
        chart(before_after_figure(pair[0], pair[1]), "mlp_edit_bars", still=True)


def _describe(kept: Edits) -> str:
    """The edits in words, the first few by name."""
    parts = [f"layer {a + 1}: {c} → {b} set to {v:.2f}" for (a, b, c), v in list(kept.weights.items())[:4]]
    if len(kept.weights) > 4:
        parts.append(f"{len(kept.weights) - 4} more weights")
    for layer in sorted({layer for layer, _ in kept.silent}):
        units = sorted(unit for where, unit in kept.silent if where == layer)
        shown = ", ".join(map(str, units[:12])) + (", …" if len(units) > 12 else "")
        parts.append(f"{len(units)} silent in hidden layer {layer + 1} ({shown})")
    return "Edits so far: " + "; ".join(parts) + "."


def _set(kept: Edits, spot: tuple[int, int, int], key: str, original: float) -> None:
    """Callback: a pulled slider is an edit, and back at the trained value (as it shows it) none any more."""
    value = float(st.session_state[key])
    if abs(value - original) > 1e-9:
        kept.weights[spot] = value
    else:
        kept.weights.pop(spot, None)


def _toggle(kept: Edits, unit: tuple[int, int]) -> None:
    kept.silent ^= {unit}


def _random(kept: Edits, layer: int, count: int) -> None:
    awake = [unit for unit in range(count) if (layer, unit) not in kept.silent]
    kept.silent |= {(layer, unit) for unit in random.sample(awake, min(MANY, len(awake)))}


def _reset(kept: Edits) -> None:
    kept.weights.clear()
    kept.silent.clear()
    kept.fresh += 1
