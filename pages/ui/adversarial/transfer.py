"""Tab: do adversarial examples made on one network transfer to another?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.attacks import ATTACKS
from core.attacks.config import AttackConfig
from core.attacks.norms import NORMS
from core.config.proportion import Proportion
from core.data.digits import Mnist
from core.export.attack import attack_function
from core.formatting import article, percent
from core.lessons.adversarial.charts.many_images import Cell, transfer_figure
from core.lessons.adversarial.tasks import CHUNK, AttackTask, Predictions, gather, sample, size
from core.lessons.adversarial.transfer import against_noise, lined_up
from core.lessons.adversarial.transfer import matrix as counted
from core.models.paired_test import Paired
from core.models.trained_network import TrainedNetwork
from pages.ui.adversarial.attack_choice import attack_choice
from pages.ui.adversarial.attack_results import results
from pages.ui.adversarial.samples import SMALL, ahead, begin, image_count
from pages.ui.kit.network.compared_networks import compared
from pages.ui.kit.network.network_panel import panel
from pages.ui.kit.shell.page import controls_and_stage
from pages.ui.kit.widgets.cached_results import data_key, which_images
from pages.ui.kit.widgets.chart import chart
from pages.ui.kit.widgets.incremental_work import Piecework

FIRST = ("cnn-bn", "cnn-lab", "mlp-deep", "mlp-autograd", "cnn-robust")
CODE = f"""\
import torch
from torch.nn import functional

{attack_function("fgsm", "epsilon")}

for made_on, a in networks.items():
    attacked = fgsm(a.eval(), images, labels, epsilon=0.2)
    for tested_on, b in networks.items():
        b.eval()
        both = (a(images).argmax(1) == labels) & (b(images).argmax(1) == labels)
        wrong = b(attacked).argmax(1) != labels          # b's gradients are never used
        share = wrong[both].float().mean()
        print(f"{{made_on}} → {{tested_on}}: {{share:.1%}} of {{int(both.sum())}}")
