"""What has to be measured before an evaluation can be called honest: many attacks on the same images.

Every attack of the plan meets the same images at the same places, so two of them can be compared image by
image: which ones does only the first one win, which only the second?
"""

import zlib
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Literal

import torch
from torch import Tensor, nn

from core.attacks import ATTACKS
from core.attacks.config import AttackConfig
from core.attacks.filters.config import FilterConfig
from core.attacks.norms import within_rounding
from core.attacks.run import attack, in_eval_mode
from core.data.digits import Digits
from core.lessons.adversarial.tasks import AttackTask, Batch, Predictions, joined
from core.models.evaluation import logits

STEPS = (5, 10, 20, 40)  # of PGD: the more, the worse for the network
TRIED, RESTARTS = 20, 4  # steps of PGD once, and the same four times over
PARTS = 8  # ε, and these eighths of it
QUERIES = 1500  # of a black box, which needs many to find what a gradient shows at once
STRONG, AGAIN = f"pgd {STEPS[-1]}", "pgd again"  # the strongest, and the same with another start
PART = 25  # images a task
GRAY = 0.5  # so large an ε allows every image to become the same gray


def plan(epsilon: float, seed: int = 0) -> dict[str, AttackConfig]:
    """Every attack that the findings compare, by name: "fgsm 1" … "fgsm 8" at eighths of ε, "pgd 5" …,
    "restarts", "noise", "nothing" (ε = 0), "gray" (ε = 0.5), AGAIN, and each black box of ATTACKS under its
    name. "restarts" and AGAIN start elsewhere than the single tries they are compared with."""

    def one(name: str, budget: float = epsilon, restarts: int = 1, more: int = 0, **settings: float) -> AttackConfig:
        return AttackConfig(name, budget, settings, restarts=restarts, seed=seed + more)

    runs = {"nothing": one("pgd", 0.0, steps=STEPS[0]), "noise": one("noise")}
    runs |= {f"fgsm {part}": one("fgsm", epsilon * part / PARTS) for part in range(1, PARTS + 1)}
    runs |= {f"pgd {steps}": one("pgd", steps=steps) for steps in STEPS}
    runs["restarts"] = one("pgd", restarts=RESTARTS, more=1, steps=TRIED)
    runs["gray"] = one("pgd", GRAY, steps=STEPS[-1])
    runs[AGAIN] = one("pgd", more=2, steps=STEPS[-1])
    return runs | {name: one(name, steps=QUERIES) for name in black_boxes()}


def finishes(name: str) -> bool:
    """Whether an attack of the plan need only meet what STRONG leaves: what comes after it takes its time."""
    return name == AGAIN or name in black_boxes()


def black_boxes() -> list[str]:
    """Attacks of ATTACKS that ask for outputs alone and spend an ε in every pixel."""
    return [
        name
        for name, entry in ATTACKS.items()
        if entry.access == "outputs" and entry.norm == "linf" and entry.bounded and "steps" in entry.settings
    ]


@dataclass(frozen=True)
class AttackCounts:
    """What one attack left of some images, recounted from what it returned.

    right: whether each image is still classified correctly. low, high: the darkest and the brightest pixel.
    outside: images with a pixel below 0 or above 1. largest: the largest change of a pixel. beyond: images
    that changed by more than the ε they were given.
    """

    right: tuple[bool, ...]
    low: float = 0.0
    high: float = 1.0
    outside: int = 0
    largest: float = 0.0
    beyond: int = 0

    @property
    def correct(self) -> int:
        """Images still classified correctly."""
        return sum(self.right)


def recount(found: Predictions, config: AttackConfig | None) -> AttackCounts:
    """What an attack left, from the images it returned; None: no attack, so ε is 0."""
    outside = (found.darkest < 0) | (found.brightest > 1)
    beyond = found.linf > within_rounding(config.budget if config else 0.0)
    return AttackCounts(
        tuple((found.right == 1).tolist()),
        float(found.darkest.min()),
        float(found.brightest.max()),
        int(outside.sum()),
        float(found.linf.max()),
        int(beyond.sum()),
    )


