"""One press of an arrow key on a slider until what it changes stands."""

import statistics
from functools import partial
from itertools import count

from benchmarks import browser
from benchmarks.browser import seconds, settle
from benchmarks.browser_apps import App
from benchmarks.measure import Timed, Took

#: name -> (page, what its slider is called). A slider a lesson, each of a different kind.
SLIDERS = {
    "numbers": ("/Data_Explorer?data_tab=As+numbers", "Row of the image"),
    "rate": ("/MLP_Autograd?mlp_tab=Train", "Learning rate"),
    "weight": ("/Manual_Backprop?manual_tab=Checked", "Move it by"),
    "shake": ("/CNN?cnn_tab=Robustness", "Strength"),
    "kernels": ("/CNN?cnn_tab=Kernels", "Epoch"),
    "ball": ("/Optimizer_Race?race_tab=One+dimension", "Start"),
    "epsilon": ("/Adversarial?adv_tab=Step+by+step", "ε"),
    "bends": ("/Regression?reg_tab=How+bends+add+up", "Hidden units"),
    "word": ("/Language_ID", "Characters read"),
}
PLACES = 5  # that every one of them can be moved to the left


def every_slider(app: App) -> Timed:
    """Digit Lab: one press on each slider, one page open at a time.

    Takes the median; extra: each, and the slowest. Every call moves one place further than the last one, so
    that nothing it asks for has been computed before.
    """
    calls = count()

    def run() -> Took:
        further = next(calls) % PLACES
        took = {}
        for name, (path, label) in SLIDERS.items():
            page = app.open(path)
            thumb = page.get_by_role("slider", name=label).first
            for _ in range(further):
                thumb.press("ArrowLeft")
                settle(page)
            thumb.focus()
            took[f"{name}_s"] = seconds(page, "keydown", partial(page.keyboard.press, "ArrowLeft"))
            page.context.close()
        return Took(statistics.median(took.values()), extra={**took, "worst_slider_s": max(took.values())})

    return run


def one_number(app: App) -> Timed:
    """The empty app: some presses."""

    def run() -> Took:
        page = app.open("/number")
        page.get_by_role("slider").focus()
        took = [seconds(page, "keydown", partial(page.keyboard.press, "ArrowLeft")) for _ in range(browser.TIMES)]
        page.context.close()
        return Took(statistics.median(took))

    return run
