"""Two bars a name, each with its interval and its number."""

from core.figures.twin_bars import Twin, twin_bars_figure


def test_two_bars_a_name_with_intervals_and_numbers() -> None:
    ours = Twin("with", "#111111", [0.5, 1.0], [(0.4, 0.6), (0.9, 1.0)])
    theirs = Twin("without", "#222222", [0.2, 0.0], [(0.1, 0.3), (0.0, 0.1)])
    fig = twin_bars_figure(["short", "a name that is much too long for one line"], [ours, theirs])
    first, second = fig.data
    assert list(first.x) == [0.5, 1.0]
    assert all(a < b for a, b in zip(first.y, second.y, strict=True)), "ours above"
    assert [round(y) for y in first.y] == [round(y) for y in second.y] == [0, 1]
    assert list(first.error_x.array) == [0.6 - 0.5, 0.0]
    assert [note.text for note in fig.layout.annotations] == ["50%", "100%", "20%", "0%"]
    assert fig.layout.yaxis.ticktext[1] == "a name that is much too<br>long for one line"
    assert fig.layout.yaxis.range[0] > fig.layout.yaxis.range[1], "first on top"
