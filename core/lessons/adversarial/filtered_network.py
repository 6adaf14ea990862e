"""A network behind a filter: the filter changes the picture, the network reads what is left."""

from torch import Tensor, nn


class Defended(nn.Module):
    """Images (N, 1, 28, 28) in [0, 1] to the logits (N, 10) that `network` gives for the filtered images.

    straight_through: forwards the filter works as it is, backwards it counts as doing nothing: the gradient
    of the network at the filtered picture is taken for that at the picture itself. Nobody would run such a
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
