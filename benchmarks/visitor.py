"""A visitor without a browser: speaks Streamlit's protocol, receives all that a page sends, draws nothing."""

import time
from contextlib import ExitStack
from dataclasses import dataclass

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from core.config.errors import LabError

LIMIT = 120.0  # seconds to wait for the next message


@dataclass(frozen=True)
class Answer:
    """What came of opening a page: how much, and when (time.perf_counter) its title and its end came."""

    title: float
    end: float
    elements: int
    bytes: int


class Visitor:
    """One session. Use it as a context manager: on leaving, the session ends."""

    def __init__(self, url: str) -> None:
        address = url.replace("http", "ws", 1) + "/_stcore/stream"
        self._leaving = ExitStack()
        how = {"subprotocols": ["streamlit"], "max_size": None, "compression": None}
        self._socket = self._leaving.enter_context(connect(address, **how))  # type: ignore[arg-type]

    def open(self, page: str = "", query: str = "") -> Answer:
        """Open a page by the name in its address ("Data_Explorer"; "" is Home) and receive all of it."""
        asked = BackMsg()
        asked.rerun_script.page_name = page
        asked.rerun_script.query_string = query
        self._socket.send(asked.SerializeToString())
        title, elements, size = None, 0, 0
        while True:
            data = self._socket.recv(LIMIT)
            assert isinstance(data, bytes)
            size += len(data)
            message = ForwardMsg.FromString(data)
            kind = message.WhichOneof("type")
            if kind == "page_not_found":
                raise LabError(f"There is no page {page!r}.")
            if kind == "delta":
                elements += 1
                if title is None and message.delta.new_element.WhichOneof("type") == "heading":
                    title = time.perf_counter()
            elif kind == "script_finished" and message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                if title is None:
                    raise LabError(f"The page {page!r} came without a title.")
                return Answer(title, time.perf_counter(), elements, size)

    def __enter__(self) -> "Visitor":
        return self

    def __exit__(self, *_: object) -> None:
        self._leaving.close()
