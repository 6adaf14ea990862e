"""The strength of a change in words."""

from core.formatting import count


def amount(how: str, strength: float) -> str:
    """For example "3 pixels to the left", from a name in TRANSFORMS and a strength."""
    size = abs(strength)
    pixels = count(size, "pixel")
    words = {
        "shift-across": f"{pixels} to the {'left' if strength < 0 else 'right'}",
        "shift-down": f"{pixels} {'up' if strength < 0 else 'down'}",
        "scale": f"{strength:g} times the size",
        "rotate": f"{size:g} degrees {'clockwise' if strength < 0 else 'anticlockwise'}",
        "noise": f"noise of standard deviation {strength:g}",
        "thickness": f"strokes {pixels} {'thinner' if strength < 0 else 'thicker'} on either side",
    }
    return words[how]
