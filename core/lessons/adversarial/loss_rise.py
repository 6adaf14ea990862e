"""How much an attack raises the loss: the first-order estimate against the measured rise, and random signs.

To first order the loss rises by g · change. Over all changes of at most ε a pixel this is largest for
ε·sign(g), where it is ε‖g‖₁: every pixel adds ε|gᵢ|, none takes away. Random signs add and take away, and
nearly cancel (Goodfellow, Shlens & Szegedy 2015). Where a pixel is black or white already, half of the
directions are closed: clipping to [0, 1] makes the change smaller, and the estimate with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from core.attacks.attack import epsilon_box, signed_step
from core.config.validation import whole
from core.lessons.adversarial.pixel_gradients import losses, pixel_gradient
from core.models.evaluation import logits

MOST_DRAWS = 2000


@dataclass(frozen=True)
class LossRise:
    """Rises of one image's loss above `loss`, in nats; entry k belongs to epsilons[k].

    predicted: ε‖g‖₁. clipped: g · change, the change being what is left of ε·sign(g) in [0, 1]. actual: of
    FGSM. mean: over `draws` random sign images; low, high: between them lie 95% of the draws; mean_low,
    mean_high: the 95% interval of the mean. l1, l2, largest: ‖g‖₁, ‖g‖₂ and max |g|, in nats per unit of
    ink. wins: share of draws that raise the loss at least as much as FGSM does.
    """

    epsilons: tuple[float, ...]
    draws: int
    loss: float
    l1: float
    l2: float
    largest: float
    predicted: tuple[float, ...]
    clipped: tuple[float, ...]
    actual: tuple[float, ...]
    mean: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    mean_low: tuple[float, ...]
    mean_high: tuple[float, ...]
    wins: tuple[float, ...]


def loss_rise(
    model: nn.Module, image: Tensor, label: int, epsilons: Sequence[float], *, draws: int = 200, seed: int = 0
) -> LossRise:
    """Measure at every ε, with the same random sign images throughout so that their curves are smooth.

    image: (1, 28, 28) in [0, 1]. draws: 2 … 2,000. The seed decides the signs.
    """
    whole(draws, 2, MOST_DRAWS, "Random sign images")
    gradient = pixel_gradient(model, image[None], torch.tensor([label]))[0].double()
    coins = torch.rand((draws, *image.shape), generator=torch.Generator().manual_seed(seed))
    signs = torch.where(coins < 0.5, -1.0, 1.0).to(image.dtype)
    base = float(_losses(model, image[None], label))
    rows = []
    for epsilon in epsilons:
        box = epsilon_box(image, epsilon)
        fgsm, chance = (signed_step(image, way.to(image.dtype), epsilon, box) for way in (gradient, signs))
        rises = _losses(model, torch.cat([fgsm[None], chance]), label) - base
        actual, random = float(rises[0]), rises[1:]
        low, high = torch.quantile(random, torch.tensor([0.025, 0.975], dtype=random.dtype)).tolist()
        mean, half = float(random.mean()), 1.96 * float(random.std()) / draws**0.5
        rows.append(
            (
                epsilon * float(gradient.abs().sum()),
                float((gradient * (fgsm - image)).sum()),
                actual,
                mean,
                low,
                high,
                mean - half,
                mean + half,
                float((random >= actual).double().mean()),
            )
        )
    columns = list(zip(*rows, strict=True)) if rows else [()] * 9
    return LossRise(
        tuple(float(epsilon) for epsilon in epsilons),
        draws,
        base,
        float(gradient.abs().sum()),
        float(gradient.norm()),
        float(gradient.abs().max()),
        *columns,
    )


def _losses(model: nn.Module, images: Tensor, label: int) -> Tensor:
    return losses(logits(model, images), torch.full((len(images),), label))


def shares_of_rise(gradient: Tensor) -> Tensor:
    """(784,) ascending: which share of ‖g‖₁ the k + 1 strongest pixels make up; zeros where g is zero."""
    sizes = gradient.double().abs().flatten().sort(descending=True).values
    return sizes.cumsum(0) / sizes.sum().clamp_min(1e-300)
