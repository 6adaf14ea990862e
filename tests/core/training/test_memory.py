"""What a run is reckoned to take, against what it takes; and that too much is refused, in a sentence."""

import ctypes
import gc
import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from core.__main__ import main
from core.config.errors import ConfigError
from core.config.race import Lane, RaceConfig
from core.config.run import CNNConfig, OptimizerConfig, RunConfig
from core.data.digits import Digits, Mnist
from core.jobs.registry import JobRegistry
from core.jobs.sweep.plan import SweepPlan
from core.jobs.training_job import start_training
from core.lessons.explorer.embedding import tsne_map
from core.lessons.race.race_job import start_race
from core.models import build
from core.models.threads import one_thread
from core.recipes.texts import RECIPES
from core.storage.paths import PROJECT
from core.storage.runs import RunStore
from core.training import memory
from core.training.callbacks import Callback, StopTraining
from core.training.memory import of_attack, of_map, of_race, of_sweep, of_training, size
from core.training.run_data import material_for
from core.training.trainer import Trainer, new_trainer

#: The 40 GB that sliders alone could ask for.
HUGE = {
    "channels": (256,) * 6,
    "kernels": (3,) * 6,
    "strides": (1,) * 6,
    "paddings": (1,) * 6,
    "pools": ("none",) * 6,
    "hidden": (),
    "batch_size": 10_000,
    "split": "none",
    "record_every": 0,
}
THREE = {"kernels": (3, 3), "strides": (1, 1), "paddings": (1, 1), "hidden": (10,)}
CASES = {
    "no pooling": ("cnn-bn", {**THREE, "channels": (32, 32), "pools": ("none", "none"), "batch_size": 250}),
    "batch norm": ("cnn-bn", {**THREE, "channels": (32, 32), "pools": ("max", "max"), "batch_size": 500}),
    "16 bits": (
        "cnn-bn",
        {
            **THREE,
            "channels": (32, 32),
            "pools": ("none", "average"),
            "batch_size": 500,
            "precision": "bf16",
            "activation": "gelu",
        },
    ),
    "many weights": ("mlp-deep", {"hidden": (2048, 2048), "batch_size": 100, "optimizer": "adam"}),
    "many images": ("mlp-deep", {"hidden": (512,) * 4, "batch_size": 8000}),
    "by hand": ("mlp-manual", {"hidden": (1024, 1024), "batch_size": 4000}),
    "recurrent": ("language-gru", {"batch_size": 1500, "per_language": 1000}),
}


def digits(n: int) -> Mnist:
    made = Digits(torch.rand(n, 1, 28, 28, generator=torch.Generator().manual_seed(0)), torch.arange(n) % 10)
    return Mnist("bundled", "small", made, made.take(slice(0, 100)))


class Two(Callback):
    """Ends a run after its second step: by then everything there will be is there."""

    def on_batch_end(self, trainer: Trainer) -> None:
        if trainer.steps == 2:
            raise StopTraining


def of_process(field: str) -> int:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(field))


def measured() -> None:
    """Print the bytes each case takes, as JSON. In a process of its own: others leave memory to use again.

    What PyTorch loads at its first steps belongs to no run.
    """
    for recipe in ("cnn-bn", "mlp-deep"):
        small = RECIPES[recipe].config.with_settings({"epochs": 1, "batch_size": 10, "precision": "fp32"})
        new_trainer(small, digits(20), torch.device("cpu"), [Two()]).run()
    took = {}
    for case in CASES:
        config = of_case(case)
        words = "language" in config.recipe
        material = material_for(config) if words else digits(config.train.batch_size * 2)
        before = forget_the_most()
        with one_thread():
            trainer = new_trainer(config, material, torch.device("cpu"), [Two()])
            trainer.run()
        assert trainer.steps == 2
        took[case] = of_process("VmHWM") - before
        del trainer, material
    print(json.dumps(took))


def of_case(case: str) -> RunConfig:
    recipe, changes = CASES[case]
    return RECIPES[recipe].config.with_settings({"precision": "fp32", "epochs": 1, **changes, "validation": 0.0})


