"""Numbers as people type them: .1, 1e-1, 1/10 and 8/255 are numbers wherever one is asked for."""

import argparse
import json
import math
import re
from typing import Any

from core.config.escaping import clean

_DECIMAL = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_NUMBER = re.compile(rf"({_DECIMAL})(?:\s*/\s*({_DECIMAL}))?", re.ASCII)


def number(text: str) -> int | float:
    """The finite number that `text` writes, as decimals or as a fraction; an int where it has no point.

    Raises ArgumentTypeError, in words for whoever typed it.
    """
    found = _NUMBER.fullmatch(text.strip().replace("\N{MINUS SIGN}", "-"))
    above, below = (float(found[1]), float(found[2] or 1)) if found else (math.nan, 1.0)
    value = above / below if below else math.nan
    if not math.isfinite(value):
        raise argparse.ArgumentTypeError(f"{clean(text, 40)!r} is not a number; write it like 0.1, 1e-1 or 1/10")
    return int(value) if value == int(value) and "." not in text else value


def integer(text: str) -> int:
    """The whole number that `text` writes. Raises ArgumentTypeError, in words for whoever typed it."""
    value = number(text)
    if value != int(value):
        raise argparse.ArgumentTypeError(f"{clean(text, 40)!r} is not a whole number")
    return int(value)


def setting(text: str) -> Any:
    """A setting's value: a number, what JSON writes (true, null, [[0, 1]]), or else the word itself."""
    try:
        return number(text)
    except argparse.ArgumentTypeError:
        pass
    try:
        value = json.loads(text.lower())
    except (ValueError, RecursionError):
        return text
    return value if isinstance(value, bool | list | None) else text
