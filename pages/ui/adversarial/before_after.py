"""Part of the tab on defenses: robust accuracy with and without adversarial training, and its cost."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from core.attacks import ATTACKS
from core.attacks.config import AttackConfig
from core.charts.evaluation_curves import StrengthCurve, strength_curves_figure
from core.charts.palette import YELLOW
from core.config.proportion import Proportion
from core.data.digits import Mnist
from core.formatting import interval, percent, points, points_interval
from core.lessons.adversarial.sanity_evidence import QUERIES, black_boxes
from core.lessons.adversarial.tasks import AttackTask, Predictions, gather, lined_up
from core.models.paired_test import Paired, paired
from core.models.threads import one_thread
from core.models.trained_network import TrainedNetwork
from core.recipes.texts import recipe_color
from pages.ui.adversarial.attack_results import results
from pages.ui.kit.shell.page import controls_and_stage, error_boundary
from pages.ui.kit.widgets import cached_results
from pages.ui.kit.widgets.chart import chart
from pages.ui.kit.widgets.incremental_work import Piecework

LEVEL = 0.05


@dataclass(frozen=True)
class Beside:
    """An attack and whether each of the first images of the sample is still classified correctly after it."""

    title: str
    right: list[bool]


def strongest(tried: dict[str, list[Beside]], epsilon: float) -> str:
    """For each network the strongest attack tried, what all leave together, and what the black box adds.

    tried: by network the attack along the gradient first, then black boxes. Nothing before all are measured
    on as many images.
    """
    return " ".join(
        _one(name, attacks, epsilon)
        for name, attacks in tried.items()
        if len(attacks) > 1
        and attacks[0].right
        and len({len(attack.right) for attack in attacks}) == 1
        and any(attacks[0].right)  # where nothing is left a second attack has nothing to say
    )


def _one(name: str, attacks: list[Beside], epsilon: float) -> str:
    gradient, *boxes = attacks
    n = len(gradient.right)
    best = min(attacks, key=lambda attack: sum(attack.right))
    together = [all(image) for image in zip(*(attack.right for attack in attacks), strict=True)]
    low, high = Proportion(sum(together), n).interval
    words = (
        f"**{name} at ε = {epsilon:g}:** robust accuracy {percent(sum(best.right) / n)} under the strongest single "
        f"attack ({best.title}), **{percent(sum(together) / n)}** under all of them together ({n} images; 95% "
        f"interval {interval(low, high)})."
    )
    for box in boxes:
        found = paired(gradient.right, box.right)
        words += (
            f" {box.title} (black box) succeeds on {found.first_only} images where {gradient.title} fails; "
            f"the reverse holds for {found.second_only}."
        )
        if found.first_only > found.second_only:
            words += (
                " **So part of this robustness is gradient masking.**"
                if found.p < LEVEL
                else " The difference is not significant."
            )
    return words


EPSILONS = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4)
IMAGES = (100, 200, 500, 1000)
STEPS = (10, 20, 40, 100)
TOP = 0.41
BESIDE = 200  # images that a black box meets at most: it asks a thousand times an image
PerImageAccuracy = list[bool]  # whether each image is classified correctly
Kept = dict[AttackTask, Predictions]
Curve = dict[float, tuple[int, int]]  # ε: correct of n


@st.fragment
@one_thread()
def before_after(networks: dict[str, TrainedNetwork], mnist: Mnist) -> None:
    """Curves that grow while they are measured, and the price in clean accuracy."""
    with error_boundary():
        _both(networks, mnist)


def _both(networks: dict[str, TrainedNetwork], mnist: Mnist) -> None:
    names = list(networks)
    st.session_state.setdefault("adv_before_on", True)  # the first view measures by itself
    left, right = controls_and_stage()
    with left:
        count = st.select_slider(
            "Test images",
            IMAGES,
            100,
            key="adv_before_n",
            bind="query-params",
            help="The same images for all networks. More images give narrower intervals and take longer.",
        )
        steps = st.select_slider(
            "PGD steps",
            STEPS,
            20,
            key="adv_before_steps",
            bind="query-params",
            help="PGD in L∞ with one random start. More steps make it stronger.",
        )
        taught = epsilon_of(networks[names[1]])
        if taught:
            st.caption(f"{names[1]}: adversarial training with ε = {taught:g} (dotted line).")
    with right:
        _curves(networks, mnist, min(int(count), len(mnist.test)), int(steps), taught or EPSILONS[-3])


def epsilon_of(trained: TrainedNetwork) -> float | None:
    """The ε of a network's adversarial training; None without."""
    train = trained.config.train
    return train.attack_epsilon if train.adversarial != "none" else None


def _price(known: dict[str, PerImageAccuracy]) -> None:
    """Clean accuracy so far, and the paired difference of the first two networks on the same images."""
    n = min(len(marks) for marks in known.values())
    if not n:
        return
    with st.container(horizontal=True, gap="medium"):
        for name, marks in known.items():
            correct = sum(marks[:n])
            low, high = Proportion(correct, n).interval
            st.metric(
                f"{name}, clean accuracy",
                percent(correct / n),
                width="content",
                help=f"Clean accuracy on {n:,} test images; 95% interval {interval(low, high)}.",
            )
    first, second = list(known)[:2]
    st.markdown(cost(paired(known[first][:n], known[second][:n])))


