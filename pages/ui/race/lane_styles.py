"""Colors and dashes of a race's lanes."""

from core.config.race import RaceConfig
from core.lessons.race.charts.race import Look
from core.lessons.race.race_lanes import occurrence


def looks_of(config: RaceConfig) -> dict[str, Look]:
    """Lane → color of its optimizer, and a dash of its own."""
    which = occurrence(config.lanes)
    return {lane.name: Look.of(lane.optimizer.name, which[lane.name]) for lane in config.lanes}
