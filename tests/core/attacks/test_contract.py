"""What every attack must keep to, whatever it does: one test a promise, over every entry of ATTACKS."""

import pytest
import torch
from torch import Tensor, nn

from core.attacks import ATTACKS
from core.attacks.config import AttackConfig
from core.attacks.norms import NORMS
from core.attacks.run import attack, in_eval_mode
from core.config.errors import LabError
from core.lessons.adversarial.result import judge
from tests.core.attacks.small_nets import linear, mixed, small_mlp, some_digits

EACH = pytest.mark.parametrize("name", ATTACKS)
STEPS = 8


def quick(name: str, epsilon: float | None = None, **more: int) -> AttackConfig:
    """The attack with few steps."""
    few = {"steps": STEPS, "binary_search_steps": 3}
    return AttackConfig(name, epsilon, {k: v for k, v in few.items() if k in ATTACKS[name].settings}, **more)


def budgets(name: str) -> list[float]:
    """A stingy, the default and a generous ε."""
    default = ATTACKS[name].epsilon
    return [default / 20, default, min(2 * default, NORMS[ATTACKS[name].norm].largest)]


@pytest.fixture(params=[linear, small_mlp, mixed], ids=["linear", "mlp", "mixed"])
def model(request: pytest.FixtureRequest) -> nn.Module:
    """Three networks in float64."""
    return request.param()


@EACH
def test_images_stay_images_and_within_epsilon(name: str, model: nn.Module) -> None:
    images, labels = some_digits()
    before = images.clone()
    for epsilon in budgets(name):
        made = attack(model, images, labels, quick(name, epsilon))
        assert (made.shape, made.dtype) == (images.shape, images.dtype)
        assert not made.requires_grad
        assert 0 <= float(made.min()) <= float(made.max()) <= 1
        assert NORMS[ATTACKS[name].norm].within(made - images, epsilon).all()
        assert torch.equal(images, before), "the originals are changed in place"
        made.zero_()
        assert torch.equal(images, before), "what comes back shares memory with the originals"


@EACH
def test_single_precision_keeps_to_epsilon_too(name: str) -> None:
    images, labels = (part for part in some_digits())
    images = images.float()
    for epsilon in budgets(name):
        made = attack(linear().float(), images, labels, quick(name, epsilon))
        assert made.dtype == torch.float32
        assert NORMS[ATTACKS[name].norm].within(made - images, epsilon).all()


@EACH
def test_no_budget_no_change_and_nothing_from_nothing(name: str, model: nn.Module) -> None:
    images, labels = some_digits()
    assert torch.equal(attack(model, images, labels, quick(name, 0)), images)
    assert attack(model, images[:0], labels[:0], quick(name)).shape == (0, 1, 28, 28)


@EACH
def test_an_image_does_not_know_its_neighbors(name: str, model: nn.Module) -> None:
    images, labels = some_digits(6)
    config, places = quick(name, seed=5), torch.arange(len(images)) + 40
    together = attack(model, images, labels, config, places=places)
    chunked = attack(model, images, labels, config, places=places, chunk=5)
    alone = [attack(model, images[[i]], labels[[i]], config, places=places[[i]]) for i in range(len(images))]
    turned = attack(model, images.flip(0), labels.flip(0), config, places=places.flip(0)).flip(0)
    for other in (chunked, torch.cat(alone), turned):
        assert torch.allclose(together, other, atol=1e-9)


@EACH
def test_a_seed_decides(name: str) -> None:
    images, labels = some_digits()
    one, same, other = (attack(small_mlp(), images, labels, quick(name, seed=s)) for s in (1, 1, 2))
    assert torch.equal(one, same)
    assert torch.equal(one, other) != ATTACKS[name].random


@EACH
def test_the_process_wide_generator_is_left_alone(name: str) -> None:
    images, labels = some_digits()
    state = torch.get_rng_state()
    attack(mixed(), images, labels, quick(name))
    assert torch.equal(torch.get_rng_state(), state)


@EACH
def test_the_network_is_left_as_it_was(name: str) -> None:
    images, labels = some_digits()
    model = mixed()
    model.train()
    model[1].eval()  # modes mixed on purpose
    first, second, *_ = model.parameters()
    first.grad = torch.ones_like(first)
    second.requires_grad_(False)
    modes = [part.training for part in model.modules()]
    weights = {key: value.clone() for key, value in model.state_dict().items()}
    attack(model, images, labels, quick(name))
    assert [part.training for part in model.modules()] == modes
    assert all(torch.equal(value, weights[key]) for key, value in model.state_dict().items())
    assert torch.equal(first.grad, torch.ones_like(first))
    assert all(parameter.grad is None for parameter in list(model.parameters())[1:])
    assert [parameter.requires_grad for parameter in model.parameters()].count(False) == 1


