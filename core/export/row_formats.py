"""Rows of plain values as JSON and as CSV, for the command line and for the buttons that download a table."""

import csv
import io
import json
import math
from collections.abc import Sequence
from typing import Any

from core.config.escaping import escaped


def as_json(value: object) -> str:
    """As one line of JSON; a number that is not finite becomes null, since JSON has no word for it."""
    return json.dumps(_finite(value), allow_nan=False)


def _finite(value: object) -> object:
    if isinstance(value, dict):
        return {key: _finite(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(entry) for entry in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def as_csv(rows: Sequence[dict[str, Any]], *, header: bool = True) -> str:
    """A header, where asked for, and a line a row; the first row names the columns, which all must have.

    What is nested stays JSON, None is an empty cell, and no text is one that a spreadsheet would compute.
    """
    if not rows:
        return ""
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(rows[0]), lineterminator="\n")
    if header:
        writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
    return out.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, dict | list):
        return as_json(value)
    if isinstance(value, float) and math.isnan(value):
        return None
    return escaped(value, "csv") if isinstance(value, str) else value
