"""The tabs One dimension and Two dimensions in Streamlit's harness: every control and sentence."""

from importlib import import_module

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from core.config.optimizers import OPTIMIZERS
from core.config.run import OptimizerConfig
from core.lessons.race.descent.chapter import CHAPTER, beside_the_chapter
from core.lessons.race.descent.curves import CURVES
from core.lessons.race.descent.paths import follow
from core.lessons.race.descent.surfaces import SURFACES
from core.lessons.race.descent.walk import DescentConfig, walk
from core.lessons.race.descent.zones import PARABOLA
from pages.ui.race import one_dimension, rate_words, two_dimensions
from pages.ui.race.two_dimensions import Racer, adaptive_in_words, in_words, rows
from tests.pages.harness import open_part, text, well


def open_tab(tab: str, **parameters: str) -> AppTest:
    module = import_module(f"pages.ui.race.{tab}")
    return open_part(getattr(module, tab), address=parameters)


# --- One dimension


def test_the_first_view_is_the_chapters() -> None:
    app = open_tab("one_dimension")
    assert "converged after 19 updates" in text(app)
    assert "converging" in text(app)
    assert "**0.8**" in text(app)
    assert "All 7 printed steps agree with the computed ones to 12 significant digits" in text(app)
    steps = app.dataframe[0].value
    assert steps["x"].iloc[4] == "2.4576000000000002"
    assert len(steps) == 20
    assert app.dataframe[1].value["agree"].all()


def test_rates_are_named() -> None:
    app = open_tab("one_dimension")
    for lr, word in (
        (0.01, "slow convergence"),
        (0.7, "oscillating"),
        (1.0, "sustained oscillation"),
        (5.0, "diverging"),
    ):
        well(app.select_slider(key="race_gd_lr").set_value(lr).run())
        assert word in text(app)
        assert f"**{1 - 2 * lr:.4g}**" in text(app)
    assert "these are not the book chapter's settings" in text(app)
    well(app.button(key="race_gd_reset").click().run())
    assert "All 7 printed steps agree" in text(app)
    assert not [button for button in app.button if button.key == "race_gd_reset"]


def test_another_curve_another_start_and_uphill() -> None:
    app = open_tab("one_dimension")
    app.slider(key="race_gd_start").set_value(-3)
    app.toggle(key="race_gd_ascent").set_value(True)
    well(app.selectbox(key="race_gd_curve").set_value(CURVES["bumpy"].title).run())
    assert CURVES["bumpy"].idea in text(app)
    assert app.dataframe[0].value["x"].iloc[0] == "-3.0"
    assert "ascending" in text(app)
    well(app.selectbox(key="race_gd_curve").set_value(CURVES["parabola"].title).run())
    assert "Every step increases f" in text(app)
    app.number_input(key="race_gd_seed").set_value(5)
    well(app.button(key="race_gd_draw").click().run())
    assert app.slider(key="race_gd_start").value == one_dimension.drawn(5)
    assert {one_dimension.drawn(seed) for seed in range(200)} == set(range(1, 11))


@pytest.mark.long
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_and_its_settings(name: str) -> None:
    app = open_tab("one_dimension", race_gd_optimizer=OPTIMIZERS[name].title)
    for setting in OPTIMIZERS[name].settings:
        if setting != "lr":
            assert f"race_gd_{name}_{setting}" in app.session_state
    if "momentum" in OPTIMIZERS[name].settings:
        well(app.slider(key=f"race_gd_{name}_momentum").set_value(0.5).run())
        assert "no single factor decides it" in text(app)
    if name in ("sgd", "momentum"):
        well(app.toggle(key=f"race_gd_{name}_nesterov").set_value(True).run())
        well(app.select_slider(key=f"race_gd_{name}_decay").set_value(0.1).run())
    if "epsilon" in OPTIMIZERS[name].settings:
        well(app.select_slider(key=f"race_gd_{name}_epsilon").set_value(0.001).run())


def test_a_link_says_all() -> None:
    app = open_tab("one_dimension", race_gd_lr="1.1", race_gd_start="2", race_gd_ascent="true")
    assert app.select_slider(key="race_gd_lr").value == 1.1
    assert app.dataframe[0].value["x"].iloc[0] == "2.0"
    assert "3.2" in text(app)
    former = open_tab("one_dimension", race_gd_curve="A bumpy bowl")
    assert former.selectbox(key="race_gd_curve").value == CURVES["bumpy"].title, "what a label was before"


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("ascent", [False, True])
def test_the_rate_is_marked_among_the_zones_only_where_they_decide(optimizer: str, ascent: bool) -> None:
    """The word above and the mark below may not disagree, as they would for Adam at 0.55."""
    for lr in (0.01, 0.3, 0.55, 1.05):
        config = DescentConfig(optimizer=OptimizerConfig(optimizer, {"lr": lr}), ascent=ascent)
        if not rate_words.in_the_zones(config):
            continue
        (marked,) = (span.zone for span in PARABOLA if span.low <= lr < span.high)
        assert rate_words.word(config, walk(config)) == marked
    assert rate_words.in_the_zones(config) == (optimizer in ("sgd", "sgd-by-hand") and not ascent)


