"""A shallow network learns where a deep one of sigmoids does not."""

from core.data.digits import Mnist
from core.lessons.backprop.does_it_learn import compare as learn


def test_a_shallow_network_learns_and_a_deep_sigmoid_does_not(mnist: Mnist) -> None:
    progress: list[float] = []
    shallow = learn(mnist.train, mnist.test, [("relu", "he")], depth=1, width=32, images=3000, progress=progress.append)
    deep = learn(mnist.train, mnist.test, [("sigmoid", "xavier")], depth=8, width=32, images=3000)
    assert shallow[0].accuracy is not None
    assert deep[0].accuracy is not None
    assert shallow[0].accuracy > 0.6 > 0.2 > deep[0].accuracy
    low, high = shallow[0].ci95
    assert low < shallow[0].accuracy < high
    assert progress == sorted(progress)
    (burst,) = learn(mnist.train, mnist.test, [("relu", "normal")], depth=8, width=128, images=500, lr=100.0)
    assert burst.diverged
    assert burst.accuracy is None
    assert burst.ci95 == (0.0, 1.0)
