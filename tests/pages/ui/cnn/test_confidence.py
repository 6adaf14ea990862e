"""The tab "Confidence" in Streamlit's harness: the sheet, the claim, calibration on images held out."""

from dataclasses import replace
from typing import Any

import pytest
import torch
from streamlit.testing.v1 import AppTest

from core.config.run import CNNConfig, RunConfig, TrainConfig
from core.data import Mnist
from core.data.splits import validation_places
from core.lessons.cnn.calibration import fit_temperature
from core.models import build_module
from core.models.trained_network import TrainedNetwork
from pages.ui.cnn.calibration import held_out
from pages.ui.cnn.confidence import CALIBRATION, CODE, PAGE_SIZE, confidence
from tests.pages.harness import open_part, shipped, text, well

pytestmark = pytest.mark.usefixtures("bundled_only")


def tab(trained: TrainedNetwork, mnist: Mnist) -> AppTest:
    return open_part(confidence, trained, mnist)


def sheet_box(app: AppTest) -> Any:
    return next((n for n in app.number_input if n.key.startswith("cnn_sure_sheet")), None)


def tiles(app: AppTest) -> list[str]:
    return [caption.value for caption in app.caption if " → " in caption.value and "Captions:" not in caption.value]


def fresh(train: TrainConfig, key: str = "test", **config: Any) -> TrainedNetwork:
    run = RunConfig("test", CNNConfig(**config), train)
    model = build_module(run.model).eval()
    return TrainedNetwork(model, run, "file", key, title="a test", start=model)


def test_the_first_view_counts_what_the_network_reads(mnist: Mnist) -> None:
    trained = shipped("cnn-lab")
    app = tab(trained, mnist)
    from core.models.evaluation import predict

    confidence, answers = predict(trained.model, mnist.test.images).max(1)
    share = int((confidence > 0.9).sum()) / len(confidence)
    wrong = int((answers != mnist.test.labels).sum())
    assert app.metric[0].value == f"{share:.1%}"
    assert app.metric[1].value == f"{wrong} of 1,000"
    assert any(fold.label == "Course project: do most confidences exceed 0.9?" for fold in app.expander)
    assert (f"Yes: {share:.1%}" in text(app)) == (share > 0.54)
    assert len(tiles(app)) == min(wrong, PAGE_SIZE)
    assert all("**" in tile for tile in tiles(app)), "misclassified ones first"
    well(app.segmented_control(key="cnn_sure_part").set_value(CALIBRATION).run())
    accuracies = [metric.value for metric in app.metric if metric.label == "Accuracy"]
    assert accuracies[0] == accuracies[1]
    losses = [float(metric.value) for metric in app.metric if metric.label == "NLL (nats)"]
    assert len(losses) == 2


def test_every_sheet_and_order(mnist: Mnist) -> None:
    app = tab(shipped("cnn-lab"), mnist)
    shares = {}
    for kind in ("lowest confidence", "highest confidence"):
        well(app.segmented_control(key="cnn_sure_kind").set_value(kind).run())
        assert len(tiles(app)) == PAGE_SIZE
        shares[kind] = tiles(app)
    assert all(tile.endswith(">99.9%") for tile in shares["highest confidence"])
    assert not any(tile.endswith(">99.9%") for tile in shares["lowest confidence"])
    well(sheet_box(app).set_value(sheet_box(app).max).run())
    assert len(tiles(app)) == (1000 % PAGE_SIZE or PAGE_SIZE)
    well(app.segmented_control(key="cnn_sure_kind").set_value("one digit").run())
    well(app.selectbox(key="cnn_sure_digit").set_value(7).run())
    assert all(tile.startswith("7 → ") for tile in tiles(app))
    assert len(tiles(app)) == PAGE_SIZE


def test_the_calibration_error_depends_on_the_bins(mnist: Mnist) -> None:
    app = open_part(confidence, shipped("cnn-bn"), mnist, address={"cnn_sure_bins": "15"})  # opens its part
    errors = []
    for bins in (5, 30):
        well(app.slider(key="cnn_sure_bins").set_value(bins).run())
        errors.append([m.value for m in app.metric if m.label == "ECE"])
    assert [len(pair) for pair in errors] == [2, 2]
    assert errors[0] != errors[1]


@pytest.mark.parametrize("key", ["weights", "one place"])
def test_networks_that_know_nothing_or_diverged(key: str, mnist: Mnist) -> None:
    trained = fresh(TrainConfig(), f"nothing-{key}", hidden=())
    if key == "weights":
        with torch.no_grad():
            next(trained.model.parameters()).fill_(float("nan"))
        assert "NaN or infinite" in text(tab(trained, mnist))
    else:
        assert "No: 0% of" in text(tab(trained, mnist))


def test_what_a_temperature_is_fitted_on(mnist: Mnist) -> None:
    """Never what the network was trained on, and never what it is then judged on."""
    halves = held_out(shipped("cnn-bn"), mnist)
    assert (len(halves.fit), len(halves.judge)) == (500, 500)
    assert torch.equal(halves.judge.images, mnist.test.images[500:])
    assert "are split" in halves.description
    lab = held_out(shipped("cnn-lab"), mnist)
    assert torch.equal(lab.fit.labels, mnist.test.labels[:500])
    assert "validation images are not in the data in use" in lab.description  # it came from the whole MNIST
    assert "this network's validation set" in held_out(fresh(TrainConfig(split="lab")), mnist).description
    config = TrainConfig(validation=0.25, seed=3)
    own = held_out(fresh(config), mnist)
    places = validation_places(mnist.train, 0.25, 3)[1]
    assert torch.equal(own.fit.images, mnist.train.images[places])
    assert torch.equal(own.judge.images, mnist.test.images)
    whole = Mnist("MNIST_ROOT", "full", mnist.train, mnist.train.take(slice(0, 300)))
    bundled = held_out(shipped("cnn-bn"), whole)
    assert torch.equal(bundled.fit.images, mnist.test.images)
    assert torch.equal(bundled.judge.images, whole.test.images)
    assert "no network here was trained on" in bundled.description


def test_validation_images_of_other_digits_mean_nothing(mnist: Mnist, monkeypatch: pytest.MonkeyPatch) -> None:
    from types import SimpleNamespace

    from pages.ui.cnn import calibration as module

    asked = []
    store = SimpleNamespace(get=lambda run: asked.append(run) or SimpleNamespace(data="full"))
    monkeypatch.setattr(module, "run_store", lambda: store)
    found = held_out(replace(fresh(TrainConfig(validation=0.2)), source="run", id="abc123"), mnist)
    assert found.name == "halves"
    assert asked == ["abc123"]


def test_the_code_runs_and_finds_the_same_temperature(mnist: Mnist) -> None:
    from torch.nn import functional

    trained = shipped("cnn-lab")
    scope: dict[str, Any] = {
        "torch": torch,
        "functional": functional,
        "model": trained.model,
        "images": mnist.test.images,
        "labels": mnist.test.labels,
    }
    with torch.no_grad():
        scope["validation_logits"] = trained.model(mnist.test.images[:500])
    scope["validation_labels"] = mnist.test.labels[:500]
    exec(CODE, scope)
    wanted = fit_temperature(scope["validation_logits"], scope["validation_labels"])
    assert float(scope["log_t"].detach().exp()) == pytest.approx(wanted, rel=1e-2)
    assert 0 <= float(scope["ece"]) < 0.1
    assert torch.equal(scope["calibrated"].argmax(1), scope["predicted"])
