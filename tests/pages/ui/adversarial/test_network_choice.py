"""Choosing the network to attack: shipped, uploaded, and files that are no network."""

import re
import tomllib
from pathlib import Path

import pytest
import torch
from safetensors.torch import save
from streamlit.testing.v1 import AppTest

from core.models.trained_network import load_shipped
from core.storage.checkpoints import LARGEST, SHIPPED
from pages.ui.adversarial.network_choice import UPLOAD

pytestmark = pytest.mark.usefixtures("bundled_only")
PROJECT = Path(__file__).resolve().parents[4]
FILE = "adv_network_file"


def choose() -> None:
    """The script that AppTest runs."""
    import streamlit as st

    from pages.ui.adversarial.network_choice import victim

    trained = victim("adv_network")
    st.session_state["chosen"] = trained
    st.text(trained.title)


def app(picked: str | None = None) -> AppTest:
    page = AppTest.from_function(choose, default_timeout=60)
    if picked:
        page.session_state["adv_network"] = picked
    page.run()
    assert not page.exception
    return page


def upload(content: bytes, name: str = "mine.safetensors") -> AppTest:
    page = app(UPLOAD)
    page.file_uploader(key=FILE).set_value((name, content, "application/octet-stream")).run()
    assert not page.exception
    return page


def test_the_standard_network_stands_first_and_the_robust_one_next() -> None:
    page = app()
    assert page.selectbox(key="adv_network").value == "shipped:cnn-bn"
    options = page.selectbox(key="adv_network").options
    assert options[0].startswith("cnn-bn · ")
    assert re.search(r"^cnn-robust · .+ · \d\d\.\d+%$", options[1]), "its name, one line and its accuracy"
    assert options[-1] == "Upload a network (.safetensors)"
    page.selectbox(key="adv_network").select("shipped:mlp-autograd").run()
    assert page.session_state["chosen"].key == "shipped:mlp-autograd"


def test_an_unknown_choice_falls_back() -> None:
    assert app("run:of yesterday").selectbox(key="adv_network").value == "shipped:cnn-bn"


def test_until_there_is_a_file_the_first_stands_in_and_says_so() -> None:
    page = app(UPLOAD)
    assert page.session_state["chosen"].key == "shipped:cnn-bn"
    assert any("is used" in caption.value for caption in page.caption)


def test_a_file_that_digit_lab_wrote() -> None:
    page = upload((SHIPPED / "mlp-autograd.safetensors").read_bytes())
    chosen = page.session_state["chosen"]
    assert not page.error
    assert chosen.title == "Uploaded: mine.safetensors"
    assert any("the recipe mlp-autograd" in plain.value.replace("\\", "") for plain in page.caption)
    assert chosen.config.recipe == "mlp-autograd"
    images = torch.rand(3, 1, 28, 28)
    assert torch.allclose(chosen.model(images), load_shipped("mlp-autograd").model(images), atol=1e-5)


def test_bare_weights_of_a_recipe_are_recognized() -> None:
    weights = load_shipped("cnn-bn").model.state_dict()
    page = upload(save({name: value.clone().contiguous() for name, value in weights.items()}))
    assert not page.error
    assert page.session_state["chosen"].key.startswith("upload:")


BAD = {
    "no safetensors": (b"not a network at all", "is not a safetensors file"),
    "nothing in it": (b"", "is not a safetensors file"),
    "a network of other shapes": (save({"w": torch.zeros(3, 5)}), "not known here"),
    "other inputs": (save({"0.weight": torch.zeros(10, 3072), "0.bias": torch.zeros(10)}), "not known here"),
    "diverged": (save({"w": torch.full((3,), float("nan"))}), "not finite numbers"),
    "too large": (b"0" * (LARGEST + 1), "at most 80 MB"),
}


@pytest.mark.parametrize("bad", BAD)
def test_a_file_that_is_none_gets_a_sentence_and_the_first_stands_in(bad: str) -> None:
    content, words = BAD[bad]
    page = upload(content)
    (error,) = page.error
    assert words in error.value.replace("\\", "")
    assert "cnn-bn is used" in error.value.replace("\\", "")
    assert page.session_state["chosen"].key == "shipped:cnn-bn"


def test_the_server_lets_through_what_the_page_offers_to_take() -> None:
    """Else the browser shows a number of HTTP's in place of a sentence."""
    settings = tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text())
    lent = [settings["server"]["maxUploadSize"]]
    lent += [int(size) for size in re.findall(r"maxUploadSize (\d+)", (PROJECT / "Makefile").read_text())]
    assert all(size * 2**20 > LARGEST + 2**16 for size in lent)
