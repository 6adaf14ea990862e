"""The one reader of CSV files that come in, however a spreadsheet wrote them.

Excel writes semicolons where the decimal sign is a comma, adds a mark at the beginning, quotes, or writes
UTF-16; people add spaces. Python's csv module reads the cells, its Sniffer says what separates them.
"""

import codecs
import csv
import io
from collections.abc import Sequence

MOST_LINES = 10_000
SEPARATORS = ",;\t|"
SNIFFED = 4_096  # letters that the Sniffer looks at: it may take long over more


def read_table(content: bytes, columns: Sequence[str]) -> list[tuple[int, dict[str, str]]]:
    """(line number, cells by column) of each line that is not empty, at most MOST_LINES of them.

    columns: in the order they have where the file's first line does not name them. A cell that is not there
    is "". A line that no CSV can have comes without cells, and ends the table.
    """
    text = _text(content).replace("\0", "")  # csv refuses a zero byte
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), skipinitialspace=True)
    names = list(columns)
    rows: list[tuple[int, dict[str, str]]] = []
    first = True
    while len(rows) < MOST_LINES:
        try:
            cells = [cell.strip() for cell in next(reader)]
        except StopIteration:
            break
        except csv.Error:
            rows.append((reader.line_num, {}))
            break
        if not any(cells):
            continue
        found = [cell.lower() for cell in cells]
        if first and set(columns[:2]) <= set(found):
            names = found
        else:
            rows.append((reader.line_num, dict(zip(names, cells, strict=False))))
        first = False
    return [(line, {name: cells.get(name, "") for name in columns}) for line, cells in rows]


def _text(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", errors="replace")
    return content.decode("utf-8-sig", errors="replace")


def _separator(text: str) -> str:
    """What separates the cells: one of SEPARATORS, else white space, else a comma."""
    start = text[:SNIFFED]
    start = start[: start.rfind("\n") + 1] or start  # whole lines
    for allowed in (SEPARATORS, " "):
        try:
            return csv.Sniffer().sniff(start, allowed).delimiter
        except csv.Error:
            continue
    return ","
