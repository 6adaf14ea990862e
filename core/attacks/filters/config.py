"""A filter chosen, and a network behind it: the filter changes the image, the network sees what is left."""

from dataclasses import dataclass

from torch import Tensor, nn

from core.attacks.filters import FILTERS


@dataclass(frozen=True)
class FilterConfig:
    """A filter's name in FILTERS, or "" for none, and how strong it is."""

    name: str = ""
    strength: float = 0.0

    @property
    def random(self) -> bool:
        """Whether it draws numbers, so that the same image may be classified differently the next time."""
        return bool(self.name) and FILTERS[self.name].random

    def before(self, network: nn.Module, seed: int = 0, *, straight_through: bool = False) -> nn.Module:
        """The network behind the filter, in eval mode; seed: of a filter that draws numbers."""
        if not self.name:
            return network
        module = FILTERS[self.name].make(self.strength, seed)
        return FilteredNetwork(network, module, straight_through=straight_through).eval()


NO_FILTER = FilterConfig()


class FilteredNetwork(nn.Module):
    """Images (N, 1, 28, 28) in [0, 1] to the logits (N, 10) that `network` gives for the filtered images.

    straight_through: forwards the filter works as it is, backwards it counts as doing nothing: the gradient
    of the network at the filtered image is taken for that at the image itself. Nobody would run such a
    network; it is what an attacker builds to get past a filter without a gradient (BPDA: Athalye, Carlini &
    Wagner 2018).
    """

    def __init__(self, network: nn.Module, filter: nn.Module, *, straight_through: bool = False) -> None:
        super().__init__()
        self.network, self.filter, self.straight_through = network, filter, straight_through
        self.train(network.training)

    def forward(self, x: Tensor) -> Tensor:
        seen = self.filter(x)
        if self.straight_through:
            seen = x + (seen - x).detach()
        return self.network(seen)  # type: ignore[no-any-return]
