"""The Data Explorer: every tab opens, and what is chosen holds from tab to tab and in the address."""

from functools import partial
from pathlib import Path

import pytest

from tests.pages import harness
from tests.pages.harness import text, well

explorer = partial(harness.open_page, "1_Data_Explorer.py")
pytestmark = pytest.mark.usefixtures("bundled_only")


@pytest.fixture(autouse=True)
def _fresh_data() -> None:
    """What one test loaded must not reach the next: the cache is the process's."""
    import streamlit as st

    st.cache_resource.clear()


def test_filters_narrow_the_page() -> None:
    app = explorer(data_split="Test", data_digit="7")
    assert "1 to 80 of 100 test images of class 7" in text(app)
    app.number_input(key="data_page").set_value(1)
    well(app.run())


def test_an_image_number_that_does_not_exist_is_brought_back() -> None:
    app = explorer(data_index="3999")
    app.segmented_control(key="data_split").set_value("test")
    well(app.run())
    assert app.number_input(key="data_index").value == 999


def test_the_page_follows_the_selection_but_can_be_turned() -> None:
    app = explorer()
    assert "Images 0 to 79 of 4,000 training images" in text(app)
    app.number_input(key="data_index").set_value(99_999)
    well(app.run())
    assert app.number_input(key="data_index").value == 3999, "too large: the last"
    assert app.number_input(key="data_page").value == 50
    app.number_input(key="data_index").set_value(3777)
    well(app.run())
    assert "Images 3,760 to 3,839" in text(app)
    app.number_input(key="data_page").set_value(2)
    well(app.run())
    assert "Images 80 to 159" in text(app)


def test_a_random_draw_obeys_the_filter() -> None:
    app = explorer(data_digit="3")
    app.button(key="data_random").click()
    well(app.run())
    assert "Label: 3" in text(app)


def test_the_baseline_shows_accuracy_with_its_interval() -> None:
    app = explorer(data_tab="The floor")
    all_images = app.metric[0].value
    assert all_images.endswith("%")
    assert "95% confidence interval" in text(app)
    app.select_slider(key="data_floor").set_value("1")
    well(app.run())
    assert float(app.metric[0].value[:-1]) < float(all_images[:-1])


def test_shuffled_pixels_are_learned_as_well() -> None:
    app = explorer(data_tab="Shuffled")
    app.button(key="data_shuffle").click()
    well(app.run())
    assert "invariant to a fixed permutation" in text(app)


@pytest.mark.parametrize(
    ("method", "words"), [("PCA 3-D", "third principal component"), ("t-SNE", "without ever seeing a label")]
)
def test_every_map_is_drawn(method: str, words: str) -> None:
    app = explorer(data_tab="Map", data_map=method, data_sample="200")
    assert words in text(app)


def test_neighbors_of_a_drawing_wait_for_one() -> None:
    app = explorer(data_tab="Neighbors", data_near="My drawing")
    assert "Draw a digit" in text(app)


def test_a_broken_copy_is_named_and_the_page_still_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "MNIST" / "raw"
    folder.mkdir(parents=True)
    (folder / "train-images-idx3-ubyte").write_bytes(b"<html>")
    monkeypatch.setenv("MNIST_ROOT", str(tmp_path))
    app = explorer(data_tab="Classes", data_statistics="Source")
    said = "\n".join(warning.value for warning in app.warning)
    assert "train-images-idx3-ubyte is not an IDX file" in said
    assert "4,000" in text(app)


@pytest.mark.parametrize(
    ("former", "tab", "shown"),
    [
        ("Pixels", "Classes", {"data_statistics": "Pixel values"}),
        ("Source", "Classes", {"data_statistics": "Source"}),
        ("Odd ones", "Neighbors", {"data_distances": "Outliers"}),
    ],
)
def test_a_former_tab_opens_the_part_that_it_is_now(former: str, tab: str, shown: dict[str, str]) -> None:
    app = explorer(data_tab=former)
    assert app.session_state["data_tab"] == tab
    assert {key: app.session_state[key] for key in shown} == shown
    assert app.query_params["data_tab"] == tab
    assert not app.warning


def test_outliers_and_near_duplicates_of_a_class() -> None:
    app = explorer(data_tab="Neighbors", data_distances="Outliers", data_odd_digit="2")
    assert "of class 2 farthest from their class mean" in text(app)
    app.segmented_control(key="data_distances").set_value("Near-duplicates")
    well(app.run())
    assert "The closest pairs of class 2" in text(app)
