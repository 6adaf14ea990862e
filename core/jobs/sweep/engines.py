"""Who runs the trials of a sweep: this process, several processes of this machine, or a Dask cluster.

Each is a generator of (order, record) in the order in which trials end. The cluster is Dask's own scheduler
(dask.distributed, Rocklin 2015): it moves the work of a worker that dies to another one.
"""

import importlib.util
import multiprocessing
import os
import queue
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.process import BaseProcess
from typing import TYPE_CHECKING, Any

from core.config.errors import LabError
from core.jobs.interrupts import SIGNALS
from core.jobs.sweep.trial import Order, Outcome, run_trial
from core.training.callbacks import Callback, StopWhen

if TYPE_CHECKING:
    from multiprocessing.synchronize import Event

    from distributed import Client

RETRIES = 2  # of a trial whose worker failed
PATIENCE = 10.0  # seconds to find a cluster
IN_ITS_FOLDER = "Start `dask scheduler` and `dask worker` in Digit Lab's folder, with the same version there."
LOOK = 0.5  # seconds between two questions whether to stop


def in_this_process(orders: Sequence[Order], callbacks: Sequence[Callback] = ()) -> Iterator[tuple[Order, Outcome]]:
    """One trial after the other, here; the one that a callback stops is the last."""
    for order in orders:
        record = run_trial(order, callbacks)
        yield order, record
        if record.status == "stopped":
            return


def in_processes(
    orders: Sequence[Order], workers: int, stopped: Callable[[], bool] = lambda: False
) -> Iterator[tuple[Order, Outcome]]:
    """Several at once, each in a process of its own on this machine.

    stopped: asked now and then whether to end; trials at work then come with the status "stopped".

    A process that is killed takes the others' pool with it; what is not done is tried again in a new one.
    Raises LabError where that does not help either.
    """
    left = {order.run_id: order for order in orders}
    for _ in range(RETRIES + 1):
        try:
            for order, record in _in_a_pool(list(left.values()), workers, stopped):
                del left[order.run_id]
                yield order, record
            return
        except BrokenProcessPool:
            if stopped():
                return
    raise LabError(
        f"The processes of this sweep were ended from outside {RETRIES + 1} times, perhaps for lack of "
        "memory; take fewer at once (--workers)."
    )


def _in_a_pool(orders: Sequence[Order], workers: int, stopped: Callable[[], bool]) -> Iterator[tuple[Order, Outcome]]:
    context = multiprocessing.get_context("spawn")  # a forked PyTorch may stand still
    stop = context.Event()
    with ProcessPoolExecutor(
        min(workers, max(1, len(orders))), mp_context=context, initializer=_start_worker, initargs=(stop,)
    ) as pool:
        waiting = {pool.submit(_in_worker, order): order for order in orders}
        try:
            while waiting and not stopped():
                for future in wait(waiting, timeout=LOOK, return_when=FIRST_COMPLETED).done:
                    yield waiting.pop(future), future.result()
            stop.set()
            pool.shutdown(wait=True, cancel_futures=True)
            for future in [future for future in waiting if not future.cancelled()]:
                yield waiting.pop(future), future.result()
        finally:  # whoever stops reading wants no more
            stop.set()
            pool.shutdown(wait=True, cancel_futures=True)


_stop: "Event | None" = None  # of this process, where it is a worker


def _start_worker(stop: "Event") -> None:
    """A signal meant for all processes of a terminal is the first one's to answer: it tells the workers.

    Where it dies without a word, they end too.
    """
    global _stop
    _stop = stop
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)


def _in_worker(order: Order) -> Outcome:
    assert _stop is not None
    return run_trial(order, [StopWhen(_stop.is_set)])


def connect(address: str) -> "Client":
    """A client of the Dask scheduler at `address` (tcp://host:8786). Raises LabError if nobody is there."""
    from distributed import Client

    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError, TimeoutError) as error:
        raise LabError(
            f"There is no Dask scheduler at {address}: {str(error)[:120]}. Start one with `dask scheduler` "
            "and workers with `dask worker`, as docs/command-line.md says, and name its address."
        ) from error
    try:
        if not client.scheduler_info(n_workers=-1)["workers"]:
            raise LabError(f"The cluster at {address} has no workers; start some with `dask worker {address}`.")
        _check_folder(client)
    except BaseException:
        client.close()  # type: ignore[no-untyped-call]
        raise
    return client


def _check_folder(client: "Client") -> None:
    """Raise LabError, naming them, where scheduler or workers find another `core` than ours, or none.

    They are asked through the standard library, which they have wherever they were started.
    """
    ask = (importlib.util.find_spec, run_trial.__module__)
    try:
        found = client.run(*ask, on_error="return")
        folders = client.run(os.getcwd, on_error="return")
    except OSError as error:
        raise LabError(f"The cluster does not answer: {str(error)[:120]}.") from error
    wrong = [name for name, spec in found.items() if spec is None or isinstance(spec, BaseException)]
    if wrong:
        raise LabError(
            f"The Dask worker {wrong[0]}, started in {folders[wrong[0]]}, does not find Digit Lab "
            f"({len(wrong)} of {len(found)} workers do not). {IN_ITS_FOLDER}"
        )
    try:
        spec = client.run_on_scheduler(*ask)  # type: ignore[no-untyped-call]
    except ImportError:
        spec = None
    if spec is None:
        raise LabError(f"The Dask scheduler does not find Digit Lab. {IN_ITS_FOLDER}")


def on_cluster(
    orders: Sequence[Order], client: "Client", stopped: Callable[[], bool] = lambda: False
) -> Iterator[tuple[Order, Outcome]]:
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
            try:
                outcome = future.result()
            except ImportError as error:  # of a worker that came later
                raise LabError(f"A Dask worker does not find Digit Lab ({error}). {IN_ITS_FOLDER}") from error
            yield waiting[future], outcome
    finally:
        client.cancel(list(waiting))  # type: ignore[no-untyped-call]
