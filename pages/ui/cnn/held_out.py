"""Which images a temperature may be fitted on, and which it is then judged on: never the same."""

from dataclasses import dataclass

import streamlit as st

from core.config.errors import NotFound
from core.data import load
from core.data.digits import Digits, Mnist
from core.data.splits import lab_split, n_tested, validation_places
from core.jobs.training_job import Job
from pages.ui.kit.network.trained_network import Trained
from pages.ui.kit.shell.cache import registry, run_store, shipped_model

MOST = 5000  # validation images; one number needs no more


@dataclass(frozen=True, eq=False)
class HeldOut:
    """fit: images that the network was not trained on, to fit on. judge: others, to report on.

    name: tells one choice from another. told: a sentence that says which they are.
    """

    name: str
    fit: Digits
    judge: Digits
    told: str


def held_out(trained: Trained, mnist: Mnist) -> HeldOut:
    """The run's own validation images where it has some; else images that nothing was trained on."""
    test, train = mnist.test, trained.config.train
    same = _same_digits(trained, mnist)
    if train.split == "lab" and same:
        first, last = lab_split(test)
        return HeldOut(
            "lab",
            first,
            last,
            f"Fitted on the first {len(first):,} test images, this network's validation images, and measured "
            f"on the last {len(last):,}.",
        )
    if train.validation and same:
        places = validation_places(mnist.train, train.validation, train.seed)[1]
        fit = mnist.train.take(places[:: -(-len(places) // MOST)])
        return HeldOut(
            f"own-{train.validation}-{train.seed}",
            fit,
            test,
            f"Fitted on {len(fit):,} training images that this run held out for validation, and measured on "
            f"the {len(test):,} test images.",
        )
    if mnist.size == "full":
        fit = _bundled_test()
        return HeldOut(
            "bundled",
            fit,
            test,
            f"Fitted on {len(fit):,} images that every training on the whole MNIST leaves out (the bundled "
            f"test digits), and measured on the {len(test):,} test images.",
        )
    first, last = lab_split(test)
    own = train.split == "lab" or train.validation
    why = (
        "This network's own validation images are not among the digits in use"
        if own
        else "This run held out no validation images"
    )
    return HeldOut(
        "halves",
        first,
        last,
        f"{why}, so the {len(test):,} bundled test images are split: fitted on the first "
        f"{len(first):,}, measured on the last {len(last):,}.",
    )


def _same_digits(trained: Trained, mnist: Mnist) -> bool:
    """Whether the network was trained on the digits in use; what it held out of others is not here."""
    where, _, rest = trained.key.partition(":")
    if where == "shipped":
        return bool(shipped_model(rest).provenance.get("data") == mnist.size)
    if where == "run":
        return run_store().get(rest.rpartition("@")[0]).data == mnist.size
    try:
        n_test = registry().get(trained.key.rpartition("@")[0], Job).snapshot.n_test
        return n_test == n_tested(mnist.test, trained.config.train.split)
    except NotFound:
        return True


@st.cache_resource(max_entries=1, show_spinner=False)
def _bundled_test() -> Digits:
    return load("small").test
