"""My handwriting on the Data Explorer, and saving from Home: every control, and what the page then says."""

import io
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from numpy.typing import NDArray
from streamlit.testing.v1 import AppTest

from core.config.errors import LabError
from core.data import load
from core.data.handwriting import Handwriting
from core.data.handwriting_files import png
from core.data.handwriting_zip import export
from core.models.trained_network import load_shipped
from core.storage.checkpoints import run_checkpoint, save_checkpoint, shipped
from pages.ui.explorer.own_handwriting import CODE
from pages.ui.explorer.own_predictions import rated
from pages.ui.explorer.own_results import verdict
from pages.ui.kit.drawing.ink import Ink
from tests.pages.harness import APP, page_of, text, well
from tests.pages.ui.runs.harness import record

OTHER = "0123456789abcdef01234567"


@pytest.fixture(autouse=True)
def newcomer(bundled_only: None, own_home: Path) -> None:
    st.cache_resource.clear()
    st.cache_data.clear()


def stroke() -> NDArray[np.uint8]:
    ink = np.zeros((280, 280, 4), dtype=np.uint8)
    ink[40:240, 130:150] = 255
    return ink


def tab(inked: bool = False, who: str | None = None) -> AppTest:
    app = page_of("1_Data_Explorer.py", data_tab="My handwriting")
    if who:
        app.session_state["lab_owner"] = who
    if inked:
        app.session_state["lab_ink"] = Ink(pixels=stroke())
    return well(app.run())


def filled(count: int, wrong: int = 0) -> Handwriting:
    """Test digits as if they were drawn, the last `wrong` of them with another label."""
    test, mine = load("small").test, Handwriting()
    images = (test.images[:count, 0].numpy() * 255).round().astype(np.uint8)
    labels = [int(label) for label in test.labels[:count]]
    labels = [(x + 1) % 10 if place >= count - wrong else x for place, x in enumerate(labels)]
    mine.add_many([(image, label, 1.7e9, None) for image, label in zip(images, labels, strict=True)])
    return mine


def test_an_empty_set_invites_to_draw() -> None:
    app = tab()
    assert "What is their accuracy on yours?" in text(app)
    assert app.button(key="data_own_save").disabled
    assert not [one for one in app.button if one.key == "data_own_delete"]


def test_a_drawing_is_saved_with_its_label_and_read_by_every_network() -> None:
    app = tab(inked=True)
    assert app.button(key="data_own_save").disabled, "no label yet"
    app.button_group(key="data_own_label").set_value(1)
    well(app.run())
    app.button(key="data_own_save").click()
    well(app.run())
    (kept,) = Handwriting().all().drawings
    assert kept.label == 1
    assert Handwriting().ink_path(kept.id).is_file()
    said = text(app)
    assert "Your drawing" in said
    assert "Saved as a 1" in said
    assert "Accuracy on your handwriting" in said
    assert app.button(key="data_own_save").disabled, "the canvas is empty again"
    assert "No 0, 2, 3" in said


def test_relabel_delete_and_choose() -> None:
    filled(4)
    app = tab()
    ids = [one.id for one in Handwriting().all().drawings]
    assert app.number_input(key="data_own_number").value == 4
    app.number_input(key="data_own_number").set_value(2)
    well(app.run())
    app.button_group(key=f"data_own_relabel_{ids[1]}").set_value(5)
    well(app.run())
    assert Handwriting().all().drawings[1].label == 5
    assert "### Label: 5" in text(app)
    app.button(key="data_own_delete").click()
    well(app.run())
    assert [one.id for one in Handwriting().all().drawings] == [ids[0], *ids[2:]]
    assert "Your 3 drawings" in text(app)


def test_a_drawing_deleted_elsewhere_is_a_sentence() -> None:
    mine = filled(2)
    app = tab()
    mine.delete(mine.all().drawings[1].id)
    app.button(key="data_own_delete").click().run()
    assert not app.exception
    assert len(Handwriting().all()) == 1
    assert [error.value for error in app.error] == ["This drawing is not there any more."]


def test_delete_all_asks_first() -> None:
    filled(3)
    app = tab()
    assert app.button(key="data_own_clear").label == "Yes, delete 3"
    app.button(key="data_own_clear").click()
    well(app.run())
    assert len(Handwriting().all()) == 0
    assert "What is their accuracy on yours?" in text(app)


