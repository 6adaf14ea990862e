"""Figures about attacks: what a pixel tells, promised and measured rises, spectra."""

from types import SimpleNamespace

import numpy as np
import pytest

from core.lessons.adversarial.charts.gradients import (
    RISES,
    loss_rise_figure,
    shares_figure,
    spectra_figure,
    spectrum_pictures_figure,
)
from core.lessons.adversarial.charts.one_image import Panel, pixel_panel_figure, pixel_row_figure


def rises(**changed: list[float]) -> SimpleNamespace:
    lines = {
        "epsilons": [0.0, 0.1, 0.2],
        "predicted": [0.0, 0.5, 1.0],
        "clipped": [0.0, 0.4, 0.8],
        "actual": [1e-9, 2.0, 5.0],
        "mean": [0.0, -0.1, 0.2],
        "low": [0.0, -0.5, -0.2],
        "high": [0.0, 0.1, 0.5],
    }
    return SimpleNamespace(**(lines | changed))


def test_a_pixel_tells_what_all_pictures_hold_there() -> None:
    values = np.arange(6.0).reshape(2, 3) - 3
    facts = {"g": values, "after": values + 10}
    heat = pixel_panel_figure(Panel("g", values, "signed"), facts).data[0]
    assert heat.customdata[1][2].tolist() == [1, 2, 2.0, 12.0]
    assert "g %{customdata[2]" in heat.hovertemplate
    assert "after %{customdata[3]" in heat.hovertemplate
    assert heat.zmin == -heat.zmax
    for panel, limits in (
        (Panel("g", values, "signed", top=7), (-7, 7)),
        (Panel("g", np.zeros((2, 3)), "signed"), (-1, 1)),
        (Panel("x", values, "ink"), (0, 1)),
    ):
        drawn = panel.heat(facts)
        assert (drawn["zmin"], drawn["zmax"]) == limits


def test_panels_in_a_row_stand_apart_and_tell_the_same() -> None:
    values = np.arange(6.0).reshape(2, 3)
    fig = pixel_row_figure([Panel("x", values, "ink"), Panel("g", values, "signed")], {"g": values})
    first, second = fig.data
    assert list(first.x) == [0, 1, 2]
    assert second.x[0] > 3
    assert first.customdata.tolist() == second.customdata.tolist()
    assert [note.text for note in fig.layout.annotations] == ["x", "g"]


def test_promise_truth_and_chance_on_one_chart() -> None:
    fig = loss_rise_figure(rises(), marked=0.1)
    lines = {trace.name: list(trace.y) for trace in fig.data if trace.name}
    assert lines == {name: getattr(rises(), part) for part, (name, *_) in RISES.items()}
    assert list(fig.data[0].y) == [0.0, 0.1, 0.5, -0.2, -0.5, 0.0]
    assert len(fig.layout.shapes) == 2
    assert len(loss_rise_figure(rises(), marked=0.5).layout.shapes) == 1


def test_a_logarithmic_axis_leaves_out_what_is_not_above_zero() -> None:
    fig = loss_rise_figure(rises(), marked=0.1, log=True)
    lines = {trace.name: list(trace.y) for trace in fig.data if trace.name}
    assert np.isnan(lines[RISES["actual"][0]][0]), "at ε = 0 there is rounding at most"
    assert np.isnan(lines[RISES["mean"][0]][1])
    assert lines[RISES["mean"][0]][2] == 0.2
    assert list(fig.data[0].y) == [0.1, 0.5, 0.1, 0.1], "the band ends at the smallest rise"
    flat = rises(**{part: [0.0, 0.0, 0.0] for part in (*RISES, "low", "high")})
    assert loss_rise_figure(flat, marked=0.1, log=True).data


def test_shares_mark_the_half() -> None:
    fig = shares_figure([0.6, 0.9, 1.0], half=1)
    assert list(fig.data[0].x) == [1, 2, 3]
    assert fig.layout.annotations[0].text == "half: 1 pixel"


@pytest.mark.parametrize("cutoff", [1, 7, 13])
def test_spectra_shade_what_is_above_the_cutoff(cutoff: float) -> None:
    density = np.linspace(0.1, 0.0, 20)  # the last ring is empty
    fig = spectra_figure({"image": density, "gradient": density / 2}, cutoff=cutoff)
    assert fig.layout.shapes[0].x0 == cutoff
    assert [trace.name for trace in fig.data] == ["image", "gradient", "white noise"]
    assert np.isnan(fig.data[0].y[-1])
    assert fig.data[2].y[3] == pytest.approx(1 / 784)
    assert spectra_figure({"image": np.zeros(20)}, cutoff=cutoff).data


def test_spectra_as_pictures() -> None:
    share = np.zeros((28, 28))
    share[14, 14] = 0.5
    share[14, 16] = 1e-9
    fig = spectrum_pictures_figure({"image": share, "sign": share}, cutoff=5)
    heat = fig.data[1]
    assert heat.z[14][14] == pytest.approx(np.log10(0.5))
    assert heat.z[14][16] == -5
    assert heat.x[14] == (fig.layout.shapes[1].x0 + fig.layout.shapes[1].x1) / 2 > 28
    assert heat.customdata[14][16].tolist() == [1e-9, 2.0, 2.0, 0.0]
    assert (fig.layout.shapes[0].x0, fig.layout.shapes[0].x1) == (-5, 5)
