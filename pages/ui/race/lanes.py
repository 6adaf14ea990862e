"""The lanes of a race: who runs, with which settings. All of it is one word in the address."""

from typing import Any

import streamlit as st

from core.config.errors import ConfigError
from core.config.escaping import escaped
from core.config.race import MOST_LANES, Lane
from core.config.run import OptimizerConfig
from core.lessons.race.race_lanes import chapter_lanes, lanes_from_text, lanes_text, named
from core.training.optimizers import OPTIMIZERS
from core.training.schedules import SCHEDULES
from pages.ui.kit.shell import state
from pages.ui.kit.training.optimizer_settings import RATES, optimizer_setting, schedule_choice
from pages.ui.kit.widgets.bound_widgets import Live, Widgets

LANES = "race_lanes"  # URL parameter and session key
TURN = "race_lanes_turn"  # counts how often the lanes were exchanged as a whole: then all widgets are new ones
LOCKED = Live((), lambda name, value: None)


class LaneWidgets(Widgets):
    """Widgets of one lane. They are not bound to the address one by one: the lanes' own word holds them."""

    def _common(self, name: str, disabled: bool = False) -> dict[str, Any]:
        common = super()._common(name, disabled)
        del common["bind"]
        return common


def key(place: int, name: str) -> str:
    """The key of a widget of the lane at that place."""
    return f"race_lane_{st.session_state.get(TURN, 0)}_{place + 1}_{name}"


def kept_lanes() -> tuple[Lane, ...]:
    """The lanes that the address or this session names; the chapter's three if there are none."""
    text = state.recall(LANES)
    if text is None:
        return chapter_lanes()
    try:
        return lanes_from_text(text)
    except ConfigError as error:
        st.warning(f"The address names lanes that cannot run. {escaped(str(error), 'page')}", icon=":material/info:")
        state.remember(LANES, None)
        return chapter_lanes()


def set_lanes(lanes: tuple[Lane, ...]) -> None:
    """Exchange all lanes."""
    st.session_state[TURN] = st.session_state.get(TURN, 0) + 1
    state.remember(LANES, lanes_text(lanes))


def lane_controls(locked: bool) -> tuple[Lane, ...]:
    """Draw an expander a lane and return the lanes as they are set; `locked`: nothing may change now."""
    before = kept_lanes()
    lanes = named([_as_set(place, lane) for place, lane in enumerate(before)])
    if lanes != before:
        state.remember(LANES, lanes_text(lanes))
    for place, lane in enumerate(lanes):
        _lane(place, lane, lanes, locked)
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Add a lane",
            icon=":material/add:",
            key="race_add",
            on_click=_add,
            args=(lanes,),
            disabled=locked or len(lanes) >= MOST_LANES,
            help=f"One more optimizer, at most {MOST_LANES}; it may be one that runs already, set otherwise.",
        )
        st.button(
            "Chapter's three",
            icon=":material/undo:",
            key="race_chapter",
            on_click=set_lanes,
            args=(chapter_lanes(),),
            disabled=locked or lanes == chapter_lanes(),
            help="SGD, RMSprop and Adam with the book chapter's default settings.",
        )
    return lanes


def _as_set(place: int, lane: Lane) -> tuple[OptimizerConfig, Any]:
    """What the lane's widgets hold, where there are some; else what the lane is."""
    held = st.session_state
    name = held.get(key(place, "optimizer"), lane.optimizer.name)
    known = lane.optimizer.settings if name == lane.optimizer.name else {}
    settings = {
        setting: float(held.get(key(place, f"{name}_{setting}"), known.get(setting, entry.default)))
        for setting, entry in OPTIMIZERS[name].settings.items()
    }
    return OptimizerConfig(name, settings), held.get(key(place, "schedule"), lane.schedule)


def _lane(place: int, lane: Lane, lanes: tuple[Lane, ...], locked: bool) -> None:
    """The widgets of one lane, standing where the lane stands."""
    optimizer, live = lane.optimizer, LOCKED if locked else None
    facts = [f"rate {optimizer['lr']:g}"]
    if optimizer.settings.get("momentum") and optimizer.name != "momentum":
        facts.append(f"momentum {optimizer['momentum']:g}")
    if lane.schedule != "constant":
        facts.append(SCHEDULES[lane.schedule].title)
    with st.expander(f"**{lane.name}** · {', '.join(facts)}", key=key(place, "box")):
        widget = LaneWidgets(lambda name: key(place, name), live)
        widget.choice_box(
            "Optimizer",
            tuple(OPTIMIZERS),
            optimizer.name,
            "optimizer",
            help="The rule that turns a gradient into a step.",
            format_func=lambda name: OPTIMIZERS[name].title,
        )
        st.caption(OPTIMIZERS[optimizer.name].idea)
        own = LaneWidgets(lambda name: key(place, f"{optimizer.name}_{name}"), live)
        own.choice(
            "Learning rate",
            RATES,
            optimizer["lr"],
            "lr",
            format_func=lambda rate: f"{rate:g}",
            help=OPTIMIZERS[optimizer.name].settings["lr"].help,
        )
        for name, setting in OPTIMIZERS[optimizer.name].settings.items():
            if name != "lr":
                optimizer_setting(own, name, setting, optimizer[name])
        schedule_choice(widget, lane.schedule)
        st.button(
            "Remove this lane",
            icon=":material/delete:",
            key=key(place, "remove"),
            on_click=_remove,
            args=(lanes, place),
            disabled=locked or len(lanes) == 1,
            help="The others stay as they are.",
        )


def _add(lanes: tuple[Lane, ...]) -> None:
    """Callback: the first optimizer that does not run yet, with its usual settings."""
    running = {lane.optimizer.name for lane in lanes}
    order = ("momentum", "adamw", "adagrad", "adadelta", "sgd", "rmsprop", "adam")
    new = next((name for name in order if name not in running), "sgd")
    entries = [(lane.optimizer, lane.schedule) for lane in lanes]
    set_lanes(named([*entries, (OptimizerConfig(new), "constant")]))


def _remove(lanes: tuple[Lane, ...], place: int) -> None:
    """Callback."""
    set_lanes(named([(lane.optimizer, lane.schedule) for i, lane in enumerate(lanes) if i != place]))
