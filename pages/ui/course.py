"""A way through all tabs: three paths, and what comes next wherever one stands.

Add a path: an entry in PATHS; each of its tabs by the lesson's name and its own.
"""

from dataclasses import dataclass

from pages.ui.all_tabs import ALL_TABS
from pages.ui.kit.shell.lessons import Lesson, lessons
from pages.ui.kit.shell.tab import Tab

_LEVELS = ("first", "deeper", "reference")


@dataclass(frozen=True)
class Stop:
    """One tab of a lesson, as a place to go to."""

    lesson: Lesson
    tab: Tab

    @property
    def word(self) -> str:
        """Names the tab for good, in letters that a cookie can hold: "cnn.Feature-maps"."""
        return f"{self.lesson.prefix}.{''.join(c if c.isalnum() else '-' for c in self.tab.name)}"

    @property
    def address(self) -> dict[str, str]:
        """The parameters that open the tab on the lesson's page."""
        return {self.lesson.tab_key: self.tab.name}


@dataclass(frozen=True)
class Path:
    """Some tabs in the order in which they are meant to be taken. idea: for whom, a sentence.

    chosen: (lesson's name, tab's name); all tabs there are if empty.
    """

    title: str
    idea: str
    chosen: tuple[tuple[str, str], ...] = ()

    @property
    def stops(self) -> list[Stop]:
        """The tabs of it that are there."""
        there = {(stop.lesson.name, stop.tab.name): stop for stop in course()}
        return [there[place] for place in self.chosen if place in there] if self.chosen else list(there.values())


PATHS = (
    Path(
        "First hour",
        "From pixels to a trained network and an attack on it, without a formula to know beforehand.",
        (
            ("explorer", "Browse"),
            ("explorer", "As numbers"),
            ("explorer", "The floor"),
            ("race", "One dimension"),
            ("mlp", "Train"),
            ("mlp", "Results"),
            ("mlp", "Draw"),
            ("cnn", "By hand"),
            ("adversarial", "One image"),
        ),
    ),
    Path(
        "The whole course",
        "Every tab of every lesson: in each lesson what is for everyone first, then what goes deeper.",
    ),
    Path(
        "Adversarial in a lesson",
        "For one lesson at school: attack a network, understand the attack, measure it, and defend.",
        (
            ("adversarial", "One image"),
            ("adversarial", "Step by step"),
            ("adversarial", "Many images"),
            ("adversarial", "Defend"),
        ),
    ),
)


def course() -> list[Stop]:
    """All tabs: lesson after lesson, in each by level and then as they stand in the tab bar."""
    return [
        Stop(lesson, tab)
        for lesson in lessons()
        for tab in sorted(ALL_TABS[lesson.name], key=lambda tab: _LEVELS.index(tab.level))
    ]


def path_called(title: str) -> Path | None:
    """The path with that title, None if there is none."""
    return next((path for path in PATHS if path.title == title), None)


def next_stop(lesson: Lesson, tab: Tab, path: Path | None) -> tuple[Stop | None, Path | None]:
    """What comes after a tab, and the path that says so.

    On the path if the tab is one of its stops and not the last, else the next of the whole course and no path.
    After the last tab of the course: None.
    """
    for stops, says in ((path.stops if path else [], path), (course(), None)):
        places = [place for place, stop in enumerate(stops) if (stop.lesson, stop.tab) == (lesson, tab)]
        if places and places[0] + 1 < len(stops):
            return stops[places[0] + 1], says
    return None, None
