"""The kept results as Markdown: numbers with their spread, aims, and what they were measured on."""

import json
import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

from benchmarks.results import Result

BUSY = 0.5  # processes already wanting a core: above this a warning is due
COMMAND = "python -m core bench --write"
MARKS = "¹²³⁴⁵⁶⁷⁸⁹"


def markdown(rows: Sequence[Result]) -> str:
    """Results as kept, in their order, as a page; where most were measured stands in its head.

    A row measured elsewhere, with other versions or while the machine was busy bears a mark that says so.
    """
    usual = {key: _most(row[key] for row in rows) for key in ("cores", "processor", "data", "versions")}
    notes: list[str] = []
    lines = [
        "# Results",
        "",
        _head(usual, sorted({row["date"] for row in rows})),
        "",
        "`ratio` = baseline / ours, by medians: bigger is better, 1 is a draw. `single rounds`: the smallest "
        "and largest ratio of one run of ours and the baseline's right after it. `threads`: of ours / of the "
        f"baseline. Measure again, all rows or some: `{COMMAND} [--only NAME …]`.",
        "",
        "| row | ours | baseline | threads | ratio | single rounds | aim | | rounds | date |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row in rows:
        mark = ""
        if note := _differs(row, usual):
            notes += [] if note in notes else [note]
            mark = " " + _mark(notes.index(note))
        lines.append(f"| `{row['name']}`{mark} | {' | '.join(_cells(row))} |")
    lines += ["", *(f"{_mark(place)} {note}  " for place, note in enumerate(notes)), *[""] * bool(notes)]
    lines += ["What is measured:", ""]
    for row in rows:
        extra = "".join(f" {_named(key)}: {_number(value)}." for key, value in row["extra"].items())
        lines.append(f"- `{row['name']}`: {row['ours']}. Baseline: {row['baseline']}.{extra}")
    return "\n".join(lines) + "\n"


def busy(load: float | None) -> str:
    """A warning where others wanted the processor too, else ""."""
    if load is None or load <= BUSY:
        return ""
    return f"The machine is busy (load {load:.1f} before the start): ratios may be off."


def _head(usual: dict[str, Any], dates: list[str]) -> str:
    versions = ", ".join(f"{name} {number}" for name, number in usual["versions"].items())
    days = dates[0] if len(dates) == 1 else f"{dates[0]} to {dates[-1]}"
    machine = f"{usual['cores']} cores ({usual['processor']})"
    return f"Measured {days} on {machine}, {usual['data']} MNIST, {versions}."


def _cells(row: Result) -> list[str]:
    threads = f"{row['threads'] or '?'} / {row['baseline_threads'] or '?'}"
    return [
        f"{_number(row['seconds'])} {row['unit']}",
        f"{_number(row['baseline_seconds'])} {row['unit']}",
        threads,
        f"**{row['ratio']:.2f}**",
        f"{row['ratio_low']:.2f}–{row['ratio_high']:.2f}",
        _aim(row),
        "✓" if row["reached"] else "✗",
        str(row["rounds"]),
        row["date"],
    ]


def _aim(row: Result) -> str:
    """The ratio to reach, the number not to exceed beside what was measured, or both."""
    limit = row["limit"]
    parts = [] if row["aim"] is None else [f"≥ {row['aim']:g}"]
    if limit:
        key, most = limit["key"], limit["most"]
        parts.append(f"{_named(key)} ≤ {most:g} (**{_number(row['extra'][key])}**)")
    return ", ".join(parts)


def _differs(row: Result, usual: dict[str, Any]) -> str:
    """What a reader has to know of this row beyond the head; "" where there is nothing."""
    phrases = []
    if (row["cores"], row["processor"]) != (usual["cores"], usual["processor"]):
        phrases.append(f"on {row['cores']} cores ({row['processor']})")
    if row["data"] != usual["data"]:
        phrases.append(f"with {row['data']} MNIST")
    other = {n: v for n, v in row["versions"].items() if usual["versions"].get(n) != v}
    if other:
        phrases.append("with " + ", ".join(f"{name} {number}" for name, number in other.items()))
    if row["load"] is not None and row["load"] > BUSY:
        phrases.append(f"while the machine was busy (load {row['load']:.1f} before the start)")
    return f"Measured {', '.join(phrases)}." if phrases else ""


def _most(values: Any) -> Any:
    """The most frequent value; they may be dicts."""
    return json.loads(Counter(json.dumps(value) for value in values).most_common(1)[0][0])


def _mark(place: int) -> str:
    return MARKS[place] if place < len(MARKS) else f"({place + 1})"


def _named(key: str) -> str:
    return key.replace("_", " ")


def _number(value: float) -> str:
    """Three significant digits; no exponent between a thousandth and a million."""
    if value and 1e-3 <= abs(value) < 1e6:
        return f"{value:.{max(0, 2 - math.floor(math.log10(abs(value))))}f}"
    return f"{value:.3g}"
