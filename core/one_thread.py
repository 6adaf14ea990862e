"""Short computations beside a running job: on one processor thread.

Threads that wait for each other spin. Alone a second one helps a little; beside a network in training or a
busy browser it makes the same computation several times slower.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def one_thread() -> Iterator[None]:
    """PyTorch, NumPy and scikit-learn compute on one thread within; also usable as a decorator."""
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # comes with scikit-learn

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with threadpool_limits(1):
            yield
    finally:
        torch.set_num_threads(threads)
