"""Train: the training part of the page for fully connected networks."""

from core.config.run import MLPConfig
from pages.ui.kit.training.training_page import TrainingPage
from pages.ui.mlp.controls import network

PAGE = TrainingPage("mlp", MLPConfig, "mlp-autograd", network)

JOB = PAGE.key("run")  # the URL parameter and session key of this page's run
RECIPE = PAGE.key("recipe")
LOOK = PAGE.key("look")  # the network that the panels look at

current_job = PAGE.current_job
choose = PAGE.choose
show = PAGE.show
start_run = PAGE.start_run
