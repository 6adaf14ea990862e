"""Tab: what does batch norm do? Two networks that differ in nothing else, beside each other."""

from typing import Any

import streamlit as st

from core.config.optimizers import OPTIMIZERS
from core.config.run import RunConfig
from core.data.digits import Mnist
from core.export.network import cnn_code
from core.jobs.job_pair import Pair
from core.lessons.cnn.rate_sweep import WITH, WITHOUT, course_pair
from core.recipes.texts import RECIPES
from core.storage.history import History
from pages.ui.cnn.batch_norm_pair import COURSE, beside, between, claims
from pages.ui.cnn.frozen_kernels import frozen
from pages.ui.cnn.rate_sweep import sweep
from pages.ui.kit.shell.cache import shipped_model
from pages.ui.kit.shell.page import controls_and_stage
from pages.ui.kit.training.controls import BATCHES, restore
from pages.ui.kit.training.live_run import live_run
from pages.ui.kit.training.run_pair import TwoRuns
from pages.ui.kit.widgets.bound_widgets import Live, Widgets, setting_widget
from pages.ui.kit.widgets.kept_button import kept_button
from pages.ui.kit.widgets.parts import pick_part

PAIR = TwoRuns(
    "cnn_bn_run", "cnn_bn_twin", "cnn_bn_shown", "cnn_bn_problem", ("pages/4_CNN.py", {"cnn_tab": "Batch norm"})
)
LIVE, RATES, FROZEN = "Two networks", "Learning rates", "Frozen kernels"
LOCKED = Live((), lambda name, value: None)  # nothing may change while the pair runs

CODE = """\
import torch
from torch import nn

def batch_norm(x, gamma, beta, eps=1e-5):            # x: (images, channels, rows, columns)
    mean = x.mean(dim=(0, 2, 3), keepdim=True)       # of this batch, one per channel
    var = x.var(dim=(0, 2, 3), unbiased=False, keepdim=True)
    return gamma * (x - mean) / (var + eps).sqrt() + beta

x = torch.randn(64, 16, 26, 26) * 3 + 5
gamma, beta = torch.ones(1, 16, 1, 1), torch.zeros(1, 16, 1, 1)  # learned
layer = nn.BatchNorm2d(16)                           # the same, with running averages
torch.testing.assert_close(layer(x), batch_norm(x, gamma, beta), rtol=1e-4, atol=1e-4)
layer.eval()                                         # which it uses in evaluation:
layer(x[:1])                                         # one image alone has no batch
"""


def batch_norm(mnist: Mnist) -> None:
    """The pair live, many learning rates, and what the kernels themselves are worth."""
    pair = PAIR.current()
    left, right = controls_and_stage()
    with left:
        settings = _choose(pair)
    with right:
        part = pick_part(
            "cnn_bn_part",
            {LIVE: (), RATES: ("cnn_sweep_",), FROZEN: ("cnn_frozen_",)},
            help="Train the two networks once, at many learning rates, or with frozen random kernels.",
        )
        busy = pair is not None and pair.snapshot.active
        if problem := PAIR.trouble():
            st.error(problem, icon=":material/info:")
        if part == RATES:
            sweep(mnist, settings, busy)
        elif part == FROZEN:
            frozen(mnist, settings, busy)
        else:
            _pair(pair)
        with st.expander("Show the code", icon=":material/code:"):
            st.code(CODE, language="python")
            st.code(cnn_code(course_pair(COURSE, settings["convolutions"])[WITH].cnn), language="python")


def _pair(pair: Pair | None) -> None:
    """The two networks side by side: live, saved or pretrained."""
    if pair is not None:
        live_run(pair, "cnn_bn_live", charts=False)
        beside(pair)
    else:
        _recorded()
    claims()


def _key(setting: str) -> str:
    return f"cnn_bn_{setting}"


def _choose(pair: Pair | None) -> dict[str, Any]:
    """The left column: the settings that both networks share, and the start."""
    if pair is not None and PAIR.newly_found(pair):
        _apply(pair.jobs[0].start)
    active = pair is not None and pair.snapshot.active
    widget = Widgets(_key, LOCKED if active else None)
    start = st.container()  # stands above the controls, but what it starts is read from them first
    default = RECIPES[WITH].config.settings()
    came = shipped_model(WITH).provenance
    settings: dict[str, Any] = {}
    learning_rate = OPTIMIZERS[default["optimizer"]].settings["lr"]
    settings["lr"] = setting_widget(
        widget, "lr", learning_rate, default["lr"], help=f"{learning_rate.help} The course project uses 0.02."
    )
    settings["convolutions"] = widget.slider(
        "Convolutions",
        1,
        6,
        3,
        "convolutions",
        help="Three in the course project. Each further one has 64 channels of 3×3 and keeps the size of the maps.",
    )
    settings["epochs"] = widget.epochs(10, 1, f"Of this pair. The pretrained pair had {came['epochs']:g}.")
    settings["batch_size"] = widget.choice(
        "Batch size (images per step)",
        BATCHES,
        default["batch_size"],
        "batch_size",
        format_func=lambda size: f"{size:,}",
        help="Batch norm estimates mean and variance from so many images: few make them noisy.",
    )
    settings["seed"] = widget.number(
        "Seed", 0, 2**31 - 1, 0, "seed", help="Both networks have the same initial weights and batches."
    )
    with start:
        pressed = kept_button(
            "Train both",
            icon=":material/play_arrow:",
            type="primary",
            width="stretch",
            key="cnn_bn_start",
            disabled=active,
            help="With and without batch norm: same initial weights, same batches, fp32.",
        )
        st.caption("Same seed and batches for both. The settings apply to the whole tab.")
    if pressed:  # no callback: it would start what the controls said a moment ago
        PAIR.start(list(_pair_configs(settings).values()))
        st.rerun()
    return settings


def _pair_configs(settings: dict[str, Any]) -> dict[str, RunConfig]:
    changes = {name: settings[name] for name in ("lr", "epochs", "batch_size", "seed")}
    return course_pair(COURSE, settings["convolutions"], **changes)


def _apply(config: RunConfig) -> None:
    """Let the controls show the settings of a pair found again."""
    values = config.settings()
    same = {name: values[name] for name in ("seed", "batch_size", "epochs", "lr")}
    restore(_key, {**same, "convolutions": len(values["channels"])})


def _recorded() -> None:
    """The pair that the address names, if it is saved, else the two pretrained networks."""
    if found := PAIR.recorded():
        ours, theirs = found
        epochs = max(ours.config.train.epochs, ours.epochs, theirs.epochs)
        between({WITH: ours.history, WITHOUT: theirs.history}, ours.n_train, ours.n_test, epochs)
        return
    facts = {name: shipped_model(name).provenance for name in (WITH, WITHOUT)}
    first = facts[WITH]
    st.markdown(
        f":material/inventory_2: **Pretrained**: {first['epochs']:g} epochs on {first['n_train']:,} images. "
        "Press *Train both* to train your own pair."
    )
    histories = {name: History.from_json(entry["history"]) for name, entry in facts.items()}
    between(histories, first["n_train"], first["n_test"], first["epochs"])
