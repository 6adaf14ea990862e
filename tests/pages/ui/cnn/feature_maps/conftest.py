"""Networks whose maps are looked at: each must be afterwards what it was."""

from collections.abc import Iterator
from copy import deepcopy

import pytest

from core.data import Mnist
from pages.ui.kit.network.trained_network import Trained
from pages.ui.kit.shell.cache import shipped_model
from tests.pages.harness import left_alone
from tests.pages.ui.cnn.feature_maps.harness import CONFIGS, built

NAMES = ("cnn-lab", *CONFIGS)


@pytest.fixture(params=NAMES)
def trained(request: pytest.FixtureRequest, mnist: Mnist) -> Iterator[Trained]:
    """Each network in turn; afterwards it must be what it was, bit for bit, with no gradient in it."""
    if request.param in CONFIGS:
        network = built(CONFIGS[request.param], mnist, request.param)
    else:
        came = shipped_model(request.param)
        network = Trained(f"test:{request.param}", "shipped", came.config, came.model, deepcopy(came.model))
    with left_alone(mnist, network.model, network.start):
        yield network
