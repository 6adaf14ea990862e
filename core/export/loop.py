"""Loss, optimizer and training loop as text: for the "Show the code" panels and for whole scripts."""

from core.config.run import RecurrentConfig, RegressorConfig, RunConfig
from core.export.code_context import PANEL, CodeContext, indented, needs_share, number
from core.export.network import is_bare
from core.export.optimizer import by_hand_lines, counts_steps, is_by_hand, optimizer_line, update_lines

_BF16 = 'with torch.autocast("cpu", torch.bfloat16):  # products of matrices in 16 bits'


def loop_code(config: RunConfig, context: CodeContext = PANEL) -> str:
    """The lines after the network: loss, optimizer, loop. `batches(size)` gives an epoch's x, y.

    In a script `score`, `batches`, `places` and `stream` stand before it.
    """
    train = config.train
    by_hand = is_by_hand(train.optimizer, context)
    parameters = _parameters(config, by_hand)
    head = [] if config.model.family == "manual" and not context.script else [loss_line(config)]
    if by_hand:
        before, step = by_hand_lines(train, parameters, context)
        head += before
    else:
        head.append(optimizer_line(train.optimizer, parameters, context))
        step = [*update_lines(train, context), "optimizer.step()", "optimizer.zero_grad()"]
    share = needs_share(train)
    if context.script:
        head += ["seen = 0  # images so far"] if share or context.replayed else []
        head += ["step = 0"] if counts_steps(train.optimizer) else []
        head.append(f"losses = []  # of every step, for each {_example(config)}")
        head += ['attack = stream("attack")'] if train.adversarial != "none" else []
    elif share:
        head.append(f"steps, step = {train.epochs} * len(batches({train.batch_size})), 0")
    elif counts_steps(train.optimizer):
        head.append("step = 0")
    body = [*batch_lines(config, context), *step]
    if counts_steps(train.optimizer) or (share and not context.script):
        body.append("step += 1")
    if context.script and (share or context.replayed):
        body.append("seen += len(y)")
    if context.changed:
        body += ["while CHANGES and seen >= CHANGES[0][0]:", "    now.update(CHANGES.pop(0)[1])"]
    return "\n".join([*head, "", *_epochs(config, context, body)])


def loss_line(config: RunConfig) -> str:
    """`loss_function = …`, of outputs and labels."""
    kind = "MSELoss" if isinstance(config.model, RegressorConfig) else "CrossEntropyLoss"
    smoothing = config.train.label_smoothing
    more = f", label_smoothing={number(smoothing)}" if smoothing else ""
    return f'loss_function = nn.{kind}(reduction="{config.train.reduction}"{more})'


def batch_lines(config: RunConfig, context: CodeContext = PANEL) -> list[str]:
    """From a batch x, y to the gradient of its loss in every `.grad`; where needed with `p`, the share done."""
    lines = []
    if needs_share(config.train):
        done = "step / steps"
        if context.script:
            done = "seen / (EPOCHS * len(places))"
        if "epochs" in context.changed:
            done = 'min(1, seen / (now["epochs"] * len(places)))'
        lines.append(f"{f'p = {done}':<36}  # the share that is done")
    if config.train.adversarial != "none":
        lines += _attacked(config, context)
    return [*lines, *_backward(config, context)]


def _example(config: RunConfig) -> str:
    return {RegressorConfig: "point", RecurrentConfig: "word"}.get(type(config.model), "image")


def _parameters(config: RunConfig, by_hand: bool) -> str:
    if is_bare(config):
        return "tensors"
    if by_hand and getattr(config.model, "frozen", False):
        return "[W for W in network.parameters() if W.requires_grad]"
    return "network.parameters()"


def _backward(config: RunConfig, context: CodeContext) -> list[str]:
    manual = config.model.family == "manual"
    if manual and not context.script:
        return ["backward(*forward(x), y)              # ∂loss/∂W for every W, into W.grad"]
    lines = ["loss = loss_function(network(x), y)   # forward"]
    if manual:
        lines = ["inputs, before = forward(x)", "loss = loss_function(before[-1], y)"]
    elif context.bf16:
        lines = [_BF16, *indented(lines)]
    call = "backward(inputs, before, y)" if manual else "loss.backward()"
    lines.append(f"{call:<38}# ∂loss/∂W for every W, into W.grad")
    if context.script:
        lines.append(f"losses.append(loss.item(){' / len(y)' if config.train.reduction == 'sum' else ''})")
    return lines


