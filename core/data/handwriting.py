"""A test set of one's own: drawn digits with their labels, kept under Digit Lab's home as pictures and a CSV.

A person's folder holds `labels.csv` (file, label, drawn), for each drawing a gray PNG of 28 × 28 as a network
receives it, and in `ink/` the canvas it was drawn on. Any program can read them. Pictures are written under a
temporary name and renamed, the CSV last, and whoever changes something waits for a lock: two browsers at once
lose nothing, and a crash leaves the old set or the new one.
"""

import re
import secrets
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import ArrayLike

from core.config.errors import LabError, NotFound
from core.data.digits import CLASSES, SIDE, Digits
from core.data.handwriting_files import Drawn, gray, labels_csv, parse_labels, png, read_own
from core.data.images import Pixels
from core.storage.atomic_write import write_whole
from core.storage.paths import home, private_file

MOST = 2_000  # drawings a person may keep
_FILE = re.compile(r"([0-9a-zA-Z_-]{1,64})\.png")
_OWNER = re.compile(r"[0-9a-zA-Z]{1,64}")


@dataclass(frozen=True, eq=False)
class Collection:
    """What a folder holds, in the order of drawing, and a sentence for everything that was left out."""

    drawings: tuple[Drawn, ...]
    problems: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.drawings)

    def digits(self) -> Digits:
        """Images (N, 1, 28, 28) in [0, 1] and labels, as every network here takes them."""
        images = np.zeros((len(self), 1, SIDE, SIDE), dtype=np.float32)
        for place, one in enumerate(self.drawings):
            images[place, 0] = one.image / np.float32(255)
        labels = torch.tensor([one.label for one in self.drawings], dtype=torch.int64)
        return Digits(torch.from_numpy(images), labels)

    def counts(self) -> list[int]:
        """How many drawings there are of each digit."""
        return [sum(one.label == digit for one in self.drawings) for digit in range(CLASSES)]


