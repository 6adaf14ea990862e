"""Tab: every optimizer trains the same network from the same initial weights on the same batches."""

import math

import streamlit as st

from core.config.choices import ACTIVATIONS
from core.config.errors import DataError, LabError, NotFound
from core.config.escaping import escaped
from core.config.race import MOST_SEEDS, Lane, RaceConfig
from core.config.run import DIGIT_READERS, MLPConfig, RunConfig
from core.data.digits import Mnist
from core.export.race import race_code, race_lesson
from core.formatting import count
from core.lessons.race.fairness import LENGTH, LaneStart, lane_starts, same_start
from core.lessons.race.race_job import RaceJob, start_race
from core.lessons.race.recorded_race import RecordedRace, load
from core.models.threads import one_thread
from core.recipes.texts import RECIPES, recipe, train_recipes
from core.training import memory
from core.training.run_data import divided
from core.training.schedules import SCHEDULES
from pages.ui.kit.shell import css, state
from pages.ui.kit.shell.cache import mnist, registry
from pages.ui.kit.shell.owner import owner
from pages.ui.kit.shell.page import controls_and_stage, error_boundary
from pages.ui.kit.shell.places import not_here
from pages.ui.kit.training.controls import BATCHES
from pages.ui.kit.training.export_buttons import export_buttons
from pages.ui.kit.widgets.bound_widgets import Widgets
from pages.ui.kit.widgets.cached_results import data_key
from pages.ui.kit.widgets.kept_button import kept_button
from pages.ui.race.lanes import LOCKED, lane_controls, set_lanes
from pages.ui.race.live_race import live_race
from pages.ui.race.race_view import stage
from pages.ui.race.rate_sweep import START_NOW, rate_sweep, sweep_jobs

RECIPE = recipe("optimizer-race")
RUN = "race_run"  # URL parameter and session key of the race
SHOWN = "race_shown_run"
PROBLEM = "race_problem"


def the_race() -> None:
    """Optimizers and start on the left, the race on the right."""
    job = current_race()
    racing = job is not None and job.active
    left, right = controls_and_stage()
    with left, st.container(key="lab-controls"):
        config = _choose(racing)
    if racing:
        css.stage_first()
    with right:
        if problem := st.session_state.pop(PROBLEM, None):
            st.error(problem, icon=":material/info:")
        if job is not None:
            live_race(job)
            if config != job.config and not racing:
                st.caption(":material/edit: The settings have changed since this race; *Start* runs them.")
        else:
            _recorded_race()
            st.caption(words(config.base, config.lanes, config.seeds, *divided(mnist(), config.base)))
        shown = config if job is None else job.config
        fair(shown, mnist(), None if job is None else job.snapshot.n_train)
        rate_sweep(config, mnist(), racing)
        with st.expander("Show the code", icon=":material/code:"):
            st.code(race_code(shown), language="python")
            size = mnist().size
            export_buttons(lambda: race_lesson(shown, "optimizer-race", size), "race", "race_export")


@st.cache_resource(show_spinner=False)
def _recorded() -> RecordedRace:
    return load()


@st.fragment
def _recorded_race() -> None:
    """The race recorded for Digit Lab; nothing where its file is gone."""
    with error_boundary():
        try:
            race = _recorded()
        except DataError:
            return
        st.caption(
            f":material/inventory_2: **Recorded race**: *{race.config.base.recipe}*, {race.n_train:,} training images, "
            f"{count(len(race.config.seeds), 'seed')}, {race.day}. *Start* runs your own."
        )
        stage(race.config, race.runs, race.n_train, race.n_test, active=False)


def current_race() -> RaceJob | None:
    """The race that the address or this session names, adopted by this session; None if it is gone."""
    name = state.recall(RUN)
    if name is None:
        return None
    try:
        job = registry().adopt(name, state.session_id(), RaceJob)
    except NotFound:
        state.remember(RUN, None)
        not_here("That race is", "*Start* runs one here.")
        return None
    if st.session_state.get(SHOWN) != name:  # found again after a reload: show its settings
        st.session_state[SHOWN] = name
        show_settings_of(job.config)
    return job