def cost(pair: Paired) -> str:
    """What adversarial training costs on clean images, in a sentence that follows from the interval."""
    low, high = pair.ci95
    counted = (
        f"difference {points(pair.difference, signed=True)} on {pair.n:,} images "
        f"(95% interval {points_interval(low, high)})"
    )
    if low > 0:
        return f"**Adversarial training costs clean accuracy**: {counted}."
    if high < 0:
        return f"**Clean accuracy is even higher with adversarial training**: {counted}."
    return f"**No significant difference of clean accuracy**: {counted}."


def _curves(networks: dict[str, TrainedNetwork], mnist: Mnist, count: int, steps: int, marked: float) -> None:
    store = results(mnist)
    kept = store.known(trained.key for trained in networks.values())
    attacks = [AttackConfig("pgd", epsilon, {"steps": steps}) for epsilon in EPSILONS]
    models = {trained.key: trained.model for trained in networks.values()}
    # One attack is not enough: at the ε of the training black boxes try too, on the two that are compared.
    beside = [AttackConfig(name, marked, {"steps": QUERIES}) for name in black_boxes()]
    few = min(count, BESIDE)
    tasks = lined_up(models, attacks, count) + lined_up(list(models)[:2], beside, few)
    # The price is a small difference: after the curves, all clean test images are classified.
    total = len(mnist.test)
    tasks = list(dict.fromkeys([*tasks, *lined_up(models, [], total)]))
    work = Piecework(
        "adv_before",
        "Measure",
        help=f"PGD with {steps} steps at {len(EPSILONS)} values of ε on {count} images per network; then "
        f"{' and '.join(map(_title, beside))} at ε = {marked:g} on {few} images, and all clean test images.",
    )

    def one(task: AttackTask, progress: Callable[[float], None]) -> Predictions:
        return store.measure(task, models)

    def body() -> None:
        done = dict(kept)
        place = st.container()
        work.buttons(sum(task in done for task in tasks), len(tasks), "measurements")
        with st.container(key="adv_before_result"):
            known = {name: curve(done, trained.key, attacks, count, mnist) for name, trained in networks.items()}
            drawn = [_drawn(name, curve) for name, curve in known.items() if curve]
            fig = strength_curves_figure(
                drawn, x_title="ε (L∞)", y_title="robust accuracy", x_range=(0.0, TOP), marked=marked
            )
            words = describe(known, marked, steps)
            with place:
                chart(fig, "adv_before_curves", alt=words or "Robust accuracy against ε: not measured yet.")
            pgd = AttackConfig("pgd", marked, {"steps": steps})
            tried = {
                name: [
                    Beside(title, right_of(done, networks[name].key, how, few, mnist))
                    for title, how in [(f"PGD with {steps} steps", pgd), *((_title(how), how) for how in beside)]
                ]
                for name in list(networks)[:2]
            }
            st.markdown("\n\n".join(filter(None, [words, strongest(tried, marked)])))
            st.caption(
                f"PGD, {steps} steps, L∞, on {cached_results.which_images(mnist, count)} (a random sample). Bands: "
                "95% intervals. Dotted: the ε of adversarial training, and chance level (10%). Robust accuracy "
                "under an attack is an upper bound: see *Attack sanity checks*."
            )
            _price({name: right_of(done, trained.key, None, total, mnist) for name, trained in networks.items()})
        work.go_on(tasks, kept, one)

    work.part(body)


def right_of(kept: Kept, network: str, how: AttackConfig | None, count: int, mnist: Mnist) -> PerImageAccuracy:
    """Whether each of the first images of the sample is classified correctly, as far as it is measured."""
    reads = gather(kept, network, how, count)
    return (reads.read.long() == mnist.test.labels[reads.places]).tolist() if len(reads) else []


def curve(kept: Kept, network: str, attacks: list[AttackConfig], count: int, mnist: Mnist) -> Curve:
    """Correct predictions and images at each ε measured so far, ε = 0 first."""
    ways = [(0.0, None), *((config.budget, config) for config in attacks)]
    marks = {epsilon: right_of(kept, network, how, count, mnist) for epsilon, how in ways}
    return {epsilon: (sum(right), len(right)) for epsilon, right in marks.items() if right}


def _drawn(name: str, curve: Curve) -> StrengthCurve:
    intervals = [Proportion(right, n).interval for right, n in curve.values()]
    color = YELLOW if name in ("chosen above", "just trained") else recipe_color(name)
    return StrengthCurve(
        name,
        list(curve),
        [right / n for right, n in curve.values()],
        [low for low, _ in intervals],
        [high for _, high in intervals],
        color,
        dash="dash" if name == "just trained" else "solid",
        main=name == "cnn-robust",
    )


def _title(config: AttackConfig) -> str:
    return f"{ATTACKS[config.name].title} with {config.steps:,} queries"


def describe(known: dict[str, Curve], marked: float, steps: int) -> str:
    """Every network at the ε of the training, and what happens beyond it; nothing before it is measured."""
    at = {name: curve[marked] for name, curve in known.items() if marked in curve}
    if not at:
        return ""
    shares = ", ".join(f"{name} **{percent(right / n)}**" for name, (right, n) in at.items())
    words = f"Robust accuracy at ε = {marked:g} (PGD, {steps} steps): {shares}."
    names = list(known)
    robust = known[names[1]] if len(names) > 1 else {}
    beyond = [epsilon for epsilon in robust if epsilon > marked]
    if marked in robust and beyond:
        (right, n), (later, many) = robust[marked], robust[beyond[-1]]
        falls = Proportion(later, many).below(Proportion(right, n))
        words += f" Beyond its training budget, at ε = {beyond[-1]:g}, {names[1]} has {percent(later / many)}: " + (
            "**it is robust only within the ε it was trained for.**" if falls else "no significant drop."
        )
    return words
