"""Attack tasks: a few images, attacked in one way, shown to one network; and the one place that keeps results.

A task is named by what decides its result, so results lie in a dict, work can stop anywhere and go on later, and
tabs that ask the same share the answer. A larger sample begins with the smaller one, so asking for more images
loses nothing.
"""

import threading
import time
import zlib
from collections import OrderedDict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Any, Literal, NamedTuple

import torch
from torch import Tensor, nn

from core.attacks import ATTACKS
from core.attacks.config import AttackConfig
from core.attacks.filters.config import NO_FILTER, FilterConfig
from core.attacks.norms import NORMS, NormName
from core.attacks.run import attack, unchecked
from core.data.digits import Digits
from core.data.splits import evenly_spaced
from core.models.evaluation import logits

CHUNK, FEW = 100, 10  # images a task, of attacks that are quick and of those that are not
QUICK = 40  # steps along the gradient
ORDER = 7  # seed of the order in which samples grow
NETWORKS_KEPT, BATCHES_KEPT = 24, 24

MadeOn = Literal["whole", "bare", "straight-through"]
Models = Mapping[str, nn.Module]


@cache
def sample(total: int) -> Tensor:
    """Places (total,) of all images in an order drawn at random once and for all: a sample of n is the first n."""
    return torch.randperm(total, generator=torch.Generator().manual_seed(ORDER))


class Batch(NamedTuple):
    """Which test images: from `start` up to `stop` of the random order, or of `spaced` evenly spaced ones."""

    start: int
    stop: int
    spaced: int = 0

    def places(self, total: int) -> Tensor:
        """(n,) where these are among all `total` images."""
        order = evenly_spaced(total, self.spaced) if self.spaced else sample(total)
        return order[self.start : self.stop]


@dataclass(frozen=True)
class AttackTask:
    """A batch of test images, attacked on one network and classified by one.

    source, target: names of the weights that are attacked and that classify; source "" where the attack asks
    no network. attack: None for the clean images. filter: in front of the target. made_on: what the attacker
    sees of it: network and filter, the bare network, or both with a straight-through gradient. readings: how
    often each attacked image is classified. after: attack only what this earlier attack on the same images
    left; the others stay as it left them. checked: put right what the attack did beyond ε; else ε = 0 too is
    really carried out.
    """

    source: str
    attack: AttackConfig | None
    batch: Batch
    target: str
    filter: FilterConfig = NO_FILTER
    made_on: MadeOn = "whole"
    readings: int = 1
    after: AttackConfig | None = None
    checked: bool = True

    @property
    def seed(self) -> int:
        """Of a filter that draws numbers: it starts anew for every task, whatever came before."""
        return zlib.crc32(repr((self.attack, self.batch, self.made_on)).encode()) >> 1


@dataclass(frozen=True, eq=False)
class Predictions:
    """What a network predicted for some attacked images.

    places: (n,) which of the test images. read: (n,) uint8, the digits. right: (n,) float32, the share of
    readings that were correct. linf, l2, l0: (n,) float32, how large each change was. darkest, brightest: (n,)
    of each image's pixels. seconds: how long it took.
    """

    places: Tensor
    read: Tensor
    right: Tensor
    linf: Tensor
    l2: Tensor
    l0: Tensor
    darkest: Tensor
    brightest: Tensor
    seconds: float = 0.0

    def __len__(self) -> int:
        return len(self.places)

    def sizes(self, norm: NormName) -> Tensor:
        """(n,) how large each change was."""
        return {"linf": self.linf, "l2": self.l2, "l0": self.l0}[norm]

    def take(self, index: Tensor | slice) -> "Predictions":
        """The same for the images at `index`."""
        return replace(self, **{name: getattr(self, name)[index] for name in _TENSORS})


_TENSORS = [field.name for field in fields(Predictions)][:-1]


def joined(parts: Sequence[Predictions]) -> Predictions:
    """All images of all parts, one part after the other."""
    if not parts:
        none = torch.empty(0)
        return Predictions(none.long(), none.to(torch.uint8), none, none, none, none, none, none)
    rows = {name: torch.cat([getattr(part, name) for part in parts]) for name in _TENSORS}
    return replace(parts[0], **rows, seconds=sum(part.seconds for part in parts))


@cache
def size(config: AttackConfig | None) -> int:
    """Images a task: fewer where the attack takes its time, so that no task takes long."""
    if config is None or ATTACKS[config.name].access == "nothing":
        return CHUNK
    return CHUNK if follows_gradient(config.name) and config.steps * config.restarts <= QUICK else FEW


def follows_gradient(name: str) -> bool:
    """Whether an attack takes a chosen number of steps along the gradient within a budget."""
    entry = ATTACKS[name]
    return entry.bounded and entry.access == "gradients" and entry.norm != "l0"


def batches(n: int, config: AttackConfig | None = None, start: int = 0) -> list[Batch]:
    """Batches of the size this attack needs that hold the images from `start` up to n of the random order.

    The last one may reach beyond n: it is the same for a larger sample.
    """
    each = size(config)
    return [Batch(at, at + each) for at in range(start, n, each)]


def configs(name: str, epsilons: Sequence[float], steps: int) -> list[AttackConfig]:
    """The attack with each budget; one with the largest for attacks that look for the smallest change.

    steps: of attacks that follow the gradient within a budget; all others keep their own.
    """
    entry = ATTACKS[name]
    if not entry.bounded:
        return [AttackConfig(name, NORMS[entry.norm].largest)]
    settings = {"steps": steps} if follows_gradient(name) and "steps" in entry.settings else {}
    return [AttackConfig(name, epsilon, settings) for epsilon in epsilons]


