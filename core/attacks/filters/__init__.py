"""Filters before a network, one a file: they change the picture, not the weights. `DEFENCES` names them all.

They are here to be looked through: most of what they seem to win they win by leaving the attacker without a
useful gradient. Athalye, Carlini & Wagner 2018, "Obfuscated gradients give a false sense of security".
"""

from core.attacks.filters.filter import Defence
from core.attacks.filters.median import MEDIAN
from core.attacks.filters.noisy import NOISY
from core.attacks.filters.quantised import QUANTISED

DEFENCES: dict[str, Defence] = {"quantise": QUANTISED, "median": MEDIAN, "noise": NOISY}
