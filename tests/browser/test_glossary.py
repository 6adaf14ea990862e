"""A tab's terms in a real browser: explained on hover and by keyboard, one press away from the Glossary and back."""

from collections.abc import Callable
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from core.glossary import GLOSSARY, SUBJECTS
from tests.browser.conftest import OpenPage

Settle = Callable[[Page], None]

#: (width of the formula, width there is for it, its LaTeX) of every formula on the page.
FORMULAS = """() => [...document.querySelectorAll('[data-testid="stMain"] .katex-display')].map(shown => [
    [...shown.querySelectorAll('.base')].reduce((sum, part) => sum + part.getBoundingClientRect().width, 0),
    shown.closest('[data-testid="stColumn"]').clientWidth, shown.querySelector('annotation').textContent])"""


def test_a_term_is_explained_where_one_points_and_leads_to_its_entry_and_back(
    open_page: OpenPage, settle: Settle
) -> None:
    page = open_page("/Manual_Backprop?manual_tab=Long+product")
    term = page.get_by_test_id("stMain").get_by_role("link", name="error term", exact=True)
    below = page.locator(".st-key-lab-tab")
    expect(term).to_be_visible()
    before = below.bounding_box()
    bubble = page.get_by_text(GLOSSARY["error term"].definition)
    expect(bubble).to_have_count(0)
    term.hover()
    expect(bubble).to_be_visible()
    assert below.bounding_box() == before, "nothing moves"
    page.mouse.move(640, 20)
    expect(bubble).to_have_count(0)
    page.get_by_test_id("stMain").get_by_role("link", name="chain rule", exact=True).focus()
    page.keyboard.press("Tab")
    expect(bubble).to_be_visible()

    page.keyboard.press("Enter")
    page.wait_for_url("**/Glossary?term=error+term")
    expect(page.locator('[class*="st-key-lab-entry"] strong').first).to_have_text("error term")
    settle(page)
    page.get_by_role("link", name="Back to Manual Backprop: Product of Jacobians").click()
    page.wait_for_url("**/Manual_Backprop?manual_tab=Long+product")


@pytest.mark.long
def test_no_formula_is_cut_or_misspelled(open_page: OpenPage, settle: Settle) -> None:
    for width in (1280, 400):
        for subject, terms in SUBJECTS.items():
            page = open_page(f"/Glossary?term_subject={quote(subject)}", width=width)
            formulas = [term.formula for term in terms if term.formula]
            expect(page.locator(".katex-display")).to_have_count(len(formulas))
            settle(page)
            expect(page.locator(".katex-error")).to_have_count(0)
            assert not [row for row in page.evaluate(FORMULAS) if row[0] > row[1]]
