"""The files of a collection of drawings: a CSV of labels, and pictures in grey."""

import csv
import io
import re
import time
from calendar import timegm
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.data.digits import CLASSES, SIDE
from core.errors import LabError

Pixels = NDArray[np.uint8]
COLUMNS = ("file", "label", "drawn")
MOST_LINES = 10_000
LARGEST_PICTURE = 256 * 1024  # bytes; a 28 × 28 PNG has a few hundred, a canvas a few thousand
LARGEST_INK = 1_024  # pixels of a canvas, each way
_FILE = re.compile(r"[0-9a-zA-Z_-]{1,64}\.png")


@dataclass(frozen=True, eq=False)
class Drawn:
    """One drawing: its id, its label 0…9, when it was drawn (seconds since 1970), and (28, 28) bytes."""

    id: str
    label: int
    drawn: float
    image: Pixels


def labels_csv(rows: Sequence[Drawn]) -> bytes:
    """The CSV of labels: a header, then file, label and time (ISO 8601, UTC) of each."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(row.drawn))
        writer.writerow([f"{row.id}.png", row.label, stamp])
    return out.getvalue().encode()


def parse_labels(text: str) -> tuple[list[Drawn], list[str]]:
    """Lines of such a CSV, images black; and a sentence for each line that makes no sense."""
    rows: dict[str, Drawn] = {}
    problems = []
    black = np.zeros((SIDE, SIDE), dtype=np.uint8)
    lines = text.replace("\0", "").splitlines()[:MOST_LINES]  # csv refuses a zero byte
    for number, line in enumerate(lines, start=1):
        cells = line.lstrip("\ufeff").strip().split(",")
        if (number == 1 and cells[:2] == list(COLUMNS[:2])) or cells == [""]:
            continue
        file, label, drawn = (*cells, "", "", "")[:3]
        if not _FILE.fullmatch(file) or label not in [str(digit) for digit in range(CLASSES)]:
            problems.append(f"Line {number} of labels.csv makes no sense and is left out.")
            continue
        rows[file] = Drawn(file.removesuffix(".png"), int(label), _seconds(drawn), black)
    return list(rows.values()), problems


def _seconds(stamp: str) -> float:
    """Seconds since 1970 of "2026-01-31T12:00:00Z"; 0 for what is no such time."""
    try:
        return float(timegm(time.strptime(stamp, "%Y-%m-%dT%H:%M:%SZ")))
    except (ValueError, OverflowError):
        return 0.0


def read_picture(content: bytes, name: str, size: tuple[int, int] | None = None) -> Pixels:
    """A PNG as grey bytes (H, W). size: (width, height) it must have. Raises LabError with a sentence."""
    if len(content) > LARGEST_PICTURE:
        raise LabError(f"{name} has more than {LARGEST_PICTURE // 1024} kB.")
    try:
        with Image.open(io.BytesIO(content), formats=["PNG"]) as opened:
            if size is not None and opened.size != size:  # told by the header: nothing is unpacked yet
                raise LabError(f"{name} has {opened.width} × {opened.height} pixels instead of 28 × 28.")
            if max(opened.size) > LARGEST_INK:
                raise LabError(f"{name} is wider or higher than {LARGEST_INK:,} pixels.")
            return np.asarray(opened.convert("L"), dtype=np.uint8)
    except LabError:
        raise
    except Exception as error:  # Pillow raises a dozen kinds for a damaged file
        raise LabError(f"{name} is no PNG that can be read.") from error


def png(pixels: Pixels) -> bytes:
    """Grey bytes (H, W) as a PNG file."""
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG", optimize=True)
    return out.getvalue()


def grey(canvas: Pixels) -> Pixels:
    """A canvas as it looks on black: luminance × opacity, (H, W) bytes."""
    if canvas.ndim == 2:
        return canvas
    picture = Image.fromarray(canvas)
    if picture.mode == "RGBA":
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, (0, 0, 0, 255)), picture)
    return np.asarray(picture.convert("L"), dtype=np.uint8)
