"""The tab "Is it honest?" in Streamlit's harness: badges fill, controls change what is measured."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
import torch
from streamlit.testing.v1 import AppTest

from core.attacks.filters import FILTERS
from core.data import Mnist, load
from core.export.attack import SANITY_CHECKS
from core.lessons.adversarial import sanity_evidence
from core.lessons.adversarial.sanity_evidence import black_boxes, plan
from pages.ui.adversarial import sanity_checks as module
from pages.ui.adversarial.attack_results import results_on
from pages.ui.kit.shell.cache import shipped_model
from tests.pages.harness import open_part, shipped, text, well, work_off

pytestmark = pytest.mark.usefixtures("bundled_only")
IMAGES = 12


@pytest.fixture(scope="module")
def mnist() -> Mnist:
    whole = load("small")
    return Mnist(whole.source, whole.size, whole.train, whole.test.take(slice(0, IMAGES)))


@pytest.fixture(autouse=True)
def few(at_once: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing kept, and few questions."""
    monkeypatch.setattr(sanity_evidence, "QUERIES", 100)
    results_on.clear()
    yield
    results_on.clear()


def tab(name: str, mnist: Mnist, **state: object) -> AppTest:
    return open_part(module.honest, shipped(name), mnist, state=state)


measured = partial(work_off, key="adv_honest")


def test_it_measures_by_itself_says_what_to_report_and_leaves_the_network_alone(mnist: Mnist) -> None:
    model = shipped_model("cnn-bn").model
    kept = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    app = measured(tab("cnn-bn", mnist))
    assert all(torch.equal(kept[name], tensor) for name, tensor in model.state_dict().items())
    assert not model.training
    assert not any(part._forward_pre_hooks for part in model.modules())
    said = text(app)
    assert "not measured yet" not in said
    assert "**Report " in said
    assert "Of 12 checks" in said or "Of 11 checks" in said
    assert "Perturbations within ε" in said
    assert f"On the {IMAGES} bundled test images" in said
    assert "largest 0.200" in said


def test_stopped_before_anything_is_measured(mnist: Mnist) -> None:
    app = tab("linear-softmax", mnist, adv_honest_on=False)
    assert "Nothing is measured yet" in text(app)
    app.button(key="adv_honest_start").click().run()
    measured(well(app))


def test_a_filter_that_hides_the_gradient_is_noticed(mnist: Mnist) -> None:
    app = measured(tab("linear-softmax", mnist))
    assert "violated" not in text(app)
    app.selectbox(key="adv_honest_filter").set_value(FILTERS["quantize"].title).run()
    app.button(key="adv_honest_start").click().run()
    said = text(measured(well(app)))
    assert f"violated: zero for {IMAGES} of {IMAGES}" in said
    for name, entry in FILTERS.items():
        app.selectbox(key="adv_honest_filter").set_value(entry.title).run()
        strength = app.select_slider(key=f"adv_honest_filter_{name}")
        well(strength.set_value(entry.strengths[0]).run())
    assert "filter and network together" in text(app)


def test_a_network_that_answers_at_random_reports_one_attack(mnist: Mnist) -> None:
    title = FILTERS["noise"].title
    app = measured(tab("linear-softmax", mnist, adv_honest_filter=title, adv_honest_filter_noise=0.5))
    said = text(app)
    assert "the robust accuracy under the strongest single attack" in said
    assert "1 undetermined for this network" in said
    assert "undetermined: random predictions" in "".join(part.value for part in app.markdown)


def test_every_control_changes_what_is_measured(mnist: Mnist) -> None:
    app = measured(tab("linear-softmax", mnist))
    app.slider(key="adv_honest_eps").set_value(0.05).run()
    app.button(key="adv_honest_start").click().run()
    assert "largest 0.050" in text(measured(well(app)))
    well(app.select_slider(key="adv_honest_n").set_value(200).run())  # more than there are
    assert app.button(key="adv_honest_start").label == "All measured"
    app.button(key="adv_honest_stop")


def test_the_bars_name_attacks_that_are_measured() -> None:
    names = [name for name, *_ in module._titles()]
    assert set(names) - {"clean"} <= set(plan(0.1))
    assert set(black_boxes()) <= set(names)


def test_the_code_runs(mnist: Mnist) -> None:
    model = shipped_model("cnn-bn").model
    scope: dict[str, Any] = {"network": model, "labels": mnist.test.labels[:10], "epsilon": 0.3}
    scope["original"] = mnist.test.images[:10]
    exec(SANITY_CHECKS, scope)
    assert scope["control"] > scope["accuracy"][40]
    assert scope["accuracy"][40] == 0
