"""What an earlier version wrote opens: its file of runs, its checkpoints, its weight histories.

`written_before/` was made by the commands `train regression-sine`, `train mlp-module --set hidden=2` and
`train cnn-lab --set channels=1,2`, on the bundled digits.
"""

import shutil
from pathlib import Path

import pytest
import torch

from core.config.run import CNNConfig, CurveConfig, MLPConfig
from core.data import load
from core.models.evaluation import evaluate
from core.models.trained_network import load_run
from core.storage.checkpoints import find_checkpoint, run_checkpoint
from core.storage.runs import RunStore
from core.storage.weight_history import load_weight_history, weight_history_path

BEFORE = Path(__file__).parent / "written_before"
CURVE, MLP, CNN = "c3e5bda3", "8940726a", "3a4a0644"


@pytest.fixture(autouse=True)
def home_of_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(BEFORE, tmp_path / "home")
    monkeypatch.setenv("DIGITLAB_HOME", str(tmp_path / "home"))


def test_every_run_is_listed_with_what_it_measured() -> None:
    runs = {run.run_id: run for run in RunStore().all()}
    assert set(runs) == {CURVE, MLP, CNN}
    assert runs[MLP].name == "one hidden layer of two"
    assert (runs[MLP].test_accuracy, runs[MLP].config.mlp.hidden) == (0.118, (2,))
    assert runs[CNN].config.cnn.channels == (1, 2)
    assert isinstance(runs[CURVE].config.data, CurveConfig)


def test_a_run_opens_with_its_whole_history() -> None:
    store = RunStore()
    assert len(store.get(MLP).history.loss) == 16
    assert store.get(CURVE).history.last("epoch") == 30
    assert "layers.out.weight" in store.get(CNN).history.gradients[0]


def test_a_run_can_be_renamed_and_deleted() -> None:
    store = RunStore()
    store.rename(CURVE, "mine")
    store.delete(CNN, None)
    assert {run.name for run in store.all()} == {"mine", "one hidden layer of two"}


@pytest.mark.usefixtures("bundled_only")
def test_its_network_predicts_as_it_did() -> None:
    test = load("small").test
    network, record = load_run(MLP), RunStore().get(MLP)
    assert isinstance(network.config.model, MLPConfig)
    assert evaluate(network.model, test).accuracy == record.test_accuracy
    assert (network.source, network.id, network.config) == ("run", MLP, record.config)


def test_its_network_is_found_after_every_epoch() -> None:
    network = load_run(CNN)
    assert isinstance(network.config.model, CNNConfig)
    assert find_checkpoint(CNN) == run_checkpoint(CNN)
    frames = load_weight_history(weight_history_path(run_checkpoint(CNN)))
    assert frames[0].epoch == 0
    assert frames[0].weights.keys() == network.model.state_dict().keys()
    assert len(load_weight_history(weight_history_path(run_checkpoint(CURVE)))) > 5
    assert torch.isfinite(torch.cat([w.flatten() for w in frames[0].weights.values()])).all()
