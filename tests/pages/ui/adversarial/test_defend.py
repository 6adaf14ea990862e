"""The tab "Defend" in Streamlit's harness: its four views, every control, and its sentences."""

from collections.abc import Iterator
from typing import Any

import pytest
import torch
from streamlit.testing.v1 import AppTest

from core.attacks.filters import FILTERS
from core.config.run import CNNConfig
from core.data import Mnist, load
from core.export.attack import INPUT_FILTER
from core.export.training import training_code
from core.jobs.training_job import Job
from core.lessons.adversarial.input_filters import threat_models
from core.lessons.adversarial.pixel_gradients import StrokeGradients
from core.models.paired_test import Paired
from core.recipes.texts import RECIPES
from pages.ui.adversarial import before_after
from pages.ui.adversarial.attack_results import results_on
from pages.ui.adversarial.before_after import Beside, strongest
from pages.ui.adversarial.defend import BEFORE, FILTERING, GRADIENTS, PAGE, TRAINING, defend
from pages.ui.adversarial.input_filters import BARE, WHOLE, filters_verdict
from pages.ui.adversarial.stroke_gradients import describe as describe_strokes
from pages.ui.kit.shell import cache
from pages.ui.kit.shell.cache import registry, shipped_model
from pages.ui.kit.shell.page import error_boundary
from tests.pages.harness import open_part, shipped, text, well, work_off

pytestmark = pytest.mark.usefixtures("bundled_only")
IMAGES = 12


@pytest.fixture(scope="module")
def mnist() -> Mnist:
    whole = load("small")
    return Mnist(whole.source, whole.size, whole.train.take(slice(0, 100)), whole.test.take(slice(0, IMAGES)))


@pytest.fixture(autouse=True)
def few(at_once: None, monkeypatch: pytest.MonkeyPatch, mnist: Mnist) -> Iterator[None]:
    """Few points, few questions, and runs that train on few images."""
    monkeypatch.setattr(cache, "mnist", lambda: mnist)
    monkeypatch.setattr(before_after, "EPSILONS", (0.1, 0.3, 0.4))
    monkeypatch.setattr(before_after, "QUERIES", 20)
    for kept in (results_on, registry, cache.run_store):
        kept.clear()
    yield
    registry().close()
    registry.clear()


def tab(name: str, mnist: Mnist, view: str = BEFORE, **state: object) -> AppTest:
    part = error_boundary()(defend)
    return open_part(part, shipped(name), mnist, state={"adv_defend_view": view, **state})


def test_before_and_after_is_measured_by_itself(mnist: Mnist) -> None:
    app = work_off(tab("cnn-bn", mnist), "adv_before")
    said = text(app)
    assert "Robust accuracy at ε = 0.3 (PGD, 20 steps): cnn-bn **" in said
    assert "cnn-robust at ε = 0.3:** robust accuracy" in said
    assert "Square with 20 queries (black box) succeeds on" in said
    assert "cnn-robust: adversarial training with ε = 0.3" in said
    assert "No significant difference of clean accuracy" in said  # so few images
    assert [metric.label for metric in app.metric] == ["cnn-bn, clean accuracy", "cnn-robust, clean accuracy"]
    app.select_slider(key="adv_before_steps").set_value(10).run()
    app.select_slider(key="adv_before_n").set_value(200).run()
    app.button(key="adv_before_start").click().run()
    assert "PGD, 10 steps" in text(work_off(well(app), "adv_before"))


def test_the_network_chosen_above_joins(mnist: Mnist) -> None:
    app = work_off(tab("linear-softmax", mnist), "adv_before")
    assert "linear-softmax **" in text(app)
    assert len(app.metric) == 3


def test_gradients_and_their_numbers(mnist: Mnist) -> None:
    app = tab("cnn-bn", mnist, GRADIENTS)
    assert "cnn-robust's gradient lies more on the strokes, but it is sparse" in text(app)
    before = [metric.value for metric in app.metric]
    well(app.select_slider(key="adv_strokes_n").set_value(100).run())
    assert [metric.value for metric in app.metric] == before, "there are only so many images"
    well(app.number_input(key="adv_strokes_first_small").set_value(7).run())


