"""The tab "Step by step" in Streamlit's harness: eleven steps, every control, drawings, and its code."""

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from core.config.run import CNNConfig, RunConfig, TrainConfig
from core.data import Mnist
from core.lessons.adversarial.fgsm_walk import eval_mode, walk_fgsm
from core.lessons.adversarial.loss_rise import LossRise
from core.models import build_module
from core.models.trained_network import TrainedNetwork
from pages.ui.adversarial import loss_rise
from pages.ui.adversarial.fgsm_steps import COUNT, code, compared, tell
from pages.ui.adversarial.step_by_step import ALL, FIRST, PREDICTED, step_by_step
from tests.pages.harness import left_alone, open_part, shipped, text, well

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.usefixtures("bundled_only")


def tab(trained: TrainedNetwork, mnist: Mnist, **given: object) -> AppTest:
    return open_part(step_by_step, trained, mnist, state={"adv_steps_draws": 50, **given})


def fresh(name: str, scale: float = 1.0) -> TrainedNetwork:
    """A small network with batch norm and dropout, not trained, its weights multiplied."""
    config = CNNConfig(
        channels=(2,),
        kernels=(3,),
        strides=(2,),
        paddings=(0,),
        pools=("none",),
        hidden=(8,),
        batch_norm=True,
        dropout=0.5,
    )
    model = build_module(config).eval()
    with torch.no_grad():
        for weight in model.parameters():
            weight.mul_(scale)
    run = RunConfig("test", config, TrainConfig())
    return TrainedNetwork(model, run, "file", f"test-{name}", title="a $test$", start=model)


@pytest.fixture
def untouched(mnist: Mnist) -> "Iterator[TrainedNetwork]":
    trained = shipped("cnn-lab")
    with left_alone(mnist, trained.model):
        yield trained


def test_first_view_says_what_comes_of_it(untouched: TrainedNetwork, mnist: Mnist) -> None:
    said = text(tab(untouched, mnist))
    assert "1. Load the trained network" in said
    assert "**Misclassified.** Before: an **8**" in said
    assert "the first-order estimate is" in said
    assert "Classified correctly: " in said


def test_walking_through_all_steps(untouched: TrainedNetwork, mnist: Mnist) -> None:
    app = tab(untouched, mnist)
    seen = []
    for number in range(1, COUNT + 1):
        assert app.slider(key="adv_steps_step").value == number
        seen += [part.value for part in app.subheader]
        if number < COUNT:
            well(app.button(key="adv_steps_step_next").click().run())
    assert [int(title.split(".")[0]) for title in seen] == list(range(1, COUNT + 1))
    assert app.button(key="adv_steps_step_next").disabled
    well(app.button(key="adv_steps_step_back").click().run())
    well(app.button(key="adv_steps_step_first").click().run())
    assert app.slider(key="adv_steps_step").value == 1
    well(app.slider(key="adv_steps_step").set_value(2).run())
    assert "Evaluation mode does **not** turn gradients off" in text(app)
    assert "dropout (1×" in text(app)


def test_all_at_once(untouched: TrainedNetwork, mnist: Mnist) -> None:
    app = tab(untouched, mnist, adv_steps_view=ALL)
    said = text(app)
    for number in range(1, COUNT + 1):
        assert f"**{number}. " in said
    assert len(app.code) == COUNT + 1
    well(app.segmented_control(key="adv_steps_view").set_value("one step at a time").run())
    assert len(app.code) == 2


def test_every_epsilon_and_range(untouched: TrainedNetwork, mnist: Mnist) -> None:
    app = tab(untouched, mnist, adv_steps_step=10)
    for epsilon in (0.0, 0.5):
        well(app.slider(key="adv_steps_epsilon").set_value(epsilon).run())
        assert f"ε = {epsilon:g}" in text(app)
    well(app.slider(key="adv_steps_epsilon").set_value(0.0).run())
    assert "At ε = 0 nothing changes" in text(app)
    assert "Classified correctly: 10 of 10 clean, 10 of 10 adversarial." in text(app)
    for reach in (0.005, 0.5):
        well(app.select_slider(key="adv_steps_reach").set_value(reach).run())
    well(app.toggle(key="adv_steps_log").set_value(True).run())
    well(app.select_slider(key="adv_steps_draws").set_value(100).run())
    assert "95% of 100 random sign vectors" in text(app)


def test_nothing_is_said_to_be_quite_sure(untouched: TrainedNetwork, mnist: Mnist) -> None:
    """A softmax below 1 must not be rounded up to 100%."""
    app = tab(untouched, mnist)
    under = [caption.value for caption in app.caption if caption.value.endswith("%")]
    assert len(under) == 20
    assert any(">99.9%" in each for each in under)
    assert not any("100%" in each or " 0%" in each for each in under)


def test_other_pictures_other_tens_and_words(untouched: TrainedNetwork, mnist: Mnist) -> None:
    app = tab(untouched, mnist)
    before = text(app)
    well(app.number_input(key="adv_steps_index_small").set_value(19).run())
    assert text(app) != before
    assert "The clean image is misclassified already" in text(app)
    assert "19, 0.2" in app.code[-1].value
    well(app.slider(key="adv_steps_ten_50").set_value(7).run())
    well(app.text_area(key="adv_steps_words").set_value("gray clouds").run())
    assert app.text_area(key="adv_steps_words").value == "gray clouds"


