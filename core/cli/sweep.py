"""`python -m core sweep RECIPE --set lr=0.001,0.01,0.1`: many runs of a recipe, one row each."""

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

from tqdm import tqdm

from core.cli.train import parse_settings
from core.config.errors import ConfigError, LabError, NotFound
from core.config.escaping import escaped
from core.config.validation import integer, whole
from core.data.fingerprint import fingerprint
from core.jobs.autotune import cores
from core.jobs.interrupts import between_steps
from core.jobs.sweep.claim import claimed
from core.jobs.sweep.engines import connect, in_processes, in_this_process, on_cluster
from core.jobs.sweep.ledger import Ledger, begin, read, write
from core.jobs.sweep.plan import KINDS, SweepPlan, parse_axes
from core.jobs.sweep.trial import Order, Outcome, Refused, material, size_of
from core.recipes.texts import RECIPES, recipe
from core.storage.runs import RunStore
from core.training import memory
from core.training.callbacks import StopWhen

HELP = "run a recipe over several settings"


def add(parser: argparse.ArgumentParser) -> None:
    """RECIPE --set KEY=VALUE,VALUE,… [--fix KEY=VALUE …] [--epochs N] [--random N] [--cluster ADDRESS] …"""
    parser.add_argument("recipe", nargs="?", help=f"one of {', '.join(RECIPES)}")
    parser.add_argument(
        "--set",
        nargs="+",
        action="extend",
        default=[],
        metavar="KEY=V,V,…",
        help="settings to vary; where a value is a list, an x stands between: hidden=128x64,256",
    )
    parser.add_argument(
        "--fix", nargs="+", action="extend", default=[], metavar="KEY=VALUE", help="settings of all trials"
    )
    parser.add_argument("--epochs", type=integer, help="passes of every trial (default: the recipe's)")
    parser.add_argument("--random", type=integer, metavar="N", help="draw N combinations instead of all")
    parser.add_argument("--seed", type=integer, default=0, help="of those draws (default: 0)")
    parser.add_argument("--threads", type=integer, default=1, help="of every trial (default: 1)")
    parser.add_argument("--workers", type=integer, help="trials at once on this machine (default: one a core)")
    parser.add_argument(
        "--cluster",
        metavar="ADDRESS",
        default=os.environ.get("DIGITLAB_CLUSTER") or None,
        help="send the trials to this Dask scheduler, tcp://host:8786 (default: DIGITLAB_CLUSTER, if set)",
    )
    parser.add_argument("--go-on", metavar="SWEEP", help="finish a sweep that was stopped, by its id")
    parser.add_argument("--data", choices=("full", "small"), help="which digits (default: full where it is)")


def run(arguments: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Run what is still open, record each trial as it ends, and yield a row for every trial of the sweep."""
    if arguments.workers is not None:
        whole(arguments.workers, 1, 256, "Trials at once (--workers)")
    store = RunStore()
    ledger = read(arguments.go_on) if arguments.go_on else _begin(arguments)
    refused: dict[int, str] = {}
    try:
        with between_steps() as asked, claimed(store, ledger.sweep_id) as still_ours:
            ledger = read(ledger.sweep_id)  # who held it before may have done more
            found = f"{len(ledger.open)} of {ledger.plan.size} trials"
            tqdm.write(f"Sweep {ledger.sweep_id}: {found}", file=sys.stderr)
            orders = [ledger.order(trial) for trial in ledger.open]
            with tqdm(total=len(orders), unit="trial", file=sys.stderr) as bar:
                for order, outcome in _engine(arguments, orders, asked):
                    still_ours()
                    if isinstance(outcome, Refused):
                        refused[order.number] = outcome.sentence
                        words = f"{order.name} cannot be run: {outcome.sentence}"
                        tqdm.write(escaped(words, "terminal"), file=sys.stderr)
                    elif outcome.status != "stopped":  # broken off: it is run again when the sweep goes on
                        store.save(outcome)
                        ledger = write(ledger.with_done(order.number, outcome.run_id))
                    bar.update()
    except LabError as error:
        raise LabError(f"{error} What is done is kept; `sweep --go-on {ledger.sweep_id}` goes on.") from error
    if asked():
        tqdm.write(f"Stopped; `sweep --go-on {ledger.sweep_id}` finishes it.", file=sys.stderr)
    for row in rows(ledger, store):
        yield {**row, "status": "refused"} if row["trial"] in refused else row
    asked.obey()
    if refused:
        raise ConfigError(f"{len(refused)} of {len(orders)} trials could not be run; the others are kept.")


def _begin(arguments: argparse.Namespace) -> Ledger:
    if arguments.recipe is None:
        raise ConfigError("Name a recipe to sweep, or a stopped sweep with --go-on.")
    base = recipe(arguments.recipe).config
    base = base.with_settings(parse_settings(base, arguments.fix))
    if arguments.epochs is not None:
        base = base.with_settings({"epochs": arguments.epochs})
    draws = {"kind": KINDS[1], "draws": arguments.random} if arguments.random is not None else {}
    plan = SweepPlan(
        base, parse_axes(base, arguments.set), draw_seed=arguments.seed, threads=arguments.threads, **draws
    )
    if not arguments.cluster:
        memory.check(memory.of_sweep([t.config for t in plan.trials()], _workers(arguments)), "This sweep")
    found = material(base, arguments.data or "auto")
    return begin(plan, size_of(found), fingerprint(found))


def _engine(
    arguments: argparse.Namespace, orders: list[Order], stopped: Callable[[], bool]
) -> Iterator[tuple[Order, Outcome]]:
    if arguments.cluster:
        client = connect(arguments.cluster)
        try:
            yield from on_cluster(orders, client, stopped)
        finally:
            client.close()  # type: ignore[no-untyped-call]
        return
    workers = _workers(arguments)
    if workers == 1:
        yield from in_this_process(orders, [StopWhen(stopped)])
    else:
        yield from in_processes(orders, workers, stopped)


def _workers(arguments: argparse.Namespace) -> int:
    """Trials at once on this machine."""
    return cores() if arguments.workers is None else int(arguments.workers)


def rows(ledger: Ledger, store: RunStore) -> Iterator[dict[str, Any]]:
    """One row a trial, in the plan's order; a trial that is not done has no result."""
    for trial in ledger.plan.trials():
        run_id = ledger.done.get(trial.number)
        summary = _summary(store, run_id) if run_id else {"status": "open"}
        changed = {name: list(v) if isinstance(v, tuple) else v for name, v in trial.changes.items()}
        yield {"sweep": ledger.sweep_id, "trial": trial.number, "changes": changed, **summary}


def _summary(store: RunStore, run_id: str) -> dict[str, Any]:
    """A trial's result; one whose run was deleted says so."""
    try:
        return store.get(run_id).summary()
    except NotFound:
        return {"run_id": run_id, "status": "deleted"}
