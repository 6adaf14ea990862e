"""The tab "One image" in Streamlit's harness: every attack, every control, and what is said about it."""

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from core.attacks import ATTACKS
from core.attacks.config import AttackConfig
from core.data import Mnist
from core.models.trained_network import TrainedNetwork
from pages.ui.adversarial.one_image import PATH, PREDICTED, one_image
from pages.ui.adversarial.one_result import Case, verdict
from pages.ui.kit.drawing.ink import Ink
from tests.pages.harness import open_part, shipped, text, well

if TYPE_CHECKING:
    from collections.abc import Sequence

pytestmark = pytest.mark.usefixtures("bundled_only")


@pytest.fixture(scope="module")
def trained() -> TrainedNetwork:
    return shipped("cnn-bn")


def tab(trained: TrainedNetwork, mnist: Mnist, **state: object) -> AppTest:
    return open_part(one_image, trained, mnist, state=state)


def numbers(app: AppTest) -> list[str]:
    return [metric.value for metric in app.metric]


def test_the_first_view_is_an_fgsm_that_fools(trained: TrainedNetwork, mnist: Mnist) -> None:
    app = tab(trained, mnist)
    assert app.selectbox(key="adv_one_attack").value == "FGSM"
    assert "### Misclassified: a 4 is predicted as an 8" in text(app)
    assert "Perturbation × 5" in text(app)
    assert numbers(app)[0] == "0.200"
    assert "is enough for FGSM to succeed" in text(app)
    assert any("adversarial = (original + epsilon * gradient.sign())" in code.value for code in app.code)


def test_epsilon_decides(trained: TrainedNetwork, mnist: Mnist) -> None:
    app = tab(trained, mnist)
    well(app.select_slider(key="adv_one_fgsm_epsilon").set_value(0.02).run())
    assert "### Correctly classified: still a 4" in text(app)
    assert "Perturbation × 50" in text(app)
    well(app.select_slider(key="adv_one_fgsm_epsilon").set_value(0.0).run())
    assert "### Unchanged\nε is 0" in text(app)
    assert numbers(app) == ["0.000", "0.00", "0 px"]


@pytest.mark.long
@pytest.mark.parametrize("name", ATTACKS)
def test_every_attack_on_both_parts(name: str, trained: TrainedNetwork, mnist: Mnist) -> None:
    app = tab(trained, mnist)
    for key, setting in ATTACKS[name].settings.items():
        if key == "steps":
            app.session_state[f"adv_one_{name}_steps"] = min(20, int(setting.default))
    well(app.selectbox(key="adv_one_attack").select(ATTACKS[name].title).run())
    assert ATTACKS[name].formula in app.latex[0].value
    assert len(numbers(app)) == 3
    well(app.segmented_control(key="adv_one_part").set_value(PATH).run())
    if ATTACKS[name].settings or name == "fgsm":
        assert "Press ▶" in text(app)
    else:
        assert "it has no trajectory" in text(app)


def test_a_target(trained: TrainedNetwork, mnist: Mnist) -> None:
    app = tab(trained, mnist, adv_one_attack="BIM")
    well(app.selectbox(key="adv_one_bim_target").select("9").run())
    assert "### Target reached: a 4 is predicted as a 9" in text(app)
    assert any("torch.tensor([9])" in code.value for code in app.code)
    well(app.selectbox(key="adv_one_bim_target").select("4").run())
    assert "### Target equals the true class" in text(app)
    assert "no change is needed" in text(app)


def test_all_attacks_are_compared_norm_by_norm(
    trained: TrainedNetwork, mnist: Mnist, monkeypatch: pytest.MonkeyPatch
) -> None:

    quick = {name: ATTACKS[name] for name in ("fgsm", "noise", "pgd-l2", "deepfool")}
    monkeypatch.setattr("pages.ui.adversarial.one_image.ATTACKS", quick)
    app = tab(trained, mnist)
    before = len(app.get("plotly_chart"))
    well(app.toggle(key="adv_one_compare").set_value(True).run())
    assert len(app.get("plotly_chart")) == before + 2
    assert "A smaller ε means a stronger attack" in text(app)


