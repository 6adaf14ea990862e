"""A loss in words: three significant digits, in powers of ten where it is small."""

SMALL = 1e-3


def loss_words(value: float) -> str:
    """Written so that small losses can be told apart at a glance: 0.123, but 1.59e-5."""
    if value == 0 or abs(value) >= SMALL:
        return f"{value:.3g}"
    digits, power = f"{value:.2e}".split("e")
    return f"{digits}e{int(power)}"
