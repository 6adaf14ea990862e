"""A fully connected network reads shuffled pixels as well as ordinary ones."""

from core.data import bundled
from core.lessons.explorer.shuffled_pixels import compare


def test_both_learn_equally_well() -> None:
    train, test = bundled.train_and_test()
    progress: list[float] = []
    result = compare(train, test, epochs=3, images=3_000, progress=progress.append)
    assert len(result.plain.accuracy) == 4
    assert result.plain.accuracy[-1] > 0.8
    assert abs(result.plain.accuracy[-1] - result.shuffled.accuracy[-1]) < 0.03
    assert result.plain.accuracy != result.shuffled.accuracy
    low, high = result.shuffled.ci95
    assert low < result.shuffled.accuracy[-1] < high
    assert progress == sorted(progress)
    assert progress[-1] == 1
