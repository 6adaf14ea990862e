"""What the examples are called that a network learns from."""

from core.config.run import NOUNS, ModelConfig


def examples(model: ModelConfig) -> str:
    """ "images", "words" or "points"."""
    return f"{NOUNS.get(type(model), 'image')}s"
