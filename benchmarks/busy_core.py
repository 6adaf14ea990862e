"""A neighbor that wants a processor core all the time: a process of its own that only counts."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

#: Says that it has begun; ends by itself when its parent is gone, however that ended, or after 15 minutes.
SPIN = """\
import os, time
end = time.monotonic() + 900
print("spinning", flush=True)
while os.getppid() == {parent} and time.monotonic() < end:
    for _ in range(1_000_000):
        pass
"""


@contextmanager
def busy_core() -> Iterator[int]:
    """One core kept busy by another process within; it gives that process's id. It is gone afterwards."""
    command = [sys.executable, "-S", "-c", SPIN.format(parent=os.getpid())]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as neighbor:
        try:
            assert neighbor.stdout is not None
            neighbor.stdout.readline()
            yield neighbor.pid
        finally:
            neighbor.kill()
