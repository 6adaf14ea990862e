"""Tab: many images under many attacks, as curves of accuracy against ε."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import streamlit as st
from torch import Tensor

from core.attacks import ATTACKS
from core.attacks.norms import NORMS
from core.config.proportion import Proportion
from core.data.digits import Mnist
from core.export.attack import attack_function
from core.formatting import count, duration, percent
from core.lessons.adversarial.charts.many_images import AttackCurve, attack_curves_figure
from core.lessons.adversarial.robust_accuracy import (
    came_back,
    half_lost,
    lost,
    lost_within,
    on_the_same,
    shares,
    worst_case,
)
from core.lessons.adversarial.tasks import CHUNK, AttackTask, Predictions, configs, gather, seconds_left
from core.models.trained_network import TrainedNetwork
from pages.ui.adversarial.attack_results import results
from pages.ui.adversarial.many_choice import Choice, choose, presets
from pages.ui.adversarial.many_point import point
from pages.ui.adversarial.samples import ahead, begin
from pages.ui.kit.network.compared_networks import color_of
from pages.ui.kit.network.network_panel import panel
from pages.ui.kit.shell.page import controls_and_stage
from pages.ui.kit.widgets.binding import renamed
from pages.ui.kit.widgets.cached_results import data_key, which_images
from pages.ui.kit.widgets.chart import chart
from pages.ui.kit.widgets.incremental_work import Piecework

CODE = f"""\
import torch
from torch.nn import functional

{attack_function("fgsm", "epsilon")}

model.eval()                                             # batch norm and dropout as when it is used
right = model(images).argmax(1) == labels                # at epsilon = 0: the clean accuracy
worst = right.clone()                                    # classified correctly at every epsilon so far
for epsilon in [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4]:
    attacked = fgsm(model, images, labels, epsilon)
    right = model(attacked).argmax(1) == labels          # counted anew on the images that came back
    worst &= right                                       # an attacker may also spend less
    print(f"{{epsilon:.2f}}: {{right.float().mean():.1%}}, worst case {{worst.float().mean():.1%}}")
