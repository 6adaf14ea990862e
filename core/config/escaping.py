"""Text that somebody else wrote, made harmless for the place where it will stand.

The name of a run or of a file, an address, an error that quotes them: none of it may load an image from
another server, become a formula of a spreadsheet, move a terminal's cursor or end a script's string. Whatever
comes from outside is cleaned where it comes in (`clean`) and passes `escaped` where it goes out.
"""

import re
import unicodedata
from collections.abc import Callable
from html import escape
from typing import Literal

Place = Literal["page", "html", "csv", "terminal", "script"]

#: Characters a spreadsheet takes for the beginning of a formula; tab and line ends are gone by then.
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
#: Markdown makes links of bare addresses too, escaped or not: an invisible word joiner after this ends it.
_ADDRESS = re.compile(r"https?(?=\\?:)|www(?=\.)|(?<=\w)(?=@\w)", re.IGNORECASE)
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE)


def clean(text: str, longest: int | None = None) -> str:
    """`text` in one line without characters that cannot be seen, at most `longest` characters of it.

    Controls, NUL, direction marks, lone surrogates and unassigned code points go; the joiners inside emoji
    and Indic words stay; every kind of white space becomes one space, none at the ends.
    """
    words = " ".join(text.split())
    seen = "".join(sign for sign in words if sign in "\u200c\u200d" or unicodedata.category(sign)[0] != "C")
    return seen.strip()[:longest].rstrip()


def escaped(text: str, place: Place) -> str:
    """`text` as it may stand in that place, and be read there as it was meant.

    page: Markdown that shows every sign as it is. html: also for labels and hover
    texts of Plotly, which replaces %{…} in them. csv: a cell that no
    spreadsheet computes; numbers stay numbers. terminal: a line or several, without control sequences.
    script: what a Python docstring can hold.
    """
    return _PLACES[place](text)


def _page(text: str) -> str:
    text = re.sub(r"([\\`*\[\]<>$~&]|(?<![^\W_])_|_(?![^\W_])|:(?=[^\W\d_]))", r"\\\1", clean(text))
    text = re.sub(r"^([#+=-]|\d+(?=[.)]))", _start_escaped, text)  # a heading or a list
    return _ADDRESS.sub("\\g<0>\u2060", text)


def _start_escaped(start: re.Match[str]) -> str:
    mark = start.group()
    return f"{mark}\u2060" if mark.isdigit() else f"\\{mark}"


def _csv(text: str) -> str:
    text = clean(text)
    return f"'{text}" if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text


def _terminal(text: str) -> str:
    return "\n".join(clean(line) for line in text.splitlines())


def _script(text: str) -> str:
    return clean(text).replace("\\", "/").replace('"""', "'''")


_PLACES: dict[Place, Callable[[str], str]] = {
    "page": _page,
    "html": lambda text: escape(clean(text)).replace("%{", "%\u2060{"),
    "csv": _csv,
    "terminal": _terminal,
    "script": _script,
}
