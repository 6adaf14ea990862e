"""Attacks on images: small changes that make a network misread. One attack a file; `ATTACKS` names them all.

Images are in [0, 1] and a network normalizes by itself, so ε is in pixel units everywhere.
"""

from core.attacks.attack import Attack
from core.attacks.bim import BIM
from core.attacks.carlini_wagner import CARLINI_WAGNER
from core.attacks.deepfool import DEEPFOOL
from core.attacks.fgsm import FGSM
from core.attacks.jsma import JSMA
from core.attacks.noise import NOISE
from core.attacks.noise_l0 import NOISE_L0
from core.attacks.noise_l2 import NOISE_L2
from core.attacks.pgd import PGD
from core.attacks.pgd_l2 import PGD_L2
from core.attacks.square import SQUARE

ATTACKS: dict[str, Attack] = {
    "fgsm": FGSM,
    "bim": BIM,
    "pgd": PGD,
    "pgd-l2": PGD_L2,
    "deepfool": DEEPFOOL,
    "carlini-wagner": CARLINI_WAGNER,
    "jsma": JSMA,
    "square": SQUARE,
    "noise": NOISE,
    "noise-l2": NOISE_L2,
    "noise-l0": NOISE_L0,
}
