"""The tabs of all lessons, by the lesson's name. Home, README's list of lessons and the tests read this."""

from pages.ui.adversarial import tabs as adversarial
from pages.ui.backprop import tabs as backprop
from pages.ui.cnn import tabs as cnn
from pages.ui.explorer import tabs as explorer
from pages.ui.kit.shell.lessons import Lesson, lessons
from pages.ui.kit.shell.tab import Tab
from pages.ui.language import tabs as language
from pages.ui.mlp import tabs as mlp
from pages.ui.race import tabs as race
from pages.ui.regression import tabs as regression
from pages.ui.runs import tabs as runs

ALL_TABS: dict[str, tuple[Tab, ...]] = {
    "explorer": explorer.TABS,
    "mlp": mlp.TABS,
    "backprop": backprop.TABS,
    "cnn": cnn.TABS,
    "race": race.TABS,
    "adversarial": adversarial.TABS,
    "regression": regression.TABS,
    "language": language.TABS,
    "runs": runs.TABS,
}


def found(search: str) -> list[tuple[Lesson, Tab]]:
    """The tabs that a search finds, in the order of the lessons; all of them for an empty one."""
    return [(lesson, tab) for lesson in lessons() for tab in ALL_TABS[lesson.name] if tab.found_by(search)]
