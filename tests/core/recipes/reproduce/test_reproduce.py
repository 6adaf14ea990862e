"""The verb `reproduce`: its rows, its rules, and that a wrong trace is called wrong."""

import json
from dataclasses import replace

import pytest

from core.__main__ import main
from core.config.run import OptimizerConfig
from core.data import Mnist, load
from core.export.row_formats import as_json
from core.lessons.race.descent.walk import DescentConfig, walk
from core.lessons.race.race import LaneRun
from core.recipes.reproduce import REPRODUCTIONS, image, race
from core.recipes.reproduce.descent import judged
from core.recipes.reproduce.race import lead, race_config, race_row
from core.recipes.reproduce.row import interval
from core.recipes.reproduce.training import held, reproduce_training, rule, slack
from core.recipes.texts import RECIPES, recipe
from core.storage.history import History

KEYS = {"id", "claim", "measured", "unit", "seeds", "seconds", "holds", "rule"}


def never() -> Mnist:
    raise AssertionError("gd-demo needs no digits")


def test_every_train_recipe_and_more_can_be_reproduced() -> None:
    trained = {name for name, entry in RECIPES.items() if entry.kind == "train"}
    assert trained | {"gd-demo", "optimizer-race"} <= set(REPRODUCTIONS)


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["reproduce", "--quick", "--json", "--only", "gd-demo", "cnn-lab", "optimizer-race"]
    assert main(words) == 0
    shown = capsys.readouterr()
    demo, lab, raced = (json.loads(line) for line in shown.out.splitlines())
    assert all(row.keys() >= KEYS for row in (demo, lab, raced))
    assert [row["id"] for row in (demo, lab, raced)] == ["gd-demo", "cnn-lab", "optimizer-race"]
    assert (demo["holds"], demo["agree"], demo["seeds"]) == (True, 7, [])
    assert demo["measured"][0][0] == 14
    assert lab["claim"] == recipe("cnn-lab").claim
    assert (lab["holds"], lab["seeds"], lab["data"], lab["epochs"]) == (None, [0], "small", 1)
    assert 0 <= lab["measured"] <= 1
    assert lab["rule"].startswith("undecided on few images")
    assert list(raced["train_loss"]) == list(raced["test_accuracy"]) == ["SGD", "RMSprop", "Adam"]
    assert (raced["claim"], raced["holds"], raced["diverged"]) == (None, None, [])
    assert raced["seeds"] == [0, 1]
    for spread in raced["test_accuracy"].values():
        low, high = spread["ci95"]
        assert 0 <= low <= spread["mean"] <= high <= 1
        assert sum(spread["values"]) / 2 == pytest.approx(spread["mean"])
    ends = raced["train_loss"]
    ratios = [ends["SGD"]["values"][i] / max(ends[name]["values"][i] for name in ("RMSprop", "Adam")) for i in (0, 1)]
    assert raced["measured"] == pytest.approx(sum(ratios) / 2)
    assert "cnn-lab" in shown.err


def test_an_unknown_id_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reproduce", "--only", "nothing"]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "Nothing to reproduce is called 'nothing'" in shown.err


@pytest.mark.parametrize(
    "config",
    [
        DescentConfig(start=5),
        DescentConfig(optimizer=OptimizerConfig("sgd", {"lr": 0.1 + 1e-12})),
        DescentConfig(optimizer=OptimizerConfig("adam", {"lr": 0.1})),
        DescentConfig(updates=18),
    ],
)
def test_a_wrong_trace_does_not_hold(config: DescentConfig) -> None:
    assert REPRODUCTIONS["gd-demo"](False, never)["holds"] is True
    assert judged(walk(config), 0.0)["holds"] is False


