"""Loss, optimizer and training loop as text: for the "Show the code" panels and for whole scripts."""

from core.config.language import ALPHABET, LANGUAGES
from core.config.run import RecurrentConfig, RegressorConfig, RunConfig
from core.export.snippets.optimizer import (
    by_hand,
    by_hand_lines,
    counts_steps,
    moves,
    optimizer_line,
    rate_lines,
    told_lines,
)
from core.export.snippets.words import PANEL, CodeContext, number

SHORT = 'with torch.autocast("cpu", torch.bfloat16):  # products of matrices in 16 bits'


def loop_code(config: RunConfig, around: CodeContext = PANEL) -> str:
    """The lines after the network: loss, optimizer, loop. `batches(size)` gives an epoch's x, y.

    In a whole script `score`, `batches`, `places` and `stream` stand before it.
    """
    train = config.train
    manual = config.model.family == "manual"
    written_out = by_hand(config, around)
    moving = moves(config, around)
    share = needs_share(config)
    kind = "MSELoss" if isinstance(config.model, RegressorConfig) else "CrossEntropyLoss"
    words = f'reduction="{train.reduction}"'
    if train.label_smoothing:
        words += f", label_smoothing={number(train.label_smoothing)}"
    head = [] if manual and not around.whole else [f"loss_function = nn.{kind}({words})"]
    source = _source(config, written_out)
    if written_out:
        lr = "lr" if moving else number(train.optimizer["lr"])
        before, step = by_hand_lines(config, around, source, lr)
        head += before
    else:
        head.append(optimizer_line(train.optimizer, source, whole=around.whole))
        step = [*told_lines(config, around), "optimizer.step()", "optimizer.zero_grad()"]
    if moving:
        step = [*rate_lines(config, around), *step]
    head += _counters(config, around)
    if around.whole:
        head.append(f"losses = []  # of every step, for each {_thing(config)}")
        if train.adversarial != "none":
            head.append('attack = stream("attack")')
    body = [_share(config, around)] if share else []
    if train.adversarial != "none":
        body += _attacked(config, around)
    body += [*_backward(config, around), *step]
    if counts_steps(config) or (share and not around.whole):
        body.append("step += 1")
    if around.whole and (share or around.replayed):
        body.append("seen += len(y)")
    if around.changed:
        body += ["while CHANGES and seen >= CHANGES[0][0]:", "    now.update(CHANGES.pop(0)[1])"]
    lines = [*head, "", *_around_epoch(config, around, [f"    {line}" for line in body])]
    return "\n".join(lines)


def needs_share(config: RunConfig) -> bool:
    """Whether the share of the training behind us matters: to a schedule, or to an attack that grows."""
    train = config.train
    return train.schedule != "constant" or (train.adversarial != "none" and train.attack_warmup > 0)


def _thing(config: RunConfig) -> str:
    return {RegressorConfig: "point", RecurrentConfig: "word"}.get(type(config.model), "image")


def _source(config: RunConfig, written_out: bool) -> str:
    if config.model.family in ("raw", "manual"):
        return "tensors"
    if written_out and getattr(config.model, "frozen", False):
        return "[W for W in network.parameters() if W.requires_grad]"
    return "network.parameters()"


def _counters(config: RunConfig, around: CodeContext) -> list[str]:
    train = config.train
    steps = counts_steps(config)
    if not around.whole:
        if needs_share(config):
            return [f"steps, step = {train.epochs} * len(batches({train.batch_size})), 0"]
        return ["step = 0"] if steps else []
    seen = ["seen = 0  # images so far"] if needs_share(config) or around.replayed else []
    return [*seen, *(["step = 0"] if steps else [])]


def _share(config: RunConfig, around: CodeContext) -> str:
    if not around.whole:
        return "p = step / steps                      # the share that is done"
    if "epochs" in around.changed:
        return 'p = min(1, seen / (now["epochs"] * len(places)))  # the share that is done'
    return "p = seen / (EPOCHS * len(places))     # the share that is done"


def _backward(config: RunConfig, around: CodeContext) -> list[str]:
    manual = config.model.family == "manual"
    per_image = " / len(y)" if config.train.reduction == "sum" else ""
    if manual and not around.whole:
        return ["backward(*forward(x), y)              # ∂loss/∂W for every W, into W.grad"]
    if manual:
        return [
            "inputs, before = forward(x)",
            "loss = loss_function(before[-1], y)",
            "backward(inputs, before, y)           # ∂loss/∂W for every W, into W.grad",
            f"losses.append(loss.item(){per_image})",
        ]
    forward = ["loss = loss_function(network(x), y)   # forward"]
    if around.short:
        forward = [SHORT, f"    {forward[0]}"]
    return [
        *forward,
        "loss.backward()                       # ∂loss/∂W for every W, into W.grad",
        *([f"losses.append(loss.item(){per_image})"] if around.whole else []),
    ]


