"""Tab: attack one image: the perturbation, the prediction, and the smallest ε that succeeds."""

import streamlit as st
import torch
from torch import Tensor

from core.attacks import ATTACKS
from core.attacks.config import AttackConfig
from core.attacks.norms import NORMS, NormName
from core.data.digits import Mnist
from core.export.attack import attack_code, inner_code
from core.formatting import number
from core.lessons.adversarial.charts.animation import attack_film_figure
from core.lessons.adversarial.charts.one_image import epsilon_tries_figure, needed_epsilon_figure, path_numbers_figure
from core.lessons.adversarial.minimal_epsilon import PRECISION, Bisection
from core.lessons.adversarial.trajectory import Moment
from core.models.evaluation import predict
from core.models.trained_network import TrainedNetwork
from pages.ui.adversarial import attack_results
from pages.ui.adversarial.attack_choice import attack_choice
from pages.ui.adversarial.one_result import a, confidence, one_result, pictures
from pages.ui.kit.network.image_picker import DRAWN, Subject, subject
from pages.ui.kit.network.network_panel import panel
from pages.ui.kit.shell.page import controls_and_stage
from pages.ui.kit.shell.state import linked
from pages.ui.kit.widgets.binding import renamed
from pages.ui.kit.widgets.chart import chart

ACCESS = {
    "gradients": "**White box**: it needs the network's gradients, so its weights must be known.",
    "outputs": "**Black box**: it needs only the network's outputs, never a gradient.",
    "nothing": "**Control**: it needs nothing from the network.",
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
            rf"With a target class, $L(x, y)$ is replaced by $-L(x, {config.target})$: the image moves toward the "
            f"{config.target} instead of away from its true class."
        )


SMALLEST, PATH = "Smallest ε that succeeds", "Attack trajectory"
KEY = "adv_one"
PREDICTED = "the network's prediction"
renamed(f"{KEY}_part", {"Smallest ε that fools it": SMALLEST, "The path": PATH})
renamed(f"{KEY}_drawn", {"what the network reads": PREDICTED})


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
        help="The smallest ε with which the attack succeeds, or the steps of an iterative attack.",
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
        "True class of your drawing",
        [PREDICTED, *map(str, range(10))],
        key=f"{KEY}_drawn",
        bind="query-params",
        help="The digit you drew; the attack leads away from it. Unless you choose one, it is the network's "
        "prediction for the clean drawing.",
    )
    if said == PREDICTED:
        st.caption(f"It predicts {a(predicted)}. If you drew another digit, choose it.")
        return predicted
    return int(said)


def _code(config: AttackConfig) -> None:
    st.code(attack_code(config), language="python")
    inner = inner_code(config)
    if inner is not None:
        place, lines = inner
        st.caption(f"Its implementation, from {place}:")
        st.code(lines, language="python")


# Part of the tab "One image": the smallest ε with which the attack succeeds, found by bisection.


def smallest_view(trained: TrainedNetwork, image: Tensor, label: int, config: AttackConfig) -> None:
    """The tries as a chart, the image at the ε that was found, and on request what every attack needs."""
    found = attack_results.smallest(trained, image, label, config)
    words = _describe(found, label, config)
    st.markdown(words)
    if found.epsilon != 0:
        left, right = st.columns([1.2, 1], gap="medium", vertical_alignment="center")
        with left:
            _tries(found, config, words)
        if found.epsilon is not None:
            before, after = (predict(trained.model, one[None])[0] for one in (image, found.image))
            with right:
                pictures(image, found.image, before, after, key="adv-three-smallest", size=112)
    if st.toggle(
        "Compare all attacks",
        key="adv_one_compare",
        bind="query-params",
        help="Find the smallest ε of every attack on this image, each with its default hyperparameters. "
        "Attacks with hundreds of steps are slow.",
    ):
        _compared(trained, image, label, config)


def _tries(found: Bisection, config: AttackConfig, words: str) -> None:
    norm = NORMS[ATTACKS[config.name].norm]
    aim = "true class" if config.target is None else f"{config.target}"
    largest = max(one.epsilon for one in found.tries)
    fig = epsilon_tries_figure(
        [one.epsilon for one in found.tries],
        [one.chance for one in found.tries],
        [one.succeeded for one in found.tries],
        [one.read for one in found.tries],
        smallest=found.epsilon,
        end=largest,
        y_title=f"probability of the {aim}",
        x_title=f"ε ({norm.title})",
    )
    chart(fig, "adv_one_tries", still=True, alt=words)


