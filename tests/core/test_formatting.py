"""Numbers as people read them."""

import math

import pytest

from core.formatting import (
    NOT_A_NUMBER,
    article,
    count,
    duration,
    interval,
    number,
    percent,
    plus_minus,
    points,
    points_interval,
    probability,
    ratio,
    times,
)


@pytest.mark.parametrize(
    ("fraction", "text"),
    [
        (0.976, "97.6%"),
        (0.5, "50.0%"),
        (0.1, "10.0%"),
        (0, "0%"),
        (1, "100%"),
        (-0.0, "0%"),
        (0.9906, "99.06%"),
        (0.9998, "99.98%"),
        (0.0002, "0.02%"),
        (0.99999, "99.999%"),
        (0.00001, "0.001%"),
        (0.999999, "99.9999%"),
        (1 - 1e-9, ">99.9999%"),
        (1e-9, "<0.0001%"),
        (0.9899, "99.0%"),
        (0.01, "1.0%"),
        (-0.25, "-25.0%"),
        (1.5, "150.0%"),
        (math.nan, NOT_A_NUMBER),
        (math.inf, "∞"),
    ],
)
def test_a_share_in_percent(fraction: float, text: str) -> None:
    assert percent(fraction) == text


def test_only_everything_is_a_hundred_percent() -> None:
    """Of 60,000 answers one wrong, one right: neither rounds to all nor to nothing."""
    for wrong in range(1, 300):
        for share in (wrong / 60_000, 1 - wrong / 60_000):
            shown = float(percent(share).rstrip("%"))
            assert 0 < shown < 100


def test_columns_say_how_many_decimals() -> None:
    assert [percent(share, 2) for share in (0.9, 0.9112, 1)] == ["90.00%", "91.12%", "100.00%"]
    shares = (0, 0.304, 0.998, 0.0004, 1)
    assert [percent(share, 0) for share in shares] == ["0%", "30%", "99.8%", "0.04%", "100%"]


@pytest.mark.parametrize(
    ("value", "text"), [(1.0, ">99.9%"), (0.9995, ">99.9%"), (0.623, "62.3%"), (0.0, "<0.1%"), (math.nan, NOT_A_NUMBER)]
)
def test_a_probability_is_never_certain(value: float, text: str) -> None:
    assert probability(value) == text


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (0.973, 0.979, "97.3% to 97.9%"),
        (0.9874, 0.9921, "98.74% to 99.21%"),
        (0, 0.0369, "0% to 3.7%"),
        (0.9631, 1, "96.3% to 100%"),
        (0, 1, "0% to 100%"),
    ],
)
def test_both_ends_of_an_interval_are_written_alike(low: float, high: float, text: str) -> None:
    assert interval(low, high) == text


def test_a_mean_and_its_deviation_share_a_unit() -> None:
    assert plus_minus(0.9764, 0.0012) == "97.64 ± 0.12%"
    assert plus_minus(0.6555, 0.0) == "65.55 ± 0.00%"


def test_differences_of_shares_are_in_percentage_points() -> None:
    assert points(0.0123) == "1.2 percentage points"
    assert points(0.0004, signed=True) == "+0.04 percentage points"
    assert points(-0.07, signed=True, unit=False) == "-7.0"
    assert points(0) == points(-0.0) == "0 percentage points"
    assert NOT_A_NUMBER in points(math.nan)
    assert points_interval(-0.004, 0.012) == "-0.40 to +1.2 percentage points"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2.4, "2.4×"),
        (1420, "1,420×"),
        (1424.7, "1,420×"),
        (24.3, "24×"),
        (0.238, "0.24×"),
        (1, "1.0×"),
        (9.96, "10×"),
        (99.7, "100×"),
        (0, "0×"),
        (3.2e9, "3.2 × 10⁹ times"),
        (2e-7, "2 × 10⁻⁷ times"),
        (math.inf, "∞×"),
        (math.nan, NOT_A_NUMBER),
    ],
)
def test_a_ratio(value: float, text: str) -> None:
    assert ratio(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (0.0004, "0.4 ms"),
        (0.04, "40 ms"),
        (0.4, "0.4 s"),
        (0.0997, "0.1 s"),
        (3.27, "3.3 s"),
        (9.97, "10 s"),
        (12.6, "13 s"),
        (59.7, "1 min"),
        (200, "3 min 20 s"),
        (3599.8, "1 h"),
        (7500, "2 h 5 min"),
        (-3, "-3.0 s"),
        (math.nan, NOT_A_NUMBER),
    ],
)
def test_a_time(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("n", "noun", "text"),
    [
        (1, "image", "1 image"),
        (59_000, "image", "59,000 images"),
        (0, "run", "0 runs"),
        (2, "pass", "2 passes"),
        (2, "epoch", "2 epochs"),
        (2.5, "epoch", "2.5 epochs"),
        (1.0, "epoch", "1 epoch"),
        (999.0, "epoch", "999 epochs"),
        (3, "training batch", "3 training batches"),
        (2, "try", "2 tries"),
        (2, "weight matrix", "2 weight matrices"),
        (4, "class", "4 classes"),
        (2, "array", "2 arrays"),
    ],
)
def test_a_number_of_things(n: float, noun: str, text: str) -> None:
    assert count(n, noun) == text


def test_a_plural_without_a_rule_is_given() -> None:
    assert count(2, "image of an 8", "images of an 8") == "2 images of an 8"
    assert count(1, "child", "children") == "1 child"


def test_how_often() -> None:
    assert [times(n) for n in (0, 1, 2, 3, 1500)] == ["0 times", "once", "twice", "3 times", "1,500 times"]


SPOKEN = (
    "an 8, a 7, an 11, an 18, a 1, a 110, an 80, an 8,000, an 11,000, a 1,100, a 0, an image, a digit, "
    "an MLP, a CNN, an RNN, a GRU, an L2 norm, an L∞ ball, an FGSM step, a unit, a uniform, a one, an ε, "
    "an η, an **8**, a **3**, an hour, an RMSprop run, a ReLU, an Adam run, an *8*, an “8”"
)


@pytest.mark.parametrize("spoken", SPOKEN.split(", "))
def test_an_article_follows_the_sound(spoken: str) -> None:
    assert article(spoken.split(" ", 1)[1]) == spoken


def test_every_digit_has_its_article() -> None:
    assert [article(digit).split()[0] for digit in range(10)] == ["a"] * 8 + ["an", "a"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (999.0, "999"),
        (1420, "1,420"),
        (1420.0, "1,420"),
        (53_123.4, "53,123"),
        (0.006, "0.006"),
        (1.42e-5, "1.42 × 10⁻⁵"),
        (1.2e-5, "1.2 × 10⁻⁵"),
        (1e-5, "10⁻⁵"),
        (0.0003, "0.0003"),
        (0.000123, "1.23 × 10⁻⁴"),
        (0.12345, "0.123"),
        (2.0, "2"),
        (-0.5, "-0.5"),
        (9.999, "10"),
        (123.456, "123"),
        (999.6, "1,000"),
        (2.5e8, "2.5 × 10⁸"),
        (150_528, "150,528"),
        (25_557_032, "25,557,032"),
        (math.nan, NOT_A_NUMBER),
        (-math.inf, "-∞"),
    ],
)
def test_a_number_for_people(value: float, text: str) -> None:
    assert number(value) == text


def test_a_change_has_its_sign() -> None:
    assert [number(v, signed=True) for v in (0.25, -0.25, 0.0)] == ["+0.25", "-0.25", "0"]
