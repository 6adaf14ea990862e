"""The lanes of a race as a person names and writes them: short names that differ, and one line of text.

The text goes into an address, so it says only what differs from an optimizer's defaults:
`sgd:lr=0.1,momentum=0.9~cosine;adam` is SGD at 0.1 with momentum and a cosine schedule, beside Adam.
"""

from collections import Counter
from collections.abc import Sequence

from core.config.choices import Schedule
from core.config.errors import ConfigError
from core.config.optimizers import OPTIMIZERS
from core.config.race import MOST_LANES, Lane
from core.config.run import OptimizerConfig
from core.training.schedules import SCHEDULES

#: An optimizer with its settings, and a schedule: a lane without its name.
Entry = tuple[OptimizerConfig, Schedule]
CHAPTER = ("sgd", "rmsprop", "adam")  # the three of the book's chapter, at its defaults


def chapter_lanes() -> tuple[Lane, ...]:
    """SGD, RMSprop and Adam with the chapter's default settings."""
    return named([(OptimizerConfig(name), "constant") for name in CHAPTER])


def with_another(lanes: Sequence[Lane]) -> tuple[Lane, ...]:
    """The lanes and one more: an optimizer that does not run yet, at its defaults, else SGD.

    Those that the chapter leaves out come first; what is written by hand makes SGD's own steps.
    """
    others = [name for name, entry in OPTIMIZERS.items() if name not in CHAPTER and entry.made_by != "hand"]
    running = {lane.optimizer.name for lane in lanes}
    new = next((name for name in (*others, *CHAPTER) if name not in running), CHAPTER[0])
    return named([*((lane.optimizer, lane.schedule) for lane in lanes), (OptimizerConfig(new), "constant")])


def named(entries: Sequence[Entry]) -> tuple[Lane, ...]:
    """Lanes with names of their own: the optimizer's, with what tells it from another lane of the same.

    That is the rate, else the schedule, else a number: "Adam", "SGD 0.1", "SGD cosine", "SGD (2)".
    """
    known = [OPTIMIZERS[optimizer.name] for optimizer, _ in entries]
    plain = [entry.short or entry.title for entry in known]
    by_rate = [f"{name} {o['lr']:g}" for name, (o, _) in zip(plain, entries, strict=True)]
    by_schedule = [f"{name} {SCHEDULES[s].title}" for name, (_, s) in zip(plain, entries, strict=True)]
    names = []
    for place, name in enumerate(plain):
        same = [other for other, title in enumerate(plain) if title == name]
        for wordings in (plain, by_rate, by_schedule):
            if len({wordings[other] for other in same}) == len(same):
                names.append(wordings[place])
                break
        else:
            names.append(f"{name} ({same.index(place) + 1})")
    return tuple(Lane(name, *entry) for name, entry in zip(names, entries, strict=True))


def lanes_text(lanes: Sequence[Lane]) -> str:
    """The lanes as one line, without their names; `lanes_from_text` reads it."""
    words = []
    for lane in lanes:
        known = OPTIMIZERS[lane.optimizer.name].settings
        changed = [f"{k}={v:g}" for k, v in lane.optimizer.settings.items() if v != known[k].default]
        word = lane.optimizer.name + (":" + ",".join(changed) if changed else "")
        words.append(word if lane.schedule == "constant" else f"{word}~{lane.schedule}")
    return ";".join(words)


def lanes_from_text(text: str) -> tuple[Lane, ...]:
    """Read `lanes_text`'s line. Raises ConfigError, with a sentence, for what is no such line."""
    entries: list[Entry] = []
    for word in text.split(";"):
        front, tilde, schedule = word.partition("~")
        name, _, settings = front.partition(":")
        if tilde and schedule not in SCHEDULES:
            raise ConfigError(f"There is no schedule {schedule[:40]!r}; there are {', '.join(SCHEDULES)}.")
        values: dict[str, float] = {}
        for pair in filter(None, settings.split(",")):
            key, _, value = pair.partition("=")
            try:
                values[key] = float(value)
            except ValueError as error:
                raise ConfigError(f"A setting is written name=number, not {pair[:40]!r}.") from error
        entries.append((OptimizerConfig(name, values), schedule if tilde else "constant"))  # type: ignore[arg-type]
    if len(entries) > MOST_LANES:
        raise ConfigError(f"A race has at most {MOST_LANES} optimizers.")
    return named(entries)


def occurrence(lanes: Sequence[Lane]) -> dict[str, int]:
    """Lane → which one of its optimizer it is, from 0: its lines are told apart by their dashes."""
    seen: Counter[str] = Counter()
    found = {}
    for lane in lanes:
        found[lane.name] = seen[lane.optimizer.name]
        seen[lane.optimizer.name] += 1
    return found
