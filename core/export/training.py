"""A run as a lesson: the same data, the same first weights, the same batches, the same steps."""

import re
from dataclasses import replace

from core.attacks.config import AttackConfig
from core.config.digits import DigitsConfig
from core.config.run import CNNConfig, CurveConfig, RegressorConfig, RunConfig
from core.data.points import CURVES, TEST_POINTS
from core.export.digits import digit_sections, held_out
from core.export.facts import Facts
from core.export.lesson import Lesson, Section
from core.export.snippets.attack import attack_body
from core.export.snippets.loop import loop_code
from core.export.snippets.panel import network_code
from core.export.snippets.words import number
from core.export.timeline import Timeline, timeline
from core.export.words import word_sections
from core.models.precision import SMALL
from core.recipes.texts import RECIPES
from core.storage.history import History
from core.training.adversarial import WATCH_STEPS, WATCHED

SEEDS = '''\
def stream(name):
    """A generator for one purpose: weights, order, dropout or attack."""
    digest = hashlib.sha256(f"{SEED}/{name}".encode()).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest[:7], "big"))'''

BATCHES = '''\
order = stream("order")


def batches(size):
    """Every training example once, in a new random order."""
    for batch in places[torch.randperm(len(places), generator=order)].split(size):
        yield x_train[batch], y_train[batch]'''


DROPOUT = '''\
class Dropout(nn.Module):
    """Silences each number with probability p while training; the others grow, so that the sum stays."""

    def __init__(self, p):
        super().__init__()
        self.p = p

    def forward(self, x):
        if not self.training:
            return x
        dropped = round(self.p * 65536)  # of 65536 equally likely numbers, so many mean silence
        fours = torch.empty(-(-x.numel() // 4), dtype=torch.int64).random_(-(2**63), None)
        draws = fours.view(torch.int16)[: x.numel()].view(x.shape)  # four numbers of 16 bits in each
        keep = draws.ge_(dropped - 32768)
        return (x * keep.to(x.dtype)).mul_(65536 / (65536 - dropped))'''


SMALL_LAYERS = f"""\
class Linear(nn.Linear):
    def forward(self, x):
        if self.weight.numel() >= {SMALL} or not torch.is_autocast_enabled("cpu"):
            return super().forward(x)
        with torch.autocast("cpu", enabled=False):
            return super().forward(x.float())"""

SMALL_PRODUCTS = f'''\
def affine(x, W, b):
    """x W + b."""
    if W.numel() >= {SMALL} or not torch.is_autocast_enabled("cpu"):
        return torch.addmm(b, x, W)
    with torch.autocast("cpu", enabled=False):
        return torch.addmm(b, x.float(), W)'''


def training_lesson(config: RunConfig, history: History | None = None, facts: Facts | None = None) -> Lesson:
    """The run that began with `config`; `history` holds what was changed while it went on."""
    facts = facts or Facts()
    went = timeline(config, history, facts.status, facts.n_train)
    went = replace(went, short=facts.precision == "bf16" and config.model.family != "manual")
    return Lesson(_title(went.config, facts), _about(went, facts), tuple(script_sections(went, facts)))


def _title(config: RunConfig, facts: Facts) -> str:
    entry = RECIPES.get(config.recipe)
    title = entry.title if entry else config.recipe
    return f"{facts.name} ({title})" if facts.name else title


def _stays(config: RunConfig) -> str:
    numbers = isinstance(config.model, RegressorConfig)
    return "loss should stay near" if numbers else "accuracy should stay within its interval"


