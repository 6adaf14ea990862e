"""Learning curves: what was changed on the way is marked where it was."""

from core.charts.learning_curves import LABELED, accuracy_figure, loss_figure
from core.storage.history import History


def test_every_change_of_a_setting_is_marked_where_it_was_made() -> None:
    changes = [{"step": 3, "examples": 30, "name": "lr", "value": 0.05}, {"step": 9, "examples": 90, "name": "stop"}]
    history = History(loss=[1.0] * 9, examples_per_step=[10] * 9, changes=changes)
    for fig in (loss_figure(history, 60, 2.0), accuracy_figure(history, 2.0, n_train=60)):
        assert [line.x0 for line in fig.layout.shapes] == [0.5], "in passes over the data; an end is no change"
        assert [note.text for note in fig.layout.annotations] == ["lr → 0.05"]
    history.changes[1:] = [{**changes[0], "examples": 31 + n} for n in range(LABELED)]
    fig = loss_figure(history, 60, 2.0)
    assert len(fig.layout.shapes) == LABELED + 1
    assert not any(note.text for note in fig.layout.annotations), "no room for so many words"
