"""Suspects below a run with flipped labels: found, counted, and looked for when it is quick or wished."""

import base64
import json
import re
from typing import Any

import numpy as np
import pytest
import streamlit as st
import torch
from streamlit.testing.v1 import AppTest
from torch import nn
from torch.nn import functional

from core.config.run import RunConfig
from core.data import load
from core.recipes.texts import RECIPES
from core.storage.history import History
from core.training.trainer import new_trainer
from pages.ui.kit.network import label_errors
from pages.ui.kit.training.finished_run import FinishedRun, Place
from tests.pages.harness import open_part, text, well

pytestmark = pytest.mark.usefixtures("bundled_only")
RECIPE = "linear-softmax"


@pytest.fixture(scope="module")
def trained() -> tuple[RunConfig, nn.Module, int]:
    """A network that learned from digits of which a tenth are labeled wrongly."""
    torch.set_num_threads(1)
    config = RECIPES[RECIPE].config.with_settings({"flipped": 0.1, "share": 0.5, "epochs": 8, "precision": "fp32"})
    trainer = new_trainer(config, load("small"), torch.device("cpu"), keep_weights=False)
    trainer.run()
    return config, trainer.module, trainer.n


@pytest.fixture(autouse=True)
def fresh() -> None:
    st.cache_resource.clear()
    st.cache_data.clear()


def page(config: RunConfig, network: nn.Module | None, n: int) -> AppTest:
    ended = FinishedRun("test", config, History(), n, lambda: network)
    return open_part(label_errors.show_suspects, Place("x", None), ended)


def test_the_slider_says_precision_and_recall(trained: tuple[RunConfig, nn.Module, int]) -> None:
    app = page(*trained)
    slider = app.slider[0]
    assert slider.value == 200, "as many as were flipped"
    assert "of all 200 flipped ones" in text(app)
    assert "At random it would be 20." in text(app)
    slider.set_value(50).run()
    well(app)
    curve = json.loads(app.get("plotly_chart")[0].proto.spec)["data"][-1]
    hits = int(_numbers(curve["y"])[0])
    assert hits > 35, "far more than the 5 by luck"
    assert f"Of the first **50** of 2,000, **{hits}** were flipped" in text(app)
    assert f"precision {hits / 50:.0%}" in text(app)
    assert "The last ones checked" in text(app)
    assert len(tiles(app)) == 28
    slider.set_value(10).run()
    assert len(tiles(well(app))) == 10


def tiles(app: AppTest) -> list[str]:
    """The captions of the images: given label → prediction."""
    return [text.value for text in app.caption if re.fullmatch(r"\d → \d", text.value)]


def _numbers(values: Any) -> list[float]:
    """Plotly packs numbers as bytes."""
    if isinstance(values, dict):
        return list(np.frombuffer(base64.b64decode(values["bdata"]), values["dtype"]))
    return list(values)


def test_what_takes_long_waits_for_a_button(
    trained: tuple[RunConfig, nn.Module, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(label_errors, "PATIENCE", -1.0)
    app = page(*trained)
    assert not app.slider
    app.button(key="x_suspects_look").click().run()
    well(app)
    assert app.slider


def test_nothing_without_flipped_labels_and_a_sentence_without_weights(
    trained: tuple[RunConfig, nn.Module, int],
) -> None:
    config, network, n = trained
    assert "Suspected label errors" not in [
        title.value for title in page(config.with_settings({"flipped": 0.0}), network, n).subheader
    ]
    assert "other digits than those in use" in text(page(config, network, n + 1))
    st.cache_resource.clear()
    assert "are gone" in text(page(config, None, n))


def test_a_ring_tells_what_was_flipped() -> None:
    image = torch.zeros(28, 28, dtype=torch.uint8)
    orange, gray = label_errors.ringed(image, True), label_errors.ringed(image, False)
    assert orange.shape == (64, 64, 3)
    assert tuple(orange[0, 0]) == (0xD5, 0x5E, 0x00)
    assert tuple(gray[0, 0]) != tuple(orange[0, 0])
    assert not orange[10:50, 10:50].any()


def test_the_code_runs() -> None:
    names = {
        "torch": torch,
        "F": functional,
        "network": nn.Sequential(nn.Flatten(), nn.Linear(784, 10)),
        "images": torch.rand(5, 1, 28, 28),
        "given": torch.tensor([0, 1, 2, 3, 4]),
        "flipped": torch.tensor([True, False, False, False, True]),
    }
    exec(label_errors.CODE, names)
    assert int(names["found"][-1]) == 2  # type: ignore[index]
