"""`python -m core attack CHECKPOINT`: attack test images and count what the network still classifies correctly."""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from tqdm import tqdm

from core.attacks import ATTACKS
from core.attacks.config import AttackConfig
from core.attacks.run import CHUNK, attack, check
from core.config.errors import ConfigError
from core.config.escaping import clean
from core.config.validation import integer, number, require, whole
from core.data import load
from core.lessons.adversarial.result import Outcome, judge
from core.models.device import choose_device
from core.recipes.uploads import open_checkpoint
from core.training import memory

HELP = "attack test images of a checkpoint"


def add(parser: argparse.ArgumentParser) -> None:
    """CHECKPOINT --attack NAME --eps E [--steps N] [--step-size A] [--set NAME=VALUE …] [--restarts R] [--n N] …"""
    parser.add_argument("checkpoint", help="a shipped name, a run id, a saved name or a .safetensors file")
    parser.add_argument("--attack", default="fgsm", help=f"one of {', '.join(ATTACKS)} (default: fgsm)")
    parser.add_argument("--eps", type=number, help="largest change, in the attack's norm; pixels run from 0 to 1")
    parser.add_argument("--steps", type=integer, help="iterations (default: the attack's own)")
    parser.add_argument("--step-size", type=number, help="how far one step goes (default: by ε and steps)")
    parser.add_argument(
        "--set",
        nargs="+",
        action="extend",
        default=[],
        metavar="NAME=VALUE",
        help=f"the attack's other settings: {'; '.join(filter(None, map(_settings, ATTACKS)))}",
    )
    parser.add_argument("--restarts", type=integer, default=1, help="random restarts (default: 1)")
    parser.add_argument("--target", type=integer, help="the target class (default: any but the true one)")
    parser.add_argument("--n", type=integer, help="the first N test images (default: all)")
    parser.add_argument("--seed", type=integer, default=0, help="decides random starts (default: 0)")
    parser.add_argument("--data", choices=("full", "small"), help="whose test images (default: full where it is)")


def run(arguments: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """One row: accuracy before and after the attack, counted anew on the images it returned."""
    named = {"steps": arguments.steps, "step_size": arguments.step_size}
    config = AttackConfig(
        arguments.attack,
        arguments.eps,
        {key: value for key, value in named.items() if value is not None} | _given(arguments.set),
        arguments.target,
        arguments.restarts,
        arguments.seed,
    )
    if arguments.n is not None:
        whole(arguments.n, 1, 60_000, "Images to attack (--n)")
    checkpoint = open_checkpoint(arguments.checkpoint)
    mnist = load(arguments.data or "auto")
    digits = mnist.test.take(slice(0, arguments.n))
    memory.check(memory.of_attack(checkpoint.config.model, len(digits)), "This attack")
    device = choose_device()
    model = checkpoint.model.to(device)
    images, labels = digits.images.to(device), digits.labels.to(device)
    check(model, images, labels)
    started, parts = time.perf_counter(), []
    bar = tqdm(total=len(digits), unit="image", file=sys.stderr, mininterval=0.5)
    for places in torch.split(torch.arange(len(digits)), CHUNK):
        parts.append(attack(model, images[places], labels[places], config, places=places))
        bar.update(len(places))
    bar.close()
    seconds = time.perf_counter() - started
    yield {
        "checkpoint": arguments.checkpoint,
        **row(config, judge(model, images, labels, torch.cat(parts), config)),
        "data": mnist.size,
        "seconds": seconds,
    }


def _settings(name: str) -> str:
    """What an attack can be told, with its defaults; empty where it takes nothing."""
    details = ", ".join(f"{key}={setting.default:g}" for key, setting in ATTACKS[name].settings.items())
    return f"{name}: {details}" if details else ""


def _given(pairs: Sequence[str]) -> dict[str, float]:
    """NAME=VALUE after --set. Raises ConfigError for anything else."""
    found = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        require(bool(name and equals), f"--set takes NAME=VALUE, such as steps=20; {clean(pair, 40)!r} is not.")
        try:
            found[name] = float(number(value))
        except argparse.ArgumentTypeError as error:
            raise ConfigError(f"--set {name}: {error}.") from None
    return found


def row(config: AttackConfig, outcome: Outcome) -> dict[str, Any]:
    """An attack's settings and what came of it."""
    return {
        "attack": config.name,
        "norm": ATTACKS[config.name].norm,
        "eps": config.budget,
        **config.settings,
        "steps": config.steps,
        "step_size": config.settings.get("step_size") or None,
        "restarts": config.restarts,
        "target": config.target,
        "seed": config.seed,
        "n": len(outcome),
        "clean_accuracy": outcome.clean_accuracy,
        "adversarial_accuracy": outcome.adversarial_accuracy,
        "ci95": list(outcome.ci95),
        "success_rate": outcome.success_rate,
        "max_linf": float(outcome.sizes("linf").max()),
        "mean_linf_of_successes": outcome.mean_size("linf"),
        "mean_l2_of_successes": outcome.mean_size("l2"),
        "mean_l0_of_successes": outcome.mean_size("l0"),
    }
