"""Take README's pictures from the running app, in light and in dark: `python -m tests.readme_pictures`.

Needs Pillow and a Chromium. It starts a server of its own, on the bundled digits; what it takes replaces docs/pictures.
"""

import io
import re
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from benchmarks.browser import FLAGS, settle
from tests.browser import chromium
from tests.browser.server import Server
from tests.readme_tree import PROJECT, README

FOLDER = PROJECT / "docs" / "pictures"
BLOCK = re.compile(r"(<!-- pictures -->\n).*?(<!-- /pictures -->)", re.DOTALL)
WIDTH, HEIGHT = 1280, 800

#: File name → the address, and what the picture shows.
VIEWS = {
    "feature-maps": ("/CNN?cnn_tab=Feature+maps", "The inside of a CNN: every feature map of a handwritten digit"),
    "chain-rule": ("/Manual_Backprop", "Backpropagation by hand: every operation of one training step"),
    "optimizer-race": ("/Optimizer_Race?race_tab=Two+dimensions", "Optimizers on the way to a minimum, from one start"),
    "adversarial": ("/Adversarial", "An adversarial example, and the change that made it"),
}


def markdown() -> str:
    """The pictures side by side in pairs, each in the theme of whoever reads."""
    return "".join(
        f'<picture><source media="(prefers-color-scheme: dark)" srcset="docs/pictures/{name}-dark.webp">'
        f'<img src="docs/pictures/{name}-light.webp" alt="{about}" width="49%"></picture>\n'
        for name, (_, about) in VIEWS.items()
    )


def with_pictures(text: str) -> str:
    """README's text with its pictures brought up to date."""
    return BLOCK.sub(lambda match: match[1] + markdown() + match[2], text)


def take(page: Page, url: str, file: Path) -> None:
    """One view as a picture of a few tens of kilobytes."""
    page.goto(url)
    settle(page)
    page.wait_for_timeout(1500)  # charts fade in
    with Image.open(io.BytesIO(page.screenshot())) as image:
        image.convert("RGB").save(file, quality=80, method=6)


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home, Server(Path(home)) as server, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium.find(), args=FLAGS)
        for scheme in ("light", "dark"):
            context = browser.new_context(
                viewport={"width": WIDTH, "height": HEIGHT}, color_scheme=scheme, reduced_motion="reduce"
            )
            context.set_default_timeout(60_000)
            page = context.new_page()
            for name, (address, _) in VIEWS.items():
                take(page, server.url + address, FOLDER / f"{name}-{scheme}.webp")
            context.close()
        browser.close()
    README.write_text(with_pictures(README.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
