"""The batch norm tab in Streamlit's own harness: first view, the pair, the sweep, the frozen kernels."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.data.digits import Mnist
from core.jobs.training_job import Job
from core.lessons.cnn.rate_sweep import RATES, SEEDS, WITH, WITHOUT, Spread
from core.storage.history import History
from core.training.short_training import ShortScore
from pages.ui.cnn import batch_norm, batch_norm_pair, frozen_kernels, rate_sweep
from pages.ui.kit.shell.cache import mnist, registry, shipped_model
from pages.ui.kit.shell.page import error_boundary
from pages.ui.kit.widgets import incremental_work
from tests.pages.harness import captions, markdown, open_part, well, work_off

pytestmark = pytest.mark.usefixtures("newcomer")


def opened(**parameters: str) -> AppTest:
    return open_part(error_boundary()(lambda: batch_norm.batch_norm(mnist())), address=parameters)


def test_the_first_view_is_what_came_along_beside_the_claims() -> None:
    app = opened()
    for name, metric in zip((WITH, WITHOUT), app.metric, strict=True):
        assert metric.value == f"{shipped_model(name).provenance['test_accuracy']:.2%}"
    assert any(fold.label.startswith("Course project") for fold in app.expander)
    assert "98.84%" in markdown(app)
    assert "97.77%" in markdown(app)
    assert "**Pretrained**" in markdown(app)
    assert "no clear difference" in markdown(app)  # 99.19% and 99.12% of 10,000
    assert "most at" in markdown(app)
    assert "cnn_bn_run" not in app.session_state


@pytest.mark.usefixtures("few_digits")
def test_the_pair_starts_alike_differs_in_batch_norm_alone_and_is_found_again() -> None:
    app = opened()
    app.select_slider(key="cnn_bn_lr").set_value(0.05)
    app.slider(key="cnn_bn_convolutions").set_value(2)
    app.select_slider(key="cnn_bn_batch_size").set_value(256)
    app.number_input(key="cnn_bn_seed").set_value(3)
    app.button(key="cnn_bn_start").click().run()
    well(app)
    names = [app.session_state[name] for name in ("cnn_bn_run", "cnn_bn_twin")]
    pair = [registry().get(name, Job) for name in names]
    ours, theirs = (job.wait(120) for job in pair)
    assert (ours.status, theirs.status) == ("finished", "finished")
    first, second = (job.start for job in pair)
    assert (first.model.batch_norm, second.model.batch_norm) == (True, False)
    assert first.train == second.train
    assert first.train.precision == "fp32"
    assert first.train.optimizer["lr"] == 0.05
    assert first.model.channels == (16, 32)
    assert (first.train.seed, first.train.batch_size, first.train.epochs) == (3, 256, 1)
    for name, tensor in ours.weight_history[0].weights.items():
        if "conv" in name:  # the same start; the layers behind a batch norm are numbered alike, too
            assert bool((tensor == theirs.weight_history[0].weights[name]).all()), name
    well(app.run())
    assert f"**{ours.history.last('test_accuracy'):.2%}**" in markdown(app)
    assert f"**{theirs.history.last('test_accuracy'):.2%}**" in markdown(app)

    again = opened(cnn_bn_run=names[0], cnn_bn_twin=names[1])
    assert again.slider(key="cnn_bn_convolutions").value == 2
    assert again.select_slider(key="cnn_bn_lr").value == 0.05
    registry().close()
    registry.clear()
    tomorrow = opened(cnn_bn_run=names[0], cnn_bn_twin=names[1])
    assert "Recorded runs" in markdown(tomorrow)
    assert f"**{theirs.history.last('test_accuracy'):.2%}**" in markdown(tomorrow)
    gone = opened(cnn_bn_run="deadbeef", cnn_bn_twin="deadbeef")
    assert any("no longer here" in text.value for text in gone.info)


class Measured:
    """Stands for the short run: says at once what a rate gives, and remembers what was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[float, int, bool, bool, int]] = []

    def __call__(self, config, mnist: Mnist, *, images: int, progress) -> ShortScore:  # type: ignore[no-untyped-def]
        model, rate = config.model, config.train.optimizer["lr"]
        self.asked.append((rate, config.train.seed, model.batch_norm, model.frozen, images))
        progress(0.5)
        if rate > 0.2 and not model.batch_norm:
            return ShortScore(None, 1000)
        return ShortScore((0.9 if model.batch_norm else 0.6) - 0.3 * model.frozen, 1000)


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> Measured:
    short = Measured()
    monkeypatch.setattr(rate_sweep, "short_run", short)
    monkeypatch.setattr(frozen_kernels, "short_run", short)
    monkeypatch.setattr(incremental_work, "alone", lambda: True)  # the harness always draws the whole page
    return short