def task_of(source: str, config: AttackConfig | None, batch: Batch, target: str) -> AttackTask:
    """The task without a filter; clean images and the controls have no source: they are the same for all."""
    asks = config is not None and ATTACKS[config.name].access != "nothing"
    return AttackTask(source if asks else "", config, batch, target)


def lined_up(networks: Iterable[str], attacks: Iterable[AttackConfig], n: int) -> list[AttackTask]:
    """Every attack on every network itself, for n images, hundred after hundred: every curve is there early."""
    each, names = [None, *attacks], list(networks)
    return [
        task_of(name, config, batch, name)
        for hundred in batches(n)
        for name in names
        for config in each
        for batch in batches(min(n, hundred.stop), config, hundred.start)
    ]


def gather(
    kept: Mapping[AttackTask, Predictions], target: str, config: AttackConfig | None, n: int, source: str | None = None
) -> Predictions:
    """What is known of the first n images of the sample so far, without gaps. source: the target itself if None."""
    found: list[Predictions] = []
    for batch in batches(n, config):
        known = kept.get(task_of(target if source is None else source, config, batch, target))
        if known is None:
            break
        found.append(known)
    return joined(found).take(slice(0, n))


def seconds_left(wanted: Sequence[AttackTask], kept: Mapping[AttackTask, Predictions]) -> float | None:
    """How long the rest takes at the pace of each attack on each network; None until all are known."""

    def kind(task: AttackTask) -> Hashable:  # without the budget, on which the time hardly depends
        how = task.attack
        return task.target, task.source, how and (how.name, how.settings, how.restarts)

    pace = {kind(task): kept[task].seconds for task in wanted if task in kept}
    left = [pace.get(kind(task)) for task in wanted if task not in kept]
    return None if None in left else sum(seconds for seconds in left if seconds is not None)


def make(task: AttackTask, models: Models, digits: Digits, places: Tensor | None = None) -> Tensor:
    """The attacked images (n, 1, 28, 28) of a task, or of those at `places` alone."""
    places = task.batch.places(len(digits)) if places is None else places
    images, labels, config = digits.images[places], digits.labels[places], task.attack
    if config is None:
        return images
    model = models[task.source or task.target]
    if task.made_on != "bare":
        model = task.filter.before(model, task.seed, straight_through=task.made_on == "straight-through")
    return (attack if task.checked else unchecked)(model, images, labels, config, places=places)


def measure(
    task: AttackTask, models: Models, digits: Digits, *, made: Tensor | None = None, before: Predictions | None = None
) -> Predictions:
    """Let the target classify the images of a task, and recount what was changed.

    models: by the names of source and target. made: as from `make`, if that is done already. before: what the
    attack left that came first; only the images that are still classified correctly are attacked then.
    """
    begun = time.perf_counter()
    places = task.batch.places(len(digits))
    standing = torch.ones(len(places), dtype=torch.bool) if before is None else before.right == 1
    if before is not None and not standing.any():
        return before
    places = places[standing]
    images, labels = digits.images[places], digits.labels[places]
    made = make(task, models, digits, places) if made is None else made
    target = task.filter.before(models[task.target], task.seed + 1)
    read = torch.stack([logits(target, made).argmax(1).to(labels.device) for _ in range(task.readings)])
    linf, l2, l0 = (NORMS[norm].size(made - images).float() for norm in ("linf", "l2", "l0"))
    found = Predictions(
        places,
        read[0].to(torch.uint8),
        (read == labels).float().mean(0),
        linf,
        l2,
        l0,
        made.flatten(1).amin(1),
        made.flatten(1).amax(1),
        time.perf_counter() - begun,
    )
    if before is None:
        return found
    rows = {name: getattr(before, name).masked_scatter(standing, getattr(found, name)) for name in _TENSORS}
    return replace(found, **rows)


class AttackResults:
    """What is known of every task on some digits, whoever asked; each is carried out once.

    digits: the test images. Of the networks that were asked last, all results are kept; of the attacked images
    themselves the last batches, so that one network after the other can classify them.
    """

    def __init__(self, digits: Digits) -> None:
        self.digits = digits
        self._results: OrderedDict[str, dict[Any, Any]] = OrderedDict()
        self._batches: OrderedDict[AttackTask, Tensor] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, network: str) -> dict[Any, Any]:
        """All results with that network as the target, to read and to add to."""
        with self._lock:
            found = self._results.setdefault(network, {})
            self._results.move_to_end(network)
            while len(self._results) > NETWORKS_KEPT:
                self._results.popitem(last=False)
            return found

    def known(self, networks: Iterable[str]) -> dict[Any, Any]:
        """A copy of what is known of these networks: another session may add to it meanwhile."""
        every: dict[Any, Any] = {}
        for network in networks:
            every |= self.of(network)
        return every

    def measure(self, task: AttackTask, models: Models) -> Predictions:
        """The result of a task, computed now if nobody asked before. models: by the names of source and target."""
        kept = self.of(task.target)
        found: Predictions | None = kept.get(task)
        if found is None:
            found = kept[task] = self._measured(task, models)
        return found

    def images(self, task: AttackTask, models: Models) -> Tensor:
        """The attacked images (n, 1, 28, 28) of a task."""
        key = replace(task, target="", readings=1, after=None)
        with self._lock:
            made = self._batches.get(key)
        if made is None:
            made = make(task, models, self.digits)
            with self._lock:
                self._batches[key] = made
                while len(self._batches) > BATCHES_KEPT:
                    self._batches.popitem(last=False)
        return made

    def _measured(self, task: AttackTask, models: Models) -> Predictions:
        if task.after is not None:
            earlier = replace(task, attack=task.after, after=None)
            return measure(task, models, self.digits, before=self.measure(earlier, models))
        return measure(task, models, self.digits, made=self.images(task, models))
