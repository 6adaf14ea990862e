"""Attacks, the checks on them and the defenses, as the few lines of PyTorch that matter."""

SANITY_CHECKS = """\
import torch
from torch import nn

def pgd(network, x, y, epsilon, steps):             # double(): a sure network needs the digits
    size, adv = 2.5 * epsilon / steps, x + epsilon * (2 * torch.rand_like(x) - 1)
    for _ in range(steps):
        adv = adv.clamp(0, 1).requires_grad_()
        loss = nn.functional.cross_entropy(network(adv).double(), y, reduction="sum")
        slope, = torch.autograd.grad(loss, adv)
        adv = adv.detach() + size * slope.sign()
        adv = torch.minimum(torch.maximum(adv, x - epsilon), x + epsilon)
    return adv.detach().clamp(0, 1)

def right(images):
    with torch.no_grad():
        return network(images).argmax(1) == y

network.eval()                                         # and nothing else: no weight changes
found = {steps: pgd(network, x, y, epsilon, steps) for steps in (5, 10, 20, 40)}
noise = (x + epsilon * torch.randn_like(x).sign()).clamp(0, 1)
for adv in found.values():
    assert 0 <= adv.min() and adv.max() <= 1           # still an image
    assert (adv - x).abs().max() <= epsilon + 1e-6     # changed as little as it says
accuracy = {steps: right(adv).float().mean() for steps, adv in found.items()}
control = right(noise).float().mean()                  # much higher, or the attack found nothing
fewer_only = (~right(found[5]) & right(found[40])).sum()    # few: more steps cannot help
more_only = (right(found[5]) & ~right(found[40])).sum()
"""

ADVERSARIAL_TRAINING = """\
import torch
from torch import nn

def worst_near(network, x, y, epsilon, steps):         # the inner loop: up, on the pixels
    adv = (x + epsilon * (2 * torch.rand_like(x) - 1)).clamp(0, 1)
    for _ in range(steps):
        adv.requires_grad_()
        slope, = torch.autograd.grad(nn.functional.cross_entropy(network(adv), y), adv)
        adv = adv.detach() + 2 * epsilon / steps * slope.sign()
        adv = torch.minimum(torch.maximum(adv, x - epsilon), x + epsilon).clamp(0, 1)
    return adv

optimizer = torch.optim.Adam(network.parameters(), lr=0.003)
for x, y in batches:                                   # the outer loop: down, on the weights
    adv = worst_near(network.eval(), x, y, epsilon, steps)
    loss = nn.functional.cross_entropy(network.train()(adv), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
"""

INPUT_FILTER = """\
import torch
from torch import nn

class FewGrays(nn.Module):
    def __init__(self, network, levels=4):
        super().__init__()
        self.network, self.steps = network, levels - 1

    def forward(self, x):
        return self.network((x * self.steps).round() / self.steps)

def slope(network, x, y):
    x = x.clone().requires_grad_()
    return torch.autograd.grad(nn.functional.cross_entropy(network(x).double(), y, reduction="sum"), x)[0]

defended = FewGrays(network).eval()
through = x + epsilon * slope(defended, x, y).sign()   # the gradient is 0: nothing happens
around = x + epsilon * slope(network, x, y).sign()     # made without the filter
with torch.no_grad():
    looks_safe = (defended(through.clamp(0, 1)).argmax(1) == y).float().mean()
    is_not = (defended(around.clamp(0, 1)).argmax(1) == y).float().mean()
"""
