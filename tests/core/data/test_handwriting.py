"""A person's own drawings: kept whole, changed by one at a time, taken home and brought back."""

import io
import os
import random
import subprocess
import sys
import tracemalloc
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image

from core.config.errors import LabError, NotFound
from core.data import from_canvas
from core.data.handwriting import MOST, Handwriting
from core.data.handwriting_files import png
from core.data.handwriting_zip import LARGEST, export, take_in
from core.storage.paths import PROJECT


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
    """A drawing of nothing: a box of noise on black paper."""
    return np.pad(np.random.default_rng(seed).integers(0, 256, (20, 20), dtype=np.uint8), 4)


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


def test_a_drawing_gets_another_label_and_is_deleted_alone_or_with_all() -> None:
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
    report = " ".join(found.problems)
    assert "is missing" in report
    assert "is not an image that can be read" in report
    assert "9 × 9 pixels instead of 28 × 28" in report
    assert report.count("makes no sense") == 3
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


@pytest.mark.long
def test_two_processes_at_once_lose_nothing() -> None:
    started = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(who)], cwd=PROJECT, env={**os.environ}) for who in (1, 2)
    ]
    assert [one.wait(timeout=120) for one in started] == [0, 0]
    found = Handwriting().all()
    assert found.problems == ()
    assert [found.counts()[digit] for digit in (1, 2, 9)] == [8, 8, 4]  # 12 each, 2 deleted, 2 relabeled
    assert not list(Handwriting().folder.glob("**/*.part"))


def test_taken_home_and_brought_back() -> None:
    mine = filled(3)
    mine.add(np.eye(28), 4, canvas())
    file = export(mine)
    names = zipfile.ZipFile(io.BytesIO(file)).namelist()
    assert names[0] == "labels.csv"
    assert len(names) == 6
    report = take_in(mine, file, "mine.zip")
    assert (report.added, report.known, report.problems) == (0, 4, ())
    other = Handwriting("other")
    report = take_in(other, file, "mine.zip")
    assert (report.added, report.known) == (4, 0)
    ours, theirs = mine.digits(), other.digits()
    assert torch.equal(ours.images, theirs.images)
    assert torch.equal(ours.labels, theirs.labels)
    assert [one.drawn for one in other.all().drawings[:3]] == [1_700_000_000.0 + i for i in range(3)]
    assert other.ink_path(other.all().drawings[3].id).exists()


