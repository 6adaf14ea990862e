"""Loss, optimiser and training loop as text for the "Show the code" panels."""

from core.config import OptimizerConfig, RunConfig

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


def loop_code(config: RunConfig) -> str:
    """The lines after the network: loss, optimiser, loop. `batches(size)` gives an epoch's x, y."""
    train = config.train
    by_hand = train.optimizer.name == "sgd-by-hand"
    family = config.model.family
    manual = family == "manual"
    source = "tensors" if family in ("raw", "manual") else "network.parameters()"
    head = [] if manual else [f"loss_function = nn.CrossEntropyLoss(reduction={train.reduction!r})"]
    adversarial = train.adversarial != "none"
    moving = train.schedule != "constant" or train.optimizer.settings.get("decay", 0.0) > 0
    lr = "lr" if moving else f"{train.optimizer['lr']:g}"
    if not by_hand:
        head.append(optimizer_line(train.optimizer, source))
    if moving or adversarial:
        head += [f"steps, step = {train.epochs} * len(batches({train.batch_size})), 0"]
    loop = [
        "",
        f"for epoch in range({train.epochs}):",
        f"    for x, y in batches({train.batch_size}):              # a new random order each epoch",
    ]
    if train.adversarial != "none":
        loop += _attacked(config)
    if manual:
        loop += ["        backward(*forward(x), y)              # ∂loss/∂W for every W, into W.grad"]
    else:
        loop += [
            "        loss = loss_function(network(x), y)   # forward",
            "        loss.backward()                       # ∂loss/∂W for every W, into W.grad",
        ]
    if moving:
        loop += _moving(config, by_hand)
    if moving or adversarial:
        loop.append("        step += 1")
    if by_hand:
        head, step = _by_hand(head, train.optimizer, source, lr)
        loop += step
    else:
        loop += ["        optimizer.step()", "        optimizer.zero_grad()"]
    if moving and "math." in "".join(loop):
        head.insert(0, "import math\n")
    return "\n".join([*head, *loop])


def optimizer_line(optimizer: OptimizerConfig, source: str) -> str:
    """`optimizer = torch.optim.NAME(…)` over the parameters that `source` names."""
    settings = optimizer.settings
    names = {**_NAMES, **({"rho": "alpha"} if optimizer.name == "rmsprop" else {})}
    words = [f"{names.get(k, k)}={v:g}" for k, v in settings.items() if k not in _APART]
    if settings.get("nesterov") and settings["momentum"]:
        words.append("nesterov=True")
    if "beta_1" in settings:
        words.append(f"betas=({settings['beta_1']:g}, {settings['beta_2']:g})")
    return f"optimizer = torch.optim.{_CLASSES[optimizer.name]}({source}, {', '.join(words)})"


def _attacked(config: RunConfig) -> list[str]:
    """Each batch at its worst within ε, as core.training.adversarial makes it."""
    train = config.train
    several = train.adversarial == "pgd"
    usual = 2 / train.attack_steps if several else 1.0
    size = train.attack_step_size / (train.attack_epsilon or 1) or usual  # of e
    warm = f" * min(1, step / steps / {train.attack_warmup:g})" if train.attack_warmup else ""
    return [
        f"        e = {train.attack_epsilon:g}{warm}",
        "        z = (x + e * (2 * torch.rand_like(x) - 1)).clamp(0, 1)      # somewhere within e",
        f"        for _ in range({train.attack_steps if several else 1}):",
        "            (slope,) = torch.autograd.grad(loss_function(network(z.requires_grad_()), y), z)",
        f"            z = z.detach() + {size:g} * e * slope.sign()               # uphill",
        "            z = z.clamp(x - e, x + e).clamp(0, 1)",
        "        x = z                                 # learn from the worst",
    ]


def _moving(config: RunConfig, by_hand: bool) -> list[str]:
    """The rate of each step, by schedule and decay."""
    from core.training.schedules import SCHEDULES

    train = config.train
    rate = f"{train.optimizer['lr']:g}"
    lines = []
    if train.schedule != "constant":
        lines.append("        p = step / steps                      # the share that is done")
        rate += f" * ({SCHEDULES[train.schedule].code})"
    if decay := train.optimizer.settings.get("decay", 0.0):
        rate += f" / (1 + {decay:g} * step)"
    lines.append(f"        lr = {rate}")
    if not by_hand:
        lines += ["        for group in optimizer.param_groups:", '            group["lr"] = lr']
    return lines


def _by_hand(
    head: list[str], optimizer: OptimizerConfig, source: str, lr: str
) -> tuple[list[str], list[str]]:
    """W := W − lr · gradient, or with a velocity, on bare tensors."""
    momentum = optimizer["momentum"]
    if momentum:
        head = [*head, f"velocities = [torch.zeros_like(W) for W in {source}]"]
    each = f"W, v in zip({source}, velocities)" if momentum else f"W in {source}"
    rate = f"{lr} * W.grad"
    step = [f"v.mul_({momentum:g}).add_({rate})", "W -= v"] if momentum else [f"W -= {rate}"]
    lines = [
        "        with torch.no_grad():",
        f"            for {each}:",
        *(f"                {line}" for line in (*step, "W.grad = None")),
    ]
    return head, lines