def _about(went: Timeline, facts: Facts) -> tuple[str, ...]:
    entry = RECIPES.get(went.config.recipe)
    lines = [entry.idea, f"After: {entry.source}."] if entry else []
    if entry and entry.claim:
        lines.append(f"The text reports: {entry.claim}.")
    what = f"This repeats Digit Lab's {facts.where}" if facts.where else "This repeats a run of Digit Lab"
    lines.append(
        f"{what}, seed {went.config.train.seed}: the same examples, first weights, batches and steps. On "
        "another processor or with another version of PyTorch the last digits differ, and after some hundred "
        f"steps the path; the {_stays(went.config)}."
    )
    lines.append(facts.measured)
    computed = [f"{name} {number}" for name, number in facts.versions.items()]
    if facts.trained:
        computed.insert(0, facts.trained)
    lines.append(f"Computed on {', '.join(computed)}." if computed else "")
    if facts.precision == "bf16" and not went.short:
        lines.append("The app multiplied matrices in 16 bits (bf16); this script computes in 32, fp32.")
    if went.config.train.fast:
        lines.append(
            "The run was to be as fast as possible: its threads were chosen by timing, so its last digits "
            "may differ from this script's."
        )
    if facts.status == "diverged":
        lines.append("In the app the loss stopped being a number; the script stops at the same step.")
    if facts.status == "stopped":
        lines.append("The run was stopped by hand; the script stops after as many examples.")
    return tuple(filter(None, lines))


def script_sections(went: Timeline, facts: Facts) -> list[Section]:
    """All sections of a run: settings, random numbers, data, batches, network, score, training, result."""
    config = went.config
    model = config.model
    bare = model.family in ("raw", "manual")
    sections = [
        _settings(went, facts),
        Section("Random numbers", "One stream for each purpose: more of one leaves the others alone.", SEEDS),
    ]
    if isinstance(config.data, DigitsConfig):
        sections += digit_sections(config, facts.data)
    else:
        sections += point_sections(config) if isinstance(config.data, CurveConfig) else word_sections(config)
    sections.append(_batches(went))
    if getattr(model, "normalize", False):
        sections.append(_normalize(bare))
    network = network_code(config, went.around)
    if "nn.Dropout(" in network:
        words = "As nn.Dropout does, whose draws differ from processor to processor."
        sections.append(Section("Dropout", words, DROPOUT))
        network = network.replace("nn.Dropout(", "Dropout(")
    if went.short:
        words = "Small layers stay in 32 bits: preparing a 16-bit product takes longer than making theirs."
        code, network = _small_layers(network, bare, isinstance(model, CNNConfig))
        sections.append(Section("16 bits", words, code))
    sections.append(Section("Network", _network_words(config), network))
    sections.append(score_section(config))
    sections.append(Section("Training", _training_words(went), training_code_of(went)))
    sections.append(result_section(config, facts.measured))
    if config.train.adversarial != "none":
        sections.append(attack_section(config))
    return sections


def _small_layers(network: str, bare: bool, convolutional: bool) -> tuple[str, str]:
    """(layers as in core.models.precision, the network made of them) of one that multiplies in 16 bits."""
    if bare:
        return SMALL_PRODUCTS, re.sub(r"\b(\w+) @ (W\w*) \+ (b\w*)", r"affine(\1, \2, \3)", network)
    if convolutional:  # its hidden layers take 16 bits whatever their size
        before, _, after = network.rpartition("nn.Linear(")
        return SMALL_LAYERS, f"{before}Linear({after}"
    return SMALL_LAYERS, network.replace("nn.Linear(", "Linear(")


def _settings(went: Timeline, facts: Facts) -> Section:
    config = went.config
    lines = [f"SEED = {config.train.seed}", f"EPOCHS = {went.epochs}  # passes over the training examples"]
    if went.stop is not None:
        lines.append(f"STOP = {went.stop}  # examples after which the run ended")
    if not went.around.replayed:
        lines.append(f"BATCH_SIZE = {config.train.batch_size}")
    else:
        names = sorted(went.around.changed | {"batch_size"})
        known = {**config.settings(), **config.train.optimizer.settings}
        lines.append(f"now = {{{', '.join(f'{_quoted(name)}: {known[name]!r}' for name in names)}}}")
    if went.around.changed:
        lines.append("CHANGES = [  # after so many examples, what somebody changed")
        lines += [f"    ({seen}, {_dictionary(changes)})," for seen, changes in went.changes]
        lines.append("]")
    if facts.threads:
        lines.append(f"torch.set_num_threads({facts.threads})  # as in the app: sums depend on it in the last digit")
    return Section("Settings", "Try others: what follows reads them from here.", "\n".join(lines))


