"""Results of attacks on many test images and on one, cached so that each is computed once.

Everything here is shared by all sessions. An attack on one image is named by the network, the image's pixels,
the label and the attack's whole config.
"""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import streamlit as st
import torch
from torch import Tensor, nn

from core.attacks import ATTACKS
from core.attacks.config import AttackConfig
from core.attacks.run import attack
from core.data.digits import Digits, Mnist
from core.lessons.adversarial.minimal_epsilon import FARTHEST, Bisection, smallest_epsilon
from core.lessons.adversarial.tasks import AttackResults
from core.lessons.adversarial.trajectory import Moment, attack_path
from core.models.trained_network import TrainedNetwork
from pages.ui.kit.widgets.cached_results import data_key

KEY: dict[str | type[Any], Callable[[Any], Any]] = {AttackConfig: hash}  # it is its own key
FRAMES = 61  # moments of a path that the film shows at most


def results(mnist: Mnist) -> AttackResults:
    """What is known of attack tasks on these test images."""
    return results_on(data_key(mnist), mnist.test)


@st.cache_resource(max_entries=2, show_spinner=False)
def results_on(data: str, _digits: Digits) -> AttackResults:
    """The one store for digits of that name."""
    return AttackResults(_digits)


def attacked(trained: TrainedNetwork, image: Tensor, label: int, config: AttackConfig) -> Tensor:
    """The attacked image (1, 28, 28). image: (1, 28, 28) in [0, 1]. label: what it shows."""
    with st.spinner(f"Running {ATTACKS[config.name].title}…"):
        return _attacked(trained.key, _pixels(image), label, config, trained.model, image)


def path(trained: TrainedNetwork, image: Tensor, label: int, config: AttackConfig) -> list[Moment]:
    """The steps of the attack, thinned to at most FRAMES."""
    with st.spinner(f"Running {ATTACKS[config.name].title} step by step…"):
        return _path(trained.key, _pixels(image), label, config, trained.model, image)


def smallest(trained: TrainedNetwork, image: Tensor, label: int, config: AttackConfig) -> Bisection:
    """The search for the smallest ε with which the attack succeeds; the config's own ε is not used."""
    entry = ATTACKS[config.name]
    with st.spinner(f"Searching for the smallest ε of {entry.title}…"):
        return _smallest(trained.key, _pixels(image), label, replace(config, epsilon=0.0), trained.model, image)


def search_end(config: AttackConfig) -> float:
    """The largest ε that `smallest` tries, in the attack's norm."""
    return FARTHEST[ATTACKS[config.name].norm]


def _pixels(image: Tensor) -> str:
    return hashlib.blake2b(image.numpy().tobytes(), digest_size=12).hexdigest()


@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs=KEY)
def _attacked(key: str, pixels: str, label: int, config: AttackConfig, _model: nn.Module, _image: Tensor) -> Tensor:
    return attack(_model, _image[None], torch.tensor([label]), config)[0]


@st.cache_resource(max_entries=16, show_spinner=False, hash_funcs=KEY)
def _path(key: str, pixels: str, label: int, config: AttackConfig, _model: nn.Module, _image: Tensor) -> list[Moment]:
    return attack_path(_model, _image, label, config, most=FRAMES)


@st.cache_resource(max_entries=128, show_spinner=False, hash_funcs=KEY)
def _smallest(key: str, pixels: str, label: int, config: AttackConfig, _model: nn.Module, _image: Tensor) -> Bisection:
    (found,) = smallest_epsilon(_model, _image[None], torch.tensor([label]), config)
    return found
