"""An optimizer as text: its line, and what torch needs to be told so that it means what the lab means.

Where torch.optim means the same it stands alone. Two things differ (core.training.chapter_optimizers): Adam's
ε, and a velocity whose learning rate changes.
"""

from core.config.optimizers import OPTIMIZERS
from core.config.run import OptimizerConfig, RunConfig
from core.config.update_rules import MOMENTUM
from core.export.snippets.words import PANEL, CodeContext, number
from core.training.schedules import SCHEDULES


def optimizer_line(optimizer: OptimizerConfig, source: str, *, whole: bool = False) -> str:
    """`optimizer = torch.optim.NAME(…)` over the parameters that `source` names.

    whole: for a script that repeats a run to the last digit, where Adam's one call for all parameters
    (`fused`), as the lab makes it, rounds otherwise than one for each.
    """
    entry = OPTIMIZERS[optimizer.name]
    arguments = {name: value for name, value in entry.arguments(optimizer.settings).items() if value is not False}
    if whole and entry.rule.keras_epsilon:
        arguments["fused"] = True
    words = [f"{name}={_python(value)}" for name, value in arguments.items()]
    return f"optimizer = torch.optim.{entry.in_torch}({source}, {', '.join(words)})"


def _python(value: object) -> str:
    """An argument as Python: a number, several of them, or True."""
    if isinstance(value, tuple):
        return f"({', '.join(map(_python, value))})"
    return number(value) if isinstance(value, float) else repr(value)


def moves(config: RunConfig, around: CodeContext = PANEL) -> bool:
    """Whether the learning rate changes from step to step."""
    train = config.train
    return train.schedule != "constant" or train.optimizer.settings.get("decay", 0.0) > 0 or "lr" in around.changed


def counts_steps(config: RunConfig) -> bool:
    """Whether the number of steps so far is needed: for decay, and for Adam's correction."""
    optimizer = config.train.optimizer
    return optimizer.settings.get("decay", 0.0) > 0 or OPTIMIZERS[optimizer.name].rule.keras_epsilon


def rate_lines(config: RunConfig, around: CodeContext) -> list[str]:
    """Lines that set `lr`, the learning rate of this step, from `p` (the share that is done) and `step`."""
    train = config.train
    rate, lines = around.value("lr", train.optimizer["lr"]), []
    if train.schedule != "constant":
        first, *others = SCHEDULES[train.schedule].code.split(" else ")
        code = [first, *(f"else {other}" for other in others)]
        if sum(map(len, code)) < 70:
            lines = [f"factor = {' '.join(code)}"]
        else:
            lines = ["factor = (", *(f"    {line}" for line in code), ")"]
        rate += " * factor"
    if decay := train.optimizer.settings.get("decay", 0.0):
        rate += f" / (1 + {number(decay)} * step)"
    return [*lines, f"lr = {rate}"]


def told_lines(config: RunConfig, around: CodeContext) -> list[str]:
    """Lines that tell torch's optimizer what holds from this step on; none where nothing changes."""
    optimizer = config.train.optimizer
    settings, entry = optimizer.settings, OPTIMIZERS[optimizer.name]
    lines: list[str] = []
    if moves(config, around):
        if holds_steps(optimizer):
            lines += [
                "for state in optimizer.state.values():  # the velocity holds steps of the old learning rate",
                '    state["momentum_buffer"] *= group["lr"] / lr',
            ]
        lines.append('group["lr"] = lr')
    if entry.rule.keras_epsilon:
        epsilon, beta = number(settings["epsilon"]), number(settings["beta_2"])
        lines.append(f'group["eps"] = {epsilon} / (1 - {beta} ** (step + 1)) ** 0.5  # ε beside √v, as in Keras')
    for name in sorted(around.changed & entry.live.keys() - {"lr"}):
        lines.append(f'group["{entry.live[name]}"] = now["{name}"]')
    if not lines:
        return []
    return ["for group in optimizer.param_groups:", *(f"    {line}" for line in lines)]


def holds_steps(optimizer: OptimizerConfig) -> bool:
    """Whether it has a velocity, which holds steps; torch's is without the learning rate."""
    return OPTIMIZERS[optimizer.name].rule is MOMENTUM and optimizer["momentum"] > 0


def by_hand(config: RunConfig, around: CodeContext) -> bool:
    """Whether the update is written out: where the run's own is, and where its momentum changes on the way.

    With momentum 0 torch's SGD remembers nothing, though the formula's velocity is then the last step.
    """
    entry = OPTIMIZERS[config.train.optimizer.name]
    return entry.made_by == "hand" or (entry.rule is MOMENTUM and "momentum" in around.changed)


def by_hand_lines(config: RunConfig, around: CodeContext, source: str, lr: str) -> tuple[list[str], list[str]]:
    """(before the loop, within it): W := W − lr · gradient, or with a velocity, on bare tensors."""
    optimizer = config.train.optimizer
    momentum = optimizer["momentum"] > 0 or "momentum" in around.changed
    head = [f"velocities = [torch.zeros_like(W) for W in {source}]"] if momentum else []
    each = f"W, v in zip({source}, velocities)" if momentum else f"W in {source}"
    gamma, rate = around.value("momentum", optimizer["momentum"]), f"{lr} * W.grad"
    step = [f"W -= {rate}"]
    if momentum:
        ahead = f"{gamma} * v + {rate}  # look ahead" if optimizer.settings.get("nesterov") else "v"
        step = [f"v.mul_({gamma}).add_({rate})", f"W -= {ahead}"]
    lines = ["with torch.no_grad():", f"    for {each}:", *(f"        {line}" for line in (*step, "W.grad = None"))]
    return head, lines
