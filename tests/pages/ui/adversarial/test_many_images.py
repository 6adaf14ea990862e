"""The tab "Many images" in Streamlit's harness: first view, every control, stopping and going on."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import pytest
import torch
from streamlit.testing.v1 import AppTest

from core.attacks import ATTACKS, run
from core.attacks.config import AttackConfig
from core.attacks.norms import NORMS
from core.charts.palette import YELLOW
from core.data import Mnist
from core.data.digits import Digits
from core.lessons.adversarial import tasks
from core.lessons.adversarial.tasks import AttackTask, Predictions, sample
from core.models.trained_network import Source, TrainedNetwork
from pages.ui.adversarial import attack_results, many_choice, many_images, many_point, samples
from pages.ui.kit.network import compared_networks
from pages.ui.kit.shell.cache import shipped_model
from pages.ui.kit.widgets import incremental_work
from tests.pages.harness import open_part, text, well, work_off

pytestmark = pytest.mark.usefixtures("bundled_only", "small")


@pytest.fixture
def small(at_once: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing kept and small samples."""
    attack_results.results_on.clear()
    monkeypatch.setattr(samples, "IMAGES", (100, 200))
    yield
    attack_results.results_on.clear()


def linear(source: Source = "shipped", name: str = "linear-softmax") -> TrainedNetwork:
    return replace(shipped_model("linear-softmax"), source=source, id=name)


def opened(mnist: Mnist, trained: TrainedNetwork | None = None, **parameters: str) -> AppTest:
    """The tab with few points; what it measures by itself is there at the second drawing."""
    address = {"adv_many_count": "4", "adv_many_n_small": "100", **parameters}
    app = open_part(many_images.many_images, trained or linear(), mnist, address=address)
    return well(app.run()) if app.session_state["adv_many_on"] else app


finish = partial(work_off, key="adv_many")


def kept(mnist: Mnist, key: str = "shipped:linear-softmax") -> dict[AttackTask, Predictions]:
    return attack_results.results(mnist).known([key])


def test_the_first_view_measures_a_hundred_images_without_a_click(mnist: Mnist) -> None:
    app = opened(mnist, adv_many_n_small="200")
    known = kept(mnist)
    assert {task.batch.start for task in known} == {0}
    assert {task.attack.name for task in known if task.attack} == {"noise", "fgsm", "pgd"}
    assert len(known) == 1 + 3 * 4
    assert "100 of the 1,000 bundled test images" in text(app)
    assert "under FGSM" in text(app)
    assert "under random noise" in text(app).lower()
    assert "PGD: 10 steps" in text(app)
    assert app.metric[0].label == "Robust accuracy"
    well(app.run())
    assert len(kept(mnist)) == len(known), "the rest waits for a press"
    assert app.button(key="adv_many_start").label == "Resume"
    assert not app.button(key="adv_many_start").disabled


def test_attacks_are_named_only_where_they_are_drawn(mnist: Mnist, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incremental_work, "SLICE", -1.0)
    app = opened(mnist)
    while len(kept(mnist)) < 1 + 2 * 4:  # noise and FGSM come first
        assert "10 steps" not in text(well(app.run()))
    well(app.run())
    assert "PGD: 10 steps" in text(well(app.run()))


def test_slow_attacks_wait_for_the_button(mnist: Mnist) -> None:
    opened(mnist, adv_many_attacks_linf="Square")
    assert {task.attack.name for task in kept(mnist) if task.attack} == {"noise"}


def test_it_runs_to_its_end_once_and_the_numbers_are_those_of_the_attacks(mnist: Mnist) -> None:
    app = opened(mnist, adv_many_n_small="200")
    first = kept(mnist)
    finish(app.button(key="adv_many_start").click().run())
    known = kept(mnist)
    assert len(known) == 2 * (1 + 3 * 4)
    assert all(known[task] is reads for task, reads in first.items()), "what was known is measured again"
    app.select_slider(key="adv_many_at_linf_0.4_4").set_value(0.1).run()
    value = float(app.metric[0].value.rstrip("%")) / 100
    pick = sample(len(mnist.test))[:200]
    images, labels = mnist.test.images[pick], mnist.test.labels[pick]
    made = run.attack(linear().model, images, labels, AttackConfig("fgsm", 0.1), places=pick)
    right = (linear().model(made).argmax(1) == labels).double().mean().item()
    assert value == pytest.approx(right, abs=6e-4)
    assert app.button(key="adv_many_start").disabled


