"""Suspects: ranked by loss, and far better than luck at finding the labels that were flipped."""

import torch

from core.charts.evaluation_curves import label_errors_figure
from core.data import load
from core.data.digits import Digits
from core.models.inspect.label_errors import suspects
from core.recipes.texts import RECIPES
from core.training.trainer import new_trainer

SMALL = load("small")


def test_a_trained_network_finds_far_more_flipped_labels_than_luck() -> None:
    torch.set_num_threads(1)
    changes = {"flipped": 0.1, "hidden": (32,), "epochs": 6, "precision": "fp32", "validation": 0.1}
    config = RECIPES["mlp-module"].config.with_settings(changes)
    trainer = new_trainer(config, SMALL, torch.device("cpu"), keep_weights=False)
    trainer.run()
    learned = trainer.data.train
    assert isinstance(learned, Digits)
    found = suspects(trainer.module, learned, SMALL.train.labels, trainer.data.places)
    assert len(found.places) == trainer.n == 3600
    all_of_them = int(found.flipped.sum())
    hits, _ = found.among_first(all_of_them)
    assert 0.08 * trainer.n < all_of_them < 0.12 * trainer.n
    assert hits > 0.7 * all_of_them, "luck would find a tenth"
    assert (found.losses.diff() <= 0).all()
    assert torch.equal(found.given != found.true, found.flipped)
    assert int(found.found[-1]) == all_of_them


def test_losses_are_those_of_the_given_labels() -> None:
    images = torch.rand(6, 1, 28, 28)
    labels = torch.tensor([0, 1, 2, 3, 4, 5])
    flipped = torch.tensor([False, True, False, False, False, False])
    given = torch.where(flipped, 9, labels)
    model = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(784, 10))
    places = torch.tensor([0, 1, 3, 5])
    found = suspects(model, Digits(images, given), labels, places)
    assert sorted(found.places.tolist()) == places.tolist()
    for place, loss in zip(found.places, found.losses, strict=True):
        alone = -model(images[place : place + 1]).log_softmax(1)[0, given[place]]
        assert torch.isclose(loss, alone)
    assert found.among_first(4) == (1, 1)


def test_the_curve_ends_where_everything_interesting_is_over() -> None:
    found = torch.tensor([1, 2, 2, 3] + [3] * 96)
    fig = label_errors_figure(found, 4)
    line = next(trace for trace in fig.data if trace.name == "found")
    assert list(line.y[:4]) == [1, 2, 2, 3]
    assert fig.layout.xaxis.range == (0, 10)
    luck = next(trace for trace in fig.data if trace.name == "random order")
    assert luck.y[-1] == 10 * 3 / 100
