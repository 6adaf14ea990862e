"""A race as text: every optimizer starts from the same weights and meets the same batches."""

from dataclasses import replace
from typing import Literal

from core.config.race import Lane, RaceConfig
from core.config.run import CNNConfig, RunConfig
from core.export.code_context import indented, needs_share, quoted, timeline
from core.export.facts import Facts
from core.export.lesson import Lesson, Section, recipe_lines, recipe_title, with_imports
from core.export.loop import batch_lines, loss_line
from core.export.network import network_code
from core.export.optimizer import counts_steps, optimizer_makers, update_lines_by_name
from core.export.training import script_sections, training_lines

_RESULT = """\
print("optimizer: test accuracy (95% interval), test loss, mean loss of the last 50 steps")
for name, (loss, right) in sorted(results.items(), key=lambda entry: -entry[1][1]):
    last, n = curves[name][-50:], len(y_test)
    print(f"{name}: {right / n:.2%} ({interval(right, n)}), {loss:.4f}, {sum(last) / len(last):.4f}")"""

#: Sections of a run that a race has for each optimizer, or not at all.
_OF_ONE = ("Training", "Result", "Under attack")


def race_code(config: RaceConfig) -> str:
    """Readable PyTorch for `config`; `images` (N, 784) and `labels` (N,) stand for the training digits."""
    runs = {lane.name: _run(config, lane) for lane in config.lanes}
    trains = {name: run.train for name, run in runs.items()}
    shared = next((run for run in runs.values() if needs_share(run.train)), next(iter(runs.values())))
    start = ["step = 0"] if any(counts_steps(train.optimizer) for train in trains.values()) else []
    if needs_share(shared.train):
        start = ["steps, step = sum(map(len, orders)), 0"]
    steps = [
        "x, y = images[batch], labels[batch]",
        *batch_lines(shared),
        *update_lines_by_name(trains),
        "optimizer.step()",
        "optimizer.zero_grad()",
        "curves[name].append(loss.item())",
    ]
    return with_imports(
        [
            f"torch.manual_seed({config.seeds[0]})",
            network_code(shared),
            f"size, epochs = {shared.train.batch_size}, {shared.train.epochs}",
            "orders = [torch.randperm(len(images)).split(size) for epoch in range(epochs)]",
            "",
            *optimizer_makers({name: train.optimizer for name, train in trains.items()}),
            loss_line(shared),
            "networks = {name: copy.deepcopy(network) for name in makers}  # the same initial weights",
            "optimizers = {name: make(networks[name].parameters()) for name, make in makers.items()}",
            "curves = {name: [] for name in makers}",
            "",
            *start,
            "for order in orders:",
            "    for batch in order:                       # the same images, one step each",
            "        for name, network in networks.items():",
            "            optimizer = optimizers[name]",
            *indented(steps, 12),
            *(["        step += 1"] if start else []),
        ]
    )


def race_lesson(config: RaceConfig, recipe: str, data: Literal["full", "small"] = "full") -> Lesson:
    """The race of the first seed; another one is run by writing it into SEED."""
    runs = {lane.name: _run(config, lane) for lane in config.lanes}
    before = script_sections(timeline(next(iter(runs.values()))), Facts(data=data))
    start = Section(
        "One start for all",
        "Every optimizer begins with a copy of these weights.",
        "first = copy.deepcopy(network)\ncurves, results = {}, {}",
    )
    seeds = ", ".join(str(seed) for seed in config.seeds)
    about = (
        *recipe_lines(recipe),
        f"This repeats Digit Lab's race of seed {config.seeds[0]}"
        + (f"; its seeds are {seeds}, change SEED for the others." if len(config.seeds) > 1 else "."),
        "What an optimizer does depends on its own settings and the seed alone, so they may run one after another.",
    )
    sections = (
        *(section for section in before if section.title not in _OF_ONE),
        start,
        *(_optimizer(name, run) for name, run in runs.items()),
        Section("Results", "The losses of every step stand in `curves`.", _RESULT),
    )
    return Lesson(recipe_title(recipe, "A race of optimizers"), about, sections)


def _run(config: RaceConfig, lane: Lane) -> RunConfig:
    """An optimizer's run; bare tensors become torch.nn layers of the same weights, which can be copied."""
    run = config.run(lane, config.seeds[0])
    model = run.model if isinstance(run.model, CNNConfig) else replace(run.mlp, family="module")
    return replace(run, model=model)


def _optimizer(name: str, run: RunConfig) -> Section:
    key = quoted(name)
    code = [
        "network = copy.deepcopy(first)",
        'order = stream("order")  # the same batches',
        training_lines(timeline(run)),
        f"curves[{key}], results[{key}] = losses, score(x_test, y_test)",
    ]
    return Section(f"Optimizer: {name}", "The optimizer and its learning rate differ, nothing else.", "\n".join(code))
