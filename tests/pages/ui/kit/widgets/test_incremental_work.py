"""Short computations one after another: a failure ends them, stays on the screen, and Resume tries again."""

import pytest
from streamlit.testing.v1 import AppTest

from pages.ui.kit.widgets import incremental_work


def show() -> None:
    """The script that AppTest runs: three pieces, as the state says the second fails."""
    import streamlit as st

    from core.config.errors import DataError
    from pages.ui.kit.widgets.incremental_work import Piecework

    kept: dict[int, int] = st.session_state.setdefault("kept", {})
    asked: list[int] = st.session_state.setdefault("asked", [])
    work = Piecework("work", "Start", help="Three pieces.")

    def one(piece: int, progress: object) -> int:
        asked.append(piece)
        if piece == 1 and st.session_state.get("computing_fails"):
            raise DataError("The *second* piece is broken.")
        return piece

    def body() -> None:
        work.buttons(len(kept), 3, "pieces")
        if st.session_state.get("drawing_fails"):
            raise DataError("It cannot be drawn.")
        work.go_on(range(3), kept, one)

    work.part(body)


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setattr(incremental_work, "alone", lambda: True)  # the harness always draws the whole page
    app = AppTest.from_function(show, default_timeout=30)
    app.session_state["computing_fails"] = True
    return app.run()


def test_a_failure_stops_the_work_and_stays_on_the_screen(app: AppTest) -> None:
    app.button(key="work_start").click().run()
    for _ in range(3):
        assert app.session_state["asked"] == [0, 1], "it goes on failing"
        assert app.button(key="work_stop").disabled
        assert "Stopped by an error. The \\*second\\* piece is broken." in app.error[0].value
        app.run()
    app.session_state["computing_fails"] = False
    app.button(key="work_start").click().run()
    app.run()
    assert not app.error
    assert app.session_state["asked"] == [0, 1, 1, 2]
    assert app.button(key="work_start").label == "All measured"


def test_it_can_be_stopped_and_goes_on(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    app.session_state["computing_fails"] = False
    monkeypatch.setattr(incremental_work, "SLICE", -1.0)  # one piece between two drawings
    app.button(key="work_start").click().run()
    app.button(key="work_stop").click().run()
    some = list(app.session_state["asked"])
    assert 0 < len(some) < 3
    app.run()
    assert app.session_state["asked"] == some
    assert app.button(key="work_start").label == "Resume"
    monkeypatch.setattr(incremental_work, "SLICE", 60.0)
    app.button(key="work_start").click().run()
    assert app.session_state["asked"] == [0, 1, 2]


def test_while_the_whole_page_is_drawn_nothing_is_computed(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incremental_work, "alone", lambda: False)
    app.button(key="work_start").click().run()
    assert app.session_state["asked"] == []
    assert not app.button(key="work_stop").disabled


def test_what_cannot_be_drawn_is_not_computed_either(app: AppTest) -> None:
    app.session_state["drawing_fails"] = True
    app.button(key="work_start").click().run()
    assert app.session_state["asked"] == []
    assert app.session_state["work_on"] is False
    assert "It cannot be drawn." in [error.value for error in app.error]
