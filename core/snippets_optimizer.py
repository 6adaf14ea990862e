"""An optimiser as text: its line, and what torch needs to be told so that it means what the lab means.

Where torch.optim means the same it stands alone. Two things differ (see core.training.keras_rules): Adam's ε,
and a velocity whose rate changes.
"""

from core.config import OptimizerConfig, RunConfig
from core.snippets_words import PANEL, Around, number

_CLASSES = {
    "sgd": "SGD",
    "momentum": "SGD",
    "rmsprop": "RMSprop",
    "adam": "Adam",
    "adamw": "AdamW",
    "adagrad": "Adagrad",
    "adadelta": "Adadelta",
}
_NAMES = {"epsilon": "eps"}
_APART = ("beta_1", "beta_2", "decay", "nesterov")  # said in another way than NAME=VALUE


def optimizer_line(optimizer: OptimizerConfig, source: str, *, whole: bool = False) -> str:
    """`optimizer = torch.optim.NAME(…)` over the parameters that `source` names.

    whole: for a script that repeats a run to the last digit, where Adam's one call for all parameters
    (`fused`), as the lab makes it, rounds otherwise than one for each.
    """
    settings = optimizer.settings
    names = {**_NAMES, **({"rho": "alpha"} if optimizer.name == "rmsprop" else {})}
    words = [f"{names.get(k, k)}={number(v)}" for k, v in settings.items() if k not in _APART]
    if settings.get("nesterov") and settings["momentum"]:
        words.append("nesterov=True")
    if "beta_1" in settings:
        words.append(f"betas=({number(settings['beta_1'])}, {number(settings['beta_2'])})")
    if whole and optimizer.name == "adam":
        words.append("fused=True")
    return f"optimizer = torch.optim.{_CLASSES[optimizer.name]}({source}, {', '.join(words)})"


def moves(config: RunConfig, around: Around = PANEL) -> bool:
    """Whether the rate changes from step to step."""
    train = config.train
    return (
        train.schedule != "constant"
        or train.optimizer.settings.get("decay", 0.0) > 0
        or "lr" in around.changed
    )


def counts_steps(config: RunConfig) -> bool:
    """Whether the number of steps so far is needed: for decay, and for Adam's correction."""
    optimizer = config.train.optimizer
    return optimizer.settings.get("decay", 0.0) > 0 or optimizer.name == "adam"


def rate_lines(config: RunConfig, around: Around) -> list[str]:
    """Lines that set `lr`, the rate of this step, from `p` (the share that is done) and `step`."""
    from core.training.schedules import SCHEDULES

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


def told_lines(config: RunConfig, around: Around) -> list[str]:
    """Lines that tell torch's optimiser what holds from this step on; none where nothing changes."""
    from core.training.optimizers import OPTIMIZERS

    optimizer = config.train.optimizer
    settings = optimizer.settings
    lines: list[str] = []
    changing_momentum = "momentum" in around.changed
    if moves(config, around):
        if settings.get("momentum") or changing_momentum:
            lines.append("for state in optimizer.state.values():  # the velocity holds steps of the old rate")
            if changing_momentum:
                lines += [
                    '    if state.get("momentum_buffer") is not None:',
                    '        state["momentum_buffer"] *= group["lr"] / lr',
                ]
            else:
                lines.append('    state["momentum_buffer"] *= group["lr"] / lr')
        lines.append('group["lr"] = lr')
    if optimizer.name == "adam":
        epsilon, beta = number(settings["epsilon"]), number(settings["beta_2"])
        lines.append(
            f'group["eps"] = {epsilon} / (1 - {beta} ** (step + 1)) ** 0.5  # ε beside √v, as in Keras'
        )
    live = OPTIMIZERS[optimizer.name].live
    for name in sorted(around.changed & set(live) - {"lr"}):
        lines.append(f'group["{live[name]}"] = now["{name}"]')
        if name == "momentum" and settings.get("nesterov"):
            lines.append('group["nesterov"] = now["momentum"] > 0')
    if not lines:
        return []
    return ["for group in optimizer.param_groups:", *(f"    {line}" for line in lines)]


def by_hand_lines(config: RunConfig, around: Around, source: str, lr: str) -> tuple[list[str], list[str]]:
    """(before the loop, within it): W := W − lr · gradient, or with a velocity, on bare tensors."""
    optimizer = config.train.optimizer
    momentum = optimizer["momentum"] > 0 or "momentum" in around.changed
    head = [f"velocities = [torch.zeros_like(W) for W in {source}]"] if momentum else []
    each = f"W, v in zip({source}, velocities)" if momentum else f"W in {source}"
    rate = f"{lr} * W.grad"
    gamma = around.value("momentum", optimizer["momentum"])
    with_memory = [f"v.mul_({gamma}).add_({rate})", "W -= v"]
    step = with_memory if momentum else [f"W -= {rate}"]
    if momentum and optimizer["momentum"] == 0:  # nothing is remembered before it is asked for
        step = [f"if {gamma}:", *(f"    {line}" for line in with_memory), "else:", f"    W -= {rate}"]
    lines = [
        "with torch.no_grad():",
        f"    for {each}:",
        *(f"        {line}" for line in (*step, "W.grad = None")),
    ]
    return head, lines