def test_claims_are_decided_by_their_rule() -> None:
    claim = RECIPES["cnn-lab"]
    assert slack(claim) == pytest.approx(0.0027, abs=1e-4)
    assert held(claim, 0.9906) is True
    assert held(claim, 0.9880) is True
    assert held(claim, 0.9878) is False
    assert held(claim, None) is False  # a run diverged
    assert held(RECIPES["cnn-bn"], 0.99) is None
    assert "99.06%" in rule(claim, whole=True)
    assert "neither epochs nor batch size" in rule(RECIPES["cnn-bn"], whole=True)
    assert "no number" in rule(RECIPES["mlp-deep"], whole=True)


def test_a_recipe_without_a_claim_is_measured_and_left_open() -> None:
    row = reproduce_training("linear-softmax", True, lambda: load("small"))
    assert row["claim"] is None
    assert row["holds"] is None
    assert row["values"] == [row["measured"]]
    assert row["ci95"][0] < row["measured"] < row["ci95"][1]


def test_the_race_is_the_recipes() -> None:
    setup = recipe("optimizer-race").setup
    whole, quick = race_config(quick=False), race_config(quick=True)
    assert replace(whole, seeds=setup.seeds) == setup
    assert whole.seeds == (0, 1, 2)
    assert quick.lanes == setup.lanes
    assert (quick.base.train.epochs, len(quick.seeds)) == (1, 2)


def test_a_lane_that_diverged_is_said_and_has_no_mean(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its last measurement may even be a number: it is no end of a race."""
    rows = [{"epoch": 1.0, "train_loss": 0.5, "test_loss": 0.4, "test_accuracy": share} for share in (0.9, 0.1)]
    runs = [
        LaneRun(
            lane,
            seed,
            "diverged" if (lane, seed) == ("Adam", 1) else "finished",
            "Too high.",
            History(epochs=[rows[lane == "Adam"]]),
        )
        for lane in ("SGD", "RMSprop", "Adam")
        for seed in (0, 1)
    ]
    monkeypatch.setattr(race, "_raced", lambda config, mnist: runs)
    row = race_row(race_config(quick=True), load("small"))
    assert row["measured"] is None
    assert row["diverged"] == ["Adam, seed 1: Too high."]
    assert row["test_accuracy"]["Adam"] == {"mean": None, "ci95": None, "values": [0.1, None]}
    assert row["test_accuracy"]["SGD"]["mean"] == pytest.approx(0.9)


def test_the_lead_is_over_the_slower_of_the_others() -> None:
    assert lead({"SGD": [1.0, 3.0], "RMSprop": [0.5, 1.0], "Adam": [0.25, 1.5]}) == [2.0, 2.0]
    assert lead({"SGD": [1.0], "RMSprop": [None], "Adam": [0.25]}) == []
    assert lead({"SGD": [None], "RMSprop": [0.5]}) == []
    assert lead({"SGD": [1.0]}) == []


@pytest.mark.parametrize("odd", [float("nan"), float("inf")])
@pytest.mark.parametrize("order", [("rmsprop", "adam"), ("adam", "rmsprop")])
def test_a_loss_that_is_no_number_leaves_nothing_to_divide(odd: float, order: tuple[str, str]) -> None:
    assert image.lead({"sgd": 2.0, order[0]: odd, order[1]: 1.0}) is None
    assert image.lead({"sgd": odd, order[0]: 0.5, order[1]: 1.0}) is None
    assert image.lead({"sgd": 2.0, order[0]: 0.5, order[1]: 1.0}) == 2.0
    assert image.lead({"sgd": 2.0}) is None


def test_json_has_no_word_for_what_is_no_number() -> None:
    row = {"a": float("nan"), "b": [1.5, float("inf"), {"c": -float("inf")}], "d": (2, "x", None, True)}
    assert json.loads(as_json(row)) == {"a": None, "b": [1.5, None, {"c": None}], "d": [2, "x", None, True]}


def test_interval_over_seeds() -> None:
    low, high = interval([0.97, 0.98, 0.99]) or (0.0, 0.0)
    assert (low + high) / 2 == pytest.approx(0.98)
    assert high - low == pytest.approx(2 * 4.3027 * 0.01 / 3**0.5, rel=1e-4)
    assert interval([0.5]) is None
