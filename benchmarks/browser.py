"""A Chromium for the rows about what people see, with a stopwatch inside the page."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from core.config.errors import LabError

if TYPE_CHECKING:  # Playwright is for tests and benchmarks: the app does without
    from playwright.sync_api import Browser, Page

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
]
LIMIT = 120_000  # milliseconds to wait for a page
QUIET = 400  # milliseconds without a change after which a page stands
TIMES = 5  # that the empty app is asked the same in a round: it answers too fast for one to tell
SORRY = "No Chromium is there to measure pages with: `python -m tests.browser.chromium` finds or installs one."

#: The page is read, drawn and at rest, and nothing of it will change by itself.
AT_REST = """
const app = document.querySelector('[data-testid="stApp"]');
const atRest = () => app.getAttribute('data-test-script-state') === 'notRunning'
    && document.querySelector('h1') && !document.querySelector('[data-testid="stSkeleton"]');
"""

#: Notes when the page last told the server something, and when it last heard from it.
LISTEN = """
window.WebSocket = class extends WebSocket {
    constructor(...all) {
        super(...all);
        this.addEventListener('message', () => { window.heard = performance.now(); });
    }
    send(data) {
        window.told = performance.now();
        super.send(data);
    }
};
"""

#: From the first `event` on, `window.stopwatch` holds when it came, when the title stood and when the page
#: last changed since; all in milliseconds on the page's own clock, which stamps events as well.
START = (
    "([event, title]) => {"
    + AT_REST
    + """
    const watch = window.stopwatch = {began: null, titled: null, last: null};
    const begin = (found) => { watch.began ??= found.timeStamp; };
    document.addEventListener(event, begin, {capture: true, once: true});
    const seen = () => {
        watch.last = performance.now();
        if (document.querySelector('h1')?.innerText.includes(title)) watch.titled ??= watch.last;
    };
    const look = () => requestAnimationFrame(() => setTimeout(seen));  // once the frame with it is painted
    const observer = new MutationObserver(look);
    const everything = {subtree: true, childList: true, characterData: true, attributes: true};
    observer.observe(document.querySelector('[data-testid="stMain"]'), everything);
    observer.observe(app, {attributeFilter: ['data-test-script-state']});
    watch.end = () => { observer.disconnect(); document.removeEventListener(event, begin, {capture: true}); };
}"""
)

STANDS = (
    "([title, quiet]) => {"
    + AT_REST
    + """
    const watch = window.stopwatch;
    const answered = watch.began !== null && window.told > watch.began && window.heard > window.told;
    const there = !title || document.querySelector('h1')?.innerText.includes(title);
    const changed = Math.max(watch.last, window.heard);
    if (!answered || !there || !atRest() || performance.now() - changed < quiet) return false;
    watch.end();
    return true;
}"""
)


@contextmanager
def chromium() -> Iterator["Browser"]:
    """A Chromium without a window. Raises LabError where there is none."""
    try:
        from playwright.sync_api import sync_playwright

        from tests.browser.chromium import find
    except ImportError as error:
        raise LabError(f"{SORRY} It needs the package playwright.") from error
    path = find()
    if path is None:
        raise LabError(SORRY)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def open_page(browser: "Browser", address: str) -> "Page":
    """A page in a context of its own, once it is at rest."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.add_init_script(LISTEN)
    page.goto(address)
    settle(page)
    return page


def settle(page: "Page") -> None:
    """Wait until the page is at rest for a third of a second."""
    page.wait_for_selector('[data-testid="stApp"]', timeout=LIMIT)
    page.evaluate("window.quietSince = null")  # the page may have been at rest before, for other reasons
    page.wait_for_function(
        "() => {"
        + AT_REST
        + """
            if (atRest()) window.quietSince ??= Date.now();
            else window.quietSince = null;
            return window.quietSince && Date.now() - window.quietSince > 300;
        }""",
        timeout=LIMIT,
        polling=50,
    )


def seconds(page: "Page", event: str, act: Callable[[], object], title: str = "") -> float:
    """From the first `event` that `act` causes until the last change of the page that follows is painted.

    event: "click", "keydown", "pointerup". title: what the page's heading must say by then.
    The page is taken to stand when its script has ended and nothing has changed for QUIET milliseconds; these
    do not count. Seconds.
    """
    return title_and_whole(page, event, act, title)[1]


def title_and_whole(page: "Page", event: str, act: Callable[[], object], title: str) -> tuple[float, float]:
    """The same until the title has been painted, and until everything has."""
    page.evaluate(START, [event, title])
    act()
    page.wait_for_function(STANDS, arg=[title, QUIET], timeout=LIMIT, polling=50)
    watch = page.evaluate("({began: stopwatch.began, titled: stopwatch.titled, last: stopwatch.last})")
    titled, whole = ((watch[when] - watch["began"]) / 1000 for when in ("titled", "last"))
    return titled, whole
