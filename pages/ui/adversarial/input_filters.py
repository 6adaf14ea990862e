"""Part of the tab on defenses: input filters, attacked with and without their gradient."""

from collections.abc import Callable

import streamlit as st
import torch

from core.attacks.filters import FILTERS
from core.attacks.filters.config import FilterConfig
from core.charts.images import picture
from core.charts.intervals import Accuracies, intervals
from core.charts.palette import BLUE, ORANGE
from core.config.proportion import Proportion
from core.data.digits import Mnist
from core.formatting import percent, points, points_interval
from core.lessons.adversarial.input_filters import (
    READINGS,
    Gap,
    PerImageAccuracy,
    ThreatModel,
    gap,
    hidden,
    left_of,
    strongest,
    threat_models,
)
from core.lessons.adversarial.tasks import AttackTask, Batch, Predictions, joined
from core.models.trained_network import TrainedNetwork
from pages.ui.adversarial.attack_choice import linf_budget
from pages.ui.adversarial.attack_results import results
from pages.ui.adversarial.filter_choice import FORMER, choose_strength
from pages.ui.kit.network.network_panel import panel
from pages.ui.kit.shell.page import controls_and_stage
from pages.ui.kit.training.accuracy_line import BY_TEST
from pages.ui.kit.widgets.binding import renamed
from pages.ui.kit.widgets.cached_results import which_images
from pages.ui.kit.widgets.chart import chart
from pages.ui.kit.widgets.incremental_work import Piecework

WHOLE, BARE = "with the filter", "without the filter"
Right = dict[str, dict[str, PerImageAccuracy]]  # by side and threat model
THROUGH = ("fgsm", "pgd")
LEVEL = 0.05


def filters_verdict(right: Right, ways: dict[str, ThreatModel], *, random: bool = False) -> tuple[str, bool]:
    """The sentences, and whether gradients are masked: whether going around wins more than chance explains.

    More than the same attacks win without the filter, that is: an attack more always wins something. random:
    the filter draws numbers. Nothing until one way through and one way around are measured.
    """
    whole, bare = right[WHOLE], right[BARE]
    through = [name for name in THROUGH if name in whole]
    around = [name for name, way in ways.items() if way.around and name in whole]
    if not through or not around:
        return "", False
    seems = left_of(whole, through, random=random)
    is_left = left_of(whole, list(whole), random=random)
    without = left_of(bare, list(bare), random=random)
    extra = hidden(whole, bare, through, random=random)
    # Of several random numbers the smallest is chosen: it must be that much rarer (Bonferroni).
    masked = extra.mean > 0 and extra.p < LEVEL / (len(whole) if random else 1)
    if random:
        words = (
            f"Each adversarial image is classified {READINGS} times, and the mean counts. Robust accuracy is "
            f"**{_share(seems)}** under the strongest attack through the filter, **{_share(is_left)}** under the "
            f"strongest of all ({ways[strongest(whole, list(whole))].title}). "
        )
    else:
        words = (
            f"Robust accuracy is **{_share(seems)}** under attacks through the filter, **{_share(is_left)}** once "
            "adaptive attacks are added. "
        )
    words += _hides(extra, gap(seems, is_left), masked)
    return words + _worth(gap(is_left, without), without) + _clean(whole, bare), masked


def _hides(extra: Gap, between: Gap, masked: bool) -> str:
    """What the ways around win beyond what they win without the filter."""
    if not any(between.values):
        return "Adaptive attacks gain nothing: the filter masks no gradient from these attacks. "
    spare = between.mean - extra.mean
    also = f" (they gain {points(spare)} more, but also without the filter)" if spare >= 0.005 else ""
    if masked:
        return (
            f"**The difference of {points(extra.mean)} is gradient masking, not robustness**"
            f"{also} (Athalye, Carlini & Wagner 2018). "
        )
    return "The difference is not significant, or as large without the filter: little gradient masking. "


def _worth(gain: Gap, without: PerImageAccuracy) -> str:
    words = f"Without a filter it is {_share(without)}: "
    if gain.p >= LEVEL:
        return words + "against an adaptive attacker the filter makes no significant difference."
    if gain.mean > 0:
        return words + (
            f"at this ε the filter gains {points(gain.mean)} under these attacks (95% interval "
            f"{points_interval(*gain.ci95)})."
        )
    return words + f"the filter even costs {points(-gain.mean)}."


def _clean(whole: dict[str, PerImageAccuracy], bare: dict[str, PerImageAccuracy]) -> str:
    if "clean" not in whole or "clean" not in bare:
        return ""
    return f" Clean accuracy: {_share(whole['clean'])} with it, {_share(bare['clean'])} without."


def _share(marks: PerImageAccuracy) -> str:
    return percent(sum(marks) / len(marks))


IMAGES = (50, 100, 200, 400)
PART = 25  # images a task
Tasks = dict[str, list[AttackTask]]  # by threat model