def _quoted(name: str) -> str:
    return f'"{name}"'


def _dictionary(changes: dict[str, object]) -> str:
    return f"{{{', '.join(f'{_quoted(name)}: {value!r}' for name, value in changes.items())}}}"


def _batches(went: Timeline) -> Section:
    if not went.around.replayed:
        return Section("Batches", _BATCH_WORDS, BATCHES)
    stop = " and seen < STOP" if went.stop is not None else ""
    code = f'''\
order = stream("order")


def batches():
    """Every training example once, in a new random order; the size may change on the way."""
    rest = places[torch.randperm(len(places), generator=order)]
    while len(rest){stop}:
        batch, rest = rest[: now["batch_size"]], rest[now["batch_size"] :]
        yield x_train[batch], y_train[batch]'''
    return Section("Batches", _BATCH_WORDS, code)


def _normalize(bare: bool) -> Section:
    code = [
        "mean = x_train[places].mean(dtype=torch.float64)",
        "std = (x_train[places].square().mean(dtype=torch.float64) - mean**2).sqrt()",
        "mean, std = mean.float(), std.float()",
    ]
    if not bare:
        code += [
            "",
            "",
            "class Normalize(nn.Module):",
            "    def __init__(self, mean, std):",
            "        super().__init__()",
            "        self.mean, self.std = mean, std",
            "",
            "    def forward(self, x):",
            "        return (x - self.mean) / self.std",
        ]
    return Section("Normalization", "Mean and standard deviation of all training pixels.", "\n".join(code))


_BATCH_WORDS = "An epoch cuts one random permutation into slices, so that every example comes exactly once."


def _network_words(config: RunConfig) -> str:
    model = config.model
    if model.family == "raw":
        return "Bare tensors: nothing is hidden in a class. A weight W is (inputs, outputs)."
    if model.family == "manual":
        return "Bare tensors that ask for no gradient: `backward` follows the chain rule, layer by layer."
    return "The first weights are drawn from a generator of their own, so that the seed alone decides them."


def _training_words(went: Timeline) -> str:
    train, words = went.config.train, ["Forward, loss, backward, step: for every batch of every epoch."]
    if train.adversarial != "none":
        words.append(
            f"Every batch is attacked first (ε = {train.attack_epsilon:g}): the network learns from images "
            "at their worst."
        )
    if train.keep == "best":
        words.append("The weights of the epoch with the lowest validation loss are kept.")
    if went.around.changed:
        words.append("What was changed while the run went on is changed here after as many examples.")
    return " ".join(words)


def training_code_of(went: Timeline) -> str:
    """Loss, optimizer and loop; before them, where dropout draws, the seed that it draws by."""
    code = loop_code(went.config, went.around)
    if getattr(went.config.model, "dropout", 0.0):
        return f'torch.manual_seed(stream("dropout").initial_seed())  # what dropout draws from\n{code}'
    return code


# The sections of a script that draw points on a curve, as the run had them.


def point_sections(config: RunConfig) -> list[Section]:
    """Points from their numbers to `x_train`, `y_train`, `places`, `x_test`, `y_test`, all (N, 1)."""
    curve = config.data
    assert isinstance(curve, CurveConfig)
    points = _placed(curve) if curve.target == "placed" else _drawn(curve)
    if config.train.validation:
        return [points, held_out(config, "")]
    places = "places = torch.arange(len(x_train))"
    return [points, Section("Training points", "Places of the points that are trained on.", places)]


def _placed(curve: CurveConfig) -> Section:
    rows = [f"    ({x!r}, {y!r})," for x, y in curve.placed]
    code = [
        "points = torch.tensor([",
        *rows,
        "])",
        "is_test = torch.arange(len(points)) % 5 == 4",
        "x_train, y_train = points[~is_test, :1], points[~is_test, 1:]",
        "x_test, y_test = points[is_test, :1], points[is_test, 1:]",
    ]
    return Section("Points", "Somebody placed them; every fifth is kept for the test.", "\n".join(code))