"""


@panel
def many_images(trained: TrainedNetwork, mnist: Mnist) -> None:
    """Accuracy against ε for several attacks and networks, and one point of it from inside."""
    left, right = controls_and_stage(1.0, 2.4)
    with left:
        choice = choose(trained, mnist)
    with right:
        presets(mnist, KEY)
        if not choice.networks:
            st.info("Choose at least one network.", icon=":material/hub:")
        stage = st.container()  # filled last: it may work for a moment
    with st.expander("Details of one point: its images and confusion matrix", icon=":material/search:"):
        point(mnist, choice)
    with st.expander("How to read such a curve", icon=":material/balance:"):
        st.markdown(
            "- The network is in evaluation mode, and pixels stay in [0, 1].\n"
            "- At ε = 0 it is the clean accuracy. Images misclassified when clean count as misclassified at every ε.\n"
            "- Random noise of the same ε is the control: an attack that is no stronger found nothing.\n"
            "- A single step such as FGSM need not get stronger with ε; the worst case up to ε never rises.\n"
            "- Robust accuracy under one attack is an upper bound: a stronger attack may lower it."
        )
    with st.expander("Show the code", icon=":material/code:"):
        st.code(CODE, language="python")
    with stage:
        if choice.networks:
            curves(mnist, choice)


# Part of "Many images": the curves grow while they are measured, can be stopped, and lose nothing.


@dataclass(frozen=True, eq=False)
class Measured:
    """One network under one attack.

    single: it makes one step only. epsilons: ascending from 0. left: robust accuracy at each. back: how many
    images at each are classified correctly again that a smaller budget had changed.
    """

    network: str
    attack: str
    control: bool
    single: bool
    epsilons: Sequence[float]
    left: Sequence[Proportion]
    back: Sequence[int]


def describe(curves: Sequence[Measured], worst: bool) -> list[str]:
    """A sentence a network; which attacks do no better than noise; whether any image came back."""
    lines = [_network(name, [c for c in curves if c.network == name and c.left]) for name in _networks(curves)]
    lines += _weak(curves)
    back = _came_back(curves, worst)
    return [line for line in [*lines, back] if line]


def _networks(curves: Sequence[Measured]) -> list[str]:
    return list(dict.fromkeys(curve.network for curve in curves))


def _network(name: str, curves: Sequence[Measured]) -> str:
    """Where half of the images are lost, attack by attack; what noise of the largest size leaves."""
    if not curves:
        return ""
    clean = curves[0].left[0]
    parts: dict[float, list[str]] = {}
    for curve in curves:
        if len(curve.left) < 2:
            continue
        at, end = curve.epsilons[len(curve.left) - 1], curve.left[-1]
        half = half_lost(curve.epsilons, curve.left)
        leaves = f"{percent(end.share)} under {curve.attack}"
        if not curve.control and half is not None and half[0] != half[1]:
            leaves += f" (below 50% from ε between {half[0]:g} and {half[1]:g})"
        parts.setdefault(at, []).append(leaves)
    rest = "; ".join(f"at ε = {at:g}: {', '.join(all_)}" for at, all_ in parts.items())
    return f"**{name}**: clean accuracy {percent(clean.share)}" + (f". Robust accuracy {rest}." if rest else ".")


def _weak(curves: Sequence[Measured]) -> list[str]:
    """Attacks that nowhere do better than the control: they found nothing."""
    lines = []
    for curve in curves:
        noise = next((c for c in curves if c.control and c.network == curve.network), None)
        if curve.control or noise is None:
            continue
        pairs = list(zip(curve.left[1:], noise.left[1:], strict=False))
        if pairs and not any(ours.below(theirs) for ours, theirs in pairs):
            lines.append(
                f"On **{curve.network}**, {curve.attack} is not clearly stronger than random noise at any ε: either "
                "the network is robust, or the attack found no useful gradient."
            )
    return lines


def _came_back(curves: Sequence[Measured], worst: bool) -> str:
    """A larger ε that gives back images which a smaller one took, where the numbers show it."""
    found = [
        (back, curve, curve.epsilons[index])
        for curve in curves
        for index, back in enumerate(curve.back)
        if back and not curve.control
    ]
    if not found:
        return ""
    back, curve, epsilon = max(found, key=lambda entry: entry[0])
    images = count(back, "image")
    verb = "is" if back == 1 else "are"
    counted = (
        "here they stay misclassified"
        if worst
        else "an attacker may use a smaller ε, so the worst case counts them as misclassified (switch below the chart)"
    )
    why = (
        "A single step follows the gradient at the clean image, which may point the wrong way that far out"
        if curve.single
        else "Each ε is a separate search, and none is perfect"
    )
    return (
        f"A larger ε is not always worse: {images} of {curve.network} that {curve.attack} changed at a smaller ε "
        f"{verb} classified correctly again at ε = {epsilon:g}. {why}; {counted}."
    )


KEY = "adv_many"
Kept = dict[AttackTask, Predictions]
EXACT, WORST = "at exactly this ε", "at any ε up to it (worst case)"
renamed("adv_many_worst", {"at any ε up to this one": WORST})


def curves(mnist: Mnist, choice: Choice) -> None:
    """The chart with its buttons; it works while it is on, a little between two drawings.

    A hundred images are measured without a click, the rest on request.
    """
    every, first = choice.tasks, choice.first
    store, keys = results(mnist), [network.key for network in choice.networks]
    begin(KEY, (data_key(mnist), *choice.question), first, store.known(keys))
    models = {network.key: network.model for network in choice.networks}
    work = Piecework(
        KEY,
        "Measure",
        disabled=not every,
        help=f"{len(choice.attacks)} attacks at {len(choice.epsilons)} values of ε on {choice.n:,} images "
        f"for {count(len(choice.networks), 'network')}, a few images at a "
        "time. It can be stopped and goes on later.",
    )

    def body() -> None:
        kept = store.known(keys)
        wanted = ahead(KEY, first, every, kept)
        left = seconds_left(wanted, kept) if work.running else None
        words = "batches" + (f", about {duration(left)} left" if left else "")
        work.buttons(sum(task in kept for task in wanted), len(wanted), words)
        with st.container(key="adv-many-result"):  # one child, whatever is in it: the part keeps its shape
            _result(mnist, choice, kept)

        def one(task: AttackTask, progress: Callable[[float], None]) -> Predictions:
            return store.measure(task, models)

        work.go_on(wanted, kept, one)

    work.part(body)


def _result(mnist: Mnist, choice: Choice, kept: Kept) -> None:
    place = st.container()
    how = st.segmented_control(
        "Count an image as misclassified",
        [EXACT, WORST],
        default=EXACT,
        required=True,
        key="adv_many_worst",
        bind="query-params",
        help="An attacker with budget ε may also use less. A single step of FGSM can overshoot: at a larger ε the "
        "image may be classified correctly again.",
    )
    worst = how == WORST
    measured = [
        (network, name, losses(mnist, choice, kept, network, name))
        for network in choice.networks
        for name in choice.attacks
    ]
    drawn = [_curve(network, name, choice, rows, worst) for network, name, rows in measured if rows[1:]]
    norm = NORMS[choice.norm]
    fig = attack_curves_figure(drawn, x_title=f"ε ({norm.title}, {norm.unit})", top=choice.epsilons[-1])
    counts = sorted({n for curve in drawn for n in curve.n})
    if counts:
        upto = counts[-1]
        some = f"On {which_images(mnist, upto)}" + (
            f", so far at least {counts[0]:,} of them" if counts[0] < upto else ""
        )
        st.caption(
            f"{some}. Bands: 95% intervals. Dotted: random noise (the control) and "
            f"chance level (10%).{_steps(choice, {name for _, name, rows in measured if rows[1:]})}"
        )
    fewest = {
        network.title: min((len(rows[0]) for each, _, rows in measured if each is network and rows[1:]), default=0)
        for network in choice.networks
    }
    words = [  # in one sentence all attacks on a network count the same images
        _words(network, name, choice, [row[: fewest[network.title]] for row in rows], worst)
        for network, name, rows in measured
        if rows[1:] or not fewest[network.title]
    ]
    lines = describe(words, worst)
    with place:
        chart(fig, "adv_many_chart", alt=" ".join(lines) or "Robust accuracy against ε: not measured yet.")
    st.markdown("\n".join(f"- {line}" for line in lines))


def _steps(choice: Choice, drawn: Collection[str]) -> str:
    """Which of the attacks that are drawn the number of steps goes for."""
    names = [
        ATTACKS[name].title
        for name in choice.attacks
        if name in drawn
        and configs(name, choice.epsilons, choice.steps)[0] != configs(name, choice.epsilons, choice.steps + 1)[0]
    ]
    return f" {' and '.join(names)}: {choice.steps} steps." if names else ""


def losses(mnist: Mnist, choice: Choice, kept: Kept, network: TrainedNetwork, name: str) -> list[Tensor]:
    """Which of the same images are lost at ε = 0 and at each ε of the choice, as far as it is measured."""
    labels, entry = mnist.test.labels, ATTACKS[name]
    clean = gather(kept, network.key, None, choice.n)
    rows = [lost(clean, labels)]
    each = configs(name, choice.epsilons, choice.steps)
    for index, epsilon in enumerate(choice.epsilons):
        reads = gather(kept, network.key, each[index if entry.bounded else 0], choice.n)
        if entry.bounded:
            rows.append(lost(reads, labels))
        else:
            rows.append(lost_within(reads, clean, labels, choice.norm, epsilon))
    return on_the_same(rows, min(CHUNK, choice.n))


def _curve(network: TrainedNetwork, name: str, choice: Choice, rows: list[Tensor], worst: bool) -> AttackCurve:
    left = shares(worst_case(rows) if worst else rows)
    return AttackCurve(
        look=(ATTACKS[name].color, ATTACKS[name].dash),
        title=ATTACKS[name].title,
        network=network.title,
        color=color_of(network),
        epsilons=(0.0, *choice.epsilons)[: len(left)],
        accuracy=[share.share for share in left],
        low=[share.interval[0] for share in left],
        high=[share.interval[1] for share in left],
        n=[share.n for share in left],
        control=ATTACKS[name].access == "nothing",
    )


def _words(network: TrainedNetwork, name: str, choice: Choice, rows: list[Tensor], worst: bool) -> Measured:
    entry = ATTACKS[name]
    return Measured(
        network=network.title,
        attack=entry.title if entry.access != "nothing" else "random noise",
        control=entry.access == "nothing",
        single="steps" not in entry.settings,
        epsilons=(0.0, *choice.epsilons)[: len(rows)],
        left=shares(worst_case(rows) if worst else rows),
        back=came_back(rows),
    )
