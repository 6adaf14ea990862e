"""The tab "For an image" in Streamlit's harness: on digits, which take no time, and a look at the photos."""

import io
from collections.abc import Iterator

import pytest
import torch
from PIL import Image
from streamlit.testing.v1 import AppTest

from core.config.optimizers import OPTIMIZERS
from core.data import load
from core.formatting import number
from core.lessons.race.imagenet import alexnet, best_rate
from core.lessons.race.imagenet.best_rate import RATES, RateSweep
from core.lessons.race.imagenet.classifiers import digit_classifier
from core.lessons.race.imagenet.race import Moment, Race, at_rates
from core.models.trained_network import load_shipped
from pages.ui.kit.shell.cache import mnist, shipped_model
from pages.ui.race import image_live, image_race_session
from pages.ui.race.image_race import CODE, fair, for_an_image
from pages.ui.race.image_race_session import Contest, Settings, Subject
from tests.pages.harness import open_part, text, well

KEY = "race_image_contest"


@pytest.fixture(autouse=True)
def newcomer(bundled_only: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    mnist.clear()
    monkeypatch.setattr(image_race_session, "SLICE", 30.0)
    monkeypatch.setattr("pages.ui.race.image_live.SLICE", 30.0)  # all of a stage between two drawings
    yield
    mnist.clear()


def tab(**state: object) -> AppTest:
    chosen = {"kind": "a digit", "iterations": 10, **state}
    return open_part(for_an_image, state={f"race_image_{name}": value for name, value in chosen.items()})


def held(app: AppTest) -> Contest:
    contest = app.session_state[KEY]
    assert isinstance(contest, Contest)
    return contest


def finish(app: AppTest) -> AppTest:
    """As the ticks do in a browser: draw, work, draw."""
    for _ in range(40):
        if not held(app).running:
            return well(app.run())
        well(app.run())
    raise AssertionError("the race never ends")


def press(app: AppTest, name: str) -> AppTest:
    return well(app.button(key=f"race_image_{name}").click().run())


def test_a_race_on_a_digit_then_each_at_its_best_rate() -> None:
    app = tab()
    assert "cnn-lab predicts" in text(app)
    assert "True class: **" in text(app)
    assert app.button(key="race_image_stop").disabled
    app = finish(press(app, "start"))
    contest = held(app)
    assert contest.shared.finished
    assert set(contest.shared.lanes) == {"sgd", "rmsprop", "adam"}
    assert len(contest.shared.lanes["adam"].moments) == 11
    assert "Claim: “" in text(app)
    assert f"Adam at {number(contest.shared.lanes['adam'].last.loss)}" in text(app)
    app = finish(press(app, "own"))
    contest = held(app)
    assert contest.best.finished
    for name, lane in contest.best.lanes.items():
        assert lane.config["lr"] == contest.sweep.best()[name].rate
        assert len(lane.moments) == 11
    assert "Tuned learning rates" in text(app)
    assert "Learning rates 0.001" in text(app)
    assert len(app.dataframe) == 2
    assert [column[:2] for column in app.dataframe[0].value] == ["", "1.", "2.", "3."]


def test_it_stops_keeps_what_it_has_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pages.ui.race.image_live.SLICE", 0.0)
    monkeypatch.setattr(Contest, "work", lambda self, seconds: next(self.stage.turns(), None))
    app = press(tab(), "start")
    well(app.run())
    assert held(app).running
    assert app.selectbox(key="race_image_network").disabled, "nothing may change while it runs"
    app = press(app, "stop")
    done = held(app).shared.done
    assert 0 < done < held(app).shared.total
    well(app.run())
    assert held(app).shared.done == done, "it goes on although it was stopped"
    assert not app.selectbox(key="race_image_network").disabled
    monkeypatch.undo()
    app = finish(press(app, "on"))
    assert held(app).shared.finished


def test_every_control_reaches_the_race() -> None:
    before = {name: tensor.clone() for name, tensor in shipped_model("mlp-module").model.state_dict().items()}
    app = tab()
    names = [entry.title for name, entry in OPTIMIZERS.items() if name in ("adagrad", "momentum")]
    app.multiselect(key="race_image_runners").set_value(names)
    app.select_slider(key="race_image_rate").set_value(0.1)
    app.slider(key="race_image_iterations").set_value(20)
    app.toggle(key="race_image_clip").set_value(True)
    app.selectbox(key="race_image_digit").set_value("7")
    app.selectbox(key="race_image_network").set_value("mlp-module")
    app.number_input(key="race_image_index_small").set_value(11)
    app = finish(press(well(app.run()), "start"))
    contest = held(app)
    assert set(contest.shared.lanes) == {"momentum", "adagrad"}
    for lane in contest.shared.lanes.values():
        assert (lane.config["lr"], lane.clip, lane.target) == (0.1, True, 7)
        assert len(lane.moments) == 21
        assert torch.equal(lane.start, load("small").test.images[11])
        assert lane.classifier.name == "mlp-module"
        assert lane.last.loss < lane.moments[0].loss
    now = shipped_model("mlp-module").model.state_dict()
    assert all(torch.equal(tensor, before[name]) for name, tensor in now.items())
    assert "race SGD, RMSprop and Adam" in text(app)
    app.toggle(key="race_image_log").set_value(False)
    app.select_slider(key="race_image_k").set_value(100)
    well(app.selectbox(key="race_image_digit").set_value("2").run())
    assert "Shown: the race on test image 11, target “7”" in text(app)


def test_no_optimizer_no_race() -> None:
    app = tab()
    well(app.multiselect(key="race_image_runners").set_value([]).run())
    assert app.button(key="race_image_start").disabled
    assert "at least one optimizer" in text(app)


def test_the_first_view_of_a_photo() -> None:
    app = tab(kind="a photo", photo="A flower")
    assert "EfficientNet-Lite0 predicts" in text(app)
    assert "“leopard”: probability" in text(app)
    well(app.selectbox(key="race_image_target").set_value("daisy (985)").run())
    assert "rank 1 of 1,000" in text(app)


def test_alexnet_is_offered_not_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alexnet, "weights_file", lambda: None)
    app = tab(kind="a photo", classifier="AlexNet")
    assert "not on this machine" in text(app)
    assert app.button(key="race_image_start").disabled
    monkeypatch.setattr(
        alexnet.download, "__kwdefaults__", {"url": "http://127.0.0.1:9/x", "sha256": "0", "timeout": 1.0}
    )
    app.button(key="race_image_get").click().run()
    assert not app.exception
    assert "no connection" in app.error[0].value