def test_what_lies_near_the_bottom_is_the_value() -> None:
    """At the book chapter's stop x is 0.086 from the minimum, and f within 0.01 of its value there."""
    told = rate_words.end_in_words(CHAPTER, walk(CHAPTER))
    assert told == "converged after 19 updates: x = 0.08647, f = 2.007"


def test_words_follow_the_numbers() -> None:
    wild = DescentConfig(curve="quartic", start=10.0, optimizer=OptimizerConfig("sgd", {"lr": 5.0}))
    path = walk(wild)
    assert rate_words.word(wild, path) == "diverging"
    assert "overflow after" in rate_words.end_in_words(wild, path)
    there = DescentConfig(start=0.0)
    assert "already within" in rate_words.end_in_words(there, walk(there))
    assert rate_words.word(there, walk(there)) == "at the minimum"
    slow = DescentConfig(curve="plateau", start=9.0)
    assert rate_words.word(slow, walk(slow)) == "slow convergence"
    assert "f″" in rate_words.factor_in_words(slow, walk(slow))
    broken = beside_the_chapter(walk(DescentConfig(start=5.0)))
    assert "a bug in Digit Lab" in one_dimension.in_words(CHAPTER, broken)
    assert one_dimension.step_rows(path)["x"].iloc[0] == "10.0"


def test_the_code_of_the_walk_is_the_chapters() -> None:
    names: dict[str, object] = {}
    exec(one_dimension.CODE, names)
    path = walk(CHAPTER)
    trace = np.array(names["trace"])
    np.testing.assert_allclose(trace[:, 1], path.points[:, 0], rtol=1e-13)
    np.testing.assert_allclose(trace[:, 2], path.values, rtol=1e-13)


# --- Two dimensions


@pytest.mark.long
def test_every_map_and_who_races() -> None:
    app = open_tab("two_dimensions")
    assert "came first within 0.1 of a minimum" in text(app)
    assert list(app.dataframe[0].value["optimizer"]) == [OPTIMIZERS[name].title for name in two_dimensions.FIRST]
    for surface in SURFACES.values():
        well(app.selectbox(key="race_map_surface").set_value(surface.title).run())
        assert surface.idea in text(app)
    well(app.multiselect(key="race_map_racers").set_value(["Adam", "Adagrad"]).run())
    assert list(app.dataframe[0].value["optimizer"]) == ["Adam", "Adagrad"]
    well(app.select_slider(key="race_map_updates").set_value(50).run())
    well(app.multiselect(key="race_map_racers").set_value([]).run())
    assert "at least one optimizer" in app.info[0].value


def test_a_rate_too_large_diverges_and_a_start_moves() -> None:
    app = open_tab("two_dimensions", race_map_surface="Ravine")
    well(app.select_slider(key="race_map_lr_ravine_sgd").set_value(0.1).run())
    assert "SGD diverged" in text(app)
    assert app.dataframe[0].value["converged after"].iloc[0] == "diverged"
    app.number_input(key="race_map_x_ravine").set_value(0.05)
    well(app.number_input(key="race_map_y_ravine").set_value(0.0).run())
    assert "The starting point itself lies within" in text(app)


def racer(name: str, lr: float, surface: str = "ravine", updates: int = 100) -> Racer:
    chosen = SURFACES[surface]
    path = follow(chosen.f, chosen.start, OptimizerConfig(name, {"lr": lr}), updates)
    return Racer(name, lr, path, chosen)


def test_who_was_first_is_read_off_the_paths() -> None:
    fast, slow, lost = racer("momentum", 0.01), racer("sgd", 0.001), racer("sgd", 1.0, updates=400)
    near = np.linalg.norm(fast.path.points, axis=1) < 0.1
    assert fast.arrival == int(np.argmax(near))
    told = in_words([fast, slow, lost], 100)
    assert f"**SGD with momentum** came first within 0.1 of a minimum, after {fast.arrival}" in told
    assert "SGD diverged" in told
    assert "left it again" not in told
    assert in_words([slow], 100) == "No optimizer came within 0.1 of a minimum in 100 updates."
    visitor = racer("momentum", 0.01, updates=fast.arrival or 0)
    assert visitor.stayed
    table = rows([fast, slow, lost])
    assert table["converged after"].tolist() == [f"{fast.arrival} updates", "not yet", "diverged"]
    assert "SGD with momentum" in adaptive_in_words([fast, lost])
    plain = adaptive_in_words([slow]).split("SGD ")[1].split(". ")[0].split(" and ")
    assert plain[0] == plain[1]  # its steps are the gradient times the rate


def test_the_code_of_the_race_is_ours() -> None:
    names: dict[str, object] = {}
    exec(two_dimensions.CODE, names)
    paths = names["paths"]
    for title, lr in (("SGD", 0.02), ("RMSprop", 0.05), ("Adam", 0.5)):
        ours = racer(title.lower(), lr, "beale", 300).path.points
        shown = torch.stack(paths[title]).numpy()
        np.testing.assert_allclose(shown[:40], ours[:40], rtol=1e-6)
