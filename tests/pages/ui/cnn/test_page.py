"""The CNN page in Streamlit's own harness: presets, the free builder, impossible shapes, runs found again."""

from functools import partial

import pytest
from streamlit.testing.v1 import AppTest

from core.config.run import CNNConfig
from core.jobs.training_job import start_training
from core.recipes.texts import RECIPES
from pages.ui.cnn import train
from pages.ui.cnn.layer_words import tag
from pages.ui.kit.shell.cache import mnist, registry, run_store, shipped_model
from tests.pages import harness
from tests.pages.harness import captions, finish, markdown, text, well

pytestmark = pytest.mark.usefixtures("newcomer")

open_page = partial(harness.open_page, "4_CNN.py")


@pytest.mark.parametrize("recipe", ["cnn-lab", "cnn-nobn"])
def test_the_first_view_is_what_came_along(recipe: str) -> None:
    app = open_page(cnn_recipe=recipe)
    facts = shipped_model(recipe).provenance
    assert f"{facts['test_accuracy']:.2%}" in markdown(app)
    claim = RECIPES[recipe].claim
    assert claim
    assert f"Reported: {claim}" in markdown(app)
    names = [metric.label for metric in app.metric]
    if recipe == "cnn-lab":
        assert names == ["Last 5,000 (test)", "First 5,000 (validation)", "Both, 10,000"]
        assert [metric.value for metric in app.metric] == ["99.02%", "97.82%", "98.42%"]
        assert ":green[99.02%] of the last 5,000 test images" in markdown(app)
        assert "running mean" in captions(app)
    else:
        assert names == []  # the score stands above the curves


@pytest.mark.usefixtures("few_digits")
@pytest.mark.parametrize("recipe", ["cnn-lab", "cnn-robust"])
def test_a_preset_trains_for_an_epoch_in_one_click(recipe: str) -> None:
    app = open_page(cnn_recipe=recipe)
    app.button(key="cnn_short").click().run()
    well(app)
    run = run_store().get(finish(app, train.JOB))
    assert run.config == RECIPES[recipe].config.with_settings({"epochs": 1})
    assert app.slider(key=f"{recipe}_epochs").value == 1  # as it was trained
    assert "Finished" in markdown(app)
    assert f"{run.test_accuracy:.2%}" in markdown(app)


def build_tiny(app: AppTest) -> None:
    """Another network than any recipe's, by the builder's own widgets."""
    key = "cnn-lab_"
    app.slider(key=f"{key}blocks").set_value(3)
    app.slider(key=f"{key}depth").set_value(2).run()  # now every widget is there
    for number, channels in enumerate((2, 3, 4), start=1):
        app.number_input(key=f"{key}channels_{number}").set_value(channels)
    app.slider(key=f"{key}kernel_1").set_value(3)
    app.slider(key=f"{key}stride_1").set_value(2)
    app.slider(key=f"{key}padding_2").set_value(0)
    app.selectbox(key=f"{key}pool_1").set_value("average")
    app.selectbox(key=f"{key}pool_2").set_value("none")
    app.toggle(key=f"{key}batch_norm").set_value(True)
    app.selectbox(key=f"{key}activation").set_value("tanh")
    app.number_input(key=f"{key}width_1").set_value(20)
    app.number_input(key=f"{key}width_2").set_value(10)
    app.slider(key=f"{key}dropout").set_value(0.2)
    app.toggle(key=f"{key}normalize").set_value(True)
    app.toggle(key=f"{key}frozen").set_value(True)
    app.selectbox(key=f"{key}init").set_value("he")
    app.select_slider(key=f"{key}record_every").set_value(10)
    app.select_slider(key=f"{key}lr").set_value(0.01)
    well(app.run())


TINY = CNNConfig(
    channels=(2, 3, 4),
    kernels=(3, 5, 3),
    strides=(2, 1, 1),
    paddings=(2, 0, 1),
    pools=("average", "none", "none"),
    batch_norm=True,
    hidden=(20, 10),
    dropout=0.2,
    activation="tanh",
    init="he",
    normalize=True,
    frozen=True,
)


