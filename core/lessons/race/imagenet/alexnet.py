"""AlexNet's weights, the book chapter's classifier: 233 MB from torchvision's server, never fetched unasked.

They land in the lab's home under a temporary name and take their place only when the checksum that stands in
their file name agrees. A copy in PyTorch's own cache serves as well.
"""

import hashlib
import http.client
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from urllib.error import HTTPError, URLError

import torch
from torch import nn

from core.config.errors import DataError, NotFound
from core.data.download import LOG_IN, NETWORK_LOG_IN, is_web_page
from core.storage.paths import home, private_file, private_folder

FILE = "alexnet-owt-7be5be79.pth"
URL = f"https://download.pytorch.org/models/{FILE}"
SHA256 = "7be5be79"  # how the file's SHA-256 begins: PyTorch writes it into the name
SIZE = 244_408_911  # bytes
CHUNK = 256 * 1024
TIMEOUT = 20.0


def weights_file() -> Path | None:
    """Where the weights lie: in the lab's home, else in PyTorch's own cache; None if nowhere."""
    for folder in (home() / "hub", Path(torch.hub.get_dir())):
        path = folder / "checkpoints" / FILE
        if path.is_file():
            return path
    return None


def network() -> nn.Module:
    """AlexNet with its weights, in training mode as torch builds it. Raises NotFound if they are not here."""
    from torchvision.models import alexnet

    path = weights_file()
    if path is None:
        raise NotFound(
            "AlexNet's weights (233 MB) are not on this machine; get them with the button, or choose "
            "EfficientNet-Lite0, which is included."
        )
    model: nn.Module = alexnet()
    try:
        model.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
    except Exception as error:
        raise DataError(f"{path.name} is damaged: delete it and get it again.") from error
    return model


def download(
    progress: Callable[[int, int], None] | None = None,
    *,
    url: str = URL,
    sha256: str = SHA256,
    timeout: float = TIMEOUT,
) -> Path:
    """Fetch the weights into the lab's home; progress(done, total) is called in bytes.

    Raises DataError with a sentence when there is no connection, the server is too slow, the disk is full or
    the checksum is another. Nothing half-fetched is left behind.
    """
    place = home() / "hub" / "checkpoints" / FILE
    private_folder(place.parent)
    with tempfile.TemporaryDirectory(prefix="alexnet.part-", dir=place.parent) as folder:
        part = Path(folder) / FILE
        try:
            digest, kind = _fetch(url, part, timeout, progress)
        except HTTPError as error:
            if error.code in NETWORK_LOG_IN:
                raise DataError(_log_in()) from error
            raise DataError(f"The server answered {error.code} ({error.reason}). {_OFFLINE}") from error
        except (http.client.HTTPException, TimeoutError) as error:
            raise DataError(f"The server was silent or too slow. {_OFFLINE}") from error
        except OSError as error:
            network = isinstance(error, URLError | ConnectionError)
            what = "There is no connection to the server." if network else _disk(error)
            raise DataError(f"{what} {_OFFLINE}") from error
        if not digest.startswith(sha256):
            with part.open("rb") as file:
                if is_web_page(file.read(1024), kind):
                    raise DataError(_log_in())
            raise DataError(f"What arrived is not the file expected (wrong checksum). {_OFFLINE}")
        part.replace(place)
    return place


_OFFLINE = "AlexNet was not installed; EfficientNet-Lite0 works without it."


def _log_in() -> str:
    return f"{LOG_IN[0].upper()}{LOG_IN[1:]}. {_OFFLINE}"


def _fetch(url: str, part: Path, timeout: float, progress: Callable[[int, int], None] | None) -> tuple[str, str]:
    """Write what is at `url` to `part`; returns its SHA-256 in hex and its Content-Type."""
    digest, done = hashlib.sha256(), 0
    mark, mark_done = time.monotonic(), 0
    with urllib.request.urlopen(url, timeout=timeout) as response, private_file(part).open("wb") as file:
        kind = response.headers.get("Content-Type", "")
        total = int(response.headers.get("Content-Length") or SIZE)
        while chunk := response.read1(CHUNK):
            file.write(chunk)
            digest.update(chunk)
            done += len(chunk)
            now = time.monotonic()
            if done - mark_done >= CHUNK:
                mark, mark_done = now, done
            elif now - mark > timeout:  # a server that drips would hold us for hours
                raise TimeoutError
            if done > 2 * SIZE:
                raise http.client.HTTPException("more than the file holds")
            if progress:
                progress(done, max(total, done))
    return digest.hexdigest(), kind


def _disk(error: OSError) -> str:
    return f"The file could not be written: {(error.strerror or 'unknown reason').lower()}."
