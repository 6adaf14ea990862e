"""Rows about attacks: ours against foolbox's of the same name, on the same images with the same settings."""

import os
import warnings
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from benchmarks.measure import Row, Setup, Timed, timed
from core.attacks.config import AttackConfig
from core.attacks.run import CHUNK, attack
from core.config.errors import LabError
from core.data.digits import Digits
from core.models.trained_network import load_shipped

NETWORK = "cnn-bn"
QUICK = 20  # a quick run attacks one image in so many
FGSM = AttackConfig("fgsm", 0.3)
PGD = AttackConfig("pgd", 0.3, {"steps": 40, "step_size": 0.01})


def foolbox() -> Any:
    """The library, quiet about what it misses. Raises LabError where it is not installed."""
    os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")  # it looks for a git program that it does not need
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import foolbox
    except ImportError as error:
        raise LabError("foolbox is not installed, it comes with what the tests need: make test.") from error
    return foolbox


def ours(config: AttackConfig, digits: Digits) -> Callable[[], Tensor]:
    """Our attack on all of the images; gives what became of them."""
    model = load_shipped(NETWORK).model
    return lambda: attack(model, digits.images, digits.labels, config)


def theirs(how: Any, epsilon: float, digits: Digits) -> Callable[[], Tensor]:
    """foolbox's attack on a network of its own, used as its guide does, in batches as large as ours."""
    model = foolbox().PyTorchModel(load_shipped(NETWORK).model, bounds=(0, 1), device="cpu")
    batches = list(zip(torch.split(digits.images, CHUNK), torch.split(digits.labels, CHUNK), strict=True))
    return lambda: torch.cat([how(model, *batch, epsilons=epsilon)[1] for batch in batches])


def _against(config: AttackConfig, n: int, make: Callable[[Any], Any]) -> Callable[[Setup], tuple[Timed, Timed]]:
    def prepare(setup: Setup) -> tuple[Timed, Timed]:
        how = make(foolbox().attacks)
        digits = setup.mnist.test.take(slice(None, n // QUICK if setup.quick else n))
        return timed(ours(config, digits)), timed(theirs(how, config.budget, digits))

    return prepare


ROWS: dict[str, Row] = {
    "attack-fgsm-10k": Row(
        f"FGSM on {NETWORK}, ε 0.3, the 10,000 test images",
        "foolbox's FGSM, the same images in the same batches; it computes gradients of the weights too",
        1.0,
        _against(FGSM, 10_000, lambda attacks: attacks.FGSM()),
    ),
    "attack-pgd-1k": Row(
        f"PGD L∞ on {NETWORK}, ε 0.3, 40 steps of 0.01 from one random start, 1,000 test images",
        "foolbox's LinfPGD with the same steps, step size and kind of start, the same images in the same "
        "batches; it computes gradients of the weights too",
        1.0,
        _against(PGD, 1000, lambda attacks: attacks.LinfPGD(abs_stepsize=0.01, steps=40)),
        rounds=3,
    ),
}