@pytest.mark.usefixtures("few_digits")
def test_a_network_of_ones_own_trains_in_one_click_and_is_found_again() -> None:
    app = open_page(cnn_tab="Train", cnn_recipe="cnn-lab")
    build_tiny(app)
    total = sum(layer.parameters for layer in TINY.layers())
    assert f"**{total:,} parameters**" in markdown(app)
    shown = app.dataframe[0].value
    assert list(shown["layer"]) == [layer.name for layer in TINY.layers()]
    assert shown["parameters"].sum() == total
    app.slider(key="cnn-lab_epochs").set_value(4)
    app.button(key="cnn_start").click().run()
    well(app)
    name = finish(app, train.JOB)
    run = run_store().get(name)
    assert run.config.model == TINY
    assert [row["step"] for row in run.history.records][:2] == [10, 20]
    assert "First 500 (validation)" in [metric.label for metric in app.metric]

    later = open_page(cnn_run=name)  # a reload is a new session
    assert later.session_state[train.JOB] == name
    assert "Finished" in markdown(later)
    assert later.slider(key="cnn-lab_blocks").value == 3
    assert later.selectbox(key="cnn-lab_pool_1").value == "average"
    assert list(later.dataframe[0].value["layer"]) == [layer.name for layer in TINY.layers()]

    registry().close()  # tomorrow: no job is left, but the record is
    registry.clear()
    tomorrow = open_page(cnn_run=name)
    assert f"Recorded run {name}" in markdown(tomorrow)


def test_an_impossible_shape_is_refused_with_the_layer_and_nothing_is_lost() -> None:
    app = open_page(cnn_tab="Train", cnn_recipe="cnn-lab")
    app.slider(key="cnn-lab_kernel_2").set_value(11)
    app.slider(key="cnn-lab_padding_2").set_value(0)
    app.slider(key="cnn-lab_stride_1").set_value(3).run()
    assert not app.exception
    assert any(error.value.startswith("Convolution 2 receives 5×5 pixels") for error in app.error)
    assert app.button(key="cnn_start").disabled
    assert app.button(key="cnn_short").disabled
    assert not app.button(key="cnn_reset").disabled
    assert app.slider(key="cnn-lab_kernel_2").value == 11
    assert shipped_model("cnn-lab").provenance["run_id"]
    assert "Pretrained" in markdown(app)  # the rest of the page is there
    app.slider(key="cnn-lab_stride_1").set_value(1).run()
    well(app)
    assert not app.button(key="cnn_start").disabled
    assert "(8, 4, 4)" in markdown(app)  # 14 − 11 + 1 = 4
    assert "(8, 2, 2)" in markdown(app)
    app.button(key="cnn_reset").click().run()
    well(app)
    assert app.slider(key="cnn-lab_kernel_2").value == 5
    assert app.button(key="cnn_reset").disabled


def test_other_tabs_live_on_beside_an_impossible_builder() -> None:
    app = open_page(cnn_tab="Kernels", cnn__lab_kernel_1="11", cnn__lab_padding_1="0")
    assert "The kernels of conv2" in text(app)


def test_a_link_reproduces_the_builder() -> None:
    app = open_page(cnn__nobn_blocks="4", cnn__nobn_channels_4="5", cnn__nobn_batch_norm="true", cnn_recipe="cnn-nobn")
    assert "(5, 5, 5)" in markdown(app)
    assert app.toggle(key="cnn-nobn_batch_norm").value is True


def test_it_opens_with_batch_norm_and_a_link_to_the_lab_reports_network_keeps_it() -> None:
    assert open_page().selectbox(key="cnn_recipe").value == "cnn-bn"
    fits_its_layers = f"cnn_maps_layer_{tag(RECIPES['cnn-lab'].config.cnn)}"
    for address in ({"cnn__lab_lr": "0.01"}, {"cnn_epoch_of_20": "3"}, {fits_its_layers: "act2"}):
        assert open_page(**address).selectbox(key="cnn_recipe").value == "cnn-lab"


def test_links_with_former_names_open_what_they_meant() -> None:
    app = open_page(cnn_tab="Feature maps", cnn_maps_part="Change it", cnn_change_operation="Rewrite a kernel")
    assert app.session_state["cnn_maps_part"] == "Ablation"
    assert app.session_state["cnn_change_operation"] == "Edit a kernel"
    app = open_page(cnn_tab="By hand", cnn_hand_preset="level edges (Sobel)")
    assert app.selectbox(key="cnn_hand_preset").value == "horizontal edges (Sobel)"


def test_a_run_of_another_page_is_not_taken_for_ours() -> None:
    job = start_training(registry(), RECIPES["linear-softmax"].config.with_settings({"epochs": 1}), mnist())
    job.wait(60)
    app = open_page(cnn_run=job.job_id)
    assert any("no longer here" in text.value for text in app.info)


@pytest.mark.usefixtures("few_digits")
def test_a_button_starts_99_percent_while_you_watch() -> None:
    """With the recipe's own settings, whatever its controls said before."""
    app = open_page(cnn_recipe="fast-99", fast__99_lr="0.1")
    app.selectbox(key="cnn_recipe").set_value("cnn-lab").run()
    app.button(key="cnn_preset").click().run()
    well(app)
    assert app.selectbox(key="cnn_recipe").value == "fast-99"
    assert "cnn_preset" not in [button.key for button in app.button]  # there already
    run = run_store().get(finish(app, train.JOB))
    assert run.config == RECIPES["fast-99"].config
