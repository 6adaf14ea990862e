"""An optimizer as text: its line, and what torch needs to be told so that it means what the lab means.

Where torch.optim means the same it stands alone. Two things differ (core.training.chapter_optimizers): Adam's
ε, and a velocity whose rate changes.
"""

from core.config.run import OptimizerConfig, RunConfig
from core.export.snippets.words import PANEL, CodeContext, number
from core.training.optimizers import OPTIMIZERS
from core.training.schedules import SCHEDULES

_NAMES = {"epsilon": "eps"}
_APART = ("beta_1", "beta_2", "decay", "nesterov")  # said in another way than NAME=VALUE


def optimizer_line(optimizer: OptimizerConfig, source: str, *, whole: bool = False) -> str:
    """`optimizer = torch.optim.NAME(…)` over the parameters that `source` names.

    whole: for a script that repeats a run to the last digit, where Adam's one call for all parameters
    (`fused`), as the lab makes it, rounds otherwise than one for each.
    """
    settings, entry = optimizer.settings, OPTIMIZERS[optimizer.name]
    names = {**_NAMES, **entry.live}
    words = [f"{names.get(k, k)}={number(v)}" for k, v in settings.items() if k not in _APART]
    if settings.get("nesterov") and settings["momentum"]:
        words.append("nesterov=True")
    if "beta_1" in settings:
        words.append(f"betas=({number(settings['beta_1'])}, {number(settings['beta_2'])})")
    if whole and entry.rule.keras_epsilon:
        words.append("fused=True")
    return f"optimizer = torch.optim.{entry.in_torch}({source}, {', '.join(words)})"


def moves(config: RunConfig, around: CodeContext = PANEL) -> bool:
    """Whether the rate changes from step to step."""
    train = config.train
    return train.schedule != "constant" or train.optimizer.settings.get("decay", 0.0) > 0 or "lr" in around.changed


def counts_steps(config: RunConfig) -> bool:
    """Whether the number of steps so far is needed: for decay, and for Adam's correction."""
    optimizer = config.train.optimizer
    return optimizer.settings.get("decay", 0.0) > 0 or OPTIMIZERS[optimizer.name].rule.keras_epsilon


def rate_lines(config: RunConfig, around: CodeContext) -> list[str]:
    """Lines that set `lr`, the rate of this step, from `p` (the share that is done) and `step`."""
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
    settings = optimizer.settings
    lines: list[str] = []
    if moves(config, around):
        if settings.get("momentum"):
            lines += [
                "for state in optimizer.state.values():  # the velocity holds steps of the old rate",
                '    state["momentum_buffer"] *= group["lr"] / lr',
            ]
        lines.append('group["lr"] = lr')
    if OPTIMIZERS[optimizer.name].rule.keras_epsilon:
        epsilon, beta = number(settings["epsilon"]), number(settings["beta_2"])
        lines.append(f'group["eps"] = {epsilon} / (1 - {beta} ** (step + 1)) ** 0.5  # ε beside √v, as in Keras')
    live = OPTIMIZERS[optimizer.name].live
    for name in sorted(around.changed & set(live) - {"lr"}):
        lines.append(f'group["{live[name]}"] = now["{name}"]')
    if not lines:
        return []
    return ["for group in optimizer.param_groups:", *(f"    {line}" for line in lines)]


def by_hand(config: RunConfig, around: CodeContext) -> bool:
    """Whether the update is written out: where the run's own is, and where its momentum changes on the way.

    With momentum 0 torch's SGD remembers nothing, though the formula's velocity is then the last step.
    """
    return config.train.optimizer.name == "sgd-by-hand" or "momentum" in around.changed


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
