"""Carlini & Wagner: a short change and a wrong answer in one loss, minimized by Adam.

Carlini & Wagner 2017, "Towards evaluating the robustness of neural networks". Norm L2. Not bounded by an ε:
it looks for a change as small as possible, and for how much the wrong answer must weigh for that.
"""

import torch
from torch import Tensor

from core.attacks.attack import Attack, AttackContext, steps
from core.attacks.norms import NORMS, column
from core.charts.palette import VIOLET
from core.config.validation import Setting

SHRINK = 0.999999  # black and white lie at ∓∞ behind the tanh: stay just inside
REPEAT = 10  # from so many searches on, the last one takes the smallest weight that worked once more


def make(context: AttackContext) -> Tensor:
    """The shortest change found that is misclassified by `confidence`, images (N, 1, 28, 28); else the original.

    Pixels are written as (tanh(w) + 1) / 2, so that they cannot leave [0, 1]; Adam then lowers ‖x' − x‖₂² +
    c·max(0, lead + confidence) over w. Each image has its own weight c: ten times larger until that works,
    then halfway between the largest that failed and the smallest that worked.
    """
    x = context.images
    start = torch.atanh((2 * x - 1) * SHRINK)
    weight = torch.full((len(x),), context["initial_const"], device=x.device, dtype=x.dtype)
    low, high = torch.zeros_like(weight), torch.full_like(weight, torch.inf)
    best, size = x.clone(), torch.full_like(weight, torch.inf)
    size[_ahead(context, context.logits(x)) >= context["confidence"]] = 0  # as it is, it is misclassified
    searches = int(context["binary_search_steps"])
    context.seen(0, x)
    for search in range(searches):
        if search == searches - 1 and searches >= REPEAT:
            weight = high.clamp_max(1e10)
        worked = _descend(context, start, weight, best, size, search * context.steps)
        high, low = torch.where(worked, weight, high), torch.where(worked, low, weight)
        weight = torch.where(high.isinf(), 10 * weight, (low + high) / 2)
    context.seen(searches * context.steps + 1, best)
    return best


def _descend(context: AttackContext, start: Tensor, weight: Tensor, best: Tensor, size: Tensor, before: int) -> Tensor:
    """One search with the weights (N,), from the originals; better images go into `best` and `size`.

    Returns (N,) whether any image on the way was misclassified.
    """
    x = context.images
    worked = torch.zeros_like(weight, dtype=torch.bool)
    way = torch.zeros_like(start, requires_grad=True)
    adam = torch.optim.Adam([way], lr=context["step_size"])
    origin = (torch.tanh(start) + 1) / 2
    for step in range(1, context.steps + 1):
        now = (torch.tanh(start + way) + 1) / 2
        ahead = _ahead(context, context.model(now))
        squares = (now - origin).square().flatten(1).sum(1)
        loss = squares + weight * (context["confidence"] - ahead).clamp_min(0)
        (way.grad,) = torch.autograd.grad(loss.sum(), way)
        adam.step()
        now = now.detach()
        is_adversarial = ahead.detach() > context["confidence"] - 1e-12
        length = NORMS["l2"].size(now - x)
        closer = is_adversarial & (length < size)
        best.copy_(torch.where(column(closer), now, best))
        size.copy_(torch.where(closer, length, size))
        worked |= is_adversarial
        context.seen(before + step, now)
    return worked


def _ahead(context: AttackContext, logits: Tensor) -> Tensor:
    """(N,) by how much the strongest wrong output leads the label's; with a target, it leads all others."""
    digits = context.labels if context.targets is None else context.targets
    lead = context.others(logits, digits) - logits.gather(1, digits[:, None])[:, 0]
    return lead if context.targets is None else -lead


CARLINI_WAGNER = Attack(
    title="Carlini–Wagner",
    idea="Adam minimizes the L2 norm of the change plus a penalty that ends once the image is misclassified.",
    paper="Carlini & Wagner 2017",
    formula=r"\min_w\ \lVert x' - x\rVert_2^2 + c\,\max\bigl(0,\ f_y(x') - \max_{k \ne y} f_k(x') + \kappa"
    r"\bigr),\quad x' = \tfrac12(\tanh w + 1)",
    norm="l2",
    access="gradients",
    epsilon=5.0,
    make=make,
    color=VIOLET,
    dash="dashdot",
    bounded=False,
    settings={
        "steps": steps(100),
        "binary_search_steps": Setting(
            5, 1, 20, "Penalty weights c that are tried, one optimization each.", whole=True
        ),
        "confidence": Setting(0.0, 0, 100, "κ: margin in logits by which the wrong class must lead."),
        "step_size": Setting(0.1, 1e-4, 1, "Adam's learning rate.", log=True),
        "initial_const": Setting(1.0, 1e-4, 1e4, "Initial penalty weight c.", log=True),
    },
)
