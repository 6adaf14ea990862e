"""Makes the recorded race that the first view shows: `python -m core.recipes.record_race` runs its recipe anew."""

import time
from dataclasses import replace

from core.config.race import RaceConfig
from core.data import load
from core.data.splits import n_tested
from core.lessons.race.race import Race
from core.lessons.race.recorded_race import SEEDS, RecordedRace, save
from core.recipes.texts import recipe
from core.training.run_data import divided


def main() -> None:
    """Run the recipe `optimizer-race` with three seeds and keep it."""
    setup = recipe("optimizer-race").setup
    assert isinstance(setup, RaceConfig)
    mnist = load("auto")
    config = replace(setup, seeds=SEEDS)
    runs = tuple(Race(config, mnist).run())
    n_test = n_tested(mnist.test, config.base.train.split)
    n_train, _ = divided(mnist, config.base)
    save(RecordedRace(config, runs, n_train, n_test, time.strftime("%Y-%m-%d")))


if __name__ == "__main__":
    main()
