"""Curves against ε and the transfer matrix: what they draw, and what they leave out."""

import pytest

from core.attacks import ATTACKS
from core.charts import palette
from core.lessons.adversarial.charts.many_images import AttackCurve, Cell, attack_curves_figure, transfer_figure

LOOK = (palette.BLUE, "dash")


def curve(attack: str, network: str = "a", color: str = palette.GREEN, accuracy: float = 0.5) -> AttackCurve:
    return AttackCurve(
        (ATTACKS[attack].color, ATTACKS[attack].dash),
        attack.title(),
        network,
        color,
        (0, 0.1),
        (1.0, accuracy),
        (0.9, accuracy - 0.1),
        (1.0, accuracy + 0.1),
        (100, 100),
        ATTACKS[attack].access == "nothing",
    )


def drawn(fig) -> dict[str, object]:  # type: ignore[no-untyped-def]
    return {trace.name: trace for trace in fig.data if trace.name and trace.x[0] is not None}


def test_every_attack_has_a_look_of_its_own_within_its_norm() -> None:
    for norm in ("linf", "l2", "l0"):
        looks = [(entry.color, entry.dash) for entry in ATTACKS.values() if entry.norm == norm]
        assert len({color for color, _ in looks}) == len({dash for _, dash in looks}) == len(looks)
    for entry in ATTACKS.values():
        assert ((entry.color, entry.dash) == (palette.GRAY, "dot")) == (entry.access == "nothing")


def test_one_network_colors_attacks_several_color_networks() -> None:
    alone = attack_curves_figure([curve("fgsm"), curve("noise")], x_title="ε", top=0.1)
    lines = drawn(alone)
    assert lines["Fgsm, a"].line.color == ATTACKS["fgsm"].color
    assert lines["Noise, a"].line.dash == "dot"
    assert {note.text for note in alone.layout.annotations} == {"Fgsm", "Noise"}
    assert not alone.layout.showlegend
    both = [curve("fgsm"), curve("pgd"), curve("fgsm", "b", palette.BLUE), curve("noise", "b", palette.BLUE)]
    many = attack_curves_figure(both, x_title="ε", top=0.1)
    lines = drawn(many)
    assert lines["Fgsm, a"].line.color == lines["Pgd, a"].line.color == palette.GREEN
    assert lines["Pgd, a"].line.dash != lines["Fgsm, a"].line.dash
    assert lines["Noise, b"].line.dash == "dot"
    assert many.layout.showlegend
    named = [trace.name for trace in many.data if trace.showlegend is not False and trace.name]
    assert named == ["a", "b", "Fgsm", "Pgd", "Noise"]


def test_a_name_stands_where_its_own_curve_ends() -> None:
    """A curve that is still growing must not be named at the right edge, where another one may end."""
    growing = AttackCurve(LOOK, "PGD", "a", palette.GREEN, (0, 0.1), (1, 0.5), (1, 0.5), (1, 0.5), (9, 9))
    whole = AttackCurve(
        LOOK, "FGSM", "a", palette.GREEN, (0, 0.1, 0.2), (1, 0.7, 0.5), (1, 0.7, 0.5), (1, 0.7, 0.5), (9, 9, 9)
    )
    notes = attack_curves_figure([growing, whole], x_title="ε", top=0.2).layout.annotations
    assert {note.text: (note.x, note.y) for note in notes} == {"PGD": (0.1, 0.5), "FGSM": (0.2, 0.5)}
    assert all(note.xref in (None, "x") for note in notes)


def test_bands_only_where_they_do_not_hide_one_another() -> None:
    few = attack_curves_figure([curve("fgsm"), curve("noise")], x_title="ε", top=0.1)
    assert sum(trace.fill == "toself" for trace in few.data) == 1  # the control has none
    many = attack_curves_figure([curve("fgsm", str(i)) for i in range(5)], x_title="ε", top=0.1)
    assert not any(trace.fill == "toself" for trace in many.data)
    attack_curves_figure([], x_title="ε", top=0.1)


@pytest.mark.parametrize("size", [1, 4])
def test_the_matrix_writes_share_and_count_and_leaves_the_unknown_empty(size: int) -> None:
    names = [f"net-{index}" for index in range(size)]
    cells = [[Cell(5, 20, 0.1, 0.4) for _ in names] for _ in range(size + 1)]
    cells[-1][-1] = Cell(0, 0, 0.0, 1.0)
    fig = transfer_figure(cells, [*names, "random noise"], names, own=size)
    assert len(fig.layout.annotations) == size * (size + 1) - 1 + 1  # and what rows and columns are
    assert "25%" in fig.layout.annotations[0].text
    assert "n = 20" in fig.layout.annotations[0].text
    assert len(fig.layout.shapes) == size
    assert "95%: 10.0% to 40.0%" in fig.data[0].customdata[0][0]
    assert fig.layout.xaxis.ticktext[0] == "net-<br>0"
    assert fig.layout.yaxis.ticktext[-1] == "random<br>noise"
