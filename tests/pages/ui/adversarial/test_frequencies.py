"""The tab "Why it works" in Streamlit's harness: every control, growing curves, verdicts, and its code."""

from typing import TYPE_CHECKING, Any

import pytest
import torch
from streamlit.testing.v1 import AppTest

from core.config.run import MLPConfig, RunConfig, TrainConfig
from core.data import Mnist
from core.lessons.adversarial.frequencies import PARTS, PartScore
from core.models import build_module
from core.models.trained_network import TrainedNetwork
from pages.ui.adversarial import frequency_results, frequency_split
from pages.ui.adversarial.frequencies import CODE, why
from pages.ui.adversarial.frequency_split import about_border, about_clipping, about_parts, about_spectra
from pages.ui.kit.widgets import incremental_work
from tests.pages.harness import left_alone, open_part, shipped, text, well

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.usefixtures("bundled_only")
IMAGES = "adv_why_images_1000"
BOTH = {"low": (0.5, 0.1), "high": (0.9, 0.3), "whole": (0.4, 0.0), "random": (0.95, 0.0)}


def tab(trained: TrainedNetwork, mnist: Mnist, **given: object) -> AppTest:
    return open_part(why, trained, mnist, state={IMAGES: 200, **given})


@pytest.fixture
def untouched(mnist: Mnist, request: pytest.FixtureRequest) -> "Iterator[TrainedNetwork]":
    """A quick network, or the one a test names; afterwards it must be as it was."""
    trained = shipped(getattr(request, "param", "mlp-module"))
    with left_alone(mnist, trained.model):
        yield trained


@pytest.fixture
def few_points(monkeypatch: pytest.MonkeyPatch) -> None:
    """Curves of three points; the controls offer no others."""
    monkeypatch.setattr(frequency_split, "LENGTHS", (0.0, 3.0, 6.0))
    monkeypatch.setattr(frequency_split, "CUTOFFS", (1, 7, 13))


@pytest.mark.parametrize("untouched", ["cnn-lab"], indirect=True)
def test_first_view_judges_the_claim(untouched: TrainedNetwork, mnist: Mnist) -> None:
    said = text(tab(untouched, mnist))
    assert "explains adversarial examples by *high-frequency features*" in said
    assert "Above 7 cycles lies" in said
    assert "At L2 = 3" in said
    assert "200 of the 1,000 bundled test images, evenly spaced" in said
    assert "‖g‖₁ is on average" in said


@pytest.mark.usefixtures("few_points")
def test_curves_grow_stop_and_go_on(untouched: TrainedNetwork, mnist: Mnist, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incremental_work, "alone", lambda: True)
    monkeypatch.setattr(incremental_work, "SLICE", 0.0)
    frequency_results._scores.clear()
    app = tab(untouched, mnist)
    kept = frequency_results.scores(untouched, mnist, 200, True)
    known = len(kept)
    assert known >= 8, "what the sentences need is there at once"
    well(app.run())
    assert len(kept) > known, "it begins by itself"
    well(app.button(key="adv_why_work_stop").click().run())
    known = len(kept)
    well(app.run())
    assert len(kept) == known
    monkeypatch.setattr(incremental_work, "SLICE", 60.0)
    well(app.button(key="adv_why_work_start").click().run())
    well(app.run())
    assert len(kept) == len(PARTS) * len(frequency_split.LENGTHS)
    assert app.button(key="adv_why_work_start").label == "All measured"
    well(app.slider(key="adv_why_cutoff").set_value(5).run())
    well(app.run())
    assert len(kept) == (len(PARTS) + 2) * len(frequency_split.LENGTHS), "whole and random have no cut-off"


@pytest.mark.long
@pytest.mark.usefixtures("few_points")
def test_every_control(untouched: TrainedNetwork, mnist: Mnist) -> None:
    app = tab(untouched, mnist)
    for cutoff in (1, 13):
        well(app.slider(key="adv_why_cutoff").set_value(cutoff).run())
        assert f"Above {cutoff} cycles" in text(app)
    for length in (0.0, 6.0):
        well(app.select_slider(key="adv_why_length").set_value(length).run())
        assert f"At L2 = {length:g}" in text(app)
    well(app.toggle(key="adv_why_after").set_value(False).run())
    assert "L2 is measured before clipping" in text(app)
    app.number_input(key="adv_why_example_small").set_value(3)
    well(app.select_slider(key=IMAGES).set_value(1000).run())
    assert "On the 1,000 bundled test images." in text(app)


