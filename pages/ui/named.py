"""What the examples are called that a network learns from."""

from core.config import ModelConfig, RecurrentConfig, RegressorConfig

NAMES: dict[type[ModelConfig], str] = {RegressorConfig: "points", RecurrentConfig: "words"}


def examples(model: ModelConfig) -> str:
    """ "images", "words" or "points"."""
    return NAMES.get(type(model), "images")
