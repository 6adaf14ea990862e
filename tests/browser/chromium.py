"""Find a Chromium for the browser tests, or install one: `python -m tests.browser.chromium`."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

SORRY = (
    "The browser tests need a Chromium and none could be found or installed. Install one (on Debian or "
    "Ubuntu: `sudo apt-get install chromium`), or name one in the environment variable CHROMIUM."
)


def find() -> str | None:
    """The path of a Chromium: $CHROMIUM, else one on the PATH, else the one Playwright keeps for itself."""
    if named := os.environ.get("CHROMIUM"):
        return shutil.which(named)
    if found := next((path for name in NAMES if (path := shutil.which(name))), None):
        return found
    with sync_playwright() as play:
        own = play.chromium.executable_path
    return own if Path(own).exists() else None


def install() -> None:
    """Try the ways to get one, the distribution's package first; whether it worked, find() tells next."""
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "-q", "update"], env=quiet, check=False, stdout=subprocess.DEVNULL)
        get = ["apt-get", "-qy", "install", "--no-install-recommends", "chromium"]
        subprocess.run(get, env=quiet, check=False, stdout=subprocess.DEVNULL)
    if find() is None:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


def main() -> int:
    """Say which Chromium will be used; exit status 1 when there is none to be had."""
    if find() is None:
        print("No Chromium found; installing one for the browser tests…", file=sys.stderr)
        install()
    path = find()
    print(f"Chromium: {path}" if path else SORRY, file=sys.stdout if path else sys.stderr)
    return 0 if path else 1


if __name__ == "__main__":
    sys.exit(main())
