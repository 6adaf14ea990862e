"""From ink on a canvas to the 28×28 image a network expects: MNIST's own recipe.

A network trained on MNIST has only ever seen digits that fit a 20×20 box and whose center of mass lies in the
middle. A drawing that skips those two steps is read much worse, however neatly it is drawn.
Source: LeCun, Cortes, Burges: "size normalized to fit in a 20x20 pixel box while preserving their aspect
ratio … centered in a 28x28 image by computing the center of mass of the pixels".
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image
from torch import Tensor

from core.data.digits import SIDE

BOX = 20
# Mean of the center-of-mass coordinate over MNIST's training images, measured: 14.00 down and 14.01 across,
# pixel centers counted from 0; its spread (0.29) is that of rounding to whole pixels.
MIDDLE = 14.0
FAINT = 0.1  # less ink than this anywhere, of the darkest possible, is a blank canvas
EDGE = 0.15  # soft rims fainter than this share of the strongest ink do not widen the box

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Drawing:
    """A drawn digit as the network receives it, with what was done to it on the way.

    image: (1, 28, 28) float32 in [0, 1].
    box: (left, top, right, bottom) of the digit's ink on the canvas, in canvas pixels, right and bottom
    exclusive; specks and hairlines do not widen it.
    size: (width, height) of the ink within the 28×28, in pixels; the longer is 20.
    """

    image: Tensor
    box: tuple[int, int, int, int]
    size: tuple[int, int]


def from_canvas(canvas: npt.ArrayLike) -> Drawing | None:
    """A canvas (H, W, 4) RGBA, (H, W, 3) RGB or (H, W) gray, white ink on black or on nothing → Drawing.

    Values are bytes 0…255, or floats in [0, 1]. None when nothing is drawn.
    """
    ink = _ink(np.asarray(canvas))
    strongest = float(ink.max(initial=0.0))
    if strongest < FAINT:
        return None
    box = _box(digit_ink(ink, ink > EDGE * strongest))
    width, height = _fitted(box[2] - box[0], box[3] - box[1])
    small = Image.fromarray(ink).resize((width, height), Image.Resampling.BOX, box=box)
    image = _centered(np.clip(np.asarray(small, dtype=np.float32), 0, 1))
    return Drawing(torch.from_numpy(image).unsqueeze(0), box, (width, height))


def _ink(canvas: npt.NDArray[np.generic]) -> Floats:
    """How white each canvas pixel is to the eye: luminance × opacity, (H, W) in [0, 1]."""
    top = 255.0 if np.issubdtype(canvas.dtype, np.integer) else 1.0
    values: Floats = np.nan_to_num(canvas.astype(np.float32) / np.float32(top)).clip(0, 1)
    if values.ndim == 2:
        return values
    luminance = values[..., :3] @ np.array([0.299, 0.587, 0.114], dtype=np.float32)
    return np.asarray(luminance * values[..., 3] if values.shape[-1] == 4 else luminance, dtype=np.float32)


def _box(inked: npt.NDArray[np.bool_]) -> tuple[int, int, int, int]:
    rows, columns = np.flatnonzero(inked.any(axis=1)), np.flatnonzero(inked.any(axis=0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def _fitted(width: int, height: int) -> tuple[int, int]:
    """The longer side becomes 20 pixels, the other keeps its share of it (at least one pixel)."""
    scale = BOX / max(width, height)
    return max(1, round(width * scale)), max(1, round(height * scale))


def _centered(small: Floats) -> Floats:
    """Lay the ink on 28×28, its center of mass in the middle to the nearest pixel, none of it cut off."""
    total = float(small.sum())
    placed = np.zeros((SIDE, SIDE), dtype=np.float32)
    corner = []
    for axis in (0, 1):
        mass = small.sum(axis=1 - axis)
        center = float(mass @ np.arange(len(mass))) / total
        corner.append(int(np.clip(round(MIDDLE - center), 0, SIDE - small.shape[axis])))
    top, left = corner
    placed[top : top + small.shape[0], left : left + small.shape[1]] = small
    return placed


# Which ink of a drawing is the digit: specks and hairlines are left out of the box that is cropped.
#
# A dot of two pixels in a corner, a slip of the pen, a hair on a scanned sheet: all of it together weighs next
# to nothing, yet it would shrink the digit to a fraction of its size. Measured on MNIST's test images: a
# digit's own pieces weigh 17% and more of its largest piece, what is not the digit weighs less than 5%.


Mask = npt.NDArray[np.bool_]

HAIRLINE = 0.3  # of the stroke's width: thinner lines are no strokes
LIGHT = 0.05  # of the largest piece's ink: lighter pieces are specks
SHORT = 0.15  # of the largest piece's longer side: smaller pieces are dots, however black
CELLS = 70  # a side of the grid on which pieces hang together


def digit_ink(ink: npt.NDArray[np.float32], inked: Mask) -> Mask:
    """Where the digit is: (H, W), a part of `inked` that is not empty unless `inked` is.

    ink: (H, W) in [0, 1]. inked: (H, W), where there is ink at all.
    """
    strokes = _without_hairlines(inked)
    pieces = _pieces(strokes)
    count = int(pieces.max())
    if count < 2:
        return strokes
    mass = np.bincount(pieces.ravel(), weights=ink.ravel(), minlength=count + 1)
    mass[0] = 0.0
    sides = np.array([0, *(_longer_side(pieces == piece) for piece in range(1, count + 1))])
    largest = int(mass.argmax())
    digit = (mass >= LIGHT * mass[largest]) & (sides >= SHORT * sides[largest])
    kept: Mask = digit[pieces] & strokes
    return kept


def _without_hairlines(inked: Mask) -> Mask:
    """An opening: every part of it holds a square of 0.3 strokes' width. Where nothing would stay, all does.

    In a stroke of width w, a pixel survives (w + 2) / 4 erosions on average; a hairline hardly counts.
    """
    cores = [inked]
    while cores[-1].any():
        cores.append(_eroded(cores[-1]))
    survived = sum(int(core.sum()) for core in cores) / max(int(inked.sum()), 1)
    reach = int(HAIRLINE / 2 * (4 * survived - 2))
    opened = cores[reach]
    for _ in range(reach):
        opened = ~_eroded(~opened, outside=True)
    opened = opened & inked
    return opened if opened.any() else inked


def _eroded(mask: Mask, *, outside: bool = False) -> Mask:
    """Without its outermost pixels, the eight neighbors counted. outside: what lies beyond the sheet."""
    padded = np.pad(mask, 1, constant_values=outside)
    rows = padded[:-2] & padded[1:-1] & padded[2:]
    return rows[:, :-2] & rows[:, 1:-1] & rows[:, 2:]


def _pieces(inked: Mask) -> npt.NDArray[np.intp]:
    """(H, W): which piece each pixel belongs to, from 1; 0 on paper. A gap of a cell's width is no gap."""
    height, width = inked.shape
    step = max(1, -(-max(height, width) // CELLS))
    rows, columns = -(-height // step), -(-width // step)
    padded = np.pad(inked, ((0, rows * step - height), (0, columns * step - width)))
    cells = padded.reshape(rows, step, columns, step).any(axis=(1, 3))
    left = {(int(row), int(column)) for row, column in np.argwhere(cells)}
    names = np.zeros((rows, columns), dtype=np.intp)
    count = 0
    while left:
        count += 1
        found = [left.pop()]
        while found:
            row, column = found.pop()
            names[row, column] = count
            near = {(row + down, column + across) for down in (-1, 0, 1) for across in (-1, 0, 1)} & left
            left -= near
            found += near
    return names.repeat(step, axis=0).repeat(step, axis=1)[:height, :width] * inked


def _longer_side(piece: Mask) -> int:
    rows, columns = np.flatnonzero(piece.any(axis=1)), np.flatnonzero(piece.any(axis=0))
    return int(max(np.ptp(rows), np.ptp(columns))) + 1
