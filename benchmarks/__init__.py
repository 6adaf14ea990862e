"""What `python -m core bench` runs: each row a ratio against a baseline measured in the same call.

`ROWS` maps a row's name to what it measures. A row is a pair of functions, ours and the baseline, each of
which does the work once and says what it took; `measure` lets them alternate.
"""

from benchmarks import attacks, jobs, roofline, scoring, sharing, training
from benchmarks.apart import apart
from benchmarks.measure import Row

_COMPUTING: dict[str, Row] = {
    **training.ROWS,
    **roofline.ROWS,
    **jobs.ROWS,
    **sharing.ROWS,
    **scoring.ROWS,
    **attacks.ROWS,
}
ROWS: dict[str, Row] = {name: apart(row) for name, row in _COMPUTING.items()}