def _choose(racing: bool) -> RaceConfig:
    """The left column."""
    busy = racing or any(job.active for job in sweep_jobs())
    start = st.container()  # stands above the controls, but what it starts is read from them first
    st.markdown("**Optimizers**")
    lanes = lane_controls(racing)
    base, seeds = race_controls(len(mnist().train), racing)
    config = RaceConfig(base, lanes, seeds)
    need = memory.of_race(config)
    problem = memory.refusal(need, "This race")
    with start:
        pressed = kept_button(
            "Start",
            icon=":material/play_arrow:",
            type="primary",
            width="stretch",
            key="race_start",
            disabled=busy or bool(problem),
            help="Train from new initial weights with these optimizers.",
        )
        if problem:
            st.error(problem, icon=":material/straighten:")
        else:
            st.caption(f"Memory: {need}.")
        if racing:
            st.caption("Settings are locked while the race runs.")
        elif busy:
            st.caption("Learning rates are being tuned; the race can start afterwards.")
    st.caption(f":material/menu_book: {RECIPE.source}. {RECIPE.ours}")
    wished = bool(st.session_state.pop(START_NOW, False))
    if (pressed or wished) and not busy:  # no callback: it would start what the controls said a moment ago
        _start(config)
        st.rerun()
    return config


def _start(config: RaceConfig) -> None:
    """Submit the race and put its id into the address; a problem is kept to be shown."""
    try:
        job = start_race(registry(), config, mnist(), session=state.session_id(), owner=owner())
    except LabError as error:
        st.session_state[PROBLEM] = escaped(str(error), "page")
        return
    job.opens = "pages/5_Optimizer_Race.py", {"race_tab": "The race", RUN: job.job_id}
    st.session_state[SHOWN] = job.job_id
    state.remember(RUN, job.job_id)


# Is it fair? What the optimizers have in common, computed, and what tells them apart.


def fair(config: RaceConfig, mnist: Mnist, n_train: int | None = None) -> None:
    """An expander; its fingerprints are computed when it is opened.

    n_train: how many images an epoch of the race had, where it has been run: of other digits there is no
    computing its order anew.
    """
    more = st.expander("Is it fair?", icon=":material/balance:", key="race_fair", on_change="rerun")
    if not more.open:
        return
    with more:
        if n_train is not None and n_train != (now := divided(mnist, config.base)[0]):
            st.caption(
                f"That race trained on {count(n_train, 'image')}; with the data in use now it would be "
                f"{now:,}, so its fingerprints cannot be computed."
            )
            return
        seed = config.seeds[0]
        if len(config.seeds) > 1:
            first = config.seeds[0]
            seed = st.select_slider(
                "Seed",
                config.seeds,
                key=f"race_fair_seed_{first}_{len(config.seeds)}",
                help="Each seed has its own initial weights and order of images, the same for all optimizers.",
            )
        found = _starts(config, data_key(mnist), seed, mnist)
        st.markdown(in_words(found, seed))
        st.dataframe(
            {
                "optimizer": [start.lane for start in found],
                "initial weights": [start.weights for start in found],
                "order of images, epoch 1": [start.order for start in found],
            },
            hide_index=True,
        )
        st.caption(
            f"Fingerprints: the first {LENGTH} digits of the SHA-256 of all initial weights and biases, and of the "
            "images of the first epoch in order. A single different bit changes them."
        )
        st.markdown(
            "- **The same for all:** network, initial weights, every batch, number of steps, precision (fp32), "
            "processor threads. They take turns, one step each, so that a busy processor slows all.\n"
            f"- **Different:** {differences(config)}\n"
            "- **Still not fair:** a learning rate that suits one optimizer may not suit another, and a step of "
            "Adam takes longer than one of SGD. Compare seconds as well as steps, and tune the learning rates."
        )


def in_words(found: list[LaneStart], seed: int) -> str:
    """Whether the fingerprints agree."""
    if same_start(found):
        return (
            f":material/check_circle: With seed {seed} all {len(found)} optimizers start from **the same "
            f"weights** and see **the same {found[0].images:,} images in the same order**."
        )
    which = [
        word
        for word, marks in (("weights", {s.weights for s in found}), ("batches", {s.order for s in found}))
        if len(marks) > 1
    ]
    return f":material/warning: With seed {seed} the {' and '.join(which)} differ: not fair."


def differences(config: RaceConfig) -> str:
    """Each optimizer with all its settings, and its schedule."""
    parts = []
    for lane in config.lanes:
        settings = ", ".join(f"{name} {value:g}" for name, value in lane.optimizer.settings.items())
        schedule = "" if lane.schedule == "constant" else f", {SCHEDULES[lane.schedule].title} schedule"
        parts.append(f"{lane.name} ({settings}{schedule})")
    return "; ".join(parts) + "."


