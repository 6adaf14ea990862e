"""What can only be seen inside the network: saturated sigmoids, dead ReLUs, a signal that never arrives."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from core.config.run import CNNConfig, MLPConfig
from core.data.digits import Digits
from core.data.splits import every_kth
from core.formatting import number, percent
from core.models import as_module
from core.models.cnn import CNN
from core.models.evaluation import in_eval_mode
from core.models.inspect.layer_signals import signals
from core.models.layers import Normalize
from core.training.hints.hint import Case, Hint, handy
from core.training.trainer import initial_network

#: Digits that are sent through: a unit silent on 200 of them is silent on nearly all.
LOOKED_AT = 200
#: A sigmoid outside 0.02…0.98, a tanh outside ±0.96: its slope is below 8% of the steepest.
FLAT = 0.02
#: Half of the units flat on a typical image: less happens to healthy networks late in training.
SATURATED = 0.5
#: Three tenths of a layer dead. In networks that read 99% up to 17% of a layer are, and nobody misses them.
DEAD = 0.3
#: Layers between pixels and answer from which on a signal can die out on its way.
DEEP = 3
#: Two per cent less than guessing costs: something is learned. Ten per cent more: something else is wrong.
GUESSING, WORSE = 0.02, 0.1
#: Share of the steps spent guessing, and their number, before it is called a plateau: every network guesses
#: for a moment.
PLATEAU, PLATEAU_STEPS = 0.25, 40


@dataclass(frozen=True, eq=False)
class _Layer:
    """values: (N, units, …) what a bent layer passes on, for N images; several places a unit in a CNN."""

    title: str
    values: Tensor


def _bent(network: nn.Module, digits: Digits) -> Iterator[_Layer]:
    """What every layer with an activation gives for LOOKED_AT digits, evenly spread."""
    images = every_kth(digits, LOOKED_AT).images
    if isinstance(network, CNN):
        with torch.no_grad(), in_eval_mode(network):
            for name, value in network.walk(images):
                if "act" in name:
                    where = "convolution" if name.startswith("act") else "linear layer"
                    yield _Layer(f"{where} {name.removeprefix('act').removeprefix('fc').split('_')[0]}", value)
    else:
        for number, value in enumerate(signals(network, images).after, start=1):
            yield _Layer(f"hidden layer {number}", value)


def _sound(network: nn.Module | None) -> bool:
    return network is not None and all(bool(value.isfinite().all()) for value in network.state_dict().values())


def _silent(layer: _Layer) -> Tensor:
    """(units,) whether a unit gives 0 for every image (a channel: everywhere)."""
    return (layer.values.transpose(0, 1).flatten(1) <= 0).all(1)


def _start(case: Case, network: nn.Module) -> nn.Module:
    """The network before its first step, as its seed gives it back, normalized as it is now.

    In a deep network that has learned nothing all images look alike, and half of its units are silent from the
    start: those did not die.
    """
    start = as_module(initial_network(case.config))
    if isinstance(network.normalize, Normalize):
        start.normalize = network.normalize
    return start.eval()


def saturated(case: Case) -> Hint | None:
    """Sigmoids or tanhs that a standard normal start has driven to their flat ends."""
    model = case.config.model
    if not isinstance(model, MLPConfig | CNNConfig) or model.activation not in ("sigmoid", "tanh"):
        return None
    if model.init != "normal" or case.digits is None or case.network is None or not _sound(case.network):
        return None
    low = 0.0 if model.activation == "sigmoid" else -1.0
    margin = FLAT * (1.0 - low)
    shares = {
        layer.title: float(((layer.values < low + margin) | (layer.values > 1 - margin)).double().mean())
        for layer in _bent(case.network, case.digits)
    }
    if not shares or max(shares.values()) < SATURATED:
        return None
    where = max(shares, key=lambda name: shares[name])
    remedy = {"init": "xavier"}
    if isinstance(model, MLPConfig) and model.init_output == "normal":
        remedy["init_output"] = "xavier"
    ends = "0.02 of 0 or 1" if model.activation == "sigmoid" else "0.04 of −1 or 1"
    return Hint(
        "saturated",
        f"The initial weights are too large: {model.activation} units are saturated",
        f"{percent(shares[where], 0)} of the outputs of {where} lie within {ends}, on {LOOKED_AT} test "
        "digits; initial weights are standard normal.",
        f"Hundreds of inputs times weights of size 1 add up to numbers around ±10. There the "
        f"{model.activation} is flat, and next to no gradient comes through to the weights below.",
        remedy,
        "Xavier's start divides by the number of inputs, so that the sums stay where the slope is steep.",
    )


def dead(case: Case) -> Hint | None:
    """ReLU units that give 0 whatever they see."""
    model = case.config.model
    if not isinstance(model, MLPConfig | CNNConfig) or model.activation != "relu":
        return None
    if case.digits is None or case.network is None or not _sound(case.network):
        return None
    now = {layer.title: _silent(layer) for layer in _bent(case.network, case.digits)}
    if not any(silent.float().mean() >= DEAD for silent in now.values()):
        return None
    died = {
        layer.title: int((now[layer.title] & ~_silent(layer)).sum())
        for layer in _bent(_start(case, case.network), case.digits)
    }
    where = max(died, key=lambda name: died[name] / len(now[name]))
    units, silent = len(now[where]), int(now[where].sum())
    if died[where] < DEAD * units or died[where] < 2:
        return None
    kind = "channels" if "convolution" in where else "units"
    return Hint(
        "dead-relu",
        "Dead ReLUs: units that are never active",
        f"{silent} of the {units} {kind} of {where} give 0 for each of {LOOKED_AT} test digits; "
        f"{died[where]} of them were active before the first step (learning rate {case.rate:g}).",
        "A step too long pushed their sums below zero for every image. There a ReLU's slope is 0: no "
        "gradient arrives, so they can never come back.",
        {"lr": handy(case.rate / 10), "activation": "leaky-relu"},
        "Shorter steps kill fewer; a leaky ReLU keeps a small slope below zero, by which units come back.",
    )


def no_normalization(case: Case) -> Hint | None:
    """A deep network that guesses for long, without normalized pixels or batch norm."""
    model, guessing = case.config.model, case.guessing
    if guessing is None or not isinstance(model, MLPConfig | CNNConfig):
        return None
    depth = len(model.hidden) + (len(model.channels) if isinstance(model, CNNConfig) else 0)
    batch_norm = isinstance(model, CNNConfig) and model.batch_norm
    if model.normalize or batch_norm or depth < DEEP:
        return None
    stood = _guessed(case, guessing)
    steps = len(case.history.loss)
    if stood < PLATEAU_STEPS or stood < PLATEAU * steps:
        return None
    remedy: dict[str, Any] = {"batch_norm": True} if isinstance(model, CNNConfig) else {"normalize": True}
    if isinstance(model, MLPConfig) and model.activation in ("sigmoid", "tanh"):
        remedy = {"normalize": True, "init": "xavier", "init_output": "xavier"}
    which = "all" if stood == steps else f"the first {stood:,} of"
    return Hint(
        "no-normalization",
        "Stuck at chance level for long: nothing is normalized",
        f"For {which} {steps:,} steps the loss stayed near ln 10 ≈ {number(guessing)}, chance level, "
        f"in a network of {depth} hidden layers.",
        "Most pixels are 0 and none is negative, so the signal shrinks from layer to layer until all images "
        "look alike at the end, and the gradient shrinks again on the way back.",
        remedy,
        "Batch norm gives every channel mean 0 and standard deviation 1 before its activation function."
        if "batch_norm" in remedy
        else "Pixels with mean 0 and standard deviation 1 give the first layer more to go by"
        + (", and Xavier initialization keeps the signal's size from layer to layer." if "init" in remedy else "."),
    )


def _guessed(case: Case, guessing: float) -> int:
    """Steps at the start over which a running mean of the loss stood at what guessing costs."""
    losses = np.array([np.inf if loss is None else loss for loss in case.history.loss])
    if len(losses) < 10:
        return 0
    means = np.convolve(losses, np.full(10, 0.1), mode="valid")
    away = np.flatnonzero((means < (1 - GUESSING) * guessing) | (means > (1 + WORSE) * guessing))
    return int(away[0]) if len(away) else len(losses)
