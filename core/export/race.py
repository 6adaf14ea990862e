"""A race as a lesson: every lane starts from the same weights and meets the same batches."""

import json
from dataclasses import replace
from typing import Literal

from core.config.race import Lane, RaceConfig
from core.config.run import CNNConfig, RunConfig
from core.export.facts import Facts
from core.export.lesson import Lesson, Section
from core.export.timeline import timeline
from core.export.training import script_sections, training_code_of
from core.recipes.texts import RECIPES

RESULT = """\
print("lane: test accuracy, test loss, mean loss of the last 50 steps")
for name, (loss, right) in sorted(results.items(), key=lambda entry: -entry[1][1]):
    last = curves[name][-50:]
    print(f"{name}: {right / len(y_test):.2%}, {loss:.4f}, {sum(last) / len(last):.4f}")"""


#: Sections of a run that a race has for each lane, or not at all.
AFTER = ("Training", "Result", "Under attack")


def race_lesson(config: RaceConfig, recipe: str, data: Literal["full", "small"] = "full") -> Lesson:
    """The race of the first seed; another one is run by writing it into SEED."""
    runs = [_run(config, lane) for lane in config.lanes]
    first = timeline(runs[0], None, "", None)
    before = [s for s in script_sections(first, Facts(data=data)) if s.title not in AFTER]
    kept = Section(
        "One start for all",
        "Every lane begins with a copy of these weights.",
        "first = copy.deepcopy(network)\ncurves, results = {}, {}",
    )
    lanes = [_lane(lane, run) for lane, run in zip(config.lanes, runs, strict=True)]
    result = Section("Who came how far", "The losses of every step stand in `curves`.", RESULT)
    entry = RECIPES.get(recipe)
    seeds = ", ".join(str(seed) for seed in config.seeds)
    about = (
        *((entry.idea, f"After: {entry.source}.") if entry else ()),
        f"This repeats Digit Lab's race of seed {config.seeds[0]}"
        + (f"; its seeds are {seeds}, change SEED for the others." if len(config.seeds) > 1 else "."),
        "What a lane does depends on its own settings and the seed alone, so they may run one after another.",
    )
    title = entry.title if entry else "A race of optimizers"
    return Lesson(title, about, (*before, kept, *lanes, result))


def _run(config: RaceConfig, lane: Lane) -> RunConfig:
    """A lane's run; bare tensors become torch.nn layers of the same weights, which can be copied."""
    run = config.run(lane, config.seeds[0])
    model = run.model if isinstance(run.model, CNNConfig) else replace(run.mlp, family="module")
    return replace(run, model=model)


def _lane(lane: Lane, run: RunConfig) -> Section:
    name = json.dumps(lane.name, ensure_ascii=False)
    code = "\n".join(
        [
            "network = copy.deepcopy(first)",
            'order = stream("order")  # the same batches',
            training_code_of(timeline(run, None, "", None)),
            f"curves[{name}], results[{name}] = losses, score(x_test, y_test)",
        ]
    )
    return Section(f"Lane: {lane.name}", "The optimizer and its rate differ, nothing else.", code)