@st.cache_data(max_entries=32, show_spinner="Computing the fingerprints…")
def _starts(config: RaceConfig, data: str, seed: int, _mnist: Mnist) -> list[LaneStart]:
    with one_thread():
        return lane_starts(config, _mnist, seed)


# What all optimizers of a race share: the network, the batches, the seeds.


FIRST = "mlp-autograd"
RECORDS = 16  # at least so many looks at the validation images on the way


def key(setting: str) -> str:
    """The key, and so the URL parameter, of one setting's widget."""
    return f"race_{setting}"


def race_controls(n_train: int, locked: bool) -> tuple[RunConfig, tuple[int, ...]]:
    """Draw the widgets; returns the run that all optimizers share, and the seeds. n_train: training images."""
    widget = Widgets(key, LOCKED if locked else None)
    names = tuple(train_recipes(DIGIT_READERS))
    recipe = widget.choice_box(
        "Network",
        names,
        FIRST,
        "recipe",
        help="The network of a recipe. Its own optimizer is replaced by those of the race.",
    )
    st.caption(f"**{RECIPES[recipe].title}.** {RECIPES[recipe].idea}")
    default = RECIPES[recipe].config
    changes: dict[str, object] = {}
    epochs = widget.slider("Epochs", 1, 20, 2, "epochs", help="How often every optimizer sees every training image.")
    count = widget.slider(
        "Seeds",
        1,
        MOST_SEEDS,
        1,
        "seeds",
        help="Each seed repeats the race from other initial weights and in another order.",
    )
    with st.expander("Advanced", icon=":material/tune:"):
        if isinstance(default.model, MLPConfig) and default.model.hidden:
            changes["activation"] = widget.choice_box(
                "Activation", ACTIVATIONS, "relu", "activation", help="The activation function of the hidden layers."
            )
        batch = widget.choice(
            "Batch size (images a step)",
            BATCHES,
            128,
            "batch_size",
            format_func=lambda size: f"{size:,}",
            help="Images that share one step; the same for all optimizers.",
        )
        first = widget.number(
            "First seed",
            0,
            2**31 - 1 - MOST_SEEDS,
            0,
            "first_seed",
            help="Same seed: same initial weights, same batches, same curves.",
        )
        share = widget.slider(
            "Validation split",
            0.05,
            0.5,
            0.1,
            "validation",
            step=0.05,
            help="Share of the training images kept for validation: the optimizers are compared on these. "
            "The test images only report, at the end.",
        )
    steps = epochs * math.ceil((1 - share) * n_train / batch)
    changes |= {
        "epochs": epochs,
        "batch_size": batch,
        "validation": share,
        "split": "none",
        "precision": "fp32",
        "record_every": min(50, max(1, steps // RECORDS)),
    }
    return default.with_settings(changes), tuple(range(first, first + count))


def show_settings_of(config: RaceConfig) -> None:
    """Set all widgets to a race's settings; call it before they are drawn."""
    settings, shown = config.base.settings(), st.session_state
    shown[key("recipe")] = config.base.recipe
    for name in ("epochs", "batch_size", "validation"):
        shown[key(name)] = settings[name]
    if "activation" in settings:
        shown[key("activation")] = settings["activation"]
    shown[key("seeds")], shown[key("first_seed")] = len(config.seeds), config.seeds[0]
    set_lanes(config.lanes)


def words(base: RunConfig, lanes: tuple[Lane, ...], seeds: tuple[int, ...], images: int, held_out: int) -> str:
    """What Start would do, in a sentence. images, held_out: trained on, and to validate with."""
    train = base.train
    steps = train.epochs * math.ceil(images / train.batch_size)
    runs = len(lanes) * len(seeds)
    names = ", ".join(f"*{lane.name}*" for lane in lanes)
    return (
        f"*Start* makes **{count(runs, 'run')}** of {steps:,} steps: {names} train *{base.recipe}* "
        f"{'once' if len(seeds) == 1 else f'{len(seeds)} times'} from the same initial weights on the same batches "
        f"({train.batch_size:,} of {images:,} images); {count(held_out, 'image')} are kept for validation."
    )
