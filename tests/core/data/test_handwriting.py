"""A person's own drawings: kept whole, changed by one at a time, taken home and brought back."""

import io
import os
import random
import subprocess
import sys
import zipfile
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image

from core.data import from_canvas
from core.data.handwriting import MOST, Handwriting
from core.data.handwriting_files import png
from core.data.handwriting_zip import LARGEST, export, take_in
from core.errors import LabError, NotFound
from core.home import PROJECT


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DIGITLAB_HOME", str(tmp_path))
    return tmp_path


def canvas(x: int = 140) -> NDArray[np.uint8]:
    """A vertical stroke, as the browser sends it: white on see-through."""
    ink = np.zeros((280, 280, 4), dtype=np.uint8)
    ink[40:240, x - 8 : x + 8] = 255
    ink[60:80, x - 60 : x] = (255, 255, 255, 128)
    return ink


def noise(seed: int) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (28, 28), dtype=np.uint8)


def filled(count: int = 3) -> Handwriting:
    mine = Handwriting()
    mine.add_many([(noise(seed), seed % 10, 1_700_000_000.0 + seed, None) for seed in range(count)])
    return mine


def test_nothing_is_there_at_first() -> None:
    mine = Handwriting()
    assert len(mine.all()) == 0
    assert mine.digits().images.shape == (0, 1, 28, 28)
    assert not mine.folder.exists(), "looking makes nothing"


def test_a_drawing_is_kept_as_the_network_received_it() -> None:
    drawing = from_canvas(canvas())
    assert drawing is not None
    mine = Handwriting()
    before = mine.state()
    id = mine.add(drawing.image, 1, canvas())
    assert mine.state() != before
    found = Handwriting().all()
    assert [(one.id, one.label) for one in found.drawings] == [(id, 1)]
    assert found.problems == ()
    digits = found.digits()
    assert digits.labels.tolist() == [1]
    assert torch.allclose(digits.images[0], drawing.image, atol=0.5 / 255)
    with Image.open(mine.folder / f"{id}.png") as small, Image.open(mine.ink_path(id)) as large:
        assert (small.mode, small.size, large.mode, large.size) == ("L", (28, 28), "L", (280, 280))
        ink = np.asarray(large)
    assert ink[100, 140] == 255
    assert abs(int(ink[70, 100]) - 128) <= 1, "half see-through on black is half as bright"
    assert (mine.folder / "labels.csv").read_text().splitlines()[0] == "file,label,drawn"


def test_relabel_delete_clear() -> None:
    mine = filled(4)
    ids = [one.id for one in mine.all().drawings]
    mine.relabel(ids[1], 9)
    mine.delete(ids[0])
    assert [(one.id, one.label) for one in mine.all().drawings] == [(ids[1], 9), (ids[2], 2), (ids[3], 3)]
    assert mine.all().counts() == [0, 0, 1, 1, 0, 0, 0, 0, 0, 1]
    assert not (mine.folder / f"{ids[0]}.png").exists()
    with pytest.raises(NotFound):
        mine.relabel(ids[0], 3)
    with pytest.raises(NotFound):
        mine.delete(ids[0])
    assert mine.clear() == 3
    assert len(mine.all()) == 0
    assert not list(mine.folder.glob("**/*.png"))


@pytest.mark.parametrize("label", [-1, 10, "5", None, 2.0])
def test_only_digits_are_labels(label: object) -> None:
    with pytest.raises(LabError, match="0 to 9"):
        Handwriting().add(np.zeros((28, 28)), label)  # type: ignore[arg-type]


@pytest.mark.parametrize("owner", ["..", "a/b", "", "a" * 65, "a\0"])
def test_an_owner_is_no_path(owner: str) -> None:
    with pytest.raises(LabError):
        Handwriting(owner)


def test_owners_do_not_see_each_other() -> None:
    filled(2)
    assert len(Handwriting("abc").all()) == 0


def test_there_is_an_end_to_the_room() -> None:
    with pytest.raises(LabError, match="room for 2,000"):
        Handwriting().add_many([(noise(0), 1, 0.0, None)] * (MOST + 1))
    assert len(Handwriting().all()) == 0


def test_damaged_files_are_left_out_with_a_sentence() -> None:
    mine = filled(5)
    ids = [one.id for one in mine.all().drawings]
    (mine.folder / f"{ids[0]}.png").unlink()
    (mine.folder / f"{ids[1]}.png").write_bytes(b"no picture")
    (mine.folder / f"{ids[2]}.png").write_bytes(png(np.zeros((9, 9), dtype=np.uint8)))
    with (mine.folder / "labels.csv").open("ab") as file:
        file.write(b"../../etc/passwd,3,\nx.png,11,\n\xff\xfe\0,,\n")
    found = mine.all()
    assert [one.id for one in found.drawings] == ids[3:]
    told = " ".join(found.problems)
    assert "is missing" in told
    assert "no PNG" in told
    assert "9 × 9 pixels instead of 28 × 28" in told
    assert told.count("makes no sense") == 3
    mine.add(noise(7), 7)  # what makes no sense is kept beside, nothing is thrown away
    assert "passwd" in (mine.folder / "labels-damaged.csv").read_text(errors="replace")
    assert [one.label for one in mine.all().drawings] == [3, 4, 7]
    assert "makes no sense" not in " ".join(mine.all().problems)


