"""Tab: do images that were made against one network fool another?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

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
        fooled = b(attacked).argmax(1) != labels         # b's gradients were never asked
        share = fooled[both].float().mean()
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
    with st.expander("Why does this matter?", icon=":material/key:"):
        st.markdown(
            "To follow the gradient an attacker needs the network itself. If images made on *another* one "
            "fool it too, he does not: he trains one of his own on similar digits, attacks that, and sends "
            "the images. Keeping a network secret then protects little. Papernot, McDaniel & Goodfellow "
            "(2016) named this transferability.\n\n"
            "An image counts only if both networks classify the clean image correctly: else a network that classifies "
            "badly anyway would look easily fooled. **n** says how many those are. The bottom row is the "
            f"control: random noise, as large as ε allows in {NORMS[ATTACKS[config.name].norm].title}, which "
            "knows no network. A transfer that does not beat it is none."
        )
    with st.expander("Show the code", icon=":material/code:"):
        st.code(CODE, language="python")
    with stage:
        if networks:
            matrix(mnist, Setup(tuple(networks), config, n))
        else:
            st.info("Choose at least one network, better two.", icon=":material/hub:")


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
        return ["Transfer needs two networks at least."] if len(names) < 2 else []
    lines = [_extremes(pairs), _against_noise(names, beside)]
    if len(names) > 2:
        lines.append(_travelers(names, pairs))
    return [line for line in lines if line]


def _extremes(pairs: Sequence[Pair]) -> str:
    best = max(pairs, key=lambda pair: pair[2].share)
    least = min(pairs, key=lambda pair: pair[2].share)
    most = f"Most transfers from **{best[0]}** to **{best[1]}**: {_share(best[2])}"
    if len(pairs) == 1 or best[2].share == least[2].share:
        return f"{most}."
    words = f"{most}; least from **{least[0]}** to **{least[1]}**: {_share(least[2])}."
    if not least[2].below(best[2]):
        words += " Their 95% intervals overlap."
    return words


def _against_noise(names: Sequence[str], beside: Sequence[Sequence[Paired]]) -> str:
    """How many pairs fool clearly more than noise of the same size does to the same images."""
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
        every = "Every pair fools" if len(known) > 1 else "This pair fools"
        return (
            f"{every} clearly more than random noise of the same size on the same images (95% interval of "
            "the difference above 0): the images transfer."
        )
    if len(rest) == len(known):
        return "No pair fools clearly more than random noise of the same size: here nothing transfers."
    few = ", ".join(rest[:4]) + (" and others" if len(rest) > 4 else "")
    return (
        f"{len(known) - len(rest)} of {len(known)} pairs fool clearly more than random noise of the same "
        f"size on the same images (95% interval of the difference above 0); not so {few}."
    )


def _travelers(names: Sequence[str], pairs: Sequence[Pair]) -> str:
    """Whose images fool the others most on average, and who is fooled most by the others' images."""
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
        f"On average over the others, images made on **{giver}** travel best ({percent(out[giver], 0)} fool "
        f"them); **{soft}** is fooled most by the others' images ({percent(into[soft], 0)}), **{hard}** "
        f"least ({percent(into[hard], 0)})."
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
        help=f"{setup.n:,} images, attacked on each of {count} networks and tested on all of them, a few at "
        "a time. It can be stopped and goes on later.",
    )

    def body() -> None:
        kept = store.known(setup.keys)
        line = ahead(KEY, first, every, kept)
        work.buttons(sum(task in kept for task in line), len(line), "tests")
        with st.container(key="adv-transfer-result"):
            _result(mnist, setup, kept)

        def one(task: AttackTask, progress: Callable[[float], None]) -> Predictions:
            return store.measure(task, models)

        work.go_on(line, kept, one)

    work.part(body)


def _result(mnist: Mnist, setup: Setup, kept: dict[AttackTask, Predictions]) -> None:
    labels = mnist.test.labels[sample(len(mnist.test))[: setup.n]]
    counts = counted(kept, setup.keys, setup.config, labels)
    names = [network.title for network in setup.networks]
    cells = [[Cell(one.k, one.n, *one.interval) for one in row] for row in counts]
    chart(transfer_figure(cells, [*names, NOISE], names, own=len(names)), "adv_transfer_chart", still=True)
    seen = max(len(gather(kept, key, None, setup.n)) for key in setup.keys)
    aim = "misclassifies" if setup.config.target is None else f"classifies as {article(setup.config.target)}"
    st.caption(
        f"Share of images that the network of the column {aim}, among those that it and the network of the "
        "row classified correctly before; framed: made and tested on the same one. "
        f"{ATTACKS[setup.config.name].title}, ε = {setup.config.budget:g}, on {which_images(mnist, seen)}. "
        "Point at a cell for its 95% interval."
    )
    beside = against_noise(kept, setup.keys, setup.config, labels)
    st.markdown("\n".join(f"- {line}" for line in describe(names, counts, beside)))
