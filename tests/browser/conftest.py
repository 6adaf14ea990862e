"""A real server and a real Chromium, one of each for all browser tests."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect, sync_playwright

from benchmarks.browser import FLAGS, settle
from tests.browser import chromium
from tests.browser.server import Server

FAILURES = '[data-testid="stException"], .st-key-app-error'

OpenPage = Callable[..., Page]

PATIENCE = 60_000  # milliseconds: a busy machine is slow, not wrong
expect.set_options(timeout=PATIENCE)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder, and keep them all in one worker: one server, one browser."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("home")) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium.find()
    if path is None:
        pytest.fail(chromium.SORRY)
    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """The window of all tests. In one tab Chromium reads the app's own programs once: that is half of the
    work of opening a page, and with what moves only to please it is two thirds.
    """
    made = browser.new_context(reduced_motion="reduce")
    made.set_default_timeout(PATIENCE)
    made.new_page()
    yield made
    made.close()


@pytest.fixture
def open_page(server: Server, context: BrowserContext) -> Iterator[OpenPage]:
    """`open_page("/Data_Explorer", width=400, dark=True, url=…)`: a new visitor's page, once quiet.

    After the test no page it opened may show a failure, or have asked anything of another computer: a class
    room may have no internet.
    """
    opened: list[Page] = []
    homes = {server.url.split("/")[2]}
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    def open_(path: str = "/", *, width: int = 1280, dark: bool = False, url: str | None = None) -> Page:
        page = next((page for page in context.pages if page not in opened), None) or context.new_page()
        opened.append(page)
        home = url or server.url
        homes.add(home.split("/")[2])
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="dark" if dark else "light")
        page.goto(home + path)
        settle(page)
        return page

    context.on("request", note)
    yield open_
    context.remove_listener("request", note)
    shown = [text for page in opened for text in page.locator(FAILURES).all_inner_texts()]
    _leave(context, opened)
    abroad = [url for url in asked if url.startswith(("http", "ws")) and url.split("/")[2] not in homes]
    assert not abroad, f"The page asks other computers: {abroad}"
    assert not shown, f"The page shows a failure: {shown}\n{server.log[-3000:]}"


def _leave(context: BrowserContext, opened: list[Page]) -> None:
    """Forget the visitor, and keep one tab, which shows nothing."""
    for page in opened:
        page.evaluate("localStorage.clear(); sessionStorage.clear()")
    context.clear_cookies()
    for page in opened[1:]:
        page.close()
    for page in opened[:1]:
        page.goto("about:blank")


@pytest.fixture(name="settle")
def settle_fixture() -> Callable[[Page], None]:
    """`settle(page)`: wait until the page has come to rest."""
    return settle