def test_import() -> None:
    filled(3)
    content = export(Handwriting())
    Handwriting().clear()
    app = tab()
    app.file_uploader(key="data_own_upload_0").upload("a.zip", content, "application/zip")
    well(app.run())
    assert len(Handwriting().all()) == 3
    assert "3 drawings imported." in text(app)
    app.file_uploader(key="data_own_upload_1").upload("no.zip", b"no zip", "application/zip").run()
    assert "no.zip is not a zip file" in app.error[0].value


def test_what_was_inverted_is_said() -> None:
    out, seven = io.BytesIO(), np.full((28, 28), 255, dtype=np.uint8)
    seven[5:8, 8:20] = seven[5:24, 17:20] = 0
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("labels.csv", "file;label\nseven.png;7\n")
        file.writestr("seven.png", png(seven))
    app = tab()
    app.file_uploader(key="data_own_upload_0").upload("a.zip", out.getvalue(), "application/zip")
    well(app.run())
    assert "1 drawing imported, 1 of them inverted from black on white." in text(app)


def test_misclassified_drawings_are_shown_by_network() -> None:
    filled(12, wrong=2)
    app = tab()
    said = text(app)
    assert "Misclassified drawings" in said
    assert "drawing 11" in said
    assert "drawing 12" in said
    every = len(rated())
    app.selectbox(key="data_own_who").set_value("cnn-bn")
    well(app.run())
    assert f"of {every} networks misclassify it" in text(app)


def test_damaged_files_are_named() -> None:
    mine = filled(3)
    (mine.folder / f"{mine.all().drawings[0].id}.png").write_bytes(b"no")
    st.cache_resource.clear()
    app = tab()
    assert "is not an image that can be read" in text(app)
    assert "Your 2 drawings" in text(app)


def test_the_verdict_follows_the_numbers() -> None:
    filled(20)
    networks = rated()
    assert "No difference" in verdict([one for one in networks if one.name == "cnn-bn"], 20)
    Handwriting().clear()
    filled(20, wrong=20)
    networks = [one for one in rated() if one.name in shipped()]  # other tests leave runs on record
    assert f"All {len(networks)} networks are less accurate on your drawings" in verdict(networks, 20)
    one = [one for one in networks if one.name == "cnn-bn"]
    assert "1 of 1 networks (cnn-bn) is less accurate on your drawings" in verdict(one, 20)


@pytest.mark.usefixtures("nothing_on_record")
def test_the_newest_recorded_runs_are_there_too() -> None:
    """A run with the weights of a shipped network reads exactly what that network reads."""
    came = load_shipped("linear-softmax")
    save_checkpoint(run_checkpoint("abcd1234"), came.model.state_dict(), came.config, {})
    record(run_id="abcd1234", name="my *first*", n_test=1000, test_accuracy=0.8, ci_low=0.77, ci_high=0.82)
    filled(30)
    found = {one.name: one for one in rated()}
    mine, theirs = found["my *first* · abcd1234"], found["linear-softmax"]
    assert mine.own == theirs.own
    assert (mine.mnist, mine.n) == ((0.8, 0.77, 0.82), 1000)
    assert "1,000 to 10,000 test images" in text(tab())


def test_in_a_class_room_each_browser_has_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    filled(3)
    monkeypatch.setenv("DIGITLAB_CLASSROOM", "1")
    assert "What is their accuracy on yours?" in text(tab(who=OTHER))


def test_home_saves_what_was_drawn() -> None:
    app = AppTest.from_file(APP, default_timeout=60)
    app.session_state["lab_ink"] = Ink(pixels=stroke())
    well(app.run())
    app.button_group(key="home_keep_label").set_value(1)
    well(app.run())
    app.button(key="home_keep_save").click()
    well(app.run())
    assert [one.label for one in Handwriting().all().drawings] == [1]
    assert "Until you draw" in text(app)


def test_a_full_set_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> str:
        raise LabError("There is no room.")

    monkeypatch.setattr(Handwriting, "add", full)
    app = tab(inked=True)
    app.button_group(key="data_own_label").set_value(1)
    well(app.run())
    app.button(key="data_own_save").click().run()
    assert [error.value for error in app.error] == ["There is no room."]


def test_the_code_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(filled(10).folder, tmp_path / "my-handwriting")
    monkeypatch.chdir(tmp_path)
    exec(CODE, {})
    correct = next(one for one in rated() if one.name == "cnn-bn").own.score.correct
    assert capsys.readouterr().out.startswith(f"{correct} of 10 classified correctly")
