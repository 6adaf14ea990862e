"""Rules of an honest evaluation: each one turns red where it is broken, and only there."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn

from core.attacks import ATTACKS
from core.attacks.config import AttackConfig
from core.attacks.filters.config import NO_FILTER, FilterConfig
from core.data import Digits
from core.lessons.adversarial import sanity_evidence as module
from core.lessons.adversarial import tasks
from core.lessons.adversarial.sanity_checks import Finding, findings, masking, worst_case
from core.lessons.adversarial.sanity_evidence import (
    AGAIN,
    AttackCounts,
    Evaluation,
    Evidence,
    Probe,
    conduct,
    nondeterministic,
    plan,
    without_gradient,
)

N = 60


def linear(bias: float = 0.0) -> nn.Module:
    torch.manual_seed(0)
    network = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))
    with torch.no_grad():
        network[1].bias.add_(bias)
    return network.eval()


def pictures(network: nn.Module, n: int = N) -> tuple[Tensor, Tensor]:
    images = torch.rand(n, 1, 28, 28, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        return images, network(images).argmax(1)


def reading(right: int, n: int = N) -> AttackCounts:
    """The first `right` of n are classified correctly."""
    return AttackCounts(tuple(place < right for place in range(n)))


def flawless(n: int = N) -> Evidence:
    """An attack that takes more and more, as it must."""
    left = dict.fromkeys(plan(0.2), n // 2)
    left |= {"clean": n, "nothing": n, "noise": n - 2, "gray": 0}
    left |= {f"fgsm {part}": n - 3 * part for part in range(1, 9)}
    left |= {"pgd 5": 20, "pgd 10": 15, "pgd 20": 10, "pgd 40": 8, "restarts": 9}
    left |= dict.fromkeys((AGAIN, *module.black_boxes()), 8)
    readings = {name: reading(right, n) for name, right in left.items()}
    labels = tuple(place % 10 for place in range(n))
    return Evidence(0.2, n, readings, 0, module.SideEffects(5, 0, (), True), 0, labels)


def measured(
    whole: Evaluation, network: nn.Module, digits: Digits, names: Sequence[str], probes: Sequence[Probe] = ()
) -> Evidence:
    """What some attacks of the plan and some questions show."""
    store = tasks.AttackResults(digits)
    for name in names:
        for task in whole.attacks({})[name]:
            store.measure(task, {whole.network: network})
    return whole.evidence(store.of(whole.network) | {probe: probe.answer(network, digits) for probe in probes})


def verdicts(evidence: Evidence) -> dict[str, str]:
    return {finding.name: finding.verdict for finding in findings(evidence)}


def named(evidence: Evidence, part: str) -> Finding:
    return next(finding for finding in findings(evidence) if part in finding.name)


def test_all_rules_hold_where_nothing_is_wrong() -> None:
    assert set(verdicts(flawless()).values()) == {"holds"}
    assert worst_case(flawless()) == 8
    assert not masking(findings(flawless()))


def test_nothing_measured_is_open_and_so_is_what_waits_for_another() -> None:
    assert set(verdicts(Evidence(0.2, N)).values()) == {"open"}
    some = Evidence(0.2, N, {"clean": reading(N), "noise": reading(N)})
    assert verdicts(some)["Stronger than random noise"] == "open"
    assert worst_case(some) == N


@pytest.mark.parametrize(
    ("change", "rule", "verdict"),
    [
        ({"pgd 40": 36}, "no weaker than FGSM", "chance"),  # FGSM leaves 36: equal is no violation
        ({"pgd 40": 38}, "no weaker than FGSM", "chance"),
        ({"pgd 40": 41}, "no weaker than FGSM", "violated"),  # 5 of 5 on the wrong side: p = 1/32
        ({"noise": 8}, "noise", "chance"),
        ({"noise": 2}, "noise", "violated"),
        ({"pgd 40": 12}, "More steps", "chance"),  # 2 came back
        ({"pgd 40": 30}, "More steps", "violated"),
        ({"restarts": 12}, "restarts", "chance"),
        ({"restarts": 20}, "restarts", "violated"),
        ({"fgsm 5": 35}, "No smaller", "violated"),  # a single one that recovers at ε is a fact
        ({"fgsm 5": 30}, "No smaller", "violated"),
        ({"gray": 1}, "Chance level", "holds"),  # all of one digit
        ({"gray": 8}, "Chance level", "chance"),
        ({"gray": 30}, "Chance level", "violated"),
        ({"nothing": 59}, "ε = 0 gives", "violated"),
        ({"nothing": 40}, "ε = 0 gives", "violated"),
        *(({name: 6}, "Black box", "chance") for name in module.black_boxes()),
        *(({name: 1}, "Black box", "violated") for name in module.black_boxes()),
    ],
)
def test_a_violation_is_red_only_beyond_chance(change: dict[str, int], rule: str, verdict: str) -> None:
    whole = flawless()
    broken = replace(whole, readings={**whole.readings, **{k: reading(v) for k, v in change.items()}})
    wanted = "holds" if rule == "no weaker than FGSM" and change["pgd 40"] == 36 else verdict
    assert named(broken, rule).verdict == wanted


def test_what_no_chance_explains() -> None:
    whole = flawless()
    too_far = replace(whole.readings["noise"], beyond=1, largest=0.3)
    assert named(replace(whole, readings={**whole.readings, "noise": too_far}), "within ε").verdict == "violated"
    outside = replace(whole.readings["noise"], outside=2, high=1.4)
    found = named(replace(whole, readings={**whole.readings, "noise": outside}), "Pixels")
    assert (found.verdict, found.number) == ("violated", "0.000 to 1.400")
    for bad in (
        module.SideEffects(5, 1, (), True),
        module.SideEffects(5, 0, ("0.weight",), True),
        module.SideEffects(5, 0, (), False),
    ):
        assert named(replace(whole, conduct=bad), "evaluation mode").verdict == "violated"
    assert named(replace(whole, flat=1), "gradient").verdict == "violated"
    slipped = replace(whole.readings["nothing"], beyond=60, largest=0.1)
    found = named(replace(whole, readings={**whole.readings, "nothing": slipped}), "ε = 0 gives")
    assert found.verdict == "violated"
    assert "changed a pixel by up to 0.1" in found.measured


def test_a_network_that_answers_at_random_is_not_judged_by_single_readings() -> None:
    """Each reading is right with 0.7, whatever the attack: the worst of all would be near zero."""
    draws = torch.Generator().manual_seed(3)
    readings = {
        name: AttackCounts(tuple((torch.rand(100, generator=draws) < 0.7).tolist())) for name in ("clean", *plan(0.2))
    }
    for known in (None, 100):  # seen from the two readings of the clean images alone, or asked
        random = Evidence(0.2, 100, readings, 0, module.SideEffects(5, 0, (), True), known)
        assert random.at_random
        assert worst_case(random) == min(entry.correct for entry in readings.values()) > 50
        found = named(random, "No smaller")
        assert (found.verdict, found.number) == ("unclear", "random predictions")
        assert named(random, "ε = 0 gives").verdict == "chance"
        assert all(named(random, part).verdict != "violated" for part in ("Black box", "More steps", "restarts"))
    assert worst_case(Evidence(0.2, 100, readings, nondeterministic=0)) < 5
    assert not Evidence(0.2, 100, readings, nondeterministic=0).at_random


def test_wavering_is_seen_in_the_outputs() -> None:
    network = linear()
    images, _ = pictures(network, 8)
    assert nondeterministic(network, images) == 0
    assert nondeterministic(FilterConfig("noise", 0.05).before(network), images) == 8


def test_what_is_left_at_gray_must_be_one_digits_images() -> None:
    whole = flawless()
    sevens = AttackCounts(tuple(place % 10 == 7 for place in range(N)))
    found = named(replace(whole, readings={**whole.readings, "gray": sevens}), "Chance level")
    assert (found.verdict, found.number) == ("holds", "accuracy 10.0%")
    assert "all of them a 7" in found.measured
    mixed = AttackCounts(tuple(place < 6 for place in range(N)))
    assert named(replace(whole, readings={**whole.readings, "gray": mixed}), "Chance level").verdict == "chance"
    assert whole.chance_level == 0.1
    assert replace(whole, labels=(1, 1, 1, 2)).chance_level == 0.75


def test_nothing_is_really_carried_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """An attack that changes pixels at ε = 0 is caught, though `attack` would give the originals back."""
    entry = replace(ATTACKS["pgd"], make=lambda given: (given.images + 0.1).clamp(0, 1))
    network = linear()
    images, labels = pictures(network, 6)
    monkeypatch.setitem(ATTACKS, "pgd", entry)
    whole = Evaluation("n", NO_FILTER, 0.2, 6)
    found = measured(whole, network, Digits(images, labels), ["nothing"]).readings["nothing"]
    assert found.beyond == 6


def test_readings_are_recounted() -> None:
    network = linear()
    images, labels = pictures(network)
    whole = measured(Evaluation("n", NO_FILTER, 0.1, N), network, Digits(images, labels), ["clean", "pgd 5"])
    found = whole.readings["pgd 5"]
    assert found.beyond == found.outside == 0
    assert 0.0999 < found.largest < 0.1001
    assert found.correct < N
    assert whole.readings["clean"] == AttackCounts((True,) * N, float(images.min()), float(images.max()))


def test_an_attack_counts_when_it_has_met_all_images() -> None:
    whole = Evaluation("n", NO_FILTER, 0.1, N)
    network = linear()
    images, labels = pictures(network)
    digits, kept = Digits(images, labels), {}
    for task in whole.attacks({})["noise"][:-1]:
        kept[task] = tasks.measure(task, {"n": network}, digits)
    kept |= {probe: probe.answer(network, digits) for probe in whole.probes("flat")[:1]}
    found = whole.evidence(kept)
    assert not found.readings
    assert found.flat is None
    assert findings(found)[0].verdict == "open"


def test_slow_attacks_meet_what_the_strongest_left_unless_the_network_answers_at_random() -> None:
    whole = Evaluation("n", NO_FILTER, 0.1, N)
    after = {name: tasks[0].after for name, tasks in whole.attacks({}).items()}
    assert {name for name, earlier in after.items() if earlier} == {AGAIN, *module.black_boxes()}
    random = whole.attacks(dict.fromkeys(whole.probes("twice"), 1))
    assert not any(tasks[0].after for tasks in random.values())


class Moody(nn.Module):
    """Batch norm and dropout: both compute otherwise in training mode."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.layers = nn.Sequential(
            nn.Conv2d(1, 2, 5, 4), nn.BatchNorm2d(2), nn.Dropout(), nn.Flatten(), nn.Linear(72, 10)
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.layers(x)


