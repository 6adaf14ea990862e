"""The tabs about loops, training and vanishing gradients in Streamlit's harness: every control and code."""

from importlib import import_module

import pytest
import torch
from streamlit.testing.v1 import AppTest

from core.jobs.job_pair import Gap, gap
from core.jobs.snapshot import Snapshot
from core.jobs.training_job import Job
from core.lessons.backprop.loop_or_matrices import by_matrices
from core.lessons.backprop.two_momenta import TwoMomenta
from core.lessons.backprop.vanishing import network
from core.training.short_training import ShortScore
from pages.ui.backprop import loop_or_matrices, momentum, train_it, vanishing
from pages.ui.backprop.train_it import gap_in_words
from pages.ui.kit.shell.cache import registry
from tests.pages.harness import open_part, text, until, well

pytestmark = pytest.mark.usefixtures("newcomer")


def open_tab(tab: str, **parameters: str) -> AppTest:
    module = import_module(f"pages.ui.backprop.{tab}")
    return open_part(getattr(module, tab), address=parameters)


# --- Loop or matrices


def test_three_forms_side_by_side() -> None:
    app = open_tab("loop_or_matrices")
    assert [metric.label for metric in app.metric] == ["Loop", "Matrices", "Autograd"]
    assert all(metric.value.endswith((" ms", " s")) for metric in app.metric)
    assert "For 128 images" in text(app)
    assert "All three give the same gradient" in text(app)
    well(app.slider(key="manual_forms_images").set_value(1).run())
    assert "For 1 image the loop" in text(app)
    well(app.select_slider(key="manual_forms_units").set_value(10).run())
    before = [metric.value for metric in app.metric]
    for _ in range(3):  # one of the times may by chance be written the same
        well(app.button(key="manual_forms_again").click().run())
        if [metric.value for metric in app.metric] != before:
            return
    raise AssertionError("measured again, three times the same numbers")


def test_gradients_that_differ_are_said_to_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop_or_matrices, "ROUNDING", 1e-12)
    assert "The gradients differ" in text(open_tab("loop_or_matrices"))


@pytest.mark.parametrize("code", ["LOOP", "MATRICES", "AUTOGRAD"])
def test_the_codes_shown_compute_the_gradient(code: str) -> None:
    layers = network("sigmoid", "pytorch", 1, 8, seed=0)
    images = torch.rand(5, 784, generator=torch.Generator().manual_seed(0))
    labels = torch.tensor([3, 1, 4, 1, 5])
    names = {"torch": torch, "images": images, "labels": labels}
    for (weight, bias), letter in zip(layers, "ho", strict=True):
        names |= {f"W_{letter}": weight, f"b_{letter}": bias}
        names |= {f"dW_{letter}": torch.zeros_like(weight), f"db_{letter}": torch.zeros_like(bias)}
    exec(getattr(loop_or_matrices, code), names)
    right = by_matrices(layers, "sigmoid", images, labels)[1]
    for letter, found in zip("ho", right, strict=True):
        torch.testing.assert_close(names[f"dW_{letter}"], found.weight)
        torch.testing.assert_close(names[f"db_{letter}"], found.bias)


# --- Train it


def finished(app: AppTest) -> list[Snapshot]:
    """Wait for both runs, run the tab again, and return what they are."""
    jobs = [registry().get(app.session_state[name], Job) for name in (train_it.RUN, train_it.TWIN)]
    ends = [job.wait(60) for job in jobs]
    well(app.run())
    return ends


def test_without_a_run_the_shipped_pair_is_compared() -> None:
    app = open_tab("train_it")
    assert "Pretrained" in text(app)
    assert "the two losses are the same to the last saved digit" in text(app)
    assert not app.button(key="manual_start").disabled


def test_one_click_trains_both_to_the_end() -> None:
    app = open_tab("train_it")
    app.slider(key="manual_epochs").set_value(2)
    app.select_slider(key="manual_lr").set_value(0.1)
    app.slider(key="manual_momentum").set_value(0.5)
    app.select_slider(key="manual_batch_size").set_value(64)
    app.selectbox(key="manual_activation").set_value("tanh")
    app.slider(key="manual_depth").set_value(2)
    app.number_input(key="manual_units").set_value(20)
    app.number_input(key="manual_seed").set_value(4)
    well(app.button(key="manual_start").click().run())
    ours, theirs = finished(app)
    assert (ours.status, theirs.status) == ("finished", "finished")
    assert (ours.config.mlp.family, theirs.config.mlp.family) == ("manual", "raw")
    assert ours.config.train == theirs.config.train
    settings = ours.config.settings()
    assert (settings["lr"], settings["momentum"], settings["batch_size"]) == (0.1, 0.5, 64)
    assert (ours.config.mlp.hidden, ours.config.mlp.activation, settings["seed"]) == ((20, 20), "tanh", 4)
    assert [metric.label for metric in app.metric] == [
        "By hand · finished · step 126",
        "With autograd · finished · step 126",
    ]
    assert all(metric.value.endswith("images/s") for metric in app.metric)
    assert "At step 126" in text(app)
    found = gap(ours.history.loss, theirs.history.loss)
    assert gap_in_words(found) in text(app)


