"""How far two tensors agree: the measure of every gradient check.

Tensors are compared as wholes. Entry by entry one would divide zero by zero wherever a pixel is black, and
call rounding an error wherever a gradient is all but zero.
"""

import math
from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class Agreement:
    """What of tensor a differs from tensor b.

    difference: ‖a − b‖ / max(‖a‖, ‖b‖), from 0 (the same) to 2 (opposite); 0 if both are zero, infinite if
    a number of either is not finite. length: ‖a‖ / ‖b‖. angle: between the two, 0…180 degrees. These two
    are None where a length is zero or not finite.
    """

    difference: float
    length: float | None
    angle: float | None

    def within(self, tolerance: float) -> bool:
        """Whether the difference is smaller than `tolerance`."""
        return self.difference < tolerance


def agreement(a: Tensor, b: Tensor) -> Agreement:
    """Compare two tensors of one shape, of any numbers of dimensions."""
    if not bool(a.isfinite().all() and b.isfinite().all()):
        return Agreement(math.inf, None, None)
    sizes = float(a.norm()), float(b.norm())
    if max(sizes) == 0:
        return Agreement(0.0, None, None)
    difference = float((a - b).norm()) / max(sizes)
    if min(sizes) == 0:
        return Agreement(difference, None, None)
    one, other = a / sizes[0], b / sizes[1]  # atan2 keeps the digits of small angles, acos loses them
    angle = math.degrees(2 * math.atan2(float((one - other).norm()), float((one + other).norm())))
    return Agreement(difference, sizes[0] / sizes[1], angle)
