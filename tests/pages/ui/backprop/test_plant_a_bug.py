"""The tab "Plant a bug": each bug with its evidence, and the hunt, which must not give the answer away."""

import json
from itertools import pairwise
from typing import Any

import pytest
import torch
from streamlit.testing.v1 import AppTest

from core.backprop.bugs import BUGS
from core.lessons.backprop.gradient_check import Agreement
from core.lessons.backprop.planted_bug import Planted
from pages.ui.backprop import findings
from pages.ui.backprop.code_under_test import SHAPES, Suspect, gradients, updates
from pages.ui.backprop.plant_a_bug import CODE, FIND, bug_of, hidden_suspect, plant_a_bug
from pages.ui.kit.shell.cache import mnist
from tests.pages.harness import open_part, well

pytestmark = pytest.mark.usefixtures("bundled_only")


@pytest.fixture
def app() -> AppTest:
    mnist.clear()
    return open_part(plant_a_bug)


@pytest.fixture
def hunt(app: AppTest) -> AppTest:
    app.segmented_control(key="manual_bug_mode").set_value(FIND).run()
    return well(app)


def text(app: AppTest) -> str:
    """Everything the page says in words."""
    parts = (app.markdown, app.caption, app.success, app.warning, app.code)
    return " ".join(str(element.value) for kind in parts for element in kind)


def tiles(app: AppTest, place: int) -> list[list[float]]:
    """The `place`-th chart's tiles: 1 is green, 0 red. Rows are steps, columns tensors."""
    figure = json.loads(app.get("plotly_chart")[place].proto.spec)
    cells: Any = figure["data"][0]["z"]
    if isinstance(cells, dict):  # Plotly packs numbers as bytes
        import base64

        import numpy as np

        shape = [int(side) for side in cells["shape"].split(",")]
        return np.frombuffer(base64.b64decode(cells["bdata"]), cells["dtype"]).reshape(shape).tolist()
    return [list(row) for row in cells]


def bug_box(app: AppTest) -> Any:
    return next(box for box in app.selectbox if box.label == "Bug")


@pytest.mark.parametrize("name", BUGS)
def test_each_bug_turns_the_right_tiles_red(app: AppTest, name: str) -> None:
    bug = BUGS[name]
    bug_box(app).set_value(bug.title).run()
    assert bug.diff in text(well(app))
    assert bug.listing.rstrip() in text(app)
    gradient, steps = tiles(app, 0), tiles(app, 1)
    wanted = [1, 1, 1, 1] if bug.where == "update" else [0, 0, 1, 1] if bug.hidden else [0, 0, 0, 0]
    assert gradient == [wanted]
    assert steps[0] == wanted  # the first step only shows what the gradient shows
    assert steps[1:] == [[0, 0, 0, 0]] * 3
    assert ("step 2 is wrong" in text(app)) == (bug.where == "update")


@pytest.mark.parametrize("shape", list(SHAPES)[1:])
def test_only_bugs_that_show_are_offered(app: AppTest, shape: str) -> None:
    app.selectbox(key="manual_bug_activation").set_value("relu")
    app.selectbox(key="manual_bug_network").set_value(shape)
    app.slider(key="manual_bug_momentum").set_value(0.0).run()
    wanted = [b.title for b in BUGS.values() if b.shows("relu", len(SHAPES[shape]), 0.0)]
    assert bug_box(well(app)).options == wanted
    assert "Wrong sign of the momentum" not in wanted
    assert "Derivative at the wrong point" not in wanted


def test_a_run_that_diverges_is_told(app: AppTest) -> None:
    app.selectbox(key="manual_bug_network").set_value("784 → 32 → 32 → 10")
    app.selectbox(key="manual_bug_activation").set_value("relu").run()
    bug_box(app).set_value("Label not subtracted")
    app.select_slider(key="manual_bug_lr").set_value(1.0).run()
    assert "training diverged" in text(well(app)) or "Both diverged" in text(app)


def answer(app: AppTest) -> Any:
    return next(radio for radio in app.radio if (radio.key or "").startswith("manual_find_answer"))


@pytest.mark.parametrize("case", [1, 2, 3])
def test_the_hunt_gives_nothing_away(hunt: AppTest, case: int) -> None:
    hunt.number_input(key="manual_find_case").set_value(case).run()
    hidden = BUGS[hidden_suspect(case).bug]
    assert hidden.title in answer(well(hunt)).options
    said = text(hunt) + json.dumps({name: str(hunt.query_params[name]) for name in hunt.query_params})
    assert hidden.listing.rstrip() in text(hunt)  # the code of the case, with nothing that marks the place
    for secret in (hidden.title, hidden.right.strip(), hidden.why, f"'{hidden_suspect(case).bug}'"):
        assert secret not in said.replace(CODE, "")


def test_a_wrong_answer_gets_a_hint_and_a_right_one_the_line(hunt: AppTest) -> None:
    hidden = BUGS[hidden_suspect(1).bug]
    wrong = next(title for title in answer(hunt).options if title != hidden.title)
    answer(hunt).set_value(wrong).run()
    assert "Not this one" in well(hunt).warning[0].value
    assert hidden.title not in hunt.warning[0].value
    assert "0 of 1 found" in text(hunt)
    answer(hunt).set_value(hidden.title).run()
    assert "Correct" in well(hunt).success[0].value
    assert hidden.diff in text(hunt)
    assert "0 of 1 found" in text(hunt)  # the first answer counts
    hunt.button(key="manual_find_next").click().run()
    case = hunt.number_input(key="manual_find_case").value
    assert hidden_suspect(int(case)).bug != hidden_suspect(1).bug
    assert not well(hunt).success
    answer(hunt).set_value(BUGS[hidden_suspect(int(case)).bug].title).run()
    assert "1 of 2 found" in text(well(hunt))


