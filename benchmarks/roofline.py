"""The row that asks how much of the processor an epoch uses: its arithmetic against bare matrix products."""

import time

import torch
from torch.nn import functional
from torch.utils.flop_counter import FlopCounterMode

from benchmarks.epochs import Stopwatch
from benchmarks.measure import Row, Setup, Timed, Took
from benchmarks.training import QUICK, config
from core.config.run import RunConfig
from core.jobs.autotune import ALONE, ThreadTuner
from core.models import as_module
from core.models.threads import take_threads
from core.training.trainer import initial_network, new_trainer

NETWORK = "cnn-bn"
SIDE = 2048  # of the matrices: so large that reading them takes no time beside multiplying them
TRIES = 5


def flops_per_image(settings: RunConfig) -> float:
    """Floating-point operations of one training step, a multiplication and an addition being two, an image.

    Those of products and convolutions, forward and backward, as the network's mathematics asks for them,
    however a trainer computes it.
    """
    network, size = as_module(initial_network(settings)).train(), settings.train.batch_size
    images, labels = torch.rand(size, 1, 28, 28), torch.arange(size) % 10
    with FlopCounterMode(display=False) as counter:
        functional.cross_entropy(network(images), labels).backward()  # type: ignore[no-untyped-call]
    return float(counter.get_total_flops()) / size


def product_rate(dtype: torch.dtype, side: int, tries: int = TRIES) -> float:
    """FLOP/s of a square matrix product on as many threads as PyTorch has: the best of several."""
    left, right = (torch.rand(side, side).to(dtype) for _ in range(2))
    times = []
    for _ in range(1 + tries):
        started = time.perf_counter()
        left @ right
        times.append(time.perf_counter() - started)
    return 2 * side**3 / min(times)


def _roofline(setup: Setup) -> tuple[Timed, Timed]:
    """The baseline computes as the epoch right before it did: in its precision, on its threads."""
    settings, mnist = config(NETWORK), setup.digits(QUICK)
    flops = flops_per_image(settings) * len(mnist.train)
    as_it_did = (torch.float32, 1)

    def epoch() -> Took:
        nonlocal as_it_did
        watch = Stopwatch()
        trainer = new_trainer(settings, mnist, torch.device("cpu"), [ThreadTuner(worth_it=ALONE), watch])
        trainer.run()
        threads = torch.get_num_threads()
        as_it_did = (torch.bfloat16 if trainer.precision == "bf16" else torch.float32, threads)
        return Took(watch.seconds, threads, {"flops_per_second": flops / watch.seconds})

    def products() -> Took:
        dtype, threads = as_it_did
        take_threads(threads)
        rate = product_rate(dtype, SIDE // 2 if setup.quick else SIDE)
        return Took(flops / rate, threads, {"attainable_flops_per_second": rate})

    return epoch, products


ROWS: dict[str, Row] = {
    f"roofline-{NETWORK}": Row(
        f"one epoch of {NETWORK}, precision auto: its products and convolutions, by the clock",
        "as many operations at the rate of large matrix products, the same precision and threads",
        0.5,
        _roofline,
    )
}
