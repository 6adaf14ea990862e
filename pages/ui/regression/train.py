"""Train: the training part of the page on regression."""

from core.config.run import RegressorConfig
from core.export.snippets.curve import regression_code
from pages.ui.kit.training.training_page import TrainingPage
from pages.ui.regression.controls import RECIPE, data, network
from pages.ui.regression.fit import draw_fit
from pages.ui.regression.point_editor import board

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
