"""Adversarial training: learn from the images that an attack makes of each batch, at each step.

The network is asked to be right not at an image but everywhere within ε of it: the loss is minimized at the
worst point that an attack finds there (Madry et al. 2018). One attack step from a random start is several
times cheaper (Wong, Rice & Kolter 2020, "Fast is better than free") and can fail suddenly: the network learns
to spoil that one step, looks safe under FGSM and falls to PGD.
"""

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional

from core.attacks.attack import epsilon_box, signed_step
from core.attacks.config import AttackConfig
from core.attacks.run import attack, in_eval_mode
from core.config.run import TrainConfig
from core.training.callbacks import Callback, Training

WATCHED = 500  # test images attacked after each epoch
WATCH_STEPS = 10


def attacked(
    module: nn.Module,
    x: Tensor,
    y: Tensor,
    train: TrainConfig,
    done: float,
    generator: Generator,
    *,
    bf16: bool = False,
) -> Tensor:
    """Images x (N, 784) in [0, 1] with labels y (N,), changed by at most ε a pixel so that the loss rises.

    done: share of the training behind us, in [0, 1]; over the first `attack_warmup` of it ε grows. generator:
    draws the random start. The attack looks at the network in eval mode and leaves no gradient in it.
    """
    share = min(1.0, done / train.attack_warmup) if train.attack_warmup else 1.0
    steps = train.attack_steps if train.adversarial == "pgd" else 1
    usual = 2 * train.attack_epsilon / steps if train.adversarial == "pgd" else train.attack_epsilon
    epsilon, size = share * train.attack_epsilon, share * (train.attack_step_size or usual)
    box = epsilon_box(x, epsilon)
    noise = torch.rand(x.shape, generator=generator, device=x.device)
    z = (x + epsilon * (2 * noise - 1)).clamp(0, 1)
    with in_eval_mode(module):
        for _ in range(steps):
            z.requires_grad_()
            with torch.autocast(x.device.type, torch.bfloat16, enabled=bf16):
                loss = functional.cross_entropy(module(z), y, reduction="sum")
            (gradient,) = torch.autograd.grad(loss, z)
            z = signed_step(z.detach(), gradient, size, box)
    return z


class AttackedAccuracy(Callback):
    """After each epoch, the share of some test images still read correctly under PGD, in the epoch's row.

    `attacked_accuracy`: on the first 500 test images, 10 steps at the training's ε. It only reports: nothing
    is chosen by it.
    """

    def on_epoch_end(self, trainer: Training) -> None:
        train = trainer.config.train
        test = trainer.data.test.take(slice(0, WATCHED))
        if train.adversarial == "none" or not len(test):
            return
        config = AttackConfig("pgd", train.attack_epsilon, {"steps": WATCH_STEPS})
        images = test.inputs.to(trainer.device)
        labels = test.labels.to(trainer.device)
        with torch.no_grad():
            made = attack(trainer.module, images, labels, config)
            with in_eval_mode(trainer.module):
                right = int((trainer.module(made).argmax(1) == labels).sum())
        trainer.history.epochs[-1]["attacked_accuracy"] = right / len(labels)