def test_a_drawing_is_what_the_reader_says(trained: TrainedNetwork, mnist: Mnist) -> None:
    pixels = np.zeros((280, 280, 4), dtype=np.uint8)
    pixels[40:240, 130:155] = 255  # a one
    state = {"adv_one_subject": "my own drawing", "lab_ink": Ink(pixels=pixels)}
    app = tab(trained, mnist, **state)
    assert "If you drew another digit, choose it" in text(app)
    assert app.selectbox(key="adv_one_drawn").value == PREDICTED
    first = text(app)
    assert "a 1 is predicted as" in first or "still a 1" in first
    well(app.selectbox(key="adv_one_drawn").select("7").run())
    assert "### Misclassified before any attack" in text(app)
    assert "**ε = 0.** The prediction for the clean image is a 1, and the true class is 7" in text(app)


def test_a_path_that_is_thinned_says_by_and_not_at(trained: TrainedNetwork, mnist: Mnist) -> None:
    app = tab(trained, mnist, adv_one_attack="BIM", adv_one_part=PATH, adv_one_bim_steps=10)
    assert "At **step" in text(app)
    assert "it should rise" in text(app)
    well(app.select_slider(key="adv_one_bim_steps").set_value(100).run())
    assert "By **step" in text(app)


def said(
    label: int, before: "Sequence[float]", after: "Sequence[float]", *, size: float = 0.2, **config: object
) -> tuple[str, str]:
    full = {"name": "fgsm", "epsilon": 0.2} | config
    return verdict(
        Case(AttackConfig(**full), label, torch.tensor(before), torch.tensor(after), size)  # type: ignore[arg-type]
    )


def likely(**chances: float) -> list[float]:
    return [chances.get(f"d{digit}", 0.0) for digit in range(10)]


def test_a_link_with_a_former_label_still_opens_its_part(trained: TrainedNetwork, mnist: Mnist) -> None:
    address = {"adv_one_attack": "BIM", "adv_one_part": "The path"}
    assert "Press ▶" in text(open_part(one_image, trained, mnist, address=address))


def test_words_follow_the_numbers() -> None:
    four, nine = likely(d4=0.98, d9=0.02), likely(d4=0.3, d9=0.7)
    headline, sentence = said(4, four, nine)
    assert headline == "Misclassified: a 4 is predicted as a 9"
    assert "Confidence 70.0%" in sentence
    assert "98.0% in the 4" in sentence
    assert "The 4 keeps a probability of 30.0%" in sentence
    assert "keeps" not in said(4, four, likely(d9=1.0))[1]
    headline, sentence = said(4, four, likely(d4=0.8, d9=0.2))
    assert headline == "Correctly classified: still a 4"
    assert "Second: the 9 with 20.0%" in sentence
    assert "raised its confidence" in said(4, four, likely(d4=0.99, d9=0.01))[1]
    assert said(9, four, nine)[0] == "Misclassified before any attack"
    assert "it then predicts a 9" in said(9, four, nine)[1]
    assert "it also predicts a 4" in said(9, four, four)[1]


def test_words_where_nothing_changed() -> None:
    four = likely(d4=1.0)
    assert "ε is 0" in said(4, four, four, size=0.0, epsilon=0.0)[1]
    assert "gradient" in said(4, four, four, size=0.0)[1]
    assert "no change that raises the loss" in said(4, four, four, size=0.0, name="square")[1]
    other = said(4, four, four, size=0.0, name="deepfool", epsilon=1.0)
    assert "found no adversarial example within ε = 1" in other[1]
    assert ">99.9%" in other[1]


def test_words_about_a_target() -> None:
    four = likely(d4=0.98, d9=0.02)
    assert said(4, four, likely(d9=0.9, d4=0.1), target=9)[0] == "Target reached: a 4 is predicted as a 9"
    assert said(4, four, likely(d8=0.9, d9=0.1), target=9)[0] == "Misclassified as an 8, but not as the 9"
    headline, sentence = said(4, four, likely(d4=0.6, d9=0.4), target=9)
    assert headline == "Correctly classified: still a 4"
    assert "the probability of the 9 changed from 2.0% to 40.0%" in sentence
    assert "of the 9 stays at <0.1%" in said(4, likely(d4=1.0), likely(d4=0.9, d8=0.1), target=9)[1]
    assert said(4, four, four, target=4)[0] == "Target equals the true class"