@dataclass(frozen=True)
class Probe:
    """A question to a network that is no attack; an answer is kept like that of an attack task.

    kind: "conduct", how an attack treats a network; "twice", as `nondeterministic`; "flat", as
    `without_gradient`.
    """

    kind: Literal["conduct", "twice", "flat"]
    network: str
    filter: FilterConfig
    batch: Batch
    epsilon: float = 0.0

    def answer(self, model: nn.Module, digits: Digits) -> "SideEffects | int":
        """Ask the model behind the filter about these test images."""
        filtered = self.filter.before(model, zlib.crc32(repr((self.kind, self.batch)).encode()) >> 1)
        places = self.batch.places(len(digits))
        images, labels = digits.images[places], digits.labels[places]
        if self.kind == "conduct":
            return conduct(filtered, images, labels, AttackConfig("pgd", self.epsilon, {"steps": 3}))
        if self.kind == "flat":
            return without_gradient(filtered, images, labels)
        return nondeterministic(filtered, images)


@dataclass(frozen=True)
class SideEffects:
    """How an attack treated a network that was handed over in training mode.

    parts: of the network that computed something. training: those of them that did so in training mode at
    least once. touched: names of weights, running averages or gradients that are not as before. restored:
    whether every part is back in the mode it came in.
    """

    parts: int
    training: int
    touched: tuple[str, ...]
    restored: bool


def conduct(model: nn.Module, images: Tensor, labels: Tensor, config: AttackConfig) -> SideEffects:
    """Attack a copy of the network that stands in training mode, and write down what happens inside it.

    images: (N, 1, 28, 28) in [0, 1]; labels: (N,).
    """
    copy = deepcopy(model).train()
    seen: dict[str, bool] = {}

    def recorder(name: str) -> Callable[[nn.Module, object], None]:
        return lambda part, _: seen.__setitem__(name, seen.get(name, False) or part.training)

    parts = list(copy.named_modules())
    hooks = [part.register_forward_pre_hook(recorder(name)) for name, part in parts]
    before = {name: tensor.clone() for name, tensor in copy.state_dict().items()}
    modes = [part.training for _, part in parts]
    attack(copy, images, labels, config)
    for hook in hooks:
        hook.remove()
    touched = [name for name, tensor in copy.state_dict().items() if not torch.equal(tensor, before[name])]
    touched += [f"gradient of {name}" for name, weight in copy.named_parameters() if weight.grad is not None]
    restored = modes == [part.training for _, part in parts]
    return SideEffects(len(seen), sum(seen.values()), tuple(touched), restored)


def without_gradient(model: nn.Module, images: Tensor, labels: Tensor) -> int:
    """On how many images the loss has a gradient of exactly zero in every pixel: no way to go.

    images: (N, 1, 28, 28) in [0, 1]; labels: (N,).
    """
    with in_eval_mode(model), torch.enable_grad():
        x = images.detach().requires_grad_()
        # In double precision: at very high confidence float32 would round the gradient to 0.
        loss = nn.functional.cross_entropy(model(x).double(), labels, reduction="sum")
        (gradient,) = torch.autograd.grad(loss, x)
    return int((gradient.flatten(1).abs().amax(1) == 0).sum())


def nondeterministic(model: nn.Module, images: Tensor) -> int:
    """On how many images (N, 1, 28, 28) the network gives other outputs when the very same is read again."""
    once, twice = logits(model, images), logits(model, images)
    return int((once != twice).any(1).sum())


