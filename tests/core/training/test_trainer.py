"""The training loop: the same for every recipe, repeatable, and right."""

import math

import pytest
import torch

from core.config.errors import ConfigError
from core.config.optimizers import OPTIMIZERS
from core.config.run import DIGIT_READERS, FAMILIES, RunConfig
from core.data.digits import Digits
from core.data.examples import RunData
from core.models import as_module
from core.recipes.texts import RECIPES, train_recipes
from core.storage.history import History
from core.training.callbacks import Callback, Replay, StopTraining
from core.training.trainer import Diverged, Trainer, initial_network

TRAINABLE = train_recipes(DIGIT_READERS)


@pytest.fixture(scope="module")
def data() -> RunData:
    """600 made-up training images that can be learned: class k has a bright block at place k."""
    generator = torch.Generator().manual_seed(3)
    labels = torch.arange(700) % 10
    images = torch.rand(700, 1, 28, 28, generator=generator) * 0.3
    for index, label in enumerate(labels.tolist()):
        images[index, 0, 2 * label : 2 * label + 4, 5:20] += 0.7
    digits = Digits(images.clamp(0, 1), labels)
    return RunData(digits.take(slice(0, 600)), digits.take(slice(600, 700)))


def run(config: RunConfig, data: RunData, *callbacks: Callback) -> Trainer:
    trainer = Trainer(config, data, callbacks)
    trainer.run()
    return trainer


def recipe(name: str, **changes: object) -> RunConfig:
    return RECIPES[name].config.with_settings({"epochs": 2, **changes})


SLOW = ("cnn-bn", "cnn-nobn", "cnn-robust", "fast-99")


@pytest.mark.parametrize("name", [pytest.param(n, marks=pytest.mark.long) if n in SLOW else n for n in TRAINABLE])
def test_every_recipe_learns_and_repeats_itself(name: str, data: RunData) -> None:
    # The slow ones get a few epochs only, and a rate that their momentum multiplies by ten.
    rate, epochs = (0.01, 4) if name.startswith("cnn") else (0.1, 12)
    config = recipe(name, epochs=epochs, lr=rate, batch_size=32)
    first = run(config, data)
    assert first.history.last("test_accuracy") > 0.5
    assert first.history.epochs[0]["epoch"] == 0
    assert first.steps == epochs * math.ceil(600 / 32)
    assert first.history.examples_per_step[18] == 600 - 18 * 32  # the last batch holds what is left
    short = config.with_settings({"epochs": 1})
    one, same, other = (run(short.with_settings({"seed": seed}), data) for seed in (0, 0, 1))
    assert one.history.loss == same.history.loss
    assert one.history.loss[0] == first.history.loss[0] != other.history.loss[0]


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_lowers_the_loss(name: str, data: RunData) -> None:
    trainer = run(recipe("mlp-module", optimizer=name, epochs=4, batch_size=20), data)
    assert trainer.history.last("train_loss") < trainer.history.epochs[0]["train_loss"]


def test_first_step_is_the_formula(data: RunData) -> None:
    """W := W − lr · ∂L/∂W, against autograd on the same batch, for the raw tensors."""
    config = recipe("mlp-autograd", lr=0.3)
    trainer = Trainer(config, data)

    class OneStep(Callback):
        def on_batch_begin(self, trainer: Trainer) -> None:
            if trainer.steps == 1:
                raise StopTraining

    trainer.callbacks.append(OneStep())
    start = as_module(initial_network(config, data))
    trainer.run()
    batch = trainer.order[:128]
    logits = start(data.train.images[batch])
    torch.nn.functional.cross_entropy(logits, data.train.labels[batch]).backward()
    for name, parameter in start.named_parameters():
        moved = trainer.module.get_parameter(name)
        torch.testing.assert_close(moved, parameter - 0.3 * parameter.grad, rtol=1e-5, atol=1e-7)


def test_three_ways_of_writing_the_network_give_one_curve(data: RunData) -> None:
    curves = [run(recipe("mlp-autograd", family=family), data).history.loss for family in FAMILIES]
    for curve in curves[1:]:
        assert curve == pytest.approx(curves[0], rel=1e-4)


def test_summed_loss_is_reported_per_image_but_steps_further(data: RunData) -> None:
    mean, total = (run(recipe("mlp-autograd", reduction=r), data) for r in ("mean", "sum"))
    assert mean.history.loss[0] == pytest.approx(total.history.loss[0], rel=1e-5)
    moved = [(t.network.tensors["W_o"] - initial_network(t.start, data).tensors["W_o"]).norm() for t in (mean, total)]
    assert moved[1] > 10 * moved[0]


