"""What the tests of pages share: open a page or a part of it in Streamlit's own harness, and read it."""

import re
import textwrap
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Any

import torch
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block, Button, DownloadButton, Element, Widget
from torch import nn

from core.jobs.training_job import Job
from core.storage.paths import PROJECT

if TYPE_CHECKING:
    from core.data import Mnist
    from core.models.trained_network import TrainedNetwork

APP = str(PROJECT / "app.py")
PATIENCE = 120  # seconds: a drawing, or a run of a few epochs, on a busy machine


def open_page(file: str, /, **address: str) -> AppTest:
    """A page of the whole app, as a link with this address opens it; "__" in a name stands for "-"."""
    return well(page_of(file, **address).run())


def page_of(file: str, /, **address: str) -> AppTest:
    """What `open_page` opens, not yet run. Home is not drawn on the way."""
    app = AppTest.from_file(APP, default_timeout=PATIENCE)
    for name, value in address.items():
        app.query_params[name.replace("__", "-")] = value
    return app.switch_page(str(PROJECT / "pages" / file))


def open_part(
    part: Callable[..., object],
    *given: object,
    address: Mapping[str, str] | None = None,
    state: Mapping[str, object] | None = None,
) -> AppTest:
    """A part of a page by itself, called with `given`, at this address and with this session state."""
    return well(part_of(part, *given, address=address, state=state).run())


def part_of(
    part: Callable[..., object],
    *given: object,
    address: Mapping[str, str] | None = None,
    state: Mapping[str, object] | None = None,
) -> AppTest:
    """What `open_part` opens, not yet run."""
    app = AppTest.from_function(_draw, default_timeout=PATIENCE, args=(part, *given))
    for name, text in (address or {}).items():
        app.query_params[name] = text
    for key, value in (state or {}).items():
        app.session_state[key] = value
    return app


def _draw(part: "Callable[..., object]", *given: object) -> None:
    """The script that AppTest runs; it is run by itself, without the names of this file."""
    part(*given)


def code_of(module: ModuleType) -> str:
    """The code in a module's docstring, as it would stand in a file."""
    lines = (module.__doc__ or "").splitlines()
    return textwrap.dedent("\n".join(line for line in lines if not line.strip() or line.startswith("    ")))


def entry_of(module: ModuleType, registry: str, **names: object) -> tuple[str, Any]:
    """(name, entry) as the code in the module's docstring adds it to that registry, word by word.

    names: what the code may use beside all that stands in the module.
    """
    made: dict[str, Any] = {}
    exec(code_of(module), {**vars(module), registry: made, **names})
    ((name, entry),) = made.items()
    return name, entry


def well(app: AppTest) -> AppTest:
    """Neither an exception nor the error boundary's message."""
    assert not app.exception
    assert not [error.value for error in app.error]
    return app


def text(app: AppTest) -> str:
    """All sentences on the page, headings and notes included, one paragraph a line."""
    kinds = (app.subheader, app.markdown, app.caption, app.info, app.success, app.warning)
    return "\n".join(part.value for kind in kinds for part in kind)


def markdown(app: AppTest) -> str:
    """All paragraphs of the page, and nothing in small print."""
    return "\n".join(part.value for part in app.markdown)


def captions(app: AppTest) -> str:
    """All that is said in small print."""
    return "\n".join(part.value for part in app.caption)


def formulas(app: AppTest) -> str:
    """The source of every formula."""
    return "\n".join(part.value for part in app.latex)


def metric(app: AppTest, label: str) -> str:
    """The number shown under that label."""
    return str(next(found.value for found in app.metric if found.label == label))


def widget(widgets: Iterable[Any], start: str) -> Any:
    """The widget whose key begins so."""
    return next(found for found in widgets if (found.key or "").startswith(start))


def controls_in_view(app: AppTest) -> list[str]:
    """Labels of all that asks for something on a page without its sidebar: buttons do not, and what is folded
    away or hidden by a rule of CSS is not in view."""
    rules = [html.proto.body for html in app.get("html")]
    hidden = {key for rule in rules for key in re.findall(r"st-key-([\w-]+)[^{},]*\{ display: none", rule)}

    def in_view(block: Block) -> Iterator[Element]:
        for child in block.children.values():
            if not isinstance(child, Block):
                yield child
            elif child.type in ("expander", "popover"):
                yield from in_view(child) if getattr(child.proto, "expanded", False) else ()
            elif not any(getattr(child.proto, "id", "").endswith(f"-{key}") for key in hidden):
                yield from in_view(child)

    asking = [part for part in in_view(app.main) if isinstance(part, Widget)]
    return [str(part.label) for part in asking if not isinstance(part, Button | DownloadButton)]


def finish(app: AppTest, key: str) -> str:
    """Wait for the run whose id the session keeps under `key`, draw the page again; the run's id."""
    from pages.ui.kit.shell.cache import registry

    name = str(app.session_state[key])
    snapshot = registry().get(name, Job).wait(PATIENCE)
    assert snapshot.status == "finished", snapshot.message
    well(app.run())
    return name


def work_off(app: AppTest, key: str) -> AppTest:
    """Draw the part, as its ticks do in a browser, until its work of many pieces is done."""
    for _ in range(60):
        if app.button(key=f"{key}_start").label == "All measured":
            return well(app.run())
        well(app.run())
    raise AssertionError("the work never ended")


def until(holds: Callable[[], bool]) -> None:
    """Wait, at most half a minute, until it holds."""
    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def shipped(name: str) -> "TrainedNetwork":
    """A network that came along, as the pages hand it to their parts."""
    from core.models.trained_network import TrainedNetwork
    from pages.ui.kit.shell.cache import shipped_model

    came = shipped_model(name)
    return TrainedNetwork(came.model, came.config, "shipped", name, title=name, start=came.model)


@contextmanager
def left_alone(mnist: "Mnist", *models: nn.Module) -> Iterator[None]:
    """What is done inside may change no test image and no network: all browsers share them."""
    images = mnist.test.images.clone()
    before = [{name: tensor.clone() for name, tensor in model.state_dict().items()} for model in models]
    learn = [[weight.requires_grad for weight in model.parameters()] for model in models]
    yield
    assert torch.equal(mnist.test.images, images)
    for model, kept, flags in zip(models, before, learn, strict=True):
        now = model.state_dict()
        assert list(now) == list(kept)
        assert all(torch.equal(tensor, kept[name]) for name, tensor in now.items())
        assert [weight.requires_grad for weight in model.parameters()] == flags
        assert all(weight.grad is None for weight in model.parameters())
        assert not model.training
