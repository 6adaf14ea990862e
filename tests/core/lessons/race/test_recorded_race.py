"""The race that came along is the recipe's, run to its end; and a race survives being written down."""

from pathlib import Path

import pytest

from core.config.errors import DataError
from core.lessons.race.race import LaneRun
from core.lessons.race.race_lines import accuracy_line, loss_line, total_steps
from core.lessons.race.recorded_race import SEEDS, RecordedRace, load, save
from core.lessons.race.standings import standings
from core.recipes.texts import recipe


def test_the_race_that_came_along_is_the_recipes() -> None:
    race = load()
    setup = recipe("optimizer-race").setup
    assert race.config.base == setup.base
    assert race.config.lanes == setup.lanes
    assert race.config.seeds == SEEDS
    assert len(race.runs) == len(SEEDS) * len(setup.lanes)
    assert {run.status for run in race.runs} == {"finished"}
    total = total_steps(race.config, race.n_train)
    for run in race.runs:
        assert len(run.history.loss) == total
        assert accuracy_line([run], "step").mean[-1] > accuracy_line([run], "step").mean[0]
    assert all(standing.test for standing in standings(race.config, race.runs, race.n_test, 0.9))
    assert race.n_train == 53_101  # of 59,000: every digit's share is rounded
    assert {run.history.epochs[-1]["examples"] for run in race.runs} == {race.n_train * setup.base.train.epochs}
    assert race.n_test == 10_000


def test_a_race_survives_being_written_down(tmp_path: Path) -> None:
    race = load()
    ours = RecordedRace(race.config, race.runs[:2], 5, 6, "2026-01-01")
    save(ours, tmp_path / "some" / "race.json")
    again = load(tmp_path / "some" / "race.json")
    assert again == ours
    assert isinstance(again.runs[0], LaneRun)
    assert loss_line(again.runs, "seconds", 100).mean.tolist() == loss_line(ours.runs, "seconds", 100).mean.tolist()


@pytest.mark.parametrize("text", [None, "", "{}", '{"runs": [{}]}', "[1]"])
def test_what_is_no_race_gets_a_sentence(text: str | None, tmp_path: Path) -> None:
    path = tmp_path / "race.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(DataError, match="press Start"):
        load(path)
