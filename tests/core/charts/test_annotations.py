"""Words written on a chart at once are the words written one by one."""

from core.charts.annotations import write_all
from core.charts.style import figure


def test_all_at_once_is_the_same_as_one_by_one() -> None:
    notes = [{"x": at, "y": 2 * at, "text": f"{at}", "font": {"size": 10 + at}} for at in range(5)]
    one_by_one, at_once = figure(), figure()
    for fig in (one_by_one, at_once):
        fig.add_annotation(x=9, y=9, text="there before", showarrow=True)
    for note in notes:
        one_by_one.add_annotation(**note, showarrow=False)
    assert write_all(at_once, iter(notes)).to_dict() == one_by_one.to_dict()
