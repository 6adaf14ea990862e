"""Tab: attack one image and see what was changed, what the network then predicts, and how little is enough."""

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
from pages.ui.kit.widgets.chart import chart

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
PREDICTED = "what the network reads"


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
        [PREDICTED, *map(str, range(10))],
        key=f"{KEY}_drawn",
        bind="query-params",
        help="The right answer, from which the attack leads away. Unless you say it, it is what the network "
        "predicts for your clean drawing.",
    )
    if said == PREDICTED:
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


# Part of the tab "One image": the smallest ε that fools the network, found by trying and halving.


def smallest_view(trained: TrainedNetwork, image: Tensor, label: int, config: AttackConfig) -> None:
    """The tries as a chart, the image at the ε that was found, and on request what every attack needs."""
    found = attack_results.smallest(trained, image, label, config)
    st.markdown(_describe(found, label, config))
    if found.epsilon != 0:
        left, right = st.columns([1.2, 1], gap="medium", vertical_alignment="center")
        with left:
            _tries(found, config)
        if found.epsilon is not None:
            before, after = (predict(trained.model, one[None])[0] for one in (image, found.image))
            with right:
                pictures(image, found.image, before, after, key="adv-three-smallest", size=112)
    if st.toggle(
        "Compare all attacks",
        key="adv_one_compare",
        bind="query-params",
        help="Look for the smallest ε of every attack on this image, each with its own usual settings. "
        "Those that take hundreds of steps are slow.",
    ):
        _compared(trained, image, label, config)


def _tries(found: Bisection, config: AttackConfig) -> None:
    norm = NORMS[ATTACKS[config.name].norm]
    aim = "right digit" if config.target is None else f"{config.target}"
    largest = max(one.epsilon for one in found.tries)
    fig = epsilon_tries_figure(
        [one.epsilon for one in found.tries],
        [one.chance for one in found.tries],
        [one.fooled for one in found.tries],
        [one.read for one in found.tries],
        smallest=found.epsilon,
        end=largest,
        y_title=f"probability of the {aim}",
        x_title=f"ε ({norm.title})",
    )
    chart(fig, "adv_one_tries", still=True)


def _describe(found: Bisection, label: int, config: AttackConfig) -> str:
    """The answer, and how it was found."""
    entry, count = ATTACKS[config.name], len(found.tries)
    norm = NORMS[entry.norm]
    aim = "" if config.target is None else f" with the target {a(config.target)}"
    if found.epsilon == 0:
        predicted = found.tries[0].read
        right = f", and this is {a(label)}" if config.target is None else ""
        return f"**ε = 0.** The network predicts {a(predicted)} as it is{right}: nothing has to change."
    if found.epsilon is None:
        end = attack_results.search_end(config)
        return (
            f"**None up to {end:g}.** {entry.title} did not succeed{aim} with any of the {count} "
            f"values of ε ({norm.title}) that were tried."
        )
    fooling = next(one for one in reversed(found.tries) if one.fooled)
    at = f"{found.epsilon:.0f} pixels" if entry.norm == "l0" else f"{found.epsilon:.3g}"
    how = (
        f"{count} values of ε were tried: from below until one succeeds, then the gap beneath it was halved "
        f"until it was no wider than {PRECISION[entry.norm]:g}."
        if entry.bounded
        else "This attack looks for a small change by itself; that is the size it came to. Another attack "
        "may find a smaller one."
    )
    after = f": it then predicts {a(fooling.read)}"
    return f"**{at}** ({norm.title}) is enough for {entry.title} to succeed{aim or after}. {how}{_back_again(found)}"


def _back_again(found: Bisection) -> str:
    """A warning where a larger ε that was tried did not fool."""
    later = [one.epsilon for one in found.tries if not one.fooled and one.epsilon > (found.epsilon or 0)]
    return f" A larger one need not do: at {min(later):.3g} it did not." if later else ""


def _compared(trained: TrainedNetwork, image: Tensor, label: int, config: AttackConfig) -> None:
    """Bars of what every attack needs, one chart a norm."""
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
            chart(fig, f"adv_one_needed_{norm}", still=True)
    st.caption(
        "Smaller is stronger: what the best of them needs is known to be enough, and no attack proves that "
        "less is not. Numbers of different norms measure different things: compare within a chart. "
        "Pale bars: correctly classified up to there." + (" Random noise is the control." if target is None else "")
    )


