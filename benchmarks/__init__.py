"""What `python -m core bench` runs: each row a ratio against a baseline measured in the same call.

`ROWS` maps a row's name to what it measures. A row is a pair of functions, ours and the baseline, each of
which does the work once and says what it took; `measure` lets them alternate.

Add your own: an entry in a ROWS here, with the ratio to reach or a limit to keep, and both in words.
"""

from benchmarks import app_start, attacks, browser_rows, jobs, memory, roofline, scoring, sharing, time_to_99, training
from benchmarks.apart import apart
from benchmarks.measure import Row

_COMPUTING: dict[str, Row] = {
    **training.ROWS,
    **time_to_99.ROWS,
    **roofline.ROWS,
    **jobs.ROWS,
    **sharing.ROWS,
    **scoring.ROWS,
    **attacks.ROWS,
}
#: These start a server each, a process of its own anyway.
_SERVING: dict[str, Row] = {**app_start.ROWS, **memory.ROWS, **browser_rows.ROWS}
ROWS: dict[str, Row] = {**{name: apart(row) for name, row in _COMPUTING.items()}, **_SERVING}
