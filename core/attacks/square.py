"""The square attack: random squares, kept when they help. It sees the network's outputs and no gradient.

Andriushchenko, Croce, Flammarion & Hein 2020, "Square attack: a query-efficient black-box adversarial attack
via random search". Norm L∞. A network that withstands PGD but not this one merely hid its gradients.
"""

import math

import torch
from torch import Tensor

from core.attacks.attack import Attack, AttackContext, steps
from core.attacks.norms import column
from core.charts.palette import PURPLE
from core.config.validation import Setting
from core.data.digits import SIDE

#: Where in a search of 10,000 queries the paper halves the squares' share of the image.
HALVINGS = (10, 50, 200, 1000, 2000, 4000, 6000, 8000)
PAPER = 10_000


def make(context: AttackContext) -> Tensor:
    """Images (N, 1, 28, 28), every pixel by ε up or down, in vertical stripes at first and squares later.

    Each step draws one square an image, pushes its pixels all up or all down by ε from the original, and
    keeps that where it brings the attacker nearer. One step costs one query of each image that still stands.
    """
    x = context.images
    stripes = context.draws.uniform("stripes", 1, 1, SIDE)
    draws = context.draws.uniform("squares", context.steps, 3)
    context.seen(0, x)
    best = (x + context.epsilon * signs(stripes)).clamp(0, 1)
    logits = context.logits(best)
    loss, standing = shortfall(context, logits), torch.arange(len(x), device=x.device)
    standing = standing[~context.is_adversarial(logits)]
    context.seen(1, best)
    for step in range(2, context.steps + 1):
        if not len(standing):
            break
        mine = context.at(standing)
        side = square_side(context["p_init"], step - 2, context.steps)
        tried = push_square(mine, best[standing], draws[standing, step - 1], side)
        logits = mine.logits(tried)
        tried_loss = shortfall(mine, logits)
        better = tried_loss < loss[standing]
        best[standing[better]], loss[standing[better]] = tried[better], tried_loss[better]
        standing = standing[~(better & mine.is_adversarial(logits))]
        context.seen(step, best)
    return best


def shortfall(context: AttackContext, logits: Tensor) -> Tensor:
    """(N,) what the search lowers: the label's lead over the runner-up; with a target its cross-entropy."""
    if context.targets is not None:
        return -context.attack_loss(logits)
    lead = logits.gather(1, context.labels[:, None])[:, 0]
    return lead - context.others(logits, context.labels)


def push_square(context: AttackContext, best: Tensor, draws: Tensor, side: int) -> Tensor:
    """`best` with one square an image at ±ε from the original; draws: (N, 3) from U(0, 1): where, and which.

    Where that sign would change nothing it is the other one, so that no query is wasted.
    """
    top, left = (draws[:, :2] * (SIDE - side + 1)).long().clamp_max(SIDE - side).unbind(1)
    line = torch.arange(SIDE, device=best.device)
    rows, columns = ((line >= at[:, None]) & (line < at[:, None] + side) for at in (top, left))
    square = (rows[:, None, :, None] & columns[:, None, None, :]).to(best.dtype)
    change = context.epsilon * column(signs(draws[:, 2]))
    first, other = ((context.images + one).clamp(0, 1) for one in (change, -change))
    pushed = torch.lerp(best, first, square)
    same = column((pushed - best).flatten(1).abs().amax(1) < 1e-7)
    return torch.where(same, torch.lerp(best, other, square), pushed)


def square_side(share: float, squares: int, steps: int) -> int:
    """Pixels along the next square's side, after so many squares; its share of the image halves by and by."""
    halved = sum(squares > at * steps / PAPER for at in HALVINGS)
    return min(SIDE - 1, max(1, round(math.sqrt(share / 2**halved) * SIDE)))


def signs(draws: Tensor) -> Tensor:
    """−1 or +1 for numbers from U(0, 1), a coin each."""
    return 1 - 2 * (draws < 0.5).to(draws.dtype)


SQUARE = Attack(
    title="Square",
    idea="Random search: squares of ±ε are kept when they lower the margin. It needs only outputs.",
    paper="Andriushchenko et al. 2020",
    formula=r"x_{t+1} = \begin{cases} x_t + r & \text{if } L(x_t + r) < L(x_t)\\ x_t & "
    r"\text{else}\end{cases},\quad L = f_y - \max_{k \ne y} f_k,\ r\ \text{a random square}",
    norm="linf",
    access="outputs",
    epsilon=0.2,
    make=make,
    color=PURPLE,
    dash="longdashdot",
    random=True,
    settings={
        "steps": steps(300, most=PAPER),
        "p_init": Setting(0.8, 0, 1, "Fraction of the image that the first squares cover.", open_low=True),
    },
)
