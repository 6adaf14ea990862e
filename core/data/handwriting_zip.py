"""A collection of drawings as one zip file, to take home or to bring along.

The zip holds `labels.csv` (file, label, drawn) and the PNGs it names, each 28 × 28 in gray; the canvases lie
in `ink/`. A zip made by hand will do as well: in a folder of its own, with any CSV and images of that size.
What is brought along is looked at with suspicion: sizes are held against limits before anything is unpacked,
names are looked up and never used as paths, images are decoded by Pillow, nothing is executed.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from core.config.errors import LabError
from core.data.handwriting import MOST, Handwriting
from core.data.handwriting_files import LARGEST_PICTURE, Labeled, labels_csv, parse_labels, png, read_drawing, read_ink
from core.data.images import Pixels

LARGEST = 16 * 2**20  # bytes of the zip
LARGEST_LABELS = 2**20  # bytes of labels.csv, unpacked
LABELS = "labels.csv"
ENTRY = b"PK\x01\x02"  # begins each file's line in a zip's list
MOST_FILES = 3 * MOST
#: What zipfile raises for a damaged list of files.
_NOT_A_ZIP = (zipfile.BadZipFile, ValueError, IndexError, OverflowError, NotImplementedError, struct.error)


@dataclass(frozen=True)
class Imported:
    """What came in: how many drawings are new, how many were here already, and what was left out and why.

    inverted: how many of the new ones were black on white and are white on black now.
    """

    added: int
    known: int
    problems: tuple[str, ...]
    inverted: int = 0


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
        raise LabError(f"{name} has {len(content) / 2**20:.0f} MB; at most {LARGEST // 2**20} MB are taken here.")
    if content.count(ENTRY) > MOST_FILES:  # before zipfile makes an object of each
        raise LabError(f"{name} holds too many files; at most {MOST_FILES:,} are taken here.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            return _Import(drawings, _Members(file), name).taken()
    except _NOT_A_ZIP as error:
        raise LabError(f"{name} is not a zip file that can be read. Bring one that Digit Lab saved.") from error


class _Members:
    """The files of a zip, looked up by name below the folder where its labels lie, as no path ever is."""

    def __init__(self, file: zipfile.ZipFile) -> None:
        self.file = file
        self._members: dict[str, zipfile.ZipInfo] = {}
        for info in file.infolist():
            parts = PurePosixPath(info.filename.replace("\\", "/")).parts
            if info.is_dir() or not parts or "__MACOSX" in parts or parts[-1].startswith("._"):
                continue  # what a Mac adds
            self._members["/".join(parts)] = info
        found = [name for name in self._members if name.rpartition("/")[2].lower() == LABELS]
        self.labels = min(found, key=lambda name: name.count("/"), default=None)
        self._folder = "" if self.labels is None else self.labels[: -len(LABELS)]

    def read(self, name: str, most: int) -> bytes | None:
        """A member's bytes, by its name in the labels' folder (or, for the labels, its own).

        None if it is not there, is damaged, is packed otherwise than by deflate, or has more than `most`,
        whatever it claims.
        """
        below = "/".join(PurePosixPath(name.replace("\\", "/")).parts)
        info = self._members.get(self._folder + below)
        if info is None or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            return None  # what bzip2 and LZMA unpack at once has no limit
        try:
            with self.file.open(info) as packed:
                content = packed.read(most + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError):
            return None  # RuntimeError: it asks for a password
        return content if len(content) <= most else None


class _Import:
    """One zip file on its way in: the drawings that are new, and what is said of the others."""

    def __init__(self, drawings: Handwriting, members: _Members, name: str) -> None:
        self.drawings, self.members, self.name = drawings, members, name
        self.known = self.inverted = 0
        self.problems: list[str] = []

    def taken(self) -> Imported:
        labels = None if self.members.labels is None else self.members.read(LABELS, LARGEST_LABELS)
        if labels is None:
            raise LabError(f"{self.name} holds no {LABELS} that can be read, with the columns file, label and drawn.")
        rows, self.problems = parse_labels(labels)
        if len(rows) > MOST:
            raise LabError(f"{self.name} holds {len(rows):,} drawings; there is room for {MOST:,}.")
        if not rows:
            first = " ".join(self.problems[:1])
            raise LabError(f"{self.name} holds no drawing that can be read. {first}".strip())
        added = self.drawings.add_many(self._new(rows))
        return Imported(len(added), self.known, tuple(self.problems), self.inverted)

    def _new(self, rows: list[Labeled]) -> Iterator[tuple[Pixels, int, float, Pixels | None]]:
        """Each drawing that is not here yet, unpacked when it is its turn."""
        here = {(one.label, one.image.tobytes()) for one in self.drawings.all().drawings}
        for row in rows:
            shown = row.file[:60]
            packed = self.members.read(row.file, LARGEST_PICTURE)
            if packed is None:
                self.problems.append(f"{shown} is missing, damaged or too large, and is left out.")
                continue
            try:
                image, inverted = read_drawing(packed, shown)
            except LabError as error:
                self.problems.append(f"{error} It is left out.")
                continue
            key = row.label, image.tobytes()
            if key in here:
                self.known += 1
                continue
            here.add(key)
            self.inverted += inverted
            yield image, row.label, row.drawn, self._canvas(row.file)

    def _canvas(self, file: str) -> Pixels | None:
        """The canvas of a drawing, where the zip has one that can be read."""
        packed = self.members.read(f"ink/{file}", LARGEST_PICTURE)
        try:
            return None if packed is None else read_ink(packed, f"The canvas of {file[:60]}")
        except LabError as error:
            self.problems.append(f"{error} The drawing itself is kept.")
            return None
