"""Shaken pictures: nothing at the strength that means nothing, and what each change promises."""

import math
from itertools import pairwise

import pytest
import torch
from torch import Tensor

from core.config.errors import ConfigError
from core.data import load
from core.lessons.cnn.transforms import TRANSFORMS, noise, rotate, scale, shift, thicken


@pytest.fixture(scope="module")
def digits() -> Tensor:
    return load("small").test.images[:40]


@pytest.mark.parametrize("name", TRANSFORMS)
def test_every_transform_keeps_its_promises(name: str, digits: Tensor) -> None:
    transform = TRANSFORMS[name]
    before = digits.clone()
    same = transform(digits, transform.none)
    assert torch.equal(same, digits)
    assert same is not digits
    for strength in (transform.low, transform.default, transform.high):
        changed = transform(digits, strength)
        assert changed.shape == digits.shape
        assert changed.dtype == torch.float32
        assert changed.min() >= 0
        assert changed.max() <= 1
        assert torch.equal(transform(digits, strength), changed), "the same again"
        if strength != transform.none:
            assert not torch.equal(changed, digits)
    assert torch.equal(digits, before), "the pictures themselves are read-only"
    assert transform(digits[:0], transform.default).shape == (0, 1, 28, 28)


@pytest.mark.parametrize("name", TRANSFORMS)
def test_strengths_are_in_range_and_hold_the_middle(name: str) -> None:
    transform = TRANSFORMS[name]
    assert transform.none in transform.strengths
    assert list(transform.strengths) == sorted(set(transform.strengths))
    assert transform.low == transform.strengths[0]
    assert transform.high == transform.strengths[-1]
    for wrong in (transform.low - 1, transform.high + 1, math.nan):
        with pytest.raises(ConfigError, match="strength must lie between"):
            transform(torch.zeros(1, 1, 28, 28), wrong)
    with pytest.raises(ConfigError, match="shape"):
        transform(torch.zeros(28, 28), transform.default)


def test_shift_is_slicing(digits: Tensor) -> None:
    left = torch.zeros_like(digits)
    left[..., :-3] = digits[..., 3:]
    assert torch.equal(TRANSFORMS["shift-across"](digits, -3), left)
    down = torch.zeros_like(digits)
    down[..., 2:, :] = digits[..., :-2, :]
    assert torch.equal(TRANSFORMS["shift-down"](digits, 2), down)
    assert torch.equal(shift(shift(digits, 2, 0), 0, -1), shift(digits, 2, -1))
    assert not shift(digits, 28, 0).any()
    assert not shift(digits, 0, -40).any()


def test_a_quarter_turn_is_rot90(digits: Tensor) -> None:
    assert torch.allclose(rotate(digits, 90.0), torch.rot90(digits, 1, (2, 3)), atol=1e-4)
    assert torch.allclose(rotate(digits, -90.0), torch.rot90(digits, -1, (2, 3)), atol=1e-4)


def test_scaling_keeps_the_middle_and_changes_the_ink(digits: Tensor) -> None:
    smaller, larger = scale(digits, 0.5), scale(digits, 1.5)
    for changed, factor in ((smaller, 0.5), (larger, 1.4)):
        ratio = float(changed.sum() / digits.sum())
        assert ratio == pytest.approx(factor**2, rel=0.25)
    outer = torch.ones(28, 28, dtype=torch.bool)
    outer[6:22, 6:22] = False
    assert not smaller[..., outer].any(), "half the size fits into 14 × 14 pixels"


def test_noise_is_seeded_normal_and_clipped() -> None:
    gray = torch.full((200, 1, 28, 28), 0.5)
    noisy = noise(gray, 0.1)
    assert float((noisy - gray).std()) == pytest.approx(0.1, rel=0.02)
    assert torch.equal(noise(gray, 0.1, seed=0), noisy)
    assert not torch.equal(noise(gray, 0.1, seed=1), noisy)
    assert (noise(gray, 5.0) == 1).any()
    # The grains are the same at every strength, only larger.
    inside = (noise(gray, 0.2) > 0) & (noise(gray, 0.2) < 1)
    assert torch.allclose((noise(gray, 0.2) - gray)[inside], (2 * (noisy - gray))[inside], atol=1e-6)


def test_thickness_moves_edges_by_a_pixel() -> None:
    stroke = torch.zeros(1, 1, 28, 28)
    stroke[..., 10:18, 12:16] = 1  # 8 × 4
    assert thicken(stroke, 1).sum() == 10 * 6
    assert thicken(stroke, 2).sum() == 12 * 8
    assert thicken(stroke, -1).sum() == 6 * 2
    assert thicken(stroke, -2).sum() == 0
    half = thicken(stroke, 1.5)
    assert torch.allclose(half, (thicken(stroke, 1) + thicken(stroke, 2)) / 2)


def test_thicker_has_no_less_ink_anywhere(digits: Tensor) -> None:
    drawn = [TRANSFORMS["thickness"](digits, strength) for strength in (-1.5, -1, -0.5, 0, 0.5, 1, 3)]
    assert all((thick >= thin).all() for thin, thick in pairwise(drawn))
