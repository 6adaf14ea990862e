"""Tab: FGSM in eleven steps with the live tensors, and its loss beside the first-order estimate."""

import streamlit as st
import torch
from torch import Tensor, nn

from core.attacks import ATTACKS
from core.attacks.attack import epsilon_box, signed_step
from core.charts.images import picture
from core.data.digits import CLASSES, Mnist
from core.formatting import article, probability
from core.lessons.adversarial.fgsm_walk import EvalMode, FgsmWalk, eval_mode, walk_fgsm
from core.lessons.adversarial.pixel_gradients import pixel_gradient
from core.models.evaluation import predict
from core.models.trained_network import TrainedNetwork
from pages.ui.adversarial.attack_choice import linf_budget
from pages.ui.adversarial.fgsm_steps import COUNT, PANELS, StepText, code, compared, step_picture, tell, whole_way
from pages.ui.adversarial.loss_rise import adds_up, rise
from pages.ui.kit.network.image_picker import Subject, subject
from pages.ui.kit.network.network_panel import panel
from pages.ui.kit.shell.page import controls_and_stage
from pages.ui.kit.widgets.binding import renamed
from pages.ui.kit.widgets.cached_results import data_key
from pages.ui.kit.widgets.stepper import stepper

WIDTH, IN_A_ROW, GAP = 112, 5, 16  # screen pixels


def describe(trained: TrainedNetwork, mnist: Mnist, epsilon: float) -> None:
    """Ten test images at the ε chosen above; what they look like is for the reader to say."""
    counts = [len(mnist.test.of_class(digit)) for digit in range(CLASSES)]
    most = min(counts)
    if most == 0:
        st.caption("Some digit is missing from these test images, so there are no ten to show.")
        return
    number = st.slider(
        "Set of ten digits",
        1,
        min(50, most),
        1,
        key=f"adv_steps_ten_{min(50, most)}",
        bind="query-params",
        width=300,
        help="1: the first test image of each digit; 2: the second; and so on.",
    )
    places = torch.stack([mnist.test.of_class(digit)[number - 1] for digit in range(CLASSES)])
    ten = mnist.test.take(places)
    signs = _signs(trained.key, data_key(mnist), number, trained.model, ten.images, ten.labels)
    attacked = signed_step(ten.images, signs, epsilon, epsilon_box(ten.images, epsilon))
    before, after = predict(trained.model, ten.images), predict(trained.model, attacked)
    with st.container(horizontal=True, gap="small", width=IN_A_ROW * WIDTH + (IN_A_ROW - 1) * GAP):
        for digit in range(CLASSES):
            with st.container(width=WIDTH, gap="xsmall"):
                for image, chances, word in (
                    (ten.images[digit], before[digit], "clean"),
                    (attacked[digit], after[digit], "adversarial"),
                ):
                    read = int(chances.argmax())
                    st.image(
                        picture(image[0].numpy(), size=WIDTH),
                        width=WIDTH,
                        alt=f"{article(digit).capitalize()}, {word}, predicted as {article(read)}",
                    )
                    mark = "" if read == digit else " ✗"
                    st.caption(f"**{read}**{mark} {probability(float(chances[read]))}", text_alignment="center")
    right, still = int((before.argmax(1) == ten.labels).sum()), int((after.argmax(1) == ten.labels).sum())
    st.caption(
        f"Upper: clean. Lower: adversarial (FGSM, ε = {epsilon:g}). Below each, the prediction and its "
        f"confidence. Classified correctly: {right} of 10 clean, {still} of 10 adversarial."
    )
    st.text_area(
        "What do you see? How would you describe the difference?",
        key="adv_steps_words",
        persist_state="session",
        placeholder="Where is the perturbation? Does it have a pattern? Can you still recognize every digit?",
        help="Your notes stay in this browser tab until you close it.",
    )


@st.cache_data(max_entries=64, show_spinner=False)
def _signs(key: str, data: str, number: int, _model: nn.Module, _images: Tensor, _labels: Tensor) -> Tensor:
    return pixel_gradient(_model, _images, _labels).sign()


ONE, ALL = "one step at a time", "all at once"
PREDICTED = "the network's prediction"
renamed("adv_steps_drawn", {"what the network reads": PREDICTED})
FIRST = 18  # a test image, in both sets of digits, that the shipped networks misclassify after the step


@panel
def step_by_step(trained: TrainedNetwork, mnist: Mnist) -> None:
    """Image and ε on the left; the steps beside them; below, what it did to the loss and to ten digits."""
    left, right = controls_and_stage(1.0, 1.75)  # the canvas is 280 pixels wide
    with left:
        seen = subject(mnist, "adv_steps", canvas="adv_draw", first=FIRST)
        label = _label(trained, seen)
        epsilon = linf_budget(
            "adv_steps_epsilon", ATTACKS["fgsm"].epsilon, low=0.0, help="How much every pixel changes."
        )
        view = st.segmented_control(
            "Show",
            [ONE, ALL],
            default=ONE,
            required=True,
            key="adv_steps_view",
            bind="query-params",
            help="One step with its numbers, or all eleven on one page.",
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
    with st.expander("How much does the loss rise? Measured and first-order estimate", icon=":material/show_chart:"):
        here = rise(trained, seen.image, label, epsilon)
    with st.expander("Why do so many small changes add up?", icon=":material/help:"):
        adds_up(trained, seen.image, label, here)
    with st.expander("Ten digits, clean and adversarial: describe the difference", icon=":material/visibility:"):
        describe(trained, mnist, epsilon)
    with st.expander("Show the code", icon=":material/code:"):
        number = int(st.session_state.get(f"adv_steps_index_{mnist.size}", FIRST))
        st.code(code(steps, number, epsilon), language="python")


def _label(trained: TrainedNetwork, seen: Subject) -> int:
    """What the image shows: known of a test image; of a drawing the reader says it."""
    if seen.label is not None:
        return seen.label
    predicted = int(predict(trained.model, seen.image[None])[0].argmax())
    said = st.selectbox(
        "True class of your drawing",
        [PREDICTED, *map(str, range(10))],
        key="adv_steps_drawn",
        bind="query-params",
        help="The digit you drew, whose loss the step raises. Unless you choose one, it is the network's "
        "prediction for the clean drawing.",
    )
    return predicted if said == PREDICTED else int(said)


def _one(trained: TrainedNetwork, walk: FgsmWalk, mode: EvalMode, steps: list[StepText]) -> None:
    number = stepper("adv_steps_step", COUNT, "step") + 1
    step = steps[number - 1]
    st.subheader(f"{number}. {step.title}", anchor=False)
    st.markdown(step.sentence)
    st.code(step.code, language="python")
    if number not in PANELS:
        whole_way(walk, "adv_steps_way")
    step_picture(number, trained, walk, mode, f"adv_steps_picture_{number}")


def _all(trained: TrainedNetwork, walk: FgsmWalk, mode: EvalMode, steps: list[StepText]) -> None:
    for start in range(0, COUNT, 3):
        for place, column in enumerate(st.columns(3, gap="small")):
            number = start + place + 1
            if number <= COUNT:
                with column, st.container(border=True, gap="small"):
                    st.markdown(f"**{number}. {steps[number - 1].title}**")
                    st.code(steps[number - 1].code, language="python", wrap_lines=True)
                    st.caption(steps[number - 1].sentence)
                    step_picture(number, trained, walk, mode, f"adv_steps_card_{number}", small=True)