@panel
def input_filters(trained: TrainedNetwork, mnist: Mnist) -> None:
    """Choose filter, strength and ε; see robust accuracy under each attack, and what was only masked."""
    st.session_state.setdefault("adv_filters_on", True)  # the first view measures by itself
    left, right = controls_and_stage()
    with left:
        renamed("adv_filters_which", FORMER)
        titles = {entry.title: name for name, entry in FILTERS.items()}
        title = st.selectbox(
            "Input filter",
            list(titles),
            key="adv_filters_which",
            bind="query-params",
            help="Preprocessing in front of the network chosen above. None of the filters is trained.",
        )
        name = titles[title]
        chosen = FilterConfig(name, choose_strength("adv_filters", name))
        epsilon = linf_budget("adv_filters_eps", 0.2, help="The same for every attack.")
        count = st.select_slider(
            "Test images",
            IMAGES,
            50,
            key="adv_filters_n",
            bind="query-params",
            help="The same images for every attack, evenly spaced over the test images.",
        )
        _sees(chosen, mnist)
        st.caption(f":material/menu_book: {FILTERS[name].paper}.")
    with right:
        _measured(trained, mnist, chosen, float(epsilon), min(int(count), len(mnist.test)))


def _sees(chosen: FilterConfig, mnist: Mnist) -> None:
    """One image, and what the network gets to see of it."""
    image = mnist.test.images[:1]
    with torch.no_grad():
        seen = FILTERS[chosen.name].make(chosen.strength)(image)
    with st.container(horizontal=True, gap="small"):
        for pixels, words in ((image, "Image"), (seen, "Network input")):
            st.image(picture(pixels[0, 0].numpy(), size=84), width=84, caption=words, alt=words)


def _measured(trained: TrainedNetwork, mnist: Mnist, chosen: FilterConfig, epsilon: float, count: int) -> None:
    models, key, store = threat_models(), trained.key, results(mnist)
    batches = [Batch(at, min(at + PART, count), count) for at in range(0, count, PART)]
    filtered = {name: [model.task(key, chosen, epsilon, batch) for batch in batches] for name, model in models.items()}
    bare = {name: [model.bare_task(key, epsilon, batch) for batch in batches] for name, model in models.items()}
    line = list(dict.fromkeys(task for name in models for tasks in (filtered, bare) for task in tasks[name]))
    work = Piecework(
        "adv_filters", "Measure", help=f"{len(models)} attacks on {count} images, with and without the filter."
    )

    def one(task: AttackTask, progress: Callable[[float], None]) -> Predictions:
        return store.measure(task, {key: trained.model})

    def body() -> None:
        kept = store.known([key])
        work.buttons(sum(task in kept for task in line), len(line), "measurements")
        with st.container(key="adv_filters_result"):
            right = gathered(kept, filtered, bare)
            if right[WHOLE]:
                _shown(right, models, chosen.random, epsilon, count, mnist)
        work.go_on(line, kept, one)

    work.part(body)


def gathered(kept: dict[AttackTask, Predictions], filtered: Tasks, bare: Tasks) -> Right:
    """For both sides, by threat model: how often each image is still classified correctly; complete ones only."""

    def whole(tasks: list[AttackTask]) -> PerImageAccuracy | None:
        known = [kept[task] for task in tasks if task in kept]
        return tuple(joined(known).right.tolist()) if len(known) == len(tasks) else None

    found: Right = {WHOLE: {}, BARE: {}}
    for name in filtered:
        with_it, without = whole(filtered[name]), whole(bare[name])
        if with_it is not None and without is not None:
            found[WHOLE][name], found[BARE][name] = with_it, without
    return found


def _shown(
    right: Right, models: dict[str, ThreatModel], random: bool, epsilon: float, count: int, mnist: Mnist
) -> None:
    verdict, masked = filters_verdict(right, models, random=random)
    if masked:
        st.warning(verdict, icon=":material/visibility_off:")
    elif verdict:
        st.info(verdict, icon=":material/filter_alt:")
    names = list(right[WHOLE])
    twins = [
        Accuracies(
            [sum(right[side][name]) / count for name in names],
            [Proportion(round(sum(right[side][name])), count).interval for name in names],
            color,
            side,
        )
        for side, color in ((WHOLE, BLUE), (BARE, ORANGE))
    ]
    fig = intervals([models[name].title for name in names], *twins, x_title="robust accuracy")
    chart(fig, "adv_filters_bars", alt=verdict or "Robust accuracy under each attack, with and without the filter.")
    times = f" With the filter each image is classified {READINGS} times." if random else ""
    st.caption(
        f"On {which_images(mnist, count)}, ε = {epsilon:g}, L∞. Error bars: 95% intervals. Dotted: chance level. "
        f"Without a filter the adaptive attacks are plain PGD.{times} {BY_TEST}"
    )
