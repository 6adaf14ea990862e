"""The files of a collection of drawings: a CSV of labels, and images in gray."""

import codecs
import csv
import io
import re
import time
from calendar import timegm
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from core.config.errors import LabError
from core.data.digits import SIDE
from core.data.images import Pixels, opened, white_on_black

COLUMNS = ("file", "label", "drawn")
LARGEST_PICTURE = 256 * 1024  # bytes; a 28 × 28 PNG has a few hundred, a canvas a few thousand
CANVAS = 280  # pixels of a canvas, each way


@dataclass(frozen=True, eq=False)
class Drawn:
    """One drawing: its id, its label 0…9, when it was drawn (seconds since 1970), and (28, 28) bytes."""

    id: str
    label: int
    drawn: float
    image: Pixels


@dataclass(frozen=True)
class Labeled:
    """A line of labels.csv: a file's name as it stands there, its label 0…9, when it was drawn."""

    file: str
    label: int
    drawn: float


def labels_csv(rows: Sequence[Drawn]) -> bytes:
    """The CSV of labels: a header, then file, label and time (ISO 8601, UTC) of each."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(row.drawn))
        writer.writerow([f"{row.id}.png", row.label, stamp])
    return out.getvalue().encode()


def parse_labels(content: bytes) -> tuple[list[Labeled], list[str]]:
    """What such a CSV says, of each file once; and a sentence for each line that makes no sense."""
    rows: dict[str, Labeled] = {}
    problems = []
    for number, cells in read_table(content, COLUMNS):
        label = re.fullmatch(r"([0-9])(\.0*)?", cells["label"])  # a spreadsheet may write 7.0
        if not cells["file"] or label is None:
            problems.append(f"Line {number} of labels.csv makes no sense and is left out.")
            continue
        rows[cells["file"]] = Labeled(cells["file"], int(label[1]), _seconds(cells["drawn"]))
    return list(rows.values()), problems


def _seconds(stamp: str) -> float:
    """Seconds since 1970 of "2026-01-31T12:00:00Z"; 0 for what is no such time."""
    try:
        return float(timegm(time.strptime(stamp, "%Y-%m-%dT%H:%M:%SZ")))
    except (ValueError, OverflowError):
        return 0.0


def read_drawing(content: bytes, name: str) -> tuple[Pixels, bool]:
    """A drawing as (28, 28) bytes, white on black; and whether it was black on white and had to be inverted.

    Raises LabError with a sentence for anything else than an image of 28 × 28 pixels.
    """
    with opened(content, name, largest=LARGEST_PICTURE, fits=_exactly(SIDE, name)) as image:
        return white_on_black(image)


def read_own(content: bytes, name: str) -> Pixels:
    """As `read_drawing`, of a file that Digit Lab wrote itself: nothing is inverted."""
    with opened(content, name, formats=("PNG",), largest=LARGEST_PICTURE, fits=_exactly(SIDE, name)) as image:
        return np.asarray(image.convert("L"), dtype=np.uint8)


def read_ink(content: bytes, name: str) -> Pixels:
    """The canvas of a drawing, (280, 280) bytes. Raises LabError with a sentence."""
    with opened(content, name, largest=LARGEST_PICTURE, fits=_exactly(CANVAS, name)) as image:
        return white_on_black(image)[0]


def _exactly(side: int, name: str) -> Callable[[int, int], None]:
    def fits(wide: int, high: int) -> None:
        if (wide, high) != (side, side):
            raise LabError(f"{name} has {wide} × {high} pixels instead of {side} × {side}.")

    return fits


def png(pixels: Pixels) -> bytes:
    """Gray bytes (H, W) as a PNG file."""
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG", optimize=True)
    return out.getvalue()


def gray(canvas: Pixels) -> Pixels:
    """A canvas as it looks on black: luminance × opacity, (H, W) bytes."""
    if canvas.ndim == 2:
        return canvas
    picture = Image.fromarray(canvas)
    if picture.mode == "RGBA":
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, (0, 0, 0, 255)), picture)
    return np.asarray(picture.convert("L"), dtype=np.uint8)


# The one reader of CSV files that come in, however a spreadsheet wrote them.
#
# Excel writes semicolons where the decimal sign is a comma, adds a mark at the beginning, quotes, or writes
# UTF-16; people add spaces. Python's csv module reads the cells, its Sniffer says what separates them.


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