@pytest.mark.usefixtures("few_points")
def test_the_border_moved_from_end_to_end(
    untouched: TrainedNetwork, mnist: Mnist, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(incremental_work, "alone", lambda: True)
    monkeypatch.setattr(incremental_work, "SLICE", 60.0)
    app = tab(untouched, mnist, adv_why_over=frequency_split.OVER_CUTOFF, adv_why_length=3.0)
    well(app.run())
    well(app.run())
    assert app.button(key="adv_why_work_start").label == "All measured"
    assert "depends on the cut-off" in text(app)
    kept = frequency_results.scores(untouched, mnist, 200, True)
    assert all((part, border, 3.0) in kept for part in ("low", "high") for border in frequency_split.CUTOFFS)


def test_many_images_wait_for_a_press(untouched: TrainedNetwork, mnist: Mnist) -> None:
    app = tab(untouched, mnist, **{IMAGES: 1000})
    assert not app.button(key="adv_why_work_start").disabled


def test_a_network_without_any_gradient(mnist: Mnist) -> None:
    config = MLPConfig(hidden=(4,))
    model = build_module(config).eval()
    with torch.no_grad():
        for weight in model.parameters():
            weight.zero_()
    flat = TrainedNetwork(model, RunConfig("test", config, TrainConfig()), "file", "flat", title="flat", start=model)
    said = text(tab(flat, mnist))
    assert "200 images without any gradient are left out" in said


def test_spectra_in_words() -> None:
    def said(gradient: float, sign: float) -> str:
        above = {"image": 0.1, "gradient": gradient, "sign of the gradient": sign, "white noise": 0.8}
        return about_spectra(above, 7)

    assert "taking the sign adds it" in said(0.14, 0.46)
    assert "is in the gradient already" in said(0.44, 0.61)
    assert "they come from the network" in said(0.6, 0.5)


def scores(**changed: tuple[float, float]) -> dict[Any, PartScore]:
    return {
        part: PartScore(500, round(500 * accuracy), 3.0, strayed)
        for part, (accuracy, strayed) in (BOTH | changed).items()
    }


def test_verdicts_follow_the_intervals() -> None:
    slow = about_parts(scores(), 3.0, 0.98)
    assert "low-pass part does the damage" in slow
    assert "does not hold" in slow
    assert "more damage than random signs" in slow
    same = about_parts(scores(high=(0.95, 0.3)), 3.0, 0.98)
    assert "cannot be told from random signs" in same
    less = about_parts(scores(high=(0.95, 0.3), random=(0.7, 0.0)), 3.0, 0.98)
    assert "even less damage" in less
    fast = about_parts(scores(low=(0.9, 0.1), high=(0.5, 0.3)), 3.0, 0.98)
    assert "the hypothesis holds" in fast
    assert "from 98.0% to **90.0%** (low-pass), **50.0%** (high-pass)" in fast
    assert "undecided" in about_parts(scores(low=(0.9, 0.1)), 3.0, 0.98)
    assert "nothing changes" in about_parts(scores(), 0.0, 0.98)
    assert "10% of the low-pass part's energy ends above the cut-off" in about_clipping(scores(), True)
    assert "on average 3.00 for the low-pass part" in about_clipping(scores(), False)


def test_where_the_border_would_have_to_be() -> None:
    slow, fast, even = (
        (PartScore(500, a, 3, 0), PartScore(500, b, 3, 0)) for a, b in ((200, 450), (450, 200), (300, 305))
    )
    both = about_border({1: fast, 2: fast, 3: even, 4: slow, 5: slow})
    assert "**up to 2 cycles** the high-pass part does more damage, **from 4 cycles** on the low-pass part does" in both
    assert "at 1 of the 5 cut-offs" in both
    assert "near the crossing" in both
    only = about_border({1: slow, 2: slow})
    assert "**from 1 cycle** on the low-pass part does." in only
    assert "crossing" not in only
    assert "overlap" in about_border({1: even})


def test_the_code_runs(mnist: Mnist, untouched: TrainedNetwork) -> None:
    scope: dict[str, Any] = {"model": untouched.model}
    exec(CODE.format(count=200, cutoff=7), scope)
    digits = Mnist(mnist.source, mnist.size, mnist.train, mnist.test.take(slice(0, 200)))
    untouched.model.zero_grad(set_to_none=True)
    found = frequency_results.spectra(
        TrainedNetwork(untouched.model, untouched.config, "file", "code", title="", start=untouched.model), digits, 200
    )
    ours = {name.split()[0]: spectrum.above(7) for name, spectrum in found.items()}
    assert scope["share"] == pytest.approx(ours, rel=1e-3)
    assert scope["accuracy"]["low"] < scope["accuracy"]["high"]
