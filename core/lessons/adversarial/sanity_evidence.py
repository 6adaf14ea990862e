"""What has to be measured before an evaluation can be called honest: many attacks on the same images.

Every attack of the plan meets the same images at the same places, so two of them can be compared image by
image: which ones does only the first one win, which only the second?
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor, nn

from core.attacks import ATTACKS
from core.attacks.config import AttackConfig
from core.attacks.norms import NORMS
from core.attacks.run import attack, in_eval_mode, unchecked
from core.models.evaluation import logits

STEPS = (5, 10, 20, 40)  # of PGD: the more, the worse for the network
TRIED, RESTARTS = 20, 4  # steps of PGD once, and the same four times over
PARTS = 8  # ε, and these eighths of it
QUERIES = 1500  # of a black box, which needs many to find what a gradient shows at once
STRONG, AGAIN = f"pgd {STEPS[-1]}", "pgd again"  # the strongest, and the same with another start
GRAY = 0.5  # so large an ε allows every picture to become the same gray


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
class Reading:
    """What one attack left of some images, recounted from what it returned.

    right: whether each image is still read correctly. low, high: the darkest and the brightest pixel.
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
        """Images still read correctly."""
        return sum(self.right)

    def __add__(self, other: "Reading") -> "Reading":
        return Reading(
            self.right + other.right,
            min(self.low, other.low),
            max(self.high, other.high),
            self.outside + other.outside,
            max(self.largest, other.largest),
            self.beyond + other.beyond,
        )


def measure(
    model: nn.Module,
    images: Tensor,
    labels: Tensor,
    config: AttackConfig | None,
    places: Tensor,
    standing: Sequence[bool] | None = None,
) -> Reading:
    """Attack images (N, 1, 28, 28) in [0, 1] that stand at `places` (N,), and recount; None: no attack.

    ε = 0 is carried out for real, with nothing put right afterwards. standing: which of the images an earlier
    attack left: only these are attacked and only these can be right.
    """
    if standing is not None:
        those = torch.tensor(standing, dtype=torch.bool)
        if not those.any():
            return Reading((False,) * len(images))
        found = measure(model, images[those], labels[those], config, places[those])
        marks = those.clone()
        marks[those] = torch.tensor(found.right)
        return replace(found, right=tuple(marks.tolist()))
    if config is None:
        attacked, epsilon = images, 0.0
    else:
        make = attack if config.budget else unchecked
        attacked, epsilon = make(model, images, labels, config, places=places), config.budget
    outside = ((attacked < 0) | (attacked > 1)).flatten(1).any(1)
    change = attacked - images
    right = logits(model, attacked).argmax(1) == labels
    return Reading(
        tuple(right.tolist()),
        float(attacked.min()),
        float(attacked.max()),
        int(outside.sum()),
        float(change.abs().max()),
        int((~NORMS["linf"].within(change, epsilon)).sum()),
    )


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
        # In double precision: a network that is very sure is no network without a gradient.
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

    n: images asked for. readings: by the names in `plan`, and "clean" for the untouched images; only attacks
    that met all of them. flat: images without a gradient. conduct: how the attack behaved. wavering: images
    for which the network gave other outputs at a second reading. labels: of the images, where known.
    """

    epsilon: float
    n: int
    readings: Mapping[str, Reading] = field(default_factory=dict)
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
    def guessing(self) -> float:
        """What always naming the most frequent digit of these images gets right, a share; 1/10 if unknown."""
        return max(Counter(self.labels).values()) / len(self.labels) if self.labels else 0.1

    def survivors(self, names: Iterable[str]) -> int:
        """Images that are read correctly after each of these attacks."""
        return sum(all(rights) for rights in zip(*(self.readings[n].right for n in names), strict=True))
