"""The tab "Transfer" in Streamlit's harness: first view, every control, stopping and going on, its words."""

from collections.abc import Iterator
from functools import partial

import pytest
import torch
from streamlit.testing.v1 import AppTest

from core.attacks import ATTACKS
from core.config.proportion import Proportion
from core.data import Mnist
from core.lessons.adversarial import tasks
from core.lessons.adversarial.tasks import AttackTask, Predictions
from core.models.paired_test import Paired
from pages.ui.adversarial import attack_results, samples, transfer
from pages.ui.adversarial.transfer import describe
from pages.ui.kit.network.compared_networks import HERE
from pages.ui.kit.shell.cache import shipped_model
from pages.ui.kit.widgets import incremental_work
from tests.pages.harness import open_part, shipped, text, well, work_off

pytestmark = pytest.mark.usefixtures("bundled_only", "small")
PAIR = ("linear-softmax", "mlp-module")


@pytest.fixture
def small(at_once: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing kept, quick networks and small samples."""
    attack_results.results_on.clear()
    monkeypatch.setattr(transfer, "FIRST", PAIR)
    monkeypatch.setattr(samples, "IMAGES", (100, 200))
    yield
    attack_results.results_on.clear()


def opened(mnist: Mnist, **parameters: str) -> AppTest:
    """The tab; what it measures by itself is there at the second drawing."""
    app = open_part(transfer.transfer, shipped("linear-softmax"), mnist, address=parameters)
    return well(app.run()) if app.session_state["adv_transfer_on"] else app


finish = partial(work_off, key="adv_transfer")


def kept(mnist: Mnist) -> dict[AttackTask, Predictions]:
    return attack_results.results(mnist).known(f"shipped:{name}" for name in PAIR)


def test_the_first_view_is_a_whole_matrix_on_a_hundred_images(mnist: Mnist) -> None:
    app = opened(mnist)
    known = kept(mnist)
    assert {task.batch.start for task in known} == {0}
    assert len(known) == 2 + 2 + 4  # the chosen network is one of the two
    assert "Highest transfer: " in text(app)
    assert "100 of the 1,000 bundled test images" in text(app)
    assert "random noise of the same ε" in text(app)
    well(app.run())
    assert len(kept(mnist)) == len(known), "the rest waits for a press"
    assert app.button(key="adv_transfer_start").label == "Resume"
    assert not app.button(key="adv_transfer_start").disabled


def test_it_can_be_stopped_goes_on_and_asks_nothing_twice(mnist: Mnist, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[AttackTask] = []
    true = tasks.measure

    def counted(task: AttackTask, *rest: object, **more: object) -> Predictions:
        asked.append(task)
        return true(task, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(tasks, "measure", counted)
    monkeypatch.setattr(incremental_work, "SLICE", -1.0)
    app = opened(mnist)
    some = len(asked)
    assert 0 < some < 4
    app.button(key="adv_transfer_stop").click().run()
    well(app.run())
    assert len(asked) == some, "stopped: the same question does not begin by itself again"
    assert app.button(key="adv_transfer_start").label == "Resume"
    monkeypatch.setattr(incremental_work, "SLICE", 60.0)
    finish(app.button(key="adv_transfer_start").click().run())
    assert len(asked) == len(set(asked)) == 16
    stopped = kept(mnist)
    attack_results.results_on.clear()
    finish(opened(mnist).button(key="adv_transfer_start").click().run())
    assert stopped.keys() == kept(mnist).keys()
    assert all(torch.equal(found.read, kept(mnist)[task].read) for task, found in stopped.items())


def test_every_control_makes_another_matrix(mnist: Mnist) -> None:
    app = opened(mnist)
    attacks = app.selectbox(key="adv_transfer_attack").options
    assert attacks == [entry.title for entry in ATTACKS.values() if entry.access != "nothing"]
    before = len(kept(mnist))
    app.select_slider(key="adv_transfer_fgsm_epsilon").set_value(0.1).run()
    well(app.run())
    assert len(kept(mnist)) == before + 6  # noise and attack anew, the clean images are known
    app.selectbox(key="adv_transfer_fgsm_target").set_value("3").run()
    assert "predicts as a 3, of those" in text(well(app.run()))
    assert len(kept(mnist)) == before + 6 + 4
    app.select_slider(key="adv_transfer_n_small").set_value("100").run()
    assert well(app).button(key="adv_transfer_start").label == "All measured"
    app.multiselect(key="adv_transfer_networks").set_value([HERE]).run()
    assert "Transfer needs at least two networks" in text(well(app))
    app.multiselect(key="adv_transfer_networks").set_value([]).run()
    assert "Choose at least one network" in text(well(app))


def test_slow_attacks_wait_for_the_button(mnist: Mnist) -> None:
    app = opened(mnist, adv_transfer_attack="Square")
    assert {task.source for task in kept(mnist)} == {""}
    assert app.button(key="adv_transfer_start").label == "Resume"


def matrix(*rows: tuple[int, ...]) -> list[list[Proportion]]:
    return [[Proportion(count, 100) for count in row] for row in rows]


def told_of(names: tuple[str, ...], counts: list[list[Proportion]]) -> str:
    """The sentences, with noise that falls on images of its own: what it fools the attack does not."""
    beside = [
        [Paired(cell.n, cell.k, noise.k) for cell, noise in zip(row, counts[-1], strict=True)] for row in counts[:-1]
    ]
    return " ".join(describe(names, counts, beside))


def test_the_words_follow_the_numbers() -> None:
    names = ("a", "b", "c")
    strong = told_of(names, matrix((90, 50, 40), (30, 90, 70), (30, 40, 90), (2, 2, 2)))
    assert "Highest transfer: **b** → **c**, 70% of 100 images; lowest: **b** → **a**" in strong
    assert "Every pair is clearly above random noise" in strong
    assert "Best surrogate on average: **b** (attack success rate 50%)" in strong
    assert "Most vulnerable target: **c** (55%); least: **a** (30%)" in strong
    weak = told_of(names, matrix((90, 3, 3), (3, 90, 3), (3, 3, 90), (3, 2, 2)))
    assert "No pair is clearly above" in weak
    assert "lowest" not in weak
    some = told_of(names, matrix((90, 50, 3), (3, 90, 3), (3, 3, 90), (3, 2, 2)))
    assert "1 of 6 pairs are clearly above" in some
    assert "not so a → c, b → a, b → c, c → a and others" in some
    two = told_of(("a", "b"), matrix((90, 50), (48, 90), (2, 2)))
    assert "Their 95% intervals overlap." in two
    assert "surrogate" not in two
    unknown = [[Proportion(0, 0)] * 2] * 3
    assert told_of(("a", "b"), unknown) == ""
    assert told_of(("a",), matrix((90,), (2,))) == "Transfer needs at least two networks."


def test_the_same_images_tell_apart_what_two_intervals_do_not() -> None:
    """9 against 2 of 100: Wilson's intervals overlap, yet 7 images fell to the attack alone."""
    counts = matrix((90, 9), (9, 90), (2, 2))
    assert counts[0][1].interval[0] < counts[2][1].interval[1]
    beside = [[Paired(100, 7, 0)] * 2] * 2
    assert "Every pair is clearly above" in " ".join(describe(("a", "b"), counts, beside))


def test_the_code_runs(mnist: Mnist, capsys: pytest.CaptureFixture[str]) -> None:
    names = {
        "torch": torch,
        "networks": {name: shipped_model(name).model for name in PAIR},
        "images": mnist.test.images[:20],
        "labels": mnist.test.labels[:20],
    }
    exec(transfer.CODE, names)
    assert len(capsys.readouterr().out.splitlines()) == 4
