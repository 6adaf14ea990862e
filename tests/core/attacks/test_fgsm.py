"""FGSM is x + ε·sign(g), and to first order nothing within ε raises the loss more."""

import pytest
import torch
from torch.nn import functional

from core.attacks.config import AttackConfig
from core.attacks.run import attack
from tests.core.attacks.small_nets import linear, small_mlp, some_digits


@pytest.mark.parametrize("epsilon", [0.01, 0.1, 0.3, 1.0])
@pytest.mark.parametrize("target", [None, 4])
def test_the_formula_in_plain_autograd(epsilon: float, target: int | None) -> None:
    images, labels = some_digits()
    model = small_mlp().eval()
    x = images.clone().requires_grad_()
    aimed = labels if target is None else torch.full_like(labels, target)
    functional.cross_entropy(model(x), aimed, reduction="sum").backward()
    way = x.grad.sign() if target is None else -x.grad.sign()
    expected = (images + epsilon * way).clamp(0, 1)
    made = attack(small_mlp(), images, labels, AttackConfig("fgsm", epsilon, target=target))
    assert torch.equal(made, expected)


def test_the_rise_is_epsilon_times_the_gradients_sum() -> None:
    images, labels = some_digits()
    inner = images.clamp(0.1, 0.9)  # so that clipping takes nothing away
    model, epsilon = small_mlp(), 1e-6
    x = inner.clone().requires_grad_()
    before = functional.cross_entropy(model(x), labels, reduction="none")
    (slope,) = torch.autograd.grad(before.sum(), x)

    def rise(images: torch.Tensor) -> torch.Tensor:
        with torch.no_grad():
            return functional.cross_entropy(model(images), labels, reduction="none") - before

    made = attack(model, inner, labels, AttackConfig("fgsm", epsilon))
    predicted = epsilon * slope.abs().flatten(1).sum(1)
    assert torch.allclose(rise(made), predicted, rtol=1e-3)
    for seed in range(5):
        other = attack(model, inner, labels, AttackConfig("noise", epsilon, seed=seed))
        assert (rise(other) < rise(made)).all()


def test_one_try_runs_each_image_through_the_network_once() -> None:
    """And one image before, to see whether the network takes such images at all."""
    images, labels = some_digits()
    model, seen = small_mlp(), []
    model.register_forward_pre_hook(lambda module, inputs: seen.append(len(inputs[0])))
    attack(model, images, labels, AttackConfig("fgsm", 0.1))
    assert seen == [1, len(images)]


def test_bim_of_one_step_is_fgsm_and_more_steps_do_more() -> None:
    images, labels = some_digits(30)
    once = attack(linear(), images, labels, AttackConfig("bim", 0.1, {"steps": 1}))
    assert torch.equal(once, attack(linear(), images, labels, AttackConfig("fgsm", 0.1)))

    def loss(made: torch.Tensor) -> float:
        return float(functional.cross_entropy(small_mlp()(made), labels).detach())

    one, many = (attack(small_mlp(), images, labels, AttackConfig("bim", 0.1, {"steps": s})) for s in (1, 20))
    assert loss(many) >= loss(one)


def test_the_code_on_the_pages_makes_the_labs_images_on_a_very_sure_network() -> None:
    """cnn-bn is surer of many digits than float32 can tell from 1: there a plain cross-entropy is flat."""
    from core.data import load
    from core.export.attack import attack_code
    from core.models.trained_network import load_shipped

    model, test = load_shipped("cnn-bn").model, load("small").test.take(slice(0, 60))
    config = AttackConfig("fgsm", 0.3)
    ours = attack(model, test.images, test.labels, config)
    confidence = model(test.images).softmax(1).amax(1) == 1.0
    assert confidence.any()
    for place in confidence.nonzero().flatten().tolist()[:10]:
        space = {"model": model, "image": test.images[place], "label": int(test.labels[place])}
        exec(attack_code(config), space)  # our own text, shown to students
        assert float(((space["adversarial"][0] - ours[place]).abs() > 1e-5).double().mean()) < 0.01
