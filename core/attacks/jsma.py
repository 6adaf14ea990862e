"""The saliency map attack: two pixels at a time, those that help the target most and the others least.

Papernot et al. 2016, "The limitations of deep learning in adversarial settings" (JSMA). Norm L0: few pixels,
each changed as far as need be. The derivatives are those of the logits. The paper always aims at a digit;
without a target this one aims at the digit that the network holds for second best in the original, and stops
as soon as anything but the label is read.
"""

import torch
from torch import Tensor

from core.attacks.attack import Attack, AttackContext, steps
from core.attacks.norms import column
from core.charts.palette import BROWN
from core.config.validation import Setting


def make(context: AttackContext) -> Tensor:
    """Images (N, 1, 28, 28) with at most ε pixels brightened by θ a step, two at a time.

    An image stops when it is predicted as wanted, when its pixels are spent, or when no pair raises the target
    and lowers the rest.
    """
    x = context.images.clone()
    context.seen(0, x)
    first = context.logits(x)
    second_best = first.scatter(1, context.labels[:, None], -torch.inf).argmax(1)
    targets = second_best if context.targets is None else context.targets
    touched = torch.zeros_like(x, dtype=torch.bool)
    standing = torch.arange(len(x), device=x.device)[~context.is_adversarial(first)]
    for step in range(1, context.steps + 1):
        if not len(standing):
            break
        spent = column(touched[standing].flatten(1).sum(1) + 2 > context.epsilon)
        free = (x[standing] < 1) & (touched[standing] | ~spent)
        up, down = _salience(context, x[standing], targets[standing])
        pairs, found = best_pair(up.flatten(1), down.flatten(1), free.flatten(1))
        standing, pairs = standing[found], pairs[found]
        chosen = torch.zeros_like(x[standing]).flatten(1).scatter(1, pairs, 1.0).reshape(x[standing].shape)
        x[standing] = (x[standing] + context["theta"] * chosen).clamp(0, 1)
        touched[standing] |= chosen > 0
        standing = standing[~context.at(standing).is_adversarial(context.logits(x[standing]))]
        context.seen(step, x)
    return x


def _salience(context: AttackContext, x: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
    """What a pixel adds to the target's logit, and what it takes from the sum of the others', as x each."""
    x = x.detach().requires_grad_()
    logits = context.model(x)
    aimed = logits.gather(1, targets[:, None]).sum()
    (up,) = torch.autograd.grad(aimed, x, retain_graph=True)
    (everything,) = torch.autograd.grad(logits.sum(), x)
    return up, up - everything


def best_pair(up: Tensor, down: Tensor, free: Tensor) -> tuple[Tensor, Tensor]:
    """The pair of pixels p, q with the largest (up_p + up_q)·(down_p + down_q), both sums being positive.

    up, down: (N, P). free: (N, P) which pixels may be taken. Returns the pairs (N, 2) and (N,) whether there
    is one. Of 784 pixels there are 300,000 pairs; but a pixel that two others beat in both sums is in no best
    pair, so only two layers of the unbeaten are paired.
    """
    up, down = (part.masked_fill(~free, -torch.inf) for part in (up, down))
    order = up.argsort(dim=1, descending=True, stable=True)
    downs = down.gather(1, order)
    layer = _unbeaten(downs)
    layer |= _unbeaten(downs.masked_fill(layer, -torch.inf))
    count = max(2, int(layer.sum(1).max()))
    kept = order.gather(1, layer.to(torch.uint8).argsort(dim=1, descending=True, stable=True)[:, :count])
    ups, downs = (
        (part[:, :, None] + part[:, None, :]).clamp_min(0) for part in (up.gather(1, kept), down.gather(1, kept))
    )
    worth = (ups * downs).tril(-1).flatten(1)
    value, place = worth.max(1)
    pair = torch.stack([place // count, place % count], 1)
    return kept.gather(1, pair), value > 0


def _unbeaten(downs: Tensor) -> Tensor:
    """Which of (N, P), sorted by falling `up`, have more `down` than all before them."""
    before = downs.cummax(1).values.roll(1, 1)
    before[:, 0] = -torch.inf
    return downs > before


JSMA = Attack(
    title="JSMA",
    idea="Two pixels at a time turn white: those that raise the target's logit and lower the others' most.",
    paper="Papernot et al. 2016",
    formula=r"(p, q) = \arg\max\ \Bigl(\sum_{i \in \{p,q\}} \frac{\partial f_t}{\partial x_i}\Bigr)\cdot"
    r"\Bigl(-\sum_{i \in \{p,q\}} \sum_{k \ne t} \frac{\partial f_k}{\partial x_i}\Bigr)",
    norm="l0",
    access="gradients",
    epsilon=100.0,
    make=make,
    color=BROWN,
    dash="solid",
    settings={
        "steps": steps(100),
        "theta": Setting(1.0, 0, 1, "How much one step brightens its two pixels.", open_low=True),
    },
)
