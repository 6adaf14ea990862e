"""What attacks on one image came to, kept so that each is carried out once.

Everything here is shared by all sessions and read-only. A result is named by the network, the image's pixels,
the label and the attack's whole config.
"""

import hashlib
import json

import streamlit as st
import torch
from torch import Tensor, nn

from core.attacks import ATTACKS
from core.attacks.config import AttackConfig
from core.attacks.run import attack
from core.lessons.adversarial.minimal_epsilon import FARTHEST, Bisection, smallest_epsilon
from core.lessons.adversarial.trajectory import Moment, attack_path
from pages.ui.kit.network.trained_network import Trained

FRAMES = 61  # moments of a path that the film shows at most


def attacked(trained: Trained, image: Tensor, label: int, config: AttackConfig) -> Tensor:
    """The attacked image (1, 28, 28). image: (1, 28, 28) in [0, 1]. label: what it shows."""
    with st.spinner(f"{ATTACKS[config.name].title} is looking for a change…"):
        return _attacked(trained.key, _pixels(image), label, _named(config), trained.model, image)


def path(trained: Trained, image: Tensor, label: int, config: AttackConfig) -> list[Moment]:
    """The steps of the attack, thinned to at most FRAMES."""
    with st.spinner(f"{ATTACKS[config.name].title} walks its path…"):
        return _path(trained.key, _pixels(image), label, _named(config), trained.model, image)


def smallest(trained: Trained, image: Tensor, label: int, config: AttackConfig) -> Bisection:
    """The search for the smallest ε with which the attack fools; the config's own ε is not used."""
    entry = ATTACKS[config.name]
    named = _named(AttackConfig(config.name, 0.0, config.settings, config.target, config.restarts, config.seed))
    with st.spinner(f"Looking for the smallest ε of {entry.title}…"):
        return _smallest(trained.key, _pixels(image), label, named, trained.model, image)


def search_end(config: AttackConfig) -> float:
    """The largest ε that `smallest` tries, in the attack's norm."""
    return FARTHEST[ATTACKS[config.name].norm]


def _named(config: AttackConfig) -> str:
    return json.dumps(config.to_json(), sort_keys=True)


def _pixels(image: Tensor) -> str:
    return hashlib.blake2b(image.numpy().tobytes(), digest_size=12).hexdigest()


def _config(named: str) -> AttackConfig:
    return AttackConfig.from_json(json.loads(named))


@st.cache_resource(max_entries=64, show_spinner=False)
def _attacked(key: str, pixels: str, label: int, named: str, _model: nn.Module, _image: Tensor) -> Tensor:
    return attack(_model, _image[None], torch.tensor([label]), _config(named))[0]


@st.cache_resource(max_entries=16, show_spinner=False)
def _path(key: str, pixels: str, label: int, named: str, _model: nn.Module, _image: Tensor) -> list[Moment]:
    return attack_path(_model, _image, label, _config(named), most=FRAMES)


@st.cache_resource(max_entries=128, show_spinner=False)
def _smallest(key: str, pixels: str, label: int, named: str, _model: nn.Module, _image: Tensor) -> Bisection:
    (found,) = smallest_epsilon(_model, _image[None], torch.tensor([label]), _config(named))
    return found
