"""Attack tasks: named by what decides them, equal however the work is cut, never lost, and kept once."""

from dataclasses import replace

import pytest
import torch

from core.attacks import ATTACKS
from core.attacks.config import AttackConfig
from core.attacks.filters.config import FilterConfig
from core.attacks.run import attack
from core.data import load
from core.lessons.adversarial import tasks
from core.lessons.adversarial.result import judge
from core.lessons.adversarial.tasks import (
    AttackResults,
    AttackTask,
    Batch,
    Predictions,
    batches,
    configs,
    gather,
    lined_up,
    measure,
    sample,
    seconds_left,
    size,
    task_of,
)
from core.models.trained_network import load_shipped

DIGITS = load("small").test
NET = load_shipped("linear-softmax").model
NETS = {"n": NET}
PGD = AttackConfig("pgd", 0.1, {"steps": 3})
SLOW = AttackConfig("pgd", 0.1, {"steps": 100})


def places(n: int, config: AttackConfig | None = None) -> torch.Tensor:
    return torch.cat([batch.places(1000) for batch in batches(n, config)])


def test_a_larger_sample_begins_with_the_smaller_and_is_drawn_without_repeats() -> None:
    assert sorted(sample(1000).tolist()) == list(range(1000))
    assert torch.equal(places(1000), sample(1000))
    assert [len(batches(n)) for n in (1, 100, 101, 1000)] == [1, 1, 2, 10]
    assert batches(150) == batches(1000)[:2]
    assert Batch(0, 3, 10).places(1000).tolist() == [0, 100, 200]


def test_slow_attacks_come_in_smaller_batches_of_the_same_images() -> None:
    assert size(None) == size(PGD) == size(AttackConfig("noise", restarts=100)) == 100
    assert size(SLOW) == size(AttackConfig("pgd", 0.1, {"steps": 20}, restarts=5)) == 10
    assert torch.equal(places(150, SLOW), sample(1000)[:150])
    line = lined_up(["n"], [SLOW], 150)
    assert [task.batch.start for task in line if task.attack] == list(range(0, 150, 10))
    assert line[11] == task_of("n", None, Batch(100, 200), "n")  # the next hundred begins


def test_a_task_is_another_wherever_its_result_may_be() -> None:
    task = task_of("n", PGD, Batch(0, 100), "n")
    assert task == task_of("n", AttackConfig("pgd", 0.1, {"steps": 3.0}), Batch(0, 100), "n")
    others = [
        replace(task, attack=AttackConfig("pgd", 0.2, {"steps": 3})),
        replace(task, attack=AttackConfig("bim", 0.1, {"steps": 3})),
        replace(task, attack=None),
        replace(task, batch=Batch(100, 200)),
        replace(task, batch=Batch(0, 100, 200)),
        replace(task, target="other"),
        replace(task, source="other"),
        replace(task, filter=FilterConfig("median", 3)),
        replace(task, made_on="bare"),
        replace(task, after=SLOW),
    ]
    assert len({task, *others}) == 1 + len(others)
    noise = AttackConfig("noise")
    assert task_of("a", noise, Batch(0, 100), "n") == task_of("b", noise, Batch(0, 100), "n")


def test_tasks_come_hundred_after_hundred_each_with_the_clean_images_first() -> None:
    line = lined_up(["a", "b"], configs("noise", (0.1, 0.2), 5), 150)
    assert len(line) == len(set(line)) == 2 * 2 * 3
    assert [task.batch.start for task in line] == [0] * 6 + [100] * 6
    assert [task.attack for task in line[:6]].count(None) == 2
    assert line[0].attack is None


def test_only_attacks_that_follow_the_gradient_within_a_budget_take_the_steps() -> None:
    for name, entry in ATTACKS.items():
        each = configs(name, (2.0, 1.0) if entry.norm != "linf" else (0.1, 0.2), 3)
        assert len(each) == (2 if entry.bounded else 1)
    assert [config.steps for config in configs("pgd", (0.1,), 3)] == [3]
    assert [config.steps for config in configs("fgsm", (0.1,), 3)] == [1]


def test_a_task_is_the_attack_counted_anew() -> None:
    found = measure(task_of("n", PGD, Batch(100, 200), "n"), NETS, DIGITS)
    at = sample(1000)[100:200]
    images, labels = DIGITS.images[at], DIGITS.labels[at]
    outcome = judge(NET, images, labels, attack(NET, images, labels, PGD, places=at), PGD)
    assert torch.equal(found.places, at)
    assert torch.equal(found.read.long(), outcome.read)
    assert torch.equal(found.right == 1, outcome.right_after)
    for norm in ("linf", "l2", "l0"):
        assert torch.allclose(found.sizes(norm), outcome.sizes(norm).float())  # type: ignore[arg-type]
    assert float(found.darkest.min()) == float(outcome.attacked.min())
    assert float(found.brightest.max()) == float(outcome.attacked.max())
    clean = measure(task_of("n", None, Batch(100, 200), "n"), NETS, DIGITS)
    assert torch.equal(clean.read.long(), outcome.clean)
    assert not clean.l2.any()


