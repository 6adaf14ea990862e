"""How many processor threads the calling thread computes on, whatever the others of this process do.

Threads that wait for each other spin. Alone a second one helps a little; beside a network in training or a
busy browser it makes the same computation several times slower. And a sum that is divided among two threads
is rounded otherwise than one that is not, so the number decides the last digits of a curve.
"""

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import torch


@contextmanager
def one_thread() -> Iterator[None]:
    """PyTorch, NumPy and scikit-learn compute on one thread within; also usable as a decorator."""
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # comes with scikit-learn

    with own_threads(1), threadpool_limits(1):
        yield


@contextmanager
def own_threads(count: int) -> Iterator[None]:
    """PyTorch computes on `count` threads within, in the calling thread."""
    before = torch.get_num_threads()
    take_threads(count)
    try:
        yield
    finally:
        take_threads(before)


def take_threads(count: int) -> None:
    """Let PyTorch compute on `count` threads in the calling thread from now on.

    torch.set_num_threads alone does not hold: a thread that has computed nothing yet takes the process's
    newest number at its first sum, and matrix products always do, because MKL's number is the process's
    unless a thread has one of its own.
    """
    torch.get_num_threads()  # the thread's first look is over now, and not in the middle of its work
    torch.set_num_threads(count)
    if (set_local := _mkl()) is not None:
        set_local(count)


@lru_cache(maxsize=1)
def _mkl() -> Callable[[int], int] | None:
    """MKL's function that sets the calling thread's own number; None where PyTorch computes without MKL."""
    try:
        library = ctypes.CDLL(str(Path(torch.__file__).parent / "lib" / "libtorch_cpu.so"))
        function: Callable[[int], int] = library.MKL_Set_Num_Threads_Local
    except (OSError, AttributeError):
        return None
    return function
