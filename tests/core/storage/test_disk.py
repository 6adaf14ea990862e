"""A disk that refuses: each reason is told as what it is, and what was computed is kept or told."""

import errno
import json
import os
import sqlite3
from pathlib import Path

import pytest

from core.__main__ import main
from core.config.errors import LabError
from core.storage import runs
from core.storage.checkpoints import run_checkpoint
from core.storage.disk import FULL, disk_words
from core.storage.runs import RunStore

TRAIN = ["train", "linear-softmax", "--data", "small", "--epochs", "1", "--json"]
LONG = "x" * 5000


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DIGITLAB_HOME", str(tmp_path))
    return tmp_path


def test_a_database_in_use_is_not_called_damaged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "PATIENCE", 0.1)
    store = RunStore()
    other = sqlite3.connect(store.path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        with (
            pytest.raises(LabError, match=r"in use by another program.*0\.1 seconds") as raised,
            store._open() as connection,
        ):
            connection.execute("DELETE FROM runs")
        assert "Move it" not in str(raised.value)
    finally:
        other.close()


def test_a_run_that_ends_while_the_database_is_in_use_is_told_with_its_numbers_and_keeps_its_weights(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "PATIENCE", 0.1)
    plain, held = RunStore.save, []

    def save(store: RunStore, record: object) -> None:
        other = sqlite3.connect(store.path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        held.append(other)
        plain(store, record)  # type: ignore[arg-type]

    monkeypatch.setattr(RunStore, "save", save)
    assert main(TRAIN) == 2
    held[0].close()
    shown = capsys.readouterr()
    row = json.loads(shown.out)
    assert row["test_accuracy"] > 0.5
    assert run_checkpoint(row["run_id"]).is_file()
    assert "in use by another program" in shown.err
    assert f"kept in {row['run_id']}.safetensors" in shown.err


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("SQLITE_READONLY", "read-only"),
        ("SQLITE_READONLY_DBMOVED", "read-only"),
        ("SQLITE_FULL", "disk is full"),
        ("SQLITE_BUSY_SNAPSHOT", "in use by another program"),
        ("SQLITE_LOCKED", "in use by another program"),
        ("SQLITE_IOERR_WRITE", "disk may be at fault"),
    ],
)
def test_only_what_is_damaged_is_to_be_moved(name: str, sentence: str) -> None:
    store = RunStore()
    error = sqlite3.OperationalError("told by SQLite")
    error.sqlite_errorname = name
    with pytest.raises(LabError, match=sentence) as raised, store._open():
        raise error
    assert "Move it" not in str(raised.value)


def test_a_full_disk_is_seen_where_sqlite_speaks_of_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    import shutil

    store = RunStore()
    monkeypatch.setattr(shutil, "disk_usage", lambda path: type("Usage", (), {"free": FULL - 1})())
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorname = "SQLITE_IOERR_SHMSIZE"
    with pytest.raises(LabError, match="disk is full"), store._open():
        raise error


def test_a_damaged_file_is_told_as_one(home: Path) -> None:
    (home / "runs.sqlite").write_bytes(b"no database" * 500)
    with pytest.raises(LabError, match=r"is damaged.*Move it"):
        RunStore()


def test_weights_that_find_no_room_cost_the_weights_alone(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.training import recording

    def full(path: Path, *_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    monkeypatch.setattr(recording, "save_checkpoint", full)
    assert main(TRAIN) == 2
    shown = capsys.readouterr()
    run = RunStore().get(json.loads(shown.out)["run_id"])
    assert run.status == "finished"
    assert "The disk is full" in shown.err
    assert "its weights are not" in shown.err


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.ENOSPC, "The disk is full"),
        (errno.EDQUOT, "The disk is full"),
        (errno.EROFS, "does not permit it"),
        (errno.EACCES, "does not permit it"),
        (errno.ENAMETOOLONG, "too long"),
        (errno.EIO, "input/output error"),
    ],
)
def test_every_error_of_the_file_system_is_a_sentence(
    number: int, sentence: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number), "/some/where/file.txt")

    monkeypatch.setattr(RunStore, "__init__", refuse)
    assert main(["runs"]) == 2
    assert sentence in capsys.readouterr().err
    assert sentence in disk_words(OSError(number, os.strerror(number)))


@pytest.mark.parametrize(
    "words",
    [
        ["train", LONG],
        [*TRAIN, "--save", LONG],
        [*TRAIN, "--save", f"{LONG}.safetensors"],
        [*TRAIN, "--set", f"{LONG}=1"],
        [*TRAIN, "--set", f"lr={LONG}"],
        [*TRAIN, "--seed", LONG],
        ["evaluate", LONG],
        ["evaluate", f"{LONG}.safetensors"],
        ["attack", LONG],
        ["attack", "linear-softmax", "--attack", LONG],
        ["export", LONG],
        ["export", "mlp-deep", "-o", f"{LONG}.py"],
        ["export", "mlp-deep", "-o", f"{LONG}/{LONG}.py"],
        ["sweep", LONG, "--set", "lr=1,2"],
        ["sweep", "linear-softmax", "--set", LONG],
        ["sweep", "--go-on", LONG],
        ["reproduce", "--only", LONG],
        ["bench", "--only", LONG],
        ["data", LONG],
        [LONG],
    ],
    ids=lambda words: " ".join(word[:6] for word in words),
)
def test_a_name_of_thousands_of_letters_is_refused_at_once_in_a_sentence(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert 10 < len(shown.err) < 2000
    assert len(shown.err.strip().splitlines()) == 1
    assert RunStore().all() == []  # before the training, not after it
