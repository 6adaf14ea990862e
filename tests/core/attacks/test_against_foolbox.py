"""Our attacks against those of foolbox (Rauber et al. 2020), on a shipped network and the same few digits.

foolbox keeps pixels within bounds and measures L2 and L∞ as we do, so equal settings must give equal results:
the very images where nothing is random, equal medians and success elsewhere.
"""

import warnings
from types import ModuleType
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from core.attacks.config import AttackConfig
from core.attacks.norms import NORMS
from core.attacks.run import attack
from core.data import load
from core.models.trained_network import load_shipped

pytestmark = pytest.mark.long
N = 60


@pytest.fixture(scope="module")
def foolbox() -> ModuleType:
    """Imported with its warnings silenced, and content without a git program."""
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        patch.setenv("GIT_PYTHON_REFRESH", "quiet")
        import foolbox

        return foolbox


@pytest.fixture(scope="module")
def model() -> nn.Module:
    """A network that reads 99%."""
    return load_shipped("cnn-bn").model


@pytest.fixture(scope="module")
def digits(model: nn.Module) -> tuple[Tensor, Tensor]:
    """Images that the network reads correctly."""
    test = load("small").test
    right = model(test.images[: N + 10]).argmax(1) == test.labels[: N + 10]
    return test.images[: N + 10][right][:N], test.labels[: N + 10][right][:N]


class Precise(nn.Module):
    """A network whose outputs are in double precision: foolbox's cross-entropy then has the digits it needs.

    With float32 it is flat where the network is surer than 1 − 10⁻⁷, and the signs of its gradient are wrong.
    """

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, x: Tensor) -> Tensor:
        outputs: Tensor = self.model(x).double()
        return outputs


def theirs(
    foolbox: ModuleType, model: nn.Module, images: Tensor, labels: Tensor, how: Any, epsilon: float | None
) -> Tensor:
    """What foolbox makes of the images, clipped to ε if given."""
    wrapped = foolbox.PyTorchModel(model, bounds=(0, 1))
    _, clipped, _ = how(wrapped, images, labels, epsilons=epsilon)
    made: Tensor = clipped.detach()
    return made


def misread(model: nn.Module, made: Tensor, labels: Tensor) -> float:
    return float((model(made).argmax(1) != labels).double().mean())


def lengths(made: Tensor, images: Tensor) -> Tensor:
    return NORMS["l2"].size(made - images)


@pytest.mark.parametrize("epsilon", [0.05, 0.2, 0.5])
def test_fgsm_is_identical(
    foolbox: ModuleType, model: nn.Module, digits: tuple[Tensor, Tensor], epsilon: float
) -> None:
    ours = attack(model, *digits, AttackConfig("fgsm", epsilon))
    other = theirs(foolbox, Precise(model).eval(), *digits, foolbox.attacks.FGSM(), epsilon)
    # Where a gradient is zero but for rounding, its sign is a coin: such a pixel may differ.
    assert float(((ours - other).abs() > 1e-5).double().mean()) < 0.002


def test_fgsm_is_no_weaker_than_with_too_few_digits(
    foolbox: ModuleType, model: nn.Module, digits: tuple[Tensor, Tensor]
) -> None:
    _, labels = digits
    ours = attack(model, *digits, AttackConfig("fgsm", 0.3))
    other = theirs(foolbox, model, *digits, foolbox.attacks.FGSM(), 0.3)
    assert misread(model, ours, labels) >= misread(model, other, labels)


def test_bim_is_identical(foolbox: ModuleType, model: nn.Module, digits: tuple[Tensor, Tensor]) -> None:
    ours = attack(model, *digits, AttackConfig("bim", 0.1, {"steps": 5, "step_size": 0.03}))
    how = foolbox.attacks.LinfBasicIterativeAttack(abs_stepsize=0.03, steps=5)
    other = theirs(foolbox, Precise(model).eval(), *digits, how, 0.1)
    assert float(((ours - other).abs() > 1e-5).double().mean()) < 0.01


@pytest.mark.parametrize("epsilon", [0.08, 0.12, 0.2])
def test_pgd_succeeds_as_often(
    foolbox: ModuleType, model: nn.Module, digits: tuple[Tensor, Tensor], epsilon: float
) -> None:
    _, labels = digits
    step = epsilon / 8
    ours = attack(model, *digits, AttackConfig("pgd", epsilon, {"steps": 20, "step_size": step}))
    torch.manual_seed(0)
    how = foolbox.attacks.LinfPGD(abs_stepsize=step, steps=20)
    other = theirs(foolbox, model, *digits, how, epsilon)
    assert misread(model, ours, labels) == pytest.approx(misread(model, other, labels), abs=0.1)


def test_deepfool_goes_as_far(foolbox: ModuleType, model: nn.Module, digits: tuple[Tensor, Tensor]) -> None:
    images, labels = (part[:20] for part in digits)
    ours = attack(model, images, labels, AttackConfig("deepfool", 28))
    other = theirs(foolbox, model, images, labels, foolbox.attacks.L2DeepFoolAttack(steps=50, candidates=10), None)
    assert misread(model, ours, labels) == misread(model, other, labels) == 1
    assert torch.allclose(ours, other, atol=0.05)
    assert float(lengths(ours, images).median()) == pytest.approx(float(lengths(other, images).median()), rel=0.02)


@pytest.mark.parametrize(
    ("network", "target", "confidence", "n"),
    [("cnn-bn", None, 0.0, 10), ("mlp-module", None, 2.0, 20), ("mlp-module", 3, 0.0, 20)],
)
def test_carlini_wagner_goes_as_far(
    foolbox: ModuleType, digits: tuple[Tensor, Tensor], network: str, target: int | None, confidence: float, n: int
) -> None:
    images, labels = (part[:n] for part in digits)
    model = load_shipped(network).model
    settings = {"steps": 40, "binary_search_steps": 3, "confidence": confidence, "step_size": 0.1, "initial_const": 1}
    ours = attack(model, images, labels, AttackConfig("carlini-wagner", 28, settings, target))
    how = foolbox.attacks.L2CarliniWagnerAttack(
        binary_search_steps=3, steps=40, stepsize=0.1, confidence=confidence, initial_const=1, abort_early=False
    )
    aim = labels if target is None else foolbox.criteria.TargetedMisclassification(torch.full((n,), target))
    other = theirs(foolbox, model, images, aim, how, None)
    won = (lengths(ours, images) > 0.01) & (labels != target)
    their_won = (lengths(other, images) > 0.01) & (other.flatten(1).amax(1) > 0) & (labels != target)
    assert int(won.sum()) == pytest.approx(int(their_won.sum()), abs=1)
    assert float(lengths(ours, images)[won].median()) == pytest.approx(
        float(lengths(other, images)[their_won].median()), rel=0.05
    )
    outputs = model(ours[won]).detach()
    lead = outputs.amax(1) - outputs.gather(1, labels[won][:, None])[:, 0]
    assert float(lead.min()) > confidence - 1e-3
