"""The digits that networks are trained on in the tests of core."""

import pytest

from core.data import bundled
from core.data.digits import Mnist


@pytest.fixture(scope="module")
def mnist() -> Mnist:
    train, test = bundled.train_and_test()
    return Mnist("bundled", "small", train, test)