def packed(members: Mapping[str, bytes], otherwise: Mapping[str, int] | None = None) -> bytes:
    """A zip file with these members; `otherwise`: packings of members that are not just deflated."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, content in members.items():
            file.writestr(name, content, (otherwise or {}).get(name, zipfile.ZIP_DEFLATED))
    return out.getvalue()


def zipped(**members: bytes) -> bytes:
    return packed({name.replace("_csv", ".csv").replace("_png", ".png"): members[name] for name in members})


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "not a zip file"),
        (b"PK\x03\x04 and then nothing", "not a zip file"),
        (bytes(LARGEST + 1), "at most 16 MB"),
        (zipped(), "holds no labels.csv"),
        (zipped(labels_csv=b"file,label,drawn\n"), "holds no drawing"),
        (zipped(labels_csv=b"x" * 3 * 2**20), "holds no labels.csv"),  # a bomb is not unpacked
        (zipped(labels_csv=b"".join(b"a%d.png,1,\n" % i for i in range(MOST + 1))), "there is room for"),
        (zipped(**{f"f{i}_png": b"" for i in range(3 * MOST + 1)}), "at most 6,000"),
    ],
)
def test_any_other_file_is_one_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(LabError, match=sentence) as raised:
        take_in(Handwriting(), content, "f.zip")
    assert len(str(raised.value).splitlines()) == 1
    assert len(Handwriting().all()) == 0


def test_what_is_wrong_in_a_zip_is_left_out_and_said() -> None:
    labels = b"file,label,drawn\na.png,1,2026-01-31T12:00:00Z\nb.png,2,\nc.png,3,\nd.png,4,\n../e.png,5,\n"
    large = png(np.zeros((300, 300), dtype=np.uint8))
    content = zipped(labels_csv=labels, a_png=png(noise(1)), b_png=large, c_png=bytes(2**20), x_png=b"extra")
    report = take_in(Handwriting(), content, "f.zip")
    assert (report.added, report.known) == (1, 0)
    assert len(report.problems) == 4
    assert "300 × 300 pixels" in " ".join(report.problems)
    assert [one.label for one in Handwriting().all().drawings] == [1]


def test_a_zip_damaged_anywhere_never_fails_otherwise() -> None:
    whole = export(filled(2))
    dice = random.Random(1)
    for _ in range(100):
        damaged = bytearray(whole)
        for _ in range(dice.randint(1, 4)):
            damaged[dice.randrange(len(damaged))] = dice.randrange(256)
        with suppress(LabError):
            take_in(Handwriting("other"), bytes(damaged), "f.zip")


def test_a_home_that_cannot_be_written_is_a_sentence(own_home: Path) -> None:
    (own_home / "handwriting").write_text("a file in the way")
    with pytest.raises(LabError, match="cannot be changed"):
        Handwriting().add(noise(0), 1)


def shown(image: Image.Image, form: str = "PNG", **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


SEVEN = np.zeros((28, 28), dtype=np.uint8)
SEVEN[6:9, 8:20] = SEVEN[6:24, 17:20] = 255


def with_alpha(shade: int, alpha: NDArray[np.uint8], mode: str = "LA") -> Image.Image:
    planes = [Image.fromarray(np.full((28, 28), shade, dtype=np.uint8))] * (len(mode) - 1)
    return Image.merge(mode, [*planes, Image.fromarray(alpha)])


def palette() -> bytes:
    image = Image.fromarray((SEVEN // 255).astype(np.uint8), "P")
    image.putpalette([9, 9, 9, 0, 0, 0])
    return shown(image, transparency=0)


#: A seven in every manner that programs write one, and whether it must be inverted.
SEVENS: dict[str, tuple[bytes, bool]] = {
    "as we write it": (png(SEVEN), False),
    "black on white": (png(255 - SEVEN), True),
    "16 bits": (shown(Image.fromarray(SEVEN.astype(np.uint16) * 257)), False),
    "16 bits that hold 8": (shown(Image.fromarray(SEVEN.astype(np.uint16))), False),
    "white ink on nothing": (shown(with_alpha(255, SEVEN)), False),
    "black ink on nothing, in color": (shown(with_alpha(0, SEVEN, "RGBA")), True),
    "black ink on a see-through palette": (palette(), True),
    "color": (shown(Image.fromarray(SEVEN).convert("RGB")), False),
    "one bit": (shown(Image.fromarray(SEVEN).convert("1")), False),
    "BMP": (shown(Image.fromarray(SEVEN), "BMP"), False),
    "GIF, black on white": (shown(Image.fromarray(255 - SEVEN), "GIF"), True),
    "TIFF of fractions": (shown(Image.fromarray(SEVEN.astype(np.float32) / 255), "TIFF"), False),
}


@pytest.mark.parametrize("manner", SEVENS)
def test_a_drawing_in_any_manner_becomes_white_on_black(manner: str) -> None:
    content, inverted = SEVENS[manner]
    report = take_in(Handwriting(), zipped(labels_csv=b"file,label\na.png,7\n", a_png=content), "f.zip")
    assert (report.added, report.inverted, report.problems) == (1, int(inverted), ())
    (one,) = Handwriting().all().drawings
    np.testing.assert_array_equal(one.image, SEVEN)


TABLES = {
    "as we write it": b"file,label,drawn\na.png,1,2026-01-31T12:00:00Z\nb.png,2,\n",
    "semicolons": b"file;label;drawn\r\na.png;1;2026-01-31T12:00:00Z\r\nb.png;2;\r\n",
    "tabs": b"file\tlabel\tdrawn\na.png\t1\t\nb.png\t2\t\n",
    "quotes": b'"file","label","drawn"\n"a.png","1","2026-01-31T12:00:00Z"\n"b.png","2",""\n',
    "spaces": b"file, label, drawn\n a.png , 1 , \nb.png,  2,\n",
    "spaces alone": b"file label\na.png 1\nb.png 2\n",
    "a mark at the beginning": b"\xef\xbb\xbffile,label\na.png,1\nb.png,2\n",
    "UTF-16": "file\tlabel\r\na.png\t1\r\nb.png\t2\r\n".encode("utf-16"),
    "no header": b"a.png,1\nb.png,2\n",
    "another order, more columns": b"id;Label;File\n0;1;a.png\n1;2;b.png\n",
    "fractions and empty lines": b"file,label\n\na.png,1.0\n,\nb.png,2.0\n\n",
    "old line ends": b"file,label\ra.png,1\rb.png,2\r",
}


@pytest.mark.parametrize("manner", TABLES)
def test_a_table_of_labels_in_any_manner(manner: str) -> None:
    content = zipped(labels_csv=TABLES[manner], a_png=png(noise(1)), b_png=png(noise(2)))
    report = take_in(Handwriting(), content, "f.zip")
    assert (report.added, report.problems) == (2, ())
    assert [one.label for one in Handwriting().all().drawings] == [1, 2]


@pytest.mark.parametrize("text", [b'"' * 200_000, b'a.png,"' + b"x" * 300_000, b'",;' * 60_000, b"\0,\0"])
def test_a_table_that_makes_no_sense_is_a_sentence(text: bytes) -> None:
    with pytest.raises(LabError, match="holds no drawing"):
        take_in(Handwriting(), zipped(labels_csv=text), "f.zip")


def test_a_zip_made_on_a_mac_is_read() -> None:
    names = {
        "__MACOSX/my digits/._labels.csv": b"\0\5\x16\7",
        "__MACOSX/my digits/._first 7.png": b"\0\5\x16\7",
        "my digits/": b"",
        "my digits/.DS_Store": b"Bud1",
        "my digits/labels.csv": b"file;label\nfirst 7.png;7\nmore/2.PNG;2\n",
        "my digits/first 7.png": png(noise(1)),
        "my digits/more/2.PNG": png(noise(2)),
        "my digits/ink/first 7.png": png(np.pad(noise(3), 126)),
    }
    report = take_in(Handwriting(), packed(names), "f.zip")
    assert (report.added, report.problems) == (2, ())
    first = Handwriting().all().drawings[0]
    np.testing.assert_array_equal(first.image, noise(1))
    with Image.open(Handwriting().ink_path(first.id)) as ink:
        assert ink.size == (280, 280)


@pytest.mark.parametrize(("member", "packing"), [("labels.csv", zipfile.ZIP_BZIP2), ("a.png", zipfile.ZIP_LZMA)])
def test_members_packed_otherwise_are_never_unpacked(
    member: str, packing: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unpacked at once, three kilobytes of them may become gigabytes."""
    file = packed({"labels.csv": b"file,label\na.png,1\n", "a.png": png(noise(1))}, {member: packing})
    unpacked: list[str] = []
    read = zipfile.ZipFile.open

    def watched(self: zipfile.ZipFile, name: zipfile.ZipInfo, *how: object) -> object:
        unpacked.append(name.filename)
        return read(self, name, *how)

    monkeypatch.setattr(zipfile.ZipFile, "open", watched)
    if member == "labels.csv":
        with pytest.raises(LabError, match=r"holds no labels\.csv that can be read"):
            take_in(Handwriting(), file, "f.zip")
    else:
        report = take_in(Handwriting(), file, "f.zip")
        assert report.added == 0
        assert report.problems == ("a.png is missing, damaged or too large, and is left out.",)
    assert member not in unpacked