@pytest.mark.parametrize("name", FILTERS)
def test_filters_are_attacked_through_and_around(name: str, mnist: Mnist) -> None:
    title = FILTERS[name].title
    app = work_off(tab("linear-softmax", mnist, FILTERING, adv_filters_which=title), "adv_filters")
    said = text(app)
    drawn = FILTERS[name].random
    assert ("classified 5 times" if drawn else "under attacks through the filter") in said
    assert ("is gradient masking, not robustness" in said) == bool(app.warning)
    if name == "quantize":
        assert app.warning, said
    else:
        return
    app.select_slider(key=f"adv_filters_{name}").set_value(FILTERS[name].strengths[0]).run()
    app.slider(key="adv_filters_eps").set_value(0.3).run()
    app.select_slider(key="adv_filters_n").set_value(100).run()
    app.button(key="adv_filters_start").click().run()
    assert "ε = 0.3" in text(work_off(well(app), "adv_filters"))


def test_training_on_attacks_and_the_network_joins_the_charts(mnist: Mnist) -> None:
    app = tab("cnn-bn", mnist, TRAINING)
    recipes = app.selectbox(key="adv_recipe").options
    assert recipes == list(PAGE.only)
    assert "cnn-robust" in recipes
    assert "Pretrained" in text(app)
    app.button(key="adv_short").click().run()
    well(app)
    job = registry().get(app.session_state["adv_run"], Job)
    done = job.wait(120)
    assert done.status == "finished"
    assert done.config.train.adversarial != "none"
    assert isinstance(done.config.model, CNNConfig)
    well(app.run())
    app.segmented_control(key="adv_defend_view").set_value(BEFORE).run()
    assert "just trained **" in text(work_off(well(app), "adv_before"))


def test_settings_are_still_there_after_a_look_elsewhere(mnist: Mnist) -> None:
    app = tab("cnn-bn", mnist, TRAINING)
    app.slider(key="cnn-robust_epochs").set_value(3).run()
    app.slider(key="cnn-robust_attack_epsilon").set_value(0.2).run()
    app.segmented_control(key="adv_defend_view").set_value(GRADIENTS).run()
    app.segmented_control(key="adv_defend_view").set_value(TRAINING).run()
    assert well(app).slider(key="cnn-robust_epochs").value == 3
    assert app.slider(key="cnn-robust_attack_epsilon").value == 0.2
    app.button(key="adv_reset").click().run()
    assert well(app).slider(key="cnn-robust_epochs").value == 8


def test_what_it_costs_follows_from_the_interval() -> None:
    costly = before_after.cost(Paired(1000, 50, 10))
    assert "costs clean accuracy" in costly
    assert "4.0 percentage points on 1,000 images" in costly
    assert "even higher" in before_after.cost(Paired(1000, 10, 50))
    assert "No significant difference" in before_after.cost(Paired(1000, 11, 10))


def test_beyond_the_training_only_what_was_measured_is_said() -> None:
    far: before_after.Curve = {0.0: (98, 100), 0.3: (90, 100), 0.4: (5, 100)}
    near: before_after.Curve = {0.3: (90, 100), 0.4: (88, 100)}
    standard: before_after.Curve = {0.3: (0, 100)}
    assert "only within the ε it was trained for" in before_after.describe({"a": standard, "b": far}, 0.3, 20)
    assert "no significant drop" in before_after.describe({"a": standard, "b": near}, 0.3, 20)
    assert before_after.describe({"a": {}, "b": {}}, 0.3, 20) == ""


def test_words_on_the_strongest_attack_follow_from_the_images() -> None:
    def said(pgd: int, both: int, square: int) -> str:
        """Images that stand against PGD alone, against both, and against the black box alone, of 100."""
        rows = [(True, False)] * pgd + [(True, True)] * both + [(False, True)] * square
        rows += [(False, False)] * (100 - len(rows))
        tried = [Beside(title, [row[at] for row in rows]) for at, title in enumerate(("PGD", "Square"))]
        return strongest({"net": tried}, 0.3)

    masked = said(11, 80, 0)
    assert "robust accuracy 80.0% under the strongest single attack (Square), **80.0%** under all" in masked
    assert "Square (black box) succeeds on 11 images where PGD fails; the reverse holds for 0. **So part" in masked
    assert "masking" not in said(2, 80, 1)
    assert "not significant" in said(2, 80, 1)
    plain = said(0, 60, 30)
    assert "60.0% under the strongest single attack (PGD)" in plain
    assert "significant" not in plain
    assert said(0, 0, 50) == "", "nothing is left to say more about"
    assert strongest({"net": [Beside("PGD", [True]), Beside("Square", [])]}, 0.3) == "", "not measured yet"


