"""A collection of drawings as one zip file, to take home or to bring along.

The zip holds `labels.csv` (file, label, drawn) and the PNGs it names, each 28 × 28 in grey; the canvases lie
in `ink/`. What is brought along is looked at with suspicion: sizes are held against limits before anything is
unpacked, names are looked up and never used as paths, pictures are decoded by Pillow, nothing is executed.
"""

import io
import zipfile
import zlib
from dataclasses import dataclass

from core.data.digits import SIDE
from core.data.handwriting import MOST, Handwriting
from core.data.handwriting_files import LARGEST_PICTURE, Pixels, labels_csv, parse_labels, png, read_picture
from core.errors import LabError

LARGEST = 16 * 2**20  # bytes of the zip
LARGEST_LABELS = 2**20  # bytes of labels.csv, unpacked
LABELS = "labels.csv"
MOST_FILES = 3 * MOST


@dataclass(frozen=True)
class Imported:
    """What came in: how many drawings are new, how many were here already, and what was left out and why."""

    added: int
    known: int
    problems: tuple[str, ...]


def export(drawings: Handwriting) -> bytes:
    """Everything that can be read, as a zip file."""
    found = drawings.all().drawings
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as file:  # PNGs are packed already
        file.writestr(LABELS, labels_csv(found))
        for one in found:
            file.writestr(f"{one.id}.png", png(one.image))
            try:
                file.writestr(f"ink/{one.id}.png", drawings.ink_path(one.id).read_bytes())
            except OSError:
                continue  # not every drawing has its canvas
    return out.getvalue()


def take_in(drawings: Handwriting, content: bytes, name: str) -> Imported:
    """Add the drawings of a zip file that `export` wrote, or that is made like it.

    content: the file's bytes. name: what it is called, for messages. A drawing that is here already, pixel
    for pixel and with the same label, is not added again. Raises LabError, with a sentence, if it is no such
    file or holds more than there is room for.
    """
    if len(content) > LARGEST:
        raise LabError(
            f"{name} has {len(content) / 2**20:.0f} MB; at most {LARGEST // 2**20} MB are taken here."
        )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            return _taken(drawings, file, name)
    except (zipfile.BadZipFile, ValueError, IndexError) as error:
        raise LabError(f"{name} is no zip file that can be read. Bring one that Digit Lab saved.") from error


def _taken(drawings: Handwriting, file: zipfile.ZipFile, name: str) -> Imported:
    if len(file.infolist()) > MOST_FILES:
        raise LabError(f"{name} holds {len(file.infolist()):,} files; at most {MOST_FILES:,} are taken here.")
    labels = _unpacked(file, LABELS, LARGEST_LABELS)
    if labels is None:
        raise LabError(f"{name} holds no {LABELS} that can be read, with the columns file, label and drawn.")
    rows, problems = parse_labels(labels.decode("utf-8", errors="replace"))
    if len(rows) > MOST:
        raise LabError(f"{name} holds {len(rows):,} drawings; there is room for {MOST:,}.")
    here = {(one.label, one.image.tobytes()) for one in drawings.all().drawings}
    new, known = [], 0
    for row in rows:
        packed = _unpacked(file, f"{row.id}.png", LARGEST_PICTURE)
        if packed is None:
            problems.append(f"{row.id}.png is missing, damaged or too large, and is left out.")
            continue
        try:
            image = read_picture(packed, f"{row.id}.png", (SIDE, SIDE))
        except LabError as error:
            problems.append(f"{error} It is left out.")
            continue
        key = row.label, image.tobytes()
        if key in here:
            known += 1
            continue
        here.add(key)
        new.append((image, row.label, row.drawn, _canvas(file, row.id)))
    if not rows:
        raise LabError(f"{name} holds no drawing that can be read. {' '.join(problems[:1])}".strip())
    if new:
        drawings.add_many(new)
    return Imported(len(new), known, tuple(problems))


def _canvas(file: zipfile.ZipFile, id: str) -> Pixels | None:
    """The canvas of a drawing, where the zip has one that can be read."""
    packed = _unpacked(file, f"ink/{id}.png", LARGEST_PICTURE)
    try:
        return None if packed is None else read_picture(packed, "a canvas")
    except LabError:
        return None


def _unpacked(file: zipfile.ZipFile, member: str, most: int) -> bytes | None:
    """A member's bytes; None if it is not there, is damaged, or has more than `most`, whatever it claims."""
    try:
        with file.open(member) as packed:
            content = packed.read(most + 1)
    except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError):
        return None  # RuntimeError: it asks for a password
    return content if len(content) <= most else None
