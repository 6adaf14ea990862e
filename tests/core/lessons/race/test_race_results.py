"""What is read off a race: lanes as text, curves over seeds, standings, best rates."""

import math

import numpy as np
import pytest

from core.config.errors import ConfigError
from core.config.race import Lane, RaceConfig
from core.config.run import OptimizerConfig
from core.lessons.race.race import LaneRun
from core.lessons.race.race_lanes import chapter_lanes, lanes_from_text, lanes_text, named, occurrence
from core.lessons.race.race_lines import accuracy_line, loss_line, smoothed, total_steps
from core.lessons.race.rate_race import at_rate, best_rate, rates, scores, sweep_lanes, sweep_races, without_rate
from core.lessons.race.standings import reached, standings, within_reach
from core.recipes.texts import RECIPES
from core.storage.history import History
from core.training.schedules import SCHEDULES

BASE = RECIPES["mlp-autograd"].config.with_settings({"epochs": 1, "validation": 0.1})


def sgd(**settings: float) -> OptimizerConfig:
    return OptimizerConfig("sgd", settings)


def run(
    losses: list[float | None],
    accuracies: dict[int, float],
    *,
    lane: str = "SGD",
    seed: int = 0,
    pace: float = 0.5,
    status: str = "finished",
    message: str = "",
) -> LaneRun:
    """A lane's run of so many steps of 10 images; accuracies: step → validation accuracy."""
    last = max(accuracies, default=0)
    rows = [
        {"step": s, "epoch": s / 10, "examples": 10 * s, "seconds": pace * s, "validation_error": 1 - a}
        for s, a in accuracies.items()
        if s != last
    ]
    end = {
        "step": last,
        "epoch": last / 10,
        "examples": 10 * last,
        "seconds": pace * last,
        "validation_accuracy": accuracies.get(last),
        "test_accuracy": 0.9,
        "train_loss": 1.0,
    }
    history = History(
        loss=losses, lr=[0.1] * len(losses), examples_per_step=[10] * len(losses), epochs=[end], records=rows
    )
    return LaneRun(lane, seed, status, message, history, last / 10, pace * last)  # type: ignore[arg-type]


# --- lanes


def test_names_say_what_tells_lanes_apart() -> None:
    def names(*entries: tuple[OptimizerConfig, str]) -> list[str]:
        return [lane.name for lane in named(entries)]  # type: ignore[arg-type]

    c = "constant"
    assert names((sgd(), c), (OptimizerConfig("adam"), c)) == ["SGD", "Adam"]
    assert names((sgd(lr=0.1), c), (sgd(), c)) == ["SGD 0.1", "SGD 0.01"]
    assert names((sgd(), c), (sgd(), "cosine")) == ["SGD constant", "SGD cosine"]
    assert names((sgd(), c), (sgd(), c), (OptimizerConfig("adam"), c)) == ["SGD (1)", "SGD (2)", "Adam"]
    assert [lane.name for lane in chapter_lanes()] == ["SGD", "RMSprop", "Adam"]
    assert chapter_lanes() == RECIPES["optimizer-race"].setup.lanes  # type: ignore[union-attr]


def test_lanes_survive_the_address() -> None:
    lanes = named(
        [
            (sgd(lr=0.3, momentum=0.9, nesterov=1.0), "cosine"),
            (OptimizerConfig("adam", {"epsilon": 1e-10}), "one-cycle"),
            (OptimizerConfig("adadelta"), "constant"),
        ]
    )
    text = lanes_text(lanes)
    assert text == "sgd:lr=0.3,momentum=0.9,nesterov=1~cosine;adam:epsilon=1e-10~one-cycle;adadelta"
    assert lanes_from_text(text) == lanes
    for schedule in SCHEDULES:
        assert lanes_from_text(lanes_text(named([(sgd(), schedule)])))[0].schedule == schedule


@pytest.mark.parametrize(
    "text", ["", "magic", "sgd:lr=fast", "sgd:speed=3", "sgd:lr=-1", "adam~sine", ";".join(["sgd"] * 9)]
)
def test_nonsense_in_the_address_gets_a_sentence(text: str) -> None:
    with pytest.raises(ConfigError, match=r"\.$"):
        lanes_from_text(text)


def test_which_lane_of_its_optimizer() -> None:
    lanes = named([(sgd(lr=0.1), "constant"), (OptimizerConfig("adam"), "constant"), (sgd(), "constant")])
    assert occurrence(lanes) == {"SGD 0.1": 0, "Adam": 0, "SGD 0.01": 1}


# --- curves


def test_a_line_is_the_mean_of_its_seeds_and_the_band_their_extremes() -> None:
    line = loss_line([run([4.0, 2.0], {2: 0.5}), run([2.0, 1.0], {2: 0.7}, seed=1)], "step", 2)
    assert line.x.tolist() == [1, 2]
    assert line.mean.tolist() == [3.0, 1.5]
    assert (line.low.tolist(), line.high.tolist()) == ([2.0, 1.0], [4.0, 2.0])
    assert line.seeds == 2


