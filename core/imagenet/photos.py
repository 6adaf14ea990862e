"""Photos for the classifiers: seven that come with the packages, or any picture a person brings.

Whatever comes in, in any of Pillow's colour modes, lying on its side or half transparent, leaves as three
colours of 224×224 pixels in [0, 1].
"""

import io
import warnings
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps, UnidentifiedImageError
from torch import Tensor

from core.errors import DataError, NotFound

SIDE = 224  # what classifiers of ImageNet were trained on
SCALED = 256  # what the shorter side is scaled to before the middle is cut out
LARGEST = 10 * 2**20  # bytes of an uploaded file
MOST_PIXELS = 40_000_000  # a small file can unpack into gigabytes; a phone's photo has 12 to 50 million
WIDEST = 20  # a strip longer than so many times its width has nothing to crop a square from


@dataclass(frozen=True)
class Photo:
    """A photo that comes with a package: the name people read, and where in which package it lies."""

    title: str
    package: str
    file: str


#: Which come along, nothing to download. Credits stand in the packages: scikit-learn's and scikit-image's.
PHOTOS: dict[str, Photo] = {
    "china": Photo("A palace in China", "sklearn", "datasets/images/china.jpg"),
    "flower": Photo("A flower", "sklearn", "datasets/images/flower.jpg"),
    "chelsea": Photo("Chelsea the cat", "skimage", "data/chelsea.png"),
    "coffee": Photo("A cup of coffee", "skimage", "data/coffee.png"),
    "rocket": Photo("A rocket", "skimage", "data/rocket.jpg"),
    "astronaut": Photo("An astronaut", "skimage", "data/astronaut.png"),
    "motorcycle": Photo("A motorcycle", "skimage", "data/motorcycle_left.png"),
}


def sample(name: str) -> Tensor:
    """A photo of PHOTOS as (3, 224, 224) float32 in [0, 1]. Raises NotFound if it is not installed."""
    if name not in PHOTOS:
        raise NotFound(f"There is no photo {name!r}; there are {', '.join(PHOTOS)}.")
    photo = PHOTOS[name]
    found = find_spec(photo.package)
    path = Path(found.origin).parent / photo.file if found is not None and found.origin else None
    if path is None or not path.is_file():
        raise NotFound(f"{photo.title} comes with the package {photo.package}, which is not installed here.")
    return read_photo(path.read_bytes())


def read_photo(content: bytes) -> Tensor:
    """A picture file's bytes → (3, 224, 224) float32 in [0, 1], as the classifiers' authors prepare photos.

    Turned upright as its EXIF note says, laid on white where it is transparent, scaled until its shorter side
    is 256 and cropped to the middle 224. Raises DataError with a sentence for anything that is no picture,
    too large (10 MB, 40 million pixels) or too thin.
    """
    if len(content) > LARGEST:
        raise DataError(f"This file has {len(content) / 2**20:.0f} MB; at most {LARGEST >> 20} MB are read.")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about odd notes in files; what matters raises
        try:
            with Image.open(io.BytesIO(content)) as image:  # reads the header, not yet the pixels
                wide, high = image.size
                _check_size(wide, high)
                image.draft(
                    "RGB", (2 * SCALED, 2 * SCALED)
                )  # a JPEG unpacks at an eighth of its size if it may
                upright = ImageOps.exif_transpose(image)
                return _square(_three_colours(upright))
        except Image.DecompressionBombError as error:
            raise DataError(_too_many_pixels()) from error
        except UnidentifiedImageError as error:
            raise DataError("This file is not a picture that can be read; try a PNG or a JPEG.") from error
        except (OSError, SyntaxError, ValueError, EOFError, MemoryError, OverflowError) as error:
            raise DataError("This picture is damaged and cannot be read to its end; try another.") from error


def _check_size(wide: int, high: int) -> None:
    if wide * high > MOST_PIXELS:
        raise DataError(_too_many_pixels(wide, high))
    if min(wide, high) < 1 or max(wide, high) > WIDEST * min(wide, high):
        raise DataError(f"This picture is {wide} × {high} pixels: too thin to cut a square from.")


def _too_many_pixels(wide: int = 0, high: int = 0) -> str:
    size = f"{wide:,} × {high:,} pixels" if wide else "far more pixels"
    return f"This picture has {size}; at most {MOST_PIXELS // 10**6} million are read. Make it smaller first."


def _three_colours(image: Image.Image) -> Image.Image:
    """Any of Pillow's modes as RGB; transparency shows white paper."""
    if image.mode.startswith(("I", "F")):  # 16 or 32 bits a pixel: Pillow would cut them off at 255
        values = np.nan_to_num(np.asarray(image, dtype=np.float64))
        if image.mode.startswith("I;16") or (image.mode == "I" and values.max(initial=0) > 255):
            values = values / 257.0
        elif image.mode == "F" and values.max(initial=0) <= 1.0:
            values = values * 255.0
        return Image.fromarray(values.clip(0, 255).round().astype(np.uint8)).convert("RGB")
    if "transparency" in image.info or image.mode in ("RGBA", "LA", "PA", "La", "RGBa"):
        inks = image.convert("RGBA")
        paper = Image.new("RGBA", inks.size, (255, 255, 255, 255))
        return Image.alpha_composite(paper, inks).convert("RGB")
    return image.convert("RGB")


def _square(image: Image.Image) -> Tensor:
    """The middle 224×224 of the picture at 256, scaled by Pillow's bicubic filter."""
    scale = SCALED / min(image.size)
    wide, high = (max(SCALED, round(side * scale)) for side in image.size)
    left, top = (wide - SIDE) // 2, (high - SIDE) // 2
    scaled = image.resize((wide, high), Image.Resampling.BICUBIC)
    values = np.asarray(scaled.crop((left, top, left + SIDE, top + SIDE)), dtype=np.float32) / np.float32(255)
    return torch.from_numpy(values).permute(2, 0, 1).contiguous()