def test_words_on_gradients_follow_from_all_their_numbers() -> None:
    def gradient(near: float, edges: float, still: float) -> StrokeGradients:
        return StrokeGradients(*(torch.full((20,), value) for value in (near, 0.2, edges, still)))

    def said(robust: StrokeGradients) -> str:
        return describe_strokes({"plain": gradient(0.5, 0.4, 0.3), "robust": robust})

    assert "strokes and follows the edges more**" in said(gradient(0.9, 0.6, 0.3))
    assert "but it is sparse: a few pixels that follow the edges less**" in said(gradient(0.9, 0.2, 0.95))
    assert "but it is sparse: a few pixels**" in said(gradient(0.9, 0.4, 0.95))
    assert "but on fewer pixels**" in said(gradient(0.9, 0.4, 0.5))
    assert "but it follows the edges less**" in said(gradient(0.9, 0.2, 0.3))
    assert "lies less on the strokes" in said(gradient(0.2, 0.6, 0.3))
    assert "No significant difference" in said(gradient(0.5, 0.6, 0.3))
    assert "r = 0.20 (robust), 0.40 (plain)" in said(gradient(0.9, 0.2, 0.95))
    assert "95% (robust), 30% (plain)" in said(gradient(0.9, 0.2, 0.95))


def test_words_on_filters_follow_from_the_images() -> None:
    every, none, half = (1.0,) * 40, (0.0,) * 40, (1.0, 0.0) * 20
    known = threat_models()

    def words(**left: tuple[float, ...]) -> tuple[str, bool]:
        bare = {"clean": every, "fgsm": half, "pgd": none, "bare": none}
        return filters_verdict({WHOLE: left, BARE: {name: bare[name] for name in left}}, known)

    assert words(clean=every) == ("", False)
    masked, hidden = words(clean=every, pgd=every, bare=none)
    assert hidden
    assert "The difference of 100.0 percentage points is gradient masking" in masked
    assert "no significant difference" in masked
    real, hidden = words(clean=every, pgd=half, bare=half)
    assert not hidden
    assert "the filter gains 50.0 percentage points" in real
    anyway, hidden = filters_verdict(
        {WHOLE: {"pgd": every, "square": half}, BARE: {"pgd": every, "square": half}}, known
    )
    assert not hidden, "the black box wins as much without the filter"
    assert "little gradient masking" in anyway


def test_words_on_a_filter_that_answers_at_random() -> None:
    """0.7 of the readings are right, whatever is done: nothing is hidden, however many attacks there are."""
    known = threat_models()
    lucky = {
        name: tuple(0.2 * ((place * step) % 6) for place in range(60))
        for step, name in zip((1, 5, 7, 11, 13, 17, 19), known, strict=False)
    }
    right = {WHOLE: lucky, BARE: dict.fromkeys(lucky, (1.0,) * 60)}
    words, hidden = filters_verdict(right, known, random=True)
    assert not hidden
    assert "classified 5 times" in words
    assert "costs 50.0 percentage points" in words
    assert filters_verdict(right, known)[0] != words


def test_the_code_runs(mnist: Mnist) -> None:
    x, y = mnist.train.images[:32].flatten(1), mnist.train.labels[:32]
    scope: dict[str, Any] = {"batches": lambda size: [(x, y)] * 3}
    robust = RECIPES["cnn-robust"].config.with_settings({"epochs": 1, "attack_warmup": 0.0})
    exec(training_code(robust), scope)
    assert 0.1 < (scope["x"] - x).abs().max() <= robust.train.attack_epsilon + 1e-6
    assert scope["network"].training, "an attack looks at it in eval mode and leaves it as it was"
    model = shipped_model("cnn-nobn").model
    scope = {"network": model, "images": mnist.test.images, "labels": mnist.test.labels, "epsilon": 0.25}
    exec(INPUT_FILTER, scope)
    assert scope["looks_safe"] - scope["is_not"] > 0.3
