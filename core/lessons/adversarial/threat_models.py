"""Ways to attack a network behind a filter: through the filter, and around it.

An attack through a filter asks the whole for its gradient. If the filter hides it, the attack must go around:
made on the bare network and shown to the defended one, made as if the filter did nothing backwards, or made
from outputs alone. The strongest of all counts (Athalye, Carlini & Wagner 2018).
"""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from core.attacks import ATTACKS
from core.attacks.config import AttackConfig
from core.attacks.run import attack
from core.lessons.adversarial.filtered_accuracy import PerImageAccuracy
from core.lessons.adversarial.filtered_network import Defended
from core.lessons.adversarial.sanity_evidence import black_boxes
from core.models.evaluation import logits

MadeOn = Literal["whole", "bare", "straight-through"]


@dataclass(frozen=True)
class ThreatModel:
    """title, idea: for people. attack: in ATTACKS, None for the images as they are. made_on: what the
    attacker sees: network and filter, the bare network, or both with the filter skipped backwards. around:
    whether it does not depend on the filter's gradient."""

    title: str
    idea: str
    attack: str | None
    made_on: MadeOn = "whole"
    around: bool = False


def ways() -> dict[str, ThreatModel]:
    """All ways by name, from harmless to strong; black boxes as far as ATTACKS has them."""
    found = {
        "clean": ThreatModel("untouched", "The images as they are.", None),
        "noise": ThreatModel("random noise", "The control: ±ε in each pixel, by a coin.", "noise"),
        "fgsm": ThreatModel("FGSM through it", "One step along the gradient of filter and network.", "fgsm"),
        "pgd": ThreatModel("PGD through it", "Many steps along the gradient of filter and network.", "pgd"),
        "bare": ThreatModel(
            "PGD around it: made without the filter",
            "Made on the bare network, then shown to both.",
            "pgd",
            "bare",
            True,
        ),
        "straight": ThreatModel(
            "PGD around it: filter skipped backwards (BPDA)",
            "Forwards through the filter, backwards as if there were none.",
            "pgd",
            "straight-through",
            True,
        ),
    }
    return found | {
        name: ThreatModel(
            f"{ATTACKS[name].title}: outputs only", "Asks for outputs, never for a gradient.", name, "whole", True
        )
        for name in black_boxes()
    }


def still_right(
    network: nn.Module,
    filter: nn.Module,
    images: Tensor,
    labels: Tensor,
    way: ThreatModel,
    epsilon: float,
    places: Tensor,
    readings: int = 1,
) -> PerImageAccuracy:
    """How often `network` behind `filter` reads each image (N, 1, 28, 28) correctly after that attack, 0…1.

    places: (N,) which images these are; they choose the attack's random numbers. readings: how many times
    each attacked image is read; more than once where the filter draws numbers.
    """
    whole = Defended(network, filter).eval()
    made = images
    if way.attack is not None:
        on = {
            "whole": whole,
            "bare": network,
            "straight-through": Defended(network, filter, straight_through=True).eval(),
        }[way.made_on]
        made = attack(on, images, labels, AttackConfig(way.attack, epsilon), places=places)
    right = torch.stack([logits(whole, made).argmax(1) == labels for _ in range(readings)])
    return tuple(right.double().mean(0).tolist())