def test_a_drawing_gets_its_label_from_the_reader(
    untouched: TrainedNetwork, mnist: Mnist, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.data.drawing import from_canvas

    stroke = np.zeros((280, 280, 4), dtype=np.uint8)
    stroke[..., 3] = 255
    stroke[60:220, 130:150, :3] = 255
    drawn = from_canvas(stroke)
    monkeypatch.setattr("pages.ui.kit.network.image_picker.digit_canvas", lambda key: drawn)
    app = tab(untouched, mnist, adv_steps_subject="my own drawing")
    reads = int(untouched.model(drawn.image[None]).argmax())
    assert app.selectbox(key="adv_steps_drawn").value == PREDICTED
    other = str((reads + 1) % 10)
    well(app.selectbox(key="adv_steps_drawn").set_value(other).run())
    assert "The clean image is misclassified already" in text(app)


@pytest.mark.parametrize("name", ["cnn-bn", "linear-softmax", "mlp-autograd"])
def test_other_networks(name: str, mnist: Mnist) -> None:
    app = tab(shipped(name), mnist, adv_steps_view=ALL)
    assert name in text(app)
    if name == "linear-softmax":
        assert "This network has neither" in text(app)


def test_networks_without_any_gradient(mnist: Mnist) -> None:
    app = tab(fresh("flat", 0.0), mnist, adv_steps_step=8)
    assert "The gradient is 0 at every pixel" in text(app)
    assert "FGSM has no direction to follow" in text(app)
    for view in (ALL, "one step at a time"):
        well(app.segmented_control(key="adv_steps_view").set_value(view).run())
    well(app.toggle(key="adv_steps_log").set_value(True).run())


def test_a_network_with_both_batch_norm_and_dropout(mnist: Mnist) -> None:
    said = text(tab(fresh("both"), mnist, adv_steps_step=2))
    assert "dropout (1×, now off) and batch norm (1×" in said


def test_the_code_runs_and_does_what_the_tab_does(mnist: Mnist) -> None:
    trained = shipped("cnn-lab")
    image, label = mnist.test.images[FIRST], int(mnist.test.labels[FIRST])
    walk = walk_fgsm(trained.model, image, label, 0.2)
    steps = tell(trained, walk, eval_mode(trained.model, image, label))
    scope: dict[str, Any] = {}
    exec(code(steps, FIRST, 0.2), scope)
    assert torch.equal(scope["adversarial"][0, 0], walk.attacked)
    assert int(scope["prediction"]) == walk.read_after
    assert scope["loss"].item() == pytest.approx(walk.loss)
    own = TrainedNetwork(trained.model, trained.config, "upload", "1", title="mine", start=trained.model)
    lines = code(tell(own, walk, eval_mode(trained.model, image, label)), FIRST, 0.2)
    assert "load_checkpoint(Path(" in lines
    compile(lines, "code", "exec")


def test_the_readings_in_words(mnist: Mnist) -> None:
    model = shipped("cnn-lab").model
    image, label = mnist.test.images[FIRST], int(mnist.test.labels[FIRST])
    assert compared(walk_fgsm(model, image, label, 0.2)).startswith("**Misclassified.**")
    assert compared(walk_fgsm(model, image, label, 0.001)).startswith("Correctly classified at this ε.")
    assert compared(walk_fgsm(model, image, label, 0.0)).startswith("ε is 0")
    assert compared(walk_fgsm(model, image, (label + 1) % 10, 0.1)).startswith("The clean image is misclassified")


def measured(*, clipped: float, actual: float, loss: float = 1.0, wins: float = 0.0) -> LossRise:
    one = {
        "predicted": 2.0,
        "clipped": clipped,
        "actual": actual,
        "mean": 0.1,
        "low": -1.0,
        "high": 1.0,
        "mean_low": 0.05,
        "mean_high": 0.15,
        "wins": wins,
    }
    return LossRise((0.1,), 200, loss, 20.0, 2.0, 1.0, **{name: (value,) for name, value in one.items()})


def test_the_rise_in_words_follows_the_numbers() -> None:
    assert "approximation is good here" in loss_rise.describe(measured(clipped=1.0, actual=1.1))
    assert "by only +0.3" in loss_rise.describe(measured(clipped=1.0, actual=0.3))
    assert "the loss fell: -0.3" in loss_rise.describe(measured(clipped=1.0, actual=-0.3))
    above = loss_rise.describe(measured(clipped=1.0, actual=4.0))
    assert "4.0× the estimate" in above
    assert "saturated" not in above
    assert "saturated" in loss_rise.describe(measured(clipped=1.0, actual=4.0, loss=1e-4))
    assert "none of 200 reaches FGSM" in above
    assert "5% of 200 raise it as much" in loss_rise.describe(measured(clipped=1.0, actual=1.0, wins=0.05))
    assert not re.search(r"\bnan\b|\binf\b", above)
