"""The one door for images: six formats, limits before decoding, one at a time, a sentence for the rest."""

import ast
import io
import threading

import numpy as np
import pytest
from PIL import Image

from core.config.errors import DataError
from core.data.images import MOST_PIXELS, canvas_pixels, opened
from core.storage.paths import PROJECT


def packed(form: str, size: tuple[int, int] = (30, 20)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, (250, 0, 0)).save(file, form)
    return file.getvalue()


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF"])
def test_six_formats_are_read(form: str) -> None:
    with opened(packed(form)) as image:
        assert image.size == (30, 20)
        assert np.asarray(image.convert("RGB"))[10, 10].tolist() == pytest.approx([250, 0, 0], abs=6)


@pytest.mark.parametrize("form", ["EPS", "PPM", "TGA", "ICO", "PCX", "SGI", "JPEG2000", "PDF", "DDS"])
def test_other_formats_are_not_even_looked_at(form: str) -> None:
    """EPS is what Ghostscript runs."""
    content = packed(form)
    with pytest.raises(DataError, match=r"is not an image that can be read \(PNG, .* or TIFF\)"), opened(content):
        pass
    with pytest.raises(DataError, match=r"The drawing is not an image that can be read \(PNG\)"):
        canvas_pixels(content)


@pytest.mark.parametrize("form", ["JPEG", "WEBP", "BMP", "GIF", "TIFF"])
def test_a_canvas_sends_png_alone(form: str) -> None:
    with pytest.raises(DataError, match="not an image"):
        canvas_pixels(packed(form))
    assert canvas_pixels(packed("PNG")).shape == (20, 30, 4)


def test_twelve_megapixels_and_no_more() -> None:
    with opened(packed("PNG", (4032, 3024))) as phone:
        assert phone.size == (4032, 3024)
    large = packed("PNG", (4097, MOST_PIXELS // 4096))
    with pytest.raises(DataError, match="4,097 × 3,072 pixels; at most 12 megapixels"), opened(large):
        pass
    with pytest.raises(DataError, match="1121 × 9 pixels; at most 1120"):
        canvas_pixels(packed("PNG", (1121, 9)))


def test_one_image_is_decoded_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    content, entered, second_done = packed("PNG"), threading.Event(), threading.Event()

    def second() -> None:
        entered.set()
        with opened(content):
            second_done.set()

    other = threading.Thread(target=second, daemon=True)
    with opened(content):
        other.start()
        assert entered.wait(10)
        assert not second_done.wait(0.05)
    assert second_done.wait(10)
    other.join(10)


def test_nobody_opens_an_image_elsewhere() -> None:
    """Every image that comes in is held against the same limits and formats."""
    sources = [PROJECT / "app.py", *(PROJECT / "core").rglob("*.py"), *(PROJECT / "pages").rglob("*.py")]
    calls = {
        path.name
        for path in sources
        if "Image" in (text := path.read_text(encoding="utf-8")) or "image_data" in text
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Attribute)
        and (
            (node.attr == "open" and isinstance(node.value, ast.Name) and node.value.id == "Image")
            or node.attr == "image_data"
        )
    }
    assert calls == {"images.py"}
