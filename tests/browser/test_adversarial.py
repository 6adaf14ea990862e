"""Drawing a digit, attacking it, and raising ε until the network gives in."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.pen import SEVEN, draw

OpenPage = Callable[..., Page]
NETWORK = Path(__file__).resolve().parents[2] / "checkpoints" / "mlp-autograd.safetensors"


def test_a_drawn_digit_gives_in_as_epsilon_rises(open_page: OpenPage, settle: Callable[[Page], None]) -> None:
    page = open_page("/Adversarial?adv_one_subject=my+own+drawing&adv_one_fgsm_epsilon=0.3")
    draw(page, "adv_draw", SEVEN)
    expect(page.get_by_text("If you drew another digit, choose it.")).to_be_visible()
    settle(page)  # a list that opens while the page is redrawn closes again
    page.get_by_role("combobox", name="True class of your drawing").click()
    page.get_by_role("option", name="7", exact=True).click()
    settle(page)
    verdict = page.locator(".st-key-adv-verdict")
    expect(verdict).to_contain_text(re.compile("still a 7|a 7 is predicted as"))
    expect(page.get_by_text("Perturbation × 3.33", exact=True)).to_be_visible()
    bars = page.locator(".st-key-adv_one_reading .barlayer path")
    expect(bars).to_have_count(20)
    before = bars.evaluate_all("all => all.map(bar => bar.getAttribute('d'))")
    slider = page.get_by_role("slider", name="ε (L∞)")
    slider.focus()
    for _ in range(12):
        slider.press("ArrowRight")
    page.wait_for_function("() => location.href.includes('adv_one_fgsm_epsilon=0.42')")
    expect(verdict).to_contain_text("Misclassified: a 7 is predicted as")
    settle(page)
    assert bars.evaluate_all("all => all.map(bar => bar.getAttribute('d'))") != before
    expect(page.get_by_text("Perturbation × 2.38", exact=True)).to_be_visible()


def test_a_network_of_ones_own_and_files_that_are_none(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page("/Adversarial")
    page.get_by_role("combobox", name="Network to attack").click()
    page.get_by_role("option", name="Upload a network (.safetensors)").click()
    expect(page.get_by_text("Until then, cnn-bn is used")).to_be_visible()
    wrong = tmp_path / "wrong.safetensors"
    wrong.write_bytes(b"no network")
    field = page.locator('.st-key-adv_network_file input[type="file"]')
    field.set_input_files(wrong)
    expect(page.get_by_text("wrong.safetensors is not a safetensors file")).to_be_visible()
    field.set_input_files(NETWORK)
    expect(page.get_by_text("Recognized as the network of the recipe mlp-autograd")).to_be_visible()
    expect(page.get_by_text("wrong.safetensors is not a safetensors file")).to_have_count(0)
    expect(page.locator(".st-key-adv-verdict")).to_contain_text(re.compile("orrectly classified|isclassified"))
