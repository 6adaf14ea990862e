"""The classifiers see what is there, in their own space, and cannot be trained by accident."""

import hashlib
from pathlib import Path

import pytest
import torch

from core.config.errors import DataError, NotFound
from core.lessons.race.imagenet import alexnet, classifiers
from core.lessons.race.imagenet.classifiers import CLASSIFIERS, Classifier, digit_classifier, load_classifier
from core.lessons.race.imagenet.photos import PHOTOS, sample
from core.models.trained_network import load_shipped


@pytest.fixture(scope="module")
def lite() -> Classifier:
    return load_classifier("efficientnet-lite0")


def test_the_daisy_is_a_daisy_in_its_own_space_and_none_in_imagenets(lite: Classifier) -> None:
    flower = sample("flower")
    assert lite.top(lite.probabilities(flower))[0][0] == "daisy"
    mean, std = (torch.tensor(v).view(3, 1, 1) for v in ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)))
    wrong = Classifier("wrong", "wrong", lite.model, mean, std, lite.labels)
    assert wrong.top(wrong.probabilities(flower))[0][0] == "lampshade"


def test_its_space_is_byte_minus_127_over_128(lite: Classifier) -> None:
    bytes_ = torch.tensor([0.0, 127.0, 255.0]).view(1, 1, 3).expand(3, 1, 3)
    seen = lite.normalize(bytes_ / 255)
    torch.testing.assert_close(seen, (bytes_ - 127) / 128, atol=1e-6, rtol=0)
    torch.testing.assert_close(lite.denormalize(seen), bytes_ / 255)


def test_the_palace_in_china(lite: Classifier) -> None:
    top = lite.top(lite.probabilities(sample("china")))
    assert {"palace", "bell cote"} <= {name for name, _ in top}
    assert len(top) == 5
    assert [chance for _, chance in top] == sorted((chance for _, chance in top), reverse=True)
    assert float(lite.probabilities(sample("china")).sum()) == pytest.approx(1, abs=1e-4)


def test_every_photo_is_here_and_fits() -> None:
    for name in PHOTOS:
        picture = sample(name)
        assert picture.shape == (3, 224, 224)
        assert picture.dtype == torch.float32
        assert 0 <= float(picture.min()) < float(picture.max()) <= 1
    with pytest.raises(NotFound, match="there are china"):
        sample("panda")


def test_weights_are_frozen(lite: Classifier) -> None:
    assert not lite.model.training
    assert not any(weight.requires_grad for weight in lite.model.parameters())


@pytest.mark.parametrize("name", ["mlp-autograd", "cnn-bn"])
def test_any_shipped_network_reads_digits_and_stays_as_it_is(name: str) -> None:
    model = load_shipped(name).model
    flags = [weight.requires_grad for weight in model.parameters()]
    ours = digit_classifier(name, model)
    image = torch.rand(1, 28, 28, generator=torch.Generator().manual_seed(0))
    assert ours.probabilities(image).shape == (10,)
    with torch.no_grad():
        expected = model(image.unsqueeze(0)).softmax(1)[0]
    torch.testing.assert_close(ours.probabilities(image), expected)
    assert [weight.requires_grad for weight in model.parameters()] == flags, "the shared one was frozen too"


def test_names_and_numbers_are_one_to_one() -> None:
    names = classifiers.names()
    assert len(set(names)) == len(names) == 1000
    assert names[classifiers.LEOPARD] == "leopard"
    assert [classifiers.index_of(name) for name in names] == list(range(1000))
    assert classifiers.index_of(" Leopard ") == 288
    assert "snow leopard" in classifiers.search("LEOPARD")
    with pytest.raises(NotFound, match="leopard"):
        classifiers.index_of("leopart")
    with pytest.raises(NotFound, match="no 'qqqq'"):
        classifiers.index_of("qqqq")


def test_an_unknown_classifier_gets_a_sentence() -> None:
    with pytest.raises(NotFound, match="there are efficientnet-lite0"):
        load_classifier("resnet")


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("DIGITLAB_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path / "hub"))
    return tmp_path


def test_alexnet_without_weights_is_a_sentence_not_a_download(nowhere: Path) -> None:
    assert not CLASSIFIERS["alexnet"].at_hand()
    with pytest.raises(NotFound, match="not on this machine"):
        load_classifier("alexnet")


def test_a_download_is_checked_and_all_or_nothing(nowhere: Path) -> None:
    source = nowhere / "weights"
    source.write_bytes(b"weights" * 1000)
    seen: list[tuple[int, int]] = []
    with pytest.raises(DataError, match="wrong checksum"):
        alexnet.download(url=source.as_uri(), sha256="0000", timeout=2)
    page = nowhere / "page"
    page.write_bytes(b"<html><body>Please log in</body></html>")
    with pytest.raises(DataError, match="a web page instead of the file: a log-in page or a proxy"):
        alexnet.download(url=page.as_uri(), timeout=2)
    with pytest.raises(DataError, match="no connection"):
        alexnet.download(url="http://127.0.0.1:9/weights", timeout=2)
    assert alexnet.weights_file() is None
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    place = alexnet.download(lambda *at: seen.append(at), url=source.as_uri(), sha256=digest[:8], timeout=2)
    assert alexnet.weights_file() == place
    assert place.read_bytes() == source.read_bytes()
    assert seen[-1] == (7000, 7000)
    assert [path.name for path in place.parent.iterdir()] == [alexnet.FILE]
    with pytest.raises(DataError, match="damaged"):
        load_classifier("alexnet")
