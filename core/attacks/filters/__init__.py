"""Filters before a network, one a file: they change the picture, not the weights. `DEFENSES` names them all.

They are here to be looked through: most of what they seem to win they win by leaving the attacker without a
useful gradient. Athalye, Carlini & Wagner 2018, "Obfuscated gradients give a false sense of security".
"""

from core.attacks.filters.filter import Defense
from core.attacks.filters.median import MEDIAN
from core.attacks.filters.noisy import NOISY
from core.attacks.filters.quantized import QUANTIZED

DEFENSES: dict[str, Defense] = {"quantize": QUANTIZED, "median": MEDIAN, "noise": NOISY}
