"""The Data Explorer's charts show the numbers they are given."""

import numpy as np
import pytest

from core.lessons.explorer.charts import (
    accuracy_comparison_figure,
    class_counts_figure,
    one_hot_figure,
    pixel_histogram_figure,
    pixel_vector_figure,
)

rng = np.random.default_rng(0)


def test_counts() -> None:
    fig = class_counts_figure(range(10, 20), range(10))
    assert list(fig.data[0].y) == list(range(10, 20))
    assert fig.data[0].marker.color != fig.data[1].marker.color


@pytest.mark.parametrize(("normalized", "first", "last"), [(False, 0.0, 1.0), (True, -0.5, 1.5)])
def test_normalizing_only_changes_the_ruler(normalized: bool, first: float, last: float) -> None:
    edges, share = np.linspace(0, 1, 5), np.array([0.7, 0.1, 0.1, 0.1])
    fig = pixel_histogram_figure(edges, share, mean=0.25, std=0.5, normalized=normalized, split="train")
    bars = fig.data[0]
    assert list(bars.y) == list(share)
    assert bars.customdata[0][0] == pytest.approx(first)
    assert bars.customdata[-1][1] == pytest.approx(last)


def test_the_vector_is_the_image_row_by_row() -> None:
    image = rng.random((28, 28))
    fig = pixel_vector_figure(image, row=3)
    assert list(fig.data[0].y) == list(image.flatten())
    assert fig.data[0].customdata[28 * 3 + 5].tolist() == [3, 5]
    (mark,) = fig.layout.shapes
    assert (mark.x0, mark.x1) == (84, 112)


def test_one_hot_has_a_single_one() -> None:
    values = np.asarray(one_hot_figure(4).data[0].z)
    assert values.sum() == 1
    assert values[0, 4] == 1


def test_comparison_tells_its_lines_apart() -> None:
    fig = accuracy_comparison_figure({"plain": [0.1, 0.9], "shuffled": [0.1, 0.8]})
    assert [line.name for line in fig.data] == ["plain", "shuffled"]
    assert fig.data[0].line.dash != fig.data[1].line.dash
