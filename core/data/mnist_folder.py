"""Where the four files of MNIST lie below a folder, and under which of the names that are about.

torchvision keeps them in MNIST/raw below its root. Some programs put a dot into the names when they unpack
them (`train-images.idx3-ubyte`), and the files are handed around packed as often as not: both are read.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.config.errors import DataError
from core.data.idx import FILES, Bytes, IdxFile, read_idx

DEEPEST, MOST_FOLDERS = 4, 500  # how far below a root misplaced files are looked for


@dataclass(frozen=True, eq=False)
class RawMnist:
    """The four files as bytes: images (N, 28, 28) in 0…255, labels (N,) in 0…9."""

    train_images: Bytes
    train_labels: Bytes
    test_images: Bytes
    test_labels: Bytes


def raw_folder(root: Path) -> Path:
    """Where torchvision keeps the four files below its `root`."""
    return root / "MNIST" / "raw"


def read_folder(root: Path) -> RawMnist:
    """Read all four files below `root`; DataError names the first bad file and what is wrong."""
    return read_files(find_files(root))


def read_files(paths: Sequence[Path | None]) -> RawMnist:
    """Read the four files, in the order of FILES; a path of None is a file that is missing."""
    contents = []
    for path, file in zip(paths, FILES, strict=True):
        if path is None:
            raise DataError(f"{file.name} is missing: put it into the folder MNIST/raw.")
        contents.append(read_idx(path, file))
    return RawMnist(*contents)


def find_files(root: Path) -> list[Path | None]:
    """The four files below `root`, in the order of FILES; None for one that is missing.

    Where there is none of them, DataError says what is there instead, in a sentence that follows on "Under
    MNIST_ROOT, …".
    """
    found = [_found(raw_folder(root), file) for file in FILES]
    if not any(found):
        raise DataError(_misplaced(root))
    return found


def _found(folder: Path, file: IdxFile) -> Path | None:
    """The file under one of its names; a folder of that name only where there is nothing else."""
    dotted = file.name.replace("-idx", ".idx")
    there = [folder / name for name in (file.name, dotted, f"{file.name}.gz", f"{dotted}.gz")]
    there = [path for path in there if path.exists()]
    return next((path for path in there if path.is_file()), there[0] if there else None)


def _misplaced(root: Path) -> str:
    """None of the four files is where it belongs: what is there instead, and what to do."""
    if not root.exists():
        return "there is no such folder: check how its path is spelled."
    if not root.is_dir():
        return "there is a file where a folder belongs: name the folder that holds MNIST/raw."
    place = next((folder for folder in _folders(root) if any(_found(folder, file) for file in FILES)), None)
    wanted = "Name the folder that holds MNIST/raw"
    if place is None:
        return f"no file of MNIST was found: {FILES[0].name} and three more belong into the folder MNIST/raw."
    inside = place.relative_to(root)
    if inside.parts[-2:] == ("MNIST", "raw"):
        return f"the files lie in {inside}. {wanted}: {Path(*inside.parts[:-2])}, inside the one named now."
    levels = 2 - len(inside.parts)
    if place.resolve().parts[-2:] == ("MNIST", "raw"):
        return f"the path goes {('one level', 'two levels')[levels - 1]} too deep. {wanted}, above this one."
    return f"the files lie in {inside if inside.parts else 'the folder itself'}: move them into MNIST/raw."


def _folders(root: Path) -> Iterator[Path]:
    """The root and what lies below it, nearest first, as far as it is worth looking."""
    level, seen = [root], 0
    for _ in range(DEEPEST + 1):
        below: list[Path] = []
        for folder in level:
            seen += 1
            if seen > MOST_FOLDERS:
                return
            yield folder
            try:
                below += sorted(path for path in folder.iterdir() if path.is_dir())
            except OSError:
                continue  # not ours to read
        level = below
