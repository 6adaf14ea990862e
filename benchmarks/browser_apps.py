"""Digit Lab and the empty app, each in a server of its own, idle or with a network in training beside."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from benchmarks.browser import LIMIT, chromium, open_page, settle
from benchmarks.measure import Setup, Timed, Took
from benchmarks.server import EMPTY_APP, Server
from core.config.errors import LabError

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


Prepare = Callable[[Setup], tuple[Timed, Timed]]

RECIPE, EPOCHS = "cnn-bn", 40  # trains for longer than a round takes, on the bundled digits as well


class App:
    """One of the two apps in a running server, seen in a browser.

    trains: the address where a network can be trained. rest: the link from there to a page that does nothing,
    and back: the link from that page to where it is being trained.
    """

    def __init__(self, browser: "Browser", url: str, trains: str, rest: str, back: str) -> None:
        self._browser, self._url, self._trains = browser, url, trains
        self._rest, self._back = rest, back

    def open(self, path: str = "/") -> "Page":
        """A page of it in a session of its own."""
        return open_page(self._browser, self._url + path)

    @contextmanager
    def training(self) -> Iterator[None]:
        """Another visitor trains a network meanwhile. Raises LabError if it ended before its time."""
        page = self.open(self._trains)
        page.get_by_role("button", name="Train", exact=True).click()
        page.get_by_text("Training", exact=True).wait_for(timeout=LIMIT)
        _follow(page, self._rest)
        yield
        _follow(page, self._back)
        stop = page.get_by_role("button", name="Stop").last
        stop.wait_for(timeout=LIMIT)
        if not page.get_by_text("Training", exact=True).is_visible():
            raise LabError("The network was trained before everything was measured: the row says nothing.")
        stop.click()
        page.get_by_text("Stopped", exact=True).wait_for(timeout=LIMIT)
        page.context.close()


def _follow(page: "Page", link: str) -> None:
    """Click a link of the sidebar and wait until the page behind it is at rest."""
    here = page.url.partition("?")[0]
    page.get_by_test_id("stSidebar").get_by_role("link", name=link, exact=True).click()
    page.wait_for_url(lambda url: url.partition("?")[0] != here, timeout=LIMIT)
    settle(page)


@contextmanager
def apps() -> Iterator[tuple[App, App]]:
    """(Digit Lab, the empty app). Raises LabError where there is no Chromium."""
    with (
        chromium() as browser,
        TemporaryDirectory(prefix="digitlab-bench-") as home,
        TemporaryDirectory(prefix="digitlab-bench-") as other,
        Server(Path(home)) as ours,
        Server(Path(other), EMPTY_APP) as empty,
    ):
        here = f"/CNN?cnn_recipe={RECIPE}&{RECIPE}_epochs={EPOCHS}"
        there = f"/train?recipe={RECIPE}&epochs={EPOCHS}"
        yield (
            App(browser, ours.wait().url, here, "Digit Lab", "CNN"),
            App(browser, empty.wait().url, there, "app.py", "pages/train.py"),
        )


#: Opens the pages it needs in an app and makes the function that is timed.
Use = Callable[[App], Timed]


def pair(ours: Use, empty: Use, *, train: bool) -> Prepare:
    """The two sides of a row. train: a network trains in the app that is being measured, and only then."""

    def prepare(setup: Setup) -> tuple[Timed, Timed]:
        lab, baseline = setup.opened.enter_context(apps())
        return _beside(lab, ours(lab), train), _beside(baseline, empty(baseline), train)

    return prepare


def _beside(app: App, side: Timed, train: bool) -> Timed:
    def run() -> Took:
        with app.training():
            return side()

    return run if train else side
