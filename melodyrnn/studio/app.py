"""The routes of the studio: each takes a request apart, asks who knows, and gives JSON."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from melodyrnn.errors import MelodyError
from melodyrnn.studio.answers import Json, RefusedError, chunks, document_of, told, while_asked
from melodyrnn.studio.guard import Guard
from melodyrnn.studio.studio import Studio
from melodyrnn.studio.uploads import MOST

PAGE = Path(__file__).parent / "page"
REPORT_POLICY = (
    "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline'; "
    "style-src 'unsafe-inline'; img-src data: blob:; media-src data: blob:; font-src data:; "
    "frame-ancestors 'self'"
)
"""A report is whole in itself, may have titles of strangers' songs in it, and needs nothing of the
page: it is of an origin of its own."""

_HEARTBEAT = 10.0  # seconds of silence after which a listener is told that nothing happened
_ALWAYS = "application/octet-stream"

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
    mounted = Mount(f"/{token}", routes=[*routes, Mount("/", page)])
    return Guard(Starlette(routes=[mounted], lifespan=lifespan), token, names, addresses)


def _answering(studio: Studio, endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
    async def answered(request: Request) -> Response:
        try:
            return await endpoint(studio, request)
        except MelodyError as error:
            return told(error, studio.hidden)

    return answered


async def _state(studio: Studio, request: Request) -> Response:
    return Json(await studio.state())


async def _read(what: str, studio: Studio, request: Request) -> Response:
    """What the reader answers to the document that was sent."""
    return Json(await studio.reader.ask(what, **await document_of(request)))


async def _played(what: str, studio: Studio, request: Request) -> Response:
    """What the player answers of a run. Whoever goes away ends it."""
    asked = await document_of(request)
    asked["path"] = str(studio.path_of(asked.pop("run", None)))
    return Json(await while_asked(request, studio.player.ask(what, **asked)))


async def _instrument(studio: Studio, request: Request) -> Response:
    return Json(await studio.sound(request.path_params["name"]))


async def _upload(studio: Studio, request: Request) -> Response:
    """A file that is the body, or, by its id, one that was sent before."""
    query = request.query_params
    if (number := query.get("id")) is None:
        body = chunks(request, MOST, "this file")
        number = await studio.uploads.add(query.get("name", ""), body)
    path = studio.uploads.path(number)
    track = {"track": query["track"]} if query.get("track") else {}
    try:
        found = await studio.reader.ask("upload", path=str(path), **track)
    except MelodyError:
        if "id" not in query:
            studio.uploads.remove(number)
        raise
    return Json({**found, "upload": number})


async def _export(studio: Studio, request: Request) -> Response:
    found = await studio.reader.ask("export", **await document_of(request))
    name = f"attachment; filename*=UTF-8''{quote(found['name'], safe='')}"
    return Response(found["data"], media_type=_ALWAYS, headers={"content-disposition": name})


async def _takes(studio: Studio, request: Request) -> Response:
    return Json({"takes": studio.takes.all()})


async def _keep(studio: Studio, request: Request) -> Response:
    asked = await document_of(request)
    origin = asked.pop("from", None)
    if len(json.dumps(origin)) > 10_000:
        raise RefusedError("'from' is too long; keep it short")
    song = (await studio.reader.ask("kept", **asked))["song"]
    return Json({"take": studio.takes.add(song, origin)}, 201)


async def _change(studio: Studio, request: Request) -> Response:
    name = request.path_params["id"]
    asked = {"text": studio.takes.text(name)} | await document_of(request)
    song = (await studio.reader.ask("kept", **asked))["song"]
    return Json({"take": studio.takes.change(name, song)})


async def _delete(studio: Studio, request: Request) -> Response:
    studio.takes.remove(request.path_params["id"])
    return Response(status_code=204)


async def _begin(what: str, studio: Studio, request: Request) -> Response:
    await studio.state()  # by which what is asked for is checked
    begin = getattr(studio, f"begin_{what}")
    return Json({"job": begin(await document_of(request)).id}, 201)


async def _jobs(studio: Studio, request: Request) -> Response:
    return Json({"jobs": [job.to_json() for job in studio.jobs.all()]})


async def _stop(studio: Studio, request: Request) -> Response:
    return Json({"job": studio.jobs.stop(request.path_params["id"]).id})


async def _resume(studio: Studio, request: Request) -> Response:
    return Json({"job": studio.jobs.resume(request.path_params["id"]).id})


async def _events(studio: Studio, request: Request) -> Response:
    """Server-sent events, those before from the one after Last-Event-ID on."""
    job = studio.jobs.get(request.path_params["id"])
    last = request.headers.get("last-event-id", "")
    after = int(last) if last.isdigit() and len(last) < 10 else 0

    async def stream() -> AsyncIterator[str]:
        yield "retry: 1000\n\n"
        async for each in studio.jobs.events(job, after, _HEARTBEAT):
            if each is None:
                yield ": still at work\n\n"
                continue
            number, event = each
            if "error" in event:
                event = {**event, "error": studio.hidden(event["error"])}
            yield f"id: {number}\ndata: {json.dumps(event, ensure_ascii=False)}\n\n"

    return StreamingResponse(stream(), media_type="text/event-stream")


async def _report(studio: Studio, request: Request) -> Response:
    report = studio.jobs.get(request.path_params["id"]).report
    if report is None:
        raise RefusedError("this job has no report yet; it has one when it is done", 404)
    headers = {"content-security-policy": REPORT_POLICY}
    return HTMLResponse(report.read_text(encoding="utf-8"), headers=headers)


API: tuple[tuple[str, str, Endpoint], ...] = (
    ("GET", "state", _state),
    ("POST", "read", partial(_read, "read")),
    ("POST", "score", partial(_read, "engraved")),
    ("POST", "upload", _upload),
    ("GET", "instrument/{name:path}", _instrument),
    ("POST", "generate", partial(_played, "generate")),
    ("POST", "expect", partial(_played, "expect")),
    ("POST", "export", _export),
    ("GET", "takes", _takes),
    ("POST", "takes", _keep),
    ("PATCH", "takes/{id}", _change),
    ("DELETE", "takes/{id}", _delete),
    ("POST", "train", partial(_begin, "training")),
    ("POST", "compare", partial(_begin, "comparison")),
    ("POST", "lesson", partial(_begin, "lesson")),
    ("GET", "jobs", _jobs),
    ("GET", "jobs/{id}/events", _events),
    ("POST", "jobs/{id}/stop", _stop),
    ("POST", "jobs/{id}/resume", _resume),
    ("GET", "jobs/{id}/report", _report),
)
"""Method, path, what answers."""
