"""Spectra and their split, against NumPy's FFT, Parseval's theorem and a search by halving."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from core.data.digits import Digits
from core.lessons.adversarial.frequencies import (
    HIGHEST,
    PARTS,
    at_length,
    energies,
    frequencies,
    part_of,
    read_part,
    spectrum,
    split,
)
from core.models.evaluation import logits

TINY = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))


@pytest.fixture
def pictures() -> Tensor:
    return torch.randn(6, 1, 28, 28, generator=torch.Generator().manual_seed(3))


@pytest.fixture
def images() -> Tensor:
    """Half of the pixels at the ends, as in digits."""
    noise = torch.rand(6, 1, 28, 28, generator=torch.Generator().manual_seed(4))
    return (2 * noise - 0.5).clamp(0, 1)


def test_energies_are_numpys_and_add_up_to_the_pixels(pictures: Tensor) -> None:
    ours = energies(pictures)
    theirs = np.abs(np.fft.fft2(pictures[:, 0].double().numpy(), norm="ortho")) ** 2
    np.testing.assert_allclose(ours.numpy(), theirs, rtol=1e-9)
    pixels = pictures.double().square().sum((1, 2, 3))
    torch.testing.assert_close(ours.sum((1, 2)), pixels)  # Parseval


def test_a_wave_has_its_own_frequency() -> None:
    x = torch.arange(28, dtype=torch.float64) * 2 * torch.pi / 28
    found = spectrum(torch.cos(3 * x)[:, None].expand(28, 28)[None, None])
    assert found.above(2.9) == pytest.approx(1.0)
    assert found.above(3.0) == pytest.approx(0.0, abs=1e-12)
    assert int(found.rings.argmax()) == 3
    slanted = torch.cos(3 * x[:, None] + 4 * x[None, :])[None, None]
    assert int(spectrum(slanted).rings.argmax()) == 5  # √(3² + 4²)
    checkers = spectrum(torch.cos(14 * x[:, None] + 14 * x[None, :])[None, None])
    assert float(checkers.rings[HIGHEST]) == pytest.approx(1.0)  # 14 waves along both sides: 19.8
    assert checkers.above(19.5) == pytest.approx(1.0)


def test_shares_count_each_picture_the_same_and_leave_out_empty_ones(pictures: Tensor) -> None:
    loud = pictures.clone()
    loud[0] *= 1e6
    torch.testing.assert_close(spectrum(loud).share, spectrum(pictures).share)
    loud[1] = 0
    found = spectrum(loud)
    assert (found.n, found.left_out) == (5, 1)
    assert float(found.share.sum()) == pytest.approx(1.0)
    assert float(found.rings.sum()) == pytest.approx(1.0)
    assert float(found.centered[14, 14]) == float(found.share[0, 0])
    nothing = spectrum(torch.zeros(2, 1, 28, 28))
    assert (nothing.n, nothing.above(3.0)) == (0, 0.0)


def test_white_noise_is_flat() -> None:
    noise = torch.randn(3000, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    density = spectrum(noise).density
    assert float((density * 784 - 1).abs().max()) < 0.05


@pytest.mark.parametrize("cutoff", [0, 2, 3, 4.5, 7, 14, 20])
def test_low_and_high_make_the_whole_and_so_do_their_energies(pictures: Tensor, cutoff: float) -> None:
    low, high = split(pictures, cutoff)
    torch.testing.assert_close(low + high, pictures)
    parts = [piece.double().square().sum((1, 2, 3)) for piece in (low, high, pictures)]
    torch.testing.assert_close(parts[0] + parts[1], parts[2])
    assert float(energies(low)[:, frequencies() > cutoff].sum()) < 1e-8
    assert float(energies(high)[:, frequencies() <= cutoff].sum()) < 1e-8
    mask = np.hypot(*np.meshgrid(np.fft.fftfreq(28, 1 / 28), np.fft.fftfreq(28, 1 / 28))) <= cutoff
    theirs = np.fft.ifft2(np.fft.fft2(pictures[:, 0].double().numpy()) * mask)
    assert np.abs(theirs.imag).max() < 1e-12, "a real picture stays one"
    np.testing.assert_allclose(low[:, 0].numpy(), theirs.real, atol=1e-5)


@pytest.mark.parametrize("length", [0.0, 0.3, 2.0, 6.0])
@pytest.mark.parametrize("part", PARTS)
def test_every_part_gets_the_same_length(images: Tensor, pictures: Tensor, part: str, length: float) -> None:
    direction = part_of(pictures.sign(), part, 7)  # type: ignore[arg-type]
    changed = at_length(images, direction, length)
    assert 0 <= float(changed.min()) <= float(changed.max()) <= 1
    torch.testing.assert_close(
        (changed - images).flatten(1).norm(dim=1), torch.full((6,), length), rtol=1e-4, atol=1e-5
    )
    before = at_length(images, direction, length, after_clipping=False)
    unit = direction / direction.flatten(1).norm(dim=1).reshape(-1, 1, 1, 1)
    torch.testing.assert_close(before, (images + length * unit).clamp(0, 1))


def test_the_factor_is_the_one_that_halving_finds(images: Tensor, pictures: Tensor) -> None:
    wanted = 5.0
    low, high = torch.zeros(6, 1, 1, 1), torch.full((6, 1, 1, 1), 1e3)
    for _ in range(60):
        middle = (low + high) / 2
        long = ((images + middle * pictures).clamp(0, 1) - images).flatten(1).norm(dim=1) > wanted
        high = torch.where(long.reshape(-1, 1, 1, 1), middle, high)
        low = torch.where(long.reshape(-1, 1, 1, 1), low, middle)
    torch.testing.assert_close(
        at_length(images, pictures, wanted), (images + low * pictures).clamp(0, 1), atol=1e-4, rtol=0
    )


def test_no_room_and_no_direction(images: Tensor) -> None:
    black = torch.zeros(2, 1, 28, 28)
    assert torch.equal(at_length(black, -torch.ones_like(black), 3.0), black)
    assert torch.equal(at_length(images, torch.zeros_like(images), 3.0), images)
    up = at_length(images, torch.ones_like(images), 100.0)
    torch.testing.assert_close(up, torch.ones_like(images))  # as long as can be


def test_a_part_is_read_as_the_network_reads_its_pictures(images: Tensor, pictures: Tensor) -> None:
    labels = logits(TINY, images).argmax(1)
    digits = Digits(images, labels)
    untouched = read_part(TINY, digits, pictures, "low", 0.0, 7)
    assert (untouched.n, untouched.correct, untouched.length) == (6, 6, 0.0)
    for part in PARTS:
        score = read_part(TINY, digits, pictures.sign(), part, 3.0, 7)
        changed = at_length(images, part_of(pictures.sign(), part, 7), 3.0)
        assert score.correct == int((logits(TINY, changed).argmax(1) == labels).sum())
        assert score.length == pytest.approx(3.0, rel=1e-4)
        assert score.ci95[0] <= score.accuracy <= score.ci95[1]
        assert (score.strayed > 0) == (part in ("low", "high"))
    gray = Digits(torch.full((2, 1, 28, 28), 0.5), labels[:2])
    free = read_part(TINY, gray, pictures[:2], "high", 1.0, 7)
    assert free.strayed < 1e-10, "without clipping a part keeps its frequencies"
