"""What every attack says of itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from torch import Tensor

from core.attacks.context import AttackContext
from core.attacks.norms import NormName
from core.charts.palette import YELLOW
from core.config.validation import Setting

Access = Literal["gradients", "outputs", "nothing"]


@dataclass(frozen=True)
class Attack:
    """A choice in ATTACKS.

    title, idea, paper, formula (LaTeX): for people. norm: what ε measures. access: what it needs of the
    network: its gradients ("white box"), its outputs alone ("black box"), or nothing at all (a control).
    epsilon: the default budget. bounded: it spends a given ε; otherwise it looks for the smallest change, and
    ε only says from where on that is too much. targeted: it can aim at a digit. random: it draws numbers, so
    that restarts help. settings: its own numbers. make: the images it makes, (N, 1, 28, 28) in [0, 1].
    color, dash: of its curves; gray dots belong to the controls.

    code: the same as plain PyTorch, shown to readers and written into scripts, or "": then they see a call of
    ours and the source of `make`. It leads from `original` (N, 1, 28, 28), `model` and the labels to
    `adversarial`. In braces: {epsilon}, {steps} or another setting, {labels} (their name), {sign} ("-" with a
    target), {input_gradient} (a function of that name), {tries} (a remark on restarts). automatic_step: what
    {step_size} says where that setting is 0. as_steps: names the attack in ATTACKS that does in many steps
    what this one does in one; its path is shown in place of this one's.
    """

    title: str
    idea: str
    paper: str
    formula: str
    norm: NormName
    access: Access
    epsilon: float
    make: Callable[[AttackContext], Tensor]
    bounded: bool = True
    targeted: bool = True
    random: bool = False
    settings: Mapping[str, Setting] = field(default_factory=dict)
    color: str = YELLOW
    dash: str = "longdash"
    code: str = ""
    automatic_step: str = ""
    as_steps: str = ""


def steps(default: int, most: int = 1000) -> Setting:
    """The setting for a number of iterations."""
    return Setting(default, 1, most, "How many steps the attack takes.", log=True, whole=True)
