"""The line that says how well a run reads is about the weights that it leaves."""

from core.recipes.texts import RECIPES
from core.storage.history import History
from pages.ui.kit.training.accuracy_line import kept_row, score_line

ROWS = History(
    epochs=[
        {"epoch": 1.0, "validation_loss": 0.5, "test_accuracy": 0.9},
        {"epoch": 2.0, "validation_loss": 0.7, "test_accuracy": 0.8},
    ]
)


def test_the_last_epoch_or_the_best() -> None:
    config = RECIPES["mlp-deep"].config
    assert ":green[80.00%] of 1,000 test images" in score_line(ROWS, config, 1000)
    best = score_line(ROWS, config.with_settings({"validation": 0.1, "keep": "best"}), 1000)
    assert ":green[90.00%]" in best
    assert "epoch 1, the best on validation" in best
    assert "validation" not in score_line(ROWS, config, 1000)


def test_images_that_validated_stand_below_the_score_and_not_in_it() -> None:
    history = History(epochs=[{"epoch": 1.0, "validation_accuracy": 0.9782, "test_accuracy": 0.9902}])
    line = score_line(history, RECIPES["cnn-lab"].config, 5000)
    assert ":green[99.02%] of the last 5,000 test images" in line
    assert "The first 5,000 are its validation images: 97.82%" in line


def test_nothing_is_said_before_it_is_measured() -> None:
    assert score_line(History(), RECIPES["mlp-deep"].config, 1000) == ""
    assert kept_row(History(), "best") == {}
    assert kept_row(History(epochs=[{"epoch": 0.0}]), "best") == {"epoch": 0.0}
