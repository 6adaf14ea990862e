"""The optimizers of a race, with their settings. All of it is one word in the address."""

from typing import Any

import streamlit as st

from core.config.errors import ConfigError
from core.config.escaping import escaped
from core.config.optimizers import OPTIMIZERS
from core.config.race import MOST_LANES, Lane
from core.config.run import OptimizerConfig
from core.lessons.race.race_lanes import chapter_lanes, lanes_from_text, lanes_text, named, with_another
from core.training.schedules import SCHEDULES
from pages.ui.kit.shell import state
from pages.ui.kit.training.controls import optimizer_choice, schedule_choice
from pages.ui.kit.widgets.bound_widgets import Live, Widgets, setting_widget

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
        st.warning(f"The address names unknown optimizers. {escaped(str(error), 'page')}", icon=":material/info:")
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
            "Add an optimizer",
            icon=":material/add:",
            key="race_add",
            on_click=_add,
            args=(lanes,),
            disabled=locked or len(lanes) >= MOST_LANES,
            help=f"At most {MOST_LANES}; the same optimizer may run several times with other settings.",
        )
        st.button(
            "Reset",
            icon=":material/undo:",
            key="race_chapter",
            on_click=set_lanes,
            args=(chapter_lanes(),),
            disabled=locked or lanes == chapter_lanes(),
            help="SGD, RMSprop and Adam with their default hyperparameters.",
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
    entry = OPTIMIZERS[optimizer.name]
    facts = [f"learning rate {optimizer['lr']:g}"]
    changed = [name for name in entry.live if name != "lr" and optimizer[name] != entry.settings[name].default]
    facts += [f"{name.replace('_', ' ')} {optimizer[name]:g}" for name in changed]
    if lane.schedule != "constant":
        facts.append(SCHEDULES[lane.schedule].title)
    with st.expander(f"**{lane.name}** · {', '.join(facts)}", key=key(place, "box")):
        widget = LaneWidgets(lambda name: key(place, name), live)
        optimizer_choice(widget, optimizer.name)
        st.caption(entry.idea)
        own = LaneWidgets(lambda name: key(place, f"{optimizer.name}_{name}"), live)
        for name, setting in entry.settings.items():
            setting_widget(own, name, setting, optimizer[name])
        schedule_choice(widget, lane.schedule)
        st.button(
            "Remove",
            icon=":material/delete:",
            key=key(place, "remove"),
            on_click=_remove,
            args=(lanes, place),
            disabled=locked or len(lanes) == 1,
            help="Take this optimizer out of the race.",
        )


def _add(lanes: tuple[Lane, ...]) -> None:
    """Callback."""
    set_lanes(with_another(lanes))


def _remove(lanes: tuple[Lane, ...], place: int) -> None:
    """Callback."""
    set_lanes(named([(lane.optimizer, lane.schedule) for i, lane in enumerate(lanes) if i != place]))
