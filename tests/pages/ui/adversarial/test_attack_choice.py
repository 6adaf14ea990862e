"""The widgets of an attack make every attack's config, and what they offer the config accepts."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from core.attacks import ATTACKS
from core.attacks.config import AttackConfig
from core.attacks.norms import NORMS
from pages.ui.adversarial.attack_choice import budgets

WAIT = 60


def choice() -> None:
    import streamlit as st

    from pages.ui.adversarial.attack_choice import attack_choice

    st.json(attack_choice("adv_x").to_json())


def gradients_only() -> None:
    import streamlit as st

    from core.attacks import ATTACKS
    from pages.ui.adversarial.attack_choice import attack_choice

    only = [name for name, entry in ATTACKS.items() if entry.access == "gradients"]
    st.json(attack_choice("adv_x", only=only, first="pgd").to_json())


def config(app: AppTest) -> AttackConfig:
    assert not app.exception
    return AttackConfig.from_json(json.loads(app.json[0].value))


@pytest.mark.parametrize("name", ATTACKS)
def test_every_attack_stands_at_its_own_defaults(name: str) -> None:
    app = AppTest.from_function(choice, default_timeout=WAIT).run()
    app.selectbox(key="adv_x_attack").select(ATTACKS[name].title).run()
    assert config(app) == AttackConfig(name)
    every = [*app.selectbox, *app.select_slider, *app.slider, *app.toggle, *app.number_input]
    assert all(widget.help for widget in every)
    assert ATTACKS[name].idea in app.caption[0].value
    if ATTACKS[name].targeted:
        app.selectbox(key=f"adv_x_{name}_target").select("3").run()
        assert config(app).target == 3
    if ATTACKS[name].random:
        app.select_slider(key=f"adv_x_{name}_restarts").set_value(5).run()
        assert config(app).restarts == 5
    app.select_slider(key=f"adv_x_{name}_epsilon").set_value(budgets(ATTACKS[name].norm)[-1]).run()
    assert config(app).epsilon == NORMS[ATTACKS[name].norm].largest


@pytest.mark.parametrize("name", ATTACKS)
def test_every_setting_can_be_moved_to_both_its_ends(name: str) -> None:
    app = AppTest.from_function(choice, default_timeout=WAIT).run()
    app.selectbox(key="adv_x_attack").select(ATTACKS[name].title).run()
    for setting in ATTACKS[name].settings:
        key = f"adv_x_{name}_{setting}"
        for one in [widget for widget in app.select_slider if widget.key == key]:
            for said in (one.options[0], one.options[-1]):
                value = 0.0 if said == "automatic" else float(said)
                app.select_slider(key=key).set_value(value).run()
                assert config(app)[setting] == value
        for one in [widget for widget in app.slider if widget.key == key]:
            for value in (one.min, one.max):
                app.slider(key=key).set_value(value).run()
                assert config(app)[setting] == value


def test_epsilon_goes_along_to_attacks_of_the_same_norm_and_to_no_other() -> None:
    app = AppTest.from_function(choice, default_timeout=WAIT).run()
    app.select_slider(key="adv_x_fgsm_epsilon").set_value(0.07).run()
    app.selectbox(key="adv_x_attack").select("BIM").run()
    assert config(app) == AttackConfig("bim", 0.07)
    app.select_slider(key="adv_x_bim_steps").set_value(3).run()
    assert config(app).steps == 3
    l2 = next(name for name, entry in ATTACKS.items() if entry.norm == "l2")
    app.selectbox(key="adv_x_attack").select(ATTACKS[l2].title).run()
    assert config(app).epsilon == ATTACKS[l2].epsilon


def test_a_tab_may_offer_some_attacks_and_begin_with_another() -> None:
    app = AppTest.from_function(gradients_only, default_timeout=WAIT).run()
    assert config(app).name == "pgd"
    assert "Random noise" not in app.selectbox(key="adv_x_attack").options
    assert "FGSM" in app.selectbox(key="adv_x_attack").options


@pytest.mark.parametrize("norm", NORMS)
def test_budgets_reach_from_nothing_to_the_largest_change(norm: str) -> None:
    values = budgets(norm)  # type: ignore[arg-type]
    assert values[0] == 0
    assert values[-1] == NORMS[norm].largest  # type: ignore[index]
    assert list(values) == sorted(set(values))
    assert 7.25 in budgets(norm, 7.25)  # type: ignore[arg-type]
