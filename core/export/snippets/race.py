"""A race as the few lines of PyTorch that matter: one start, one order, an optimizer each."""

from dataclasses import replace

from core.config.optimizers import OPTIMIZERS
from core.config.race import Lane, RaceConfig
from core.config.run import CNNConfig, RunConfig
from core.export.snippets.optimizer import holds_steps, optimizer_line
from core.export.snippets.panel import network_code
from core.export.snippets.words import number
from core.training.schedules import SCHEDULES


def race_code(config: RaceConfig) -> str:
    """Readable PyTorch for `config`; `images` (N, 784) and `labels` (N,) stand for the training digits."""
    train = config.base.train
    lanes = ",\n".join(f"    {lane.name!r}: {_maker(lane)}" for lane in config.lanes)
    rates = ",\n".join(f"    {lane.name!r}: lambda p, step: {_rate(lane)}" for lane in config.lanes)
    moving = any(_moves(lane) for lane in config.lanes)
    counted = moving or any(_keras(lane) for lane in config.lanes)
    head = ["import copy", *(["import math"] if "math." in rates and moving else [])]
    body = [
        *head,
        "import torch",
        "from torch import nn",
        "",
        f"torch.manual_seed({config.seeds[0]})",
        *_network(config.base),
        f"size, epochs = {train.batch_size}, {train.epochs}",
        "orders = [torch.randperm(len(images)).split(size) for epoch in range(epochs)]",
        "",
        "make = {                                      # what differs, and nothing else",
        lanes + ",",
        "}",
    ]
    if moving:
        body += ["rates = {                                     # p: the share that is done", rates + ",", "}"]
    body += [
        f'loss_function = nn.CrossEntropyLoss(reduction="{train.reduction}")',
        "lanes = {name: copy.deepcopy(network) for name in make}      # the same first weights",
        "optimizers = {name: make[name](lanes[name].parameters()) for name in make}",
        "curves = {name: [] for name in make}",
        "",
        *(["steps, step = sum(map(len, orders)), 0"] if counted else []),
        "for order in orders:",
        "    for batch in order:                       # the same images, one step each",
        "        for name, optimizer in optimizers.items():",
        *_describe(config, moving),
        "            loss = loss_function(lanes[name](images[batch]), labels[batch])",
        "            loss.backward()",
        "            optimizer.step()",
        "            optimizer.zero_grad()",
        "            curves[name].append(loss.item())",
        *(["        step += 1"] if counted else []),
    ]
    return "\n".join(body) + "\n"


def _network(base: RunConfig) -> list[str]:
    """The lines that make `network`, as the panels of its own page show them."""
    model = base.model if isinstance(base.model, CNNConfig) else replace(base.mlp, family="module")
    return network_code(replace(base, model=model)).splitlines()


def _maker(lane: Lane) -> str:
    line = optimizer_line(lane.optimizer, "weights")
    return f"lambda weights: {line.removeprefix('optimizer = ')}"


def _moves(lane: Lane) -> bool:
    return lane.schedule != "constant" or lane.optimizer.settings.get("decay", 0.0) > 0


def _keras(lane: Lane) -> bool:
    """Whether torch has to be told at each step what its ε is."""
    return OPTIMIZERS[lane.optimizer.name].rule.keras_epsilon


def _describe(config: RaceConfig, moving: bool) -> list[str]:
    """What the lanes' optimizers are told before a step: the learning rate, and whatever torch means otherwise."""
    lines = []
    if moving:
        lines.append("lr = rates[name](step / steps, step)")
        if any(holds_steps(lane.optimizer) and _moves(lane) for lane in config.lanes):
            lines += [
                "for state in optimizer.state.values():  # a velocity holds steps of the old learning rate",
                '    if state.get("momentum_buffer") is not None:',
                '        state["momentum_buffer"] *= group["lr"] / lr',
            ]
        lines.append('group["lr"] = lr')
    for lane in filter(_keras, config.lanes):
        settings = lane.optimizer.settings
        lines += [
            f"if name == {lane.name!r}:  # ε beside √v, as in Keras",
            f'    group["eps"] = {number(settings["epsilon"])} / '
            f"(1 - {number(settings['beta_2'])} ** (step + 1)) ** 0.5",
        ]
    if not lines:
        return []
    return ["            for group in optimizer.param_groups:", *(f"                {line}" for line in lines)]


def _rate(lane: Lane) -> str:
    text = f"{lane.optimizer['lr']:g}"
    if lane.schedule != "constant":
        text += f" * ({SCHEDULES[lane.schedule].code})"
    if decay := lane.optimizer.settings.get("decay", 0.0):
        text += f" / (1 + {decay:g} * step)"
    return text