def forget_the_most() -> int:
    """Let the process count the most memory it has from now on; what it has at this moment."""
    forget = Path("/proc/self/clear_refs")
    gc.collect()
    ctypes.CDLL("libc.so.6").malloc_trim(0)  # what was freed would serve again, unseen
    forget.write_text("5", encoding="ascii")
    return of_process("VmRSS")


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="others do not tell the most memory a process had")
def test_the_estimate_is_right_within_a_factor_of_two() -> None:
    code = "from tests.core.training.test_memory import measured; measured()"
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for case, took in json.loads(done.stdout).items():
        total = of_training(of_case(case)).total
        assert 0.5 < total / took < 2, (case, size(total), size(took))


def config(**changes: object) -> RunConfig:
    return RECIPES["cnn-lab"].config.with_settings(changes)


def test_sliders_that_ask_for_too_much_are_refused_with_what_to_lower(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "budget", lambda: 20 * 10**9)
    huge, small = config(**HUGE), config(epochs=0)
    assert of_training(huge).total > 40e9
    registry, two = JobRegistry(RunStore(tmp_path / "runs.sqlite"), at_once=2), digits(20)
    words = r"would take about \d+ GB of memory, but this machine has 20 GB .* Lower the batch size, or the"
    lanes = (Lane("a", OptimizerConfig("sgd")),)
    try:
        with pytest.raises(ConfigError, match=f"This training {words}"):
            start_training(registry, huge, two)
        with pytest.raises(ConfigError, match=f"This race {words}"):
            start_race(registry, RaceConfig(huge, lanes), two)
        with pytest.raises(ConfigError, match=f"This training {words}"):
            new_trainer(huge, two, torch.device("cpu"))
        job = start_training(registry, small, two)
        monkeypatch.setattr(memory, "budget", lambda: 10**6)
        with pytest.raises(ConfigError, match="This change would take"):
            job.change("batch_size", 5000)
        job.wait(30)
    finally:
        registry.close()


def test_what_runs_already_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = config(batch_size=1000, epochs=1)
    monkeypatch.setattr(memory, "budget", lambda: int(1.5 * of_training(one).total))
    registry = JobRegistry(RunStore(tmp_path / "runs.sqlite"), at_once=2)
    try:
        job = start_training(registry, one, digits(2000))
        job.pause()
        with pytest.raises(ConfigError, match="of which runs at work take"):
            start_training(registry, one, digits(20))
        job.stop()
        job.wait(60)
        start_training(registry, one, digits(20)).stop()
    finally:
        registry.close()


def test_a_map_of_too_many_images_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "budget", lambda: 10**6)
    with pytest.raises(ConfigError, match=r"This map would take .* Lower the number of images"):
        tsne_map(digits(100).train.images)


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("sweep", "cnn-bn", "--set", "lr=.1,.2", "--data", "small"), "This sweep"),
        (("attack", "cnn-bn", "--data", "small"), "This attack"),
        (("train", "cnn-bn", "--data", "small"), "This training"),
    ],
)
def test_commands_ask_first(
    words: tuple[str, ...],
    what: str,
    own_home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(memory, "budget", lambda: 10**6)
    assert main(words) == 2
    assert f"{what} would take about" in capsys.readouterr().err
    assert not RunStore().all()


def test_parameters_are_counted_as_the_networks_have_them() -> None:
    for recipe in ("mlp-deep", "cnn-bn", "regression-sine", "language-gru"):
        model = RECIPES[recipe].config.model
        network = build(model, torch.Generator().manual_seed(0))
        assert memory.parameters(model) == sum(p.numel() for p in network.parameters())


def test_races_sweeps_and_attacks_add_up() -> None:
    base = config()
    adam = base.with_settings({"optimizer": "adam"})
    race = RaceConfig(base, (Lane("a", OptimizerConfig("sgd")), Lane("b", OptimizerConfig("adam"))))
    assert of_race(race).parameters == of_training(base).parameters + of_training(adam).parameters
    plan = SweepPlan(base, {"batch_size": (10, 100, 1000)})
    largest = of_training(base.with_settings({"batch_size": 1000, "precision": "fp32"}))
    assert of_sweep([trial.config for trial in plan.trials()], 2).activations == 2 * largest.activations
    assert isinstance(base.model, CNNConfig)
    assert of_attack(base.model, 10_000).total > of_attack(base.model, 100).total > 0
    assert of_map(2000).total == 2 * of_map(1000).total


def test_sizes_are_written_for_people() -> None:
    written = {500: "0.5 kB", 9.4e6: "9.4 MB", 123e6: "123 MB", 2.34e9: "2.3 GB", 20e9: "20 GB"}
    assert {count: size(count) for count in written} == written
    assert 10**8 < memory.budget() < 10**14