def test_the_sweep_runs_to_its_end_once_and_says_what_it_saw(measured: Measured) -> None:
    app = opened(cnn_bn_part=batch_norm.RATES)
    app.select_slider(key="cnn_sweep_images").set_value(1000)
    app.button(key="cnn_sweep_start").click()
    work_off(app, "cnn_sweep")
    assert len(measured.asked) == len(RATES) * len(SEEDS) * 2
    assert len(set(measured.asked)) == len(measured.asked)
    assert {images for *_, images in measured.asked} == {1000}
    assert app.button(key="cnn_sweep_start").label == "All measured"
    assert app.button(key="cnn_sweep_start").disabled
    assert "every run with batch norm beats every run without" in markdown(app)
    assert "widens the range of learning rates" in markdown(app)
    assert "16 steps" in captions(app)
    assert app.button(key="cnn_sweep_stop").disabled


def test_frozen_kernels_beside_trained_ones(measured: Measured) -> None:
    app = opened(cnn_bn_part=batch_norm.FROZEN)
    app.select_slider(key="cnn_frozen_images").set_value(1000)
    app.button(key="cnn_frozen_start").click()
    work_off(app, "cnn_frozen")
    assert [(norm, still) for _, _, norm, still, _ in measured.asked] == [
        (True, False),
        (True, True),
        (False, False),
        (False, True),
    ]
    assert "training the kernels gains **30.0 percentage points**" in markdown(app)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ((0.95, 0.5, 0.5), "With batch norm, the intervals overlap"),
        ((0.5, 0.95, 0.5), "random kernels do better by 45.0 percentage points"),
        ((None, 0.9, 0.5), "a run diverged"),
    ],
)
def test_bars_are_told_as_they_are(settings: tuple[float | None, float, float], words: str) -> None:
    trained, still, rest = settings
    if "overlap" in words:
        still = 0.955
    scores = {
        (WITH, "trained"): ShortScore(trained, 1000),
        (WITH, "random"): ShortScore(still, 1000),
        (WITHOUT, "trained"): ShortScore(rest, 1000),
    }
    assert words in frozen_kernels.describe(scores)


def curve(value: float, spread: float = 0.01, runs: int = 3) -> dict[float, Spread]:
    return {rate: Spread(value, value - spread, value + spread, runs, 0) for rate in RATES}


def test_the_sweeps_words_follow_the_numbers() -> None:
    def words(ours: dict[float, Spread], theirs: dict[float, Spread]) -> str:
        return rate_sweep.describe({"with": ours, "without": theirs}, 0.02)

    assert "as many learning rates work" in words(curve(0.9), curve(0.905))
    assert "the seeds overlap" in words(curve(0.9), curve(0.905))
    assert "more learning rates work without" in words(curve(0.8), curve(0.9))
    assert "every run without batch norm beats" in words(curve(0.8), curve(0.9))
    assert "widens" in words(curve(0.9), curve(0.8))
    some = dict(list(curve(0.9).items())[:4])
    assert "widens" not in words(some, some)
    assert "one seed" in words(curve(0.9, runs=1), curve(0.8, runs=1))
    assert "widens" not in words(curve(0.9, runs=1), curve(0.8, runs=1))
    assert rate_sweep.describe({"with": {}, "without": {}}, 0.02) == ""


def test_the_pairs_verdict_follows_the_numbers() -> None:
    def after(accuracy: float | None, epoch: float = 1.0) -> History:
        return History(epochs=[{"epoch": epoch, "test_accuracy": accuracy}])

    def verdict(ours: History, theirs: History) -> str:
        return batch_norm_pair.verdict({"with batch norm": ours, "without": theirs}, 1000)

    assert "no clear difference" in verdict(after(0.95), after(0.955))
    assert "Batch norm is better" in verdict(after(0.95), after(0.85))
    assert "Without batch norm is better" in verdict(after(0.85), after(0.95))
    assert "not trained equally long" in verdict(after(0.95, 2.0), after(0.85))
    assert "Training has not begun" in verdict(after(0.1, 0.0), after(0.1, 0.0))
    assert "diverged" in verdict(after(0.95), after(None))
    assert verdict(History(), History()) == "Not measured yet."


def test_diverged_networks_are_drawn_and_told_too() -> None:
    rows = [{"step": 0, "act1": [-1.0, -0.5, 0.0, 0.5, 1.0]}, {"step": 50, "act1": [None, None, None, None, None]}]
    assert batch_norm_pair.widening({"with": rows, "without": rows}) == ""


def test_the_code_runs() -> None:
    space: dict[str, Any] = {}
    exec(batch_norm.CODE, space)
    normed = space["batch_norm"](space["x"], space["gamma"], space["beta"])
    assert normed.mean(dim=(0, 2, 3)).abs().max() < 1e-4
    assert normed.std(dim=(0, 2, 3)).sub(1).abs().max() < 1e-3