@dataclass(frozen=True)
class Evidence:
    """What is known so far about one network at one ε.

    n: images asked for. readings: by the names in `plan`, and "clean" for the clean images; only attacks that
    met all of them. flat: images without a gradient. conduct: how the attack behaved. nondeterministic: images
    for which the network gave other outputs the second time. labels: of the images, where known.
    """

    epsilon: float
    n: int
    readings: Mapping[str, AttackCounts] = field(default_factory=dict)
    flat: int | None = None
    conduct: SideEffects | None = None
    nondeterministic: int | None = None
    labels: tuple[int, ...] = ()

    @property
    def at_random(self) -> bool:
        """Whether the network answers at random, so that every reading is one draw."""
        clean, nothing = self.readings.get("clean"), self.readings.get("nothing")
        if self.nondeterministic is not None:
            return self.nondeterministic > 0
        return clean is not None and nothing is not None and clean.right != nothing.right

    @property
    def chance_level(self) -> float:
        """What always naming the most frequent digit of these images gets right, a share; 1/10 if unknown."""
        return max(Counter(self.labels).values()) / len(self.labels) if self.labels else 0.1

    def survivors(self, names: Iterable[str]) -> int:
        """Images that are classified correctly after each of these attacks."""
        return sum(all(rights) for rights in zip(*(self.readings[n].right for n in names), strict=True))


@dataclass(frozen=True)
class Evaluation:
    """Everything that is measured of a network behind a filter at one ε, on n evenly spaced test images."""

    network: str
    filter: FilterConfig
    epsilon: float
    n: int

    @property
    def batches(self) -> list[Batch]:
        """The images, a few at a time."""
        return [Batch(at, min(at + PART, self.n), self.n) for at in range(0, self.n, PART)]

    def probes(self, kind: Literal["twice", "flat"]) -> list[Probe]:
        """That question on all images."""
        return [Probe(kind, self.network, self.filter, batch) for batch in self.batches]

    @property
    def conduct(self) -> Probe:
        """How an attack treats the network, on a few images."""
        return Probe("conduct", self.network, self.filter, self.batches[0], self.epsilon)

    def attacks(self, kept: Mapping[Hashable, Any]) -> dict[str, list[AttackTask]]:
        """The clean images and every attack of the plan, by name, as far as it can be said from what is known.

        Of a network that answers at random one prediction of many is wrong by luck: then every attack meets
        every image.
        """
        random = any(kept.get(probe) for probe in self.probes("twice"))
        runs: dict[str, AttackConfig | None] = {"clean": None, **plan(self.epsilon)}
        after = {name: runs[STRONG] for name in runs if finishes(name) and not random}
        return {
            name: [
                AttackTask(
                    self.network,
                    config,
                    batch,
                    self.network,
                    self.filter,
                    after=after.get(name),
                    checked=name != "nothing",  # to see whether the attack keeps to ε = 0 by itself
                )
                for batch in self.batches
            ]
            for name, config in runs.items()
        }

    def line(self, kept: Mapping[Hashable, Any]) -> list[AttackTask | Probe]:
        """All there is to measure, in order."""
        attacks = [task for tasks in self.attacks(kept).values() for task in tasks]
        return [self.conduct, *self.probes("twice"), *self.probes("flat"), *attacks]

    def evidence(self, kept: Mapping[Hashable, Any], labels: Sequence[int] = ()) -> Evidence:
        """What is complete so far: an attack counts when it has met all images. labels: of the images."""

        def whole(parts: Sequence[Hashable]) -> list[Any] | None:
            found = [kept.get(part) for part in parts]
            return None if any(one is None for one in found) else found

        readings = {}
        for name, tasks in self.attacks(kept).items():
            if (parts := whole(tasks)) is not None:
                readings[name] = recount(joined(parts), tasks[0].attack)
        flat, twice = (
            None if (found := whole(probes)) is None else sum(found)
            for probes in (self.probes("flat"), self.probes("twice"))
        )
        return Evidence(self.epsilon, self.n, readings, flat, kept.get(self.conduct), twice, tuple(labels))
