"""How far a run is, in as many places as its epochs have parts."""

from types import SimpleNamespace

import pytest

from core.recipes import RECIPES
from pages.ui.live_run import epoch_told


@pytest.mark.parametrize(
    ("n", "batch", "words"), [(150, 150, "epoch 170 of 1000"), (150, 64, "epoch 170.00 of 1000")]
)
def test_fractions_only_where_an_epoch_has_several_steps(n: int, batch: int, words: str) -> None:
    config = RECIPES["regression-sine"].config.with_settings({"epochs": 1000, "batch_size": batch})
    assert epoch_told(SimpleNamespace(config=config, epoch=170.0, n_train=n)) == words  # type: ignore[arg-type]
