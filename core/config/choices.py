"""The words that settings may take: activations, ways to start, losses, precisions."""

from typing import Literal, get_args

Adversarial = Literal["none", "fgsm", "pgd"]
Activation = Literal["sigmoid", "tanh", "relu", "leaky-relu", "gelu"]
Initialization = Literal["pytorch", "normal", "xavier", "he"]
Pool = Literal["max", "average", "none"]
Reduction = Literal["mean", "sum"]
Schedule = Literal["constant", "step", "cosine", "one-cycle", "warm-up"]
Split = Literal["none", "lab"]
Keep = Literal["last", "best"]
Target = Literal["sine", "square", "absolute", "step", "line", "placed"]
WordSplit = Literal["random", "stem"]
Cell = Literal["gru", "lstm", "rnn"]
Precision = Literal["auto", "fp32", "bf16"]
#: Colors by name; core.charts.palette says what each is.
Hue = Literal["blue", "orange", "green", "vermillion", "purple", "sky", "yellow", "violet", "brown", "gray"]

ADVERSARIES: tuple[Adversarial, ...] = get_args(Adversarial)
ACTIVATIONS: tuple[Activation, ...] = get_args(Activation)
INITIALIZATIONS: tuple[Initialization, ...] = get_args(Initialization)
POOLS: tuple[Pool, ...] = get_args(Pool)
SCHEDULE_NAMES: tuple[Schedule, ...] = get_args(Schedule)
KEEPS: tuple[Keep, ...] = get_args(Keep)
TARGETS: tuple[Target, ...] = get_args(Target)
WORD_SPLITS: tuple[WordSplit, ...] = get_args(WordSplit)
CELLS: tuple[Cell, ...] = get_args(Cell)
SPLITS: tuple[Split, ...] = get_args(Split)
REDUCTIONS: tuple[Reduction, ...] = get_args(Reduction)
PRECISIONS: tuple[Precision, ...] = get_args(Precision)

#: Settings whose words are more than their name in code without underscores.
_SETTING_NAMES = {
    "lr": "learning rate",
    "init": "weight initialization",
    "init_output": "initialization of the last layer",
    "hidden": "hidden layers",
    "normalize": "normalized pixels",
    "validation": "validation split",
    "rare": "rare digit",
    "flipped": "label noise",
    "division": "word split",
}


def setting_name(name: str) -> str:
    """What a setting of a run is called where people read it: "lr" → "learning rate"."""
    return _SETTING_NAMES.get(name, name.replace("_", " "))
