"""The download against a server of our own: everything that can go wrong on the way ends in a sentence."""

import gzip
import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from core.config.errors import DataError
from core.data.download import Resource, download, official_mirrors, official_resources
from core.data.idx import FILES
from core.data.mnist_folder import read_folder


class Mirror(BaseHTTPRequestHandler):
    """Serves `files`; the first part of the address says how well: /good, /short, /wrong, /drip, /silent."""

    files: dict[str, bytes]
    stop = threading.Event()

    def do_GET(self) -> None:
        _, manner, name = self.path.split("/")
        content = self.files.get(name, b"")
        if manner == "missing":
            self.send_error(404)
            return
        if manner == "page":
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(b"\n<!DOCTYPE html><title>Welcome to the hotel</title>" + bytes(len(content)))
            return
        if manner == "login":
            self.send_error(511)
            return
        if manner == "silent":
            self.stop.wait(5)
            return
        self.send_response(200)
        if manner != "short":
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if manner == "wrong":
            content = content[:-1] + bytes([content[-1] ^ 1])
        if manner == "drip":
            for start in range(len(content)):
                if self.stop.wait(0.05):
                    return
                self.wfile.write(content[start : start + 1])
                self.wfile.flush()
        self.wfile.write(content[: len(content) // 2] if manner == "short" else content)

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent: pytest's output is for failures."""


@pytest.fixture(scope="module")
def resources() -> list[Resource]:
    """Four blank files of the right form, packed, as the fake mirror serves them."""
    Mirror.files = {}
    for file in FILES:
        Mirror.files[f"{file.name}.gz"] = gzip.compress(file.header + bytes(int(np.prod(file.shape))), 1)
    return [Resource(name, hashlib.md5(content).hexdigest(), len(content)) for name, content in Mirror.files.items()]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    Mirror.stop.clear()
    served = ThreadingHTTPServer(("127.0.0.1", 0), Mirror)
    threading.Thread(target=served.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{served.server_port}"
    Mirror.stop.set()
    served.shutdown()


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DIGITLAB_HOME", str(tmp_path))
    monkeypatch.setenv("no_proxy", "*")
    return tmp_path


def test_a_good_mirror_gives_a_complete_copy(lab: Path, server: str, resources: list[Resource]) -> None:
    seen: list[tuple[int, int]] = []
    root = download(lambda done, total: seen.append((done, total)), mirrors=[f"{server}/good/"], resources=resources)
    assert root == lab / "mnist"
    assert read_folder(root).test_images.shape == (10_000, 28, 28)
    total = sum(resource.size for resource in resources)
    assert seen[-1] == (total, total)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert [path.name for path in lab.iterdir()] == ["mnist"]


def test_a_bad_mirror_is_followed_by_the_next(lab: Path, server: str, resources: list[Resource]) -> None:
    root = download(mirrors=[f"{server}/wrong", f"{server}/good"], resources=resources)
    assert read_folder(root).train_labels.shape == (60_000,)


def test_a_damaged_copy_is_replaced(lab: Path, server: str, resources: list[Resource]) -> None:
    (lab / "mnist").mkdir()
    (lab / "mnist" / "junk").write_text("half")
    download(mirrors=[f"{server}/good"], resources=resources)
    assert not (lab / "mnist" / "junk").exists()
    assert [path.name for path in lab.iterdir()] == ["mnist"]


@pytest.mark.parametrize(
    ("manner", "sentence"),
    [
        ("short", "the transfer broke off after"),
        ("wrong", "wrong checksum"),
        ("missing", "the server answered 404"),
        ("page", "a web page instead of the file: a log-in page or a proxy"),
        ("login", "a web page instead of the file: a log-in page or a proxy"),
        ("silent", "silent or too slow for 0.3 s"),
        ("drip", "silent or too slow for 0.3 s"),
    ],
)
def test_a_failure_is_a_sentence_and_leaves_nothing(
    lab: Path, server: str, resources: list[Resource], manner: str, sentence: str
) -> None:
    with pytest.raises(DataError, match=sentence) as caught:
        download(timeout=0.3, mirrors=[f"{server}/{manner}"], resources=resources)
    assert "bundled digits work without it" in str(caught.value)
    assert list(lab.iterdir()) == []


def test_offline_is_a_sentence(lab: Path, resources: list[Resource]) -> None:
    with pytest.raises(DataError, match=r"no connection to the server.*internet connection"):
        download(mirrors=["http://127.0.0.1:9"], resources=resources)
    assert list(lab.iterdir()) == []


def test_a_stopped_download_leaves_nothing(lab: Path, server: str, resources: list[Resource]) -> None:
    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        download(stop, mirrors=[f"{server}/good"], resources=resources)
    assert list(lab.iterdir()) == []


def test_the_official_list_is_torchvisions() -> None:
    assert len(official_resources()) == 4
    assert all(mirror.startswith("http") for mirror in official_mirrors())
