"""The record that the course slides ask for: hyperparameters and the accuracy they led to, kept by itself."""

import pandas as pd
import streamlit as st

from core.charts.intervals import run_accuracies_figure
from core.config.run import MLPConfig
from core.export.row_formats import as_csv
from core.formatting import percent
from core.recipes.texts import RECIPES, recipe_color, train_recipes
from core.storage.runs import RunRecord
from pages.ui.kit.shell.cache import run_store
from pages.ui.kit.shell.owner import mine
from pages.ui.kit.training.accuracy_line import BY_TEST
from pages.ui.kit.training.live_run import describe
from pages.ui.kit.widgets.chart import chart

SHOWN = 200
#: Settings by the names people use.
SHORT = {
    "batch_size": "batch size",
    "lr": "learning rate",
    "init": "initialization",
    "init_output": "initialization of the output layer",
    "reduction": "reduction",
    "family": "written as",
    "normalize": "normalized",
}


def record() -> None:
    """Every saved run as a dot with its interval, and as a table that can be downloaded."""
    known = train_recipes(MLPConfig)
    runs = [run for run in run_store().all(owner=mine(), limit=SHOWN) if run.recipe in known]
    if not runs:
        st.info("No runs yet. Each run of the tab *Train* is listed here when it ends.", icon=":material/edit_note:")
        return
    scored = [run for run in runs if run.test_accuracy is not None]
    dots = [(f"{run.recipe} · {label(run)}", recipe_color(run.recipe), run) for run in scored[:20]]
    accuracies = [percent(run.test_accuracy or 0.0) for run in scored]
    chart(
        run_accuracies_figure(dots),
        "mlp_record_chart",
        still=True,
        alt=f"Test accuracies, newest run first: {', '.join(accuracies[:20])}.",
    )
    st.caption(f"Test accuracy with its 95% interval, newest run first. {BY_TEST}")
    rows = [row(run) for run in runs]
    table = pd.DataFrame(rows)
    st.dataframe(
        table,
        hide_index=True,
        column_config={
            "test accuracy": st.column_config.NumberColumn(format="percent"),
            "95% interval from": st.column_config.NumberColumn(format="percent"),
            "to": st.column_config.NumberColumn(format="percent"),
            "seconds": st.column_config.NumberColumn(format="%.1f"),
        },
        key="mlp_record_table",
        alt="Saved runs with their hyperparameters and test accuracy",
    )
    st.download_button(
        "Download as CSV",
        as_csv(rows).encode(),
        "digit-lab-runs.csv",
        "text/csv",
        icon=":material/download:",
        key="mlp_record_csv",
        help="The table for a spreadsheet.",
    )


def label(run: RunRecord, longest: int = 44) -> str:
    """A run in a few words: what differs from its recipe, cut to `longest` characters."""
    default = RECIPES[run.recipe].config.settings() if run.recipe in RECIPES else {}
    settings = run.config.settings()
    parts = [f"{SHORT.get(k, k)} {_short(v)}" for k, v in settings.items() if k in default and v != default[k]]
    changed = sorted({SHORT.get(c["name"], c["name"]) for c in run.history.changes if c["name"] != "stop"})
    parts = [f"{name} changed" for name in changed] + parts
    words = ", ".join(parts) or "as in the recipe"
    return words if len(words) <= longest else words[: longest - 1].rstrip(", ") + "…"


def row(run: RunRecord) -> dict[str, object]:
    """One line of the table."""
    settings = run.config.settings()
    return {
        "recipe": run.recipe,
        "test accuracy": run.test_accuracy,
        "95% interval from": run.ci_low,
        "to": run.ci_high,
        "tested on": run.config.tested_on(run.n_test),
        "hidden": "–".join(str(w) for w in settings["hidden"]) or "none",
        "activation": settings["activation"],
        "initialization (hidden / output)": f"{settings['init']} / {settings['init_output']}",
        "optimizer": settings["optimizer"],
        "learning rate": settings["lr"],
        "batch size": settings["batch_size"],
        "reduction": settings["reduction"],
        "epochs": run.epochs,
        "seed": settings["seed"],
        "changed during training": ", ".join(describe(change) for change in run.history.changes),
        "validation accuracy": run.validation_accuracy,
        "trained on": run.n_train,
        "seconds": run.train_seconds,
        "status": run.status,
        "run": run.run_id,
    }


def _short(value: object) -> str:
    if isinstance(value, tuple):
        return "–".join(map(str, value)) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value)