def _usual(name: str, config: AttackConfig) -> AttackConfig:
    """The attack's own defaults, but for the one that is chosen above: that as it is set."""
    return config if name == config.name else AttackConfig(name, target=config.target)


# Part of the tab "One image": the path of an iterated attack, step by step.


def path_view(trained: TrainedNetwork, image: Tensor, label: int, config: AttackConfig) -> None:
    """Image, change and probabilities as a film, and loss and size of the change over the steps."""
    walked = iterated(config)
    if walked is None:
        st.info(
            f"{ATTACKS[config.name].title} makes its change at once: there is no path. Choose an attack with "
            "steps, such as BIM or PGD.",
            icon=":material/linear_scale:",
        )
        return
    path = attack_results.path(trained, image, label, walked)
    if len(path) < 2:
        st.info("The attack took no step: nothing to walk along.", icon=":material/linear_scale:")
        return
    st.markdown(_trajectory_told(path, label, walked, walked != config))
    steps = [moment.step for moment in path]
    images = torch.stack([moment.image[0] for moment in path])
    chances = torch.stack([moment.probabilities for moment in path])
    film = attack_film_figure(steps, images.numpy(), (images - image).numpy(), chances.numpy())
    chart(film, f"adv_one_film_{walked.name}_{len(path)}", still=True)
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
        ("L∞ of the change", [moment.linf for moment in path], bound if entry.norm == "linf" else None),
        ("L2 of the change", [moment.l2 for moment in path], bound if entry.norm == "l2" else None),
    ]
    if entry.norm == "l0":
        rows[1] = ("pixels changed", [float(moment.l0) for moment in path], bound)
    for place, (column, row) in enumerate(zip(st.columns(3, gap="medium"), rows, strict=True)):
        title, values, limit = row
        with column:
            fig = path_numbers_figure(steps, values, title=title, limit=limit)
            chart(fig, f"adv_one_path_{place}", still=True)
    st.caption(_loss(config))


def _loss(config: AttackConfig) -> str:
    """What the loss is, and which way it should go where the attack follows it."""
    if config.target is not None:
        words, way = f"the {config.target}", "fall"
    else:
        words, way = "the right digit", "rise"
    expected = f": it should {way}" if ATTACKS[config.name].bounded else ""
    return f"The loss is the cross-entropy of {words}{expected}."


def _trajectory_told(path: list[Moment], label: int, config: AttackConfig, stands_in: bool) -> str:
    """When the reading turned, and where the path ended."""
    entry, last = ATTACKS[config.name], path[-1]
    norm = NORMS[entry.norm]
    words = (
        f"FGSM is a single step. Here is {entry.title} in its place, which takes {config.steps} small ones "
        f"within the same ε = {config.budget:g}. "
        if stands_in
        else ""
    )
    if entry.random and path[0].step == 0 and path[0].linf > 0:
        words += (
            f"**Step 0 is not the original**: {entry.title} begins at a random point within ε of it, here "
            f"{number(_size(path[0], entry.norm))} ({norm.title}) away, so "
            "that it does not stand on a flat spot. "
        )
    goal = [k for k, moment in enumerate(path) if _won(moment, label, config)]
    aim = "misclassified" if config.target is None else f"predicted as {a(config.target)}"
    if not goal:
        words += f"In none of the {len(path)} moments shown the image is {aim}."
    elif goal[0] == 0:
        words += f"The image is {aim} from the start on (step {path[0].step})."
    else:
        turned = path[goal[0]]
        thinned = len(path) <= last.step  # then steps between those shown may have been first
        which = f" as {a(turned.read)}" if config.target is None else ""
        words += (
            f"{'By' if thinned else 'At'} **step {turned.step}** the image is first {aim}{which}, "
            f"confidence {confidence(turned.probabilities, turned.read)}."
        )
    return (
        f"{words} At the last step shown ({last.step}) it predicts {a(last.read)} "
        f"({confidence(last.probabilities, last.read)}), {number(_size(last, entry.norm))} ({norm.title}) away "
        "from the original. Press ▶ or pull the slider."
    )


def _size(moment: Moment, norm: NormName) -> float:
    return {"linf": moment.linf, "l2": moment.l2, "l0": float(moment.l0)}[norm]


def _won(moment: Moment, label: int, config: AttackConfig) -> bool:
    return moment.read != label if config.target is None else moment.read == config.target
