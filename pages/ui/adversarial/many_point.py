"""Part of "Many images": one point of one curve: its adversarial images and their predictions."""

from collections.abc import Sequence

import numpy as np
import streamlit as st
import torch
from torch import Tensor, nn

from core.attacks import ATTACKS
from core.attacks.config import AttackConfig
from core.attacks.norms import NORMS, NormName, column, within_rounding
from core.attacks.run import attack
from core.charts.heatmaps import confusion_figure
from core.charts.intervals import digit_accuracy_figure
from core.config.proportion import Proportion
from core.data.digits import CLASSES, Mnist
from core.formatting import article, interval, percent
from core.lessons.adversarial.result import judge
from core.lessons.adversarial.robust_accuracy import lost, lost_within, shares
from core.lessons.adversarial.tasks import FEW, Predictions, configs, gather, size
from core.models.trained_network import TrainedNetwork
from pages.ui.adversarial.attack_results import KEY, results
from pages.ui.adversarial.many_choice import Choice
from pages.ui.kit.network.gallery import digit_gallery, weight_gallery
from pages.ui.kit.shell import choices
from pages.ui.kit.widgets.binding import renamed
from pages.ui.kit.widgets.cached_results import data_key
from pages.ui.kit.widgets.chart import chart

SHEET = 30
IMAGES, CHANGES = "adversarial images", "perturbations"
renamed("adv_many_show", {"the images": IMAGES, "what was changed": CHANGES})


def point(mnist: Mnist, choice: Choice) -> None:
    """Choose a point and look at it; nothing but what the curves have measured is counted."""
    if not choice.networks:
        return
    network, name, epsilon = _pick(choice)
    config = configs(name, (epsilon,), choice.steps)[0]
    kept = results(mnist).known([network.key])
    clean = gather(kept, network.key, None, choice.n)
    reads = gather(kept, network.key, config, choice.n)
    n = min(len(clean), len(reads))
    if not n:
        st.info(
            "This point is not measured yet. Press **Measure** or **Resume** above.", icon=":material/hourglass_empty:"
        )
        return
    taken = Taken(clean, reads, mnist.test.labels, choice.norm, epsilon, ATTACKS[name].bounded)
    _numbers(taken)
    _sheet(mnist, network, config, taken)
    left, right = st.columns(2, gap="large")
    with left:
        _confusion(taken)
    with right:
        _digits(taken)


class Taken:
    """The n images known at a point. places, labels: (n,). read: (n,) the reading after the attack.

    won: (n,) classified correctly before and no more. far: (n,) changed by more than ε by an attack that looked for
    the smallest change: no success within ε, so the original counts.
    """

    def __init__(
        self, clean: Predictions, reads: Predictions, labels: Tensor, norm: NormName, epsilon: float, bounded: bool
    ) -> None:
        n = min(len(clean), len(reads))
        self.places, self.labels = clean.places[:n], labels[clean.places[:n]]
        self.before, self.read = clean.read[:n].long(), reads.read[:n].long()
        self.far = torch.zeros(n, dtype=torch.bool)
        if bounded:
            self.lost = lost(reads, labels)[:n]
        else:
            self.lost = lost_within(reads, clean, labels, norm, epsilon)
            self.far = reads.sizes(norm)[:n] > within_rounding(epsilon)
            self.read = torch.where(self.far, self.before, self.read)
        self.won = self.lost & (self.before == self.labels)
        self.sizes = {name: reads.sizes(name)[:n] for name in NORMS}

    def __len__(self) -> int:
        return len(self.places)