def test_results_do_not_depend_on_how_the_work_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    def whole(chunk: int) -> Predictions:
        monkeypatch.setattr(tasks, "CHUNK", chunk)
        tasks.size.cache_clear()
        kept = {task: measure(task, NETS, DIGITS) for task in reversed(lined_up(["n"], [PGD], 120))}
        return gather(kept, "n", PGD, 120)

    try:
        first, second = whole(100), whole(30)
    finally:
        tasks.size.cache_clear()
    assert len(first) == len(second) == 120
    assert torch.equal(first.places, second.places)
    assert torch.equal(first.read, second.read)
    assert torch.allclose(first.l2, second.l2, atol=1e-5)


def test_gathering_stops_at_a_gap_and_at_n() -> None:
    line = lined_up(["n"], [], 300)
    kept = {task: measure(task, NETS, DIGITS) for task in line}
    assert len(gather(kept, "n", None, 300)) == 300
    assert len(gather(kept, "n", None, 250)) == 250
    del kept[line[1]]
    assert len(gather(kept, "n", None, 300)) == 100
    assert len(gather({}, "n", None, 300)) == 0
    assert gather({}, "n", None, 300).read.dtype == torch.uint8


def test_the_time_left_is_told_once_every_pace_is_known() -> None:
    def took(seconds: float) -> Predictions:
        return replace(tasks.joined([]), seconds=seconds)

    line = lined_up(["n"], configs("noise", (0.1, 0.2), 5), 200)
    kept = {line[0]: took(1.0)}
    assert seconds_left(line, kept) is None
    kept[line[1]] = took(2.0)  # noise at 0.1 tells the pace of noise at 0.2
    assert seconds_left(line, kept) == 2.0 + 1.0 + 2.0 + 2.0
    assert seconds_left(line, dict.fromkeys(line, took(1.0))) == 0


def test_a_task_is_carried_out_once_and_its_images_serve_every_target(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[AttackTask] = []
    true = tasks.make

    def counted(task: AttackTask, *rest: object) -> torch.Tensor:
        asked.append(task)
        return true(task, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(tasks, "make", counted)
    store = AttackResults(DIGITS)
    models = {"n": NET, "m": load_shipped("mlp-autograd").model}
    one, other = (task_of("n", PGD, Batch(0, 20), target) for target in models)
    first = store.measure(one, models)
    assert store.measure(one, models) is first
    store.measure(other, models)
    assert asked == [one]
    assert set(store.known(["n"])) == {one}
    assert set(store.known(models)) == {one, other}


def test_only_what_an_earlier_attack_left_is_attacked() -> None:
    store = AttackResults(DIGITS)
    weak, strong = AttackConfig("fgsm", 0.05), AttackConfig("pgd", 0.1, {"steps": 2})
    batch = Batch(0, 30)
    first = store.measure(task_of("n", weak, batch, "n"), NETS)
    alone = store.measure(task_of("n", strong, batch, "n"), NETS)
    both = store.measure(replace(task_of("n", strong, batch, "n"), after=weak), NETS)
    assert 0 < first.right.sum() < 30
    assert torch.equal(both.right, first.right * alone.right)
    assert torch.equal(both.places, first.places)
    hopeless = store.measure(replace(task_of("n", weak, batch, "n"), after=AttackConfig("pgd", 0.5)), NETS)
    assert not hopeless.right.any()


def test_a_filter_stands_before_the_target_and_draws_the_same_for_the_same_task() -> None:
    task = replace(task_of("n", PGD, Batch(0, 40), "n"), filter=FilterConfig("noise", 0.5), readings=5)
    first, again = measure(task, NETS, DIGITS), measure(task, NETS, DIGITS)
    assert torch.equal(first.right, again.right)
    assert set((first.right * 5).round().tolist()) > {0.0, 5.0}
    images = DIGITS.images[task.batch.places(len(DIGITS))]
    coarse = replace(task, attack=None, filter=FilterConfig("quantize", 2), readings=1)
    assert torch.equal(measure(coarse, NETS, DIGITS).read.long(), NET(images.round()).argmax(1))
