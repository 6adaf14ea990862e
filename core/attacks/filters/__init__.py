"""Input filters: they change the image before the network, not its weights. `FILTERS` names them all.

They are here to be looked through: most of what they seem to win they win by leaving the attacker without a
useful gradient. Athalye, Carlini & Wagner 2018, "Obfuscated gradients give a false sense of security".

Add your own: a file here and an entry in FILTERS. This one is whole; a test adds it as it stands and walks it
through the app:

    class Pale(nn.Module):
        def __init__(self, share):
            super().__init__()
            self.share = share

        def forward(self, x):
            return x + self.share * (0.5 - x)

    FILTERS["pale"] = InputFilter(
        title="Less contrast",
        idea="Every pixel comes nearer to gray.",
        paper="an example",
        unit="share of the way to gray",
        strengths=(0.1, 0.3, 0.5, 0.7),
        default=0.5,
        module=lambda strength, seed: Pale(strength),
    )
"""

from core.attacks.filters.filter import InputFilter
from core.attacks.filters.median import MEDIAN
from core.attacks.filters.noisy import NOISY
from core.attacks.filters.quantized import QUANTIZED

FILTERS: dict[str, InputFilter] = {"quantize": QUANTIZED, "median": MEDIAN, "noise": NOISY}
