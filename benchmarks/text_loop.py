"""The loop that the source texts write: DataLoader, ToTensor, forward, backward, step."""

import time

import torch
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset
from torchvision.transforms import ToTensor

from benchmarks.measure import Took
from core.config.run import RunConfig
from core.data.digits import Digits
from core.models import as_module
from core.models.layers import Flatten, MaxPool2d, SeededDropout
from core.training.optimizers import Optimizer
from core.training.sgd_by_hand import HandSGD
from core.training.trainer import initial_network


class Pictures(Dataset[tuple[Tensor, int]]):
    """Digits one at a time, as torchvision.datasets.MNIST gives them: bytes, a Pillow image, ToTensor."""

    def __init__(self, digits: Digits) -> None:
        self.bytes = (digits.images[:, 0] * 255).round().to(torch.uint8)
        self.labels = digits.labels
        self.transform = ToTensor()

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, place: int) -> tuple[Tensor, int]:
        image = Image.fromarray(self.bytes[place].numpy(), mode="L")
        return self.transform(image), int(self.labels[place])


def as_written(network: nn.Module) -> nn.Module:
    """The network in PyTorch's own layers and layout, where ours have others for speed or for their seeds."""
    for name, layer in list(network.named_modules()):
        own: nn.Module | None = None
        if isinstance(layer, Flatten):
            own = nn.Flatten()
        elif isinstance(layer, MaxPool2d):
            own = nn.MaxPool2d(layer.kernel_size)
        elif isinstance(layer, SeededDropout):
            own = nn.Dropout(layer.p)
        if own is not None:
            network.set_submodule(name, own)
    return network.train().to(memory_format=torch.contiguous_format)


def optimizer(config: RunConfig, network: nn.Module) -> Optimizer:
    """The texts' optimizers: steps by hand, or torch.optim.SGD as it comes."""
    chosen = config.train.optimizer
    if chosen.name == "sgd-by-hand":
        return HandSGD(network.parameters(), chosen["lr"])
    return torch.optim.SGD(network.parameters(), lr=chosen["lr"], momentum=chosen.settings.get("momentum", 0.0))


def one_epoch(config: RunConfig, digits: Digits) -> Took:
    """One epoch of `config`'s network by that loop, in fp32, on as many threads as PyTorch has."""
    network = as_written(as_module(initial_network(config)))
    stepper = optimizer(config, network)
    loader = DataLoader(Pictures(digits), batch_size=config.train.batch_size, shuffle=True)
    started = time.perf_counter()
    for x, y in loader:
        stepper.zero_grad()
        loss = functional.cross_entropy(network(x), y)
        loss.backward()  # type: ignore[no-untyped-call]
        stepper.step()
    return Took(time.perf_counter() - started, torch.get_num_threads())
