"""How far a run is, in as many places as its epochs have parts."""

from types import SimpleNamespace

import pytest

from core.recipes.texts import RECIPES
from pages.ui.kit.training.live_run import epoch_told


@pytest.mark.parametrize(
    ("n", "batch", "words"), [(150, 150, "epoch 170 of 1,000"), (150, 64, "epoch 170.35 of 1,000")]
)
def test_fractions_only_where_an_epoch_has_several_steps(n: int, batch: int, words: str) -> None:
    config = RECIPES["regression-sine"].config.with_settings({"epochs": 1000, "batch_size": batch})
    run = SimpleNamespace(config=config, epoch=170.0 if batch == 150 else 170.352, n_train=n)
    assert epoch_told(run) == words  # type: ignore[arg-type]


def test_a_whole_epoch_has_no_fraction() -> None:
    config = RECIPES["regression-sine"].config.with_settings({"epochs": 1000, "batch_size": 64})
    run = SimpleNamespace(config=config, epoch=999.0, n_train=150)
    assert epoch_told(run) == "epoch 999 of 1,000"  # type: ignore[arg-type]
