"""The neighbor keeps a core busy while it is wanted, and never longer."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchmarks.sharing import busy_core


def processor_seconds(pid: int) -> float:
    """What a process has used so far, in clock ticks of a hundredth of a second."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def ends(pid: int, within: float) -> bool:
    """Whether the process is gone, or about to be waited for, so many seconds from now."""
    end = time.monotonic() + within
    while time.monotonic() < end:
        try:
            state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="the system has no /proc")


@needs_proc
def test_it_wants_the_processor() -> None:
    with busy_core() as pid:
        before = processor_seconds(pid)
        end = time.monotonic() + 20
        while processor_seconds(pid) == before and time.monotonic() < end:
            time.sleep(0.05)
        assert processor_seconds(pid) > before


@needs_proc
def test_it_ends_with_the_block_and_with_an_error() -> None:
    with busy_core() as pid:
        pass
    assert ends(pid, 5)
    with pytest.raises(ZeroDivisionError), busy_core() as pid:
        raise ZeroDivisionError
    assert ends(pid, 5)


@needs_proc
def test_it_ends_when_its_parent_was_killed() -> None:
    script = (
        "from benchmarks.sharing import busy_core\nwith busy_core() as pid:\n    print(pid, flush=True)\n    input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).resolve().parents[2],
    ) as parent:
        pid = int(parent.stdout.readline())
        parent.kill()
    assert ends(pid, 20)