def _describe(found: Bisection, label: int, config: AttackConfig) -> str:
    """The answer, and how it was found."""
    entry, count = ATTACKS[config.name], len(found.tries)
    norm = NORMS[entry.norm]
    aim = "" if config.target is None else f" with the target {config.target}"
    if found.epsilon == 0:
        predicted = found.tries[0].read
        right = f", and the true class is {label}" if config.target is None else ""
        return f"**ε = 0.** The prediction for the clean image is {a(predicted)}{right}: no change is needed."
    if found.epsilon is None:
        end = attack_results.search_end(config)
        return (
            f"**None up to {end:g}.** {entry.title} did not succeed{aim} at any of the {count} "
            f"values of ε ({norm.title}) tried."
        )
    first = next(one for one in reversed(found.tries) if one.succeeded)
    at = f"{found.epsilon:.0f} pixels" if entry.norm == "l0" else f"{found.epsilon:.3g}"
    how = (
        f"Found by bisection in {count} tries, to within {PRECISION[entry.norm]:g}."
        if entry.bounded
        else "This attack minimizes the perturbation by itself; another attack may find a smaller one."
    )
    after = f": the prediction is then {first.read}"
    return f"**{at}** ({norm.title}) is enough for {entry.title} to succeed{aim or after}. {how}{_back_again(found)}"


def _back_again(found: Bisection) -> str:
    """A warning where a larger ε that was tried did not succeed."""
    later = [one.epsilon for one in found.tries if not one.succeeded and one.epsilon > (found.epsilon or 0)]
    return f" A larger ε may still fail: {min(later):.3g} did." if later else ""


def _compared(trained: TrainedNetwork, image: Tensor, label: int, config: AttackConfig) -> None:
    """Bars of the smallest ε of every attack, one chart a norm."""
    target = config.target
    named = [name for name, entry in ATTACKS.items() if target is None or entry.targeted]
    found = {name: attack_results.smallest(trained, image, label, _usual(name, config)) for name in named}
    norms = list(dict.fromkeys(ATTACKS[name].norm for name in named))
    for column, norm in zip(st.columns(len(norms), gap="medium"), norms, strict=True):
        names = [name for name in named if ATTACKS[name].norm == norm]
        needed = [found[name].epsilon for name in names]
        with column:
            fig = needed_epsilon_figure(
                [ATTACKS[name].title for name in names],
                needed,
                end=attack_results.search_end(AttackConfig(names[0])),
                x_title=f"smallest ε ({NORMS[norm].title})",
                colors=[ATTACKS[name].color for name in names],
                current=ATTACKS[config.name].title,
            )
            ends = [
                f"{ATTACKS[name].title} {'none' if at is None else f'{at:.3g}'}"
                for name, at in zip(names, needed, strict=True)
            ]
            chart(fig, f"adv_one_needed_{norm}", still=True, alt=f"Smallest ε ({NORMS[norm].title}): {', '.join(ends)}")
    st.caption(
        "A smaller ε means a stronger attack. The smallest of them is an upper bound: a smaller perturbation may "
        "exist. Norms cannot be compared with each other. Pale bars: correctly classified up to that ε."
        + (" Random noise is the control." if target is None else "")
    )


def _usual(name: str, config: AttackConfig) -> AttackConfig:
    """The attack's own defaults, but for the one that is chosen above: that as it is set."""
    return config if name == config.name else AttackConfig(name, target=config.target)


# Part of the tab "One image": the trajectory of an iterative attack, step by step.


def path_view(trained: TrainedNetwork, image: Tensor, label: int, config: AttackConfig) -> None:
    """Image, change and probabilities as a film, and loss and size of the change over the steps."""
    walked = iterated(config)
    if walked is None:
        st.info(
            f"{ATTACKS[config.name].title} takes a single step, so it has no trajectory. Choose an iterative "
            "attack such as BIM or PGD.",
            icon=":material/linear_scale:",
        )
        return
    path = attack_results.path(trained, image, label, walked)
    if len(path) < 2:
        st.info("The attack took no step, so there is no trajectory.", icon=":material/linear_scale:")
        return
    words = _trajectory_told(path, label, walked, walked != config)
    st.markdown(words)
    steps = [moment.step for moment in path]
    images = torch.stack([moment.image[0] for moment in path])
    chances = torch.stack([moment.probabilities for moment in path])
    film = attack_film_figure(steps, images.numpy(), (images - image).numpy(), chances.numpy())
    chart(film, f"adv_one_film_{walked.name}_{len(path)}", still=True, alt=words)
    _numbers(path, steps, walked)


