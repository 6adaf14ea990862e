"""The network that a page's panels look at: shipped, recorded, or being trained right now."""

from dataclasses import dataclass

from torch import nn

from core.config.run import RunConfig
from core.storage.weight_history import WeightHistory


@dataclass(frozen=True, eq=False)
class Trained:
    """One network at one moment.

    key: names it uniquely (run and step), so that what is computed from it can be cached by this string.
    title: for people. config: what built it. model: weights now, in eval mode on the CPU, shared: copy it
    before changing anything. start: the same network before its first step. film: the network at the start
    and after every epoch, where the run kept that (convolutional networks do).
    """

    key: str
    title: str
    config: RunConfig
    model: nn.Module
    start: nn.Module
    film: WeightHistory = ()