"""


@panel
def transfer(trained: TrainedNetwork, mnist: Mnist) -> None:
    """The matrix, with the noise that any transfer must beat below it."""
    networks = compared("adv_transfer_networks", trained, FIRST)  # many: they need the whole width
    left, right = controls_and_stage(1.0, 2.2)
    with left:
        knows = [name for name, entry in ATTACKS.items() if entry.access != "nothing"]
        config = attack_choice("adv_transfer", only=knows)
        n = image_count("adv_transfer_n", mnist)
    with right:
        stage = st.container()  # filled last: it may work for a moment
    with st.expander("Why transferability matters", icon=":material/key:"):
        st.markdown(
            "A white-box attack needs the target network's gradients. If adversarial examples *transfer*, an attacker "
            "can train a surrogate network on similar data, attack that, and use the images on the target: keeping a "
            "network secret then protects little (Papernot, McDaniel & Goodfellow 2016).\n\n"
            "Only images that both networks classify correctly when clean are counted; **n** is their number. The "
            f"bottom row is the control: random noise with the same ε ({NORMS[ATTACKS[config.name].norm].title}). "
            "An attack success rate no higher than the control's is no transfer."
        )
    with st.expander("Show the code", icon=":material/code:"):
        st.code(CODE, language="python")
    with stage:
        if networks:
            matrix(mnist, Setup(tuple(networks), config, n))
        else:
            st.info("Choose at least one network, preferably two.", icon=":material/hub:")


# Part of "Transfer": the matrix fills while it is measured, can be stopped, and loses nothing.


Pair = tuple[str, str, Proportion]


def describe(
    names: Sequence[str], counts: Sequence[Sequence[Proportion]], beside: Sequence[Sequence[Paired]]
) -> list[str]:
    """Sentences on rows (made on each of `names`, then noise) by columns (tested on each of `names`).

    beside: the same rows but the last, each cell compared with noise on the same images.
    Which pair transfers most and least, how many pairs beat the noise, which network's images travel best.
    """
    pairs = [
        (made, tested, counts[row][column])
        for row, made in enumerate(names)
        for column, tested in enumerate(names)
        if row != column and counts[row][column].n
    ]
    if not pairs:
        return ["Transfer needs at least two networks."] if len(names) < 2 else []
    lines = [_extremes(pairs), _against_noise(names, beside)]
    if len(names) > 2:
        lines.append(_travelers(names, pairs))
    return [line for line in lines if line]


def _extremes(pairs: Sequence[Pair]) -> str:
    best = max(pairs, key=lambda pair: pair[2].share)
    least = min(pairs, key=lambda pair: pair[2].share)
    most = f"Highest transfer: **{best[0]}** → **{best[1]}**, {_share(best[2])}"
    if len(pairs) == 1 or best[2].share == least[2].share:
        return f"{most}."
    words = f"{most}; lowest: **{least[0]}** → **{least[1]}**, {_share(least[2])}."
    if not least[2].below(best[2]):
        words += " Their 95% intervals overlap."
    return words


def _against_noise(names: Sequence[str], beside: Sequence[Sequence[Paired]]) -> str:
    """How many pairs misclassify clearly more than under noise of the same ε on the same images."""
    known = [
        (f"{made} → {tested}", beside[row][column])
        for row, made in enumerate(names)
        for column, tested in enumerate(names)
        if row != column and beside[row][column].n
    ]
    if not known:
        return ""
    rest = [pair for pair, cell in known if cell.ci95[0] <= 0]
    if not rest:
        every = "Every pair is" if len(known) > 1 else "This pair is"
        return f"{every} clearly above random noise of the same ε on the same images: the examples transfer."
    if len(rest) == len(known):
        return "No pair is clearly above random noise of the same ε: nothing transfers."
    few = ", ".join(rest[:4]) + (" and others" if len(rest) > 4 else "")
    return (
        f"{len(known) - len(rest)} of {len(known)} pairs are clearly above random noise of the same ε on the same "
        f"images; not so {few}."
    )


def _travelers(names: Sequence[str], pairs: Sequence[Pair]) -> str:
    """The best surrogate on average, and the most and the least vulnerable target."""
    out, into = {}, {}
    for name in names:
        gave = [cell.share for made, _, cell in pairs if made == name]
        took = [cell.share for _, tested, cell in pairs if tested == name]
        if len(gave) < len(names) - 1 or len(took) < len(names) - 1:
            return ""  # not measured yet
        out[name], into[name] = sum(gave) / len(gave), sum(took) / len(took)
    giver, hard = max(out, key=lambda name: out[name]), min(into, key=lambda name: into[name])
    soft = max(into, key=lambda name: into[name])
    return (
        f"Best surrogate on average: **{giver}** (attack success rate {percent(out[giver], 0)}). Most vulnerable "
        f"target: **{soft}** ({percent(into[soft], 0)}); least: **{hard}** ({percent(into[hard], 0)})."
    )


def _share(cell: Proportion) -> str:
    return f"{percent(cell.share, 0)} of {cell.n:,} images"


KEY = "adv_transfer"
NOISE = "random noise"


@dataclass(frozen=True, eq=False)
class Setup:
    """A matrix: networks, the attack on each, and how many images."""

    networks: tuple[TrainedNetwork, ...]
    config: AttackConfig
    n: int

    @property
    def tasks(self) -> list[AttackTask]:
        """All there is to measure."""
        return self._of(self.n)

    @property
    def first(self) -> list[AttackTask]:
        """What is measured without being asked: a small sample; of slow attacks what they are judged by."""
        swift = size(self.config) == CHUNK
        return [task for task in self._of(min(self.n, SMALL)) if swift or not task.source]

    @property
    def question(self) -> tuple[object, ...]:
        """What decides the matrix, to tell one from another."""
        return (*self.keys, self.config, self.n)

    def _of(self, n: int) -> list[AttackTask]:
        return lined_up(self.keys, self.config, n)

    @property
    def keys(self) -> list[str]:
        """The names by which results of these networks are kept."""
        return [network.key for network in self.networks]


def matrix(mnist: Mnist, setup: Setup) -> None:
    """The matrix with its buttons; a hundred images are measured without a click, the rest on request."""
    every, first, store = setup.tasks, setup.first, results(mnist)
    models = {network.key: network.model for network in setup.networks}
    begin(KEY, (data_key(mnist), *setup.question), first, store.known(setup.keys))
    count = len(setup.networks)
    work = Piecework(
        KEY,
        "Measure",
        help=f"{setup.n:,} images, attacked on each of {count} networks and tested on all of them. It can be "
        "stopped and resumed.",
    )

    def body() -> None:
        kept = store.known(setup.keys)
        line = ahead(KEY, first, every, kept)
        place = st.container(key="adv-transfer-result")
        work.buttons(sum(task in kept for task in line), len(line), "evaluations")
        _result(mnist, setup, kept, place)

        def one(task: AttackTask, progress: Callable[[float], None]) -> Predictions:
            return store.measure(task, models)

        work.go_on(line, kept, one)

    work.part(body)


def _result(mnist: Mnist, setup: Setup, kept: dict[AttackTask, Predictions], place: DeltaGenerator) -> None:
    """The matrix in its place, its sentences below the buttons."""
    labels = mnist.test.labels[sample(len(mnist.test))[: setup.n]]
    counts = counted(kept, setup.keys, setup.config, labels)
    names = [network.title for network in setup.networks]
    cells = [[Cell(one.k, one.n, *one.interval) for one in row] for row in counts]
    seen = max(len(gather(kept, key, None, setup.n)) for key in setup.keys)
    aim = "misclassifies" if setup.config.target is None else f"predicts as {article(setup.config.target)}"
    st.caption(
        f"Attack success rate: share of images that the target (column) {aim}, of those that source and target both "
        "classify correctly when clean. Framed: source and target are the same. "
        f"{ATTACKS[setup.config.name].title}, ε = {setup.config.budget:g}, on {which_images(mnist, seen)}. "
        "Hover over a cell for its 95% interval."
    )
    beside = against_noise(kept, setup.keys, setup.config, labels)
    lines = describe(names, counts, beside)
    st.markdown("\n".join(f"- {line}" for line in lines))
    with place:
        fig = transfer_figure(cells, [*names, NOISE], names, own=len(names))
        chart(fig, "adv_transfer_chart", still=True, alt=" ".join(lines) or "Transfer matrix: not measured yet.")
