"""The transfer matrix, against counting one image at a time."""

import math
import random

import torch

from core.attacks import ATTACKS
from core.attacks.config import AttackConfig
from core.attacks.norms import NORMS
from core.attacks.run import attack
from core.config.proportion import Proportion
from core.data import load
from core.lessons.adversarial import tasks
from core.lessons.adversarial.result import judge
from core.lessons.adversarial.tasks import AttackResults, Batch, sample, task_of
from core.lessons.adversarial.transfer import beside_noise, control, lined_up, matrix, predicted, succeeded
from core.models.trained_network import load_shipped

DIGITS = load("small").test
NETS = {name: load_shipped(name).model for name in ("linear-softmax", "mlp-autograd")}
FGSM = AttackConfig("fgsm", 0.1)


def counted(n: int) -> dict[tuple[str, str], Proportion]:
    """As the page does it: task after task, kept in one store."""
    store = AttackResults(DIGITS)
    for task in lined_up(list(NETS), FGSM, n):
        store.measure(task, NETS)
    found = matrix(store.known(NETS), list(NETS), FGSM, DIGITS.labels[sample(len(DIGITS))[:n]])
    cells = [cell for row in found for cell in row]
    return dict(zip([(made, name) for made in [*NETS, ""] for name in NETS], cells, strict=True))


def test_the_matrix_equals_counting_by_hand_and_its_diagonal_the_attack_itself() -> None:
    found = counted(100)
    places = sample(1000)[:100]
    images, labels = DIGITS.images[places], DIGITS.labels[places]
    clean = {name: net(images).argmax(1) for name, net in NETS.items()}
    for (maker, tester), cell in found.items():
        how = FGSM if maker else control(FGSM)
        made = attack(NETS[maker or tester], images, labels, how, places=places)
        count = won = 0
        for i in range(100):
            label = int(labels[i])
            if int(clean[tester][i]) == label and int(clean[maker or tester][i]) == label:
                count += 1
                won += int(NETS[tester](made[i : i + 1]).argmax()) != label
        assert (cell.k, cell.n) == (won, count)
        if maker == tester:
            assert won == int(judge(NETS[tester], images, labels, made, how).success.sum())
    assert found["linear-softmax", "linear-softmax"].share > found["", "linear-softmax"].share


def test_the_matrix_is_the_same_however_the_work_is_cut(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    whole = counted(100)
    monkeypatch.setattr(tasks, "CHUNK", 20)
    tasks.size.cache_clear()
    try:
        assert counted(100) == whole
    finally:
        tasks.size.cache_clear()


def test_targets_and_unmeasured_parts() -> None:
    draw = random.Random(3)
    for _ in range(40):
        made, ours, theirs, labels = (
            torch.tensor([draw.randint(0, 2) for _ in range(draw.randint(4, 8))], dtype=torch.uint8) for _ in range(4)
        )
        n = min(map(len, (made, ours, theirs, labels)))
        for target in (None, 1):
            both = [i for i in range(n) if ours[i] == theirs[i] == labels[i] and labels[i] != target]
            won = [i for i in both if (made[i] != labels[i] if target is None else made[i] == target)]
            cell = succeeded(made, ours, theirs, labels.long(), target)
            assert (cell.k, cell.n) == (len(won), len(both))
            noisy = torch.tensor([draw.randint(0, 2) for _ in range(n)], dtype=torch.uint8)
            held = [i for i in both if (noisy[i] == labels[i] if target is None else noisy[i] != target)]
            beside = beside_noise(made, noisy, ours, theirs, labels.long(), target)
            assert beside.n == len(both)
            assert beside.first_only == len(set(held) & set(won))
            assert beside.second_only == len(set(both) - set(held) - set(won))
    none = torch.empty(0, dtype=torch.uint8)
    assert succeeded(none, none, none, torch.tensor([1])) == Proportion(0, 0)
    assert math.isnan(Proportion(0, 0).share)
    assert Proportion(0, 0).interval == (0, 1)


def test_the_control_is_noise_of_the_same_norm_and_size() -> None:
    for name, entry in ATTACKS.items():
        noise = control(AttackConfig(name, 0.5 * NORMS[entry.norm].largest))
        assert ATTACKS[noise.name].access == "nothing"
        assert ATTACKS[noise.name].norm == entry.norm
        assert noise.budget == 0.5 * NORMS[entry.norm].largest


def test_every_pair_is_asked_once_in_each_part() -> None:
    line = lined_up(["a", "b", "c"], FGSM, 200)
    assert len(line) == len(set(line)) == 2 * (3 + 3 + 9)
    assert task_of("a", FGSM, Batch(100, 200), "c") in line
    slow = AttackConfig("square", 0.1)
    line = lined_up(["a", "b"], slow, 200)
    assert len(line) == len(set(line)) == 2 * (2 + 2) + 20 * 4  # slow attacks: ten images at a time
    assert [task.batch.start // 100 for task in line] == [0] * 44 + [1] * 44
    nothing = predicted({}, ["a"], FGSM, 200)
    assert len(nothing.clean["a"]) == len(nothing.noisy["a"]) == len(nothing.made["a", "a"]) == 0