def _attacked(config: RunConfig, context: CodeContext) -> list[str]:
    """Each batch at its worst within ε, as core.training.adversarial makes it."""
    train = config.train
    several = train.adversarial == "pgd"
    usual = 2 / train.attack_steps if several else 1.0
    size = train.attack_step_size / (train.attack_epsilon or 1) or usual  # of e
    warm = f" * min(1, p / {number(train.attack_warmup)})" if train.attack_warmup else ""
    modes = not is_bare(config)
    forward = ["loss = loss_function(network(z.requires_grad_()), y)"]
    return [
        f"e = {number(train.attack_epsilon)}{warm}",
        f"z = (x + e * (2 * torch.rand(x.shape{context.generator('attack')}) - 1)).clamp(0, 1)  # somewhere within e",
        *(["network.eval()"] if modes else []),
        f"for _ in range({train.attack_steps if several else 1}):",
        *indented([_BF16, *indented(forward)] if context.bf16 else forward),
        "    (gradient,) = torch.autograd.grad(loss, z)",
        f"    z = z.detach() + {number(size)} * e * gradient.sign()            # uphill",
        "    z = z.clamp(x - e, x + e).clamp(0, 1)",
        *(["network.train()"] if modes else []),
        "x = z                                 # learn from the worst",
    ]


def _epochs(config: RunConfig, context: CodeContext, body: list[str]) -> list[str]:
    """The two loops with `body` within, and what follows every epoch."""
    train = config.train
    chooses = context.held_out and (train.keep == "best" or train.patience > 0)
    first, last = ["for epoch in range(1, EPOCHS + 1):"], []
    if not context.script:
        first = [f"for epoch in range({'1, ' if chooses else ''}{train.epochs + chooses}):"]
    if chooses:
        before = ["best_loss, best_epoch = score(x_validation, y_validation)[0], 0"]
        if train.keep == "best":
            before.append(f"best = {_copied(config)}")
            last = (
                ["for W, kept in zip(tensors, best):", "    W.data.copy_(kept)"]
                if is_bare(config)
                else ["network.load_state_dict(best)"]
            )
        first = [*before, *first]
    if (context.script or chooses) and not is_bare(config):
        first.append("    network.train()")
    if context.replayed:
        first.append("    for x, y in batches():")
    elif context.script:
        first.append("    for x, y in batches(BATCH_SIZE):")
    else:
        first.append(f"    for x, y in batches({train.batch_size}):              # a new random order each epoch")
    after = [*(_report(config) if context.script else []), *(_choice(config) if chooses else [])]
    return [*first, *indented(body, 8), *indented(after), *last]


def _report(config: RunConfig) -> list[str]:
    """A line about the test after each epoch, or after each tenth of many."""
    found = "test accuracy {score(x_test, y_test)[1] / len(y_test):.2%}"
    if isinstance(config.model, RegressorConfig):
        found = "test loss {score(x_test, y_test)[0]:.6f}"
    line = f'print(f"epoch {{epoch}}: {found}")'
    if config.train.epochs <= 50:
        return [line]
    return [f"if epoch % {config.train.epochs // 10} == 0:", f"    {line}"]


def _choice(config: RunConfig) -> list[str]:
    """After each epoch: keep the weights if they are the best so far, stop where nothing better comes."""
    train = config.train
    lines = [
        "found, _ = score(x_validation, y_validation)",
        "if found < best_loss:",
        f"    best_loss, best_epoch = found, epoch{'' if train.keep == 'last' else '  # the best so far'}",
    ]
    if train.keep == "best":
        lines.append(f"    best = {_copied(config)}")
    if train.patience:
        lines += [f"if epoch - best_epoch >= {train.patience}:  # patience has an end", "    break"]
    return lines


def _copied(config: RunConfig) -> str:
    return "[W.detach().clone() for W in tensors]" if is_bare(config) else "copy.deepcopy(network.state_dict())"
