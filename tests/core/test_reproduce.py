"""The verb `reproduce`: its rows, its rules, and that a wrong trace is called wrong."""

import json

import pytest

from core.__main__ import main
from core.config import OptimizerConfig
from core.data import Mnist, load
from core.descent.config import DescentConfig
from core.descent.curves import walk
from core.recipes import RECIPES, recipe
from core.reproduce import REPRODUCTIONS
from core.reproduce.descent import judged
from core.reproduce.race import lead, race_config
from core.reproduce.row import interval
from core.reproduce.training import CLAIMS, held, reproduce_training, rule
from core.training.trainer import initial_network

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
    demo, lab, race = (json.loads(line) for line in shown.out.splitlines())
    assert all(row.keys() >= KEYS for row in (demo, lab, race))
    assert [row["id"] for row in (demo, lab, race)] == ["gd-demo", "cnn-lab", "optimizer-race"]
    assert (demo["holds"], demo["agree"], demo["seeds"]) == (True, 7, [])
    assert demo["measured"][0][0] == 14
    assert lab["claim"] == recipe("cnn-lab").claim
    assert (lab["holds"], lab["seeds"], lab["data"], lab["epochs"]) == (None, [0], "small", 1)
    assert 0 <= lab["measured"] <= 1
    assert lab["rule"].startswith("undecided on few images")
    assert set(race["train_loss"]) == set(race["test_accuracy"]) == {"sgd", "rmsprop", "adam"}
    assert race["measured"] > 1
    assert race["holds"] is None
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
    claim = CLAIMS["cnn-lab"]
    assert claim.slack == pytest.approx(0.0027, abs=1e-4)
    assert held(claim, 0.9906) is True
    assert held(claim, 0.9880) is True
    assert held(claim, 0.9878) is False
    assert held(claim, None) is False  # a run diverged
    assert held(None, 0.99) is None
    assert "99.06%" in rule("cnn-lab", "a claim", claim, whole=True)
    assert "neither epochs nor batch size" in rule("cnn-bn", "a claim", None, whole=True)
    assert "no number" in rule("mlp-deep", None, None, whole=True)


def test_a_recipe_without_a_claim_is_measured_and_left_open() -> None:
    row = reproduce_training("linear-softmax", True, lambda: load("small"))
    assert row["claim"] is None
    assert row["holds"] is None
    assert row["values"] == [row["measured"]]
    assert row["ci95"][0] < row["measured"] < row["ci95"][1]


def test_racers_start_alike() -> None:
    one, other = (race_config(name, 3, {}) for name in ("sgd", "adam"))
    assert one.mlp.activation == "relu"
    assert (one.train.batch_size, one.train.optimizer["lr"]) == (128, 0.01)
    assert other.train.optimizer["lr"] == 0.001
    starts = (initial_network(config).parameters() for config in (one, other))
    assert all(bool((a == b).all()) for a, b in zip(*starts, strict=True))


def test_the_lead_is_over_the_slower_of_the_two() -> None:
    assert lead({"sgd": [1.0, 3.0], "rmsprop": [0.5, 1.0], "adam": [0.25, 1.5]}) == [2.0, 2.0]
    assert lead({"sgd": [1.0], "rmsprop": [None], "adam": [0.25]}) == []


def test_interval_over_seeds() -> None:
    low, high = interval([0.97, 0.98, 0.99]) or (0.0, 0.0)
    assert (low + high) / 2 == pytest.approx(0.98)
    assert high - low == pytest.approx(2 * 4.3027 * 0.01 / 3**0.5, rel=1e-4)
    assert interval([0.5]) is None
