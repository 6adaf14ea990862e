"""One dimension in a real browser: the rate is slid until the ball flies off, and play moves the ball."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

OpenPage = Callable[..., Page]

BALL = """() => {
    const drawn = document.querySelector('.st-key-race_gd_ball .js-plotly-plot');
    return drawn.data.find(trace => trace.name === 'ball').x[0];
}"""


@pytest.mark.long
def test_a_rate_past_one_diverges_and_play_moves_the_ball(open_page: OpenPage, settle: Callable[[Page], None]) -> None:
    page = open_page("/Optimizer_Race?race_tab=One+dimension")
    page.get_by_text("arrived after 19 updates").wait_for()
    assert page.evaluate(BALL) == 6
    button = page.locator(".st-key-race_gd_ball .updatemenu-button").first
    button.scroll_into_view_if_needed()
    button.click()
    page.wait_for_function(f"() => Math.abs(({BALL})()) < 0.1")  # it rolled to the end

    thumb = page.get_by_role("slider", name="Learning rate")
    thumb.focus()
    for _ in range(13):  # from 0.1 to 1.01
        thumb.press("ArrowRight")
    page.wait_for_function("() => location.href.includes('race_gd_lr=1.01')")
    word = page.locator(".st-key-race_gd_word")
    expect(word).to_contain_text("diverging")
    expect(word).to_contain_text("not at the bottom after 99 updates")
    settle(page)
    assert page.evaluate(BALL) == 6  # the new walk begins at its start
