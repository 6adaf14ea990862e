"""Networks whose maps are looked at: each must be afterwards what it was."""

from collections.abc import Iterator

import pytest

from core.data import Mnist
from core.models.trained_network import TrainedNetwork
from tests.pages.harness import left_alone
from tests.pages.ui.cnn.feature_maps.harness import CONFIGS, built


@pytest.fixture(params=CONFIGS)
def trained(request: pytest.FixtureRequest, mnist: Mnist) -> Iterator[TrainedNetwork]:
    """Each network in turn; afterwards it must be what it was, bit for bit, with no gradient in it."""
    network = built(CONFIGS[request.param], mnist, request.param)
    with left_alone(mnist, network.model, network.start):
        yield network
