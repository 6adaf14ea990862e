"""A sheet of feature maps: rows of small colored pictures; pointing enlarges one, a click chooses it.

A component of our own: Streamlit's pictures cannot be clicked, and hundreds of charts would be slow.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import streamlit as st

_HERE = Path(__file__).parent
_HTML = """
<div class="sheet">
  <div class="rows"></div>
  <div class="lens" hidden><canvas></canvas><span></span></div>
</div>
"""

_mount = st.components.v2.component(
    "map_sheet",
    html=_HTML,
    css=(_HERE / "map_sheet.css").read_text(encoding="utf-8"),
    js=(_HERE / "map_sheet.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True)
class Row:
    """One row of the sheet: N pictures of `high` by `wide` cells.

    title, note: what stands above it. sprites: the pictures one below the other, as `map_sprites` makes them.
    captions: (N,), what the lens says of each. strip: one broad picture over the whole width, in place of
    small ones. off: pictures to cross out.
    """

    title: str
    note: str
    sprites: str
    high: int
    wide: int
    captions: Sequence[str]
    strip: bool = False
    off: Collection[int] = field(default_factory=tuple)


def map_sheet(
    key: str,
    rows: Sequence[Row],
    *,
    chosen: tuple[int, int] | None = None,
    toggles: bool = False,
    follow: str | None = None,
    on_pick: Callable[[int, int], None] | None = None,
) -> None:
    """Draw the rows. chosen: (row, picture) to ring. toggles: pictures are switches rather than choices.

    on_pick(row, picture) is called before the page runs again when a picture is clicked. follow: key of the
    container that shows the chosen picture; where it is out of sight, a click brings it into view.
    """

    def picked() -> None:
        place = st.session_state[key].get("picked")
        if on_pick is None or not isinstance(place, dict):
            return
        row, picture = place.get("row"), place.get("picture")
        if not isinstance(row, int) or not isinstance(picture, int):
            return
        if 0 <= row < len(rows) and 0 <= picture < len(rows[row].captions):
            on_pick(row, picture)

    _mount(
        key=key,
        data={
            "rows": [
                {
                    "title": row.title,
                    "note": row.note,
                    "sprites": row.sprites,
                    "high": row.high,
                    "wide": row.wide,
                    "captions": list(row.captions),
                    "strip": row.strip,
                    "off": sorted(row.off),
                }
                for row in rows
            ],
            "chosen": list(chosen) if chosen else None,
            "toggles": toggles,
            "follow": follow,
        },
        on_picked_change=picked,
    )
