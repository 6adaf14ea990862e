"""Curves and regressors as settings: what is refused, and that everything survives the way through JSON."""

import json
import math

import pytest

from core.__main__ import main
from core.config.errors import ConfigError
from core.config.run import CurveConfig, RegressorConfig, RunConfig, TrainConfig
from core.recipes.texts import RECIPES

PLACED = ((0.0, 1.0), (1.0, 2.0), (2.0, 1.5), (3.0, -1.0), (4.0, 0.25))


@pytest.mark.parametrize(
    "bad",
    [
        {"target": "cube"},
        {"low": 1.0, "high": 1.0},
        {"low": math.nan},
        {"high": math.inf},
        {"low": -2000.0},
        {"points": 1},
        {"points": 5001},
        {"points": 2.5},
        {"noise": -0.1},
        {"noise": "much"},
        {"points_seed": -1},
        {"placed": 3},
        {"placed": [[1, 2, 3]]},
        {"placed": [["a", "b"]]},
        {"placed": [[0.0, math.inf]]},
        {"target": "placed", "placed": PLACED[:4]},
    ],
)
def test_a_curve_that_makes_no_sense_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        CurveConfig(**bad)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "bad", [{"hidden": (0,)}, {"hidden": (513,)}, {"hidden": (4,) * 9}, {"activation": "sine"}, {"init": "one"}]
)
def test_a_network_that_makes_no_sense_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        RegressorConfig(**bad)  # type: ignore[arg-type]


def test_through_json_and_back_with_placed_points() -> None:
    config = RunConfig(
        "regression-sine",
        RegressorConfig(hidden=(3, 4), activation="relu"),
        TrainConfig(validation=0.2, keep="best", patience=7),
        CurveConfig(target="placed", placed=PLACED, noise=0.5, low=-1.0, high=5.0),
    )
    assert RunConfig.from_json(json.loads(json.dumps(config.to_json()))) == config


def test_settings_by_their_flat_names() -> None:
    config = RECIPES["regression-sine"].config
    changed = config.with_settings({"target": "square", "noise": 0.1, "hidden": [4], "lr": 0.01, "patience": 5})
    assert isinstance(changed.data, CurveConfig)
    assert (changed.data.target, changed.data.noise) == ("square", 0.1)
    assert (changed.model.hidden, changed.train.patience) == ((4,), 5)  # type: ignore[union-attr]
    assert config.with_settings(config.settings()) == config
    with pytest.raises(ConfigError, match="no setting"):
        config.with_settings({"languages": 3})


def test_who_stops_early_needs_validation_points() -> None:
    with pytest.raises(ConfigError, match="hold some out"):
        RECIPES["regression-sine"].config.with_settings({"validation": 0.0})


def test_trained_scored_and_placed_on_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    """JSON says the test loss where there is no accuracy, and `evaluate` finds the kept weights."""
    words = ["train", "regression-sine", "--json", "--epochs", "30"]
    assert main([*words, "--set", "target=placed", f"placed={json.dumps(PLACED)}", "threads=1"]) == 0
    row = json.loads(capsys.readouterr().out)
    assert (row["recipe"], row["data"], row["n_test"]) == ("regression-sine", "points", 1)
    assert row["test_accuracy"] is row["ci95"] is None
    assert row["settings"]["data"]["placed"] == [list(pair) for pair in PLACED]
    assert main(["evaluate", row["run_id"], "--json"]) == 0
    score = json.loads(capsys.readouterr().out)
    assert score["test_loss"] == pytest.approx(row["test_loss"], rel=1e-5)
    assert (score["test_accuracy"], score["n"]) == (None, 1)

    assert main([*words, "--set", "target=square", "noise=0.1", "low=-2", "high=2", "threads=1"]) == 0
    row = json.loads(capsys.readouterr().out)
    assert row["settings"]["data"]["noise"] == 0.1
    assert 0 < row["test_loss"] < 10
    assert main([*words, "--set", "placed=3"]) == 2
    assert "pairs of numbers" in capsys.readouterr().err
