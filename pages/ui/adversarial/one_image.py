"""Tab: attack one image and see what was changed, what the network then predicts, and how little is enough."""

import streamlit as st

from core.attacks import ATTACKS
from core.attacks.config import AttackConfig
from core.attacks.norms import NORMS
from core.data.digits import Mnist
from core.export.snippets.attack import attack_code, inner_code
from core.models.evaluation import predict
from core.models.trained_network import TrainedNetwork
from pages.ui.adversarial import attack_results
from pages.ui.adversarial.attack_choice import attack_choice
from pages.ui.adversarial.minimal_epsilon import smallest_view
from pages.ui.adversarial.one_result import a, one_result
from pages.ui.adversarial.trajectory import path_view
from pages.ui.kit.network.image_picker import DRAWN, Subject, subject
from pages.ui.kit.network.network_panel import panel
from pages.ui.kit.shell.layout import controls_and_stage
from pages.ui.kit.shell.state import linked

ACCESS = {
    "gradients": "**White box**: it needs the gradients of the network, so its weights must be known.",
    "outputs": "**Black box**: it asks for the network's outputs and never for a gradient.",
    "nothing": "**Control**: it asks the network nothing.",
}


def formula(config: AttackConfig) -> None:
    """In LaTeX, with its paper and its norm in words."""
    entry = ATTACKS[config.name]
    norm = NORMS[entry.norm]
    st.latex(entry.formula)
    st.markdown(
        f"{entry.idea}  \n{ACCESS[entry.access]}  \n**Norm {norm.title}**: {norm.idea}.  \n**Source**: {entry.paper}."
    )
    if config.target is not None:
        st.markdown(
            rf"With a target, $L(x, y)$ is replaced by $-L(x, {config.target})$: instead of away from the "
            f"right digit the image goes towards the {config.target}."
        )


SMALLEST, PATH = "Smallest ε that fools it", "The path"
KEY = "adv_one"
ITSELF = "what the network reads"


@panel
def one_image(trained: TrainedNetwork, mnist: Mnist) -> None:
    """Image and attack on the left; what comes of it on the right, at once."""
    above = st.container()
    left, right = controls_and_stage(1.0, 2.4)
    with above if _draws() else left:  # the canvas is wider than the column of controls
        seen = subject(mnist, KEY, canvas="adv_draw")
    with left:
        label = _label(trained, seen)
        config = attack_choice(KEY)
    with right:
        made = attack_results.attacked(trained, seen.image, label, config)
        one_result(trained, seen.image, made, label, config)
    part = st.segmented_control(
        "Details",
        [SMALLEST, PATH],
        default=SMALLEST,
        required=True,
        key=f"{KEY}_part",
        bind="query-params",
        help="How small ε may be before the attack fails, or the steps an iterated attack takes.",
    )
    if part == PATH:
        path_view(trained, seen.image, label, config)
    else:
        smallest_view(trained, seen.image, label, config)
    with st.expander(f"The formula of {ATTACKS[config.name].title}", icon=":material/function:"):
        formula(config)
    with st.expander("Show the code", icon=":material/code:"):
        _code(config)


def _draws() -> bool:
    """Whether the image is the reader's own, known before the widget that says so stands there."""
    return bool(st.session_state.get(f"{KEY}_subject", linked(f"{KEY}_subject")) == DRAWN)


def _label(trained: TrainedNetwork, seen: Subject) -> int:
    """What the image shows: known of a test image; of a drawing the reader says it."""
    if seen.label is not None:
        return seen.label
    predicted = int(predict(trained.model, seen.image[None])[0].argmax())
    said = st.selectbox(
        "You drew a",
        [ITSELF, *map(str, range(10))],
        key=f"{KEY}_drawn",
        bind="query-params",
        help="The right answer, from which the attack leads away. Unless you say it, it is what the network "
        "predicts for your clean drawing.",
    )
    if said == ITSELF:
        st.caption(f"It predicts {a(predicted)}. If you drew another digit, say so.")
        return predicted
    return int(said)


def _code(config: AttackConfig) -> None:
    st.code(attack_code(config), language="python")
    inner = inner_code(config)
    if inner is not None:
        place, lines = inner
        st.caption(f"What it does, from {place}:")
        st.code(lines, language="python")
