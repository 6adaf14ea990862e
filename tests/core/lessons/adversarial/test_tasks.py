"""Many images in pieces: named by what decides them, equal however the work is cut, and never lost."""

import torch

from core.attacks import ATTACKS
from core.attacks.config import AttackConfig
from core.attacks.run import attack
from core.data import load
from core.lessons.adversarial import tasks
from core.lessons.adversarial.result import judge
from core.lessons.adversarial.tasks import (
    NOTHING,
    Piece,
    Predictions,
    configs,
    gather,
    images_of,
    lined_up,
    measure,
    named,
    parts,
    parts_of,
    sample,
    seconds_left,
    size,
)
from core.models.trained_network import load_shipped

DIGITS = load("small").test
NET = load_shipped("linear-softmax").model
PGD = AttackConfig("pgd", 0.1, {"steps": 3})


def test_a_larger_sample_begins_with_the_smaller_and_is_drawn_without_repeats() -> None:
    everything = sample(1000)
    assert sorted(everything.tolist()) == list(range(1000))
    assert torch.equal(sample(1000, 30), everything[:30])
    assert torch.equal(torch.cat([images_of(DIGITS, part) for part in range(parts(1000))]), everything)
    assert [parts(n) for n in (1, 100, 101, 1000)] == [1, 1, 2, 10]


def test_slow_attacks_come_in_smaller_pieces_of_the_same_images() -> None:
    slow = named(AttackConfig("pgd", 0.1, {"steps": 100}))
    assert size(NOTHING) == size(named(PGD)) == size(named(AttackConfig("noise", restarts=100))) == 100
    assert size(slow) == size(named(AttackConfig("pgd", 0.1, {"steps": 20}, restarts=5))) == 10
    assert list(parts_of(0, 150, slow)) == list(range(10))
    assert list(parts_of(1, 150, slow)) == list(range(10, 15))
    places = [images_of(DIGITS, part, slow) for part in range(parts(150, slow))]
    assert torch.equal(torch.cat(places), sample(1000, 150))
    line = lined_up(["n"], [AttackConfig("pgd", 0.1, {"steps": 100})], 150)
    assert [piece.part for piece in line if piece.attack] == list(range(15))
    assert line[11] == Piece("n", NOTHING, 1)  # the next hundred begins


def test_names_tell_attacks_apart_and_give_them_back() -> None:
    assert named(PGD) == named(AttackConfig("pgd", 0.1, {"steps": 3.0}))
    others = [
        AttackConfig("pgd", 0.2, {"steps": 3}),
        AttackConfig("pgd", 0.1, {"steps": 4}),
        AttackConfig("pgd", 0.1, {"steps": 3}, target=5),
        AttackConfig("pgd", 0.1, {"steps": 3}, restarts=2),
        AttackConfig("pgd", 0.1, {"steps": 3}, seed=1),
        AttackConfig("bim", 0.1, {"steps": 3}),
        None,
    ]
    names = {Piece("a", named(config), 0) for config in [PGD, *others]}
    assert len(names) == len(others) + 1
    assert len(names | {Piece("b", named(PGD), 0), Piece("a", named(PGD), 1)}) == len(others) + 3
    assert all(piece.config in (PGD, *others) for piece in names)
    assert Piece("a", NOTHING, 0).config is None


def test_pieces_come_hundred_after_hundred_each_with_the_untouched_images_first() -> None:
    line = lined_up(["a", "b"], configs("noise", (0.1, 0.2), 5), 150)
    assert len(line) == len(set(line)) == 2 * 2 * 3
    assert [piece.part for piece in line] == [0] * 6 + [1] * 6
    assert [piece.attack for piece in line[:6]].count(NOTHING) == 2
    assert line[0].attack == NOTHING


def test_only_attacks_that_follow_the_gradient_within_a_budget_take_the_steps() -> None:
    for name, entry in ATTACKS.items():
        each = configs(name, (2.0, 1.0) if entry.norm != "linf" else (0.1, 0.2), 3)
        assert len(each) == (2 if entry.bounded else 1)
    assert [config.steps for config in configs("pgd", (0.1,), 3)] == [3]
    assert [config.steps for config in configs("fgsm", (0.1,), 3)] == [1]


def test_a_piece_is_the_attack_counted_anew() -> None:
    piece = Piece("linear-softmax", named(PGD), 1)
    reads = measure(NET, DIGITS, piece)
    places = sample(1000)[100:200]
    images, labels = DIGITS.images[places], DIGITS.labels[places]
    outcome = judge(NET, images, labels, attack(NET, images, labels, PGD, places=places))
    assert torch.equal(reads.places, places)
    assert torch.equal(reads.read.long(), outcome.read)
    for norm in ("linf", "l2", "l0"):
        assert torch.allclose(reads.sizes(norm), outcome.sizes(norm).float())  # type: ignore[arg-type]
    untouched = measure(NET, DIGITS, Piece("linear-softmax", NOTHING, 1))
    assert torch.equal(untouched.read.long(), outcome.clean)
    assert not untouched.l2.any()


def test_results_do_not_depend_on_how_the_work_is_cut(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    def whole(chunk: int) -> Predictions:
        monkeypatch.setattr(tasks, "CHUNK", chunk)
        tasks.size.cache_clear()
        line = lined_up(["n"], [PGD], 120)
        kept = {piece: measure(NET, DIGITS, piece) for piece in reversed(line)}
        return gather(kept, "n", named(PGD), 120)

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
    kept = {piece: measure(NET, DIGITS, piece) for piece in line}
    assert len(gather(kept, "n", NOTHING, 300)) == 300
    assert len(gather(kept, "n", NOTHING, 250)) == 250
    del kept[line[1]]
    assert len(gather(kept, "n", NOTHING, 300)) == 100
    assert len(gather({}, "n", NOTHING, 300)) == 0
    assert gather({}, "n", NOTHING, 300).read.dtype == torch.uint8


def test_the_time_left_is_told_once_every_pace_is_known() -> None:
    def took(seconds: float) -> Predictions:
        none = torch.empty(0)
        return Predictions(none, none, none, none, none, seconds)

    line = lined_up(["n"], configs("noise", (0.1, 0.2), 5), 200)
    kept = {line[0]: took(1.0)}
    assert seconds_left(line, kept) is None
    kept[line[1]] = took(2.0)  # noise at 0.1 tells the pace of noise at 0.2
    assert seconds_left(line, kept) == 2.0 + 1.0 + 2.0 + 2.0
    assert seconds_left(line, dict.fromkeys(line, took(1.0))) == 0