def test_it_can_be_stopped_and_goes_on(mnist: Mnist, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[AttackTask] = []
    true = tasks.measure

    def counted(task: AttackTask, *rest: object, **more: object) -> Predictions:
        asked.append(task)
        return true(task, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(tasks, "measure", counted)
    monkeypatch.setattr(incremental_work, "SLICE", -1.0)  # one task between two drawings
    app = opened(mnist, adv_many_n_small="200")
    some = len(asked)
    assert 0 < some < 5
    app.button(key="adv_many_stop").click().run()
    well(app.run())
    assert len(asked) == some, "stopped: the same question does not begin by itself again"
    assert app.button(key="adv_many_start").label == "Resume"
    monkeypatch.setattr(incremental_work, "SLICE", 60.0)
    finish(app.button(key="adv_many_start").click().run())
    assert len(asked) == len(set(asked)) == 26, "a press measures all, not the small sample alone"


@pytest.mark.long
@pytest.mark.parametrize("norm", list(NORMS))
def test_every_norm_has_its_attacks_and_its_control(norm: str, mnist: Mnist) -> None:
    app = opened(mnist)
    app.segmented_control(key="adv_many_norm").set_value(NORMS[norm].title).run()  # type: ignore[index]
    well(app)
    control = many_choice.control_of(norm)  # type: ignore[arg-type]
    offered = app.multiselect(key=f"adv_many_attacks_{norm}").options
    assert set(offered) == {entry.title for name, entry in ATTACKS.items() if entry.norm == norm and name != control}
    assert control in {task.attack.name for task in kept(mnist) if task.attack}
    first = many_choice.FIRST[norm][0]  # type: ignore[index]
    well(app.run())
    assert first in {task.attack.name for task in kept(mnist) if task.attack}, "without a click"
    app.multiselect(key=f"adv_many_attacks_{norm}").set_value([]).run()
    finish(app)


def test_an_attack_for_the_smallest_change_runs_once_and_its_distances_make_the_curve(mnist: Mnist) -> None:
    app = opened(mnist, adv_many_norm="L2", adv_many_attacks_l2="DeepFool")
    finish(app.button(key="adv_many_start").click().run())
    runs = [task for task in kept(mnist) if task.attack and task.attack.name == "deepfool"]
    assert sorted(task.batch.start // 10 for task in runs) == list(range(10))  # ten images each, every one once
    before = app.metric[0].value
    app.select_slider(key="adv_many_at_l2_4_4").set_value(1.0).run()
    assert float(well(app).metric[0].value.rstrip("%")) > float(before.rstrip("%"))
    assert float(app.metric[3].value) <= 1.0  # mean L2 of the successes
    app.select_slider(key="adv_many_top_l2").set_value(8.0).run()
    assert len([p for p in kept(mnist) if p.attack and p.attack.name == "deepfool"]) == 10


def test_the_controls_change_what_is_measured(mnist: Mnist) -> None:
    app = opened(mnist, adv_many_attacks_linf="FGSM", adv_many_count="8", adv_many_n_small="200")
    app.select_slider(key="adv_many_top_linf").set_value(0.2)
    app.select_slider(key="adv_many_count").set_value(4)
    app.select_slider(key="adv_many_steps").set_value(2)
    app.select_slider(key="adv_many_n_small").set_value("100")
    app.multiselect(key="adv_many_attacks_linf").set_value(["PGD", "BIM"])
    app.multiselect(key="adv_many_networks").set_value([compared_networks.HERE, "mlp-module", "linear-softmax"])
    finish(app.run())
    for key in ("shipped:linear-softmax", "shipped:mlp-module"):  # chosen twice, measured once
        pgd = [task.attack for task in kept(mnist, key) if task.attack and task.attack.name == "pgd"]
        assert sorted(config.budget for config in pgd) == pytest.approx([0.05, 0.1, 0.15, 0.2])
        assert {config.steps for config in pgd} == {2}
    assert "BIM: 2 steps" in text(app) or "BIM and PGD: 2 steps" in text(app) or "PGD and BIM: 2" in text(app)
    assert "**mlp-module**: clean accuracy" in text(app)
    app.selectbox(key="adv_many_at_attack_linf").set_value("BIM")
    app.selectbox(key="adv_many_at_network").set_value("mlp-module").run()
    well(app)
    app.multiselect(key="adv_many_networks").set_value([compared_networks.HERE]).run()
    assert well(app).selectbox(key="adv_many_at_network").value == "linear-softmax"
    app.multiselect(key="adv_many_networks").set_value([]).run()
    assert "Choose at least one network" in text(well(app))


def test_the_worst_case_counts_what_a_smaller_budget_took(mnist: Mnist, monkeypatch: pytest.MonkeyPatch) -> None:
    """An attack that takes every image at small budgets and none at large ones."""

    def overshoots(task: AttackTask, models: object, digits: Digits, made: object) -> Predictions:
        places, config = task.batch.places(len(digits)), task.attack
        read = digits.labels[places]
        if config and config.name == "fgsm" and config.budget < 0.3:
            read = (read + 1) % 10
        none = torch.zeros(len(places))
        return Predictions(places, read.to(torch.uint8), none, none, none, none, none, none)

    monkeypatch.setattr(tasks, "measure", overshoots)
    app = opened(mnist)
    assert "100% under FGSM" in text(app)
    assert "are classified correctly again at ε = 0.3" in text(app)
    app.segmented_control(key="adv_many_worst").set_value(many_images.WORST).run()
    assert "0% under FGSM" in text(well(app))
    assert "here they stay misclassified" in text(app)


def test_the_sheet_of_images_begins_with_the_fooled_and_is_the_attack_measured(mnist: Mnist) -> None:
    app = opened(mnist)
    app.select_slider(key="adv_many_at_linf_0.4_4").set_value(0.1).run()
    arrows = [caption.value for caption in app.caption if len(caption.value) < 8]
    assert len(arrows) == many_point.SHEET
    succeeded = sum("→" in caption for caption in arrows)
    assert all("→" in caption for caption in arrows[:succeeded])
    assert 0 < succeeded < many_point.SHEET * 4
    sheet = app.number_input(key="adv_many_sheet_4")
    sheet.set_value(4).run()
    assert len([c for c in well(app).caption if len(c.value) < 8]) == 100 - 3 * many_point.SHEET
    app.segmented_control(key="adv_many_show").set_value(many_point.CHANGES).run()
    well(app)


def test_presets_set_the_controls_and_start(mnist: Mnist) -> None:
    app = opened(mnist, adv_many_norm="L2", adv_many_attacks_l2="DeepFool")
    app.button(key="adv_many_preset_quick").click().run()
    finish(app)
    assert app.segmented_control(key="adv_many_norm").value == "L∞"
    assert app.multiselect(key="adv_many_attacks_linf").value == ["FGSM", "PGD"]
    assert app.select_slider(key="adv_many_count").value == many_choice.COUNT
    measured = [task for task in kept(mnist) if task.attack and task.attack.name in ("fgsm", "pgd")]
    assert len(measured) == 2 * 2 * many_choice.COUNT, "all of its 200 images, not the first sample alone"
    for title, preset in many_choice.PRESETS.items():
        there = set(preset["networks"]) <= {compared_networks.HERE, *compared_networks.shipped_readers()}
        assert there == any(button.label == title for button in app.button)


def test_a_network_of_ones_own_takes_part_under_a_constant_name(mnist: Mnist) -> None:
    own = linear("job", "abc")
    above = compared_networks.above(own)
    assert (above.title, compared_networks.color_of(above)) == (compared_networks.THIS, YELLOW)
    app = opened(mnist, own)
    assert "**this network**: clean accuracy" in text(app)
    assert kept(mnist, own.key)
    assert not kept(mnist)


def test_other_digits_and_networks_are_kept_apart(mnist: Mnist) -> None:
    opened(mnist)
    other = Mnist("bundled", "full", mnist.train, mnist.test)
    assert kept(mnist)
    assert not kept(other)
    assert not kept(mnist, "shipped:mlp-module")


def test_the_code_runs(mnist: Mnist, capsys: pytest.CaptureFixture[str]) -> None:
    names = {
        "torch": torch,
        "model": linear().model,
        "images": mnist.test.images[:20],
        "labels": mnist.test.labels[:20],
    }
    exec(many_images.CODE, names)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 8
    assert lines[0].startswith("0.05: ")


def test_a_change_beyond_the_budget_is_no_success_and_not_shown_as_one(
    mnist: Mnist, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(many_point, "FEW", 50)  # images on a sheet
    app = opened(mnist, adv_many_norm="L2", adv_many_attacks_l2="DeepFool")
    finish(app.button(key="adv_many_start").click().run())
    app.select_slider(key="adv_many_at_l2_4_4").set_value(1.0).run()
    succeeded = int(app.metric[1].value.split()[0])
    shown = []
    for sheet in (1, 2):
        app.number_input(key="adv_many_sheet_2").set_value(sheet).run()
        shown += [caption.value for caption in well(app).caption if len(caption.value) < 8]
    misread = sum("→" in caption for caption in shown)
    assert len(shown) == 100
    assert 0 < succeeded < misread == 100 - round(float(app.metric[0].value.rstrip("%")))
