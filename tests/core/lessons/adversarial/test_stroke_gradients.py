"""Gradients on strokes: shares and correlations of pictures whose answer is known."""

import pytest
import torch

from core.lessons.adversarial.pixel_gradients import steepness, stroke_gradients


def one_stroke() -> torch.Tensor:
    image = torch.zeros(1, 1, 28, 28)
    image[0, 0, 10:18, 14] = 1.0
    return image


def test_share_near_the_stroke() -> None:
    image = one_stroke()
    even = stroke_gradients(image, torch.ones_like(image))
    assert float(even.area) == pytest.approx(10 * 3 / 784)  # 8 pixels and one around them
    assert float(even.near) == pytest.approx(float(even.area)), "no sense for the digit: as much as the area"
    on_it = stroke_gradients(image, -1e-25 * image)
    assert float(on_it.near) == pytest.approx(1.0), "however small"
    beside = torch.zeros_like(image)
    beside[0, 0, 0, 0] = 3.0
    beside[0, 0, 12, 15] = 4.0
    assert float(stroke_gradients(image, beside).near) == pytest.approx(16 / 25)


def test_edges() -> None:
    image = one_stroke()
    assert float(stroke_gradients(image, -steepness(image)).edges) == pytest.approx(1.0, abs=1e-5)
    slope = torch.linspace(0, 1, 28).expand(1, 1, 28, 28)
    assert torch.allclose(steepness(slope)[0, 0, 1:-1, 1:-1], torch.tensor(1 / 27), atol=1e-6)


def test_what_has_no_ink_or_no_gradient_is_left_out() -> None:
    image = one_stroke()
    images = torch.cat([image, torch.zeros_like(image), image])
    gradients = torch.cat([torch.zeros_like(image), torch.ones_like(image), torch.ones_like(image)])
    assert len(stroke_gradients(images, gradients)) == 1
    assert len(stroke_gradients(images[:0], gradients[:0])) == 0


def test_share_of_pixels_that_hardly_count() -> None:
    image = one_stroke()
    gradient = torch.zeros_like(image)
    gradient[0, 0, 0, :4] = torch.tensor([1.0, -0.5, 0.02, 0.005])
    assert float(stroke_gradients(image, gradient).still) == pytest.approx(781 / 784)
