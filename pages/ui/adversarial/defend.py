"""Tab: defenses: adversarial training, what it costs and changes; and input filters, which mask gradients."""

from collections.abc import Callable

import streamlit as st

from core.config.run import CNNConfig
from core.data.digits import Mnist
from core.export.attack import INPUT_FILTER
from core.export.training import training_code
from core.jobs.training_job import Job
from core.models.trained_network import TrainedNetwork
from core.recipes.texts import RECIPES, train_recipes
from pages.ui.adversarial.before_after import before_after
from pages.ui.adversarial.input_filters import input_filters
from pages.ui.adversarial.stroke_gradients import stroke_gradients_part
from pages.ui.kit.network.network_picker import as_it_came, running
from pages.ui.kit.shell.page import controls_and_stage
from pages.ui.kit.training import controls
from pages.ui.kit.training.cnn_controls import network
from pages.ui.kit.training.live_run import live_run
from pages.ui.kit.training.training_page import TrainingPage
from pages.ui.kit.widgets.binding import renamed

VIEW, KEPT_VIEW, KEPT_SETTINGS = "adv_defend_view", "adv_defend_view_kept", "adv_settings_kept"
STANDARD, ROBUST = "cnn-bn", "cnn-robust"
BEFORE, GRADIENTS, TRAINING, FILTERING = ("Robust accuracy", "Input gradients", "Train", "Input filters")
FORMER = ("Before and after", "What its gradients look like", "Train it yourself", "Filters instead")
renamed(VIEW, dict(zip(FORMER, (BEFORE, GRADIENTS, TRAINING, FILTERING), strict=True)))
PAGE = TrainingPage(
    "adv",
    CNNConfig,
    ROBUST,
    network,
    quick=True,
    only=tuple(name for name in train_recipes(CNNConfig) if RECIPES[name].config.train.adversarial != "none"),
    where=("pages/6_Adversarial.py", {"adv_tab": "Defend", VIEW: TRAINING}),
)
Part = Callable[[dict[str, TrainedNetwork], Mnist], None]


def defend(trained: TrainedNetwork, mnist: Mnist) -> None:
    """Four views of one question; the network chosen above joins the two pretrained ones."""
    if VIEW not in st.session_state and KEPT_VIEW in st.session_state:  # other tabs were looked at meanwhile
        st.session_state[VIEW] = st.session_state[KEPT_VIEW]
    view = st.segmented_control(
        "Defense",
        [BEFORE, GRADIENTS, TRAINING, FILTERING],
        default=BEFORE,
        required=True,
        key=VIEW,
        bind="query-params",
        help="Robust accuracy and input gradients with and without adversarial training, a training run of your "
        "own, or input filters, which need no training.",
    )
    st.session_state[KEPT_VIEW] = view
    job = PAGE.current_job()
    if view == TRAINING:
        _training(job)
        return
    if job is not None and job.snapshot.active:
        live_run(job, "adv_strip", charts=False)
    if view == FILTERING:
        input_filters(trained, mnist)
    else:
        (before_after if view == BEFORE else stroke_gradients_part)(networks(trained), mnist)
    with st.expander("Show the code", icon=":material/code:"):
        robust = RECIPES[ROBUST].config
        st.code(INPUT_FILTER if view == FILTERING else training_code(robust), language="python")


def _training(job: Job | None) -> None:
    """Recipe, settings and start on the left, the run on the right.

    Widgets that are not on the screen forget what they said, so it is kept here for the way back.
    """
    if KEPT_SETTINGS in st.session_state:
        recipe, settings = st.session_state[KEPT_SETTINGS]
        if controls.key(recipe, "epochs") not in st.session_state:
            st.session_state[PAGE.key("recipe")] = recipe
            controls.apply(recipe, settings)
    left, right = controls_and_stage()
    with left:
        chosen = PAGE.choose(job)
    if chosen.wanted is not None:
        st.session_state[KEPT_SETTINGS] = chosen.recipe, chosen.wanted.settings()
    with right:
        PAGE.show(chosen)


def networks(trained: TrainedNetwork) -> dict[str, TrainedNetwork]:
    """By their names in charts: the standard one, the robust one, one just trained, the one chosen.

    A run that is still going on is left out: it would be another network at every look.
    """
    found = {name: as_it_came(name, f"Pretrained: {name}") for name in (STANDARD, ROBUST)}
    job = PAGE.current_job()
    if job is not None and not job.snapshot.active and job.snapshot.weights is not None:
        found["just trained"] = running(job.snapshot, "Just trained")
    if trained.key not in {entry.key for entry in found.values()}:
        name = trained.id if trained.source == "shipped" else "chosen above"
        found[name] = trained
    return found
