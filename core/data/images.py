"""The one door for images that come in: photos, drawings in a zip file, what a canvas sends.

Only six formats are opened (Pillow knows forty more, some of which start other programs), sizes are held
against limits before a pixel is unpacked, and one image is decoded at a time, so that thirty browsers at once
need the memory of one. Whatever Pillow raises for a damaged file becomes a sentence.
"""

import io
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from core.config.errors import DataError, LabError

Pixels = NDArray[np.uint8]
Floats = NDArray[np.floating[Any]]

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF")
ENDINGS = ("png", "jpg", "jpeg", "webp", "bmp", "gif", "tif", "tiff")
LARGEST = 10 * 2**20  # bytes of a file
MOST_PIXELS = 12 * 2**20  # 12 megapixels, the 4032 × 3024 of a phone included: a small file can hold gigabytes
CANVAS = 4 * 280  # pixels of a canvas, each way: 280, on the finest of screens

_ONE_AT_A_TIME = threading.Lock()
_OWN_PAPER = ("RGBA", "LA", "PA", "La", "RGBa")


@contextmanager
def opened(
    content: bytes,
    name: str = "This file",
    *,
    formats: tuple[str, ...] = FORMATS,
    largest: int = LARGEST,
    fits: Callable[[int, int], None] | None = None,
    draft: int | None = None,
) -> Iterator[Image.Image]:
    """The image in a file's bytes: upright, mode "L", "RGB" or (where it is transparent) "RGBA".

    name: what the file is called, for messages. fits: raises LabError for a width and height that are not
    wanted. draft: a JPEG may be unpacked smaller, but no smaller than so many pixels. Nobody else's image is
    decoded within. Raises DataError with a sentence for anything else than such an image.
    """
    if len(content) > largest:
        size = f"{len(content) / 2**20:.0f} MB" if largest >= 2**20 else f"{len(content) / 1024:.0f} kB"
        most = f"{largest >> 20} MB" if largest >= 2**20 else f"{largest >> 10} kB"
        raise DataError(f"{name} has {size}; at most {most} are read.")
    with _ONE_AT_A_TIME:
        yield _decoded(content, name, formats, fits, draft)


def canvas_pixels(content: bytes) -> Pixels:
    """What a canvas sent, the bytes of a PNG, as (H, W, 4). Raises DataError where a browser sent another."""
    with opened(content, "The drawing", formats=("PNG",), fits=_at_most(CANVAS)) as image:
        return np.asarray(image.convert("RGBA"), dtype=np.uint8)


def white_on_black(image: Image.Image) -> tuple[Pixels, bool]:
    """(H, W) bytes with light ink on black, as MNIST has it, and whether the image had to be inverted.

    image: as `opened` gives it. The paper is what the image's outermost pixels show. Where that is nothing,
    the ink decides: dark ink was meant for white paper.
    """
    alpha = np.asarray(image.getchannel("A"), dtype=np.float32) / np.float32(255) if image.mode == "RGBA" else None
    shade = np.asarray(image.convert("RGB").convert("L"), dtype=np.float32)
    opaque: Floats = np.ones_like(shade) if alpha is None else alpha
    at_the_edge = _edge(opaque) > 0
    if at_the_edge.mean() > 0.5:
        light = float(_edge(shade)[at_the_edge].mean()) >= 128
    else:
        light = float((shade * opaque).sum()) < 128 * float(opaque.sum())
    ink = (255 - shade if light else shade) * opaque
    return np.round(ink).astype(np.uint8), light


def _edge(values: Floats) -> Floats:
    """The outermost pixels of (H, W), in any order."""
    return np.concatenate([values[0], values[-1], values[1:-1, 0], values[1:-1, -1]])


def _at_most(side: int) -> Callable[[int, int], None]:
    def fits(wide: int, high: int) -> None:
        if max(wide, high) > side:
            raise DataError(f"The drawing has {wide} × {high} pixels; at most {side} × {side} are read.")

    return fits


def _decoded(
    content: bytes, name: str, formats: tuple[str, ...], fits: Callable[[int, int], None] | None, draft: int | None
) -> Image.Image:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about odd notes in files; what matters raises
        try:
            with Image.open(io.BytesIO(content), formats=formats) as image:  # the header, not yet the pixels
                wide, high = image.size
                if wide * high > MOST_PIXELS:
                    raise DataError(_too_many(name, f"{wide:,} × {high:,}"))
                if fits is not None:
                    fits(wide, high)
                if draft is not None:
                    image.draft("RGB", (draft, draft))
                return _eight_bits(ImageOps.exif_transpose(image))
        except LabError:
            raise
        except Image.DecompressionBombError as error:
            raise DataError(_too_many(name, "far more")) from error
        except UnidentifiedImageError as error:
            known = f"{', '.join(formats[:-1])} or {formats[-1]}" if len(formats) > 1 else formats[0]
            raise DataError(f"{name} is not an image that can be read ({known}).") from error
        except Exception as error:  # Pillow raises a dozen kinds for a damaged file
            raise DataError(f"{name} is damaged and cannot be read to its end; try another.") from error


def _too_many(name: str, size: str) -> str:
    most = MOST_PIXELS // 2**20
    return f"{name} has {size} pixels; at most {most} megapixels (4,096 × 3,072) are read. Make it smaller."


def _eight_bits(image: Image.Image) -> Image.Image:
    """Any of Pillow's modes as "L", "RGB" or "RGBA"."""
    if image.mode.startswith(("I", "F")):  # 16 or 32 bits a pixel: Pillow would cut them off at 255
        values: Floats = np.nan_to_num(np.asarray(image, dtype=np.float32))
        highest = float(values.max(initial=0))
        if image.mode == "F" and highest <= 1.0:
            values = values * 255
        elif image.mode != "F" and highest > 255:
            values = values / 257
        return Image.fromarray(values.clip(0, 255).round().astype(np.uint8))
    if "transparency" in image.info or image.mode in _OWN_PAPER:
        return image.convert("RGBA")
    return image.convert("L" if image.mode in ("1", "L") else "RGB")
