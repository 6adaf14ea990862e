"""What was changed while a run went on, in the form in which a script repeats it."""

from dataclasses import dataclass
from typing import Any

from core.config.run import RunConfig
from core.export.snippets.loop import needs_share
from core.export.snippets.words import CodeContext
from core.storage.history import History

#: A moment, in examples seen, and the settings that change there.
Change = tuple[int, dict[str, Any]]


@dataclass(frozen=True)
class Timeline:
    """A run as it went.

    config: its settings at the first step. changes: what changed later. epochs: passes it began. stop:
    examples after which it ended early, or None. short: whether it multiplied in 16 bits.
    """

    config: RunConfig
    changes: tuple[Change, ...]
    epochs: int
    stop: int | None
    short: bool = False

    @property
    def around(self) -> CodeContext:
        """What the loop has to look up while it runs."""
        names = {name for _, settings in self.changes for name in settings}
        if self.stop is not None and needs_share(self.config):
            names.add("epochs")  # it had been planned longer than it ran
        return CodeContext(
            whole=True, changed=frozenset(names), replayed=bool(names) or self.stop is not None, short=self.short
        )


def timeline(config: RunConfig, history: History | None, status: str, n_train: int | None) -> Timeline:
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
    epochs, later = config.train.epochs, []
    for change in changes:
        if change["name"] == "epochs":
            epochs = int(change["value"])
        if change["examples"] and (change["name"] != "epochs" or needs_share(config)):
            later.append((int(change["examples"]), {str(change["name"]): change["value"]}))
    seen = sum(history.examples_per_step)
    stop = seen if status in ("stopped", "diverged") else None
    if stop is not None and n_train:
        epochs = -(-stop // n_train)
    return Timeline(config, tuple(_joined(later)), epochs, stop)


def _by_itself(change: dict[str, Any], config: RunConfig, history: History) -> bool:
    """Whether the run ended itself here because its patience was over; the script has patience of its own."""
    return (
        config.train.patience > 0
        and change["name"] == "epochs"
        and any(row["examples"] == change["examples"] and row["epoch"] == change["value"] for row in history.epochs)
    )


def _joined(changes: list[Change]) -> list[Change]:
    """Changes of the same moment as one."""
    joined: list[Change] = []
    for moment, settings in changes:
        if joined and joined[-1][0] == moment:
            joined[-1] = (moment, {**joined[-1][1], **settings})
        else:
            joined.append((moment, settings))
    return joined
