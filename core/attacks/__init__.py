"""Attacks on images: small changes that make a network misread. One attack a file; `ATTACKS` names them all.

Images are in [0, 1] and a network normalises by itself, so ε is in pixel units everywhere.
"""

from core.attacks.bim import BIM
from core.attacks.entry import Attack
from core.attacks.fgsm import FGSM
from core.attacks.noise import NOISE
from core.attacks.noise_l0 import NOISE_L0
from core.attacks.noise_l2 import NOISE_L2
from core.attacks.pgd import PGD
from core.attacks.pgd_l2 import PGD_L2

ATTACKS: dict[str, Attack] = {
    "fgsm": FGSM,
    "bim": BIM,
    "pgd": PGD,
    "pgd-l2": PGD_L2,
    "noise": NOISE,
    "noise-l2": NOISE_L2,
    "noise-l0": NOISE_L0,
}
