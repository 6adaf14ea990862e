"""Photos for the classifiers: seven that come with the packages, or any picture a person brings.

Whatever comes in, in any of Pillow's color modes, lying on its side or half transparent, leaves as three
colors of 224×224 pixels in [0, 1].
"""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from core.config.errors import DataError, NotFound
from core.data.images import opened

SIDE = 224  # what classifiers of ImageNet were trained on
SCALED = 256  # what the shorter side is scaled to before the middle is cut out
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
    """An image file's bytes → (3, 224, 224) float32 in [0, 1], as the classifiers' authors prepare photos.

    Turned upright as its EXIF note says, laid on white where it is transparent, scaled until its shorter side
    is 256 and cropped to the middle 224. Raises DataError with a sentence for anything that is not an image,
    too large (10 MB, 12 megapixels) or too thin.
    """
    with opened(content, fits=_check_shape, draft=2 * SCALED) as image:
        if image.mode == "RGBA":
            paper = Image.new("RGBA", image.size, (255, 255, 255, 255))
            image = Image.alpha_composite(paper, image)
        return _square(image.convert("RGB"))


def _check_shape(wide: int, high: int) -> None:
    if min(wide, high) < 1 or max(wide, high) > WIDEST * min(wide, high):
        raise DataError(f"This image has {wide} × {high} pixels: too thin to cut a square from.")


def _square(image: Image.Image) -> Tensor:
    """The middle 224×224 of the picture at 256, scaled by Pillow's bicubic filter."""
    scale = SCALED / min(image.size)
    wide, high = (max(SCALED, round(side * scale)) for side in image.size)
    left, top = (wide - SIDE) // 2, (high - SIDE) // 2
    scaled = image.resize((wide, high), Image.Resampling.BICUBIC)
    values = np.asarray(scaled.crop((left, top, left + SIDE, top + SIDE)), dtype=np.float32) / np.float32(255)
    return torch.from_numpy(values).permute(2, 0, 1).contiguous()