@pytest.mark.parametrize("good", [True, False])
def test_an_upload(good: bool) -> None:
    file = io.BytesIO()
    Image.new("CMYK", (300, 200), (0, 200, 200, 0)).save(file, "JPEG")
    app = tab(kind="a photo", photo="My own image…")
    assert app.button(key="race_image_start").disabled
    app.file_uploader(key="race_image_file").set_value(
        ("mine.jpg", file.getvalue() if good else b"no picture", "image/jpeg")
    ).run()
    assert not app.exception
    assert app.button(key="race_image_start").disabled != good
    assert [error.value for error in app.error] == (
        [] if good else ["This file is not an image that can be read (PNG, JPEG, WEBP, BMP, GIF or TIFF)."]
    )


def test_what_fails_in_the_middle_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    app = tab()

    def broken(self: Race) -> None:
        raise ValueError

    monkeypatch.setattr(Race, "turns", broken)
    app.button(key="race_image_start").click().run()
    for _ in range(2):  # it stays on the screen when the part is drawn again
        assert not app.exception
        assert "The server's log says why" in app.error[0].value
        assert not held(app).running
        app.run()
    monkeypatch.undo()
    app = finish(press(app, "on"))
    assert held(app).shared.finished


def test_two_pictures_of_one_title_are_two_races() -> None:
    digits = digit_classifier("cnn-lab", load_shipped("cnn-lab").model)
    picture = load("small").test.images[4]
    one, same, other = (
        Settings(digits, Subject(picture, "your drawing", key=key), 3, ("sgd",), 0.01, 10, False)
        for key in ("a", "a", "b")
    )
    assert one.same_as(same)
    assert not one.same_as(other)


