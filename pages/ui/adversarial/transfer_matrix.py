"""Part of "Transfer": the matrix fills while it is measured, can be stopped, and loses nothing."""

import json
from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st
from torch import Tensor, nn

from core.attacks import ATTACKS
from core.attacks.config import AttackConfig
from core.data.digits import Mnist
from core.formatting import article
from core.lessons.adversarial.charts.many_images import Cell, transfer_figure
from core.lessons.adversarial.tasks import CHUNK, NOTHING, images_of, named, sample, size
from core.lessons.adversarial.transfer import (
    Fooled,
    Passage,
    beside_noise,
    control,
    fooled,
    gathered,
    make,
    passages,
    read,
)
from core.models.paired_test import Paired
from pages.ui.adversarial.compared_networks import Entrant
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

    networks: tuple[Entrant, ...]
    config: AttackConfig
    n: int

    @property
    def line(self) -> list[Passage]:
        """All there is to measure."""
        return self._of(self.n)

    @property
    def first(self) -> list[Passage]:
        """What is measured without being asked: a small sample; of slow attacks what they are judged by."""
        swift = size(named(self.config)) == CHUNK
        return [passage for passage in self._of(min(self.n, SMALL)) if swift or not passage.maker]

    @property
    def question(self) -> tuple[object, ...]:
        """What decides the matrix, to tell one from another."""
        return (*(network.key for network in self.networks), named(self.config), self.n)

    def _of(self, n: int) -> list[Passage]:
        names = [network.key for network in self.networks]
        return passages(names, named(self.config), named(control(self.config)), n)


def matrix(mnist: Mnist, setup: Setup) -> None:
    """The matrix with its buttons; a hundred images are measured without a click, the rest on request."""
    every, first = setup.line, setup.first
    begin(KEY, (data_key(mnist), *setup.question), first, _known(mnist, setup))
    count = len(setup.networks)
    work = Piecework(
        KEY,
        "Measure",
        help=f"{setup.n:,} images, attacked on each of {count} networks and tested on all of them, a few at "
        "a time. It can be stopped and goes on later.",
    )

    def body() -> None:
        kept = _known(mnist, setup)
        line = ahead(KEY, first, every, kept)
        work.buttons(sum(passage in kept for passage in line), len(line), "tests")
        with st.container(key="adv-transfer-result"):
            _result(mnist, setup, kept)

        def one(passage: Passage, progress: Callable[[float], None]) -> Tensor:
            return _measure(mnist, setup, passage)

        work.go_on(line, kept, one)

    work.part(body)


def _measure(mnist: Mnist, setup: Setup, passage: Passage) -> Tensor:
    models = {network.key: network.model for network in setup.networks}
    if passage.attack:
        maker = passage.maker or setup.networks[0].key  # noise is the same, whichever network it is given
        images = _made(passage.maker, data_key(mnist), passage.attack, passage.part, models[maker], mnist)
    else:
        images = mnist.test.images[images_of(mnist.test, passage.part)]
    reads = read(models[passage.tester], images)
    _store(data_key(mnist), passage.tester)[passage] = reads
    return reads


@st.cache_resource(max_entries=24, show_spinner=False)
def _made(maker: str, data: str, how: str, part: int, _model: nn.Module, _mnist: Mnist) -> Tensor:
    """A piece of attacked images, kept while one network after the other reads them."""
    return make(_model, _mnist.test, AttackConfig.from_json(json.loads(how)), part)


@st.cache_resource(max_entries=24, show_spinner=False)
def _store(data: str, tester: str) -> dict[Passage, Tensor]:
    return {}


def _known(mnist: Mnist, setup: Setup) -> dict[Passage, Tensor]:
    every: dict[Passage, Tensor] = {}
    for network in setup.networks:
        every |= _store(data_key(mnist), network.key)
    return every


def _result(mnist: Mnist, setup: Setup, kept: dict[Passage, Tensor]) -> None:
    counts = count(mnist, setup, kept)
    names = [network.name for network in setup.networks]
    cells = [[Cell(one.fooled, one.n, *one.ci95) for one in row] for row in counts]
    chart(transfer_figure(cells, [*names, NOISE], names, own=len(names)), "adv_transfer_chart", still=True)
    seen = max(len(gathered(kept, "", NOTHING, network.key, setup.n)) for network in setup.networks)
    aim = "misreads" if setup.config.target is None else f"reads as {article(setup.config.target)}"
    st.caption(
        f"Share of images that the network of the column {aim}, among those that it and the network of the "
        "row read correctly before; framed: made and tested on the same one. "
        f"{ATTACKS[setup.config.name].title}, ε = {setup.config.budget:g}, on {which_images(mnist, seen)}. "
        "Point at a cell for its 95% interval."
    )
    st.markdown("\n".join(f"- {line}" for line in told(names, counts, beside(mnist, setup, kept))))


def count(mnist: Mnist, setup: Setup, kept: dict[Passage, Tensor]) -> list[list[Fooled]]:
    """Rows: made on each network, then noise. Columns: tested on each."""
    how, noise = named(setup.config), named(control(setup.config))
    labels = mnist.test.labels[sample(len(mnist.test), setup.n)]
    keys = [network.key for network in setup.networks]
    clean = {key: gathered(kept, "", NOTHING, key, setup.n) for key in keys}

    def cell(maker: str, tester: str) -> Fooled:
        made = gathered(kept, maker, how if maker else noise, tester, setup.n)
        return fooled(made, clean[tester], clean[maker or tester], labels, setup.config.target)

    return [[cell(maker, tester) for tester in keys] for maker in (*keys, "")]


def beside(mnist: Mnist, setup: Setup, kept: dict[Passage, Tensor]) -> list[list[Paired]]:
    """Rows: made on each network. Columns: tested on each; every cell against noise on the same images."""
    how, noise = named(setup.config), named(control(setup.config))
    labels = mnist.test.labels[sample(len(mnist.test), setup.n)]
    keys = [network.key for network in setup.networks]
    clean = {key: gathered(kept, "", NOTHING, key, setup.n) for key in keys}
    noisy = {key: gathered(kept, "", noise, key, setup.n) for key in keys}

    def cell(maker: str, tester: str) -> Paired:
        made = gathered(kept, maker, how, tester, setup.n)
        return beside_noise(made, noisy[tester], clean[tester], clean[maker], labels, setup.config.target)

    return [[cell(maker, tester) for tester in keys] for maker in keys]