def test_long_runs_are_gathered_and_the_bins_stand_still() -> None:
    total = 10_000
    values = np.random.default_rng(0).random(total).tolist()
    whole, half = (loss_line([run(values[:n], {})], "step", total) for n in (total, total // 2))
    assert len(whole.x) <= 240
    width = math.ceil(total / 240)
    assert whole.mean[0] == pytest.approx(np.mean(values[:width]))
    shared = len(half.x) - 1  # the last bin may be cut short
    np.testing.assert_allclose(half.mean[:shared], whole.mean[:shared])


def test_smoothing_is_an_exponential_mean_corrected_for_its_start() -> None:
    table = np.array([[1.0, 3.0, np.nan, 5.0]])
    found = smoothed(table, 0.5)[0]
    assert found[0] == 1.0
    assert found[1] == pytest.approx((0.5 * 0.5 * 1 + 0.5 * 3) / 0.75)
    assert np.isnan(found[2])
    assert found[3] == pytest.approx((0.125 * 1 + 0.25 * 3 + 0.5 * 5) / 0.875)
    assert smoothed(table, 0.0) is table
    constant = smoothed(np.full((2, 50), 0.7), 0.95)
    np.testing.assert_allclose(constant, 0.7)
    rough = loss_line([run([1.0, 3.0] * 20, {})], "step", 40, 0.9)
    assert rough.raw.std() > 3 * rough.mean.std()


@pytest.mark.parametrize(("axis", "end"), [("step", 4.0), ("epoch", 0.4), ("examples", 40.0), ("seconds", 2.0)])
def test_every_axis_ends_where_the_run_does(axis: str, end: float) -> None:
    runs = [run([1.0] * 4, {2: 0.5, 4: 0.6})]
    assert loss_line(runs, axis, 4).x[-1] == pytest.approx(end)  # type: ignore[arg-type]
    assert accuracy_line(runs, axis).x.tolist() == pytest.approx([end / 2, end])  # type: ignore[arg-type]


def test_seconds_never_run_backwards_where_one_seed_is_slower_and_not_so_far() -> None:
    done, slow = run([1.0] * 100, {100: 0.9}, pace=0.1), run([1.0] * 50, {50: 0.9}, seed=1, pace=0.5)
    line = loss_line([done, slow], "seconds", 100)
    assert (np.diff(line.x) > 0).all()
    assert line.x[-1] == pytest.approx((100 * 0.1 + 100 * 0.5) / 2)


def test_what_is_not_a_number_is_left_out() -> None:
    fallen = run([2.0, None], {}, status="diverged")
    assert loss_line([fallen], "step", 10).x.tolist() == [1]
    assert len(loss_line([LaneRun("SGD", 0)], "step", 10).x) == 0
    assert len(accuracy_line([LaneRun("SGD", 0)], "seconds").x) == 0


def test_steps_of_a_lane() -> None:
    config = RaceConfig(BASE.with_settings({"epochs": 3, "batch_size": 128}), chapter_lanes())
    assert total_steps(config, 3600) == 3 * math.ceil(3600 / 128)


# --- standings


def test_the_first_time_above_the_target_counts() -> None:
    a = run([1.0] * 6, {2: 0.5, 4: 0.95, 6: 0.9})
    b = run([1.0] * 6, {2: 0.5, 4: 0.8, 6: 0.95}, seed=1, pace=1.0)
    c = run([1.0] * 6, {6: 0.4}, seed=2)
    found = reached([a, b, c, LaneRun("SGD", 3)], 0.9)
    assert (found.seeds, found.of) == (2, 3)
    assert (found.steps, found.examples, found.seconds) == (5.0, 50.0, 4.0)
    assert reached([c], 0.9).steps is None


def test_standings_of_a_race() -> None:
    config = RaceConfig(BASE, named([(sgd(), "constant"), (OptimizerConfig("adam"), "constant")]), (0, 1))
    runs = [
        run([1.0, 0.5], {2: 0.8}),
        run([1.0, 0.3], {2: 0.9}, seed=1),
        run([1.0, 0.5], {2: 0.85}, lane="Adam"),
        run([1.0, None], {2: 0.5}, lane="Adam", seed=1, status="diverged", message="Too high."),
    ]
    first, second = standings(config, runs, 1000, 0.8)
    assert (first.validation.mean, first.validation.seeds) == (pytest.approx(0.85), 2)
    assert first.validation.deviation == pytest.approx(np.std([0.8, 0.9], ddof=1))
    assert first.speed == pytest.approx(20.0)
    assert first.loss == pytest.approx(0.7)
    assert first.test is not None
    assert first.interval[0] < 0.9 < first.interval[1]
    assert (second.begun, second.diverged, second.message) == (2, 1, "Too high.")
    assert second.validation.mean == pytest.approx(0.85)  # of the seed that is still a network
    assert (second.test.seeds, second.interval) == (1, None)  # of one seed in two: no interval says how it goes
    assert within_reach(config, runs) == 80  # both seeds of SGD; one of Adam's never got beyond 50%
    runs[0].status = "running"
    assert standings(config, runs, 1000, 0.8)[0].test is None  # not before all its runs have ended


def test_means_count_seeds_that_are_equally_far() -> None:
    config = RaceConfig(BASE, named([(sgd(), "constant"), (OptimizerConfig("adam"), "constant")]), (0, 1, 2))

    def ran(seed: int, sgd: float, adam: float, status: str, losses: list[float | None]) -> list[LaneRun]:
        step = 2 * len(losses)
        return [
            run(losses, {step: right}, seed=seed, lane=lane, status=status)
            for lane, right in (("SGD", sgd), ("Adam", adam))
        ]

    waiting = [LaneRun(lane, seed) for seed in (1, 2) for lane in ("SGD", "Adam")]
    begun = ran(0, 0.2, 0.3, "running", [2.0])
    table = standings(config, [*begun, *waiting], 1000, 0.9)
    assert [(s.validation.mean, s.validation.seeds, s.of) for s in table if s.validation] == [(0.2, 1, 3), (0.3, 1, 3)]

    two = [*ran(0, 0.9, 0.94, "finished", [0.5] * 4), *ran(1, 0.94, 0.96, "finished", [0.3] * 4)]
    for status in ("running", "stopped"):  # the third seed has just begun, and knows nothing yet
        runs = [*two, *ran(2, 0.1, 0.1, status, [2.3])]
        one, other = standings(config, runs, 1000, 0.9)
        assert (one.validation.mean, one.validation.seeds, one.of) == (pytest.approx(0.92), 2, 3)
        assert (other.validation.mean, other.validation.low) == (pytest.approx(0.95), 0.94)
        assert one.loss == pytest.approx(0.4)
        assert (one.reached.seeds, one.reached.of) == (2, 2)
        assert within_reach(config, runs) == 94
        assert one.test is None or one.test.seeds == 2
    runs = [*two, *ran(2, 0.1, 0.1, "running", [2.3])]
    runs[-1].status = "finished"  # Adam has ended earlier than SGD: the seed is not over
    assert [s.validation.seeds for s in standings(config, runs, 1000, 0.9) if s.validation] == [2, 2]


# --- rates


def test_rates_lie_around_the_usual_one() -> None:
    assert rates("adam") == (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3)
    assert rates("adadelta") == (0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)
    assert len(rates("sgd", (0.01, 300))) == 8
    assert rates("sgd", (0.01, 300))[0] == 0.0001
    assert rates("sgd", (1, 1)) == (0.01,)
    with pytest.raises(ConfigError, match="no learning rate in that range"):
        rates("adadelta", (300, 300))


def test_lanes_that_differ_in_their_rates_alone_share_a_sweep() -> None:
    lanes = named([(sgd(lr=0.1), "constant"), (sgd(lr=1), "constant"), (sgd(lr=1), "cosine")])
    swept = sweep_lanes(lanes)
    assert [lane.name for lane in swept] == ["SGD constant", "SGD cosine"]
    races = sweep_races(RaceConfig(BASE, lanes, (3, 4)))
    assert [race.seeds for race in races] == [(3, 4)] * 2
    assert [lane.optimizer["lr"] for lane in races[0].lanes] == list(rates("sgd"))
    assert all(lane.schedule == "cosine" for lane in races[1].lanes)
    assert sweep_lanes([races[0].lanes[0], races[1].lanes[0]]) == swept  # found again from a sweep's races
    assert without_rate(at_rate(lanes[0], 7)) == without_rate(lanes[1])


@pytest.mark.parametrize("without", [{"validation": 0.0}, {"validation": 0.0, "split": "lab"}])
def test_a_rate_is_chosen_on_held_out_training_images(without: dict[str, object]) -> None:
    config = RaceConfig(BASE.with_settings(without), chapter_lanes())
    with pytest.raises(ConfigError, match="never on test images"):
        sweep_races(config)


def test_the_best_rate_is_of_those_where_nobody_diverged() -> None:
    lanes = tuple(Lane(f"at {rate:g}", sgd(lr=rate)) for rate in (0.1, 1.0, 10.0))
    config = RaceConfig(BASE, lanes, (0, 1))
    runs = [
        run([1.0], {1: 0.8}, lane="at 0.1"),
        run([1.0], {1: 0.9}, lane="at 0.1", seed=1),
        run([1.0], {1: 0.99}, lane="at 1"),
        run([None], {1: 0.1}, lane="at 1", seed=1, status="diverged"),
        LaneRun("at 10", 0),
    ]
    found = scores(config, runs)
    assert list(found) == [0.1, 1.0]
    assert (found[0.1].mean, found[0.1].low, found[0.1].high) == (pytest.approx(0.85), 0.8, 0.9)
    assert (found[1.0].runs, found[1.0].diverged) == (2, 1)
    assert best_rate(found) == 0.1
    blind = [run([1.0], {}, lane="at 0.1"), run([None], {}, lane="at 0.1", seed=1, status="diverged")]
    assert (scores(config, blind)[0.1].runs, scores(config, blind)[0.1].diverged) == (2, 1)
    assert scores(config, blind)[0.1].mean is None
    assert best_rate({}) is None