def test_every_image_once_an_epoch_whatever_the_batch_size_does(data: RunData) -> None:
    seen: list[int] = []

    class Watch(Callback):
        def on_batch_begin(self, trainer: Trainer) -> None:
            if trainer.steps == 3:
                trainer.change("batch_size", 50)
            size = trainer.config.train.batch_size
            seen.extend(trainer.order[trainer.position : trainer.position + size].tolist())

    run(recipe("mlp-autograd", epochs=1), data, Watch())
    assert sorted(seen) == list(range(600))


def test_live_changes_are_recorded_and_replayed(data: RunData) -> None:
    class Meddle(Callback):
        def on_batch_begin(self, trainer: Trainer) -> None:
            if trainer.steps == 2:
                trainer.change("lr", 0.5)
            if trainer.steps == 4:
                trainer.change("batch_size", 16)

    config = recipe("mlp-autograd", epochs=2)
    live = run(config, data, Meddle())
    assert [(c["step"], c["name"]) for c in live.history.changes] == [(2, "lr"), (4, "batch_size")]
    again = run(live.start, data, Replay(live.history.changes))
    assert again.history.loss == live.history.loss
    assert again.history.loss != run(config, data).history.loss


@pytest.mark.parametrize(
    ("name", "epsilon"),
    [*((n, 0.0) for n, entry in OPTIMIZERS.items() if "epsilon" in entry.settings), ("adam", 1e-60)],
)
def test_a_division_by_zero_is_not_blamed_on_the_rate(name: str, epsilon: float, data: RunData) -> None:
    black = data.train.inputs.clone()
    black[:, :, :4] = 0  # pixels that are always black: their weights never have a gradient
    digits = Digits(black, data.train.labels)
    changes = {"optimizer": name, "epsilon": epsilon, "normalize": False}
    trainer = Trainer(recipe("mlp-module", **changes), RunData(digits, data.test))
    with pytest.raises(Diverged, match=r"divided by zero.*epsilon") as raised:
        trainer.run()
    assert "learning rate" not in str(raised.value)
    usual = OPTIMIZERS[name].settings["epsilon"].default
    sound = trainer.start.with_settings({"epsilon": usual})
    assert run(sound, RunData(digits, data.test)).history.loss[-1] is not None


ALONE = {
    "norm_hidden": True,
    "hidden": (8,),
    "channels": (4,),
    "kernels": (3,),
    "strides": (1,),
    "paddings": (0,),
    "pools": ("max",),
    "split": "none",
}


def test_batch_norm_refuses_a_batch_of_one_before_the_first_step(data: RunData) -> None:
    cnn = recipe("cnn-lab", **ALONE)
    with pytest.raises(ConfigError, match="at least two images"):
        cnn.with_settings({"batch_size": 1})
    for adversarial in ("none", "fgsm"):
        lonely = cnn.with_settings({"batch_size": 599, "adversarial": adversarial})
        with pytest.raises(ConfigError, match="600 images in batches of 599 leave one alone"):
            Trainer(lonely, data)
    assert run(cnn.with_settings({"batch_size": 300, "epochs": 1}), data).steps == 2
    # over more than one pixel a channel has a spread, also in one image
    wide = recipe("cnn-bn", batch_size=1, split="none")
    assert not wide.one_value


def test_batch_norm_refuses_a_live_change_that_leaves_one_image(data: RunData) -> None:
    class Meddle(Callback):
        def on_batch_begin(self, trainer: Trainer) -> None:
            for size in (599, 399) if trainer.steps == 2 else ():  # 600 and 400 images are left
                with pytest.raises(ConfigError, match="leave one alone"):
                    trainer.change("batch_size", size)

    trainer = run(recipe("cnn-lab", **ALONE, batch_size=100), data, Meddle())
    assert (trainer.steps, trainer.history.changes) == (12, [])


def test_a_rate_too_high_stops_with_an_explanation(data: RunData) -> None:
    trainer = Trainer(recipe("mlp-deep", lr=100.0, epochs=30), data)
    with pytest.raises(Diverged, match="learning rate 100 is too high"):
        trainer.run()
    assert trainer.history.loss[-1] is None
    assert trainer.history.last("test_accuracy") is None, "of numbers that are none"
    assert trainer.history.last("test_loss") is None
    assert History.from_json(trainer.history.to_json()) == trainer.history


def test_stopping_in_mid_epoch_keeps_and_measures_what_there_is(data: RunData) -> None:
    class Stop(Callback):
        def on_batch_begin(self, trainer: Trainer) -> None:
            if trainer.steps == 7:
                raise StopTraining

    trainer = run(recipe("mlp-autograd", batch_size=60), data, Stop())
    assert len(trainer.history.loss) == 7
    assert trainer.history.epochs[-1]["epoch"] == pytest.approx(0.7)


