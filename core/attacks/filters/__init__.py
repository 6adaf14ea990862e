"""Input filters: they change the image before the network, not its weights. `FILTERS` names them all.

They are here to be looked through: most of what they seem to win they win by leaving the attacker without a
useful gradient. Athalye, Carlini & Wagner 2018, "Obfuscated gradients give a false sense of security".

Add your own: a file here and an entry in FILTERS; the page offers it, with its sanity checks, at once.

    NEGATIVE = InputFilter(
        title="Negative",
        idea="Black becomes white and white black, as far as the strength says.",
        paper="an example",
        unit="share of the negative",
        strengths=(0.0, 0.5, 1.0),
        default=1.0,
        module=lambda strength, seed: Negative(strength),  # an nn.Module, images in and images out
    )
"""

from core.attacks.filters.filter import InputFilter
from core.attacks.filters.median import MEDIAN
from core.attacks.filters.noisy import NOISY
from core.attacks.filters.quantized import QUANTIZED

FILTERS: dict[str, InputFilter] = {"quantize": QUANTIZED, "median": MEDIAN, "noise": NOISY}
