"""Where on the screen an element is, for clicks on a spot of it."""

from playwright.sync_api import Locator


def box(part: Locator) -> dict[str, float]:
    """Where an element is, in pixels of the window, once it is in view."""
    part.scroll_into_view_if_needed()
    found = part.bounding_box()
    assert found is not None
    return dict(found)
