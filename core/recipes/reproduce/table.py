"""The table of reproductions: what each text claims beside what was measured, stored, and in words.

`python -m core reproduce --save FILE` writes a row after each experiment, over an older one of the same id:
the table can be measured in pieces, and a crash costs one row. The file is JSON that anyone can read.
"""

import json
import math
import platform
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch

from core.config.errors import LabError
from core.formatting import count, duration, interval, percent, ratio
from core.jobs.autotune import cores
from core.models.device import choose_device, device_name
from core.recipes.reproduce.language import TEXT
from core.recipes.reproduce.regression import CLAIM as LOSS
from core.recipes.reproduce.regression import PASS_MARK
from core.recipes.reproduce.row import Row
from core.recipes.texts import RECIPES
from core.storage.atomic_write import write_whole
from core.storage.paths import PROJECT

STORED = PROJECT / "benchmarks" / "reproduced.json"
COMMAND = "python -m core reproduce --save benchmarks/reproduced.json"
KEYS = {"id", "claim", "measured", "unit", "seeds", "seconds", "holds", "rule"}
#: Accuracies that texts report (fractions), to be drawn beside ours. They are the texts', not measured.
CLAIMED: dict[str, float] = {name: entry.reported for name, entry in RECIPES.items() if entry.reported is not None}
HOLDS: dict[bool | None, str] = {True: "holds", False: "does not hold", None: "undecided"}


def machine() -> str:
    """What computes here, in a few words."""
    device = choose_device()
    return f"{device_name(device)} ({platform.machine()}, {cores()} cores), PyTorch {torch.__version__}"


def stamped(row: Row) -> Row:
    """The row with the day it was measured (UTC) and on what."""
    return {**row, "date": time.strftime("%Y-%m-%d", time.gmtime()), "machine": machine()}


def read(path: Path = STORED) -> dict[str, Row]:
    """The stored rows by id; empty if none were ever stored. Raises LabError if the file is damaged."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))["rows"]
        rows = {str(row["id"]): row for row in found}
        whole = all(KEYS | {"date", "machine"} <= row.keys() for row in found)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise LabError(f"{path.name} cannot be read. Move it away and measure again: {COMMAND}.") from error
    if not whole:
        raise LabError(f"{path.name} lacks parts of its rows. Move it away and measure again: {COMMAND}.")
    return rows


def save(row: Row, path: Path = STORED, order: Sequence[str] = ()) -> None:
    """Put a row into the file, in place of an older one of the same id; `order` names how ids follow."""
    rows = {**read(path), row["id"]: stamped(row)}
    places = {name: place for place, name in enumerate(order)}
    sorted_rows = sorted(rows.values(), key=lambda one: places.get(one["id"], len(places)))
    lines = ",\n".join(json.dumps(one, allow_nan=False, ensure_ascii=False) for one in sorted_rows)
    write_whole(path, f'{{"rows": [\n{lines}\n]}}\n'.encode())


def is_share(row: Row) -> bool:
    """Whether what was measured is an accuracy, a fraction in [0, 1]."""
    return "fraction" in row["unit"]


def measured_words(row: Row) -> str:
    """What was measured, short: "99.01%", "7 of 7 printed steps", "34 times"; "nothing" where it diverged."""
    value = row["measured"]
    if "agree" in row:
        return f"{row['agree']} of {len(row['printed'])} printed steps agree"
    if not isinstance(value, int | float):
        return "nothing: a run diverged"
    if is_share(row):
        return percent(value, 2)
    return ratio(value, 3) if "÷" in row["unit"] else _plainly(value)


def _plainly(value: float) -> str:
    """Three significant digits, small numbers without an exponent: that is how the texts write a loss."""
    if not 1e-9 < abs(value) < 1:
        return f"{value:.3g}"
    return f"{value:.{2 - math.floor(math.log10(abs(value)))}f}"


def interval_words(row: Row) -> str:
    """ "98.90% to 99.12%", or an empty string where there is no interval."""
    ci95 = row.get("ci95")
    return "" if not ci95 or not is_share(row) else interval(ci95[0], ci95[1], 2)


def yardstick_words(row: Row) -> str:
    """Where a text's number decides nothing: on which side of it the measured one lies; else empty.

    From `below_claim` and `below_pass_mark` (losses) or `reaches` (accuracy), which are None in quick rows.
    """
    if row.get("below_claim") is not None and row.get("below_pass_mark") is not None:
        claim, mark = row["below_claim"], row["below_pass_mark"]
        lies = {True: "below", False: "not below"}
        between = "and" if claim == mark else "but"
        return (
            f"a yardstick: it lies {lies[claim]} the claimed {LOSS:g} {between} {lies[mark]} the pass mark "
            f"{PASS_MARK:g}"
        )
    if row.get("reaches") is not None:
        reaches = "reaches" if row["reaches"] else "does not reach"
        return f"a yardstick: it {reaches} the claimed {percent(TEXT, 2)}"
    return ""


def seeds_words(row: Row) -> str:
    """ "3 seeds", "1 seed", or an empty string where nothing is drawn."""
    n = len(row["seeds"])
    return count(n, "seed") if n else ""


def markdown(rows: Mapping[str, Row]) -> str:
    """The table as Markdown: claim beside measured, and below it units, rules and machines."""
    if not rows:
        return f"Nothing is measured yet: `{COMMAND}`.\n"
    lines = [
        "| experiment | the source claims | measured | 95% interval | seeds | | date |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name, row in rows.items():
        cells = [
            f"`{name}`",
            row["claim"] or "no number",
            f"**{measured_words(row)}**",
            interval_words(row) or "–",
            str(len(row["seeds"]) or "–"),
            HOLDS[row["holds"]],
            row["date"],
        ]
        lines.append(f"| {' | '.join(_cell(cell) for cell in cells)} |")
    lines += ["", "What is measured, and by which rule a claim holds:", ""]
    for name, row in rows.items():
        yardstick = f" As {words}." if (words := yardstick_words(row)) else ""
        lines.append(f"- `{name}`: {row['unit']}. Rule: {row['rule'].rstrip('.')}.{yardstick}")
    machines: dict[str, list[str]] = {}
    for name, row in rows.items():
        machines.setdefault(row["machine"], []).append(name)
    details = [
        f"{where}: {duration(sum(float(rows[name]['seconds']) for name in names))}" for where, names in machines.items()
    ]
    return "\n".join([*lines, "", f"Measured on {'; '.join(details)}. Again: `{COMMAND}`."]) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
