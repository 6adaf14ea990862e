"""Code with a mistake in it, under examination: a network, an update, and what the checks say of them."""

from dataclasses import dataclass

import streamlit as st

from core.backprop.bugs import BUGS
from core.backprop.network import loss_and_gradients
from core.config.run import Activation
from core.lessons.backprop.gradient_check import Agreement, agreement, autograd_gradients, fresh_network
from core.lessons.backprop.planted_bug import Planted, train_with
from core.lessons.backprop.update_check import update_check
from core.models.raw_mlp import tensor_names
from core.models.threads import one_thread
from pages.ui.kit.shell.cache import mnist

STEPS = 4
IMAGES = 10_000
SHAPES: dict[str, tuple[int, ...]] = {
    "784 → 100 → 10": (100,),
    "784 → 32 → 32 → 10": (32, 32),
    "784 → 10, no hidden layer": (),
}


@dataclass(frozen=True)
class Suspect:
    """bug: a name in BUGS. Everything else is as with the right code: the same start, the same batches."""

    bug: str
    hidden: tuple[int, ...] = (100,)
    activation: Activation = "sigmoid"
    lr: float = 0.01
    momentum: float = 0.9
    batch_size: int = 64

    @property
    def names(self) -> list[str]:
        """Its tensors, first layer first."""
        return [name for pair in tensor_names(len(self.hidden) + 1) for name in pair]


def suspects(hidden: tuple[int, ...], activation: Activation, momentum: float) -> list[str]:
    """Names of the bugs that show there."""
    return [name for name, bug in BUGS.items() if bug.shows(activation, len(hidden), momentum)]


def gradients(suspect: Suspect) -> list[Agreement]:
    """Each tensor's gradient with the bug, against autograd's, on the first batch of training images."""
    return _gradients(_data(), suspect)


def updates(suspect: Suspect) -> list[list[Agreement]]:
    """Each step's and tensor's way from the start, against torch.optim.SGD's."""
    return _updates(_data(), suspect)


def trainings(suspect: Suspect) -> tuple[Planted, Planted]:
    """The right code's run, and the one with the bug."""
    rest = (suspect.hidden, suspect.activation, suspect.lr, suspect.momentum, suspect.batch_size)
    return _train(_data(), None, *rest), _train(_data(), suspect.bug, *rest)


def _data() -> str:
    return f"{mnist().source}/{mnist().size}"


@st.cache_resource(max_entries=64, show_spinner=False)
@one_thread()
def _gradients(data: str, suspect: Suspect) -> list[Agreement]:
    layers = fresh_network(suspect.hidden, suspect.activation)
    batch = mnist().train.take(slice(0, suspect.batch_size))
    x, rules = batch.images.flatten(1).double(), BUGS[suspect.bug].rules
    mine = loss_and_gradients(layers, suspect.activation, x, batch.labels, rules=rules)[1]
    right = autograd_gradients(layers, suspect.activation, x, batch.labels)
    pairs = zip(mine, right, strict=True)
    return [agreement(a, b) for both in pairs for a, b in zip(*both, strict=True)]


@st.cache_resource(max_entries=64, show_spinner=False)
@one_thread()
def _updates(data: str, suspect: Suspect) -> list[list[Agreement]]:
    layers = fresh_network(suspect.hidden, suspect.activation)
    size, train = suspect.batch_size, mnist().train
    batches = [train.take(slice(step * size, (step + 1) * size)) for step in range(STEPS)]
    return update_check(
        layers,
        suspect.activation,
        [(b.images.flatten(1), b.labels) for b in batches],
        lr=suspect.lr,
        momentum=suspect.momentum,
        bug=BUGS[suspect.bug],
    )


@st.cache_resource(max_entries=128, show_spinner="Training…")
def _train(
    data: str,
    bug: str | None,
    hidden: tuple[int, ...],
    activation: Activation,
    lr: float,
    momentum: float,
    batch_size: int,
) -> Planted:
    return train_with(
        BUGS[bug] if bug else None,
        mnist().train,
        mnist().test,
        hidden=hidden,
        activation=activation,
        lr=lr,
        momentum=momentum,
        batch_size=batch_size,
        images=IMAGES,
    )
