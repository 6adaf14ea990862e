"""Carlini & Wagner: shorter than DeepFool, and as sure of it as asked."""

import pytest
import torch
from torch import Tensor

from core.attacks.config import AttackConfig
from core.attacks.norms import NORMS
from core.attacks.run import attack
from tests.core.attacks.small_nets import small_mlp, some_digits

N = 10  # images


def made(name: str, **settings: float) -> tuple[Tensor, Tensor, Tensor]:
    """Lengths, leads of the best wrong digit over the label, and the images."""
    images, labels = some_digits(N)
    attacked = attack(small_mlp(), images, labels, AttackConfig(name, 28, settings))
    outputs = small_mlp()(attacked).detach()
    own = outputs.gather(1, labels[:, None])[:, 0]
    others = outputs.scatter(1, labels[:, None], -torch.inf).amax(1)
    return NORMS["l2"].size(attacked - images), others - own, attacked


def test_shorter_than_deepfool() -> None:
    ours, lead, _ = made("carlini-wagner")
    deepfool, _, _ = made("deepfool")
    assert (lead > 0).all()
    assert float(ours.median()) < float(deepfool.median())


def test_confidence_is_kept_and_costs_length() -> None:
    near, _, _ = made("carlini-wagner", steps=60, binary_search_steps=4)
    far, lead, _ = made("carlini-wagner", steps=60, binary_search_steps=4, confidence=3)
    assert float(lead.min()) >= 3
    assert float(far.median()) > float(near.median())


def test_weights_are_searched_for_from_any_start() -> None:
    """A first weight far too small or too large ends at like lengths, once there are searches enough."""
    low, high = (
        made("carlini-wagner", initial_const=const, binary_search_steps=9, steps=40)[0].median()
        for const in (1e-2, 1e2)
    )
    assert float(low) == pytest.approx(float(high), rel=0.25)


def test_what_cannot_be_reached_stays_as_it_was() -> None:
    images, _ = some_digits(N)
    _, _, attacked = made("carlini-wagner", steps=2, binary_search_steps=1, initial_const=1e-4)
    right = small_mlp()(images).argmax(1) == small_mlp()(attacked).argmax(1)
    assert torch.equal(attacked[right], images[right])