def test_conduct_sees_the_mode_and_the_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    network = Moody().eval()
    images, labels = pictures(network, 6)
    config = AttackConfig("pgd", 0.1, {"steps": 2})
    assert conduct(network, images, labels, config) == module.SideEffects(7, 0, (), True)
    assert not network.training

    def careless(model: nn.Module, x: Tensor, y: Tensor, config: AttackConfig) -> None:
        model.train()
        nn.functional.cross_entropy(model(x), y).backward()
        model.eval()

    monkeypatch.setattr(module, "attack", careless)
    found = conduct(network, images, labels, config)
    assert found.training == 7
    assert "layers.1.running_mean" in found.touched
    assert "gradient of layers.0.weight" in found.touched
    assert not found.restored
    assert all(weight.grad is None for weight in network.parameters()), "a copy was attacked"


def test_masked_gradients_turn_badges_red() -> None:
    network = linear()
    images, labels = pictures(network)
    masked = FilterConfig("quantize", 16).before(network)
    labels = masked(images).argmax(1)
    assert without_gradient(network, images, labels) == 0
    assert without_gradient(masked, images, labels) == N
    wanted = ("noise", "pgd 40", AGAIN, "gray", *module.black_boxes())
    digits, filtered = Digits(images, labels), Evaluation("n", FilterConfig("quantize", 16), 0.1, N)
    whole = measured(filtered, network, digits, ["clean", *wanted], filtered.probes("flat"))
    assert whole.flat == N
    found = verdicts(whole)
    assert "The gradient is not zero" in [finding.name for finding in masking(findings(whole))]
    assert found["The gradient is not zero"] == "violated"
    black = [verdict for name, verdict in found.items() if "Black box" in name]
    assert black == ["violated"] * len(black)
    bare = Evaluation("n", NO_FILTER, 0.1, N)
    found = verdicts(measured(bare, network, digits, wanted, bare.probes("flat")))
    assert "violated" not in found.values()
