"""What a change costs, and how far confidence can be trusted."""

import pytest

from core.lessons.cnn.charts.accuracy import digit_pairs_figure, layer_changes_figure, reliability_figure, written


def test_pairs_tell_what_changed() -> None:
    pairs = digit_pairs_figure([0.9] * 10, [0.5] + [0.9] * 9, [7] * 10)
    assert [trace.name for trace in pairs.data[1:]] == ["trained", "edited"]
    assert pairs.data[2].customdata[0][0] == "-40.0 percentage points"


def test_changes_as_bars() -> None:
    fig = layer_changes_figure(["conv1", "pool1", "conv2"], [1.2, 0.5, float("inf")], [0.0, None, 0.3])
    place, back = fig.data
    assert list(place.x) == [1.2, 0.5, None]
    assert list(back.x) == [0.0, None, 0.3]
    assert list(back.text) == ["0%", "", "30%"]
    assert fig.layout.xaxis.range[1] > 1.2
    assert len(layer_changes_figure(["a"], [0.0]).data) == 1


@pytest.mark.parametrize(
    ("value", "words"),
    [(0, "0%"), (3e-7, "0%"), (2e-4, "0.02%"), (0.012, "1.2%"), (1.187, "119%"), (float("inf"), "∞")],
)
def test_changes_in_words(value: float, words: str) -> None:
    assert written(value) == words


def test_reliability_leaves_empty_bins_empty() -> None:
    nan = float("nan")
    fig = reliability_figure([nan, 0.4, 0.95], [(0, 1), (0.2, 0.6), (0.9, 1.0)], [nan, 0.5, 0.97], [0, 5, 40])
    right = next(trace for trace in fig.data if trace.name == "accuracy")
    assert list(right.x) == [0.5, 0.97]
    assert list(right.y) == [0.4, 0.95]
    assert list(right.error_y.array) == pytest.approx([0.2, 0.05])
    gap = next(trace for trace in fig.data if trace.name == "gap")
    assert list(gap.y[:2]) == [0.4, 0.5]
    answers = next(trace for trace in fig.data if trace.name == "predictions")
    assert list(answers.y) == [None, 5, 40]
    assert answers.yaxis == "y2"
