"""How a snippet speaks: as the few lines of a panel, or as a part of a whole script that repeats a run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class CodeContext:
    """What stands around a piece of code.

    whole: within a script, which has seeds, constants and scores of its own; else a panel, where `batches`,
    `mean`, `std` and `Normalize` are given. changed: settings that change while it runs, kept in `now`.
    replayed: whether `seen` images are counted for changes or for a stop. short: whether products of matrices
    are made in 16 bits.
    """

    whole: bool = False
    changed: frozenset[str] = frozenset()
    replayed: bool = False
    short: bool = False

    @property
    def drawn(self) -> str:
        """What a drawing call takes so that a script draws what the run drew."""
        return ", generator=weights" if self.whole else ""

    def value(self, name: str, value: float) -> str:
        """A setting as Python: a number, or where to read it while it changes."""
        return f'now["{name}"]' if name in self.changed else number(value)


PANEL = CodeContext()


def number(value: float) -> str:
    """A number as short as it can be written without becoming another one."""
    short = f"{value:g}"
    return short if float(short) == value else repr(float(value))


def with_changes(code: str, changes: Sequence[Mapping[str, Any]]) -> str:
    """Code of a run's first settings and, at its head, what was changed while it ran: a history's changes."""
    later = [change for change in changes if change["name"] != "stop"]
    if not later:
        return code
    told = [f"#   after step {change['step']:,}: {change['name']} = {change['value']!r}" for change in later]
    return "\n".join(["# As it began. While it ran somebody changed:", *told, "", code])
