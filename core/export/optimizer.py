"""An optimizer as text: its line, and what torch needs to be told so that it means what the lab means.

Where torch.optim means the same it stands alone. Two things differ (core.training.chapter_optimizers): Adam's
ε, and a velocity whose learning rate changes.
"""

from collections.abc import Mapping

from core.config.optimizers import OPTIMIZERS
from core.config.run import OptimizerConfig, TrainConfig
from core.config.update_rules import MOMENTUM
from core.export.code_context import PANEL, CodeContext, indented, number, quoted
from core.training.schedules import SCHEDULES


def optimizer_line(optimizer: OptimizerConfig, parameters: str, context: CodeContext = PANEL) -> str:
    """`optimizer = torch.optim.NAME(…)` over the parameters that `parameters` names.

    A script repeats a run to the last digit, where Adam's one call for all parameters (`fused`), as the lab
    makes it, rounds otherwise than one for each.
    """
    entry = OPTIMIZERS[optimizer.name]
    arguments = {name: value for name, value in entry.arguments(optimizer.settings).items() if value is not False}
    if context.script and entry.rule.keras_epsilon:
        arguments["fused"] = True
    words = [f"{name}={_python(value)}" for name, value in arguments.items()]
    return f"optimizer = torch.optim.{entry.in_torch}({parameters}, {', '.join(words)})"


def _python(value: object) -> str:
    """An argument as Python: a number, several of them, or True."""
    if isinstance(value, tuple):
        return f"({', '.join(map(_python, value))})"
    return number(value) if isinstance(value, float) else repr(value)


def optimizer_makers(optimizers: Mapping[str, OptimizerConfig], context: CodeContext = PANEL) -> list[str]:
    """A dict `makers` of several: name → a function of the parameters."""
    rows = [
        f"{quoted(name)}: lambda weights: {optimizer_line(optimizer, 'weights', context).removeprefix('optimizer = ')},"
        for name, optimizer in optimizers.items()
    ]
    return ["makers = {  # what differs, and nothing else", *indented(rows), "}"]


def moves(train: TrainConfig, context: CodeContext = PANEL) -> bool:
    """Whether the learning rate changes from step to step."""
    return train.schedule != "constant" or train.optimizer.settings.get("decay", 0.0) > 0 or "lr" in context.changed


def counts_steps(optimizer: OptimizerConfig) -> bool:
    """Whether the number of steps so far is needed: for decay, and for Adam's correction."""
    return optimizer.settings.get("decay", 0.0) > 0 or OPTIMIZERS[optimizer.name].rule.keras_epsilon


def update_lines(train: TrainConfig, context: CodeContext = PANEL) -> list[str]:
    """Lines that tell torch's optimizer what holds from this step on; none where nothing changes.

    They read `step`, and `p`, the share of the training that is done.
    """
    optimizer = train.optimizer
    settings, entry = optimizer.settings, OPTIMIZERS[optimizer.name]
    lines: list[str] = []
    if moves(train, context):
        if entry.rule is MOMENTUM and optimizer["momentum"] > 0:  # torch's velocity is without the learning rate
            lines += [
                "for state in optimizer.state.values():  # the velocity holds steps of the old learning rate",
                '    state["momentum_buffer"] *= group["lr"] / lr',
            ]
        lines.append('group["lr"] = lr')
    if entry.rule.keras_epsilon:
        epsilon, beta = number(settings["epsilon"]), number(settings["beta_2"])
        lines.append(f'group["eps"] = {epsilon} / (1 - {beta} ** (step + 1)) ** 0.5  # ε beside √v, as in Keras')
    for name in sorted(context.changed & entry.live.keys() - {"lr"}):
        lines.append(f'group["{entry.live[name]}"] = now["{name}"]')
    if not lines:
        return []
    return [*rate_lines(train, context), "for group in optimizer.param_groups:", *indented(lines)]


def update_lines_by_name(trains: Mapping[str, TrainConfig], context: CodeContext = PANEL) -> list[str]:
    """The same for several optimizers, of which `name` says which one steps."""
    lines = []
    for name, train in trains.items():
        if update := update_lines(train, context):
            lines += [f"if name == {quoted(name)}:", *indented(update)]
    return lines


def rate_lines(train: TrainConfig, context: CodeContext = PANEL) -> list[str]:
    """Lines that set `lr`, the learning rate of this step, where it moves."""
    if not moves(train, context):
        return []
    rate, lines = context.value("lr", train.optimizer["lr"]), []
    if train.schedule != "constant":
        first, *others = SCHEDULES[train.schedule].code.split(" else ")
        code = [first, *(f"else {other}" for other in others)]
        long = sum(map(len, code)) >= 70
        lines = ["factor = (", *indented(code), ")"] if long else [f"factor = {' '.join(code)}"]
        rate += " * factor"
    if decay := train.optimizer.settings.get("decay", 0.0):
        rate += f" / (1 + {number(decay)} * step)"
    return [*lines, f"lr = {rate}"]


def is_by_hand(optimizer: OptimizerConfig, context: CodeContext = PANEL) -> bool:
    """Whether the update is written out: where the run's own is, and where its momentum changes on the way.

    With momentum 0 torch's SGD remembers nothing, though the formula's velocity is then the last step.
    """
    entry = OPTIMIZERS[optimizer.name]
    return entry.made_by == "hand" or (entry.rule is MOMENTUM and "momentum" in context.changed)


def by_hand_lines(train: TrainConfig, parameters: str, context: CodeContext) -> tuple[list[str], list[str]]:
    """(before the loop, within it): W := W − lr · gradient, or with a velocity, on bare tensors."""
    optimizer = train.optimizer
    momentum = optimizer["momentum"] > 0 or "momentum" in context.changed
    lr = "lr" if moves(train, context) else number(optimizer["lr"])
    head = [f"velocities = [torch.zeros_like(W) for W in {parameters}]"] if momentum else []
    each = f"W, v in zip({parameters}, velocities)" if momentum else f"W in {parameters}"
    gamma, rate = context.value("momentum", optimizer["momentum"]), f"{lr} * W.grad"
    step = [f"W -= {rate}"]
    if momentum:
        ahead = f"{gamma} * v + {rate}  # look ahead" if optimizer.settings.get("nesterov") else "v"
        step = [f"v.mul_({gamma}).add_({rate})", f"W -= {ahead}"]
    lines = ["with torch.no_grad():", f"    for {each}:", *indented([*step, "W.grad = None"], 8)]
    return head, [*rate_lines(train, context), *lines]
