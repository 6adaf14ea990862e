"""The interval of a score, against SciPy's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from core.config.proportion import Proportion


@given(n=st.integers(1, 100_000), share=st.floats(0, 1))
def test_the_interval_is_scipys(n: int, share: float) -> None:
    correct = round(share * n)
    theirs = binomtest(correct, n).proportion_ci(0.95, method="wilson")
    assert Proportion(correct, n).interval == pytest.approx((theirs.low, theirs.high), abs=1e-12)


def test_no_images_say_nothing() -> None:
    assert Proportion(0, 0).interval == (0.0, 1.0)
