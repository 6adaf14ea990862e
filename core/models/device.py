"""Which processor computes: a CUDA card, else Apple's MPS, else the CPU."""

import os
import platform
from functools import lru_cache

import torch

from core.config.errors import ConfigError


def choose_device() -> torch.device:
    """The fastest device present, or the one that DIGITLAB_DEVICE names ("cpu", "cuda", "cuda:1", "mps").

    Raises ConfigError if the named device does not exist here.
    """
    wanted = os.environ.get("DIGITLAB_DEVICE", "").strip().lower()
    if not wanted:
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        device = torch.device(wanted)
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError, ValueError) as error:
        raise ConfigError(
            f"DIGITLAB_DEVICE is {wanted!r}, which this computer does not have; use cpu, or leave it unset."
        ) from error
    return device


def device_name(device: torch.device) -> str:
    """A name for people: the card's own name for CUDA, else "CPU" or "Apple GPU"."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return "Apple GPU" if device.type == "mps" else "CPU"


@lru_cache(maxsize=1)
def processor() -> str:
    """The CPU and the widest vectors that PyTorch computes with there: what decides how sums are rounded."""
    name = torch.cpu.get_capabilities().get("cpu_name") or platform.processor() or platform.machine()
    return f"{name} ({torch.backends.cpu.get_cpu_capability()})"
