"""Runs as rows, filtered; which settings differ, and settings as axes."""

import math
from dataclasses import replace

import pytest

from core.lessons.runs.charts.scale import scale, written
from core.lessons.runs.rows import Wanted, short_of, table, title_of
from core.lessons.runs.settings import side_by_side, values_of, varied

from .conftest import MakeRun


def test_a_row_has_what_the_table_shows(make_run: MakeRun) -> None:
    run = make_run("mlp-module", lr=0.3, name="mine")
    row = table([run])[0]
    assert row["name"] == "mine"
    assert (row["recipe"], row["learning rate"], row["batch size"]) == ("mlp-module", 0.3, 128)
    assert row["95% from"] == run.ci_low
    assert row["run"] == run.run_id
    assert table([make_run()])[0]["name"] == "linear-softmax"


def test_filters_let_through_what_is_wanted(make_run: MakeRun) -> None:
    deep = make_run("mlp-deep", lr=0.3, name="Best so far", data="full")
    linear = make_run(status="diverged", name="five", kind="sweep", lr=5.0)
    runs = [deep, linear]
    assert Wanted().of(runs) == runs
    assert Wanted(recipes=("mlp-deep",)).of(runs) == [deep]
    assert Wanted(statuses=("diverged", "stopped")).of(runs) == [linear]
    assert Wanted(kind="sweep").of(runs) == [linear]
    assert Wanted(kind="single").of(runs) == [deep]
    assert Wanted(data="full").of(runs) == [deep]
    assert Wanted(words="BEST far").of(runs) == [deep]
    assert Wanted(words="lr=5").of(runs) == [linear]
    assert Wanted(words="512–256 momentum=0.5").of(runs) == [deep]
    assert Wanted(words=linear.run_id).of(runs) == [linear]
    assert Wanted(words="best diverged").of(runs) == []


def test_titles_differ_even_for_the_same_name(make_run: MakeRun) -> None:
    assert title_of(make_run(name="x")) != title_of(make_run(name="x"))


def test_short_names_say_what_a_trial_tried(make_run: MakeRun) -> None:
    run = make_run(name="sweep 12ab34cd: lr=0.1", run_id="deadbeef", kind="sweep")
    assert short_of(run) == "lr=0.1 · dead"
    lane = make_run(name="race 12ab34cd: adam, seed 1", run_id="deadbeef", kind="race")
    assert short_of(lane) == "adam, seed 1 · dead"
    assert short_of(replace(lane, name="keep: this")) == "keep: this · dead"
    assert short_of(make_run(name="note: keep", run_id="deadbeef")) == "note: keep · dead"
    assert short_of(make_run(name="x" * 80, run_id="deadbeef")) == "x" * 29 + "… · dead"


def test_only_what_differs_is_lit(make_run: MakeRun) -> None:
    one, two = make_run("mlp-module", lr=0.3), make_run("mlp-module", lr=0.1, batch_size=32)
    found = side_by_side([one, two])
    assert found.lit == {"lr": ["0.3", "0.1"], "batch_size": ["128", "32"]}
    assert found.same["hidden"] == ["256–128", "256–128"]
    assert not side_by_side([one, one]).lit


def test_a_setting_that_one_run_lacks_and_changes_on_the_way_are_lit(make_run: MakeRun) -> None:
    cnn, mlp = make_run("cnn-bn"), make_run("mlp-module")
    assert side_by_side([cnn, mlp]).lit["channels"] == ["16–32–64", "–"]
    changed = make_run("mlp-module")
    changed.history.changes.append({"step": 3, "examples": 90, "name": "lr", "value": 0.01})
    assert side_by_side([mlp, changed]).lit == {"changed during training": ["nothing", "lr→0.01"]}


def test_varied_settings_are_those_with_several_values(make_run: MakeRun) -> None:
    runs = [make_run("mlp-module", lr=lr, seed=seed) for lr in (0.1, 0.2) for seed in (0, 1, 2)]
    assert varied(runs) == ["lr", "seed"]
    assert varied(runs[:1]) == []
    assert values_of(runs, "lr") == [0.1, 0.1, 0.1, 0.2, 0.2, 0.2]
    assert "channels" not in varied([*runs, make_run("cnn-bn"), make_run("cnn-lab")])
    assert "recipe" in varied([*runs, make_run("mlp-deep")])


def test_numbers_stay_numbers_and_words_get_places() -> None:
    rates = scale("lr", [0.001, 0.1, None])
    assert rates.log
    assert not rates.named
    assert rates.places[:2] == [0.001, 0.1]
    assert math.isnan(rates.places[2])
    assert not scale("batch", [32, 64]).log
    assert not scale("momentum", [0.0, 0.9]).log
    words = scale("activation", ["relu", "tanh", "relu"])
    assert words.named
    assert words.places == [0.0, 1.0, 0.0]
    assert words.words == ["relu", "tanh"]
    assert scale("switch", [True, False]).words == ["no", "yes"]
    assert scale("hidden", [(128, 64), ()]).words == ["128–64", "none"]
    assert scale("nothing", []).places == []


@pytest.mark.parametrize(
    ("value", "text"), [(0.1, "0.1"), (True, "yes"), (None, "none"), ((3, 3), "3–3"), ("relu", "relu"), (7, "7")]
)
def test_values_in_words(value: object, text: str) -> None:
    assert written(value) == text
