"""Carrying out an attack: what is common to all of them, so that each file holds its own idea alone."""

import torch
from torch import Tensor, nn

from core.attacks import ATTACKS
from core.attacks.attack import AttackContext, Watch
from core.attacks.config import AttackConfig
from core.attacks.norms import NORMS, column
from core.attacks.per_image_rng import PerImageRNG
from core.config.errors import LabError
from core.config.validation import require
from core.data.digits import CLASSES, SIDE
from core.models.evaluation import in_eval_mode as in_eval_mode  # attackers look for it here

CHUNK = 200  # images at a time: what they leave between layers fits the processor's cache


def attack(
    model: nn.Module,
    images: Tensor,
    labels: Tensor,
    config: AttackConfig,
    *,
    places: Tensor | None = None,
    watch: Watch | None = None,
    chunk: int = CHUNK,
) -> Tensor:
    """Images (N, 1, 28, 28) in [0, 1], each within ε of its original, that the network shall misclassify.

    model: images in [0, 1] to logits (N, 10); attacked in eval mode and left exactly as it was, no weight and
    no gradient touched. labels: (N,) what the images show. places: (N,) which images these are in a larger
    set, 0 to N − 1 if None: they choose the random numbers, so a set attacked in parts gives the same as
    attacked at once. watch(step, images): sees each step, chunk after chunk and try after try.

    Of several tries the one that wins counts, else the one that climbed highest. A change that came out
    larger than ε, as the attacks that look for the smallest one may give, is no success within ε: the
    original comes back. ε = 0 gives back the originals.

    Raises LabError if images, labels or the model's outputs have the wrong shape, or pixels leave [0, 1].
    """
    check(model, images, labels)
    places = (torch.arange(len(images)) if places is None else places).to(images.device)
    if config.budget == 0 or not len(images):
        return images.clone()
    with in_eval_mode(model):
        return torch.cat(
            [
                _best_of_tries(model, images[part], labels[part], places[part], config, watch)
                for part in torch.split(torch.arange(len(images)), chunk)
            ]
        )


def unchecked(
    model: nn.Module, images: Tensor, labels: Tensor, config: AttackConfig, places: Tensor | None = None
) -> Tensor:
    """What one try of the attack makes, as `attack`, but nothing put right afterwards and ε = 0 no exception.

    To see whether an attack keeps within ε by itself, where `attack` would hide that it does not. Images and
    result: (N, 1, 28, 28) in [0, 1]; labels: (N,); places: (N,) of the images in their data set.
    """
    check(model, images, labels)
    places = (torch.arange(len(images)) if places is None else places).to(images.device)
    with in_eval_mode(model), torch.enable_grad():
        return ATTACKS[config.name].make(_given(model, images, labels, places, config, 0, None)).detach()


def _best_of_tries(
    model: nn.Module, images: Tensor, labels: Tensor, places: Tensor, config: AttackConfig, watch: Watch | None
) -> Tensor:
    """One chunk; later tries are made only for images that still stand."""
    best, height = images.clone(), torch.empty(0)
    standing = torch.arange(len(images), device=images.device)
    for restart in range(config.restarts):
        context = _given(model, images[standing], labels[standing], places[standing], config, restart, watch)
        with torch.enable_grad():
            made = ATTACKS[config.name].make(context).detach().clamp(0, 1)
        made = torch.where(column(_within(made, context.images, config)), made, context.images)
        if config.restarts == 1:
            return made  # there is no other try to compare it with
        logits = context.logits(made)
        climbed = context.log_odds(logits)
        if restart == 0:
            best, height = made, climbed
        else:
            better = climbed > height[standing]
            better |= context.is_adversarial(logits)
            best[standing[better]], height[standing[better]] = made[better], climbed[better]
        standing = standing[~context.is_adversarial(logits)]
        if not len(standing):
            break
    return best


def _within(made: Tensor, images: Tensor, config: AttackConfig) -> Tensor:
    change = made - images  # no number where the network's gradients were none
    return NORMS[ATTACKS[config.name].norm].within(change, config.budget) & change.flatten(1).isfinite().all(1)


def _given(
    model: nn.Module,
    images: Tensor,
    labels: Tensor,
    places: Tensor,
    config: AttackConfig,
    restart: int,
    watch: Watch | None,
) -> AttackContext:
    targets = None if config.target is None else torch.full_like(labels, config.target)
    draws = PerImageRNG(config.seed, places, restart, images.device, images.dtype)
    return AttackContext(model, images, labels, targets, config.budget, config.settings, draws, watch)


def check(model: nn.Module, images: Tensor, labels: Tensor) -> None:
    """Raise LabError, with a sentence, if these images of these labels cannot be attacked in this network.

    They can where images are (N, 1, 28, 28) in [0, 1] and labels (N,) int64 from 0 to 9.
    """
    require(
        images.dim() == 4 and images.shape[1:] == (1, SIDE, SIDE),
        f"Images to attack have the shape (N, 1, {SIDE}, {SIDE}); these have {tuple(images.shape)}.",
    )
    require(
        labels.shape == images.shape[:1],
        f"Each of the {len(images)} images needs one label; the labels have the shape {tuple(labels.shape)}.",
    )
    if not len(images):
        return
    require(
        labels.dtype == torch.int64 and int(labels.min()) >= 0 and int(labels.max()) < CLASSES,
        f"Labels are whole numbers from 0 to {CLASSES - 1}, one an image.",
    )
    low, high = float(images.min()), float(images.max())
    require(
        low >= 0 and high <= 1,
        f"Pixels must lie between 0 and 1; these run from {low:.3g} to {high:.3g}. Normalize in the network.",
    )
    try:
        with in_eval_mode(model), torch.no_grad():
            outputs = model(images[:1])
    except (RuntimeError, ValueError, TypeError, LookupError, AttributeError) as error:
        message = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise LabError(f"This network does not take images of {SIDE}×{SIDE} pixels: {message}") from error
    require(
        outputs.shape == (1, CLASSES),
        f"The network must give {CLASSES} numbers an image, one a digit; it gives the shape {tuple(outputs.shape)}.",
    )
    require(
        bool(outputs.isfinite().all()),
        "The network's outputs are no numbers: its training diverged. Choose another network.",
    )
