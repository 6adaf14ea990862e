"""What the app itself measured, to stand beside what an exported script measures."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from core.config.run import RunConfig
from core.formatting import interval, percent
from core.models.trained_network import load_shipped
from core.storage.checkpoints import shipped
from core.storage.runs import RunRecord


@dataclass(frozen=True)
class Facts:
    """What is known of the run that is exported; everything may be missing.

    name: the run's own, or the recipe's title. where: how to find it again. data: "full" or "small" digits.
    n_train: examples of an epoch. status: as in RunRecord, or "". accuracy, low, high: fractions. loss: on
    the test examples. trained: a date. precision, threads: how it computed. versions: of what computed it.
    """

    name: str = ""
    where: str = ""
    data: Literal["full", "small"] = "full"
    n_train: int | None = None
    status: str = ""
    accuracy: float | None = None
    low: float | None = None
    high: float | None = None
    loss: float | None = None
    trained: str = ""
    precision: str = "fp32"
    threads: int | None = None
    versions: Mapping[str, str] = field(default_factory=dict)

    @property
    def measured(self) -> str:
        """What the app measured, in a sentence; "" where it measured nothing."""
        if self.accuracy is not None and self.low is not None and self.high is not None:
            return (
                f"The app measured a test accuracy of {percent(self.accuracy, 2)} "
                f"(95% interval {interval(self.low, self.high, 2)})."
            )
        return f"The app measured a test loss of {self.loss:.6f}." if self.loss is not None else ""


def facts_of_run(record: RunRecord) -> Facts:
    """What is on record about a run."""
    return Facts(
        name=record.name,
        where=f"run {record.run_id}",
        data="small" if record.data == "small" else "full",
        n_train=record.n_train,
        status=record.status,
        accuracy=record.test_accuracy,
        low=record.ci_low,
        high=record.ci_high,
        loss=record.test_loss,
        trained=_day(record.created),
        precision=record.precision,
        threads=record.threads,
        versions=record.versions,
    )


def facts_of_recipe(config: RunConfig, data: Literal["full", "small"] = "full") -> Facts:
    """What the network that came along measured, where it is the recipe's own with these very settings."""
    nothing = Facts(data=data, where=f"recipe {config.recipe}")
    if config.recipe not in shipped():
        return nothing
    came = load_shipped(config.recipe)
    facts: dict[str, Any] = came.provenance
    digits = facts.get("data") in ("full", "small")
    if came.config != config or (digits and facts.get("data") != data):
        return nothing
    low, high = facts.get("ci95") or (None, None)
    rows = (facts.get("history") or {}).get("epochs") or [{}]
    kept = [row for row in rows if row.get("epoch") == facts.get("kept_epoch")] or rows
    return Facts(
        where=f"recipe {config.recipe}",
        data=data,
        n_train=facts.get("n_train"),
        accuracy=facts.get("test_accuracy"),
        low=low,
        high=high,
        loss=kept[-1].get("test_loss"),
        trained=facts.get("trained", ""),
        precision=facts.get("precision", "fp32"),
        threads=facts.get("threads"),
        versions=facts.get("versions", {}),
    )


def _day(seconds: float) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(seconds))