class Noting(nn.Module):
    """Passes on what another network says and notes the mode it was asked in."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner, self.modes = inner, set[bool]()

    def forward(self, x: Tensor) -> Tensor:
        self.modes |= {part.training for part in self.inner.modules()}
        return self.inner(x)


@EACH
def test_the_network_is_attacked_in_eval_mode(name: str) -> None:
    images, labels = some_digits()
    noting = Noting(mixed()).train()
    made = attack(noting, images, labels, quick(name, seed=1))
    assert noting.modes == {False}
    assert torch.equal(made, attack(mixed().eval(), images, labels, quick(name, seed=1)))


@EACH
def test_it_works_where_gradients_are_switched_off(name: str) -> None:
    images, labels = some_digits()
    with torch.no_grad():
        off = attack(linear(), images, labels, quick(name))
    assert torch.equal(off, attack(linear(), images, labels, quick(name)))


def test_modes_come_back_even_after_a_failure() -> None:
    model = mixed()
    model[3].eval()
    modes = [part.training for part in model.modules()]

    def fail() -> None:
        with in_eval_mode(model):
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        fail()
    assert [part.training for part in model.modules()] == modes


@EACH
def test_it_beats_the_control_where_it_knows_anything(name: str) -> None:
    images, labels = some_digits(40)
    config = AttackConfig(name)
    outcome = judge(linear(), images, labels, attack(linear(), images, labels, config), config)
    if ATTACKS[name].access == "nothing":
        assert outcome.adversarial_accuracy > 0.3
    else:
        assert outcome.adversarial_accuracy <= 0.3
    assert outcome.clean_accuracy >= 0.8


TARGETED = pytest.mark.parametrize("name", [name for name, one in ATTACKS.items() if one.targeted])


@TARGETED
@pytest.mark.parametrize("target", [0, 8])
def test_targets_are_reached(name: str, target: int) -> None:
    images, labels = some_digits(30)
    entry = ATTACKS[name]
    epsilon = {"linf": 0.3, "l2": 5.0, "l0": 100.0}[entry.norm]
    settings = {"steps": 1000 if entry.access == "outputs" else 60} if "steps" in entry.settings else {}
    config = AttackConfig(name, epsilon, settings, target=target)
    free = AttackConfig(name, epsilon, settings)
    possible = labels != target
    reached, by_chance = (
        (linear()(attack(linear(), images, labels, one)).argmax(1) == target)[possible].double().mean()
        for one in (config, free)
    )
    assert reached > (0.9 if settings else 0.6), "one step alone overshoots"
    assert reached > by_chance


@EACH
def test_what_is_won_already_stays(name: str, model: nn.Module) -> None:
    """DeepFool and its like look for the smallest change; where none is needed they make none."""
    images, _ = some_digits()
    read = model.eval()(images).argmax(1)
    if not ATTACKS[name].bounded:
        assert torch.equal(attack(model, images, (read + 1) % 10, quick(name)), images)


@pytest.mark.parametrize("name", [name for name, one in ATTACKS.items() if one.random])
def test_more_tries_are_never_weaker(name: str) -> None:
    images, labels = some_digits(40)
    weak = ATTACKS[name].epsilon / 4
    lost: list[Tensor] = []
    for restarts in (1, 3, 6):
        config = quick(name, weak, restarts=restarts)
        made = attack(linear(), images, labels, config)
        assert NORMS[ATTACKS[name].norm].within(made - images, weak).all()
        lost.append(linear()(made).argmax(1) != labels)
    assert (lost[0] <= lost[1]).all()
    assert (lost[1] <= lost[2]).all()


@EACH
def test_who_watches_sees_every_image_of_every_step(name: str) -> None:
    images, labels = some_digits()
    seen: list[tuple[int, Tensor]] = []

    def watch(step: int, x: Tensor) -> None:
        assert not x.requires_grad
        seen.append((step, x.clone()))

    made = attack(linear(), images, labels, quick(name), watch=watch)
    assert torch.equal(made, attack(linear(), images, labels, quick(name)))
    steps = [step for step, _ in seen]
    assert steps[0] == 0
    assert steps == sorted(set(steps))
    assert all(x.shape == images.shape and x.min() >= 0 and x.max() <= 1 for _, x in seen)
    if ATTACKS[name].bounded:
        assert torch.equal(seen[-1][1], made)


@EACH
def test_the_entry_says_what_it_is(name: str) -> None:
    entry = ATTACKS[name]
    assert len(entry.title) <= 20
    assert entry.idea.endswith(".")
    assert entry.formula.count("{") == entry.formula.count("}")
    assert 0 < entry.epsilon <= NORMS[entry.norm].largest
    for key, setting in entry.settings.items():
        setting.check(key, setting.default)
        assert setting.help.endswith(".")
    assert len({one.title for one in ATTACKS.values()}) == len(ATTACKS)


class Bursting(nn.Module):
    """Its outputs are numbers for the originals alone: every larger picture bursts it."""

    def __init__(self, most: float) -> None:
        super().__init__()
        self.layer, self.most = linear(), most

    def forward(self, x: Tensor) -> Tensor:
        burst = (x.flatten(1).sum(1) > self.most)[:, None]
        return torch.where(burst, torch.nan, self.layer(x))


@EACH
def test_what_is_no_number_never_comes_back(name: str) -> None:
    images, labels = some_digits()
    bursting = Bursting(float(images[0].sum()) + 1)
    made = attack(bursting, images, labels, quick(name))
    assert made.isfinite().all()
    assert NORMS[ATTACKS[name].norm].within(made - images, ATTACKS[name].epsilon).all()


def test_a_diverged_network_is_a_sentence() -> None:
    images, labels = some_digits()
    with pytest.raises(LabError, match="outputs are no numbers"):
        attack(Bursting(0), images, labels, AttackConfig("fgsm"))