def _around_epoch(config: RunConfig, around: CodeContext, body: list[str]) -> list[str]:
    """The two loops with `body` within, and in a script what follows every epoch."""
    train = config.train
    if not around.whole:
        return [
            f"for epoch in range({train.epochs}):",
            f"    for x, y in batches({train.batch_size}):              # a new random order each epoch",
            *(f"    {line}" for line in body),
        ]
    return [
        *_best_before(config),
        "for epoch in range(1, EPOCHS + 1):",
        *([] if _bare(config) else ["    network.train()"]),
        f"    for x, y in {'batches()' if around.replayed else 'batches(BATCH_SIZE)'}:",
        *(f"    {line}" for line in body),
        *(f"    {line}" for line in _after_epoch(config)),
        *_best_after(config),
    ]


def _bare(config: RunConfig) -> bool:
    """Whether the network is bare tensors and no nn.Module."""
    return config.model.family in ("raw", "manual")


def _after_epoch(config: RunConfig) -> list[str]:
    found = (
        'print(f"epoch {epoch}: test loss {score(x_test, y_test)[0]:.6f}")'
        if isinstance(config.model, RegressorConfig)
        else 'print(f"epoch {epoch}: test accuracy {score(x_test, y_test)[1] / len(y_test):.2%}")'
    )
    report = [f"if epoch % {config.train.epochs // 10} == 0:", f"    {found}"]
    lines = report if config.train.epochs > 50 else [found]
    train = config.train
    if train.keep == "last" and not train.patience:
        return lines
    lines += [
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
    return "[W.detach().clone() for W in tensors]" if _bare(config) else "copy.deepcopy(network.state_dict())"


def _best_before(config: RunConfig) -> list[str]:
    train = config.train
    if train.keep == "last" and not train.patience:
        return []
    lines = ["best_loss, best_epoch = score(x_validation, y_validation)[0], 0"]
    return [*lines, f"best = {_copied(config)}"] if train.keep == "best" else lines


def _best_after(config: RunConfig) -> list[str]:
    if config.train.keep == "last":
        return []
    if _bare(config):
        return ["for W, kept in zip(tensors, best):", "    W.data.copy_(kept)"]
    return ["network.load_state_dict(best)"]


def _attacked(config: RunConfig, around: CodeContext) -> list[str]:
    """Each batch at its worst within ε, as core.training.adversarial makes it."""
    train = config.train
    several = train.adversarial == "pgd"
    usual = 2 / train.attack_steps if several else 1.0
    size = train.attack_step_size / (train.attack_epsilon or 1) or usual  # of e
    warm = f" * min(1, p / {number(train.attack_warmup)})" if train.attack_warmup else ""
    noise = "torch.rand(x.shape, generator=attack)" if around.whole else "torch.rand_like(x)"
    modes = around.whole and not _bare(config)
    return [
        f"e = {number(train.attack_epsilon)}{warm}",
        f"z = (x + e * (2 * {noise} - 1)).clamp(0, 1)      # somewhere within e",
        *(["network.eval()"] if modes else []),
        f"for _ in range({train.attack_steps if several else 1}):",
        *(
            [
                f"    {SHORT}",
                "        loss = loss_function(network(z.requires_grad_()), y)",
                "    (slope,) = torch.autograd.grad(loss, z)",
            ]
            if around.short
            else ["    (slope,) = torch.autograd.grad(loss_function(network(z.requires_grad_()), y), z)"]
        ),
        f"    z = z.detach() + {number(size)} * e * slope.sign()               # uphill",
        "    z = z.clamp(x - e, x + e).clamp(0, 1)",
        *(["network.train()"] if modes else []),
        "x = z                                 # learn from the worst",
    ]


# A recurrent network as text: for the "Show the code" panels and for whole scripts.


_CELLS = {"gru": "GRU", "lstm": "LSTM", "rnn": "RNN"}


def network_code(config: RecurrentConfig, around: CodeContext = PANEL) -> str:
    """An nn.Module from characters (N, L), −1 after a word's end, to a score for each language."""
    letters, languages = len(ALPHABET), len(LANGUAGES)
    ends = "self.drop(ends)" if config.dropout else "ends"
    lines = [
        "class Reader(nn.Module):",
        "    def __init__(self):",
        "        super().__init__()",
        f"        self.cell = nn.{_CELLS[config.cell]}({letters}, {config.units}, batch_first=True)",
        *([f"        self.drop = nn.Dropout({number(config.dropout)})"] if config.dropout else []),
        f"        self.out = nn.Linear({config.units}, {languages})",
        "",
        "    def forward(self, characters):                # (N, L) places in the alphabet",
        "        last = (characters >= 0).sum(1) - 1       # where each word ends",
        "        characters = characters[:, : int(last.max()) + 1]",
        f"        hot = nn.functional.one_hot(characters.clamp_min(0), {letters}).float()",
        "        hot = hot * (characters >= 0).unsqueeze(2)",
        "        states, _ = self.cell(hot)                # one character after the other",
        "        ends = states[torch.arange(len(states)), last]",
        f"        return self.out({ends})",
        "",
        *([""] if around.whole else []),
        "network = Reader()",
    ]
    if around.whole:
        lines += [
            'weights = stream("weights")',
            f"bound = {config.units} ** -0.5  # PyTorch's own start",
            "for parameter in network.parameters():",
            "    nn.init.uniform_(parameter, -bound, bound, generator=weights)",
        ]
    return "\n".join(lines)
