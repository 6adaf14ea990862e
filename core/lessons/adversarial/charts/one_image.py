"""An attack on one image: its trajectory, the smallest ε, the perturbation and what each pixel holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from core.charts.images import Bytes, enlarged, tinted
from core.charts.palette import DIVERGING, GRAY, GRAY_INK, ORANGE
from core.charts.series import bar, dots, level, line, series, upright
from core.charts.style import Part, heat, image_figure, note

Kind = Literal["ink", "signed"]
GAP: Final = 3  # cells between two panels
STRONGEST: Final = 0.995  # of the sizes: one extreme pixel does not pale all others


def path_numbers_figure(
    steps: Sequence[int], values: Sequence[float], *, title: str, limit: float | None = None
) -> go.Figure:
    """values (T,) of an attack's trajectory, such as the loss, at `steps` (T,).

    title: stands above, for a small chart has no room beside its axis. limit: the ε that bounds them, as a
    dotted line; None where none does.
    """
    top = max([*values, limit or 0.0]) or 1.0
    marks = [note(title, 0, 1, xref="paper", yref="paper", xanchor="left", yanchor="bottom")]
    if limit:
        words = note(f"ε = {limit:g}", 1, limit, color=GRAY, xref="x domain", xanchor="right", yanchor="bottom")
        marks += [level(limit), words]
    return series(
        [line(steps, values, title, ORANGE)],
        marks,
        height=200,
        x_title="step",
        y_range=(-0.03 * top, 1.12 * top),
        x_axis={"dtick": 1} if steps[-1] - steps[0] <= 6 else {"nticks": 6},  # there is no half step
        y_axis={"nticks": 5},
        margin={"t": 26},
        still=True,
    )


def needed_epsilon_figure(
    names: Sequence[str],
    epsilons: Sequence[float | None],
    *,
    end: float,
    x_title: str,
    colors: Sequence[str],
    current: str | None = None,
) -> go.Figure:
    """The smallest ε with which each attack succeeds, one norm a chart: a bar a name, first on top.

    None: no success up to `end`, told in words, with a pale bar up to there. current: the name in bold.
    """
    known = [value for value in epsilons if value is not None]
    far = max(known) if len(known) == len(epsilons) and max(known) > 0 else end
    return series(
        [
            bar(
                [end if value is None else value for value in epsilons],
                list(names),
                "",
                list(colors),
                orientation="h",
                marker={"opacity": [0.25 if value is None else 1.0 for value in epsilons]},
                text=[f"over {end:g}" if value is None else f"{value:.3g}" for value in epsilons],
                textposition="outside",
                cliponaxis=False,
                hover="%{y}: %{text}",
            )
        ],
        height=96 + 38 * len(names),
        x_title=x_title,
        x_range=(0.0, 1.3 * far),
        x_axis={"nticks": 5, "rangemode": "tozero"},
        y_axis={
            "type": "category",
            "autorange": "reversed",
            "showgrid": False,
            "tickvals": list(names),
            "ticktext": [f"<b>{name}</b>" if name == current else name for name in names],
        },
        bargap=0.35,
        still=True,
    )


def epsilon_tries_figure(
    epsilons: Sequence[float],
    chances: Sequence[float],
    succeeded: Sequence[bool],
    predictions: Sequence[int],
    *,
    smallest: float | None,
    end: float,
    y_title: str = "probability of the true class",
    x_title: str = "ε",
    height: int = 300,
) -> go.Figure:
    """The search for the smallest ε: a gray circle for a try that was classified correctly, an orange diamond
    for one that succeeded.

    chances: probability of the true class (or of the target) at each ε. predictions: the digit predicted then.
    smallest: where to draw the line, None for none. end: where the ε axis ends.
    """
    order = sorted(range(len(epsilons)), key=lambda place: epsilons[place])
    path = [epsilons[k] for k in order], [chances[k] for k in order]
    traces = [line(*path, "", GRAY, width=1.2, dash="dot", hover=None, showlegend=False)]
    looks = ((False, "classified correctly", GRAY, "circle"), (True, "misclassified", ORANGE, "diamond"))
    for success, name, color, symbol in looks:
        if chosen := [k for k in order if succeeded[k] == success]:
            traces.append(
                dots(
                    [epsilons[k] for k in chosen],
                    [chances[k] for k in chosen],
                    name,
                    color,
                    size=10,
                    marker={"symbol": symbol, "line": {"color": "white", "width": 1}},
                    customdata=[[predictions[k], k] for k in chosen],
                    hover="ε = %{x:.4g}: predicted %{customdata[0]}<br>" + y_title + " %{y:.2%}"
                    "<br>try number %{customdata[1]}",
                )
            )
    marks = []
    if smallest:
        anchor, shift = ("right", -5) if smallest > 0.75 * end else ("left", 5)
        words = note(f"<b>{smallest:.3g}</b>", smallest, 1.0, color=ORANGE, yref="paper", yanchor="top")
        marks = [upright(smallest, ORANGE, dash="dash"), {**words, "xanchor": anchor, "xshift": shift}]
    return series(
        traces,
        marks,
        height=height,
        x_title=x_title,
        y_title=y_title,
        x_range=(-0.015 * end, 1.015 * end),
        y_range=(-0.04, 1.05),
        percent_y=True,
        legend=True,
        y_ticks=[0, 0.25, 0.5, 0.75, 1],
        still=True,
    )


def perturbation_picture(change: ArrayLike, *, size: int = 168) -> tuple[Bytes, float]:
    """change (H, W): what was added to each pixel, in [-1, 1]; orange brightened it, blue darkened it.

    Returns (H·k, W·k, 3) bytes, enlarged by a whole factor so that pixels stay squares, and the number by
    which the change is magnified: 1 over its largest size (1 where nothing changed). Every picture has a
    scale of its own, so that a change too small for the eye is seen; read its size from the factor.
    """
    values = np.asarray(change, dtype=float)
    top = float(np.abs(values).max(initial=0.0))
    factor = 1.0 / top if top > 0 else 1.0
    return enlarged(tinted(values * factor), size), factor


@dataclass(frozen=True, eq=False)
class Panel:
    """values (H, W) called `name`: "ink" from 0 to 1, white on black; "signed" blue below zero, orange above.

    top: signed values from −top to top have the full colors; None takes the 99.5th percentile of sizes.
    """

    name: str
    values: ArrayLike
    kind: Kind
    top: float | None = None

    @property
    def cells(self) -> NDArray[np.float64]:
        """The values as an array (H, W)."""
        return np.asarray(self.values, dtype=float)

    def heat(self, facts: Mapping[str, ArrayLike], left: int = 0) -> Part:
        """Its trace from column `left` on; pointing at a pixel tells its place, then every fact."""
        values = [np.asarray(fact, dtype=float) for fact in facts.values()]
        lines = [f"{name} %{{customdata[{place}]:.4g}}" for place, name in enumerate(facts, start=2)]
        rows, columns = self.cells.shape
        placed: dict[str, Any] = {
            "x": list(range(left, left + columns)),
            "y": list(range(rows)),
            "customdata": np.stack([*np.indices(values[0].shape), *values], axis=-1),
        }
        hover = "<br>".join(["row %{customdata[0]}, column %{customdata[1]}", *lines])
        if self.kind == "ink":
            return heat(self.cells, GRAY_INK, 0.0, 1.0, hover=hover) | placed
        high = self.top or float(np.quantile(np.abs(self.cells), STRONGEST)) or 1.0
        return heat(self.cells, DIVERGING, -high, high, hover=hover) | placed


def pixel_panel_figure(panel: Panel, facts: Mapping[str, ArrayLike], *, height: int = 260) -> go.Figure:
    """One panel as sharp squares. facts: what pointing at a pixel says, a name → numbers (H, W)."""
    return image_figure([panel.heat(facts)], height=height)


def pixel_row_figure(panels: Sequence[Panel], facts: Mapping[str, ArrayLike], *, height: int = 165) -> go.Figure:
    """Panels of one size side by side, their names above, all with the same facts: name → values (H, W)."""
    wide = panels[0].cells.shape[1]
    lefts = [place * (wide + GAP) for place in range(len(panels))]
    return image_figure(
        [panel.heat(facts, left) for panel, left in zip(panels, lefts, strict=True)],
        [
            note(panel.name, left + (wide - 1) / 2, -0.5, yanchor="bottom")
            for panel, left in zip(panels, lefts, strict=True)
        ],
        height=height,
        margin={"t": 20},
    )
