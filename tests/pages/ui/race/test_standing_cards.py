"""What a card says of a lane whose runs did not all come to an end."""

from dataclasses import replace

from core.lessons.race.standings import Reached, Standing, spread
from pages.ui.race.standing_cards import details

HALF = Standing(
    "A",
    spread([0.9]),
    loss=0.5,
    speed=1000.0,
    begun=2,
    diverged=1,
    message="Too high.",
    reached=Reached(0, 2, None, None, None),
    test=spread([0.91]),
    of=2,
    interval=None,
)


def test_a_card_says_how_many_diverged_and_whose_accuracy_it_shows() -> None:
    lines = details(HALF, 97, False)
    assert "⚠ Diverged (1 of 2 seeds). Too high." in lines
    assert "test accuracy 91.00%, of the one seed that did not diverge" in lines
    assert not any("interval" in line for line in lines)
    three = replace(HALF, begun=3, test=spread([0.91, 0.93]))
    assert "test accuracy 92.00%, mean of the 2 seeds that did not diverge" in details(three, 97, False)
    assert not any("test accuracy" in line for line in details(three, 97, True))  # only at the end


def test_a_card_of_a_lane_without_mishap_has_its_interval() -> None:
    well = replace(HALF, diverged=0, begun=1, message="", interval=(0.89, 0.93))
    assert "test accuracy 91.00%, 95% interval 89.00% to 93.00%" in details(well, 97, False)
