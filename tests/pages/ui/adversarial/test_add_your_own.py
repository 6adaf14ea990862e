"""An attack or a filter is one entry: what the registries' docstrings add is met everywhere, known to no other file."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch import nn

from core import attacks
from core.__main__ import main
from core.attacks import ATTACKS, filters
from core.attacks.attack import epsilon_box, signed_step, steps
from core.attacks.config import AttackConfig, AttackSetup
from core.attacks.filters import FILTERS
from core.attacks.filters.config import FilterConfig
from core.attacks.norms import NORMS, column
from core.attacks.run import attack
from core.config.validation import Setting
from core.data import Mnist, load
from core.export.attack import attack_code
from core.export.attack_lesson import attack_lesson
from core.lessons.adversarial import input_filters as threat
from core.lessons.adversarial.tasks import AttackTask
from pages.ui.adversarial import many_images, one_image, sanity_checks, transfer
from pages.ui.adversarial.attack_results import results, results_on
from pages.ui.adversarial.input_filters import input_filters
from pages.ui.kit.shell.cache import shipped_model
from tests.core.export.harness import run_script
from tests.pages.harness import entry_of, open_part, shipped, text, well, work_off

pytestmark = pytest.mark.usefixtures("bundled_only", "at_once")
ATTACK, FILTER = "mi-fgsm", "pale"


@pytest.fixture(autouse=True)
def examples(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    helpers = {"torch": torch, "steps": steps, "signed_step": signed_step, "epsilon_box": epsilon_box}
    helpers |= {"Setting": Setting, "column": column}
    monkeypatch.setitem(ATTACKS, *entry_of(attacks, "ATTACKS", **helpers))
    monkeypatch.setitem(FILTERS, *entry_of(filters, "FILTERS", nn=nn))
    results_on.clear()
    yield
    results_on.clear()


@pytest.fixture(scope="module")
def mnist() -> Mnist:
    whole = load("small")
    return Mnist(whole.source, whole.size, whole.train.take(slice(0, 20)), whole.test.take(slice(0, 12)))


def test_it_keeps_its_word_and_its_code_does_the_same(mnist: Mnist) -> None:
    model = shipped_model("mlp-module").model
    images, labels = mnist.test.images, mnist.test.labels
    config = AttackConfig(ATTACK, 0.15, {"decay": 0.5})
    made = attack(model, images, labels, config)
    assert NORMS["linf"].within(made - images, 0.15).all()
    assert (model(made).argmax(1) == labels).float().mean() < 0.5
    space: dict[str, object] = {"model": model, "image": images[0], "label": int(labels[0])}
    exec(attack_code(config), space)
    assert torch.allclose(space["adversarial"], made[:1], atol=1e-6)  # type: ignore[arg-type]
    assert "0.5 * velocity" in attack_code(config)


def test_the_command_line_takes_it_and_its_settings(capsys: pytest.CaptureFixture[str], own_home: Path) -> None:
    words = ["linear-softmax", "--attack", ATTACK, "--set", "decay=0.9", "steps=3", "--n", "20", "--data", "small"]
    assert main(["attack", *words, "--json"]) == 0
    row = json.loads(capsys.readouterr().out)
    assert (row["attack"], row["decay"], row["steps"]) == (ATTACK, 0.9, 3)


def test_a_script_writes_it_out() -> None:
    setup = AttackSetup("linear-softmax", AttackConfig(ATTACK, 0.1), n=20)
    space = run_script(attack_lesson(setup, "", "small").script.replace("EPOCHS = 10", "EPOCHS = 1"))
    change = (space["adversarial"] - space["original"]).abs().max()
    assert 0.05 < change <= 0.1 + 1e-6


def test_one_image_offers_it_with_its_path_and_its_code(mnist: Mnist) -> None:
    app = open_part(one_image.one_image, shipped("linear-softmax"), mnist, address={"adv_one_attack": "MI-FGSM"})
    assert app.slider(key=f"adv_one_{ATTACK}_decay").value == 1.0
    assert "Dong et al. 2018" in text(app)
    assert any("velocity" in code.value for code in app.code)
    app.segmented_control(key="adv_one_part").set_value(one_image.PATH).run()
    assert "from the clean image" in text(well(app))
    app.segmented_control(key="adv_one_part").set_value(one_image.SMALLEST).run()
    app.toggle(key="adv_one_compare").set_value(True).run()
    well(app)


def test_many_images_and_transfer_measure_it(mnist: Mnist) -> None:
    trained = shipped("linear-softmax")
    address = {"adv_many_attacks_linf": "MI-FGSM", "adv_many_count": "4"}
    app = well(open_part(many_images.many_images, trained, mnist, address=address).run())
    known = results(mnist).known([trained.key])
    assert ATTACK in {task.attack.name for task in known if isinstance(task, AttackTask) and task.attack}
    assert "under MI-FGSM" in text(app)
    app = open_part(transfer.transfer, trained, mnist, address={"adv_transfer_attack": "MI-FGSM"})
    assert "MI-FGSM, ε" in text(well(app.run()))


def test_the_filter_is_attacked_and_checked(mnist: Mnist, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.lessons.adversarial.sanity_evidence.QUERIES", 20)
    title = FILTERS[FILTER].title
    trained = shipped("linear-softmax")
    app = open_part(input_filters, trained, mnist, state={"adv_filters_which": title})
    assert app.select_slider(key=f"adv_filters_{FILTER}").value == 0.5
    assert "with the filter" in text(app) or "Robust accuracy" in text(work_off(app, key="adv_filters"))
    app = open_part(sanity_checks.honest, trained, mnist, state={"adv_honest_filter": title})
    assert "filter and network together" in text(work_off(app, key="adv_honest"))
    tasks = results(mnist).known([trained.key])
    filtered = [task for task in tasks if isinstance(task, AttackTask) and task.filter == FilterConfig(FILTER, 0.5)]
    assert {task.attack.name for task in filtered if task.attack} >= {"pgd", "fgsm", "noise"}
    assert len(filtered) > len(threat.threat_models())
