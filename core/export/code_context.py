"""What code knows of the run around it: which names stand before it, what changes while it runs."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.config.run import RunConfig, TrainConfig
from core.storage.history import History

#: A moment, in examples seen, and the settings that change there.
Change = tuple[int, dict[str, Any]]


@dataclass(frozen=True)
class CodeContext:
    """What stands around a piece of code.

    script: within a script, which has seeds, constants and scores of its own; else a panel, where `batches`,
    `mean`, `std` and `Normalize` are given. held_out: whether `x_validation`, `y_validation` and `score` stand
    before it. changed: settings that change while it runs, kept in `now`. replayed: whether examples are counted
    as `seen`, for changes or for a stop. bf16: whether products of matrices are made in 16 bits.
    """

    script: bool = False
    held_out: bool = False
    changed: frozenset[str] = frozenset()
    replayed: bool = False
    bf16: bool = False

    def generator(self, name: str) -> str:
        """What a drawing call takes so that a script draws what the run drew."""
        return f", generator={name}" if self.script else ""

    def value(self, name: str, value: float) -> str:
        """A setting as Python: a number, or where to read it while it changes."""
        return f'now["{name}"]' if name in self.changed else number(value)

    @property
    def between(self) -> list[str]:
        """Lines between a class or function and what follows it; a panel is denser."""
        return ["", ""] if self.script else [""]


PANEL = CodeContext()


def number(value: float) -> str:
    """A number as short as it can be written without becoming another one."""
    short = f"{value:g}"
    return short if float(short) == value else repr(float(value))


def quoted(text: str) -> str:
    """Any text as a Python string."""
    return json.dumps(text, ensure_ascii=False)


def indented(lines: Iterable[str], by: int = 4) -> list[str]:
    """The same lines within a block."""
    return [f"{' ' * by}{line}" if line else "" for line in lines]


def needs_share(train: TrainConfig) -> bool:
    """Whether the share of the training behind us matters: to a schedule, or to an attack that grows."""
    return train.schedule != "constant" or (train.adversarial != "none" and train.attack_warmup > 0)


def with_changes(code: str, changes: Sequence[Mapping[str, Any]]) -> str:
    """A panel of a run's first settings and, at its head, what was changed while it ran: a history's changes."""
    later = [change for change in changes if change["name"] != "stop"]
    if not later:
        return code
    lines = [f"#   after step {change['step']:,}: {change['name']} = {change['value']!r}" for change in later]
    return "\n".join(["# As it began. While it ran somebody changed:", *lines, "", code])


@dataclass(frozen=True)
class Timeline:
    """A run as it went, in the form in which a script repeats it.

    config: its settings at the first step. changes: what changed later. epochs: passes it began. stop:
    examples after which it ended early, or None. bf16: whether it multiplied in 16 bits.
    """

    config: RunConfig
    changes: tuple[Change, ...]
    epochs: int
    stop: int | None
    bf16: bool = False

    @property
    def context(self) -> CodeContext:
        """What the loop has to look up while it runs."""
        names = {name for _, settings in self.changes for name in settings}
        if self.stop is not None and needs_share(self.config.train):
            names.add("epochs")  # it had been planned longer than it ran
        return CodeContext(
            script=True,
            held_out=True,
            changed=frozenset(names),
            replayed=bool(names) or self.stop is not None,
            bf16=self.bf16,
        )


def timeline(
    config: RunConfig, history: History | None = None, status: str = "", n_train: int | None = None
) -> Timeline:
    """What happened to a run that began with `config`.

    status: "stopped" and "diverged" runs ended early. n_train: examples of an epoch.
    """
    if history is None:
        return Timeline(config, (), config.train.epochs, None)
    changes = [
        change for change in history.changes if change["name"] != "stop" and not _by_itself(change, config, history)
    ]
    early = {str(c["name"]): c["value"] for c in changes if c["examples"] == 0}
    config = config.with_settings(early) if early else config
    epochs = config.train.epochs
    later: dict[int, dict[str, Any]] = {}
    for change in changes:
        if change["name"] == "epochs":
            epochs = int(change["value"])
        if change["examples"] and (change["name"] != "epochs" or needs_share(config.train)):
            later.setdefault(int(change["examples"]), {})[str(change["name"])] = change["value"]
    seen = sum(history.examples_per_step)
    stop = seen if status in ("stopped", "diverged") else None
    if stop is not None and n_train:
        epochs = -(-stop // n_train)
    return Timeline(config, tuple(later.items()), epochs, stop)


def _by_itself(change: dict[str, Any], config: RunConfig, history: History) -> bool:
    """Whether the run ended itself here because its patience was over; the script has patience of its own."""
    return (
        config.train.patience > 0
        and change["name"] == "epochs"
        and any(row["examples"] == change["examples"] and row["epoch"] == change["value"] for row in history.epochs)
    )
