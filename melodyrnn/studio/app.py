"""The routes of the studio: each takes a request apart, asks a helper, and gives JSON."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from melodyrnn.errors import MelodyError
from melodyrnn.studio.answers import Json, document_of, told
from melodyrnn.studio.guard import Guard
from melodyrnn.studio.studio import Studio

PAGE = Path(__file__).parent / "page"

Endpoint = Callable[[Studio, Request], Awaitable[Response]]


def application(studio: Studio, token: str, names: Iterable[str], addresses: bool = False) -> Guard:
    """The studio below ``/token/``, for browsers that call it by one of ``names`` (``Guard``)."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        studio.begin()
        try:
            yield
        finally:
            await studio.end()

    routes = [
        Route(f"/api/{path}", _answering(studio, endpoint), methods=[method])
        for method, path, endpoint in API
    ]
    page = StaticFiles(directory=PAGE, html=True)
    app = Starlette(
        routes=[Mount(f"/{token}", routes=[*routes, Mount("/", page)])], lifespan=lifespan
    )
    return Guard(app, token, names, addresses)


def _answering(studio: Studio, endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
    async def answered(request: Request) -> Response:
        try:
            return await endpoint(studio, request)
        except MelodyError as error:
            return told(error)

    return answered


async def state(studio: Studio, request: Request) -> Response:
    return Json(await studio.state())


async def _asked(what: str, studio: Studio, request: Request) -> Response:
    """What a helper answers to the document that was sent."""
    return Json(await studio.reader.ask(what, **await document_of(request)))


API: tuple[tuple[str, str, Endpoint], ...] = (
    ("GET", "state", state),
    ("POST", "read", partial(_asked, "read")),
    ("POST", "score", partial(_asked, "score")),
)
"""Method, path, what answers."""
