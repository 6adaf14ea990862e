"""Who runs the trials of a sweep: this process, several processes of this machine, or a Dask cluster.

Each is a generator of (order, record) in the order in which trials end. The cluster is Dask's own scheduler
(dask.distributed, Rocklin 2015): it moves the work of a worker that dies to another one.
"""

import multiprocessing
import queue
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING, Any

from core.errors import LabError
from core.runs import RunRecord
from core.sweep.trial import Order, run_trial
from core.training.callbacks import Callback

if TYPE_CHECKING:
    from distributed import Client

RETRIES = 2  # of a trial whose worker failed
PATIENCE = 10.0  # seconds to find a cluster
LOOK = 0.5  # seconds between two questions whether to stop


def in_this_process(
    orders: Sequence[Order], callbacks: Sequence[Callback] = ()
) -> Iterator[tuple[Order, RunRecord]]:
    """One trial after the other, here."""
    for order in orders:
        yield order, run_trial(order, callbacks)


def in_processes(orders: Sequence[Order], workers: int) -> Iterator[tuple[Order, RunRecord]]:
    """Several at once, each in a process of its own on this machine.

    A process that is killed takes the others' pool with it; what is not done is tried again in a new one.
    Raises LabError where that does not help either.
    """
    left = {order.run_id: order for order in orders}
    for _ in range(RETRIES + 1):
        try:
            for order, record in _in_a_pool(list(left.values()), workers):
                del left[order.run_id]
                yield order, record
            return
        except BrokenProcessPool:
            continue
    raise LabError(
        f"The processes of this sweep were ended from outside {RETRIES + 1} times, perhaps for lack of "
        "memory; take fewer at once (--workers)."
    )


def _in_a_pool(orders: Sequence[Order], workers: int) -> Iterator[tuple[Order, RunRecord]]:
    context = multiprocessing.get_context("spawn")  # a forked PyTorch may stand still
    with ProcessPoolExecutor(min(workers, max(1, len(orders))), mp_context=context) as pool:
        waiting = {pool.submit(run_trial, order): order for order in orders}
        try:
            for future in as_completed(waiting):
                yield waiting[future], future.result()
        finally:  # whoever stops reading wants no more
            pool.shutdown(wait=True, cancel_futures=True)


def connect(address: str) -> "Client":
    """A client of the Dask scheduler at `address` (tcp://host:8786). Raises LabError if nobody is there."""
    from distributed import Client

    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError, TimeoutError) as error:
        raise LabError(
            f"There is no Dask scheduler at {address}: {str(error)[:120]}. Start one with `dask scheduler` "
            "and workers with `dask worker`, as the README says, and name its address."
        ) from error
    if not client.scheduler_info(n_workers=-1)["workers"]:
        client.close()  # type: ignore[no-untyped-call]
        raise LabError(f"The cluster at {address} has no workers; start some with `dask worker {address}`.")
    return client


def on_cluster(
    orders: Sequence[Order], client: "Client", stopped: Callable[[], bool] = lambda: False
) -> Iterator[tuple[Order, RunRecord]]:
    """As many at once as the cluster has workers; a trial whose worker dies is run again by another.

    stopped: asked now and then whether to give up what is not done yet.
    """
    waiting = {
        client.submit(run_trial, order, key=f"trial-{order.run_id}", retries=RETRIES, pure=False): order
        for order in orders
    }
    try:
        ended: queue.SimpleQueue[Any] = queue.SimpleQueue()
        for future in waiting:
            future.add_done_callback(ended.put)  # type: ignore[no-untyped-call]
        left = len(waiting)
        while left and not stopped():
            try:
                future = ended.get(timeout=LOOK)
            except queue.Empty:
                continue
            left -= 1
            yield waiting[future], future.result()
    finally:
        client.cancel(list(waiting))  # type: ignore[no-untyped-call]
