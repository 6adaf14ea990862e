"""What sliders offer of a setting."""

import pytest

from core.config.validation import Setting


def test_a_ladder_keeps_to_the_range() -> None:
    assert Setting(10, 1, 100, "", log=True, whole=True).ladder() == (1, 2, 3, 5, 7, 10, 20, 30, 50, 70, 100)
    assert Setting(0.1, 0, 1, "", log=True).ladder()[:2] == (0.0, 1e-4)
    assert Setting(0.1, 0, 1, "", log=True, open_low=True).ladder()[0] == 1e-4


def test_a_setting_with_stops_of_its_own_offers_them() -> None:
    setting = Setting(0.1, 0, 1, "", stops=(0.0, 0.1, 1.0))
    assert setting.by_stops
    assert setting.ladder() == (0.0, 0.1, 1.0)


@pytest.mark.parametrize(
    ("setting", "value", "grid"),
    [
        (Setting(0.9, 0, 1, "", open_high=True), 0.9, (0, 0.99, 0.01)),
        (Setting(0.9, 0, 1, "", open_low=True), 0.9, (0.01, 1, 0.01)),
        (Setting(0.9, 0, 1, "", open_high=True, step=0.0001), 0.9, (0, 0.9999, 0.0001)),
        (Setting(0.9, 0, 1, "", open_high=True), 0.995, (0, 0.9999, 0.0001)),  # nearer to the end: finer steps
        (Setting(0.9, 0, 1, "", open_high=True), 0.99999, (0, 0.99999, 0.0001)),
        (Setting(0.0, 0, 100, ""), 3, (0, 100, 1.0)),
    ],
)
def test_even_steps_leave_out_an_open_end(setting: Setting, value: float, grid: tuple[float, float, float]) -> None:
    assert not setting.by_stops
    assert setting.grid(value) == pytest.approx(grid)
