"""What the lab keeps is its owner's alone."""

import stat
from pathlib import Path

import numpy as np
import pytest

from core.data.handwriting import Handwriting
from core.jobs.sweep import ledger
from core.jobs.sweep.plan import SweepPlan
from core.recipes.texts import RECIPES
from core.storage.paths import home


def modes(folder: Path) -> dict[str, str]:
    """Name → mode of all that is in the folder and whoever else may read it, and of the folder itself."""
    return {
        path.name: oct(stat.S_IMODE(path.stat().st_mode))
        for path in (folder, *folder.rglob("*"))
        if stat.S_IMODE(path.stat().st_mode) & 0o077
    }


def test_a_new_home_and_all_in_it_is_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGITLAB_HOME", str(tmp_path / "deep" / "home"))
    Handwriting("me").add(np.ones((28, 28), np.uint8), 3)
    ledger.begin(SweepPlan(RECIPES["mlp-module"].config, {"lr": (0.1, 0.2)}), "small", "hash")
    assert len(list(home().rglob("*"))) > 3
    assert not modes(tmp_path / "deep")


def test_a_folder_that_somebody_chose_keeps_its_mode(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tmp_path.chmod(0o755)
    monkeypatch.setenv("DIGITLAB_HOME", str(tmp_path))
    assert stat.S_IMODE(home().stat().st_mode) == 0o755
