"""What the verdict and the cards say of a race follows from its numbers."""

from dataclasses import replace
from typing import Any

from core.lessons.race.standings import Reached, Standing, spread
from pages.ui.race import race_view
from pages.ui.race.race_view import details, headline, small_print


def standing(lane: str, values: list[float], first: tuple[float, float] | None, **more: Any) -> Standing:
    of = len(values) or 1
    there = Reached(of, of, first[0], 1.0, first[1]) if first else Reached(0, of, None, None, None)
    kept: dict[str, Any] = {
        "loss": 0.5,
        "speed": 1000.0,
        "begun": of,
        "diverged": 0,
        "message": "",
        "test": None,
        "of": of,
        "interval": None,
    }
    return Standing(lane, spread(values), reached=there, **(kept | more))


def verdict(*told: Any) -> str:
    return " ".join(race_view.verdict(*told))


def test_the_verdict_follows_the_numbers() -> None:
    ahead, behind = standing("A", [0.95, 0.96], (100, 2.0)), standing("B", [0.90, 0.91], (80, 3.0))
    text = verdict([behind, ahead], 90, 2, False)
    assert (
        "**A** reached the highest validation accuracy, 95.50%, 5.0 percentage points ahead of B. Every seed of A beats"
        in text
    )
    assert "90% was reached first by **B** in steps (80), by **A** in seconds (2.0 s)." in text
    assert "*Tuned learning rates*" in text
    close = standing("B", [0.94, 0.955], (120, 3.0))
    text = verdict([ahead, close], 90, 2, False)
    assert "Their seeds overlap" in text
    assert "90% was reached first by **A**, in steps (100) and in seconds (2.0 s)." in text
    assert "has the highest" in verdict([ahead, close], 90, 2, True)
    tie = standing("B", [0.94, 0.955], (100, 3.0))
    assert "by **A** and **B** in steps (100), by **A** in seconds (2.0 s)." in verdict([ahead, tie], 90, 2, False)
    part = verdict([replace(ahead, of=3), replace(behind, of=3)], 90, 3, True)
    assert "**A** has the highest validation accuracy, 95.50% (2 of 3 seeds), 5.0 percentage points ahead of B." in part
    level = verdict([standing("A", [0.9], None), standing("B", [0.9], None)], 97, 1, False, "Nearer.")
    assert "**A** and **B** are level" in level
    assert "No optimizer reached 97%. Nearer." in level
    fallen = standing("W", [], None, diverged=1, message="Too high.")
    assert "Diverged, while the other continued: W." in verdict([ahead, fallen], 90, 2, False)
    assert "while the others continued: W." in verdict([ahead, close, fallen], 90, 2, False)
    assert verdict([fallen], 90, 1, False) == "Diverged: W."
    worse = standing("V", [], None, diverged=1)
    assert verdict([fallen, worse], 90, 1, False) == "Every optimizer diverged: W, V."
    some = standing("S", [0.9], None, diverged=1, begun=3)
    assert "Diverged: W, S (1 of 3 seeds)." in verdict([fallen, some], 90, 3, False)
    assert verdict([], 97, 1, True) == ""


def test_what_cards_say() -> None:
    fallen = standing("W", [], None, diverged=1, begun=2, message="Too high.")
    assert headline(fallen) == "diverged"
    well_off = standing("A", [0.95, 0.97], (100, 2.0), test=spread([0.96]), interval=(0.95, 0.97))
    assert headline(well_off) == "96.00 ± 1.41%"
    assert "97% after 100 steps, 1 image, 2.0 s (2 of 2 seeds)" in details(well_off, 97, True)
    assert not any("test" in line for line in details(well_off, 97, True))  # only at the end
    assert any("test accuracy 96.00%" in line for line in details(well_off, 97, False))
    assert "mean ± standard deviation of 2 seeds" in small_print(well_off, False)
    assert "test: 95% interval 95.00% to 97.00%" in small_print(well_off, False)
    assert not any("interval" in line for line in small_print(well_off, True))
    assert "mean ± standard deviation of 2 of 3 seeds" in small_print(replace(well_off, of=3), True)
    first = replace(standing("F", [0.9], None), of=3)
    assert "validation accuracy so far" in details(first, 97, True)
    assert "1 of 3 seeds" in small_print(first, True)
    late = standing("L", [0.9], None)
    assert "97%: not reached yet" in details(late, 97, True)
    assert "97%: not reached" in details(late, 97, False)


def test_a_card_says_how_many_diverged_and_whose_accuracy_it_shows() -> None:
    half = standing("A", [0.9], None, begun=2, diverged=1, message="Too high.", test=spread([0.91]), of=2)
    lines = details(half, 97, False)
    assert "⚠ Diverged (1 of 2 seeds). Too high." in lines
    assert "test accuracy 91.00%" in lines
    assert "test: the one seed that did not diverge" in small_print(half, False)
    assert not any("interval" in line for line in small_print(half, False))
    three = replace(half, begun=3, test=spread([0.91, 0.93]))
    assert "test accuracy 92.00%" in details(three, 97, False)
    assert "test: mean of the 2 seeds that did not diverge" in small_print(three, False)
    whole = replace(half, diverged=0, begun=1, message="", interval=(0.89, 0.93))
    assert "test: 95% interval 89.00% to 93.00%" in small_print(whole, False)