def test_a_pair_is_steered_as_one_and_found_again() -> None:
    app = open_tab("train_it", manual_epochs="40", manual_batch_size="8", manual_activation="relu")
    well(app.button(key="manual_start").click().run())
    assert app.button(key="manual_start").disabled
    assert app.slider(key="manual_momentum").disabled
    assert "Settings are locked" in text(app)
    ids = [app.session_state[name] for name in (train_it.RUN, train_it.TWIN)]
    jobs = [registry().get(name, Job) for name in ids]
    until(lambda: all(job.snapshot.steps for job in jobs))
    well(app.button(key="manual_live_pause").click().run())
    until(lambda: all(job.snapshot.status == "paused" for job in jobs))
    well(app.run())
    until(lambda: jobs[0].snapshot.steps == jobs[1].snapshot.steps)
    held = jobs[0].snapshot.steps
    well(app.button(key="manual_live_step").click().run())
    until(lambda: [job.snapshot.steps for job in jobs] == [held + 1, held + 1])

    again = open_tab("train_it", **{train_it.RUN: ids[0], train_it.TWIN: ids[1]})  # a reload
    assert f"By hand · paused · step {held + 1:,}" in [metric.label for metric in again.metric]
    assert again.slider(key="manual_epochs").value == 40
    assert again.select_slider(key="manual_batch_size").value == 8
    assert again.selectbox(key="manual_activation").value == "relu"
    well(again.button(key="manual_live_resume").click().run())
    until(lambda: all(job.snapshot.steps > held + 1 for job in jobs))
    well(again.button(key="manual_live_stop").click().run())
    assert [job.wait(20).status for job in jobs] == ["stopped", "stopped"]
    well(again.run())
    assert not again.button(key="manual_start").disabled

    registry.clear()  # the server was started anew: the runs are on record
    third = open_tab("train_it", **{train_it.RUN: ids[0], train_it.TWIN: ids[1]})
    assert "Recorded runs" in text(third)


def test_what_the_gap_says() -> None:
    import numpy as np

    def said(size: list[float]) -> str:
        return gap_in_words(Gap(np.array(size), np.full(len(size), 1e-7)))

    assert said([]) == "Nothing to compare yet."
    assert "no step at which both" in said([float("nan")] * 2)
    assert said([0.0, 0.0]).endswith("the same to the last bit.")
    assert "2 × the spacing of float32" in said([0.0, 2e-7])
    assert "Same gradient, same curve" in said([0.0, 2e-7])
    assert "1,000 × the spacing of float32" in said([0.0, 1e-4])
    assert "diverge from each other" in said([0.0, 0.1])


def test_the_two_momenta(monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_tab("momentum")
    assert "After η changes to 0.01 they differ" in text(app)
    well(app.slider(key="manual_two_change").set_value(60).run())
    assert "Here η never changes" in text(app)
    well(app.slider(key="manual_two_change").set_value(20).run())
    well(app.select_slider(key="manual_two_rate").set_value(0.1).run())
    assert ": rounding." in text(app)
    well(app.select_slider(key="manual_two_rate").set_value(1.0).run())
    assert "After η changes to 1 they differ" in text(app)
    well(app.slider(key="manual_two_momentum").set_value(0.0).run())
    assert ": rounding." in text(app)
    early = TwoMomenta((1e-3, 1e-2), (1.0, 1.0), (1.0, 1.0), 1, 1.0)
    assert "Already before" in momentum.in_words(early, 0.1)


def test_the_code_of_the_two_momenta_is_theirs() -> None:
    names = {
        "velocity": torch.zeros(3),
        "weight": torch.ones(3),
        "momentum": 0.9,
        "gradients": torch.randn(6, 3, generator=torch.Generator().manual_seed(0)),
        "learning_rates": [0.1] * 6,
    }
    exec(momentum.CODE, names)
    torch.testing.assert_close(names["W"], names["V"])
    names["learning_rates"] = [0.1] * 3 + [0.01] * 3
    exec(momentum.CODE, names)
    assert not torch.allclose(names["W"], names["V"])  # type: ignore[arg-type]


# --- Vanishing gradients


def test_vanishing_with_another_start_depth_and_width() -> None:
    app = open_tab("vanishing")
    assert "RMS of the gradient at the first layer: " in text(app)
    well(app.radio(key="manual_van_start").set_value("Matched to the activation").run())
    assert "**sigmoid**" in text(app)
    assert "× smaller than at the last" in text(app)
    app.select_slider(key="manual_van_width").set_value(16)
    app.select_slider(key="manual_van_images").set_value(16)
    app.slider(key="manual_van_depth").set_value(10)
    well(app.toggle(key="manual_van_passed").set_value(True).run())
    assert "RMS of each layer's activations" in text(app)


def test_does_it_learn() -> None:
    app = open_tab("vanishing", manual_van_depth="6", manual_van_width="32")
    well(app.button(key="manual_van_learn").click().run())
    assert "95% interval" in text(app)
    assert "igmoid is at chance level" in text(app)
    well(app.toggle(key="manual_van_passed").set_value(True).run())  # the same result once more, from memory
    assert "95% interval" in text(app)
    well(app.slider(key="manual_van_depth").set_value(2).run())  # asked of six layers, not of two
    assert "95% interval" not in text(app)


def test_a_diverged_network_is_called_so() -> None:
    told = vanishing.verdict([ShortScore(0.9, 100), ShortScore(0.1, 100), ShortScore(None, 100)])
    assert told.startswith("Sigmoid reaches 90.0%; tanh is at chance level (10.0%); ReLU diverged (loss became NaN)")


def test_the_code_shown_is_the_probes() -> None:
    images = torch.rand(32, 784, generator=torch.Generator().manual_seed(0))
    names = {"torch": torch, "images": images, "labels": torch.arange(32) % 10}
    torch.manual_seed(0)
    exec(vanishing.CODE, names)
    found = names["gradient_sizes"](8, 64, torch.sigmoid, names["sigmoid_derivative"], names["xavier"])  # type: ignore[operator]
    assert len(found) == 9
    assert found[0] < found[-1] / 1000
