"""A fully connected network in plain NumPy: one matrix product a layer and direction, updates in place."""

import time

import numpy as np
from numpy.typing import NDArray

from benchmarks.measure import Took
from core.config.run import RunConfig
from core.data.digits import Digits
from core.models import as_module, linear_layers
from core.training.trainer import initial_network

Array = NDArray[np.float32]


class NumpyNet:
    """The network of a config, with the same start, trained by plain SGD (and momentum, if it has any)."""

    def __init__(self, config: RunConfig) -> None:
        layers = linear_layers(as_module(initial_network(config)))
        self.weights = [np.ascontiguousarray(w.numpy().T) for _, w, _ in layers]
        self.biases = [b.numpy().copy() for _, _, b in layers]
        self.sigmoid = config.mlp.activation == "sigmoid"
        self.lr = np.float32(config.train.optimizer["lr"])
        self.momentum = np.float32(config.train.optimizer.settings.get("momentum", 0.0))
        self.velocities = [np.zeros_like(p) for p in [*self.weights, *self.biases]]

    def step(self, x: Array, y: NDArray[np.int64]) -> None:
        """Forward, backward, update on one batch."""
        inputs = [x]
        last = len(self.weights) - 1
        for index, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            h = inputs[-1] @ weight
            h += bias
            if index < last:
                if self.sigmoid:
                    np.negative(h, out=h)
                    np.exp(h, out=h)
                    h += 1
                    np.reciprocal(h, out=h)
                else:
                    np.maximum(h, 0, out=h)
            inputs.append(h)
        delta = inputs.pop()
        delta -= delta.max(axis=1, keepdims=True)
        np.exp(delta, out=delta)
        delta /= delta.sum(axis=1, keepdims=True)
        delta[np.arange(len(y)), y] -= 1
        delta /= len(y)
        for index in range(last, -1, -1):
            seen = inputs[index]
            gradients = (seen.T @ delta, delta.sum(axis=0))
            if index:
                delta = delta @ self.weights[index].T
                delta *= seen * (1 - seen) if self.sigmoid else seen > 0
            for place, parameter, gradient in (
                (index, self.weights[index], gradients[0]),
                (index + last + 1, self.biases[index], gradients[1]),
            ):
                gradient *= self.lr
                if self.momentum:
                    velocity = self.velocities[place]
                    velocity *= self.momentum
                    velocity += gradient
                    gradient = velocity
                parameter -= gradient


def one_epoch(config: RunConfig, digits: Digits) -> Took:
    """One epoch over `digits`, batches drawn without replacement."""
    net = NumpyNet(config)
    images = digits.images.flatten(1).numpy()
    if config.mlp.normalize:
        mean, std = images.mean(dtype=np.float64), images.std(dtype=np.float64)  # of 47 million pixels
        images = (images - np.float32(mean)) / np.float32(std)
    labels = digits.labels.numpy()
    size = config.train.batch_size
    started = time.perf_counter()
    order = np.random.default_rng(config.train.seed).permutation(len(labels))
    for first in range(0, len(order), size):
        places = order[first : first + size]
        net.step(images[places], labels[places])
    return Took(time.perf_counter() - started, _blas_threads())


def _blas_threads() -> int | None:
    """Threads of NumPy's own matrix products, which PyTorch's number does not bind; None if unseen."""
    from threadpoolctl import threadpool_info  # type: ignore[import-untyped]  # comes with scikit-learn

    return next((int(pool["num_threads"]) for pool in threadpool_info() if "numpy" in pool["filepath"]), None)
