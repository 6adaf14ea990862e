"""Colours and dashes of a race's lanes."""

from core.figures.race_curves import Look
from core.race_config import RaceConfig
from core.training.race_lanes import occurrence


def looks_of(config: RaceConfig) -> dict[str, Look]:
    """Lane → colour of its optimiser, and a dash of its own."""
    which = occurrence(config.lanes)
    return {lane.name: Look.of(lane.optimizer.name, which[lane.name]) for lane in config.lanes}