def _pick(choice: Choice) -> tuple[TrainedNetwork, str, float]:
    networks = {network.title: network for network in choice.networks}
    titles = {ATTACKS[name].title: name for name in (*choice.attacks[1:], choice.attacks[0])}
    columns = st.columns([1.2, 1.2, 2], gap="medium")
    with columns[0]:
        which = st.selectbox(
            "Attack",
            list(titles),
            key=f"adv_many_at_attack_{choice.norm}",
            bind="query-params",
            help="One of those in the chart.",
        )
    with columns[1]:
        whose = st.selectbox(
            "Network", list(networks), key="adv_many_at_network", bind="query-params", help="One of those in the chart."
        )
    with columns[2]:
        middle = choice.epsilons[(len(choice.epsilons) - 1) // 2]
        grid = f"{choice.norm}_{choice.epsilons[-1]:g}_{len(choice.epsilons)}"
        with choices.budget(f"adv_many_at_{grid}", choice.norm, choice.epsilons):
            epsilon = st.select_slider(
                "ε",
                choice.epsilons,
                middle,
                key=f"adv_many_at_{grid}",
                bind="query-params",
                format_func=lambda value: f"{value:g}",
                help="One of the values in the chart.",
            )
    return networks[str(whose)], titles[str(which)], float(epsilon)


def _numbers(taken: Taken) -> None:
    share = shares([taken.lost])[0]
    low, high = share.interval
    won = taken.won
    with st.container(horizontal=True, gap="medium"):
        st.metric(
            "Robust accuracy",
            percent(share.share),
            f"of {share.n:,} images",
            width=170,
            delta_color="off",
            delta_arrow="off",
            help=f"{share.k:,} of {share.n:,} images are classified correctly; 95% interval {interval(low, high)}.",
        )
        st.metric(
            "Successful attacks",
            f"{int(won.sum()):,} of {int((taken.before == taken.labels).sum()):,}",
            width=150,
            help="Of the images classified correctly when clean, how many are misclassified after the attack.",
        )
        for name, norm in NORMS.items():
            mean = f"{float(taken.sizes[name][won].double().mean()):.3g}" if won.any() else "–"
            st.metric(f"Mean {norm.title}", mean, width=110, help=f"Over the successful perturbations: {norm.idea}.")


def _sheet(mnist: Mnist, network: TrainedNetwork, config: AttackConfig, taken: Taken) -> None:
    """Some images at a time: the newly misclassified, those misclassified when clean, the rest."""
    before = taken.lost & ~taken.won  # misclassified when clean
    order = torch.cat([kind.nonzero().flatten() for kind in (taken.won, before, ~taken.lost)])
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        what = st.segmented_control(
            "Show",
            [IMAGES, CHANGES],
            default=IMAGES,
            required=True,
            key="adv_many_show",
            bind="query-params",
            help="The adversarial images, or their perturbations: orange brighter, blue darker.",
        )
        each = SHEET if size(config) > FEW else FEW  # slow attacks fill smaller pages
        pages = -(-len(order) // each)
        sheet = st.number_input(
            f"Page, 1 to {pages:,}",
            1,
            pages,
            key=f"adv_many_sheet_{pages}",
            bind="query-params",
            width=150,
            help=f"{each} images a page; those misclassified after the attack come first.",
        )
    here = order[(sheet - 1) * each : sheet * each]
    at = taken.places[here]
    images, labels = mnist.test.images[at], mnist.test.labels[at]
    made = _made(network.key, data_key(mnist), config, at.tolist(), network.model, mnist)
    made = torch.where(column(taken.far[here]), images, made)
    outcome = judge(network.model, images, labels, made, config)
    captions = [
        f"{int(label)} → {int(read)}" if label != read else f"{int(label)} ✓"
        for label, read in zip(outcome.labels, outcome.read, strict=True)
    ]
    if what == IMAGES:
        digit_gallery(outcome.attacked[:, 0].numpy(), captions, width=56)
    else:
        weight_gallery((outcome.attacked - outcome.images)[:, 0].numpy(), captions, width=56)
    also = int(before.sum())
    st.caption(
        "Below each: true class → predicted class; ✓ where classified correctly."
        + (f" Next: {also:,} misclassified when clean." if also else "")
    )


@st.cache_resource(max_entries=48, show_spinner="Computing the images…", hash_funcs=KEY)
def _made(key: str, data: str, config: AttackConfig, places: list[int], _model: nn.Module, _mnist: Mnist) -> Tensor:
    """The same images as were measured: each image's random numbers are its own."""
    at = torch.tensor(places)
    return attack(_model, _mnist.test.images[at], _mnist.test.labels[at], config, places=at)


def _confusion(taken: Taken) -> None:
    st.markdown("**Confusion matrix**")
    counts = np.zeros((CLASSES, CLASSES), dtype=int)
    np.add.at(counts, (taken.labels.numpy(), taken.read.numpy()), 1)
    off = counts - np.diag(np.diag(counts))
    if off.max():
        is_, read = np.unravel_index(off.argmax(), off.shape)
        into = off.sum(axis=0)
        most = int(into.argmax())
        words = (
            f"Most frequent error: {article(is_)} predicted as {article(read)} ({off[is_, read]:,} of "
            f"{counts[is_].sum():,}). Of {off.sum():,} misclassified images, {into[most]:,} are predicted as "
            f"{article(most)}."
        )
    else:
        words = "No image is misclassified."
    chart(confusion_figure(counts, height=360), "adv_many_confusion", still=True, alt=words)
    st.caption(words)


def _digits(taken: Taken) -> None:
    st.markdown("**Robust accuracy per class**")
    each = [_survived(taken, digit) for digit in range(CLASSES)]
    if any(share.n == 0 for share in each):
        st.caption("Too few images: not every class is among them.")
        return
    overall = shares([taken.lost])[0].share
    fig = digit_accuracy_figure(
        [share.share for share in each],
        [share.interval for share in each],
        [share.n for share in each],
        overall,
        height=360,
    )
    chart(fig, "adv_many_digits", still=True, alt=_apart(each))
    st.caption(_apart(each))


def _survived(taken: Taken, digit: int) -> Proportion:
    return shares([taken.lost[taken.labels == digit]])[0]


def _apart(each: Sequence[Proportion]) -> str:
    """The most and the least robust class, if their intervals tell them apart."""
    low = min(range(len(each)), key=lambda digit: each[digit].share)
    high = max(range(len(each)), key=lambda digit: each[digit].share)
    if each[low].share == each[high].share:
        return f"The same for every class: {percent(each[low].share)}."
    words = (
        f"Highest for the {high} ({percent(each[high].share, 0)} of {each[high].n:,}), lowest for the {low} "
        f"({percent(each[low].share, 0)} of {each[low].n:,})"
    )
    if each[low].below(each[high]):
        return words + "."
    return words + "; their 95% intervals overlap."
