"""The tab "By hand" in Streamlit's own harness: every control, and the sum it shows."""

from typing import Any

import pytest
import torch
from streamlit.testing.v1 import AppTest
from torch.nn import functional

from core.data import Mnist
from core.lessons.cnn.classic_filters import FILTERS
from pages.ui.cnn import convolution_by_hand as tab
from pages.ui.cnn.filter_editor import KEPT, cell_key
from tests.pages.harness import captions, formulas, open_part, well

pytestmark = pytest.mark.usefixtures("bundled_only")


def opened(mnist: Mnist, **parameters: str) -> AppTest:
    return open_part(tab.by_hand, mnist, address=parameters)


def choose(app: AppTest, **values: object) -> AppTest:
    """Set the widgets whose keys begin so after `cnn_hand_`."""
    for key, value in values.items():
        found: Any = next(
            w
            for kind in ("button_group", "selectbox", "number_input", "slider")
            for w in app.get(kind)
            if (w.key or "").startswith(f"cnn_hand_{key}")
        )
        found.set_value(value)
    return well(app.run())


def total(app: AppTest) -> str:
    """The bold number that ends the written sum."""
    return app.latex[0].value.rpartition(r"\mathbf{")[2].partition("}")[0]


def expected(
    mnist: Mnist, kernel: torch.Tensor, row: int, column: int, bias: float = 0.0, stride: int = 1, padding: int = 1
) -> str:
    image = mnist.test.images[4].double()
    out = functional.conv2d(image[None], kernel[None, None], stride=stride, padding=padding)[0, 0] + bias
    return f"{round(float(out[row, column]), 12) + 0.0:.3g}"


def test_the_first_view_works_out_a_sum(mnist: Mnist) -> None:
    app = opened(mnist)
    kernel = FILTERS["vertical edges (Sobel)"].make(3)
    assert total(app) == expected(mnist, kernel, 12, 8)
    assert r"\frac{28 + 2\cdot1 - 3}{1}" in formulas(app)
    assert r"\mathbf{28}" in formulas(app)


def test_stride_padding_and_bias(mnist: Mnist) -> None:
    app = opened(mnist)
    kernel = FILTERS["vertical edges (Sobel)"].make(3)
    for stride, padding in ((1, 0), (4, 4)):
        choose(app, bias=-1.5, stride=stride, padding=padding)
        side = (28 + 2 * padding - 3) // stride + 1
        assert rf"\mathbf{{{side}}}" in formulas(app)
        choose(app, **{f"row_{side}": side - 1, f"column_{side}": 0})
        assert total(app) == expected(mnist, kernel, side - 1, 0, -1.5, stride, padding)


def test_relu_and_pooling(mnist: Mnist) -> None:
    app = choose(opened(mnist), stage=tab.RELU)
    kernel = FILTERS["vertical edges (Sobel)"].make(3)
    image = mnist.test.images[4].double()
    out = functional.conv2d(image[None], kernel[None, None], padding=1)[0, 0]
    for place in (out.argmin(), out.argmax()):
        row, column = divmod(int(place), 28)
        choose(app, row_28=row, column_28=column)
        value = float(out[row, column])
        assert rf"\max(0,\; {value:.3g}) = \mathbf{{{max(0.0, value):.3g}}}" in formulas(app)
    assert any(f"{int((out < 0).sum())} of the 784 cells" in caption.value for caption in app.caption)
    choose(app, stage=tab.POOL)
    pooled = functional.max_pool2d(out.relu()[None], 2)[0]
    row, column = divmod(int(pooled.argmax()), 14)
    choose(app, pool_row_14=row, pool_column_14=column)
    assert rf"\mathbf{{{float(pooled.max()):.3g}}}" in formulas(app)
    where = divmod(int(out.relu()[2 * row : 2 * row + 2, 2 * column : 2 * column + 2].argmax()), 2)
    told = f"row {2 * row + where[0]}, column {2 * column + where[1]} is the maximum"
    assert any(told in text.value for text in app.markdown)
    choose(app, pool_row_14=0)
    assert any("All four are 0" in text.value for text in app.markdown)
    choose(app, padding=0, stride=2)
    assert any("is odd" in caption.value for caption in app.caption)  # 13 × 13


def test_an_edited_kernel_is_in_the_address_and_can_be_undone(mnist: Mnist) -> None:
    app = choose(opened(mnist), **{cell_key(3, 1, 1).removeprefix("cnn_hand_"): 2.5})
    kernel = FILTERS["vertical edges (Sobel)"].make(3)
    kernel[1, 1] = 2.5
    assert total(app) == expected(mnist, kernel, 12, 8)
    kept = app.query_params[KEPT]
    assert kept == "-1_0_1_-2_2.5_2_-1_0_1"
    again = opened(mnist, **{KEPT: kept})
    assert total(again) == total(app)
    well(next(b for b in again.button if b.key == "cnn_hand_undo").click().run())
    assert KEPT not in again.query_params
    assert total(again) == expected(mnist, FILTERS["vertical edges (Sobel)"].make(3), 12, 8)


@pytest.mark.parametrize("text", ["1_2_3", "a_b_c_d_e_f_g_h_i", "_".join(["nan"] * 9), "_".join(["1e9"] * 9)])
def test_a_garbled_address_gives_the_chosen_kernel(mnist: Mnist, text: str) -> None:
    app = opened(mnist, **{KEPT: text, "cnn_hand_preset": "blur"})
    assert total(app) == expected(mnist, FILTERS["blur"].make(3), 12, 8)


def test_a_random_kernel_has_a_seed(mnist: Mnist) -> None:
    app = choose(opened(mnist), preset="random")
    first = total(app)
    assert total(choose(app, seed=3)) != first


def test_another_picture_and_the_canvas(mnist: Mnist) -> None:
    app = opened(mnist)
    first = total(app)
    assert total(choose(app, index=7)) != first
    choose(app, subject="my own drawing")


def test_a_link_reproduces_the_view(mnist: Mnist) -> None:
    app = opened(
        mnist,
        cnn_hand_size="5×5",
        cnn_hand_preset="sharpen",
        cnn_hand_stride="2",
        cnn_hand_padding="2",
        cnn_hand_row_14="9",
        cnn_hand_column_14="5",
    )
    assert total(app) == expected(mnist, FILTERS["sharpen"].make(5), 9, 5, 0.0, 2, 2)
    assert FILTERS["sharpen"].description in captions(app)


def test_the_code_shown_runs() -> None:
    space: dict[str, Any] = {}
    exec(tab.CODE, space)
    assert space["ours"].shape == (14, 14)
    assert space["pooled"].shape == (1, 7, 7)
