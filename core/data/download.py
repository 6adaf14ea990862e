"""Getting the whole MNIST from torchvision's mirrors: watched, checked, all or nothing.

The four packed files go to a folder of their own, are checked against their MD5 sums, unpacked and read
once; only then does the folder take its final name. Whatever happens on the way, a reader finds either the
complete copy or none.
"""

import gzip
import hashlib
import http.client
import shutil
import tempfile
import time
import urllib.error
import urllib.request
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.config.errors import DataError
from core.data.mnist_folder import raw_folder, read_folder
from core.data.sources import downloaded_root
from core.formatting import duration
from core.storage.atomic_write import write_whole
from core.storage.paths import private_folder

Progress = Callable[[int, int], None]

CHUNK = 64 * 1024
TIMEOUT = 15.0
OFFLINE = "Check the internet connection and try again; the bundled digits work without it."
SIZES = {
    "train-images-idx3-ubyte.gz": 9_912_422,
    "train-labels-idx1-ubyte.gz": 28_881,
    "t10k-images-idx3-ubyte.gz": 1_648_877,
    "t10k-labels-idx1-ubyte.gz": 4_542,
}


@dataclass(frozen=True)
class Resource:
    """A packed file on a mirror: its name, MD5 of its packed bytes, and how many there are."""

    name: str
    md5: str
    size: int


def download(
    progress: Progress | None = None,
    timeout: float = TIMEOUT,
    mirrors: Sequence[str] | None = None,
    resources: Sequence[Resource] | None = None,
) -> Path:
    """Fetch MNIST (11 MB) into the lab's home and return its root folder (torchvision layout).

    progress(done, total) is called in bytes. timeout: seconds to wait for an answer, and the longest time a
    transfer may crawl before the next mirror is tried. DataError says in a sentence what went wrong.
    """
    root = downloaded_root()
    resources = official_resources() if resources is None else resources
    mirrors = official_mirrors() if mirrors is None else mirrors
    _forget_abandoned(root)
    try:
        with tempfile.TemporaryDirectory(prefix=f"{root.name}.part-", dir=root.parent) as part:
            _fetch_all(raw_folder(Path(part)), mirrors, resources, timeout, progress)
            read_folder(Path(part))
            _take_place(Path(part), root)
    except OSError as error:
        raise DataError(
            f"MNIST could not be written to disk: {(error.strerror or 'unknown reason').lower()}."
        ) from error
    return root


def official_mirrors() -> list[str]:
    """The addresses torchvision itself uses."""
    from torchvision.datasets import MNIST

    return list(MNIST.mirrors)


def official_resources() -> list[Resource]:
    """The four files with the MD5 sums torchvision itself checks."""
    from torchvision.datasets import MNIST

    return [Resource(name, md5, SIZES[name]) for name, md5 in MNIST.resources]


def _fetch_all(
    folder: Path, mirrors: Sequence[str], resources: Sequence[Resource], timeout: float, progress: Progress | None
) -> None:
    private_folder(folder)
    total = sum(resource.size for resource in resources)
    before = 0
    for resource in resources:
        packed = _from_any_mirror(mirrors, resource, timeout, before, total, progress)
        before += resource.size
        write_whole(folder / resource.name.removesuffix(".gz"), _unpack(packed, resource.name))
        if progress:
            progress(before, total)


def _from_any_mirror(
    mirrors: Sequence[str], resource: Resource, timeout: float, before: int, total: int, progress: Progress | None
) -> bytes:
    """The file from the first mirror that gives it whole and unharmed; DataError with the last reason."""
    reason = "no mirror is known"
    for mirror in mirrors:
        report = (lambda done: progress(before + min(done, resource.size), total)) if progress else None
        try:
            packed, kind = _fetch(f"{mirror.rstrip('/')}/{resource.name}", resource.size, timeout, report)
        except TimeoutError:
            reason = f"the server was silent or too slow for {duration(timeout)}"
            continue
        except urllib.error.HTTPError as error:
            reason = f"the server answered {error.code} ({error.reason})"
            if error.code in NETWORK_LOG_IN:
                reason = LOG_IN
            continue
        except (OSError, http.client.HTTPException) as error:
            reason = "no answer in time" if _is_timeout(error) else "no connection to the server"
            continue
        if hashlib.md5(packed, usedforsecurity=False).hexdigest() == resource.md5:
            return packed
        if is_web_page(packed, kind):
            reason = LOG_IN
        elif len(packed) < resource.size:
            reason = f"the transfer broke off after {len(packed):,} of {resource.size:,} bytes"
        else:
            reason = "what arrived is not the file expected (wrong checksum)"
    raise DataError(f"{resource.name} could not be downloaded: {reason}. {OFFLINE}")


def _fetch(url: str, size: int, timeout: float, report: Callable[[int], None] | None) -> tuple[bytes, str]:
    """Bytes at `url`, at most a chunk more than `size`, and their Content-Type. TimeoutError if it crawls.

    The socket's own time-out starts anew with every byte, so a server that drips would hold us for hours:
    each stretch of `timeout` seconds must bring at least one chunk, or the end of the file.
    """
    received = bytearray()
    with urllib.request.urlopen(url, timeout=timeout) as response:
        kind = response.headers.get("Content-Type", "")
        mark, mark_size = time.monotonic(), 0
        while len(received) <= size and (chunk := response.read1(CHUNK)):
            received += chunk
            if report:
                report(len(received))
            now = time.monotonic()
            if len(received) - mark_size >= CHUNK:
                mark, mark_size = now, len(received)
            elif now - mark > timeout:
                raise TimeoutError
    return bytes(received), kind


def _is_timeout(error: Exception) -> bool:
    return isinstance(getattr(error, "reason", None), TimeoutError)


def _unpack(packed: bytes, name: str) -> bytes:
    try:
        return gzip.decompress(packed)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{name} arrived but cannot be unpacked.") from error


def _take_place(part: Path, root: Path) -> None:
    """Give the finished folder its name. A damaged older copy is moved out of the way first."""
    if root.exists():
        old = Path(tempfile.mkdtemp(prefix=f"{root.name}.old-", dir=root.parent))
        root.replace(old / root.name)
        shutil.rmtree(old, ignore_errors=True)
    part.replace(root)
    part.mkdir()  # so that the temporary directory finds something to remove


def _forget_abandoned(root: Path, older_than: float = 3600.0) -> None:
    """Remove what a killed download left behind, unless it may still be running."""
    for left in (*root.parent.glob(f"{root.name}.part-*"), *root.parent.glob(f"{root.name}.old-*")):
        if time.time() - left.stat().st_mtime > older_than:
            shutil.rmtree(left, ignore_errors=True)


# Telling a web page from the file that was asked for: hotels, schools and proxies answer with their own.


LOG_IN = (
    "the server answered with a web page instead of the file: a log-in page or a proxy stands between. Log "
    "in to the network with a browser, or ask for the proxy's settings"
)
#: What such a page's first bytes may be, small letters, white space left out.
_BEGINNINGS = (b"<!doctype html", b"<html", b"<head", b"<body", b"<script", b"<meta", b"<title", b"<?xml", b"<!--")
NETWORK_LOG_IN = {407, 511}  # HTTP's own answers for it: proxy, network authentication required


def is_web_page(content: bytes, kind: str = "") -> bool:
    """Whether an answer is a page for people. content: how it begins; kind: its Content-Type, if known."""
    begins = content[:512].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return begins.startswith(_BEGINNINGS) or kind.partition(";")[0].strip().lower() in (
        "text/html",
        "application/xhtml+xml",
    )
