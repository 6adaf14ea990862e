"""Inside the network: what its first layer looks for, how its numbers are spread, and how it began."""

import streamlit as st

from core.data.digits import Mnist
from pages.ui.kit.network.network_panel import panel
from pages.ui.kit.network.trained_network import Trained
from pages.ui.mlp.first_layer_weights import weights
from pages.ui.mlp.histograms import spreads
from pages.ui.mlp.initialization import begin

WEIGHTS, SPREADS, START = "First-layer weights", "Histograms", "The start"

CODE = """\
weights = model.layers[0].weight             # (units, 784), one row a unit
pictures = weights.reshape(-1, 28, 28)       # what each unit looks for

z = x @ weights.T + model.layers[0].bias     # pre-activations
z.std()                                      # their spread
a = torch.sigmoid(z)
(a * (1 - a)).mean()                         # the mean slope
(z.abs() > 4).float().mean()                 # the saturated share
"""


@panel
def inside(trained: Trained, mnist: Mnist) -> None:
    """Three views of one network, each against its own start."""
    view = st.segmented_control(
        "View",
        [WEIGHTS, SPREADS, START],
        default=WEIGHTS,
        required=True,
        key="mlp_inside",
        bind="query-params",
        label_visibility="collapsed",
        help="Weights as pictures, all numbers as histograms, or why the start decides so much.",
    )
    if view == WEIGHTS:
        weights(trained)
    elif view == SPREADS:
        spreads(trained, mnist)
    else:
        begin(trained, mnist)
    with st.expander("Show the code", icon=":material/code:"):
        st.code(CODE, language="python")