def test_a_run_can_go_on(data: RunData) -> None:
    trainer = run(recipe("mlp-autograd", epochs=1), data)
    trainer.change("epochs", 3)
    trainer.run()
    straight = run(recipe("mlp-autograd", epochs=3), data)
    assert trainer.history.loss == straight.history.loss


def test_dropout_draws_from_the_runs_own_generator(data: RunData) -> None:
    config = recipe("mlp-deep", dropout=0.5)
    first = run(config, data).history.loss

    class Noise(Callback):
        def on_batch_begin(self, trainer: Trainer) -> None:
            torch.rand(3)  # a neighbor in the same process

    assert run(config, data, Noise()).history.loss == first
    assert run(recipe("mlp-deep"), data).history.loss != first


def test_gradient_sizes_are_the_root_mean_square(data: RunData) -> None:
    config = recipe("mlp-autograd", epochs=1)
    trainer = run(config, data)
    start = as_module(initial_network(config, data))
    batch = torch.randperm(600, generator=Trainer(config, data).order_stream)[:128]
    torch.nn.functional.cross_entropy(start(data.train.images[batch]), data.train.labels[batch]).backward()
    expected = start.get_parameter("W_h").grad.square().mean().sqrt().item()
    assert trainer.history.gradients[0]["W_h"] == pytest.approx(expected, rel=1e-4)


def test_normalization_is_measured_on_the_training_images(data: RunData) -> None:
    trainer = Trainer(recipe("mlp-deep"), data)
    layer = trainer.module.normalize
    assert layer.mean.item() == pytest.approx(data.train.images.mean().item(), rel=1e-5)
    assert layer(data.train.images).std().item() == pytest.approx(1, rel=1e-3)


def test_no_images_is_a_sentence(data: RunData) -> None:
    with pytest.raises(ConfigError, match="no training images"):
        Trainer(recipe("mlp-deep"), RunData(data.train.take(slice(0, 0)), data.test))


def test_bf16_learns_too(data: RunData) -> None:
    trainer = run(recipe("mlp-module", precision="bf16", epochs=6, batch_size=32), data)
    assert trainer.precision == "bf16"
    assert trainer.history.last("test_accuracy") > 0.5


@pytest.mark.long
@pytest.mark.parametrize("name", TRAINABLE)
def test_pixels_that_come_rounded_change_no_loss(name: str, data: RunData) -> None:
    """Where a network rounds them to 16 bits anyway, and only there, batches are taken from rounded ones."""
    config = recipe(name, precision="bf16", epochs=1, batch_size=64, record_every=0)
    trainer, exact = Trainer(config, data), Trainer(config, data)
    exact.source = exact.inputs
    trainer.run()
    exact.run()
    assert trainer.history.loss == exact.history.loss
    small_or_fine = ("linear-softmax", "mlp-deep", "cnn-robust")  # small product; normalized; attacked
    assert (trainer.source.dtype == torch.bfloat16) == (name not in small_or_fine)


def test_epochs_added_after_the_end_and_stops_are_replayed(data: RunData) -> None:
    trainer = run(recipe("mlp-autograd", epochs=1), data)
    trainer.change("epochs", 2)
    trainer.run()
    again = run(trainer.start, data, Replay(trainer.history.changes))
    assert again.history.loss == trainer.history.loss
    assert again.epoch == 2

    class Stop(Callback):
        def on_batch_begin(self, trainer: Trainer) -> None:
            if trainer.steps == 3:
                raise StopTraining

    stopped = run(recipe("mlp-autograd", epochs=5), data, Stop())
    repeated = run(stopped.start, data, Replay(stopped.history.changes))
    assert repeated.history.loss == stopped.history.loss
    assert len(repeated.history.loss) == 3


def test_validation_images_are_held_out_without_copying_any(data: RunData) -> None:
    kept, held_out = torch.arange(100, 600), torch.arange(100)
    split = RunData(data.train, data.test, kept, held_out)
    seen: set[int] = set()

    class Watch(Callback):
        def on_batch_begin(self, trainer: Trainer) -> None:
            seen.update(trainer.order.tolist())

    trainer = run(recipe("mlp-deep", epochs=2, lr=0.1), split, Watch())
    assert seen == set(range(100, 600))
    assert trainer.inputs.data_ptr() == data.train.images.data_ptr()
    assert trainer.module.normalize.mean.item() == pytest.approx(data.train.images[100:].mean().item(), rel=1e-5)
    outputs = trainer.module.eval()(data.train.images[:100])
    expected = (outputs.argmax(1) == data.train.labels[:100]).float().mean().item()
    assert trainer.history.last("validation_accuracy") == pytest.approx(expected)
