"""The public record for 99% on MNIST in little time, as it was published: the bar for `time-to-99`.

Source: github.com/tuomaso/train_mnist_fast, step 8 (0.76 s on a GPU, mean test accuracy 99.04%): two
convolutions with pooling, 256 units, one epoch in the order of the file, Adam with a one-cycle rate.
"""

import time

import torch
from torch import nn
from torch.nn import functional
from torch.optim.lr_scheduler import OneCycleLR

from benchmarks.measure import Took
from core.data.digits import Digits

BATCH, RATE, BETAS = 256, 1e-2, (0.7, 0.9)
MEAN, STD = 0.1307, 0.3081  # of MNIST's training pixels


def network() -> nn.Module:
    """The published network: images (N, 1, 28, 28) to logits (N, 10)."""
    return nn.Sequential(
        nn.Conv2d(1, 24, 5),
        nn.MaxPool2d(2),
        nn.ReLU(),
        nn.Conv2d(24, 32, 3),
        nn.MaxPool2d(2),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(800, 256),
        nn.ReLU(),
        nn.Linear(256, 10),
    )


def prepared(digits: Digits) -> Digits:
    """Images with mean 0 and spread 1, as the record stores them beforehand."""
    return Digits((digits.images - MEAN) / STD, digits.labels)


def one_epoch(train: Digits, seed: int) -> tuple[Took, nn.Module]:
    """Train on `prepared` images from the start that `seed` draws, in fp32: what it took, and the network."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = network()
    started = time.perf_counter()
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE, betas=BETAS)
    batches = list(zip(torch.split(train.images, BATCH), torch.split(train.labels, BATCH), strict=True))
    schedule = OneCycleLR(optimizer, max_lr=RATE, total_steps=len(batches), cycle_momentum=False)
    for images, labels in batches:
        optimizer.zero_grad()
        loss = functional.cross_entropy(model(images), labels)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        schedule.step()
    return Took(time.perf_counter() - started, torch.get_num_threads()), model
