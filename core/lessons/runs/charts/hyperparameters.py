"""Runs by their settings: one against the result, two as a map, all on parallel axes."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from core import formatting
from core.charts.palette import BLUE, CATEGORICAL, ORANGE, PURPLE, SEQUENTIAL, SPLITS, VIOLET
from core.charts.series import dots, error, series
from core.charts.style import AXIS, Part, figure, heat
from core.formatting import number
from core.lessons.runs.charts.scale import Scale

MOST_GROUPS = 9  # colors that tell groups apart; the rest share the last


def scatter_figure(
    across: Scale,
    results: ArrayLike,
    reach: tuple[ArrayLike, ArrayLike] | None,
    titles: Sequence[str],
    *,
    y_title: str,
    groups: Sequence[str] | None = None,
    percent: bool = True,
    log_y: bool = False,
    height: int = 380,
) -> go.Figure:
    """Each run as a dot with its interval (from, to) over one of its settings; `groups` colors them.

    results: (R,), one a run; reach: the ends of their intervals, (R,) each; titles, groups: R of them.
    Words stand side by side in their order; runs that would hide each other are moved a little apart. log_y:
    for losses; what is not positive has no place on it.
    """
    y = np.asarray(results, dtype=float)
    x = np.array(across.places, dtype=float)
    if across.named:
        x = x + _apart(x)
    ends = np.stack([np.asarray(end, dtype=float) for end in reach or (y, y)], axis=1)
    traces = []
    for place, name in enumerate(dict.fromkeys(groups or [""])):
        members = np.flatnonzero(np.array(groups) == name) if groups else np.arange(len(y))
        traces.append(
            dots(
                x[members],
                y[members],
                name,
                CATEGORICAL[min(place, MOST_GROUPS)] if groups else BLUE,
                marker={"opacity": 0.8},
                error_y=error(y[members], ends[members], AXIS, thickness=1.1, width=0),
                customdata=[titles[int(member)].replace("<", "‹") for member in members],
                text=None if percent else [number(float(value)) for value in y[members]],
                hover="<b>%{customdata}</b><br>" + ("%{y:.2%}" if percent else "%{text}"),
            )
        )
    return series(
        traces,
        height=height,
        x_title=across.name,
        y_title=y_title,
        log_x=across.log,
        log_y=log_y,
        percent_y=percent,
        legend=groups is not None,
        x_axis=_setting_axis(across),
        y_axis={"tickformat": ".1~%"} if percent else None,
    )


def _setting_axis(across: Scale) -> Part:
    """Its values, written where there is room; words side by side in their order."""
    axis: Part = {"range": [-0.6, max(len(across.ticks), 1) - 0.4]} if across.named else {}
    if across.named or len(across.ticks) <= 8:
        axis |= {"tickvals": list(across.ticks), "ticktext": list(across.words)}
    return axis


def _apart(places: NDArray[np.float64]) -> NDArray[np.float64]:
    """A small shift for each run of those that share a word, the same every time."""
    shift = np.zeros(len(places))
    for place in np.unique(places[np.isfinite(places)]):
        members = np.flatnonzero(places == place)
        if len(members) > 1:
            reach = min(0.3, 0.02 * len(members))
            shift[members] = np.linspace(-reach, reach, len(members))
    return shift


def parallel_figure(
    axes: Sequence[Scale],
    results: ArrayLike,
    *,
    result: str,
    percent: bool = True,
    log: bool = False,
    height: int = 360,
) -> go.Figure:
    """Each run as a line across its settings to its result; drag along an axis to pick out a part of it.

    axes: settings, each with its R places; results: (R,).
    Runs without one of the settings must be left out before. Lines go from violet (lowest) to orange
    (highest), hues that show on the light and on the dark theme. Where settings take few values each line is
    moved a little, the same every time, so that lines of the same settings lie beside each other. log: the
    result on a logarithmic axis; results must then be positive.
    """
    y = np.asarray(results, dtype=float)
    if log:
        y = np.log10(y)
    dimensions = [_dimension(axis) for axis in axes]
    low, high = (float(y.min()), float(y.max())) if len(y) else (0.0, 1.0)
    last: dict[str, object] = {"label": result, "values": y, "range": _wide(low, high)}
    if percent:
        last["tickformat"] = ".1~%"
    elif log:
        marks = np.linspace(low, high, 5) if high > low else np.array([low])
        last |= {"tickvals": marks, "ticktext": [number(10**mark) for mark in marks]}
    lines = {
        "type": "parcoords",
        "dimensions": [*dimensions, last],
        "line": {
            "color": y,
            "colorscale": [[0.0, VIOLET], [0.5, PURPLE], [1.0, ORANGE]],
            "cmin": low,
            "cmax": _wide(low, high)[1],
            "showscale": False,
        },
        "unselected": {"line": {"opacity": 0.08}},
        "labelfont": {"size": 13},
        "tickfont": {"size": 12},
        "rangefont": {"size": 1, "color": "rgba(0,0,0,0)"},
    }
    return figure([lines], height=height, margin={"l": 64, "r": 56, "t": 56, "b": 24})


def _dimension(axis: Scale) -> dict[str, object]:
    values = np.asarray(axis.places, dtype=float)
    ticks = np.asarray(axis.ticks, dtype=float)
    words = list(axis.words)
    if axis.log:
        values, ticks = np.log10(values), np.log10(ticks)
    if len(ticks) <= 12 and len(values):
        spread = np.random.default_rng(0).uniform(-0.012, 0.012, len(values))
        values = values + spread * (float(ticks.max() - ticks.min()) or 1.0)
    else:  # too many to write all
        some = np.unique(np.linspace(0, len(ticks) - 1, 8).astype(int))
        ticks, words = ticks[some], [words[place] for place in some]
    low, high = (float(values.min()), float(values.max())) if len(values) else (0.0, 1.0)
    return {"label": axis.name, "values": values, "tickvals": ticks, "ticktext": words, "range": _wide(low, high)}


def _wide(low: float, high: float) -> list[float]:
    """A range that is never empty."""
    return [low, high] if high > low else [low - 0.5, high + 0.5]


def trials_figure(
    across: Scale,
    results: Mapping[str, Sequence[float]],
    best: int | None,
    *,
    y_title: str,
    percent: bool = True,
    log_y: bool = False,
    height: int = 300,
) -> go.Figure:
    """Every trial over one setting. results: split ("validation", "test") → its number for each trial, not a
    number where it is not known. best: place of the best trial in these lists: it gets a star.
    log_y: for losses; what is not positive has no place on it."""
    value = "%{y:.2%}" if percent else "%{text}"
    traces = [
        dots(
            list(across.places),
            list(values),
            split,
            SPLITS[split],
            marker={"opacity": 0.75, "symbol": "circle" if split == "validation" else "diamond"},
            text=None if percent else [number(value) for value in values],
            hover=f"<b>{split}</b> {value}",
        )
        for split, values in results.items()
    ]
    if best is not None and results:
        split, values = next(iter(results.items()))
        star = {"symbol": "star-open", "line": {"width": 2}}
        traces.append(dots([across.places[best]], [values[best]], "best", SPLITS[split], size=19, marker=star))
    return series(
        traces,
        height=height,
        x_title=across.name,
        y_title=y_title,
        log_x=across.log,
        log_y=log_y,
        percent_y=percent,
        x_axis=_setting_axis(across),
        y_axis={"tickformat": ".1~%"} if percent else None,
    )


def trials_map(
    first: Scale,
    second: Scale,
    results: ArrayLike,
    *,
    what: str,
    percent: bool = True,
    log: bool = False,
    height: int = 320,
) -> go.Figure:
    """Mean result for each pair of values of two settings; a pair that has none yet stays empty.

    results: (R,), one a run, as both settings have R places. log: colors follow the logarithm, for losses
    that are all positive.
    """
    numbers = np.asarray(results, dtype=float)
    total = np.zeros((len(second.ticks), len(first.ticks)))
    count = np.zeros_like(total)
    for x, y, value in zip(first.places, second.places, numbers, strict=True):
        if np.isfinite(value) and np.isfinite(x) and np.isfinite(y):
            row, column = list(second.ticks).index(y), list(first.ticks).index(x)
            total[row, column] += value
            count[row, column] += 1
    mean = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    short = [["" if np.isnan(v) else formatting.percent(v) if percent else number(v) for v in row] for row in mean]
    hovertext = [["" if np.isnan(v) else number(v) for v in row] for row in mean]
    z = np.log10(mean) if log else mean
    cells = heat(
        z,
        SEQUENTIAL,
        *_wide(*((float(np.nanmin(z)), float(np.nanmax(z))) if count.any() else (0.0, 1.0))),
        gap=2,
        text=short,
        hovertext=hovertext,
        texttemplate="%{text}" if mean.size <= 64 else None,
        hover=f"{first.name} %{{x}}<br>{second.name} %{{y}}<br>{what} " + ("%{z:.2%}" if percent else "%{hovertext}"),
    )
    return series(
        [cells],
        height=height,
        x_title=first.name,
        y_title=second.name,
        x_ticks=dict(enumerate(first.words)),
        x_axis={"showline": False},
        y_ticks=dict(enumerate(second.words)),
        y_axis={"showgrid": False},
    )
