"""The image, ε, the drawing and the network stay chosen from tab to tab, lesson to lesson, and over a reload."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.storage.paths import PROJECT
from pages.ui.kit.drawing.ink import INK, Ink
from tests.pages.harness import APP, PATIENCE, open_page, page_of, well

pytestmark = pytest.mark.usefixtures("newcomer")


def turn_to(app: AppTest, file: str, **address: str) -> AppTest:
    """Another page in the same session, by a link with that address."""
    app.query_params.clear()
    for name, value in address.items():
        app.query_params[name] = value
    return well(app.switch_page(str(PROJECT / "pages" / file)).run())


def reload(app: AppTest, file: str, **address: str) -> AppTest:
    """The same browser begins a new session at that address."""
    new = page_of(file, **address)
    new.session_state["lab_owner"] = app.session_state["lab_owner"]  # what its cookie says
    return well(new.run())


def test_the_image_goes_along_to_other_tabs_and_lessons_and_back() -> None:
    app = open_page("4_CNN.py", cnn_tab="By hand", cnn_hand_index_small="12")
    app = turn_to(app, "4_CNN.py", cnn_tab="Robustness")
    assert app.number_input(key="cnn_shake_index_small").value == 12
    app.number_input(key="cnn_shake_index_small").set_value(33).run()
    app = turn_to(app, "6_Adversarial.py", adv_tab="One image")
    assert app.number_input(key="adv_one_index_small").value == 33
    assert app.query_params["adv_one_index_small"] == "33", "a link shows the same"
    app = turn_to(app, "1_Data_Explorer.py", data_tab="As numbers")
    assert (app.session_state["data_split"], app.number_input(key="data_index").value) == ("test", 33)
    app.number_input(key="data_index").set_value(7).run()
    app = turn_to(app, "3_Manual_Backprop.py", manual_tab="Long product")
    assert app.number_input(key="manual_product_image_of_1000").value == 7


def test_a_training_image_stays_in_the_explorer() -> None:
    app = open_page("1_Data_Explorer.py", data_tab="As numbers", data_index="2000")
    app = turn_to(app, "4_CNN.py", cnn_tab="By hand")
    assert app.number_input(key="cnn_hand_index_small").value == 4


def test_an_address_decides_over_what_was_chosen() -> None:
    app = open_page("4_CNN.py", cnn_tab="By hand", cnn_hand_index_small="12")
    app = turn_to(app, "6_Adversarial.py", adv_tab="One image", adv_one_index_small="5")
    assert app.number_input(key="adv_one_index_small").value == 5
    app = turn_to(app, "4_CNN.py", cnn_tab="By hand", cnn_hand_index_small="9")
    assert app.number_input(key="cnn_hand_index_small").value == 9
    sent = reload(app, "6_Adversarial.py", adv_tab="One image")
    assert sent.number_input(key="adv_one_index_small").value == 4, "a link that names none means the default"


def test_a_budget_goes_along_within_its_norm() -> None:
    app = open_page("6_Adversarial.py", adv_tab="Step by step", adv_steps_epsilon="0.07")
    app = turn_to(app, "6_Adversarial.py", adv_tab="Is it honest?")
    assert app.slider(key="adv_honest_eps").value == 0.07
    app.slider(key="adv_honest_eps").set_value(0.11).run()
    app = turn_to(app, "6_Adversarial.py", adv_tab="Step by step")
    assert app.slider(key="adv_steps_epsilon").value == 0.11


def test_the_network_goes_along_where_it_fits() -> None:
    app = well(AppTest.from_file(APP, default_timeout=PATIENCE).run())
    app.selectbox(key="home_network").set_value("mlp-deep").run()
    app = turn_to(app, "2_MLP_Autograd.py", mlp_tab="Results")
    assert app.selectbox(key="mlp_look").value == "shipped:mlp-deep"
    app = turn_to(app, "6_Adversarial.py", adv_tab="One image")
    assert app.selectbox(key="adv_network").value == "shipped:mlp-deep"
    app = turn_to(app, "4_CNN.py", cnn_tab="Kernels")
    assert app.selectbox(key="cnn_look").value.startswith("shipped:cnn"), "no MLP has kernels"
    later = reload(app, "6_Adversarial.py", adv_tab="One image")
    assert later.selectbox(key="adv_network").value == "shipped:mlp-deep"


def test_a_drawing_is_on_every_canvas_and_there_after_a_reload() -> None:
    pixels = np.zeros((280, 280, 4), dtype=np.uint8)
    pixels[..., 3] = 255
    pixels[60:220, 130:150, :3] = 255
    app = page_of("2_MLP_Autograd.py", mlp_tab="Draw")
    app.session_state[INK] = Ink(pixels=pixels)
    empty = "nothing drawn yet"
    assert not any(empty in part.value for part in well(app.run()).caption)
    app.button(key="mlp_draw_clear").click().run()
    assert any(empty in part.value for part in app.caption)