def _drawn(curve: CurveConfig) -> Section:
    low, width = number(curve.low), number(curve.high - curve.low)
    noise = f" + {number(curve.noise)} * noise" if curve.noise else ""
    code = [
        "def draw(n, seed):",
        "    generator = torch.Generator().manual_seed(seed)",
        f"    x = {low} + {width} * torch.rand(n, 1, generator=generator)",
        *(["    noise = torch.randn(n, 1, generator=generator)"] if noise else []),
        f"    return x, {CURVES[curve.target].code}{noise}",
        "",
        "",
        f"x_train, y_train = draw({curve.points}, {2 * curve.points_seed})",
        f"x_test, y_test = draw({TEST_POINTS}, {2 * curve.points_seed + 1})",
    ]
    words = "Points on the curve, to train on and for the test, each set from a seed of its own."
    if noise:
        words += " The test points are as noisy: nobody gets below the variance of the noise."
    return Section("Points", words, "\n".join(code))


# The sections of a script that measure: the score, the result with its interval, the score under attack.


SCORE = '''\
@torch.no_grad()
def score(x, y):
    """Mean loss, and how many are read correctly."""
    outputs = torch.cat([network(part) for part in x.split(200)])
    return nn.functional.cross_entropy(outputs, y).item(), (outputs.argmax(1) == y).sum().item()'''

ERRORS = '''\
@torch.no_grad()
def score(x, y):
    """Mean squared error, and half of its 95% interval."""
    network.eval()
    errors = (network(x) - y) ** 2
    return errors.mean().item(), 1.96 * (errors.std() / len(errors) ** 0.5).item()'''

RESULT = """\
loss, right = score(x_test, y_test)
n, z = len(y_test), 1.96
middle = (right + z**2 / 2) / (n + z**2)
half = z / (n + z**2) * (right * (n - right) / n + z**2 / 4) ** 0.5
print(f"test accuracy {right / n:.2%} ({middle - half:.2%} … {middle + half:.2%}), loss {loss:.4f}")"""

ERROR_RESULT = """\
loss, half = score(x_test, y_test)
print(f"test loss {loss:.6f} (95% interval ± {half:.6f})")"""

_SCORE_WORDS = "Measured without gradients; dropout is off and batch norm uses its running averages."


def score_section(config: RunConfig) -> Section:
    """The function `score(x, y)` that everything after it asks."""
    if isinstance(config.model, RegressorConfig):
        return Section("How good it is", "The squared distance to the points, measured without gradients.", ERRORS)
    if config.model.family in ("raw", "manual"):
        return Section("How good it is", "Measured without gradients.", SCORE)
    code = SCORE.replace("    outputs =", "    network.eval()\n    outputs =", 1)
    return Section("How good it is", _SCORE_WORDS, code)


def attack_section(config: RunConfig) -> Section:
    """What the app measures after each epoch; its random starts are others, so the last digits differ."""
    attack = AttackConfig("pgd", config.train.attack_epsilon, {"steps": WATCH_STEPS})
    body = attack_body(attack)
    assert body is not None
    code = [
        "model = network",
        *([] if config.model.family == "raw" else ["model.eval()"]),
        f"original, y = x_test[:{WATCHED}], y_test[:{WATCHED}]",
        body.rstrip(),
        "under_attack = score(adversarial, y)[1] / len(y)",
        'print(f"of {len(y)} attacked test images {under_attack:.2%} are read correctly")',
    ]
    words = f"The first {WATCHED} test images, each moved {WATCH_STEPS} steps uphill on the loss, within ε."
    return Section("Under attack", words, "\n".join(code))


def result_section(config: RunConfig, measured: str) -> Section:
    """The score on the test examples. measured: what the app says, in a sentence, or ""."""
    code = ERROR_RESULT if isinstance(config.model, RegressorConfig) else RESULT
    if config.train.split == "lab":
        code += (
            "\nfirst = score(x_validation, y_validation)[1] / len(y_validation)"
            '\nprint(f"on the first half, the validation images, {first:.2%}")'
        )
    if measured:
        code += f'\nprint("{measured}")'
    return Section("Result", "On examples that it has never seen.", code)
