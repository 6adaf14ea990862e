"""Home and the frame around every page, in Streamlit's own test harness."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.config.errors import DataError
from pages.ui.kit.shell.cache import mnist, share_processor
from tests.pages.harness import APP, well

pytestmark = pytest.mark.usefixtures("newcomer")


def run(script: str) -> AppTest:
    return AppTest.from_string(script, default_timeout=60).run()


def test_home_opens_and_reads_a_digit_without_a_click() -> None:
    app = AppTest.from_file(APP, default_timeout=60).run()
    well(app)
    assert app.title[0].value.endswith("Digit Lab")
    assert any(text.value.startswith("### Prediction: ") for text in app.markdown)


def test_every_shipped_network_answers() -> None:
    app = AppTest.from_file(APP, default_timeout=60).run()
    for name in app.selectbox(key="home_network").options:
        well(app.selectbox(key="home_network").set_value(name).run())
        assert any(text.value.startswith("### Prediction: ") for text in app.markdown), name


@pytest.mark.parametrize(("cores", "threads"), [(1, 1), (2, 1), (8, 7)])
def test_a_page_leaves_the_browser_a_core(monkeypatch: pytest.MonkeyPatch, cores: int, threads: int) -> None:
    asked: list[int] = []
    monkeypatch.setattr("core.jobs.autotune.cores", lambda: cores)
    monkeypatch.setattr("core.models.threads.take_threads", asked.append)
    share_processor()
    assert asked == [threads]


def test_start_here_works_after_choosing_another_network() -> None:
    app = AppTest.from_file(APP, default_timeout=60).run()
    app.selectbox(key="home_network").set_value("linear-softmax").run()
    well(app.button(key="home_start").click().run())
    assert app.title[0].value.endswith("Data Explorer")


def test_download_without_internet_ends_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def offline(*_: object) -> Path:
        raise DataError("None of the mirrors answered.")

    monkeypatch.setattr("core.data.download.download", offline)
    app = AppTest.from_file(APP, default_timeout=60).run()
    app.button(key="home_download").click().run()
    assert [error.value for error in app.error] == ["None of the mirrors answered."]


def test_damaged_copy_is_named_and_the_app_goes_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    (raw / "train-images-idx3-ubyte").write_bytes(b"not digits")
    monkeypatch.setenv("MNIST_ROOT", str(tmp_path))
    mnist.clear()
    app = AppTest.from_file(APP, default_timeout=60).run()
    assert not app.exception
    assert any("train-images-idx3-ubyte" in warning.value for warning in app.warning)
    mnist.clear()


FRAME = """
from core.config.errors import ConfigError
from pages.ui.kit.shell.page import error_boundary
import streamlit as st
with error_boundary():
    {body}
st.text("after")
"""


def test_unforeseen_failure_becomes_a_sentence() -> None:
    app = run(FRAME.format(body="1 / 0"))
    assert not app.exception
    assert "Something went wrong" in app.error[0].value
    assert "division" not in app.error[0].value
    assert app.text[0].value == "after"


def test_own_errors_say_what_they_have_to_say() -> None:
    app = run(FRAME.format(body="raise ConfigError('The rate must be positive.')"))
    assert app.error[0].value == "The rate must be positive."


def test_control_flow_passes_through() -> None:
    app = run(FRAME.format(body="st.stop()"))
    assert not app.error
    assert not app.text


def test_plain_facts_stay_in_the_address() -> None:
    script = """
import streamlit as st
from pages.ui.kit.shell.state import recall, remember
if st.button("forget"):
    remember("mlp_job", None)
st.text(str(recall("mlp_job")))
"""
    app = AppTest.from_string(script, default_timeout=60)
    app.query_params["mlp_job"] = "j1"
    app.run()
    assert app.text[0].value == "j1"
    app.query_params.clear()  # what a page link does
    app.run()
    assert app.text[0].value == "j1"
    assert app.query_params["mlp_job"] in ("j1", ["j1"])
    app.button[0].click().run()
    assert app.text[0].value == "None"
