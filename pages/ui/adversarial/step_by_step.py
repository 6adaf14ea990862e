"""Tab: FGSM in eleven steps with the live tensors, and how much of the loss's rise the gradient foretells."""

import streamlit as st

from core.attacks import ATTACKS
from core.data.digits import Mnist
from core.lessons.adversarial.eval_mode import EvalMode, eval_mode
from core.lessons.adversarial.fgsm_walk import FgsmWalk, walk_fgsm
from core.models.evaluation import predict
from core.models.trained_network import TrainedNetwork
from pages.ui.adversarial.describe import describe
from pages.ui.adversarial.fgsm_steps import COUNT, Told, code, compared, tell
from pages.ui.adversarial.loss_rise import rise
from pages.ui.adversarial.step_pictures import PANELS, step_picture, whole_way
from pages.ui.backprop.stepper import stepper
from pages.ui.kit.network.image_picker import Subject, subject
from pages.ui.kit.network.network_panel import panel
from pages.ui.kit.shell.layout import controls_and_stage

ONE, ALL = "one step at a time", "all at once"
ITSELF = "what the network reads"
FIRST = 18  # a test image, in both sets of digits, that the shipped networks misread after the step


@panel
def step_by_step(trained: TrainedNetwork, mnist: Mnist) -> None:
    """Picture and ε on the left; the steps beside them; below, what it did to the loss and to ten digits."""
    left, right = controls_and_stage(1.0, 1.75)  # the canvas is 280 pixels wide
    with left:
        seen = subject(mnist, "adv_steps", canvas="adv_draw", first=FIRST)
        label = _label(trained, seen)
        epsilon = st.slider(
            "ε",
            0.0,
            0.5,
            ATTACKS["fgsm"].epsilon,
            0.01,
            key="adv_steps_epsilon",
            bind="query-params",
            help="How far every pixel moves, as a share of its range from black (0) to white (1).",
        )
        view = st.segmented_control(
            "Show",
            [ONE, ALL],
            default=ONE,
            required=True,
            key="adv_steps_view",
            bind="query-params",
            help="Walk through the steps, or see them all on one page.",
        )
    walk = walk_fgsm(trained.model, seen.image, label, epsilon)
    mode = eval_mode(trained.model, seen.image, label)
    steps = tell(trained, walk, mode)
    with left:
        st.markdown(compared(walk))
    with right:
        if view == ONE:
            _one(trained, walk, mode, steps)
        else:
            whole_way(walk, "adv_steps_way")
    if view == ALL:
        _all(trained, walk, mode, steps)
    rise(trained, seen.image, label, epsilon)
    describe(trained, mnist, epsilon)
    with st.expander("Show the code", icon=":material/code:"):
        number = int(st.session_state.get(f"adv_steps_index_{mnist.size}", FIRST))
        st.code(code(steps, number, epsilon), language="python")


def _label(trained: TrainedNetwork, seen: Subject) -> int:
    """What the picture shows: known of a test image; of a drawing the reader says it."""
    if seen.label is not None:
        return seen.label
    reads = int(predict(trained.model, seen.image[None])[0].argmax())
    said = st.selectbox(
        "You drew a",
        [ITSELF, *map(str, range(10))],
        key="adv_steps_drawn",
        bind="query-params",
        help="The right answer, whose loss the step raises. Unless you say it, it is what the network reads "
        "in your untouched drawing.",
    )
    return reads if said == ITSELF else int(said)


def _one(trained: TrainedNetwork, walk: FgsmWalk, mode: EvalMode, steps: list[Told]) -> None:
    number = stepper("adv_steps_step", COUNT, "step") + 1
    told = steps[number - 1]
    st.subheader(f"{number}. {told.title}", anchor=False)
    st.markdown(told.sentence)
    st.code(told.code, language="python")
    step_picture(number, trained, walk, mode, f"adv_steps_picture_{number}")
    if number not in PANELS:
        whole_way(walk, "adv_steps_way")


def _all(trained: TrainedNetwork, walk: FgsmWalk, mode: EvalMode, steps: list[Told]) -> None:
    for start in range(0, COUNT, 3):
        for place, column in enumerate(st.columns(3, gap="small")):
            number = start + place + 1
            if number <= COUNT:
                with column, st.container(border=True, gap="small"):
                    st.markdown(f"**{number}. {steps[number - 1].title}**")
                    st.code(steps[number - 1].code, language="python", wrap_lines=True)
                    st.caption(steps[number - 1].sentence)
                    step_picture(number, trained, walk, mode, f"adv_steps_card_{number}", small=True)
