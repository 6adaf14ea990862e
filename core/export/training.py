"""A run as a lesson: the same data, the same first weights, the same batches, the same steps; and its short form."""

from collections.abc import Mapping
from dataclasses import replace

from core.config.errors import ConfigError
from core.config.run import CurveConfig, RegressorConfig, RunConfig
from core.export.code_context import CodeContext, Timeline, quoted, timeline
from core.export.data import data_sections, point_lines
from core.export.facts import Facts
from core.export.lesson import Lesson, Section, recipe_lines, recipe_title, with_imports
from core.export.loop import loop_code
from core.export.network import is_bare, network_code, network_sections
from core.export.score import attack_section, result_section, score_section
from core.storage.history import History

_SEEDS = '''\
def stream(name):
    """A generator for one purpose: weights, order, dropout or attack."""
    digest = hashlib.sha256(f"{SEED}/{name}".encode()).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest[:7], "big"))'''

_BATCHES = '''\
order = stream("order")


def batches(size):
    """Every training example once, in a new random order."""
    for batch in places[torch.randperm(len(places), generator=order)].split(size):
        yield x_train[batch], y_train[batch]'''

_BATCH_WORDS = "An epoch cuts one random permutation into slices, so that every example comes exactly once."

#: Takes the `network` of `regression_code` with one hidden layer apart, at places `grid` (P, 1).
UNIT_CONTRIBUTIONS = """\
with torch.no_grad():
    hidden = network[:-1](grid)                     # (P, units): each unit's activation, act(w·x + b)
    contributions = hidden * network[-1].weight     # times its weight in the last layer
    prediction = network[-1].bias + contributions.sum(dim=1, keepdim=True)
    places = -network[0].bias / network[0].weight[:, 0]   # where w·x + b = 0

assert torch.allclose(prediction, network(grid), atol=1e-4)
"""


def training_code(config: RunConfig) -> str:
    """For a panel: network, loss and loop of `config` as readable PyTorch; `batches(size)` gives x, y."""
    return with_imports([network_code(config), "", loop_code(config)])


def regression_code(config: RunConfig) -> str:
    """For a panel: points, network, loop and the choice of the epoch as PyTorch that runs as it stands."""
    if not isinstance(config.data, CurveConfig):
        raise ConfigError(f"{config.recipe} learns no curve.")
    context = CodeContext(held_out=config.train.validation > 0)
    chooses = config.train.keep == "best" or config.train.patience > 0
    score = [score_section(config).code, ""] if chooses else []
    code = [*point_lines(config, config.data), network_code(config), "", *score, loop_code(config, context)]
    return with_imports(code)


def training_lesson(config: RunConfig, history: History | None = None, facts: Facts | None = None) -> Lesson:
    """The run that began with `config`; `history` holds what was changed while it went on."""
    facts = facts or Facts()
    run = timeline(config, history, facts.status, facts.n_train)
    run = replace(run, bf16=facts.precision == "bf16" and config.model.family != "manual")
    title = recipe_title(run.config.recipe, run.config.recipe)
    title = f"{facts.name} ({title})" if facts.name else title
    return Lesson(title, _about(run, facts), tuple(script_sections(run, facts)))


def _about(run: Timeline, facts: Facts) -> tuple[str, ...]:
    numbers = isinstance(run.config.model, RegressorConfig)
    stays = "loss should stay near" if numbers else "accuracy should stay within its interval"
    what = f"This repeats Digit Lab's {facts.where}" if facts.where else "This repeats a run of Digit Lab"
    computed = [facts.trained] if facts.trained else []
    computed += [f"{name} {version}" for name, version in facts.versions.items()]
    lines = [
        *recipe_lines(run.config.recipe),
        f"{what}, seed {run.config.train.seed}: the same examples, initial weights, batches and steps. On "
        "another processor or with another version of PyTorch the last digits differ, and after some hundred "
        f"steps the path; the {stays}.",
        facts.measured,
        f"Computed on {', '.join(computed)}." if computed else "",
    ]
    if facts.precision == "bf16" and not run.bf16:
        lines.append("The app multiplied matrices in 16 bits (bf16); this script computes in 32, fp32.")
    if run.config.train.fast:
        lines.append(
            "The run was to be as fast as possible: its threads were chosen by timing, so its last digits "
            "may differ from this script's."
        )
    if facts.status == "diverged":
        lines.append("In the app the loss became NaN (diverged); the script stops at the same step.")
    if facts.status == "stopped":
        lines.append("The run was stopped by hand; the script stops after as many examples.")
    return tuple(filter(None, lines))


def script_sections(run: Timeline, facts: Facts) -> list[Section]:
    """All sections of a run: settings, random numbers, data, batches, network, score, training, result."""
    config = run.config
    sections = [
        _settings(run, facts),
        Section("Random numbers", "One stream for each purpose: more of one leaves the others alone.", _SEEDS),
    ]
    sections += data_sections(config, facts.data)
    sections.append(_batches(run))
    if getattr(config.model, "normalize", False):
        sections.append(_normalize(is_bare(config)))
    sections += network_sections(config, run.context)
    sections.append(score_section(config))
    sections.append(Section("Training", _training_words(run), training_lines(run)))
    sections.append(result_section(config, facts.measured))
    if config.train.adversarial != "none":
        sections.append(attack_section(config))
    return sections


def _settings(run: Timeline, facts: Facts) -> Section:
    config = run.config
    lines = [f"SEED = {config.train.seed}", f"EPOCHS = {run.epochs}  # passes over the training examples"]
    if run.stop is not None:
        lines.append(f"STOP = {run.stop}  # examples after which the run ended")
    if not run.context.replayed:
        lines.append(f"BATCH_SIZE = {config.train.batch_size}")
    else:
        known = {**config.settings(), **config.train.optimizer.settings}
        lines.append(
            f"now = {_dictionary({name: known[name] for name in sorted(run.context.changed | {'batch_size'})})}"
        )
    if run.context.changed:
        lines.append("CHANGES = [  # after so many examples, what somebody changed")
        lines += [f"    ({seen}, {_dictionary(changes)})," for seen, changes in run.changes]
        lines.append("]")
    if facts.threads:
        lines.append(f"torch.set_num_threads({facts.threads})  # as in the app: sums depend on it in the last digit")
    return Section("Settings", "Try others: what follows reads them from here.", "\n".join(lines))


def _dictionary(settings: Mapping[str, object]) -> str:
    pairs = [f"{quoted(name)}: {value!r}" for name, value in settings.items()]
    return f"{{{', '.join(pairs)}}}"


def _batches(run: Timeline) -> Section:
    if not run.context.replayed:
        return Section("Batches", _BATCH_WORDS, _BATCHES)
    stop = " and seen < STOP" if run.stop is not None else ""
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


def _training_words(run: Timeline) -> str:
    train, words = run.config.train, ["Forward, loss, backward, step: for every batch of every epoch."]
    if train.adversarial != "none":
        words.append(
            f"Every batch is attacked first (ε = {train.attack_epsilon:g}): the network learns from images "
            "at their worst."
        )
    if train.keep == "best":
        words.append("The weights of the epoch with the lowest validation loss are kept.")
    if run.context.changed:
        words.append("What was changed while the run went on is changed here after as many examples.")
    return " ".join(words)


def training_lines(run: Timeline) -> str:
    """Loss, optimizer and loop; before them, where dropout draws, the seed that it draws by."""
    code = loop_code(run.config, run.context)
    if getattr(run.config.model, "dropout", 0.0):
        return f'torch.manual_seed(stream("dropout").initial_seed())  # what dropout draws from\n{code}'
    return code
