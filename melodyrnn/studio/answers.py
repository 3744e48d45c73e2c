"""What goes over the wire: bodies of bounded size in, JSON and errors of one line out."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from starlette.responses import Response

from melodyrnn.errors import MelodyError
from melodyrnn.files import harmless

if TYPE_CHECKING:
    from starlette.requests import Request

TEXT_MOST = 4_000_000
"""Bytes of a JSON document: a hundred of the longest songs."""

_TOO_LARGE = 413
_GONE = 499  # the status that servers note down where a client closed its connection
_LOOK = 0.25  # seconds between two looks whether anybody still waits

T = TypeVar("T")

_PLACE = re.compile(r"notes:(\d+):(\d+): ")
"""Where in the notes that were typed something is wrong."""


class RefusedError(MelodyError):
    """A request that cannot be answered, with the status that HTTP has for it."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.args[0], self.status)


class Json(Response):
    """A document. Numbers beyond all numbers become null: JSON has none."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        try:
            text = json.dumps(content, ensure_ascii=False, allow_nan=False)
        except ValueError:
            text = json.dumps(_finite(content), ensure_ascii=False)
        return text.encode("utf-8", "backslashreplace")


def _finite(document: Any) -> Any:
    if isinstance(document, float):
        return document if abs(document) < float("inf") else None
    if isinstance(document, dict):
        return {name: _finite(value) for name, value in document.items()}
    if isinstance(document, list | tuple):
        return [_finite(value) for value in document]
    return document


def told(error: MelodyError, hidden: Callable[[str], str]) -> Json:
    """What is said of an error: one line, as far as it is not ``hidden``, and, of notes that were
    typed, its place in them.
    """
    text, document = hidden(harmless(str(error))), dict[str, Any]()
    if found := _PLACE.match(text):
        text = text[found.end() :]
        document = {"line": int(found[1]), "column": int(found[2])}
    status = error.status if isinstance(error, RefusedError) else 400
    # Of a body that is too large the rest is not waited for.
    headers = {"connection": "close"} if status == _TOO_LARGE else None
    return Json({"error": text, **document}, status, headers)


async def while_asked(request: "Request", answer: Coroutine[Any, Any, T]) -> T:
    """``answer``, which is cancelled where whoever asked goes away. Raises RefusedError then."""
    task = asyncio.create_task(answer)
    while not (await asyncio.wait([task], timeout=_LOOK))[0]:
        if await request.is_disconnected():
            task.cancel()
            await asyncio.wait([task])
            raise RefusedError("nobody waits for this any more", _GONE)
    return await task


async def chunks(request: "Request", most: int, what: str) -> AsyncIterator[bytes]:
    """The body piece by piece, at most ``most`` bytes. Raises RefusedError for more, at once where
    the request says how long it is.
    """
    refusal = RefusedError(
        f"{what} is larger than {most / 1e6:,.0f} MB; choose a smaller one", _TOO_LARGE
    )
    said = request.headers.get("content-length", "0")
    if not said.isdigit() or int(said) > most:
        raise refusal
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > most:
            raise refusal
        yield chunk


async def document_of(request: "Request") -> dict[str, Any]:
    """The JSON object in the body. Raises RefusedError."""
    body = b"".join([chunk async for chunk in chunks(request, TEXT_MOST, "this document")])
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise RefusedError("the body is no JSON document; send one") from None
    if not isinstance(document, dict):
        raise RefusedError("the body is no JSON object; send one, such as {}")
    return document
