"""What an attack is given, what it may ask the network, and what it says of itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.attacks.norms import NormName
from core.attacks.per_image_rng import PerImageRNG
from core.charts.palette import YELLOW
from core.config.validation import Setting

#: Called with the number of the step (0: the start) and the images (N, 1, 28, 28) as they stand.
Watch = Callable[[int, Tensor], None]


def epsilon_box(images: Tensor, epsilon: float) -> tuple[Tensor, Tensor]:
    """The darkest and the brightest that each pixel may become: within ε of `images`, and in [0, 1]."""
    return (images - epsilon).clamp_min(0), (images + epsilon).clamp_max(1)


def signed_step(x: Tensor, direction: Tensor, size: float, box: tuple[Tensor, Tensor]) -> Tensor:
    """One step within L∞: every pixel of x by `size` along the sign of `direction`, but never out of the box.

    All tensors have the same shape; box: as from `epsilon_box`. The one step of FGSM, BIM, PGD, of
    adversarial training, and of random signs as a control.
    """
    return (x + size * direction.sign()).clamp(*box)


@dataclass(frozen=True)
class AttackContext:
    """A batch of images to attack.

    model: in eval mode; images (N, 1, 28, 28) in [0, 1] to logits (N, 10). images, labels (N,): originals.
    targets: (N,) the digits to be predicted, or None: anything but the label. epsilon: the largest change, in
    the attack's norm. settings: a number for each of the attack's own. watch: sees the images after every step.
    """

    model: nn.Module
    images: Tensor
    labels: Tensor
    targets: Tensor | None
    epsilon: float
    settings: Mapping[str, float]
    draws: PerImageRNG
    watch: Watch | None = None

    def __getitem__(self, setting: str) -> float:
        return self.settings[setting]

    @property
    def steps(self) -> int:
        """Iterations of the attack."""
        return int(self.settings["steps"])

    def at(self, index: Tensor) -> "AttackContext":
        """The same for the images at `index` (M,) alone, unwatched; its draws are still all images'."""
        targets = None if self.targets is None else self.targets[index]
        return replace(self, images=self.images[index], labels=self.labels[index], targets=targets, watch=None)

    def logits(self, x: Tensor) -> Tensor:
        """(N, 10) outputs, without gradients."""
        with torch.no_grad():
            return self.model(x).to(x.dtype)  # type: ignore[no-any-return]

    def attack_loss(self, logits: Tensor) -> Tensor:
        """(N,) what the attacker climbs: the cross-entropy of the label, or minus that of the target."""
        if self.targets is None:
            return functional.cross_entropy(logits, self.labels, reduction="none")
        return -functional.cross_entropy(logits, self.targets, reduction="none")

    def log_odds(self, logits: Tensor) -> Tensor:
        """(N,) `attack_loss` on a scale without a floor: log((1 − p)/p) for the label, log(p/(1 − p)) for a target.

        It rises and falls with `attack_loss`, and its gradient has the same direction. But where the network is so
        sure that float32 has no number for 1 − p, the cross-entropy is flat and its gradient wrong or zero: a
        network that cannot be attacked for lack of digits alone.
        """
        digits = self.labels if self.targets is None else self.targets
        own = logits.gather(1, digits[:, None])[:, 0]
        rest = logits.scatter(1, digits[:, None], -torch.inf).logsumexp(1)
        return rest - own if self.targets is None else own - rest

    def input_gradient(self, x: Tensor) -> Tensor:
        """Which way the pixels go uphill on `attack_loss`, (N, 1, 28, 28): the gradient of the log-odds.

        Each image's gradient is its own, and points where that of its cross-entropy points; its length is
        another. The weights collect no gradient.
        """
        x = x.detach().requires_grad_()
        (gradient,) = torch.autograd.grad(self.log_odds(self.model(x)).sum(), x)
        return gradient

    def jacobian(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """The logits (N, 10) and each one's gradient with respect to the pixels, (N, 10, 1, 28, 28)."""
        x = x.detach().requires_grad_()
        logits = self.model(x)
        rows = [torch.autograd.grad(one.sum(), x, retain_graph=True)[0] for one in logits.unbind(1)]
        return logits.detach(), torch.stack(rows, 1)

    def others(self, logits: Tensor, digits: Tensor) -> Tensor:
        """(N,) each image's largest output among the digits other than its own in `digits` (N,)."""
        return logits.scatter(1, digits[:, None], -torch.inf).amax(1)

    def is_adversarial(self, logits: Tensor) -> Tensor:
        """(N,) whether the network predicts what the attacker wants."""
        read = logits.argmax(1)
        return read != self.labels if self.targets is None else read == self.targets

    def seen(self, step: int, x: Tensor) -> None:
        """Show the images x (N, 1, 28, 28) as they stand to whoever watches."""
        if self.watch is not None:
            self.watch(step, x.detach())


Access = Literal["gradients", "outputs", "nothing"]


@dataclass(frozen=True)
class Attack:
    """A choice in ATTACKS.

    title, idea, paper, formula (LaTeX): for people. norm: what ε measures. access: what it needs of the
    network: its gradients ("white box"), its outputs alone ("black box"), or nothing at all (a control).
    epsilon: the default budget. bounded: it spends a given ε; otherwise it looks for the smallest change, and
    ε only says from where on that is too much. targeted: it can aim at a digit. random: it draws numbers, so
    that restarts help. settings: its own numbers. make: the images it makes, (N, 1, 28, 28) in [0, 1].
    color, dash: of its curves; gray dots belong to the controls.

    code: the same as plain PyTorch, shown to readers and written into scripts, or "": then they see a call of
    ours and the source of `make`. It leads from `original` (N, 1, 28, 28), `model` and the labels to
    `adversarial`. In braces: {epsilon}, {steps} or another setting, {labels} (their name), {sign} ("-" with a
    target), {input_gradient} (a function of that name), {tries} (a remark on restarts). automatic_step: what
    {step_size} says where that setting is 0. as_steps: names the attack in ATTACKS that does in many steps
    what this one does in one; its path is shown in place of this one's.
    """

    title: str
    idea: str
    paper: str
    formula: str
    norm: NormName
    access: Access
    epsilon: float
    make: Callable[[AttackContext], Tensor]
    bounded: bool = True
    targeted: bool = True
    random: bool = False
    settings: Mapping[str, Setting] = field(default_factory=dict)
    color: str = YELLOW
    dash: str = "longdash"
    code: str = ""
    automatic_step: str = ""
    as_steps: str = ""


def steps(default: int, most: int = 1000) -> Setting:
    """The setting for a number of iterations."""
    return Setting(default, 1, most, "Number of iterations of the attack.", log=True, whole=True)
