"""How much memory a run will take, before it begins: what the sliders ask for together may be far too much.

A training keeps what every layer gave for every image of a batch, because the backward pass needs it: batch
size × activations is nearly all of it for a convolutional network. The estimate counts numbers, not bytes of
an allocator: it is meant to be right within a factor of two.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from core.config.language import ALPHABET, LANGUAGES
from core.config.optimizers import OPTIMIZERS
from core.config.race import RaceConfig
from core.config.run import CNNConfig, MLPConfig, ModelConfig, RecurrentConfig, RegressorConfig, RunConfig
from core.config.validation import require

NUMBER = 4  # bytes of a float32
WEIGHT_HISTORY_BYTES = 150 * 2**20  # bytes: more frames than that are never kept
EVALUATED, ATTACKED = 200, 200  # images that go through a network at once when it is scored, or attacked
SHARE = 0.8  # of the machine's memory: the rest is for the system and for the pages
LONGEST_WORD = 12
#: Numbers that a recurrent cell keeps for each unit and character.
CELL = {"gru": 16, "lstm": 18, "rnn": 6}


@dataclass(frozen=True)
class Need:
    """Bytes that a run takes beside the data: for its parameters (weights, gradients, what the optimizer
    remembers, the newest snapshot), for the activations of a batch, and for the weights on the way."""

    parameters: int
    activations: int
    weight_history: int = 0

    @property
    def total(self) -> int:
        """All together."""
        return self.parameters + self.activations + self.weight_history

    def __str__(self) -> str:
        """ "about 120 MB of 20 GB": beside what this machine has to give."""
        return f"about {size(self.total)} of {size(budget())}"


def size(count: float) -> str:
    """Bytes for people: "9.4 MB", "120 MB", "20 GB"."""
    scale, unit = (1e9, "GB") if count >= 1e9 else (1e6, "MB") if count >= 1e6 else (1e3, "kB")
    value = count / scale
    return f"{value:.2g} {unit}" if value < 10 else f"{value:,.0f} {unit}"


@lru_cache(maxsize=1)
def budget() -> int:
    """Bytes that all runs together may take: SHARE of this machine's memory, or of what its container has."""
    limits = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")] if hasattr(os, "sysconf") else []
    for path in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            limits.append(int(Path(path).read_text(encoding="ascii")))
        except (OSError, ValueError):  # no container, or "max"
            continue
    return int(SHARE * min(limits, default=8 * 10**9))


def of_training(config: RunConfig) -> Need:
    """What a training run takes."""
    weights = NUMBER * parameters(config.model)
    optimizer = config.train.optimizer
    memory: dict[str, float] = {}
    OPTIMIZERS[optimizer.name].rule.update(1.0, 1.0, optimizer.settings, memory, 1)
    copies = 2 + len(memory) + 1 + (config.train.keep == "best")
    filmed = isinstance(config.model, CNNConfig | RegressorConfig)
    weight_history = min(WEIGHT_HISTORY_BYTES, (config.train.epochs + 1) * weights) if filmed else 0
    activations = _activations(config.model, config.train.batch_size)
    if config.train.precision != "fp32" and isinstance(config.model, CNNConfig | MLPConfig):
        activations = activations * 3 // 4  # most in 16 bits, where the processor has them
    return Need(copies * weights, activations, weight_history)


def of_race(config: RaceConfig) -> Need:
    """What a race takes: its lanes' networks all lie there, but compute in turns."""
    lanes = [of_training(config.run(lane, config.seeds[0])) for lane in config.lanes]
    return Need(sum(lane.parameters for lane in lanes), max(lane.activations for lane in lanes))


def of_attack(model: ModelConfig, images: int) -> Need:
    """What an attack on so many images takes: some at a time go through the network and back."""
    pixels = 8 * 784 * NUMBER * images  # the images, made ones, changes, random numbers
    return Need(NUMBER * parameters(model), pixels + _activations(model, min(images, ATTACKED)))


