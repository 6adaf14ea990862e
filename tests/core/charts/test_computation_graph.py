"""The drawn graph of operations."""

from core.charts.computation_graph import Box, operations_figure


def test_operations_stand_where_their_inputs_lead() -> None:
    boxes = [
        Box("a", "", "1", "1", 0),
        Box("left", "", "1", "1", 1, (0,)),
        Box("right", "", "1", "1", 1, (0,)),
        Box("mul", "", "1", "1", 2, (1, 2)),
    ]
    fig = operations_figure(boxes)
    assert len(fig.layout.shapes) == 4
    arrows = [note for note in fig.layout.annotations if note.showarrow]
    assert len(arrows) == 2 * 4
    down = [arrow for arrow in arrows if arrow.y > arrow.ay]
    assert len(down) == 4