def test_no_bug_comes_twice_running() -> None:
    bugs = [bug_of(case) for case in range(1, 2_000)]
    assert not [case for case, (one, next_) in enumerate(pairwise(bugs), 1) if one == next_]
    blocks = [bugs[at : at + len(BUGS)] for at in range(0, 700, len(BUGS))]
    assert all(set(block) == set(BUGS) for block in blocks)
    assert len({tuple(block) for block in blocks}) > 50  # and no order to learn by heart


def test_every_bug_hides_in_some_case_and_shows_there() -> None:
    found = [hidden_suspect(case) for case in range(1, 200)]
    assert {suspect.bug for suspect in found} == set(BUGS)
    assert all(
        BUGS[s.bug].shows(s.activation, len(s.hidden), s.momentum) and s == hidden_suspect(case)
        for case, s in enumerate(found, start=1)
    )


@pytest.mark.parametrize("name", BUGS)
def test_the_hint_points_at_the_right_place(name: str) -> None:
    mnist.clear()
    suspect = Suspect(name)
    hint = findings.hint(suspect.names, gradients(suspect), updates(suspect))
    place = {
        "transpose": "wrong units",
        "mean": "only its norm",
        "point": "scaled slightly wrong",
        "mask": "missing",
        "label": "has the wrong direction",
        "momentum": "too small",
        "zero": "too large",
    }[name]
    assert place in hint
    assert BUGS[name].title not in hint


def run(accuracy: float, diverged: int | None = None, best: float = 0.1) -> Planted:
    loss = (2.3, 1.0, None) if diverged else (2.3, 1.0)
    return Planted(64, loss, (0, 64, 128), (0.1, best, accuracy), 2000, diverged)


@pytest.mark.parametrize(
    ("right", "wrong", "sentence"),
    [
        (run(0.8), run(0.9), "faster than the correct code"),
        (run(0.8), run(0.79), "about as well"),
        (run(0.8), run(0.6), "learns, but worse"),
        (run(0.8), run(0.1), "does not learn"),
        (run(0.8), run(0.1, best=0.6), "best test accuracy 60.0%"),
        (run(0.1), run(0.1), "Neither has learned"),
        (run(0.8), run(0.1, 3), "at step 3 of 2"),
        (run(0.1, 3), run(0.1, 2), "Both diverged"),
        (run(0.1, 3), run(0.5), "The correct code diverged"),
    ],
)
def test_the_sentence_says_what_the_numbers_say(right: Planted, wrong: Planted, sentence: str) -> None:
    assert sentence in findings.of_training(right, wrong)


def curve(*parts: tuple[float, int], batch: int = 64) -> Planted:
    """A run whose loss stands at each height for so many steps."""
    loss = tuple(height for height, steps in parts for _ in range(steps))
    return Planted(batch, loss, (0, 10_000), (0.1, 0.9), 2000, None)


def test_a_curve_that_spikes_is_not_called_as_good() -> None:
    smooth = curve((2.3, 5), (1.0, 20), (0.5, 100))
    spiked = curve((2.3, 5), (1.0, 20), (3.0, 2), (0.5, 98))
    told = findings.of_training(smooth, spiked)
    assert "about as well" not in told
    assert "Its loss spikes: near step 26 it is 3 nats, 2 above its minimum so far" in told
    for fine in (smooth, curve((2.3, 60), (1.0, 20), (0.5, 45)), curve((2.3, 5), (1.0, 20), (1.3, 2), (0.5, 98))):
        assert "about as well" in findings.of_training(smooth, fine)
    assert "about as well" in findings.of_training(spiked, spiked)  # the right code does it too
    pairs = tuple(part for _ in range(600) for part in ((0.1, 1), (1.5, 1)))  # every other batch is hard
    assert "about as well" in findings.of_training(curve((0.8, 1200), batch=2), curve(*pairs, batch=2))


def test_gradients_that_vanish_or_explode_have_sentences_too() -> None:
    names = ["W_1", "b_1"]
    zero = [Agreement(1.0, None, None), Agreement(float("inf"), None, None)]
    assert "All gradients are wrong" in findings.of_gradients(names, zero)
    assert "first step" in findings.of_updates([zero, zero])
    assert findings.hint(names, zero, [zero, zero])
    good, bad = Agreement(0.0, 1.0, 0.0), Agreement(0.5, 0.5, 20.0)
    four = ["W_h", "b_h", "W_o", "b_o"]
    told = findings.of_gradients(four, [bad, bad, good, good])
    assert "Wrong: W_h, b_h.** Those of the output layer are correct" in told
    assert "Wrong: W_o, b_o.** Correct: W_h, b_h." in findings.of_gradients(four, [good, good, bad, bad])
    assert "Every layer has a wrong one" in findings.of_gradients(four, [bad, good, bad, good])
    fine = [Agreement(0.0, 1.0, 0.0)] * 2
    assert "All 2 gradients are correct" in findings.of_gradients(names, fine)
    assert "All 2 steps are correct" in findings.of_updates([fine, fine])


def test_the_code_shown_runs() -> None:
    space: dict[str, Any] = {}
    exec(CODE, space)
    assert not torch.equal(space["mine"], space["start"])