def test_large_canvases_are_left_out_and_the_others_held_one_at_a_time() -> None:
    ink = png(np.zeros((280, 280), dtype=np.uint8))
    members = {f"ink/{i}.png": ink for i in range(60)} | {f"{i}.png": png(noise(i)) for i in range(60)}
    members["ink/7.png"] = png(np.zeros((1024, 1024), dtype=np.uint8))
    members["labels.csv"] = b"".join(b"%d.png,1\n" % i for i in range(60))
    file = packed(members)
    tracemalloc.start()
    report = take_in(Handwriting(), file, "f.zip")
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert report.added == 60
    assert report.problems == (
        "The canvas of 7.png has 1024 × 1024 pixels instead of 280 × 280. The drawing itself is kept.",
    )
    assert len(list((Handwriting().folder / "ink").glob("*.png"))) == 59
    assert most < 40 * 280 * 280, "sixty canvases at once would take more"


def test_a_set_that_gets_full_on_the_way_is_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.data.handwriting.MOST", 5)
    mine = filled(3)
    names = {path.name for path in mine.folder.rglob("*.png")}
    with pytest.raises(LabError, match="room for 5 drawings; 3 are here"):
        mine.add_many((noise(i), 1, 0.0, noise(i)) for i in range(10, 20))
    assert {path.name for path in mine.folder.rglob("*.png")} == names
    assert len(mine.all()) == 3
