"""Waiting for what a page shows, where no expectation of Playwright's says it."""

import time
from collections.abc import Callable

from playwright.sync_api import Page


def until(page: Page, holds: Callable[[], bool], limit: float = 90.0) -> None:
    """Look again until it holds; the page goes on meanwhile. After `limit` seconds the test fails."""
    end = time.monotonic() + limit
    while not holds():
        assert time.monotonic() < end, "it never came true"
        page.wait_for_timeout(50)
