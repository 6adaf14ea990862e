"""Train: the training part of the page on regression."""

from core.config import RegressorConfig
from core.snippets_curve import regression_code
from pages.ui.regression.board import board
from pages.ui.regression.controls import RECIPE, data, network
from pages.ui.regression.fit import draw_fit
from pages.ui.training_page import TrainingPage

PAGE = TrainingPage(
    "reg",
    RegressorConfig,
    RECIPE,
    network,
    describe=board,
    data=data,
    draw=draw_fit,
    watchable=6.0,
    code=regression_code,
)
LOOK = PAGE.key("look")  # the network that the panels look at
JOB = PAGE.key("run")