def iterated(config: AttackConfig) -> AttackConfig | None:
    """The attack whose path is shown: itself, or the one that takes its single step in many; None if none does."""
    entry = ATTACKS[config.name]
    if entry.as_steps:
        return AttackConfig(entry.as_steps, config.epsilon, target=config.target)
    return config if "steps" in entry.settings else None


def _numbers(path: list[Moment], steps: list[int], config: AttackConfig) -> None:
    """Loss, L∞ and L2 over the steps, each on an axis of its own."""
    entry = ATTACKS[config.name]
    bound = config.budget if entry.bounded else None
    rows: list[tuple[str, list[float], float | None]] = [
        ("loss (nats)", [moment.loss for moment in path], None),
        ("L∞ norm", [moment.linf for moment in path], bound if entry.norm == "linf" else None),
        ("L2 norm", [moment.l2 for moment in path], bound if entry.norm == "l2" else None),
    ]
    if entry.norm == "l0":
        rows[1] = ("pixels changed", [float(moment.l0) for moment in path], bound)
    for place, (column, row) in enumerate(zip(st.columns(3, gap="medium"), rows, strict=True)):
        title, values, limit = row
        with column:
            fig = path_numbers_figure(steps, values, title=title, limit=limit)
            words = f"{title} over the steps: from {values[0]:.3g} to {values[-1]:.3g}"
            chart(fig, f"adv_one_path_{place}", still=True, alt=words)
    st.caption(_loss(config))


def _loss(config: AttackConfig) -> str:
    """What the loss is, and which way it should go where the attack follows it."""
    if config.target is not None:
        words, way = f"the {config.target}", "fall"
    else:
        words, way = "the true class", "rise"
    expected = f": it should {way}" if ATTACKS[config.name].bounded else ""
    return f"The loss is the cross-entropy of {words}{expected}."


def _trajectory_told(path: list[Moment], label: int, config: AttackConfig, stands_in: bool) -> str:
    """When the prediction changed, and where the trajectory ended."""
    entry, last = ATTACKS[config.name], path[-1]
    norm = NORMS[entry.norm]
    words = (
        f"FGSM is a single step. Shown instead: {entry.title}, {config.steps} small steps within the same "
        f"ε = {config.budget:g}. "
        if stands_in
        else ""
    )
    if entry.random and path[0].step == 0 and path[0].linf > 0:
        words += (
            f"**Step 0 is not the clean image**: {entry.title} starts at a random point within ε, here at "
            f"{norm.title} distance {number(_size(path[0], entry.norm))}. "
        )
    goal = [k for k, moment in enumerate(path) if _won(moment, label, config)]
    aim = "misclassified" if config.target is None else f"predicted as {a(config.target)}"
    if not goal:
        words += f"At none of the {len(path)} steps shown is the image {aim}."
    elif goal[0] == 0:
        words += f"The image is {aim} from the start (step {path[0].step})."
    else:
        turned = path[goal[0]]
        thinned = len(path) <= last.step  # then steps between those shown may have been first
        which = f" as {a(turned.read)}" if config.target is None else ""
        words += (
            f"{'By' if thinned else 'At'} **step {turned.step}** the image is first {aim}{which}, "
            f"confidence {confidence(turned.probabilities, turned.read)}."
        )
    return (
        f"{words} At step {last.step} the prediction is {last.read} "
        f"({confidence(last.probabilities, last.read)}), at {norm.title} distance "
        f"{number(_size(last, entry.norm))} from the clean image. Press ▶ or drag the slider."
    )


def _size(moment: Moment, norm: NormName) -> float:
    return {"linf": moment.linf, "l2": moment.l2, "l0": float(moment.l0)}[norm]


def _won(moment: Moment, label: int, config: AttackConfig) -> bool:
    return moment.read != label if config.target is None else moment.read == config.target