class Handwriting:
    """The drawings of one person. owner: "me" on a laptop, a browser's id in a classroom.

    Raises LabError, with a sentence, where the folder cannot be read or written.
    """

    def __init__(self, owner: str = "me") -> None:
        if not _OWNER.fullmatch(owner):
            raise LabError("A collection of drawings is named by letters and digits.")
        self.folder = home() / "handwriting" / owner
        self._labels = self.folder / "labels.csv"

    def state(self) -> str:
        """Changes with every change of the set, so that what is computed from it can be cached."""
        try:
            status = self._labels.stat()
        except OSError:
            return f"{self.folder} empty"
        return f"{self.folder} {status.st_mtime_ns} {status.st_size} {status.st_ino}"

    def all(self) -> Collection:
        """Every drawing that can be read."""
        rows, problems = self._rows()
        drawings = []
        for row in rows:
            path = self.folder / f"{row.id}.png"
            try:
                image = read_own(path.read_bytes(), path.name)
            except OSError:
                problems.append(f"{path.name} is missing and is left out.")
            except LabError as error:
                problems.append(f"{error} It is left out.")
            else:
                drawings.append(replace(row, image=image))
        return Collection(tuple(drawings), tuple(problems))

    def digits(self) -> Digits:
        """All drawings as a test set."""
        return self.all().digits()

    def add(self, image: ArrayLike, label: int, ink: ArrayLike | None = None) -> str:
        """Keep a drawing; returns its id.

        image: (28, 28) or (1, 28, 28), in [0, 1], as the network received it. ink: the canvas (H, W),
        (H, W, 3) or (H, W, 4) in bytes, kept in gray beside it.
        """
        shares = np.nan_to_num(np.asarray(image, dtype=np.float32).reshape(SIDE, SIDE)).clip(0, 1)
        canvas = None if ink is None else gray(np.asarray(ink, dtype=np.uint8))
        pixels = np.round(shares * 255).astype(np.uint8)
        return self.add_many([(pixels, label, time.time(), canvas)])[0]

    def add_many(self, new: Iterable[tuple[Pixels, int, float, Pixels | None]]) -> list[str]:
        """Keep several, all or none: each (28, 28) bytes, label, seconds since 1970, gray canvas or None.

        Each is written before the next is asked for: never more than one canvas is held in memory. Returns
        their ids.
        """
        added: list[str] = []
        with self._alone():
            rows, _ = self._rows()
            try:
                for image, label, drawn, ink in new:
                    _checked(label)
                    if len(rows) >= MOST:
                        raise LabError(
                            f"There is room for {MOST:,} drawings; {len(rows) - len(added):,} are here. "
                            "Delete some first."
                        )
                    stamp = time.strftime("%Y%m%d-%H%M%S", time.localtime(drawn))
                    one = Drawn(f"{stamp}-{secrets.token_hex(4)}", label, drawn, image)
                    added.append(one.id)
                    if ink is not None:
                        write_whole(self.ink_path(one.id), png(ink))
                    write_whole(self.folder / f"{one.id}.png", png(image))
                    rows.append(one)
                if added:
                    self._keep(rows)
            except BaseException:
                for id in added:
                    self._drop(id)
                raise
        return added

    def relabel(self, id: str, label: int) -> None:
        """Give a drawing another label. Raises NotFound if it is not there any more."""
        _checked(label)
        with self._alone():
            rows, _ = self._rows()
            self._known(rows, id)
            self._keep([replace(row, label=label) if row.id == id else row for row in rows])

    def delete(self, id: str) -> None:
        """Remove one drawing and its pictures. Raises NotFound if it is not there any more."""
        with self._alone():
            rows, _ = self._rows()
            self._known(rows, id)
            self._keep([row for row in rows if row.id != id])
            self._drop(id)

    def clear(self) -> int:
        """Remove every drawing; returns how many there were."""
        with self._alone():
            rows, _ = self._rows()
            self._keep([])
            for path in [*self.folder.glob("*.png"), *(self.folder / "ink").glob("*.png")]:
                path.unlink(missing_ok=True)
        return len(rows)

    def ink_path(self, id: str) -> Path:
        """Where the canvas of a drawing lies (whether it was kept or not)."""
        return self.folder / "ink" / f"{id}.png"

    def _rows(self) -> tuple[list[Drawn], list[str]]:
        """The lines of the CSV, their images still black; and a sentence for each that makes no sense."""
        try:
            content = self._labels.read_bytes()
        except FileNotFoundError:
            return [], []
        except OSError as error:
            raise LabError(f"Your drawings in {self.folder} cannot be read: {error.strerror}.") from error
        lines, problems = parse_labels(content)
        black = np.zeros((SIDE, SIDE), dtype=np.uint8)
        rows = []
        for line in lines:
            name = _FILE.fullmatch(line.file)  # it becomes a path
            if name is None:
                problems.append("A line of labels.csv makes no sense and is left out: its file's name.")
            else:
                rows.append(Drawn(name[1], line.label, line.drawn, black))
        return rows, problems

    def _keep(self, rows: list[Drawn]) -> None:
        """Write the CSV anew. One with lines that make no sense is kept beside it, nothing is thrown away."""
        if self._labels.exists() and self._rows()[1]:
            self._labels.replace(self.folder / "labels-damaged.csv")
        write_whole(self._labels, labels_csv(rows))

    def _drop(self, id: str) -> None:
        (self.folder / f"{id}.png").unlink(missing_ok=True)
        self.ink_path(id).unlink(missing_ok=True)

    @staticmethod
    def _known(rows: list[Drawn], id: str) -> None:
        if not any(row.id == id for row in rows):
            raise NotFound("This drawing is not there any more.")

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Only one process at a time: SQLite's lock works on every system and ends with who holds it."""
        try:
            lock = private_file(self.folder / ".lock")
            connection = sqlite3.connect(lock, timeout=30, isolation_level=None)
            try:
                connection.execute("BEGIN EXCLUSIVE")
                yield
            finally:
                connection.close()
        except (OSError, sqlite3.DatabaseError) as error:
            raise LabError(f"Your drawings in {self.folder} cannot be changed: {error}.") from error


def _checked(label: int) -> None:
    if not (isinstance(label, int) and 0 <= label < CLASSES):
        raise LabError(f"A label is a digit from 0 to 9, not {label!r}.")
