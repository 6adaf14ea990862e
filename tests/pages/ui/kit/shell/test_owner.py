"""Whose runs are whose: one owner on a laptop, one for each browser in a classroom."""

import re
from types import SimpleNamespace

import pytest
import streamlit as st

from pages.ui.kit.shell import owner


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A browser with cookies and a session of its own; what is written to it lands in `html`."""
    found = SimpleNamespace(cookies={}, session={}, html=[])
    monkeypatch.setattr(st, "context", SimpleNamespace(cookies=found.cookies))
    monkeypatch.setattr(st, "session_state", found.session)
    monkeypatch.setattr(st, "html", lambda text, **_: found.html.append(text))
    monkeypatch.setenv("DIGITLAB_CLASSROOM", "1")
    return found


def test_on_a_laptop_everything_is_mine(browser: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGITLAB_CLASSROOM", "0")
    assert (owner.owner(), owner.mine()) == ("me", None)
    owner.introduce()
    assert f"{owner.COOKIE}={owner.browser()};" in browser.html[0], "what it chooses is kept all the same"


def test_a_browser_keeps_its_id(browser: SimpleNamespace) -> None:
    first = owner.owner()
    assert re.fullmatch("[0-9a-f]{24}", first)
    assert owner.mine() == owner.owner() == first
    owner.introduce()
    assert f"{owner.COOKIE}={first};" in browser.html[0]
    browser.cookies[owner.COOKIE] = first
    browser.session.clear()  # a reload
    assert owner.owner() == first
    owner.introduce()
    assert len(browser.html) == 1


@pytest.mark.parametrize("forged", ["me", "", "'; alert(1); '", "A" * 24, "0" * 25])
def test_a_made_up_cookie_is_not_taken(browser: SimpleNamespace, forged: str) -> None:
    browser.cookies[owner.COOKIE] = forged
    assert owner.owner() != forged
    assert re.fullmatch("[0-9a-f]{24}", owner.owner())
