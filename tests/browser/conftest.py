"""A real server and a real Chromium, one of each for all browser tests."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from benchmarks.browser import FLAGS, settle
from tests.browser import chromium
from tests.browser.server import Server

FAILURES = '[data-testid="stException"], .st-key-app-error'

OpenPage = Callable[..., Page]

expect.set_options(timeout=30_000)  # a busy machine is slow, not wrong


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


@pytest.fixture
def open_page(server: Server, browser: Browser) -> Iterator[OpenPage]:
    """`open_page("/Data_Explorer", width=400, dark=True, url=…)`: the page, once it is quiet.

    After the test no page it opened may show a failure, or have asked anything of another computer: a class
    room may have no internet.
    """
    opened: list[Page] = []
    abroad: list[str] = []

    def open_(path: str = "/", *, width: int = 1280, dark: bool = False, url: str | None = None) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light"
        )
        page = context.new_page()
        opened.append(page)
        home = url or server.url
        page.on("request", lambda asked: asked.url.startswith(("http", "ws")) and note(asked.url, home))
        page.goto(home + path)
        settle(page)
        return page

    def note(asked: str, home: str) -> None:
        if asked.split("/")[2] != home.split("/")[2]:
            abroad.append(asked)

    yield open_
    shown = [text for page in opened for text in page.locator(FAILURES).all_inner_texts()]
    for page in opened:
        page.context.close()
    assert not abroad, f"The page asks other computers: {abroad}"
    assert not shown, f"The page shows a failure: {shown}\n{server.log[-3000:]}"


@pytest.fixture(name="settle")
def settle_fixture() -> Callable[[Page], None]:
    """`settle(page)`: wait until the page has come to rest."""
    return settle
