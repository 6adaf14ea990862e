"""What is said below the curves of "Many images" follows from the numbers."""

from core.config.proportion import Proportion
from pages.ui.adversarial.many_images import Measured, describe


def shares(*right: int) -> list[Proportion]:
    return [Proportion(count, 100) for count in right]


def measured(attack: str, left: list[Proportion], *, control: bool = False, back: int = 0) -> Measured:
    return Measured("net", attack, control, True, (0.0, 0.1, 0.2), left, (0, 0, back))


def test_the_words_follow_the_numbers() -> None:
    noise = measured("random noise", shares(99, 99, 98), control=True)
    strong = " ".join(describe([noise, measured("FGSM", shares(99, 60, 10))], False))
    assert "**net**: clean accuracy 99.0%. Robust accuracy at ε = 0.2: " in strong
    assert "10.0% under FGSM (below 50% from ε between 0.1 and 0.2)" in strong
    assert "not clearly stronger" not in strong
    assert "A larger ε is not" not in strong
    weak = " ".join(describe([noise, measured("FGSM", shares(99, 98, 97))], False))
    assert "FGSM is not clearly stronger than random noise" in weak
    assert "below 50%" not in weak
    back = " ".join(describe([noise, measured("FGSM", shares(99, 60, 70), back=12)], False))
    assert (
        "12 images of net that FGSM changed at a smaller ε are classified correctly again at ε = 0.2. A single step"
        in back
    )
    assert "here they stay misclassified" in " ".join(describe([measured("FGSM", shares(9, 6, 7), back=1)], True))
    assert "changed at a smaller ε is classified" in " ".join(
        describe([measured("FGSM", shares(9, 6, 7), back=1)], True)
    )
    assert describe([], False) == []
    assert describe([measured("FGSM", [])], False) == []
