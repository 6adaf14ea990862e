"""From one page to the next: the click on a link until the new page stands."""

import statistics
from pathlib import Path

from benchmarks import browser
from benchmarks.browser import seconds, title_and_whole
from benchmarks.browser_apps import App
from benchmarks.measure import Timed, Took
from pages.ui.kit.shell.lessons import HOME, lessons


def to_every_page(app: App) -> Timed:
    """Digit Lab: once round all pages by the links of the sidebar, in one browser tab.

    Takes the median; extra: each page, the slowest, and the median until only the title stands.
    """
    page = app.open()
    links = page.get_by_test_id("stSidebar")

    def run() -> Took:
        titles, took = [], {}
        for lesson in [*lessons(), HOME]:
            title = "Digit Lab" if lesson is HOME else lesson.title
            link = links.get_by_role("link", name=title, exact=True)
            name = Path(lesson.file).stem.lstrip("0123456789_").lower()
            titled, took[f"{name}_s"] = title_and_whole(page, "click", link.click, title)
            titles.append(titled)
        more = {"worst_page_s": max(took.values()), "title_s": statistics.median(titles)}
        return Took(statistics.median(took.values()), extra={**took, **more})

    return run


def to_and_fro(app: App) -> Timed:
    """The empty app: to its other page and back, some times."""
    page = app.open()
    links = page.get_by_test_id("stSidebar")

    def run() -> Took:
        took = []
        for file, title in [("pages/two.py", "Two"), ("app.py", "One")] * browser.TIMES:
            link = links.get_by_role("link", name=file)
            took.append(seconds(page, "click", link.click, title))
        return Took(statistics.median(took))

    return run
