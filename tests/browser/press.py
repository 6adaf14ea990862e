"""Pressing a button that the page may be drawing anew at that very moment."""

from playwright.sync_api import Locator, expect


def press(button: Locator, shows: Locator | None = None) -> None:
    """Click `button` and wait until `shows` is visible, or until the button is gone where nothing is named.

    A live page exchanges its buttons when the run behind them changes; on a busy machine a click can fall
    between the two. Then it is clicked once more.
    """
    button.click()
    try:
        _done(button, shows, 10_000)
    except AssertionError:
        if button.is_visible() and button.is_enabled():
            button.click()
        _done(button, shows, 60_000)


def _done(button: Locator, shows: Locator | None, limit: int) -> None:
    if shows is None:
        expect(button).to_be_hidden(timeout=limit)
    else:
        expect(shows).to_be_visible(timeout=limit)
