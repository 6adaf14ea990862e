"""Ways to divide digits, and one way to scramble them.

Whatever is chosen (a rate, the number of epochs) is chosen on a validation set; the test set only reports.
"""

import torch

from core.config.choices import Split
from core.config.errors import ConfigError
from core.data.digits import SIDE, Digits
from core.data.examples import Examples


def lab_split(test: Digits) -> tuple[Digits, Digits]:
    """The lab report's split of the test images: first half for validation, last half for the test.

    In MNIST the last half is the easier one (the nearest class mean gets 77% of the first and 87% of the
    last right), so a score rises by the split alone.
    """
    half = len(test) // 2
    return test.take(slice(None, half)), test.take(slice(half, None))


def n_tested(test: Examples, split: Split) -> int:
    """How many of the test examples a run reports on: all, or those that the lab report's split leaves."""
    return len(test) - len(test) // 2 if split == "lab" else len(test)


def validation_split(train: Digits, fraction: float, seed: int) -> tuple[Digits, Digits]:
    """(training, validation) as in `validation_places`, as two sets of digits of their own."""
    kept, held_out = validation_places(train, fraction, seed)
    return train.take(kept), train.take(held_out)


def validation_places(train: Examples, fraction: float, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Places (int64, ascending) of (training, validation) examples: `fraction` of each class, at random.

    Where examples form groups, whole groups are drawn; where labels are numbers, there is one class.

    The same seed draws the same. Places instead of images, because copies of 59,000 images take 185 MB.
    ConfigError unless 0 < fraction < 1.
    """
    if not 0 < fraction < 1:
        raise ConfigError("The validation share must lie between 0 and 1.")
    generator = torch.Generator().manual_seed(seed)
    chosen = torch.zeros(len(train), dtype=torch.bool)
    groups = getattr(train, "groups", None)
    if groups is not None:
        names = groups.unique()
        drawn = names[torch.randperm(len(names), generator=generator)[: round(fraction * len(names))]]
        held_out = torch.isin(groups, drawn)
        return torch.nonzero(~held_out).flatten(), torch.nonzero(held_out).flatten()
    numbers = train.labels.is_floating_point()
    classes = torch.zeros(len(train), dtype=torch.int64) if numbers else train.labels
    for name in range(int(classes.max()) + 1 if len(classes) else 0):
        places = torch.nonzero(classes == name).flatten()
        count = round(fraction * len(places))
        chosen[places[torch.randperm(len(places), generator=generator)[:count]]] = True
    return torch.nonzero(~chosen).flatten(), torch.nonzero(chosen).flatten()


def permute_pixels(digits: Digits, seed: int) -> Digits:
    """Every image with its 784 pixels rearranged by one and the same fixed permutation, given by the seed."""
    order = pixel_permutation(seed)
    images = digits.images.flatten(1)[:, order].reshape(-1, 1, SIDE, SIDE)
    return Digits(images, digits.labels)


def pixel_permutation(seed: int) -> torch.Tensor:
    """The permutation (784,): position i of a shuffled image shows pixel `result[i]` of the original."""
    return torch.randperm(SIDE * SIDE, generator=torch.Generator().manual_seed(seed))


def evenly_spaced(total: int, count: int) -> torch.Tensor:
    """Places (int64, ascending) of `count` of `total` examples, evenly from the whole set; all if count ≥ total.

    MNIST's second half is easier than its first, so a few examples are taken from everywhere.
    """
    count = min(count, total)
    return torch.arange(count) * total // max(1, count)


def every_kth(digits: Digits, count: int) -> Digits:
    """`count` of the digits, evenly from the whole set; the set itself if it has no more."""
    return digits if count >= len(digits) else digits.take(evenly_spaced(len(digits), count))
