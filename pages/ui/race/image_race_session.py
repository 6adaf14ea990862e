"""A race on an image as one browser session holds it: it advances a little whenever its part is drawn.

Nothing runs beside the page: between two drawings the page's own thread computes for half a second. So Stop
is heard at once, and a closed tab or another page simply computes no more; coming back goes on.
"""

import logging
import time
from dataclasses import dataclass, field

import streamlit as st
from torch import Tensor

from core.config.errors import LabError
from core.config.escaping import escaped
from core.lessons.race.imagenet.best_rate import RateSweep
from core.lessons.race.imagenet.classifiers import Classifier
from core.lessons.race.imagenet.race import Lane, Race, at_rates

SLICE = 0.5  # seconds of work between two drawings
_KEY = "race_image_contest"
_log = logging.getLogger("digitlab")


@dataclass(frozen=True, eq=False)
class Subject:
    """The picture to change, (C, H, W) in [0, 1], what to call it, and the label it bears if one is known.

    key: tells it from every other picture; the title where that is enough.
    """

    picture: Tensor
    title: str
    label: str | None = None
    key: str | None = None

    @property
    def identity(self) -> str:
        """Differs between two pictures; never shown."""
        return self.key or self.title


@dataclass(frozen=True, eq=False)
class Settings:
    """What a race needs. optimizers: names in OPTIMIZERS. target: the class's number."""

    classifier: Classifier
    subject: Subject
    target: int
    optimizers: tuple[str, ...]
    lr: float
    iterations: int
    clip: bool

    @property
    def wanted(self) -> str:
        """The target's name."""
        return self.classifier.labels[self.target]

    def same_as(self, other: "Settings") -> bool:
        """Whether both describe one race."""
        mine, theirs = (
            (s.classifier.name, s.subject.identity, s.target, s.optimizers, s.lr, s.iterations, s.clip)
            for s in (self, other)
        )
        return mine == theirs


@dataclass(eq=False)
class Contest:
    """The race at one rate; then, where asked for, the search for rates and the race at each one's best.

    pace: seconds a look at the picture takes, of late. problem: why it stopped by itself, until it goes on.
    """

    settings: Settings
    shared: Race
    sweep: RateSweep | None = None
    best: Race | None = None
    running: bool = True
    pace: float | None = None
    problem: str | None = None
    lanes_seen: dict[int, tuple[float, Tensor, Tensor]] = field(default_factory=dict)

    @property
    def stage(self) -> Race | RateSweep:
        """What is computed now, or was computed last."""
        return self.best or self.sweep or self.shared

    @property
    def finished(self) -> bool:
        """Whether nothing is left to do of what was asked for."""
        return self.stage.finished and not (self.sweep is not None and self.best is None)

    @property
    def left(self) -> float | None:
        """Seconds to go in what was asked for, at the pace of late."""
        looks = self.stage.total - self.stage.done
        if self.sweep is not None and self.best is None:
            looks += self.shared.total
        return None if self.pace is None else looks * self.pace

    def go_on(self, on: bool) -> None:
        """Run on from where it stands, or stand still."""
        self.running, self.problem = on, None

    def ask_for_best(self) -> None:
        """Go on with each optimizer's own rate."""
        s = self.settings
        self.sweep = RateSweep(s.classifier, s.subject.picture, s.target, s.optimizers, clip=s.clip)
        self.best = None
        self.go_on(True)

    def work(self, seconds: float = SLICE) -> None:
        """Compute for about so long; stops by itself at the end or when something fails (see `problem`)."""
        try:
            started = time.monotonic()
            while not self.finished and time.monotonic() - started < seconds:
                if isinstance(self.stage, RateSweep) and self.stage.finished:
                    self.best = self._best_race(self.stage)
                before = time.monotonic()
                next(self.stage.turns(), None)
                taken = time.monotonic() - before
                self.pace = taken if self.pace is None else 0.9 * self.pace + 0.1 * taken
        except LabError as error:
            self.running, self.problem = False, escaped(str(error), "page")
        except Exception:
            _log.exception("A race on an image failed.")
            self.running, self.problem = False, "The server's log says why."
        if self.finished:
            self.running = False

    def shown(self, lane: Lane, patience: float = 1.5) -> tuple[Tensor, Tensor]:
        """(pixels, perturbation) to draw: while it runs they change every 1.5 s, for pictures are heavy."""
        now = time.monotonic()
        kept = self.lanes_seen.get(id(lane))
        if kept is None or not self.running or now - kept[0] > patience:
            kept = (now, lane.pixels(), lane.perturbation())
            self.lanes_seen[id(lane)] = kept
        return kept[1], kept[2]

    def _best_race(self, sweep: RateSweep) -> Race:
        s = self.settings
        rates = {name: tried.rate for name, tried in sweep.best().items()}
        return Race(s.classifier, s.subject.picture, s.target, at_rates(rates), s.iterations, clip=s.clip)


def contest() -> Contest | None:
    """This session's race, if there is one."""
    kept = st.session_state.get(_KEY)
    return kept if isinstance(kept, Contest) else None


def start(s: Settings) -> None:
    """Begin anew with these settings."""
    lanes = at_rates(dict.fromkeys(s.optimizers, s.lr))
    race = Race(s.classifier, s.subject.picture, s.target, lanes, s.iterations, clip=s.clip)
    st.session_state[_KEY] = Contest(s, race)
