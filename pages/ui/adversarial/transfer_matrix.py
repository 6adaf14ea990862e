"""Part of "Transfer": the matrix fills while it is measured, can be stopped, and loses nothing."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from core.attacks import ATTACKS
from core.attacks.config import AttackConfig
from core.data.digits import Mnist
from core.formatting import article
from core.lessons.adversarial.charts.many_images import Cell, transfer_figure
from core.lessons.adversarial.tasks import CHUNK, AttackTask, Predictions, gather, sample, size
from core.lessons.adversarial.transfer import against_noise, lined_up
from core.lessons.adversarial.transfer import matrix as counted
from core.models.trained_network import TrainedNetwork
from pages.ui.adversarial.attack_results import results
from pages.ui.adversarial.first_sample import SMALL, ahead, begin
from pages.ui.adversarial.transfer_words import told
from pages.ui.kit.widgets.cached_results import data_key, which_images
from pages.ui.kit.widgets.chart import chart
from pages.ui.kit.widgets.incremental_work import Piecework

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
    aim = "misreads" if setup.config.target is None else f"reads as {article(setup.config.target)}"
    st.caption(
        f"Share of images that the network of the column {aim}, among those that it and the network of the "
        "row read correctly before; framed: made and tested on the same one. "
        f"{ATTACKS[setup.config.name].title}, ε = {setup.config.budget:g}, on {which_images(mnist, seen)}. "
        "Point at a cell for its 95% interval."
    )
    beside = against_noise(kept, setup.keys, setup.config, labels)
    st.markdown("\n".join(f"- {line}" for line in told(names, counts, beside)))
