"""Attacks on many images in short pieces, so that the work can stop anywhere and go on later.

A piece is named by what decides its result, so results can be kept in a dict; a larger sample begins with the
smaller one, so asking for more images loses nothing.
"""

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor, nn

from core.attacks import ATTACKS
from core.attacks.config import AttackConfig
from core.attacks.norms import NORMS, NormName
from core.attacks.run import attack
from core.data.digits import Digits
from core.models.evaluation import logits

CHUNK, FEW = 100, 10  # images a piece, of attacks that are quick and of those that are not
QUICK = 40  # steps along the gradient
NOTHING = ""  # in place of an attack: the images as they are
ORDER = 7  # seed of the order in which samples grow


@dataclass(frozen=True)
class Piece:
    """A few images, attacked in one way on one network.

    network: names its weights. attack: a whole AttackConfig as text, or NOTHING. part: which `size(attack)`
    images of the sample, from 0.
    """

    network: str
    attack: str
    part: int

    @property
    def config(self) -> AttackConfig | None:
        """The attack; None where nothing is done to the images."""
        return AttackConfig.from_json(json.loads(self.attack)) if self.attack else None


@dataclass(frozen=True, eq=False)
class Predictions:
    """What a network read in some attacked images.

    places: (n,) which of the test images. read: (n,) uint8, the digits. linf, l2, l0: (n,) float32, how large
    each change was. seconds: how long it took.
    """

    places: Tensor
    read: Tensor
    linf: Tensor
    l2: Tensor
    l0: Tensor
    seconds: float = 0.0

    def __len__(self) -> int:
        return len(self.places)

    def sizes(self, norm: NormName) -> Tensor:
        """(n,) how large each change was."""
        return {"linf": self.linf, "l2": self.l2, "l0": self.l0}[norm]


def named(config: AttackConfig | None) -> str:
    """An attack as text: the same for equal settings, another for any other."""
    return json.dumps(config.to_json(), sort_keys=True) if config else NOTHING


def sample(total: int, n: int | None = None) -> Tensor:
    """Places (n,) of n of `total` images, drawn at random once and for all: a larger n only adds to them."""
    order = torch.randperm(total, generator=torch.Generator().manual_seed(ORDER))
    return order if n is None else order[:n]


@cache
def size(attack: str) -> int:
    """Images a piece: fewer where the attack takes its time, so that no piece takes long."""
    config = AttackConfig.from_json(json.loads(attack)) if attack else None
    if config is None or ATTACKS[config.name].access == "nothing":
        return CHUNK
    return CHUNK if follows_gradient(config.name) and config.steps * config.restarts <= QUICK else FEW


def follows_gradient(name: str) -> bool:
    """Whether an attack takes a chosen number of steps along the gradient within a budget."""
    entry = ATTACKS[name]
    return entry.bounded and entry.access == "gradients" and entry.norm != "l0"


def parts(n: int, attack: str = NOTHING) -> int:
    """How many pieces n images make."""
    return -(-n // size(attack))


def parts_of(hundred: int, n: int, attack: str) -> range:
    """The parts that one hundred of n images make, the last of which may be fewer."""
    each = size(attack)
    return range(parts(n, attack))[hundred * CHUNK // each : (hundred + 1) * CHUNK // each]


def images_of(digits: Digits, part: int, attack: str = NOTHING) -> Tensor:
    """Places (n,) of the images in a part of the sample of these digits."""
    return sample(len(digits))[part * size(attack) : (part + 1) * size(attack)]


def configs(name: str, epsilons: Sequence[float], steps: int) -> list[AttackConfig]:
    """The attack with each budget; one with the largest for attacks that look for the smallest change.

    steps: of attacks that follow the gradient within a budget; all others keep their own.
    """
    entry = ATTACKS[name]
    if not entry.bounded:
        return [AttackConfig(name, NORMS[entry.norm].largest)]
    settings = {"steps": steps} if follows_gradient(name) and "steps" in entry.settings else {}
    return [AttackConfig(name, epsilon, settings) for epsilon in epsilons]


def lined_up(networks: Iterable[str], attacks: Iterable[AttackConfig], n: int) -> list[Piece]:
    """All pieces for n images, hundred after hundred: every curve is there early, then sharpens."""
    each = [NOTHING, *(named(config) for config in attacks)]
    names = list(networks)
    return [
        Piece(name, how, part)
        for hundred in range(parts(n))
        for name in names
        for how in each
        for part in parts_of(hundred, n, how)
    ]


def measure(model: nn.Module, digits: Digits, piece: Piece) -> Predictions:
    """Attack the images of a piece and let the network read them."""
    begun = time.perf_counter()
    places = images_of(digits, piece.part, piece.attack)
    images, labels = digits.images[places], digits.labels[places]
    config = piece.config
    made = images if config is None else attack(model, images, labels, config, places=places)
    read = logits(model, made).argmax(1).to("cpu", torch.uint8)
    linf, l2, l0 = (NORMS[norm].size(made - images).float() for norm in ("linf", "l2", "l0"))
    return Predictions(places, read, linf, l2, l0, time.perf_counter() - begun)


def gather(kept: Mapping[Piece, Predictions], network: str, attack: str, n: int) -> Predictions:
    """What is known of the first n images of the sample so far, without gaps."""
    found: list[Predictions] = []
    for part in range(parts(n, attack)):
        reads = kept.get(Piece(network, attack, part))
        if reads is None:
            break
        found.append(reads)
    if not found:
        nothing = torch.empty(0)
        return Predictions(torch.empty(0, dtype=torch.int64), nothing.to(torch.uint8), nothing, nothing, nothing)

    def joined(name: str) -> Tensor:
        return torch.cat([getattr(reads, name) for reads in found])[:n]

    return Predictions(
        joined("places"),
        joined("read"),
        joined("linf"),
        joined("l2"),
        joined("l0"),
        sum(reads.seconds for reads in found),
    )


def seconds_left(wanted: Sequence[Piece], kept: Mapping[Piece, Predictions]) -> float | None:
    """How long the rest takes at the pace of each attack on each network; None until all are known."""
    pace: dict[tuple[str, str], float] = {}
    for piece in wanted:
        if piece in kept:
            pace[piece.network, _kind(piece)] = kept[piece].seconds
    left = [pace.get((piece.network, _kind(piece))) for piece in wanted if piece not in kept]
    return None if None in left else sum(seconds for seconds in left if seconds is not None)


def _kind(piece: Piece) -> str:
    """The attack without its budget, on which the time hardly depends."""
    return json.dumps(json.loads(piece.attack) | {"epsilon": None}) if piece.attack else NOTHING
