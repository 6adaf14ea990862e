"""What all lanes of a race share: the network, the batches, the seeds."""

import math

import streamlit as st

from core.config.choices import ACTIVATIONS
from core.config.race import MOST_SEEDS, Lane, RaceConfig
from core.config.run import DIGIT_READERS, MLPConfig, RunConfig
from core.formatting import count
from core.recipes.texts import RECIPES, train_recipes
from pages.ui.kit.training.controls import BATCHES
from pages.ui.kit.widgets.bound_widgets import Widgets
from pages.ui.race.lanes import LOCKED, set_lanes

FIRST = "mlp-autograd"
RECORDS = 16  # at least so many looks at the validation images on the way


def key(setting: str) -> str:
    """The key, and so the URL parameter, of one setting's widget."""
    return f"race_{setting}"


def race_controls(n_train: int, locked: bool) -> tuple[RunConfig, tuple[int, ...]]:
    """Draw the widgets; returns the run that all lanes share, and the seeds. n_train: training images."""
    widget = Widgets(key, LOCKED if locked else None)
    names = tuple(train_recipes(DIGIT_READERS))
    recipe = widget.choice_box(
        "Network",
        names,
        FIRST,
        "recipe",
        help="The network of a recipe. Its own optimizer is replaced by that of each lane.",
    )
    default = RECIPES[recipe].config
    changes: dict[str, object] = {}
    if isinstance(default.model, MLPConfig) and default.model.hidden:
        changes["activation"] = widget.choice_box(
            "Activation", ACTIVATIONS, "relu", "activation", help="The bend between the network's layers."
        )
    epochs = widget.slider(
        "Epochs (passes)", 1, 20, 2, "epochs", help="How often every lane sees every training image."
    )
    batch = widget.choice(
        "Batch size (images a step)",
        BATCHES,
        128,
        "batch_size",
        format_func=lambda size: f"{size:,}",
        help="Images that share one step; the same for all lanes.",
    )
    count = widget.slider(
        "Seeds",
        1,
        MOST_SEEDS,
        1,
        "seeds",
        help="Each seed is the race again from other weights in another order: what luck can do.",
    )
    with st.expander("More about the race", icon=":material/tune:"):
        first = widget.number(
            "First seed",
            0,
            2**31 - 1 - MOST_SEEDS,
            0,
            "first_seed",
            help="Same seed, same start, same batches, same curves.",
        )
        share = widget.slider(
            "Held out for validation",
            0.05,
            0.5,
            0.1,
            "validation",
            step=0.05,
            help="Share of the training images that nobody trains on: lanes are compared on these. "
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
    """What a press on Start would do, in a sentence. images, held_out: trained on, and to validate with."""
    train = base.train
    steps = train.epochs * math.ceil(images / train.batch_size)
    runs = len(lanes) * len(seeds)
    names = ", ".join(f"*{lane.name}*" for lane in lanes)
    return (
        f"**{count(runs, 'run')}** of {steps:,} steps each: {names} train *{base.recipe}* "
        f"{'once' if len(seeds) == 1 else f'{len(seeds)} times, each time'} from the same weights on the "
        f"same batches ({train.batch_size:,} of {images:,} images). They take turns, one step each, and "
        f"{count(held_out, 'image')} that nobody trains on say how far each one is."
    )
