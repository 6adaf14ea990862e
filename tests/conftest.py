"""Every test session gets a home of its own; tests marked `full` run only where the whole MNIST is."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

PROJECT = Path(__file__).resolve().parent.parent

settings.register_profile("any machine", deadline=None)  # a busy one is slow, not wrong
settings.load_profile("any machine")
# Their failed assertions say what they compared, as those in a test's own file do.
pytest.register_assert_rewrite("tests.pages.harness", "tests.core.export.harness")


def pytest_configure(config: pytest.Config) -> None:
    """Point DIGITLAB_HOME at an empty folder, so that no test sees or touches a person's runs.

    Reading the bundled digits from their CSV takes two seconds: the array made from it is handed on from
    session to session in pytest's own cache.
    """
    folder = Path(tempfile.mkdtemp(prefix="digitlab-tests-"))
    os.environ["DIGITLAB_HOME"] = str(folder)
    if cached := _cached_arrays(config):
        (folder / "cache").mkdir()
        for array in cached.glob("*.npz"):
            shutil.copy(array, folder / "cache")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Keep the cached array for the next session and remove the home."""
    folder = Path(os.environ["DIGITLAB_HOME"])
    if cached := _cached_arrays(config):
        for array in (folder / "cache").glob("*.npz"):
            if not (cached / array.name).exists():
                part = cached / f"{array.name}.{os.getpid()}"
                shutil.copy(array, part)
                part.replace(cached / array.name)
    shutil.rmtree(folder, ignore_errors=True)


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """The tests of a file stay in one process, where what they share is made once; so do all browser tests.

    It is what `--dist loadgroup` is for; pytest 9.2 keeps the names of tests where pytest-xdist 3.8 does not
    look for them, so that its groups have no effect.
    """
    from xdist.scheduler import LoadGroupScheduling

    class ByFile(LoadGroupScheduling):
        def _split_scope(self, nodeid: str) -> str:
            browser = "tests/browser/"
            return browser if nodeid.startswith(browser) else nodeid.split("::")[0]

    return ByFile(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs the whole MNIST where MNIST_ROOT does not say where it is."""
    if os.environ.get("MNIST_ROOT"):
        return
    for item in items:
        if item.get_closest_marker("full"):
            item.add_marker(pytest.mark.skip(reason="needs the whole MNIST: set MNIST_ROOT"))


@pytest.fixture
def bundled_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """The app of a newcomer: no MNIST_ROOT, nothing downloaded."""
    monkeypatch.delenv("MNIST_ROOT", raising=False)


@pytest.fixture
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of the test's own, with nothing in it but the bundled digits as an array."""
    from core.data import bundled

    bundled.raw()
    cached = Path(os.environ["DIGITLAB_HOME"]) / "cache"
    monkeypatch.setenv("DIGITLAB_HOME", str(tmp_path))
    (tmp_path / "cache").mkdir(mode=0o700)
    for array in cached.glob("*.npz"):
        shutil.copy(array, tmp_path / "cache")
    return tmp_path


@pytest.fixture(autouse=True, scope="session")
def short_trials() -> None:
    """Runs begin at once: which precision and how many threads are faster is for the tests of the trial."""
    from core.jobs import autotune

    autotune.WARM_UP, autotune.TRIAL = 0.0, 0.02


@pytest.fixture(autouse=True)
def same_draws() -> None:
    """Every test draws the same numbers from the process's own generator, whatever ran before it."""
    import torch

    torch.manual_seed(0)


def _cached_arrays(config: pytest.Config) -> Path | None:
    cache = getattr(config, "cache", None)  # absent under `-p no:cacheprovider`
    return Path(cache.mkdir("digitlab")) if cache else None
