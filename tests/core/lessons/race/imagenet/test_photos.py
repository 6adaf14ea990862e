"""Whatever a person brings becomes three colors of 224×224, or a sentence."""

import io
import struct
import zlib

import numpy as np
import pytest
import torch
from PIL import Image

from core.config.errors import DataError
from core.data.images import LARGEST
from core.lessons.race.imagenet.photos import SIDE, read_photo

RED, BLUE = (255, 0, 0), (0, 0, 255)


def halves(mode: str = "RGB", size: tuple[int, int] = (300, 300)) -> Image.Image:
    """Red above, blue below."""
    image = Image.new("RGB", size, BLUE)
    image.paste(RED, (0, 0, size[0], size[1] // 2))
    return image.convert(mode)


def packed(image: Image.Image, form: str = "PNG", **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def colors(picture: torch.Tensor) -> tuple[list[float], list[float]]:
    """Mean color of the upper and of the lower third."""
    assert picture.shape == (3, SIDE, SIDE)
    assert picture.dtype == torch.float32
    assert 0 <= float(picture.min()) <= float(picture.max()) <= 1
    return picture[:, :70].mean((1, 2)).tolist(), picture[:, -70:].mean((1, 2)).tolist()


@pytest.mark.parametrize(
    ("mode", "form"),
    [
        ("RGB", "PNG"),
        ("RGBA", "PNG"),
        ("P", "GIF"),
        ("CMYK", "JPEG"),
        ("CMYK", "TIFF"),
        ("YCbCr", "JPEG"),
        ("LAB", "TIFF"),
    ],
)
def test_color_modes(mode: str, form: str) -> None:
    if mode == "LAB":
        from PIL import ImageCms

        srgb, lab = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
        image = ImageCms.profileToProfile(halves(), srgb, lab, outputMode="LAB")
        assert image is not None
        read_photo(packed(image, form))
        return
    above, below = colors(read_photo(packed(halves(mode), form)))
    assert above == pytest.approx([1, 0, 0], abs=0.05)
    assert below == pytest.approx([0, 0, 1], abs=0.05)


def test_gray_and_bits() -> None:
    ramp = np.repeat(np.linspace(0, 1, 256)[:, None], 256, axis=1)
    expected = read_photo(packed(Image.fromarray((ramp * 255).astype(np.uint8))))
    assert torch.equal(expected[0], expected[2])
    deep = Image.fromarray((ramp * 65535).astype(np.uint16))
    torch.testing.assert_close(read_photo(packed(deep)), expected, atol=0.01, rtol=0)
    real = Image.fromarray(ramp.astype(np.float32))
    torch.testing.assert_close(read_photo(packed(real, "TIFF")), expected, atol=0.01, rtol=0)
    bits = read_photo(packed(Image.fromarray(ramp > 0.5)))
    assert set(bits.unique().tolist()) >= {0.0, 1.0}


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparency_shows_white(mode: str) -> None:
    image = Image.new(mode, (50, 50), (0, 0, 0, 0) if mode == "RGBA" else (0, 0))
    assert float(read_photo(packed(image)).min()) == 1


def test_a_transparent_palette_shows_white() -> None:
    image = Image.new("P", (50, 50), 3)
    image.putpalette([0, 0, 0] * 4)
    assert float(read_photo(packed(image, transparency=3)).min()) == 1


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_orientation_is_honored(form: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera lay on its right side
    lying = halves().transpose(Image.Transpose.ROTATE_90)
    above, below = colors(read_photo(packed(lying, form, exif=exif)))
    assert above == pytest.approx([1, 0, 0], abs=0.05)
    assert below == pytest.approx([0, 0, 1], abs=0.05)


def test_the_middle_square_is_cut_out() -> None:
    wide = Image.new("RGB", (900, 300), BLUE)
    wide.paste(RED, (300, 0, 600, 300))
    picture = read_photo(packed(wide))
    assert picture[:, 5:-5, 5:-5].mean((1, 2)).tolist() == pytest.approx([1, 0, 0], abs=0.01)


def test_one_pixel_is_a_picture() -> None:
    assert read_photo(packed(Image.new("RGB", (1, 1), RED)))[0].min() == 1


def bomb(wide: int, high: int) -> bytes:
    """A PNG's header that promises so many pixels, and nearly nothing behind it."""

    def part(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", wide, high, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", header) + part(b"IDAT", pixels) + part(b"IEND", b"")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is not an image that can be read"),
        (b"hello, I am a text", "is not an image that can be read"),
        (packed(halves())[:300], "damaged|is not an image"),
        (packed(halves(), "JPEG")[:400], "damaged|is not an image"),
        (bomb(7000, 7000), "7,000 × 7,000 pixels; at most 12 megapixels"),
        (bomb(60_000, 60_000), "at most 12 megapixels"),
        (bomb(500, 500), "damaged"),
        (packed(Image.new("RGB", (3000, 10))), "too thin"),
    ],
    ids=["empty", "text", "cut png", "cut jpeg", "large", "bomb", "short", "strip"],
)
def test_what_is_no_picture_gets_a_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        read_photo(content)


def test_a_large_file_is_not_even_opened() -> None:
    with pytest.raises(DataError, match="at most 10 MB"):
        read_photo(bytes(LARGEST + 1))