def test_a_picture_cut_anywhere_is_left_out_or_read() -> None:
    mine = filled(1)
    path = mine.folder / f"{mine.all().drawings[0].id}.png"
    whole = path.read_bytes()
    dice = random.Random(0)
    for _ in range(60):
        damaged = bytearray(whole[: dice.randrange(len(whole))])
        if damaged:
            damaged[dice.randrange(len(damaged))] ^= 1 << dice.randrange(8)
        path.write_bytes(bytes(damaged))
        found = mine.all()
        assert len(found) + len(found.problems) == 1


WRITER = """
import sys, numpy as np
from core.data.handwriting import Handwriting
mine, who = Handwriting(), int(sys.argv[1])
for turn in range(12):
    id = mine.add(np.full((28, 28), turn / 12), who)
    if turn % 4 == 3:
        mine.relabel(id, 9)
    if turn % 6 == 5:
        mine.delete(id)
"""


def test_two_processes_at_once_lose_nothing() -> None:
    started = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(who)], cwd=PROJECT, env={**os.environ})
        for who in (1, 2)
    ]
    assert [one.wait(timeout=120) for one in started] == [0, 0]
    found = Handwriting().all()
    assert found.problems == ()
    assert [found.counts()[digit] for digit in (1, 2, 9)] == [8, 8, 4]  # 12 each, 2 deleted, 2 relabelled
    assert not list(Handwriting().folder.glob("**/*.part"))


def test_taken_home_and_brought_back() -> None:
    mine = filled(3)
    mine.add(np.eye(28), 4, canvas())
    file = export(mine)
    names = zipfile.ZipFile(io.BytesIO(file)).namelist()
    assert names[0] == "labels.csv"
    assert len(names) == 6
    told = take_in(mine, file, "mine.zip")
    assert (told.added, told.known, told.problems) == (0, 4, ())
    other = Handwriting("other")
    told = take_in(other, file, "mine.zip")
    assert (told.added, told.known) == (4, 0)
    ours, theirs = mine.digits(), other.digits()
    assert torch.equal(ours.images, theirs.images)
    assert torch.equal(ours.labels, theirs.labels)
    assert [one.drawn for one in other.all().drawings[:3]] == [1_700_000_000.0 + i for i in range(3)]
    assert other.ink_path(other.all().drawings[3].id).exists()


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name.replace("_csv", ".csv").replace("_png", ".png"), content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "no zip file"),
        (b"PK\x03\x04 and then nothing", "no zip file"),
        (bytes(LARGEST + 1), "at most 16 MB"),
        (zipped(), "holds no labels.csv"),
        (zipped(labels_csv=b"file,label,drawn\n"), "holds no drawing"),
        (zipped(labels_csv=b"x" * 3 * 2**20), "holds no labels.csv"),  # a bomb is not unpacked
        (zipped(labels_csv=b"".join(b"a%d.png,1,\n" % i for i in range(MOST + 1))), "there is room for"),
        (zipped(**{f"f{i}_png": b"" for i in range(3 * MOST + 1)}), "at most 6,000"),
    ],
)
def test_any_other_file_is_one_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(LabError, match=sentence) as told:
        take_in(Handwriting(), content, "f.zip")
    assert len(str(told.value).splitlines()) == 1
    assert len(Handwriting().all()) == 0


def test_what_is_wrong_in_a_zip_is_left_out_and_said() -> None:
    labels = b"file,label,drawn\na.png,1,2026-01-31T12:00:00Z\nb.png,2,\nc.png,3,\nd.png,4,\n../e.png,5,\n"
    large = png(np.zeros((300, 300), dtype=np.uint8))
    content = zipped(labels_csv=labels, a_png=png(noise(1)), b_png=large, c_png=bytes(2**20), x_png=b"extra")
    told = take_in(Handwriting(), content, "f.zip")
    assert (told.added, told.known) == (1, 0)
    assert len(told.problems) == 4
    assert "300 × 300 pixels" in " ".join(told.problems)
    assert [one.label for one in Handwriting().all().drawings] == [1]


def test_a_zip_damaged_anywhere_never_fails_otherwise() -> None:
    whole = export(filled(2))
    dice = random.Random(1)
    for _ in range(150):
        damaged = bytearray(whole)
        for _ in range(dice.randint(1, 4)):
            damaged[dice.randrange(len(damaged))] = dice.randrange(256)
        with suppress(LabError):
            take_in(Handwriting("other"), bytes(damaged), "f.zip")


def test_a_home_that_cannot_be_written_is_a_sentence(own_home: Path) -> None:
    (own_home / "handwriting").write_text("a file in the way")
    with pytest.raises(LabError, match="cannot be changed"):
        Handwriting().add(noise(0), 1)