def test_the_price_is_told_from_the_numbers() -> None:
    digits = digit_classifier("cnn-lab", load_shipped("cnn-lab").model)
    picture = load("small").test.images[4]

    def raced(rate: float) -> Race:
        race = Race(digits, picture, 3, at_rates({"sgd": rate}), 2)
        for _ in race.turns():
            pass
        return race

    little, much = raced(1e-4), raced(1e-2)
    assert "grew from L2" in image_live.compared(little, much)
    assert "grew from L2" not in image_live.compared(much, little)
    assert "The largest perturbation" in image_live.compared(much, little)


def test_words_say_what_the_numbers_say() -> None:
    digits = digit_classifier("cnn-lab", load_shipped("cnn-lab").model)
    picture = load("small").test.images[4]
    race = Race(digits, picture, 3, at_rates({"sgd": 1e-4, "rmsprop": 1e-4, "adam": 1e-4}), 2)
    for _ in race.turns():
        pass
    assert "does not hold" in image_live.claim(race)
    assert "No optimizer has made the classifier predict **3**" in image_live.who_is_first(race, "3")
    label = int(load("small").test.labels[4])
    own = Race(digits, picture, label, at_rates({"sgd": 0.01}), 1)
    for _ in own.turns():
        pass
    assert "already: choose another target class" in image_live.who_is_first(own, str(label))


def test_first_to_the_target_and_first_by_loss_are_told_apart() -> None:
    def went(name: str, losses: list[float], there: int) -> None:
        race.lanes[name].moments = [
            Moment(i, loss, 0.5, (("3" if i >= there else "1", 0.9),), l2=1.0, linf=0.1, outside=0.0)
            for i, loss in enumerate(losses)
        ]

    digits = digit_classifier("cnn-lab", load_shipped("cnn-lab").model)
    race = Race(digits, load("small").test.images[4], 3, at_rates({"sgd": 0.1, "adam": 0.1}), 2)
    went("sgd", [9.0, 2.0, 1.5], 1)
    went("adam", [9.0, 4.0, 0.1], 2)
    told = image_live.who_is_first(race, "3")
    assert "**SGD** reached **3** first, after 1 iteration" in told
    assert "The lowest loss is that of **Adam**, 0.1 nats" in told
    went("adam", [9.0, 4.0, 3.0], 2)
    assert "lowest loss" not in image_live.who_is_first(race, "3")


def test_the_number_of_pixel_values_is_that_of_the_picture() -> None:
    assert "one of 784 pixel values" in fair(784)
    assert "one of 150,528 pixel values" in fair(3 * 224 * 224)
    assert "a single pixel value" in fair(None)


def test_time_left_counts_what_was_asked_for() -> None:
    digits = digit_classifier("cnn-lab", load_shipped("cnn-lab").model)
    subject = Subject(load("small").test.images[4], "test")
    contest = Contest(
        Settings(digits, subject, 3, ("sgd",), 0.01, 10, False),
        Race(digits, subject.picture, 3, at_rates({"sgd": 0.01}), 10),
    )
    assert contest.left is None
    contest.work(60)
    assert (contest.running, contest.left) == (False, 0.0)
    contest.ask_for_best()
    contest.pace = 1.0
    assert contest.left == len(RATES) * (best_rate.TRIES + 1) + 11
    assert isinstance(contest.stage, RateSweep)


def test_the_code_runs() -> None:
    digits = digit_classifier("cnn-lab", load_shipped("cnn-lab").model)
    names: dict[str, object] = {
        "model": digits.model,
        "normalize": digits.normalize,
        "denormalize": digits.denormalize,
        "image": load("small").test.images[4],
        "target": 3,
    }
    exec(CODE, names)
    losses = names["losses"]
    assert losses[-1] < losses[0]
