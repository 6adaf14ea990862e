"""A tab as data: one record feeds the tab bar, the address, Home's index and search, README and the tests.

Add a tab: write the function that draws it, in pages/ui/NAME; then one record in TABS in pages/ui/NAME/tabs.py,
where its place in the tuple is its place on the page. Let `show` import that function when it is called: Home
reads all records and waits for none of what they draw. A new term needs an entry in core/glossary. One test
(tests/pages/ui/test_tabs.py) opens every tab there is.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Literal

#: "first": for everyone, in this order; "deeper": for a second visit; "reference": to look things up.
Level = Literal["first", "deeper", "reference"]


@dataclass(frozen=True)
class Tab:
    """One tab of a lesson.

    name: its word in the address, for good; title: what stands in the tab bar. question: what it answers.
    see: the one thing to look at or to do there, a sentence. meaning: what it meant, for the end of the tab, a
    sentence that a textbook could hold. minutes: a first visit takes about so long.
    terms: what it teaches, entries of GLOSSARY. show: draws it, below the tab bar. joined: names of tabs that are
    part of it now, as old addresses hold them, each with the parameters that open it at that part.
    """

    name: str
    title: str
    question: str
    see: str
    meaning: str
    minutes: int
    level: Level
    terms: tuple[str, ...]
    show: Callable[[], None]
    joined: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def found_by(self, search: str) -> bool:
        """Whether every word of a search begins a word of its title, its question or its terms."""
        said = " ".join((self.name, self.title, self.question, *self.terms)).casefold()
        words = said.translate(_APART).split()
        return all(
            any(word.startswith(wanted) for word in words) for wanted in search.casefold().translate(_APART).split()
        )


#: Draws the tab bar and, below it, what the open tab asks; returns that tab.
OpenTab = Callable[[], Tab]
#: What stands around every tab of a lesson. It decides what comes before the tab bar and what below it.
Around = Callable[[OpenTab], AbstractContextManager[Tab]]

#: Where the session keeps the tab that was open last: (lesson's name, tab's name).
LAST_TAB = "lab_tab_seen"

_APART = str.maketrans(dict.fromkeys("-–?,.:;()*“”’'", " "))