def of_map(images: int) -> Need:
    """What a t-SNE map of so many images takes: their pixels in double precision, some copies of them, and a
    few numbers for each of every image's nearest neighbors."""
    return Need(0, images * (4 * 784 * 8 + 100 * 90))


def of_sweep(configs: Iterable[RunConfig], at_once: int = 1) -> Need:
    """What a sweep's trials take: its largest one, as often as they run at once."""
    largest = max((of_training(config) for config in configs), key=lambda need: need.total)
    return Need(at_once * largest.parameters, at_once * largest.activations)


def refusal(need: Need, what: str, beside: int = 0, lower: str = "") -> str:
    """Why `need` is beyond the budget and what to lower, in a sentence; "" where there is room for it.

    what: begins the sentence ("This training"). beside: bytes that others at work take already. lower: what
    helps, where that is not the network or its batch.
    """
    room = max(0, budget() - beside)
    if need.total <= room:
        return ""
    others = f", of which runs at work take {size(beside)}" if beside else ""
    lower = lower or (
        "the batch size, or the channels or units of the layers; more pooling or larger strides help too"
        if need.activations >= need.parameters
        else "the units of the layers, or their number"
    )
    return (
        f"{what} would take about {size(need.total)} of memory, but this machine has {size(budget())} for "
        f"runs{others}. Lower {lower}."
    )


def check(need: Need, what: str, beside: int = 0, lower: str = "") -> None:
    """Raise ConfigError with the `refusal` where there is one."""
    sentence = refusal(need, what, beside, lower)
    require(not sentence, sentence)


def parameters(model: ModelConfig) -> int:
    """Weights and biases of a network."""
    if isinstance(model, CNNConfig):
        return sum(layer.parameters for layer in model.layers())
    if isinstance(model, RecurrentConfig):
        gates = {"gru": 3, "lstm": 4, "rnn": 1}[model.cell]
        cell = gates * model.units * (len(ALPHABET) + model.units + 2)
        return cell + (model.units + 1) * len(LANGUAGES)
    return sum((n + 1) * m for n, m in pairwise(model.widths))


def _activations(model: ModelConfig, batch: int) -> int:
    """Bytes for a batch: what the backward pass needs of every layer, and the gradients on their way; or, if
    that is more, the two largest layers of what is scored at once."""
    kept, moving = _numbers(model)
    return max(batch * (kept + moving), EVALUATED * moving) * NUMBER


def _numbers(model: ModelConfig) -> tuple[int, int]:
    """(numbers that stay until the backward pass, numbers that come and go) for one image."""
    if isinstance(model, RecurrentConfig):
        hot = 3 * len(ALPHABET)
        return LONGEST_WORD * (hot + CELL[model.cell] * model.units), LONGEST_WORD * 2 * model.units
    if isinstance(model, CNNConfig):
        outputs = [(layer.kind, _count(layer.shape)) for layer in model.layers()]
        pixels = 784 * (1 + model.normalize)
        kept = pixels + sum(_kept(kind, model.activation) * count for kind, count in outputs)
        return int(kept), 2 * max(count for _, count in outputs)
    widths = model.widths
    drops = 2 if isinstance(model, MLPConfig) and model.dropout else 0
    pixels = widths[0] * (1 + (isinstance(model, MLPConfig) and model.normalize))
    hidden, moving = 2, 2 * max(widths[1:])  # what is freed before the backward pass leaves gaps as large
    if model.family == "manual":  # its tape keeps both sides of every activation, and slopes are worked out
        moving = 5 * max(widths[1:])
    return pixels + (hidden + drops) * sum(widths[1:-1]) + 3 * widths[-1], moving


def _count(shape: tuple[int, ...]) -> int:
    count = 1
    for side in shape:
        count *= side
    return count


def _kept(kind: str, activation: str) -> float:
    """Numbers kept for each that a layer gives: none where the next layer makes do without its input."""
    if kind == "max pool":
        return 3  # itself, and in 64 bits where each of them came from
    if kind == activation and activation in ("relu", "sigmoid", "tanh"):
        return 1
    return {"flatten": 0, "dropout": 2}.get(kind, 1)
